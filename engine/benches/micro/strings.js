const text = 'The quick brown fox jumps over the lazy dog, again and again. '.repeat(8);

measure('strings/build', n => {
  let s = '';
  for (let i = 0; i < n; i++) { s += 'ab'; if (s.length > 10000) s = ''; }
  return s.length;
});
measure('strings/build and read', n => {
  let sum = 0;
  for (let i = 0; i < n; i += 50) {
    let s = '';
    for (let j = 0; j < 50; j++) s += String.fromCharCode(65 + j % 26);
    sum += s.charCodeAt(25);
  }
  return sum;
});
measure('strings/charCodeAt', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += text.charCodeAt(i & 255);
  return sum;
});
measure('strings/index', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) if (text[i & 255] === 'o') sum++;
  return sum;
});
measure('strings/slice and compare', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) { const at = i & 255; if (text.slice(at, at + 3) === 'fox' || text.substring(at, at + 5) < 'a') sum++; }
  return sum;
});
measure('strings/split and join', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += text.split(' ').join('-').length;
  return sum;
});
measure('strings/indexOf, includes, startsWith', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += text.indexOf('lazy', i & 63) + text.includes('again') + text.startsWith('The') + text.lastIndexOf('fox');
  return sum;
});
measure('strings/replace, trim, pad, case', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += '  Some Text '.trim().toLowerCase().padStart(14, '.').replace('text', 'word').toUpperCase().length;
  return sum;
});
measure('strings/switch', n => {
  const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'other'];
  let sum = 0;
  for (let i = 0; i < n; i++) {
    switch (words[i % 6]) {
      case 'alpha': sum += 1; break;
      case 'beta': sum += 2; break;
      case 'gamma': sum += 3; break;
      case 'delta': sum += 4; break;
      case 'epsilon': sum += 5; break;
      default: sum += 6;
    }
  }
  return sum;
});
measure('strings/localeCompare and normalize', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += 'abc'.localeCompare('abd') + 'plain'.normalize().length;
  return sum;
});
