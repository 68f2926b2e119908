//! Resampling beside the peers: the bootstrap of five estimands and two randomisation tests.

use ips_eval::estimate::covariates::{AdjustedSample, Covariate};
use ips_eval::estimate::replicate::Rows;
use ips_eval::estimate::replicate::cells::{CellScratch, CellSums, Column};
use ips_eval::estimate::replicate::contrasts::{Contrast, Place, gather};
use ips_eval::estimate::replicate::standardised::{StandardisedKernel, StandardisedScratch};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::standardised::AssignmentShare;
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::random::Seed;
use ips_eval::resample::acceleration::acceleration;
use ips_eval::resample::case_weights::ResamplingStrata;
use ips_eval::resample::interval::BootstrapDistribution;
use ips_eval::resample::randomisation::design::{Assignment, RandomisationDesign};
use ips_eval::resample::randomisation::linear::{LinearEffect, Observed};
use ips_eval::resample::randomisation::statistics::ScoreSum;
use ips_eval::resample::randomisation::test::{
    Randomisation, RandomisationSettings, randomisation_test,
};
use ips_eval::resample::replicates::{Bootstrap, BootstrapSettings, Draws, Replicates};
use ips_eval::survival::cox::replicate::{ReplicateCox, ReplicateCoxData, ReplicateCoxScratch};
use ips_eval::survival::ending::Ending;
use ips_eval::survival::log_rank_scores::log_rank_scores;
use ips_eval::survival::presorted::{CurveReadings, CurveScratch, Places, PresortedTimes, ReadAt};
use ips_eval::survival::replicate::ReplicateTrial;
use ips_eval::trial::arm::{Arm, TwoArm};
use ndarray::Array2;
use serde_json::{Value, json};

use super::{Failure, timed};

/// The horizon of the restricted mean, in days; everyone in the file is followed so long.
const RESTRICTED_TO: f64 = 540.0;

/// What every one of these is told.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    /// The columns of the file.
    pub(super) columns: &'a [Vec<i32>],
    /// Replicates, or draws of the assignment.
    pub(super) draws: u64,
    /// How often to do it.
    pub(super) runs: usize,
}

/// How an interval is made of the replicates.
#[derive(Clone, Copy)]
pub(super) enum Limits<'a> {
    Percentile,
    /// Of the influence of each participant, as a derivative by the case weight.
    Bca(&'a dyn Fn() -> Vec<f64>),
}

/// All replicates of an estimate and its standard error, and the interval of the estimate.
///
/// `evaluate` gives both under case weights.
fn resample<S>(
    groups: &[u32],
    replicates: u64,
    make_scratch: impl Fn() -> S + Sync,
    evaluate: impl Fn(&[u32], &mut S) -> (f64, f64) + Sync,
    limits: Limits<'_>,
) -> Result<Value, Failure> {
    let level = ConfidenceLevel::new(0.95).ok_or("0.95 is a level")?;
    let strata = ResamplingStrata::new(groups)?;
    let (estimate, _) = evaluate(&vec![1; groups.len()], &mut make_scratch());
    let bootstrap = Bootstrap {
        settings: BootstrapSettings { seed: Seed(1), replicates },
        strata: &strata,
        draws: Draws::Independent,
        progress: &|_| {},
    };
    let statistic = |weights: &[u32], scratch: &mut S, out: &mut [f64]| {
        (out[0], out[1]) = evaluate(weights, scratch);
    };
    let all = Replicates::compute(&bootstrap, 2, make_scratch, statistic)?;
    let distribution = BootstrapDistribution::new(all.column(0), estimate)?;
    let interval = match limits {
        Limits::Percentile => distribution.percentile(level),
        Limits::Bca(influence) => {
            let mut influence = influence();
            strata.scale_to_groups(&mut influence);
            distribution.bca(level, acceleration(&influence, &strata)?)?
        }
    };
    Ok(json!({
        "estimate": estimate,
        "std_error": distribution.std_error().value,
        "limits": [interval.lower.value, interval.upper.value],
        "failed": distribution.n_failed(),
    }))
}

fn printed((seconds, found): (Vec<f64>, Result<Value, Failure>)) -> Result<Value, Failure> {
    Ok(json!({ "seconds": seconds, "found": found? }))
}

fn arms_of(codes: &[i32]) -> Vec<Arm> {
    let arm = |&code: &i32| if code == 1 { Arm::Intervention } else { Arm::Control };
    codes.iter().map(arm).collect()
}

fn groups_of(codes: &[i32]) -> Result<Vec<u32>, Failure> {
    codes.iter().map(|&code| Ok(u32::try_from(code)?)).collect()
}

