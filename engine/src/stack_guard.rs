//! A limit for native recursion.

/// The native stack left is below what was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooDeep;

/// The lowest native stack address that recursion may reach.
///
/// Comparing the address of a local with it is cheap and needs no unsafe code. Everything that recurses as deep as its
/// input says asks [`StackGuard::is_exceeded`] first and gives a typed error. The stack is taken to grow downwards, as it does on
/// every target Rust supports with a native stack.
#[derive(Clone, Copy, Debug)]
pub struct StackGuard {
    lowest: usize,
}

impl StackGuard {
    /// Room kept free below the limit for functions that do not check.
    pub const RESERVE: usize = 48 * 1024;

    /// A guard that never refuses.
    #[must_use]
    pub const fn unlimited() -> Self {
        StackGuard { lowest: 0 }
    }

    /// A guard that lets the stack grow by `bytes` from here, [`StackGuard::RESERVE`] not included.
    #[inline(never)]
    #[must_use]
    pub fn with_room(bytes: usize) -> Self {
        let here = 0_u8;
        StackGuard { lowest: core::ptr::from_ref(&here).addr().saturating_sub(bytes) }
    }

    /// A guard for a native stack of `size` bytes of which little is used so far.
    #[must_use]
    pub fn for_stack_of(size: usize) -> Self {
        Self::with_room(size.saturating_sub(Self::RESERVE + size / 16))
    }

    /// Whether the stack has grown past the limit.
    #[inline(always)]
    #[must_use]
    pub fn is_exceeded(self) -> bool {
        let here = 0_u8;
        core::hint::black_box(core::ptr::from_ref(&here)).addr() < self.lowest
    }

    /// As [`StackGuard::is_exceeded`], to be used with `?`.
    ///
    /// # Errors
    /// [`TooDeep`] when the stack has grown past the limit.
    #[inline]
    pub fn check(self) -> Result<(), TooDeep> {
        if self.is_exceeded() { Err(TooDeep) } else { Ok(()) }
    }
}
