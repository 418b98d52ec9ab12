//! Numbers in dates: digits of a numbering system, and the systems that calendars have for single fields.

use alloc::format;
use alloc::string::String;

use super::pattern::Special;

/// A number with at least so many digits.
pub(super) fn decimal(digits: &[char; 10], number: i64, width: u8) -> String {
    let width = usize::from(width.min(9));
    let latin = format!("{:0width$}", number.unsigned_abs());
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    text.extend(latin.bytes().map(|b| digits.get(usize::from(b.wrapping_sub(b'0'))).copied().unwrap_or(b.into())));
    text
}

/// A number as a pattern prescribes it for one field.
pub(super) fn special(which: Special, digits: &[char; 10], number: i64) -> String {
    const HAN: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let han = |digit: i64| HAN.get(usize::try_from(digit).unwrap_or(0)).copied().unwrap_or('〇');
    match which {
        Special::Hanidec => decimal(&HAN, number, 1),
        Special::Hanidays => match number {
            10 => "初十".into(),
            20 => "二十".into(),
            30 => "三十".into(),
            1..=9 => format!("初{}", han(number)),
            11..=19 => format!("十{}", han(number - 10)),
            21..=29 => format!("廿{}", han(number - 20)),
            _ => decimal(&HAN, number, 1),
        },
        Special::Hebrew => hebrew(number).unwrap_or_else(|| decimal(digits, number, 1)),
        Special::Roman => roman(number).unwrap_or_else(|| decimal(digits, number, 1)),
        Special::FirstYear if number == 1 => "元".into(),
        Special::FirstYear => decimal(digits, number, 1),
    }
}

/// Letters with their values are added up; 15 and 16 are written as 9 and 6 or 7. Thousands are left out, as years are written.
fn hebrew(number: i64) -> Option<String> {
    const LETTERS: [(i64, char); 22] = [
        (400, 'ת'),
        (300, 'ש'),
        (200, 'ר'),
        (100, 'ק'),
        (90, 'צ'),
        (80, 'פ'),
        (70, 'ע'),
        (60, 'ס'),
        (50, 'נ'),
        (40, 'מ'),
        (30, 'ל'),
        (20, 'כ'),
        (10, 'י'),
        (9, 'ט'),
        (8, 'ח'),
        (7, 'ז'),
        (6, 'ו'),
        (5, 'ה'),
        (4, 'ד'),
        (3, 'ג'),
        (2, 'ב'),
        (1, 'א'),
    ];
    if !(1..10_000).contains(&number) || number % 1000 == 0 {
        return None;
    }
    let mut left = number % 1000;
    let mut text = String::new();
    for (value, letter) in LETTERS {
        // Written out, 15 and 16 would be parts of a name of God.
        if left == 15 || left == 16 {
            text.push('ט');
            left -= 9;
        }
        while left >= value {
            text.push(letter);
            left -= value;
        }
    }
    match text.pop() {
        Some(last) if text.is_empty() => text = format!("{last}׳"),
        Some(last) => {
            text.push('״');
            text.push(last);
        }
        None => {}
    }
    Some(text)
}

fn roman(number: i64) -> Option<String> {
    const PARTS: [(i64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if !(1..4000).contains(&number) {
        return None;
    }
    let mut left = number;
    let mut text = String::new();
    for (value, part) in PARTS {
        while left >= value {
            text.push_str(part);
            left -= value;
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATIN: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

    #[test]
    fn digits_and_widths() {
        assert_eq!(decimal(&LATIN, 7, 2), "07");
        assert_eq!(decimal(&LATIN, -271_821, 1), "-271821");
        assert_eq!(decimal(&['٠', '١', '٢', '٣', '٤', '٥', '٦', '٧', '٨', '٩'], 2019, 1), "٢٠١٩");
    }

    #[test]
    fn numerals_of_single_fields() {
        let of = |which, number| special(which, &LATIN, number);
        assert_eq!(of(Special::Hanidays, 1), "初一");
        assert_eq!(of(Special::Hanidays, 21), "廿一");
        assert_eq!(of(Special::Hanidec, 25), "二五");
        assert_eq!(of(Special::Hebrew, 5784), "תשפ״ד");
        assert_eq!(of(Special::Hebrew, 15), "ט״ו");
        assert_eq!(of(Special::Hebrew, 3), "ג׳");
        assert_eq!(of(Special::Roman, 14), "xiv");
        assert_eq!(of(Special::FirstYear, 1), "元");
        assert_eq!(of(Special::FirstYear, 8), "8");
    }
}
