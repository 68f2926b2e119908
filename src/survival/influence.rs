//! Influence of each participant on the cumulative incidence.

use super::aalen_johansen::Step;
use super::ending::{Cause, Ending};
use super::event_table::{EventDay, EventTable};
use super::not_estimable::NotEstimable;
use crate::numeric::weights::FrequencyWeights;

/// The derivative of the cumulative incidence F(t) of the event with respect to each
/// participant's case weight, in the order of `days`.
///
/// ```text
/// lᵢ = ∂F(t)/∂wᵢ
///     = Σ_{tⱼ ≤ min(Tᵢ, t)} (1/nⱼ) { Rⱼ hⱼ / (1 − hⱼ) − S(tⱼ₋₁) aⱼ }
///       + [Tᵢ ≤ t] (1/n) { S(Tᵢ−) [event] − R / (1 − h) [event or competing] }
/// ```
///
/// where Tᵢ is the participant's own day; nⱼ the weight at risk on day tⱼ; aⱼ and hⱼ the
/// shares of it that have the event, and that leave by either cause; S the survival free of both;
/// Rⱼ = F(t) − F(tⱼ). The last line has n, h and R on day Tᵢ. Rⱼ / (1 − hⱼ) is 0 where hⱼ
/// is 1: nobody is left.
///
/// # Conventions
///
/// The values are for the weights as given, not scaled by their number: Σ wᵢ lᵢ = 0, and with
/// all weights 1, Σ lᵢ² is the infinitesimal jackknife's variance of F(t). In the scale in which
/// F − E F ≈ n⁻¹ Σ ψᵢ they are ψᵢ = n lᵢ, n the sum of the weights. The work is one sort, then
/// one search in the days a participant.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`], [`NotEstimable::PastLastFollowUp`].
///
/// # Panics
///
/// If the slices differ in length.
///
/// # References
///
/// Agrees with the influence of R's `survfit(Surv(day, factor(ending)), influence = TRUE)`,
/// survival 3.5-3: `tests/reference/r/survival.R`; and with numerical derivatives.
pub fn incidence_influence(
    days: &[i32],
    endings: &[Ending],
    weights: Option<FrequencyWeights<'_>>,
    time_days: f64,
) -> Result<Vec<f64>, NotEstimable> {
    let table = EventTable::new(days, endings, weights);
    let rows = &table.rows()[..table.n_days_by(time_days)?];
    let effects = day_effects(rows);
    let of_participant = |(&day, &ending): (&i32, &Ending)| {
        let before = rows.partition_point(|row| row.day < day);
        let Some(effect) = effects.get(before) else {
            // Follow-up beyond t: at risk all the time, and nothing of the own ending.
            return effects.last().map_or(0.0, |last| last.at_risk_through);
        };
        if rows[before].day == day {
            return effect.at_risk_through + effect.own_exit(ending, rows[before].n_at_risk);
        }
        // A weight of zero on a day of its own: a day like the next one, without its exits.
        let earlier = before.checked_sub(1).map(|previous| effects[previous]);
        let own = DayEffect { to_come_if_staying: effect.to_come, ..*effect };
        earlier.map_or(0.0, |e| e.at_risk_through) + own.own_exit(ending, rows[before].n_at_risk)
    };
    Ok(days.iter().zip(endings).map(of_participant).collect())
}

/// What a day means for the influence of those at risk on it.
#[derive(Clone, Copy)]
struct DayEffect {
    /// Survival just before the day.
    survival_before: f64,
    /// F(t) less F just before the day.
    to_come: f64,
    /// R / (1 − h), 0 where h is 1.
    to_come_if_staying: f64,
    /// The sum of the first line of the formula up to and with this day.
    at_risk_through: f64,
}

impl DayEffect {
    /// The second line of the formula.
    fn own_exit(&self, ending: Ending, n_at_risk: f64) -> f64 {
        match ending {
            Ending::Event => (self.survival_before - self.to_come_if_staying) / n_at_risk,
            Ending::Competing => -self.to_come_if_staying / n_at_risk,
            Ending::Censored => 0.0,
        }
    }
}

fn day_effects(rows: &[EventDay]) -> Vec<DayEffect> {
    let mut step = Step::START;
    let mut effects: Vec<DayEffect> = rows
        .iter()
        .map(|row| {
            let survival_before = step.survival;
            step = step.after(row.n_at_risk, row.n_of(Cause::Event), row.n_of(Cause::Competing));
            DayEffect {
                survival_before,
                to_come: 0.0,
                to_come_if_staying: 0.0,
                at_risk_through: 0.0,
            }
        })
        .collect();
    let mut to_come = 0.0;
    for (effect, row) in effects.iter_mut().zip(rows).rev() {
        let staying = (row.n_at_risk - row.n_events - row.n_competing) / row.n_at_risk;
        effect.to_come_if_staying = if staying > 0.0 { to_come / staying } else { 0.0 };
        to_come += effect.survival_before * row.n_events / row.n_at_risk;
        effect.to_come = to_come;
    }
    let mut through = 0.0;
    for (effect, row) in effects.iter_mut().zip(rows) {
        let n = row.n_at_risk;
        let leaving = (row.n_events + row.n_competing) / n;
        through +=
            (effect.to_come_if_staying * leaving - effect.survival_before * row.n_events / n) / n;
        effect.at_risk_through = through;
    }
    effects
}
