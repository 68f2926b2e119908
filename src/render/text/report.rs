//! Texts of the report.

use serde::Deserialize;

/// Texts of the report that the program fills in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is the text of that name")]
pub struct ReportText {
    pub subtitle: String,
    pub headline_everyone: String,
    pub headline_observed: String,
    pub headline_reason_incomplete: String,
    pub headline_reason_complete: String,
    pub headline_other: String,
    pub flow_caption: String,
    pub flow_note: String,
    pub rates_caption: String,
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
    pub probability: String,
    pub difference_observed: String,
    pub difference_everyone: String,
    pub difference_points: String,
    pub month: String,
    pub p: String,
    pub bootstrap_bca: String,
    pub outcome: String,
    pub who: String,
    pub method: String,
    pub estimate: String,
    pub interval: String,
    pub test_statistic: String,
    pub df: String,
    pub points: String,
    pub ratio: String,
    pub days: String,
    pub missing_place: String,
    pub missing_place_month: String,
    pub seed_value: String,
    pub replicates_value: String,
}
