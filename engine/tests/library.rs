//! Objects, errors, JSON, promises, console: what a script sees of them, in ordinary runs and with everything moved at every allocation.

mod common;

use common::{prints, run_with};
use rotifer::{Isolate, Limits};

#[test]
fn console_shows_values() {
    prints(
        "console.log('text', 1, -0, 1.5, 10n, true, null, undefined, Symbol('s'));
         console.log({ a: 1, 'b-c': 'x', [Symbol('k')]: [1, , 3], get g() { return 1 } });
         console.log([[[[1]]]], new Map([['a', { b: 1 }]]), new Set([1, 'x']));
         class Foo { constructor() { this.x = 1 } }
         console.log(new Foo, Foo, function f() {}, () => 1, Object.create(null));
         const c = { name: 'c' }; c.self = c; console.log(c);
         console.log('%s is %d%% of %o', 'x', 42.5, [1], 'rest');
         console.log([1, 2, 3], new Uint8Array(3), new Date(0), /a/g, Promise.resolve(1));
         console.log('größer → 😀');
         console.group('g'); console.log('in'); console.groupEnd(); console.log('out');
         console.count(); console.count();",
        &[
            "text 1 -0 1.5 10n true null undefined Symbol(s)",
            "{ a: 1, 'b-c': 'x', g: [Getter], [Symbol(k)]: [ 1, <1 empty item>, 3 ] }",
            "[ [ [ [Array] ] ] ] Map(1) { 'a' => { b: 1 } } Set(2) { 1, 'x' }",
            "Foo { x: 1 } [class Foo] [Function: f] [Function (anonymous)] [Object: null prototype] {}",
            "{ name: 'c', self: [Circular] }",
            "x is 42.5% of [ 1 ] rest",
            "[ 1, 2, 3 ] Uint8Array(3) [ 0, 0, 0 ] 1970-01-01T00:00:00.000Z /a/g Promise { 1 }",
            "größer → 😀",
            "g",
            "  in",
            "out",
            "default: 1",
            "default: 2",
        ],
    );
}

#[test]
fn long_values_take_several_lines() {
    prints(
        "console.log({ alpha: 'a'.repeat(40), beta: 'b'.repeat(40), gamma: { delta: 1 } })",
        &[
            "{\n  alpha: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',\n  beta: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',\n  gamma: { delta: 1 }\n}",
        ],
    );
}

#[test]
fn json_both_ways() {
    prints(
        r#"const v = { s: 'q"\\\n\ud800', n: [1, -1.5, 1e21, NaN, -0], t: true, u: undefined, f() {}, d: new Date(0), e: { deep: [{}] } };
           console.log(JSON.stringify(v));
           console.log(JSON.stringify({ a: [1, { b: 2 }], c: {} , d: []}, null, 1));
           console.log(JSON.stringify({ a: 1, b: 2, c: { a: 3, z: 4 } }, ['a', 'c']));
           console.log(JSON.stringify({ a: 1, b: 'x' }, (k, v) => typeof v === 'number' ? v + 1 : v));
           const text = '{"__proto__": 1, "a": [1, 2.5, -3e2, "x\\u0041\\n", {"2": "two", "1": "one"}], "long": "' + 'z'.repeat(300) + '"}';
           const p = JSON.parse(text);
           console.log(Object.keys(p).join(), p.long.length, p.a[3].length, Object.keys(p.a[4]).join());
           console.log(JSON.stringify(JSON.parse('{"x": 1.0, "y": [2e0]}', (k, v, c) => c.source ?? v)));
           console.log(JSON.stringify({ raw: JSON.rawJSON('1.00') }));
           for (const bad of ['', '{"a":1,}', '[1 2]', '01', '"a\nb"', '{"a" 1}', 'nul', '"\\x"', '[1]]']) {
               try { JSON.parse(bad); console.log('accepted', bad) } catch (e) { if (!(e instanceof SyntaxError)) console.log(e) }
           }
           try { JSON.parse('{\n  "a": x}') } catch (e) { console.log(e.message) }"#,
        &[
            r#"{"s":"q\"\\\n\ud800","n":[1,-1.5,1e+21,null,0],"t":true,"d":"1970-01-01T00:00:00.000Z","e":{"deep":[{}]}}"#,
            "{\n \"a\": [\n  1,\n  {\n   \"b\": 2\n  }\n ],\n \"c\": {},\n \"d\": []\n}",
            r#"{"a":1,"c":{"a":3}}"#,
            r#"{"a":2,"b":"x"}"#,
            "__proto__,a,long 300 3 1,2",
            r#"{"x":"1.0","y":["2e0"]}"#,
            r#"{"raw":1.00}"#,
            "JSON.parse: unexpected character 'x' at line 2 column 8",
        ],
    );
}

