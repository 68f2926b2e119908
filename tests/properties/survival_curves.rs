//! Properties of survival curves: delayed entry, weights, influence, contrasts, replicates.

use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::weights::{CaseWeights, FrequencyWeights, SamplingWeights};
use ips_eval::survival::curve::{LimitScale, LimitSettings};
use ips_eval::survival::curve_influence::{
    influence_std_error, restricted_mean_influence, restricted_mean_pseudo_values,
    survival_influence, survival_pseudo_values,
};
use ips_eval::survival::ending::Ending;
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::kaplan_meier::KaplanMeier;
use ips_eval::survival::milestone::milestone_test;
use ips_eval::survival::presorted::{CurveReadings, CurveScratch, Places, PresortedTimes, ReadAt};
use ips_eval::survival::restricted_mean::{restricted_mean, restricted_means};
use ips_eval::survival::restricted_mean_contrast::{
    restricted_mean_ratio, stratified_restricted_mean_difference, time_lost_ratio,
};
use ips_eval::survival::times::Times;
use ips_eval::trial::arm::TwoArm;
use proptest::prelude::*;

/// A participant: entry, days from it, ending and case weight.
type Person = (i32, i32, Ending, u32);

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        3 => Just(Ending::Event),
        1 => Just(Ending::Competing),
        2 => Just(Ending::Censored),
    ]
}

/// Up to 40 people on few days; `spread` days apart, so that days are shared or far apart.
fn people(spread: i32) -> impl Strategy<Value = Vec<Person>> {
    let person = (-1..8, 1..15, ending(), 0_u32..4);
    prop::collection::vec(person, 1..40).prop_map(move |people| {
        people
            .into_iter()
            .map(|(e, d, ending, w)| (e * spread, (e + d) * spread, ending, w))
            .collect()
    })
}

/// The columns of some people.
struct Columns {
    entries: Vec<i32>,
    days: Vec<i32>,
    endings: Vec<Ending>,
    weights: Vec<u32>,
}

impl Columns {
    fn of(people: &[Person]) -> Self {
        Self {
            entries: people.iter().map(|p| p.0).collect(),
            days: people.iter().map(|p| p.1).collect(),
            endings: people.iter().map(|p| p.2).collect(),
            weights: people.iter().map(|p| p.3).collect(),
        }
    }

