//! The replicate kernels resampled, against R's boot at 100,000 replicates on two public data sets.
//!
//! Both sides are Monte Carlo; R's errors are those seen between batches of its replicates, ours
//! those that the intervals report.

use ips_eval::estimate::covariates::{AdjustedSample, Covariate};
use ips_eval::estimate::replicate::cells::{CellScratch, CellSums, Column};
use ips_eval::estimate::replicate::contrasts::{Contrast, Place, gather};
use ips_eval::estimate::replicate::standardised::StandardisedKernel;
use ips_eval::estimate::replicate::{Replicated, Rows};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::standardised::AssignmentShare;
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::weights::CaseWeights;
use ips_eval::random::Seed;
use ips_eval::resample::acceleration::acceleration;
use ips_eval::resample::case_weights::ResamplingStrata;
use ips_eval::resample::column::MAX_FAILED_SHARE;
use ips_eval::resample::interval::{BootstrapDistribution, BootstrapInterval, Limit};
use ips_eval::resample::replicates::{Bootstrap, BootstrapSettings, Draws, Replicates};
use ips_eval::resample::studentised::{EstimateColumns, PointEstimate, StudentisedDistribution};
use ips_eval::survival::curve_influence::restricted_mean_influence;
use ips_eval::survival::ending::Ending;
use ips_eval::survival::presorted::{CurveReadings, CurveScratch, Places, PresortedTimes, ReadAt};
use ips_eval::survival::times::Times;
use ips_eval::trial::arm::{Arm, TwoArm};
use serde_json::Value;

use super::{Reference, number, numbers};

/// How many Monte Carlo errors both answers together may be apart; see `bootstrap.rs`.
const ERRORS: f64 = 4.5;

/// Statistics of the cells: the outcome of each and its contrast, in the order of the file, and
/// where among them the restricted mean comes in.
const OF_CELLS: [(usize, Contrast); 3] =
    [(0, Contrast::RiskDifference), (1, Contrast::MeanDifference), (0, Contrast::LogRiskRatio)];
const RESTRICTED_MEAN: usize = 2;
const LOGIT: usize = 4;

/// A trial of the file.
struct Trial<'a> {
    columns: &'a Value,
    arms: Vec<Arm>,
    strata: ResamplingStrata,
    cells: CellSums,
    times: TwoArm<PresortedTimes>,
    tau: f64,
}

/// The cells of [`CellSums`].
fn places() -> [Option<Place>; 2] {
    Arm::BOTH.map(|arm| Some(Place { stratum: 0, arm }))
}

impl<'a> Trial<'a> {
    fn new(columns: &'a Value) -> Self {
        let arm = |z: &f64| if *z > 0.5 { Arm::Intervention } else { Arm::Control };
        let arms: Vec<Arm> = numbers(&columns["z"]).iter().map(arm).collect();
        let codes: Vec<usize> = arms.iter().map(|arm| usize::from(*arm == Arm::Control)).collect();
        let stratum: Vec<u32> = arms.iter().map(|arm| u32::from(*arm == Arm::Control)).collect();
        let outcome = |name: &str| -> Vec<Option<f64>> {
            numbers(&columns[name]).into_iter().map(Some).collect()
        };
        let (y, amount) = (outcome("y"), outcome("amount"));
        let cells = CellSums::new(&codes, 2, &[Column::Outcome(&y), Column::Outcome(&amount)]);
        let (days, endings) = times(columns);
        let times = TwoArm::from_fn(|arm| {
            let own: Vec<usize> = (0..arms.len()).filter(|&i| arms[i] == arm).collect();
            PresortedTimes::new(&days, &endings, &own)
        });
        let strata = ResamplingStrata::new(&stratum).expect("strata");
        Self { columns, arms, strata, cells, times, tau: number(&columns["tau"]) }
    }

