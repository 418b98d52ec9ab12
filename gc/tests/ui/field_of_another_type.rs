use rotifer_gc::{Rooted, Scope, Value};

rotifer_gc::objects! {
    pub model Model;
    pub struct Pair { car: Value, cdr: Value, }
    pub struct Number { value: f64, }
}

fn wrong<'s>(scope: &mut Scope<'s, rotifer_gc::Heap<Model>>, number: Rooted<'s, Number>) -> bool {
    scope.load(number, Pair::car).is_null()
}

fn main() {}
