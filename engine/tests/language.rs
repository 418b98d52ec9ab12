//! Corners of the language: in ordinary runs and with everything moved at every allocation.

mod common;

use common::{prints, run_with};

#[test]
fn tail_calls_need_no_stack() {
    let source = "'use strict';
         function f(n, a, b) { return n === 0 ? a - b : f(n - 1, b, a) }
         console.log(f(200001, 1, 2));
         function rest(n, ...r) { return n === 0 ? r.join() : n & 1 ? count(n - 1, 'x') : rest(n - 1, n, r[0]) }
         function count(n) { return rest(n, arguments.length, arguments[1]) }
         console.log(rest(100000, 5), rest(100001, 5));
         function some(n) { return n === 0 ? 0 : n % 50 ? some(n - 1) : 1 + some(n - 1) }
         console.log(some(100000));
         const o = { m: (n) => n && o.m(n - 1) };
         console.log(o.m(50000));
         function caught(n) { try { if (!n) throw 1 } catch { return 'caught' } finally { if (n) return caught(n - 1) } }
         console.log(caught(50000));
         function guarded(n) { try { return n ? guarded(n - 1) : 'end' } catch (e) { return 'full' } }
         console.log(guarded(100), guarded(1e6));";
    let lines = run_with(source, 0).unwrap();
    assert_eq!(lines, ["1", "2,x 2,x", "2000", "0", "caught", "end full"]);
    // Without tail calls the same comes out, as far as the stack allows.
    let sloppy = "function some(n) { return n === 0 ? 0 : n % 50 ? some(n - 1) : 1 + some(n - 1) }
         console.log(some(1000)); try { some(1e6) } catch (e) { console.log(e.name) }";
    assert_eq!(run_with(sloppy, 0).unwrap(), ["20", "RangeError"]);
}

#[test]
fn mapped_arguments() {
    prints(
        "function f(a, b) {
             Object.defineProperty(arguments, 0, { writable: false });
             Object.defineProperty(arguments, 1, { enumerable: false });
             a = 10; b = 20;
             return [arguments[0], arguments[1], Object.keys(arguments)].join();
         }
         console.log(f(1, 2));
         function g(a, b) { delete arguments[0]; arguments[0] = 5; arguments[1] = 6; return [a, b].join() }
         console.log(g(1, 2));
         function h() { return arguments.callee === h }
         console.log(h(), (function (x) { 'use strict'; try { arguments.callee } catch (e) { return e.name } })());
         function v() { var arguments = [1, 2, 3]; return arguments.length }
         console.log(v(9));",
        &["1,20,0", "1,6", "true TypeError", "3"],
    );
}

#[test]
fn immutable_buffers() {
    prints(
        "const b = new Uint8Array([1, 2, 3]).buffer.transferToImmutable();
         const v = new Uint8Array(b);
         v[0] = 9;
         const name = (f) => { try { return f() } catch (e) { return e.name } };
         console.log(v.join(), b.immutable, name(() => { 'use strict'; v[1] = 5 }), name(() => v.fill(0)));
         console.log(name(() => new DataView(b).setInt8(0, 1)), name(() => b.transfer()), Object.isFrozen(Object.freeze(v)));
         const s = new Uint8Array(b.sliceToImmutable(1));
         for (let i = 0; i < 100; i++) s[0] = i;
         console.log(s.join(), v.map((x) => x * 2).join(), v.subarray(1).join());",
        &["1,2,3 true TypeError TypeError", "TypeError TypeError true", "2,3 2,4,6 2,3"],
    );
}

#[test]
fn hidden_properties_of_prototypes_leave_caches_true() {
    prints(
        "''.charAt;
         function f(o) { return o.toLowerCase() }
         function h(v) { return Object.prototype.toString.call(Object(v)) }
         for (const v of [true, 1e9, 'ok', Symbol('ok')]) console.log(f(h(v)));
         const proto = { a() { return 'a' } };
         const call = (o) => o.a();
         const o = Object.create(proto);
         call(o); call(o);
         new Map([[proto, 1]]); Object.create(proto); new WeakSet([proto]);
         console.log(call(o), call(Object.create(proto)));",
        &["[object boolean]", "[object number]", "[object string]", "[object symbol]", "a a"],
    );
}

#[test]
fn super_is_found_before_the_key_is_converted() {
    prints(
        "const p = { x: 1 }, q = { x: -1 };
         const o = { __proto__: p, m() { return super[{ toString() { Object.setPrototypeOf(o, q); return 'x' } }] += 1 } };
         console.log(o.m(), o.x);",
        &["2 2"],
    );
}

#[test]
fn deleted_properties() {
    prints(
        "const log = [];
         function tour(n) {
             const o = { a: 1, b: 2 };
             for (let i = 0; i < n; i++) {
                 o.extra = i;
                 if (o.extra !== i || !('extra' in o)) log.push('lost');
                 delete o.extra;
                 if (o.extra !== undefined || 'extra' in o || Object.keys(o).join() !== 'a,b') log.push('kept');
             }
             for (const k of 'cdefgh') o[k] = k;
             for (const k of 'hgf') { delete o[k]; o[k] = k + k; delete o[k] }
             o.f = 6; delete o.b; o.b = 7; delete o.b; delete o.f;
             o[0] = 'zero'; o.x = 1; delete o.x; o.y = 2;
             return JSON.stringify(o);
         }
         log.push(tour(50));
         // A property of the same name with other attributes, an accessor, one that cannot be deleted.
         const p = { a: 1 };
         Object.defineProperty(p, 'b', { get() { return 'got' }, configurable: true });
         log.push(p.b, delete p.b, p.b);
         p.b = 2; log.push(p.b);
         Object.preventExtensions(p);
         log.push(delete p.b, p.b, Reflect.set(p, 'b', 1), Object.isExtensible(p));
         Object.defineProperty(p, 'a', { configurable: false });
         log.push(delete p.a, p.a);
         // What inherits sees what a prototype loses and gets again.
         const proto = {}, heir = Object.create(proto), seen = [];
         for (let i = 0; i < 6; i++) { if (i % 2) delete proto.z; else proto.z = i; seen.push(heir.z) }
         log.push(seen.join());
         // Properties that come and go while they are enumerated.
         const q = { a: 1, b: 2, c: 3 }, names = [];
         for (const k in q) { names.push(k); if (k === 'a') { delete q.c; q.d = 1 } }
         log.push(names.join());
         console.log(log.join('|'));",
        &[r#"{"0":"zero","a":1,"c":"c","d":"d","e":"e","y":2}|got|true||2|true||false|false|false|1|0,,2,,4,|a,b"#],
    );
}
