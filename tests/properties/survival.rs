//! Properties of the survival room.

use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::weights::FrequencyWeights;
use ips_eval::survival::aalen_johansen::{CumulativeIncidence, risk_difference};
use ips_eval::survival::ending::{Cause, Ending};
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::influence::incidence_influence;
use ips_eval::survival::kaplan_meier::KaplanMeier;
use ips_eval::survival::log_rank::{log_rank, log_rank_stratified, peto_peto};
use ips_eval::survival::not_estimable::NotEstimable;
use ips_eval::survival::presorted::{CurveScratch, PresortedTimes};
use ips_eval::survival::quantile::median;
use ips_eval::survival::restricted_mean::{restricted_mean, restricted_mean_difference};
use ips_eval::trial::arm::TwoArm;
use proptest::prelude::*;

/// A participant: day, ending and case weight.
type Person = (i32, Ending, u32);

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        3 => Just(Ending::Event),
        1 => Just(Ending::Competing),
        2 => Just(Ending::Censored),
    ]
}

/// Up to 40 people on few days, so that days are shared.
fn people() -> impl Strategy<Value = Vec<Person>> {
    prop::collection::vec((0..25, ending(), 0_u32..4), 1..40)
}

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

fn days(people: &[Person]) -> Vec<i32> {
    people.iter().map(|person| person.0).collect()
}

fn endings(people: &[Person]) -> Vec<Ending> {
    people.iter().map(|person| person.1).collect()
}

fn weights(people: &[Person]) -> Vec<u32> {
    people.iter().map(|person| person.2).collect()
}

/// Everyone once.
fn table(people: &[Person]) -> EventTable {
    EventTable::new(&days(people), &endings(people), None)
}

fn weighted_table(people: &[Person]) -> EventTable {
    let weights = weights(people);
    EventTable::new(&days(people), &endings(people), Some(FrequencyWeights(&weights)))
}

