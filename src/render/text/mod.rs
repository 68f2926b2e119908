//! Every text shown to a reader, one file a language.
//!
//! A further language is a further file with the same keys and a variant of [`Language`]; an
//! unknown or missing key is an error.

use std::collections::BTreeMap;

use serde::Deserialize;

pub use crate::results::language::Language;
use crate::results::methods::{Explanations, ExplanationsError};

#[macro_use]
mod declared;
mod figures;
mod fill;
mod questionnaires;
mod report;
mod resampled;
mod tables;
mod time_figures;

pub use figures::{
    EffectByMonthText, EffectByRegionText, EmploymentByMonthText, EmploymentByRegionText,
    FigureTexts, FirstJobText, LovePlotText, SubgroupsText,
};
pub use fill::fill;
pub use questionnaires::{
    JobQualityText, QuestionnairesText, ResponseRatesText, ScoreEffectsText, ScoresByWaveText,
};
pub use report::ReportText;
pub use resampled::ResampledText;
pub use tables::{FirstJobTablesText, TablesText};
pub use time_figures::{
    CompetingExitsText, FirstJobByText, HazardRatioOverTimeText, HazardRatiosText, JobStartsText,
    RestrictedMeanByHorizonText,
};

fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("en.toml"),
    }
}

/// A file of texts is not as the program needs it.
#[derive(Debug, thiserror::Error)]
#[error("the texts in language {language} cannot be read")]
pub struct TextError {
    language: &'static str,
    #[source]
    source: Unreadable,
}

/// Which of the two files of a language.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error(transparent)]
    Texts(#[from] toml::de::Error),
    #[error(transparent)]
    Explanations(#[from] ExplanationsError),
}

/// All texts of one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Code of the language.
    pub language: String,
    /// How numbers are written.
    pub number: NumberText,
    /// How dates are written.
    pub date: DateText,
    /// What stands where a number is missing.
    pub note: NoteText,
    /// Words that several documents share.
    pub common: CommonText,
    /// Names of arms, by the data's label in lower case.
    pub arms: BTreeMap<String, String>,
    /// Names of regions, by the plan's word.
    pub regions: BTreeMap<String, String>,
    /// Names of outcomes, by their word in the results.
    pub outcomes: BTreeMap<String, String>,
    /// Names of variables, by their column.
    pub variables: BTreeMap<String, String>,
    /// Names of levels, by `variable=level`.
    pub levels: BTreeMap<String, String>,
    /// Names of analysis sets, by their word in the results.
    pub sets: BTreeMap<String, String>,
    /// Texts of the figures.
    pub figure: FigureTexts,
    /// Texts of the report that the program fills in.
    pub report: ReportText,
    /// Texts of the tables of adjusted effects and what belongs to them.
    pub tables: TablesText,
    /// Texts of the section on the time to the first job.
    pub first_job: FirstJobTablesText,
    /// Texts of the section on resampling.
    pub resampled: ResampledText,
    /// Texts of the section on questionnaires.
    pub questionnaires: QuestionnairesText,
    /// Texts of the section on the quality of jobs.
    pub job_quality: JobQualityText,
    /// Names of roles, by their word in the results.
    pub roles: BTreeMap<String, String>,
    /// Names of strategies for intercurrent events, by their word in the results.
    pub strategies: BTreeMap<String, String>,
    /// Texts of the report's template.
    pub page: BTreeMap<String, String>,
    /// Every method and kind of inference in words, from a file of their own.
    #[serde(skip)]
    pub explanations: Explanations,
}

impl Texts {
    /// Reads the texts of a language, which are compiled in.
    ///
    /// # Errors
    ///
    /// [`TextError`] where the file lacks a key or has one too many. The program's tests read
    /// every language, so a released program does not meet it.
    pub fn new(language: Language) -> Result<Self, TextError> {
        let read = || -> Result<Self, Unreadable> {
            let mut texts: Self = toml::from_str(source(language))?;
            texts.explanations = Explanations::new(language)?;
            Ok(texts)
        };
        read().map_err(|source| TextError { language: language.code(), source })
    }
}

texts! {
    /// How numbers are written.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct NumberText {
        pub decimal_mark: String,
        pub thousands_separator: String,
        pub plus: String,
        pub minus: String,
        pub percent: String,
        pub points: String,
        pub days: String,
        pub months: String,
        pub eur: String,
        pub eur_per_month: String,
        pub hours: String,
        pub interval: String,
        pub with_interval: String,
        pub p_value: String,
        pub p_below: String,
        pub p_above: String,
        pub ratio_of: String,
    }
}

/// How dates are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is the text of that name")]
pub struct DateText {
    pub day_month_year: String,
    pub months: [String; 12],
}

texts! {
    /// What stands where a number is missing, and the footnotes that explain it.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct NoteText {
        pub masked_symbol: String,
        pub masked: String,
        pub not_estimable_symbol: String,
        pub not_estimable: String,
        pub no_reason: String,
        pub absent_symbol: String,
        pub absent: String,
        pub place: String,
        pub place_month: String,
        pub place_months: String,
        pub list: String,
        pub more: String,
    }
}

texts! {
    /// Words that several documents share.
    #[expect(missing_docs, reason = "each field is the text of that name")]
    pub struct CommonText {
        pub all_regions: String,
        pub both_arms: String,
        pub internal: String,
        pub subtitle: String,
        pub subtitle_curves: String,
        pub everyone_randomised: String,
        pub intention_to_treat: String,
        pub observed_at: String,
        pub observed_each_month: String,
        pub month_axis: String,
        pub contrast: String,
    }
}
