//! `Temporal.Instant`.

use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static INSTANT: Spec =
    Spec::constructor(n!("Instant"), 1, construct, &[prototype(Intrinsic::TemporalInstantPrototype)]);

pub(in crate::builtins) static INSTANT_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalInstant),
        func(n!("valueOf"), 0, super::value_of),
        tag(n!("Temporal.Instant")),
    ],
);

fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    super::new_target(cx, args)?;
    Err(cx.throw_type_error("not yet"))
}
