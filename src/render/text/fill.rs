//! Placeholders.

/// Replaces each `{name}` by the value given for that name.
///
/// Values are inserted as they are and are not searched for placeholders. A name without a value
/// stays as it stands, braces included.
///
/// ```
/// # use ips_eval::render::text::fill;
/// assert_eq!(fill("{n} of {total}", &[("n", "3"), ("total", "{n}")]), "3 of {n}");
/// ```
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let known = after.split_once('}').and_then(|(name, behind)| {
            let found = values.iter().find(|(known, _)| *known == name)?;
            Some((found.1, behind))
        });
        if let Some((value, behind)) = known {
            text.push_str(value);
            rest = behind;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn only_known_names_are_replaced() {
        assert_eq!(fill("{a}{b} {a", &[("a", "1")]), "1{b} {a");
        assert_eq!(fill("{}", &[("a", "1")]), "{}");
        assert_eq!(fill("{{a}", &[("a", "1")]), "{1");
    }
}
