//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static OBJECT_PROTOTYPE: Spec = Spec { kind: rotifer_jsvalue::Kind::Object, proto: None, function: None, props: &[], fields: &[] };
pub(super) static OBJECT: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
