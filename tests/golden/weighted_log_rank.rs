//! Weighted log-rank tests, MaxCombo and the largest of normal variables, beside R.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "days, counts and weights of the reference files are small whole numbers"
)]

use ips_eval::numeric::multivariate_normal::largest_sf;
use ips_eval::numeric::weights::FrequencyWeights;
use ips_eval::survival::ending::Ending;
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::log_rank::{
    log_rank, log_rank_stratified, peto_peto, peto_peto_stratified,
};
use ips_eval::survival::max_combo::{MaxComboError, max_combo, max_combo_stratified};
use ips_eval::survival::not_estimable::NotEstimable;
use ips_eval::survival::weighted_log_rank::{
    FlemingHarrington, SignedTest, fleming_harrington, fleming_harrington_stratified,
};
use ips_eval::trial::arm::TwoArm;
use ndarray::Array2;
use serde_json::Value;

use super::{Reference, number, numbers};

/// ρ and γ in the order of the script.
const POWERS: [(f64, f64); 5] = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 2.0)];

fn weight((rho, gamma): (f64, f64)) -> FlemingHarrington {
    FlemingHarrington::new(rho, gamma).expect("powers")
}

/// A participant: day, event, intervention, stratum, weight.
type Person = (i32, bool, bool, usize, u32);

fn people(input: &Value) -> Vec<Person> {
    let columns = ["days", "events", "arm", "stratum"].map(|name| numbers(&input[name]));
    let n = columns[0].len();
    let weights = if input["weights"].is_null() || input["weights"].is_object() {
        vec![1.0; n]
    } else {
        numbers(&input["weights"])
    };
    let person = |i: usize| {
        let [day, event, arm, stratum] = [0, 1, 2, 3].map(|column: usize| columns[column][i]);
        (day as i32, event > 0.5, arm > 0.5, stratum as usize, weights[i] as u32)
    };
    (0..n).map(person).collect()
}

fn table(people: &[Person], belongs: impl Fn(&Person) -> bool) -> EventTable {
    let of: Vec<&Person> = people.iter().filter(|person| belongs(person)).collect();
    let days: Vec<i32> = of.iter().map(|person| person.0).collect();
    let ending = |person: &&Person| if person.1 { Ending::Event } else { Ending::Censored };
    let endings: Vec<Ending> = of.iter().map(ending).collect();
    let weights: Vec<u32> = of.iter().map(|person| person.4).collect();
    EventTable::new(&days, &endings, Some(FrequencyWeights(&weights)))
}

fn arms(people: &[Person], belongs: impl Fn(&Person) -> bool) -> TwoArm<EventTable> {
    TwoArm {
        intervention: table(people, |person| belongs(person) && person.2),
        control: table(people, |person| belongs(person) && !person.2),
    }
}

fn strata(people: &[Person]) -> Vec<TwoArm<EventTable>> {
    let last = people.iter().map(|person| person.3).max().expect("someone");
    (0..=last).map(|stratum| arms(people, |person| person.3 == stratum)).collect()
}

fn each(reference: &Reference, mut check: impl FnMut(&str, &[Person], &Value)) {
    for case in reference.cases.iter().filter(|case| case["kind"] == "tests") {
        check(case["name"].as_str().expect("a name"), &people(&case["input"]), &case["want"]);
    }
}

fn assert_tests(
    reference: &Reference,
    what: &str,
    test: impl Fn(FlemingHarrington) -> Result<SignedTest, NotEstimable>,
    want: &Value,
) {
    for (k, powers) in POWERS.into_iter().enumerate() {
        let what = format!("{what}, {powers:?}");
        let got = test(weight(powers));
        if !want["excess"].is_array() {
            assert_eq!(got, Err(NotEstimable::NoEvents), "{what}");
        } else if number(&want["variance"][k]) <= 0.0 {
            assert_eq!(got, Err(NotEstimable::NoVariance), "{what}");
        } else {
            let got = got.expect("a test");
            reference.assert_close(&format!("{what}: U"), got.excess, &want["excess"][k]);
            reference.assert_close(&format!("{what}: V"), got.variance, &want["variance"][k]);
            reference.assert_close(&format!("{what}: z"), got.z, &want["z"][k]);
            reference.assert_close(&format!("{what}: p"), got.test.p_value, &want["p_value"][k]);
        }
    }
}

