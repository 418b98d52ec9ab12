//! The position table: from instructions to source text, delta-encoded bytes.
//!
//! An entry is `varint(pc delta << 1 | has length)`, `varint(zigzag(start delta))` and, when it says so, `varint(length)`.

use rotifer_arena::{OutOfScratch, ScratchVec};

/// A place in the source text: code-unit offset, and a length where a text range helps messages (callees, objects).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceRange {
    /// First code unit.
    pub start: u32,
    /// Number of code units; zero when only the place is known.
    pub len: u32,
}

/// Builds a position table; entries come in order of their pc.
#[derive(Debug)]
pub struct PositionWriter<'s> {
    bytes: ScratchVec<'s, u8>,
    pc: u32,
    start: u32,
}

impl<'s> PositionWriter<'s> {
    /// An empty table in `scratch`.
    #[must_use]
    pub fn new(bytes: ScratchVec<'s, u8>) -> Self {
        PositionWriter { bytes, pc: 0, start: 0 }
    }

    fn varint(&mut self, mut value: u64) -> Result<(), OutOfScratch> {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80)?;
            value >>= 7;
        }
        self.bytes.push(value as u8)
    }

    /// Notes that the instruction at `pc` stands for `range`.
    ///
    /// # Errors
    /// [`OutOfScratch`].
    pub fn add(&mut self, pc: u32, range: SourceRange) -> Result<(), OutOfScratch> {
        let delta = i64::from(range.start) - i64::from(self.start);
        self.varint(u64::from(pc - self.pc) << 1 | u64::from(range.len != 0))?;
        self.varint(((delta << 1) ^ (delta >> 63)) as u64)?;
        if range.len != 0 {
            self.varint(u64::from(range.len))?;
        }
        self.pc = pc;
        self.start = range.start;
        Ok(())
    }

    /// The finished table, all of whose entries move down by `dropped` words because that many were taken away in front of
    /// the first one.
    #[must_use]
    pub fn finish(mut self, dropped: u32) -> ScratchVec<'s, u8> {
        // Only the first delta changes. It is written over in as many bytes as it had.
        let len = self.bytes.iter().position(|&byte| byte < 0x80).map_or(0, |last| last + 1);
        let head = (0..len).fold(0_u64, |value, i| value | u64::from(self.bytes[i] & 0x7f) << (7 * i));
        let head = head.saturating_sub(u64::from(dropped) << 1);
        for i in 0..len {
            let more = if i + 1 < len { 0x80 } else { 0 };
            self.bytes[i] = (head >> (7 * i)) as u8 & 0x7f | more;
        }
        self.bytes
    }
}

/// Reads a position table.
#[derive(Clone, Copy, Debug)]
pub struct PositionTable<'c>(pub &'c [u8]);

impl PositionTable<'_> {
    /// The source range of the instruction at `pc`: its own entry, or the nearest before it.
    #[must_use]
    pub fn find(&self, pc: u32) -> Option<SourceRange> {
        let mut found = None;
        for (at, range) in self.iter() {
            if at > pc {
                break;
            }
            found = Some(range);
        }
        found
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, SourceRange)> {
        let mut bytes = self.0.iter().copied();
        let mut varint = move || {
            let mut value = 0_u64;
            for shift in (0..64).step_by(7) {
                let byte = bytes.next()?;
                value |= u64::from(byte & 0x7f) << shift;
                if byte < 0x80 {
                    return Some(value);
                }
            }
            None
        };
        let (mut pc, mut start) = (0_u32, 0_u32);
        core::iter::from_fn(move || {
            let head = varint()?;
            let delta = varint()?;
            let delta = (delta >> 1) as i64 ^ -((delta & 1) as i64);
            pc = pc.wrapping_add((head >> 1) as u32);
            start = (i64::from(start).wrapping_add(delta)) as u32;
            let len = if head & 1 != 0 { varint()? as u32 } else { 0 };
            Some((pc, SourceRange { start, len }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::mem::MaybeUninit;
    use rotifer_arena::Scratch;

    #[test]
    fn entries_come_back() {
        let mut region = [MaybeUninit::<u64>::uninit(); 64];
        let scratch = Scratch::new(&mut region);
        let mut writer = PositionWriter::new(ScratchVec::new(&scratch));
        let entries = [(0, 500, 0), (3, 20, 7), (300, 4_000_000, 0), (301, 0, 200)];
        for (pc, start, len) in entries {
            writer.add(pc, SourceRange { start, len }).unwrap();
        }
        let bytes = writer.finish(0);
        let table = PositionTable(&bytes);
        assert!(table.iter().eq(entries.map(|(pc, start, len)| (pc, SourceRange { start, len }))));
        assert_eq!(table.find(299), Some(SourceRange { start: 20, len: 7 }));
    }
}
