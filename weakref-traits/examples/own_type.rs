//! References into a table, instead of to the heap: a strong handle counts itself in a slot of the table, a weak handle
//! remembers the slot and the generation it had. Everything written against the two traits works with them.

use std::cell::RefCell;
use std::rc::Rc;

use weakref_traits::{RefId, StrongRef, WeakRef};

#[derive(Default)]
struct Slot {
    generation: u32,
    strong: usize,
    name: String,
}

#[derive(Clone, Default)]
struct Table(Rc<RefCell<Vec<Slot>>>);

impl Table {
    fn add(&self, name: &str) -> Handle {
        let mut slots = self.0.borrow_mut();
        let index = slots.iter().position(|slot| slot.strong == 0).unwrap_or_else(|| {
            slots.push(Slot::default());
            slots.len() - 1
        });
        let slot = &mut slots[index];
        slot.generation += 1;
        slot.strong = 1;
        slot.name = name.into();
        Handle { table: self.clone(), index, generation: slot.generation }
    }
}

struct Handle {
    table: Table,
    index: usize,
    generation: u32,
}

#[derive(Clone)]
struct WeakHandle {
    table: Table,
    index: usize,
    generation: u32,
}

fn id(index: usize, generation: u32) -> RefId {
    RefId::from_raw(u64::from(generation) << 32 | index as u64)
}

impl Clone for Handle {
    fn clone(&self) -> Self {
        self.table.0.borrow_mut()[self.index].strong += 1;
        Handle { table: self.table.clone(), index: self.index, generation: self.generation }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.table.0.borrow_mut()[self.index].strong -= 1;
    }
}

impl StrongRef for Handle {
    type Weak = WeakHandle;

    fn downgrade(&self) -> WeakHandle {
        WeakHandle { table: self.table.clone(), index: self.index, generation: self.generation }
    }

    fn id(&self) -> RefId {
        id(self.index, self.generation)
    }

    fn strong_count(&self) -> usize {
        self.table.0.borrow()[self.index].strong
    }
}

impl WeakRef for WeakHandle {
    type Strong = Handle;

    fn upgrade(&self) -> Option<Handle> {
        let mut slots = self.table.0.borrow_mut();
        let slot = &mut slots[self.index];
        if slot.strong == 0 || slot.generation != self.generation {
            return None;
        }
        slot.strong += 1;
        Some(Handle { table: self.table.clone(), index: self.index, generation: self.generation })
    }

    fn id(&self) -> RefId {
        id(self.index, self.generation)
    }
}

/// Knows nothing about tables.
fn alive<W: WeakRef>(references: &[W]) -> usize {
    references.iter().filter(|reference| !reference.is_expired()).count()
}

fn main() {
    let table = Table::default();
    let first = table.add("first");
    let second = table.add("second");
    let watched = [first.downgrade(), second.downgrade()];
    println!("{} of {} alive", alive(&watched), watched.len());

    drop(first);
    let third = table.add("third"); // takes the slot of the first
    println!("{} of {} alive; the slot now holds {:?}", alive(&watched), watched.len(), table.0.borrow()[0].name);
    assert!(!watched[0].refers_to(&third));
    assert!(watched[1].refers_to(&second));
    assert!(third.ptr_eq(&third.clone()));
    assert_eq!(third.strong_count(), 1);
}
