//! Influence of each participant on the cumulative incidence.

use super::aalen_johansen::Step;
use super::ending::Ending;
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
    let n_days = table.n_days_by(time_days)?;
    let effects = day_effects(&table.rows()[..n_days]);
    let of_participant = |(&day, &ending): (&i32, &Ending)| {
        if f64::from(day) > time_days {
            return effects[n_days].at_risk_before;
        }
        // With a weight of zero a day may be missing: the next one then, without its exits.
        let next = table.rows().partition_point(|row| row.day < day);
        let (row, effect) = (table.rows()[next], effects[next]);
        if row.day == day {
            let at_risk = effects[next + 1].at_risk_before;
            at_risk + effect.own_exit(ending, effect.to_come_if_staying) / row.n_at_risk
        } else {
            effect.at_risk_before + effect.own_exit(ending, effect.to_come) / row.n_at_risk
        }
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
    /// The sum of the first line of the formula over the days before.
    at_risk_before: f64,
}

impl DayEffect {
    /// The second line of the formula, times n, with that R / (1 − h).
    fn own_exit(&self, ending: Ending, to_come_if_staying: f64) -> f64 {
        match ending {
            Ending::Event => self.survival_before - to_come_if_staying,
            Ending::Competing => -to_come_if_staying,
            Ending::Censored => 0.0,
        }
    }
}

/// The effects of the days, and after them one of a day without exits.
fn day_effects(rows: &[EventDay]) -> Vec<DayEffect> {
    let mut step = Step::START;
    let mut effects = Vec::with_capacity(rows.len() + 1);
    let effect_of = |step: Step| DayEffect {
        survival_before: step.survival,
        to_come: 0.0,
        to_come_if_staying: 0.0,
        at_risk_before: 0.0,
    };
    for row in rows {
        effects.push(effect_of(step));
        step = step.after(row.n_at_risk, row.n_events, row.n_competing);
    }
    effects.push(effect_of(step));
    let mut to_come = 0.0;
    for (effect, row) in effects.iter_mut().zip(rows).rev() {
        let staying = (row.n_at_risk - row.n_events - row.n_competing) / row.n_at_risk;
        effect.to_come_if_staying = if staying > 0.0 { to_come / staying } else { 0.0 };
        to_come += effect.survival_before * row.n_events / row.n_at_risk;
        effect.to_come = to_come;
    }
    let mut at_risk = 0.0;
    for (j, row) in rows.iter().enumerate() {
        let (effect, n) = (effects[j], row.n_at_risk);
        let leaving = effect.to_come_if_staying * (row.n_events + row.n_competing) / n;
        at_risk += (leaving - effect.survival_before * row.n_events / n) / n;
        effects[j + 1].at_risk_before = at_risk;
    }
    effects
}
