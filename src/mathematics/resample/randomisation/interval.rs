//! Confidence intervals for a constant effect, by inverting the randomisation test.

use thiserror::Error;

use super::distribution::{RandomisationDistribution, TIED};
use crate::numeric::interval::{ConfidenceLevel, Interval};

/// Steps that double, from the estimate outwards, until the effect is rejected.
const DOUBLINGS: usize = 60;

/// Cells of the last step, in which an interval that is not in one piece is looked for.
const CELLS: usize = 64;

/// Halvings of a cell.
const HALVINGS: usize = 60;

/// An interval for a constant effect τ: all outcomes would be lower by τ without the intervention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShiftInterval {
    /// The effect that the statistic estimates, at which it is 0.
    pub estimate: f64,
    /// The limits; infinite where there are too few draws, or assignments, for the level.
    pub limits: Interval,
    /// Under how many draws the statistic does not exist: they count against rejecting any τ.
    pub failed: usize,
}

/// Why there is no interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ShiftIntervalError {
    /// The statistic does not exist under the observed assignment.
    #[error("the statistic does not exist under the observed assignment")]
    NotObserved,
    /// No effect is compatible with the data at that level: the two tests overlap.
    #[error("every constant effect is rejected")]
    Empty,
}

/// The τ at which a draw ties with what was observed, and to which side of it the draw lies above.
#[derive(Clone, Copy, Debug)]
struct Tie {
    at: f64,
    /// Whether T* ≥ T from the tie upwards, T* ≤ T up to it; else the other way round.
    above_after: bool,
}

/// How many draws are always at least, and at most, what was observed.
#[derive(Clone, Copy, Debug, Default)]
struct Always {
    at_least: usize,
    at_most: usize,
}

/// The interval of an effect that is linear in the outcomes, from exact inversion.
///
/// Under a constant effect τ, outcomes without the intervention are y − τ z₀. On these the
/// observed assignment has the statistic a₀ − τ b₀ and a drawn one a* − τ b*, so that they tie at
///
/// ```text
/// τ* = (a₀ − a*) / (b₀ − b*)
/// ```
///
/// The interval holds the τ for which both one-sided p-values, (c + 1) / (R + 1) or c / N, exceed
/// half of 1 − level. Its limits are order statistics of the ties: the m-th smallest and the m-th
/// largest, m the fewest draws with such a p-value.
///
/// # Conventions
///
/// Columns `first` and `first + 1` of the distribution are a and b, as from
/// [`LinearEffect::shift`](super::linear::LinearEffect::shift). Limits belong to the interval. With
/// covariates b* may exceed b₀ in few draws, and the accepted τ need not be in one piece: the
/// limits are the smallest and the largest. A τ outside has a one-sided p of at most half of
/// 1 − level; the two-sided p of |T| is another test, and may be a little above or below 1 − level
/// at the limits.
///
/// # Errors
///
/// [`ShiftIntervalError`].
///
/// # Panics
///
/// If the distribution has no such columns.
///
/// # References
///
/// - Rosenbaum PR (2002). *Observational Studies*, second edition, section 2.6.
/// - Agrees with p-values by brute force on both sides of each limit, in R:
///   `tests/reference/r/randomisation.R`.
pub fn shift_interval(
    distribution: &RandomisationDistribution,
    first: usize,
    level: ConfidenceLevel,
) -> Result<ShiftInterval, ShiftIntervalError> {
    let observed = |column| distribution.observed(column).ok_or(ShiftIntervalError::NotObserved);
    let (a0, b0) = (observed(first)?, observed(first + 1)?);
    let (mut always, mut failed) = (Always::default(), 0);
    let mut ties = Vec::with_capacity(distribution.n_draws());
    for (a, b) in distribution.column(first).zip(distribution.column(first + 1)) {
        if !(a.is_finite() && b.is_finite()) {
            failed += 1;
            always.at_least += 1;
            always.at_most += 1;
        } else if (b0 - b).abs() > TIED * b0.abs() {
            ties.push(Tie { at: (a0 - a) / (b0 - b), above_after: b0 > b });
        } else {
            let tied = (a0 - a).abs() <= TIED * a0.abs().max(a.abs());
            always.at_least += usize::from(tied || a > a0);
            always.at_most += usize::from(tied || a < a0);
        }
    }
    ties.sort_by(|one, other| one.at.total_cmp(&other.at));
    let fewest = distribution.fewest_above(level.tail());
    let limits = accepted(&ties, always, fewest).ok_or(ShiftIntervalError::Empty)?;
    Ok(ShiftInterval { estimate: a0 / b0, limits, failed })
}

