//! How a pool is set up.

use super::magazine::CAPACITY;

/// The size, number and alignment of the blocks of a [`BlockPool`](crate::BlockPool).
///
/// ```
/// use rotifer_arena::PoolConfig;
///
/// const CONFIG: PoolConfig = PoolConfig::new().block_size(16 << 10).initial(64).max(4096);
/// assert_eq!(CONFIG.region_bytes(), 64 << 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolConfig {
    pub(crate) block_size: usize,
    pub(crate) align: usize,
    pub(crate) initial: u32,
    pub(crate) max: u32,
    pub(crate) smallest: usize,
    pub(crate) cached: u32,
}

/// The most blocks a pool can have.
pub(crate) const MOST_BLOCKS: u32 = 1 << 26;

impl PoolConfig {
    /// Ten blocks of 4096 bytes at first, aligned to 16 bytes, and as many more as are asked for.
    #[must_use]
    pub const fn new() -> Self {
        PoolConfig { block_size: 4096, align: 16, initial: 10, max: MOST_BLOCKS, smallest: 2049, cached: u32::MAX }
    }

    /// With blocks of this many bytes, rounded up to the alignment. What [`PoolConfig::smallest`] says is set to more than half of it.
    #[must_use]
    pub const fn block_size(mut self, bytes: usize) -> Self {
        self.block_size = if bytes == 0 { 1 } else { bytes };
        self.smallest = self.block_size / 2 + 1;
        self.round()
    }

    /// With blocks aligned to this many bytes, rounded up to a power of two.
    #[must_use]
    pub const fn align(mut self, bytes: usize) -> Self {
        self.align = match bytes.checked_next_power_of_two() {
            Some(align) if align >= 8 => align,
            _ => 8,
        };
        self.round()
    }

    /// With this many blocks (at least one) in the region that is made when the first is asked for. When they are used up the region is
    /// doubled, again and again.
    #[must_use]
    pub const fn initial(mut self, blocks: u32) -> Self {
        self.initial = match blocks {
            0 => 1,
            n if n > MOST_BLOCKS => MOST_BLOCKS,
            n => n,
        };
        if self.max < self.initial {
            self.max = self.initial;
        }
        self
    }

    /// With no more than this many blocks; the region does not grow beyond.
    #[must_use]
    pub const fn max(mut self, blocks: u32) -> Self {
        self.max = match blocks {
            0 => 1,
            n if n > MOST_BLOCKS => MOST_BLOCKS,
            n => n,
        };
        if self.initial > self.max {
            self.initial = self.max;
        }
        self
    }

    /// Behind `GlobalAlloc`, requests of fewer bytes go to the system at once, lest they waste a block. More than half a block unless
    /// said otherwise.
    #[must_use]
    pub const fn smallest(mut self, bytes: usize) -> Self {
        self.smallest = bytes;
        self
    }

    /// A thread keeps up to this many blocks (at most 32) that it released for itself, which is quicker than sharing them. Others cannot
    /// have those. Unless said otherwise it is a 64th of what [`PoolConfig::max`] says.
    ///
    /// Without the `std` feature threads keep nothing.
    #[must_use]
    pub const fn cached(mut self, blocks: u32) -> Self {
        self.cached = if blocks == u32::MAX { u32::MAX - 1 } else { blocks };
        self
    }

    pub(crate) const fn settle(mut self) -> Self {
        if self.cached == u32::MAX {
            self.cached = self.max / 64;
        }
        if self.cached > CAPACITY as u32 {
            self.cached = CAPACITY as u32;
        }
        self
    }

    const fn round(mut self) -> Self {
        self.block_size = match self.block_size.checked_next_multiple_of(self.align) {
            Some(size) => size,
            // Such a region cannot be had, which the first request will find out.
            None => usize::MAX / 2 + 1,
        };
        self
    }

    /// The most bytes that the blocks can take together.
    #[must_use]
    pub const fn region_bytes(&self) -> usize {
        self.block_size.saturating_mul(self.max as usize)
    }
}

impl Default for PoolConfig {
    fn default() -> Self {
        PoolConfig::new()
    }
}
