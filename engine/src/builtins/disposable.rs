//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static DISPOSABLESTACK_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static DISPOSABLESTACK: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ASYNCDISPOSABLESTACK_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ASYNCDISPOSABLESTACK: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
