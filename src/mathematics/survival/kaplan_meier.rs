//! The Kaplan-Meier curve.

use super::curve::{CurveEstimate, CurvePoint, LimitScale, LimitSettings};
use super::curve_influence::robust_relative_variances;
use super::event_table::EventTable;
use super::not_estimable::NotEstimable;
use super::times::Times;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::weights::CaseWeights;

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
/// An event and a censoring on one day: the event comes first. Limits are on the log(−log) scale
/// unless [`LimitSettings`] say otherwise. Before the first day on which anyone's time ends S is
/// 1, its standard error 0 and its limits 1 and 1. From that day on, as long as S is 1, its
/// standard error is 0 and the scales that cannot do with that have no limits. Where S is 0 there
/// is neither a standard error nor limits.
///
/// Under delayed entry S is the survival of those free of the event when the first one enters,
/// and ends where nobody is at risk: see [`EventTable`].
///
/// # Weights
///
/// Frequency weights are the data expanded. With sampling weights Greenwood's sum is no variance:
/// the curve has neither standard errors nor limits unless it is [`robust`](Self::robust), whose
/// variance is that of the infinitesimal jackknife, Σ (wᵢ ∂S(t)/∂wᵢ)².
///
/// # References
///
/// - Kaplan EL, Meier P (1958). *Journal of the American Statistical Association* 53:457–481.
/// - Borgan Ø, Liestøl K (1990). *Scandinavian Journal of Statistics* 17:35–41 (the limits).
/// - Tsai WY, Jewell NP, Wang MC (1987). *Biometrika* 74:883–886 (delayed entry).
/// - Agrees with `summary(survfit(..., conf.type = "log-log"), times = t)` of R's survival 3.5-3:
///   `tests/reference/r/survival.R`; on the other scales, under delayed entry and with weights:
///   `tests/reference/r/survival_curves.R`.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier<'a> {
    table: &'a EventTable,
    points: Vec<CurvePoint>,
}

impl<'a> KaplanMeier<'a> {
    /// The curve of one group, limits on the log(−log) scale.
    pub fn new(table: &'a EventTable, level: ConfidenceLevel) -> Self {
        Self::on_scale(table, LimitSettings { level, scale: LimitScale::LogLog })
    }

    /// The curve of one group, limits on that scale.
    pub fn on_scale(table: &'a EventTable, settings: LimitSettings) -> Self {
        let mut greenwood = 0.0;
        let variances = table.rows().iter().map(|row| {
            greenwood += row.n_events / (row.n_at_risk * (row.n_at_risk - row.n_events));
            (!table.has_sampling_weights()).then_some(greenwood)
        });
        Self::with_variances(table, variances, settings)
    }

    /// The curve of the group of which `table` was made, with the variance of the infinitesimal
    /// jackknife: for sampling weights, or where a variance free of Greenwood's is wanted.
    ///
    /// # Panics
    ///
    /// If the table was made of others.
    pub fn robust(
        table: &'a EventTable,
        times: Times<'_>,
        weights: CaseWeights<'_>,
        settings: LimitSettings,
    ) -> Self {
        let variances = robust_relative_variances(table, times, weights);
        Self::with_variances(table, variances.into_iter().map(Some), settings)
    }

    /// The curve, given Var ln S after each day of the table.
    fn with_variances(
        table: &'a EventTable,
        relative_variances: impl Iterator<Item = Option<f64>>,
        settings: LimitSettings,
    ) -> Self {
        let mut survival = 1.0;
        let rows = table.rows()[..table.n_event_days()].iter();
        let points = rows.zip(relative_variances).map(|(row, variance)| {
            let (n, d) = (row.n_at_risk, row.n_events);
            survival *= (n - d) / n;
            let variance = variance.filter(|_| survival > 0.0);
            let std_error = variance.map(|variance| survival * f64::sqrt(variance));
            let limits = std_error.and_then(|error| settings.limits(survival, error));
            let value = CurveEstimate { estimate: survival, std_error, limits, n_at_risk: n };
            CurvePoint { day: row.day, value }
        });
        Self { table, points: points.collect() }
    }

    /// The curve on each day on which anyone's time ends; under delayed entry, before a day on
    /// which nobody is at risk.
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// The table of which the curve was made.
    pub fn table(&self) -> &'a EventTable {
        self.table
    }

    /// The curve `time_days` after randomisation, the events of that very day included; the time
    /// need not be a whole day.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::NoParticipants`], [`NotEstimable::PastLastFollowUp`],
    /// [`NotEstimable::NobodyAtRisk`].
    pub fn at(&self, time_days: f64) -> Result<CurveEstimate, NotEstimable> {
        let start = CurveEstimate {
            estimate: 1.0,
            std_error: Some(0.0),
            limits: Some(Interval { lower: 1.0, upper: 1.0 }),
            n_at_risk: 0.0,
        };
        let n_days = self.table.n_event_days_by(time_days)?;
        let value = n_days.checked_sub(1).map_or(start, |last| self.points[last].value);
        Ok(CurveEstimate { n_at_risk: self.table.n_at_risk(time_days), ..value })
    }
}
