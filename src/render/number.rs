//! Numbers as readers see them.
//!
//! Signs, marks and words come from the language's texts, and only from here. Rounding is to the
//! nearest shown digit of the double itself.

use std::collections::BTreeSet;

use super::text::{NumberText, fill};

/// Smallest p-value that is written out.
const SMALLEST_P: f64 = 0.001;

/// Largest p-value that is written out.
const LARGEST_P: f64 = 0.999;

/// Writes numbers in one language.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<'t> {
    text: &'t NumberText,
}

impl<'t> Numbers<'t> {
    /// Numbers with these marks and words.
    pub const fn new(text: &'t NumberText) -> Self {
        Self { text }
    }

    /// A proportion as percent with one decimal: 0.3418 is `34.2%`.
    pub fn percent(self, proportion: f64) -> String {
        fill(&self.text.percent, &[("number", &self.decimal(100.0 * proportion, 1))])
    }

    /// A proportion as a whole percent, for axes and confidence levels: 0.95 is `95%`, and 0.975
    /// is `97.5%`.
    pub fn short_percent(self, proportion: f64) -> String {
        let percent = 100.0 * proportion;
        let whole = (percent - percent.round()).abs() < 1e-9;
        fill(&self.text.percent, &[("number", &self.decimal(percent, usize::from(!whole)))])
    }

    /// A difference of proportions in percentage points, signed: 0.095 is `+9.5 points`.
    pub fn points(self, difference: f64) -> String {
        fill(&self.text.points, &[("number", &self.bare_points(difference))])
    }

    /// As [`points`](Self::points), without the word.
    pub fn bare_points(self, difference: f64) -> String {
        self.signed(100.0 * difference, 1)
    }

    /// A number of percentage points for an axis: 0.1 is `+10`, 0 is `0`.
    pub fn axis_points(self, difference: f64) -> String {
        let points = 100.0 * difference;
        let whole = (points - points.round()).abs() < 1e-9;
        self.signed(points, usize::from(!whole))
    }

    /// Days with one decimal: `123.4 days`.
    pub fn days(self, days: f64) -> String {
        fill(&self.text.days, &[("number", &self.decimal(days, 1))])
    }

    /// A difference of days, signed: `+12.3 days`.
    pub fn signed_days(self, days: f64) -> String {
        fill(&self.text.days, &[("number", &self.signed(days, 1))])
    }

    /// A difference of months, signed: `+1.5 months`.
    pub fn signed_months(self, months: f64) -> String {
        fill(&self.text.months, &[("number", &self.signed(months, 1))])
    }

    /// A difference of hours, signed: `+12.3 hours`.
    pub fn signed_hours(self, hours: f64) -> String {
        fill(&self.text.hours, &[("number", &self.signed(hours, 1))])
    }

    /// A difference in euro, signed: `−110 euro`.
    pub fn signed_eur(self, eur: f64) -> String {
        fill(&self.text.eur, &[("number", &self.signed(eur, 0))])
    }

    /// A difference in euro a month, signed: `−110 euro a month`.
    pub fn signed_eur_per_month(self, eur: f64) -> String {
        fill(&self.text.eur_per_month, &[("number", &self.signed(eur, 0))])
    }

    /// A count with separated thousands: `1,234`.
    pub fn count(self, count: f64) -> String {
        self.decimal(count, 0)
    }

    /// Two limits: `2.1 to 16.9`.
    pub fn interval(self, lower: &str, upper: &str) -> String {
        fill(&self.text.interval, &[("lower", lower), ("upper", upper)])
    }

