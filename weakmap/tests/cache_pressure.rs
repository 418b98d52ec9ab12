//! The demonstration keeps its promise.
#![cfg(feature = "cache")]

#[path = "../examples/pressure.rs"]
#[allow(dead_code, reason = "the example has a main function, too")]
mod example;

#[test]
fn ten_minutes_never_pass_the_limit() {
    let config = example::Config { seconds: 600, ..example::Config::default() };
    let (mut samples, mut last) = (0, example::Sample::default());
    example::simulate(&config, |sample| {
        assert!(sample.most <= config.limit, "{sample:?}");
        samples += 1;
        last = sample;
    });
    assert_eq!(samples, 600 * config.samples);
    assert_eq!(last.sets, 600 * config.rate / config.value);
    assert!(last.collections > 600 && last.entries > 100, "{last:?}");
}

#[test]
fn other_rates_and_limits_hold_as_well() {
    for (rate, limit, value) in
        [(1_000_000_000, 50_000_000, 1 << 20), (5_000_000, 1_000_000, 1000), (80_000_000, 8_000_000, 100_000)]
    {
        let config = example::Config { rate, limit, value, seconds: 20, ..example::Config::default() };
        example::simulate(&config, |sample| assert!(sample.most <= limit, "{sample:?}"));
    }
}
