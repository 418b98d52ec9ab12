function thrower(value) { if (value > 2) throw new Error('too much'); return thrower(value + 1); }

measure('exceptions/try without a throw', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) { try { sum += i & 1; } catch { sum = NaN; } finally { sum++; } }
  return sum;
});
measure('exceptions/throw a value', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) { try { throw i & 1; } catch (e) { sum += e; } }
  return sum;
});
measure('exceptions/throw an error', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) { try { thrower(0); } catch (e) { sum += e.message.length; } }
  return sum;
});
measure('exceptions/engine errors', n => {
  let sum = 0;
  const nothing = undefined;
  for (let i = 0; i < n; i++) { try { nothing.property; } catch (e) { if (e instanceof TypeError) sum++; } }
  return sum;
});
measure('exceptions/finally with return', n => {
  const f = i => { try { return i & 1; } finally { f.count++; } };
  f.count = 0;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += f(i);
  return sum + f.count;
});
