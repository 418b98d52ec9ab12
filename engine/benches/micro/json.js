const data = { list: [], nested: { a: { b: { c: [1, 2, 3.5, null, true] } } }, text: 'some "quoted" text\n' };
for (let i = 0; i < 20; i++) data.list.push({ id: i, name: 'name' + i, tags: ['x', 'y'], on: i % 2 === 0 });
const text = JSON.stringify(data);

measure('json/stringify', n => {
  let length = 0;
  for (let i = 0; i < n; i++) length += JSON.stringify(data).length;
  return length;
});
measure('json/parse', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += JSON.parse(text).list.length;
  return sum;
});
measure('json/with functions', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += JSON.stringify(data.nested, (key, value) => value, 2).length;
    sum += JSON.parse('{"a":[1,2,{"b":3}]}', (key, value) => value).a.length;
  }
  return sum;
});