    /// The four plain statistics of a replicate.
    fn plain(&self, weights: &[u32], scratch: &mut (CellScratch, CurveScratch)) -> [Replicated; 4] {
        self.cells.sum(weights, &mut scratch.0);
        let of = |(outcome, contrast): (usize, Contrast)| {
            let mut strata = [TwoArm::default()];
            gather(scratch.0.cells(outcome), &places(), &mut strata);
            contrast.evaluate(&strata, self.cells.centre(outcome))
        };
        let [risk, mean, ratio] = OF_CELLS.map(of);
        let mut area = |times: &PresortedTimes| {
            let (mut estimate, mut error) = ([f64::NAN], [f64::NAN]);
            let restricted_mean = Places { estimates: &mut estimate, std_errors: &mut error };
            let mut out = CurveReadings { restricted_mean, ..CurveReadings::default() };
            let at = ReadAt { restricted_mean: &[self.tau], ..ReadAt::default() };
            times.read(weights, &at, &mut scratch.1, &mut out);
            (estimate[0], error[0])
        };
        let TwoArm { intervention, control } = TwoArm::from_fn(|arm| area(self.times.get(arm)));
        let variance = intervention.1 * intervention.1 + control.1 * control.1;
        let area = Replicated { estimate: intervention.0 - control.0, std_error: variance.sqrt() };
        [risk, mean, area, ratio]
    }

    /// The derivative of each plain statistic by the participants' weights.
    fn influence(&self) -> Vec<Vec<f64>> {
        let mut scratch = self.cells.scratch();
        self.cells.sum(&vec![1; self.arms.len()], &mut scratch);
        let of = |(outcome, contrast): (usize, Contrast)| {
            let mut strata = [TwoArm::default()];
            gather(scratch.cells(outcome), &places(), &mut strata);
            self.cells.influence(outcome, &places(), &contrast.slopes(&strata))
        };
        let mut all = OF_CELLS.map(of).to_vec();
        let (days, endings) = times(self.columns);
        let mut area = vec![0.0; self.arms.len()];
        for (arm, sign) in [(Arm::Intervention, 1.0), (Arm::Control, -1.0)] {
            let own: Vec<usize> = (0..area.len()).filter(|&i| self.arms[i] == arm).collect();
            let days: Vec<i32> = own.iter().map(|&i| days[i]).collect();
            let endings: Vec<Ending> = own.iter().map(|&i| endings[i]).collect();
            let times = Times::from_start(&days, &endings);
            let values = restricted_mean_influence(times, CaseWeights::Once, self.tau);
            for (&i, value) in own.iter().zip(values.expect("followed until the horizon")) {
                area[i] = sign * value;
            }
        }
        all.insert(RESTRICTED_MEAN, area);
        all
    }

    /// The standardised logit with three covariates.
    fn logit(&self) -> StandardisedKernel {
        let [y, age, obstruct] = ["y", "age", "obstruct"].map(|name| numbers(&self.columns[name]));
        let node4: Vec<usize> =
            serde_json::from_value(self.columns["node4"].clone()).expect("0, 1");
        let covariates = [
            Covariate::Numeric(&age),
            Covariate::Categorical { codes: &node4, n_levels: 2 },
            Covariate::Numeric(&obstruct),
        ];
        let none = vec![0; y.len()];
        let sample = StratifiedSample::new(&y, &self.arms, &none, 1).expect("a sample");
        let data = AdjustedSample::new(sample, &covariates, None).expect("a sample");
        let positions: Vec<usize> = (0..y.len()).collect();
        let rows = Rows { data, positions: &positions, n_participants: y.len() };
        StandardisedKernel::new(&rows, AssignmentShare::Overall).expect("a fit")
    }

