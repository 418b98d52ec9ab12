use core::fmt;

/// A reference that keeps its value alive.
///
/// # Contract
///
/// * `strong.downgrade().upgrade()` gives a reference for which [`ptr_eq`](Self::ptr_eq) with `strong` holds.
/// * `a.ptr_eq(&b)` holds exactly when `a.id() == b.id()`.
/// * `strong.downgrade().id() == strong.id()`.
///
/// A container may misbehave when an implementation breaks these promises, but must stay memory-safe.
pub trait StrongRef: Sized {
    /// The reference that does not keep the value alive.
    type Weak: WeakRef<Strong = Self>;

    /// Makes a weak reference to the same value.
    fn downgrade(&self) -> Self::Weak;

    /// Whether both refer to the same value (the same allocation, not merely an equal one).
    fn ptr_eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }

    /// The identity of the value; see [`RefId`].
    fn id(&self) -> RefId;

    /// How many strong references the value has, this one included.
    ///
    /// A hint: other threads may change the number at any time, and an implementation that cannot know answers 1.
    fn strong_count(&self) -> usize {
        1
    }
}

/// A reference that leaves its value to others to keep alive.
///
/// # Contract
///
/// Once [`is_expired`](Self::is_expired) has answered `true`, it answers `true` forever and
/// [`upgrade`](Self::upgrade) gives `None`.
pub trait WeakRef: Sized {
    /// The reference that keeps the value alive.
    type Strong: StrongRef<Weak = Self>;

    /// Makes a strong reference if the value is still alive.
    fn upgrade(&self) -> Option<Self::Strong>;

    /// Whether the value is gone.
    ///
    /// `false` may be out of date as soon as it is returned; `true` is final.
    fn is_expired(&self) -> bool {
        self.upgrade().is_none()
    }

    /// The identity of the value, alive or not; see [`RefId`].
    fn id(&self) -> RefId;

    /// How many strong references the value has, zero when it is gone.
    ///
    /// A hint: other threads may change the number at any time, and an implementation that cannot know answers 1 for a
    /// value that is alive. Zero is never a guess.
    fn strong_count(&self) -> usize {
        usize::from(!self.is_expired())
    }

    /// Whether both weak references refer to the same value, alive or not.
    fn ptr_eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }

    /// Whether this is a weak reference to the value of `strong`.
    fn refers_to(&self, strong: &Self::Strong) -> bool {
        self.id() == strong.id()
    }
}

/// Tells the values behind references apart.
///
/// Equal for two references of one type exactly when they refer to the same value, and constant for as long as one of them,
/// strong or weak, exists. After the last of them is gone the number may be used again. It says nothing about the order
/// in which values were made, and whether it is an address is up to the implementation: a moving collector has to use
/// something else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefId(u64);

impl RefId {
    /// The address of a value that does not move while references to it exist. Metadata of unsized pointers is left out.
    #[must_use]
    pub fn from_address<T: ?Sized>(pointer: *const T) -> Self {
        RefId(pointer.cast::<()>().addr() as u64)
    }

    /// A number that the implementation guarantees to be unique.
    #[must_use]
    pub const fn from_raw(number: u64) -> Self {
        RefId(number)
    }

    /// The number itself.
    #[must_use]
    pub const fn to_raw(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for RefId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefId({:#x})", self.0)
    }
}
