//! Making and throwing errors (ECMA-262 §20.5).

use core::fmt::{self, Write};

use rotifer_jsvalue::{Attrs, Heap, HeapExt, JsValue, Kind, PropertyKey, StrView, field, object, string};

use super::ErrorKind;
use crate::builtins::Intrinsic;
use crate::cx::{Cx, JsStr, Key, Object, UNDEFINED, Value};
use crate::isolate::{Isolate, Pending, RootWord};
use crate::n;
use crate::throw::{JsResult, Throw};

/// In-object slots of an error: `message`, `cause` and one to spare.
const ERROR_SLOTS: u8 = 3;

impl ErrorKind {
    /// The prototype of errors of this kind.
    pub(crate) fn prototype(self) -> Intrinsic {
        match self {
            ErrorKind::Error => Intrinsic::ErrorPrototype,
            ErrorKind::TypeError => Intrinsic::TypeErrorPrototype,
            ErrorKind::RangeError => Intrinsic::RangeErrorPrototype,
            ErrorKind::SyntaxError => Intrinsic::SyntaxErrorPrototype,
            ErrorKind::ReferenceError => Intrinsic::ReferenceErrorPrototype,
            ErrorKind::EvalError => Intrinsic::EvalErrorPrototype,
            ErrorKind::URIError => Intrinsic::URIErrorPrototype,
        }
    }
}

/// Text of bounded length, put together without allocation: error messages. What does not fit is cut off.
pub(crate) struct Message {
    text: [u8; Message::MAX],
    len: usize,
}

impl Message {
    /// The most bytes.
    const MAX: usize = 256;
    /// The most characters of a property name or value that are shown.
    const SHOWN: usize = 80;

    /// No text yet.
    pub(crate) fn new() -> Self {
        Message { text: [0; Message::MAX], len: 0 }
    }

    /// The text so far.
    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text[..self.len]).unwrap_or("")
    }

    /// Appends text, shortened.
    pub(crate) fn push_view(&mut self, text: StrView<'_>) {
        for (i, cp) in text.code_points().enumerate() {
            if i == Message::SHOWN {
                let _ = self.write_str("...");
                return;
            }
            let _ = self.write_char(char::from_u32(cp).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }

    /// Appends the text of a flat string, shortened.
    pub(crate) fn push_string(&mut self, heap: &Heap, s: JsValue) {
        if string::is_flat(heap, s) {
            self.push_view(string::view(heap, s));
        } else {
            let _ = self.write_str("...");
        }
    }

    /// Appends a property key as an error message shows it.
    pub(crate) fn push_key(&mut self, heap: &Heap, key: PropertyKey) {
        let v = key.to_value();
        if let Some(i) = key.as_index() {
            let _ = write!(self, "{i}");
        } else if v.is_symbol() {
            self.push_symbol(heap, v);
        } else {
            self.push_string(heap, v);
        }
    }

    fn push_symbol(&mut self, heap: &Heap, symbol: JsValue) {
        if let Some(number) = symbol.as_well_known() {
            self.push_view(StrView::Latin1(super::well_known(number).description().text()));
            return;
        }
        let _ = self.write_str("Symbol(");
        let description = heap.value(symbol.index() + field::Symbol::description);
        if description.is_string() {
            self.push_string(heap, description);
        }
        let _ = self.write_str(")");
    }

    /// Appends a short description of a value: primitives as they are written, objects by what they are.
    pub(crate) fn push_value(&mut self, heap: &Heap, v: JsValue) {
        let _ = if let Some(n) = v.as_number() {
            write!(self, "{n}")
        } else if v.is_string() {
            let _ = self.write_str("\"");
            self.push_string(heap, v);
            self.write_str("\"")
        } else if v.is_symbol() {
            self.push_symbol(heap, v);
            Ok(())
        } else if v.is_callable() {
            self.write_str("a function")
        } else if v.is_heap_object() {
            self.write_str(match heap.kind(v.index()) {
                Kind::Array => "an array",
                Kind::Error => "an error",
                Kind::Proxy => "a proxy",
                Kind::Promise => "a promise",
                _ => "an object",
            })
        } else if v.is_bigint() {
            self.write_str("a BigInt")
        } else {
            write!(self, "{v:?}")
        };
    }
}

impl fmt::Write for Message {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let room = Message::MAX - self.len;
        let mut n = s.len().min(room);
        while !s.is_char_boundary(n) {
            n -= 1;
        }
        self.text[self.len..self.len + n].copy_from_slice(&s.as_bytes()[..n]);
        self.len += n;
        Ok(())
    }
}

impl<'s> Cx<'s> {
    /// Throws a value.
    pub fn throw(&mut self, value: Value<'s>) -> Throw {
        let v = self.peek(value);
        self.set_root(RootWord::Exception, v);
        self.note(Pending::Exception)
    }

