use rotifer_gc::{HeapContext, Rooted, Scope};

fn wrong<'s, C: HeapContext>(scope: &mut Scope<'s, C>, rooted: Rooted<'s, ()>) -> u64 {
    let read = scope.get(rooted);
    scope.heap_mut().collect(&mut []);
    read.word()
}

fn main() {}
