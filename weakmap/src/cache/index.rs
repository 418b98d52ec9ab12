//! Which slot belongs to which hash.

use hashbrown::HashTable;

/// Indices of slots by the hashes of their keys.
pub struct Index(HashTable<u32>);

impl Index {
    pub const fn new() -> Self {
        Index(HashTable::new())
    }

    /// The first slot for which `found` gives something, and what it gives.
    #[inline(always)]
    pub fn find<T>(&self, hash: u64, found: impl Fn(u32) -> Option<T>) -> Option<T> {
        // What was found is kept, so that it need not be fetched by its index once more.
        let mut result = None;
        self.0.find(hash, |&at| {
            result = found(at);
            result.is_some()
        });
        result
    }

    /// Puts a slot in.
    #[inline(always)]
    pub fn enter(&mut self, hash: u64, at: u32, hash_of: impl Fn(u32) -> u64) {
        // Where entries come and go all the time, a table that is rather empty stays free of what they leave behind.
        if self.0.len() + self.0.len() / 4 + self.0.len() / 8 >= self.0.capacity() {
            self.grow(&hash_of);
        }
        self.0.insert_unique(hash, at, |&at| hash_of(at));
    }

    #[cold]
    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        self.0.reserve(self.0.len() + 1, |&at| hash_of(at));
    }

    /// Takes a slot out.
    #[inline(always)]
    pub fn leave(&mut self, hash: u64, at: u32) {
        if let Ok(entry) = self.0.find_entry(hash, |&other| other == at) {
            entry.remove();
        }
    }
}
