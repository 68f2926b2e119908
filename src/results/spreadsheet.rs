//! Texts in tables that people open in a spreadsheet.
//!
//! A spreadsheet takes a cell of a CSV file for a formula where it begins with `=`, `+`, `-`, `@`, a
//! tab or a carriage return, whoever wrote it. Names of regions, levels and people come from the
//! data: in files that people open (tables, figures' numbers, lists of an export) such a text is
//! written behind an apostrophe, which spreadsheets take for "this is text". `results.csv` is read
//! by programs and holds every text as it is: it is imported as text, not opened.

use std::borrow::Cow;

/// The cell as it can be opened: a text that would be a formula behind an apostrophe, numbers and
/// intervals as they are.
pub fn inert(cell: &str) -> Cow<'_, str> {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if is_formula && !is_of_numbers(cell) {
        return Cow::Owned(format!("'{cell}"));
    }
    Cow::Borrowed(cell)
}

/// Whether it begins with a number and is made of numbers and words between them, such as
/// `+1.5 to +2.5` or `-3 (-4 to -2)`: no spreadsheet can take that for a formula but for the number.
fn is_of_numbers(cell: &str) -> bool {
    let is_number = |word: &str| {
        word.contains(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || "+-−.,%()".contains(c))
            // One sign at most: two would be a sum.
            && word.matches(['+', '-', '−']).count() <= 1
    };
    let is_exponential = |word: &str| word.parse::<f64>().is_ok_and(f64::is_finite);
    let mut words = cell.split(' ');
    words.next().is_some_and(|first| is_number(first) || is_exponential(first))
        && words.all(|word| is_number(word) || word.chars().all(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn texts_that_would_be_formulas_are_behind_an_apostrophe() {
        for text in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-1+cmd",
            "-1+1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "+1 A1",
            "-",
            "- x",
            "+inf",
            "-nan",
            "＝1+1",
            "-2 =x",
        ] {
            assert_eq!(inert(text), format!("'{text}"), "{text}");
        }
    }

    #[test]
    fn numbers_intervals_and_other_texts_stay_as_they_are() {
        for text in [
            "",
            "-1.5",
            "+12.7",
            "-3e-17",
            "+1.5 to +2.5",
            "-3 (-4 to -2)",
            "-1,5",
            "-12%",
            "a=1",
            "'=1",
            "<35",
            "été",
        ] {
            assert_eq!(inert(text), text);
        }
    }
}
