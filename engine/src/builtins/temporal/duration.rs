//! `Temporal.Duration`.

use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static DURATION: Spec =
    Spec::constructor(n!("Duration"), 0, construct, &[prototype(Intrinsic::TemporalDurationPrototype)]);

pub(in crate::builtins) static DURATION_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalDuration),
        func(n!("valueOf"), 0, super::value_of),
        tag(n!("Temporal.Duration")),
    ],
);

fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    super::new_target(cx, args)?;
    Err(cx.throw_type_error("not yet"))
}
