//! The shared draws: as many as the plan says, or as its tolerance asks for.

use super::super::{AnalysisError, Setting};
use super::blocks::{Blocks, Scratch};
use super::drawn::Drawn;
use super::quantity::{Quantity, Shown};
use crate::plan::resampling::{DrawKind, ReplicateCount};
use crate::random::Seed;
use crate::resample::accuracy::Accuracy;
use crate::resample::balanced::BalancedDraws;
use crate::resample::case_weights::ResamplingStrata;
use crate::resample::interval::{BootstrapDistribution, BootstrapInterval, Limit};
use crate::resample::replicates::{Bootstrap, BootstrapSettings, Draws, Replicates};
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::ResultArm;

/// Errors that differ by less than this share are the same.
const SAME: f64 = 1e-6;

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
    let evaluate = |weights: &[u32], scratch: &mut Scratch, out: &mut [f64]| {
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
    let mut is_automatic = plan.replicates == ReplicateCount::Auto;
    let mut errors = Vec::new();
    while is_automatic {
        let before = std::mem::replace(&mut errors, judged_limits(setting, &drawn));
        if is_accurate(&errors, &before, accuracy) {
            break;
        }
        if let Some(next) = accuracy.next(drawn.replicates.n_replicates() as u64) {
            drawn.replicates.extend(&bootstrap, next, scratch, evaluate)?;
        } else {
            drawn.is_short = true;
            is_automatic = false;
        }
    }
    Ok(drawn)
}

/// Percentile limits of a contrast with its bootstrap standard error.
type Judged = Option<(BootstrapInterval, f64)>;

/// Those of every contrast of everyone, in a fixed order; none for what cannot be estimated.
fn judged_limits(setting: Setting<'_>, drawn: &Drawn) -> Vec<Judged> {
    let is_judged = |own: &Quantity| {
        let key = own.entry.key();
        own.shown == Shown::Intervals
            && key.arm == ResultArm::Contrast
            && key.region == ALL_REGIONS
            && key.subgroup.is_empty()
    };
    let judged = (0..drawn.quantities.len()).filter(|&at| is_judged(&drawn.quantities[at]));
    let limits = |at: usize| {
        let column = drawn.column(at);
        let estimate = drawn.estimates[at];
        let own = BootstrapDistribution::allowing(column, estimate, drawn.allowed_share).ok()?;
        Some((own.percentile(setting.level), own.std_error().value))
    };
    judged.map(limits).collect()
}

/// Whether all limits are known to the tolerance, or as well as they can be: the error of one that
/// stands on a grid of few values stops at the grid's step. What cannot be estimated is not known
/// better with more replicates.
fn is_accurate(now: &[Judged], before: &[Judged], accuracy: Accuracy) -> bool {
    now.iter().enumerate().all(|(at, own)| {
        let Some((own, std_error)) = own else { return true };
        let earlier = before.get(at).copied().flatten();
        let is_done = |limit: Limit, of: fn(BootstrapInterval) -> Limit| {
            let alone = BootstrapInterval { lower: limit, upper: limit };
            let stands = |(earlier, _)| is_same(limit, of(earlier));
            accuracy.is_met(*std_error, &[alone]) || earlier.is_some_and(stands)
        };
        is_done(own.lower, |own| own.lower) && is_done(own.upper, |own| own.upper)
    })
}

/// Whether the errors of two limits are the same, but for rounding.
fn is_same(one: Limit, other: Limit) -> bool {
    match (one.monte_carlo_error, other.monte_carlo_error) {
        (Some(one), Some(other)) => (one - other).abs() <= SAME * one,
        _ => false,
    }
}
