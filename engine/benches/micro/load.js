let source = '';
for (let i = 0; i < 200; i++) {
  source += `function f${i}(a, b) { var x = a * ${i} + (b || 1), list = [a, b, { key: 'v${i}', n: ${i}.5 }];\n` +
    `  for (let j = 0; j < list.length; j++) { if (list[j] === x && !(j % 2)) { x += j; } else switch (j) { case 1: x--; break; default: x |= 0; } }\n` +
    `  const g = ({ p, q = ${i} }, ...rest) => { try { return p?.r ?? \`\${q}-\${rest.length}\`; } catch (e) { throw new Error('bad'); } };\n` +
    `  class C${i} extends Object { #v = 1; get v() { return this.#v; } static of() { return new C${i}(); } }\n  return x + g({}).length; }\n`;
}
measure('load/parse a big source', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Function(source + 'return ' + i)() & 1;
  return sum + 1;
});
measure('load/parse and run all of it', n => {
  let calls = 'var sum = 0;';
  for (let i = 0; i < 200; i++) calls += `sum += f${i}(1, 2) ? 1 : 0;`;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Function(source + calls + 'return sum')();
  return sum;
});
measure('load/eval of an expression', n => {
  const evaluate = eval;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += evaluate('1 + ' + i % 100);
  return sum;
});
