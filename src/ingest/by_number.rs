//! What codes say, looked up by the number that they are, however it is written.

use super::cell::parse_number;
use super::raw_table::Notation;

/// Codes that are numbers, with what they say.
#[derive(Clone, Debug)]
pub(super) struct ByNumber<T> {
    notation: Notation,
    numbers: Vec<(f64, T)>,
    /// Whether a code is written in another way than whole numbers usually are.
    has_odd_codes: bool,
}

impl<T: Copy> ByNumber<T> {
    /// Those of the codes that are numbers.
    pub(super) fn of<'c>(codes: impl Iterator<Item = (&'c str, T)>, notation: Notation) -> Self {
        let mut own = Self { notation, numbers: Vec::new(), has_odd_codes: false };
        for (code, said) in codes {
            if let Some(number) = number_of(code, notation) {
                own.has_odd_codes |= !is_plain(code);
                own.numbers.push((number, said));
            }
        }
        own
    }

    /// What is said of a text that was not found as it is written: `999.0` is `999`. A text that
    /// only looks like a number, such as `0999`, is none.
    #[expect(clippy::float_cmp, reason = "a code is the same number or another code")]
    pub(super) fn get(&self, text: &str) -> Option<T> {
        if self.numbers.is_empty() || (is_plain(text) && !self.has_odd_codes) {
            return None;
        }
        let number = number_of(text, self.notation)?;
        self.numbers.iter().find(|(code, _)| *code == number).map(|(_, said)| *said)
    }
}

/// Whether a text is one of digits, as most codes and answers are.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

fn number_of(text: &str, notation: Notation) -> Option<f64> {
    let digits = text.trim_start_matches(['+', '-']).as_bytes();
    if matches!(digits, [b'0', b'0'..=b'9', ..]) {
        return None;
    }
    parse_number(text, notation)
}

#[cfg(test)]
mod tests {
    use super::super::raw_table::Source;
    use super::*;
    use crate::plan::types::DateFormat;

    #[test]
    fn numbers_are_one_however_they_are_written() {
        let notation =
            Notation { decimal: '.', date_format: DateFormat::Iso, source: Source::Text };
        let codes = [("999", 'a'), ("-1.0", 'b'), ("x", 'c')];
        let of = ByNumber::of(codes.into_iter(), notation);
        for text in ["999", "999.0", "999.00", "9.99e2", "+999"] {
            assert_eq!(of.get(text), Some('a'), "{text}");
        }
        assert_eq!(of.get("-1"), Some('b'));
        for other in ["0999", "-01", "x", "", "99 9", "999,0", "999.01"] {
            assert_eq!(of.get(other), None, "{other}");
        }
        let comma = ByNumber::of([("999", 'a')].into_iter(), Notation { decimal: ',', ..notation });
        assert_eq!(comma.get("999,0"), Some('a'));
    }
}
