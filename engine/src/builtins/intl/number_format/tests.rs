//! What numbers look like, without objects.

use super::*;

fn formatted(locale: &str, change: impl Fn(&mut NumberFormat), number: &str) -> String {
    let locale = Locale::try_from_str(locale).unwrap();
    let mut format = NumberFormat::plain(&locale.to_string(), &default_numbering_system(&locale));
    change(&mut format);
    let number = Decimal::parse(number.as_bytes()).map_or(Number::NaN, Number::Finite);
    format.format(&number).text
}

fn money(currency: &str) -> impl Fn(&mut NumberFormat) {
    move |format| {
        format.style = Style::Currency;
        format.currency = currency.to_string();
        let digits = currency::digits(currency);
        format.digits = DigitOptions::with_fraction(digits, digits);
    }
}

#[test]
fn decimals() {
    assert_eq!(formatted("en", |_| (), "1234567.8914"), "1,234,567.891");
    assert_eq!(formatted("de", |_| (), "-1234.5"), "-1.234,5");
    assert_eq!(formatted("en-IN", |_| (), "1234567"), "12,34,567");
    assert_eq!(formatted("es", |_| (), "1234"), "1234");
    assert_eq!(formatted("ar-EG", |_| (), "12"), "١٢");
    assert_eq!(formatted("en", |_| (), "-0"), "-0");
    assert_eq!(formatted("ru", |_| (), "x"), "не\u{a0}число");
    assert_eq!(formatted("en", |format| format.grouping = Grouping::Never, "1e25"), "10000000000000000000000000");
}

#[test]
fn amounts_of_money() {
    assert_eq!(formatted("en", money("USD"), "-1234.5"), "-$1,234.50");
    assert_eq!(formatted("de", money("EUR"), "1234.5"), "1.234,50\u{a0}€");
    assert_eq!(formatted("ja", money("JPY"), "1234.5"), "￥1,235");
    assert_eq!(formatted("de-CH", money("CHF"), "-5"), "CHF-5.00");
    assert_eq!(formatted("es", money("CAD"), "5"), "5,00\u{a0}CAD");
    let accounting = |format: &mut NumberFormat| {
        money("USD")(format);
        format.currency_sign = CurrencySign::Accounting;
    };
    assert_eq!(formatted("en", accounting, "-5"), "($5.00)");
    let named = |format: &mut NumberFormat| {
        money("USD")(format);
        format.currency_display = CurrencyDisplay::Name;
    };
    assert_eq!(formatted("en", named, "1"), "1.00 US dollars");
}

#[test]
fn powers_of_ten() {
    let compact = |display| {
        move |format: &mut NumberFormat| {
            format.notation = Notation::Compact;
            format.compact_display = display;
            format.digits.significant = Some((1, 2));
            format.digits.fraction = Some((0, 0));
            format.digits.priority = digits::RoundingPriority::MorePrecision;
            format.grouping = Grouping::Min2;
        }
    };
    assert_eq!(formatted("en", compact(CompactDisplay::Short), "999999"), "1M");
    assert_eq!(formatted("en", compact(CompactDisplay::Short), "987654321"), "988M");
    assert_eq!(formatted("de", compact(CompactDisplay::Long), "1e9"), "1 Milliarde");
    assert_eq!(formatted("ja", compact(CompactDisplay::Long), "12345"), "1.2万");
    let scientific = |format: &mut NumberFormat| format.notation = Notation::Scientific;
    assert_eq!(formatted("en", scientific, "-0.00012345"), "-1.235E-4");
    assert_eq!(formatted("en", |format| format.notation = Notation::Engineering, "123456"), "123.456E3");
}

#[test]
fn units() {
    let unit = |unit: &'static str, display| {
        move |format: &mut NumberFormat| {
            format.style = Style::Unit;
            format.unit = unit.to_string();
            format.unit_display = display;
        }
    };
    assert_eq!(formatted("en", unit("kilometer", UnitDisplay::Long), "1"), "1 kilometer");
    assert_eq!(formatted("pl", unit("meter", UnitDisplay::Long), "5"), "5 metrów");
    assert_eq!(formatted("en", unit("liter-per-second", UnitDisplay::Long), "2"), "2 liters per second");
    assert_eq!(formatted("ja", unit("kilometer-per-hour", UnitDisplay::Long), "9"), "時速 9 キロメートル");
    assert_eq!(formatted("nb", unit("celsius", UnitDisplay::Short), "9"), "9 °C");
    assert_eq!(formatted("en", unit("percent", UnitDisplay::Short), "9"), "9%");
}

#[test]
fn ranges() {
    let range = |locale: &str, change: fn(&mut NumberFormat), start: f64, end: f64| {
        let mut format = NumberFormat::plain(locale, "latn");
        change(&mut format);
        format.format_range(&Number::of(start), &Number::of(end)).text
    };
    assert_eq!(range("en", |_| (), 1.0, 2.0), "1–2");
    assert_eq!(range("en", |_| (), 1.0, 1.0), "~1");
    assert_eq!(range("en", |_| (), -2.0, -1.0), "-2 – -1");
    let meters = |format: &mut NumberFormat| {
        format.style = Style::Unit;
        format.unit = "meter".to_string();
        format.unit_display = UnitDisplay::Long;
    };
    assert_eq!(range("en", meters, 0.0, 1.0), "0–1 meters");
}
