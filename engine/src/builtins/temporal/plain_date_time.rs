//! `Temporal.PlainDateTime`.

use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static PLAINDATETIME: Spec =
    Spec::constructor(n!("PlainDateTime"), 3, construct, &[prototype(Intrinsic::TemporalPlainDateTimePrototype)]);

pub(in crate::builtins) static PLAINDATETIME_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalPlainDateTime),
        func(n!("valueOf"), 0, super::value_of),
        tag(n!("Temporal.PlainDateTime")),
    ],
);

fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    super::new_target(cx, args)?;
    Err(cx.throw_type_error("not yet"))
}
