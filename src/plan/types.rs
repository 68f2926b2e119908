//! What a plan says. The JSON Schema of the plan is made from these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::analyses::{Baseline, Benefits, CovidPeriod, Estimand, FirstJob, Sensitivity, Subgroup};
use super::day::toml_date;
use super::instrument::types::Instrument;
use super::questionnaires::{Index, Instruments, JobQuality, QuestionnaireOutcome, Waves};
use super::resampling::{Bootstrap, Family, Randomisation};
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::date::Date;
use crate::trial::employment::Contract;

/// The statistical analysis plan of a trial.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The trial and its arms.
    pub trial: Trial,
    /// Files, relative to the plan.
    pub data: DataFiles,
    /// What counts as competitive employment.
    pub competitive_employment: CompetitiveEmployment,
    /// Which exits compete with a first job.
    #[serde(default)]
    pub exits: Exits,
    /// Horizon, months and level.
    pub analysis: AnalysisSettings,
    /// Replicates and seed.
    pub bootstrap: Bootstrap,
    /// How CSV files are written, where that cannot be seen from the file.
    #[serde(default)]
    pub csv: CsvDialect,
    /// Other names of columns, by table: `contract_name = "name in the file"`.
    #[serde(default)]
    pub columns: BTreeMap<TableName, BTreeMap<String, String>>,
    /// Other codes, by table and column: `"code in the file" = "contract code"`.
    #[serde(default)]
    pub codes: BTreeMap<TableName, BTreeMap<String, BTreeMap<String, String>>>,
    /// Codes that mean missing, by table and column, with the reason: `"99" = "refused"`.
    #[serde(default)]
    pub missing: BTreeMap<TableName, BTreeMap<String, BTreeMap<String, String>>>,
    /// What a month without a row of benefits means; needed where `[data]` names benefits.
    #[serde(default)]
    pub benefits: Option<Benefits>,
    /// Days of the Covid-19 restrictions; needed where `covid_period` is a covariate.
    #[serde(default)]
    pub covid_period: Option<CovidPeriod>,
    /// How participants were randomised.
    #[serde(default)]
    pub randomisation: Randomisation,
    /// How questionnaires are assigned to waves.
    #[serde(default)]
    pub waves: Waves,
    /// Which instruments are scored.
    #[serde(default)]
    pub instruments: Instruments,
    /// Outcomes made of the answers; without it the score of every instrument.
    #[serde(default)]
    pub outcomes: Vec<QuestionnaireOutcome>,
    /// Indices that hold several of these outcomes together.
    #[serde(default)]
    pub indices: Vec<Index>,
    /// What a good job is.
    #[serde(default)]
    pub job_quality: JobQuality,
    /// Settings of the time to the first job.
    #[serde(default)]
    pub first_job: FirstJob,
    /// The table of characteristics at randomisation.
    #[serde(default)]
    pub baseline: Baseline,
    /// Variables by whose levels effects are shown, with interaction tests.
    #[serde(default)]
    pub subgroups: Vec<Subgroup>,
    /// The questions that the trial was made to answer. Whatever else is run is exploratory.
    #[serde(default)]
    pub estimands: Vec<Estimand>,
    /// Estimands whose p-values are adjusted for each other.
    #[serde(default)]
    pub families: Vec<Family>,
    /// The instruments of `[instruments]`, read: first those that the program brings, in the plan's
    /// order.
    #[serde(skip)]
    #[schemars(skip)]
    pub scales: Vec<Instrument>,
}

