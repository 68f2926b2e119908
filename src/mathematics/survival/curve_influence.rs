//! Influence of each participant on the survival curve and on the restricted mean.

use super::ending::Ending;
use super::event_table::{EventDay, EventTable};
use super::not_estimable::NotEstimable;
use super::restricted_mean::{RestrictedMean, mean_before, survival_after};
use super::times::Times;
use crate::numeric::sum::{RunningSum, sum};
use crate::numeric::weights::CaseWeights;

/// The derivative of the Kaplan-Meier survival S(t) with respect to each participant's case
/// weight, in the order of the participants.
///
/// ```text
/// lᵢ = ∂S(t)/∂wᵢ = S(t) { Σ_{eᵢ < tⱼ ≤ min(Tᵢ, t)} dⱼ / (nⱼ (nⱼ − dⱼ)) − [event, Tᵢ ≤ t] / (n − d) }
/// ```
///
/// where Tᵢ is the participant's own day and eᵢ the entry; n and d in the last term are those of
/// day Tᵢ. Where S(t) is 0 nobody's weight changes it.
///
/// # Conventions
///
/// The values are for the weights as given, not scaled by their number: Σ wᵢ lᵢ = 0. The variance
/// of S(t) is Σ (wᵢ lᵢ)² with sampling weights and Σ wᵢ lᵢ² with frequency weights (see
/// [`influence_std_error`]). Competing exits count as censored. A row that is never at risk has
/// the value 0.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`], [`NotEstimable::PastLastFollowUp`],
/// [`NotEstimable::NobodyAtRisk`].
///
/// # Panics
///
/// If the slices differ in length.
///
/// # References
///
/// - Reid N (1981). *Annals of Statistics* 9:78–92.
/// - Agrees with the influence of R's `survfit(..., influence = TRUE)`, survival 3.5-3:
///   `tests/reference/r/survival_curves.R`.
pub fn survival_influence(
    times: Times<'_>,
    weights: CaseWeights<'_>,
    time_days: f64,
) -> Result<Vec<f64>, NotEstimable> {
    let table = EventTable::of(times, weights);
    let n_days = table.n_event_days_by(time_days)?;
    let survival = survival_after(&table.rows()[..n_days]).last().copied().unwrap_or(1.0);
    let effects = Effects::of(&table.rows()[..n_days], |_| survival);
    Ok(effects.of_participants(&table, times, time_days, |_| survival))
}

/// The derivative of the restricted mean μ(τ) with respect to each participant's case weight: as
/// [`survival_influence`], S(t) replaced by the area Aⱼ under S between the day and τ.
///
/// ```text
/// lᵢ = ∂μ(τ)/∂wᵢ = Σ_{eᵢ < tⱼ ≤ min(Tᵢ, τ)} Aⱼ dⱼ / (nⱼ (nⱼ − dⱼ)) − [event, Tᵢ ≤ τ] A / (n − d)
/// ```
///
/// # Errors
///
/// As [`survival_influence`].
///
/// # Panics
///
/// If the slices differ in length, or τ is negative.
///
/// # References
///
/// - Andersen PK, Hansen MG, Klein JP (2004). *Lifetime Data Analysis* 10:335–350.
/// - Agrees with R's `survival::pseudo(survfit(...), times = τ, type = "rmst")`, survival 3.5-3,
///   less the mean: `tests/reference/r/survival_curves.R`.
pub fn restricted_mean_influence(
    times: Times<'_>,
    weights: CaseWeights<'_>,
    horizon_days: f64,
) -> Result<Vec<f64>, NotEstimable> {
    assert!(horizon_days >= 0.0, "a horizon lies after randomisation");
    let table = EventTable::of(times, weights);
    let rows = &table.rows()[..table.n_event_days_by(horizon_days)?];
    let heights = survival_after(rows);
    let mut areas = vec![0.0; rows.len()];
    let (mut area, mut end) = (0.0, horizon_days);
    for ((row, height), place) in rows.iter().zip(&heights).zip(&mut areas).rev() {
        area += height * (end - f64::from(row.day));
        end = f64::from(row.day);
        *place = area;
    }
    let area_from = |day: i32| {
        let next = rows.partition_point(|row| row.day <= day);
        let to_next = rows.get(next).map_or(horizon_days, |row| f64::from(row.day));
        let height = next.checked_sub(1).map_or(1.0, |before| heights[before]);
        areas.get(next).map_or(0.0, |&area| area) + height * (to_next - f64::from(day))
    };
    let effects = Effects::of(rows, |j| areas[j]);
    Ok(effects.of_participants(&table, times, horizon_days, area_from))
}

