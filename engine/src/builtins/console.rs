//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static CONSOLE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