impl Plan {
    /// Variables of the baseline table: those of `[baseline]`, else the covariates and then the
    /// subgroups' variables.
    pub fn baseline_variables(&self) -> Vec<String> {
        if !self.baseline.variables.is_empty() {
            return self.baseline.variables.clone();
        }
        let subgroups = self.subgroups.iter().map(|subgroup| &subgroup.variable);
        let mut all: Vec<String> = Vec::new();
        for name in self.analysis.covariates.iter().chain(subgroups) {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        all
    }

    /// The label of an arm.
    pub fn arm_label(&self, arm: Arm) -> &str {
        match arm {
            Arm::Intervention => &self.trial.arms.ips,
            Arm::Control => &self.trial.arms.control,
        }
    }

    /// First and last month of effects by month: from as far before randomisation as the plan says
    /// that the data reach back, else from month 1, to the last month that the plan names.
    pub fn path_months(&self) -> (i32, i32) {
        let first = if self.analysis.months_before > 0 { -self.analysis.months_before } else { 1 };
        let last = self.analysis.months.last().copied().unwrap_or(0);
        (first, last.max(self.analysis.horizon_months))
    }
}

/// The trial.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Short name, used in file names and results.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Title, as it should stand on a report.
    #[schemars(length(min = 1))]
    pub title: String,
    /// Last day that the data reach, such as 2022-12-31.
    #[serde(deserialize_with = "toml_date")]
    #[schemars(with = "String", extend("format" = "date"))]
    pub data_cutoff: Date,
    /// Regions in the order in which they are shown.
    #[schemars(length(min = 1))]
    pub regions: Vec<String>,
    /// The data's labels of the two arms.
    pub arms: ArmLabels,
}

/// The data's labels of the two arms.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArmLabels {
    /// Label of the intervention arm.
    #[schemars(length(min = 1))]
    pub ips: String,
    /// Label of the control arm.
    #[schemars(length(min = 1))]
    pub control: String,
}

impl ArmLabels {
    /// The labels by arm.
    pub fn by_arm(&self) -> TwoArm<String> {
        TwoArm { intervention: self.ips.clone(), control: self.control.clone() }
    }

    /// The arm with that label.
    pub fn arm(&self, label: &str) -> Option<Arm> {
        if label == self.ips {
            Some(Arm::Intervention)
        } else if label == self.control {
            Some(Arm::Control)
        } else {
            None
        }
    }
}

/// Names of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableName {
    /// A row a randomised person.
    Participants,
    /// A row a spell of work.
    Employment,
    /// A row one person's answers at one wave.
    Waves,
    /// A row a person-month.
    Benefits,
    /// A row a line of the randomisation list.
    Allocation,
    /// A row an item of a fidelity review.
    Fidelity,
    /// A row a correction of another table, with its reason.
    Corrections,
}

impl TableName {
    /// Every table, in the order of the data dictionary.
    pub const ALL: [TableName; 7] = [
        TableName::Participants,
        TableName::Employment,
        TableName::Waves,
        TableName::Benefits,
        TableName::Allocation,
        TableName::Fidelity,
        TableName::Corrections,
    ];

    /// The name in plans and files.
    pub fn as_str(self) -> &'static str {
        match self {
            TableName::Participants => "participants",
            TableName::Employment => "employment",
            TableName::Waves => "waves",
            TableName::Benefits => "benefits",
            TableName::Allocation => "allocation",
            TableName::Fidelity => "fidelity",
            TableName::Corrections => "corrections",
        }
    }
}

/// Files of the tables, relative to the plan. CSV, Parquet, Excel, Stata or SPSS, by their ending.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataFiles {
    /// A row a randomised person.
    #[schemars(length(min = 1))]
    pub participants: String,
    /// A row a spell of work.
    #[schemars(length(min = 1))]
    pub employment: String,
    /// A row one person's answers at one six-monthly wave.
    #[schemars(length(min = 1))]
    pub waves: Option<String>,
    /// A row a person-month of benefits.
    #[schemars(length(min = 1))]
    pub benefits: Option<String>,
    /// The randomisation list.
    #[schemars(length(min = 1))]
    pub allocation: Option<String>,
    /// Items of the sites' fidelity reviews.
    #[schemars(length(min = 1))]
    pub fidelity: Option<String>,
    /// Corrections of these tables, each with its reason, made anew in every run.
    #[schemars(length(min = 1))]
    pub corrections: Option<String>,
}

impl DataFiles {
    /// The file of a table, where the plan names one.
    pub fn get(&self, table: TableName) -> Option<&str> {
        match table {
            TableName::Participants => Some(&self.participants),
            TableName::Employment => Some(&self.employment),
            TableName::Waves => self.waves.as_deref(),
            TableName::Benefits => self.benefits.as_deref(),
            TableName::Allocation => self.allocation.as_deref(),
            TableName::Fidelity => self.fidelity.as_deref(),
            TableName::Corrections => self.corrections.as_deref(),
        }
    }
}

