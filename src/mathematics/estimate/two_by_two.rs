//! Tests of no association in a table of arm by event.

use thiserror::Error;

use super::proportion::Count;
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::distribution::hypergeometric;
use crate::trial::arm::TwoArm;

/// A row or column of the table is empty, so that there is nothing to associate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmptyMargin {
    /// An arm has no participants.
    #[error("an arm has no participants")]
    Arm,
    /// Nobody had the event.
    #[error("nobody had the event")]
    Events,
    /// Everybody had the event.
    #[error("everybody had the event")]
    NonEvents,
}

/// Tests equal proportions with Pearson's χ², without continuity correction.
///
/// With a, b the events and non-events of the intervention, c, d those of the control:
///
/// ```text
/// χ² = N (ad − bc)² / ((a + b)(c + d)(a + c)(b + d)),   1 degree of freedom
/// ```
///
/// The products ad and bc are exact, so that large counts lose nothing.
///
/// # Errors
///
/// [`EmptyMargin`] where a row or column is empty.
///
/// # References
///
/// - Agrees with R's `chisq.test(correct = FALSE)`; see `tests/reference/r/estimate.R`.
pub fn pearson_chi_squared(counts: TwoArm<Count>) -> Result<ChiSquaredTest, EmptyMargin> {
    let TwoArm { intervention, control } = counts;
    let [events, non_events] = column_totals(counts)?;
    let product = |x: u64, y: u64| u128::from(x) * u128::from(y);
    let difference = product(intervention.events(), control.non_events())
        .abs_diff(product(intervention.non_events(), control.events())) as f64;
    let (n1, n0) = (intervention.n() as f64, control.n() as f64);
    let (events, non_events) = (events as f64, non_events as f64);
    let margins = n1 * n0 * events * non_events;
    let statistic = (n1 + n0) * difference * difference / margins;
    Ok(ChiSquaredTest::new(statistic, 1))
}

/// Tests no association with Fisher's exact test: the two-sided p-value.
///
/// Given all margins, the probability of every table that is no more probable than the one
/// observed, tables within a factor 1 + 1e-7 counting as equally probable.
///
/// # Errors
///
/// [`EmptyMargin`] where a row or column is empty: there is but one such table. (R's `fisher.test`
/// gives 1 or an error, depending on how the table is handed over.)
///
/// # References
///
/// - Fisher RA (1935). *Journal of the Royal Statistical Society* 98:39–82.
/// - Agrees with R's `fisher.test`; see `tests/reference/r/estimate.R`.
pub fn fisher_exact(counts: TwoArm<Count>) -> Result<f64, EmptyMargin> {
    column_totals(counts)?;
    let row = |count: Count| [count.events(), count.non_events()];
    let table = [row(counts.intervention), row(counts.control)];
    Ok(hypergeometric::fisher_exact_two_sided(table))
}

/// Everybody with and without the event, in a table whose margins are not empty.
fn column_totals(counts: TwoArm<Count>) -> Result<[u128; 2], EmptyMargin> {
    let TwoArm { intervention, control } = counts;
    if intervention.n() == 0 || control.n() == 0 {
        return Err(EmptyMargin::Arm);
    }
    let events = u128::from(intervention.events()) + u128::from(control.events());
    if events == 0 {
        return Err(EmptyMargin::Events);
    }
    let non_events = u128::from(intervention.non_events()) + u128::from(control.non_events());
    if non_events == 0 {
        return Err(EmptyMargin::NonEvents);
    }
    Ok([events, non_events])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_margin_gives_its_reason() {
        let test = |x1, n1, x0, n0| {
            pearson_chi_squared(TwoArm {
                intervention: Count::new(n1, x1).unwrap(),
                control: Count::new(n0, x0).unwrap(),
            })
        };
        assert_eq!(test(0, 0, 3, 4), Err(EmptyMargin::Arm));
        assert_eq!(test(0, 5, 0, 4), Err(EmptyMargin::Events));
        assert_eq!(test(5, 5, 4, 4), Err(EmptyMargin::NonEvents));
        assert!(test(5, 5, 0, 4).is_ok());
        let nobody = TwoArm { intervention: Count::default(), control: Count::new(4, 2).unwrap() };
        assert_eq!(fisher_exact(nobody), Err(EmptyMargin::Arm));
    }
}