    fn replicates<S>(
        &self,
        replicates: u64,
        k: usize,
        make_scratch: impl Fn() -> S + Sync,
        of: impl Fn(&[u32], &mut S, &mut [Replicated]) + Sync,
    ) -> Replicates {
        let settings = BootstrapSettings { seed: Seed(20_180_203), replicates };
        let bootstrap = Bootstrap {
            settings,
            strata: &self.strata,
            draws: Draws::Independent,
            progress: &|_| {},
        };
        let make = || (make_scratch(), vec![Replicated::NONE; k]);
        let write =
            |weights: &[u32], (scratch, found): &mut (S, Vec<Replicated>), out: &mut [f64]| {
                of(weights, scratch, found);
                for (at, own) in found.iter().enumerate() {
                    (out[at], out[k + at]) = (own.estimate, own.std_error);
                }
            };
        Replicates::compute(&bootstrap, 2 * k, make, write).expect("replicates")
    }
}

fn times(columns: &Value) -> (Vec<i32>, Vec<Ending>) {
    let days = serde_json::from_value(columns["days"].clone()).expect("whole days");
    let ending = |event: &f64| if *event > 0.5 { Ending::Event } else { Ending::Censored };
    (days, numbers(&columns["event"]).iter().map(ending).collect())
}

/// One statistic of a trial, ours and boot's.
struct Held<'a> {
    reference: &'a Reference,
    trial: &'a Trial<'a>,
    name: String,
    want: &'a Value,
    estimate: Replicated,
    influence: Vec<f64>,
    replicates: usize,
}

impl Held<'_> {
    /// Holds the estimates and all four intervals, whose columns are the `at`-th and its error's.
    fn assert(mut self, replicates: &Replicates, at: usize) {
        self.replicates = replicates.n_replicates();
        let Replicated { estimate, std_error } = self.estimate;
        self.close("estimate", estimate, "estimate");
        self.close("std_error", std_error, "std_error");
        self.trial.strata.scale_to_groups(&mut self.influence);
        let a = acceleration(&self.influence, &self.trial.strata).expect("an acceleration");
        self.assert_acceleration(a);
        let level = ConfidenceLevel::new(0.95).expect("a level");
        let own = BootstrapDistribution::new(replicates.column(at), estimate).expect("replicates");
        let columns = EstimateColumns { value: at, std_error: replicates.n_statistics() / 2 + at };
        let point = PointEstimate { value: estimate, std_error };
        let t = StudentisedDistribution::of_columns(replicates, columns, point, MAX_FAILED_SHARE);
        // With boot's acceleration, where that is not ours: what it reads at it is not in question.
        let for_bca = if self.is_equal() { a } else { number(&self.want["boot_acceleration"]) };
        for (kind, interval) in [
            ("percentile", own.percentile(level)),
            ("basic", own.basic(level)),
            ("studentised", t.expect("replicates").interval(level)),
            ("bca", own.bca(level, for_bca).expect("an interval")),
        ] {
            self.assert_interval(kind, interval);
        }
    }

    fn is_equal(&self) -> bool {
        let sizes: Vec<usize> = self.trial.strata.sizes().collect();
        sizes[0] == sizes[1]
    }

    /// Differences of risks are whole numbers over the larger arm, here a multiple of the other: both
    /// answers may at most stand on neighbours.
    fn step(&self) -> f64 {
        let larger = self.trial.strata.sizes().max().expect("arms");
        if self.want["statistic"] == "risk difference" {
            1.0 / larger as f64
        } else {
            f64::INFINITY
        }
    }

    fn close(&self, what: &str, got: f64, key: &str) {
        self.reference.assert_close(&format!("{}: {what}", self.name), got, &self.want[key]);
    }

    /// Ours is the skewness over 6 of the bootstrap's distribution, of which boot's own replicates
    /// are a sample; the one that boot.ci uses is so where all strata have one size, and only there.
    fn assert_acceleration(&self, a: f64) {
        let Self { name, want, .. } = self;
        let [boots, exact, sampled, error] =
            ["boot_acceleration", "exact_skewness_6", "skewness_6", "skewness_6_error"]
                .map(|key| number(&want[key]));
        if self.is_equal() {
            assert!((a - boots).abs() < 1e-2 * a.abs() + 2e-5, "{name}: {a}, boot's {boots}");
        }
        if exact.is_finite() {
            self.close("acceleration", a, "exact_skewness_6");
            assert!((exact - sampled).abs() < ERRORS * error, "{name}: {exact} for {sampled}");
            if !self.is_equal() {
                assert!((boots - sampled).abs() > ERRORS * error, "{name}: {boots} is {sampled}");
            }
        }
    }

    fn assert_interval(&self, kind: &str, got: BootstrapInterval) {
        let want = &self.want[kind];
        // Where replicates are equal in numbers the error that is seen may be 0: at least that of a
        // normal's quantile at 2.5%, √(0.025 · 0.975 / R) / φ(1.96) standard deviations.
        let least = 2.671 * self.estimate.std_error / (self.replicates as f64).sqrt();
        let own = |limit: Limit| limit.monte_carlo_error.expect("a Monte Carlo error").max(least);
        for (side, limit) in [("lower", got.lower), ("upper", got.upper)] {
            let boots = number(&want[side]);
            let (ours, theirs) = (own(limit), number(&want[format!("{side}_error")]));
            let error = (ours * ours + theirs * theirs).sqrt();
            let std_error = self.estimate.std_error;
            let what = format!("{} {kind} {side}: {}, boot {boots}", self.name, limit.value);
            assert!(
                error < 0.05 * std_error || self.step() < 0.2 * std_error,
                "{what}: the error {error} would allow anything"
            );
            let allowed = (ERRORS * error).min(self.step()) + 1e-9;
            let off = (limit.value - boots).abs();
            assert!(off <= allowed, "{what}, off {off}, errors {ours} and {theirs}");
        }
    }
}

