//! Text of a cell to a value.

use super::raw_table::{Notation, Source};
use crate::plan::types::DateFormat;
use crate::trial::date::Date;

/// A text without the spaces around it.
#[inline]
pub(super) fn trim(text: &str) -> &str {
    let is_mark = |byte: Option<&u8>| byte.is_none_or(|byte| (b'!'..=b'~').contains(byte));
    let bytes = text.as_bytes();
    if is_mark(bytes.first()) && is_mark(bytes.last()) { text } else { text.trim() }
}

/// A date in the table's notation.
#[inline]
pub(super) fn parse_date(text: &str, notation: Notation) -> Option<Date> {
    let found = parse_date_in(text, notation.date_format);
    // Where a file holds dates that are no text, they have been made into these.
    if found.is_none() && notation.source == Source::Values {
        return parse_date_in(text, DateFormat::Iso);
    }
    found
}

/// A date in a format.
#[inline]
pub(super) fn parse_date_in(text: &str, format: DateFormat) -> Option<Date> {
    match format {
        DateFormat::Iso => fixed_date(text, b'-', [4, 7], [0, 5, 8]),
        DateFormat::DayMonthYear => fixed_date(text, b'/', [2, 5], [6, 3, 0]),
        DateFormat::DayMonthYearDashes => fixed_date(text, b'-', [2, 5], [6, 3, 0]),
        DateFormat::DayMonthYearPoints => fixed_date(text, b'.', [2, 5], [6, 3, 0]),
        DateFormat::MonthDayYear => fixed_date(text, b'/', [2, 5], [6, 0, 3]),
        DateFormat::ShortDayMonthYear => loose_date(text, 4),
        DateFormat::ShortYear => loose_date(text, 2),
        DateFormat::Compact => {
            let bytes: &[u8; 8] = text.as_bytes().try_into().ok()?;
            let year = i32::try_from(100 * two_digits(bytes, 0)? + two_digits(bytes, 2)?).ok()?;
            Date::from_ymd(year, two_digits(bytes, 4)?, two_digits(bytes, 6)?)
        }
    }
}

/// Year, month and day at fixed places of ten bytes.
#[inline]
fn fixed_date(text: &str, mark: u8, marks: [usize; 2], [y, m, d]: [usize; 3]) -> Option<Date> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    if marks.iter().any(|at| bytes[*at] != mark) {
        return None;
    }
    let year = i32::try_from(100 * two_digits(bytes, y)? + two_digits(bytes, y + 2)?).ok()?;
    Date::from_ymd(year, two_digits(bytes, m)?, two_digits(bytes, d)?)
}

/// Day and month of one or two digits, and a year of so many.
fn loose_date(text: &str, year_digits: usize) -> Option<Date> {
    let mut parts = text.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse());
    let short = |part: &str| (1..=2).contains(&part.len());
    if parts.next().is_some() || !short(day) || !short(month) || year.len() != year_digits {
        return None;
    }
    let (day, month): (u32, u32) = (number(day)?.ok()?, number(month)?.ok()?);
    let year: i32 = year.bytes().all(|byte| byte.is_ascii_digit()).then(|| year.parse().ok())??;
    let year = match (year_digits, year) {
        (2, 0..=49) => 2000 + year,
        (2, _) => 1900 + year,
        _ => year,
    };
    Date::from_ymd(year, month, day)
}

/// The number of two digits.
#[inline]
fn two_digits(bytes: &[u8], at: usize) -> Option<u32> {
    let digit = |at: usize| {
        let value = bytes[at].wrapping_sub(b'0');
        (value < 10).then_some(u32::from(value))
    };
    Some(10 * digit(at)? + digit(at + 1)?)
}