/// Pseudo-values of the survival S(t): S(t) + n lᵢ, n the sum of the weights.
///
/// They are the jackknife's pseudo-observations but for terms of order 1/n, and regressed on arm,
/// strata and covariates as if each were the participant's own indicator of T > t.
///
/// # Errors
///
/// As [`survival_influence`].
///
/// # References
///
/// - Andersen PK, Klein JP, Rosthøj S (2003). *Biometrika* 90:15–27.
/// - Agrees with R's `survival::pseudo(survfit(...), times = t)`, survival 3.5-3:
///   `tests/reference/r/survival_curves.R`.
pub fn survival_pseudo_values(
    times: Times<'_>,
    weights: CaseWeights<'_>,
    time_days: f64,
) -> Result<Vec<f64>, NotEstimable> {
    let influence = survival_influence(times, weights, time_days)?;
    let table = EventTable::of(times, weights);
    let n_days = table.n_event_days_by(time_days)?;
    let survival = survival_after(&table.rows()[..n_days]).last().copied().unwrap_or(1.0);
    Ok(pseudo_values(survival, table.n_participants(), influence))
}

/// Pseudo-values of the restricted mean μ(τ): μ(τ) + n lᵢ, n the sum of the weights; to be
/// regressed as if each were the participant's own min(T, τ), which they are without censoring.
///
/// # Errors
///
/// As [`survival_influence`].
///
/// # Panics
///
/// As [`restricted_mean_influence`].
///
/// # References
///
/// As [`restricted_mean_influence`].
pub fn restricted_mean_pseudo_values(
    times: Times<'_>,
    weights: CaseWeights<'_>,
    horizon_days: f64,
) -> Result<Vec<f64>, NotEstimable> {
    let influence = restricted_mean_influence(times, weights, horizon_days)?;
    let table = EventTable::of(times, weights);
    let rows = &table.rows()[..table.n_event_days_by(horizon_days)?];
    Ok(pseudo_values(mean_before(rows, horizon_days), table.n_participants(), influence))
}

fn pseudo_values(estimate: f64, n: f64, influence: Vec<f64>) -> Vec<f64> {
    influence.into_iter().map(|value| estimate + n * value).collect()
}

/// The restricted mean with the variance of the infinitesimal jackknife: for sampling weights.
///
/// # Errors
///
/// As [`survival_influence`].
///
/// # Panics
///
/// As [`restricted_mean_influence`].
pub fn robust_restricted_mean(
    times: Times<'_>,
    weights: CaseWeights<'_>,
    horizon_days: f64,
) -> Result<RestrictedMean, NotEstimable> {
    let influence = restricted_mean_influence(times, weights, horizon_days)?;
    let table = EventTable::of(times, weights);
    let rows = &table.rows()[..table.n_event_days_by(horizon_days)?];
    Ok(RestrictedMean {
        estimate_days: mean_before(rows, horizon_days),
        std_error_days: influence_std_error(&influence, weights),
    })
}

/// The infinitesimal jackknife's standard error of an estimate, of its derivatives with respect to
/// the weights: √Σ (wᵢ lᵢ)² with sampling weights; √Σ wᵢ lᵢ², that of the expanded data, with
/// frequency weights.
pub fn influence_std_error(influence: &[f64], weights: CaseWeights<'_>) -> f64 {
    let squares = influence.iter().enumerate().map(|(i, l)| squared_weight(weights, i) * l * l);
    sum(squares).sqrt()
}

/// By what the square of a participant's influence counts in a variance.
fn squared_weight(weights: CaseWeights<'_>, position: usize) -> f64 {
    let weight = weights.get(position);
    match weights {
        CaseWeights::Once | CaseWeights::Frequency(_) => weight,
        CaseWeights::Sampling(_) => weight * weight,
    }
}

/// What the days of a table add to the influence of those at risk.
struct Effects {
    /// Σ Aⱼ dⱼ / (nⱼ (nⱼ − dⱼ)) over the days before, for each day and past the last.
    passed: Vec<f64>,
    /// Aⱼ / (nⱼ − dⱼ), what an event on that day takes off.
    own: Vec<f64>,
}

