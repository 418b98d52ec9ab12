//! The table of names of one parse.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

use super::SourceText;
use super::ast::{NameEntry, name_text};
use super::names::{Name, Text, WELL_KNOWN_TEXTS};
use super::scope::NO_BINDING;

/// A code unit.
pub(crate) trait Unit: Copy + Into<u32> + Eq {}

impl Unit for u8 {}
impl Unit for u16 {}

const KNOWN_SLOTS: usize = 512;

const fn known_slot(first: u32, middle: u32, last: u32, len: usize) -> usize {
    let mixed = first.wrapping_mul(31) ^ middle.wrapping_mul(0x1f3) ^ last.wrapping_mul(0x6b) ^ (len as u32) << 4;
    (mixed as usize) % KNOWN_SLOTS
}

const fn known_table() -> [u8; KNOWN_SLOTS] {
    let mut table = [0; KNOWN_SLOTS];
    let mut id = 1;
    while id < Name::WELL_KNOWN as usize {
        let text = WELL_KNOWN_TEXTS[id].as_bytes();
        let len = text.len();
        let mut slot = known_slot(text[0] as u32, text[len / 2] as u32, text[len - 1] as u32, len);
        while table[slot] != 0 {
            slot = (slot + 1) % KNOWN_SLOTS;
        }
        table[slot] = id as u8;
        id += 1;
    }
    table
}

const _: () = assert!(Name::WELL_KNOWN < 256);

static KNOWN: [u8; KNOWN_SLOTS] = known_table();
const LONGEST_KNOWN: usize = 30;

const NONE: u32 = u32::MAX;

/// The names of one parse, with a hash table to find them.
pub(crate) struct Interner<'s> {
    pub names: ScratchVec<'s, NameEntry>,
    pub pool8: ScratchVec<'s, u8>,
    pub pool16: ScratchVec<'s, u16>,
    buckets: ScratchVec<'s, u32>,
    seed: u32,
    /// `NameEntry::top` of the well-known names.
    pub known_top: [u32; Name::WELL_KNOWN as usize],
    /// Where a reference to a well-known name was last seen.
    pub known_mark: [u32; Name::WELL_KNOWN as usize],
}

#[inline(always)]
pub(crate) fn hash_step(hash: u32, unit: u32) -> u32 {
    (hash.rotate_left(5) ^ unit).wrapping_mul(0x9e37_79b1)
}

impl<'s> Interner<'s> {
    pub fn new(scratch: &'s Scratch<'_>, source: SourceText<'_>) -> Self {
        // The address makes the order of the table hard to predict for whoever wrote the source.
        let address = match source {
            Text::Latin1(s) => s.as_ptr().addr(),
            Text::Utf16(s) => s.as_ptr().addr(),
        };
        Interner {
            names: ScratchVec::new(scratch),
            pool8: ScratchVec::new(scratch),
            pool16: ScratchVec::new(scratch),
            buckets: ScratchVec::new(scratch),
            seed: (address ^ address >> 16) as u32,
            known_top: [NO_BINDING; Name::WELL_KNOWN as usize],
            known_mark: [0; Name::WELL_KNOWN as usize],
        }
    }

    #[inline]
    pub fn seed(&self) -> u32 {
        self.seed
    }

    pub fn text<'a>(&'a self, source: SourceText<'a>, name: Name) -> Text<'a> {
        name_text(source, &self.names, &self.pool8, &self.pool16, name)
    }

    #[inline]
    fn find_known<U: Unit>(text: &[U]) -> Option<Name> {
        let len = text.len();
        if len > LONGEST_KNOWN {
            return None;
        }
        let (Some(&first), Some(&last), Some(&middle)) = (text.first(), text.last(), text.get(len / 2)) else {
            return Some(Name::EMPTY);
        };
        let mut slot = known_slot(first.into(), middle.into(), last.into(), len);
        loop {
            let id = KNOWN[slot];
            if id == 0 {
                return None;
            }
            let known = WELL_KNOWN_TEXTS[usize::from(id)].as_bytes();
            if known.len() == len && known.iter().zip(text).all(|(&a, &b)| u32::from(a) == b.into()) {
                return Some(Name(u32::from(id)));
            }
            slot = (slot + 1) % KNOWN_SLOTS;
        }
    }

    /// Interns `text`, whose hash (from the seed, through `hash_step`) is `hash` and which lies in the source at `start`.
    #[inline]
    pub fn intern_source<U: Unit>(
        &mut self,
        source: &[U],
        start: usize,
        end: usize,
        hash: u32,
    ) -> Result<Name, OutOfScratch> {
        let text = source.get(start..end).unwrap_or(&[]);
        if let Some(name) = Self::find_known(text) {
            return Ok(name);
        }
        let hash = hash ^ hash >> 15;
        if let Some(name) = self.find(source, text, hash) {
            return Ok(name);
        }
        let start = u32::try_from(start).map_err(|_| OutOfScratch)?;
        self.insert(start, text.len(), 0, hash)
    }

