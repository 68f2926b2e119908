//! The key of a row as one line of text, so that a document can say which row a number is of.

use super::row::Key;
use super::vocabulary::{Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Statistic};

/// Between two columns.
const MARK: char = '|';

/// Before the two digits of a byte that may not stand as it is.
const ESCAPE: char = '%';

/// Columns of a key.
const COLUMNS: usize = 11;

/// The columns of a key in their order, with `|` between them.
///
/// In names, `|`, `%`, blanks and control characters are written as `%` and two hexadecimal digits
/// for each byte of their UTF-8, so that a text has no blank, and keys can be listed with blanks
/// between them.
///
/// ```
/// use ips_eval::results::key_text::{from_key_text, to_key_text};
/// use ips_eval::results::row::Key;
/// use ips_eval::results::vocabulary::{
///     Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Statistic,
/// };
///
/// let key = Key {
///     analysis: Analysis::Effect,
///     outcome: Outcome::EverEmployed,
///     analysis_set: AnalysisSet::IttObserved,
///     region: "all".to_owned(),
///     subgroup: "housing=own | rented".to_owned(),
///     arm: ResultArm::Contrast,
///     month: Some(18),
///     level: String::new(),
///     method: Method::RiskDifferenceWald,
///     inference: Inference::Analytic,
///     statistic: Statistic::Estimate,
/// };
/// let text = to_key_text(&key);
/// assert_eq!(
///     text,
///     "effect|ever_employed|itt_observed|all|housing=own%20%7C%20rented|ips-control|18||\
///      risk_difference_wald||estimate"
/// );
/// assert_eq!(from_key_text(&text), Some(key));
/// ```
pub fn to_key_text(key: &Key) -> String {
    let month = key.month.map_or(String::new(), |month| month.to_string());
    let columns: [&str; COLUMNS] = [
        key.analysis.as_str(),
        key.outcome.as_str(),
        key.analysis_set.as_str(),
        &key.region,
        &key.subgroup,
        key.arm.as_str(),
        &month,
        &key.level,
        key.method.as_str(),
        key.inference.as_str(),
        key.statistic.as_str(),
    ];
    let mut text = String::new();
    for (at, column) in columns.into_iter().enumerate() {
        if at > 0 {
            text.push(MARK);
        }
        escape_into(&mut text, column);
    }
    text
}

/// The key that [`to_key_text`] wrote; nothing where it wrote no such text.
pub fn from_key_text(text: &str) -> Option<Key> {
    let columns: Vec<String> = text.split(MARK).map(unescape).collect::<Option<_>>()?;
    let columns: [String; COLUMNS] = columns.try_into().ok()?;
    let [analysis, outcome, set, region, subgroup, arm, month, level, method, inference, statistic] =
        columns;
    let key = Key {
        analysis: Analysis::from_word(&analysis)?,
        outcome: Outcome::from_word(&outcome)?,
        analysis_set: AnalysisSet::from_word(&set)?,
        region,
        subgroup,
        arm: ResultArm::from_word(&arm)?,
        month: if month.is_empty() { None } else { Some(month.parse().ok()?) },
        level,
        method: Method::from_word(&method)?,
        inference: Inference::from_word(&inference)?,
        statistic: Statistic::from_word(&statistic)?,
    };
    // One key has one text: `+18` for a month, or an escape that is not needed, is none.
    (to_key_text(&key) == text).then_some(key)
}

fn escape_into(text: &mut String, column: &str) {
    for letter in column.chars() {
        let is_plain = letter != MARK
            && letter != ESCAPE
            && !letter.is_control()
            && !letter.is_ascii_whitespace();
        if is_plain {
            text.push(letter);
            continue;
        }
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            text.push(ESCAPE);
            text.push(digit(byte >> 4));
            text.push(digit(byte & 15));
        }
    }
}

/// An upper-case digit for a value from 0 to 15.
fn digit(value: u8) -> char {
    char::from(if value < 10 { b'0' + value } else { b'A' + value - 10 })
}

fn unescape(column: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(column.len());
    let mut rest = column.bytes();
    while let Some(byte) = rest.next() {
        if char::from(byte) == ESCAPE {
            let (high, low) = (char::from(rest.next()?), char::from(rest.next()?));
            bytes.push(u8::try_from(high.to_digit(16)? * 16 + low.to_digit(16)?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
