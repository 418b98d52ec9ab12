measure('math/functions', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.floor(i / 3) + Math.max(i, 5) + Math.abs(-i) + Math.min(1, 2, i) + Math.round(i * 0.7);
  return sum;
});
measure('math/transcendental', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.sin(i) + Math.sqrt(i) + Math.pow(i, 0.5) + Math.atan2(i, 3) + i ** 2;
  return sum;
});
measure('math/random, imul, hypot', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (Math.random() < 2) + (Math.imul(i, 31) & 1) + Math.hypot(3, 4) + Math.trunc(i / 2) % 2 + Math.sign(i);
  return sum;
});
measure('numbers/double arithmetic', n => {
  let x = 0.5;
  for (let i = 0; i < n; i++) x = x * 3.7 * (1 - x) + 1e-9;
  return x;
});
measure('numbers/integer to text', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += String(i * 13).length + (i + '').length;
  return sum;
});
measure('numbers/double to text', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += String(i * 0.1).length;
  return sum;
});
measure('numbers/toFixed and radix', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (i / 7).toFixed(2).length + (i * 7).toString(16).length;
  return sum;
});
measure('numbers/from text', n => {
  let sum = 0;
  const texts = ['12', '3.25', '-1e3', '0x1f', '  42  '];
  for (let i = 0; i < n; i++) { const text = texts[i % 5]; sum += Number(text) + parseInt(text, 10) + parseFloat(text); }
  return sum;
});
measure('dates', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const date = new Date(Date.UTC(2024, i % 12, 1 + i % 28, 12));
    sum += date.getUTCDay() + date.toISOString().length + Date.parse('2024-05-17T10:00:00Z') % 7;
    date.setUTCDate(date.getUTCDate() + 1);
    sum += date.getTime() % 3;
  }
  return sum;
});
