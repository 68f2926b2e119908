//! Names of files from words of a plan.

/// A name is at most so many letters long.
const LONGEST: usize = 60;

/// The words with letters, digits and underscores alone, unlike those that are taken also where a
/// disk tells no capitals.
pub(crate) fn file_name(words: &str, taken: &[&str]) -> String {
    let safe = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let name: String = words.chars().map(safe).take(LONGEST).collect();
    let is_free = |name: &String| {
        let name = name.to_lowercase();
        !taken.iter().any(|known| known.to_lowercase() == name)
    };
    let numbered = (2..=taken.len() + 1).map(|at| format!("{name}_{at}"));
    std::iter::once(name.clone()).chain(numbered).find(is_free).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn no_two_names_are_alike() {
        assert_eq!(file_name("by a b", &[]), "by_a_b");
        assert_eq!(file_name("by a_b", &["by_a_b"]), "by_a_b_2");
        assert_eq!(file_name("by A/b", &["by_a_b", "by_a_b_2"]), "by_A_b_3");
        assert_eq!(file_name("\u{e9}\u{1}", &[]), "\u{e9}_");
        assert!(file_name(&"x".repeat(400), &[]).len() <= 60);
    }
}
