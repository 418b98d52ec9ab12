use rotifer_gc::{Rooted, Scope, Value};

rotifer_gc::objects! {
    pub model Model;
    pub struct Pair { car: Value, cdr: Value, }
}

fn wrong<'s>(scope: &mut Scope<'s, rotifer_gc::Heap<Model>>, pair: Rooted<'s, Pair>) {
    let car = scope.load(pair, Pair::car);
    scope.store(pair, Pair::cdr, car);
}

fn main() {}
