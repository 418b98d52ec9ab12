//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static BOOLEAN_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static BOOLEAN: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