/// The date of a date with a time of day: `2019-03-02 14:05`, `2019-03-02T14:05:11.5Z`,
/// `2019-03-02T14:05:11.512+02:00`. It is the local date, as written.
pub(super) fn parse_date_of_time(text: &str, notation: Notation) -> Option<Date> {
    let at = text.find(['T', ' '])?;
    let (date, time) = (&text[..at], &text.as_bytes()[at + 1..]);
    let (time, offset) = match time.iter().position(|byte| matches!(byte, b'Z' | b'+' | b'-')) {
        Some(at) => (&time[..at], &time[at..]),
        None => (time, &b""[..]),
    };
    is_offset(offset).then_some(())?;
    let two = |from: usize, most: u32| -> Option<()> {
        let bytes: &[u8] = time.get(from..from + 2)?;
        (two_digits(bytes, 0)? <= most).then_some(())
    };
    let is_mark = |at: usize| time.get(at) == Some(&b':');
    two(0, 23).filter(|()| is_mark(2))?;
    two(3, 59)?;
    if time.len() > 5 {
        // A leap second is the sixtieth.
        two(6, 60).filter(|()| is_mark(5))?;
        let is_fraction = match time.get(8..)? {
            [] => true,
            [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
            _ => false,
        };
        is_fraction.then_some(())?;
    }
    parse_date(date, notation)
}

/// Whether bytes are nothing, `Z`, or as `+02`, `+0200` or `+02:00`.
fn is_offset(bytes: &[u8]) -> bool {
    let two = |at: usize, most: u32| {
        bytes.len() >= at + 2 && two_digits(bytes, at).is_some_and(|number| number <= most)
    };
    match bytes {
        [] | b"Z" => true,
        [b'+' | b'-', _, _] => two(1, 14),
        [b'+' | b'-', _, _, _, _] => two(1, 14) && two(3, 59),
        [b'+' | b'-', _, _, b':', _, _] => two(1, 14) && two(4, 59),
        _ => false,
    }
}

/// Hours of a time of day or length of time, as spreadsheets show it: `19:30`, `38:00:00`.
pub(super) fn parse_clock(text: &str) -> Option<f64> {
    let mut parts = text.split(':');
    let hours = parts.next().filter(|part| (1..=3).contains(&part.len()))?;
    let sixtieths = |part: Option<&str>| match part {
        None => Some(0.0),
        Some(part) if part.len() == 2 => {
            Some(two_digits(part.as_bytes(), 0)?).filter(|number| *number < 60).map(f64::from)
        }
        Some(_) => None,
    };
    let is_number = hours.bytes().all(|byte| byte.is_ascii_digit());
    let hours: f64 = is_number.then(|| hours.parse().ok())??;
    let minutes = sixtieths(Some(parts.next()?))?;
    let seconds = sixtieths(parts.next())?;
    // One division, so that 7:06:36 is the double nearest to 7.11.
    let all_seconds = hours * 3600.0 + minutes * 60.0 + seconds;
    parts.next().is_none().then_some(all_seconds / 3600.0)
}

/// A calendar month `YYYY-MM`, as its first day.
pub(super) fn parse_month(text: &str) -> Option<Date> {
    let bytes: &[u8; 7] = text.as_bytes().try_into().ok()?;
    let year = i32::try_from(100 * two_digits(bytes, 0)? + two_digits(bytes, 2)?).ok()?;
    let month = two_digits(bytes, 5)?;
    (bytes[4] == b'-').then(|| Date::from_ymd(year, month, 1))?
}

/// A finite decimal number in the table's notation, without thousands separators.
#[inline]
pub(super) fn parse_number(text: &str, notation: Notation) -> Option<f64> {
    plain_number(text, notation).or_else(|| any_number(text, notation))
}

/// Powers of ten up to the greatest by which a number of [`plain_number`] is divided.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A number of at most 15 digits, perhaps with a sign and decimals. Its digits and the power of ten
/// are doubles without rounding, so that their quotient is the double nearest to the number.
#[inline]
fn plain_number(text: &str, notation: Notation) -> Option<f64> {
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let n = digits.len();
    if n == 0 || n > 16 {
        return None;
    }
    let (mut value, mut decimals) = (0_u64, None);
    for (at, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = 10 * value + u64::from(digit);
        } else if char::from(*byte) == notation.decimal && decimals.is_none() {
            decimals = Some(n - at - 1);
        } else {
            return None;
        }
    }
    // A mark of decimals has digits on both sides here; what else has one is read below.
    if n - usize::from(decimals.is_some()) > 15 || decimals.is_some_and(|d| d == 0 || d + 1 == n) {
        return None;
    }
    let number = value as f64 / POWERS[decimals.unwrap_or(0)];
    Some(if is_negative { -number } else { number })
}

fn any_number(text: &str, notation: Notation) -> Option<f64> {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '0'..='9' | '+' | '-' | 'e' | 'E' => plain.push(character),
            mark if mark == notation.decimal => plain.push('.'),
            _ => return None,
        }
    }
    let number: f64 = plain.parse().ok()?;
    number.is_finite().then_some(number)
}

