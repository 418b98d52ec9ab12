//! An isolate is dried to bytes, and wakes up where it stopped: `cargo run --example freeze`, several times.

use rotifer::{Isolate, Limits};

const DIARY: &str = r#"
    const days = [];
    const visits = new Map();
    function wake(who) {
        visits.set(who, (visits.get(who) ?? 0) + 1);
        days.push(who);
        return `day ${days.length}: ${who} wakes me for the ${visits.get(who)}. time`;
    }
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::temp_dir().join("rotifer-freeze.image");
    let mut isolate = match std::fs::read(&path) {
        Ok(image) => {
            println!("thawed {} bytes from {}", image.len(), path.display());
            Isolate::load_image(&image, Limits::default())?
        }
        Err(_) => {
            let mut isolate = Isolate::new(Limits::default())?;
            isolate.run(DIARY, "diary.js")?;
            isolate
        }
    };
    println!("{}", isolate.eval_as::<String>("wake('main')", "main.js")?);

    // A fork goes its own way.
    let mut dream = isolate.fork()?;
    println!("in a dream, {}", dream.eval_as::<String>("wake('dream')", "dream.js")?);

    std::fs::write(&path, isolate.save_image()?)?;
    println!("frozen again; run this once more, or delete the file");
    Ok(())
}
