//! The interface for embedders.

use std::sync::{Arc, Mutex};

use rotifer::{Call, CancelHandle, Error, Handle, Isolate, Limits, Value};

fn isolate() -> Isolate {
    Isolate::new(Limits::default()).expect("an isolate")
}

#[test]
fn an_isolate_can_be_sent() {
    fn sendable<T: Send>() {}
    sendable::<Isolate>();
    sendable::<Handle>();
    sendable::<Value>();
    sendable::<Error>();
    sendable::<CancelHandle>();
    let mut one = isolate();
    one.run("var x = 20", "a.js").unwrap();
    let x = std::thread::spawn(move || one.eval_as::<f64>("x + 1", "b.js")).join().unwrap();
    assert_eq!(x, Ok(21.0));
}

#[test]
fn values_come_out() {
    let mut js = isolate();
    assert!(js.eval("", "a.js").unwrap().is_undefined());
    assert_eq!(js.eval("1 + 1", "a.js"), Ok(Value::Number(2.0)));
    assert_eq!(js.eval("'a' + '\\u00e9\\ud83d\\ude00'", "a.js"), Ok(Value::String("a\u{e9}\u{1f600}".into())));
    assert_eq!(js.eval("2n ** 70n", "a.js"), Ok(Value::BigInt("1180591620717411303424".into())));
    assert_eq!(js.eval("null", "a.js"), Ok(Value::Null));
    assert_eq!(js.eval("!1", "a.js"), Ok(Value::Bool(false)));
    assert!(matches!(js.eval("({})", "a.js"), Ok(Value::Object(h)) if !h.is_callable()));
    assert!(matches!(js.eval("Math.max", "a.js"), Ok(Value::Object(h)) if h.is_callable()));
    assert_eq!(js.eval_as::<Vec<u8>>("[1, 2, 255]", "a.js"), Ok(vec![1, 2, 255]));
    assert!(matches!(js.eval_as::<Vec<u8>>("[256]", "a.js"), Err(Error::Conversion(_))));
    assert!(matches!(js.eval_as::<Vec<u8>>("new Array(4e9)", "a.js"), Err(Error::Conversion(_))));
    assert_eq!(js.eval_as::<Option<String>>("undefined", "a.js"), Ok(None));
    assert!(matches!(js.eval_as::<String>("1", "a.js"), Err(Error::Conversion(_))));
}

#[test]
fn values_go_in() {
    let mut js = isolate();
    js.set_global("list", vec!["a", "b"]).unwrap();
    js.set_global("n", 7_u64).unwrap();
    js.set_global("text", "caf\u{e9} \u{1f600}").unwrap();
    js.set_global("big", Value::BigInt("-123456789012345678901234567890".into())).unwrap();
    assert_eq!(
        js.eval_as::<String>("list.join('-') + n + text.length + big", "a.js").as_deref(),
        Ok("a-b77-123456789012345678901234567890")
    );
    assert_eq!(js.get_global::<Vec<String>>("list"), Ok(vec!["a".into(), "b".into()]));
}

#[test]
fn handles_keep_their_objects() {
    let mut js = isolate();
    js.set_gc_stress(1);
    let counter: Handle = js.eval_as("(function () { let n = 0; return () => ++n })()", "a.js").unwrap();
    let copy = counter.clone();
    for i in 1..=5 {
        js.collect_garbage();
        assert_eq!(js.call::<f64>(&counter, (), ()), Ok(f64::from(i)));
    }
    drop(counter);
    js.collect_garbage();
    assert_eq!(js.call::<f64>(&copy, (), ()), Ok(6.0));
    let mut other = isolate();
    assert!(other.call::<f64>(&copy, (), ()).is_err(), "a handle of another isolate");
    drop(js);
    drop(copy);
}

