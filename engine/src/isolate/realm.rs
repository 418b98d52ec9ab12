//! Realms: the global object and the intrinsics, each made when first touched (ECMA-262 §9.3).

use rotifer_jsvalue::shape::{self, Info};
use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, StaticName, elements, field, flag, object, string};

use super::{Isolate, RootWord};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{PropSpec, Spec, native_id};
use crate::cx::{Cx, NativeFn, Object, Value};
use crate::n;
use crate::throw::JsResult;

/// Words of a realm block before the intrinsics.
pub(crate) mod realm_word {
    /// The global object.
    pub const GLOBAL: u32 = 1;
    /// An object that holds the global `let`, `const` and `class` bindings; a hole is uninitialised, read-only is `const`.
    pub const LEXICAL: u32 = 2;
    /// Its number in the list of realms, as an integer.
    pub const NUMBER: u32 = 3;
    /// Shape of `{}` with four slots.
    pub const OBJECT_SHAPE: u32 = 4;
    /// Shape of arrays.
    pub const ARRAY_SHAPE: u32 = 5;
    /// Shape of ordinary functions.
    pub const FUNCTION_SHAPE: u32 = 6;
    /// Shape of `{ value, done }`.
    pub const RESULT_SHAPE: u32 = 7;
    /// What arguments objects of sloppy and of strict functions begin as.
    pub const SLOPPY_ARGUMENTS: u32 = 8;
    pub const STRICT_ARGUMENTS: u32 = 9;
    /// Shape of what `RegExp.prototype.exec` gives: an array with `index`, `input` and `groups`.
    pub const MATCH_SHAPE: u32 = 10;
    /// First intrinsic.
    pub const INTRINSICS: u32 = 11;
}

/// The built-in function behind a native value.
pub(crate) struct NativeInfo {
    pub func: NativeFn,
    pub length: u8,
    pub key: PropertyKey,
    /// `get `, `set ` or nothing.
    pub prefix: StaticName,
}

/// What native id `id` stands for.
pub(crate) fn native_info(id: u16) -> Option<NativeInfo> {
    let spec = Intrinsic::from_u8((id >> 8) as u8)?.spec();
    let prop = spec.props.get((id as usize & 0xFF) >> 1)?;
    let key = prop.key;
    match prop.value {
        PropSpec::Function { length, func } => Some(NativeInfo { func, length, key, prefix: StaticName::EMPTY }),
        PropSpec::Accessor { get, set } => {
            if id & 1 == 0 {
                Some(NativeInfo { func: get?, length: 0, key, prefix: n!("get ") })
            } else {
                Some(NativeInfo { func: set?, length: 1, key, prefix: n!("set ") })
            }
        }
        _ => None,
    }
}

impl Isolate {
    /// Whether there is more than one realm.
    #[inline(always)]
    pub(crate) fn has_many_realms(&self) -> bool {
        let realms = self.root_word(RootWord::Realms);
        realms.is_cell() && self.heap.header(realms.index()).aux() > 2
    }
}

impl<'s> Cx<'s> {
    /// Makes a realm and switches to it.
    pub(crate) fn create_realm(&mut self) -> JsResult<()> {
        let words = realm_word::INTRINSICS - 1 + Intrinsic::ALL.len() as u32;
        let list = self.root_word(RootWord::Realms);
        let count = if list.is_cell() { self.heap().header(list.index()).aux() - 1 } else { 0 };
        self.many_realms = count > 0;
        self.heap_mut().reserve(words + 1 + count + 2, &mut [])?;
        let list = self.root_word(RootWord::Realms);
        let heap = self.heap_mut();
        let realm = heap.new_values(Kind::Values, words, JsValue::UNDEFINED);
        heap.init(realm + realm_word::NUMBER, JsValue::int(count as i32));
        let new_list = heap.new_values(Kind::Values, count + 1, JsValue::UNDEFINED);
        if count > 0 {
            heap.copy(list.index() + 1, new_list + 1, count);
        }
        heap.init(new_list + 1 + count, JsValue::cell(realm));
        self.set_root(RootWord::Realms, JsValue::cell(new_list));
        self.set_root(RootWord::Realm, JsValue::cell(realm));
        let global = self.intrinsic(Intrinsic::Global)?;
        let global = self.peek(global);
        self.set_realm_word(realm_word::GLOBAL, global);
        let shape = object::root_shape(self.heap_mut(), JsValue::NULL, Kind::Object, 4)?;
        let lexical = object::new_object(self.heap_mut(), shape)?;
        self.set_realm_word(realm_word::LEXICAL, JsValue::object(lexical, false));
        Ok(())
    }

