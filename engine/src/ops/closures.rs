//! Built-in functions that carry values: abstract closures of the specification (ECMA-262 §10.3.4 CreateBuiltinFunction).

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, field, object};

use crate::builtins::Intrinsic;
use crate::builtins::internal::Closure;
use crate::builtins::spec::native_id;
use crate::cx::{Args, Cx, Value};
use crate::isolate::native_info;
use crate::n;
use crate::throw::JsResult;

impl<'s> Cx<'s> {
    /// A function that does `which` with up to three values of its own ([`Args::data`]). Its name is empty; its `length` is in
    /// the table.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub(crate) fn new_closure(&mut self, which: Closure, data: &[Value<'s>]) -> JsResult<Value<'s>> {
        let id = native_id(Intrinsic::Internal as u8, which as u8, false);
        let realm = self.current_realm_number();
        let length = native_info(id).map_or(0, |i| i.length);
        let proto = self.intrinsic_raw(Intrinsic::FunctionPrototype)?;
        let shape = object::root_shape(self.heap_mut(), proto, Kind::HostFunction, 2)?;
        let at = object::new_object(self.heap_mut(), shape)?;
        self.heap_mut().init(at + field::HostFunction::id, JsValue::native(realm, id));
        for (i, &v) in data.iter().take(3).enumerate() {
            let v = self.peek(v);
            self.heap_mut().put(at, field::HostFunction::data0 + i as u32, v);
        }
        let function = JsValue::object(at, true);
        let length = JsValue::int(i32::from(length));
        let key = PropertyKey::name(n!("length"));
        let (function, _) = object::add_property(self.heap_mut(), function, key, length, Attrs::CONFIGURABLE)?;
        let (key, name) = (PropertyKey::name(n!("name")), n!("").into());
        let (function, _) = object::add_property(self.heap_mut(), function, key, name, Attrs::CONFIGURABLE)?;
        self.root(function)
    }

    /// A block with these values, which several closures can share.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub(crate) fn new_record(&mut self, values: &[Value<'s>]) -> JsResult<Value<'s>> {
        let count = u32::try_from(values.len()).map_err(|_| self.oom())?;
        self.heap_mut().reserve(count + 1, &mut [])?;
        let at = self.heap_mut().new_values(Kind::Values, count, JsValue::UNDEFINED);
        for (i, &v) in values.iter().enumerate() {
            let v = self.peek(v);
            self.heap_mut().put(at, 1 + i as u32, v);
        }
        self.root(JsValue::cell(at))
    }

    /// Value `i` of a block made by [`Cx::new_record`], unrooted.
    #[inline]
    pub(crate) fn record_raw(&self, record: Value<'s>, i: u32) -> JsValue {
        self.heap().value(self.peek(record).index() + 1 + i)
    }

    /// Value `i` of a block made by [`Cx::new_record`].
    ///
    /// # Errors
    /// Stack overflow.
    #[inline]
    pub(crate) fn record_get(&mut self, record: Value<'s>, i: u32) -> JsResult<Value<'s>> {
        let v = self.record_raw(record, i);
        self.root(v)
    }

    /// Sets value `i` of a block made by [`Cx::new_record`].
    #[inline]
    pub(crate) fn record_set(&mut self, record: Value<'s>, i: u32, value: Value<'s>) {
        let (at, v) = (self.peek(record).index(), self.peek(value));
        self.heap_mut().put(at, 1 + i, v);
    }
}

impl<'s> Args<'s> {
    /// Value `i` (below 3) of the closure called, unrooted.
    #[inline]
    pub(crate) fn data_raw(&self, cx: &Cx<'s>, i: u32) -> JsValue {
        cx.field_raw(self.callee, field::HostFunction::data0 + i)
    }

    /// Value `i` (below 3) of the closure called.
    ///
    /// # Errors
    /// Stack overflow.
    #[inline]
    pub(crate) fn data(&self, cx: &mut Cx<'s>, i: u32) -> JsResult<Value<'s>> {
        let v = self.data_raw(cx, i);
        cx.root(v)
    }

    /// Sets value `i` (below 3) of the closure called.
    #[inline]
    pub(crate) fn set_data(&self, cx: &mut Cx<'s>, i: u32, value: JsValue) {
        cx.set_field_raw(self.callee, field::HostFunction::data0 + i, value);
    }

    /// Marks the closure as called, in its value `i`; whether it had been before.
    pub(crate) fn called_before(&self, cx: &mut Cx<'s>, i: u32) -> bool {
        let before = self.data_raw(cx, i) == JsValue::TRUE;
        self.set_data(cx, i, JsValue::TRUE);
        before
    }
}