/// A whole number; `12.0`, as other software writes whole numbers, is one too.
pub(super) fn parse_whole_number(text: &str, notation: Notation) -> Option<i64> {
    let number = parse_number(text, notation)?;
    #[allow(clippy::cast_possible_truncation, reason = "the range is checked on the line before")]
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: Notation =
        Notation { decimal: '.', date_format: DateFormat::Iso, source: Source::Text };
    const COMMA: Notation =
        Notation { decimal: ',', date_format: DateFormat::DayMonthYear, source: Source::Text };

    #[test]
    fn numbers_follow_the_notation() {
        assert_eq!(parse_number("12.5", POINT), Some(12.5));
        assert_eq!(parse_number("12,5", COMMA), Some(12.5));
        assert_eq!(parse_number("-1e3", POINT), Some(-1000.0));
        for wrong in ["12,5", "1.234.567", "inf", "NaN", "1e400", "", "0x10", "1 000", "--1"] {
            assert_eq!(parse_number(wrong, POINT), None, "{wrong}");
        }
        assert_eq!(parse_number("1.234", COMMA), None);
        assert_eq!(parse_whole_number("12.0", POINT), Some(12));
        assert_eq!(parse_whole_number("12.5", POINT), None);
    }

    #[test]
    fn short_numbers_are_read_to_the_same_bits_as_any() {
        let mut texts: Vec<String> = ["0", "-0", "007", "0.1", "-0.30", "123456789012345", "0.3"]
            .map(str::to_owned)
            .to_vec();
        for at in 0..2000_u64 {
            let digits = at * at * at * 7_919 % 1_000_000_000_000_000;
            texts.push(digits.to_string());
            let (whole, decimals) = (digits / 1000, digits % 1000);
            texts.push(format!("-{whole}.{decimals:03}"));
        }
        for text in &texts {
            let bits = |number: Option<f64>| number.map(f64::to_bits);
            assert!(plain_number(text, POINT).is_some(), "{text}");
            assert_eq!(bits(plain_number(text, POINT)), bits(any_number(text, POINT)), "{text}");
        }
        for other in ["1.", ".5", "+1", "1e3", "1.2.3", "", "-", "1234567890123456"] {
            assert_eq!(plain_number(other, POINT), None, "{other}");
        }
        assert_eq!(parse_number(".5", POINT), Some(0.5));
    }

    #[test]
    fn times_of_day_are_dropped_where_they_are_times() {
        let date = Date::from_ymd(2019, 3, 2);
        for right in ["2019-03-02 14:05:11", "2019-03-02T14:05:11Z", "2019-03-02 14:05"] {
            assert_eq!(parse_date_of_time(right, POINT), date, "{right}");
        }
        assert_eq!(parse_date_of_time("2019-03-02T23:59:60.125Z", POINT), date);
        assert_eq!(parse_date_of_time("02/03/2019 00:00", COMMA), date);
        for wrong in [
            "2019-03-02",
            "2019-03-02 ",
            "2019-03-02 24:00",
            "2019-03-02 1:05",
            "2019-03-02 14:60",
            "2019-03-02 14:05:",
            "2019-03-02 14:05:61",
            "2019-03-02 14:05:11.",
            "02/03/2019 14:05",
            "2019-02-30 14:05",
            "2019-03-02_14:05",
            "2019-03-02 14-05",
            "2019-03-02 14:05é",
            "2019-03-02 +4:05",
        ] {
            assert_eq!(parse_date_of_time(wrong, POINT), None, "{wrong}");
        }
    }

    #[test]
    fn times_may_have_an_offset_and_the_date_is_the_local_one() {
        let date = Date::from_ymd(2019, 3, 2);
        for right in [
            "2019-03-02T23:59:00.000+02:00",
            "2019-03-02T00:30:00+0100",
            "2019-03-02 00:30:00-05",
            "2019-03-02T00:30+01:00",
        ] {
            assert_eq!(parse_date_of_time(right, POINT), date, "{right}");
        }
        for wrong in ["2019-03-02T10:00+2", "2019-03-02T10:00+15:00", "2019-03-02T10:00+01:60"] {
            assert_eq!(parse_date_of_time(wrong, POINT), None, "{wrong}");
        }
    }

    #[test]
    fn every_format_reads_its_own_example_and_no_other_reads_it_otherwise() {
        let date = Date::from_ymd(2019, 3, 31);
        for format in DateFormat::ALL {
            assert_eq!(parse_date_in(format.example(), format), date, "{format:?}");
            for other in DateFormat::ALL {
                let read = parse_date_in(format.example(), other);
                assert!(read.is_none() || read == date, "{format:?} by {other:?}");
            }
        }
        let short = |text| parse_date_in(text, DateFormat::ShortYear);
        assert_eq!(short("1/3/49"), Date::from_ymd(2049, 3, 1));
        assert_eq!(short("01/03/50"), Date::from_ymd(1950, 3, 1));
        for wrong in ["1/3/2019", "/3/19", "1/3/19/", "1/+3/19", "001/3/19", "30/2/19"] {
            assert_eq!(short(wrong), None, "{wrong}");
        }
        let values = Notation { source: Source::Values, ..COMMA };
        assert_eq!(parse_date("2019-03-31", values), date);
        assert_eq!(parse_date("31/03/2019", values), date);
    }

    #[test]
    fn hours_may_be_written_as_a_clock_shows_them() {
        assert_eq!(parse_clock("19:30"), Some(19.5));
        assert_eq!(parse_clock("38:00:00"), Some(38.0));
        assert_eq!(parse_clock("7:06:36"), Some(7.11));
        for wrong in ["19", "19:60", "19:3", ":30", "19:30:", "19:30:00:00", "-1:00", "1,5:00"] {
            assert_eq!(parse_clock(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_follow_the_notation() {
        assert_eq!(parse_date("31/03/2019", COMMA), Date::from_ymd(2019, 3, 31));
        assert_eq!(parse_date("2019-03-31", COMMA), None);
        assert_eq!(parse_date("31/03/2019", POINT), None);
        assert_eq!(parse_month("2019-03"), Date::from_ymd(2019, 3, 1));
        assert_eq!(parse_month("2019-13"), None);
    }
}
