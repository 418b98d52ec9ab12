//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static WEAKMAP_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static WEAKMAP: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static WEAKSET_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static WEAKSET: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static WEAKREF_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static WEAKREF: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static FINALIZATIONREGISTRY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static FINALIZATIONREGISTRY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
