//! `Temporal.PlainDate`.

use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static PLAINDATE: Spec =
    Spec::constructor(n!("PlainDate"), 3, construct, &[prototype(Intrinsic::TemporalPlainDatePrototype)]);

pub(in crate::builtins) static PLAINDATE_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalPlainDate),
        func(n!("valueOf"), 0, super::value_of),
        tag(n!("Temporal.PlainDate")),
    ],
);

fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    super::new_target(cx, args)?;
    Err(cx.throw_type_error("not yet"))
}
