//! Gray's test of equal cumulative incidences.

use super::ending::Cause;
use super::event_table::{EventDay, EventTable};
use super::not_estimable::NotEstimable;
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::elementary::pow;
use crate::trial::arm::TwoArm;

/// Gray's test with the score that it is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrayTest {
    /// Exits of the cause in the intervention arm less those expected there, weighted: positive
    /// where the cause comes sooner or to more of that arm.
    pub excess: f64,
    /// The variance of `excess`.
    pub variance: f64,
    /// excess² / variance, one degree of freedom.
    pub test: ChiSquaredTest,
}

/// Gray's test that the cumulative incidence of one cause is the same in both arms, ρ = 0; see
/// [`gray_stratified`].
///
/// # Errors
///
/// As [`gray_stratified`].
pub fn gray(arms: TwoArm<&EventTable>, cause: Cause) -> Result<GrayTest, NotEstimable> {
    gray_stratified(&[arms], cause, 0.0)
}

/// Gray's test that the cumulative incidence F of one cause is the same in both arms of every
/// stratum. With Yₖ at risk in arm k, d₁ₖ exits of the cause and d₂ₖ of the other one on a day,
/// Sₖ the survival free of both and Fₖ the incidence in arm k, hₖ = Yₖ / Sₖ(t−), h = h₁ + h₀,
///
/// ```text
/// U   = Σ L { d₁₁ − d₁ R₁ / (R₁ + R₀) },     Rₖ = hₖ (1 − Fₖ(t−)),  d₁ = d₁₁ + d₁₀
/// F⁰  = Σ_{≤ t} d₁ / h,                      L = (1 − F⁰(t−))^ρ
/// Var = Σ Σₖ { aₖ² hₖ (d₁ / h) v₁ₖ + bₖ² d₂ₖ v₂ₖ }
/// aₖ  = Dₖ + (1 − qₖ) Cₖ / hₖ,  bₖ = −qₖ Cₖ / hₖ,  qₖ = (1 − F⁰(t)) / Sₖ(t), 0 where Sₖ(t) is 0
/// Dₖ  = L ([k = 1] − h₁ / h),   Cₖ = Σ_{later} Dₖ hₖ (d₁ / h) / (1 − F⁰(t−))
/// v₁ₖ = 1 − (d₁ − 1) / (h Sₖ(t−) − 1) where d₁ > 1,  v₂ₖ = 1 − (d₂ₖ − 1) / (Yₖ − 1) where d₂ₖ > 1
/// ```
///
/// and χ² = U² / Var on one degree of freedom; U and Var are sums over strata, with an F⁰ in each.
/// A day of an arm in which nobody is left has Yₖ = 0 and adds nothing there (a = b = 0 where
/// Sₖ(t) is 0, but for Dₖ).
///
/// # Conventions
///
/// A competing exit is neither an event nor a censoring: it stays in Rₖ through Sₖ. Without any
/// competing exit U is the score of the log-rank test; its variance is another estimate of the
/// same thing. v₁ₖ and v₂ₖ are hypergeometric corrections for exits on one day. A stratum in which
/// an arm is empty adds nothing.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`] if an arm is empty in all strata,
/// [`NotEstimable::NoEvents`] if nobody left by the cause, [`NotEstimable::NoVariance`] if the
/// variance is not positive.
///
/// # References
///
/// - Gray RJ (1988). *Annals of Statistics* 16:1141–1154, doi:10.1214/aos/1176350951.
/// - Agrees with `cuminc(..., strata = , rho = )$Tests` of R's cmprsk 2.2-11:
///   `tests/reference/r/competing.R`.
pub fn gray_stratified(
    strata: &[TwoArm<&EventTable>],
    cause: Cause,
    rho: f64,
) -> Result<GrayTest, NotEstimable> {
    let total = |of: &dyn Fn(&EventTable) -> f64| {
        let sum = |arm: &dyn Fn(&TwoArm<&EventTable>) -> f64| strata.iter().map(arm).sum::<f64>();
        TwoArm { intervention: sum(&|s| of(s.intervention)), control: sum(&|s| of(s.control)) }
    };
    let people = total(&EventTable::n_participants);
    if !(people.intervention > 0.0 && people.control > 0.0) {
        return Err(NotEstimable::NoParticipants);
    }
    let exits = total(&|table| table.n_of(cause));
    if exits.intervention + exits.control <= 0.0 {
        return Err(NotEstimable::NoEvents);
    }
    let (mut excess, mut variance) = (0.0, 0.0);
    for &arms in strata {
        let days = pooled_days(arms, cause, rho);
        excess += days.iter().map(PooledDay::excess).sum::<f64>();
        variance += variance_of(&days);
    }
    // Where F⁰ passes 1, which it may after much censoring in one arm, nothing keeps V positive.
    if !(variance > 0.0 && variance.is_finite() && excess.is_finite()) {
        return Err(NotEstimable::NoVariance);
    }
    let test = ChiSquaredTest::new(excess * excess / variance, 1);
    Ok(GrayTest { excess, variance, test })
}

/// One arm on a day with exits of either arm.
#[derive(Clone, Copy, Default)]
struct ArmDay {
    /// Y.
    at_risk: f64,
    /// d₁.
    of_cause: f64,
    /// d₂.
    of_other: f64,
    /// S(t−).
    survival_before: f64,
    /// S(t).
    survival: f64,
    /// 1 − F(t−).
    free_before: f64,
}

