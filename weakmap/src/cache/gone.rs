//! Entries that have left, to be dropped and told of when no lock is held any more.

use std::mem::needs_drop;
use std::vec::Vec;

use super::slab::Content;
use super::stats::Cause;

/// What is told of entries that leave.
pub type Listener<K, V> = dyn Fn(&K, &V, Cause) + Send + Sync;

enum Parting<K, V> {
    Entry(K, V, Cause),
    /// Of this nobody is told.
    Rest {
        _content: Content<K, V>,
    },
    Value {
        _value: V,
    },
}

/// Entries that have left. Most operations have at most one, for which nothing is allocated.
pub struct Gone<K, V> {
    /// Whether it matters what has left.
    matters: bool,
    count: usize,
    first: Option<Parting<K, V>>,
    more: Vec<Parting<K, V>>,
}

impl<K, V> Gone<K, V> {
    #[inline]
    pub fn new(listener: Option<&Listener<K, V>>) -> Self {
        let matters = listener.is_some() || needs_drop::<K>() || needs_drop::<V>();
        Gone { matters, count: 0, first: None, more: Vec::new() }
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

    /// Takes a value that was replaced, with the key of the one that took its place.
    #[inline]
    pub fn push_replaced(&mut self, key: K, value: V) {
        if self.matters {
            self.add(Parting::Entry(key, value, Cause::Replaced));
        }
    }

    /// Takes a value of which nobody is told.
    pub fn push_value(&mut self, value: V) {
        self.add(Parting::Value { _value: value });
    }

    fn add(&mut self, parting: Parting<K, V>) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some(parting);
        } else {
            self.more.push(parting);
        }
    }

    /// How many there were since the last time they were told of.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Tells the listener and drops everything.
    #[inline]
    pub fn tell(&mut self, listener: Option<&Listener<K, V>>) {
        self.count = 0;
        if let Some(first) = self.first.take() {
            self.tell_from(first, listener);
        }
    }

    fn tell_from(&mut self, first: Parting<K, V>, listener: Option<&Listener<K, V>>) {
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
