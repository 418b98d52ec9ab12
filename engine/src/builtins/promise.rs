//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static PROMISE_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static PROMISE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
