//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static REFLECT: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
