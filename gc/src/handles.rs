//! Roots that live outside the block and let go of themselves.

use alloc::sync::Arc;
use core::fmt;
use slab::Slab;

/// Keeps one value of a heap alive until dropped. It may be dropped anywhere, on any thread, before or after its heap.
///
/// Made by [`Heap::make_root`](crate::Heap::make_root), read by [`Heap::read_root`](crate::Heap::read_root).
#[derive(Clone)]
pub struct Root {
    pub(crate) key: usize,
    pub(crate) token: Arc<()>,
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Root({})", self.key)
    }
}

#[derive(Default)]
pub(crate) struct RootTable {
    entries: Slab<(u64, Arc<()>)>,
    /// Entries at which released ones are looked for before the table grows.
    sweep_at: usize,
}

impl RootTable {
    pub fn insert(&mut self, word: u64) -> Root {
        if self.entries.len() >= self.sweep_at {
            self.sweep();
            self.sweep_at = (self.entries.len() * 2).max(64);
        }
        let token = Arc::new(());
        let key = self.entries.insert((word, token.clone()));
        Root { key, token }
    }

    pub fn get(&self, root: &Root) -> Option<u64> {
        let (word, token) = self.entries.get(root.key)?;
        Arc::ptr_eq(token, &root.token).then_some(*word)
    }

    /// Lets go of entries whose every [`Root`] was dropped.
    pub fn sweep(&mut self) {
        self.entries.retain(|_, (_, token)| Arc::strong_count(token) > 1);
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn words_mut(&mut self) -> impl Iterator<Item = &mut u64> {
        self.entries.iter_mut().map(|(_, (word, _))| word)
    }

    pub fn words(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().map(|(_, (word, _))| *word)
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }
}
