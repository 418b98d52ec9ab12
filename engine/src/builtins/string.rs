//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static STRING_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static STRING: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
