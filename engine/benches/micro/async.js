async function one(x) { return x + 1; }
async function two(x) { return (await one(x)) + (await one(x)); }
async function* ticks(limit) { for (let i = 0; i < limit; i++) yield i; }

measure('async/await a value', async n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await 1;
  return sum;
});
measure('async/call chain', async n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum = (sum + await two(i)) | 0;
  return sum;
});
measure('async/throw and catch', async n => {
  async function fail() { throw 1; }
  let caught = 0;
  for (let i = 0; i < n; i++) { try { await fail(); } catch (e) { caught += e; } }
  return caught;
});
measure('async/for await over a generator', async n => {
  let sum = 0;
  for await (const value of ticks(n)) sum += value & 3;
  return sum;
});
measure('async/for await over an array', async n => {
  const values = [1, Promise.resolve(2), 3, Promise.resolve(4)];
  let sum = 0;
  for (let i = 0; i < n; i++) for await (const value of values) sum += value;
  return sum;
});
