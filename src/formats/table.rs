//! A table with its labels, whatever file it came from.

use crate::trial::date::Date;

/// A table as a statistics package or a spreadsheet keeps it: columns with labels.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledTable {
    /// What the file says that it is, or empty.
    pub label: String,
    /// The columns, in the file's order.
    pub columns: Vec<LabelledColumn>,
    /// How many cells every column has.
    pub n_rows: usize,
}

/// A column, its labels and its rule of what is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledColumn {
    /// The name as in the file.
    pub name: String,
    /// The variable's label, empty where there is none.
    pub label: String,
    /// One cell a row.
    pub cells: Vec<Cell>,
    /// What the codes mean, sorted by code.
    pub value_labels: Vec<(Code, String)>,
    /// The values that the file declares missing. Cells that meet the rule are
    /// [`Cell::MissingCode`] already.
    pub missing: MissingRule,
    /// Text cells that fill the declared width to the last byte: these were probably cut off. Zero
    /// where the format declares no width.
    pub full_width_cells: usize,
}

impl LabelledColumn {
    /// A column of cells without any label.
    pub fn new(name: impl Into<String>, cells: Vec<Cell>) -> Self {
        Self {
            name: name.into(),
            label: String::new(),
            cells,
            value_labels: Vec::new(),
            missing: MissingRule::default(),
            full_width_cells: 0,
        }
    }
}

/// What one cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing: no cell, an empty text, or the format's own missing value.
    Empty,
    /// A value that says why there is none: `.a` to `.z` of Stata, or the number or text that an
    /// SPSS variable declares missing, as in [`Code::text`].
    MissingCode(String),
    /// A text that is not empty.
    Text(String),
    /// A finite number.
    Number(f64),
    /// A day.
    Date(Date),
    /// A day and the whole seconds since its midnight, parts of a second left out.
    DateTime {
        /// The day.
        date: Date,
        /// Seconds since midnight, below 86400.
        seconds: u32,
    },
    /// A truth value of a spreadsheet.
    YesNo(bool),
}

/// A value that a label or a rule speaks of.
#[derive(Clone, Debug, PartialEq)]
pub enum Code {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// `a` to `z`: Stata's `.a` to `.z`.
    Missing(char),
}

impl Code {
    /// The code as a missing cell shows it: the shortest number, the text itself, or `.a`.
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => shortest(*number),
            Self::Text(text) => text.clone(),
            Self::Missing(letter) => format!(".{letter}"),
        }
    }

    /// Numbers by size, then texts, then Stata's missing codes.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        let rank = |code: &Self| match code {
            Self::Number(_) => 0,
            Self::Text(_) => 1,
            Self::Missing(_) => 2,
        };
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Missing(a), Self::Missing(b)) => a.cmp(b),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

/// The values that SPSS calls user-missing: up to three single ones, or a range and one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MissingRule {
    /// Single values, all numbers or all texts.
    pub values: Vec<Code>,
    /// Lowest and highest value of a range, both belonging to it. `LOWEST` is minus infinity,
    /// `HIGHEST` plus infinity.
    pub range: Option<(f64, f64)>,
}

impl MissingRule {
    /// Whether a number is declared missing.
    #[expect(clippy::float_cmp, reason = "a code is the same double or another code")]
    pub fn holds_number(&self, number: f64) -> bool {
        let listed = |code: &Code| matches!(code, Code::Number(value) if *value == number);
        self.range.is_some_and(|(low, high)| low <= number && number <= high)
            || self.values.iter().any(listed)
    }

    /// Whether a text, without its trailing spaces, is declared missing.
    pub fn holds_text(&self, text: &str) -> bool {
        self.values.iter().any(|code| matches!(code, Code::Text(value) if value == text))
    }
}

/// The shortest text that reads back to the same double; exponents below 1e-5 and from 1e16 on.
pub(super) fn shortest(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        "0".to_owned()
    } else if (1e-5..1e16).contains(&size) {
        format!("{number}")
    } else {
        format!("{number:e}")
    }
}

/// Sorts labels by their codes; of two labels of one code the first stays.
pub(super) fn sort_labels(labels: &mut Vec<(Code, String)>) {
    labels.sort_by(|(a, _), (b, _)| a.order(b));
    labels.dedup_by(|(later, _), (earlier, _)| later.order(earlier).is_eq());
}

#[cfg(test)]
mod tests {
    use super::{Code, MissingRule, shortest, sort_labels};

    #[test]
    fn codes_sort_by_kind_and_size() {
        let label = |code: Code| (code, String::new());
        let mut labels = vec![
            label(Code::Missing('b')),
            label(Code::Number(10.0)),
            label(Code::Text("x".into())),
            label(Code::Number(-2.0)),
            label(Code::Number(10.0)),
        ];
        sort_labels(&mut labels);
        let texts: Vec<String> = labels.iter().map(|(code, _)| code.text()).collect();
        assert_eq!(texts, ["-2", "10", "x", ".b"]);
    }

    #[test]
    fn a_range_holds_its_ends() {
        let rule =
            MissingRule { values: vec![Code::Number(9.0)], range: Some((f64::NEG_INFINITY, -1.0)) };
        assert!(rule.holds_number(-1.0) && rule.holds_number(-1e300) && rule.holds_number(9.0));
        assert!(!rule.holds_number(0.0) && !rule.holds_text("9"));
        assert_eq!(shortest(-0.0), "0");
        assert_eq!(shortest(1e16), "1e16");
    }
}
