//! The text patterns are read from and matched against.

/// A flat string in one of the two representations strings have.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// Code units below 256.
    Latin1(&'a [u8]),
    /// Any code units.
    Utf16(&'a [u16]),
}

impl Input<'_> {
    /// How many code units there are.
    #[must_use]
    #[inline]
    pub const fn len(self) -> usize {
        match self {
            Input::Latin1(s) => s.len(),
            Input::Utf16(s) => s.len(),
        }
    }

    /// Whether there are no code units.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The code unit at `index`.
    #[must_use]
    pub fn unit(self, index: usize) -> Option<u32> {
        match self {
            Input::Latin1(s) => s.get(index).map(|&u| u32::from(u)),
            Input::Utf16(s) => s.get(index).map(|&u| u32::from(u)),
        }
    }
}

pub(super) const fn is_lead(unit: u32) -> bool {
    unit & 0xFFFF_FC00 == 0xD800
}

pub(super) const fn is_trail(unit: u32) -> bool {
    unit & 0xFFFF_FC00 == 0xDC00
}

/// The code point of a surrogate pair.
pub(super) const fn join(lead: u32, trail: u32) -> u32 {
    0x1_0000 + ((lead & 0x3FF) << 10) + (trail & 0x3FF)
}

/// The surrogate pair of a code point above `0xFFFF`.
pub(super) const fn split(code_point: u32) -> (u32, u32) {
    let offset = code_point - 0x1_0000;
    (0xD800 + (offset >> 10), 0xDC00 + (offset & 0x3FF))
}

/// What the matcher is compiled for: one of the two representations.
pub(super) trait Text: Copy {
    /// Whether units above 255 occur.
    const WIDE: bool;

    fn len(self) -> usize;

    fn unit(self, index: usize) -> Option<u32>;

    /// The first of up to three units at or after `from`.
    fn find_any(self, from: usize, wanted: [u32; 3]) -> Option<usize>;

    /// The end of the line that `from` is in.
    fn line_end(self, from: usize) -> usize;
}

impl Text for &[u8] {
    const WIDE: bool = false;

    #[inline(always)]
    fn len(self) -> usize {
        <[u8]>::len(self)
    }

    #[inline(always)]
    fn unit(self, index: usize) -> Option<u32> {
        self.get(index).map(|&u| u32::from(u))
    }

    fn find_any(self, from: usize, wanted: [u32; 3]) -> Option<usize> {
        let rest = self.get(from..)?;
        let found = match wanted.map(u8::try_from) {
            [Ok(a), Ok(b), Ok(c)] if a == b && b == c => memchr::memchr(a, rest),
            [Ok(a), Ok(b), Ok(c)] if b == c => memchr::memchr2(a, b, rest),
            [Ok(a), Ok(b), Ok(c)] => memchr::memchr3(a, b, c, rest),
            _ => rest.iter().position(|&u| wanted.contains(&u32::from(u))),
        };
        found.map(|i| from + i)
    }

    fn line_end(self, from: usize) -> usize {
        self.get(from..).and_then(|rest| memchr::memchr2(b'\n', b'\r', rest)).map_or(self.len(), |i| from + i)
    }
}

impl Text for &[u16] {
    const WIDE: bool = true;

    #[inline(always)]
    fn len(self) -> usize {
        <[u16]>::len(self)
    }

    #[inline(always)]
    fn unit(self, index: usize) -> Option<u32> {
        self.get(index).map(|&u| u32::from(u))
    }

    fn find_any(self, from: usize, wanted: [u32; 3]) -> Option<usize> {
        let rest = self.get(from..)?;
        // A unit that does not fit can never occur; any of the others stands in for it.
        let narrow = |w: u32| u16::try_from(w).ok();
        let fallback = wanted.iter().find_map(|&w| narrow(w))?;
        let [a, b, c] = wanted.map(|w| narrow(w).unwrap_or(fallback));
        // Blocks without a branch per unit, so that the compiler can vectorise them.
        let mut start = 0;
        for block in rest.chunks(16) {
            let hit = block.iter().fold(false, |hit, &u| hit | (u == a) | (u == b) | (u == c));
            if hit {
                return block.iter().position(|&u| u == a || u == b || u == c).map(|i| from + start + i);
            }
            start += block.len();
        }
        None
    }

    fn line_end(self, from: usize) -> usize {
        let rest = self.get(from..).unwrap_or(&[]);
        rest.iter().position(|&u| is_line_terminator(u32::from(u))).map_or(self.len(), |i| from + i)
    }
}

/// ECMA-262 §12.3 *LineTerminator*.
#[inline(always)]
pub(super) const fn is_line_terminator(c: u32) -> bool {
    matches!(c, 0x0A | 0x0D | 0x2028 | 0x2029)
}
