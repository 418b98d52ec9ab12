use rotifer_gc::{HeapContext, Rooted, Scope};

fn wrong<'s, C: HeapContext>(scope: &mut Scope<'s, C>, word: u64) {
    let inner = scope.nest();
    let _: Rooted<'_, ()> = scope.root(word).unwrap();
    drop(inner);
}

fn main() {}