fn indices_of(codes: &[i32]) -> Result<Vec<usize>, Failure> {
    codes.iter().map(|&code| Ok(usize::try_from(code)?)).collect()
}

fn real(values: &[i32]) -> Vec<f64> {
    values.iter().map(|&x| f64::from(x)).collect()
}

/// The risk difference with its standard error, drawn within arms. `interval` is `perc` or `bca`.
pub(super) fn risk_difference(work: Work<'_>, interval: &str) -> Result<Value, Failure> {
    let [arms, outcome] = work.columns else { return Err("arm, outcome".into()) };
    let groups = groups_of(arms)?;
    let cells = indices_of(arms)?;
    let outcomes: Vec<Option<f64>> = outcome.iter().map(|&y| Some(f64::from(y))).collect();
    let place = |arm| Some(Place { stratum: 0, arm });
    let places = [place(Arm::Control), place(Arm::Intervention)];
    let contrast = Contrast::RiskDifference;
    printed(timed(work.runs, || {
        let sums = CellSums::new(&cells, 2, &[Column::Outcome(&outcomes)]);
        let gathered = |weights: &[u32], scratch: &mut CellScratch| {
            let mut strata = [TwoArm::default()];
            sums.sum(weights, scratch);
            gather(scratch.cells(0), &places, &mut strata);
            strata
        };
        let evaluate = |weights: &[u32], scratch: &mut CellScratch| {
            let found = contrast.evaluate(&gathered(weights, scratch), sums.centre(0));
            (found.estimate, found.std_error)
        };
        let influence = || {
            let strata = gathered(&vec![1; groups.len()], &mut sums.scratch());
            sums.influence(0, &places, &contrast.slopes(&strata))
        };
        let limits = if interval == "bca" { Limits::Bca(&influence) } else { Limits::Percentile };
        resample(&groups, work.draws, || sums.scratch(), evaluate, limits)
    })?)
}

/// The standardised logit, drawn within arms.
pub(super) fn logit(work: Work<'_>) -> Result<Value, Failure> {
    let [arms, outcomes, strata, age, months, group] = work.columns else {
        return Err("arm, outcome, stratum, age, months, group".into());
    };
    let groups = groups_of(arms)?;
    let (arms, outcomes, age, months) = (arms_of(arms), real(outcomes), real(age), real(months));
    let (strata, group) = (indices_of(strata)?, indices_of(group)?);
    let levels = |codes: &[usize]| codes.iter().max().map_or(0, |most| most + 1);
    let covariates = [
        Covariate::Numeric(&age),
        Covariate::Numeric(&months),
        Covariate::Categorical { codes: &group, n_levels: levels(&group) },
    ];
    let positions: Vec<usize> = (0..arms.len()).collect();
    let sample = StratifiedSample::new(&outcomes, &arms, &strata, levels(&strata))?;
    let data = AdjustedSample::new(sample, &covariates, None)?;
    printed(timed(work.runs, || {
        let rows = Rows { data, positions: &positions, n_participants: arms.len() };
        let kernel = StandardisedKernel::new(&rows, AssignmentShare::Overall)?;
        let evaluate = |weights: &[u32], scratch: &mut StandardisedScratch| {
            let found = kernel.evaluate(weights, scratch).difference;
            (found.estimate, found.std_error)
        };
        resample(&groups, work.draws, || kernel.scratch(), evaluate, Limits::Percentile)
    })?)
}

/// The difference of restricted means with its standard error, drawn within arms.
pub(super) fn restricted_mean(work: Work<'_>) -> Result<Value, Failure> {
    let [arms, days, endings, ..] = work.columns else { return Err("arm, day, ending".into()) };
    let groups = groups_of(arms)?;
    let (arms, endings) = (arms_of(arms), endings_of(endings));
    let at = ReadAt { restricted_mean: &[RESTRICTED_TO], ..ReadAt::default() };
    printed(timed(work.runs, || {
        let curves = TwoArm::from_fn(|arm| {
            let members: Vec<usize> = (0..arms.len()).filter(|&i| arms[i] == arm).collect();
            PresortedTimes::new(days, &endings, &members)
        });
        let evaluate = |weights: &[u32], scratch: &mut CurveScratch| {
            let [one, zero] = [Arm::Intervention, Arm::Control].map(|arm| {
                let (mut mean, mut error) = ([0.0], [0.0]);
                let places = Places { estimates: &mut mean, std_errors: &mut error };
                let mut out = CurveReadings { restricted_mean: places, ..CurveReadings::default() };
                curves.get(arm).read(weights, &at, scratch, &mut out);
                (mean[0], error[0])
            });
            (one.0 - zero.0, (one.1 * one.1 + zero.1 * zero.1).sqrt())
        };
        resample(&groups, work.draws, CurveScratch::default, evaluate, Limits::Percentile)
    })?)
}

