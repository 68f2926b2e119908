//! Employment spells as recorded.

use super::date::Date;

/// A line of the employment table, checked and linked to its participant.
#[derive(Clone, Debug, PartialEq)]
pub struct Spell {
    /// Position of the participant in [`super::dataset::TrialData::participants`].
    pub participant: usize,
    /// First day worked.
    pub start: Date,
    /// Last day worked, included; none while the job goes on.
    pub end: Option<Date>,
    /// Kind of contract.
    pub contract: Contract,
    /// Contractual hours a week.
    pub hours_per_week: f64,
    /// Gross wage a month in euro.
    pub monthly_wage_eur: Option<f64>,
    /// Whether the work was authorised beside the benefit; none where that is not recorded.
    pub authorised: Option<bool>,
    /// Who reported the spell; none where that is not recorded.
    pub source: Option<Source>,
    /// Line of the employment file, for tracing.
    pub line: u64,
}

/// Who reports spells. Two of them may report the same work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A register.
    Register,
    /// The job coach.
    JobCoach,
    /// The participant's questionnaire.
    Questionnaire,
}

impl Source {
    /// The source with that code.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "register" => Some(Source::Register),
            "job_coach" => Some(Source::JobCoach),
            "questionnaire" => Some(Source::Questionnaire),
            _ => None,
        }
    }
}

/// Kinds of contract that the employment table may hold.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Contract {
    /// Contract under the law of 3 July 1978.
    EmploymentContract,
    /// Temporary agency work.
    TemporaryAgency,
    /// Self-employment.
    SelfEmployed,
    /// Sheltered or adapted work (maatwerk, entreprise de travail adapté).
    AdaptedWork,
    /// Training, also inside a company.
    Training,
    /// Volunteering.
    Volunteering,
}

impl Contract {
    /// Every kind, in the order of the data dictionary.
    pub const ALL: [Contract; 6] = [
        Contract::EmploymentContract,
        Contract::TemporaryAgency,
        Contract::SelfEmployed,
        Contract::AdaptedWork,
        Contract::Training,
        Contract::Volunteering,
    ];

    /// The code used in data and plan.
    pub fn code(self) -> &'static str {
        match self {
            Contract::EmploymentContract => "employment_contract",
            Contract::TemporaryAgency => "temporary_agency",
            Contract::SelfEmployed => "self_employed",
            Contract::AdaptedWork => "adapted_work",
            Contract::Training => "training",
            Contract::Volunteering => "volunteering",
        }
    }

    /// The kind with that code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|contract| contract.code() == code)
    }
}
