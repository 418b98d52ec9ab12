//! `Temporal` as scripts see it, in ordinary runs and with everything moved at every allocation.

#![cfg(feature = "temporal")]

mod common;

use common::prints;
use rotifer::{Isolate, Limits};

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

#[test]
fn dates_and_times() {
    prints(
        "const d = Temporal.PlainDate.from('2024-02-29');
         console.log(`${d} ${d.add({ years: 1 })} ${d.with({ day: 1, monthCode: 'M12' })} ${d.dayOfWeek} ${d.weekOfYear} ${d.inLeapYear}`);
         console.log(`${d.until('2025-03-01', { largestUnit: 'year' })} ${d.since('2023-02-28')} ${Temporal.PlainDate.compare(d, '2024-03-01')}`);
         const t = Temporal.PlainTime.from('23:59:58.987654321');
         console.log(`${t.round('second')} ${t.add({ minutes: 1 })} ${t.toString({ smallestUnit: 'minute' })} ${t.until('00:00')}`);
         console.log(`${Temporal.PlainYearMonth.from('2024-02').daysInMonth} ${Temporal.PlainMonthDay.from('--02-29').toPlainDate({ year: 2023 })}`);
         console.log(`${new Temporal.PlainDateTime(2024, 12, 31, 23, 59).round({ smallestUnit: 'hour', roundingMode: 'ceil' })}`);",
        &[
            "2024-02-29 2025-02-28 2024-12-01 4 9 true",
            "P1Y1D P366D -1",
            "23:59:59 00:00:58.987654321 23:59 -PT23H59M58.987654321S",
            "29 2023-02-28",
            "2025-01-01T00:00:00",
        ],
    );
}

#[test]
fn calendars() {
    prints(
        "const d = Temporal.PlainDate.from('2024-02-29'), h = d.withCalendar('hebrew'), j = d.withCalendar('japanese');
         console.log(`${h} ${h.year} ${h.monthCode} ${h.day} ${h.era} ${h.toPlainYearMonth()} ${h.add({ months: 1 }).monthCode}`);
         console.log(j.era, j.eraYear, d.withCalendar('chinese').monthCode, Temporal.PlainDate.from({ calendar: 'roc', era: 'roc', eraYear: 113, month: 2, day: 29 }).equals(d.withCalendar('roc')));
         for (const calendar of ['islamic', 'nope']) try { d.withCalendar(calendar); } catch (e) { console.log(e.name); }
         try { d.withCalendar('chinese').until('-200000-01-01[u-ca=chinese]', { largestUnit: 'month' }); } catch (e) { console.log(e.message); }",
        &[
            "2024-02-29[u-ca=hebrew] 5784 M05L 20 am 2024-02-10[u-ca=hebrew] M06",
            "reiwa 6 M01 true",
            "RangeError",
            "RangeError",
            "too long to be counted in months of this calendar",
        ],
    );
}

#[test]
fn time_zones() {
    prints(
        "const p = new Temporal.PlainDateTime(2024, 10, 27, 2, 30);
         const z = p.toZonedDateTime('Europe/Vienna', { disambiguation: 'later' });
         console.log(`${z} ${z.hoursInDay} ${z.offset} ${z.subtract('PT1H')} ${z.subtract('P1D')}`);
         console.log(`${z.startOfDay()} ${z.getTimeZoneTransition('next')}`);
         console.log(`${z.withTimeZone('Asia/Kathmandu')} ${z.toInstant()} ${z.toString({ timeZoneName: 'never', offset: 'never' })}`);
         try { p.toZonedDateTime('Europe/Nowhere'); } catch (e) { console.log(e.name); }
         try { Temporal.ZonedDateTime.from({ get year() { throw 'read'; }, month: 1, day: 1 }); } catch (e) { console.log(e.message); }",
        &[
            "2024-10-27T02:30:00+01:00[Europe/Vienna] 25 +01:00 2024-10-27T02:30:00+02:00[Europe/Vienna] 2024-10-26T02:30:00+02:00[Europe/Vienna]",
            "2024-10-27T00:00:00+02:00[Europe/Vienna] 2025-03-30T03:00:00+02:00[Europe/Vienna]",
            "2024-10-27T07:15:00+05:45[Asia/Kathmandu] 2024-10-27T01:30:00Z 2024-10-27T02:30:00",
            "RangeError",
            "timeZone is missing",
        ],
    );
}

