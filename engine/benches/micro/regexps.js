const text = 'On 2024-05-17 and 2023-11-02 we met; on 1999-12-31 nobody did. key=value, other = "thing" '.repeat(10);
const source = 'let total = first + 12 * (second - 3.5); if (total >= limit) { call("text", total); } '.repeat(5);

measure('regexps/test', n => {
  const date = /(\d{4})-(\d\d)-(\d\d)/;
  let sum = 0;
  for (let i = 0; i < n; i++) if (date.test('it was 2024-05-17 then')) sum++;
  return sum;
});
measure('regexps/exec with groups', n => {
  const date = /(?<year>\d{4})-(?<month>\d\d)/;
  let sum = 0;
  for (let i = 0; i < n; i++) { const { year, month } = date.exec('it was 2024-05-17 then').groups; sum += year.length + month.length; }
  return sum;
});
measure('regexps/matchAll', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) for (const [all, year] of text.matchAll(/(\d{4})-\d\d-\d\d/g)) sum += year.length;
  return sum;
});
measure('regexps/replace with a function', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += text.replace(/\d+/g, digits => '<' + digits + '>').length;
  return sum;
});
measure('regexps/replace with a pattern', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += text.replace(/(\w+)\s*=\s*"?(\w+)"?/g, '$2:$1').length;
  return sum;
});
measure('regexps/sticky tokenizer', n => {
  const token = /\s*(?:([A-Za-z_]\w*)|(\d+(?:\.\d+)?)|("[^"]*")|([-+*\/(){};,]|[<>=]=?))/y;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    token.lastIndex = 0;
    let match;
    while ((match = token.exec(source)) !== null) if (match[1] !== undefined) sum++;
  }
  return sum;
});
measure('regexps/split', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += source.split(/[\s;]+/).length;
  return sum;
});
measure('regexps/search without a match', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) if (!/[xyz]{3,}\d|nothing here$/i.test(text)) sum++;
  return sum;
});
measure('regexps/backtracking', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) if (/^(?:a|ab)*c$/.test('ababababababababababac')) sum++;
  return sum;
});
