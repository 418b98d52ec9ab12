//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static TYPEDARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static TYPEDARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
