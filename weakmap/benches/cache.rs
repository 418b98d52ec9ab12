//! The cache against `moka` and `quick_cache`: time per operation with one thread and two, and hit ratios.

use std::cell::OnceCell;
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ahash::RandomState;
use criterion::{Criterion, Throughput};
use quick_cache::UnitWeighter;
use quick_cache::sync::DefaultLifecycle;
use rotifer_weakmap::cache::{Admission, Cache};

// One way to hash for all three, so that caches are compared and not hashers.
type Moka = moka::sync::Cache<u64, u64, RandomState>;
type Quick = quick_cache::sync::Cache<u64, u64, UnitWeighter, RandomState>;

/// What all three have.
trait Peer: Sync {
    const NAME: &'static str;
    /// A cache for this many entries.
    fn new(entries: usize, admission: Admission) -> Self;
    fn get(&self, key: u64) -> Option<u64>;
    fn set(&self, key: u64, value: u64);
    /// Waits until work that was put off is done.
    fn settle(&self) {}
}

impl Peer for Cache<u64, u64> {
    const NAME: &'static str = "rotifer";
    fn new(entries: usize, admission: Admission) -> Self {
        Cache::builder().max_cost(entries as u64).admission(admission).build()
    }
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.set(key, value);
    }
}

impl Peer for Moka {
    const NAME: &'static str = "moka";
    fn new(entries: usize, _: Admission) -> Self {
        moka::sync::Cache::builder().max_capacity(entries as u64).build_with_hasher(RandomState::new())
    }
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
    fn settle(&self) {
        self.run_pending_tasks();
    }
}

impl Peer for Quick {
    const NAME: &'static str = "quick_cache";
    fn new(entries: usize, _: Admission) -> Self {
        Quick::with(entries, entries as u64, UnitWeighter, RandomState::new(), DefaultLifecycle::default())
    }
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
}

/// A small generator of numbers that look random, always the same.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Keys of which the `n`th is asked for in proportion to `n` to the power of -0.9.
fn zipf(keys: usize, length: usize, seed: u64) -> Vec<u64> {
    let mut sum = 0.0;
    let sums: Vec<f64> = (1..=keys)
        .map(|n| {
            sum += (n as f64).powf(-0.9);
            sum
        })
        .collect();
    let mut numbers = Numbers(seed);
    (0..length).map(|_| sums.partition_point(|&up_to| up_to < numbers.unit() * sum) as u64).collect()
}

/// Zipf with a scan of keys that are asked for once in the midst of it: a third of all.
fn scans(keys: usize, length: usize) -> Vec<u64> {
    let mut fresh = 1_u64 << 40;
    let mut trace = Vec::with_capacity(length * 3 / 2);
    for part in zipf(keys, length, 2).chunks(20_000) {
        trace.extend_from_slice(part);
        trace.extend(fresh..fresh + 10_000);
        fresh += 10_000;
    }
    trace
}

fn looped(keys: u64, length: usize) -> Vec<u64> {
    (0..keys).cycle().take(length).collect()
}

/// Percent of lookups that hit when what is missing is put in.
fn hit_ratio<C: Peer>(trace: &[u64], entries: usize, admission: Admission) -> f64 {
    let cache = C::new(entries, admission);
    let mut hits = 0_usize;
    for (n, &key) in trace.iter().enumerate() {
        if cache.get(key).is_some() {
            hits += 1;
        } else {
            cache.set(key, key);
        }
        if n % 64 == 0 {
            cache.settle(); // otherwise it depends on timing how many entries a cache has
        }
    }
    100.0 * hits as f64 / trace.len() as f64
}

fn hit_ratios() {
    const LENGTH: usize = 1_000_000;
    let traces = [
        ("zipf/1%", zipf(100_000, LENGTH, 1), 1_000),
        ("zipf/10%", zipf(100_000, LENGTH, 1), 10_000),
        ("scan", scans(100_000, LENGTH), 10_000),
        ("loop/120%", looped(12_000, LENGTH), 10_000),
        ("loop/200%", looped(20_000, LENGTH), 10_000),
    ];
    for (name, trace, entries) in traces {
        println!(
            "figure weakmap/cache/hit-ratio/{name} rotifer={:.2} recency={:.2} moka={:.2} quick_cache={:.2} % of lookups, higher is better",
            hit_ratio::<Cache<u64, u64>>(&trace, entries, Admission::Frequent),
            hit_ratio::<Cache<u64, u64>>(&trace, entries, Admission::Everything),
            hit_ratio::<Moka>(&trace, entries, Admission::Frequent),
            hit_ratio::<Quick>(&trace, entries, Admission::Frequent),
        );
    }
}

