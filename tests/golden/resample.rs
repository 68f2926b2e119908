//! Reference values of the resample room.

use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::random::{Purpose, Seed, Stream};
use ips_eval::resample::acceleration::acceleration;
use ips_eval::resample::case_weights::ResamplingStrata;
use ips_eval::resample::column::Column;
use ips_eval::resample::interval::{BootstrapDistribution, BootstrapInterval};
use ips_eval::resample::replicates::{Bootstrap, BootstrapSettings, Draws, Replicates};
use serde_json::Value;

use super::{Reference, number, numbers, whole, wholes};

fn strata(case: &Value) -> ResamplingStrata {
    ResamplingStrata::new(&wholes(&case["stratum"])).expect("strata")
}

#[test]
fn bounded_draws_are_those_of_the_documented_generator() {
    let reference = Reference::read("case_weights");
    for case in reference.of_kind("below") {
        let seed = Seed(whole(&case["seed"]));
        let mut stream = Stream::new(seed, Purpose::Bootstrap, whole(&case["stream"]));
        let bound = u32::try_from(whole(&case["bound"])).expect("32 bits");
        let expected: Vec<u32> = wholes(&case["draws"]);
        let draws: Vec<u32> = expected.iter().map(|_| stream.below(bound)).collect();
        assert_eq!(draws, expected, "seed {seed:?}, bound {bound}");
    }
}

#[test]
fn draws_between_0_and_1_are_those_of_the_documented_generator() {
    let reference = Reference::read("case_weights");
    for case in reference.of_kind("unit") {
        let seed = Seed(whole(&case["seed"]));
        let mut stream = Stream::new(seed, Purpose::Bootstrap, whole(&case["stream"]));
        for expected in case["draws"].as_array().expect("a list") {
            reference.assert_close("unit", stream.unit(), expected);
        }
    }
}

#[test]
fn case_weights_are_those_of_the_documented_rule() {
    let reference = Reference::read("case_weights");
    for case in reference.of_kind("weights") {
        let expected: Vec<u32> = wholes(&case["weights"]);
        let mut weights = vec![0; expected.len()];
        let seed = Seed(whole(&case["seed"]));
        strata(case).draw_replicate(seed, whole(&case["replicate"]), &mut weights);
        assert_eq!(weights, expected, "{}", case["name"]);
    }
}

fn assert_interval(reference: &Reference, what: &str, got: BootstrapInterval, want: &Value) {
    reference.assert_close(&format!("{what} lower"), got.lower.value, &want["lower"]);
    reference.assert_close(&format!("{what} upper"), got.upper.value, &want["upper"]);
    assert_eq!(Value::Bool(got.is_extreme()), want["extreme"], "{what}: extreme order statistics");
}

#[test]
fn intervals_are_those_of_boot_ci() {
    let reference = Reference::read("resample");
    for case in reference.of_kind("intervals") {
        let name = case["name"].as_str().expect("a name");
        let influence = numbers(&case["L"]);
        let one = ResamplingStrata::new(&vec![0; influence.len()]).expect("strata");
        let acceleration = acceleration(&influence, &one).expect("an acceleration");
        let column = Column::new(numbers(&case["t"]));
        let distribution =
            BootstrapDistribution::new(column, number(&case["t0"])).expect("a distribution");
        assert_eq!(distribution.n_failed() as u64, whole(&case["failed"]), "{name}");
        let std_error = distribution.std_error().value;
        reference.assert_close(&format!("{name}: std_error"), std_error, &case["std_error"]);
        let bias = distribution.bias().value;
        reference.assert_close(&format!("{name}: bias"), bias, &case["bias"]);
        for at in case["levels"].as_array().expect("levels") {
            let level = ConfidenceLevel::new(number(&at["level"])).expect("a level");
            let what = |kind| format!("{name}: {kind} at {}", level.get());
            let percentile = distribution.percentile(level);
            assert_interval(&reference, &what("percentile"), percentile, &at["percent"]);
            assert_interval(&reference, &what("basic"), distribution.basic(level), &at["basic"]);
            let bca = distribution.bca(level, acceleration).expect("an interval");
            assert_interval(&reference, &what("BCa"), bca, &at["bca"]);
        }
    }
}

#[test]
fn acceleration_is_boots_with_one_stratum_and_the_skewness_of_all_resamples_with_more() {
    let reference = Reference::read("resample");
    let (mut with_one, mut with_more, mut enumerated) = (0, 0, 0);
    for case in reference.of_kind("acceleration") {
        let name = case["name"].as_str().expect("a name");
        let strata = strata(case);
        let got = acceleration(&numbers(&case["L"]), &strata).expect("an acceleration");
        reference.assert_close(name, got, &case["stratified"]);
        if strata.sizes().count() == 1 {
            reference.assert_close(name, got, &case["boot"]);
            with_one += 1;
        } else {
            let boot = number(&case["boot"]);
            assert!((got / boot - 1.0).abs() > 0.05, "{name}: boot's {boot} for unequal strata");
            with_more += 1;
        }
        if !case["enumerated"].is_null() {
            reference.assert_close(name, got, &case["enumerated"]);
            enumerated += 1;
        }
    }
    assert_eq!((with_one, with_more, enumerated), (1, 2, 1));
}

/// Our draws and R's are different samples of the same bootstrap distribution: the difference of
/// two limits has the Monte Carlo error of one times √2, and may be four times that.
#[test]
fn a_stratified_bootstrap_agrees_with_boot_strata_up_to_monte_carlo_error() {
    let reference = Reference::read("resample");
    let cases = reference.of_kind("stratified");
    let case = cases[0];
    let (y, arm) = (numbers(&case["y"]), wholes::<usize>(&case["arm"]));
    let strata = strata(case);
    let settings =
        BootstrapSettings { seed: Seed(20_180_201), replicates: whole(&case["replicates"]) };
    let bootstrap =
        Bootstrap { settings, strata: &strata, draws: Draws::Independent, progress: &|_| {} };
    let difference = |weights: &[u32], (): &mut (), out: &mut [f64]| {
        let (mut sum, mut n) = ([0.0; 2], [0.0; 2]);
        for ((&y, &arm), &weight) in y.iter().zip(&arm).zip(weights) {
            sum[arm] += f64::from(weight) * y;
            n[arm] += f64::from(weight);
        }
        out[0] = sum[1] / n[1] - sum[0] / n[0];
    };
    let replicates = Replicates::compute(&bootstrap, 1, || (), difference).expect("replicates");
    let distribution =
        BootstrapDistribution::new(replicates.column(0), number(&case["estimate"])).expect("one");
    let interval = distribution.percentile(ConfidenceLevel::new(0.95).expect("a level"));
    let std_error = distribution.std_error();
    let error = |limit: Option<f64>| limit.expect("a Monte Carlo error");
    for (what, got, want, error) in [
        ("lower", interval.lower.value, &case["lower"], error(interval.lower.monte_carlo_error)),
        ("upper", interval.upper.value, &case["upper"], error(interval.upper.monte_carlo_error)),
        ("std_error", std_error.value, &case["std_error"], std_error.monte_carlo_error),
    ] {
        let off = (got - number(want)).abs();
        assert!(off < 4.0 * 2.0_f64.sqrt() * error, "{what}: {got}, boot {want}, error {error}");
        assert!(error < 0.03 * std_error.value, "{what}: the error {error} would allow anything");
    }
}