    /// Months in order, each once, runs joined: `3, 5 to 9`.
    pub fn months(self, months: impl IntoIterator<Item = i32>) -> String {
        let months: BTreeSet<i32> = months.into_iter().collect();
        let mut runs: Vec<(i32, i32)> = Vec::new();
        for month in months {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == month => *last = month,
                _ => runs.push((month, month)),
            }
        }
        let month = |month: i32| self.decimal(f64::from(month), 0);
        let run = |&(first, last): &(i32, i32)| {
            if first == last { month(first) } else { self.interval(&month(first), &month(last)) }
        };
        runs.iter().map(run).collect::<Vec<_>>().join(", ")
    }

    /// An estimate with its limits behind it: `+9.5 (2.1 to 16.9)`.
    pub fn with_interval(self, estimate: &str, interval: &str) -> String {
        fill(&self.text.with_interval, &[("estimate", estimate), ("interval", interval)])
    }

    /// A part of a whole: `12/34`.
    pub fn part_of(self, part: &str, whole: &str) -> String {
        fill(&self.text.ratio_of, &[("part", part), ("whole", whole)])
    }

    /// A p-value with its letter: `p = 0.013`, `p < 0.001`.
    pub fn p_value(self, p: f64) -> String {
        let (template, number) = self.p_parts(p);
        fill(template, &[("number", &number)])
    }

    /// A p-value for a column headed p: `0.013`, `< 0.001`.
    pub fn bare_p(self, p: f64) -> String {
        let text = self.p_value(p);
        let bare = text.trim_start_matches('p').trim_start();
        bare.trim_start_matches('=').trim_start().to_owned()
    }

    fn p_parts(self, p: f64) -> (&'t str, String) {
        if p < SMALLEST_P {
            (&self.text.p_below, self.decimal(SMALLEST_P, 3))
        } else if p > LARGEST_P {
            (&self.text.p_above, self.decimal(LARGEST_P, 3))
        } else {
            (&self.text.p_value, self.decimal(p, 3))
        }
    }

    /// A number with a sign also where it is positive; what rounds to zero has none.
    pub fn signed(self, value: f64, digits: usize) -> String {
        let text = self.decimal(value, digits);
        let is_zero = text.chars().all(|c| c == '0' || !c.is_ascii_digit());
        if value > 0.0 && !is_zero { format!("{}{text}", self.text.plus) } else { text }
    }

    /// A number with that many decimals and the language's marks.
    pub fn decimal(self, value: f64, digits: usize) -> String {
        let plain = format!("{:.digits$}", value.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let is_zero = plain.bytes().all(|b| b == b'0' || b == b'.');
        let mut text = String::new();
        if value < 0.0 && !is_zero {
            text.push_str(&self.text.minus);
        }
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push_str(&self.text.thousands_separator);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push_str(&self.text.decimal_mark);
            text.push_str(fraction);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;
    use crate::render::text::{Language, Texts};

    #[test]
    fn numbers_read_as_a_journal_prints_them() {
        let texts = Texts::new(Language::English).unwrap();
        let numbers = Numbers::new(&texts.number);
        assert_eq!(numbers.percent(0.341_8), "34.2%");
        assert_eq!(numbers.percent(0.0), "0.0%");
        assert_eq!(numbers.short_percent(0.95), "95%");
        assert_eq!(numbers.short_percent(0.975), "97.5%");
        assert_eq!(numbers.points(0.095), "+9.5 points");
        assert_eq!(numbers.points(-0.021), "\u{2212}2.1 points");
        assert_eq!(numbers.bare_points(-0.000_1), "0.0");
        assert_eq!(numbers.bare_points(0.000_1), "0.0");
        assert_eq!(numbers.axis_points(-0.1), "\u{2212}10");
        assert_eq!(numbers.axis_points(0.0), "0");
        assert_eq!(numbers.count(1_234_567.0), "1,234,567");
        assert_eq!(numbers.count(999.0), "999");
        assert_eq!(numbers.days(1234.56), "1,234.6 days");
        assert_eq!(numbers.interval("2.1", "16.9"), "2.1 to 16.9");
    }

    #[test]
    fn months_are_joined_to_runs() {
        let texts = Texts::new(Language::English).unwrap();
        let numbers = Numbers::new(&texts.number);
        assert_eq!(numbers.months([18]), "18");
        assert_eq!(numbers.months([30, 18]), "18, 30");
        assert_eq!(numbers.months(1..=30), "1 to 30");
        assert_eq!(numbers.months([9, -6, -5, -4, 8, 3]), "\u{2212}6 to \u{2212}4, 3, 8 to 9");
        assert_eq!(numbers.months([]), "");
    }

    #[test]
    fn p_values_are_never_zero_or_one() {
        let texts = Texts::new(Language::English).unwrap();
        let numbers = Numbers::new(&texts.number);
        assert_eq!(numbers.p_value(0.0132), "p = 0.013");
        assert_eq!(numbers.p_value(0.001), "p = 0.001");
        assert_eq!(numbers.p_value(0.000_999), "p < 0.001");
        assert_eq!(numbers.p_value(0.0), "p < 0.001");
        assert_eq!(numbers.p_value(1.0), "p > 0.999");
        assert_eq!(numbers.bare_p(0.5), "0.500");
        assert_eq!(numbers.bare_p(1e-9), "< 0.001");
    }
}
