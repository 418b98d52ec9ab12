//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static MATH: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
