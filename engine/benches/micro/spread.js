function add(a, b, c) { return a + b + c; }
function total(...rest) { let sum = 0; for (let i = 0; i < rest.length; i++) sum += rest[i]; return sum; }
function viaArguments() { let sum = 0; for (let i = 0; i < arguments.length; i++) sum += arguments[i]; return sum; }
function leaked() { return arguments; }
function withDefaults(a, b = 2, c = a + b) { return a + b + c; }

measure('spread/in a call', n => {
  const list = [1, 2, 3];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += add(...list);
  return sum;
});
measure('spread/in an array', n => {
  const list = [1, 2, 3, 4];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += [0, ...list, ...list].length;
  return sum;
});
measure('spread/in an object', n => {
  const base = { a: 1, b: 2, c: 3 };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += ({ ...base, d: i }).c;
  return sum;
});
measure('spread/of a set', n => {
  const set = new Set([1, 2, 3, 4, 5, 6, 7, 8]);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += [...set].length;
  return sum;
});
measure('parameters/rest', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += total(1, 2, i & 3);
  return sum;
});
measure('parameters/default', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += withDefaults(1) + withDefaults(1, 2, 3);
  return sum;
});
measure('parameters/arguments', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += viaArguments(1, 2, i & 3) + leaked(1, 2).length;
  return sum;
});
measure('parameters/apply and call', n => {
  const list = [1, 2, 3];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += add.apply(null, list) + add.call(null, 1, 2, 3);
  return sum;
});
measure('parameters/bound', n => {
  const bound = add.bind(null, 1, 2);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += bound(3);
  return sum;
});