    fn late(&self) -> Times<'_> {
        Times { entries: Some(&self.entries), ..self.early() }
    }

    fn early(&self) -> Times<'_> {
        Times::from_start(&self.days, &self.endings)
    }

    fn frequencies(&self) -> CaseWeights<'_> {
        CaseWeights::Frequency(FrequencyWeights(&self.weights))
    }
}

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-11 * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #[test]
    fn numbers_at_risk_are_counts(
        people in prop_oneof![people(1), people(100_000)],
        time in -2..25,
        half in any::<bool>(),
    ) {
        let far = people.iter().any(|p| p.1.abs() >= 100_000);
        let unit = if far { 100_000.0 } else { 1.0 };
        let time = unit * (f64::from(time) + if half { 0.5 } else { 0.0 });
        let columns = Columns::of(&people);
        let table = EventTable::of(columns.late(), columns.frequencies());
        let count = |at: f64| -> f64 {
            let there = |p: &&Person| f64::from(p.0) < at && at <= f64::from(p.1);
            people.iter().filter(there).map(|p| f64::from(p.3)).sum()
        };
        prop_assert!(close(table.n_at_risk(time), count(time)));
        for row in table.rows() {
            prop_assert!(close(row.n_at_risk, count(f64::from(row.day))));
        }
        let all: u32 = people.iter().map(|p| p.3).sum();
        prop_assert!(close(table.n_participants(), f64::from(all)));
        // The same with sampling weights that are those numbers.
        let counted: Vec<Person> = people.iter().copied().filter(|p| p.3 > 0).collect();
        let weights: Vec<f64> = counted.iter().map(|p| f64::from(p.3)).collect();
        let sampling = CaseWeights::Sampling(SamplingWeights::new(&weights).expect("positive"));
        let sampled = EventTable::of(Columns::of(&counted).late(), sampling);
        prop_assert_eq!(sampled.rows(), table.rows());
        // Entry before day 0 is no entry.
        let early = EventTable::of(columns.early(), columns.frequencies());
        let before = vec![-1_000_000; people.len()];
        let late = Times { entries: Some(&before), ..columns.early() };
        let late = EventTable::of(late, columns.frequencies());
        prop_assert_eq!(early.rows(), late.rows());
        prop_assert!(close(early.n_at_risk(time), late.n_at_risk(time)));
    }

    #[test]
    fn replicates_are_the_curve_bit_for_bit(people in people(1), outsiders in people(1)) {
        let all: Vec<Person> = people.iter().chain(&outsiders).copied().collect();
        let members: Vec<usize> = (0..people.len()).rev().collect();
        let (all, own) = (Columns::of(&all), Columns::of(&people));
        let presorted = PresortedTimes::new(&all.days, &all.endings, &members);
        let times: Vec<f64> = (0..50).map(|half| f64::from(half) / 2.0 + 0.1).collect();
        let (mut survival, mut means) = (vec![0.0; times.len()], vec![0.0; times.len()]);
        let at = ReadAt { survival: &times, restricted_mean: &times, ..ReadAt::default() };
        let mut out = CurveReadings {
            survival: Places { estimates: &mut survival, std_errors: &mut [] },
            restricted_mean: Places { estimates: &mut means, std_errors: &mut [] },
            ..CurveReadings::default()
        };
        presorted.read(&all.weights, &at, &mut CurveScratch::default(), &mut out);
        let table = EventTable::of(own.early(), own.frequencies());
        let curve = KaplanMeier::new(&table, level());
        let wants = restricted_means(&table, &times);
        for (i, want) in wants.into_iter().enumerate() {
            match (curve.at(times[i]), want) {
                (Ok(value), Ok(mean)) => {
                    prop_assert_eq!(value.estimate.to_bits(), survival[i].to_bits());
                    prop_assert_eq!(mean.estimate_days.to_bits(), means[i].to_bits());
                }
                _ => prop_assert!(survival[i].is_nan() && means[i].is_nan()),
            }
        }
    }

    #[test]
    fn influence_is_the_derivative(people in people(1), time in 1..20) {
        const STEP: f64 = 1e-4;
        let people: Vec<Person> = people.into_iter().map(|p| (p.0, p.1, p.2, p.3 + 1)).collect();
        let columns = Columns::of(&people);
        let weights: Vec<f64> = people.iter().map(|p| f64::from(p.3)).collect();
        let time = f64::from(time) + 0.25;
        let sampling = CaseWeights::Sampling(SamplingWeights::new(&weights).expect("positive"));
        let Ok(survival) = survival_influence(columns.late(), sampling, time) else {
            return Ok(());
        };
        let mean = restricted_mean_influence(columns.late(), sampling, time).expect("followed");
        let at = |weights: &[f64]| {
            let weights = CaseWeights::Sampling(SamplingWeights::new(weights).expect("positive"));
            let pseudo = |f: fn(Times<'_>, CaseWeights<'_>, f64) -> _| -> f64 {
                // The weighted mean of pseudo-values is the estimate.
                let values: Vec<f64> = Result::expect(f(columns.late(), weights, time), "followed");
                let n: f64 = (0..values.len()).map(|i| weights.get(i)).sum();
                values.iter().enumerate().map(|(i, v)| weights.get(i) * v).sum::<f64>() / n
            };
            (pseudo(survival_pseudo_values), pseudo(restricted_mean_pseudo_values))
        };
        for i in 0..people.len() {
            let (mut up, mut down) = (weights.clone(), weights.clone());
            up[i] += STEP;
            down[i] -= STEP;
            let (up, down) = (at(&up), at(&down));
            let slope = |up: f64, down: f64| (up - down) / (2.0 * STEP);
            prop_assert!((slope(up.0, down.0) - survival[i]).abs() < 1e-6);
            prop_assert!((slope(up.1, down.1) - mean[i]).abs() < 1e-5);
        }
        let sum = |values: &[f64]| values.iter().zip(&weights).map(|(l, w)| l * w).sum::<f64>();
        prop_assert!(sum(&survival).abs() < 1e-12 && sum(&mean).abs() < 1e-11);
        let table = EventTable::of(columns.late(), sampling);
        let settings = LimitSettings { level: level(), scale: LimitScale::Plain };
        let curve = KaplanMeier::robust(&table, columns.late(), sampling, settings);
        if let Some(error) = curve.at(time).expect("followed").std_error {
            prop_assert!((error - influence_std_error(&survival, sampling)).abs() < 1e-10);
        }
    }

    #[test]
    fn without_censoring_pseudo_values_are_the_participants_own(
        days in prop::collection::vec(0..20, 1..30),
        time in 0..20,
    ) {
        let time = f64::from(time) + 0.5;
        prop_assume!(days.iter().any(|&day| f64::from(day) >= time));
        let endings = vec![Ending::Event; days.len()];
        let times = Times::from_start(&days, &endings);
        let survival = survival_pseudo_values(times, CaseWeights::Once, time).expect("followed");
        let means = restricted_mean_pseudo_values(times, CaseWeights::Once, time).expect("followed");
        for ((day, survival), mean) in days.iter().zip(survival).zip(means) {
            let own = f64::from(*day);
            prop_assert!(close(survival, f64::from(u8::from(own > time))));
            prop_assert!(close(mean, own.min(time)));
        }
    }

    #[test]
    fn exchanging_arms_inverts_ratios_and_everyone_twice_halves_variances(
        a in people(1), b in people(1), time in 1..15,
    ) {
        let table = |people: &[Person], copies: u32| {
            let columns = Columns::of(people);
            let weights = vec![copies; people.len()];
            EventTable::new(&columns.days, &columns.endings, Some(FrequencyWeights(&weights)))
        };
        let time = f64::from(time);
        let (one, two) = ((table(&a, 1), table(&b, 1)), (table(&a, 2), table(&b, 2)));
        let arms = TwoArm { intervention: &one.0, control: &one.1 };
        let other_way = TwoArm { intervention: &one.1, control: &one.0 };
        let twice = TwoArm { intervention: &two.0, control: &two.1 };
        prop_assume!(one.0.last_day().min(one.1.last_day()).map(f64::from) >= Some(time));
        let means = |arms: TwoArm<&EventTable>| arms.map(|t| restricted_mean(t, time).expect("followed"));
        let ratios = |arms| {
            let means = means(arms);
            [restricted_mean_ratio(means, level()), time_lost_ratio(means, time, level())]
        };
        for ((there, back), double) in ratios(arms).into_iter().zip(ratios(other_way)).zip(ratios(twice)) {
            let (Ok(there), Ok(back), Ok(double)) = (there, back, double) else {
                prop_assert!(there.is_err() && back.is_err() && double.is_err());
                continue;
            };
            prop_assert!(close(there.estimate * back.estimate, 1.0));
            prop_assert!(close(there.limits.lower * back.limits.upper, 1.0));
            prop_assert!(close(there.ln_std_error, double.ln_std_error * f64::sqrt(2.0)));
            prop_assert!(there.limits.lower <= there.estimate && there.estimate <= there.limits.upper);
        }
        let test = |arms: TwoArm<&EventTable>| {
            milestone_test(arms.map(|t| KaplanMeier::new(t, level()).at(time).expect("followed")), level())
        };
        if let (Ok(there), Ok(back)) = (test(arms), test(other_way)) {
            prop_assert!(close(there.difference.estimate, -back.difference.estimate));
            if let (Ok(there), Ok(back)) = (there.hazard_ratio, back.hazard_ratio) {
                prop_assert!(close(there.estimate * back.estimate, 1.0));
            }
        }
        let strata = |arms| stratified_restricted_mean_difference(&[arms, arms], time, level()).expect("followed");
        let (single, reversed) = (strata(arms), strata(other_way));
        prop_assert!(close(single.estimate, -reversed.estimate));
        prop_assert!(close(single.std_error, strata(twice).std_error * f64::sqrt(2.0)));
    }

    #[test]
    fn limits_hold_the_estimate_on_every_scale(people in people(1), twice in any::<bool>()) {
        let columns = Columns::of(&people);
        let table = EventTable::of(if twice { columns.late() } else { columns.early() }, columns.frequencies());
        for scale in [LimitScale::LogLog, LimitScale::Log, LimitScale::Plain, LimitScale::Logit] {
            let curve = KaplanMeier::on_scale(&table, LimitSettings { level: level(), scale });
            for point in curve.points() {
                for value in [point.value, point.value.complement()] {
                    let Some(limits) = value.limits else { continue };
                    prop_assert!(0.0 <= limits.lower && limits.lower <= value.estimate + 1e-15);
                    prop_assert!(value.estimate <= limits.upper + 1e-15 && limits.upper <= 1.0);
                }
            }
        }
    }
}
