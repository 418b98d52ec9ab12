//! A bump arena for values of any type.

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::cell::Cell;
use core::fmt;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};
use core::slice;

/// The limit of a [`Bump`] is reached, or there is no memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BumpError;

impl fmt::Display for BumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the arena's limit is reached")
    }
}

impl core::error::Error for BumpError {}

/// The start of a chunk, below which its values lie.
struct Footer {
    /// The lowest byte of the chunk.
    start: NonNull<u8>,
    layout: Layout,
    /// The chunk before.
    previous: Option<NonNull<Footer>>,
}

const FIRST_CHUNK: usize = 512;
const LARGEST_CHUNK: usize = 1 << 20;
/// What every chunk is aligned to at least.
const CHUNK_ALIGN: usize = 16;

/// Values of any type, allocated by moving a pointer and freed all at once.
///
/// References to them live as long as the arena is not reset or dropped. Nothing in it is dropped: what owns something else leaks that,
/// which is safe but seldom wanted.
///
/// The bytes that it may take from the system, its own bookkeeping included, can be limited; the `try_` forms report when there
/// is no more, and how much is in use is known at any time.
///
/// ```
/// use rotifer_arena::Bump;
///
/// let mut arena = Bump::with_limit(64 << 10);
/// let numbers = arena.alloc_slice_copy(&[1, 2, 3]);
/// numbers[0] += 10;
/// let name = arena.alloc_str("rotifer");
/// assert_eq!((numbers, name), (&mut [11, 2, 3][..], &mut *String::from("rotifer")));
/// assert!(arena.try_alloc([0_u8; 100_000]).is_err());
/// assert!(arena.reserved_bytes() <= 64 << 10);
/// arena.reset();
/// assert_eq!(arena.used_bytes(), 0);
/// ```
pub struct Bump {
    /// Values lie above; the next goes below.
    at: Cell<NonNull<u8>>,
    /// The lowest byte of the current chunk.
    start: Cell<NonNull<u8>>,
    chunk: Cell<Option<NonNull<Footer>>>,
    reserved: Cell<usize>,
    /// Bytes of earlier chunks that are in use.
    used_before: Cell<usize>,
    limit: usize,
}

// SAFETY: a `Bump` owns its chunks, and what is in them borrows it.
unsafe impl Send for Bump {}

impl Default for Bump {
    fn default() -> Self {
        Bump::new()
    }
}

#[allow(clippy::mut_from_ref, reason = "each call gives memory that nobody else has")]
impl Bump {
    /// An arena without a limit. It takes no memory until something is allocated.
    #[must_use]
    pub const fn new() -> Self {
        Bump::with_limit(usize::MAX)
    }

    /// An arena that takes no more than `limit` bytes from the system.
    #[must_use]
    pub const fn with_limit(limit: usize) -> Self {
        // An empty chunk; nothing is ever written to it.
        let nowhere = NonNull::<u128>::dangling().cast::<u8>();
        Bump {
            at: Cell::new(nowhere),
            start: Cell::new(nowhere),
            chunk: Cell::new(None),
            reserved: Cell::new(0),
            used_before: Cell::new(0),
            limit,
        }
    }

    /// An arena with room for `bytes` bytes at once.
    ///
    /// # Errors
    /// [`BumpError`] when there is no memory.
    pub fn try_with_capacity(bytes: usize) -> Result<Self, BumpError> {
        let bump = Bump::new();
        let layout = Layout::from_size_align(bytes, CHUNK_ALIGN).map_err(|_| BumpError)?;
        bump.grow(layout)?;
        Ok(bump)
    }

    /// The bytes that may be taken from the system.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The bytes taken from the system.
    #[must_use]
    pub fn reserved_bytes(&self) -> usize {
        self.reserved.get()
    }

    /// The bytes that values take, with what was lost to alignment.
    #[must_use]
    pub fn used_bytes(&self) -> usize {
        self.used_before.get() + self.used_here()
    }

    /// The bytes that can be allocated before the system is asked again.
    #[must_use]
    pub fn remaining_bytes(&self) -> usize {
        self.at.get().addr().get() - self.start.get().addr().get()
    }

