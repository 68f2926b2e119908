//! Quantiles of the time to the event, such as the median.

use super::kaplan_meier::KaplanMeier;
use super::not_estimable::NotEstimable;

/// Probabilities nearer to each other than this are one: a product of fractions that ought to be
/// one half differs from it by rounding. The width is that of R's `quantile.survfit`.
const TOLERANCE: f64 = 1.490_116_119_384_765_6e-8; // √(2⁻⁵²)

/// A quantile in days, with its limits. None where the curve, or its limit, does not reach it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileDays {
    /// The day by which that share had the event.
    pub estimate: Option<f64>,
    /// Lower limit: where the curve's lower limit reaches it.
    pub lower: Option<f64>,
    /// Upper limit: where the curve's upper limit reaches it.
    pub upper: Option<f64>,
}

/// The median time to the event in days; see [`quantile`].
///
/// # Errors
///
/// As [`quantile`].
pub fn median(curve: &KaplanMeier<'_>) -> Result<QuantileDays, NotEstimable> {
    quantile(curve, 0.5)
}

/// The time by which a share `p` had the event, in days, read off the Kaplan-Meier curve S.
///
/// It is the first day on which S ≤ 1 − p. Where S stays at 1 − p for a while, it is the middle
/// between that day and the next lower step of S or, if there is none, the last day of follow-up.
/// Limits are read in the same way off the curve's own limits (Brookmeyer and Crowley).
///
/// # Conventions
///
/// Days without limits, those before the first event and a day on which S falls to 0, are passed
/// over: an upper limit that never reaches 1 − p elsewhere gives none. A limit that stays at
/// 1 − p until S falls to 0 has no known end, and gives none either. A limit may rise again, with
/// weights or delayed entry: what counts is the first day on which it is low enough.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`].
///
/// # Panics
///
/// Unless 0 < `p` < 1.
///
/// # References
///
/// - Brookmeyer R, Crowley J (1982). *Biometrics* 38:29–41.
/// - Agrees with `quantile(survfit(...), p)` of R's survival 3.5-3 on every scale of limits that
///   do not rise, `tests/reference/r/survival.R` and `survival_curves.R`, but for two accidents of
///   rounding there: a curve that ends
///   above 1 − p by rounding alone reaches it here and not in R; and where the first day has
///   censorings only and S ends at 0, R closes a limit that lies flat at 1 − p on the last day.
pub fn quantile(curve: &KaplanMeier<'_>, p: f64) -> Result<QuantileDays, NotEstimable> {
    assert!(p > 0.0 && p < 1.0, "a quantile lies strictly between 0 and 1");
    if curve.points().is_empty() {
        return Err(NotEstimable::NoParticipants);
    }
    let steps = |of: fn(&super::curve::CurveEstimate) -> Option<f64>| {
        curve.points().iter().map(move |point| (f64::from(point.day), of(&point.value)))
    };
    Ok(QuantileDays {
        estimate: first_reach(steps(|value| Some(value.estimate)), 1.0 - p),
        lower: first_reach(steps(|value| value.limits.map(|limits| limits.lower)), 1.0 - p),
        upper: first_reach(steps(|value| value.limits.map(|limits| limits.upper)), 1.0 - p),
    })
}

/// The first day on which the steps are at `target` or below it, or the middle of the days on
/// which they are at it.
pub(super) fn first_reach(
    steps: impl Iterator<Item = (f64, Option<f64>)>,
    target: f64,
) -> Option<f64> {
    let mut steps = steps.skip_while(|(_, height)| height.is_none_or(|h| h >= target + TOLERANCE));
    let (first_day, height) = steps.next()?;
    if height? <= target - TOLERANCE {
        return Some(first_day);
    }
    // The flat part ends at the next lower step; without one, on the last day.
    let mut end = Some(first_day);
    for (day, height) in steps {
        end = height.map(|_| day);
        if height.is_some_and(|h| h < target - TOLERANCE) {
            break;
        }
    }
    end.map(|end| f64::midpoint(first_day, end))
}
