//! Limits on what an isolate may use, and the meter that enforces the ones on time.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

use super::{Isolate, Pending};
use crate::cx::Cx;
use crate::throw::{JsResult, Throw};

/// What an isolate may use. Made with [`Limits::default`] and the setters.
///
/// ```
/// use rotifer::Limits;
///
/// let limits = Limits::default().memory(8 << 20).fuel(Some(1_000_000));
/// assert_eq!(limits.memory, 8 << 20);
/// ```
#[derive(Clone, Debug)]
pub struct Limits {
    /// The size of the isolate's block in bytes: everything a script can make grow is in it. 16 MiB by default.
    pub memory: usize,
    /// The most bytes of the block that the stack of JavaScript frames may take. A quarter of the memory, at most 1 MiB, by default.
    pub stack: usize,
    /// How many bytes of native stack may be used from the point of entry. Recursion that cannot live on the JavaScript stack (a native
    /// function calling back, nested source text) is bounded by it. `None`: a twelfth of the memory, but 256 KiB at least, and never
    /// more than there is.
    pub native_stack: Option<usize>,
    /// The instruction budget, counted in loop rounds, calls and steps of long-running built-ins; deterministic. `None`: no limit.
    pub fuel: Option<u64>,
    /// How long one evaluation may take.
    pub timeout: Option<core::time::Duration>,
    /// Seed of `Math.random`.
    pub random_seed: u64,
    /// Moves every block at every allocation of this number, to find what refers to moved blocks; 0 (the default): never. See
    /// [`Isolate::set_gc_stress`].
    ///
    /// In builds with debug assertions the environment variable `ROTIFER_GC_STRESS` is the default, so that a whole test suite can
    /// be run that way.
    pub gc_stress: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: 0,
            stack: 0,
            native_stack: None,
            fuel: None,
            timeout: None,
            random_seed: 0x2545_F491_4F6C_DD1D,
            gc_stress: default_gc_stress(),
        }
        .memory(16 << 20)
    }
}

#[cfg(all(feature = "std", debug_assertions))]
fn default_gc_stress() -> u32 {
    static EVERY: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *EVERY.get_or_init(|| std::env::var("ROTIFER_GC_STRESS").ok().and_then(|every| every.parse().ok()).unwrap_or(0))
}

#[cfg(not(all(feature = "std", debug_assertions)))]
fn default_gc_stress() -> u32 {
    0
}

impl Limits {
    /// With this memory limit in bytes, and the default stack for it.
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self.stack = (bytes / 4).min(1 << 20);
        self
    }

    /// With this limit for the stack of JavaScript frames in bytes.
    #[must_use]
    pub fn stack(mut self, bytes: usize) -> Self {
        self.stack = bytes;
        self
    }

    /// With this budget of native stack in bytes.
    #[must_use]
    pub fn native_stack(mut self, bytes: usize) -> Self {
        self.native_stack = Some(bytes);
        self
    }

    /// With a moving collection at every allocation of this number; 0 for none.
    #[must_use]
    pub fn gc_stress(mut self, every: u32) -> Self {
        self.gc_stress = every;
        self
    }

    /// With this instruction budget.
    #[must_use]
    pub fn fuel(mut self, fuel: Option<u64>) -> Self {
        self.fuel = fuel;
        self
    }

    /// With this time limit for each evaluation.
    #[must_use]
    pub fn timeout(mut self, timeout: Option<core::time::Duration>) -> Self {
        self.timeout = timeout;
        self
    }
}

/// Stops an isolate from another thread.
#[derive(Clone, Debug, Default)]
pub struct CancelHandle(Arc<AtomicBool>);

