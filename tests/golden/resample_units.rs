//! Reference values of clusters, balanced draws, studentised and exact intervals, multiplicity and
//! bands from replicates.

use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::random::Seed;
use ips_eval::resample::acceleration::{acceleration, influence_of_units};
use ips_eval::resample::balanced::BalancedDraws;
use ips_eval::resample::case_weights::ResamplingStrata;
use ips_eval::resample::exact::{EventCount, ExactDistribution, ExactTotal, wald_std_error};
use ips_eval::resample::interval::{BootstrapDistribution, BootstrapInterval};
use ips_eval::resample::multiplicity::{NullDraws, benjamini_hochberg, hochberg, holm};
use ips_eval::resample::replicates::{Bootstrap, BootstrapSettings, Draws, Replicates};
use ips_eval::resample::studentised::{EstimateColumns, PointEstimate, StudentisedDistribution};
use ips_eval::resample::sup_t::{BandMember, sup_t_from_replicates};
use serde_json::Value;

use super::{Reference, number, numbers, whole, wholes};

fn name(case: &Value) -> &str {
    case["name"].as_str().expect("a name")
}

fn lists<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().expect("a list").iter().map(read).collect()
}

fn levels(case: &Value) -> Vec<(ConfidenceLevel, &Value)> {
    let list = case["levels"].as_array().expect("levels");
    list.iter().map(|at| (level(number(&at["level"])), at)).collect()
}

fn level(level: f64) -> ConfidenceLevel {
    ConfidenceLevel::new(level).expect("a level")
}

fn clusters(case: &Value) -> ResamplingStrata {
    let cluster: Vec<usize> = wholes(&case["cluster"]);
    ResamplingStrata::clustered(&wholes(&case["cell"]), &cluster).expect("strata")
}

#[test]
fn weights_of_clusters_are_those_of_the_documented_rule() {
    let reference = Reference::read("resample_units");
    for case in reference.of_kind("clustered") {
        let strata = clusters(case);
        let mut weights = vec![0; strata.n_participants()];
        strata.draw_replicate(Seed(whole(&case["seed"])), whole(&case["replicate"]), &mut weights);
        assert_eq!(weights, wholes::<u32>(&case["weights"]), "{}", name(case));
    }
}

#[test]
fn balanced_weights_are_those_of_the_documented_rule() {
    let reference = Reference::read("resample_units");
    for case in reference.of_kind("balanced") {
        let strata = clusters(case);
        let expected = lists(&case["weights"], wholes::<u32>);
        let seed = Seed(whole(&case["seed"]));
        let draws = BalancedDraws::new(&strata, seed, expected.len() as u64).expect("draws");
        let mut weights = vec![0; strata.n_participants()];
        for (replicate, expected) in expected.iter().enumerate() {
            draws.weights(&strata, replicate, &mut weights);
            assert_eq!(&weights, expected, "{}, replicate {replicate}", name(case));
        }
    }
}

#[test]
fn acceleration_by_clusters_is_the_skewness_of_all_resamples() {
    let reference = Reference::read("resample_units_r");
    for case in reference.of_kind("clusters") {
        let strata = clusters(&case["input"]);
        let derivative = numbers(&case["input"]["derivative"]);
        let sums = influence_of_units(&derivative, &strata);
        assert_eq!(sums.len(), strata.n_units());
        let mut influence = derivative;
        strata.scale_to_groups(&mut influence);
        let a = acceleration(&influence, &strata).expect("an acceleration");
        reference.assert_close(name(case), a, &case["want"]["acceleration"]);
    }
}

