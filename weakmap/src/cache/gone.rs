//! Entries that have left, to be dropped and told of when no lock is held any more.

use std::vec::Vec;

use super::slab::Content;
use super::stats::Cause;

/// What is told of entries that leave.
pub type Listener<K, V> = dyn Fn(&K, &V, Cause) + Send + Sync;

enum Parting<K, V> {
    Entry(K, V, Cause),
    /// Of this nobody is told.
    Rest { _content: Content<K, V> },
    Value { _value: V },
}

/// Entries that have left. Most operations have at most one, for which nothing is allocated.
pub struct Gone<K, V> {
    first: Option<Parting<K, V>>,
    more: Vec<Parting<K, V>>,
}

impl<K, V> Gone<K, V> {
    pub const fn new() -> Self {
        Gone { first: None, more: Vec::new() }
    }

    /// Takes what was in a slot; with a cause, the listener will be told if it was a value.
    #[inline]
    pub fn push(&mut self, content: Content<K, V>, cause: Option<Cause>) {
        match (content, cause) {
            (Content::Vacant, _) => {}
            (Content::Kept(key, value), Some(cause)) => self.add(Parting::Entry(key, value, cause)),
            (content, _) => self.add(Parting::Rest { _content: content }),
        }
    }

    /// Takes a value of which nobody is told.
    pub fn push_value(&mut self, value: V) {
        self.add(Parting::Value { _value: value });
    }

    #[inline]
    fn add(&mut self, parting: Parting<K, V>) {
        if self.first.is_none() {
            self.first = Some(parting);
        } else {
            self.more.push(parting);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.more.len()
    }

    /// Tells the listener and drops everything.
    #[inline]
    pub fn tell(&mut self, listener: Option<&Listener<K, V>>) {
        let Some(first) = self.first.take() else { return };
        let tell = |parting| {
            if let (Parting::Entry(key, value, cause), Some(listener)) = (&parting, listener) {
                listener(key, value, *cause);
            }
        };
        tell(first);
        if !self.more.is_empty() {
            self.more.drain(..).for_each(tell);
        }
    }
}
