//! An attacker who solves every linear equation that the shown counts make.

use std::collections::BTreeMap;

use super::attack_tests::next;
use super::tests::{row, study};
use super::*;
use crate::results::row::ALL_REGIONS;

/// A sum of unknown counts, each with its factor.
type Sum = Vec<f64>;

/// Whether the shown sums determine `wanted`: whether it lies in their span.
fn is_determined(shown: &[Sum], wanted: &Sum) -> bool {
    let mut pivots: Vec<(usize, Sum)> = Vec::new();
    let reduce = |pivots: &[(usize, Sum)], sum: &Sum| {
        let mut left = sum.clone();
        for (at, pivot) in pivots {
            let factor = left[*at] / pivot[*at];
            for (value, of) in left.iter_mut().zip(pivot) {
                *value -= factor * of;
            }
        }
        left
    };
    for sum in shown {
        let left = reduce(&pivots, sum);
        let largest = (0..left.len()).max_by(|a, b| left[*a].abs().total_cmp(&left[*b].abs()));
        if let Some(at) = largest.filter(|at| left[*at].abs() > 1e-9) {
            pivots.push((at, left));
        }
    }
    reduce(&pivots, wanted).iter().all(|value| value.abs() < 1e-9)
}

#[test]
fn what_lies_in_the_span_is_known() {
    let shown = [vec![1.0, 1.0, 0.0], vec![0.0, 1.0, 1.0]];
    assert!(is_determined(&shown, &vec![1.0, 0.0, -1.0]));
    assert!(is_determined(&shown, &vec![2.0, 3.0, 1.0]));
    assert!(!is_determined(&shown, &vec![1.0, 0.0, 0.0]));
}

const REGIONS: [&str; 3] = ["a", "b", "c"];

/// People of three regions, in `K` groups that do not overlap.
struct World<const K: usize> {
    counts: [[f64; K]; 3],
}

impl<const K: usize> World<K> {
    /// Mostly large groups, some small, some empty; `least` is added to the last.
    fn new(state: &mut u64, least: f64) -> Self {
        let menu = [0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 20.0, 30.0, 41.0, 55.0, 60.0, 70.0];
        let mut counts = [[0.0; K]; 3];
        for value in counts.as_flattened_mut() {
            *value = menu[(next(state) % 14) as usize];
        }
        for region in &mut counts {
            region[K - 1] += least;
        }
        Self { counts }
    }

    /// The sum of groups in a region, or in all, as an equation.
    fn sum(region: &str, groups: &[usize]) -> Sum {
        let mut sum = vec![0.0; 3 * K];
        for (at, name) in REGIONS.iter().enumerate() {
            if region == *name || region == ALL_REGIONS {
                for group in groups {
                    sum[at * K + group] = 1.0;
                }
            }
        }
        sum
    }

    fn value(&self, sum: &Sum) -> f64 {
        sum.iter().zip(self.counts.as_flattened()).map(|(factor, count)| factor * count).sum()
    }
}

/// A row that shows the people of some groups in a region, of the intervention arm.
struct Count<'a> {
    outcome: Outcome,
    analysis: Analysis,
    method: Method,
    statistic: Statistic,
    subgroup: &'a str,
    groups: &'a [usize],
}

fn key_of(count: &Count<'_>, region: &str) -> Row {
    let mut made = row(count.analysis, region, ResultArm::Ips, count.statistic, 0.0);
    made.key.outcome = count.outcome;
    made.key.method = count.method;
    made.key.subgroup = count.subgroup.to_owned();
    if cell::is_named_by_level(count.outcome) {
        made.key.level = "score".to_owned();
    }
    made
}

