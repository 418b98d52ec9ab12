//! Making objects for constructors (ECMA-262 §10.1.13, §10.1.14, §7.3.19).

use rotifer_jsvalue::{Heap, HeapExt, Kind, elements, field};

use crate::builtins::Intrinsic;
use crate::cx::{Cx, Object, Value};
use crate::n;
use crate::throw::JsResult;

impl<'s> Cx<'s> {
    /// ECMA-262 §10.1.14 GetPrototypeFromConstructor
    ///
    /// # Errors
    /// What getting `prototype` throws.
    pub fn get_prototype_from_constructor(
        &mut self,
        new_target: Value<'s>,
        default: Intrinsic,
    ) -> JsResult<Object<'s>> {
        let Some(constructor) = self.as_object(new_target) else { return self.intrinsic(default) };
        let proto = self.get(constructor, n!("prototype"))?;
        if let Some(proto) = self.as_object(proto) {
            return Ok(proto);
        }
        let realm = self.get_function_realm(constructor)?;
        let found = self.in_realm(realm, |cx| cx.intrinsic_raw(default))?;
        self.root_object(found)
    }

    /// ECMA-262 §10.1.13 OrdinaryCreateFromConstructor, with an object of `kind`.
    ///
    /// # Errors
    /// What getting `prototype` throws.
    pub fn ordinary_create_from_constructor(
        &mut self,
        new_target: Value<'s>,
        default: Intrinsic,
        kind: Kind,
        inline: u8,
    ) -> JsResult<Object<'s>> {
        let proto = self.get_prototype_from_constructor(new_target, default)?;
        self.new_object_of(kind, proto, inline)
    }

    /// ECMA-262 §7.3.25 GetFunctionRealm, as the realm's number.
    ///
    /// # Errors
    /// A TypeError for a revoked Proxy.
    pub fn get_function_realm(&mut self, function: Object<'s>) -> JsResult<u16> {
        let mut raw = self.peek(function);
        loop {
            if let Some((realm, _)) = raw.as_native() {
                return Ok(realm);
            }
            let at = raw.index();
            match self.heap().kind(at) {
                Kind::BoundFunction => raw = self.heap().value(at + field::BoundFunction::target),
                Kind::Proxy => {
                    let handler = self.heap().value(at + field::Proxy::handler);
                    if handler.is_null() {
                        return Err(self.throw_type_error("cannot use a revoked proxy"));
                    }
                    raw = self.heap().value(at + field::Proxy::target);
                }
                Kind::Function => return Ok(self.realm_of_function(at)),
                Kind::HostFunction => {
                    if let Some((realm, _)) = self.heap().value(at + field::HostFunction::id).as_native() {
                        return Ok(realm);
                    }
                    let mut n = 0;
                    while let Some(realm) = self.realm_number(n) {
                        let id = self.heap().value(at + field::HostFunction::id).as_raw() as u32;
                        let word = realm.index() + crate::isolate::realm_word::INTRINSICS + id;
                        if word < self.heap().top() && self.heap().value(word) == raw {
                            return Ok(n);
                        }
                        n += 1;
                    }
                    return Ok(self.current_realm_number());
                }
                _ => return Ok(self.current_realm_number()),
            }
        }
    }

    /// ECMA-262 §7.3.19 CreateListFromArrayLike, as a fresh array.
    ///
    /// # Errors
    /// A TypeError when it is no object; what getting elements throws.
    pub fn create_list_from_array_like(&mut self, value: Value<'s>) -> JsResult<Object<'s>> {
        let Some(object) = self.as_object(value) else {
            return Err(self.throw_type_error("an array-like object was expected"));
        };
        let len = self.length_of_array_like(object)?;
        if len > f64::from(elements::MAX_DENSE) {
            return Err(self.throw_range_error("too many elements"));
        }
        let len = len as u32;
        let list = self.new_array(0, len)?;
        for i in 0..len {
            let mut cx = self.nest();
            cx.tick(1)?;
            let v = cx.get(object, i)?;
            cx.push(list, v)?;
        }
        Ok(list)
    }
}

/// Sorts `count` numbers kept as values from word `at` on, ascending: a heap sort, which needs no further room.
pub(super) fn sort_numbers(heap: &mut Heap, at: u32, count: u32) {
    let key = |heap: &Heap, i: u32| heap.value(at + i).as_number().unwrap_or(0.0);
    let swap = |heap: &mut Heap, i: u32, j: u32| {
        let (a, b) = (heap.value(at + i), heap.value(at + j));
        heap.init(at + i, b);
        heap.init(at + j, a);
    };
    let sift = |heap: &mut Heap, mut root: u32, end: u32| {
        while 2 * root + 1 < end {
            let mut child = 2 * root + 1;
            if child + 1 < end && key(heap, child) < key(heap, child + 1) {
                child += 1;
            }
            if key(heap, root) >= key(heap, child) {
                return;
            }
            swap(heap, root, child);
            root = child;
        }
    };
    for root in (0..count / 2).rev() {
        sift(heap, root, count);
    }
    for end in (1..count).rev() {
        swap(heap, 0, end);
        sift(heap, 0, end);
    }
}
