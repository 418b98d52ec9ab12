//! `Temporal.PlainTime`.

use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static PLAINTIME: Spec =
    Spec::constructor(n!("PlainTime"), 0, construct, &[prototype(Intrinsic::TemporalPlainTimePrototype)]);

pub(in crate::builtins) static PLAINTIME_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalPlainTime),
        func(n!("valueOf"), 0, super::value_of),
        tag(n!("Temporal.PlainTime")),
    ],
);

fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    super::new_target(cx, args)?;
    Err(cx.throw_type_error("not yet"))
}
