//! Isolates that use the blocks of earlier ones.

use rotifer_arena::{ArenaPool, PoolConfig};

use super::{Isolate, Limits, NewIsolateError};
use crate::image::ImageError;

/// Makes isolates with the same limits whose blocks are used again and again.
///
/// Reserving a block from the operating system, touching its pages for the first time and giving them back takes longer than making the
/// isolate in it. Here the block of an isolate that was dropped, on whatever thread, goes to the next one. The memory stays with
/// the pool until the pool and its isolates are gone.
///
/// An isolate cannot see what an earlier one left in its block, but a memory dump of the process can.
///
/// ```
/// use rotifer::{IsolatePool, Limits};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = IsolatePool::new(Limits::default().memory(256 << 10))?;
/// for request in 0..100 {
///     let mut isolate = pool.isolate()?;
///     assert_eq!(isolate.eval_as::<f64>(&format!("{request} + 1"), "request.js")?, f64::from(request) + 1.0);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct IsolatePool {
    arenas: ArenaPool,
    limits: Limits,
}

impl IsolatePool {
    /// A pool of isolates with these limits, as many as are asked for.
    ///
    /// # Errors
    /// [`NewIsolateError::LimitTooSmall`] or, for sizes beyond all reason, [`NewIsolateError::Reserve`].
    pub fn new(limits: Limits) -> Result<Self, NewIsolateError> {
        IsolatePool::with_config(limits, PoolConfig::new())
    }

    /// A pool of at most `most` isolates at a time.
    ///
    /// # Errors
    /// [`NewIsolateError::LimitTooSmall`] or, for sizes beyond all reason, [`NewIsolateError::Reserve`].
    pub fn with_most(limits: Limits, most: u32) -> Result<Self, NewIsolateError> {
        IsolatePool::with_config(limits, PoolConfig::new().max(most))
    }

    fn with_config(limits: Limits, config: PoolConfig) -> Result<Self, NewIsolateError> {
        // A page, so that what is never touched costs nothing.
        let config = config.align(4096);
        if limits.memory < 16 {
            return Err(NewIsolateError::LimitTooSmall);
        }
        let arenas = ArenaPool::with_config(limits.memory, config).map_err(|_| NewIsolateError::Reserve)?;
        Ok(IsolatePool { arenas, limits })
    }

    /// The limits of the isolates.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many isolates there are at present.
    #[must_use]
    pub fn isolates(&self) -> u32 {
        self.arenas.blocks().used_blocks()
    }

    /// As [`Isolate::new`].
    ///
    /// # Errors
    /// [`NewIsolateError::Reserve`] when there are as many as the pool may have, or no memory.
    pub fn isolate(&self) -> Result<Isolate, NewIsolateError> {
        Isolate::empty(&self.limits, Some(&self.arenas))?.furnish()
    }

    /// As [`Isolate::load_image`]: every isolate goes on from where the one in the image was.
    ///
    /// # Errors
    /// As for [`Isolate::load_image`].
    pub fn load_image(&self, image: &[u8]) -> Result<Isolate, ImageError> {
        Isolate::load_image_in(image, &self.limits, Some(&self.arenas))
    }
}
