//! The root words of an isolate: everything it holds hangs on one of these or on the stack.

/// A root word, by number. They are part of an image, so new ones go at the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
#[allow(dead_code, reason = "part of the image format")]
pub(crate) enum RootWord {
    /// Table of interned strings.
    Atoms,
    /// The exception on its way.
    Exception,
    /// List of realms.
    Realms,
    /// The realm running.
    Realm,
    /// Queue of promise and other jobs.
    Jobs,
    /// Symbols of `Symbol.for`, an object from key to symbol.
    SymbolRegistry,
    /// Objects that hold the properties of built-in functions, by realm and id.
    NativeObjects,
    /// Epoch, hash counter and so on, as a raw number, while the isolate is an image.
    Counters,
    /// The last match of the legacy RegExp static properties.
    RegExpStatics,
    /// Finalization registries that may have something to do.
    Registries,
    /// Values kept alive until the current job ends (WeakRef targets).
    KeptAlive,
    /// Names of the host functions an image refers to.
    HostNames,
    /// Modules loaded.
    Modules,
    /// Modules whose content has not come yet.
    Loads,
    /// Imports that wait for modules.
    Imports,
    /// Timers and the like of the command.
    HostData,
    /// Promises rejected without a handler.
    Rejections,
    /// The shape of arrays to which elements can be added without a look at their prototypes, until the property epoch ends.
    AppendShape,
    /// The error that a stack overflow became.
    StackOverflow,
    /// The table for property accesses that see many shapes.
    Stubs,
}

impl RootWord {
    /// How many there are.
    pub const COUNT: u32 = RootWord::Stubs as u32 + 1;
}
