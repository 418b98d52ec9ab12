const numbers = Array.from({ length: 100 }, (_, i) => i * 7919 % 101);

measure('arrays/map, filter, reduce', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 100) sum += numbers.map(x => x + 1).filter(x => x & 1).reduce((a, b) => a + b, 0);
  return sum;
});
measure('arrays/forEach, some, every, find', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 100) {
    numbers.forEach(x => { sum += x; });
    if (numbers.some(x => x > 1000) || !numbers.every(x => x >= 0)) sum = NaN;
    sum += numbers.find(x => x === 55) + numbers.findIndex(x => x === 55);
  }
  return sum;
});
measure('arrays/sort with a comparison', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 100) sum += numbers.slice().sort((a, b) => a - b)[3];
  return sum;
});
measure('arrays/sort', n => {
  const words = numbers.map(x => 'w' + x);
  let sum = 0;
  for (let i = 0; i < n; i += 100) sum += words.toSorted()[3].length;
  return sum;
});
measure('arrays/push and pop', n => {
  const stack = [];
  let sum = 0;
  for (let i = 0; i < n; i++) { stack.push(i); stack.push(i); sum += stack.pop(); if (stack.length > 1000) stack.length = 0; }
  return sum;
});
measure('arrays/shift and unshift', n => {
  const queue = [1, 2, 3, 4, 5, 6, 7, 8];
  let sum = 0;
  for (let i = 0; i < n; i++) { queue.push(i & 7); sum += queue.shift(); queue.unshift(queue.pop()); }
  return sum;
});
measure('arrays/queue', n => {
  const queue = [];
  for (let i = 0; i < 1000; i++) queue.push(i);
  let sum = 0;
  for (let i = 0; i < n; i++) { queue.push(i); sum += queue.shift() & 1; }
  return sum;
});
measure('arrays/splice and slice', n => {
  const list = numbers.slice();
  let sum = 0;
  for (let i = 0; i < n; i++) { list.splice(10, 2, 1, 2, 3); list.splice(20, 1); sum += list.slice(5, 15).length; }
  return sum;
});
measure('arrays/indexOf and includes', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += numbers.indexOf(i % 101) + numbers.includes(1000);
  return sum;
});
measure('arrays/concat, reverse, fill, join', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += [1, 2, 3].concat([4, 5]).reverse().join().length + new Array(10).fill(0).length;
  return sum;
});
measure('arrays/from and flat', n => {
  const nested = [[1, 2], [3, [4]], 5];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += nested.flat(2).length + Array.from({ length: 3 }, (_, j) => j).length + nested.flatMap(x => x).length;
  return sum;
});
measure('arrays/index', n => {
  const list = numbers.slice();
  for (let i = 0; i < n; i++) list[i % 100] = list[(i + 1) % 100] + 1;
  return list[0];
});
measure('arrays/two dimensions', n => {
  const grid = [];
  for (let y = 0; y < 10; y++) { grid.push([]); for (let x = 0; x < 10; x++) grid[y][x] = x ^ y; }
  let sum = 0;
  for (let i = 0; i < n; i += 100) for (let y = 0; y < 10; y++) for (let x = 0; x < 10; x++) sum += grid[y][x];
  return sum;
});
