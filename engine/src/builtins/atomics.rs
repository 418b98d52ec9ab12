//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static ATOMICS: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