#[test]
fn studentised_limits_are_those_of_boot_ci() {
    let reference = Reference::read("resample_units_r");
    for case in reference.of_kind("studentised") {
        let (input, want) = (&case["input"], &case["want"]);
        let columns = [numbers(&input["t"]), numbers(&input["std_errors"])];
        let replicates = Replicates::from_columns(&columns).expect("replicates");
        let estimate =
            PointEstimate { value: number(&input["t0"]), std_error: number(&input["std_error"]) };
        let columns = EstimateColumns { value: 0, std_error: 1 };
        let t = StudentisedDistribution::of_columns(&replicates, columns, estimate, 0.05);
        let t = t.expect("a distribution");
        assert_eq!(t.failures().total() as u64, whole(&want["failed"]), "{}", name(case));
        for (level, at) in levels(want) {
            let what = |limit| format!("{}: {limit} at {}", name(case), level.get());
            let got = t.interval(level);
            reference.assert_close(&what("lower"), got.lower.value, &at["lower"]);
            reference.assert_close(&what("upper"), got.upper.value, &at["upper"]);
            assert_eq!(u64::from(got.is_extreme()), whole(&at["extreme"]), "{}", what("extreme"));
        }
    }
}

#[test]
fn adjusted_p_values_are_those_of_p_adjust() {
    let reference = Reference::read("resample_units_r");
    for case in reference.of_kind("adjust") {
        let p = numbers(&case["input"]["p"]);
        for (rule, got) in
            [("holm", holm(&p)), ("hochberg", hochberg(&p)), ("bh", benjamini_hochberg(&p))]
        {
            let want = numbers(&case["want"][rule]);
            for (got, want) in got.expect("p-values").iter().zip(&want) {
                assert!((got - want).abs() <= 1e-15, "{} {rule}: {got} {want}", name(case));
            }
            assert_eq!(want.len(), p.len());
        }
    }
}

#[test]
fn step_down_p_values_are_those_of_the_rule_and_of_pyfixest() {
    let reference = Reference::read("resample_units");
    for case in reference.of_kind("step-down") {
        let draws = NullDraws::new(&numbers(&case["t"]), &lists(&case["columns"], numbers));
        let draws = draws.expect("draws");
        for (rule, got) in [
            ("unadjusted", draws.unadjusted()),
            ("romano_wolf", draws.romano_wolf()),
            ("westfall_young", draws.westfall_young()),
        ] {
            let want = case[rule].as_array().expect("a list");
            assert_eq!(got.len(), want.len());
            for (got, want) in got.iter().zip(want) {
                reference.assert_close(&format!("{} {rule}", name(case)), *got, want);
            }
        }
    }
}

fn assert_pair(reference: &Reference, what: &str, got: &BootstrapInterval, want: &Value) {
    let want = want.as_array().expect("two limits");
    reference.assert_close(&format!("{what} lower"), got.lower.value, &want[0]);
    reference.assert_close(&format!("{what} upper"), got.upper.value, &want[1]);
    assert_eq!(got.lower.monte_carlo_error, Some(0.0));
}

#[test]
fn exact_distributions_of_proportions_are_folded_binomials() {
    let reference = Reference::read("resample_units_r");
    for case in reference.of_kind("exact") {
        let (input, want) = (&case["input"], &case["want"]);
        let arm = |people: &str, events: &str| {
            let pairs = wholes(&input[people]).into_iter().zip(wholes(&input[events]));
            let strata: Vec<EventCount> =
                pairs.map(|(people, events)| EventCount { people, events }).collect();
            ExactTotal::of_events(&strata).expect("a distribution")
        };
        let (intervention, control) = (arm("people_i", "events_i"), arm("people_c", "events_c"));
        for (total, want) in [(&intervention, &want["pmf_i"]), (&control, &want["pmf_c"])] {
            let want = want.as_array().expect("probabilities");
            assert_eq!(total.values().count(), want.len());
            for ((events, got), want) in total.values().zip(want) {
                reference.assert_close(&format!("{} {events} events", name(case)), got, want);
            }
        }
        let people = (intervention.people(), control.people());
        let exact = ExactDistribution::of_difference(intervention, control);
        reference.assert_close("estimate", exact.estimate(), &want["estimate"]);
        reference.assert_close("std_error", exact.std_error().value, &want["std_error"]);
        let a = number(&input["acceleration"]);
        for (level, at) in levels(want) {
            let what = |kind| format!("{}: {kind} at {}", name(case), level.get());
            let percentile = exact.percentile(level);
            assert_pair(&reference, &what("percentile"), &percentile, &at["percentile"]);
            assert_pair(&reference, &what("basic"), &exact.basic(level), &at["basic"]);
            let bca = exact.bca(level, a).expect("an interval");
            assert_pair(&reference, &what("BCa"), &bca, &at["bca"]);
            let studentised = exact.studentised(level, wald_std_error(people), 0.5);
            let studentised = studentised.expect("an interval");
            assert_pair(&reference, &what("studentised"), &studentised, &at["studentised"]);
        }
    }
}

