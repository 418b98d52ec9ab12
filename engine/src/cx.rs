//! `Cx`: what every operation that may run code or allocate is given.

use core::ops::{Deref, DerefMut};

use rotifer_gc::{Rooted, Scope};
use rotifer_jsvalue::{Heap, HeapExt, JsValue, Kind, PropertyKey, StaticName, WellKnown};

use crate::isolate::{Isolate, Pending};
use crate::throw::{JsResult, Throw};

/// Marks a [`Rooted`] that is known to be an object (built-in functions included).
#[derive(Clone, Copy, Debug)]
pub struct Obj;
/// Marks a [`Rooted`] that is known to be a string.
#[derive(Clone, Copy, Debug)]
pub struct Str;
/// Marks a [`Rooted`] that is a property key ([`PropertyKey`]).
#[derive(Clone, Copy, Debug)]
pub struct KeyMark;

/// Any value, rooted. Numbers, booleans, static strings and built-in functions take no slot.
pub type Value<'s> = Rooted<'s, JsValue>;
/// An object, rooted.
pub type Object<'s> = Rooted<'s, Obj>;
/// A string, rooted.
pub type JsStr<'s> = Rooted<'s, Str>;
/// A property key, rooted.
pub type Key<'s> = Rooted<'s, KeyMark>;

/// A scope on an isolate.
///
/// Slots taken through it ([`Cx::root`]) are given back when it is dropped; loops that make values open an inner one with
/// [`Cx::nest`]. Whatever takes `&mut Cx` may run JavaScript and may move every block: values are carried across in
/// [`Rooted`] form only. A [`JsValue`] obtained by [`Cx::peek`] is good until the next such call and not a moment longer.
#[derive(Debug)]
pub struct Cx<'s>(Scope<'s, Isolate>);

impl<'s> Deref for Cx<'s> {
    type Target = Isolate;

    #[inline]
    fn deref(&self) -> &Isolate {
        self.0.context()
    }
}

impl DerefMut for Cx<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Isolate {
        self.0.context_mut()
    }
}

/// `undefined` as a rooted value.
pub const UNDEFINED: Value<'static> = Rooted::immediate(JsValue::UNDEFINED.to_bits());
/// `null` as a rooted value.
pub const NULL: Value<'static> = Rooted::immediate(JsValue::NULL.to_bits());

/// A value that refers to nothing in the heap: a number, boolean, static string …
#[inline]
#[must_use]
pub fn imm<'s>(value: impl Into<JsValue>) -> Value<'s> {
    let value = value.into();
    debug_assert_eq!(value.reference(), 0, "only values without a reference need no slot");
    Rooted::immediate(value.to_bits())
}

impl<'s> Cx<'s> {
    /// Opens a scope on an isolate.
    #[inline]
    pub(crate) fn enter(isolate: &'s mut Isolate) -> Self {
        Cx(Scope::enter(isolate))
    }