    fn used_here(&self) -> usize {
        match self.chunk.get() {
            Some(footer) => footer.addr().get() - self.at.get().addr().get(),
            None => 0,
        }
    }

    // ---- raw ---------------------------------------------------------------------------------------------------

    /// Room for `layout`, not initialised.
    ///
    /// # Errors
    /// [`BumpError`] when the limit is reached or there is no memory.
    #[inline(always)]
    pub fn try_alloc_layout(&self, layout: Layout) -> Result<NonNull<u8>, BumpError> {
        match self.place(layout) {
            Some(at) => Ok(at),
            None => self.place_elsewhere(layout),
        }
    }

    /// Room in the current chunk.
    #[inline(always)]
    fn place(&self, layout: Layout) -> Option<NonNull<u8>> {
        let (at, start) = (self.at.get(), self.start.get().addr().get());
        let end = at.addr().get();
        // Both are in one chunk, the end above. Its start is a multiple of `CHUNK_ALIGN`, so that rounding down to less than that
        // does not lead out of it.
        if layout.size() > end - start {
            return None;
        }
        let new = (end - layout.size()) & !(layout.align() - 1);
        if layout.align() > CHUNK_ALIGN && new < start {
            return None;
        }
        // SAFETY: it lies in the current chunk, which is not at address 0 (the empty one only takes what has no size).
        let new = unsafe { NonNull::new_unchecked(at.as_ptr().with_addr(new)) };
        self.at.set(new);
        Some(new)
    }

    #[cold]
    #[inline(never)]
    fn place_elsewhere(&self, layout: Layout) -> Result<NonNull<u8>, BumpError> {
        self.grow(layout)?;
        self.place(layout).ok_or(BumpError)
    }

    /// Makes a new chunk with room for `layout`, the current one.
    fn grow(&self, layout: Layout) -> Result<(), BumpError> {
        let align = layout.align().max(CHUNK_ALIGN);
        // Values begin below the footer, so it has to be aligned like them.
        let needed = layout.size().checked_next_multiple_of(align).ok_or(BumpError)?;
        let most = self.limit.saturating_sub(self.reserved.get());
        // Twice the last one, so that an arena that is reset again and again comes to need one chunk alone.
        // SAFETY: footers of chunks live as long as the arena has them.
        let last = self.chunk.get().map_or(0, |footer| unsafe { footer.as_ref() }.layout.size());
        let wanted = (last * 2).clamp(FIRST_CHUNK, LARGEST_CHUNK.max(last)).max(needed);
        let footer = size_of::<Footer>();
        // As much as is wanted, and at the limit what is left.
        let values = wanted.min(most.saturating_sub(footer) & !(align - 1)).next_multiple_of(align);
        if values < needed {
            return Err(BumpError);
        }
        let size = values.checked_add(footer).filter(|&size| size <= most).ok_or(BumpError)?;
        let chunk = Layout::from_size_align(size, align).map_err(|_| BumpError)?;
        // SAFETY: a footer has a size.
        let start = NonNull::new(unsafe { alloc(chunk) }).ok_or(BumpError)?;
        // SAFETY: there is room for the footer above the values, and they are a multiple of its alignment.
        let at = unsafe { start.add(values) };
        let place = at.cast::<Footer>();
        // SAFETY: as above.
        unsafe { place.write(Footer { start, layout: chunk, previous: self.chunk.get() }) };
        self.used_before.set(self.used_bytes());
        self.reserved.set(self.reserved.get() + size);
        self.chunk.set(Some(place));
        self.start.set(start);
        self.at.set(at);
        Ok(())
    }

    /// Frees everything, keeping the last chunk, as a rule the largest, for what comes.
    pub fn reset(&mut self) {
        let Some(last) = self.chunk.get() else { return };
        // SAFETY: footers of chunks live as long as the arena has them.
        let footer = unsafe { &mut *last.as_ptr() };
        // SAFETY: nobody refers to what is in the chunks, as `&mut self` shows.
        unsafe { Bump::free(footer.previous.take()) };
        self.reserved.set(footer.layout.size());
        self.used_before.set(0);
        // The whole of the chunk's provenance, not what a reference to the footer has.
        self.at.set(last.cast());
    }

