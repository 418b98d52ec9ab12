//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static SET_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static SET: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
