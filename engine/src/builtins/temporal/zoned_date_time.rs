//! `Temporal.ZonedDateTime`.

use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static ZONEDDATETIME: Spec =
    Spec::constructor(n!("ZonedDateTime"), 2, construct, &[prototype(Intrinsic::TemporalZonedDateTimePrototype)]);

pub(in crate::builtins) static ZONEDDATETIME_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalZonedDateTime),
        func(n!("valueOf"), 0, super::value_of),
        tag(n!("Temporal.ZonedDateTime")),
    ],
);

fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    super::new_target(cx, args)?;
    Err(cx.throw_type_error("not yet"))
}
