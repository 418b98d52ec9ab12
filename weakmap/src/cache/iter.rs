//! All entries, shard by shard.

use std::fmt;
use std::iter::FusedIterator;
use std::{slice, vec};

use super::Cache;
use super::shard::Shard;
use super::slab::Content;

/// Every entry of a [`Cache`] that keeps its value, in no particular order. No lock is held between two of them: entries that come or
/// go meanwhile may be seen or not.
pub struct Iter<'a, K, V> {
    shards: slice::Iter<'a, Shard<K, V>>,
    batch: vec::IntoIter<(K, V)>,
}

impl<'a, K, V> Iter<'a, K, V> {
    pub(super) fn new(shards: &'a [Shard<K, V>]) -> Self {
        Iter { shards: shards.iter(), batch: vec::Vec::new().into_iter() }
    }
}

impl<K: Clone, V: Clone> Iterator for Iter<'_, K, V> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        loop {
            if let Some(entry) = self.batch.next() {
                return Some(entry);
            }
            let state = self.shards.next()?.0.read();
            let entry = |content: &Content<K, V>| match content {
                Content::Kept(key, value) => Some((key.clone(), value.clone())),
                _ => None,
            };
            self.batch =
                state.slab.slots().iter().filter_map(|slot| entry(&slot.content)).collect::<vec::Vec<_>>().into_iter();
        }
    }
}

impl<K: Clone, V: Clone> FusedIterator for Iter<'_, K, V> {}

impl<K, V> fmt::Debug for Iter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").field("shards_left", &self.shards.len()).finish_non_exhaustive()
    }
}

impl<'a, K: Clone, V: Clone, S> IntoIterator for &'a Cache<K, V, S> {
    type Item = (K, V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}
