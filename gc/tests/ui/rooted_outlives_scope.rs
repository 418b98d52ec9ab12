use rotifer_gc::{HeapContext, Rooted, Scope};

fn wrong<'s, C: HeapContext>(scope: &mut Scope<'s, C>, word: u64) -> Rooted<'s, ()> {
    let mut inner = scope.nest();
    inner.root(word).unwrap()
}

fn main() {}
