//! Texts of the figures.

use serde::Deserialize;

use super::questionnaires::{ResponseRatesText, ScoreEffectsText, ScoresByWaveText};
use super::time_figures::{
    CompetingExitsText, FirstJobByText, HazardRatioOverTimeText, HazardRatiosText, JobStartsText,
    RestrictedMeanByHorizonText,
};

/// Texts of the figures, by the figure's name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field holds the texts of the figure of that name")]
pub struct FigureTexts {
    pub employment_by_region: EmploymentByRegionText,
    pub effect_by_region: EffectByRegionText,
    pub first_job: FirstJobText,
    pub competing_exits: CompetingExitsText,
    pub hazard_ratios: HazardRatiosText,
    pub hazard_ratio_over_time: HazardRatioOverTimeText,
    pub restricted_mean_by_horizon: RestrictedMeanByHorizonText,
    pub job_starts: JobStartsText,
    pub first_job_by: FirstJobByText,
    pub employment_by_month: EmploymentByMonthText,
    pub effect_by_month: EffectByMonthText,
    pub response_rates: ResponseRatesText,
    pub scores_by_wave: ScoresByWaveText,
    pub score_effects: ScoreEffectsText,
    pub subgroups: SubgroupsText,
    pub love_plot: LovePlotText,
}

texts! {
    /// Texts of the figure `employment_by_region`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct EmploymentByRegionText {
        pub title: String,
        pub axis: String,
        pub count_heading: String,
        pub rate_heading: String,
        pub explain: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}

texts! {
    /// Texts of the figure `effect_by_region`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct EffectByRegionText {
        pub title: String,
        pub axis: String,
        pub effect_heading: String,
        pub everyone: String,
        pub observed: String,
        pub pooled: String,
        pub favours_control: String,
        pub favours_intervention: String,
        pub interaction: String,
        pub explain: String,
        pub arrow: String,
        pub difference: String,
        pub interaction_place: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}

texts! {
    /// Texts of the figure `first_job`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct FirstJobText {
        pub title: String,
        pub axis: String,
        pub at_risk: String,
        pub log_rank: String,
        pub log_rank_stratified: String,
        pub explain: String,
        pub curve: String,
        pub limits: String,
        pub at_risk_of: String,
        pub test: String,
        pub empty: String,
        pub alternative: String,
        pub alternative_row: String,
        pub alternative_arm: String,
        pub band: String,
        pub area: String,
        pub area_heading: String,
        pub area_place: String,
        pub alternative_area: String,
    }
}

texts! {
    /// Texts of the figure `employment_by_month`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct EmploymentByMonthText {
        pub title: String,
        pub axis: String,
        pub observed: String,
        pub explain: String,
        pub share: String,
        pub limits: String,
        pub observed_of: String,
        pub alternative: String,
        pub alternative_row: String,
        pub alternative_arm: String,
    }
}

texts! {
    /// Texts of the figure `effect_by_month`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct EffectByMonthText {
        pub title: String,
        pub title_with_benefits: String,
        pub subtitle: String,
        pub employed: String,
        pub benefit: String,
        pub randomisation: String,
        pub before: String,
        pub paid: String,
        pub formula: String,
        pub explain: String,
        pub band: String,
        pub placebo: String,
        pub rule: String,
        pub place: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}

texts! {
    /// Texts of the figure `subgroups`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct SubgroupsText {
        pub title: String,
        pub axis: String,
        pub region: String,
        pub overall: String,
        pub count_heading: String,
        pub effect_heading: String,
        pub estimated: String,
        pub shrunken: String,
        pub favours_control: String,
        pub favours_intervention: String,
        pub interaction: String,
        pub explain: String,
        pub shrinkage: String,
        pub arrow: String,
        pub test_difference: String,
        pub test_ratio: String,
        pub place: String,
        pub shrunken_place: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}

texts! {
    /// Texts of the figure `love_plot`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct LovePlotText {
        pub title: String,
        pub subtitle: String,
        pub axis: String,
        pub higher_control: String,
        pub higher_intervention: String,
        pub value_heading: String,
        pub numeric: String,
        pub whole: String,
        pub explain: String,
        pub place: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}
