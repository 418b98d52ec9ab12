use rotifer_gc::{Heap, Weak};

fn wrong(heap: &Heap<Model>, weak: &Weak) -> Option<u64> {
    heap.read_root(weak)
}

rotifer_gc::objects! {
    pub model Model;
    pub struct Number { value: f64, }
}

fn main() {}
