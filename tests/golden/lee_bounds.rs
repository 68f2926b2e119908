//! Reference values of Lee's bounds, and how often their interval holds a known effect.

use ips_eval::estimate::lee_bounds::{BoundsInference, Trimming, lee_bounds};
use ips_eval::estimate::tightened_lee_bounds::{Cells, tightened_lee_bounds};
use ips_eval::numeric::distribution::normal;
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::sum::{mean, sample_variance};
use ips_eval::random::{Purpose, Seed, Stream};
use ips_eval::trial::arm::Arm;

use super::case::{Case, each_case, position};
use super::{number, numbers};

fn people(case: &Case<'_>) -> (Vec<Arm>, Vec<Option<f64>>) {
    let text = case.input("arm").as_str().expect("arms");
    let arm = |c: char| if c == '1' { Arm::Intervention } else { Arm::Control };
    let known = |y: f64| (!y.is_nan()).then_some(y);
    let outcomes = numbers(case.input("outcome")).into_iter().map(known).collect();
    (text.chars().map(arm).collect(), outcomes)
}

fn check(case: &Case<'_>, (lower, upper): (f64, f64), inference: BoundsInference) {
    case.assert("lower", lower);
    case.assert("upper", upper);
    case.assert("lower_std_error", inference.lower_std_error);
    case.assert("upper_std_error", inference.upper_std_error);
    case.assert("critical_value", inference.critical_value);
    case.assert("limit_lower", inference.interval.lower);
    case.assert("limit_upper", inference.interval.upper);
}

/// The trimmed arm as the script writes it, and the share.
fn trimmed(trimming: Option<Trimming>) -> (f64, f64) {
    let number_of = |arm| if arm == Arm::Intervention { 1.0 } else { 0.0 };
    trimming.map_or((-1.0, 0.0), |trimming| (number_of(trimming.arm), trimming.share))
}

#[test]
fn bounds_agree_with_fractions() {
    each_case("lee_bounds", "plain", |case| {
        let (arms, outcomes) = people(case);
        let got = lee_bounds(&arms, &outcomes, case.level()).unwrap();
        check(case, (got.lower, got.upper), got.inference.unwrap());
        let (arm, share) = trimmed(got.trimming);
        case.assert_is("trimmed", arm, &case.want("cells")[0]["trimmed"]);
        case.assert_is("share", share, &case.want("cells")[0]["share"]);
    });
}

#[test]
fn tightened_bounds_agree_with_numerical_derivatives() {
    each_case("lee_bounds", "cells", |case| {
        let (arms, outcomes) = people(case);
        let n_cells = position(number(case.input("n_cells")));
        let codes = case.positions("cells");
        let cells = Cells { codes: &codes, n_cells };
        let got = tightened_lee_bounds(&arms, &outcomes, cells, case.level()).unwrap();
        check(case, (got.lower, got.upper), got.inference.unwrap());
        let without = numbers(case.want("without"));
        assert_eq!(got.cells_without_weight, without.into_iter().map(position).collect::<Vec<_>>());
        let want = case.want("cells").as_array().expect("cells");
        assert_eq!(want.len(), got.cells.len());
        for (got, want) in got.cells.iter().zip(want) {
            let (arm, share) = trimmed(got.trimming);
            let values = [
                ("cell", got.cell as f64),
                ("weight", got.weight),
                ("lower", got.lower),
                ("upper", got.upper),
                ("trimmed", arm),
                ("share", share),
            ];
            for (name, value) in values {
                case.assert_is(name, value, &want[name]);
            }
        }
    });
}

/// A trial without effect, in which talent decides both the outcome and who has it. As the
/// intervention brings in those with the least talent, the upper bound is the effect, 0.
struct Trial {
    arms: Vec<Arm>,
    outcomes: Vec<Option<f64>>,
    cells: Vec<usize>,
}

impl Trial {
    fn draw(stream: u64, n: usize) -> Self {
        let mut random = Stream::new(Seed(20_181_109), Purpose::Simulation, stream);
        let mut trial = Self { arms: Vec::new(), outcomes: Vec::new(), cells: Vec::new() };
        for _ in 0..n {
            let arm = Arm::BOTH[usize::from(random.below(2) == 1)];
            let cell = usize::from(random.below(3) == 0);
            let talent = normal::quantile(random.unit());
            let rate = match arm {
                Arm::Intervention => 0.75 - 0.15 * cell as f64,
                Arm::Control => 0.5,
            };
            let selected = talent > normal::quantile(1.0 - rate);
            trial.arms.push(arm);
            trial.outcomes.push(selected.then_some(3.0 * talent + cell as f64));
            trial.cells.push(cell);
        }
        trial
    }
}

/// What 1,500 trials of 400 say of one bound.
fn assert_calibrated(what: &str, bounds: &[f64], std_errors: &[f64]) {
    let spread = sample_variance(bounds).expect("trials").sqrt();
    let said = mean(std_errors).expect("trials");
    // 1,500 trials know a standard deviation to 1.8%: four of those.
    assert!((said / spread - 1.0).abs() < 0.075, "{what}: said {said}, is {spread}");
}

#[test]
fn standard_errors_are_what_simulated_trials_show() {
    let level = ConfidenceLevel::new(0.95).unwrap();
    let (mut plain, mut tight) = (vec![[0.0; 4]; 0], vec![[0.0; 4]; 0]);
    let mut holds = 0_usize;
    let trials = 1_500;
    for stream in 0..trials {
        let trial = Trial::draw(stream, 400);
        let got = lee_bounds(&trial.arms, &trial.outcomes, level).unwrap();
        let inference = got.inference.unwrap();
        let errors = |said: BoundsInference| (said.lower_std_error, said.upper_std_error);
        let (low, high) = errors(inference);
        plain.push([got.lower, got.upper, low, high]);
        let cells = Cells { codes: &trial.cells, n_cells: 2 };
        let got = tightened_lee_bounds(&trial.arms, &trial.outcomes, cells, level).unwrap();
        let inference = got.inference.unwrap();
        let (low, high) = errors(inference);
        tight.push([got.lower, got.upper, low, high]);
        // Within cells the upper bound is the truth: those brought in have the least talent.
        holds += usize::from(inference.interval.lower <= 0.0 && inference.interval.upper >= 0.0);
    }
    for (what, rows) in [("plain", &plain), ("tight", &tight)] {
        let column = |k: usize| rows.iter().map(|row| row[k]).collect::<Vec<f64>>();
        assert_calibrated(&format!("{what} lower"), &column(0), &column(2));
        assert_calibrated(&format!("{what} upper"), &column(1), &column(3));
    }
    // The truth is at the end of the bounds: the worst case, in which 95% are due (0.56% of error).
    let share = holds as f64 / 1_500.0;
    assert!((0.925..=0.975).contains(&share), "{share}");
}
