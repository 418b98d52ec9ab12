//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static NUMBER_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static NUMBER: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
