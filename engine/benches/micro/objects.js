measure('objects/optional chaining', n => {
  const full = { a: { b: { c: () => 1 } } }, empty = {};
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const o = i & 1 ? full : empty;
    sum += (o?.a?.b?.c?.() ?? 2) + (o.missing?.deep.er ?? 3);
  }
  return sum;
});
measure('objects/literal', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) { const o = { a: i, b: 2, c: { d: 3 } }; sum += o.c.d; }
  return sum;
});
measure('objects/literal with computed keys and getters', n => {
  const keys = ['alpha', 'beta', 'gamma'];
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const o = { [keys[i % 3]]: 1, ['x' + (i & 3)]: 2, get size() { return 3; }, method() { return 4; } };
    sum += o.size + o.method();
  }
  return sum;
});
measure('objects/getters and setters', n => {
  const o = { hidden: 1, get value() { return this.hidden; }, set value(v) { this.hidden = v; } };
  for (let i = 0; i < n; i++) o.value = o.value + 1;
  return o.value;
});
measure('objects/in, delete, hasOwn', n => {
  const o = { a: 1, b: 2 };
  let sum = 0;
  for (let i = 0; i < n; i++) {
    o.extra = i;
    if ('extra' in o) sum++;
    delete o.extra;
    if ('extra' in o) sum++;
    if (Object.hasOwn(o, 'a') && o.hasOwnProperty('b')) sum++;
  }
  return sum;
});
measure('objects/as a dictionary', n => {
  const words = [];
  for (let i = 0; i < 100; i++) words.push('word' + i * 7919 % 1000);
  const counts = Object.create(null);
  for (let i = 0; i < n; i++) { const word = words[i % 100]; counts[word] = (counts[word] || 0) + 1; }
  return counts.word0;
});
measure('objects/keys, values, entries', n => {
  const o = { a: 1, b: 2, c: 3, d: 4 };
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += Object.keys(o).length + Object.values(o)[1];
    for (const [key, value] of Object.entries(o)) sum += value;
  }
  return sum;
});
measure('objects/assign and fromEntries', n => {
  const o = { a: 1, b: 2, c: 3 }, entries = [['x', 1], ['y', 2]];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Object.assign({}, o, { d: i }).c + Object.fromEntries(entries).y;
  return sum;
});
measure('objects/defineProperty and freeze', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const o = Object.defineProperty({ a: 1 }, 'b', { value: 2, enumerable: false });
    sum += Object.freeze(o).b + Object.getOwnPropertyDescriptor(o, 'a').value;
  }
  return sum;
});
measure('objects/polymorphic property', n => {
  const list = [{ v: 1 }, { a: 0, v: 2 }, { b: 0, v: 3 }, { c: 0, a: 0, v: 4 }, { d: 0, v: 5 }, { e: 0, v: 6 }];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += list[i % 6].v;
  return sum;
});
