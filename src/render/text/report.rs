//! Texts of the report.

use serde::Deserialize;

texts! {
    /// Texts of the report that the program fills in.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct ReportText {
        pub subtitle: String,
        pub headline_everyone: String,
        pub headline_observed: String,
        pub reason_incomplete: String,
        pub reason_complete: String,
        pub beside: String,
        pub flow_caption: String,
        pub flow_note: String,
        pub rates_caption: String,
        pub rates_note: String,
        pub effects_caption: String,
        pub time_caption: String,
        pub tests_caption: String,
        pub group: String,
        pub group_of: String,
        pub region: String,
        pub randomised: String,
        pub not_due: String,
        pub lost: String,
        pub analysed: String,
        pub with_job: String,
        pub share: String,
        pub difference_observed: String,
        pub difference_everyone: String,
        pub probability: String,
        pub difference: String,
        pub month: String,
        pub p: String,
        pub bootstrap_bca: String,
        pub outcome: String,
        pub who: String,
        pub method: String,
        pub estimate: String,
        pub interval: String,
        pub test: String,
        pub test_statistic: String,
        pub df: String,
        pub resampled: String,
        pub what: String,
        pub probability_of: String,
        pub difference_of: String,
        pub p_of: String,
        pub missing_place: String,
        pub missing_month: String,
        pub missing_months: String,
        pub missing_reason: String,
        pub remark: String,
        pub remark_single: String,
        pub input: String,
    }
}

texts! {
    /// Headings of the report, and what is said in any of them.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct PageText {
        pub effects_words: String,
        pub headline: String,
        pub flow: String,
        pub rates: String,
        pub figures: String,
        pub in_words: String,
        pub time: String,
        pub effects: String,
        pub tests: String,
        pub methods: String,
        pub notes: String,
        pub remarks: String,
        pub no_notes: String,
        pub provenance: String,
        pub program: String,
        pub seed: String,
        pub replicates: String,
        pub inputs: String,
        pub abbreviations: String,
        pub contents: String,
        pub table_label: String,
        pub figure_label: String,
        pub caption: String,
    }
}