/// The smallest and the largest τ with at least `fewest` draws on either side, ties in order.
fn accepted(ties: &[Tie], always: Always, fewest: usize) -> Option<Interval> {
    let is_accepted = |at_least: usize, at_most: usize| {
        always.at_least + at_least >= fewest && always.at_most + at_most >= fewest
    };
    let n_after = ties.iter().filter(|tie| tie.above_after).count();
    let n_before = ties.len() - n_after;
    let (mut lower, mut upper) = (f64::INFINITY, f64::NEG_INFINITY);
    // Below all ties, those that are above before are at least what was observed.
    if is_accepted(n_before, n_after) {
        (lower, upper) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    }
    let (mut at_least, mut at_most) = (n_before, n_after);
    for same in ties.chunk_by(|one, other| one.at.total_cmp(&other.at).is_eq()) {
        let after = same.iter().filter(|tie| tie.above_after).count();
        let before = same.len() - after;
        // On the tie a draw is both; past it, it has changed sides.
        if is_accepted(at_least + after, at_most + before) {
            lower = lower.min(same[0].at);
            upper = upper.max(same[0].at);
        }
        at_least = at_least + after - before;
        at_most = at_most + before - after;
    }
    if is_accepted(at_least, at_most) {
        (lower, upper) = (lower.min(f64::INFINITY), f64::INFINITY);
    }
    (lower <= upper).then_some(Interval { lower, upper })
}

/// The interval of a studentised effect.
///
/// As [`shift_interval`], with the statistic t(τ) = (a − τ b) / √(A − 2 τ B + τ² C). A draw may
/// change sides more than once. Each limit is searched from the estimate outwards, in steps that
/// double from one standard error, until the one-sided p is at most half of 1 − level; within the
/// last step the outermost of 64 cells at whose inner end the effect is accepted is halved until
/// it no longer moves. Where accepted effects are not in one piece, the interval is their hull,
/// up to pieces beyond that step or narrower than a cell.
///
/// # Conventions
///
/// Columns `first` to `first + 4` are a, b, A, B and C, as from
/// [`LinearEffect::studentised_shift`](super::linear::LinearEffect::studentised_shift). Limits are
/// exact to about 1e-14 of the interval's width and lie inside.
///
/// # Errors
///
/// [`ShiftIntervalError`].
///
/// # Panics
///
/// If the distribution has no such columns.
///
/// # References
///
/// - Wu J, Ding P (2021). *Journal of the American Statistical Association* 116:1898–1913,
///   doi:10.1080/01621459.2020.1750415.
/// - Agrees with root search in R on the same draws: `tests/reference/r/randomisation.R`.
pub fn studentised_shift_interval(
    distribution: &RandomisationDistribution,
    first: usize,
    level: ConfidenceLevel,
) -> Result<ShiftInterval, ShiftIntervalError> {
    let mut observed = [0.0; 5];
    for (k, place) in observed.iter_mut().enumerate() {
        *place = distribution.observed(first + k).ok_or(ShiftIntervalError::NotObserved)?;
    }
    let mut draws = vec![[0.0; 5]; distribution.n_draws()];
    for k in 0..5 {
        for (draw, value) in draws.iter_mut().zip(distribution.column(first + k)) {
            draw[k] = value;
        }
    }
    let estimate = observed[0] / observed[1];
    let std_error = observed[2].sqrt();
    if !(std_error > 0.0 && studentised(observed, estimate).is_finite()) {
        return Err(ShiftIntervalError::NotObserved);
    }
    let fewest = distribution.fewest_above(level.tail());
    // `sign` 1 counts draws at least the observed one, −1 those at most.
    let is_accepted = |tau: f64, sign: f64| {
        let t = sign * studentised(observed, tau);
        let threshold = t - TIED * t.abs().max(1.0);
        let counts = |draw: &&[f64; 5]| {
            let t = sign * studentised(**draw, tau);
            !t.is_finite() || t >= threshold
        };
        draws.iter().filter(counts).count() >= fewest
    };
    if !(is_accepted(estimate, 1.0) && is_accepted(estimate, -1.0)) {
        return Err(ShiftIntervalError::Empty);
    }
    let lower = -outermost(|x| is_accepted(-x, 1.0), -estimate, std_error);
    let upper = outermost(|x| is_accepted(x, -1.0), estimate, std_error);
    let failed = draws.iter().filter(|draw| !studentised(**draw, estimate).is_finite()).count();
    Ok(ShiftInterval { estimate, limits: Interval { lower, upper }, failed })
}