fn counts(value: &Value) -> ExactTotal {
    let day = |value: &Value| i32::try_from(value.as_i64().expect("days")).expect("32 bits");
    let strata = lists(value, |stratum| lists(stratum, day));
    ExactTotal::of_counts(&strata).expect("a distribution")
}

#[test]
fn exact_distributions_of_days_are_those_of_all_resamples() {
    let reference = Reference::read("resample_units_r");
    for case in reference.of_kind("enumerated") {
        let (input, want) = (&case["input"], &case["want"]);
        let exact = ExactDistribution::of_difference(counts(&input["i"]), counts(&input["c"]));
        reference.assert_close("estimate", exact.estimate(), &want["estimate"]);
        reference.assert_close("std_error", exact.std_error().value, &want["std_error"]);
        let cdf = want["cdf"].as_array().expect("probabilities");
        for (value, want) in numbers(&want["values"]).into_iter().zip(cdf) {
            let what = format!("{}: probability of at most {value}", name(case));
            reference.assert_close(&what, exact.cdf(value), want);
        }
        for (level, at) in levels(want) {
            let what = |kind| format!("{}: {kind} at {}", name(case), level.get());
            let percentile = exact.percentile(level);
            assert_pair(&reference, &what("percentile"), &percentile, &at["percentile"]);
            let bca = exact.bca(level, 0.02).expect("an interval");
            assert_pair(&reference, &what("BCa"), &bca, &at["bca"]);
        }
    }
}

#[test]
fn exact_distributions_of_days_are_those_of_whole_numbers() {
    let reference = Reference::read("resample_units");
    for case in reference.of_kind("total") {
        let intervention = counts(&case["intervention"]);
        let all: Vec<(i64, f64)> = intervention.values().collect();
        let wanted = case["probabilities"].as_array().expect("probabilities");
        for (total, want) in numbers(&case["totals"]).into_iter().zip(wanted) {
            let probability = |&&(value, _): &&(i64, f64)| (value as f64 - total).abs() < 0.5;
            let got = all.iter().find(probability).map_or(0.0, |&(_, p)| p);
            reference.assert_close(&format!("{}: {total}", name(case)), got, want);
        }
        let exact = ExactDistribution::of_difference(intervention, counts(&case["control"]));
        reference.assert_close("estimate", exact.estimate(), &case["estimate"]);
        reference.assert_close("std_error", exact.std_error().value, &case["std_error"]);
        let below = exact.cdf(exact.estimate() - 1e-9);
        reference.assert_close("below", below, &case["below"]);
        for (level, at) in levels(case) {
            let got = exact.percentile(level).interval();
            reference.assert_close("lower", got.lower, &at["lower"]);
            reference.assert_close("upper", got.upper, &at["upper"]);
        }
    }
}

