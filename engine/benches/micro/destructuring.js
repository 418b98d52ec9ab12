function ofPoint({ x, y = 2, z: { w } = { w: 3 } }) { return x + y + w; }
function ofPair([a, b = 1]) { return a + b; }

measure('destructuring/array', n => {
  const pair = [1, 2, 3];
  let sum = 0;
  for (let i = 0; i < n; i++) { const [a, b, c] = pair; sum += a + b + c; }
  return sum;
});
measure('destructuring/array with rest', n => {
  const list = [1, 2, 3, 4, 5];
  let sum = 0;
  for (let i = 0; i < n; i++) { const [a, , b = 1, ...rest] = list; sum += a + b + rest.length; }
  return sum;
});
measure('destructuring/swap', n => {
  let a = 1, b = 2;
  for (let i = 0; i < n; i++) [a, b] = [b, a];
  return a * 10 + b;
});
measure('destructuring/object', n => {
  const point = { x: 1, y: 2, z: { w: 3 } };
  let sum = 0;
  for (let i = 0; i < n; i++) { const { x, y, z: { w }, missing = 4 } = point; sum += x + y + w + missing; }
  return sum;
});
measure('destructuring/object with rest', n => {
  const point = { x: 1, y: 2, z: 3, t: 4 };
  let sum = 0;
  for (let i = 0; i < n; i++) { const { x, ...rest } = point; sum += x + rest.t; }
  return sum;
});
measure('destructuring/in parameters', n => {
  let sum = 0;
  const pair = [5];
  for (let i = 0; i < n; i++) sum += ofPoint({ x: i & 1 }) + ofPair(pair);
  return sum;
});
