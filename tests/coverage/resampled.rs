//! Bootstrap intervals: percentile, `BCa` and studentised, of the kernels that replicates call.
//!
//! Arms of n/2 are the strata of the resampling. The same participants have an event, days worked
//! and a time with censoring, and all estimates share a trial's replicates. Where nothing varies
//! between replicates there is no interval here.

use std::array::from_fn;

use ips_eval::estimate::covariates::{AdjustedSample, Covariate};
use ips_eval::estimate::proportion::Count;
use ips_eval::estimate::replicate::cells::{CellScratch, CellSums, Column};
use ips_eval::estimate::replicate::contrasts::{ArmCell, Contrast, Place, gather};
use ips_eval::estimate::replicate::linear::{LinearKernel, LinearScratch, Regression};
use ips_eval::estimate::replicate::{Replicated, Rows};
use ips_eval::estimate::risk_difference::newcombe;
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::numeric::elementary::{exp, ln};
use ips_eval::numeric::interval::Interval;
use ips_eval::numeric::weights::CaseWeights;
use ips_eval::random::{Seed, Stream};
use ips_eval::resample::acceleration::acceleration;
use ips_eval::resample::case_weights::ResamplingStrata;
use ips_eval::resample::column::MAX_FAILED_SHARE;
use ips_eval::resample::interval::BootstrapDistribution;
use ips_eval::resample::replicates::{Bootstrap, BootstrapSettings, Draws, Replicates};
use ips_eval::resample::studentised::{EstimateColumns, PointEstimate, StudentisedDistribution};
use ips_eval::survival::curve_influence::restricted_mean_influence;
use ips_eval::survival::ending::Ending;
use ips_eval::survival::presorted::{CurveReadings, CurveScratch, Places, PresortedTimes, ReadAt};
use ips_eval::survival::times::Times;
use ips_eval::trial::arm::{Arm, TwoArm};

use super::experiment::{Draw, Experiment, Line, Row, Run, Shown, Tally, level};
use super::population::{happens, pick};
use super::resampled_exact::{self, Known};

const REPLICATES: u64 = 1_000;

/// Estimates, in the order of the statistics of a replicate.
const K: usize = 4;

/// By estimate: percentile, `BCa`, studentised, and ± 1.96 standard errors beside them.
const METHODS: [[&str; 4]; K] = [
    ["risk, percentile", "risk, bca", "risk, studentised", "risk, wald"],
    ["days, percentile", "days, bca", "days, studentised", "days, normal"],
    ["rmst, percentile", "rmst, bca", "rmst, studentised", "rmst, normal"],
    ["lin, percentile", "lin, bca", "lin, studentised", "lin, normal"],
];
const NEWCOMBE: &str = "risk, newcombe";

/// Percentage points that the intervention adds.
const ADDED: f64 = 0.10;

/// The mean of days worked among those who work, before they are rounded up.
const MEAN_DAYS: f64 = 200.0;

/// The horizon of the restricted mean, and the last day of follow-up of those not lost before.
const HORIZON: u32 = 540;
const FOLLOW_UP: u32 = 600;

/// Of 5 participants, how many are lost on a day between the first and the horizon.
const LOST_OF_5: u32 = 1;

/// Of 5 participants, how many have the trait.
const WITH_TRAIT: u32 = 2;

/// x is one of 0, 1/40, …, 1, each equally likely.
const GRID: u32 = 40;

/// Mean days of those who work: of a day rounded up, 1 / (1 − exp(−1/mean)).
fn mean_days() -> f64 {
    1.0 / (1.0 - exp(-1.0 / MEAN_DAYS))
}

/// The hazard at which a share has the event by the horizon.
fn hazard(share: f64) -> f64 {
    -ln(1.0 - share) / f64::from(HORIZON)
}

/// The mean of the smaller of a time, rounded up to a day, and the horizon: Σ exp(−h d) over the
/// days before it.
fn restricted_mean(share: f64) -> f64 {
    share / (1.0 - exp(-hazard(share)))
}

/// What is estimated, exactly.
fn truths(risks: TwoArm<f64>) -> [f64; K] {
    let difference = risks.intervention - risks.control;
    let areas = risks.map(restricted_mean);
    [difference, difference * mean_days(), areas.intervention - areas.control, difference]
}

