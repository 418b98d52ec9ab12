//! Functions of the host.

use alloc::boxed::Box;
use core::fmt;

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, field, object};

use super::error::{Error, Stage, take_error};
use super::value::{FromJs, Handle, IntoJs};
use crate::builtins::Intrinsic;
use crate::cx::{self, Args, Cx, Object};
use crate::isolate::{HostFunction, Isolate, RootWord};
use crate::n;
use crate::throw::JsResult;

/// A call of a host function: its arguments, and the isolate it was made from.
pub struct Call<'c, 's> {
    cx: &'c mut Cx<'s>,
    args: Args<'s>,
}

impl fmt::Debug for Call<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl<'s> Call<'_, 's> {
    /// How many arguments were given.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.args.len()
    }

    /// Whether no argument was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.args.is_empty()
    }

    /// Argument `i` (undefined when there are not that many).
    ///
    /// # Errors
    /// [`Error::Conversion`] when it is something else than asked for; returned from the function that is a TypeError.
    pub fn arg<T: FromJs>(&mut self, i: u32) -> Result<T, Error> {
        T::from_js(self.cx, self.args.get(i)).map_err(|e| match e {
            Error::Conversion(what) => Error::Conversion(alloc::format!("argument {}: {what}", i + 1).into()),
            e => e,
        })
    }

    /// Argument `i` as a string, converted as `String(argument)` does.
    ///
    /// # Errors
    /// What the conversion throws.
    pub fn text(&mut self, i: u32) -> Result<alloc::string::String, Error> {
        let result = self.cx.to_string(self.args.get(i)).and_then(|s| self.cx.rust_string(s, usize::MAX));
        result.map_err(|_| take_error(self.cx, Stage::Run))
    }

    /// The `this` value.
    ///
    /// # Errors
    /// [`Error::Conversion`] when it is something else than asked for.
    pub fn this<T: FromJs>(&mut self) -> Result<T, Error> {
        T::from_js(self.cx, self.args.this())
    }

    /// Calls a function of the isolate.
    ///
    /// # Errors
    /// What it throws.
    pub fn call<T: FromJs>(&mut self, f: &Handle, this: impl IntoJs, args: impl IntoArgs) -> Result<T, Error> {
        call(self.cx, f, this, args)
    }

    /// The scope of the call, for everything this type has no method for.
    pub fn cx(&mut self) -> &mut Cx<'s> {
        self.cx
    }

    /// The raw arguments, to be used with [`Call::cx`].
    #[must_use]
    pub fn raw(&self) -> Args<'s> {
        self.args
    }
}

/// Arguments of a call: a tuple, an array, or a vector of values.
pub trait IntoArgs {
    /// Appends them to an array of the isolate.
    ///
    /// # Errors
    /// Out of memory.
    fn push_to<'s>(self, cx: &mut Cx<'s>, list: Object<'s>) -> JsResult<()>;
}

macro_rules! tuples {
    ($(($($t:ident)*))*) => {$(
        impl<$($t: IntoJs),*> IntoArgs for ($($t,)*) {
            #[allow(non_snake_case, unused_variables, reason = "one name for type and value")]
            fn push_to<'s>(self, cx: &mut Cx<'s>, list: Object<'s>) -> JsResult<()> {
                let ($($t,)*) = self;
                $( let v = $t.into_js(cx)?; cx.push(list, v)?; )*
                Ok(())
            }
        }
    )*};
}

tuples! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

impl<T: IntoJs> IntoArgs for alloc::vec::Vec<T> {
    fn push_to<'s>(self, cx: &mut Cx<'s>, list: Object<'s>) -> JsResult<()> {
        for item in self {
            let mut cx = cx.nest();
            let v = item.into_js(&mut cx)?;
            cx.push(list, v)?;
        }
        Ok(())
    }
}

impl<T: IntoJs, const N: usize> IntoArgs for [T; N] {
    fn push_to<'s>(self, cx: &mut Cx<'s>, list: Object<'s>) -> JsResult<()> {
        for item in self {
            let v = item.into_js(cx)?;
            cx.push(list, v)?;
        }
        Ok(())
    }
}

impl<T> IntoArgs for &[T]
where
    for<'a> &'a T: IntoJs,
{
    fn push_to<'s>(self, cx: &mut Cx<'s>, list: Object<'s>) -> JsResult<()> {
        for item in self {
            let mut cx = cx.nest();
            let v = item.into_js(&mut cx)?;
            cx.push(list, v)?;
        }
        Ok(())
    }
}

