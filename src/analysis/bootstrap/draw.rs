//! The shared draws: as many as the plan says, or as its tolerance asks for.

use super::super::{AnalysisError, Setting};
use super::Blocks;
use super::drawn::Drawn;
use super::quantity::{Quantity, Shown};
use crate::plan::resampling::{DrawKind, ReplicateCount};
use crate::random::Seed;
use crate::resample::accuracy::Accuracy;
use crate::resample::balanced::BalancedDraws;
use crate::resample::case_weights::ResamplingStrata;
use crate::resample::interval::BootstrapDistribution;
use crate::resample::replicates::{Bootstrap, BootstrapSettings, Draws, Replicates};
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::ResultArm;

/// With how many replicates an automatic number begins.
const FIRST: u64 = 1_000;

/// Draws every quantity with its standard error.
pub(super) fn draw(
    setting: Setting<'_>,
    blocks: &Blocks<'_>,
    strata: &ResamplingStrata,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Drawn, AnalysisError> {
    let plan = &setting.plan.bootstrap;
    let quantities = blocks.quantities();
    let n = quantities.len();
    let replicates = plan.replicates.fixed().unwrap_or(FIRST);
    let seed = Seed(plan.seed);
    let balanced = match plan.draws {
        DrawKind::Balanced => Some(BalancedDraws::new(strata, seed, replicates)?),
        DrawKind::Independent => None,
    };
    let bootstrap = Bootstrap {
        settings: BootstrapSettings { seed, replicates },
        strata,
        draws: balanced.as_ref().map_or(Draws::Independent, Draws::Balanced),
        progress,
    };
    let scratch = || blocks.scratch();
    let evaluate = |weights: &[u32], scratch: &mut super::Scratch, out: &mut [f64]| {
        blocks.evaluate(weights, scratch, out);
    };
    let mut from_data = vec![f64::NAN; 2 * n];
    evaluate(&vec![1; strata.n_participants()], &mut scratch(), &mut from_data);
    let replicates = Replicates::compute(&bootstrap, 2 * n, scratch, evaluate)?;
    let std_errors = from_data.split_off(n);
    let allowed_share = plan.max_failed_share;
    let mut drawn = Drawn {
        quantities,
        estimates: from_data,
        std_errors,
        replicates,
        allowed_share,
        is_short: false,
    };
    let accuracy = Accuracy { tolerance: plan.tolerance, most: plan.max_replicates };
    while plan.replicates == ReplicateCount::Auto && !is_accurate(setting, &drawn, accuracy) {
        let Some(next) = accuracy.next(drawn.replicates.n_replicates() as u64) else {
            drawn.is_short = true;
            break;
        };
        drawn.replicates.extend(&bootstrap, next, scratch, evaluate)?;
    }
    Ok(drawn)
}

/// Whether the percentile limits of every contrast of everyone are known to the plan's tolerance.
fn is_accurate(setting: Setting<'_>, drawn: &Drawn, accuracy: Accuracy) -> bool {
    let is_judged = |own: &Quantity| {
        let key = own.entry.key();
        own.shown == Shown::Intervals
            && key.arm == ResultArm::Contrast
            && key.region == ALL_REGIONS
            && key.subgroup.is_empty()
    };
    let judged = (0..drawn.quantities.len()).filter(|&at| is_judged(&drawn.quantities[at]));
    judged.into_iter().all(|at| {
        let column = drawn.column(at);
        // What cannot be estimated is not known better with more replicates.
        BootstrapDistribution::allowing(column, drawn.estimates[at], drawn.allowed_share)
            .map_or(true, |own| {
                accuracy.is_met(own.std_error().value, &[own.percentile(setting.level)])
            })
    })
}
