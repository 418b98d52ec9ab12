//! Running a script of somebody else: limits, functions of the host, values both ways, errors.

use std::time::Duration;

use rotifer::{Call, Error, Handle, Isolate, Limits, Value};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let limits = Limits::default().memory(1 << 20).timeout(Some(Duration::from_millis(200)));
    let mut isolate = Isolate::new(limits)?;
    isolate.on_print(|line| println!("script: {line}"));

    // A function of the host is a closure. What it returns as an error is thrown into the script.
    let mut stock = [("apple", 3), ("pear", 0)];
    isolate.register("take", 1, move |call: &mut Call| {
        let wanted: String = call.arg(0)?;
        match stock.iter_mut().find(|(name, _)| *name == wanted) {
            Some((_, left)) if *left > 0 => {
                *left -= 1;
                Ok(*left)
            }
            Some(_) => Err(Error::exception("RangeError", &format!("no {wanted} left"))),
            None => Err(Error::exception("TypeError", &format!("no such fruit: {wanted}"))),
        }
    })?;

    isolate.set_global("names", vec!["apple", "pear"])?;
    isolate.run(
        "for (const name of names) {
             try { console.log(name, take(name)); } catch (e) { console.log(e.name, e.message); }
         }
         function price(order) { return order.count * order.each; }",
        "shop.js",
    )?;

    let price: Handle = isolate.get_global("price")?;
    let order = isolate.eval("({ count: 3, each: 1.5 })", "order.js")?;
    println!("price: {}", isolate.call::<f64>(&price, (), (&order,))?);

    // Each limit is an error of its own, and the isolate goes on after it.
    for source in ["for (;;);", "(() => { for (let all = [];;) all.push(all.slice()) })()", "undefined.property", "1 +"]
    {
        match isolate.run(source, "other.js") {
            Err(Error::Deadline) => println!("{source}: too slow"),
            Err(Error::OutOfMemory) => println!("{source}: too big"),
            Err(Error::Syntax { message, .. }) => println!("{source}: {message}"),
            Err(error) => println!("{source}: {error}"),
            Ok(()) => println!("{source}: fine"),
        }
    }
    assert_eq!(isolate.eval("6 * 7", "last.js")?, Value::Number(42.0));
    Ok(())
}
