//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static INTERNAL: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
