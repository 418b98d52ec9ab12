// Goes before every program of this folder: `measure(name, work)`, where `work(n)` does something `n` times and returns what it
// computed (or a promise of it). Prints the least time of one iteration in nanoseconds. With a number in the global `brief` everything
// is done that many times and the answers are printed instead (see `engine/tests/micro.rs`).
var emit = typeof print === 'function' ? print : function (line) { console.log(line); };
var measurements = [];

function measure(name, work) {
  measurements.push({ name: name, work: work });
}

async function measureAll() {
  var least = 50;
  var rounds = 5;
  for (var m of measurements) {
    if (globalThis.brief > 0) {
      emit(m.name + ': ' + await m.work(globalThis.brief));
      continue;
    }
    var n = 1;
    var answer;
    for (;;) {
      var start = Date.now();
      answer = await m.work(n);
      var took = Date.now() - start;
      if (took >= least) break;
      n = took < 5 ? n * 8 : Math.ceil(n * least * 1.1 / took);
    }
    var best = took;
    for (var i = 1; i < rounds; i++) {
      start = Date.now();
      await m.work(n);
      took = Date.now() - start;
      if (took < best) best = took;
    }
    if (answer === undefined || answer !== answer) throw new Error(m.name + ' computes nothing');
    emit(m.name + ': ' + best * 1e6 / n);
  }
}

Promise.resolve().then(measureAll).then(undefined, function (error) {
  emit('error: ' + error + '\n' + error.stack);
});
