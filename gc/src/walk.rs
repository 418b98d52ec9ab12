//! Looking at a heap as a whole.

use alloc::vec::Vec;

use crate::heap::Heap;
use crate::model::{ObjectModel, Special};

/// How many blocks of one kind there are; see [`Heap::census`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindCount {
    /// The kind in the headers.
    pub kind: u8,
    /// What the model calls it.
    pub name: Option<&'static str>,
    /// How many blocks.
    pub blocks: usize,
    /// How many bytes they have together, headers included.
    pub bytes: usize,
}

impl<M: ObjectModel> Heap<M> {
    /// Counts the blocks by kind, garbage included (collect first to be without), and puts the kind with the most bytes first.
    ///
    /// ```
    /// use rotifer_gc::{Heap, HeapConfig, Scope};
    ///
    /// rotifer_gc::objects! {
    ///     pub model Example;
    ///     pub struct Number { value: f64, }
    /// }
    ///
    /// let mut heap: Heap<Example> = Heap::new(HeapConfig::default()).unwrap();
    /// let mut scope = Scope::enter(&mut heap);
    /// for i in 0..10 {
    ///     scope.alloc(Number::new(f64::from(i))).unwrap();
    /// }
    /// let census = scope.heap().census();
    /// assert_eq!((census[0].name, census[0].blocks, census[0].bytes), (Some("Number"), 10, 160));
    /// ```
    #[must_use]
    pub fn census(&self) -> Vec<KindCount> {
        let mut counts = [(0, 0); 256];
        self.walk(|at, header| {
            let count = &mut counts[usize::from(header.kind())];
            count.0 += 1;
            count.1 += M::layout(self.arena(), at, header).size as usize * 8;
        });
        let mut census: Vec<_> = (0..=255)
            .zip(counts)
            .filter(|(_, count)| count.0 > 0)
            .map(|(kind, (blocks, bytes))| KindCount { kind, name: M::kind_name(kind), blocks, bytes })
            .collect();
        census.sort_by_key(|count| core::cmp::Reverse(count.bytes));
        census
    }

    /// Calls `f` with every block that the one at `at` refers to, and whether it keeps it alive by that alone. With [`Heap::walk`] this
    /// is what a heap snapshot is made of.
    ///
    /// # Panics
    /// When `at` is outside the block.
    pub fn references(&self, at: u32, mut f: impl FnMut(u32, bool)) {
        let header = self.header(at);
        let layout = M::layout(self.arena(), at, header);
        if layout.aux && header.aux() != 0 {
            f(header.aux(), true);
        }
        let mut range = |start: u32, end: u32, strong: bool| {
            for i in start..end {
                let target = M::reference(self.get(at + i));
                if target != 0 {
                    f(target, strong);
                }
            }
        };
        range(layout.strong_start, layout.strong_end, true);
        range(layout.weak_start, layout.weak_end, false);
        match layout.special {
            Special::None => {}
            Special::Ephemerons => range(2, layout.size, false),
            Special::Registry => {
                for entry in (2..layout.size.saturating_sub(2)).step_by(3) {
                    range(entry, entry + 1, false);
                    range(entry + 1, entry + 2, true);
                    range(entry + 2, entry + 3, false);
                }
            }
        }
    }
}