impl ArmDay {
    /// h.
    fn weight(&self) -> f64 {
        if self.at_risk > 0.0 { self.at_risk / self.survival_before } else { 0.0 }
    }

    /// R.
    fn still_free(&self) -> f64 {
        self.weight() * self.free_before
    }
}

/// Both arms on a day with exits.
#[derive(Clone, Copy)]
struct PooledDay {
    arms: TwoArm<ArmDay>,
    /// 1 − F⁰(t−).
    null_before: f64,
    /// 1 − F⁰(t).
    null: f64,
    /// L.
    emphasis: f64,
}

impl PooledDay {
    /// d₁.
    fn of_cause(&self) -> f64 {
        self.arms.intervention.of_cause + self.arms.control.of_cause
    }

    /// h.
    fn weight(&self) -> f64 {
        self.arms.intervention.weight() + self.arms.control.weight()
    }

    /// What the day adds to U.
    fn excess(&self) -> f64 {
        let free = self.arms.map(|arm| arm.still_free());
        let all = free.intervention + free.control;
        if all <= 0.0 {
            return 0.0;
        }
        let expected = self.of_cause() * free.intervention / all;
        self.emphasis * (self.arms.intervention.of_cause - expected)
    }
}

/// The variance of one stratum's score, from the last day backwards, so that C is known.
fn variance_of(days: &[PooledDay]) -> f64 {
    let mut variance = 0.0;
    let mut to_come = TwoArm::<f64>::default();
    for day in days.iter().rev() {
        let all = day.weight();
        let increment = day.of_cause() / all;
        let of_intervention = day.arms.intervention.weight() / all;
        for (arm, to_come, own) in [
            (&day.arms.intervention, &mut to_come.intervention, 1.0),
            (&day.arms.control, &mut to_come.control, 0.0),
        ] {
            let h = arm.weight();
            if h <= 0.0 {
                continue;
            }
            let direct = day.emphasis * (own - of_intervention);
            let (mut by_cause, mut by_other) = (direct, 0.0);
            if arm.survival > 0.0 {
                let q = day.null / arm.survival;
                by_cause += (1.0 - q) * *to_come / h;
                by_other = -q * *to_come / h;
            }
            variance += by_cause
                * by_cause
                * (h * increment)
                * tied(day.of_cause(), all * arm.survival_before)
                + by_other * by_other * arm.of_other * tied(arm.of_other, arm.at_risk);
            if increment > 0.0 {
                *to_come += direct * h * increment / day.null_before;
            }
        }
    }
    variance
}

/// The hypergeometric correction for d exits on one day of n at risk.
fn tied(d: f64, n: f64) -> f64 {
    if d > 1.0 { 1.0 - (d - 1.0) / (n - 1.0) } else { 1.0 }
}

/// The days of a stratum with exits of either arm, in order. None where an arm is empty.
fn pooled_days(arms: TwoArm<&EventTable>, cause: Cause, rho: f64) -> Vec<PooledDay> {
    let mut rows = arms.map(EventTable::rows);
    let mut days = Vec::new();
    if rows.intervention.is_empty() || rows.control.is_empty() {
        return days;
    }
    let (mut survival, mut free) =
        (TwoArm { intervention: 1.0, control: 1.0 }, TwoArm { intervention: 1.0, control: 1.0 });
    let mut null = 1.0;
    while let Some(today) = first_day(rows) {
        let step = |rows: &mut &[EventDay], survival: &mut f64, free: &mut f64| {
            let arm = arm_today(rows, today, cause, (*survival, *free));
            if arm.at_risk > 0.0 {
                *free -= arm.survival_before * arm.of_cause / arm.at_risk;
            }
            *survival = arm.survival;
            arm
        };
        let arms = TwoArm {
            intervention: step(
                &mut rows.intervention,
                &mut survival.intervention,
                &mut free.intervention,
            ),
            control: step(&mut rows.control, &mut survival.control, &mut free.control),
        };
        let null_before = null;
        let mut day = PooledDay { arms, null_before, null, emphasis: pow(null.max(0.0), rho) };
        let exits = |arm: &ArmDay| arm.of_cause + arm.of_other;
        if exits(&arms.intervention) + exits(&arms.control) > 0.0 {
            null -= day.of_cause() / day.weight();
            day.null = null;
            days.push(day);
        }
    }
    days
}

/// The first day that either arm has left.
fn first_day(rows: TwoArm<&[EventDay]>) -> Option<i32> {
    let first = rows.map(|rows| rows.first().map(|row| row.day));
    match (first.intervention, first.control) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The arm on that day, with the curves S and 1 − F before it; a row of that day is taken away.
fn arm_today(
    rows: &mut &[EventDay],
    today: i32,
    cause: Cause,
    (survival_before, free_before): (f64, f64),
) -> ArmDay {
    let before =
        ArmDay { survival_before, survival: survival_before, free_before, ..ArmDay::default() };
    let Some((row, later)) = rows.split_first() else { return before };
    if row.day != today {
        return ArmDay { at_risk: row.n_at_risk, ..before };
    }
    *rows = later;
    let of_cause = row.n_of(cause);
    let of_other = row.n_events + row.n_competing - of_cause;
    let staying = (row.n_at_risk - of_cause - of_other) / row.n_at_risk;
    let survival = survival_before * staying;
    ArmDay { at_risk: row.n_at_risk, of_cause, of_other, survival, ..before }
}
