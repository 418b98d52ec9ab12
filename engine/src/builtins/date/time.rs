//! Time values and calendar arithmetic (ECMA-262 §21.4.1).

use rotifer_jsvalue::number::{floor, to_integer_or_infinity};

pub(super) const MS_PER_DAY: f64 = 86_400_000.0;
/// The largest time value.
const MAX_TIME: f64 = 8.64e15;

/// A moment taken apart (ECMA-262 §21.4.1.4 and the following).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Fields {
    pub year: i64,
    /// From 0.
    pub month: i64,
    /// From 1.
    pub date: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub ms: i64,
    /// From 0, which is Sunday.
    pub weekday: i64,
}

/// Days from 1 January 1970 to the given day of the proleptic Gregorian calendar; `month` is from 0 to 11.
pub(super) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their odd day last.
    let year = if month < 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let from_march = (month + 10) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

/// Year, month (from 0) and day of a day number.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12;
    (era * 400 + year_of_era + i64::from(month < 2), month, day)
}

/// Takes a finite time value apart.
pub(super) fn fields(t: f64) -> Fields {
    let t = t as i64;
    let days = t.div_euclid(86_400_000);
    let rest = t.rem_euclid(86_400_000);
    let (year, month, date) = civil_from_days(days);
    Fields {
        year,
        month,
        date,
        hour: rest / 3_600_000,
        minute: rest / 60_000 % 60,
        second: rest / 1000 % 60,
        ms: rest % 1000,
        weekday: (days + 4).rem_euclid(7),
    }
}

/// ECMA-262 §21.4.1.3 Day
pub(super) fn day(t: f64) -> f64 {
    floor(t / MS_PER_DAY)
}

/// ECMA-262 §21.4.1.4 TimeWithinDay
pub(super) fn time_within_day(t: f64) -> f64 {
    t - day(t) * MS_PER_DAY
}

/// ECMA-262 §21.4.1.28 MakeTime
pub(super) fn make_time(hour: f64, minute: f64, second: f64, ms: f64) -> f64 {
    if !(hour.is_finite() && minute.is_finite() && second.is_finite() && ms.is_finite()) {
        return f64::NAN;
    }
    let [hour, minute, second, ms] = [hour, minute, second, ms].map(to_integer_or_infinity);
    hour * 3_600_000.0 + minute * 60_000.0 + second * 1000.0 + ms
}

/// ECMA-262 §21.4.1.29 MakeDay
pub(super) fn make_day(year: f64, month: f64, date: f64) -> f64 {
    if !(year.is_finite() && month.is_finite() && date.is_finite()) {
        return f64::NAN;
    }
    let [year, month, date] = [year, month, date].map(to_integer_or_infinity);
    let whole = year + floor(month / 12.0);
    if !(-400_000.0..=400_000.0).contains(&whole) || !(-1e12..=1e12).contains(&month) {
        return f64::NAN;
    }
    let month = (month as i64).rem_euclid(12);
    days_from_civil(whole as i64, month, 1) as f64 + date - 1.0
}

/// ECMA-262 §21.4.1.30 MakeDate
pub(super) fn make_date(day: f64, time: f64) -> f64 {
    let t = day * MS_PER_DAY + time;
    if t.is_finite() { t } else { f64::NAN }
}

/// ECMA-262 §21.4.1.31 MakeFullYear
pub(super) fn make_full_year(year: f64) -> f64 {
    let whole = to_integer_or_infinity(year);
    if year.is_nan() {
        f64::NAN
    } else if (0.0..=99.0).contains(&whole) {
        1900.0 + whole
    } else {
        whole
    }
}

/// ECMA-262 §21.4.1.32 TimeClip
pub(super) fn time_clip(t: f64) -> f64 {
    if (-MAX_TIME..=MAX_TIME).contains(&t) { to_integer_or_infinity(t) } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(days_from_civil(1970, 0, 1), 0);
        assert_eq!(days_from_civil(2000, 1, 29), 11016);
        for day in (-100_000_000..=100_000_000).step_by(9973) {
            let (y, m, d) = civil_from_days(day);
            assert!((0..12).contains(&m) && (1..=31).contains(&d));
            assert_eq!(days_from_civil(y, m, d), day);
        }
        let f = fields(-1.0);
        assert_eq!((f.year, f.month, f.date, f.hour, f.ms, f.weekday), (1969, 11, 31, 23, 999, 3));
    }
}
