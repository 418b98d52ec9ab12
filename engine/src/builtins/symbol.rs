//! Symbol objects (ECMA-262 §20.4).

use rotifer_jsvalue::names::hash_finish;
use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, WellKnown, field, object};

use super::Intrinsic;
use super::spec::{Prop, PropSpec, Spec, constant, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, JsStr, UNDEFINED, Value, imm};
use crate::isolate::RootWord;
use crate::n;
use crate::ops::{Own, well_known};
use crate::throw::JsResult;

const fn known(name: rotifer_jsvalue::StaticName, symbol: WellKnown) -> Prop {
    constant(name, JsValue::well_known(symbol))
}

pub(super) static SYMBOL: Spec = Spec::constructor(
    n!("Symbol"),
    0,
    construct,
    &[
        prototype(Intrinsic::SymbolPrototype),
        func(n!("for"), 1, for_key),
        func(n!("keyFor"), 1, key_for),
        known(n!("asyncDispose"), WellKnown::AsyncDispose),
        known(n!("asyncIterator"), WellKnown::AsyncIterator),
        known(n!("dispose"), WellKnown::Dispose),
        known(n!("hasInstance"), WellKnown::HasInstance),
        known(n!("isConcatSpreadable"), WellKnown::IsConcatSpreadable),
        known(n!("iterator"), WellKnown::Iterator),
        known(n!("match"), WellKnown::Match),
        known(n!("matchAll"), WellKnown::MatchAll),
        known(n!("replace"), WellKnown::Replace),
        known(n!("search"), WellKnown::Search),
        known(n!("species"), WellKnown::Species),
        known(n!("split"), WellKnown::Split),
        known(n!("toPrimitive"), WellKnown::ToPrimitive),
        known(n!("toStringTag"), WellKnown::ToStringTag),
        known(n!("unscopables"), WellKnown::Unscopables),
    ],
);

pub(super) static SYMBOL_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::Symbol),
        func(n!("toString"), 0, to_string),
        func(n!("valueOf"), 0, value_of),
        getter(n!("description"), description),
        Prop {
            key: PropertyKey::well_known(WellKnown::ToPrimitive),
            attrs: Attrs::CONFIGURABLE,
            value: PropSpec::Function { length: 1, func: value_of },
        },
        tag(n!("Symbol")),
    ],
);

impl<'s> Cx<'s> {
    /// A new symbol; `description` is a string or undefined.
    ///
    /// # Errors
    /// Out of memory.
    pub fn new_symbol(&mut self, description: Value<'s>) -> JsResult<Value<'s>> {
        self.new_symbol_with(description, UNDEFINED)
    }

    pub(crate) fn new_symbol_with(&mut self, description: Value<'s>, registered: Value<'s>) -> JsResult<Value<'s>> {
        self.next_hash = self.next_hash.wrapping_add(1);
        let hash = hash_finish(self.next_hash.wrapping_mul(0x9E37_79B1));
        self.heap_mut().reserve(1 + Kind::Symbol.fixed(), &mut [])?;
        let (description, registered) = (self.peek(description), self.peek(registered));
        let heap = self.heap_mut();
        let at = heap.new_values(Kind::Symbol, Kind::Symbol.fixed(), JsValue::UNDEFINED);
        heap.init(at + field::Symbol::description, description);
        heap.init(at + field::Symbol::hash, JsValue::raw(u64::from(hash)));
        heap.init(at + field::Symbol::registered, registered);
        self.root(JsValue::symbol(at))
    }

    /// The description of a symbol just read: a string or undefined; good until the next operation.
    #[must_use]
    pub fn symbol_description(&self, symbol: JsValue) -> JsValue {
        match symbol.as_well_known() {
            Some(number) => well_known(number).description().into(),
            None => self.heap().value(symbol.index() + field::Symbol::description),
        }
    }

    /// ECMA-262 §20.4.3.3.1 SymbolDescriptiveString
    ///
    /// # Errors
    /// Out of memory.
    pub fn symbol_descriptive_string(&mut self, symbol: Value<'s>) -> JsResult<JsStr<'s>> {
        let description = self.symbol_description(self.peek(symbol));
        if description.is_undefined() {
            return Ok(imm(n!("Symbol()")).cast());
        }
        let description = self.root(description)?.cast();
        let open = self.str("Symbol(")?;
        let text = self.concat(open, description)?;
        let close = self.str(")")?;
        self.concat(text, close)
    }

    /// The symbol of the registry for a key (ECMA-262 §20.4.2.2 Symbol.for).
    ///
    /// # Errors
    /// Out of memory.
    pub fn symbol_for(&mut self, key: JsStr<'s>) -> JsResult<Value<'s>> {
        if !self.root_word(RootWord::SymbolRegistry).is_heap_object() {
            let shape = object::root_shape(self.heap_mut(), JsValue::NULL, Kind::Object, 1)?;
            let registry = object::new_object(self.heap_mut(), shape)?;
            self.set_root(RootWord::SymbolRegistry, JsValue::object(registry, false));
        }
        let property = self.to_property_key(key.cast())?;
        let registry = self.root_word(RootWord::SymbolRegistry);
        let registry = self.root_object(registry)?;
        if let Own::Data(found, _) | Own::Slot(found, ..) = self.own(registry, property)? {
            return self.root(found);
        }
        let symbol = self.new_symbol_with(key.cast(), key.cast())?;
        self.define_new(registry, property, symbol, Attrs::ALL)?;
        Ok(symbol)
    }

    /// ECMA-262 §20.4.5.1 KeyForSymbol: a string or undefined, of a symbol just read; good until the next operation.
    #[must_use]
    pub fn key_for_symbol(&self, symbol: JsValue) -> JsValue {
        if !symbol.is_heap_symbol() {
            return JsValue::UNDEFINED;
        }
        let registered = self.heap().value(symbol.index() + field::Symbol::registered);
        if registered.is_string() { registered } else { JsValue::UNDEFINED }
    }
}

/// ECMA-262 §20.4.1.1 Symbol
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("Symbol is not a constructor"));
    }
    let mut description = args.get(0);
    if !cx.is_undefined(description) {
        description = cx.to_string(description)?.cast();
    }
    cx.new_symbol(description)
}

/// ECMA-262 §20.4.2.2 Symbol.for
fn for_key<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let key = cx.to_string(args.get(0))?;
    cx.symbol_for(key)
}

/// ECMA-262 §20.4.2.6 Symbol.keyFor
fn key_for<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let symbol = cx.peek(args.get(0));
    if !symbol.is_symbol() {
        return Err(cx.throw_type_error("Symbol.keyFor() wants a symbol"));
    }
    let key = cx.key_for_symbol(symbol);
    cx.root(key)
}

/// ECMA-262 §20.4.3.4.1 ThisSymbolValue
fn this_symbol<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let value = cx.unwrap_this(args.this(), JsValue::is_symbol)?;
    if cx.is_undefined(value) { Err(cx.throw_type_error("this is not a symbol")) } else { Ok(value) }
}

/// ECMA-262 §20.4.3.3 Symbol.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let symbol = this_symbol(cx, args)?;
    Ok(cx.symbol_descriptive_string(symbol)?.cast())
}

/// ECMA-262 §20.4.3.4 Symbol.prototype.valueOf, §20.4.3.5 Symbol.prototype \[ %Symbol.toPrimitive% \]
fn value_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    this_symbol(cx, args)
}

/// ECMA-262 §20.4.3.2 get Symbol.prototype.description
fn description<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let symbol = this_symbol(cx, args)?;
    let description = cx.symbol_description(cx.peek(symbol));
    cx.root(description)
}
