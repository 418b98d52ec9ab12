//! A program that allocates without end against a memory limit, and a cache that gets along with it.
//!
//! Everything the program allocates goes into the cache, at a fixed rate. What the cache lets go is garbage until the next
//! collection. A collection happens when the memory in use has doubled since the last one, or is close to the limit; each tells the
//! cache, which lets its oldest entries go in proportion to the pressure. Time and memory are simulated: bytes are counted, not
//! allocated, so ten minutes take a second.
//!
//! ```text
//! cargo run --release --example pressure --features cache -- --seconds 600 --plot pressure.svg
//! ```

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rotifer_weakmap::cache::pressure::Gauge;
use rotifer_weakmap::cache::{Cache, Cause};

#[path = "pressure/plot.rs"]
mod plot;

const MB: u64 = 1_000_000;
/// Memory in use at which a collection happens at the latest, in percent of the limit.
const LATEST: u64 = 95;
/// No collection happens below this part of the limit, in percent.
const EARLIEST: u64 = 10;
/// Lookups for each value that is put in.
const LOOKUPS: u64 = 2;

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Config {
    /// Bytes allocated in a second.
    pub rate: u64,
    /// Bytes there may be.
    pub limit: u64,
    /// Bytes of one value.
    pub value: u64,
    /// Seconds to simulate.
    pub seconds: u64,
    /// Samples in a second.
    pub samples: u64,
}

impl Default for Config {
    fn default() -> Self {
        Config { rate: 100 * MB, limit: 100 * MB, value: 64 << 10, seconds: 60, samples: 20 }
    }
}

/// How things stand at some time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    /// Seconds since the beginning.
    pub time: f64,
    /// Entries in the cache.
    pub entries: u64,
    /// Values that were put in so far.
    pub sets: u64,
    /// Bytes in use, garbage included.
    pub used: u64,
    /// The most and the least bytes in use since the sample before.
    pub most: u64,
    /// See `most`.
    pub least: u64,
    /// The bytes in use at which the next collection happens.
    pub next_collection: u64,
    /// Collections so far.
    pub collections: u64,
}

/// A value, of which only the size is real.
#[derive(Clone, Copy)]
struct Block(u64);

/// A program with a collected heap.
struct Program {
    config: Config,
    cache: Cache<u64, Block>,
    /// Bytes that left the cache since the last collection.
    garbage: Arc<AtomicU64>,
    pressure: Gauge,
    now: Sample,
    random: u64,
}

impl Program {
    fn new(config: Config) -> Self {
        let garbage = Arc::new(AtomicU64::new(0));
        let pressure = Gauge::new(config.limit);
        let left = garbage.clone();
        let cache = Cache::builder()
            .cost(|_: &u64, block: &Block| block.0)
            .on_eviction(move |_, block: &Block, _: Cause| {
                left.fetch_add(block.0, Relaxed);
            })
            .pressure(pressure.clone())
            .build();
        let now = Sample { next_collection: config.limit * EARLIEST / 100, least: u64::MAX, ..Sample::default() };
        Program { config, cache, garbage, pressure, now, random: 1 }
    }

    fn used(&self) -> u64 {
        self.cache.cost() + self.garbage.load(Relaxed)
    }

    /// Puts a value into the cache and looks some older ones up, recent ones more often.
    fn allocate(&mut self, bytes: u64) {
        if self.used() + bytes > self.now.next_collection {
            self.collect();
        }
        self.cache.set(self.now.sets, Block(bytes));
        self.now.sets += 1;
        for _ in 0..LOOKUPS {
            self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let part = (self.random >> 40) as f64 / (1_u64 << 24) as f64;
            let back = (part.powi(3) * 2000.0) as u64;
            self.cache.get(&self.now.sets.saturating_sub(1 + back));
        }
        self.watch();
    }

    /// Frees garbage, lets the cache shrink, and decides when to do so again.
    fn collect(&mut self) {
        self.garbage.store(0, Relaxed);
        self.pressure.set_used(self.used());
        self.cache.on_collection();
        self.garbage.store(0, Relaxed);
        let percent = |part| self.config.limit * part / 100;
        self.now.next_collection = (self.used() * 2).clamp(percent(EARLIEST), percent(LATEST));
        self.now.collections += 1;
        self.watch();
    }

    fn watch(&mut self) {
        self.now.used = self.used();
        self.now.most = self.now.most.max(self.now.used);
        self.now.least = self.now.least.min(self.now.used);
    }

    fn sample(&mut self, time: f64) -> Sample {
        self.now.entries = self.cache.len() as u64;
        self.now.time = time;
        let sample = self.now;
        (self.now.most, self.now.least) = (sample.used, sample.used);
        sample
    }
}

/// Runs the program and hands out samples as it goes.
pub fn simulate(config: &Config, mut each: impl FnMut(Sample)) {
    let mut program = Program::new(config.clone());
    let mut allocated = 0;
    for step in 1..=config.seconds * config.samples {
        // So many bytes there should be by now.
        let due = u128::from(config.rate) * u128::from(step) / u128::from(config.samples);
        while u128::from(allocated + config.value) <= due {
            program.allocate(config.value);
            allocated += config.value;
        }
        each(program.sample(step as f64 / config.samples as f64));
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / MB as f64)
}

#[allow(dead_code, reason = "a test includes this file for its simulation")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut config = Config::default();
    let (mut plot, mut real_time) = (None, false);
    let mut args = std::env::args().skip(1);
    while let Some(option) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{option} needs a value"));
        match option.as_str() {
            "--rate" => config.rate = value()?.parse::<u64>()? * MB,
            "--limit" => config.limit = value()?.parse::<u64>()? * MB,
            "--value" => config.value = value()?.parse::<u64>()?.max(1),
            "--seconds" => config.seconds = value()?.parse()?,
            "--plot" => plot = Some(value()?),
            "--real-time" => real_time = true,
            _ => {
                println!("options: --rate MB/s  --limit MB  --value BYTES  --seconds N  --plot FILE.svg  --real-time");
                return if option == "--help" { Ok(()) } else { Err(format!("unknown option {option}").into()) };
            }
        }
    }

    println!("allocating {}/s against a limit of {}", megabytes(config.rate), megabytes(config.limit));
    println!(
        "{:>6} {:>9} {:>11} {:>20} {:>16} {:>12}",
        "time", "map size", "total sets", "memory in use", "next collection", "collections"
    );
    let mut samples = Vec::new();
    simulate(&config, |sample| {
        samples.push(sample);
        if !(samples.len() as u64).is_multiple_of(config.samples) {
            return;
        }
        let used = format!("{} ({}%)", megabytes(sample.used), sample.used * 100 / config.limit.max(1));
        let (next, time) = (megabytes(sample.next_collection), sample.time as u64);
        println!(
            "{time:>5}s {:>9} {:>11} {used:>20} {next:>16} {:>12}",
            sample.entries, sample.sets, sample.collections
        );
        if real_time {
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
    });
    let most = samples.iter().map(|sample| sample.most).max().unwrap_or(0);
    println!("the most in use: {} of {}", megabytes(most), megabytes(config.limit));
    if let Some(file) = plot {
        std::fs::write(&file, plot::svg(&config, &samples))?;
        println!("drawn to {file}");
    }
    Ok(())
}
