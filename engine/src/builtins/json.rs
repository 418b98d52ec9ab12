//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static JSON: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
