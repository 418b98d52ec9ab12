function *g(a, b = a) { var {x, y: [z = 1, ...w], ...r} = a; const k = yield* b; for (let i = 0; i < 3; i++) { fs.push(() => i); } return yield k }
async function h(o) { for await (const v of o) { if (v) break; } await using q = o; return o?.a.b?.(1) }
