//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static GENERATORFUNCTION_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static GENERATORFUNCTION: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ASYNCFUNCTION_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ASYNCFUNCTION: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ASYNCGENERATORFUNCTION_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ASYNCGENERATORFUNCTION: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static GENERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static ASYNCGENERATOR_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
