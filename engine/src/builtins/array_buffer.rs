//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static ARRAYBUFFER_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ARRAYBUFFER: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static SHAREDARRAYBUFFER_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static SHAREDARRAYBUFFER: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
