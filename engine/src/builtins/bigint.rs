//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static BIGINT_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static BIGINT: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