#[test]
fn nesting_is_no_danger() {
    let lines = run_with(
        "let deep = JSON.parse('['.repeat(100000) + ']'.repeat(100000));
         let n = 0; for (let d = deep; d.length; d = d[0]) n++;
         console.log(n);
         try { JSON.stringify(deep); console.log('written') } catch (e) { console.log(e instanceof RangeError) }
         console.log(deep);
         let p = {}; for (let i = 0; i < 100000; i++) p = new Proxy(p, {});
         try { p.x } catch (e) { console.log(e instanceof RangeError) }
         let b = () => 1; for (let i = 0; i < 100000; i++) b = b.bind();
         try { b() } catch (e) { console.log(e instanceof RangeError) }",
        0,
    );
    assert_eq!(lines.unwrap(), ["99999", "true", "[ [ [ [Array] ] ] ]", "true", "true"]);
}

#[test]
fn promises_settle_in_order() {
    prints(
        "const log = (...a) => console.log(...a);
         Promise.resolve(1).then(v => { log('a', v); return Promise.resolve(2) }).then(v => log('b', v));
         Promise.reject(new Error('no')).catch(e => log('c', e.message)).finally(() => log('d'));
         Promise.all([1, Promise.resolve(2), { then(f) { f(3) } }]).then(v => log('all', v.join()));
         Promise.allSettled([1, Promise.reject(2)]).then(v => log(JSON.stringify(v)));
         Promise.any([Promise.reject(1), Promise.reject(2)]).catch(e => log(e.constructor.name, e.errors.join()));
         Promise.race([new Promise(() => {}), Promise.resolve('r')]).then(v => log(v));
         (async () => { try { await Promise.reject('x') } catch (e) { log('e', e) } for (const i of [1, 2]) await i; log('f') })();
         const { promise, resolve } = Promise.withResolvers(); promise.then(v => log('w', v)); resolve('y');
         Promise.try(() => { throw 't' }).catch(e => log(e));
         log('sync');",
        &[
            "sync",
            "a 1",
            "c no",
            "e x",
            "w y",
            "t",
            "d",
            r#"[{"status":"fulfilled","value":1},{"status":"rejected","reason":2}]"#,
            "AggregateError 1,2",
            "r",
            "all 1,2,3",
            "f",
            "b 2",
        ],
    );
}

#[test]
fn errors_tell_what_happened() {
    prints(
        "const of = f => { try { f(); return 'nothing' } catch (e) { return e.name + ': ' + e.message } };
         'use strict';
         console.log(of(() => undefined.x));
         console.log(of(() => { const o = Object.freeze({ a: 1 }); (function () { 'use strict'; o.a = 2 })() }));
         console.log(of(() => JSON.parse.call.call(1)));
         console.log(of(() => missing));
         console.log(of(() => new Proxy({}, { get: 1 }).x));
         console.log(new Error('m', { cause: 'c' }).cause, new AggregateError([1], 'x').errors.length);
         const e = new TypeError('t'); e.name = 'Custom';
         console.log(e.stack.split('\\n')[0], String(e), Error.isError(e));
         console.log(of(() => { class A { [Symbol.dispose]() { throw new Error('d') } } using a = new A; throw new Error('b') }));",
        &[
            "TypeError: cannot read property 'x' of undefined",
            "TypeError: cannot assign to read-only property 'a'",
            "TypeError: 1 is not a function",
            "ReferenceError: 'missing' is not defined",
            "TypeError: 'get' is not a function",
            "c 1",
            "Custom: t Custom: t true",
            "SuppressedError: ",
        ],
    );
}

