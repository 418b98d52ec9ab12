measure('map/int keys', n => {
  const map = new Map();
  for (let i = 0; i < n; i++) map.set(i & 1023, (map.get(i * 7 & 1023) ?? 0) + 1);
  return map.size;
});
measure('map/string keys', n => {
  const keys = [];
  for (let i = 0; i < 256; i++) keys.push('key' + i);
  const map = new Map();
  for (let i = 0; i < n; i++) { const key = keys[i & 255]; map.set(key, (map.get(key) ?? 0) + 1); }
  return map.size;
});
measure('map/object keys', n => {
  const keys = [];
  for (let i = 0; i < 256; i++) keys.push({ i });
  const map = new Map();
  for (let i = 0; i < n; i++) { const key = keys[i & 255]; if (map.has(key)) map.delete(key); else map.set(key, i); }
  return map.size;
});
measure('map/grow and drop', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 32) { const map = new Map(); for (let j = 0; j < 32; j++) map.set(j, j); sum += map.size; }
  return sum;
});
measure('set/mixed', n => {
  const set = new Set();
  for (let i = 0; i < n; i++) { set.add(i & 511); if (set.has(i & 255)) set.delete(i + 100 & 511); }
  return set.size;
});
measure('set/forEach and union', n => {
  const a = new Set([1, 2, 3, 4]), b = new Set([3, 4, 5, 6]);
  let sum = 0;
  for (let i = 0; i < n; i++) { a.forEach(v => { sum += v; }); sum += a.union(b).size; }
  return sum;
});
measure('weakmap', n => {
  const keys = [];
  for (let i = 0; i < 64; i++) keys.push({ i });
  const map = new WeakMap();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const key = keys[i & 63];
    if (!map.has(key)) map.set(key, i);
    sum += map.get(key) & 1;
  }
  return sum;
});
measure('map/groupBy', n => {
  const list = Array.from({ length: 20 }, (_, i) => i);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Object.keys(Object.groupBy(list, v => v % 3 ? 'some' : 'other')).length;
  return sum;
});
