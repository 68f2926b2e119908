//! An attacker who subtracts what is shown from what is shown.

use std::collections::BTreeMap;

use super::tests::{row, study};
use super::*;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::AnalysisSet;

const ARMS: [ResultArm; 3] = [ResultArm::Ips, ResultArm::Control, ResultArm::All];
const REGIONS: [&str; 3] = ["a", "b", ALL_REGIONS];

/// A small generator, so that layouts are many and the same everywhere.
pub(super) fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// Small and large counts, and none.
fn count(state: &mut u64) -> f64 {
    let menu = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 12.0, 30.0, 31.0, 44.0, 80.0];
    menu[(next(state) % 12) as usize]
}

/// Arm, region, and what is counted: a level, or `missing`.
type Place = (ResultArm, &'static str, &'static str);

/// Counts of two arms and two regions, with every total.
fn layout(state: &mut u64, words: &[&'static str]) -> BTreeMap<Place, f64> {
    let mut made: BTreeMap<Place, f64> = BTreeMap::new();
    for arm in [ResultArm::Ips, ResultArm::Control] {
        for region in ["a", "b"] {
            for &word in words {
                let value = count(state);
                for arm in [arm, ResultArm::All] {
                    for region in [region, ALL_REGIONS] {
                        *made.entry((arm, region, word)).or_default() += value;
                    }
                }
            }
        }
    }
    made
}

/// Subtracts until nothing new is known: over regions, over arms, over words where their sum is
/// known.
fn attack(
    known: &mut BTreeMap<Place, f64>,
    words: &[&'static str],
    sums: &BTreeMap<(ResultArm, &'static str), f64>,
) {
    loop {
        let before = known.len();
        let mut solve = |places: [Place; 3]| {
            // The last is the sum of the others.
            let [a, b, c] = places.map(|place| known.get(&place).copied());
            match (a, b, c) {
                (None, Some(b), Some(c)) => known.insert(places[0], c - b),
                (Some(a), None, Some(c)) => known.insert(places[1], c - a),
                (Some(a), Some(b), None) => known.insert(places[2], a + b),
                _ => None,
            };
        };
        for &word in words {
            for arm in ARMS {
                solve(REGIONS.map(|region| (arm, region, word)));
            }
            for region in REGIONS {
                solve(ARMS.map(|arm| (arm, region, word)));
            }
        }
        for (&(arm, region), total) in sums {
            let unknown: Vec<Place> = words
                .iter()
                .map(|&word| (arm, region, word))
                .filter(|place| !known.contains_key(place))
                .collect();
            if let [one] = unknown[..] {
                let others = words.iter().filter_map(|&word| known.get(&(arm, region, word)));
                let others: f64 = others.sum();
                known.insert(one, total - others);
            }
        }
        if known.len() == before {
            return;
        }
    }
}

#[track_caller]
fn assert_nothing_small(known: &BTreeMap<Place, f64>, truth: &BTreeMap<Place, f64>) {
    for (place, value) in known {
        assert!((value - truth[place]).abs() < 1e-9, "the attacker is wrong about {place:?}");
        assert!(!is_small(*value), "{place:?} is {value}: {truth:?}");
    }
}

fn characteristic(place: Place, variable: &str) -> Row {
    let (arm, region, word) = place;
    let mut row = row(Analysis::Baseline, region, arm, Statistic::Events, 0.0);
    row.key.outcome = Outcome::Covariate;
    row.key.analysis_set = AnalysisSet::Itt;
    row.key.month = None;
    row.key.method = Method::Count;
    row.key.level =
        if word == "missing" { variable.to_owned() } else { format!("{variable}={word}") };
    row
}

#[test]
fn no_small_level_of_a_characteristic_can_be_subtracted() {
    let words = ["f", "m", "x", "missing"];
    let mut state = 1;
    let mut shown_somewhere = 0;
    for _ in 0..1500 {
        let truth = layout(&mut state, &words);
        let sum = |arm, region, words: &[&'static str]| {
            words.iter().map(|&word| truth[&(arm, region, word)]).sum::<f64>()
        };
        let mut rows = Vec::new();
        for (&(arm, region, word), &value) in &truth {
            let n = sum(arm, region, &words[..3]);
            let base = characteristic((arm, region, word), "sex");
            let mut push = |statistic, value: f64| {
                let mut row = base.clone();
                (row.key.statistic, row.value) = (statistic, Some(value));
                rows.push(row);
            };
            push(Statistic::N, n);
            if word == "missing" {
                push(Statistic::Missing, value);
            } else {
                push(Statistic::Events, value);
                if n > 0.0 {
                    push(Statistic::Estimate, value / n);
                }
            }
        }
        let masked = mask_small_cells(&ResultSet::new(study(), rows).unwrap());
        // Everyone randomised is in the flow.
        let sums: BTreeMap<_, _> = ARMS
            .into_iter()
            .flat_map(|arm| REGIONS.map(|region| (arm, region)))
            .map(|(arm, region)| ((arm, region), sum(arm, region, &words)))
            .collect();
        let mut known = BTreeMap::new();
        for &(arm, region, word) in truth.keys() {
            let key = characteristic((arm, region, word), "sex").key;
            let get = |statistic| {
                let key = crate::results::row::Key { statistic, ..key.clone() };
                masked.get(&key).and_then(|row| row.value)
            };
            let (n, events) = (get(Statistic::N), get(Statistic::Events));
            let by_share = n.zip(get(Statistic::Estimate)).map(|(n, share)| n * share);
            if let Some(n) = n {
                known.insert((arm, region, "missing"), sums[&(arm, region)] - n);
            }
            let own = if word == "missing" { get(Statistic::Missing) } else { events.or(by_share) };
            if let Some(value) = own {
                known.insert((arm, region, word), value);
                shown_somewhere += 1;
            }
        }
        attack(&mut known, &words, &sums);
        assert_nothing_small(&known, &truth);
    }
    assert!(shown_somewhere > 5000, "{shown_somewhere}: masking must not hide everything");
}

#[test]
fn no_small_subgroup_can_be_subtracted_from_everyone() {
    let words = ["f", "m", "x"];
    let mut state = 7;
    for _ in 0..1500 {
        let made = layout(&mut state, &words);
        let mut rows = Vec::new();
        let mut truth = BTreeMap::new();
        let mut sums = BTreeMap::new();
        for arm in [ResultArm::Ips, ResultArm::Control] {
            let mut total = 0.0;
            for word in words {
                let events = made[&(arm, "a", word)];
                total += events;
                truth.insert((arm, ALL_REGIONS, word), events);
                for (statistic, value) in
                    [(Statistic::N, events + 50.0), (Statistic::Events, events)]
                {
                    let mut row = row(Analysis::ArmRate, ALL_REGIONS, arm, statistic, value);
                    row.key.subgroup = format!("sex={word}");
                    rows.push(row);
                }
                let mut effect = row(
                    Analysis::Effect,
                    ALL_REGIONS,
                    ResultArm::Contrast,
                    Statistic::Estimate,
                    0.1,
                );
                effect.key.subgroup = format!("sex={word}");
                if arm == ResultArm::Ips {
                    rows.push(effect);
                }
            }
            rows.push(row(Analysis::ArmRate, ALL_REGIONS, arm, Statistic::N, total + 150.0));
            rows.push(row(Analysis::ArmRate, ALL_REGIONS, arm, Statistic::Events, total));
        }
        let masked = mask_small_cells(&ResultSet::new(study(), rows).unwrap());
        let mut known = BTreeMap::new();
        for row in masked.rows() {
            let Some(value) = row.value else { continue };
            let word = words.into_iter().find(|word| row.key.subgroup == format!("sex={word}"));
            match (row.key.analysis, row.key.statistic, word) {
                (Analysis::ArmRate, Statistic::Events, Some(word)) => {
                    known.insert((row.key.arm, ALL_REGIONS, word), value);
                }
                (Analysis::ArmRate, Statistic::Events, None) => {
                    sums.insert((row.key.arm, ALL_REGIONS), value);
                }
                (Analysis::Effect, _, Some(word)) => {
                    for arm in [ResultArm::Ips, ResultArm::Control] {
                        let events = truth[&(arm, ALL_REGIONS, word)];
                        assert!(!is_small(events), "the effect of {word} shows {events}");
                    }
                }
                _ => {}
            }
        }
        attack(&mut known, &words, &sums);
        known.retain(|place, _| truth.contains_key(place));
        assert_nothing_small(&known, &truth);
    }
}

/// The analyses and statistics that stay open.
fn open(rows: Vec<Row>) -> Vec<(Analysis, Statistic)> {
    let masked = mask_small_cells(&ResultSet::new(study(), rows).unwrap());
    let shown = masked.rows().iter().filter(|row| row.value.is_some());
    shown.map(|row| (row.key.analysis, row.key.statistic)).collect()
}

fn of(
    outcome: Outcome,
    analysis: Analysis,
    arm: ResultArm,
    (statistic, value): (Statistic, f64),
) -> Row {
    let mut made = row(analysis, ALL_REGIONS, arm, statistic, value);
    made.key.outcome = outcome;
    made
}

#[test]
fn quantiles_of_few_people_are_single_people() {
    for (n, is_shown) in [(9.0, false), (10.0, true)] {
        let outcome = Outcome::WagesEur;
        let estimate = (Statistic::Estimate, 1200.0);
        let rows = vec![
            of(outcome, Analysis::ArmMean, ResultArm::Ips, (Statistic::N, n)),
            of(outcome, Analysis::ArmMean, ResultArm::Control, (Statistic::N, 80.0)),
            of(outcome, Analysis::ArmMean, ResultArm::Ips, estimate),
            of(outcome, Analysis::ArmQuantile, ResultArm::Ips, estimate),
            of(outcome, Analysis::QuantileEffect, ResultArm::Contrast, estimate),
            of(outcome, Analysis::Effect, ResultArm::Contrast, estimate),
        ];
        let open = open(rows);
        let has = |analysis| open.contains(&(analysis, Statistic::Estimate));
        assert!(has(Analysis::ArmMean) && has(Analysis::Effect));
        assert_eq!(has(Analysis::ArmQuantile), is_shown, "{n} people");
        assert_eq!(has(Analysis::QuantileEffect), is_shown, "{n} people");
    }
    // Nobody says how many they are.
    let alone =
        of(Outcome::WagesEur, Analysis::ArmQuantile, ResultArm::Ips, (Statistic::Median, 1.0));
    assert!(open(vec![alone]).is_empty());
}

#[test]
fn compliers_go_with_a_small_take_up() {
    let rows = |events: f64| {
        let estimate = (Statistic::Estimate, 0.8);
        let arm = |arm, events| {
            [
                (Statistic::N, 100.0),
                (Statistic::Events, events),
                (Statistic::Estimate, 0.01 * events),
            ]
            .map(|number| of(Outcome::TakeUp, Analysis::ArmRate, arm, number))
        };
        let mut rows = Vec::new();
        rows.extend(arm(ResultArm::Ips, 80.0));
        rows.extend(arm(ResultArm::Control, events));
        rows.push(of(Outcome::TakeUp, Analysis::ComplierShare, ResultArm::Contrast, estimate));
        rows.push(of(
            Outcome::EverEmployed,
            Analysis::ComplierEffect,
            ResultArm::Contrast,
            estimate,
        ));
        let mut mean = of(Outcome::Covariate, Analysis::ComplierMean, ResultArm::All, estimate);
        (mean.key.level, mean.key.month) = ("age".to_owned(), None);
        rows.push(mean);
        rows
    };
    assert_eq!(open(rows(0.0)).len(), 9, "none is no small cell");
    let left = open(rows(3.0));
    assert_eq!(left.len(), 3, "the intervention arm's take-up alone is left: {left:?}");
}

#[test]
fn balance_goes_with_its_level() {
    let rows = |women: f64| {
        let mut rows = Vec::new();
        for arm in [ResultArm::Ips, ResultArm::Control] {
            let women = if arm == ResultArm::Ips { women } else { 40.0 };
            for (word, events) in [("f", women), ("m", 100.0 - women)] {
                let mut row = characteristic((arm, ALL_REGIONS, word), "sex");
                row.value = Some(events);
                rows.push(row.clone());
                row.key.statistic = Statistic::N;
                row.value = Some(100.0);
                rows.push(row);
            }
        }
        for word in ["f", "m", "missing"] {
            let mut row = characteristic((ResultArm::Contrast, ALL_REGIONS, word), "sex");
            row.key.analysis = Analysis::Balance;
            row.key.method = Method::StandardisedMeanDifference;
            (row.key.statistic, row.value) = (Statistic::Estimate, Some(0.2));
            rows.push(row);
        }
        rows
    };
    let balance = |women| {
        open(rows(women)).into_iter().filter(|(analysis, _)| *analysis == Analysis::Balance).count()
    };
    assert_eq!(balance(30.0), 3);
    assert_eq!(balance(2.0), 0);
}

#[test]
fn months_before_randomisation_and_work_beside_a_benefit_follow_the_rule() {
    let at = |outcome, month, events| {
        let arm = [(Statistic::N, 300.0), (Statistic::Events, events)];
        let mut rows =
            arm.map(|number| of(outcome, Analysis::ArmRate, ResultArm::Ips, number)).to_vec();
        rows.push(of(outcome, Analysis::Effect, ResultArm::Contrast, (Statistic::Estimate, 0.0)));
        for row in &mut rows {
            row.key.month = Some(month);
        }
        rows
    };
    assert_eq!(open(at(Outcome::Employed, -3, 4.0)).len(), 0);
    assert_eq!(open(at(Outcome::Employed, -3, 6.0)).len(), 3);
    let beside = |on_benefit| {
        let mut rows = at(Outcome::Employed, 12, 50.0);
        rows.extend(at(Outcome::EmployedOnBenefit, 12, on_benefit));
        open(rows).len()
    };
    assert_eq!(beside(40.0), 6);
    assert_eq!(beside(48.0), 3, "two people work without a benefit");
    assert_eq!(beside(50.0), 6, "nobody works without a benefit");
}

#[test]
fn amounts_of_the_few_with_a_job_go_with_them() {
    let mut rows = vec![
        of(Outcome::EverEmployed, Analysis::ArmRate, ResultArm::Ips, (Statistic::N, 90.0)),
        of(Outcome::EverEmployed, Analysis::ArmRate, ResultArm::Ips, (Statistic::Events, 2.0)),
        of(Outcome::WagesEur, Analysis::ArmMean, ResultArm::Ips, (Statistic::N, 90.0)),
        of(Outcome::WagesEur, Analysis::ArmMean, ResultArm::Ips, (Statistic::Estimate, 31.0)),
    ];
    assert!(open(rows.clone()).is_empty());
    rows[1].value = Some(20.0);
    assert_eq!(open(rows).len(), 4);
}
