//! Which row answers which question.

use crate::results::result_set::ResultSet;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Statistic,
};
use crate::trial::arm::Arm;

/// What a document may show in a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// The row's value, finite.
    Value(f64),
    /// Withheld to protect participants.
    Masked,
    /// Not estimable, for this reason, which may be empty.
    NotEstimable(String),
    /// The results have no such row.
    Absent,
}

impl Cell {
    /// The value, if there is one.
    pub(super) fn value(&self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(*value),
            Self::Masked | Self::NotEstimable(_) | Self::Absent => None,
        }
    }

    fn of(row: &Row) -> Self {
        match row.value {
            Some(value) if value.is_finite() => Self::Value(value),
            _ if row.is_masked() => Self::Masked,
            _ => Self::NotEstimable(row.note.clone()),
        }
    }
}

/// An estimate with its limits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Interval {
    pub(super) estimate: Cell,
    pub(super) lower: Cell,
    pub(super) upper: Cell,
}

impl Interval {
    /// Both limits, if there are both.
    pub(super) fn limits(&self) -> Option<(f64, f64)> {
        Some((self.lower.value()?, self.upper.value()?))
    }
}

/// All of a row's key but the statistic.
#[derive(Clone, Debug)]
pub(super) struct Question(Key);

impl Question {
    pub(super) fn new(
        analysis: Analysis,
        outcome: Outcome,
        set: AnalysisSet,
        method: Method,
    ) -> Self {
        Self(Key {
            analysis,
            outcome,
            analysis_set: set,
            region: ALL_REGIONS.to_owned(),
            subgroup: String::new(),
            arm: ResultArm::Contrast,
            month: None,
            level: String::new(),
            method,
            inference: Inference::Analytic,
            statistic: Statistic::Estimate,
        })
    }

