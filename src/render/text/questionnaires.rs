//! Texts of the questionnaires: figures, and the sections on them and on the quality of jobs.

use serde::Deserialize;

texts! {
    /// Texts of the figure `response_rates`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct ResponseRatesText {
        pub title: String,
        pub set: String,
        pub axis: String,
        pub wave_axis: String,
        pub due: String,
        pub explain: String,
        pub share: String,
        pub due_of: String,
        pub alternative: String,
        pub alternative_row: String,
        pub alternative_arm: String,
    }
}

texts! {
    /// Texts of the figures `scores_by_wave` and `scores_by_region`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct ScoresByWaveText {
        pub title: String,
        pub title_by_region: String,
        pub title_of: String,
        pub subtitle: String,
        pub set: String,
        pub range: String,
        pub higher: String,
        pub lower: String,
        pub wave_axis: String,
        pub with_score: String,
        pub explain: String,
        pub shared: String,
        pub limits: String,
        pub mean: String,
        pub number: String,
        pub alternative: String,
        pub alternative_by_region: String,
        pub alternative_row: String,
        pub alternative_arm: String,
    }
}

texts! {
    /// Texts of the figure `score_effects`.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct ScoreEffectsText {
        pub title: String,
        pub axis: String,
        pub set: String,
        pub month: String,
        pub effect_heading: String,
        pub hedges: String,
        pub ancova: String,
        pub index: String,
        pub higher: String,
        pub lower: String,
        pub better_control: String,
        pub better_intervention: String,
        pub higher_control: String,
        pub higher_intervention: String,
        pub explain: String,
        pub mixed: String,
        pub waves: String,
        pub arrow: String,
        pub place: String,
        pub alternative: String,
        pub alternative_row: String,
    }
}

texts! {
    /// Texts of the section on questionnaires.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct QuestionnairesText {
        pub heading: String,
        pub words: String,
        pub response_caption: String,
        pub response_region_caption: String,
        pub response_note: String,
        pub answered_due: String,
        pub answered_share: String,
        pub difference_points: String,
        pub equal_regions: String,
        pub response_place: String,
        pub ways_caption: String,
        pub ways_group: String,
        pub at_month: String,
        pub scales_caption: String,
        pub scales_language_caption: String,
        pub scales_note: String,
        pub scale: String,
        pub language: String,
        pub complete: String,
        pub alpha: String,
        pub omega: String,
        pub scored: String,
        pub floor: String,
        pub ceiling: String,
        pub means_caption: String,
        pub means_note: String,
        pub effects_caption: String,
        pub effects_region_caption: String,
        pub effects_every_caption: String,
        pub effects_note: String,
        pub score: String,
        pub mean_sd_n: String,
        pub mean_sd_n_value: String,
        pub at_wave: String,
        pub change: String,
        pub ancova: String,
        pub ancova_p: String,
        pub higher: String,
        pub lower: String,
        pub direction_list: String,
        pub standardised_caption: String,
        pub standardised_note: String,
        pub hedges: String,
        pub index_caption: String,
        pub index_note: String,
        pub index: String,
        pub difference: String,
        pub weights: String,
        pub bounds_caption: String,
        pub bounds_note: String,
        pub bounds: String,
        pub bounds_limits: String,
        pub tightened: String,
        pub tightened_limits: String,
        pub trimmed: String,
        pub trimmed_of: String,
        pub agreement_caption: String,
        pub agreement_note: String,
        pub answers: String,
        pub both: String,
        pub table_only: String,
        pub questionnaire_only: String,
        pub neither: String,
        pub agree: String,
        pub kappa: String,
        pub near: String,
        pub days: String,
        pub wave_of: String,
        pub brackets_caption: String,
        pub brackets_note: String,
        pub source: String,
        pub from_answers: String,
        pub from_dates: String,
        pub quantity: String,
        pub probability: String,
        pub dated_probability: String,
        pub dated_survival: String,
        pub ratio: String,
        pub dated_ratio: String,
        pub difference_or_ratio: String,
    }
}

texts! {
    /// Texts of the section on the quality of jobs.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct JobQualityText {
        pub heading: String,
        pub words: String,
        pub described_caption: String,
        pub described_region_caption: String,
        pub described_note: String,
        pub quality: String,
        pub n_of: String,
        pub mean_of: String,
        pub composites_caption: String,
        pub composites_region_caption: String,
        pub composites_note: String,
        pub composites_region_note: String,
        pub value_of: String,
        pub bounds_caption: String,
        pub hours: String,
        pub wage: String,
        pub tenure: String,
    }
}