    /// Gives chunks back.
    ///
    /// # Safety
    /// Nobody uses them any more.
    unsafe fn free(mut chunk: Option<NonNull<Footer>>) {
        while let Some(footer) = chunk {
            // SAFETY: the footer is read before its chunk goes.
            let Footer { start, layout, previous } = unsafe { footer.read() };
            // SAFETY: allocated with this layout.
            unsafe { dealloc(start.as_ptr(), layout) };
            chunk = previous;
        }
    }

    // ---- typed -------------------------------------------------------------------------------------------------

    /// Moves `value` into the arena.
    ///
    /// # Panics
    /// When the limit is reached. Without memory the program ends, as it does for `Box::new`.
    #[inline(always)]
    pub fn alloc<T>(&self, value: T) -> &mut T {
        self.alloc_with(|| value)
    }

    /// Puts what `make` gives into the arena, without a copy of it elsewhere if the compiler can help it.
    ///
    /// # Panics
    /// As [`Bump::alloc`].
    #[inline(always)]
    pub fn alloc_with<T>(&self, make: impl FnOnce() -> T) -> &mut T {
        let at = self.room(Layout::new::<T>()).cast::<T>();
        // SAFETY: long and aligned enough, and nobody else's.
        unsafe {
            at.write(make());
            &mut *at.as_ptr()
        }
    }

    /// Moves `value` into the arena.
    ///
    /// # Errors
    /// The value, when the limit is reached or there is no memory.
    #[inline(always)]
    pub fn try_alloc<T>(&self, value: T) -> Result<&mut T, T> {
        match self.try_alloc_layout(Layout::new::<T>()) {
            Ok(at) => {
                let at = at.cast::<T>();
                // SAFETY: long and aligned enough, and nobody else's.
                unsafe {
                    at.write(value);
                    Ok(&mut *at.as_ptr())
                }
            }
            Err(_) => Err(value),
        }
    }

    /// Copies a slice into the arena.
    ///
    /// # Panics
    /// As [`Bump::alloc`].
    #[inline]
    pub fn alloc_slice_copy<T: Copy>(&self, items: &[T]) -> &mut [T] {
        let at = self.room(Layout::for_value(items)).cast::<T>();
        // SAFETY: long and aligned enough, and nobody else's.
        unsafe {
            copy_bytes(items.as_ptr().cast(), at.as_ptr().cast(), size_of_val(items));
            slice::from_raw_parts_mut(at.as_ptr(), items.len())
        }
    }

    /// Copies a slice into the arena.
    ///
    /// # Errors
    /// [`BumpError`] when the limit is reached or there is no memory.
    pub fn try_alloc_slice_copy<T: Copy>(&self, items: &[T]) -> Result<&mut [T], BumpError> {
        let at = self.try_alloc_layout(Layout::for_value(items))?.cast::<T>();
        // SAFETY: long and aligned enough, and nobody else's.
        unsafe {
            copy_bytes(items.as_ptr().cast(), at.as_ptr().cast(), size_of_val(items));
            Ok(slice::from_raw_parts_mut(at.as_ptr(), items.len()))
        }
    }

    /// Copies a string into the arena.
    ///
    /// # Panics
    /// As [`Bump::alloc`].
    #[inline]
    pub fn alloc_str(&self, text: &str) -> &mut str {
        // SAFETY: a copy of what is valid text.
        unsafe { core::str::from_utf8_unchecked_mut(self.alloc_slice_copy(text.as_bytes())) }
    }

    /// Copies a string into the arena.
    ///
    /// # Errors
    /// [`BumpError`] when the limit is reached or there is no memory.
    pub fn try_alloc_str(&self, text: &str) -> Result<&mut str, BumpError> {
        let bytes = self.try_alloc_slice_copy(text.as_bytes())?;
        // SAFETY: a copy of what is valid text.
        Ok(unsafe { core::str::from_utf8_unchecked_mut(bytes) })
    }

