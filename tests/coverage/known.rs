//! What the coverage of each method is, and what counts as different from it.

use super::experiment::{Row, Tally};
use super::{amounts, take_up};

/// Monte Carlo errors that a number may be off. One in 150,000 draws is further off: with some
/// hundred numbers a run, never by chance.
const ERRORS: f64 = 4.5;

/// Coverage with and without an effect where it is not 95%, to the nearest half per cent of the
/// full run; `README.md` says why.
fn known(row: &Row) -> (f64, f64) {
    match (row.design, row.effect.method, row.n) {
        ("regions", _, 3 | 11) => (0.86, 0.86),
        ("regions", _, _) => (0.925, 0.925),
        ("event", "ols_adjusted_hc0", 120) => (0.945, 0.935),
        ("event", method, 120) if method.starts_with("logit") => (0.945, 0.93),
        (_, "quantile_difference", 120) => (0.965, 0.985),
        (_, "quantile_difference", _) => (0.965, 0.965),
        _ => (0.95, 0.95),
    }
}

/// Everything about a row that should not be.
pub(super) fn faults(row: &Row) -> Vec<String> {
    // These two stand there to show what goes wrong.
    let is_weak = row.design == take_up::WEAK && row.effect.method == "tsls_hc2";
    if is_weak || row.effect.method == amounts::BLIND {
        return Vec::new();
    }
    let (effect, null) = known(row);
    let mut wrong = far_off("with an effect", &row.effect, effect);
    if let Some(tally) = &row.null {
        wrong.extend(far_off("without an effect", tally, null));
    }
    wrong.iter().map(|fault| format!("{fault}: {}", row.markdown())).collect()
}

fn far_off(world: &str, tally: &Tally, known: f64) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut fault = |what: &str| {
        wrong.push(format!("{what} {world}, coverage {} and {known} known", tally.coverage()));
    };
    // Known coverages are rounded to half a per cent.
    let allowed = 0.005 + ERRORS * tally.monte_carlo_error(known);
    if (tally.coverage() - known).abs() > allowed {
        fault("coverage");
    }
    let root = (tally.simulations as f64).sqrt();
    // The deviation of m normal estimates is off by 1/√(2m) of itself. Beyond that, 20 per cent for
    // limits that err to the large side.
    if let Some(ratio) = tally.calibration()
        && (ratio - 1.0).abs() > 0.2 + ERRORS / (2.0_f64.sqrt() * root)
    {
        fault("width");
    }
    // Beyond chance, 0.3 deviations: sample quartiles of a skewed amount are that far off.
    if let Some((bias, deviation)) = tally.errors()
        && bias.abs() > deviation * (0.3 + ERRORS / root)
    {
        fault("bias");
    }
    wrong
}