fn studentised([a, b, aa, ab, bb]: [f64; 5], tau: f64) -> f64 {
    (a - tau * b) / (aa - 2.0 * tau * ab + tau * tau * bb).sqrt()
}

/// The largest x from `start` on that is accepted; `start` itself is.
fn outermost(is_accepted: impl Fn(f64) -> bool, start: f64, step: f64) -> f64 {
    let (mut inner, mut width) = (start, step);
    for _ in 0..DOUBLINGS {
        if is_accepted(inner + width) {
            inner += width;
            width *= 2.0;
            continue;
        }
        let at = |cell: usize| inner + width * (cell as f64 / CELLS as f64);
        let last = (0..CELLS).rev().find(|&cell| cell == 0 || is_accepted(at(cell)));
        let last = last.unwrap_or(0);
        let (mut low, mut high) = (at(last), at(last + 1));
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                break;
            }
            if is_accepted(middle) { low = middle } else { high = middle }
        }
        return low;
    }
    f64::INFINITY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(at: f64) -> Tie {
        Tie { at, above_after: true }
    }

    fn before(at: f64) -> Tie {
        Tie { at, above_after: false }
    }

    #[test]
    fn limits_are_order_statistics_of_the_ties() {
        let ties: Vec<Tie> = (1..=9).map(|i| after(f64::from(i))).collect();
        let of = |fewest| accepted(&ties, Always::default(), fewest);
        let limits = |lower, upper| Some(Interval { lower, upper });
        assert_eq!(of(0), limits(f64::NEG_INFINITY, f64::INFINITY));
        assert_eq!(of(1), limits(1.0, 9.0));
        assert_eq!(of(3), limits(3.0, 7.0));
        assert_eq!(of(5), limits(5.0, 5.0));
        assert_eq!(of(6), None);
        let always = Always { at_least: 1, at_most: 1 };
        assert_eq!(accepted(&ties, always, 3), limits(2.0, 8.0));
    }

    #[test]
    fn a_draw_that_turns_round_may_widen_the_interval() {
        let ties = [after(1.0), after(2.0), before(5.0)];
        // Above everything: at least two draws up to 5, at most one from 5 on.
        let hull = accepted(&ties, Always::default(), 1);
        assert_eq!(hull, Some(Interval { lower: f64::NEG_INFINITY, upper: f64::INFINITY }));
        let ties = [after(1.0), after(2.0), after(3.0), before(9.0)];
        let hull = accepted(&ties, Always::default(), 2);
        assert_eq!(hull, Some(Interval { lower: 1.0, upper: 2.0 }));
    }
}
