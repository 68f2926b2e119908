//! The instruments that the program brings, as they stand in `data-schema/instruments/`.

/// Identifier and text of each.
pub(super) const BUILT_IN: [(&str, &str); 4] = [
    ("who5", include_str!("../../../data-schema/instruments/who5.toml")),
    ("job_satisfaction", include_str!("../../../data-schema/instruments/job_satisfaction.toml")),
    (
        "social_participation",
        include_str!("../../../data-schema/instruments/social_participation.toml"),
    ),
    ("eq5d5l", include_str!("../../../data-schema/instruments/eq5d5l.toml")),
];

#[cfg(test)]
mod tests {
    use super::BUILT_IN;
    use crate::plan::instrument::parse::parse_instrument;

    #[test]
    fn every_instrument_is_right_and_called_as_its_file() {
        for (id, text) in BUILT_IN {
            let instrument = parse_instrument(id, text).unwrap_or_else(|found| panic!("{found:?}"));
            assert_eq!(instrument.id, id);
        }
    }
}
