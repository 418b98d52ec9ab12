measure('proxy/get and set', n => {
  const target = { a: 1 };
  const proxy = new Proxy(target, {
    get(t, key, receiver) { return Reflect.get(t, key, receiver); },
    set(t, key, value, receiver) { return Reflect.set(t, key, value, receiver); },
  });
  for (let i = 0; i < n; i++) proxy.a = proxy.a + 1;
  return target.a;
});
measure('proxy/without traps', n => {
  const proxy = new Proxy({ a: 1, f() { return 2; } }, {});
  let sum = 0;
  for (let i = 0; i < n; i++) sum += proxy.a + proxy.f() + ('a' in proxy);
  return sum;
});
measure('proxy/apply', n => {
  const proxy = new Proxy((a, b) => a + b, { apply(f, self, list) { return f(...list) + 1; } });
  let sum = 0;
  for (let i = 0; i < n; i++) sum += proxy(1, 2);
  return sum;
});
measure('reflect', n => {
  const o = { a: 1 };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Reflect.get(o, 'a') + Reflect.has(o, 'b') + Reflect.ownKeys(o).length + Reflect.apply(Math.max, null, [1, 2]);
  return sum;
});
measure('symbols', n => {
  const key = Symbol('key');
  class Temperature { constructor(d) { this.d = d; this[key] = d; } [Symbol.toPrimitive](hint) { return hint === 'string' ? 'warm' : this.d; } }
  const t = new Temperature(20);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += t + t[key] + `${t}`.length;
  return sum;
});
