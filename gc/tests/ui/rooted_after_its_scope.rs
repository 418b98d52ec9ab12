use rotifer_gc::{Heap, Scope};

rotifer_gc::objects! {
    pub model Model;
    pub struct Number { value: f64, }
}

fn wrong(scope: &mut Scope<'_, Heap<Model>>) -> f64 {
    let number = {
        let mut inner = scope.nest();
        inner.alloc(Number::new(1.0)).unwrap()
    };
    scope.alloc(Number::new(2.0)).unwrap();
    scope.load(number, Number::value)
}

fn main() {}
