//! One thread loads a value, others wait for it.

use std::sync::{Arc, PoisonError};

use super::sync::{Condvar, Mutex, ThreadId, current};

/// A load that is under way.
pub struct Flight<V> {
    outcome: Mutex<Outcome<V>>,
    arrived: Condvar,
    leader: ThreadId,
}

enum Outcome<V> {
    UnderWay,
    Loaded(V),
    /// The function failed or panicked; somebody else may try.
    Failed,
}

impl<V> Flight<V> {
    /// A load by the calling thread.
    pub fn depart() -> Arc<Self> {
        Arc::new(Flight { outcome: Mutex::new(Outcome::UnderWay), arrived: Condvar::new(), leader: current().id() })
    }

    /// Tells everybody who waits, or will, what came of it.
    pub fn arrive(&self, value: Option<V>) {
        let outcome = value.map_or(Outcome::Failed, Outcome::Loaded);
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
        self.arrived.notify_all();
    }

    /// Waits for the value; nothing if the load has failed.
    ///
    /// # Panics
    ///
    /// If the caller is the one who loads: it would wait for itself.
    pub fn wait(&self) -> Option<V>
    where
        V: Clone,
    {
        assert!(self.leader != current().id(), "the function that loads a value asked the cache for the same key");
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*outcome {
                Outcome::UnderWay => {}
                Outcome::Loaded(value) => return Some(value.clone()),
                Outcome::Failed => return None,
            }
            outcome = self.arrived.wait(outcome).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// [`arrive`](Self::arrive) with its faults, for models that have to find them.
    #[cfg(loom)]
    pub fn arrive_waking_one(&self, value: Option<V>) {
        let outcome = value.map_or(Outcome::Failed, Outcome::Loaded);
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
        self.arrived.notify_one();
    }

    /// [`arrive`](Self::arrive) in the wrong order.
    #[cfg(loom)]
    pub fn arrive_waking_early(&self, value: Option<V>) {
        self.arrived.notify_all();
        let outcome = value.map_or(Outcome::Failed, Outcome::Loaded);
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
    }
}

/// A load that is under way, as the shard knows it.
pub struct Pending<K, V> {
    pub hash: u64,
    pub key: K,
    pub flight: Arc<Flight<V>>,
}
