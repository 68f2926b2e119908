//! Replicate kernels against the point estimators on the data written out, and their influence
//! values against differences.

use ips_eval::estimate::adjusted::{lin, ols_adjusted};
use ips_eval::estimate::covariates::{AdjustedSample, Covariate};
use ips_eval::estimate::instrument::complier_effect as complier_effect_of;
use ips_eval::estimate::regression::{ArmInference, NoInference, arm_and_strata};
use ips_eval::estimate::replicate::cells::{CellSums, Column};
use ips_eval::estimate::replicate::contrasts::{
    Contrast, Place, complier_effect, complier_influence, gather,
};
use ips_eval::estimate::replicate::linear::{LinearKernel, Regression};
use ips_eval::estimate::replicate::standardised::StandardisedKernel;
use ips_eval::estimate::replicate::{Replicated, Rows};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::standardised::{AssignmentShare, logit_standardised};
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::robust::Robust;
use ips_eval::random::{Purpose, Seed, Stream};
use ips_eval::resample::case_weights::ResamplingStrata;
use ips_eval::trial::arm::{Arm, TwoArm};

const N: usize = 90;
const N_STRATA: usize = 3;
const CONTRASTS: [Contrast; 8] = [
    Contrast::Rate(Arm::Control),
    Contrast::Mean(Arm::Intervention),
    Contrast::RiskDifference,
    Contrast::MeanDifference,
    Contrast::LogRiskRatio,
    Contrast::LogOddsRatio,
    Contrast::MantelHaenszel,
    Contrast::ArmAndStrata,
];

/// A made-up trial: every seventh participant has no outcome; nine have the rare level, so that
/// some replicates have nobody of it in an arm, or one person.
struct Trial {
    arms: Vec<Arm>,
    strata: Vec<usize>,
    level: Vec<usize>,
    age: Vec<f64>,
    works: Vec<f64>,
    took: Vec<bool>,
    days: Vec<f64>,
    positions: Vec<usize>,
}

impl Trial {
    fn new() -> Self {
        let mut stream = Stream::new(Seed(11), Purpose::Simulation, 0);
        let mut draw = |i: usize| {
            let arm = Arm::BOTH[i % 5 % 2];
            let helped = if arm == Arm::Intervention { 0.3 } else { 0.0 };
            let age = stream.unit();
            let works = if stream.unit() < 0.2 + helped + 0.4 * age { 1.0 } else { 0.0 };
            let took = stream.unit() < 0.15 + 2.0 * helped;
            (arm, age, works, took, 1e3 * (age + helped + stream.unit()))
        };
        let people: Vec<_> = (0..N).map(&mut draw).collect();
        Self {
            arms: people.iter().map(|person| person.0).collect(),
            strata: (0..N).map(|i| i / 5 % N_STRATA).collect(),
            level: (0..N).map(|i| if matches!(i % 20, 3 | 4) { 2 } else { i / 3 % 2 }).collect(),
            age: people.iter().map(|person| 20.0 + 40.0 * person.1).collect(),
            works: people.iter().map(|person| person.2).collect(),
            took: people.iter().map(|person| person.3).collect(),
            days: people.iter().map(|person| person.4).collect(),
            positions: (0..N).filter(|i| i % 7 != 6).collect(),
        }
    }

    /// The observed, each as often as the weights say.
    fn written_out(&self, weights: &[u32]) -> Vec<usize> {
        let times = |&i: &usize| std::iter::repeat_n(i, weights[i] as usize);
        self.positions.iter().flat_map(times).collect()
    }

