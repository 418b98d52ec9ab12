//! Calling and constructing (ECMA-262 §7.3.14, §7.3.15, §10.2, §10.3).

use rotifer_jsvalue::{HeapExt, JsValue, Kind, field, flag};

use super::proxy;
use crate::builtins::Intrinsic;
use crate::cx::{Args, Cx, NativeFn, Object, UNDEFINED, Value};
use crate::isolate::{HostFunction, native_info};
use crate::throw::JsResult;

impl<'s> Cx<'s> {
    /// ECMA-262 §7.3.14 Call
    ///
    /// # Errors
    /// A TypeError when `f` cannot be called; what it throws.
    pub fn call(&mut self, f: Value<'s>, this: Value<'s>, args: &[Value<'s>]) -> JsResult<Value<'s>> {
        let raw = {
            let mut cx = self.nest();
            let base = cx.push_arguments(args)?;
            cx.call_on_stack(f, this, base, args.len() as u32)?
        };
        self.root(raw)
    }

    /// Calls with values just read; gives the bare result. As [`Cx::call`], but nothing is rooted on the way.
    ///
    /// # Errors
    /// As [`Cx::call`].
    pub(crate) fn call_words<const N: usize>(
        &mut self,
        f: Value<'s>,
        this: Value<'s>,
        words: [JsValue; N],
    ) -> JsResult<JsValue> {
        let sp = self.heap().sp();
        if sp < self.heap().stack_low() + N as u32 {
            let mut cx = self.nest();
            for &word in words.iter().rev() {
                cx.push_word(word)?;
            }
            let base = cx.heap().sp();
            return cx.call_on_stack(f, this, base, N as u32);
        }
        let base = sp - N as u32;
        for (at, word) in (base..).zip(words) {
            self.heap_mut().init(at, word);
        }
        self.heap_mut().set_sp(base);
        let result = self.call_on_stack(f, this, base, N as u32);
        self.heap_mut().set_sp(sp);
        result
    }

    /// Calls with arguments that lie on the stack; gives the bare result.
    #[inline(always)]
    fn call_on_stack(&mut self, f: Value<'s>, this: Value<'s>, base: u32, count: u32) -> JsResult<JsValue> {
        self.check_native_stack()?;
        self.tick(1)?;
        if let Some(result) = self.run_quickly(self.peek(f), self.peek(this), base, count) {
            return result;
        }
        let result = self.call_unusual(&Args { this, callee: f, new_target: UNDEFINED, base, count })?;
        Ok(self.peek(result))
    }

    /// Calls with the elements of an array made by the engine.
    ///
    /// # Errors
    /// As [`Cx::call`].
    pub fn call_with_array(&mut self, f: Value<'s>, this: Value<'s>, list: Object<'s>) -> JsResult<Value<'s>> {
        let raw = {
            let mut cx = self.nest();
            let (base, count) = cx.push_list(list)?;
            let args = Args { this, callee: f, new_target: UNDEFINED, base, count };
            let result = cx.call_args(&args)?;
            cx.peek(result)
        };
        self.root(raw)
    }

    /// Copies values to the stack so that they lie as arguments do; gives the word of the first.
    fn push_arguments(&mut self, args: &[Value<'s>]) -> JsResult<u32> {
        let (sp, count) = (self.heap().sp(), args.len() as u32);
        if sp >= self.heap().stack_low() + count {
            let base = sp - count;
            for (word, &v) in (base..).zip(args) {
                let v = self.peek(v);
                self.heap_mut().init(word, v);
            }
            self.heap_mut().set_sp(base);
            return Ok(base);
        }
        for &v in args.iter().rev() {
            let v = self.peek(v);
            self.push_word(v)?;
        }
        Ok(self.heap().sp())
    }

    pub(crate) fn push_list(&mut self, list: Object<'s>) -> JsResult<(u32, u32)> {
        let count = self.array_len(list);
        for i in (0..count).rev() {
            let v = self.array_item_raw(list, i);
            self.push_word(v)?;
        }
        Ok((self.heap().sp(), count))
    }

    #[inline]
    fn push_word(&mut self, v: JsValue) -> JsResult<()> {
        match self.heap_mut().push(v.to_bits()) {
            Ok(_) => Ok(()),
            Err(_) => Err(self.stack_overflow()),
        }
    }

    /// Calls with arguments that lie on the stack.
    pub(crate) fn call_args(&mut self, args: &Args<'s>) -> JsResult<Value<'s>> {
        self.check_native_stack()?;
        self.tick(1)?;
        let (f, this) = (self.peek(args.callee), self.peek(args.this));
        match self.run_quickly(f, this, args.base, args.count) {
            Some(result) => self.root(result?),
            None => self.call_unusual(args),
        }
    }

    /// Calls what is no JavaScript function, or one whose frame takes more than pushing it.
    fn call_unusual(&mut self, args: &Args<'s>) -> JsResult<Value<'s>> {
        let f = self.peek(args.callee);
        if let Some((realm, id)) = f.as_native() {
            let Some(info) = native_info(id) else { return Err(self.throw_type_error("not a function")) };
            return self.call_native(realm, info.func, args);
        }
        if !f.is_callable() {
            return Err(self.throw_not_callable(args.callee));
        }
        match self.heap().kind(f.index()) {
            Kind::Function => self.call_function(args),
            Kind::BoundFunction => self.call_bound(args),
            Kind::Proxy => proxy::call(self, args),
            _ => self.call_host(args),
        }
    }

    #[inline]
    pub(crate) fn call_native(&mut self, realm: u16, func: NativeFn, args: &Args<'s>) -> JsResult<Value<'s>> {
        if realm == self.current_realm_number() { func(self, args) } else { self.in_realm(realm, |cx| func(cx, args)) }
    }

    /// Calls an intrinsic constructor or a function of the host.
    fn call_host(&mut self, args: &Args<'s>) -> JsResult<Value<'s>> {
        let f = self.peek(args.callee);
        let id = self.heap().value(f.index() + field::HostFunction::id);
        if let Some(index) = id.as_int() {
            return self.call_host_closure(index as u32, args);
        }
        if let Some((realm, id)) = id.as_native() {
            let Some(info) = native_info(id) else { return Err(self.throw_type_error("not a function")) };
            return self.call_native(realm, info.func, args);
        }
        let spec = Intrinsic::from_u8(id.as_raw() as u8).and_then(|i| i.spec().function.as_ref());
        let Some(spec) = spec else { return Err(self.throw_type_error("not a function")) };
        if !self.is_undefined(args.new_target) && !spec.constructor {
            return Err(self.throw_type_error("not a constructor"));
        }
        let realm = self.get_function_realm(args.callee.cast())?;
        self.call_native(realm, spec.func, args)
    }

    fn call_host_closure(&mut self, index: u32, args: &Args<'s>) -> JsResult<Value<'s>> {
        let Some(place) = self.host.functions.get_mut(index as usize) else {
            return Err(self.throw_type_error("host function is not registered"));
        };
        if let HostFunction::Native(f) = *place {
            return f(self, args);
        }
        // The closure is taken out while it runs, so that a call back into it is an error and not an alias.
        let mut closure = match core::mem::replace(place, HostFunction::Running) {
            HostFunction::Closure(closure) => closure,
            other => {
                let missing = matches!(other, HostFunction::Missing);
                *place = other;
                let what = if missing { "host function is not registered" } else { "host function is already running" };
                return Err(self.throw_type_error(what));
            }
        };
        let result = closure(self, args);
        if let Some(place @ HostFunction::Running) = self.host.functions.get_mut(index as usize) {
            *place = HostFunction::Closure(closure);
        }
        result
    }

    /// ECMA-262 §10.4.1.1 and §10.4.1.2: a bound function called or constructed.
    fn call_bound(&mut self, args: &Args<'s>) -> JsResult<Value<'s>> {
        let raw = {
            let mut cx = self.nest();
            let (base, count) = cx.push_bound_arguments(args)?;
            let target = cx.field(args.callee, field::BoundFunction::target)?;
            let result = if cx.is_undefined(args.new_target) {
                let this = cx.field(args.callee, field::BoundFunction::this)?;
                let inner = Args { this, callee: target, new_target: UNDEFINED, base, count };
                cx.call_args(&inner)?
            } else {
                let same = cx.peek(args.new_target) == cx.peek(args.callee);
                let new_target = if same { target } else { args.new_target };
                let inner = Args { this: UNDEFINED, callee: target, new_target, base, count };
                cx.construct_args(&inner)?
            };
            cx.peek(result)
        };
        self.root(raw)
    }

    /// Pushes the arguments that a bound function has and those it is called with; gives where they are and how many.
    pub(crate) fn push_bound_arguments(&mut self, args: &Args<'s>) -> JsResult<(u32, u32)> {
        for i in (0..args.count).rev() {
            let v = self.peek(args.get(i));
            self.push_word(v)?;
        }
        let mut count = args.count;
        let bound = self.field_raw(args.callee, field::BoundFunction::args);
        if bound.is_cell() {
            let n = self.heap().header(bound.index()).aux() - 1;
            for i in (0..n).rev() {
                let block = self.field_raw(args.callee, field::BoundFunction::args).index();
                let v = self.heap().value(block + 1 + i);
                self.push_word(v)?;
            }
            count += n;
        }
        Ok((self.heap().sp(), count))
    }

    /// ECMA-262 §7.3.15 Construct
    ///
    /// # Errors
    /// What the constructor throws.
    pub fn construct(
        &mut self,
        f: Object<'s>,
        args: &[Value<'s>],
        new_target: Option<Object<'s>>,
    ) -> JsResult<Object<'s>> {
        let raw = {
            let mut cx = self.nest();
            let base = cx.push_arguments(args)?;
            let new_target = new_target.unwrap_or(f).cast();
            let args = Args { this: UNDEFINED, callee: f.cast(), new_target, base, count: args.len() as u32 };
            let result = cx.construct_args(&args)?;
            cx.peek(result)
        };
        self.root_object(raw)
    }

    /// Constructs with the elements of an array made by the engine.
    ///
    /// # Errors
    /// As [`Cx::construct`].
    pub fn construct_with_array(
        &mut self,
        f: Object<'s>,
        list: Object<'s>,
        new_target: Option<Object<'s>>,
    ) -> JsResult<Object<'s>> {
        let raw = {
            let mut cx = self.nest();
            let (base, count) = cx.push_list(list)?;
            let new_target = new_target.unwrap_or(f).cast();
            let args = Args { this: UNDEFINED, callee: f.cast(), new_target, base, count };
            let result = cx.construct_args(&args)?;
            cx.peek(result)
        };
        self.root_object(raw)
    }

    /// Constructs with arguments that lie on the stack; `args.new_target` says for whom.
    pub(crate) fn construct_args(&mut self, args: &Args<'s>) -> JsResult<Value<'s>> {
        self.check_native_stack()?;
        self.tick(1)?;
        if !self.is_constructor(args.callee) {
            return Err(self.throw_type_error("not a constructor"));
        }
        let f = self.peek(args.callee);
        match self.heap().kind(f.index()) {
            Kind::Function => self.construct_function(args),
            Kind::BoundFunction => self.call_bound(args),
            Kind::Proxy => proxy::construct(self, args),
            _ => self.call_host(args),
        }
    }

    /// ECMA-262 §7.2.4 IsConstructor
    #[must_use]
    pub fn is_constructor(&self, value: Value<'s>) -> bool {
        let mut v = self.peek(value);
        loop {
            if !v.is_heap_object() || !v.is_callable() {
                return false;
            }
            let at = v.index();
            match self.heap().kind(at) {
                Kind::Function => return self.function_is_constructor(at),
                Kind::BoundFunction => v = self.heap().value(at + field::BoundFunction::target),
                Kind::HostFunction => {
                    let id = self.heap().value(at + field::HostFunction::id);
                    if id.is_int() {
                        return self.heap().flags(at) & flag::CLASS != 0;
                    }
                    let spec = Intrinsic::from_u8(id.as_raw() as u8).and_then(|i| i.spec().function.as_ref());
                    return spec.is_some_and(|s| s.constructor);
                }
                // Whether a Proxy is a constructor was settled when it was made.
                Kind::Proxy => return self.heap().flags(at) & flag::CLASS != 0,
                _ => return false,
            }
        }
    }
}