impl CancelHandle {
    /// Makes whatever the isolate is running end with [`Error::Cancelled`](crate::Error::Cancelled) soon.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Lets the isolate run again.
    pub fn reset(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Steps between two looks at the clock and the cancel flag.
const INTERVAL: i64 = 16_384;

/// Counts steps: loop rounds, calls, and the work of long built-ins.
#[derive(Debug)]
pub(crate) struct Meter {
    /// Steps until the next look; the interpreter counts it down.
    pub left: i64,
    /// What `left` was set to at the last look.
    granted: i64,
    /// Fuel not yet granted.
    fuel: Option<u64>,
    pub timeout: Option<core::time::Duration>,
    #[cfg(feature = "std")]
    deadline: Option<std::time::Instant>,
    pub cancel: CancelHandle,
}

impl Meter {
    pub fn new(limits: &Limits) -> Self {
        let mut meter = Meter {
            left: 0,
            granted: 0,
            fuel: limits.fuel,
            timeout: limits.timeout,
            #[cfg(feature = "std")]
            deadline: None,
            cancel: CancelHandle::default(),
        };
        meter.grant();
        meter
    }

    fn grant(&mut self) {
        let n = match &mut self.fuel {
            Some(fuel) => {
                let n = (*fuel).min(INTERVAL as u64);
                *fuel -= n;
                n as i64
            }
            None => INTERVAL,
        };
        self.left = n;
        self.granted = n;
    }

    /// The fuel that is left; `None` without a limit.
    pub fn fuel_left(&self) -> Option<u64> {
        self.fuel.map(|f| f + self.left.max(0) as u64)
    }

    /// Sets the instruction budget anew.
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        self.fuel = fuel;
        self.grant();
    }

    /// Starts the clock of one evaluation.
    pub fn start(&mut self) {
        #[cfg(feature = "std")]
        {
            self.deadline = self.timeout.map(|t| std::time::Instant::now() + t);
        }
    }

    /// Counts steps where only the meter is at hand.
    #[inline]
    pub fn charge(&mut self, steps: u32) -> Result<(), Pending> {
        self.left -= i64::from(steps);
        if self.left <= 0 { self.check() } else { Ok(()) }
    }

    /// What [`Isolate::poll`] does: grants more steps, or says why not.
    #[cold]
    fn check(&mut self) -> Result<(), Pending> {
        if self.cancel.is_cancelled() {
            return Err(Pending::Cancelled);
        }
        if self.is_late() {
            return Err(Pending::Deadline);
        }
        // What the last grant overdrew is owed.
        let owed = -self.left.min(0);
        self.grant();
        self.left -= owed;
        if self.left <= 0 && self.fuel == Some(0) {
            self.left = 0;
            return Err(Pending::OutOfFuel);
        }
        Ok(())
    }

    #[cfg(feature = "std")]
    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|d| std::time::Instant::now() >= d)
    }

    #[cfg(not(feature = "std"))]
    fn is_late(&self) -> bool {
        false
    }
}

impl Isolate {
    /// To be called when the meter has run down: grants more steps, or says why not.
    ///
    /// # Errors
    /// Out of fuel, past the deadline, cancelled.
    #[cold]
    #[inline(never)]
    pub(crate) fn poll(&mut self) -> Result<(), Throw> {
        match self.meter.check() {
            Ok(()) => Ok(()),
            Err(pending) => Err(self.note(pending)),
        }
    }

    /// Notes what is being thrown, other than an exception.
    pub(crate) fn note(&mut self, pending: Pending) -> Throw {
        self.pending = pending;
        Throw::noted()
    }

    /// A handle with which another thread can stop this isolate.
    #[must_use]
    pub fn cancel_handle(&self) -> CancelHandle {
        self.meter.cancel.clone()
    }

    /// The fuel that is left; `None` without a limit.
    #[must_use]
    pub fn fuel_left(&self) -> Option<u64> {
        self.meter.fuel_left()
    }

    /// Sets the instruction budget anew.
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        self.meter.set_fuel(fuel);
    }

    /// Sets the time limit of each evaluation anew.
    pub fn set_timeout(&mut self, timeout: Option<core::time::Duration>) {
        self.meter.timeout = timeout;
    }
}

impl Cx<'_> {
    /// Counts `steps` steps of work in a long-running built-in.
    ///
    /// # Errors
    /// Out of fuel, past the deadline, cancelled.
    #[inline]
    pub fn tick(&mut self, steps: u32) -> JsResult<()> {
        self.meter.left -= i64::from(steps);
        if self.meter.left <= 0 { self.poll() } else { Ok(()) }
    }

    /// Checks that the native stack has room for another level of recursion.
    ///
    /// # Errors
    /// Stack overflow (a RangeError that scripts can catch).
    #[inline]
    pub fn check_native_stack(&mut self) -> JsResult<()> {
        if self.guard.check().is_err() { Err(self.stack_overflow()) } else { Ok(()) }
    }
}

#[cfg(feature = "std")]
pub(crate) fn clock() -> Option<fn() -> u64> {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    Some(|| u64::try_from(START.get_or_init(Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(not(feature = "std"))]
pub(crate) fn clock() -> Option<fn() -> u64> {
    None
}