/// What counts as competitive employment: each condition holds for a spell by itself.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompetitiveEmployment {
    /// Contracts that count.
    #[schemars(length(min = 1))]
    pub contracts: Vec<Contract>,
    /// Least hours a week.
    #[schemars(range(min = 0.0, max = 168.0))]
    pub min_hours_per_week: f64,
    /// Least days from first to last day worked, both included; a spell still running counts to
    /// the end of follow-up.
    #[serde(default)]
    #[schemars(range(min = 1, max = 36_600))]
    pub min_days: Option<i32>,
    /// Least gross wage a month in euro; a spell without a wage does not count where this is set.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub min_monthly_wage_eur: Option<f64>,
}

/// Which exits compete with a first job.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exits {
    /// Reasons of `exit_reason` that end the chance of a job, such as death; all others censor.
    #[serde(default)]
    pub competing: Vec<String>,
}

/// Horizon, months and level.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnalysisSettings {
    /// Months after randomisation at which the main outcome is read.
    #[schemars(range(min = 1, max = 600))]
    pub horizon_months: i32,
    /// Months at which outcomes are reported.
    #[schemars(length(min = 1), inner(range(min = 1, max = 600)))]
    pub months: Vec<i32>,
    /// Months to which restricted means are taken.
    #[serde(default)]
    #[schemars(inner(range(min = 1, max = 600)))]
    pub rmst_months: Vec<i32>,
    /// Columns of the participants table to adjust for; numeric or text by their content.
    #[serde(default)]
    pub covariates: Vec<String>,
    /// Column of the participants table with the randomisation strata; without it the regions.
    #[serde(default)]
    pub strata: Option<String>,
    /// Column of the participants table with clusters, such as `coach_id`, for CR2 standard errors;
    /// from 20 clusters on they are also what the bootstrap draws.
    #[serde(default)]
    pub clusters: Option<String>,
    /// Column of the participants table with sampling weights.
    #[serde(default)]
    pub weights: Option<String>,
    /// How many months before randomisation the data reach back for everyone: effects there are a
    /// placebo.
    #[serde(default)]
    #[schemars(range(min = 0, max = 600))]
    pub months_before: i32,
    /// Estimates that let an algorithm choose what is adjusted for.
    #[serde(default)]
    pub sensitivity: Vec<Sensitivity>,
    /// Confidence level of every interval.
    #[serde(default = "default_level")]
    #[schemars(range(max = 0.9999), extend("exclusiveMinimum" = 0.5))]
    pub confidence_level: f64,
}

fn default_level() -> f64 {
    0.95
}

/// Covariates that the program makes from the date of randomisation, where the table has no column
/// of that name.
pub const DERIVED_COVARIATES: [&str; 2] = [QUARTER_OF_RANDOMISATION, COVID_PERIOD];

/// The calendar quarter of randomisation, as a category.
pub const QUARTER_OF_RANDOMISATION: &str = "quarter_of_randomisation";

/// Whether the time to the horizon lies before, partly in, in, or after the days of `[covid_period]`.
pub const COVID_PERIOD: &str = "covid_period";

/// How CSV files are written, where that cannot be seen from the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CsvDialect {
    /// Order of day, month and year in dates.
    #[serde(default)]
    pub date_format: DateFormat,
    /// Decimal mark; without it a comma where the delimiter is a semicolon, else a point.
    #[serde(default)]
    pub decimal: Option<DecimalMark>,
}

/// Decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecimalMark {
    /// 12.5
    Point,
    /// 12,5
    Comma,
}

/// Order of day, month and year in dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum DateFormat {
    /// 2019-03-31.
    #[default]
    #[serde(rename = "YYYY-MM-DD")]
    Iso,
    /// 31/03/2019.
    #[serde(rename = "DD/MM/YYYY")]
    DayMonthYear,
}