    /// Interns text that does not stand in the source as it is.
    pub fn intern_cooked(&mut self, source: SourceText<'_>, text: &[u16]) -> Result<Name, OutOfScratch> {
        if let Some(name) = Self::find_known(text) {
            return Ok(name);
        }
        let hash = text.iter().fold(self.seed, |hash, &unit| hash_step(hash, unit.into()));
        let hash = hash ^ hash >> 15;
        let found = match source {
            Text::Latin1(s) => self.find(s, text, hash),
            Text::Utf16(s) => self.find(s, text, hash),
        };
        if let Some(name) = found {
            return Ok(name);
        }
        if text.iter().all(|&unit| unit < 256) {
            let start = self.pool8.len();
            self.pool8.reserve(text.len())?;
            for &unit in text {
                self.pool8.push(unit as u8)?;
            }
            self.insert(start as u32, text.len(), NameEntry::POOL8, hash)
        } else {
            let start = self.pool16.len();
            self.pool16.extend_from_slice(text)?;
            self.insert(start as u32, text.len(), NameEntry::POOL16, hash)
        }
    }

    #[inline]
    fn find<S: Unit, U: Unit>(&self, source: &[S], text: &[U], hash: u32) -> Option<Name> {
        if self.buckets.is_empty() {
            return None;
        }
        let mut next = self.buckets[hash as usize & (self.buckets.len() - 1)];
        while next != NONE {
            let entry = &self.names[next as usize];
            if entry.hash == hash && (entry.len & NameEntry::LEN) as usize == text.len() {
                let start = entry.start as usize;
                let end = start + text.len();
                let same = match entry.len & !NameEntry::LEN {
                    NameEntry::POOL8 => equal(&self.pool8[start..end], text),
                    NameEntry::POOL16 => equal(&self.pool16[start..end], text),
                    _ => equal(&source[start..end], text),
                };
                if same {
                    return Some(Name(Name::WELL_KNOWN + next));
                }
            }
            next = entry.next;
        }
        None
    }

    #[inline(never)]
    fn insert(&mut self, start: u32, len: usize, place: u32, hash: u32) -> Result<Name, OutOfScratch> {
        let len = u32::try_from(len).ok().filter(|&len| len <= NameEntry::LEN).ok_or(OutOfScratch)?;
        let index = self.names.len();
        if index >= (1 << 27) {
            return Err(OutOfScratch);
        }
        self.names.push(NameEntry { hash, next: NONE, start, len: len | place, top: NO_BINDING, mark: 0 })?;
        if index >= self.buckets.len() {
            if let Err(error) = self.grow() {
                self.names.truncate(index);
                return Err(error);
            }
        } else {
            self.link(index);
        }
        Ok(Name(Name::WELL_KNOWN + index as u32))
    }

    fn link(&mut self, index: usize) {
        let bucket = self.names[index].hash as usize & (self.buckets.len() - 1);
        self.names[index].next = self.buckets[bucket];
        self.buckets[bucket] = index as u32;
    }

    fn grow(&mut self) -> Result<(), OutOfScratch> {
        let size = (self.buckets.len() * 2).max(16);
        self.buckets.clear();
        self.buckets.reserve(size)?;
        for _ in 0..size {
            self.buckets.push(NONE)?;
        }
        for index in 0..self.names.len() {
            self.link(index);
        }
        Ok(())
    }

    #[inline]
    pub fn top(&self, name: Name) -> u32 {
        match self.known_top.get(name.0 as usize) {
            Some(&top) => top,
            None => self.names[(name.0 - Name::WELL_KNOWN) as usize].top,
        }
    }

    #[inline]
    pub fn set_top(&mut self, name: Name, top: u32) {
        match self.known_top.get_mut(name.0 as usize) {
            Some(place) => *place = top,
            None => self.names[(name.0 - Name::WELL_KNOWN) as usize].top = top,
        }
    }

    #[inline]
    pub fn mark(&mut self, name: Name) -> &mut u32 {
        match self.known_mark.get_mut(name.0 as usize) {
            Some(place) => place,
            None => &mut self.names[(name.0 - Name::WELL_KNOWN) as usize].mark,
        }
    }
}

#[inline]
fn equal<A: Unit, B: Unit>(a: &[A], b: &[B]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(&a, &b)| -> bool { a.into() == b.into() })
}
