//! What errors say: the words, what they quote of the source text, and where they point.

mod common;

use common::prints;

/// Each source throws; the message is as given, however often everything moves.
#[track_caller]
fn messages(cases: &[(&str, &str)]) {
    let script: String = cases
        .iter()
        .map(|(source, _)| format!("try {{ {source}; print('nothing') }} catch (e) {{ print(e.message) }}\n"))
        .collect();
    let script = format!("const print = console.log, cfg = {{ server: {{}}, list: [1, 2] }};\n{script}");
    let expected: Vec<&str> = cases.iter().map(|case| case.1).collect();
    prints(&script, &expected);
}

#[test]
fn properties_of_nothing() {
    messages(&[
        ("cfg.client.name", "cannot read property 'name' of undefined (reading 'cfg.client.name')"),
        ("cfg.server?.port.number", "cannot read property 'number' of undefined (reading 'cfg.server?.port.number')"),
        ("cfg['cli' + 'ent'].name", "cannot read property 'name' of undefined (reading 'cfg['cli'+'ent'].name')"),
        ("cfg.list[7].x", "cannot read property 'x' of undefined (reading 'cfg.list[7].x')"),
        ("cfg.list[5][0]", "cannot read property '0' of undefined (reading 'cfg.list[5][0]')"),
        (
            "cfg.list.find(element => element > 5).x",
            "cannot read property 'x' of undefined (reading 'cfg.list.find(...).x')",
        ),
        ("cfg.client.name = 1", "cannot set property 'name' of undefined (setting 'cfg.client.name')"),
        ("cfg.client[0] = 1", "cannot set property '0' of undefined (setting 'cfg.client[0]')"),
        ("cfg.client.call()", "cannot read property 'call' of undefined (reading 'cfg.client.call')"),
        ("undefined.x", "cannot read property 'x' of undefined"),
        ("null.x = 1", "cannot set property 'x' of null"),
        ("const { x } = null", "cannot read property 'x' of null"),
        ("(function ({ a: { b } }) {})({})", "cannot read property 'b' of undefined"),
        ("Reflect.apply((a => a.b.c), null, [{}])", "cannot read property 'c' of undefined (reading 'a.b.c')"),
    ]);
}

#[test]
fn calls_of_what_is_no_function() {
    messages(&[
        ("cfg.server.listen(80)", "cfg.server.listen is not a function (it is undefined)"),
        ("cfg.list.map(5)", "5 is not a function"),
        ("cfg()", "cfg is not a function (it is an object)"),
        ("cfg.list[0]()", "cfg.list[0] is not a function (it is 1)"),
        ("cfg.server.listen(...[1])", "cfg.server.listen is not a function (it is undefined)"),
        ("(() => 0)()()", "0 is not a function"),
        ("new cfg.server(1)", "cfg.server is not a constructor (it is an object)"),
        ("new cfg.list[0]", "cfg.list[0] is not a constructor (it is 1)"),
        ("new (() => 0)", "a function is not a constructor"),
        ("class A {}; A()", "class constructor A must be called with 'new'"),
        ("class A extends cfg {}", "an object is not a constructor"),
        ("for (const x of 5);", "5 is not iterable"),
        ("const [a] = {}", "an object is not iterable"),
        ("print(...undefined)", "cannot read property 'Symbol.iterator' of undefined"),
        ("missing.x", "'missing' is not defined"),
        ("x; let x", "cannot access 'x' before initialization"),
    ]);
}

#[test]
fn syntax_errors_quote_the_word() {
    messages(&[
        ("eval('let a = = 1')", "unexpected token '='"),
        ("eval('let a; let a')", "this name is already declared: 'a'"),
        ("eval('a b')", "unexpected identifier 'b'"),
        ("eval('if (')", "unexpected end of input"),
        ("eval('new.target')", "`new.target` is only allowed in functions"),
        ("eval('\"' + '\\n')", "string is not closed"),
        ("new Function('a', 'return +')", "unexpected token '}'"),
    ]);
}

#[test]
fn stacks_name_methods_and_who_awaits() {
    prints(
        "const places = e => console.log(e.stack.split('\\n').slice(1).map(line => line.trim().replace(/[(]?test.js:(\\d+):\\d+[)]?/, '$1')).join(', '));
         class K { static s() { throw new Error } get g() { return K.s() } 'quoted'() { return this.g } *gen() { yield this.quoted() } }
         try { [...new K().gen()] } catch (e) { places(e) }
         const o = { m() { K.s() }, ['comp' + 'uted']() { o.m() }, arrow: () => o.computed() };
         try { o.arrow() } catch (e) { places(e) }
         async function inner() { await null; throw new Error('deep') }
         const middle = async () => {
             await inner() };
         class A { async run() { await middle() } }
         new A().run().catch(places);
         (async function* () { try { await inner() } catch (e) { places(e); throw e } })().next().catch(() => {});
         Promise.resolve().then(() => { throw new Error }).catch(places)",
        &[
            "at s 2, at get g 2, at quoted 2, at gen 2, at 3",
            "at s 2, at m 4, at 4, at arrow 4, at 5",
            "at inner 6, at async 11",
            "at 12",
            "at inner 6, at async middle 8, at async run 9",
        ],
    );
}
