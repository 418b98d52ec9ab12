//! What is left of constructors that initialised any object given to them (ECMA-402 annex A.1): `Intl.NumberFormat.call(object)`.

use rotifer_jsvalue::Attrs;

use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::cx::{Args, Cx, Object, Value};
use crate::ops::PropertyDescriptor;
use crate::throw::JsResult;

/// `%Intl%.[[FallbackSymbol]]` of this realm, made when first asked for.
fn fallback_symbol<'s>(cx: &mut Cx<'s>) -> JsResult<Value<'s>> {
    let intl = cx.intrinsic(Intrinsic::Intl)?;
    let symbol = slots::link(cx, intl)?;
    if !cx.is_undefined(symbol) {
        return Ok(symbol);
    }
    let description = cx.str("IntlLegacyConstructedSymbol")?;
    let symbol = cx.new_symbol(description.cast())?;
    slots::set_link(cx, intl, symbol);
    Ok(symbol)
}

/// ChainNumberFormat, ChainDateTimeFormat: what a call of the constructor gives for the object that was made.
pub(super) fn chain<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    constructor: Intrinsic,
    made: Object<'s>,
) -> JsResult<Value<'s>> {
    if !cx.is_undefined(args.new_target()) {
        return Ok(made.cast());
    }
    let constructor = cx.intrinsic(constructor)?;
    if !cx.ordinary_has_instance(constructor.cast(), args.this())? {
        return Ok(made.cast());
    }
    let Some(this) = cx.as_object(args.this()) else { return Ok(made.cast()) };
    let symbol = fallback_symbol(cx)?;
    let key = cx.to_property_key(symbol)?;
    cx.define_property_or_throw(this, key, &PropertyDescriptor::data(made.cast(), Attrs::NONE))?;
    Ok(this.cast())
}

/// UnwrapNumberFormat, UnwrapDateTimeFormat: the object that `this` is or stands for.
pub(super) fn unwrap<'s, T: State>(cx: &mut Cx<'s>, args: &Args<'s>, constructor: Intrinsic) -> JsResult<Object<'s>> {
    let mut value = args.this();
    if !slots::is::<T>(cx, value) {
        let constructor = cx.intrinsic(constructor)?;
        if let Some(object) = cx.as_object(value)
            && cx.ordinary_has_instance(constructor.cast(), value)?
        {
            let symbol = fallback_symbol(cx)?;
            let key = cx.to_property_key(symbol)?;
            value = cx.get(object, key)?;
        }
    }
    if slots::is::<T>(cx, value) { Ok(value.cast()) } else { Err(cx.throw_incompatible(T::NAME, args.this())) }
}
