//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static FUNCTION_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static FUNCTION: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static THROWTYPEERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