    pub(super) fn region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.0.region);
        self
    }

    pub(super) fn arm(mut self, arm: ResultArm) -> Self {
        self.0.arm = arm;
        self
    }

    pub(super) fn month(mut self, month: i32) -> Self {
        self.0.month = Some(month);
        self
    }

    /// The same question about a subgroup.
    pub(super) fn subgroup(mut self, subgroup: &str) -> Self {
        subgroup.clone_into(&mut self.0.subgroup);
        self
    }

    /// The same question about a covariate, a level or a quantile.
    pub(super) fn level(mut self, level: &str) -> Self {
        level.clone_into(&mut self.0.level);
        self
    }

    /// The question that the first row with such a key answers.
    pub(super) fn first(results: &ResultSet, is_wanted: impl Fn(&Key) -> bool) -> Option<Self> {
        results.rows().iter().find(|row| is_wanted(&row.key)).map(|row| Self(row.key.clone()))
    }

    /// What it asks, but for the statistic.
    pub(super) fn key(&self) -> &Key {
        &self.0
    }

    /// The same question with its uncertainty from elsewhere.
    pub(super) fn inference(mut self, inference: Inference) -> Self {
        self.0.inference = inference;
        self
    }

    /// Participant flow to the horizon.
    pub(super) fn flow(region: &str, arm: ResultArm, horizon: i32) -> Self {
        Self::new(Analysis::Flow, Outcome::EverEmployed, AnalysisSet::Itt, Method::Count)
            .region(region)
            .arm(arm)
            .month(horizon)
    }

    /// Share of an arm with any job by the horizon, among those observed.
    pub(super) fn ever_employed(region: &str, arm: Arm, horizon: i32) -> Self {
        let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
        Self::new(Analysis::ArmRate, outcome, set, Method::Wilson)
            .region(region)
            .arm(result_arm(arm))
            .month(horizon)
    }

    /// Share of an arm in a job at a month, among those observed.
    pub(super) fn employed(arm: Arm, month: i32) -> Self {
        let (outcome, set) = (Outcome::Employed, AnalysisSet::IttObserved);
        Self::new(Analysis::ArmRate, outcome, set, Method::Wilson).arm(result_arm(arm)).month(month)
    }

    /// Difference of Aalen-Johansen probabilities, everyone randomised.
    pub(super) fn everyone(region: &str, month: i32) -> Self {
        let method = Method::RiskDifferenceAalenJohansen;
        Self::new(Analysis::Effect, Outcome::FirstJob, AnalysisSet::Itt, method)
            .region(region)
            .month(month)
    }

    /// Difference of shares among those observed.
    pub(super) fn observed(region: &str, horizon: i32) -> Self {
        let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
        Self::new(Analysis::Effect, outcome, set, Method::RiskDifferenceNewcombe)
            .region(region)
            .month(horizon)
    }

    /// Mantel-Haenszel difference over the regions.
    pub(super) fn pooled(horizon: i32) -> Self {
        let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
        Self::new(Analysis::Effect, outcome, set, Method::RiskDifferenceMantelHaenszel)
            .month(horizon)
    }

    /// Pearson's test of equal shares.
    pub(super) fn pearson(horizon: i32) -> Self {
        let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
        Self::new(Analysis::Effect, outcome, set, Method::PearsonChiSquared).month(horizon)
    }

    /// Test of equal effects in all regions.
    pub(super) fn interaction(horizon: i32) -> Self {
        let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
        Self::new(Analysis::Interaction, outcome, set, Method::WaldHc2).month(horizon)
    }

    /// Effect at a month among those observed, strata held fixed.
    pub(super) fn effect_at(outcome: Outcome, month: i32) -> Self {
        let set = AnalysisSet::IttObserved;
        Self::new(Analysis::Effect, outcome, set, Method::OlsStrataHc2).month(month)
    }

    /// Characteristics at randomisation, of a variable or a level.
    pub(super) fn baseline(region: &str, arm: ResultArm, level: &str, method: Method) -> Self {
        Self::new(Analysis::Baseline, Outcome::Covariate, AnalysisSet::Itt, method)
            .region(region)
            .arm(arm)
            .level(level)
    }

    /// Standardised mean difference of a variable or a level.
    pub(super) fn balance(region: &str, level: &str) -> Self {
        let method = Method::StandardisedMeanDifference;
        Self::new(Analysis::Balance, Outcome::Covariate, AnalysisSet::Itt, method)
            .region(region)
            .level(level)
    }

    /// Probability of a first job by a month, everyone randomised.
    pub(super) fn incidence(region: &str, arm: Arm, month: i32) -> Self {
        let (analysis, outcome) = (Analysis::CumulativeIncidence, Outcome::FirstJob);
        Self::new(analysis, outcome, AnalysisSet::Itt, Method::AalenJohansen)
            .region(region)
            .arm(result_arm(arm))
            .month(month)
    }

    /// Probability of a competing exit by a month, without a job before.
    pub(super) fn competing(region: &str, arm: Arm, month: i32) -> Self {
        Self(Key { outcome: Outcome::CompetingExit, ..Self::incidence(region, arm, month).0 })
    }

    /// Difference of the mean time since the first job, up to a month.
    pub(super) fn time_since_job(region: &str, month: i32) -> Self {
        let (outcome, set) = (Outcome::FirstJob, AnalysisSet::Itt);
        Self::new(Analysis::TimeLost, outcome, set, Method::TimeLostAalenJohansen)
            .region(region)
            .month(month)
    }

    /// Difference of the restricted mean times to a first job, up to a month.
    pub(super) fn restricted_mean(month: i32) -> Self {
        let (outcome, set) = (Outcome::FirstJob, AnalysisSet::Itt);
        Self::new(Analysis::Rmst, outcome, set, Method::RestrictedMean).month(month)
    }

    /// Ratio of the hazards of a first job.
    pub(super) fn hazard_ratio(region: &str, subgroup: &str) -> Self {
        let (outcome, set) = (Outcome::FirstJob, AnalysisSet::Itt);
        Self::new(Analysis::HazardRatio, outcome, set, Method::CoxEfronStratified)
            .region(region)
            .subgroup(subgroup)
    }

    /// Participants and first jobs of an arm.
    pub(super) fn time_at_risk(region: &str, subgroup: &str, arm: Arm) -> Self {
        let (outcome, set) = (Outcome::FirstJob, AnalysisSet::Itt);
        Self::new(Analysis::TimeAtRisk, outcome, set, Method::Count)
            .region(region)
            .subgroup(subgroup)
            .arm(result_arm(arm))
    }

    /// Test of equal hazard ratios at all levels of a variable; of the regions where it has no
    /// name.
    pub(super) fn equal_hazard_ratios(variable: &str) -> Self {
        let (outcome, set) = (Outcome::FirstJob, AnalysisSet::Itt);
        Self::new(Analysis::Interaction, outcome, set, Method::CoxLikelihoodRatio).level(variable)
    }

    /// Ratio of the hazards during the interval that ends with a month.
    pub(super) fn hazard_ratio_until(month: i32) -> Self {
        let (analysis, outcome) = (Analysis::HazardRatioOverTime, Outcome::FirstJob);
        Self::new(analysis, outcome, AnalysisSet::Itt, Method::Schoenfeld).month(month)
    }

    /// Test of a hazard ratio that does not change with time.
    pub(super) fn proportional_hazards() -> Self {
        let (analysis, outcome) = (Analysis::ProportionalHazardsTest, Outcome::FirstJob);
        Self::new(analysis, outcome, AnalysisSet::Itt, Method::CoxEfronStratified)
    }

    /// Mean number of jobs that a participant has started by a month.
    pub(super) fn job_starts(arm: Arm, month: i32) -> Self {
        let (outcome, set) = (Outcome::JobStarts, AnalysisSet::Itt);
        Self::new(Analysis::ArmMean, outcome, set, Method::MeanCumulative)
            .arm(result_arm(arm))
            .month(month)
    }

    /// Difference of the mean numbers of jobs started by a month.
    pub(super) fn job_starts_effect(month: i32) -> Self {
        let (outcome, set) = (Outcome::JobStarts, AnalysisSet::Itt);
        Self::new(Analysis::Effect, outcome, set, Method::MeanCumulative).month(month)
    }

    /// Ratio of the rates of job starts.
    pub(super) fn job_starts_ratio() -> Self {
        let (outcome, set) = (Outcome::JobStarts, AnalysisSet::Itt);
        Self::new(Analysis::HazardRatio, outcome, set, Method::AndersenGill)
    }

    /// Probability of still being in the first job, months after it began.
    pub(super) fn job_retention(arm: Arm, month: i32) -> Self {
        let (outcome, set) = (Outcome::JobRetention, AnalysisSet::WithFirstJob);
        Self::new(Analysis::Survival, outcome, set, Method::KaplanMeier)
            .level("since=first_job")
            .arm(result_arm(arm))
            .month(month)
    }

    /// Test of equal times to a first job; for all regions, over the strata.
    pub(super) fn log_rank(region: &str) -> Self {
        let method =
            if region == ALL_REGIONS { Method::LogRankStratified } else { Method::LogRank };
        Self::new(Analysis::SurvivalTest, Outcome::FirstJob, AnalysisSet::Itt, method)
            .region(region)
    }

    /// The cell of one statistic.
    pub(super) fn cell(&self, results: &ResultSet, statistic: Statistic) -> Cell {
        let key = Key { statistic, ..self.0.clone() };
        results.get(&key).map_or(Cell::Absent, Cell::of)
    }

    /// Estimate in days and limits.
    pub(super) fn interval_in_days(&self, results: &ResultSet) -> Interval {
        let estimate = self.cell(results, Statistic::EstimateDays);
        Interval { estimate, ..self.interval(results) }
    }

    /// Whether the results have a row of it, whatever its statistic, month and value.
    pub(super) fn has_rows(&self, results: &ResultSet) -> bool {
        let wanted = Key { statistic: Statistic::Estimate, month: None, ..self.0.clone() };
        results.rows().iter().any(|row| {
            row.key.outcome == wanted.outcome
                && row.key.method == wanted.method
                && Key { statistic: Statistic::Estimate, month: None, ..row.key.clone() } == wanted
        })
    }

    /// Estimate and limits.
    pub(super) fn interval(&self, results: &ResultSet) -> Interval {
        Interval {
            estimate: self.cell(results, Statistic::Estimate),
            lower: self.cell(results, Statistic::CiLower),
            upper: self.cell(results, Statistic::CiUpper),
        }
    }
}

