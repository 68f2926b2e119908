//! A row's key as text is that key and no other.

use ips_eval::results::key_text::{from_key_text, to_key_text};
use ips_eval::results::row::Key;
use ips_eval::results::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Statistic,
};
use proptest::prelude::*;
use proptest::sample::select;

/// What means something in a key's text, in a page or in a table.
const MARKS: &[&str] =
    &["|", "=", "%", "%7C", " ", "\n", "\r", "\t", "\0", "\u{85}", "\"", "<", "&", "é"];

/// Any text, and often such marks.
fn name() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![select(MARKS).prop_map(str::to_owned), any::<String>()];
    prop::collection::vec(pieces, 0..4).prop_map(|pieces| pieces.concat())
}

fn key() -> impl Strategy<Value = Key> {
    let words = (
        select(Analysis::ALL),
        select(Outcome::ALL),
        select(AnalysisSet::ALL),
        select(ResultArm::ALL),
        select(Method::ALL),
        select(Inference::ALL),
        select(Statistic::ALL),
    );
    (words, name(), name(), name(), any::<Option<i32>>()).prop_map(
        |(words, region, subgroup, level, month)| {
            let (analysis, outcome, analysis_set, arm, method, inference, statistic) = words;
            Key {
                analysis,
                outcome,
                analysis_set,
                region,
                subgroup,
                arm,
                month,
                level,
                method,
                inference,
                statistic,
            }
        },
    )
}

proptest! {
    #[test]
    fn a_key_survives_its_text(key in key()) {
        let text = to_key_text(&key);
        prop_assert!(!text.contains(|c: char| c.is_ascii_whitespace() || c.is_control()));
        prop_assert_eq!(from_key_text(&text), Some(key));
    }

    #[test]
    fn no_two_texts_are_one_key(key in key(), at in any::<prop::sample::Index>(), with in any::<char>()) {
        let text = to_key_text(&key);
        let mut letters: Vec<char> = text.chars().collect();
        let at = at.index(letters.len());
        letters[at] = with;
        let changed: String = letters.into_iter().collect();
        if let Some(other) = from_key_text(&changed) {
            prop_assert_eq!(changed == text, other == key);
            prop_assert_eq!(to_key_text(&other), changed);
        }
    }

    #[test]
    fn what_is_no_key_is_none(text in any::<String>()) {
        prop_assert!(from_key_text(&text).is_none_or(|key| to_key_text(&key) == text));
    }
}
