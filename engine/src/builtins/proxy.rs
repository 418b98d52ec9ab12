//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static PROXY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
