class Range {
  constructor(limit) { this.limit = limit; }
  [Symbol.iterator]() {
    let i = 0;
    const limit = this.limit;
    return { next() { return i < limit ? { value: i++, done: false } : { value: undefined, done: true }; } };
  }
}
const numbers = Array.from({ length: 100 }, (_, i) => i);
const map = new Map(numbers.map(i => [i, i]));
const set = new Set(numbers);
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(3);

measure('for of/array', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 100) for (const value of numbers) sum += value;
  return sum;
});
measure('for of/map', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 100) for (const [key, value] of map) sum += key + value;
  return sum;
});
measure('for of/set', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 100) for (const value of set) sum += value;
  return sum;
});
measure('for of/map keys and values', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 200) {
    for (const key of map.keys()) sum += key;
    for (const value of map.values()) sum += value;
  }
  return sum;
});
measure('for of/string', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 135) for (const c of text) if (c === 'o') sum++;
  return sum;
});
measure('for of/array entries', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 100) for (const [index, value] of numbers.entries()) sum += index + value;
  return sum;
});
measure('for of/iterator of its own', n => {
  let sum = 0;
  for (const value of new Range(n)) sum += value & 3;
  return sum;
});
measure('for in', n => {
  const object = { alpha: 1, beta: 2, gamma: 3, delta: 4, epsilon: 5 };
  let sum = 0;
  for (let i = 0; i < n; i += 5) for (const name in object) sum += object[name];
  return sum;
});
measure('iterator helpers', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 100) sum += numbers.values().map(x => x + 1).filter(x => x & 1).drop(1).toArray().length;
  return sum;
});
