//! Log-rank tests of two arms.

use std::cmp::Ordering;

use super::ending::Cause;
use super::event_table::{EventDay, EventTable};
use super::not_estimable::NotEstimable;
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::trial::arm::TwoArm;

/// The log-rank test, competing exits counted as censored.
///
/// ```text
/// χ² = U² / V,   U = Σⱼ wⱼ (d₁ⱼ − n₁ⱼ dⱼ / nⱼ)
///                V = Σⱼ wⱼ² dⱼ (n₁ⱼ / nⱼ) (n₀ⱼ / nⱼ) (nⱼ − dⱼ) / (nⱼ − 1)
/// ```
///
/// over the days tⱼ with events of either arm: dⱼ of the nⱼ at risk had the event, d₁ⱼ of n₁ⱼ
/// in the intervention arm; n₀ⱼ are at risk in the control arm; wⱼ = 1. The variance is the
/// hypergeometric distribution's; a day with nⱼ = 1 adds none. One degree of freedom.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`] if an arm is empty, [`NotEstimable::NoEvents`],
/// [`NotEstimable::NoVariance`] if V is 0.
///
/// # References
///
/// - Mantel N (1966). *Cancer Chemotherapy Reports* 50:163–170.
/// - Agrees with `survdiff(Surv(day, event) ~ arm)` of R's survival 3.5-3:
///   `tests/reference/r/survival.R`.
pub fn log_rank(arms: TwoArm<&EventTable>) -> Result<ChiSquaredTest, NotEstimable> {
    both_arms(&[arms])?;
    test(&[arms], |_| 1.0)
}

/// The Peto-Peto test: as [`log_rank`], each day weighted by the pooled Kaplan-Meier curve just
/// before it, wⱼ = S(tⱼ−), so that early differences count for more.
///
/// # Errors
///
/// As [`log_rank`].
///
/// # References
///
/// - Peto R, Peto J (1972). *Journal of the Royal Statistical Society A* 135:185–207.
/// - Agrees with `survdiff(..., rho = 1)` of R's survival 3.5-3: `tests/reference/r/survival.R`.
pub fn peto_peto(arms: TwoArm<&EventTable>) -> Result<ChiSquaredTest, NotEstimable> {
    both_arms(&[arms])?;
    test(&[arms], |survival_before| survival_before)
}

/// The log-rank test within strata: U and V of [`log_rank`] are summed over the strata.
///
/// A stratum in which an arm is empty adds nothing.
///
/// # Errors
///
/// As [`log_rank`], over all strata together.
///
/// # References
///
/// Agrees with `survdiff(Surv(day, event) ~ arm + strata(stratum))` of R's survival 3.5-3:
/// `tests/reference/r/survival.R`.
pub fn log_rank_stratified(strata: &[TwoArm<&EventTable>]) -> Result<ChiSquaredTest, NotEstimable> {
    both_arms(strata)?;
    test(strata, |_| 1.0)
}

/// The Peto-Peto test within strata: each day weighted by the curve of its own stratum, both arms
/// pooled; U and V are summed over the strata as in [`log_rank_stratified`].
///
/// # Errors
///
/// As [`log_rank_stratified`].
///
/// # References
///
/// Agrees with `survdiff(Surv(day, event) ~ arm + strata(stratum), rho = 1)` of R's survival
/// 3.5-3: `tests/reference/r/weighted_log_rank.R`.
pub fn peto_peto_stratified(
    strata: &[TwoArm<&EventTable>],
) -> Result<ChiSquaredTest, NotEstimable> {
    both_arms(strata)?;
    test(strata, |survival_before| survival_before)
}

/// Whether each arm has a participant in some stratum.
pub(super) fn both_arms(strata: &[TwoArm<&EventTable>]) -> Result<(), NotEstimable> {
    let any = |table: fn(&TwoArm<&'_ EventTable>) -> f64| strata.iter().any(|s| table(s) > 0.0);
    if any(|s| s.intervention.n_participants()) && any(|s| s.control.n_participants()) {
        Ok(())
    } else {
        Err(NotEstimable::NoParticipants)
    }
}

/// Whether anyone had the event.
pub(super) fn any_event(strata: &[TwoArm<&EventTable>]) -> Result<(), NotEstimable> {
    let events = |table: &EventTable| table.n_of(Cause::Event);
    if strata.iter().all(|arms| events(arms.intervention) + events(arms.control) <= 0.0) {
        return Err(NotEstimable::NoEvents);
    }
    Ok(())
}

/// The test with each day's weight a function of the stratum's pooled S(t−).
fn test(
    strata: &[TwoArm<&EventTable>],
    weight: impl Fn(f64) -> f64,
) -> Result<ChiSquaredTest, NotEstimable> {
    any_event(strata)?;
    let (mut excess, mut variance) = (0.0, 0.0);
    for &arms in strata {
        let mut survival = 1.0;
        for day in PooledDays::new(arms) {
            let (n, d) = (day.n(), day.d());
            let w = weight(survival);
            excess += w * (day.events.intervention - day.at_risk.intervention * d / n);
            variance += w * w * day.hypergeometric_variance();
            survival *= (n - d) / n;
        }
    }
    if variance <= 0.0 {
        return Err(NotEstimable::NoVariance);
    }
    let statistic = excess * excess / variance;
    Ok(ChiSquaredTest::new(statistic, 1))
}

/// One day of two arms.
pub(super) struct PooledDay {
    pub(super) at_risk: TwoArm<f64>,
    pub(super) events: TwoArm<f64>,
}

impl PooledDay {
    pub(super) fn n(&self) -> f64 {
        self.at_risk.intervention + self.at_risk.control
    }

    pub(super) fn d(&self) -> f64 {
        self.events.intervention + self.events.control
    }

    /// The variance of the intervention arm's events, given the day's margins.
    pub(super) fn hypergeometric_variance(&self) -> f64 {
        let (n, d) = (self.n(), self.d());
        if n <= 1.0 {
            return 0.0;
        }
        d * (self.at_risk.intervention / n) * (self.at_risk.control / n) * (n - d) / (n - 1.0)
    }
}

/// Walks the days of both arms in order, each day once.
pub(super) struct PooledDays<'a> {
    rows: TwoArm<&'a [EventDay]>,
}

impl<'a> PooledDays<'a> {
    pub(super) fn new(arms: TwoArm<&'a EventTable>) -> Self {
        Self { rows: arms.map(EventTable::rows) }
    }
}

impl Iterator for PooledDays<'_> {
    type Item = PooledDay;

    fn next(&mut self) -> Option<PooledDay> {
        let next = self.rows.map(<[EventDay]>::first);
        let today = match (next.intervention, next.control) {
            (None, None) => return None,
            (Some(row), None) | (None, Some(row)) => row.day,
            (Some(one), Some(other)) => match one.day.cmp(&other.day) {
                Ordering::Greater => other.day,
                Ordering::Less | Ordering::Equal => one.day,
            },
        };
        let at_risk = next.map(|row| row.map_or(0.0, |row| row.n_at_risk));
        let events = next.map(|row| row.filter(|r| r.day == today).map_or(0.0, |r| r.n_events));
        for rows in [&mut self.rows.intervention, &mut self.rows.control] {
            if rows.first().is_some_and(|row| row.day == today) {
                *rows = &rows[1..];
            }
        }
        Some(PooledDay { at_risk, events })
    }
}
