measure('typed arrays/Uint8Array', n => {
  const bytes = new Uint8Array(256);
  for (let i = 0; i < n; i++) bytes[i & 255] = bytes[i + 1 & 255] + i;
  return bytes[0];
});
measure('typed arrays/Float64Array', n => {
  const values = new Float64Array(256).fill(1);
  for (let i = 0; i < n; i++) values[i & 255] = values[i + 1 & 255] * 0.5 + 1;
  return values[0];
});
measure('typed arrays/methods', n => {
  const values = new Int32Array(64);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values.subarray(8, 24).length + values.fill(i, 0, 8).indexOf(i) + values.slice(0, 4).length;
  return sum;
});
measure('typed arrays/DataView', n => {
  const view = new DataView(new ArrayBuffer(64));
  let sum = 0;
  for (let i = 0; i < n; i++) { view.setInt32(i & 31, i, true); sum += view.getUint16(i & 31); }
  return sum;
});
measure('typed arrays/of', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += new Uint8Array(16).length + Uint16Array.of(1, 2, 3).length;
  return sum;
});
