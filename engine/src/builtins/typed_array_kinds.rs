//! See the specification.

use super::Intrinsic;
use super::spec::Spec;

pub(super) static INT8ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static INT8ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static UINT8ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static UINT8ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static UINT8CLAMPEDARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static UINT8CLAMPEDARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static INT16ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static INT16ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static UINT16ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static UINT16ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static INT32ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static INT32ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static UINT32ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static UINT32ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static BIGINT64ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static BIGINT64ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static BIGUINT64ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static BIGUINT64ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static FLOAT16ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static FLOAT16ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static FLOAT32ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static FLOAT32ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static FLOAT64ARRAY_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
pub(super) static FLOAT64ARRAY: Spec = Spec::object(Intrinsic::ObjectPrototype, &[]);