#[test]
fn fleming_harrington_is_rs() {
    let reference = Reference::read("weighted_log_rank");
    let mut n_cases = 0;
    each(&reference, |name, people, want| {
        let (arms, strata) = (arms(people, |_| true), strata(people));
        let strata: Vec<_> = strata.iter().map(TwoArm::as_ref).collect();
        let one = |weight| fleming_harrington(arms.as_ref(), weight);
        assert_tests(&reference, name, one, &want["unstratified"]);
        let many = |weight| fleming_harrington_stratified(&strata, weight);
        assert_tests(&reference, &format!("{name}, strata"), many, &want["stratified"]);
        let same = [
            (log_rank(arms.as_ref()), one(weight((0.0, 0.0)))),
            (peto_peto(arms.as_ref()), one(weight((1.0, 0.0)))),
            (log_rank_stratified(&strata), many(weight((0.0, 0.0)))),
            (peto_peto_stratified(&strata), many(weight((1.0, 0.0)))),
        ];
        for (old, new) in same {
            assert_eq!(old, new.map(|signed| signed.test), "{name}: to the last bit");
        }
        n_cases += 1;
    });
    assert!(n_cases > 10);
}

#[test]
fn max_combo_is_rs() {
    let reference = Reference::read("weighted_log_rank");
    let mut n_tests = 0;
    each(&reference, |name, people, want| {
        let (arms, strata) = (arms(people, |_| true), strata(people));
        let strata: Vec<_> = strata.iter().map(TwoArm::as_ref).collect();
        let both = [
            (max_combo(arms.as_ref(), &FlemingHarrington::MAX_COMBO), &want["unstratified"]),
            (max_combo_stratified(&strata, &FlemingHarrington::MAX_COMBO), &want["stratified"]),
        ];
        for (got, want) in both {
            if !want["max_combo"].is_object() {
                let reason = if want["excess"].is_array() {
                    NotEstimable::NoVariance
                } else {
                    NotEstimable::NoEvents
                };
                assert_eq!(got, Err(MaxComboError::NotEstimable(reason)), "{name}");
                continue;
            }
            let (got, want) = (got.expect("a test"), &want["max_combo"]);
            reference.assert_close(&format!("{name}: max"), got.statistic, &want["statistic"]);
            reference.assert_close(&format!("{name}: p"), got.p_value, &want["p_value"]);
            assert!(
                got.tests
                    .iter()
                    .all(|test| test.test.p_value <= got.p_value || test.z.abs() < got.statistic)
            );
            n_tests += 1;
        }
    });
    assert!(n_tests > 12);
}

#[test]
fn the_largest_of_normal_variables_is_rs() {
    let reference = Reference::read("weighted_log_rank");
    for case in reference.cases.iter().filter(|case| case["kind"] == "largest") {
        let entries = numbers(&case["input"]["covariance"]);
        let n = (1..9).find(|n| n * n >= entries.len()).expect("a square");
        let covariance = Array2::from_shape_vec((n, n), entries).expect("a square");
        for (i, z) in numbers(&case["input"]["z"]).into_iter().enumerate() {
            let got = largest_sf(z, covariance.view()).expect("three dimensions at most");
            reference.assert_close(&format!("{}, {z}", case["name"]), got, &case["want"]["sf"][i]);
        }
    }
}

/// Lung by institution, or another case of the script.
fn case(reference: &Reference, name: &str) -> Vec<Person> {
    let case = reference.cases.iter().find(|case| case["name"] == name).expect("the case");
    people(&case["input"])
}

#[test]
fn relabelling_the_arms_changes_the_sign_alone() {
    let reference = Reference::read("weighted_log_rank");
    each(&reference, |name, people, _| {
        let strata = strata(people);
        let given: Vec<_> = strata.iter().map(TwoArm::as_ref).collect();
        let turned: Vec<_> = strata
            .iter()
            .map(|arms| TwoArm { intervention: &arms.control, control: &arms.intervention })
            .collect();
        for powers in POWERS {
            let weight = weight(powers);
            let given = fleming_harrington_stratified(&given, weight);
            let turned = fleming_harrington_stratified(&turned, weight);
            if let (Ok(given), Ok(turned)) = (given, turned) {
                assert!((given.z + turned.z).abs() < 1e-12 * (1.0 + given.z.abs()), "{name}");
                assert!((given.variance / turned.variance - 1.0).abs() < 1e-12, "{name}");
            } else {
                assert_eq!(given, turned, "{name}");
            }
        }
        let (given, turned) = (
            max_combo_stratified(&given, &FlemingHarrington::MAX_COMBO),
            max_combo_stratified(&turned, &FlemingHarrington::MAX_COMBO),
        );
        if let (Ok(given), Ok(turned)) = (given, turned) {
            assert!((given.p_value / turned.p_value - 1.0).abs() < 1e-9, "{name}");
        }
    });
}

