//! The `Proxy` constructor (ECMA-262 §28.2); what proxies do is in `ops/proxy.rs`.

use rotifer_jsvalue::{Attrs, JsValue};

use super::internal::Closure;
use super::spec::{Spec, func};
use crate::cx::{Args, Cx, UNDEFINED, Value};
use crate::n;
use crate::ops::proxy;
use crate::throw::JsResult;

pub(super) static PROXY: Spec = Spec::constructor(n!("Proxy"), 2, constructor, &[func(n!("revocable"), 2, revocable)]);

/// ECMA-262 §28.2.1.1 Proxy
fn constructor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("Proxy has to be called with 'new'"));
    }
    Ok(proxy::create(cx, args.get(0), args.get(1))?.cast())
}

/// ECMA-262 §28.2.2.1 Proxy.revocable
fn revocable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let made = proxy::create(cx, args.get(0), args.get(1))?;
    let revoker = cx.new_closure(Closure::RevokeProxy, &[made.cast()])?;
    let result = cx.new_object()?;
    cx.define_new(result, n!("proxy"), made.cast(), Attrs::ALL)?;
    cx.define_new(result, n!("revoke"), revoker, Attrs::ALL)?;
    Ok(result.cast())
}

/// ECMA-262 §28.2.2.1.1: the function that revokes.
pub(super) fn revoke<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let made = args.data(cx, 0)?;
    if let Some(made) = cx.as_object(made) {
        args.set_data(cx, 0, JsValue::NULL);
        proxy::revoke(cx, made);
    }
    Ok(UNDEFINED)
}