#[test]
fn host_functions() {
    let mut js = isolate();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    js.register("note", 1, move |call: &mut Call<'_, '_>| {
        let text = call.text(0)?;
        sink.lock().map(|mut s| s.push(text)).map_err(|_| Error::exception("Error", "poisoned"))
    })
    .unwrap();
    js.register("twice", 2, |call: &mut Call<'_, '_>| {
        let f: Handle = call.arg(0)?;
        let x: f64 = call.arg(1)?;
        let once: f64 = call.call(&f, (), (x,))?;
        call.call::<f64>(&f, (), (once,))
    })
    .unwrap();
    js.run("note('a'); note(1); note([2, 3])", "a.js").unwrap();
    assert_eq!(*seen.lock().unwrap(), ["a", "1", "2,3"]);
    assert_eq!(js.eval_as::<f64>("twice(x => x * 3, 5)", "a.js"), Ok(45.0));
    assert_eq!(
        js.eval_as::<String>("try { twice(1, 2) } catch (e) { e.name + e.message }", "a.js").as_deref(),
        Ok("TypeErrorargument 1: expected an object, found a number")
    );
    let thrown = js.eval("twice(x => { throw new RangeError('far') }, 1)", "a.js").unwrap_err();
    assert!(
        matches!(&thrown, Error::Exception { name, message, .. } if &**name == "RangeError" && &**message == "far"),
        "{thrown:?}"
    );
    assert!(js.eval("twice(x => twice(y => y, x), 1)", "a.js").is_err(), "a closure cannot run twice at a time");
    assert_eq!(js.eval_as::<f64>("twice(x => x, 1)", "a.js"), Ok(1.0));
}

#[test]
fn errors_tell_where() {
    let mut js = isolate();
    let error = js.run("function f() {\n  return undefined.x;\n}\nf();", "file.js").unwrap_err();
    let Error::Exception { name, message, stack, frames, source_line } = error else { panic!("{error:?}") };
    assert_eq!((&*name, &*message), ("TypeError", "cannot read property 'x' of undefined"));
    assert!(stack.starts_with("TypeError: cannot read property 'x' of undefined\n    at f (file.js:2:"), "{stack}");
    assert_eq!((&*frames[0].function, frames[0].line, &*frames[1].function, frames[1].line), ("f", 2, "", 4));
    assert_eq!(source_line.as_deref(), Some("  return undefined.x;"));
    let error = js.run("let a = 1;\nlet \u{e9} = ;", "s.js").unwrap_err();
    let Error::Syntax { frame, source_line, .. } = error else { panic!("{error:?}") };
    assert_eq!((&*frame.file, frame.line, frame.column), ("s.js", 2, 9));
    assert_eq!(source_line.as_deref(), Some("let \u{e9} = ;"));
    let thrown = |js: &mut Isolate, source: &str| js.run(source, "t.js").unwrap_err().to_string();
    assert_eq!(thrown(&mut js, "throw 42"), "42");
    assert_eq!(thrown(&mut js, "throw Symbol('x')"), "a symbol");
    assert_eq!(thrown(&mut js, "throw null"), "null");
    assert_eq!(
        thrown(&mut js, "throw { get name() { throw 1 }, get message() { throw 2 } }"),
        "Object: [object Object]"
    );
    assert_eq!(thrown(&mut js, "class Mine { constructor(m) { this.message = m } } throw new Mine('m')"), "Mine: m");
    assert_eq!(thrown(&mut js, "throw new Proxy({}, { get() { throw 1 } })"), "");
    // The function `eval` throws an ordinary SyntaxError.
    assert!(matches!(js.run("eval('(')", "t.js"), Err(Error::Exception { name, .. }) if &*name == "SyntaxError"));
}

