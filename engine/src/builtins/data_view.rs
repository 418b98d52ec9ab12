//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static DATAVIEW_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static DATAVIEW: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
