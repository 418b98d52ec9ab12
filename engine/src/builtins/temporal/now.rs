//! `Temporal.Now`.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use temporal_rs::{Instant, TimeZone, ZonedDateTime};

use super::check;
use super::convert::to_temporal_time_zone;
use super::slots::create;
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static NOW: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        tag(n!("Temporal.Now")),
        func(n!("timeZoneId"), 0, time_zone_id),
        func(n!("instant"), 0, instant),
        func(n!("plainDateTimeISO"), 0, plain_date_time_iso),
        func(n!("zonedDateTimeISO"), 0, zoned_date_time_iso),
        func(n!("plainDateISO"), 0, plain_date_iso),
        func(n!("plainTimeISO"), 0, plain_time_iso),
    ],
);

/// The local time zone (SystemTimeZoneIdentifier): what the variable `TZ` names, or what the system is set to; UTC if neither is known. It does
/// not change while the process runs, as that of dates does not.
pub(super) fn local_zone() -> TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    *ZONE.get_or_init(|| {
        let named = std::env::var("TZ").ok().filter(|name| !name.is_empty());
        let name = named.or_else(|| iana_time_zone::get_timezone().ok()).unwrap_or_default();
        let zone = TimeZone::try_from_identifier_str(name.strip_prefix(':').unwrap_or(&name));
        zone.and_then(|zone| zone.primary_identifier()).unwrap_or_else(|_| TimeZone::utc())
    })
}

/// SystemUTCEpochNanoseconds
fn now<'s>(cx: &mut Cx<'s>) -> JsResult<Instant> {
    // What the clock holds fits: a signed 64-bit number of seconds.
    let nanoseconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    };
    check(cx, Instant::try_new(nanoseconds))
}

/// Now, in the time zone of the first argument or the local one (SystemDateTime).
fn zoned<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<ZonedDateTime> {
    let zone = match args.get(0) {
        zone if cx.is_undefined(zone) => local_zone(),
        zone => to_temporal_time_zone(cx, zone)?,
    };
    let now = now(cx)?;
    check(cx, now.to_zoned_date_time_iso(zone))
}

/// Temporal.Now.timeZoneId
fn time_zone_id<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    let name = check(cx, local_zone().identifier())?;
    super::string(cx, &name)
}

/// Temporal.Now.instant
fn instant<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    let now = now(cx)?;
    create(cx, &now, None)
}

/// Temporal.Now.plainDateTimeISO
fn plain_date_time_iso<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let now = zoned(cx, args)?;
    create(cx, &now.to_plain_date_time(), None)
}

/// Temporal.Now.zonedDateTimeISO
fn zoned_date_time_iso<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let now = zoned(cx, args)?;
    create(cx, &now, None)
}

/// Temporal.Now.plainDateISO
fn plain_date_iso<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let now = zoned(cx, args)?;
    create(cx, &now.to_plain_date(), None)
}

/// Temporal.Now.plainTimeISO
fn plain_time_iso<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let now = zoned(cx, args)?;
    create(cx, &now.to_plain_time(), None)
}
