//! The clock and the local time zone: the host's with `std`, otherwise 1970 and UTC.

/// What applies at some moment.
pub(super) struct Local {
    /// Milliseconds to add to UTC.
    pub offset: f64,
    /// A short name such as `CET`.
    pub name: &'static str,
}

#[cfg(feature = "std")]
mod host {
    use std::sync::OnceLock;
    use std::time::{SystemTime, UNIX_EPOCH};

    use tz::TimeZone;

    use super::Local;

    /// `TZ`, or what the system is set to.
    fn zone() -> Option<&'static TimeZone> {
        static ZONE: OnceLock<Option<TimeZone>> = OnceLock::new();
        ZONE.get_or_init(|| match std::env::var("TZ") {
            Ok(name) if !name.is_empty() => TimeZone::from_posix_tz(&name).ok(),
            _ => TimeZone::local().ok(),
        })
        .as_ref()
    }

    pub fn local(utc: f64) -> Option<Local> {
        let seconds = (utc / 1000.0).floor() as i64;
        let kind = zone()?.find_local_time_type(seconds).ok()?;
        Some(Local { offset: f64::from(kind.ut_offset()) * 1000.0, name: kind.time_zone_designation() })
    }

    pub fn now() -> f64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => (after.as_millis() as f64).floor(),
            Err(before) => -(before.duration().as_millis() as f64),
        }
    }
}

#[cfg(not(feature = "std"))]
mod host {
    use super::Local;

    pub fn local(_utc: f64) -> Option<Local> {
        None
    }

    pub fn now() -> f64 {
        0.0
    }
}

/// Milliseconds since 1970.
pub(super) fn now() -> f64 {
    host::now()
}

/// The zone at a finite moment of UTC.
pub(super) fn local(utc: f64) -> Local {
    host::local(utc).unwrap_or(Local { offset: 0.0, name: "UTC" })
}

/// ECMA-262 §21.4.1.25 LocalTime
pub(super) fn local_time(utc: f64) -> f64 {
    utc + local(utc).offset
}

/// ECMA-262 §21.4.1.26 UTC: of two moments the earlier, and times that were skipped as if they had not been.
pub(super) fn utc(local_time: f64) -> f64 {
    const DAY: f64 = 86_400_000.0;
    if !local_time.is_finite() || !(-8.65e15..=8.65e15).contains(&local_time) {
        return f64::NAN;
    }
    let before = local(local_time - DAY).offset;
    let after = local(local_time + DAY).offset;
    if before == after || local(local_time - before).offset == before {
        return local_time - before;
    }
    if local(local_time - after).offset == after { local_time - after } else { local_time - before }
}
