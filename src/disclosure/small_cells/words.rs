//! Words of notes that give small counts away.

use std::borrow::Cow;

/// In the place of a count of 1 to 4.
const FEW: &str = "fewer than 5";

/// In the place of a reason that tells of single people.
const UNNAMED_REASON: &str = "not estimable: too few people, or all of them alike";

/// A reason without a value, as far as it tells nothing of few people.
pub(super) fn reason(note: &str) -> Cow<'_, str> {
    const OF_FEW: [&str; 5] = ["single", "few", "only one", "same of everybody", "do not vary"];
    if OF_FEW.iter().any(|words| note.contains(words)) {
        Cow::Borrowed(UNNAMED_REASON)
    } else {
        remark(note)
    }
}

/// A remark with counts of 1 to 4 people replaced.
///
/// A count stands before what is said of those people: `3 who work are left out`.
pub(super) fn remark(note: &str) -> Cow<'_, str> {
    const PEOPLE: [&str; 7] =
        ["who ", "without ", "of those ", "observed ", "are ", "people ", "participants "];
    let is_part = |one: char| one.is_alphanumeric() || ".,-".contains(one);
    let mut made = String::new();
    let mut copied = 0;
    for (at, _) in note.match_indices(['1', '2', '3', '4']) {
        let people = note[at + 1..].strip_prefix(' ');
        let is_count = people.is_some_and(|next| PEOPLE.iter().any(|word| next.starts_with(word)));
        if is_count && !note[..at].ends_with(is_part) {
            made.push_str(&note[copied..at]);
            made.push_str(FEW);
            copied = at + 1;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(note);
    }
    made.push_str(&note[copied..]);
    Cow::Owned(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_few_people_are_not_said() {
        assert_eq!(
            remark("3 who work are left out; 17 without a baseline value are left out"),
            "fewer than 5 who work are left out; 17 without a baseline value are left out"
        );
        assert_eq!(
            remark("1 observed participants are left out"),
            "fewer than 5 observed participants are left out"
        );
        assert_eq!(
            remark("2 are left out: age is missing"),
            "fewer than 5 are left out: age is missing"
        );
        // Neither parts of numbers nor other numbers.
        for same in ["21 who work are left out", "1.2 without", "month 3", "HC2", "read at day 183"]
        {
            assert_eq!(remark(same), same);
        }
    }

    #[test]
    fn reasons_that_tell_of_single_people_are_not_said() {
        for told in [
            "not estimable: a single participant has no standard deviation",
            "not estimable: 4 people with all items, fewer than 7",
            "not estimable: the first report says the same of everybody",
            "not estimable: too few participants with the outcome in the control arm",
        ] {
            assert_eq!(reason(told), UNNAMED_REASON);
        }
        let kept = "not estimable: the curve does not fall to one half";
        assert_eq!(reason(kept), kept);
    }
}
