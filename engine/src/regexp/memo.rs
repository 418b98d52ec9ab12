//! Remembering where matching failed, so that patterns such as `(a+)+b` take time linear in the text.
//!
//! Without backreferences, counters and lookaround, whether the rest of a pattern matches depends on the instruction and
//! the position alone (and, inside loops whose body can match nothing, on whether the iteration has made progress yet;
//! only states that have count here). So a state that failed once need not be tried again, not even from another start
//! of the match. This costs memory, and time in the ordinary case, and is begun only when a match takes suspiciously many
//! steps.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

pub(super) struct Memo<'s> {
    bits: ScratchVec<'s, u32>,
    /// Positions per place: the length of the text and one.
    stride: usize,
    places: usize,
}

impl<'s> Memo<'s> {
    /// Remembers nothing yet, and takes no memory.
    #[inline]
    pub(super) fn off(scratch: &'s Scratch<'_>) -> Self {
        Memo { bits: ScratchVec::new(scratch), stride: 0, places: 0 }
    }

    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.places != 0
    }

    /// Begins to remember. Not possible when it would take more than half of the memory left.
    pub(super) fn begin(&mut self, places: usize, text_len: usize) -> Result<(), OutOfScratch> {
        let stride = text_len + 1;
        let words = places.checked_mul(stride).ok_or(OutOfScratch)?.div_ceil(32);
        // A vector takes its room in powers of two.
        let bytes = words.checked_mul(4).and_then(usize::checked_next_power_of_two).ok_or(OutOfScratch)?;
        if bytes > self.bits.scratch().remaining() / 2 {
            return Err(OutOfScratch);
        }
        self.bits.reserve(words)?;
        for _ in 0..words {
            self.bits.push(0)?;
        }
        self.stride = stride;
        self.places = places;
        Ok(())
    }

    fn index(&self, place: usize, position: usize) -> usize {
        place.wrapping_mul(self.stride).wrapping_add(position)
    }

    pub(super) fn has_failed(&self, place: usize, position: usize) -> bool {
        let bit = self.index(place, position);
        self.bits.get(bit / 32).is_some_and(|w| w >> (bit % 32) & 1 != 0)
    }

    pub(super) fn set_failed(&mut self, place: usize, position: usize) {
        let bit = self.index(place, position);
        if let Some(word) = self.bits.get_mut(bit / 32) {
            *word |= 1 << (bit % 32);
        }
    }

    /// Marks all of `from..=to`.
    pub(super) fn set_failed_range(&mut self, place: usize, from: usize, to: usize) {
        let mut position = from;
        while position <= to {
            let bit = self.index(place, position);
            if bit.is_multiple_of(32) && to - position >= 31 {
                if let Some(word) = self.bits.get_mut(bit / 32) {
                    *word = u32::MAX;
                }
                position += 32;
            } else {
                self.set_failed(place, position);
                position += 1;
            }
        }
    }
}
