//! Repeated events beside R.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "days, counts and weights of the reference files are small whole numbers"
)]

use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::weights::FrequencyWeights;
use ips_eval::survival::not_estimable::NotEstimable;
use ips_eval::survival::recurrent::{
    CountingRow, FollowUpEnd, MeanCumulative, RecurrenceError, Recurrences, counting_rows,
    equal_means_test, mean_count_difference,
};
use ips_eval::trial::arm::TwoArm;
use serde_json::Value;

use super::sets::Set;
use super::{Reference, numbers};

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

/// One arm's people, owned.
#[derive(Clone, Debug)]
struct Group {
    offsets: Vec<usize>,
    days: Vec<i32>,
    ends: Vec<i32>,
    endings: Vec<FollowUpEnd>,
    weights: Vec<u32>,
}

impl Group {
    fn empty() -> Self {
        let (days, ends, endings, weights) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { offsets: vec![0], days, ends, endings, weights }
    }

    fn push(&mut self, events: &[i32], end: i32, ending: FollowUpEnd, weight: u32) {
        self.days.extend_from_slice(events);
        self.offsets.push(self.days.len());
        self.ends.push(end);
        self.endings.push(ending);
        self.weights.push(weight);
    }

    fn of(input: &Value, arm: f64) -> Self {
        let offsets = numbers(&input["offsets"]);
        let days: Vec<i32> = numbers(&input["days"]).iter().map(|&day| day as i32).collect();
        let columns = ["ends", "terminal", "arm", "weights"].map(|name| numbers(&input[name]));
        let mut group = Self::empty();
        for i in (0..columns[0].len()).filter(|&i| (columns[2][i] - arm).abs() < 0.5) {
            let ending =
                if columns[1][i] > 0.5 { FollowUpEnd::Terminal } else { FollowUpEnd::Censored };
            let events = &days[offsets[i] as usize..offsets[i + 1] as usize];
            group.push(events, columns[0][i] as i32, ending, columns[3][i] as u32);
        }
        group
    }

    fn people(&self) -> Recurrences<'_> {
        let weights = Some(FrequencyWeights(&self.weights));
        Recurrences::new((&self.offsets, &self.days), &self.ends, &self.endings, weights)
            .expect("in order")
    }

    fn mean(&self) -> MeanCumulative<'_> {
        MeanCumulative::new(self.people(), level()).expect("someone")
    }

    fn twice(&self) -> Self {
        Self { weights: self.weights.iter().map(|w| 2 * w).collect(), ..self.clone() }
    }
}

fn each(mut check: impl FnMut(&Reference, &Value, TwoArm<Group>)) {
    let reference = Reference::read("recurrent");
    for case in &reference.cases {
        let input = &case["input"];
        let arms = TwoArm { intervention: Group::of(input, 1.0), control: Group::of(input, 0.0) };
        check(&reference, case, arms);
    }
    assert!(reference.cases.len() > 7);
}

#[test]
fn mean_cumulative_functions_are_rs() {
    each(|reference, case, arms| {
        for (group, key) in [(&arms.intervention, "intervention"), (&arms.control, "control")] {
            let (mean, want) = (group.mean(), &case["want"][key]);
            for (k, time) in numbers(&want["times"]).into_iter().enumerate() {
                let what = format!("{}, {key}, {time}", case["name"]);
                // Past the last follow-up R goes on with what it has.
                let Ok(got) = mean.at(time) else {
                    assert!(group.ends.iter().all(|&end| f64::from(end) < time), "{what}");
                    continue;
                };
                let close = |name: &str, got: f64| {
                    reference.assert_close(&format!("{what}: {name}"), got, &want[name][k]);
                };
                close("estimate", got.estimate);
                close("std_error", got.std_error);
                close("lower", got.limits.map_or(f64::NAN, |limits| limits.lower));
                close("upper", got.limits.map_or(f64::NAN, |limits| limits.upper));
                let influence = mean.influence_at(time).expect("followed");
                let theirs = want["influence"][k].as_array().expect("a list");
                assert_eq!(influence.len(), theirs.len());
                for (i, (got, want)) in influence.iter().zip(theirs).enumerate() {
                    reference.assert_close(&format!("{what}: influence {i}"), *got, want);
                }
                let total: f64 =
                    influence.iter().zip(&group.weights).map(|(l, &w)| l * f64::from(w)).sum();
                assert!(total.abs() < 1e-12, "{what}: {total:e}");
            }
        }
    });
}

#[test]
fn differences_and_tests_are_rs() {
    each(|reference, case, arms| {
        let means = arms.as_ref().map(Group::mean);
        let (want, test) = (&case["want"]["difference"], &case["want"]["test"]);
        for (k, time) in numbers(&case["want"]["control"]["times"]).into_iter().enumerate() {
            let (Ok(intervention), Ok(control)) =
                (means.intervention.at(time), means.control.at(time))
            else {
                continue;
            };
            let got = mean_count_difference(TwoArm { intervention, control }, level());
            let what = format!("{}, {time}", case["name"]);
            reference.assert_close(&what, got.estimate, &want["estimate"][k]);
            reference.assert_close(&what, got.std_error, &want["std_error"][k]);
            reference.assert_close(&what, got.p_value.unwrap_or(f64::NAN), &want["p_value"][k]);
        }
        let got = equal_means_test(means.as_ref()).expect("a test");
        for (name, got) in [("excess", got.excess), ("variance", got.variance), ("z", got.z)] {
            reference.assert_close(&format!("{}: {name}", case["name"]), got, &test[name]);
        }
        let turned = TwoArm { intervention: &means.control, control: &means.intervention };
        let turned = equal_means_test(turned).expect("a test");
        assert!((got.z + turned.z).abs() < 1e-12 && (got.excess + turned.excess).abs() < 1e-12);
    });
}

