function tag(strings, ...values) { return strings.length + values.length; }

measure('templates/literal', n => {
  let length = 0;
  for (let i = 0; i < n; i++) length += `a ${i} of ${n} with ${'text'}`.length;
  return length;
});
measure('templates/tagged', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += tag`one ${i} two ${n} three`;
  return sum;
});
measure('templates/String.raw', n => {
  let length = 0;
  for (let i = 0; i < n; i++) length += String.raw`\a${i}\b`.length;
  return length;
});