    /// Opens an inner scope; slots taken in it are given back when it is dropped. Values of this scope are used in it as they are.
    #[inline]
    pub fn nest(&mut self) -> Cx<'_> {
        Cx(self.0.nest())
    }

    /// The heap.
    #[inline]
    #[must_use]
    pub fn heap(&self) -> &Heap {
        self.0.heap()
    }

    /// The heap, to be changed.
    #[inline]
    pub fn heap_mut(&mut self) -> &mut Heap {
        self.0.heap_mut()
    }

    /// The value itself; see the type's description for how long it is good.
    #[inline]
    #[must_use]
    pub fn peek<T>(&self, rooted: Rooted<'s, T>) -> JsValue {
        JsValue::from_bits(self.0.get(rooted).word())
    }

    /// Roots a value just read or made.
    ///
    /// # Errors
    /// Stack overflow.
    #[inline]
    pub fn root(&mut self, value: JsValue) -> JsResult<Value<'s>> {
        match self.0.root(value.to_bits()) {
            Ok(rooted) => Ok(rooted),
            Err(_) => Err(self.stack_overflow()),
        }
    }

    /// Roots a value known to be an object.
    ///
    /// # Errors
    /// Stack overflow.
    #[inline]
    pub fn root_object(&mut self, value: JsValue) -> JsResult<Object<'s>> {
        debug_assert!(value.is_object());
        Ok(self.root(value)?.cast())
    }

    /// Roots a property key.
    ///
    /// # Errors
    /// Stack overflow.
    #[inline]
    pub fn root_key(&mut self, key: PropertyKey) -> JsResult<Key<'s>> {
        Ok(self.root(key.to_value())?.cast())
    }

    /// Takes a slot whose value can be changed with [`Cx::set_slot`]: for loops that replace a value each time round, and to carry
    /// results out of inner scopes.
    ///
    /// # Errors
    /// Stack overflow.
    #[inline]
    pub fn slot<T>(&mut self, initial: Rooted<'s, T>) -> JsResult<Rooted<'s, T>> {
        let value = self.peek(initial);
        match self.0.slot(value.to_bits()) {
            Ok(slot) => Ok(slot),
            Err(_) => Err(self.stack_overflow()),
        }
    }

    /// Changes the value in a slot made by [`Cx::slot`].
    #[inline]
    pub fn set_slot<T>(&mut self, slot: Rooted<'s, T>, value: Rooted<'s, T>) {
        self.0.set(slot, value);
    }

    /// Changes the value in a slot made by [`Cx::slot`] to one just read.
    #[inline]
    pub fn set_slot_raw<T>(&mut self, slot: Rooted<'s, T>, value: JsValue) {
        self.0.set_word(slot, value.to_bits());
    }

    /// The key of a rooted key.
    #[inline]
    #[must_use]
    pub fn peek_key(&self, key: Key<'s>) -> PropertyKey {
        PropertyKey::from_value(self.peek(key))
    }

    /// The object, if the value is one.
    #[inline]
    #[must_use]
    pub fn as_object(&self, value: Value<'s>) -> Option<Object<'s>> {
        self.peek(value).is_object().then(|| value.cast())
    }

    /// Whether the value is an object.
    #[inline]
    #[must_use]
    pub fn is_object(&self, value: Value<'s>) -> bool {
        self.peek(value).is_object()
    }

    /// Whether the value can be called (ECMA-262 §7.2.3 IsCallable).
    #[inline]
    #[must_use]
    pub fn is_callable(&self, value: Value<'s>) -> bool {
        self.peek(value).is_callable()
    }

    /// Whether the value is undefined or null.
    #[inline]
    #[must_use]
    pub fn is_nullish(&self, value: Value<'s>) -> bool {
        self.peek(value).is_nullish()
    }

    /// Whether the value is undefined.
    #[inline]
    #[must_use]
    pub fn is_undefined(&self, value: Value<'s>) -> bool {
        self.peek(value).is_undefined()
    }

    /// The kind of block an object is; `None` for a built-in function and for what is no object.
    #[inline]
    #[must_use]
    pub fn kind_of<T>(&self, value: Rooted<'s, T>) -> Option<Kind> {
        let v = self.peek(value);
        v.is_heap_object().then(|| self.heap().kind(v.index()))
    }

    /// Whether the value is an object of this kind.
    #[inline]
    #[must_use]
    pub fn is_kind<T>(&self, value: Rooted<'s, T>, kind: Kind) -> bool {
        self.kind_of(value) == Some(kind)
    }

    /// Field `field` (see [`rotifer_jsvalue::field`]) of a heap object, unrooted.
    #[inline]
    #[must_use]
    pub fn field_raw<T>(&self, object: Rooted<'s, T>, field: u32) -> JsValue {
        let at = self.peek(object).index();
        self.heap().value(at + field)
    }

    /// Field `field` of a heap object.
    ///
    /// # Errors
    /// Stack overflow.
    #[inline]
    pub fn field<T>(&mut self, object: Rooted<'s, T>, field: u32) -> JsResult<Value<'s>> {
        let v = self.field_raw(object, field);
        self.root(v)
    }

    /// Sets field `field` of a heap object.
    #[inline]
    pub fn set_field<T, U>(&mut self, object: Rooted<'s, T>, field: u32, value: Rooted<'s, U>) {
        let (at, value) = (self.peek(object).index(), self.peek(value));
        self.heap_mut().put(at, field, value);
    }

    /// Sets field `field` of a heap object to a value just read or made.
    #[inline]
    pub fn set_field_raw<T>(&mut self, object: Rooted<'s, T>, field: u32, value: JsValue) {
        let at = self.peek(object).index();
        self.heap_mut().put(at, field, value);
    }

    /// Notes that memory ran out.
    pub fn oom(&mut self) -> Throw {
        self.note(Pending::OutOfMemory)
    }
}

/// What can be given as a property key: static names, well-known symbols, indices, rooted keys.
pub trait IntoKey<'s> {
    /// The rooted key.
    fn into_key(self) -> Key<'s>;
}

impl<'s> IntoKey<'s> for Key<'s> {
    #[inline]
    fn into_key(self) -> Key<'s> {
        self
    }
}

