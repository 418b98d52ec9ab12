//! `--stats`.

use std::fmt::Write;

use rotifer_gc::PAUSE_BUCKETS;

use crate::Stats;

fn ms(ns: u64) -> f64 {
    ns as f64 / 1e6
}

/// For people.
pub(super) fn text(s: &Stats) -> String {
    let mut out = String::new();
    let gc = &s.gc;
    let _ = writeln!(out, "memory   {:>12} of {} bytes in use, peak {}", s.used_bytes, s.limit_bytes, gc.peak_bytes);
    let _ = writeln!(out, "heap     {:>12} bytes", s.heap_bytes);
    let _ = writeln!(
        out,
        "gc       {} minor, {} major; moved {} bytes, freed {} bytes, {} mark stack overflows",
        gc.minor_collections, gc.major_collections, gc.moved_bytes, gc.freed_bytes, gc.mark_overflows
    );
    let _ = writeln!(out, "pauses   longest {:.3} ms, total {:.3} ms", ms(gc.longest_pause_ns), ms(gc.total_pause_ns));
    for (i, &count) in gc.pauses.iter().enumerate().filter(|(_, c)| **c > 0) {
        let _ = match PAUSE_BUCKETS.get(i) {
            Some(&bound) => writeln!(out, "           up to {:>8.2} ms {count:>10}", ms(bound)),
            None => writeln!(out, "           longer            {count:>10}"),
        };
    }
    let _ = writeln!(out, "{:<22} {:>10} {:>14}", "blocks", "count", "bytes");
    for k in &s.kinds {
        let _ = writeln!(out, "{:<22} {:>10} {:>14}", k.kind, k.count, k.bytes);
    }
    out
}

/// For programs.
pub(super) fn json(s: &Stats) -> String {
    let gc = &s.gc;
    let kinds: Vec<String> = s
        .kinds
        .iter()
        .map(|k| format!("{{\"kind\":\"{}\",\"count\":{},\"bytes\":{}}}", k.kind, k.count, k.bytes))
        .collect();
    let pauses: Vec<String> = gc
        .pauses
        .iter()
        .enumerate()
        .map(|(i, count)| match PAUSE_BUCKETS.get(i) {
            Some(bound) => format!("{{\"up_to_ns\":{bound},\"count\":{count}}}"),
            None => format!("{{\"up_to_ns\":null,\"count\":{count}}}"),
        })
        .collect();
    format!(
        "{{\"limit_bytes\":{},\"used_bytes\":{},\"heap_bytes\":{},\"peak_bytes\":{},\"minor_collections\":{},\
         \"major_collections\":{},\"live_bytes\":{},\"moved_bytes\":{},\"freed_bytes\":{},\"mark_overflows\":{},\
         \"longest_pause_ns\":{},\"total_pause_ns\":{},\"pauses\":[{}],\"kinds\":[{}]}}\n",
        s.limit_bytes,
        s.used_bytes,
        s.heap_bytes,
        gc.peak_bytes,
        gc.minor_collections,
        gc.major_collections,
        gc.live_bytes,
        gc.moved_bytes,
        gc.freed_bytes,
        gc.mark_overflows,
        gc.longest_pause_ns,
        gc.total_pause_ns,
        pauses.join(","),
        kinds.join(",")
    )
}
