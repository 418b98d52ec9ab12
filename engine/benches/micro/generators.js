function* count(limit) { for (let i = 0; i < limit; i++) yield i; }
function* outer(limit) { yield* count(limit); yield* [1, 2]; return 3; }
function* guarded() { try { let i = 0; for (;;) yield i++; } finally { guarded.closed = (guarded.closed | 0) + 1; } }
function* dialogue() { let sum = 0; for (;;) sum += yield sum; }

measure('generators/plain', n => {
  let sum = 0;
  for (const value of count(n)) sum += value & 3;
  return sum;
});
measure('generators/next by hand', n => {
  const talk = dialogue();
  talk.next();
  let last;
  for (let i = 0; i < n; i++) last = talk.next(1).value;
  return last;
});
measure('generators/delegating', n => {
  let sum = 0;
  for (const value of outer(n)) sum += value & 3;
  return sum;
});
measure('generators/short-lived', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) for (const value of count(3)) sum += value;
  return sum;
});
measure('generators/early return', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (const value of guarded()) { if (value === 2) break; sum += value; }
  }
  return sum;
});
