//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static ERROR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static TYPEERROR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static TYPEERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static RANGEERROR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static RANGEERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static SYNTAXERROR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static SYNTAXERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static REFERENCEERROR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static REFERENCEERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static EVALERROR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static EVALERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static URIERROR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static URIERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static AGGREGATEERROR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static AGGREGATEERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static SUPPRESSEDERROR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static SUPPRESSEDERROR: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