#[test]
fn proxies_and_integrity() {
    prints(
        "const seen = [];
         const p = new Proxy({ a: 1 }, {
             get(t, k, r) { seen.push('get ' + String(k)); return Reflect.get(t, k, r) },
             has(t, k) { seen.push('has ' + k); return k in t },
             ownKeys(t) { seen.push('keys'); return ['a', 'z'] },
             getOwnPropertyDescriptor(t, k) { seen.push('gopd ' + k); return { value: 5, enumerable: true, configurable: true } },
         });
         p.a; 'b' in p; console.log(Object.keys(p).join(), JSON.stringify(Object.entries(p)));
         console.log(seen.join());
         const f = Object.freeze([1, { x: 1 }]); f[1].x = 2;
         console.log(Object.isFrozen(f), Object.isSealed(f), f[1].x, Reflect.set(f, 0, 9), Reflect.ownKeys(f).join());
         const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
         try { proxy.x } catch (e) { console.log(e.message) }
         console.log(JSON.stringify(Object.groupBy([1, 2, 3], x => x % 2 ? 'odd' : 'even')));
         console.log(JSON.stringify(Object.fromEntries(new Map([['k', 1], ['0', 2]]))));
         console.log(Object.getOwnPropertyNames(function f(a, b) {}).join(), (function () {}).bind().name);",
        &[
            "a,z [[\"a\",1],[\"z\",null]]",
            "get a,has b,keys,gopd a,gopd z,keys,gopd a,get a,gopd z,get z",
            "true true 2 false 0,1,length",
            "cannot use a proxy that has been revoked",
            "{\"odd\":[1,3],\"even\":[2]}",
            "{\"0\":2,\"k\":1}",
            "length,name,prototype bound ",
        ],
    );
}

/// Built-in objects are made when first used, which moves whatever was looked at before.
#[test]
fn making_a_built_in_object_moves_things() {
    prints("console.log(new Uint8Array([1, 2, 3]));", &["Uint8Array(3) [ 1, 2, 3 ]"]);
    prints("class A extends Uint16Array {}; console.log(new A(2), [[]]);", &["A(2) [ 0, 0 ] [ [] ]"]);
    prints(
        "'use strict'; const s = 'a'.concat(1); try { s[1] = 2 } catch (e) { console.log(e.name) }
         try { s.x = 2 } catch (e) { console.log(e.name) }",
        &["TypeError", "TypeError"],
    );
}

#[test]
fn long_chains_through_a_weak_map_are_kept_in_linear_time() {
    for order in ["", "pairs.reverse();", "pairs.sort((a, b) => a[2] - b[2]);"] {
        let mut js = Isolate::new(Limits::default().memory(64 << 20).gc_stress(0)).unwrap();
        let source = format!(
            "const map = new WeakMap; let head = {{}}, last = head, pairs = [];
             for (let i = 0; i < 100000; i++) pairs.push([last, last = {{}}, i * 7919 % 100003]);
             {order}
             for (const [key, value] of pairs) map.set(key, value);
             pairs = last = null;"
        );
        js.run(&source, "a.js").unwrap();
        js.collect_garbage();
        let count = "let n = 0; for (let key = head; key = map.get(key); n++); n";
        assert_eq!(js.eval_as::<f64>(count, "b.js"), Ok(100_000.0));
    }
}

#[test]
fn proxies_without_traps_write_what_their_targets_allow() {
    prints(
        "const handler = {}, seen = [];
         const target = { own: 1, get read() { return 2 }, set write(v) { seen.push(this === proxy, v) } };
         const proxy = new Proxy(Object.setPrototypeOf(target, { inherited: 3 }), handler);
         for (let i = 0; i < 5; i++) { proxy.own = i; proxy.write = i; proxy.inherited = i; proxy['new' + i] = i }
         console.log(JSON.stringify(target), Object.getPrototypeOf(target).inherited, seen.every(x => x !== false));
         console.log(Reflect.set(proxy, 'read', 5), Reflect.set(Object.freeze({ x: 1 }), 'x', 2, proxy), target.x);
         handler.defineProperty = (t, k, d) => { console.log('define', k, d.value); return Reflect.defineProperty(t, k, d) };
         proxy.own = 7;
         delete handler.defineProperty;
         handler.getOwnPropertyDescriptor = (t, k) => { console.log('look', k); return Reflect.getOwnPropertyDescriptor(t, k) };
         proxy.own = 8;
         console.log(target.own);
         Math.max.note = 1;
         const max = new Proxy(Math.max, {});
         for (let i = 0; i < 3; i++) max.note = i;
         console.log(Math.max.note, max(3, 4));
         Object.freeze(target);
         delete handler.getOwnPropertyDescriptor;
         console.log(Reflect.set(proxy, 'own', 9), target.own);",
        &[
            r#"{"own":4,"read":2,"inherited":4,"new0":0,"new1":1,"new2":2,"new3":3,"new4":4} 3 true"#,
            "false false undefined",
            "define own 7",
            "look own",
            "8",
            "2 4",
            "false 8",
        ],
    );
}

