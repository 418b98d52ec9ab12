//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static REGEXP_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static REGEXP: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
