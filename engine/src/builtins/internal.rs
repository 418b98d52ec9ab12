//! Functions without a name of their own that the library makes with values bound to them.

use rotifer_jsvalue::Kind;

use super::spec::{Prop, Spec, func, native_id};
use super::{Intrinsic, array, disposable, iterator, promise, proxy};
use crate::cx::{Args, Cx, NULL, Value};
use crate::n;
use crate::throw::JsResult;

macro_rules! closures {
    ($($(#[doc = $doc:literal])* $(#[cfg $feature:tt])? $name:ident = $length:literal $path:path;)*) => {
        /// A function that carries values, see [`Cx::new_closure`](crate::Cx::new_closure).
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub(crate) enum Closure { $($(#[doc = $doc])* $(#[cfg $feature])? $name),* }

        static CLOSURES: &[Prop] = &[$($(#[cfg $feature])? func(n!(""), $length, $path)),*];
    };
}

// The order is part of the image format: new ones go at the end.
closures! {
    /// The resolve function of a promise.
    PromiseResolve = 1 promise::resolve_function;
    /// The reject function of a promise.
    PromiseReject = 1 promise::reject_function;
    /// The executor with which a capability is made.
    CapabilityExecutor = 2 promise::capability_executor;
    /// What `Promise.all` and its kin do with the value of one element.
    CombinatorElement = 1 promise::combinator_element;
    /// `finally`: fulfilled.
    ThenFinally = 1 promise::then_finally;
    /// `finally`: rejected.
    CatchFinally = 1 promise::catch_finally;
    /// Gives a value.
    ReturnValue = 0 promise::return_value;
    /// Throws a value.
    ThrowValue = 0 promise::throw_value;
    /// Revokes a proxy.
    RevokeProxy = 0 proxy::revoke;
    /// Goes on with the disposal of an `AsyncDisposableStack` after an await succeeded.
    DisposeContinue = 1 disposable::continue_dispose;
    /// Goes on with the disposal of an `AsyncDisposableStack` after an await failed.
    DisposeFailed = 1 disposable::failed_dispose;
    /// Calls a disposal method that belongs to a value, without an argument.
    DisposeSync = 0 disposable::call_sync_dispose;
    /// Disposes of a value with a function that is given it.
    DisposeAdopted = 0 disposable::dispose_adopted;
    /// Makes an iterator result of a value that was awaited.
    AsyncFromSyncValue = 1 iterator::async_from_sync::value;
    /// Closes a synchronous iterator one of whose values was rejected.
    AsyncFromSyncClose = 1 iterator::async_from_sync::rejected;
    /// Goes on with `Array.fromAsync` after an await succeeded.
    FromAsyncContinue = 1 array::from_async::fulfilled;
    /// Goes on with `Array.fromAsync` after an await failed.
    FromAsyncFailed = 1 array::from_async::rejected;
    /// Does what an `import()` asked for.
    ContinueImport = 0 crate::interpreter::modules::continue_import;
    /// Gives the namespace of a module.
    ImportNamespace = 0 crate::interpreter::modules::import_namespace;
    /// A module with a top-level `await` has come to its end.
    ModuleFulfilled = 0 crate::interpreter::modules::async_module_fulfilled;
    /// A module with a top-level `await` has failed.
    ModuleRejected = 1 crate::interpreter::modules::async_module_rejected;
    /// A module that `import.defer()` has to wait for is evaluated.
    ImportDependencyReady = 0 crate::interpreter::modules::import_dependency_ready;
    /// A module that `import.defer()` has to wait for has failed.
    ImportDependencyFailed = 1 crate::interpreter::modules::import_dependency_failed;
    /// Compares two strings with the collator it is bound to.
    #[cfg(feature = "intl")]
    IntlCollatorCompare = 2 super::intl::compare_bound;
    /// What the getter `format` of an `Intl.NumberFormat` gives.
    #[cfg(feature = "intl")]
    NumberFormatFormat = 1 super::intl::number_format_format;
    /// Formats a moment.
    #[cfg(feature = "intl")]
    DateTimeFormatFormat = 1 super::intl::format_function;
}

/// The id of the built-in function that emulates undefined (ECMA-262 §B.3.6).
pub(crate) const EMULATES_UNDEFINED_ID: u16 = native_id(Intrinsic::EmulatesUndefined as u8, 0, false);

pub(super) static EMULATES_UNDEFINED: Spec = Spec {
    kind: Kind::Object,
    proto: None,
    function: None,
    props: &[func(n!("IsHTMLDDA"), 0, emulates_undefined)],
    fields: &[],
};

/// What it does when it is called: gives null.
fn emulates_undefined<'s>(_: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(NULL)
}

pub(super) static INTERNAL: Spec =
    Spec { kind: Kind::Object, proto: None, function: None, props: CLOSURES, fields: &[] };