/// What threads do with the cache.
#[derive(Clone, Copy)]
enum Work {
    /// Look up what is there.
    Get,
    /// Put in keys that are there half of the time.
    Set,
    /// Look up, and put in what is missing.
    Mixed,
}

impl Work {
    const ALL: [(Work, &'static str); 3] = [(Work::Get, "get"), (Work::Set, "set"), (Work::Mixed, "mixed")];

    #[inline]
    fn run<C: Peer>(self, cache: &C, keys: &[u64]) {
        for &key in keys {
            match self {
                Work::Get => drop(black_box(cache.get(key))),
                Work::Set => cache.set(key, key),
                Work::Mixed => {
                    if black_box(cache.get(key)).is_none() {
                        cache.set(key, key);
                    }
                }
            }
        }
    }
}

const ENTRIES: usize = 10_000;
const BATCH: usize = 10_000;

fn keys_for(work: Work, seed: u64) -> Vec<u64> {
    let mut numbers = Numbers(seed);
    match work {
        Work::Get => (0..BATCH * 4).map(|_| numbers.next() % (ENTRIES as u64 / 2)).collect(),
        Work::Set => (0..BATCH * 4).map(|_| numbers.next() % (ENTRIES as u64 * 2)).collect(),
        Work::Mixed => zipf(100_000, BATCH * 40, seed),
    }
}

fn filled<C: Peer>(admission: Admission) -> C {
    let cache = C::new(ENTRIES, admission);
    (0..ENTRIES as u64).for_each(|key| cache.set(key, key));
    cache.settle();
    (0..ENTRIES as u64 / 2).for_each(|key| cache.set(key, key));
    cache.settle();
    cache
}

fn one_thread<C: Peer>(c: &mut Criterion, group: &str, work: Work, admission: Admission) {
    let mut group = c.benchmark_group(group);
    group.throughput(Throughput::Elements(BATCH as u64));
    let setting = OnceCell::new();
    group.bench_function(C::NAME, |b| {
        let (cache, keys) = setting.get_or_init(|| (filled::<C>(admission), keys_for(work, 7)));
        let mut batches = keys.chunks(BATCH).cycle();
        b.iter(|| work.run(cache, batches.next().unwrap_or_default()));
    });
}

/// Both threads work without a pause; the time of a batch is that of one of them.
fn two_threads<C: Peer>(c: &mut Criterion, group: &str, work: Work, admission: Admission) {
    let mut group = c.benchmark_group(group);
    group.throughput(Throughput::Elements(BATCH as u64));
    let setting = OnceCell::new();
    group.bench_function(C::NAME, |b| {
        let (cache, mine, other) =
            setting.get_or_init(|| (filled::<C>(admission), keys_for(work, 7), keys_for(work, 8)));
        b.iter_custom(|times| {
            let (begin, done) = (Barrier::new(2), AtomicBool::new(false));
            thread::scope(|scope| {
                scope.spawn(|| {
                    begin.wait();
                    let mut batches = other.chunks(BATCH).cycle();
                    while !done.load(Ordering::Relaxed) {
                        work.run(cache, batches.next().unwrap_or_default());
                    }
                });
                let mut batches = mine.chunks(BATCH).cycle();
                begin.wait();
                let start = Instant::now();
                (0..times).for_each(|_| work.run(cache, batches.next().unwrap_or_default()));
                let time = start.elapsed();
                done.store(true, Ordering::Relaxed);
                time
            })
        });
    });
}

fn main() {
    let asked_for = |option: &str| std::env::args().any(|arg| arg == option);
    if asked_for("hit-ratio") {
        return hit_ratios();
    }
    let mut c = Criterion::default()
        .sample_size(15)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700))
        .configure_from_args();
    for (admission, policy) in [(Admission::Everything, "recency"), (Admission::Frequent, "frequency")] {
        for (work, name) in Work::ALL {
            let group = format!("weakmap/cache/{name}/{policy}");
            one_thread::<Cache<u64, u64>>(&mut c, &group, work, admission);
            one_thread::<Quick>(&mut c, &group, work, admission);
            one_thread::<Moka>(&mut c, &group, work, admission);
            let group = format!("weakmap/cache/{name}-2/{policy}");
            two_threads::<Cache<u64, u64>>(&mut c, &group, work, admission);
            two_threads::<Quick>(&mut c, &group, work, admission);
            two_threads::<Moka>(&mut c, &group, work, admission);
        }
    }
    if !asked_for("--test") && !asked_for("--profile-time") {
        hit_ratios();
    }
    c.final_summary();
}
