//! Resampled inference: every quantity from the same case weights, replicate by replicate.

mod bands;
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
use curves::Curves;
pub(super) use drawn::Drawn;
use hazards::Hazards;
use made::Readings;
use quantity::{Quantity, Shown};
use rates::Rates;
use regressions::Regressions;
use rows::{Distribution, Plain, Shared, add_intervals};
use units::Units;

/// A standard deviation of replicates below this share of the estimate, or of 1, is rounding.
const NO_SPREAD: f64 = 1e-12;

/// Everything that is resampled, by the kernel that reads it: rates and amounts, regressions,
/// curves, ratios of hazards.
struct Blocks<'a> {
    rates: Rates<'a>,
    regressions: Regressions,
    curves: Curves<'a>,
    hazards: Hazards,
}

/// Working memory of a replicate.
struct Scratch {
    rates: rates::Scratch,
    regressions: regressions::Scratch,
    curves: (crate::survival::presorted::CurveScratch, Readings),
    hazards: hazards::Scratch,
}

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

impl<'a> Blocks<'a> {
    fn new(adjusted: Adjusted<'a>) -> Self {
        Self {
            rates: Rates::new(adjusted),
            regressions: Regressions::new(adjusted),
            curves: Curves::new(adjusted.setting, adjusted.cohort),
            hazards: Hazards::new(adjusted),
        }
    }

    fn quantities(&self) -> Vec<Quantity> {
        [
            self.rates.quantities(),
            self.regressions.quantities(),
            self.curves.quantities(),
            self.hazards.quantities(),
        ]
        .concat()
    }

    fn scratch(&self) -> Scratch {
        Scratch {
            rates: self.rates.scratch(),
            regressions: self.regressions.scratch(),
            curves: self.curves.scratch(),
            hazards: hazards::Scratch::default(),
        }
    }

    /// Every quantity under the case weights, then the standard error of each; NaN, with its
    /// reason where the kernel knows it, for what does not exist.
    fn evaluate(&self, weights: &[u32], scratch: &mut Scratch, out: &mut [f64]) {
        let (estimates, std_errors) = out.split_at_mut(out.len() / 2);
        let (e, estimates) = estimates.split_at_mut(self.rates.quantities().len());
        let (s, std_errors) = std_errors.split_at_mut(e.len());
        self.rates.evaluate(weights, &mut scratch.rates, (e, s));
        let (e, estimates) = estimates.split_at_mut(self.regressions.quantities().len());
        let (s, std_errors) = std_errors.split_at_mut(e.len());
        self.regressions.evaluate(weights, &mut scratch.regressions, (e, s));
        let (e, estimates) = estimates.split_at_mut(self.curves.quantities().len());
        let (s, std_errors) = std_errors.split_at_mut(e.len());
        self.curves.evaluate(weights, &mut scratch.curves, (e, s));
        self.hazards.evaluate(weights, &mut scratch.hazards, (estimates, std_errors));
    }

    /// What the kernels read from the data themselves, for the influence of ratios.
    fn readings(&self, n_participants: usize) -> Scratch {
        let mut scratch = self.scratch();
        let mut out = vec![f64::NAN; 2 * self.quantities().len()];
        self.evaluate(&vec![1; n_participants], &mut scratch, &mut out);
        scratch
    }

    /// The derivative of a quantity by the case weight of everyone.
    fn influence(&self, at: usize, readings: &Scratch) -> Result<Vec<f64>, NotEstimable> {
        let n_rates = self.rates.quantities().len();
        if at < n_rates {
            return Ok(self.rates.influence(at, &readings.rates));
        }
        let at = at - n_rates;
        let n_regressions = self.regressions.quantities().len();
        if at < n_regressions {
            return self.regressions.influence(at);
        }
        let at = at - n_regressions;
        let n_curves = self.curves.quantities().len();
        if at < n_curves {
            return self.curves.influence(at, &readings.curves.1);
        }
        self.hazards.influence(at - n_curves)
    }

    /// The bootstrap distribution of a quantity, where it is known.
    fn exact(&self, at: usize, units: &Units) -> Option<exact::Exact> {
        let is_drawn_one_by_one = units.strata.is_one_each() && !units.is_balanced;
        (is_drawn_one_by_one && at < self.rates.quantities().len())
            .then(|| self.rates.exact(at, &units.strata))?
    }
}
