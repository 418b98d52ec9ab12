//! `Temporal.Now`.

use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, tag};
use crate::n;

pub(in crate::builtins) static NOW: Spec = Spec::object(Intrinsic::ObjectPrototype, &[tag(n!("Temporal.Now"))]);
