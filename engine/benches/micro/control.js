measure('control/labelled loops', n => {
  let sum = 0;
  outer: for (let i = 0; i < n; i += 10) {
    for (let j = 0; j < 10; j++) {
      if (j === 8) continue outer;
      if (sum < 0) break outer;
      sum += j;
    }
  }
  return sum;
});
measure('control/switch on numbers', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    switch (i % 7) { case 0: sum += 1; break; case 1: sum += 2; break; case 3: case 4: sum += 3; break; case 100: sum = 0; break; default: sum--; }
  }
  return sum;
});
measure('control/loop with arithmetic', n => {
  let x = 1;
  for (let i = 0; i < n; i++) { x = (x * 1103515245 + 12345) & 0x7fffffff; if (x % 3 === 0) x ^= i; }
  return x;
});
measure('control/logical assignment', n => {
  const o = { a: null, b: 0, c: 1 };
  let sum = 0;
  for (let i = 0; i < n; i++) { o.a ??= i; o.b ||= 2; o.c &&= 3; sum += o.a + o.b + o.c; o.b = 0; }
  return sum;
});
measure('control/while with globals', n => {
  globalThis.total = 0;
  let i = n;
  while (i-- > 0) total += 1;
  return total;
});
