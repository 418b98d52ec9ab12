//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
