//! A picture in the terminal, computed by a script in sixteen kilobytes: `cargo run --example mandelbrot [WIDTH HEIGHT]`.

use rotifer::{Call, Isolate, Limits};

const SOURCE: &str = r#"
    function iterations(cr, ci, max) {
        let zr = 0, zi = 0, n = 0;
        for (; n < max; n++) {
            const r2 = zr * zr, i2 = zi * zi;
            if (r2 + i2 > 4) break;
            zi = 2 * zr * zi + ci;
            zr = r2 - i2 + cr;
        }
        return n;
    }
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            dot(iterations(3.2 * x / width - 2.3, 2.4 * y / height - 1.2, 64));
        }
        line();
    }
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1).map_while(|a| a.parse::<u32>().ok());
    let (width, height) = (args.next().unwrap_or(78), args.next().unwrap_or(28));

    let mut isolate = Isolate::new(Limits::default().memory(16 << 10))?;
    isolate.set_global("width", width)?;
    isolate.set_global("height", height)?;
    isolate.register("dot", 1, |call: &mut Call| {
        let n: u32 = call.arg(0)?;
        // Colours 16 to 231 of a terminal are a cube; the set itself stays black.
        let colour = if n >= 64 { 16 } else { 17 + n * 3 % 214 };
        print!("\x1b[48;5;{colour}m ");
        Ok::<(), rotifer::Error>(())
    })?;
    isolate.register("line", 0, |_: &mut Call| println!("\x1b[0m"))?;
    isolate.run(SOURCE, "mandelbrot.js")?;

    let stats = isolate.stats();
    println!("{} of {} bytes in use, {} collections", stats.used_bytes, stats.limit_bytes, stats.gc.major_collections);
    Ok(())
}