fn incidence(table: &EventTable, cause: Cause) -> CumulativeIncidence<'_> {
    CumulativeIncidence::new(table, cause, level())
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #[test]
    fn without_censoring_the_curves_are_proportions(
        people in prop::collection::vec((0..25, any::<bool>()), 1..40),
        time in 0..25,
    ) {
        let n = people.len() as f64;
        let counts = |competes: bool| {
            people.iter().filter(|p| p.1 == competes && p.0 <= time).count() as f64
        };
        let competing: Vec<Person> = people
            .iter()
            .map(|&(day, c)| (day, if c { Ending::Competing } else { Ending::Event }, 1))
            .collect();
        let events: Vec<Person> = people.iter().map(|p| (p.0, Ending::Event, 1)).collect();
        let last = people.iter().map(|p| p.0).max().expect("someone");
        prop_assume!(time <= last);
        let time = f64::from(time);
        let by = |table: &EventTable, cause| {
            incidence(table, cause).at(time).expect("within follow-up").estimate
        };
        let both = table(&competing);
        prop_assert!(close(by(&both, Cause::Event), counts(false) / n));
        prop_assert!(close(by(&both, Cause::Competing), counts(true) / n));
        let all = table(&events);
        let value = KaplanMeier::new(&all, level()).at(time).expect("within follow-up");
        let share = 1.0 - (counts(false) + counts(true)) / n;
        prop_assert!(close(value.estimate, share));
        if let Some(error) = value.std_error {
            prop_assert!(close(error, (share * (1.0 - share) / n).sqrt()));
        }
        let mean = restricted_mean(&all, time).expect("within follow-up").estimate_days;
        let average = people.iter().map(|p| f64::from(p.0).min(time)).sum::<f64>() / n;
        prop_assert!(close(mean, average));
    }

    #[test]
    fn incidences_and_survival_sum_to_one(people in people()) {
        // Either cause as the event: the Kaplan-Meier curve free of both.
        let merged: Vec<Person> = people
            .iter()
            .map(|&(day, ending, weight)| match ending {
                Ending::Censored => (day, ending, weight),
                Ending::Event | Ending::Competing => (day, Ending::Event, weight),
            })
            .collect();
        let (each, either) = (table(&people), table(&merged));
        let free = KaplanMeier::new(&either, level());
        let event = incidence(&each, Cause::Event).points();
        let competing = incidence(&each, Cause::Competing).points();
        for ((free, one), other) in free.points().iter().zip(event).zip(competing) {
            let sum = free.value.estimate + one.value.estimate + other.value.estimate;
            prop_assert!(close(sum, 1.0));
            for value in [free.value, one.value, other.value] {
                prop_assert!((0.0..=1.0).contains(&value.estimate));
                if let Some(limits) = value.limits {
                    prop_assert!(0.0 <= limits.lower && limits.lower <= value.estimate);
                    prop_assert!(value.estimate <= limits.upper && limits.upper <= 1.0);
                }
            }
        }
    }

    #[test]
    fn without_competing_exits_incidence_is_one_less_kaplan_meier(people in people()) {
        let people: Vec<Person> = people
            .into_iter()
            .map(|(day, ending, weight)| match ending {
                Ending::Competing => (day, Ending::Censored, weight),
                Ending::Event | Ending::Censored => (day, ending, weight),
            })
            .collect();
        let table = table(&people);
        let curve = KaplanMeier::new(&table, level());
        for (f, s) in incidence(&table, Cause::Event).points().iter().zip(curve.points()) {
            prop_assert!(close(f.value.estimate, 1.0 - s.value.estimate));
        }
    }

    #[test]
    fn everyone_twice_halves_variances(people in people(), time in 0..25) {
        let twice: Vec<Person> = people.iter().chain(&people).copied().collect();
        let (one, two) = (table(&people), table(&twice));
        let time = f64::from(time);
        prop_assume!(one.last_day().is_some_and(|last| f64::from(last) >= time));
        let at = |table| KaplanMeier::new(table, level()).at(time).expect("within follow-up");
        let (single, double) = (at(&one), at(&two));
        prop_assert!(close(single.estimate, double.estimate));
        prop_assert!(close(2.0 * double.n_at_risk.recip(), single.n_at_risk.recip()));
        prop_assert_eq!(single.std_error.is_some(), double.std_error.is_some());
        if let (Some(single), Some(double)) = (single.std_error, double.std_error) {
            prop_assert!(close(single, double * f64::sqrt(2.0)));
        }
        let mean = |table| restricted_mean(table, time).expect("within follow-up");
        prop_assert!(close(mean(&one).estimate_days, mean(&two).estimate_days));
        let (single, double) = (mean(&one).std_error_days, mean(&two).std_error_days);
        prop_assert!(close(single, double * f64::sqrt(2.0)));
    }

    #[test]
    fn exchanging_arms_keeps_tests_and_negates_differences(a in people(), b in people()) {
        let (a, b) = (table(&a), table(&b));
        let one_way = TwoArm { intervention: &a, control: &b };
        let other_way = TwoArm { intervention: &b, control: &a };
        for test in [log_rank, peto_peto] {
            match (test(one_way), test(other_way)) {
                (Ok(x), Ok(y)) => {
                    prop_assert!((x.statistic - y.statistic).abs() <= 1e-10 * (1.0 + x.statistic));
                    prop_assert!((0.0..=1.0).contains(&x.p_value));
                }
                (x, y) => prop_assert_eq!(x.err(), y.err()),
            }
        }
        let shorter = a.last_day().min(b.last_day()).expect("both have people");
        let time = f64::from(shorter);
        let means = |arms: TwoArm<&EventTable>| {
            let means = arms.map(|table| restricted_mean(table, time).expect("followed"));
            restricted_mean_difference(means, level())
        };
        let risks = |arms: TwoArm<&EventTable>| {
            let risks = arms.map(|t| incidence(t, Cause::Event).at(time).expect("followed"));
            risk_difference(risks, level())
        };
        for (x, y) in
            [(means(one_way), means(other_way)), (risks(one_way), risks(other_way))]
        {
            prop_assert!(close(x.estimate, -y.estimate));
            prop_assert!(close(x.limits.lower, -y.limits.upper));
            prop_assert_eq!(x.p_value, y.p_value);
        }
    }

    #[test]
    fn one_stratum_is_no_stratum_and_empty_arms_add_nothing(a in people(), b in people()) {
        let (a, b, nobody) = (table(&a), table(&b), EventTable::default());
        let arms = TwoArm { intervention: &a, control: &b };
        let lonely = TwoArm { intervention: &a, control: &nobody };
        prop_assert_eq!(log_rank(arms), log_rank_stratified(&[arms, lonely]));
        prop_assert_eq!(log_rank(lonely), Err(NotEstimable::NoParticipants));
        prop_assert_eq!(log_rank_stratified(&[lonely]), Err(NotEstimable::NoParticipants));
    }

    #[test]
    fn order_is_irrelevant_and_weights_are_copies(
        people in people(),
        shuffled in people().prop_shuffle(),
    ) {
        let mut reordered = shuffled.clone();
        reordered.sort();
        prop_assert_eq!(weighted_table(&shuffled), weighted_table(&reordered));
        let copies: Vec<Person> = people
            .iter()
            .flat_map(|&person| std::iter::repeat_n(person, person.2 as usize))
            .collect();
        prop_assert_eq!(weighted_table(&people), table(&copies));
    }

    #[test]
    fn replicates_are_the_curve_bit_for_bit(people in people(), outsiders in people()) {
        // The group's members stand among others, whose weights must not count.
        let all: Vec<Person> = people.iter().chain(&outsiders).copied().collect();
        let members: Vec<usize> = (0..people.len()).rev().collect();
        let presorted = PresortedTimes::new(&days(&all), &endings(&all), &members);
        let times: Vec<f64> = (0..30).map(|half| f64::from(half) - 0.25 * f64::from(half % 3)).collect();
        let mut out = vec![0.0; times.len()];
        presorted.incidence_at(&weights(&all), &times, &mut CurveScratch::default(), &mut out);
        let table = weighted_table(&people);
        let curve = incidence(&table, Cause::Event);
        for (&time, got) in times.iter().zip(out) {
            match curve.at(time) {
                Ok(want) => prop_assert_eq!(want.estimate.to_bits(), got.to_bits()),
                Err(_) => prop_assert!(got.is_nan()),
            }
        }
    }

    #[test]
    fn influence_is_the_derivative(people in people(), time in 0..25, competing in any::<bool>()) {
        // F depends on the shares of the weights alone: small steps in large weights.
        const SCALE: u32 = 20_000;
        let cause = if competing { Cause::Competing } else { Cause::Event };
        let (days, endings) = (days(&people), endings(&people));
        let weights: Vec<u32> = weights(&people).iter().map(|w| w * SCALE).collect();
        let time = f64::from(time);
        let frequencies = Some(FrequencyWeights(&weights));
        let Ok(influence) = incidence_influence(&days, &endings, frequencies, cause, time) else {
            let table = EventTable::new(&days, &endings, Some(FrequencyWeights(&weights)));
            prop_assert!(incidence(&table, cause).at(time).is_err());
            return Ok(());
        };
        let at = |weights: &[u32]| {
            let table = EventTable::new(&days, &endings, Some(FrequencyWeights(weights)));
            incidence(&table, cause).at(time).expect("follow-up").estimate
        };
        // Past the last follow-up a weight of zero has no derivative to check.
        let last = (0..days.len()).filter(|&i| weights[i] > 0).map(|i| days[i]).max();
        let mut sum = 0.0;
        for (i, &slope) in influence.iter().enumerate() {
            sum += slope * f64::from(weights[i]);
            if weights[i] == 0 && Some(days[i]) > last {
                continue;
            }
            let step = SCALE / 400;
            let (mut up, mut down) = (weights.clone(), weights.clone());
            up[i] += step;
            let numeric = if weights[i] > 0 {
                down[i] -= step;
                (at(&up) - at(&down)) / f64::from(2 * step)
            } else {
                // No weight to take away: a forward difference that cancels its first error.
                let mut far = weights.clone();
                far[i] += 2 * step;
                (4.0 * at(&up) - 3.0 * at(&weights) - at(&far)) / f64::from(2 * step)
            };
            let scale = f64::from(SCALE);
            prop_assert!(
                (numeric - slope).abs() * scale < 1e-4,
                "{i}: numeric {}, analytic {}", numeric * scale, slope * scale
            );
        }
        prop_assert!(sum.abs() < 1e-12);
    }

    #[test]
    fn the_median_lies_within_its_limits(people in people()) {
        let table = table(&people);
        let curve = KaplanMeier::new(&table, level());
        let got = median(&curve).expect("someone");
        if let Some(estimate) = got.estimate {
            prop_assert!(got.lower.is_none_or(|lower| lower <= estimate));
            prop_assert!(got.upper.is_none_or(|upper| upper >= estimate));
            // Half have had the event by then, unless the last interval is flat at one half.
            let survival = curve.at(estimate).expect("a day of follow-up").estimate;
            prop_assert!(survival <= 0.5 + 1e-7);
        } else {
            prop_assert!(curve.points().iter().all(|point| point.value.estimate > 0.5));
        }
    }
}
