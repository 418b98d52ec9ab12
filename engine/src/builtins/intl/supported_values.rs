//! `Intl.supportedValuesOf` (ECMA-402 §8.3.2).

use alloc::vec::Vec;

use icu_time::zone::iana::IanaParserExtended;

use super::display_words::CALENDARS;
use super::options::text;
use crate::cx::{Args, Cx, Value};
use crate::throw::JsResult;

/// The collations that a locale may have besides the usual order, sorted.
const COLLATIONS: &[&str] =
    &["compat", "dict", "emoji", "eor", "phonebk", "pinyin", "stroke", "trad", "unihan", "zhuyin"];

/// The numbering systems with ten digits in a row or, the last of all, with names, sorted.
const NUMBERING_SYSTEMS: &str = "adlm ahom arab arabext bali beng bhks brah cakm cham deva diak fullwide gara gong gonm gujr gukh guru \
    hanidec hmng hmnp java kali kawi khmr knda krai lana lanatham laoo latn lepc limb mathbold mathdbl mathmono mathsanb mathsans mlym \
    modi mong mroo mtei mymr mymrepka mymrpao mymrshan mymrtlng nagm newa nkoo olck onao orya osma outlined rohg saur segment shrd \
    sind sinh sora sund sunu takr talu tamldec telu thai tibt tirh tnsa tols vaii wara wcho";

/// The currencies that have a name, sorted.
const CURRENCIES: &str = "ADP AED AFA AFN ALK ALL AMD ANG AOA AOK AON AOR ARA ARL ARM ARP ARS ATS AUD AWG AZM AZN BAD BAM BAN BBD BDT BEC BEF BEL BGL BGM \
    BGN BGO BHD BIF BMD BND BOB BOL BOP BOV BRB BRC BRE BRL BRN BRR BRZ BSD BTN BUK BWP BYB BYN BYR BZD CAD CDF CHE CHF CHW CLE CLF \
    CLP CNH CNX CNY COP COU CRC CSD CSK CUC CUP CVE CYP CZK DDM DEM DJF DKK DOP DZD ECS ECV EEK EGP ERN ESA ESB ESP ETB EUR FIM FJD \
    FKP FRF GBP GEK GEL GHC GHS GIP GMD GNF GNS GQE GRD GTQ GWE GWP GYD HKD HNL HRD HRK HTG HUF IDR IEP ILP ILR ILS INR IQD IRR ISJ \
    ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRH KRO KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LTT LUC LUF LUL LVL LVR LYD MAD MAF MCF \
    MDC MDL MGA MGF MKD MKN MLF MMK MNT MOP MRO MRU MTL MTP MUR MVP MVR MWK MXN MXP MXV MYR MZE MZM MZN NAD NGN NIC NIO NLG NOK NPR \
    NZD OMR PAB PEI PEN PES PGK PHP PKR PLN PLZ PTE PYG QAR RHD ROL RON RSD RUB RUR RWF SAR SBD SCR SDD SDG SDP SEK SGD SHP SIT SKK \
    SLE SLL SOS SRD SRG SSP STD STN SUR SVC SYP SZL THB TJR TJS TMM TMT TND TOP TPE TRL TRY TTD TWD TZS UAH UAK UGS UGX USD USN USS \
    UYI UYP UYU UYW UZS VEB VED VEF VES VND VNN VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XEU XFO XFU XOF XPD XPF XPT XRE XSU \
    XTS XUA XXX YDD YER YUD YUM YUN YUR ZAL ZAR ZMK ZMW ZRN ZRZ ZWD ZWG ZWL ZWR";

/// The units of ECMA-402 §6.6.2 that are no compounds, sorted.
const UNITS: &str = "acre bit byte celsius centimeter day degree fahrenheit fluid-ounce foot gallon gigabit gigabyte gram hectare hour \
    inch kilobit kilobyte kilogram kilometer liter megabit megabyte meter microsecond mile mile-scandinavian milliliter millimeter \
    millisecond minute month nanosecond ounce percent petabyte pound second stone terabit terabyte week yard year";

/// Intl.supportedValuesOf
pub(super) fn supported_values_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let key = cx.to_string(args.get(0))?;
    let key = text(cx, key.cast())?;
    let values: Vec<&str> = match key.as_str() {
        "calendar" => CALENDARS.to_vec(),
        "collation" => COLLATIONS.to_vec(),
        "currency" => CURRENCIES.split_ascii_whitespace().collect(),
        "numberingSystem" => NUMBERING_SYSTEMS.split_ascii_whitespace().collect(),
        "timeZone" => time_zones(),
        "unit" => UNITS.split_ascii_whitespace().collect(),
        _ => return Err(cx.throw_range_error(&alloc::format!("there are no values of '{key}'"))),
    };
    let array = cx.new_array(0, values.len() as u32)?;
    for value in values {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let value = cx.str(value)?;
        cx.push(array, value.cast())?;
    }
    Ok(array.cast())
}

/// What the library lists besides: no zone, and names that the time zone database has made links to cities since.
const NO_ZONES: &[&str] = &["CST6CDT", "EST5EDT", "Etc/Unknown", "MST7MDT", "PST8PDT"];

/// ECMA-402 §6.5.4 AvailablePrimaryTimeZoneIdentifiers, sorted.
fn time_zones() -> Vec<&'static str> {
    let zones = IanaParserExtended::new();
    let mut names: Vec<&str> =
        zones.iter().map(|zone| zone.canonical).filter(|name| !NO_ZONES.contains(name)).collect();
    // These mean the same, and the specification says which of them is shown.
    for name in &mut names {
        if matches!(*name, "Etc/UTC" | "Etc/GMT" | "GMT") {
            *name = "UTC";
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::super::display_names::currency_name;
    use super::*;

    #[test]
    fn lists_are_sorted() {
        let is_sorted = |list: &str| list.split_ascii_whitespace().is_sorted();
        assert!([NUMBERING_SYSTEMS, CURRENCIES, UNITS].into_iter().all(is_sorted));
        assert!(COLLATIONS.is_sorted() && CALENDARS.is_sorted() && time_zones().is_sorted());
    }

    #[test]
    fn currencies_are_those_with_names() {
        let english = "en".parse().unwrap();
        for code in 0..26 * 26 * 26 {
            let letters = [code / 676, code / 26 % 26, code % 26].map(|at| b'A' + at as u8);
            let code = core::str::from_utf8(&letters).unwrap();
            let is_listed = CURRENCIES.split_ascii_whitespace().any(|one| one == code);
            assert_eq!(currency_name(&english, code).is_some(), is_listed, "{code}");
        }
    }
}
