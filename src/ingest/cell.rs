//! Text of a cell to a value.

use super::raw_table::Notation;
use crate::plan::types::DateFormat;
use crate::trial::date::Date;

/// A date in the table's notation.
pub(super) fn parse_date(text: &str, notation: Notation) -> Option<Date> {
    match notation.date_format {
        DateFormat::Iso => Date::parse_iso(text),
        DateFormat::DayMonthYear => {
            let parts: Vec<&str> = text.split('/').collect();
            let [day, month, year] = parts[..] else { return None };
            (day.len() == 2 && month.len() == 2 && year.len() == 4)
                .then(|| Date::parse_iso(&format!("{year}-{month}-{day}")))?
        }
    }
}

/// A calendar month `YYYY-MM`, as its first day.
pub(super) fn parse_month(text: &str) -> Option<Date> {
    (text.len() == 7).then(|| Date::parse_iso(&format!("{text}-01")))?
}

/// A finite decimal number in the table's notation, without thousands separators.
pub(super) fn parse_number(text: &str, notation: Notation) -> Option<f64> {
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
    fn dates_follow_the_notation() {
        assert_eq!(parse_date("31/03/2019", COMMA), Date::from_ymd(2019, 3, 31));
        assert_eq!(parse_date("2019-03-31", COMMA), None);
        assert_eq!(parse_date("31/03/2019", POINT), None);
        assert_eq!(parse_month("2019-03"), Date::from_ymd(2019, 3, 1));
        assert_eq!(parse_month("2019-13"), None);
    }
}
