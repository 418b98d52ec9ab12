//! How the built-in objects are written down: constant tables, read when something in them is first touched.
//!
//! Every intrinsic object has a [`Spec`]. Its functions have no object of their own: they are values that consist of realm,
//! number of the intrinsic, number of the property, and whether it is the setter.

use rotifer_jsvalue::{Attrs, JsValue, Kind, PropertyKey, StaticName, WellKnown};

use super::Intrinsic;
use crate::cx::NativeFn;

/// An intrinsic object (ECMA-262 §6.1.7.4).
pub struct Spec {
    /// The kind of object.
    pub kind: Kind,
    /// Its prototype; `None`: null.
    pub proto: Option<Intrinsic>,
    /// What makes it a function.
    pub function: Option<FunctionSpec>,
    /// Its properties, in order; a function's `length` and `name` come before them.
    pub props: &'static [Prop],
    /// Fields of its kind that do not start undefined.
    pub fields: &'static [(u32, JsValue)],
}

/// What an intrinsic that is a function does.
pub struct FunctionSpec {
    /// Its `name`.
    pub name: StaticName,
    /// Its `length`.
    pub length: u8,
    /// What it does when called or constructed ([`Args::new_target`](crate::cx::Args::new_target) tells).
    pub func: NativeFn,
    /// Whether it can be constructed.
    pub constructor: bool,
}

/// A property of an intrinsic object.
pub struct Prop {
    /// Its key.
    pub key: PropertyKey,
    /// Its attributes (for accessors without `ACCESSOR`, which follows from the value).
    pub attrs: Attrs,
    /// What it holds.
    pub value: PropSpec,
}

/// What a property of an intrinsic object holds.
pub enum PropSpec {
    /// A function; its `name` is the key.
    Function {
        /// Its `length`.
        length: u8,
        /// What it does.
        func: NativeFn,
    },
    /// A getter and a setter; their names are the key with `get ` and `set `.
    Accessor {
        /// Getter.
        get: Option<NativeFn>,
        /// Setter.
        set: Option<NativeFn>,
    },
    /// A value that is no reference.
    Value(JsValue),
    /// Another intrinsic.
    Link(Intrinsic),
    /// The same value as another property of an intrinsic (which must be a function).
    Same(Intrinsic, PropertyKey),
    /// An accessor whose getter and setter are both this intrinsic.
    Both(Intrinsic),
    /// The object itself (`globalThis`).
    Itself,
}

/// A method: writable and configurable.
pub const fn func(name: StaticName, length: u8, func: NativeFn) -> Prop {
    Prop { key: PropertyKey::name(name), attrs: Attrs::HIDDEN, value: PropSpec::Function { length, func } }
}

/// A method under a well-known symbol: writable and configurable.
pub const fn sym_func(symbol: WellKnown, length: u8, func: NativeFn) -> Prop {
    Prop { key: PropertyKey::well_known(symbol), attrs: Attrs::HIDDEN, value: PropSpec::Function { length, func } }
}

/// An accessor without setter: configurable.
pub const fn getter(name: StaticName, get: NativeFn) -> Prop {
    Prop {
        key: PropertyKey::name(name),
        attrs: Attrs::CONFIGURABLE,
        value: PropSpec::Accessor { get: Some(get), set: None },
    }
}

/// An accessor without setter under a well-known symbol: configurable.
pub const fn sym_getter(symbol: WellKnown, get: NativeFn) -> Prop {
    Prop {
        key: PropertyKey::well_known(symbol),
        attrs: Attrs::CONFIGURABLE,
        value: PropSpec::Accessor { get: Some(get), set: None },
    }
}

/// An accessor: configurable.
pub const fn accessor(name: StaticName, get: NativeFn, set: NativeFn) -> Prop {
    Prop {
        key: PropertyKey::name(name),
        attrs: Attrs::CONFIGURABLE,
        value: PropSpec::Accessor { get: Some(get), set: Some(set) },
    }
}

/// A constant: neither writable nor enumerable nor configurable.
pub const fn constant(name: StaticName, value: JsValue) -> Prop {
    Prop { key: PropertyKey::name(name), attrs: Attrs::NONE, value: PropSpec::Value(value) }
}

/// `Symbol.toStringTag`: configurable only.
pub const fn tag(name: StaticName) -> Prop {
    Prop {
        key: PropertyKey::well_known(WellKnown::ToStringTag),
        attrs: Attrs::CONFIGURABLE,
        value: PropSpec::Value(JsValue::name(name)),
    }
}

/// Another intrinsic, writable and configurable: `constructor`, or a constructor on the global object.
pub const fn link(name: StaticName, to: Intrinsic) -> Prop {
    Prop { key: PropertyKey::name(name), attrs: Attrs::HIDDEN, value: PropSpec::Link(to) }
}

/// A constructor's `prototype`: nothing may be done to it.
pub const fn prototype(to: Intrinsic) -> Prop {
    Prop { key: PropertyKey::name(rotifer_jsvalue::name("prototype")), attrs: Attrs::NONE, value: PropSpec::Link(to) }
}

/// The function of another property, under another key, writable and configurable.
pub const fn same(key: PropertyKey, owner: Intrinsic, of: PropertyKey) -> Prop {
    Prop { key, attrs: Attrs::HIDDEN, value: PropSpec::Same(owner, of) }
}

impl Spec {
    /// An ordinary object.
    pub const fn object(proto: Intrinsic, props: &'static [Prop]) -> Spec {
        Spec { kind: Kind::Object, proto: Some(proto), function: None, props, fields: &[] }
    }

    /// A constructor.
    pub const fn constructor(name: StaticName, length: u8, func: NativeFn, props: &'static [Prop]) -> Spec {
        Spec {
            kind: Kind::HostFunction,
            proto: Some(Intrinsic::FunctionPrototype),
            function: Some(FunctionSpec { name, length, func, constructor: true }),
            props,
            fields: &[],
        }
    }

    /// With another prototype.
    pub const fn with_proto(mut self, proto: Intrinsic) -> Spec {
        self.proto = Some(proto);
        self
    }
}

/// The id of the function at property `prop` of intrinsic `intrinsic`.
#[must_use]
pub const fn native_id(intrinsic: u8, prop: u8, setter: bool) -> u16 {
    (intrinsic as u16) << 8 | (prop as u16) << 1 | setter as u16
}