    fn on<T>(&self, people: &[usize], y: &[f64], run: impl FnOnce(AdjustedSample<'_>) -> T) -> T {
        let arms: Vec<Arm> = people.iter().map(|&i| self.arms[i]).collect();
        let strata: Vec<usize> = people.iter().map(|&i| self.strata[i]).collect();
        let level: Vec<usize> = people.iter().map(|&i| self.level[i]).collect();
        let (y, age) = (of(y, people), of(&self.age, people));
        let covariates =
            [Covariate::Numeric(&age), Covariate::Categorical { codes: &level, n_levels: 3 }];
        let sample = StratifiedSample::new(&y, &arms, &strata, N_STRATA).expect("a sample");
        run(AdjustedSample::new(sample, &covariates, None).expect("a sample"))
    }

    fn place(&self, i: usize) -> Place {
        Place { stratum: self.strata[i], arm: self.arms[i] }
    }
}

fn observed(values: impl Fn(usize) -> f64) -> Vec<Option<f64>> {
    (0..N).map(|i| Some(values(i)).filter(|_| i % 7 != 6)).collect()
}

fn of(values: &[f64], people: &[usize]) -> Vec<f64> {
    people.iter().map(|&i| values[i]).collect()
}

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

fn draws(trial: &Trial) -> Vec<Vec<u32>> {
    let arm = |i: usize| u32::from(trial.arms[i] == Arm::Control);
    let cell = |i: usize| u32::try_from(trial.strata[i]).expect("a number") * 2 + arm(i);
    let strata = ResamplingStrata::new(&(0..N).map(cell).collect::<Vec<_>>()).expect("strata");
    let draw = |replicate| {
        let mut weights = vec![0; N];
        strata.draw_replicate(Seed(3), replicate, &mut weights);
        weights
    };
    // At last nobody of the rare level, and nobody of the first.
    let without = |level: usize, weights: Vec<u32>| -> Vec<u32> {
        let keep = |(w, own): (u32, &usize)| if *own == level { 0 } else { w };
        weights.into_iter().zip(&trial.level).map(keep).collect()
    };
    (0..150).map(draw).chain([without(2, draw(1)), without(0, draw(2))]).collect()
}

#[track_caller]
fn assert_close(what: &str, got: f64, want: f64) {
    let allowed = 1e-10 * want.abs().max(1e-3);
    assert!((got - want).abs() <= allowed, "{what}: {got} and {want}");
}

#[track_caller]
fn assert_effect(
    what: &str,
    got: Replicated,
    estimate: f64,
    inference: Result<ArmInference, NoInference>,
) {
    assert_close(what, got.estimate, estimate);
    match inference {
        Ok(inference) => assert_close(what, got.std_error, inference.std_error),
        Err(_) => assert!(got.std_error.is_nan(), "{what}: {}", got.std_error),
    }
}

struct Cells {
    sums: CellSums,
    places: Vec<Option<Place>>,
}

impl Cells {
    /// Columns are works, days, took and days × took.
    fn new(trial: &Trial) -> Self {
        let works = observed(|i| trial.works[i]);
        let days = observed(|i| trial.days[i]);
        let took = observed(|i| f64::from(u8::from(trial.took[i])));
        let columns = [
            Column::Outcome(&works),
            Column::Outcome(&days),
            Column::Outcome(&took),
            Column::Product(&days, &took),
        ];
        let mut places = vec![None; 2 * N_STRATA];
        let cell = |i: usize| {
            let place = trial.place(i);
            2 * place.stratum + usize::from(place.arm == Arm::Control)
        };
        (0..N).for_each(|i| places[cell(i)] = Some(trial.place(i)));
        let cells: Vec<usize> = (0..N).map(cell).collect();
        Self { sums: CellSums::new(&cells, places.len(), &columns), places }
    }