#[test]
fn iterators_of_the_library_step_each_other() {
    prints(
        "function* count(n) { try { for (let i = 0; i < n; i++) { const got = yield i; if (got) console.log('got', got) } return 'end' }
             finally { console.log('closed') } }
         function* outer(n) { const end = yield* count(n); console.log(end); yield* [10, 20] }
         console.log(outer(2).map(x => x + 1).filter(x => x !== 2).toArray());
         console.log(count(9).drop(2).take(2).toArray());
         console.log([...count(3).flatMap(x => new Set([x, -x]))].join());
         const busy = (function* () { yield* busy.map(x => x) })();
         try { busy.next() } catch (e) { console.log(e.name) }
         try { count(3).map(() => { throw new Error('stop') }).toArray() } catch (e) { console.log(e.message) }
         const g = count(2); g.next(); console.log(g.next('hello').value, g.next().value, g.next().done);
         const odd = count(2); odd.next = () => ({ done: true }); console.log([...odd].length, odd.map(x => x).toArray().length);
         console.log(Object.assign({ set a(v) { console.log('set', v) } }, { a: 1 }, { b: 2 }).b);
         console.log(new Map(count(1).map(x => [x, 'v'])).get(0), Object.fromEntries(count(1).map(x => [x, 'w']))[0]);",
        &[
            "closed",
            "end",
            "[ 1, 11, 21 ]",
            "closed",
            "[ 2, 3 ]",
            "closed",
            "0,1,-1,2,-2",
            "TypeError",
            "closed",
            "stop",
            "got hello",
            "closed",
            "1 end true",
            "0 0",
            "set 1",
            "2",
            "closed",
            "closed",
            "v w",
        ],
    );
}

#[test]
fn species_that_change_late_are_noticed() {
    prints(
        "const made = [];
         const uses = [
             [Array, () => [1, 2].map(x => x).constructor],
             [RegExp, () => 'xay'.split(/a/).length && RegExp],
             [Int8Array, () => new Int8Array(4).subarray(1, 2).slice().constructor],
             [Promise, () => Promise.resolve().then(() => {}).constructor],
             [ArrayBuffer, () => new ArrayBuffer(4).slice(1).constructor],
         ];
         for (const [C, use] of uses) {
             for (let i = 0; i < 3; i++) use();
             const Other = class extends C { constructor(...args) { super(...args); made.push(C.name) } };
             Object.defineProperty(C, Symbol.species, { value: Other, configurable: true });
             use();
             delete C[Symbol.species];
             const own = C.prototype.constructor;
             C.prototype.constructor = { [Symbol.species]: Other };
             use();
             C.prototype.constructor = own;
             const instance = C === Promise ? Promise.resolve() : C === RegExp ? /a/ : new C(2);
             instance.constructor = Other;
             if (C === RegExp) 'xay'.split(instance); else if (C === Promise) instance.then(); else instance.slice();
         }
         console.log(made.join());
         Object.defineProperty(Object.getPrototypeOf(Int8Array), Symbol.species, { get() { return Float64Array } });
         console.log(new Int8Array(2).slice().constructor.name);",
        &[
            "Array,Array,RegExp,RegExp,Int8Array,Int8Array,Int8Array,Int8Array,Int8Array,Promise,Promise,ArrayBuffer,ArrayBuffer",
            "Float64Array",
        ],
    );
}