#[test]
fn everyone_twice_doubles_the_excess_and_more_than_doubles_the_statistic() {
    let reference = Reference::read("weighted_log_rank");
    each(&reference, |name, people, _| {
        let twice: Vec<Person> = people.iter().map(|p| (p.0, p.1, p.2, p.3, 2 * p.4)).collect();
        let (once, twice) = (arms(people, |_| true), arms(&twice, |_| true));
        for powers in POWERS {
            let of = |arms: &TwoArm<EventTable>| fleming_harrington(arms.as_ref(), weight(powers));
            let (Ok(once), Ok(twice)) = (of(&once), of(&twice)) else { continue };
            assert!((twice.excess - 2.0 * once.excess).abs() < 1e-12, "{name}");
            // Each day's part of V becomes 4 (n − 1) / (2 n − 1) of itself, below 2.
            assert!(twice.variance < 2.0 * once.variance + 1e-12, "{name}");
            assert!(twice.test.statistic >= 2.0 * once.test.statistic - 1e-12, "{name}");
        }
    });
}

#[test]
fn each_group_has_its_own_p_value_and_strata_are_no_single_group() {
    let reference = Reference::read("weighted_log_rank");
    let people = case(&reference, "lung: sex, strata by institution");
    let strata = strata(&people);
    let references: Vec<_> = strata.iter().map(TwoArm::as_ref).collect();
    for powers in POWERS {
        let weight = weight(powers);
        let alone: Vec<SignedTest> =
            references.iter().filter_map(|arms| fleming_harrington(*arms, weight).ok()).collect();
        assert!(alone.len() > 9, "many institutions have a test of their own");
        // Groups differ, and none has the p-value of all together.
        let all = fleming_harrington(arms(&people, |_| true).as_ref(), weight).expect("a test");
        let distinct =
            |p: f64| alone.iter().filter(|one| (one.test.p_value - p).abs() < 1e-9).count();
        assert!(alone.iter().filter(|one| distinct(one.test.p_value) == 1).count() > 5);
        assert_eq!(distinct(all.test.p_value), 0);
        // The stratified test is the sum over strata, and not the pooled one.
        let within = fleming_harrington_stratified(&references, weight).expect("a test");
        let excess: f64 = alone.iter().map(|one| one.excess).sum();
        let variance: f64 = alone.iter().map(|one| one.variance).sum();
        assert!(
            (within.excess - excess).abs() < 1e-12 && (within.variance - variance).abs() < 1e-12
        );
        assert!((within.z - all.z).abs() > 1e-3);
    }
}

#[test]
fn what_is_missing_is_named() {
    let reference = Reference::read("weighted_log_rank");
    let people = case(&reference, "veteran: strata by cell type");
    let both = arms(&people, |_| true);
    let empty = EventTable::default();
    let combo = FlemingHarrington::MAX_COMBO;
    for lonely in [
        TwoArm { intervention: &both.intervention, control: &empty },
        TwoArm { intervention: &empty, control: &both.control },
    ] {
        let reason = NotEstimable::NoParticipants;
        assert_eq!(fleming_harrington(lonely, combo[1]), Err(reason));
        assert_eq!(max_combo(lonely, &combo), Err(reason.into()));
        assert_eq!(peto_peto_stratified(&[lonely]), Err(reason));
    }
    assert_eq!(fleming_harrington_stratified(&[], combo[0]), Err(NotEstimable::NoParticipants));
    let many = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 2.0)].map(weight);
    assert_eq!(max_combo(both.as_ref(), &many), Err(MaxComboError::TooManyDimensions));
    assert_eq!(max_combo(both.as_ref(), &[]), Err(NotEstimable::NoVariance.into()));
    let one = max_combo(both.as_ref(), &combo[..1]).expect("a test");
    assert!((one.p_value - one.tests[0].test.p_value).abs() < 1e-14);
    assert!(
        FlemingHarrington::new(-1.0, 0.0).is_none()
            && FlemingHarrington::new(0.0, f64::NAN).is_none()
    );
}