/// A trial.
struct Trial {
    arms: Vec<Arm>,
    x: Vec<f64>,
    with_trait: Vec<usize>,
    events: Vec<f64>,
    days: Vec<f64>,
    times: Vec<i32>,
    endings: Vec<Ending>,
}

impl Trial {
    fn draw(stream: &mut Stream, n: usize, risks: TwoArm<f64>) -> Self {
        let arms: Vec<Arm> = Arm::BOTH.into_iter().flat_map(|arm| vec![arm; n / 2]).collect();
        let mut own = Self {
            x: Vec::with_capacity(n),
            with_trait: Vec::with_capacity(n),
            events: Vec::with_capacity(n),
            days: Vec::with_capacity(n),
            times: Vec::with_capacity(n),
            endings: Vec::with_capacity(n),
            arms: arms.clone(),
        };
        for arm in arms {
            own.enrol(stream, risks.control, *risks.get(arm));
        }
        own
    }

    /// The control risk is multiplied by 0.4 + 1.2 x, and by 0.8 or 1.3; both are 1 on average. What
    /// the intervention adds is the same for all.
    fn enrol(&mut self, stream: &mut Stream, control: f64, risk: f64) {
        let x = f64::from(stream.below(GRID + 1)) / f64::from(GRID);
        let with_trait = pick(stream, &[5 - WITH_TRAIT, WITH_TRAIT]);
        let own = control * (0.4 + 1.2 * x) * [0.8, 1.3][with_trait] + (risk - control);
        let event = happens(stream, own);
        self.x.push(x);
        self.with_trait.push(with_trait);
        self.events.push(event);
        self.days.push(event * (-MEAN_DAYS * ln(stream.unit())).ceil());
        let time = (-ln(stream.unit()) / hazard(risk)).ceil();
        let is_lost = stream.below(5) < LOST_OF_5;
        let lost = if is_lost { 1 + stream.below(HORIZON) } else { FOLLOW_UP };
        let day = time.min(f64::from(lost));
        self.endings.push(if time <= day { Ending::Event } else { Ending::Censored });
        #[expect(clippy::cast_possible_truncation, reason = "a whole day of the follow-up")]
        self.times.push(day as i32);
    }

    fn of_arm(&self, arm: Arm) -> Vec<usize> {
        (0..self.arms.len()).filter(|&i| self.arms[i] == arm).collect()
    }

    /// Hands the regression of the event to a function.
    fn with_lin<T>(&self, of: impl FnOnce(&LinearKernel) -> T) -> T {
        let covariates = [
            Covariate::Numeric(&self.x),
            Covariate::Categorical { codes: &self.with_trait, n_levels: 2 },
        ];
        let none = vec![0; self.arms.len()];
        let sample =
            StratifiedSample::new(&self.events, &self.arms, &none, 1).expect("one trial's columns");
        let data = AdjustedSample::new(sample, &covariates, None).expect("one trial's columns");
        let positions: Vec<usize> = (0..self.arms.len()).collect();
        let rows = Rows { data, positions: &positions, n_participants: self.arms.len() };
        of(&LinearKernel::new(&rows, &[&self.events], Regression::Interacted))
    }

    fn newcombe(&self) -> Option<Interval> {
        let count = |arm| Count::of(self.of_arm(arm).into_iter().map(|i| self.events[i] > 0.5));
        newcombe(TwoArm::from_fn(count), level()).ok().map(|own| own.interval)
    }
}

/// The kernels of a trial.
struct Kernels<'a> {
    trial: &'a Trial,
    cells: CellSums,
    times: TwoArm<PresortedTimes>,
    lin: &'a LinearKernel,
}

type Scratch = (CellScratch, CurveScratch, LinearScratch);

fn places() -> [Option<Place>; 2] {
    Arm::BOTH.map(|arm| Some(Place { stratum: 0, arm }))
}

fn of_cells(outcome: usize, scratch: &CellScratch) -> [TwoArm<ArmCell>; 1] {
    let mut strata = [TwoArm::default()];
    gather(scratch.cells(outcome), &places(), &mut strata);
    strata
}

const OF_CELLS: [Contrast; 2] = [Contrast::RiskDifference, Contrast::MeanDifference];

