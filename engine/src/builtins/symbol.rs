//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static SYMBOL_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static SYMBOL: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
