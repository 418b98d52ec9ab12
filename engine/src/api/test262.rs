//! What hosts of the conformance suite have to offer.

use rotifer_jsvalue::{JsValue, Kind, field};

use super::error::{Error, Stage};
use super::function::{define_hidden, function_object, host_function_id};
use crate::cx::{Args, Cx, NativeFn, Object, UNDEFINED, Value, imm};
use crate::isolate::{HostFunction, Isolate};
use crate::throw::JsResult;

/// The functions of `$262` and of `$262.agent`. The names of the host functions have the prefix `$262.`.
const FUNCTIONS: &[(&str, u8, NativeFn)] = &[
    ("createRealm", 0, create_realm),
    ("detachArrayBuffer", 1, detach_array_buffer),
    ("evalScript", 1, eval_script),
    ("gc", 0, gc),
    ("destroy", 0, nothing),
];
const AGENT: &[(&str, u8, NativeFn)] = &[
    ("start", 1, no_agents),
    ("broadcast", 1, no_agents),
    ("getReport", 0, no_report),
    ("receiveBroadcast", 1, no_agents),
    ("report", 1, no_agents),
    ("leaving", 0, nothing),
    ("sleep", 1, nothing),
    ("monotonicNow", 0, no_agents),
];

fn gc<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    cx.heap_mut().collect(&mut []);
    Ok(UNDEFINED)
}

fn nothing<'s>(_: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(UNDEFINED)
}

fn no_report<'s>(_: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(crate::cx::NULL)
}

fn no_agents<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    Err(cx.throw_type_error("there are no agents"))
}

fn detach_array_buffer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let buffer = args.get(0);
    if !cx.is_kind(buffer, Kind::ArrayBuffer) {
        return Err(cx.throw_type_error("not an ArrayBuffer"));
    }
    if crate::ops::typed::is_immutable(cx.heap(), cx.peek(buffer).index()) {
        return Err(cx.throw_type_error("the ArrayBuffer is immutable"));
    }
    cx.detach_buffer(buffer.cast());
    Ok(crate::cx::NULL)
}

/// The realm a function of `$262` belongs to, kept with it.
fn realm_of(cx: &Cx<'_>, args: &Args<'_>) -> u16 {
    let callee = cx.peek(args.callee);
    if !callee.is_heap_object() {
        return 0;
    }
    let at = callee.index() + field::HostFunction::data0;
    use rotifer_jsvalue::HeapExt;
    cx.heap().value(at).as_int().and_then(|n| u16::try_from(n).ok()).unwrap_or(0)
}

fn eval_script<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let source = cx.to_string(args.get(0))?;
    let realm = realm_of(cx, args);
    let name = cx.str("<evalScript>")?;
    cx.in_realm(realm, |cx| cx.run_script(source.cast(), name.cast()))
}

fn create_realm<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    let before = cx.current_realm_number();
    let made = cx.create_realm().and_then(|()| install(cx));
    if let Some(realm) = cx.realm_number(before) {
        cx.set_root(crate::isolate::RootWord::Realm, realm);
    }
    Ok(made?.cast())
}

fn print<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    crate::builtins::console::print_strings(cx, args)
}

/// Makes `$262` for the running realm, and defines it and `print` on the global object.
fn install<'s>(cx: &mut Cx<'s>) -> JsResult<Object<'s>> {
    let host = cx.new_object()?;
    let agent = cx.new_object()?;
    for (object, list) in [(host, FUNCTIONS), (agent, AGENT)] {
        for (name, length, _) in list {
            let mut cx = cx.nest();
            let (id, _) = host_function_id(&mut cx, &alloc::format!("$262.{name}"))?;
            let f = function_object(&mut cx, id, name, *length)?;
            let realm = JsValue::int(i32::from(cx.current_realm_number()));
            cx.set_field_raw(f, field::HostFunction::data0, realm);
            define_hidden(&mut cx, object, name, f.cast())?;
        }
    }
    define_hidden(cx, host, "agent", agent.cast())?;
    let global = cx.global()?;
    define_hidden(cx, host, "global", global.cast())?;
    let emulator = JsValue::native(cx.current_realm_number(), crate::builtins::internal::EMULATES_UNDEFINED_ID);
    define_hidden(cx, host, "IsHTMLDDA", imm(emulator))?;
    let source = cx.intrinsic(crate::builtins::Intrinsic::AbstractModuleSource)?;
    define_hidden(cx, host, "AbstractModuleSource", source.cast())?;
    define_hidden(cx, global, "$262", host.cast())?;
    let (id, _) = host_function_id(cx, "print")?;
    let f = function_object(cx, id, "print", 1)?;
    define_hidden(cx, global, "print", f.cast())?;
    Ok(host)
}

impl Isolate {
    /// Defines `$262` and `print`, which the conformance suite uses.
    ///
    /// # Errors
    /// Out of memory.
    pub fn install_test262(&mut self) -> Result<(), Error> {
        for (name, length, f) in FUNCTIONS.iter().chain(AGENT) {
            self.register_callback(&alloc::format!("$262.{name}"), *length, HostFunction::Native(*f), false)?;
        }
        self.register_callback("print", 1, HostFunction::Native(print), false)?;
        self.host.test262 = true;
        self.enter(|| Stage::Run, |cx| install(cx).map(drop))
    }

    /// Defines `print`, which writes its arguments to what was given to [`Isolate::on_print`].
    ///
    /// # Errors
    /// Out of memory.
    pub fn install_print(&mut self) -> Result<(), Error> {
        self.register_callback("print", 1, HostFunction::Native(print), true)
    }

    /// Defines the global function `gc`, which collects garbage.
    ///
    /// # Errors
    /// Out of memory.
    pub fn expose_gc(&mut self) -> Result<(), Error> {
        self.host.expose_gc = true;
        self.register_callback("gc", 0, HostFunction::Native(gc), true)
    }
}
