//! `Temporal.Duration`, `Temporal.Instant` and `Temporal.Now` as scripts see them, in ordinary runs and with everything moved at every
//! allocation.

#![cfg(feature = "temporal")]

mod common;

use common::prints;

#[test]
fn durations() {
    prints(
        "const d = Temporal.Duration.from({ hours: 130, minutes: 20 });
         console.log(d.total('second'), `${d.round({ largestUnit: 'day' })}`, `${d.negated().abs()}`, d.sign, d.blank);
         console.log(`${d.add('PT1.5H')} ${d.subtract('P6D')} ${d.with({ minutes: 5 })}`);
         console.log(`${new Temporal.Duration(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}`, JSON.stringify(Temporal.Duration.from('-P1W')));
         console.log(`${Temporal.Duration.from('P40D').round({ largestUnit: 'month', relativeTo: '2024-02-01' })}`);
         const zoned = { year: 2024, month: 3, day: 30, hour: 12, timeZone: 'Europe/Berlin' };
         console.log(Temporal.Duration.from('P1D').total({ unit: 'hour', relativeTo: zoned }));
         console.log(Temporal.Duration.compare('P1D', 'PT23H', { relativeTo: zoned }), Temporal.Duration.compare('P1D', 'PT23H'));
         console.log(Temporal.Duration.from({ seconds: 1e15 }).total({ unit: 'second' }));",
        &[
            "469200 P5DT10H20M PT130H20M 1 false",
            "PT131H50M -PT13H40M PT130H5M",
            "P1Y2M3W4DT5H6M7.00800901S \"-P1W\"",
            "P1M11D",
            "23",
            "0 1",
            "1000000000000000",
        ],
    );
}

#[test]
fn moments() {
    prints(
        "const i = Temporal.Instant.from('2024-03-31T02:30:15.123456789+02:00');
         console.log(`${i}`, i.epochMilliseconds, i.epochNanoseconds);
         console.log(i.toString({ timeZone: 'Asia/Kathmandu', smallestUnit: 'minute' }), `${i.round('hour')}`);
         console.log(`${i.add({ hours: 1 }).since(i)} ${i.until(Temporal.Instant.fromEpochMilliseconds(0), { largestUnit: 'hour' })}`);
         console.log(Temporal.Instant.compare(i, i.subtract('PT1S')), i.equals(new Temporal.Instant(i.epochNanoseconds)));
         console.log(`${new Date(86400000).toTemporalInstant()}`);
         console.log(Temporal.Instant.compare(Temporal.Now.instant(), '2020-01-01T00:00Z'));",
        &[
            "2024-03-31T00:30:15.123456789Z 1711845015123 1711845015123456789n",
            "2024-03-31T06:15+05:45 2024-03-31T01:00:00Z",
            "PT3600S -PT475512H30M15.123456789S",
            "1 true",
            "1970-01-02T00:00:00Z",
            "1",
        ],
    );
}

#[test]
fn errors_say_which() {
    prints(
        "const tries = [
             () => Temporal.Duration(), () => new Temporal.Duration(0.5), () => new Temporal.Duration(1, -1), () => Temporal.Duration.from({}),
             () => new Temporal.Instant(1), () => new Temporal.Instant(10n ** 40n), () => Temporal.Instant.from('2024-01-01'),
             () => new Date(NaN).toTemporalInstant(), () => new Temporal.Duration(1).total('day'), () => new Temporal.Duration() + 1,
             () => Temporal.Duration.from('P1M').total({ unit: 'day', relativeTo: '2024-01-01[u-ca=islamic]' }),
         ];
         console.log(tries.map(f => { try { f(); return 'nothing' } catch (e) { return e.name } }).join(' '));",
        &["TypeError RangeError RangeError TypeError TypeError RangeError RangeError RangeError RangeError TypeError RangeError"],
    );
}

/// Counting months of these calendars over all of time would take many minutes.
#[test]
fn many_lunisolar_months_are_refused() {
    prints(
        "for (const calendar of ['chinese', 'dangi', 'hebrew', 'iso8601']) {
             const relativeTo = '1972-05-31[u-ca=' + calendar + ']';
             const long = Temporal.Duration.from({ days: 95e6 });
             const tries = [
                 () => long.total({ unit: 'month', relativeTo }), () => long.round({ largestUnit: 'month', relativeTo }),
                 () => long.round({ smallestUnit: 'month', relativeTo }),
             ];
             console.log(calendar, tries.map(f => { try { return typeof f() } catch (e) { return e.name } }).join(' '));
             console.log(`${long.round({ largestUnit: 'year', smallestUnit: 'year', relativeTo })}`);
         }",
        &[
            "chinese RangeError RangeError RangeError",
            "P260101Y",
            "dangi RangeError RangeError RangeError",
            "P260101Y",
            "hebrew number object object",
            "P260098Y",
            "iso8601 number object object",
            "P260101Y",
        ],
    );
}