#[test]
fn jobs_wait_for_the_host() {
    let mut js = isolate();
    js.run("var log = []; Promise.resolve(1).then(v => log.push(v)).then(() => { throw new Error('late') })", "a.js")
        .unwrap();
    assert_eq!(js.eval_as::<f64>("log.length", "a.js"), Ok(0.0));
    js.run_jobs().unwrap();
    assert_eq!(js.eval_as::<f64>("log.length", "a.js"), Ok(1.0));
    let unhandled = js.take_unhandled_rejections().unwrap();
    assert_eq!(unhandled.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Error: late"]);
    assert!(js.take_unhandled_rejections().unwrap().is_empty());
}

#[test]
fn lines_are_printed() {
    let mut js = isolate();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    js.on_print(move |line| sink.lock().unwrap().push(line.to_string()));
    js.run("console.log('a', 1, [2, 'x'], { y: null }); console.log('\\u20ac')", "a.js").unwrap();
    assert_eq!(*lines.lock().unwrap(), ["a 1 [ 2, 'x' ] { y: null }", "\u{20ac}"]);
}

#[test]
fn statistics_add_up() {
    let mut js = isolate();
    js.run("var a = []; for (let i = 0; i < 1000; i++) a.push({ i })", "a.js").unwrap();
    js.collect_garbage();
    let stats = js.stats();
    assert!(stats.kinds.iter().any(|k| k.kind == "Object" && k.count >= 1000));
    let sum: u64 = stats.kinds.iter().map(|k| k.bytes).sum();
    assert!(sum <= stats.heap_bytes && stats.heap_bytes - sum < 256, "{sum} of {}", stats.heap_bytes);
    assert!(stats.gc.major_collections >= 1);
}

#[test]
fn realms_and_scripts_of_the_suite() {
    let mut js = isolate();
    js.install_test262().unwrap();
    assert_eq!(
        js.eval_as::<bool>("var r = $262.createRealm(); r.global !== globalThis && r.global.Array !== Array", "a.js"),
        Ok(true)
    );
    assert_eq!(
        js.eval_as::<bool>(
            "r.evalScript('var z = []; z') instanceof r.global.Array && r.global.z.length === 0",
            "a.js"
        ),
        Ok(true)
    );
    assert_eq!(js.eval_as::<f64>("$262.evalScript('var q = 5; $262.evalScript(\"q + 1\")')", "a.js"), Ok(6.0));
    assert_eq!(
        js.eval_as::<f64>("var b = new ArrayBuffer(8); $262.detachArrayBuffer(b); b.byteLength", "a.js"),
        Ok(0.0)
    );
    js.run("$262.gc()", "a.js").unwrap();
}

#[test]
fn isolates_of_a_pool_know_nothing_of_each_other() {
    let pool = rotifer::IsolatePool::with_most(Limits::default().memory(128 << 10), 2).unwrap();
    for round in 0..50 {
        let mut one = pool.isolate().unwrap();
        let mut two = pool.isolate().unwrap();
        assert_eq!(pool.isolates(), 2);
        assert!(pool.isolate().is_err(), "two at a time");
        for isolate in [&mut one, &mut two] {
            assert_eq!(isolate.eval_as::<String>("typeof secret", "a.js").unwrap(), "undefined");
            // Fill the block, so that little of what the next isolate finds there is zero.
            let fill = format!(
                "var secret = {round}; var all = []; try {{ for (;;) all.push([secret, {{ a: 1.5 }}]) }} catch {{}}"
            );
            let _ = isolate.run(&fill, "b.js");
        }
    }
    assert_eq!(pool.isolates(), 0);
    let mut first = pool.isolate().unwrap();
    first.run("var n = 40", "a.js").unwrap();
    let image = first.save_image().unwrap();
    drop(first);
    for _ in 0..5 {
        assert_eq!(pool.load_image(&image).unwrap().eval_as::<f64>("n += 2", "b.js").unwrap(), 42.0);
    }
    assert!(rotifer::IsolatePool::new(Limits::default().memory(8)).is_err());
    assert!(rotifer::IsolatePool::new(Limits::default().memory(300)).unwrap().isolate().is_err());
}