    fn strata(
        &self,
        weights: &[u32],
    ) -> [Vec<TwoArm<ips_eval::estimate::replicate::contrasts::ArmCell>>; 4] {
        let mut scratch = self.sums.scratch();
        self.sums.sum(weights, &mut scratch);
        [0, 1, 2, 3].map(|outcome| {
            let mut strata = vec![TwoArm::default(); N_STRATA];
            gather(scratch.cells(outcome), &self.places, &mut strata);
            strata
        })
    }
}

#[test]
fn cells_give_what_the_regressions_give_on_the_data_written_out() {
    let trial = Trial::new();
    let cells = Cells::new(&trial);
    for weights in draws(&trial) {
        let people = trial.written_out(&weights);
        let [works, days, took, product] = cells.strata(&weights);
        for (cells, y) in [(&works, &trial.works), (&days, &trial.days)] {
            let got = Contrast::ArmAndStrata.evaluate(cells, 0.0);
            let want = trial.on(&people, y, |data| arm_and_strata(data.sample(), level()));
            let want = want.expect("an effect");
            assert_effect("arm and strata", got, want.estimate, want.inference);
        }
        let taken: Vec<bool> = people.iter().map(|&i| trial.took[i]).collect();
        let want = trial
            .on(&people, &trial.days, |data| complier_effect_of(data.sample(), &taken, level()))
            .expect("an effect");
        let got = complier_effect(&days, &took, &product);
        assert_effect("complier", got, want.estimate, want.inference);
    }
}

#[test]
fn regressions_give_what_the_point_estimators_give_on_the_data_written_out() {
    let trial = Trial::new();
    let (mut without, mut alone, mut plain) = (0, 0, 0);
    for regression in [Regression::MainEffects, Regression::Interacted] {
        let kernel = trial.on(&trial.positions, &trial.days, |data| {
            let rows = Rows { data, positions: &trial.positions, n_participants: N };
            let outcomes = [of(&trial.days, &trial.positions), of(&trial.works, &trial.positions)];
            LinearKernel::new(&rows, &[&outcomes[0], &outcomes[1]], regression)
        });
        let mut scratch = kernel.scratch();
        for weights in draws(&trial) {
            let people = trial.written_out(&weights);
            let mut got = [Replicated::NONE; 2];
            kernel.evaluate(&weights, &mut scratch, &mut got);
            // What was in the scratch before has no say.
            let mut fresh = [Replicated::NONE; 2];
            kernel.evaluate(&weights, &mut kernel.scratch(), &mut fresh);
            for (got, fresh) in got.iter().zip(fresh) {
                assert_eq!(got.estimate.to_bits(), fresh.estimate.to_bits());
                assert_eq!(got.std_error.to_bits(), fresh.std_error.to_bits());
            }
            for (y, got) in [&trial.days, &trial.works].into_iter().zip(got) {
                let want = trial.on(&people, y, |data| match regression {
                    Regression::MainEffects => ols_adjusted(&data, Robust::Hc2, level()),
                    Regression::Interacted => lin(&data, Robust::Hc2, level()),
                });
                let want = want.expect("an effect");
                assert_effect("covariates", got, want.estimate, want.inference);
                plain += usize::from(want.omissions.is_empty());
                without += usize::from(!want.omissions.is_empty());
            }
            let rare = |arm| {
                people.iter().filter(|&&i| trial.level[i] == 2 && trial.arms[i] == arm).count()
            };
            alone += usize::from(Arm::BOTH.iter().any(|&arm| rare(arm) == 1));
        }
    }
    assert!(plain > 100 && without > 20 && alone > 20, "{plain} {without} {alone}");
}

#[test]
fn standardised_risks_give_what_the_point_estimator_gives_on_the_data_written_out() {
    let trial = Trial::new();
    let mut compared = 0;
    for share in [AssignmentShare::Overall, AssignmentShare::ByStratum] {
        let kernel = trial.on(&trial.positions, &trial.works, |data| {
            let rows = Rows { data, positions: &trial.positions, n_participants: N };
            StandardisedKernel::new(&rows, share).expect("a fit")
        });
        let mut scratch = kernel.scratch();
        for weights in draws(&trial) {
            let got = kernel.evaluate(&weights, &mut scratch);
            let fresh = kernel.evaluate(&weights, &mut kernel.scratch());
            assert_eq!(got.difference.std_error.to_bits(), fresh.difference.std_error.to_bits());
            let people = trial.written_out(&weights);
            let want = trial
                .on(&people, &trial.works, |data| logit_standardised(&data, share, level()))
                .expect("risks");
            if !want.omissions.is_empty() || !want.merged_strata.is_empty() {
                continue;
            }
            compared += 1;
            assert_close("risk", got.risks.control.estimate, want.risks.control);
            let error = want.simple.std_errors.control;
            assert_close("its error", got.risks.control.std_error, error);
            assert_close("difference", got.difference.estimate, want.simple.difference.estimate);
            let error = want.simple.difference.std_error;
            assert_close("its error", got.difference.std_error, error);
            for (got, want) in [
                (got.log_risk_ratio, want.simple.risk_ratio),
                (got.log_odds_ratio, want.simple.odds_ratio),
            ] {
                let want = want.expect("a ratio");
                assert_close("log ratio", got.estimate, want.log_estimate);
                assert_close("its error", got.std_error, want.log_std_error);
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

/// Central differences: everyone 1000 times, one person 1001 or 999 times.
#[track_caller]
fn assert_influence(what: &str, influence: &[f64], evaluate: &mut dyn FnMut(&[u32]) -> f64) {
    let scale = influence.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    assert!(scale > 0.0 && influence.len() == N, "{what}");
    let total: f64 = influence.iter().sum();
    assert!(total.abs() < 1e-11 * scale, "{what}: sum {total}, scale {scale}");
    let mut weights = vec![1000; N];
    for (i, value) in influence.iter().enumerate() {
        weights[i] = 1001;
        let more = evaluate(&weights);
        weights[i] = 999;
        let less = evaluate(&weights);
        weights[i] = 1000;
        let numerical = (more - less) / 2.0 * 1000.0;
        let off = (numerical - value).abs();
        assert!(off < 2e-6 * scale, "{what}: participant {i}: {value}, differences {numerical}");
    }
}

#[test]
fn influence_on_contrasts_is_the_derivative() {
    let trial = Trial::new();
    let cells = Cells::new(&trial);
    let once = cells.strata(&[1; N]);
    for contrast in CONTRASTS {
        let outcome = usize::from(matches!(contrast, Contrast::Mean(_) | Contrast::MeanDifference));
        let slopes = contrast.slopes(&once[outcome]);
        let influence = cells.sums.influence(outcome, &cells.places, &slopes);
        assert_influence(&format!("{contrast:?}"), &influence, &mut |weights| {
            contrast.evaluate(&cells.strata(weights)[outcome], 0.0).estimate
        });
    }
    let of = |outcome: usize| {
        let slopes = Contrast::ArmAndStrata.slopes(&once[outcome]);
        let estimate = Contrast::ArmAndStrata.evaluate(&once[outcome], 0.0).estimate;
        (estimate, cells.sums.influence(outcome, &cells.places, &slopes))
    };
    let (days, took) = (of(1), of(2));
    let influence = complier_influence((days.0, &days.1), (took.0, &took.1));
    assert_influence("complier effect", &influence, &mut |weights| {
        let [_, days, took, product] = cells.strata(weights);
        complier_effect(&days, &took, &product).estimate
    });
}

#[test]
fn influence_on_regressions_is_the_derivative() {
    let trial = Trial::new();
    for regression in [Regression::MainEffects, Regression::Interacted] {
        let kernel = trial.on(&trial.positions, &trial.days, |data| {
            let rows = Rows { data, positions: &trial.positions, n_participants: N };
            let days = of(&trial.days, &trial.positions);
            LinearKernel::new(&rows, &[&days], regression)
        });
        let mut scratch = kernel.scratch();
        assert_influence(&format!("{regression:?}"), &kernel.influence(0), &mut |weights| {
            let mut got = [Replicated::NONE];
            kernel.evaluate(weights, &mut scratch, &mut got);
            got[0].estimate
        });
    }
}

#[test]
fn influence_on_standardised_risks_is_the_derivative() {
    let trial = Trial::new();
    for share in [AssignmentShare::Overall, AssignmentShare::ByStratum] {
        let kernel = trial.on(&trial.positions, &trial.works, |data| {
            let rows = Rows { data, positions: &trial.positions, n_participants: N };
            StandardisedKernel::new(&rows, share).expect("a fit")
        });
        let mut scratch = kernel.scratch();
        let influence = kernel.influence();
        for (at, influence) in [
            &influence.risks.intervention,
            &influence.risks.control,
            &influence.difference,
            &influence.log_risk_ratio,
            &influence.log_odds_ratio,
        ]
        .into_iter()
        .enumerate()
        {
            assert_influence(&format!("{share:?} {at}"), influence, &mut |weights| {
                let got = kernel.evaluate(weights, &mut scratch);
                let all = [got.risks.intervention, got.risks.control, got.difference];
                let logs = [got.log_risk_ratio, got.log_odds_ratio];
                all.into_iter().chain(logs).nth(at).expect("one").estimate
            });
        }
    }
}
