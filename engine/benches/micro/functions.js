function fibonacci(n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
function counter() { let count = 0; return { up: () => ++count, down: () => --count }; }

measure('calls/recursive', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 177) sum += fibonacci(10);
  return sum;
});
measure('closures/create and call', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) { const f = x => x + i; sum += f(1); }
  return sum;
});
measure('closures/shared state', n => {
  const c = counter();
  let last;
  for (let i = 0; i < n; i++) { c.up(); c.up(); last = c.down(); }
  return last;
});
measure('closures/captured per iteration', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 10) {
    const list = [];
    for (let j = 0; j < 10; j++) list.push(() => j);
    sum += list[5]();
  }
  return sum;
});
measure('closures/currying', n => {
  const add = a => b => c => a + b + c;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += add(1)(2)(3);
  return sum;
});
