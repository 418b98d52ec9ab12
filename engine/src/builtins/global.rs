//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static GLOBAL: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
