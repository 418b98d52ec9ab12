//! Limits on what collections allocate.

#[cfg(not(target_has_atomic = "ptr"))]
use alloc::rc::Rc as Shared;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc as Shared;
use core::alloc::Layout;
use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that a collection, or several together, may allocate for their entries.
///
/// A collection to which a budget is attached (`set_budget`) asks it before every allocation, while a table moves also for the
/// old and the new memory together, and gives back what it frees. A `try_` operation for which the budget does not suffice
/// first removes everything that has expired, then answers [`TryReserveError::OverBudget`]; other operations panic then.
/// What the values themselves take is not counted. Clones of a budget are the same budget; a clone of a collection has none.
///
/// ```
/// use std::rc::{Rc, Weak};
/// use rotifer_weakmap::{Budget, TryReserveError, WeakMap};
///
/// let budget = Budget::new(4096);
/// let mut map = WeakMap::<u64, Weak<u64>>::new();
/// map.set_budget(&budget)?;
/// let value = Rc::new(1);
/// let refused = (0..1_000_000).find_map(|key| map.try_insert(key, &value).err());
/// assert!(matches!(refused, Some(TryReserveError::OverBudget { .. })));
/// assert!(budget.used() <= budget.limit());
/// drop(map);
/// assert_eq!(budget.used(), 0);
/// # Ok::<(), TryReserveError>(())
/// ```
#[derive(Clone)]
pub struct Budget(Shared<State>);

struct State {
    limit: AtomicUsize,
    used: AtomicUsize,
}

impl Budget {
    /// A budget of this many bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Budget(Shared::new(State { limit: AtomicUsize::new(limit), used: AtomicUsize::new(0) }))
    }

    /// The bytes there may be.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.0.limit.load(Ordering::Relaxed)
    }

    /// Changes the limit. What has been allocated stays, even if that is more.
    pub fn set_limit(&self, limit: usize) {
        self.0.limit.store(limit, Ordering::Relaxed);
    }

    /// The bytes that are allocated.
    #[must_use]
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    fn charge(&self, bytes: usize) -> Result<(), TryReserveError> {
        let mut left = 0;
        let charge = |used: usize| {
            left = self.limit().saturating_sub(used);
            (bytes <= left).then(|| used.saturating_add(bytes))
        };
        self.update(charge).map(drop).map_err(|_| TryReserveError::OverBudget { needed: bytes, left })
    }

    fn release(&self, bytes: usize) {
        let _ = self.update(|used| Some(used.saturating_sub(bytes)));
    }

    fn update(&self, change: impl FnMut(usize) -> Option<usize>) -> Result<usize, usize> {
        #[cfg(target_has_atomic = "ptr")]
        return self.0.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change);
        #[cfg(not(target_has_atomic = "ptr"))]
        {
            let (mut change, used) = (change, self.used());
            let changed = change(used).ok_or(used)?;
            self.0.used.store(changed, Ordering::Relaxed);
            Ok(used)
        }
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("limit", &self.limit()).field("used", &self.used()).finish()
    }
}

/// What one collection has taken from its budget, if it has one.
#[derive(Default)]
pub(crate) struct Account {
    budget: Option<Budget>,
    charged: usize,
}

impl Account {
    pub const fn none() -> Self {
        Account { budget: None, charged: 0 }
    }

    pub fn attach(&mut self, budget: &Budget, bytes: usize) -> Result<(), TryReserveError> {
        budget.charge(bytes)?;
        *self = Account { budget: Some(budget.clone()), charged: bytes };
        Ok(())
    }

    pub fn budget(&self) -> Option<&Budget> {
        self.budget.as_ref()
    }

    /// Takes bytes before they are allocated.
    #[inline]
    pub fn charge(&mut self, bytes: usize) -> Result<(), TryReserveError> {
        let Some(budget) = &self.budget else { return Ok(()) };
        budget.charge(bytes)?;
        self.charged += bytes;
        Ok(())
    }

    /// Gives bytes back.
    #[inline]
    pub fn release(&mut self, bytes: usize) {
        let Some(budget) = &self.budget else { return };
        let bytes = bytes.min(self.charged);
        budget.release(bytes);
        self.charged -= bytes;
    }

    /// Gives back what was taken beyond these bytes.
    #[inline]
    pub fn settle(&mut self, bytes: usize) {
        self.release(self.charged.saturating_sub(bytes));
    }
}

impl Clone for Account {
    fn clone(&self) -> Self {
        Account::none()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.release(self.charged);
    }
}

/// Why there is no room for more entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TryReserveError {
    /// More was asked for than there can be memory.
    CapacityOverflow,
    /// The allocator refused.
    AllocError {
        /// What it was asked for.
        layout: Layout,
    },
    /// The [`Budget`] does not suffice.
    OverBudget {
        /// The bytes that were to be allocated.
        needed: usize,
        /// The bytes that were left.
        left: usize,
    },
}

impl TryReserveError {
    /// For operations without an answer for it.
    #[cold]
    #[track_caller]
    pub(crate) fn raise(self) -> ! {
        match self {
            TryReserveError::AllocError { layout } => alloc::alloc::handle_alloc_error(layout),
            other => panic!("{other}"),
        }
    }
}

impl fmt::Display for TryReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TryReserveError::CapacityOverflow => f.write_str("more capacity than memory can have"),
            TryReserveError::AllocError { layout } => write!(f, "no memory for {} bytes", layout.size()),
            TryReserveError::OverBudget { needed, left } => {
                write!(f, "{needed} bytes needed, {left} left in the budget")
            }
        }
    }
}

impl core::error::Error for TryReserveError {}

impl From<hashbrown::TryReserveError> for TryReserveError {
    fn from(error: hashbrown::TryReserveError) -> Self {
        match error {
            hashbrown::TryReserveError::CapacityOverflow => TryReserveError::CapacityOverflow,
            hashbrown::TryReserveError::AllocError { layout } => TryReserveError::AllocError { layout },
        }
    }
}