impl<'a> Kernels<'a> {
    fn new(trial: &'a Trial, lin: &'a LinearKernel) -> Self {
        let some = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        let (events, days) = (some(&trial.events), some(&trial.days));
        let code = |arm: &Arm| usize::from(*arm == Arm::Control);
        let codes: Vec<usize> = trial.arms.iter().map(code).collect();
        let columns = [Column::Outcome(&events), Column::Outcome(&days)];
        let sorted = |arm| PresortedTimes::new(&trial.times, &trial.endings, &trial.of_arm(arm));
        let (cells, times) = (CellSums::new(&codes, 2, &columns), TwoArm::from_fn(sorted));
        Self { trial, cells, times, lin }
    }

    fn scratch(&self) -> Scratch {
        (self.cells.scratch(), CurveScratch::default(), self.lin.scratch())
    }

    fn evaluate(&self, weights: &[u32], scratch: &mut Scratch) -> [Replicated; K] {
        let (cells, curve, lin) = scratch;
        self.cells.sum(weights, cells);
        let of = |outcome: usize| {
            let strata = of_cells(outcome, cells);
            OF_CELLS[outcome].evaluate(&strata, self.cells.centre(outcome))
        };
        let mut adjusted = [Replicated::NONE];
        self.lin.evaluate(weights, lin, &mut adjusted);
        [of(0), of(1), self.area(weights, curve), adjusted[0]]
    }

    /// The difference of restricted means.
    fn area(&self, weights: &[u32], scratch: &mut CurveScratch) -> Replicated {
        let mut of = |arm: Arm| {
            let (mut estimate, mut error) = ([f64::NAN], [f64::NAN]);
            let restricted_mean = Places { estimates: &mut estimate, std_errors: &mut error };
            let mut out = CurveReadings { restricted_mean, ..CurveReadings::default() };
            let at = ReadAt { restricted_mean: &[f64::from(HORIZON)], ..ReadAt::default() };
            self.times.get(arm).read(weights, &at, scratch, &mut out);
            (estimate[0], error[0])
        };
        let (one, zero) = (of(Arm::Intervention), of(Arm::Control));
        let variance = one.1 * one.1 + zero.1 * zero.1;
        let std_error = if variance > 0.0 { variance.sqrt() } else { f64::NAN };
        Replicated { estimate: one.0 - zero.0, std_error }
    }

    /// The derivative of each estimate by the participants' weights; empty where there is none.
    fn influence(&self) -> [Vec<f64>; K] {
        let mut scratch = self.cells.scratch();
        self.cells.sum(&vec![1; self.trial.arms.len()], &mut scratch);
        let of = |outcome: usize| {
            let strata = of_cells(outcome, &scratch);
            self.cells.influence(outcome, &places(), &OF_CELLS[outcome].slopes(&strata))
        };
        [of(0), of(1), self.influence_on_area().unwrap_or_default(), self.lin.influence(0)]
    }

    fn influence_on_area(&self) -> Option<Vec<f64>> {
        let trial = self.trial;
        let mut all = vec![0.0; trial.arms.len()];
        for (arm, sign) in [(Arm::Intervention, 1.0), (Arm::Control, -1.0)] {
            let own = trial.of_arm(arm);
            let days: Vec<i32> = own.iter().map(|&i| trial.times[i]).collect();
            let endings: Vec<Ending> = own.iter().map(|&i| trial.endings[i]).collect();
            let times = Times::from_start(&days, &endings);
            let horizon = f64::from(HORIZON);
            let values = restricted_mean_influence(times, CaseWeights::Once, horizon).ok()?;
            own.iter().zip(values).for_each(|(&i, value)| all[i] = sign * value);
        }
        Some(all)
    }
}