fn endings_of(codes: &[i32]) -> Vec<Ending> {
    let ending = |&code: &i32| match code {
        1 => Ending::Event,
        2 => Ending::Competing,
        _ => Ending::Censored,
    };
    codes.iter().map(ending).collect()
}

/// The Cox regression on arm and covariates; everyone is drawn from everyone, as the peers do.
pub(super) fn cox(work: Work<'_>) -> Result<Value, Failure> {
    let [arms, days, endings, others @ ..] = work.columns else {
        return Err("arm, day, ending, covariates".into());
    };
    let (arms, endings) = (arms_of(arms), endings_of(endings));
    let covariates: Vec<Vec<f64>> = others.iter().map(|column| real(column)).collect();
    let covariates: Vec<&[f64]> = covariates.iter().map(Vec::as_slice).collect();
    let members: Vec<usize> = (0..arms.len()).collect();
    printed(timed(work.runs, || {
        let regression = ReplicateCox::new(&ReplicateCoxData {
            trial: ReplicateTrial { days, endings: &endings, arms: &arms, members: &members },
            covariates: &covariates,
            strata: None,
        })?;
        let evaluate = |weights: &[u32], scratch: &mut ReplicateCoxScratch| {
            let found = regression.fit(weights, scratch);
            (found.estimate, found.std_error)
        };
        let everyone = vec![0; arms.len()];
        resample(&everyone, work.draws, ReplicateCoxScratch::default, evaluate, Limits::Percentile)
    })?)
}

/// The adjusted difference under other assignments within strata, against dummies of the strata
/// and all further columns.
pub(super) fn randomised_effect(work: Work<'_>) -> Result<Value, Failure> {
    let [arms, outcomes, strata, others @ ..] = work.columns else {
        return Err("arm, outcome, stratum, covariates".into());
    };
    let (arms, outcomes, strata) = (arms_of(arms), real(outcomes), indices_of(strata)?);
    let n_strata = strata.iter().max().map_or(0, |most| most + 1);
    let columns = Array2::from_shape_fn((arms.len(), n_strata + others.len()), |(i, j)| {
        match j.checked_sub(n_strata) {
            None => f64::from(u8::from(strata[i] == j)),
            Some(other) => f64::from(others[other][i]),
        }
    });
    let positions: Vec<usize> = (0..arms.len()).collect();
    let observed = Observed { positions: &positions, outcomes: &outcomes };
    printed(timed(work.runs, || {
        let design = RandomisationDesign::new(&strata, &arms)?;
        let effect = LinearEffect::new(&design, observed, columns.view())?;
        let estimate = |assignment: &Assignment, scratch: &mut _, out: &mut [f64]| {
            out[0] = effect.estimate(assignment, scratch);
        };
        let settings = settings(&design, work.draws)?;
        let found = randomisation_test(&settings, 1, || effect.scratch(), estimate)?;
        let p = found.two_sided(0)?;
        Ok(json!({ "estimate": found.observed(0), "p_value": p.p_value }))
    })?)
}

/// The log-rank test under other assignments within strata, its scores made of everyone together,
/// as coin makes them.
pub(super) fn randomised_log_rank(work: Work<'_>) -> Result<Value, Failure> {
    let [arms, days, endings, strata] = work.columns else {
        return Err("arm, day, ending, stratum".into());
    };
    let (arms, endings, strata) = (arms_of(arms), endings_of(endings), indices_of(strata)?);
    let positions: Vec<usize> = (0..arms.len()).collect();
    printed(timed(work.runs, || {
        let design = RandomisationDesign::new(&strata, &arms)?;
        let scores = log_rank_scores(days, &endings, &vec![0; arms.len()]);
        let sum = ScoreSum::new(&design, &positions, &scores);
        let (expected, std_dev) = (sum.expected(), sum.variance().sqrt());
        let statistic = |assignment: &Assignment, (): &mut (), out: &mut [f64]| {
            out[0] = (sum.evaluate(assignment) - expected) / std_dev;
        };
        let found = randomisation_test(&settings(&design, work.draws)?, 1, || (), statistic)?;
        let p = found.two_sided(0)?;
        Ok(json!({ "estimate": found.observed(0), "p_value": p.p_value }))
    })?)
}

fn settings(design: &RandomisationDesign, draws: u64) -> Result<Randomisation<'_>, Failure> {
    let level = ConfidenceLevel::new(0.95).ok_or("0.95 is a level")?;
    let settings = RandomisationSettings { seed: Seed(1), draws, exact_limit: 0, level };
    Ok(Randomisation { settings, design, progress: &|_| {} })
}
