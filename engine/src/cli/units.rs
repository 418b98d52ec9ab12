//! Sizes and durations as people write them.

use std::time::Duration;

/// A size: a number with `k`, `m` or `g`, or without for bytes.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("'{text}' is not a size such as 4096, 64k, 8m or 1g");
    let lower = text.trim().to_ascii_lowercase();
    let lower = lower.strip_suffix("ib").or_else(|| lower.strip_suffix('b')).unwrap_or(&lower);
    let (digits, factor) = match lower.as_bytes().last() {
        Some(b'k') => (&lower[..lower.len() - 1], 1_usize << 10),
        Some(b'm') => (&lower[..lower.len() - 1], 1 << 20),
        Some(b'g') => (&lower[..lower.len() - 1], 1 << 30),
        _ => (lower, 1),
    };
    if let Ok(n) = digits.parse::<usize>() {
        return n.checked_mul(factor).ok_or_else(wrong);
    }
    let n: f64 = digits.parse().map_err(|_| wrong())?;
    let bytes = n * factor as f64;
    if bytes.is_finite() && (0.0..9e15).contains(&bytes) { Ok(bytes as usize) } else { Err(wrong()) }
}

/// A duration: a number with `ms`, `us`, `s`, `m` or `h`, or without for seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("'{text}' is not a duration such as 5, 0.5s, 500ms or 2m");
    let lower = text.trim().to_ascii_lowercase();
    let units = [("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let (digits, factor) =
        units.iter().find_map(|(suffix, factor)| Some((lower.strip_suffix(suffix)?, *factor))).unwrap_or((&lower, 1.0));
    let n: f64 = digits.trim().parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(n * factor).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("64k"), Ok(65536));
        assert_eq!(size("8M"), Ok(8 << 20));
        assert_eq!(size("1GiB"), Ok(1 << 30));
        assert_eq!(size("1.5k"), Ok(1536));
        for bad in ["", "k", "-1", "1e400", "nan", "x", "99999999999999999999g", "18446744073709551615g"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("5"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("0.25s"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for bad in ["", "ms", "-1", "nan", "1e30h", "inf"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