#[test]
fn people_can_read_them() {
    prints(
        "console.log(Temporal.PlainDate.from('2024-02-29'), [Temporal.Duration.from('P1D')]);
         console.log({ at: Temporal.Instant.fromEpochMilliseconds(0), z: Temporal.ZonedDateTime.from('2024-01-01T00:00[UTC]') });
         console.log(JSON.stringify([Temporal.PlainTime.from('12:30'), Temporal.PlainMonthDay.from('12-31')]));
         try { Temporal.PlainDate.from('2024-02-29') < 1; } catch (e) { console.log(e.name); }",
        &[
            "Temporal.PlainDate 2024-02-29 [ Temporal.Duration P1D ]",
            "{\n  at: Temporal.Instant 1970-01-01T00:00:00Z,\n  z: Temporal.ZonedDateTime 2024-01-01T00:00:00+00:00[UTC]\n}",
            "[\"12:30:00\",\"12-31\"]",
            "TypeError",
        ],
    );
}

#[test]
fn images_keep_them() {
    let mut js = Isolate::new(Limits::default()).unwrap();
    js.run(
        "var all = [
             Temporal.Duration.from('-P1Y2DT0.000000001S'), Temporal.Instant.from('+275760-09-13T00:00Z'),
             Temporal.PlainDate.from('-271821-04-20[u-ca=hebrew]'), Temporal.PlainTime.from('23:59:59.999999999'),
             Temporal.PlainDateTime.from('2024-02-29T12:00[u-ca=japanese]'), Temporal.PlainYearMonth.from('2024-02-10[u-ca=hebrew]'),
             Temporal.PlainMonthDay.from('1972-02-10[u-ca=hebrew]'), Temporal.ZonedDateTime.from('2024-02-29T12:00[America/Argentina/ComodRivadavia][u-ca=islamic-umalqura]'),
         ];
         var texts = all.map(String).join();",
        "setup.js",
    )
    .unwrap();
    let image = js.save_image().unwrap();
    let mut js = Isolate::load_image(&image, Limits::default()).unwrap();
    assert_eq!(js.eval_as::<bool>("all.map(String).join() === texts", "check.js"), Ok(true));
    let kinds =
        js.eval_as::<String>("all.map(x => x.constructor.name + Object.keys(x).length).join()", "check.js").unwrap();
    let expected =
        "Duration0,Instant0,PlainDate0,PlainTime0,PlainDateTime0,PlainYearMonth0,PlainMonthDay0,ZonedDateTime0";
    assert_eq!(kinds, expected);
}

#[test]
fn long_texts_and_little_memory_are_errors() {
    prints(
        "for (const text of ['2024-01-01' + '[a=b]'.repeat(10000), '\\ud800', 'P' + '9'.repeat(5000) + 'D'])
             for (const type of [Temporal.PlainDate, Temporal.Duration, Temporal.ZonedDateTime])
                 try { type.from(text); console.log('?'); } catch (e) { if (!(e instanceof RangeError)) console.log(e); }
         console.log('done');",
        &["done"],
    );
    let mut js = Isolate::new(Limits::default().memory(64 << 10)).unwrap();
    let greedy = "const all = []; for (;;) all.push(Temporal.PlainDate.from('2024-01-01'));";
    assert!(matches!(js.run(greedy, "greedy.js"), Err(rotifer::Error::OutOfMemory)));
    assert_eq!(js.eval_as::<i32>("1 + 1", "after.js"), Ok(2));
}
