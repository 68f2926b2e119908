//! Resampled inference: every quantity from the same case weights, replicate by replicate.

mod bands;
mod blocks;
mod curves;
mod draw;
mod drawn;
mod exact;
mod hazards;
mod made;
mod quantity;
mod rate_list;
mod rates;
mod regressions;
mod rows;
mod units;
mod written_out;

use rayon::prelude::*;

use super::AnalysisError;
use super::adjusted::Adjusted;
use super::sheet::Sheet;
use crate::resample::NotEstimable;
use crate::resample::acceleration::acceleration;
use crate::resample::column::Failures;
use crate::resample::interval::BootstrapDistribution;
use crate::resample::studentised::{EstimateColumns, PointEstimate, StudentisedDistribution};
use blocks::Blocks;
pub(super) use drawn::Drawn;
use quantity::Shown;
use rows::{Distribution, Plain, Shared, add_intervals};
use units::Units;

/// A standard deviation of replicates below this share of the estimate, or of 1, is rounding.
const NO_SPREAD: f64 = 1e-12;

/// Draws everything and adds intervals and bands. `progress` is told how many more replicates are
/// done.
pub(super) fn add_bootstrap(
    sheet: &mut Sheet,
    adjusted: Adjusted<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Drawn, AnalysisError> {
    let units = Units::new(adjusted)?;
    let blocks = Blocks::new(adjusted);
    let drawn = draw::draw(adjusted.setting, &blocks, &units.strata, progress)?;
    let note = if drawn.is_short {
        format!("{}; the largest number of replicates is reached", units.note)
    } else {
        units.note.clone()
    };
    let shared = Shared {
        level: adjusted.setting.level,
        n_replicates: drawn.replicates.n_replicates(),
        note: note.trim_start_matches("; "),
    };
    let shown = |at: &usize| drawn.quantities[*at].shown == Shown::Intervals;
    let wanted: Vec<usize> = (0..drawn.quantities.len()).filter(shown).collect();
    let readings = blocks.readings(units.strata.n_participants());
    let made: Vec<_> = wanted
        .par_iter()
        .map(|&at| {
            let distribution = distribution(&drawn, &blocks, &units, at);
            let influence = blocks.influence(at, &readings);
            let a = influence.and_then(|mut influence| {
                units.strata.scale_to_groups(&mut influence);
                acceleration(&influence, &units.strata)
            });
            (distribution, a)
        })
        .collect();
    for (at, (distribution, a)) in wanted.into_iter().zip(made) {
        add_intervals(sheet, shared, &drawn.quantities[at], &distribution, a);
    }
    bands::add_bands(sheet, adjusted.setting, &drawn);
    Ok(drawn)
}

/// The known distribution of a quantity, where there is one, else that of its replicates.
fn distribution(
    drawn: &Drawn,
    blocks: &Blocks<'_>,
    units: &Units,
    at: usize,
) -> Result<Distribution, (NotEstimable, Failures)> {
    let (estimate, std_error) = (drawn.estimates[at], drawn.std_errors[at]);
    let allowed = drawn.allowed_share;
    let columns = EstimateColumns { value: at, std_error: drawn.quantities.len() + at };
    let point = PointEstimate { value: estimate, std_error };
    let studentised =
        StudentisedDistribution::of_columns(&drawn.replicates, columns, point, allowed);
    let plain = if let Some(exact) = blocks.exact(at, units) {
        Plain::Exact(Box::new(exact))
    } else {
        let column = drawn.column(at);
        let failures = column.failures;
        let plain = BootstrapDistribution::allowing(column, estimate, allowed);
        Plain::Drawn(plain.map_err(|reason| (reason, failures))?)
    };
    // An interval of no width would claim to know what the sample cannot tell.
    if plain.std_error() <= NO_SPREAD * estimate.abs().max(1.0) {
        return Err((NotEstimable::NoVariation, drawn.column(at).failures));
    }
    Ok(Distribution { plain, studentised, allowed_share: allowed })
}
