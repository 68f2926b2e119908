//! Names that Stata takes.

use std::collections::BTreeSet;

const LONGEST: usize = 32;

const RESERVED: [&str; 22] = [
    "_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n",
    "_N", "_pi", "_pred", "_rc", "_skip", "str", "strL", "using", "with", "_se",
];

/// A legal name that is not among those taken, to which it is added.
pub(super) fn legal(name: &str, number: usize, taken: &mut BTreeSet<String>) -> String {
    let kept = name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' });
    let mut legal: String = kept.collect();
    if legal.is_empty() {
        legal = format!("v{number}");
    }
    if legal.starts_with(char::is_numeric) {
        legal.insert(0, '_');
    }
    legal = legal.chars().take(LONGEST).collect();
    if is_reserved(&legal) {
        legal.push('_');
    }
    let mut unique = legal.clone();
    let mut copy = 2;
    while !taken.insert(unique.clone()) {
        let ending = format!("_{copy}");
        let start: String = legal.chars().take(LONGEST - ending.len()).collect();
        unique = start + &ending;
        copy += 1;
    }
    unique
}

/// Stata's own words, and `str1`, `str2`, ….
fn is_reserved(name: &str) -> bool {
    let is_type = name
        .strip_prefix("str")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|digit| digit.is_ascii_digit()));
    is_type || RESERVED.contains(&name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::legal;

    #[test]
    fn names_become_legal_and_stay_apart() {
        let long = "a".repeat(40);
        let names =
            ["hours", "hours", "2nd wave", "é–è", "", "str12", "_n", long.as_str(), long.as_str()];
        let mut taken = BTreeSet::new();
        let made: Vec<String> =
            names.iter().enumerate().map(|(i, name)| legal(name, i + 1, &mut taken)).collect();
        let (first, second) = ("a".repeat(32), "a".repeat(30) + "_2");
        let wanted =
            ["hours", "hours_2", "_2nd_wave", "é_è", "v5", "str12_", "_n_", &first, &second];
        assert_eq!(made, wanted);
    }
}
