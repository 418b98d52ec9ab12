//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static MAP_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static MAP: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
