//! Text of a cell to a value.

use super::raw_table::Notation;
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
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let (mark, marks, year, month, day) = match notation.date_format {
        DateFormat::Iso => (b'-', [4, 7], 0, 5, 8),
        DateFormat::DayMonthYear => (b'/', [2, 5], 6, 3, 0),
    };
    if marks.iter().any(|at| bytes[*at] != mark) {
        return None;
    }
    let century = two_digits(bytes, year)?;
    let year = i32::try_from(100 * century + two_digits(bytes, year + 2)?).ok()?;
    Date::from_ymd(year, two_digits(bytes, month)?, two_digits(bytes, day)?)
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

/// The date of a date with a time of day: `2019-03-02 14:05`, `2019-03-02T14:05:11.5Z`.
pub(super) fn parse_date_of_time(text: &str, notation: Notation) -> Option<Date> {
    let (date, time) = (text.get(..10)?, text.get(10..)?);
    let time = time.strip_prefix(['T', ' '])?;
    let time = time.strip_suffix('Z').unwrap_or(time);
    let two = |from: usize, most: u8| -> Option<()> {
        let part = time.get(from..from + 2)?;
        let is_digits = part.bytes().all(|byte| byte.is_ascii_digit());
        (is_digits && part.parse::<u8>().ok()? <= most).then_some(())
    };
    let is_mark = |at: usize| time.as_bytes().get(at) == Some(&b':');
    two(0, 23).filter(|()| is_mark(2))?;
    two(3, 59)?;
    if time.len() > 5 {
        // A leap second is the sixtieth.
        two(6, 60).filter(|()| is_mark(5))?;
        let fraction = time.get(8..)?;
        let digits = fraction.strip_prefix('.').map_or("", |digits| digits);
        let is_fraction = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        (fraction.is_empty() || is_fraction).then_some(())?;
    }
    parse_date(date, notation)
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

    const POINT: Notation = Notation { decimal: '.', date_format: DateFormat::Iso };
    const COMMA: Notation = Notation { decimal: ',', date_format: DateFormat::DayMonthYear };

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
    fn dates_follow_the_notation() {
        assert_eq!(parse_date("31/03/2019", COMMA), Date::from_ymd(2019, 3, 31));
        assert_eq!(parse_date("2019-03-31", COMMA), None);
        assert_eq!(parse_date("31/03/2019", POINT), None);
        assert_eq!(parse_month("2019-03"), Date::from_ymd(2019, 3, 1));
        assert_eq!(parse_month("2019-13"), None);
    }
}