/// All intervals of a trial, in the order of [`METHODS`].
fn intervals(kernels: &Kernels<'_>, seed: Seed) -> [(Replicated, [Option<Interval>; 4]); K] {
    let arms = &kernels.trial.arms;
    let strata: Vec<u32> = arms.iter().map(|arm| u32::from(*arm == Arm::Control)).collect();
    let strata = ResamplingStrata::new(&strata).expect("participants");
    let settings = BootstrapSettings { seed, replicates: REPLICATES };
    let draws = Draws::Independent;
    let bootstrap = Bootstrap { settings, strata: &strata, draws, progress: &|_| {} };
    let write = |weights: &[u32], scratch: &mut Scratch, out: &mut [f64]| {
        for (at, own) in kernels.evaluate(weights, scratch).into_iter().enumerate() {
            (out[at], out[K + at]) = (own.estimate, own.std_error);
        }
    };
    let replicates =
        Replicates::compute(&bootstrap, 2 * K, || kernels.scratch(), write).expect("replicates");
    let estimates = kernels.evaluate(&vec![1; arms.len()], &mut kernels.scratch());
    let mut influence = kernels.influence();
    from_fn(|at| {
        let Replicated { estimate: value, std_error } = estimates[at];
        let own = BootstrapDistribution::new(replicates.column(at), value).ok();
        let own = own.filter(|own| own.std_error().value > 1e-12);
        let a = (influence[at].len() == arms.len()).then(|| {
            strata.scale_to_groups(&mut influence[at]);
            acceleration(&influence[at], &strata).ok()
        });
        let columns = EstimateColumns { value: at, std_error: K + at };
        let point = PointEstimate { value, std_error };
        let t = StudentisedDistribution::of_columns(&replicates, columns, point, MAX_FAILED_SHARE);
        let intervals = [
            own.as_ref().map(|own| own.percentile(level()).interval()),
            own.as_ref()
                .zip(a.flatten())
                .and_then(|(own, a)| Some(own.bca(level(), a).ok()?.interval())),
            t.ok().map(|t| t.interval(level()).interval()),
            std_error.is_finite().then(|| Interval::around(value, level().z() * std_error)),
        ];
        (estimates[at], intervals)
    })
}

/// The design's name is of the control rate; the effect is 10 points, or none.
fn experiment(n: usize, rate: f64) -> Experiment {
    let draw = |added: f64| -> Draw {
        let risks = TwoArm { intervention: rate + added, control: rate };
        let truths = truths(risks);
        Box::new(move |stream: &mut Stream, number| {
            let trial = Trial::draw(stream, n, risks);
            let found = trial.with_lin(|lin| intervals(&Kernels::new(&trial, lin), Seed(number)));
            let mut lines: Vec<Line> = Vec::with_capacity(4 * K + 1);
            for (((estimate, intervals), methods), truth) in found.iter().zip(METHODS).zip(truths) {
                let shown = |interval| Shown::new(estimate.estimate, interval, truth);
                lines.extend(methods.into_iter().zip(intervals.map(|own| own.map(shown))));
            }
            let risk = found[0].0.estimate;
            lines.push((NEWCOMBE, trial.newcombe().map(|own| Shown::new(risk, own, truths[0]))));
            lines
        })
    };
    let simulations = match n {
        60 => [0, 10_000],
        120 => [QUICK, 3_000],
        _ => [0, 600],
    };
    let design = if rate < 0.1 { "resampled, 5%" } else { "resampled, 30%" };
    Experiment { design, n, simulations, effect: draw(ADDED), null: Some(draw(0.0)) }
}

/// Trials of each kind in the quick run.
const QUICK: usize = 60;

/// Monte Carlo errors that a number may be off, as in `known.rs`.
const ERRORS: f64 = 4.5;

const HEAD: &str = "| control rate | n | method | simulations | coverage % | Monte Carlo error | half width / 1.96 SD | no interval % | coverage without effect % | Monte Carlo error | half width / 1.96 SD | no interval % |\n|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|";

fn markdown(row: &Row) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let rate = row.design.trim_start_matches("resampled, ");
    let mut cells = vec![rate.to_owned(), row.n.to_string(), format!("`{}`", row.effect.method)];
    cells.push(row.effect.simulations.to_string());
    for tally in worlds(row) {
        let none = tally.without().0 as f64 / tally.simulations as f64;
        let coverage = tally.coverage();
        cells.extend([
            percent(coverage),
            format!("{:.2}", 100.0 * tally.monte_carlo_error(coverage)),
        ]);
        cells.push(tally.calibration().map_or_else(|| "–".to_owned(), |own| format!("{own:.3}")));
        cells.push(percent(none));
    }
    format!("| {} |", cells.join(" | "))
}

/// With the effect and without.
fn worlds(row: &Row) -> [Tally; 2] {
    [row.effect, row.null.expect("both were run")]
}