/// Masks the rows of many worlds and lets the attacker solve for every group in `targets`.
fn attack<const K: usize>(
    (mut state, least): (u64, f64),
    shown: &[Count<'_>],
    everywhere: &[Count<'_>],
    targets: &[&[usize]],
) -> usize {
    let mut n_shown = 0;
    let places = [REGIONS.as_slice(), &[ALL_REGIONS]].concat();
    for _ in 0..600 {
        let world = World::<K>::new(&mut state, least);
        let mut sums = BTreeMap::new();
        let mut rows = Vec::new();
        let mut add = |count: &Count<'_>, region: &str| {
            let sum = World::<K>::sum(region, count.groups);
            let mut made = key_of(count, region);
            made.value = Some(world.value(&sum));
            sums.insert(made.key.clone(), sum);
            rows.push(made);
        };
        for region in &places {
            for count in shown {
                add(count, region);
            }
        }
        for count in everywhere {
            add(count, ALL_REGIONS);
        }
        let masked = mask_small_cells(&ResultSet::new(study(), rows).expect("keys"));
        let open: Vec<Sum> = masked
            .rows()
            .iter()
            .filter(|row| row.value.is_some())
            .map(|row| sums[&row.key].clone())
            .collect();
        n_shown += open.len();
        for region in &places {
            for groups in targets {
                let wanted = World::<K>::sum(region, groups);
                let value = world.value(&wanted);
                assert!(
                    !is_small(value) || !is_determined(&open, &wanted),
                    "{groups:?} of {region} are {value}: {:?}",
                    world.counts
                );
            }
        }
    }
    n_shown
}

const fn n(outcome: Outcome, groups: &[usize]) -> Count<'_> {
    Count {
        outcome,
        analysis: Analysis::ArmMean,
        method: Method::Mean,
        statistic: Statistic::N,
        subgroup: "",
        groups,
    }
}

#[test]
fn no_few_workers_can_be_solved_for() {
    // A good job with wage and without, a bad one with and without, one not known, none.
    let good_job = |statistic, groups| Count {
        analysis: Analysis::ArmRate,
        method: Method::Wilson,
        statistic,
        ..n(Outcome::GoodJob, groups)
    };
    let shown = [
        n(Outcome::HoursOrZero, &[0, 1, 2, 3, 4]),
        n(Outcome::WageOrZeroEur, &[0, 2, 4]),
        n(Outcome::JobHours, &[0, 1, 2, 3]),
        n(Outcome::JobTenureDays, &[0, 1, 2, 3]),
        n(Outcome::JobWageEur, &[0, 2]),
        good_job(Statistic::N, &[0, 1, 2, 4]),
        good_job(Statistic::Events, &[0, 1]),
    ];
    let targets: [&[usize]; 7] = [&[0, 1, 2, 3], &[4], &[0, 2], &[1, 3], &[3], &[0, 1], &[2, 3]];
    for least in [0.0, 100.0] {
        let n_shown = attack::<5>((3, least), &shown, &[], &targets);
        assert!(n_shown > 500, "{n_shown}: masking must not hide everything");
    }
}

/// Everybody who answered, below.
const EVERY: &[usize] = &[0, 1, 2, 3, 4, 5, 6, 7, 8];