    /// A slice of `len` items made by `make`.
    ///
    /// # Panics
    /// As [`Bump::alloc`].
    pub fn alloc_slice_fill_with<T>(&self, len: usize, make: impl FnMut(usize) -> T) -> &mut [T] {
        match self.try_alloc_slice_fill_with(len, make) {
            Ok(items) => items,
            Err(_) => self.refuse(Layout::array::<T>(len).unwrap_or(Layout::new::<T>())),
        }
    }

    /// A slice of `len` items made by `make`. If that panics, the items made so far are leaked.
    ///
    /// # Errors
    /// [`BumpError`] when the limit is reached or there is no memory.
    pub fn try_alloc_slice_fill_with<T>(
        &self,
        len: usize,
        mut make: impl FnMut(usize) -> T,
    ) -> Result<&mut [T], BumpError> {
        let layout = Layout::array::<T>(len).map_err(|_| BumpError)?;
        let at = self.try_alloc_layout(layout)?.cast::<T>();
        for i in 0..len {
            // SAFETY: inside what was allocated.
            unsafe { at.add(i).write(make(i)) };
        }
        // SAFETY: all of it has been written.
        Ok(unsafe { slice::from_raw_parts_mut(at.as_ptr(), len) })
    }

    /// A slice of `len` items that are not initialised.
    ///
    /// # Errors
    /// [`BumpError`] when the limit is reached or there is no memory.
    pub fn try_alloc_uninit<T>(&self, len: usize) -> Result<&mut [MaybeUninit<T>], BumpError> {
        let layout = Layout::array::<T>(len).map_err(|_| BumpError)?;
        let at = self.try_alloc_layout(layout)?.cast::<MaybeUninit<T>>();
        // SAFETY: long and aligned enough, and nobody else's; nothing is said about the contents.
        Ok(unsafe { slice::from_raw_parts_mut(at.as_ptr(), len) })
    }

    #[inline(always)]
    fn room(&self, layout: Layout) -> NonNull<u8> {
        match self.place(layout) {
            Some(at) => at,
            None => match self.place_elsewhere(layout) {
                Ok(at) => at,
                Err(_) => self.refuse(layout),
            },
        }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&self, layout: Layout) -> ! {
        assert!(self.limit == usize::MAX, "the arena's limit of {} bytes is reached", self.limit);
        handle_alloc_error(layout)
    }
}

/// Copies bytes, few of them without a call: what is put into an arena is mostly short.
///
/// # Safety
/// As for [`ptr::copy_nonoverlapping`].
#[inline(always)]
unsafe fn copy_bytes(from: *const u8, to: *mut u8, len: usize) {
    /// Copies the first bytes and the last ones, which may be the same in part.
    ///
    /// # Safety
    /// As for [`ptr::copy_nonoverlapping`] with `len` bytes, which are at least `N`.
    #[inline(always)]
    unsafe fn both_ends<const N: usize>(from: *const u8, to: *mut u8, len: usize) {
        // SAFETY: both are within the `len` bytes.
        unsafe {
            ptr::copy_nonoverlapping(from, to, N);
            ptr::copy_nonoverlapping(from.add(len - N), to.add(len - N), N);
        }
    }
    // SAFETY: there are at least as many bytes as are copied at either end.
    unsafe {
        match len {
            16..=32 => both_ends::<16>(from, to, len),
            8..=15 => both_ends::<8>(from, to, len),
            33..=64 => both_ends::<32>(from, to, len),
            65..=128 => both_ends::<64>(from, to, len),
            _ => ptr::copy_nonoverlapping(from, to, len),
        }
    }
}

impl Drop for Bump {
    fn drop(&mut self) {
        // SAFETY: nobody refers to what is in the chunks any more.
        unsafe { Bump::free(self.chunk.get()) }
    }
}

impl fmt::Debug for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bump")
            .field("used_bytes", &self.used_bytes())
            .field("reserved_bytes", &self.reserved_bytes())
            .finish()
    }
}
