//! How little memory programs need, and that no program gets more than its limit.

use rotifer::{Call, Isolate, Limits};

const MANDELBROT: &str = include_str!("scripts/mandelbrot.js");

#[test]
fn a_fresh_isolate_is_small() {
    for kib in [8, 16, 64, 1 << 10, 16 << 10, 512 << 10] {
        let js = Isolate::new(Limits::default().memory(kib << 10)).unwrap();
        let stats = js.stats();
        assert!(stats.heap_bytes <= 4096, "{} of {kib} KiB", stats.heap_bytes);
        assert!(stats.used_bytes <= 4096 || kib > 16, "{} of {kib} KiB", stats.used_bytes);
    }
}

/// A program of 42 lines with functions, objects, arrays, closures and strings.
#[test]
fn a_picture_in_fourteen_kilobytes() {
    for bytes in [14 << 10, 16 << 10, 1 << 20] {
        let mut js = Isolate::new(Limits::default().memory(bytes)).unwrap();
        let (send, lines) = std::sync::mpsc::channel();
        js.on_print(move |text: &str| send.send(text.to_owned()).unwrap());
        js.run(MANDELBROT, "mandelbrot.js").unwrap_or_else(|e| panic!("{bytes} bytes: {e}"));
        let lines: Vec<String> = lines.try_iter().collect();
        assert_eq!(lines.len(), 25);
        assert_eq!(lines[12], ".....@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@* #*++===--");
        assert!(lines[24].ends_with("'@' 340"));
    }
}

#[test]
fn a_million_objects_in_48_megabytes() {
    for source in [
        "var a = []; for (var i = 0; i < 1e6; i++) a.push({ x: i, y: i + 1, next: null }); a.length + a[999999].y",
        "var a = Array(1e6); for (let i = 0; i < 1e6; i++) a[i] = { x: i, y: i + 1, next: null }; a.length + a[999999].y",
    ] {
        let mut js = Isolate::new(Limits::default().memory(48 << 20)).unwrap();
        assert_eq!(js.eval_as::<f64>(source, "million.js"), Ok(2e6), "{source}");
    }
}

#[test]
fn host_functions_count() {
    // What the host registers is in the block, too.
    let mut js = Isolate::new(Limits::default().memory(16 << 10)).unwrap();
    let mut made = 0;
    while made < 100_000 && js.register(&format!("host{made}"), 0, |_: &mut Call| 1).is_ok() {
        made += 1;
    }
    assert!(made > 10 && made < 1000, "{made}");
}
