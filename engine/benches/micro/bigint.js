measure('bigint/small', n => {
  let a = 1n, b = 1n;
  for (let i = 0; i < n; i++) { const c = (a + b) % 1000000007n; a = b; b = c; }
  return Number(b);
});
measure('bigint/factorial', n => {
  let digits = 0;
  for (let i = 0; i < n; i += 60) { let f = 1n; for (let j = 2n; j <= 60n; j++) f *= j; digits += Number(f & 255n) + 1; }
  return digits;
});
measure('bigint/64 bits', n => {
  let x = 0x9E3779B97F4A7C15n;
  for (let i = 0; i < n; i++) { x ^= x >> 12n; x = BigInt.asUintN(64, x ^ (x << 25n)); }
  return Number(x & 0xFFFFn);
});
measure('bigint/to text and back', n => {
  const big = 2n ** 200n;
  let sum = 0;
  for (let i = 0; i < n; i++) { const text = (big + BigInt(i)).toString(); if (BigInt(text) > big) sum += text.length; }
  return sum + 1;
});
