use rotifer_gc::{Heap, Scope};

mod other {
    rotifer_gc::objects! {
        pub model Other;
        pub struct Number { value: f64, }
    }
}

rotifer_gc::objects! {
    pub model Model;
    pub struct Empty { }
}

fn wrong(scope: &mut Scope<'_, Heap<Model>>) {
    let _ = scope.alloc(other::Number::new(1.0));
}

fn main() {}
