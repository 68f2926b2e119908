//! Rows as they are written.

use std::fmt::Display;

use crate::numeric::interval::Interval;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Role, Statistic, Unit,
};
use crate::trial::arm::Arm;

/// The rows of a run.
#[derive(Debug, Default)]
pub(super) struct Sheet(Vec<Row>);

/// What several statistics share: one estimate of one thing.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    key: Key,
    role: Role,
    note: String,
}

impl Entry {
    /// All regions, both arms, no month, descriptive.
    pub(super) fn new(
        analysis: Analysis,
        outcome: Outcome,
        analysis_set: AnalysisSet,
        method: Method,
    ) -> Self {
        let key = Key {
            analysis,
            outcome,
            analysis_set,
            region: ALL_REGIONS.to_owned(),
            subgroup: String::new(),
            arm: ResultArm::All,
            month: None,
            level: String::new(),
            method,
            inference: Inference::Analytic,
            statistic: Statistic::Estimate,
        };
        Self { key, role: Role::Descriptive, note: String::new() }
    }

    /// The estimate that a row is of.
    pub(super) fn of_row(row: &Row) -> Self {
        Self { key: row.key.clone(), role: row.role, note: String::new() }
    }

    /// What singles the rows out, but for the statistic.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Whether an estimate in days is a mean or quantile of a time, which results name so.
    pub(super) fn is_about_time(&self) -> bool {
        matches!(
            self.key.analysis,
            Analysis::Rmst
                | Analysis::TimeLost
                | Analysis::SurvivalMedian
                | Analysis::SurvivalQuantile
        )
    }

    pub(super) fn region(&self, region: &str) -> Self {
        let mut entry = self.clone();
        region.clone_into(&mut entry.key.region);
        entry
    }

    pub(super) fn arm(&self, arm: Arm) -> Self {
        let mut entry = self.clone();
        entry.key.arm = match arm {
            Arm::Intervention => ResultArm::Ips,
            Arm::Control => ResultArm::Control,
        };
        entry
    }

    pub(super) fn result_arm(&self, arm: ResultArm) -> Self {
        let mut entry = self.clone();
        entry.key.arm = arm;
        entry
    }

    pub(super) fn outcome(&self, outcome: Outcome) -> Self {
        let mut entry = self.clone();
        entry.key.outcome = outcome;
        entry
    }

    pub(super) fn analysis_set(&self, set: AnalysisSet) -> Self {
        let mut entry = self.clone();
        entry.key.analysis_set = set;
        entry
    }

    /// One level of a subgroup variable.
    pub(super) fn subgroup(&self, variable: &str, level: &str) -> Self {
        let mut entry = self.clone();
        entry.key.subgroup = format!("{variable}={level}");
        entry
    }

    pub(super) fn contrast(&self) -> Self {
        let mut entry = self.clone();
        entry.key.arm = ResultArm::Contrast;
        entry
    }

    pub(super) fn month(&self, month: i32) -> Self {
        let mut entry = self.clone();
        entry.key.month = Some(month);
        entry
    }

    /// About all months together.
    pub(super) fn without_month(&self) -> Self {
        let mut entry = self.clone();
        entry.key.month = None;
        entry
    }

    pub(super) fn analysis(&self, analysis: Analysis) -> Self {
        let mut entry = self.clone();
        entry.key.analysis = analysis;
        entry
    }

    pub(super) fn method(&self, method: Method) -> Self {
        let mut entry = self.clone();
        entry.key.method = method;
        entry
    }

    pub(super) fn inference(&self, inference: Inference) -> Self {
        let mut entry = self.clone();
        entry.key.inference = inference;
        entry
    }

    pub(super) fn level(&self, level: &str) -> Self {
        let mut entry = self.clone();
        level.clone_into(&mut entry.key.level);
        entry
    }

    pub(super) fn role(&self, role: Role) -> Self {
        Self { role, ..self.clone() }
    }

    /// A further note after what is said already.
    pub(super) fn also(&self, note: &str) -> Self {
        let mut entry = self.clone();
        if !note.is_empty() {
            if !entry.note.is_empty() {
                entry.note.push_str("; ");
            }
            entry.note.push_str(note);
        }
        entry
    }

    pub(super) fn note(&self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self.clone() }
    }
}

impl Sheet {
    /// A value; one that is not finite is a fault of its estimator and is written as none.
    pub(super) fn put(&mut self, entry: &Entry, statistic: Statistic, unit: Unit, value: f64) {
        if value.is_finite() {
            // A negative zero, which sums of nothing give, is written as zero.
            self.push(entry, statistic, (unit, Some(value + 0.0)), entry.note.clone());
        } else {
            self.missing(entry, statistic, unit, &"the value is not finite");
        }
    }

    /// A value, or its reason where there is none.
    pub(super) fn put_or(
        &mut self,
        entry: &Entry,
        (statistic, unit): (Statistic, Unit),
        value: Option<f64>,
        reason: &dyn Display,
    ) {
        match value {
            Some(value) => self.put(entry, statistic, unit, value),
            None => self.missing(entry, statistic, unit, reason),
        }
    }

    /// A row without value and with a reason.
    pub(super) fn missing(
        &mut self,
        entry: &Entry,
        statistic: Statistic,
        unit: Unit,
        reason: &dyn Display,
    ) {
        self.push(entry, statistic, (unit, None), format!("not estimable: {reason}"));
    }

    /// Several rows without value and with the same reason.
    pub(super) fn all_missing(
        &mut self,
        entry: &Entry,
        statistics: &[(Statistic, Unit)],
        reason: &dyn Display,
    ) {
        for (statistic, unit) in statistics {
            self.missing(entry, *statistic, *unit, reason);
        }
    }

    /// Both limits.
    pub(super) fn limits(&mut self, entry: &Entry, unit: Unit, interval: Interval) {
        self.put(entry, Statistic::CiLower, unit, interval.lower);
        self.put(entry, Statistic::CiUpper, unit, interval.upper);
    }

    fn push(
        &mut self,
        entry: &Entry,
        statistic: Statistic,
        (unit, value): (Unit, Option<f64>),
        note: String,
    ) {
        let key = Key { statistic, ..entry.key.clone() };
        self.0.push(Row { key, value, unit, role: entry.role, note });
    }

    /// The rows so far, in the order in which they were written.
    pub(super) fn rows(&self) -> &[Row] {
        &self.0
    }

    pub(super) fn into_rows(self) -> Vec<Row> {
        self.0
    }
}