impl Effects {
    /// With `later(j)` what hangs on the survival of day j: Aⱼ.
    fn of(rows: &[EventDay], later: impl Fn(usize) -> f64) -> Self {
        let mut passed = vec![0.0];
        let mut own = Vec::with_capacity(rows.len());
        let mut total = 0.0;
        for (j, row) in rows.iter().enumerate() {
            let (n, d) = (row.n_at_risk, row.n_events);
            // Where all have the event nothing is left that could hang on it.
            let of_event = if d < n { later(j) / (n - d) } else { 0.0 };
            total += of_event * d / n;
            own.push(of_event);
            passed.push(total);
        }
        Self { passed, own }
    }

    /// The values of all participants, `later` what hangs on the survival of any day.
    fn of_participants(
        &self,
        table: &EventTable,
        times: Times<'_>,
        horizon_days: f64,
        later: impl Fn(i32) -> f64,
    ) -> Vec<f64> {
        let rows = &table.rows()[..self.own.len()];
        let passed = |day: i32| self.passed[rows.partition_point(|row| row.day <= day)];
        let of_participant = |i: usize| {
            if !times.is_ever_at_risk(i) {
                return 0.0;
            }
            let day = times.days[i];
            let at_risk = passed(day) - times.entry(i).map_or(0.0, passed);
            if f64::from(day) > horizon_days || times.endings[i] != Ending::Event {
                return at_risk;
            }
            at_risk
                - match rows.binary_search_by_key(&day, |row| row.day) {
                    Ok(j) => self.own[j],
                    // With a weight of zero a day may be missing: one without events.
                    Err(_) => match table.n_at_risk(f64::from(day)) {
                        n if n > 0.0 => later(day) / n,
                        _ => 0.0,
                    },
                }
        };
        (0..times.len()).map(of_participant).collect()
    }
}

/// Var ln S(t) by the infinitesimal jackknife after each day of the table, in one pass over the
/// participants and one over the days.
///
/// With G(t) = Σ_{tⱼ ≤ t} dⱼ / (nⱼ (nⱼ − dⱼ)), those whose time has ended have
/// G(Tᵢ) − G(eᵢ) − \[event\] / (n − d) for good, and those still at risk G(t) − G(eᵢ).
pub(super) fn robust_relative_variances(
    table: &EventTable,
    times: Times<'_>,
    weights: CaseWeights<'_>,
) -> Vec<f64> {
    times.assert_lengths();
    assert!(weights.is_for(times.len()), "one weight a participant");
    let rows = table.rows();
    let effects = Effects::of(rows, |_| 1.0);
    let mut changes = vec![Change::default(); rows.len() + 1];
    for i in (0..times.len()).filter(|&i| weights.get(i) > 0.0 && times.is_ever_at_risk(i)) {
        let own = rows.binary_search_by_key(&times.days[i], |row| row.day);
        let own = own.expect("the table is of the same participants");
        let start = times.entry(i).map_or(0, |e| rows.partition_point(|row| row.day <= e));
        let (square, before) = (squared_weight(weights, i), effects.passed[start]);
        let of_event = if times.endings[i] == Ending::Event { effects.own[own] } else { 0.0 };
        let final_value = effects.passed[own + 1] - before - of_event;
        changes[start].at_risk(square, before);
        changes[own].at_risk(-square, before);
        changes[own].ended += square * final_value * final_value;
    }
    let (mut squares, mut linear, mut constant) = <(RunningSum, RunningSum, RunningSum)>::default();
    let mut ended = 0.0;
    let variance = |(change, g): (&Change, &f64)| {
        squares.add(change.squares);
        linear.add(change.linear);
        constant.add(change.constant);
        ended += change.ended;
        // Σ w² (G − G(e))², which rounding may not bring below 0.
        let at_risk = (g * g * squares.get() - 2.0 * g * linear.get()) + constant.get();
        ended + at_risk.max(0.0)
    };
    changes[..rows.len()].iter().zip(&effects.passed[1..]).map(variance).collect()
}

/// What a day changes in the sums of w², w² G(e) and w² G(e)² over those at risk after it, and
/// adds to the squares of those who have left.
#[derive(Clone, Copy, Default)]
struct Change {
    squares: f64,
    linear: f64,
    constant: f64,
    ended: f64,
}

impl Change {
    fn at_risk(&mut self, square: f64, g_at_entry: f64) {
        self.squares += square;
        self.linear += square * g_at_entry;
        self.constant += square * g_at_entry * g_at_entry;
    }
}