#[test]
fn everyone_twice_halves_the_variance() {
    each(|_, case, arms| {
        for group in [&arms.intervention, &arms.control] {
            let twice = group.twice();
            for time in numbers(&case["want"]["control"]["times"]) {
                let (Ok(once), Ok(twice)) = (group.mean().at(time), twice.mean().at(time)) else {
                    continue;
                };
                assert!((once.estimate - twice.estimate).abs() < 1e-14);
                let ratio = twice.std_error * twice.std_error * 2.0;
                assert!((ratio - once.std_error * once.std_error).abs() < 1e-14);
            }
        }
    });
}

#[test]
fn before_anyone_leaves_it_is_the_mean_count() {
    let mut group = Group::empty();
    let counts = [[0, 2, 2].as_slice(), &[], &[1, 4], &[3], &[0]];
    for events in counts {
        group.push(events, 6, FollowUpEnd::Censored, 1);
    }
    let got = group.mean().at(4.0).expect("followed");
    let mean = 7.0 / 5.0;
    let squares: f64 =
        counts.iter().map(|c| (c.len() as f64 - mean) * (c.len() as f64 - mean)).sum();
    assert!((got.estimate - mean).abs() < 1e-14);
    assert!((got.std_error - squares.sqrt() / 5.0).abs() < 1e-14);
}

#[test]
fn terminal_exits_lower_the_mean() {
    let mut group = Group::empty();
    group.push(&[1], 2, FollowUpEnd::Terminal, 1);
    group.push(&[3], 4, FollowUpEnd::Censored, 1);
    group.push(&[], 4, FollowUpEnd::Censored, 1);
    // 1/3 on day 1; the exit leaves 2/3, of whom half have an event on day 3.
    let got = group.mean().at(4.0).expect("followed");
    assert!((got.estimate - 2.0 / 3.0).abs() < 1e-15);
    group.endings[0] = FollowUpEnd::Censored;
    let censored = group.mean().at(4.0).expect("followed");
    assert!((censored.estimate - 5.0 / 6.0).abs() < 1e-15);
}

#[test]
fn counting_rows_of_awkward_people() {
    let mut group = Group::empty();
    group.push(&[0, 3], 5, FollowUpEnd::Censored, 1);
    group.push(&[5], 5, FollowUpEnd::Terminal, 1);
    group.push(&[], 0, FollowUpEnd::Censored, 1);
    let row = |person, entry, day, event| CountingRow { person, entry, day, event };
    let rows = counting_rows(&group.people()).expect("one a day");
    let want = [
        row(0, -1, 0, true),
        row(0, 0, 3, true),
        row(0, 3, 5, false),
        row(1, -1, 5, true),
        row(2, -1, 0, false),
    ];
    assert_eq!(rows, want);
    group.push(&[2, 2], 3, FollowUpEnd::Censored, 1);
    assert_eq!(counting_rows(&group.people()), Err(RecurrenceError::TwoOnOneDay { person: 3 }));
}

#[test]
fn counting_rows_give_back_the_bladder_set() {
    let set = Set::read("bladder");
    let (ids, starts) = (set.whole("id"), set.whole("start"));
    let (stops, events) = (set.whole("stop"), set.whole("event"));
    let mut group = Group::empty();
    let rows: Vec<usize> = (0..ids.len()).collect();
    for person in rows.chunk_by(|&i, &j| ids[i] == ids[j]) {
        let days: Vec<i32> =
            person.iter().filter(|&&i| events[i] == 1).map(|&i| stops[i]).collect();
        group.push(&days, stops[*person.last().expect("a row")], FollowUpEnd::Censored, 1);
    }
    let got = counting_rows(&group.people()).expect("one a day");
    assert_eq!(got.len(), ids.len());
    for (row, i) in got.iter().zip(rows) {
        assert_eq!((row.day, row.event), (stops[i], events[i] == 1));
        // The set's first stretches start at 0, ours before day 0.
        assert_eq!(row.entry.max(0), starts[i]);
    }
}

#[test]
fn what_is_missing_is_named() {
    let mut nobody = Group::empty();
    nobody.push(&[], 4, FollowUpEnd::Censored, 0);
    let mean = MeanCumulative::new(nobody.people(), level());
    assert_eq!(mean.unwrap_err(), NotEstimable::NoParticipants);
    let mut idle = Group::empty();
    idle.push(&[], 4, FollowUpEnd::Censored, 1);
    let mean = idle.mean();
    let none = TwoArm { intervention: &mean, control: &mean };
    assert_eq!(equal_means_test(none), Err(NotEstimable::NoEvents));
    assert_eq!(mean.at(4.0).expect("followed").limits, None);
    let past = NotEstimable::PastLastFollowUp { time_days: 4.5, last_day: 4 };
    assert_eq!(mean.at(4.5), Err(past));
    for events in [&[5][..], &[-1], &[3, 2]] {
        let offsets = [0, events.len()];
        let wrong = Recurrences::new((&offsets, events), &[4], &[FollowUpEnd::Censored], None);
        assert_eq!(wrong.unwrap_err(), RecurrenceError::OutOfOrder { person: 0 });
    }
}
