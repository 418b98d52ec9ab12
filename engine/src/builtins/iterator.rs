//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static ITERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ITERATOR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ARRAYITERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static MAPITERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static SETITERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static STRINGITERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static REGEXPSTRINGITERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ITERATORHELPER_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static WRAPFORVALIDITERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ASYNCITERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ASYNCFROMSYNCITERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