    /// The exception on its way, which is caught by that: only when one is pending (otherwise a limit was reached, or memory ran
    /// out, which no script can catch).
    pub fn take_exception(&mut self) -> Value<'s> {
        debug_assert_eq!(self.pending, Pending::Exception);
        let v = self.root_word(RootWord::Exception);
        // Without a slot for it the error of a full stack takes its place.
        let rooted = self.root(v).unwrap_or(UNDEFINED);
        self.pending = Pending::None;
        self.set_root(RootWord::Exception, JsValue::UNDEFINED);
        rooted
    }

    /// Whether an exception that a script may catch is on its way (and not a limit that was reached).
    #[must_use]
    pub fn is_catchable(&self) -> bool {
        self.pending == Pending::Exception
    }

    /// A new error of the running realm, with its stack.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn make_error(&mut self, kind: ErrorKind, message: JsStr<'s>) -> JsResult<Object<'s>> {
        let proto = self.intrinsic(kind.prototype())?;
        let error = self.new_error_object(proto)?;
        self.define_new(error, n!("message"), message.cast(), Attrs::HIDDEN)?;
        Ok(error)
    }

    /// An error object with this prototype, without properties, that knows the stack.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub(crate) fn new_error_object(&mut self, proto: Object<'s>) -> JsResult<Object<'s>> {
        let error = self.new_object_of(Kind::Error, proto, ERROR_SLOTS)?;
        let stack = self.capture_stack()?;
        self.set_field_raw(error, field::Error::stack, stack);
        Ok(error)
    }

    /// Throws a new error.
    #[cold]
    #[inline(never)]
    pub fn throw_error(&mut self, kind: ErrorKind, message: &str) -> Throw {
        let made = self.error_with_text(kind, message);
        match made {
            Ok(error) => self.throw(error.cast()),
            Err(throw) => throw,
        }
    }

    /// A new error with this message.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn error_with_text(&mut self, kind: ErrorKind, message: &str) -> JsResult<Object<'s>> {
        let text = string::from_str(self.heap_mut(), message)?;
        let text = self.root(text)?.cast();
        self.make_error(kind, text)
    }

    /// Throws a TypeError.
    #[cold]
    pub fn throw_type_error(&mut self, message: &str) -> Throw {
        self.throw_error(ErrorKind::TypeError, message)
    }

    /// Throws a RangeError.
    #[cold]
    pub fn throw_range_error(&mut self, message: &str) -> Throw {
        self.throw_error(ErrorKind::RangeError, message)
    }

    /// Throws a ReferenceError.
    #[cold]
    pub fn throw_reference_error(&mut self, message: &str) -> Throw {
        self.throw_error(ErrorKind::ReferenceError, message)
    }

    /// Throws a SyntaxError.
    #[cold]
    pub fn throw_syntax_error(&mut self, message: &str) -> Throw {
        self.throw_error(ErrorKind::SyntaxError, message)
    }

    /// Throws an error whose message has the name of a property or variable in quotes.
    #[cold]
    pub(crate) fn throw_about_key(&mut self, kind: ErrorKind, before: &str, key: Key<'s>, after: &str) -> Throw {
        let mut m = Message::new();
        let _ = write!(m, "{before}'");
        m.push_key(self.heap(), self.peek_key(key));
        let _ = write!(m, "'{after}");
        self.throw_error(kind, m.as_str())
    }

    #[cold]
    fn throw_about_value(&mut self, kind: ErrorKind, before: &str, value: Value<'s>, after: &str) -> Throw {
        let mut m = Message::new();
        let _ = m.write_str(before);
        m.push_value(self.heap(), self.peek(value));
        let _ = m.write_str(after);
        self.throw_error(kind, m.as_str())
    }

    /// Throws a TypeError: the property cannot be assigned.
    #[cold]
    pub fn throw_read_only(&mut self, key: Key<'s>) -> Throw {
        self.throw_about_key(ErrorKind::TypeError, "cannot assign to read-only property ", key, "")
    }

    /// Throws a TypeError: the property cannot be defined.
    #[cold]
    pub fn throw_cannot_define(&mut self, key: Key<'s>) -> Throw {
        self.throw_about_key(ErrorKind::TypeError, "cannot define property ", key, "")
    }

    /// Throws a TypeError: the property cannot be deleted.
    #[cold]
    pub fn throw_cannot_delete(&mut self, key: Key<'s>) -> Throw {
        self.throw_about_key(ErrorKind::TypeError, "cannot delete property ", key, "")
    }

    /// Throws a TypeError: what the property holds cannot be called.
    #[cold]
    pub fn throw_not_function_key(&mut self, key: Key<'s>) -> Throw {
        self.throw_about_key(ErrorKind::TypeError, "", key, " is not a function")
    }

    /// Throws a ReferenceError: there is no such variable.
    #[cold]
    pub fn throw_not_defined(&mut self, key: Key<'s>) -> Throw {
        self.throw_about_key(ErrorKind::ReferenceError, "", key, " is not defined")
    }

    /// Throws a ReferenceError: the variable is not initialised yet.
    #[cold]
    pub fn throw_uninitialized(&mut self, key: Key<'s>) -> Throw {
        self.throw_about_key(ErrorKind::ReferenceError, "cannot access ", key, " before initialization")
    }

    /// Throws a TypeError: the value cannot be called.
    #[cold]
    pub fn throw_not_callable(&mut self, value: Value<'s>) -> Throw {
        self.throw_about_callee(value, " is not a function")
    }

    /// Throws a TypeError: the value cannot be constructed.
    #[cold]
    pub fn throw_not_constructor(&mut self, value: Value<'s>) -> Throw {
        self.throw_about_callee(value, " is not a constructor")
    }

    /// As the source text names the value, if it is what the running instruction calls.
    fn throw_about_callee(&mut self, value: Value<'s>, problem: &str) -> Throw {
        let mut m = Message::new();
        if self.running_callee() == Some(self.peek(value)) && self.quote_running(&mut m, true) {
            let _ = write!(m, "{problem} (it is ");
            m.push_value(self.heap(), self.peek(value));
            let _ = m.write_str(")");
        } else {
            m.push_value(self.heap(), self.peek(value));
            let _ = m.write_str(problem);
        }
        self.throw_error(ErrorKind::TypeError, m.as_str())
    }

    /// Throws a TypeError: the value cannot be iterated.
    #[cold]
    pub fn throw_not_iterable(&mut self, value: Value<'s>) -> Throw {
        self.throw_about_value(ErrorKind::TypeError, "", value, " is not iterable")
    }

    /// Throws a TypeError: the value is no object.
    #[cold]
    pub fn throw_not_object(&mut self, value: Value<'s>) -> Throw {
        self.throw_about_value(ErrorKind::TypeError, "", value, " is not an object")
    }

    /// Throws a TypeError: undefined and null have no properties.
    #[cold]
    pub fn throw_nullish_property(&mut self, value: Value<'s>, key: Key<'s>) -> Throw {
        self.throw_about_access("read", "reading", value, key)
    }

    /// Throws a TypeError: undefined and null have no properties to be set.
    #[cold]
    pub fn throw_nullish_store(&mut self, value: Value<'s>, key: Key<'s>) -> Throw {
        self.throw_about_access("set", "setting", value, key)
    }

    /// As `cannot read property 'x' of undefined (reading 'a.b.x')`; without the last part where the source text does not say more.
    fn throw_about_access(&mut self, verb: &str, doing: &str, value: Value<'s>, key: Key<'s>) -> Throw {
        let mut m = Message::new();
        let _ = write!(m, "cannot {verb} property '");
        m.push_key(self.heap(), self.peek_key(key));
        let _ = write!(m, "' of {}", if self.is_undefined(value) { "undefined" } else { "null" });
        let mut quoted = Message::new();
        if self.is_running_access() && self.quote_running(&mut quoted, false) {
            let _ = write!(m, " ({doing} '{}')", quoted.as_str());
        }
        self.throw_error(ErrorKind::TypeError, m.as_str())
    }

    /// Throws a TypeError: a method was called on something it does not work on.
    #[cold]
    pub fn throw_incompatible(&mut self, method: &str, this: Value<'s>) -> Throw {
        let mut m = Message::new();
        let _ = write!(m, "{method} called on incompatible receiver ");
        m.push_value(self.heap(), self.peek(this));
        self.throw_error(ErrorKind::TypeError, m.as_str())
    }

    /// The RangeError of a full stack, made without taking a slot.
    fn make_stack_overflow(&mut self) -> JsResult<Throw> {
        let proto = self.intrinsic_raw(Intrinsic::RangeErrorPrototype)?;
        let shape = object::root_shape(self.heap_mut(), proto, Kind::Error, ERROR_SLOTS)?;
        let error = JsValue::object(object::new_object(self.heap_mut(), shape)?, false);
        let text = n!("Maximum call stack size exceeded").into();
        let key = PropertyKey::name(n!("message"));
        let (error, _) = object::add_property(self.heap_mut(), error, key, text, Attrs::HIDDEN)?;
        self.set_root(RootWord::Exception, error);
        self.set_root(RootWord::StackOverflow, error);
        Ok(self.note(Pending::Exception))
    }
}

impl Isolate {
    /// Throws the RangeError of a full stack. Needs no room on it.
    #[cold]
    #[inline(never)]
    pub(crate) fn stack_overflow(&mut self) -> Throw {
        let mut cx = Cx::enter(self);
        match cx.make_stack_overflow() {
            Ok(throw) | Err(throw) => throw,
        }
    }
}
