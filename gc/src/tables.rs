//! The collector's own memory: carved out of the end of the block, so that it is part of the limit.

use rotifer_arena::Arena;

/// Where the side tables are. All positions are words of the arena.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tables {
    /// One bit per word of the block, 64 bits per word.
    pub bitmap: u32,
    /// One `u32` per 64 words: how many live words lie before them.
    pub offsets: u32,
    /// The remembered set: one `u32` per entry.
    pub remembered: u32,
    pub remembered_capacity: u32,
    /// A mark stack for when the gap is too small to hold one.
    pub mark_stack: u32,
    pub mark_stack_capacity: u32,
    /// The first word of all of them: the top of the VM stack.
    pub start: u32,
}

impl Tables {
    /// How the tables of a block of `words` words are laid out, or `None` when nothing would be left beside them.
    pub fn plan(words: u32) -> Option<Tables> {
        let chunks = words.div_ceil(64);
        let remembered_capacity = (words / 256).clamp(16, 1 << 20);
        let mark_stack_capacity = (words / 1024).clamp(16, 4096);
        let mut end = words;
        let mut carve = |n: u32| {
            end = end.checked_sub(n)?;
            Some(end)
        };
        let bitmap = carve(chunks)?;
        let offsets = carve(chunks.div_ceil(2))?;
        let remembered = carve(remembered_capacity.div_ceil(2))?;
        let mark_stack = carve(mark_stack_capacity)?;
        (end > 1).then_some(Tables {
            bitmap,
            offsets,
            remembered,
            remembered_capacity,
            mark_stack,
            mark_stack_capacity,
            start: end,
        })
    }
}

/// Reads the `i`th `u32` of a table.
#[inline]
pub(crate) fn half(arena: &Arena, table: u32, i: u32) -> u32 {
    (arena.get(table + i / 2) >> (32 * (i & 1))) as u32
}

/// Writes the `i`th `u32` of a table.
#[inline]
pub(crate) fn set_half(arena: &mut Arena, table: u32, i: u32, value: u32) {
    let at = table + i / 2;
    let shift = 32 * (i & 1);
    let old = arena.get(at);
    arena.set(at, old & !(0xFFFF_FFFF << shift) | u64::from(value) << shift);
}