/// The last month that the rows of a question reach.
pub(super) fn last_month(results: &ResultSet, question: &Question) -> Option<i32> {
    months(results, question).last().copied()
}

/// Months at which the results have rows of a question, whatever their value, in order.
pub(super) fn months(results: &ResultSet, question: &Question) -> Vec<i32> {
    let wanted = &question.0;
    let same = |key: &Key| {
        Key { month: wanted.month, statistic: wanted.statistic, ..key.clone() } == *wanted
    };
    let is_wanted = |row: &&Row| {
        // The outcome first: it is quick, and settles most.
        row.key.outcome == wanted.outcome && row.key.method == wanted.method && same(&row.key)
    };
    let found = results.rows().iter().filter(is_wanted).filter_map(|row| row.key.month);
    found.collect::<std::collections::BTreeSet<i32>>().into_iter().collect()
}

/// The arm as results name it.
pub(super) const fn result_arm(arm: Arm) -> ResultArm {
    match arm {
        Arm::Intervention => ResultArm::Ips,
        Arm::Control => ResultArm::Control,
    }
}

/// The cell of a row.
pub(super) fn cell_of(row: &Row) -> Cell {
    Cell::of(row)
}

/// All regions together, then each region if there are several.
pub(super) fn regions(results: &ResultSet) -> Vec<&str> {
    let single: &[String] = &results.study.regions;
    let each = if single.len() > 1 { single } else { &[] };
    std::iter::once(ALL_REGIONS).chain(each.iter().map(String::as_str)).collect()
}
