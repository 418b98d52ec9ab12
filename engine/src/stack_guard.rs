//! How much native stack a recursive routine may still use.

/// The native stack left is below what the caller granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooDeep;

/// A limit on native recursion, compared with the address of a local variable.
///
/// The stack is taken to grow downwards, as it does on every target Rust supports with a native stack.
#[derive(Clone, Copy, Debug)]
pub struct StackGuard {
    lowest: usize,
}

impl StackGuard {
    /// Refuses recursion below the address `lowest`.
    #[must_use]
    pub const fn new(lowest: usize) -> Self {
        StackGuard { lowest }
    }

    /// Never refuses.
    #[must_use]
    pub const fn unlimited() -> Self {
        StackGuard { lowest: 0 }
    }

    /// Grants `bytes` of native stack from the current position.
    #[must_use]
    #[inline(never)]
    pub fn with_budget(bytes: usize) -> Self {
        StackGuard { lowest: position().saturating_sub(bytes) }
    }

    /// # Errors
    /// [`TooDeep`] when the stack has grown below the limit.
    #[inline]
    pub fn check(self) -> Result<(), TooDeep> {
        if position() < self.lowest { Err(TooDeep) } else { Ok(()) }
    }
}

#[inline(always)]
fn position() -> usize {
    let here = 0_u8;
    core::ptr::from_ref(core::hint::black_box(&here)).addr()
}
