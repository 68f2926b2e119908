//! Texts of the section on resampling.

use serde::Deserialize;

texts! {
    /// Texts of the section on resampling.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct ResampledText {
        pub heading: String,
        pub words: String,
        pub intervals_caption: String,
        pub intervals_note: String,
        pub percentile: String,
        pub bca: String,
        pub studentised: String,
        pub tests_caption: String,
        pub tests_note: String,
        pub statistic: String,
        pub raw: String,
        pub studentised_statistic: String,
        pub monte_carlo: String,
        pub inverted: String,
        pub exact: String,
        pub families_caption: String,
        pub families_note: String,
        pub family: String,
        pub effect: String,
        pub own_p: String,
    }
}
