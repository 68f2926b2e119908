//! The Kaplan-Meier curve.

use super::curve::{CurveEstimate, CurvePoint, log_log_limits};
use super::event_table::EventTable;
use super::not_estimable::NotEstimable;
use crate::numeric::interval::{ConfidenceLevel, Interval};

/// The Kaplan-Meier estimate of the survival function, competing exits counted as censored.
///
/// The estimand is S(t) = P(T > t), T the time to the event were there no competing exits; where
/// there are, 1 − S(t) is no probability of the event: see [`super::aalen_johansen`].
///
/// ```text
/// S(t)     = Π_{tⱼ ≤ t} (nⱼ − dⱼ) / nⱼ
/// Var S(t) = S(t)² Σ_{tⱼ ≤ t} dⱼ / (nⱼ (nⱼ − dⱼ))          (Greenwood)
/// ```
///
/// where dⱼ had the event on day tⱼ and nⱼ were at risk on it.
///
/// # Conventions
///
/// An event and a censoring on one day: the event comes first. Limits are on the log(−log) scale,
/// see [`log_log_limits`]. Before the first day on which anyone's time ends S is 1, its standard
/// error 0 and its limits 1 and 1. From that day on, as long as S is 1, its standard error is 0
/// and there are no limits. Where S is 0 there is neither a standard error nor limits.
///
/// # References
///
/// - Kaplan EL, Meier P (1958). *Journal of the American Statistical Association* 53:457–481.
/// - Borgan Ø, Liestøl K (1990). *Scandinavian Journal of Statistics* 17:35–41 (the limits).
/// - Agrees with `summary(survfit(..., conf.type = "log-log"), times = t)` of R's survival 3.5-3:
///   `tests/reference/r/survival.R`.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier<'a> {
    table: &'a EventTable,
    points: Vec<CurvePoint>,
}

impl<'a> KaplanMeier<'a> {
    /// The curve of one group.
    pub fn new(table: &'a EventTable, level: ConfidenceLevel) -> Self {
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let points = table.rows().iter().map(|row| {
            let (n, d) = (row.n_at_risk, row.n_events);
            survival *= (n - d) / n;
            greenwood += d / (n * (n - d));
            let known = survival > 0.0;
            let std_error = known.then(|| survival * f64::sqrt(greenwood));
            let limits = std_error.and_then(|error| log_log_limits(survival, error, level));
            let value = CurveEstimate { estimate: survival, std_error, limits, n_at_risk: n };
            CurvePoint { day: row.day, value }
        });
        Self { table, points: points.collect() }
    }

    /// The curve on each day on which anyone's time ends.
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// The curve `time_days` after randomisation; the time need not be a whole day.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::NoParticipants`], [`NotEstimable::PastLastFollowUp`].
    pub fn at(&self, time_days: f64) -> Result<CurveEstimate, NotEstimable> {
        let start = CurveEstimate {
            estimate: 1.0,
            std_error: Some(0.0),
            limits: Some(Interval { lower: 1.0, upper: 1.0 }),
            n_at_risk: 0.0,
        };
        let n_days = self.table.n_days_by(time_days)?;
        let value = n_days.checked_sub(1).map_or(start, |last| self.points[last].value);
        Ok(CurveEstimate { n_at_risk: self.table.n_at_risk(time_days), ..value })
    }
}