    /// The realm running, a block of values.
    #[inline]
    pub(crate) fn realm(&self) -> u32 {
        self.root_word(RootWord::Realm).index()
    }

    /// Realm number `n`.
    pub(crate) fn realm_number(&self, n: u16) -> Option<JsValue> {
        let list = self.root_word(RootWord::Realms).index();
        let count = self.heap().header(list).aux() - 1;
        (u32::from(n) < count).then(|| self.heap().value(list + 1 + u32::from(n)))
    }

    /// Word `word` of the running realm.
    #[inline]
    pub(crate) fn realm_word(&self, word: u32) -> JsValue {
        self.heap().value(self.realm() + word)
    }

    #[inline]
    pub(crate) fn set_realm_word(&mut self, word: u32, value: JsValue) {
        let realm = self.realm();
        self.heap_mut().put(realm, word, value);
    }

    /// The global object of the running realm.
    ///
    /// # Errors
    /// Stack overflow.
    pub fn global(&mut self) -> JsResult<Object<'s>> {
        let global = self.realm_word(realm_word::GLOBAL);
        self.root_object(global)
    }

    /// An intrinsic object of the running realm (ECMA-262 §6.1.7.4).
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn intrinsic(&mut self, intrinsic: Intrinsic) -> JsResult<Object<'s>> {
        let found = self.intrinsic_raw(intrinsic)?;
        self.root_object(found)
    }

    /// As [`Cx::intrinsic`], unrooted: good until the next operation.
    #[inline]
    pub(crate) fn intrinsic_raw(&mut self, intrinsic: Intrinsic) -> JsResult<JsValue> {
        let found = self.realm_word(realm_word::INTRINSICS + intrinsic as u32);
        if !found.is_undefined() { Ok(found) } else { self.make_intrinsic(intrinsic) }
    }

    #[cold]
    #[inline(never)]
    fn make_intrinsic(&mut self, intrinsic: Intrinsic) -> JsResult<JsValue> {
        let spec = intrinsic.spec();
        let proto = match spec.proto {
            Some(p) => self.intrinsic_raw(p)?,
            None => JsValue::NULL,
        };
        let inline = if spec.kind == Kind::Object || spec.kind == Kind::Global { 4 } else { 2 };
        let mut keep = [proto.to_bits()];
        self.heap_mut().reserve(shape::SHAPE_WORDS + object::object_words(spec.kind, inline), &mut keep)?;
        let proto = JsValue::from_bits(keep[0]);
        let heap = self.heap_mut();
        if proto.is_heap_object() {
            heap.add_flags(proto.index(), flag::PROTOTYPE);
        }
        let mut flags = Info::DICTIONARY;
        if intrinsic == Intrinsic::ThrowTypeError {
            flags |= Info::NON_EXTENSIBLE;
        }
        let shape = shape::new_root(heap, proto, spec.kind, inline, flags);
        shape::set_tag(heap, shape, u32::from(intrinsic as u8));
        let at = object::new_object_reserved(heap, shape);
        heap.add_flags(at, flag::LAZY);
        for &(field, value) in spec.fields {
            heap.init(at + field, value);
        }
        if spec.function.is_some() {
            heap.init(at + field::HostFunction::id, JsValue::raw(u64::from(intrinsic as u8)));
        }
        if intrinsic == Intrinsic::Global {
            let realm = JsValue::cell(self.realm());
            self.heap_mut().init(at + field::Global::realm, realm);
        }
        let value = JsValue::object(at, spec.function.is_some());
        self.set_realm_word(realm_word::INTRINSICS + intrinsic as u32, value);
        Ok(value)
    }

    /// The intrinsic whose table still has properties of this object, if it is such an object.
    pub(crate) fn lazy_spec(&self, object: JsValue) -> Option<(Intrinsic, &'static Spec)> {
        let at = object.index();
        if self.heap().flags(at) & flag::LAZY == 0 || self.heap().kind(at) == Kind::Function {
            return None;
        }
        let tag = shape::tag(self.heap(), object::shape_of(self.heap(), at))?;
        let intrinsic = Intrinsic::from_u8(tag as u8)?;
        Some((intrinsic, intrinsic.spec()))
    }

    /// Makes one property of an intrinsic object real, if its table has it. The object must not have it yet.
    pub(crate) fn materialize_property(&mut self, object: Object<'s>, key: PropertyKey) -> JsResult<bool> {
        let Some((intrinsic, spec)) = self.lazy_spec(self.peek(object)) else { return Ok(false) };
        if let Some(f) = &spec.function {
            let v = if key == PropertyKey::name(n!("length")) {
                Some(JsValue::int(i32::from(f.length)))
            } else if key == PropertyKey::name(n!("name")) {
                Some(JsValue::name(f.name))
            } else {
                None
            };
            if let Some(v) = v {
                let o = self.peek(object);
                let frozen = intrinsic == Intrinsic::ThrowTypeError;
                object::add_property(self.heap_mut(), o, key, v, Attrs::NONE.set(Attrs::CONFIGURABLE, !frozen))?;
                return Ok(true);
            }
        }
        let Some(number) = spec.props.iter().position(|p| p.key == key) else { return Ok(false) };
        self.materialize_number(object, intrinsic, spec, number)?;
        Ok(true)
    }

    fn materialize_number(
        &mut self,
        object: Object<'s>,
        intrinsic: Intrinsic,
        spec: &'static Spec,
        number: usize,
    ) -> JsResult<()> {
        let prop = &spec.props[number];
        let (value, attrs) = self.table_value(object, intrinsic, spec, number)?;
        let o = self.peek(object);
        if let Some(index) = prop.key.as_index() {
            elements::define(self.heap_mut(), o, index, value, attrs)?;
        } else {
            object::add_property(self.heap_mut(), o, prop.key, value, attrs)?;
        }
        // A further property may push another one out of the object: caches that lead there have to look again.
        let o = self.peek(object);
        if self.heap().flags(o.index()) & flag::PROTOTYPE != 0 {
            self.end_epoch();
        }
        Ok(())
    }

    /// The slot value of a table property, unrooted.
    fn table_value(
        &mut self,
        object: Object<'s>,
        intrinsic: Intrinsic,
        spec: &'static Spec,
        number: usize,
    ) -> JsResult<(JsValue, Attrs)> {
        let prop = &spec.props[number];
        let realm = self.realm_of(object);
        let native = |setter| JsValue::native(realm, native_id(intrinsic as u8, number as u8, setter));
        Ok(match prop.value {
            PropSpec::Function { .. } => (native(false), prop.attrs),
            PropSpec::Value(v) => (v, prop.attrs),
            PropSpec::Itself => (self.peek(object), prop.attrs),
            PropSpec::Accessor { get, set } => {
                let getter = if get.is_some() { native(false) } else { JsValue::UNDEFINED };
                let setter = if set.is_some() { native(true) } else { JsValue::UNDEFINED };
                let a = object::new_accessor(self.heap_mut(), getter, setter)?;
                (a, prop.attrs.with(Attrs::ACCESSOR))
            }
            PropSpec::Both(of) => {
                let f = self.in_realm(realm, |cx| cx.intrinsic_raw(of))?;
                (object::new_accessor(self.heap_mut(), f, f)?, prop.attrs.with(Attrs::ACCESSOR))
            }
            PropSpec::Link(to) => (self.in_realm(realm, |cx| cx.intrinsic_raw(to))?, prop.attrs),
            PropSpec::Same(owner, key) => {
                let at = owner.spec().props.iter().position(|p| p.key == key);
                let id = native_id(owner as u8, at.unwrap_or(0) as u8, false);
                (JsValue::native(realm, id), prop.attrs)
            }
        })
    }

    /// The realm an intrinsic object belongs to, found through the list of realms.
    fn realm_of(&self, object: Object<'s>) -> u16 {
        let object = self.peek(object);
        let Some(tag) = shape::tag(self.heap(), object::shape_of(self.heap(), object.index())) else { return 0 };
        let mut n = 0;
        while let Some(realm) = self.realm_number(n) {
            if self.heap().value(realm.index() + realm_word::INTRINSICS + tag) == object {
                return n;
            }
            n += 1;
        }
        self.heap().value(self.realm() + realm_word::NUMBER).as_int().unwrap_or(0) as u16
    }

    /// The number of the running realm.
    pub(crate) fn current_realm_number(&self) -> u16 {
        self.realm_word(realm_word::NUMBER).as_int().unwrap_or(0) as u16
    }

    /// Runs `f` with realm number `n` as the running one.
    pub(crate) fn in_realm<R>(&mut self, n: u16, f: impl FnOnce(&mut Self) -> JsResult<R>) -> JsResult<R> {
        if n == self.current_realm_number() {
            return f(self);
        }
        let Some(realm) = self.realm_number(n) else { return f(self) };
        let before = self.current_realm_number();
        self.set_root(RootWord::Realm, realm);
        let result = f(self);
        if let Some(realm) = self.realm_number(before) {
            self.set_root(RootWord::Realm, realm);
        }
        result
    }

    /// Makes all properties of an intrinsic object (or an ordinary function) real: somebody enumerates or deletes them.
    pub(crate) fn materialize_all(&mut self, object: Object<'s>) -> JsResult<()> {
        let o = self.peek(object);
        if self.heap().flags(o.index()) & flag::LAZY == 0 {
            return Ok(());
        }
        if self.heap().kind(o.index()) == Kind::Function {
            return self.materialize_function(object);
        }
        let Some((intrinsic, spec)) = self.lazy_spec(o) else { return Ok(()) };
        if spec.function.is_some() {
            for key in [n!("length"), n!("name")] {
                let o = self.peek(object);
                if object::find_own(self.heap(), o.index(), PropertyKey::name(key)).is_none() {
                    self.materialize_property(object, PropertyKey::name(key))?;
                }
            }
        }
        for (number, prop) in spec.props.iter().enumerate() {
            let o = self.peek(object);
            if object::find_own(self.heap(), o.index(), prop.key).is_none() {
                self.materialize_number(object, intrinsic, spec, number)?;
            }
        }
        let o = self.peek(object);
        self.heap_mut().clear_flags(o.index(), flag::LAZY);
        Ok(())
    }

    /// The object that holds the properties of a built-in function; made when somebody changes or lists them.
    pub(crate) fn native_object(&mut self, native: JsValue, make: bool) -> JsResult<Option<JsValue>> {
        let Some((realm, id)) = native.as_native() else { return Ok(Some(native)) };
        let index = u32::from(realm) << 16 | u32::from(id);
        let mut holder = self.root_word(RootWord::NativeObjects);
        if holder.is_heap_object()
            && let Some((found, _)) = elements::get(self.heap(), holder.index(), index)
        {
            return Ok(Some(found));
        }
        if !make {
            return Ok(None);
        }
        if !holder.is_heap_object() {
            let shape = object::root_shape(self.heap_mut(), JsValue::NULL, Kind::Object, 1)?;
            holder = JsValue::object(object::new_object(self.heap_mut(), shape)?, false);
            self.set_root(RootWord::NativeObjects, holder);
        }
        let Some(info) = native_info(id) else { return Ok(None) };
        let proto = self.in_realm(realm, |cx| cx.intrinsic_raw(Intrinsic::FunctionPrototype))?;
        let shape = object::root_shape(self.heap_mut(), proto, Kind::HostFunction, 2)?;
        let made = object::new_object(self.heap_mut(), shape)?;
        let made = self.root(JsValue::object(made, true))?;
        let o = self.peek(made);
        let length = JsValue::int(i32::from(info.length));
        object::add_property(self.heap_mut(), o, PropertyKey::name(n!("length")), length, Attrs::CONFIGURABLE)?;
        let name = self.native_name(id)?;
        let o = self.peek(made);
        object::add_property(self.heap_mut(), o, PropertyKey::name(n!("name")), name, Attrs::CONFIGURABLE)?;
        let (holder, o) = (self.root_word(RootWord::NativeObjects), self.peek(made));
        elements::define(self.heap_mut(), holder, index, o, Attrs::ALL)?;
        Ok(Some(self.peek(made)))
    }

    /// The `name` of a built-in function, unrooted.
    pub(crate) fn native_name(&mut self, id: u16) -> JsResult<JsValue> {
        let Some(info) = native_info(id) else { return Ok(StaticName::EMPTY.into()) };
        let key = info.key.to_value();
        let base = match key.as_well_known() {
            Some(number) => {
                let mut text = [0_u8; 40];
                let description = crate::ops::well_known(number).description().text();
                let len = description.len();
                text[0] = b'[';
                text[1..=len].copy_from_slice(description);
                text[len + 1] = b']';
                string::from_latin1(self.heap_mut(), &text[..len + 2])?
            }
            None => rotifer_jsvalue::key::key_to_string(self.heap_mut(), info.key)?,
        };
        Ok(string::concat(self.heap_mut(), info.prefix.into(), base)?)
    }

    /// The running realm's shape for a common kind of object, made when first needed; unrooted.
    #[inline]
    pub(crate) fn realm_shape(&mut self, word: u32) -> JsResult<JsValue> {
        let found = self.realm_word(word);
        if found.is_cell() { Ok(found) } else { self.make_realm_shape(word) }
    }

    #[cold]
    fn make_realm_shape(&mut self, word: u32) -> JsResult<JsValue> {
        let (proto, kind, inline) = match word {
            realm_word::ARRAY_SHAPE => (Intrinsic::ArrayPrototype, Kind::Array, 1),
            realm_word::FUNCTION_SHAPE => (Intrinsic::FunctionPrototype, Kind::Function, 1),
            realm_word::RESULT_SHAPE => (Intrinsic::ObjectPrototype, Kind::Object, 2),
            realm_word::MATCH_SHAPE => (Intrinsic::ArrayPrototype, Kind::Array, 4),
            _ => (Intrinsic::ObjectPrototype, Kind::Object, 4),
        };
        let proto = self.intrinsic_raw(proto)?;
        let mut shape = object::root_shape(self.heap_mut(), proto, kind, inline)?;
        let keys: &[_] = match word {
            realm_word::RESULT_SHAPE => &[n!("value"), n!("done")],
            realm_word::MATCH_SHAPE => &[n!("index"), n!("input"), n!("groups")],
            _ => &[],
        };
        for &key in keys {
            let mut keep = [shape.to_bits()];
            let words = shape::child_words(self.heap(), shape.index());
            self.heap_mut().reserve(words, &mut keep)?;
            shape = JsValue::from_bits(keep[0]);
            let added = shape::child(self.heap_mut(), shape.index(), PropertyKey::name(key), Attrs::ALL);
            if let shape::Added::Shared(child) = added {
                shape = JsValue::cell(child);
            }
        }
        self.set_realm_word(word, shape);
        Ok(shape)
    }

    /// A new ordinary object with `Object.prototype` (ECMA-262 §10.1.12 OrdinaryObjectCreate).
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn new_object(&mut self) -> JsResult<Object<'s>> {
        let shape = self.realm_shape(realm_word::OBJECT_SHAPE)?;
        let at = object::new_object(self.heap_mut(), shape)?;
        self.root_object(JsValue::object(at, false))
    }

    /// A new object of `kind` with prototype `proto` and room for `inline` properties in it. Fields are undefined.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn new_object_of<T>(
        &mut self,
        kind: Kind,
        proto: rotifer_gc::Rooted<'s, T>,
        inline: u8,
    ) -> JsResult<Object<'s>> {
        let proto = self.peek(proto);
        let shape = object::root_shape(self.heap_mut(), proto, kind, inline)?;
        let at = object::new_object(self.heap_mut(), shape)?;
        self.root_object(JsValue::object(at, matches!(kind, Kind::Function | Kind::HostFunction | Kind::BoundFunction)))
    }

    /// A new array of length `len` without elements (ECMA-262 §10.4.2.2 ArrayCreate), with room for `capacity`.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn new_array(&mut self, len: u32, capacity: u32) -> JsResult<Object<'s>> {
        let shape = self.realm_shape(realm_word::ARRAY_SHAPE)?;
        let at = object::new_object(self.heap_mut(), shape)?;
        self.heap_mut().init(at + field::Array::length, JsValue::number(f64::from(len)));
        let array = self.root_object(JsValue::object(at, false))?;
        if capacity > 0 {
            let o = self.peek(array);
            elements::ensure_dense(self.heap_mut(), o, capacity, &mut 0)?;
        }
        Ok(array)
    }

    /// A new array with these elements (ECMA-262 §7.3.18 CreateArrayFromList).
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn array_from(&mut self, values: &[Value<'s>]) -> JsResult<Object<'s>> {
        let len = u32::try_from(values.len()).map_err(|_| self.oom())?;
        let array = self.new_array(len, len)?;
        let o = self.peek(array).index();
        if let Some(e) = elements::elements(self.heap(), o) {
            for (i, &v) in values.iter().enumerate() {
                let v = self.peek(v);
                self.heap_mut().put(e, 1 + i as u32, v);
            }
        }
        Ok(array)
    }
}
