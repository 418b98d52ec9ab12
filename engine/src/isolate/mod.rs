//! An isolate: one block of memory, its limits, and what the host has attached to it.

mod limits;
mod loader;
mod pool;
mod realm;
mod roots;

use alloc::boxed::Box;
use alloc::vec::Vec;

use rotifer_arena::ArenaPool;
use rotifer_gc::{HeapConfig, HeapContext, HeapError};
use rotifer_jsvalue::{Heap, JsModel, JsValue};

pub use limits::{CancelHandle, Limits};
pub(crate) use limits::{Meter, clock};
pub use loader::{Load, ModuleLoader};
pub use pool::IsolatePool;
pub(crate) use realm::{native_info, realm_word};
pub(crate) use roots::RootWord;

use crate::cx::Cx;
use crate::stack_guard::StackGuard;
pub(crate) use crate::throw::Pending;

/// What a host function looks like inside.
pub(crate) type HostCallback =
    Box<dyn for<'s> FnMut(&mut Cx<'s>, &crate::cx::Args<'s>) -> crate::throw::JsResult<crate::cx::Value<'s>> + Send>;

/// A function of the host.
pub(crate) enum HostFunction {
    /// Not there: an image refers to it, and it has not been registered yet.
    Missing,
    /// A closure that is running, and cannot be called a second time meanwhile.
    Running,
    /// A closure.
    Closure(HostCallback),
    /// A function without a state of its own.
    Native(crate::cx::NativeFn),
}

/// A JavaScript isolate: heap, globals, jobs and limits. It shares nothing with any other and can be sent to another thread.
pub struct Isolate {
    pub(crate) heap: Heap,
    pub(crate) pending: Pending,
    /// There is more than one realm: calls have to look whether they lead into another one.
    pub(crate) many_realms: bool,
    /// Property epoch, number of collections and prototype for which `for in` found nothing to enumerate from there on.
    pub(crate) nothing_to_enumerate: (u32, u32, u64),
    pub(crate) seen_keys: crate::interpreter::SeenKeys,
    pub(crate) species: crate::ops::DefaultSpecies,
    pub(crate) meter: Meter,
    pub(crate) guard: StackGuard,
    /// The limits it was made with.
    pub(crate) limits: Limits,
    /// Ends whenever an object that serves as a prototype changes; inline caches that look beyond the receiver compare it.
    pub(crate) epoch: u32,
    /// Counts identity hashes and symbols given out.
    pub(crate) next_hash: u32,
    /// The frame running, as the word its registers begin at; 0 when none is.
    pub(crate) frame: u32,
    pub(crate) host: Host,
}

/// What lives outside the block because it belongs to the host.
pub(crate) struct Host {
    pub functions: Vec<HostFunction>,
    pub loader: Option<Box<dyn ModuleLoader + Send>>,
    pub print: Option<Box<dyn FnMut(&str) + Send>>,
    /// State of `Math.random`.
    pub random: u64,
    pub test262: bool,
    pub expose_gc: bool,
}

/// Why an isolate could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewIsolateError {
    /// The memory limit is below what an isolate needs to exist.
    LimitTooSmall,
    /// The memory cannot be reserved.
    Reserve,
}

impl core::fmt::Display for NewIsolateError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            NewIsolateError::LimitTooSmall => "the memory limit is too small for an isolate",
            NewIsolateError::Reserve => "the memory for the isolate cannot be reserved",
        })
    }
}

impl core::error::Error for NewIsolateError {}

impl HeapContext for Isolate {
    type Model = JsModel;

    #[inline]
    fn heap(&self) -> &Heap {
        &self.heap
    }

    #[inline]
    fn heap_mut(&mut self) -> &mut Heap {
        &mut self.heap
    }
}

impl Isolate {
    /// Makes an isolate with one realm.
    ///
    /// # Errors
    /// [`NewIsolateError`] when the limits leave no room, or the memory cannot be had.
    pub fn new(limits: Limits) -> Result<Isolate, NewIsolateError> {
        Isolate::empty(&limits, None)?.furnish()
    }

    /// Gives an empty isolate its realm.
    fn furnish(mut self) -> Result<Isolate, NewIsolateError> {
        let isolate = &mut self;
        for i in 0..RootWord::COUNT {
            isolate.heap.set_root(i, JsValue::UNDEFINED.to_bits());
        }
        let mut cx = Cx::enter(isolate);
        cx.create_realm().map_err(|_| NewIsolateError::LimitTooSmall)?;
        drop(cx);
        isolate.pending = Pending::None;
        isolate.set_root(RootWord::Exception, JsValue::UNDEFINED);
        Ok(self)
    }

    /// An isolate with an empty heap, in which nothing works yet, in a block of `pool` if there is one.
    pub(crate) fn empty(limits: &Limits, pool: Option<&ArenaPool>) -> Result<Isolate, NewIsolateError> {
        let config = HeapConfig {
            limit: limits.memory,
            stack: limits.stack,
            roots: RootWord::COUNT,
            nursery: 1 << 20,
            clock: clock(),
        };
        let heap = match pool {
            Some(pool) => Heap::with_arena(config, pool.arena().map_err(|_| NewIsolateError::Reserve)?),
            None => Heap::new(config),
        };
        let mut heap = heap.map_err(|e| match e {
            HeapError::TooSmall | HeapError::Image => NewIsolateError::LimitTooSmall,
            HeapError::Reserve => NewIsolateError::Reserve,
        })?;
        heap.set_stress(limits.gc_stress);
        Ok(Isolate::around(heap, limits))
    }

    fn around(heap: Heap, limits: &Limits) -> Isolate {
        Isolate {
            heap,
            pending: Pending::None,
            many_realms: false,
            nothing_to_enumerate: (0, 0, 0),
            seen_keys: crate::interpreter::SeenKeys::NONE,
            species: crate::ops::DefaultSpecies::default(),
            meter: Meter::new(limits),
            guard: StackGuard::unlimited(),
            limits: limits.clone(),
            epoch: 1,
            next_hash: 1,
            frame: 0,
            host: Host {
                functions: Vec::new(),
                loader: None,
                print: None,
                random: limits.random_seed,
                test262: false,
                expose_gc: false,
            },
        }
    }

    /// Says where modules come from; without a loader only modules given as text that import nothing can run.
    pub fn set_module_loader(&mut self, loader: Option<Box<dyn ModuleLoader + Send>>) {
        self.host.loader = loader;
    }

    /// Reads a root word.
    #[inline]
    pub(crate) fn root_word(&self, word: RootWord) -> JsValue {
        JsValue::from_bits(self.heap.root(word as u32))
    }

    /// Writes a root word.
    #[inline]
    pub(crate) fn set_root(&mut self, word: RootWord, value: JsValue) {
        self.heap.set_root(word as u32, value.to_bits());
    }

    /// Ends the property epoch: a prototype has changed.
    #[inline]
    pub(crate) fn end_epoch(&mut self) {
        self.set_root(RootWord::AppendShape, JsValue::UNDEFINED);
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.epoch = 1;
        }
    }
}

impl core::fmt::Debug for Isolate {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Isolate").field("heap", &self.heap).finish_non_exhaustive()
    }
}
