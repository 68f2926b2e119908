//! Cumulative incidence with competing exits.

use super::curve::{CurveEstimate, CurvePoint, Difference, log_log_limits};
use super::ending::Cause;
use super::event_table::EventTable;
use super::not_estimable::NotEstimable;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::trial::arm::TwoArm;

/// The Aalen-Johansen estimate of the cumulative incidence of one cause.
///
/// The estimand is F(t) = P(T ≤ t, by this cause), T the time to the event or the competing exit,
/// whichever is first. With d₁ⱼ of this cause and d₂ⱼ of the other on day tⱼ, nⱼ at risk,
/// S(t₀) = 1 and S(tⱼ) = Π_{i ≤ j} (nᵢ − d₁ᵢ − d₂ᵢ) / nᵢ,
///
/// ```text
/// F(t)     = Σ_{tⱼ ≤ t} S(tⱼ₋₁) d₁ⱼ / nⱼ
/// Var F(t) = Σ_{tⱼ ≤ t} S(tⱼ₋₁)² / nⱼ² · { (1 − rⱼ)² v(d₁ⱼ) + rⱼ² v(d₂ⱼ) }
/// rⱼ      = (F(t) − F(tⱼ)) / S(tⱼ),  0 where S(tⱼ) = 0
/// v(d)     = d (nⱼ − d) / (nⱼ − 1),  v(1) = 1
/// ```
///
/// # Conventions
///
/// An exit by either cause and a censoring on one day: the exit comes first. Limits are on the
/// log(−log) scale, see [`log_log_limits`]. Before the first day on which anyone's time ends F is
/// 0, its standard error 0 and its limits 0 and 0; from that day on there are no limits where F
/// is 0 or 1.
///
/// # References
///
/// - Aalen OO, Johansen S (1978). *Scandinavian Journal of Statistics* 5:141–150.
/// - Estimate and variance agree with `timepoints(cuminc(...))` of R's cmprsk 2.2-11; the limits
///   with those that `survfit(Surv(day, factor(ending)), conf.type = "log-log")` of R's survival
///   3.5-3 makes of its own standard errors, which are others: `tests/reference/r/survival.R`.
#[derive(Clone, Debug, PartialEq)]
pub struct CumulativeIncidence<'a> {
    table: &'a EventTable,
    cause: Cause,
    level: ConfidenceLevel,
    steps: Vec<Step>,
}

/// The curves from one day of the table on; together they are 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// Free of both causes.
    pub(super) survival: f64,
    /// Had this cause.
    pub(super) incidence: f64,
    /// Had the other one.
    other_incidence: f64,
}

impl Step {
    pub(super) const START: Self = Self { survival: 1.0, incidence: 0.0, other_incidence: 0.0 };

    /// The curves after a day on which `n_cause` of `n_at_risk` had this cause and `n_other` the
    /// other one.
    pub(super) fn after(self, n_at_risk: f64, n_cause: f64, n_other: f64) -> Self {
        let survival = self.survival * ((n_at_risk - n_cause - n_other) / n_at_risk);
        let incidence = self.incidence + self.survival * n_cause / n_at_risk;
        let other_incidence = self.other_incidence + self.survival * n_other / n_at_risk;
        // Everyone had this cause: 1, where a sum of fractions is 1 but for rounding.
        let certain = survival <= 0.0 && other_incidence <= 0.0;
        Self { survival, incidence: if certain { 1.0 } else { incidence }, other_incidence }
    }
}

impl<'a> CumulativeIncidence<'a> {
    /// The curve of one group and one cause.
    pub fn new(table: &'a EventTable, cause: Cause, level: ConfidenceLevel) -> Self {
        let steps = table.rows().iter().scan(Step::START, |step, row| {
            let n_cause = row.n_of(cause);
            let n_other = row.n_events + row.n_competing - n_cause;
            *step = step.after(row.n_at_risk, n_cause, n_other);
            Some(*step)
        });
        Self { table, cause, level, steps: steps.collect() }
    }

    /// The curve `time_days` after randomisation; the time need not be a whole day.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::NoParticipants`], [`NotEstimable::PastLastFollowUp`].
    pub fn at(&self, time_days: f64) -> Result<CurveEstimate, NotEstimable> {
        let n_days = self.table.n_days_by(time_days)?;
        Ok(CurveEstimate { n_at_risk: self.table.n_at_risk(time_days), ..self.after_days(n_days) })
    }

    /// The curve on each day on which anyone's time ends. The work grows with the square of the
    /// number of days.
    pub fn points(&self) -> Vec<CurvePoint> {
        let rows = self.table.rows().iter().enumerate();
        rows.map(|(j, row)| {
            let value = CurveEstimate { n_at_risk: row.n_at_risk, ..self.after_days(j + 1) };
            CurvePoint { day: row.day, value }
        })
        .collect()
    }

    /// The curve after the first `n_days` of the table; those at risk are left to the caller.
    fn after_days(&self, n_days: usize) -> CurveEstimate {
        let Some(last) = n_days.checked_sub(1) else {
            return CurveEstimate {
                estimate: 0.0,
                std_error: Some(0.0),
                limits: Some(Interval { lower: 0.0, upper: 0.0 }),
                n_at_risk: 0.0,
            };
        };
        let estimate = self.steps[last].incidence;
        let std_error = self.variance(n_days).sqrt();
        let limits = log_log_limits(estimate, std_error, self.level);
        CurveEstimate { estimate, std_error: Some(std_error), limits, n_at_risk: 0.0 }
    }

    /// Var F after the first `n_days` of the table.
    fn variance(&self, n_days: usize) -> f64 {
        // Backwards: F(t) − F(t_j) is a sum of what is still to come, without cancellation.
        let (mut variance, mut to_come) = (0.0, 0.0);
        for (j, row) in self.table.rows()[..n_days].iter().enumerate().rev() {
            let before = j.checked_sub(1).map_or(Step::START, |previous| self.steps[previous]);
            let (n, survival) = (row.n_at_risk, self.steps[j].survival);
            let d1 = row.n_of(self.cause);
            let d2 = row.n_events + row.n_competing - d1;
            let r = if survival > 0.0 { to_come / survival } else { 0.0 };
            let spread =
                (1.0 - r) * (1.0 - r) * count_variance(d1, n) + r * r * count_variance(d2, n);
            let share = before.survival / n;
            variance += share * share * spread;
            to_come += before.survival * d1 / n;
        }
        variance
    }
}

/// v(d) = d (n − d) / (n − 1), 1 for a single exit.
fn count_variance(d: f64, n: f64) -> f64 {
    if d <= 1.0 { d } else { d * (n - d) / (n - 1.0) }
}

/// The difference of two arms' cumulative incidences at one time, intervention − control:
/// variances add, limits and p-value come from the normal.
pub fn risk_difference(arms: TwoArm<CurveEstimate>, level: ConfidenceLevel) -> Difference {
    let estimate = |arm: CurveEstimate| (arm.estimate, arm.std_error.unwrap_or(0.0));
    Difference::of_independent(arms.map(estimate), level)
}
