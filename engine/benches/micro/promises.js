measure('promises/then chain', n => {
  let chain = Promise.resolve(0);
  const add = x => x + 1;
  for (let i = 0; i < n; i++) chain = chain.then(add);
  return chain;
});
measure('promises/new and resolve', async n => {
  let sum = 0;
  const count = () => { sum++; };
  for (let i = 0; i < n; i++) new Promise(resolve => { resolve(i); }).then(count);
  await null;
  return sum;
});
measure('promises/all', async n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (await Promise.all([1, 2, Promise.resolve(3), Promise.resolve(4)])).length;
  return sum;
});
measure('promises/race and allSettled', async n => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += await Promise.race([Promise.resolve(1), Promise.resolve(2)]);
    sum += (await Promise.allSettled([Promise.resolve(1), Promise.reject(2)])).length;
  }
  return sum;
});
