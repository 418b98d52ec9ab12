//! Looking for a key in a run of entries.

use core::mem::needs_drop;

/// Runs up to this length are searched by counting.
const SHORT: usize = 128;

/// How many items of a run, of which some first ones are not above a key and the others are, are not. `K` is the type of the keys.
///
/// Keys that are compared as fast as they are read are counted, the last of every `STEP` first: more comparisons than in a binary
/// search, but none waits for another, which matters when the run has to come from memory first.
#[inline(always)]
pub(super) fn count<const STEP: usize, K, T>(run: &[T], not_above: impl Fn(&T) -> bool) -> usize {
    if needs_drop::<K>() || size_of::<K>() > size_of::<u64>() || run.len() > SHORT {
        return run.partition_point(not_above);
    }
    let (parts, rest) = run.as_chunks::<STEP>();
    let part = parts.iter().map(|items| usize::from(items.last().is_some_and(&not_above))).sum::<usize>();
    // The number of the last that is not above, in conditional moves: compilers make more of a count than they should.
    let first = part * STEP;
    let last_in = |items: &[T]| {
        let mut found = first;
        for (index, item) in items.iter().enumerate() {
            found = if not_above(item) { first + index + 1 } else { found };
        }
        found
    };
    // Of a constant length, so that the loop is none.
    match parts.get(part) {
        Some(items) => last_in(&items[..STEP - 1]),
        None => last_in(rest),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn counts_in_runs_of_every_length() {
        for length in 0..200_u64 {
            let numbers: Vec<(u64, ())> = (0..length).map(|number| (2 * number + 1, ())).collect();
            let mut texts: Vec<(String, ())> = numbers.iter().map(|(number, ())| (number.to_string(), ())).collect();
            texts.sort_unstable();
            for key in 0..2 * length + 2 {
                let expected = (key as usize).div_ceil(2).min(length as usize);
                assert_eq!(count::<4, u64, _>(&numbers, |(other, ())| *other <= key), expected);
                assert_eq!(count::<8, u64, _>(&numbers, |(other, ())| *other <= key), expected);
                let text = key.to_string();
                let expected = texts.iter().filter(|(other, ())| *other <= text).count();
                assert_eq!(count::<8, String, _>(&texts, |(other, ())| *other <= text), expected);
            }
        }
    }
}
