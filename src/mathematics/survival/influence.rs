//! Influence of each participant on the cumulative incidence and on what is made of it.

use super::aalen_johansen::Step;
use super::ending::{Cause, Ending};
use super::event_table::{EventDay, EventTable};
use super::not_estimable::NotEstimable;
use crate::numeric::weights::FrequencyWeights;

/// The derivative of the cumulative incidence F(t) of one cause with respect to each
/// participant's case weight, in the order of `days`.
///
/// ```text
/// lᵢ = ∂F(t)/∂wᵢ
///     = Σ_{tⱼ ≤ min(Tᵢ, t)} (1/nⱼ) { Rⱼ hⱼ / (1 − hⱼ) − S(tⱼ₋₁) aⱼ }
///       + [Tᵢ ≤ t] (1/n) { S(Tᵢ−) [this cause] − R / (1 − h) [either cause] }
/// ```
///
/// where Tᵢ is the participant's own day; nⱼ the weight at risk on day tⱼ; aⱼ and hⱼ the
/// shares of it that leave by this cause, and by either; S the survival free of both;
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
/// survival 3.5-3: `tests/reference/r/survival.R` and `competing.R`; and with numerical
/// derivatives.
pub fn incidence_influence(
    days: &[i32],
    endings: &[Ending],
    weights: Option<FrequencyWeights<'_>>,
    cause: Cause,
    time_days: f64,
) -> Result<Vec<f64>, NotEstimable> {
    let table = EventTable::new(days, endings, weights);
    let effects = DayEffects::new(&table, cause, time_days, |_, _| 1.0)?;
    Ok(days.iter().zip(endings).map(|(&day, &ending)| effects.of(day, ending)).collect())
}

/// The gain of a day, given that day and the time up to which the sum goes.
pub(super) type Gain = fn(day: f64, time_days: f64) -> f64;

/// The derivative with respect to a participant's weight of Σ_{tⱼ ≤ t} gⱼ S(tⱼ₋₁) aⱼ, a sum of
/// the steps of one cause's incidence, each times the gain gⱼ of its day.
///
/// With all gains 1 it is F(t); the formula of [`incidence_influence`] holds for any, with
/// Rⱼ the part of the sum after day tⱼ, and gⱼ beside S(tⱼ₋₁).
#[derive(Clone, Debug)]
pub(super) struct DayEffects<'a> {
    rows: &'a [EventDay],
    cause: Cause,
    time_days: f64,
    gain: Gain,
    /// One for each day up to the time, and one of a day without exits after them.
    effects: Vec<DayEffect>,
    /// The sum itself.
    total: f64,
}

impl<'a> DayEffects<'a> {
    /// The effects of the days up to `time_days`.
    pub(super) fn new(
        table: &'a EventTable,
        cause: Cause,
        time_days: f64,
        gain: Gain,
    ) -> Result<Self, NotEstimable> {
        let n_days = table.n_days_by(time_days)?;
        let effects = day_effects(&table.rows()[..n_days], cause, |day| gain(day, time_days));
        let total = effects[0].to_come;
        Ok(Self { rows: table.rows(), cause, time_days, gain, effects, total })
    }

    /// The sum whose derivative it is.
    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// The influence of someone whose time ended so on that day.
    pub(super) fn of(&self, day: i32, ending: Ending) -> f64 {
        if f64::from(day) > self.time_days {
            return self.effects[self.effects.len() - 1].at_risk_before;
        }
        // With a weight of zero a day may be missing: the next one then, without its exits.
        let next = self.rows.partition_point(|row| row.day < day);
        self.at_row(next, day, ending)
    }

    /// As [`of`](Self::of), the row that day belongs to being known.
    fn at_row(&self, next: usize, day: i32, ending: Ending) -> f64 {
        let (row, effect) = (self.rows[next], self.effects[next]);
        let (at_risk, lost) = if row.day == day {
            (self.effects[next + 1].at_risk_before, effect.to_come_if_staying)
        } else {
            (effect.at_risk_before, effect.to_come)
        };
        let exit = match (ending, self.cause) {
            (Ending::Event, Cause::Event) | (Ending::Competing, Cause::Competing) => {
                (self.gain)(f64::from(day), self.time_days) * effect.survival_before - lost
            }
            (Ending::Event, Cause::Competing) | (Ending::Competing, Cause::Event) => -lost,
            (Ending::Censored, _) => 0.0,
        };
        at_risk + exit / row.n_at_risk
    }

    /// The infinitesimal jackknife's variance Σ lᵢ² over the participants of the table, each as
    /// often as counted, in one walk over the days.
    pub(super) fn variance(&self) -> f64 {
        let n_days = self.effects.len() - 1;
        let square = |j: usize, ending, count: f64| {
            if count > 0.0 {
                let value = self.at_row(j, self.rows[j].day, ending);
                count * value * value
            } else {
                0.0
            }
        };
        let by_day: f64 = (0..n_days)
            .map(|j| {
                let row = &self.rows[j];
                square(j, Ending::Event, row.n_events)
                    + square(j, Ending::Competing, row.n_competing)
                    + square(j, Ending::Censored, row.n_censored)
            })
            .sum();
        let later: f64 =
            self.rows[n_days..].iter().map(|r| r.n_events + r.n_competing + r.n_censored).sum();
        let staying = self.effects[n_days].at_risk_before;
        by_day + later * staying * staying
    }
}

/// What a day means for the influence of those at risk on it.
#[derive(Clone, Copy, Debug)]
struct DayEffect {
    /// Survival just before the day.
    survival_before: f64,
    /// The sum from this day on.
    to_come: f64,
    /// R / (1 − h), 0 where h is 1.
    to_come_if_staying: f64,
    /// The sum of the first line of the formula over the days before.
    at_risk_before: f64,
}

/// The effects of the days, and after them one of a day without exits.
fn day_effects(rows: &[EventDay], cause: Cause, gain: impl Fn(f64) -> f64) -> Vec<DayEffect> {
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
    let gained = |effect: &DayEffect, row: &EventDay| {
        gain(f64::from(row.day)) * effect.survival_before * row.n_of(cause) / row.n_at_risk
    };
    let mut to_come = 0.0;
    for (effect, row) in effects.iter_mut().zip(rows).rev() {
        let staying = (row.n_at_risk - row.n_events - row.n_competing) / row.n_at_risk;
        effect.to_come_if_staying = if staying > 0.0 { to_come / staying } else { 0.0 };
        to_come += gained(effect, row);
        effect.to_come = to_come;
    }
    let mut at_risk = 0.0;
    for (j, row) in rows.iter().enumerate() {
        let (effect, n) = (effects[j], row.n_at_risk);
        let leaving = effect.to_come_if_staying * (row.n_events + row.n_competing) / n;
        at_risk += (leaving - gained(&effect, row)) / n;
        effects[j + 1].at_risk_before = at_risk;
    }
    effects
}