/// Whether the estimates of the trials with an interval are off by chance alone, or by a twentieth of
/// their deviation: there are more intervals where there are more events.
fn is_unbiased(tally: &Tally) -> bool {
    let Some((bias, deviation)) = tally.errors() else { return false };
    bias.abs() < deviation * (0.05 + ERRORS / (tally.simulations as f64).sqrt())
}

const RATES: [f64; 2] = [0.05, 0.30];

/// 120 participants at 30%, where every method is near the level: each bootstrap interval is about
/// as wide as the normal's of the same trials, and the normal's hold as often as they should.
#[test]
fn bootstrap_intervals_are_as_wide_as_the_normals_and_hold_the_truth() {
    let rows = experiment(120, 0.30).run(Run::Quick);
    assert_eq!(rows.len(), 4 * K + 1);
    for methods in rows[..4 * K].chunks(4) {
        let normal = worlds(&methods[3]);
        for row in methods {
            for (tally, normal) in worlds(row).iter().zip(&normal) {
                let wider = tally.width() / normal.width();
                assert!((0.9..1.15).contains(&wider), "{wider}\n{HEAD}\n{}", markdown(row));
                let off = (tally.coverage() - level().get()).abs();
                let allowed = 0.01 + ERRORS * tally.monte_carlo_error(level().get());
                assert!(off < allowed, "coverage\n{HEAD}\n{}", markdown(row));
                assert!(is_unbiased(tally), "bias\n{HEAD}\n{}", markdown(row));
            }
        }
    }
}

/// The exact intervals of arms of 30 at 30%; coverage jumps by what single tables weigh.
#[test]
fn exact_bootstrap_intervals_of_small_arms_are_near_the_level() {
    for known in resampled_exact::known(30, 0.30, [ADDED, 0.0]).as_flattened() {
        assert!((known.coverage - level().get()).abs() < 0.025, "{known:?}");
        assert!((known.half_width - 1.0).abs() < 0.07, "{known:?}");
    }
}

#[test]
#[ignore = "takes minutes"]
fn resampled_full_run_of_60() {
    full_run(60);
}

#[test]
#[ignore = "takes minutes"]
fn resampled_full_run_of_120() {
    full_run(120);
}

#[test]
#[ignore = "takes minutes"]
fn resampled_full_run_of_1200() {
    full_run(1200);
}

/// Prints the table of what is drawn, and holds the risk difference against what is known of it.
#[expect(clippy::print_stdout, reason = "the table is what it is run for")]
fn full_run(n: usize) {
    println!("{HEAD}");
    let mut wrong = Vec::new();
    for rate in RATES {
        let known = (n < 1000).then(|| resampled_exact::known(n / 2, rate, [ADDED, 0.0]));
        // Limits that 1,000 replicates put on a neighbouring count: with few events, and a z₀ that is
        // drawn too, by some points of coverage.
        let by_counts = if n as f64 * rate < 5.0 { 0.03 } else { 0.01 };
        for (at, row) in experiment(n, rate).run(Run::Full).iter().enumerate() {
            println!("{}", markdown(row));
            if !worlds(row).iter().all(is_unbiased) {
                wrong.push(format!("bias: {}", markdown(row)));
            }
            let Some(known) = known.as_ref().filter(|_| at < 4) else { continue };
            for (drawn, known) in worlds(row).iter().zip(known) {
                let exactly = known[at].coverage;
                let allowed = by_counts + ERRORS * drawn.monte_carlo_error(exactly);
                if (drawn.coverage() - exactly).abs() > allowed {
                    wrong.push(format!("{exactly} exactly: {}", markdown(row)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Prints the table of the risk difference, without simulation.
#[test]
#[ignore = "takes minutes"]
#[expect(clippy::print_stdout, reason = "the table is what it is run for")]
fn resampled_exactly() {
    println!("{}", Known::HEAD);
    for (n, rate) in [60, 120, 1200].into_iter().flat_map(|n| RATES.map(|rate| (n, rate))) {
        let [effect, null] = resampled_exact::known(n / 2, rate, [ADDED, 0.0]);
        for (effect, null) in effect.iter().zip(&null) {
            let rate = 100.0 * rate;
            println!("| {rate:.0}% | {n} | {} | {} |", effect.markdown(), null.cells());
        }
    }
}