/// Everything in the file, of so many replicates; at most 20,000 of the logistic regression, as
/// boot's.
fn agree(replicates: u64) {
    let reference = Reference::read("bootstrap_large");
    let mut unequal = 0;
    for case in &reference.cases {
        let trial = Trial::new(&case["input"]);
        let n = trial.arms.len();
        let wanted = case["want"].as_array().expect("statistics");
        let held = |at: usize, estimate: Replicated, influence: Vec<f64>| {
            let want = &wanted[at];
            let name = format!("{}: {}", case["name"], want["statistic"]);
            Held {
                reference: &reference,
                trial: &trial,
                name,
                want,
                estimate,
                influence,
                replicates: 0,
            }
        };
        let make = || (trial.cells.scratch(), CurveScratch::default());
        let drawn = trial.replicates(replicates, 4, make, |weights, scratch, out| {
            out.copy_from_slice(&trial.plain(weights, scratch));
        });
        let estimates = trial.plain(&vec![1; n], &mut make());
        for (at, influence) in trial.influence().into_iter().enumerate() {
            held(at, estimates[at], influence).assert(&drawn, at);
        }
        if wanted.len() > LOGIT {
            let kernel = trial.logit();
            let make = || kernel.scratch();
            let drawn =
                trial.replicates(replicates.min(20_000), 1, make, |weights, scratch, out| {
                    out[0] = kernel.evaluate(weights, scratch).difference;
                });
            let estimate = kernel.evaluate(&vec![1; n], &mut make()).difference;
            held(LOGIT, estimate, kernel.influence().difference).assert(&drawn, 0);
        }
        let sizes: Vec<usize> = trial.strata.sizes().collect();
        unequal += usize::from(sizes[0] != sizes[1]);
    }
    assert_eq!((reference.cases.len(), unequal), (3, 1));
}

#[test]
fn a_fifth_of_the_replicates_agrees_with_boot() {
    agree(20_000);
}

#[test]
#[ignore = "half a minute unoptimised"]
fn as_many_replicates_as_boots_agree_with_it() {
    agree(100_000);
}
