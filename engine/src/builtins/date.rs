//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static DATE_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static DATE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
