//! What a plan says of single analyses: estimands, subgroups, baseline, benefits, randomisation.

use schemars::JsonSchema;
use serde::Deserialize;

use super::notations::toml_date;
use crate::results::vocabulary::{Method, Outcome, Role};
use crate::trial::date::Date;

/// A question that the trial was made to answer, with its five attributes (ICH E9(R1)).
///
/// The first three attributes are filled in from the plan where they are left out.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Estimand {
    /// Short name, shown in reports.
    #[schemars(length(min = 1))]
    pub id: String,
    /// How the plan means it.
    pub role: DeclaredRole,
    /// The variable: an outcome of the results.
    pub outcome: Outcome,
    /// Of an outcome `score`, `index` or `job_score`: which one, by the `level` of its rows.
    #[serde(default)]
    pub level: Option<String>,
    /// The main estimator: a method of the results.
    pub method: Method,
    /// Other estimators of the same effect; they support it, and are at most secondary.
    #[serde(default)]
    pub sensitivity: Vec<Method>,
    /// Months since randomisation; without it the horizon, or no month where none applies.
    #[serde(default)]
    #[schemars(inner(range(min = 1, max = 600)))]
    pub months: Vec<i32>,
    /// A region of the plan; without it all together.
    #[serde(default)]
    pub region: Option<String>,
    /// A variable of `[[subgroups]]`: the effects by its levels and their interaction tests.
    #[serde(default)]
    pub subgroup: Option<String>,
    /// Attribute: whose effect it is, in words.
    #[serde(default)]
    pub population: Option<String>,
    /// Attribute: what is compared, in words.
    #[serde(default)]
    pub treatments: Option<String>,
    /// Attribute: what is measured on each person, in words.
    #[serde(default)]
    pub variable: Option<String>,
    /// Attribute: what happens after randomisation and how it is dealt with.
    #[serde(default)]
    pub intercurrent_events: Vec<IntercurrentEvent>,
    /// Attribute: how the arms are compared, in words.
    #[serde(default)]
    pub summary: Option<String>,
}

/// How a plan means an estimand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclaredRole {
    /// The main question.
    Primary,
    /// Support for it.
    Secondary,
    /// Looked at without a prior claim.
    Exploratory,
}

impl DeclaredRole {
    /// The role that rows of the main estimator have.
    pub fn role(self) -> Role {
        match self {
            DeclaredRole::Primary => Role::Primary,
            DeclaredRole::Secondary => Role::Secondary,
            DeclaredRole::Exploratory => Role::Exploratory,
        }
    }
}

/// An event after randomisation that affects what the outcome means, and the strategy for it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntercurrentEvent {
    /// The event, in words.
    #[schemars(length(min = 1))]
    pub event: String,
    /// One of the five strategies of ICH E9(R1).
    pub strategy: Strategy,
}

/// The five strategies of ICH E9(R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The outcome counts whatever happened.
    TreatmentPolicy,
    /// The outcome as it would have been without the event.
    Hypothetical,
    /// The event is part of the outcome.
    Composite,
    /// The outcome up to the event.
    WhileOnTreatment,
    /// The effect among those in whom the event would, or would not, happen.
    PrincipalStratum,
}

impl Strategy {
    /// The word in plans and results.
    pub fn as_str(self) -> &'static str {
        match self {
            Strategy::TreatmentPolicy => "treatment_policy",
            Strategy::Hypothetical => "hypothetical",
            Strategy::Composite => "composite",
            Strategy::WhileOnTreatment => "while_on_treatment",
            Strategy::PrincipalStratum => "principal_stratum",
        }
    }
}

/// A variable by whose levels the effect is shown, with interaction tests.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subgroup {
    /// A column of the participants table, known at randomisation.
    #[schemars(length(min = 1))]
    pub variable: String,
    /// For a column of numbers: where a new group begins, in increasing order.
    #[serde(default)]
    pub cut_points: Vec<f64>,
}

/// The table of characteristics at randomisation.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Columns of the participants table; without it the covariates and the subgroups' variables.
    #[serde(default)]
    pub variables: Vec<String>,
    /// Whether each row has a p-value. After randomisation it tests what is known to be chance.
    #[serde(default)]
    pub p_values: bool,
}

/// What a calendar month without a row of benefits means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MissingMonth {
    /// Nothing was paid.
    Zero,
    /// It is not known what was paid.
    Unknown,
}

/// How the benefits table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Benefits {
    /// What a calendar month without a row means.
    pub missing_month: MissingMonth,
}

/// Days of the Covid-19 restrictions, for the derived covariate `covid_period`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CovidPeriod {
    /// First day.
    #[serde(deserialize_with = "toml_date")]
    #[schemars(with = "String", extend("format" = "date"))]
    pub first_day: Date,
    /// Last day.
    #[serde(deserialize_with = "toml_date")]
    #[schemars(with = "String", extend("format" = "date"))]
    pub last_day: Date,
}

/// Estimates that let an algorithm choose what is adjusted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Adjustment for covariates that a lasso selects.
    LassoCrossFitted,
    /// Weighting and logistic outcome models.
    AipwLogit,
    /// Weighting and lasso outcome models.
    AipwLasso,
}

impl Sensitivity {
    /// The method of its rows.
    pub fn method(self) -> Method {
        match self {
            Sensitivity::LassoCrossFitted => Method::LassoCrossFitted,
            Sensitivity::AipwLogit => Method::AipwLogit,
            Sensitivity::AipwLasso => Method::AipwLasso,
        }
    }
}

/// Settings of the time to the first job.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstJob {
    /// Scale of the limits of Kaplan-Meier curves.
    #[serde(default)]
    pub limits: CurveLimits,
    /// Cox regressions on the arm beside those with Efron's ties.
    #[serde(default)]
    pub cox: Vec<CoxVariant>,
    /// Weights of Fleming-Harrington tests.
    #[serde(default)]
    pub fleming_harrington: Vec<FlemingHarrington>,
    /// Variables of `[[subgroups]]` by whose levels curves are computed within each region.
    #[serde(default)]
    pub facets: Vec<String>,
}

/// Scale on which the limits of a curve are symmetric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurveLimits {
    /// The logarithm of the cumulative hazard, Stata's and SAS's default.
    #[default]
    LogLog,
    /// The logarithm, R's default.
    Log,
    /// The probability itself.
    Plain,
    /// The log odds.
    Logit,
}

/// Another Cox regression on the arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoxVariant {
    /// Breslow's ties, Stata's default.
    Breslow,
    /// The exact likelihood of ties in discrete time.
    Exact,
    /// Firth's penalty, for an arm with hardly any event.
    Firth,
}

impl CoxVariant {
    /// The method in the results.
    pub fn method(self) -> Method {
        match self {
            CoxVariant::Breslow => Method::CoxBreslow,
            CoxVariant::Exact => Method::CoxExact,
            CoxVariant::Firth => Method::CoxFirth,
        }
    }
}

/// Weights S^rho (1 − S)^gamma of a log-rank test, S the pooled curve.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlemingHarrington {
    /// Weighs early differences more where it is above 0.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub rho: f64,
    /// Weighs late differences more where it is above 0.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub gamma: f64,
}

impl FlemingHarrington {
    /// The word that stands for the weights in the results.
    pub fn word(self) -> String {
        format!("rho={} gamma={}", self.rho, self.gamma)
    }
}
