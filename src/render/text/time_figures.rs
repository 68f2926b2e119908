//! Texts of the figures of the time to the first job, beside `first_job` itself.

use serde::Deserialize;

texts! {
    /// Texts of the figure `competing_exits`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct CompetingExitsText {
        pub title: String,
        pub subtitle: String,
        pub axis: String,
        pub at_risk: String,
        pub job: String,
        pub exit: String,
        pub neither: String,
        pub curve: String,
        pub limits: String,
        pub at_risk_of: String,
        pub explain: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}

texts! {
    /// Texts of the figure `hazard_ratios`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct HazardRatiosText {
        pub title: String,
        pub subtitle: String,
        pub axis: String,
        pub region: String,
        pub overall: String,
        pub count_heading: String,
        pub effect_heading: String,
        pub favours_control: String,
        pub favours_intervention: String,
        pub test: String,
        pub interaction: String,
        pub explain: String,
        pub arrow: String,
        pub place: String,
        pub test_place: String,
        pub interaction_place: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}

texts! {
    /// Texts of the figure `hazard_ratio_over_time`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct HazardRatioOverTimeText {
        pub title: String,
        pub axis: String,
        pub events: String,
        pub interval: String,
        pub overall: String,
        pub test: String,
        pub explain: String,
        pub arrow: String,
        pub place: String,
        pub events_place: String,
        pub overall_place: String,
        pub test_place: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}

texts! {
    /// Texts of the figure `restricted_mean_by_horizon`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct RestrictedMeanByHorizonText {
        pub title: String,
        pub subtitle: String,
        pub axis: String,
        pub direction: String,
        pub horizon_axis: String,
        pub difference: String,
        pub limits: String,
        pub p: String,
        pub explain: String,
        pub place: String,
        pub limits_place: String,
        pub p_place: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}

texts! {
    /// Texts of the figure `job_starts`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct JobStartsText {
        pub title: String,
        pub starts: String,
        pub retention: String,
        pub retention_warning: String,
        pub retention_axis: String,
        pub at_risk: String,
        pub curve: String,
        pub limits: String,
        pub at_risk_of: String,
        pub retention_curve: String,
        pub retention_limits: String,
        pub retention_at_risk: String,
        pub difference: String,
        pub ratio: String,
        pub difference_place: String,
        pub ratio_place: String,
        pub explain: String,
        pub explain_retention: String,
        pub alternative: String,
        pub alternative_starts: String,
        pub alternative_retention: String,
        pub alternative_arm: String,
    }
}

texts! {
    /// Texts of the figures `first_job_by_…`, one a variable.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct FirstJobByText {
        pub title: String,
        pub axis: String,
        pub at_risk: String,
        pub months: String,
        pub curve: String,
        pub limits: String,
        pub at_risk_of: String,
        pub empty: String,
        pub explain: String,
        pub alternative: String,
        pub alternative_row: String,
        pub alternative_arm: String,
    }
}