#[test]
fn no_few_answers_can_be_solved_for() {
    // In French, in Dutch, in a language not known: each with a score at both waves, at one, with
    // none; and who did not answer.
    let answered = |statistic, groups| Count {
        analysis: Analysis::ArmRate,
        method: Method::Wilson,
        statistic,
        ..n(Outcome::Answered, groups)
    };
    let way = |statistic, subgroup, groups| Count {
        method: Method::Count,
        subgroup,
        ..Count { ..answered(statistic, groups) }
    };
    let shown = [
        answered(Statistic::N, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        answered(Statistic::Events, EVERY),
        n(Outcome::Score, &[0, 1, 3, 4, 6, 7]),
        Count { method: Method::OlsChangeHc2, ..n(Outcome::Score, &[0, 3, 6]) },
    ];
    let ways = [
        way(Statistic::N, "language=fr", EVERY),
        way(Statistic::Events, "language=fr", &[0, 1, 2]),
        way(Statistic::N, "language=nl", EVERY),
        way(Statistic::Events, "language=nl", &[3, 4, 5]),
    ];
    let targets: [&[usize]; 9] = [
        EVERY,
        &[9],
        &[0, 1, 3, 4, 6, 7],
        &[2, 5, 8],
        &[0, 3, 6],
        &[1, 4, 7],
        &[0, 1, 2],
        &[3, 4, 5],
        &[6, 7, 8],
    ];
    for least in [0.0, 100.0] {
        let n_shown = attack::<10>((11, least), &shown, &ways, &targets);
        assert!(n_shown > 500, "{n_shown}: masking must not hide everything");
    }
}

/// A mean with its standard deviation over everyone tells how few are not zero.
#[test]
fn amounts_of_everyone_go_with_few_workers() {
    let open = |workers: f64, with_wage: f64| {
        let counts = [
            (Outcome::HoursOrZero, Statistic::N, 60.0),
            (Outcome::HoursOrZero, Statistic::Estimate, 3.1),
            (Outcome::WageOrZeroEur, Statistic::N, 60.0),
            (Outcome::WageOrZeroEur, Statistic::Estimate, 117.0),
            (Outcome::JobHours, Statistic::N, workers),
            (Outcome::JobWageEur, Statistic::N, with_wage),
        ];
        let rows = counts.map(|(outcome, statistic, value)| {
            let mut made = row(Analysis::ArmMean, "a", ResultArm::Ips, statistic, value);
            made.key.outcome = outcome;
            made
        });
        let masked = mask_small_cells(&ResultSet::new(study(), rows.into()).expect("keys"));
        let shown = |outcome| {
            let of = |row: &&Row| row.key.outcome == outcome && row.value.is_some();
            masked.rows().iter().any(|row| of(&row))
        };
        (shown(Outcome::HoursOrZero), shown(Outcome::WageOrZeroEur))
    };
    assert_eq!(open(20.0, 20.0), (true, true));
    assert_eq!(open(3.0, 3.0), (false, false));
    assert_eq!(open(20.0, 4.0), (true, false));
}

#[test]
fn change_goes_with_those_who_have_a_baseline() {
    let open = |with_baseline: f64| {
        let mut rows = Vec::new();
        for arm in [ResultArm::Ips, ResultArm::Control] {
            let few = if arm == ResultArm::Ips { with_baseline } else { 60.0 };
            for (method, value) in [(Method::Mean, 70.0), (Method::OlsChangeHc2, few)] {
                let mut made = row(Analysis::ArmMean, "a", arm, Statistic::N, value);
                (made.key.outcome, made.key.method) = (Outcome::Score, method);
                made.key.level = "score".to_owned();
                rows.push(made);
            }
        }
        for method in [Method::OlsStrataHc2, Method::OlsChangeHc2, Method::AncovaHc2] {
            for (analysis, statistic) in [
                (Analysis::Effect, Statistic::Estimate),
                (Analysis::Effect, Statistic::Df),
                (Analysis::EffectBounds, Statistic::TrimmedShare),
            ] {
                let mut made = row(analysis, "a", ResultArm::Contrast, statistic, 1.0);
                (made.key.outcome, made.key.method) = (Outcome::Score, method);
                made.key.level = "score".to_owned();
                rows.push(made);
            }
        }
        let masked = mask_small_cells(&ResultSet::new(study(), rows).expect("keys"));
        let contrasts = masked.rows().iter().filter(|row| row.key.arm == ResultArm::Contrast);
        let shown = contrasts.filter(|row| row.value.is_some());
        shown.map(|row| (row.key.method, row.key.statistic)).collect::<Vec<_>>()
    };
    // Estimate and degrees of freedom of each; never what Lee's bounds trim.
    assert_eq!(open(60.0).len(), 6);
    let strata = Method::OlsStrataHc2;
    assert_eq!(open(3.0), [(strata, Statistic::Df), (strata, Statistic::Estimate)]);
    // Two of seventy have no baseline: how many have one is not said, their change is.
    assert_eq!(open(68.0).len(), 4);
}

/// A mean of 50 with a standard deviation of 20, of n people.
fn mean_with_limits(region: &str, arm: ResultArm, n: f64) -> Vec<Row> {
    let error = 20.0 / n.sqrt();
    let values = [
        (Statistic::N, n),
        (Statistic::Estimate, 50.0),
        (Statistic::StdDev, 20.0),
        (Statistic::StdError, error),
        (Statistic::CiLower, 50.0 - 2.0 * error),
        (Statistic::CiUpper, 50.0 + 2.0 * error),
    ];
    let made = values.map(|(statistic, value)| {
        let mut made = row(Analysis::ArmMean, region, arm, statistic, value);
        made.key.outcome = Outcome::Score;
        made.key.level = "score".to_owned();
        made
    });
    made.to_vec()
}

/// The middle of the limits is the mean.
#[test]
fn limits_are_withheld_with_their_mean() {
    let mut rows = Vec::new();
    for (region, n) in [(ALL_REGIONS, 63.0), ("a", 3.0), ("b", 60.0)] {
        for arm in [ResultArm::Ips, ResultArm::Control] {
            rows.extend(mean_with_limits(region, arm, n));
        }
    }
    let masked = mask_small_cells(&ResultSet::new(study(), rows).expect("keys"));
    let open = |region: &str, statistic: Statistic| {
        let mut own = masked.rows().iter().filter(|row| row.key.region == region);
        own.any(|row| row.key.statistic == statistic && row.value.is_some())
    };
    for region in [ALL_REGIONS, "a", "b"] {
        for limit in [Statistic::StdError, Statistic::CiLower, Statistic::CiUpper] {
            assert_eq!(open(region, limit), open(region, Statistic::Estimate), "{region}");
        }
    }
    assert!(!open("a", Statistic::Estimate) && open(ALL_REGIONS, Statistic::CiLower));
}

/// Scores of both arms together are in the table of scales: one arm's would give the other's.
#[test]
fn the_number_of_scores_of_an_arm_goes_with_the_other_arms() {
    let mut rows = Vec::new();
    for (arm, answered, n) in [(ResultArm::Ips, 70.0, 67.0), (ResultArm::Control, 60.0, 50.0)] {
        let mut given = row(Analysis::ArmRate, ALL_REGIONS, arm, Statistic::Events, answered);
        given.key.outcome = Outcome::Answered;
        rows.push(given);
        rows.extend(mean_with_limits(ALL_REGIONS, arm, n));
    }
    let masked = mask_small_cells(&ResultSet::new(study(), rows).expect("keys"));
    let open = masked.rows().iter().filter(|row| row.value.is_some());
    let of_scores = open.filter(|row| row.key.outcome == Outcome::Score);
    let shown: Vec<Statistic> = of_scores.map(|row| row.key.statistic).collect();
    // The standard deviation beside the standard error would give the number too.
    let of_arm = [Statistic::Estimate, Statistic::StdDev];
    assert_eq!(shown, [of_arm, of_arm].concat());
}

#[test]
fn a_row_without_a_value_is_withheld_with_its_cell() {
    let reason = "not estimable: a single participant has no standard deviation";
    let rows = |n: f64| {
        let count = row(Analysis::ArmMean, "a", ResultArm::Ips, Statistic::N, n);
        let mut without = row(Analysis::ArmMean, "a", ResultArm::Ips, Statistic::StdDev, 0.0);
        (without.value, without.note) = (None, reason.to_owned());
        vec![count, without]
    };
    let note = |n: f64| {
        let masked = mask_small_cells(&ResultSet::new(study(), rows(n)).expect("keys"));
        let row = masked.rows().iter().find(|row| row.key.statistic == Statistic::StdDev);
        row.expect("the row").note.clone()
    };
    assert_eq!(note(1.0), MASKED_SMALL_CELL);
    assert!(!note(7.0).contains("single"), "{}", note(7.0));
}
