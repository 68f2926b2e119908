//! Everything that is resampled, and its working memory.

use super::super::adjusted::Adjusted;
use super::curves::Curves;
use super::exact::Exact;
use super::hazards::{self, Hazards};
use super::made::Readings;
use super::quantity::Quantity;
use super::rates::{self, Rates};
use super::regressions::{self, Regressions};
use super::units::Units;
use crate::resample::NotEstimable;
use crate::survival::presorted::CurveScratch;

/// Everything that is resampled, by the kernel that reads it: rates and amounts, regressions,
/// curves, ratios of hazards.
pub(super) struct Blocks<'a> {
    rates: Rates<'a>,
    regressions: Regressions,
    curves: Curves<'a>,
    hazards: Hazards,
}

/// Working memory of a replicate.
pub(super) struct Scratch {
    rates: rates::Scratch,
    regressions: regressions::Scratch,
    curves: (CurveScratch, Readings),
    hazards: hazards::Scratch,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(adjusted: Adjusted<'a>) -> Self {
        Self {
            rates: Rates::new(adjusted),
            regressions: Regressions::new(adjusted),
            curves: Curves::new(adjusted.setting, adjusted.cohort),
            hazards: Hazards::new(adjusted),
        }
    }

    pub(super) fn quantities(&self) -> Vec<Quantity> {
        [
            self.rates.quantities(),
            self.regressions.quantities(),
            self.curves.quantities(),
            self.hazards.quantities(),
        ]
        .concat()
    }

    pub(super) fn scratch(&self) -> Scratch {
        Scratch {
            rates: self.rates.scratch(),
            regressions: self.regressions.scratch(),
            curves: self.curves.scratch(),
            hazards: hazards::Scratch::default(),
        }
    }

    /// Every quantity under the case weights, then the standard error of each; NaN, with its
    /// reason where the kernel knows it, for what does not exist.
    pub(super) fn evaluate(&self, weights: &[u32], scratch: &mut Scratch, out: &mut [f64]) {
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
    pub(super) fn readings(&self, n_participants: usize) -> Scratch {
        let mut scratch = self.scratch();
        let mut out = vec![f64::NAN; 2 * self.quantities().len()];
        self.evaluate(&vec![1; n_participants], &mut scratch, &mut out);
        scratch
    }

    /// The derivative of a quantity by the case weight of everyone.
    pub(super) fn influence(
        &self,
        at: usize,
        readings: &Scratch,
    ) -> Result<Vec<f64>, NotEstimable> {
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
    pub(super) fn exact(&self, at: usize, units: &Units) -> Option<Exact> {
        let is_drawn_one_by_one = units.strata.is_one_each() && !units.is_balanced;
        (is_drawn_one_by_one && at < self.rates.quantities().len())
            .then(|| self.rates.exact(at, &units.strata))?
    }
}