impl<'s> IntoKey<'s> for StaticName {
    #[inline]
    fn into_key(self) -> Key<'s> {
        Rooted::immediate(PropertyKey::name(self).to_value().to_bits())
    }
}

impl<'s> IntoKey<'s> for WellKnown {
    #[inline]
    fn into_key(self) -> Key<'s> {
        Rooted::immediate(PropertyKey::well_known(self).to_value().to_bits())
    }
}

impl<'s> IntoKey<'s> for u32 {
    #[inline]
    fn into_key(self) -> Key<'s> {
        Rooted::immediate(PropertyKey::index(self).to_value().to_bits())
    }
}

/// `n!("length")`: the static name, checked at build time.
#[macro_export]
#[doc(hidden)]
macro_rules! n {
    ($text:literal) => {{
        const NAME: ::rotifer_jsvalue::StaticName = ::rotifer_jsvalue::name($text);
        NAME
    }};
}

/// The arguments of a native function.
#[derive(Clone, Copy, Debug)]
pub struct Args<'s> {
    pub(crate) this: Value<'s>,
    pub(crate) callee: Value<'s>,
    pub(crate) new_target: Value<'s>,
    /// Word of the first argument; the others follow upwards.
    pub(crate) base: u32,
    pub(crate) count: u32,
}

impl<'s> Args<'s> {
    /// Argument `i`, undefined when there are not that many.
    #[inline]
    #[must_use]
    pub fn get(&self, i: u32) -> Value<'s> {
        if i < self.count { Rooted::immediate(JsValue::slot(self.base + i).to_bits()) } else { UNDEFINED }
    }

    /// How many there are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The `this` value, as given.
    #[inline]
    #[must_use]
    pub fn this(&self) -> Value<'s> {
        self.this
    }

    /// The function called.
    #[inline]
    #[must_use]
    pub fn callee(&self) -> Value<'s> {
        self.callee
    }

    /// `new.target`: undefined in a call, the constructor in a construction.
    #[inline]
    #[must_use]
    pub fn new_target(&self) -> Value<'s> {
        self.new_target
    }

    /// The arguments without the first `n`.
    #[must_use]
    pub fn rest(&self, n: u32) -> Args<'s> {
        let n = n.min(self.count);
        Args { base: self.base + n, count: self.count - n, ..*self }
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Value<'s>> + use<'s> {
        let me = *self;
        (0..me.count).map(move |i| me.get(i))
    }
}

/// A native function: built-in, or of the host.
pub type NativeFn = for<'s> fn(&mut Cx<'s>, &Args<'s>) -> JsResult<Value<'s>>;