pub(super) fn call<'s, T: FromJs>(
    cx: &mut Cx<'s>,
    f: &Handle,
    this: impl IntoJs,
    args: impl IntoArgs,
) -> Result<T, Error> {
    let mut cx = cx.nest();
    let result = (|| {
        let f = f.into_js(&mut cx)?;
        let this = this.into_js(&mut cx)?;
        let list = cx.new_array(0, 0)?;
        args.push_to(&mut cx, list)?;
        cx.keep_reserve();
        cx.call_with_array(f, this, list)
    })();
    match result {
        Ok(v) => T::from_js(&mut cx, v),
        Err(_) => Err(take_error(&mut cx, Stage::Run)),
    }
}

/// A function object for host function number `id`.
pub(super) fn function_object<'s>(cx: &mut Cx<'s>, id: i32, name: &str, length: u8) -> JsResult<Object<'s>> {
    let name = cx.key_from_str(name)?;
    let name = cx.key_to_value(name)?;
    let proto = cx.intrinsic(Intrinsic::FunctionPrototype)?;
    let f = cx.new_object_of(Kind::HostFunction, proto, 2)?;
    let at = cx.peek(f).index();
    cx.heap_mut().init(at + field::HostFunction::id, JsValue::int(id));
    for (key, value) in [(n!("length"), crate::cx::imm(i32::from(length))), (n!("name"), name)] {
        let (f, value) = (cx.peek(f), cx.peek(value));
        object::add_property(cx.heap_mut(), f, PropertyKey::name(key), value, Attrs::CONFIGURABLE)?;
    }
    Ok(f)
}

impl Isolate {
    /// Registers a function under a global name. Registering the same name again replaces what it does, and scripts that hold the
    /// function see the new one; so an isolate loaded from an image gets its functions back by name.
    ///
    /// ```
    /// use rotifer::{Call, Error, Isolate, Limits};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut isolate = Isolate::new(Limits::default())?;
    /// isolate.register("add", 2, |call: &mut Call| Ok::<_, Error>(call.arg::<f64>(0)? + call.arg::<f64>(1)?))?;
    /// assert_eq!(isolate.eval("add(40, 2)", "add.js")?.as_number(), Some(42.0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Out of memory.
    pub fn register<F, R>(&mut self, name: &str, length: u8, mut f: F) -> Result<(), Error>
    where
        F: FnMut(&mut Call<'_, '_>) -> R + Send + 'static,
        R: IntoJs,
    {
        let callback = HostFunction::Closure(Box::new(move |cx, args| {
            let result = f(&mut Call { cx, args: *args });
            result.into_js(cx)
        }));
        self.register_callback(name, length, callback, true)
    }

    /// As [`Isolate::register`], without the conversions; `global`: whether a property of the global object is made.
    pub(crate) fn register_callback(
        &mut self,
        name: &str,
        length: u8,
        callback: HostFunction,
        global: bool,
    ) -> Result<(), Error> {
        let (id, known) = self.enter(|| Stage::Run, |cx| host_function_id(cx, name))?;
        let index = id as usize;
        if self.host.functions.len() <= index {
            self.host.functions.resize_with(index + 1, || HostFunction::Missing);
        }
        self.host.functions[index] = callback;
        if known || !global {
            return Ok(());
        }
        self.enter(
            || Stage::Run,
            |cx| {
                let f = function_object(cx, id, name, length)?;
                let global = cx.global()?;
                define_hidden(cx, global, name, f.cast())
            },
        )
    }
}

/// Defines a property as built-in functions are defined: writable and configurable.
pub(super) fn define_hidden<'s>(cx: &mut Cx<'s>, object: Object<'s>, name: &str, value: cx::Value<'s>) -> JsResult<()> {
    let key = cx.key_from_str(name)?;
    let descriptor = crate::ops::PropertyDescriptor::data(value, Attrs::HIDDEN);
    cx.define_property_or_throw(object, key, &descriptor)
}

/// The number of the host function with this name, and whether it had one before. The list of names is part of images.
pub(super) fn host_function_id(cx: &mut Cx<'_>, name: &str) -> JsResult<(i32, bool)> {
    let list = cx.root_word(RootWord::HostNames);
    let list = if list.is_heap_object() {
        cx.root_object(list)?
    } else {
        let list = cx.new_array(0, 0)?;
        let raw = cx.peek(list);
        cx.set_root(RootWord::HostNames, raw);
        list
    };
    let count = cx.array_len(list);
    let wanted = cx.key_from_str(name)?;
    let wanted = cx.key_to_value(wanted)?;
    for i in 0..count {
        let item = cx.array_item_raw(list, i);
        let same = item.is_string() && {
            let wanted = cx.peek(wanted);
            rotifer_jsvalue::string::equal(cx.heap_mut(), item, wanted)?
        };
        if same {
            return Ok((i as i32, true));
        }
    }
    cx.push(list, wanted)?;
    Ok((count as i32, false))
}
