use rotifer_gc::{Rooted, Scope, Value};

rotifer_gc::objects! {
    pub model Model;
    pub struct Pair { car: Value, cdr: Value, }
}

fn wrong<'s>(scope: &mut Scope<'s, rotifer_gc::Heap<Model>>, pair: Rooted<'s, Pair>) -> bool {
    let car = scope.load(pair, Pair::car);
    scope.alloc(Pair::new(pair.cast(), Value::null())).unwrap();
    car.is_null()
}

fn main() {}