/// Two arms of two strata each, with days; the drawn limits may be off by four Monte Carlo errors
/// and one step between values.
#[test]
fn drawn_bootstraps_agree_with_the_exact_one_up_to_monte_carlo_error() {
    let days = |n: i32, by: i32, none: i32| -> Vec<i32> {
        (0..n).map(|i| if i % none == 0 { i * by % 181 } else { 0 }).collect()
    };
    let arms = [[days(40, 37, 2), days(25, 53, 3)], [days(35, 41, 4), days(30, 29, 3)]];
    let values: Vec<f64> = arms.iter().flatten().flatten().map(|&day| f64::from(day)).collect();
    let cells: Vec<u32> =
        arms.iter().flatten().zip(0..).flat_map(|(a, c)| a.iter().map(move |_| c)).collect();
    let strata = ResamplingStrata::new(&cells).expect("strata");
    let n = [65.0, 65.0];
    let difference = |weights: &[u32], (): &mut (), out: &mut [f64]| {
        let mut totals = [0.0; 2];
        for ((&value, &cell), &weight) in values.iter().zip(&cells).zip(weights) {
            totals[usize::from(cell > 1)] += f64::from(weight) * value;
        }
        out[0] = totals[0] / n[0] - totals[1] / n[1];
    };
    let settings = BootstrapSettings { seed: Seed(20_180_204), replicates: 200_000 };
    let bootstrap =
        Bootstrap { settings, strata: &strata, draws: Draws::Independent, progress: &|_| {} };
    let replicates = Replicates::compute(&bootstrap, 1, || (), difference).expect("replicates");
    let [intervention, control] =
        arms.map(|arm| ExactTotal::of_counts(&arm).expect("a distribution"));
    let exact = ExactDistribution::of_difference(intervention, control);
    let drawn = BootstrapDistribution::new(replicates.column(0), exact.estimate()).expect("one");
    let (got, want) = (exact.std_error().value, drawn.std_error());
    assert!((got - want.value).abs() < 4.0 * want.monte_carlo_error, "{got} {want:?}");
    for at in [0.8, 0.95, 0.99] {
        let at = level(at);
        for (exact, drawn) in [
            (exact.percentile(at), drawn.percentile(at)),
            (exact.basic(at), drawn.basic(at)),
            (exact.bca(at, 0.03).expect("one"), drawn.bca(at, 0.03).expect("one")),
        ] {
            for (exact, drawn) in [(exact.lower, drawn.lower), (exact.upper, drawn.upper)] {
                let error = drawn.monte_carlo_error.expect("a Monte Carlo error");
                let off = (exact.value - drawn.value).abs();
                assert!(off < 4.0 * error + 1.0 / 65.0, "{exact:?} {drawn:?}");
                assert!(error < 0.02 * want.value, "the error {error} would allow anything");
            }
        }
    }
}

#[test]
fn bands_from_replicates_are_the_same_rule_in_r() {
    let reference = Reference::read("resample_units_r");
    for case in reference.of_kind("band") {
        let (input, want) = (&case["input"], &case["want"]);
        let replicates = Replicates::from_columns(&lists(&input["columns"], numbers));
        let replicates = replicates.expect("replicates");
        let t0 = numbers(&input["t0"]);
        let members = |given: Option<&[f64]>| -> Vec<BandMember> {
            let std_error = |k: usize| given.map(|given| given[k]);
            let member =
                |(column, &estimate)| BandMember { estimate, std_error: std_error(column), column };
            t0.iter().enumerate().map(member).collect()
        };
        let given = numbers(&input["given"]);
        for (level, at) in levels(want) {
            let of = |members: &[BandMember]| {
                sup_t_from_replicates(&replicates, members, level, 0.05).expect("a band")
            };
            let band = of(&members(None));
            reference.assert_close("c", band.critical.value, &at["c"]);
            let std_errors = want["std_errors"].as_array().expect("standard errors");
            for (got, want) in band.std_errors.iter().zip(std_errors) {
                reference.assert_close("std_error", got.expect("one"), want);
            }
            assert!(band.critical.monte_carlo_error > 0.0 && band.left_out.is_empty());
            let band = of(&members(Some(&given)));
            reference.assert_close("c, errors given", band.critical.value, &at["c_given"]);
        }
    }
}
