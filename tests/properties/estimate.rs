//! Properties of the estimate room.

use ips_eval::estimate::mean::arm_mean;
use ips_eval::estimate::proportion::{Count, wilson};
use ips_eval::estimate::ratio::{odds_ratio, risk_ratio};
use ips_eval::estimate::regression::{ArmEffect, arm_and_strata, arm_by_stratum_wald};
use ips_eval::estimate::risk_difference::{mantel_haenszel, newcombe, wald};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::two_by_two::pearson_chi_squared;
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::trial::arm::{Arm, TwoArm};
use proptest::prelude::*;

/// Equal but for rounding, in the scale of 1 or of the larger one.
fn close(a: f64, b: f64) -> Result<(), TestCaseError> {
    let allowed = 1e-9 * a.abs().max(b.abs()).max(1.0);
    prop_assert!((a - b).abs() <= allowed, "{a:e} is not {b:e}");
    Ok(())
}

fn levels() -> impl Strategy<Value = ConfidenceLevel> {
    (0.51..0.9999).prop_map(|level| ConfidenceLevel::new(level).expect("a level"))
}

fn counts_up_to(most: u64) -> impl Strategy<Value = Count> {
    let ends = |n: u64| prop_oneof![0..=n, Just(0), Just(n)];
    (1..=most)
        .prop_flat_map(move |n| (Just(n), ends(n)))
        .prop_map(|(n, events)| Count::new(n, events).expect("events among participants"))
}

fn two_arms() -> impl Strategy<Value = TwoArm<Count>> {
    let count = || prop_oneof![counts_up_to(9), counts_up_to(2_000), counts_up_to(1_000_000_000)];
    (count(), count()).prop_map(|(intervention, control)| TwoArm { intervention, control })
}

fn swapped<T>(arms: TwoArm<T>) -> TwoArm<T> {
    TwoArm { intervention: arms.control, control: arms.intervention }
}

fn times(count: Count, factor: u64) -> Count {
    Count::new(factor * count.n(), factor * count.events()).expect("events among participants")
}

/// A sample that owns its slices.
#[derive(Clone, Debug)]
struct Trial {
    outcomes: Vec<f64>,
    arms: Vec<Arm>,
    strata: Vec<usize>,
    n_strata: usize,
}

impl Trial {
    fn sample(&self) -> StratifiedSample<'_> {
        StratifiedSample::new(&self.outcomes, &self.arms, &self.strata, self.n_strata)
            .expect("a sample")
    }

    fn reordered(&self, order: &[usize]) -> Self {
        Self {
            outcomes: order.iter().map(|&i| self.outcomes[i]).collect(),
            arms: order.iter().map(|&i| self.arms[i]).collect(),
            strata: order.iter().map(|&i| self.strata[i]).collect(),
            n_strata: self.n_strata,
        }
    }

    /// Outcomes of one arm in one stratum.
    fn cell(&self, arm: Arm, stratum: usize) -> Vec<f64> {
        let members = self.sample();
        members.iter().filter(|&(_, a, s)| a == arm && s == stratum).map(|(y, _, _)| y).collect()
    }
}

/// Trials of up to four strata with at least two people in each arm of each.
fn trials() -> impl Strategy<Value = Trial> {
    let cell = || prop::collection::vec(-1000.0..1000.0_f64, 2..7);
    prop::collection::vec((cell(), cell()), 1..5).prop_map(|strata| {
        let mut trial = Trial { outcomes: vec![], arms: vec![], strata: vec![], n_strata: 0 };
        for (intervention, control) in strata {
            for (arm, outcomes) in [(Arm::Intervention, intervention), (Arm::Control, control)] {
                for outcome in outcomes {
                    trial.outcomes.push(outcome);
                    trial.arms.push(arm);
                    trial.strata.push(trial.n_strata);
                }
            }
            trial.n_strata += 1;
        }
        trial
    })
}

/// A trial and an order of its participants.
fn shuffled_trials() -> impl Strategy<Value = (Trial, Vec<usize>)> {
    trials().prop_flat_map(|trial| {
        let order: Vec<usize> = (0..trial.outcomes.len()).collect();
        (Just(trial), Just(order).prop_shuffle())
    })
}

fn effects_agree(a: ArmEffect, b: ArmEffect, sign: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.df, b.df);
    close(a.estimate, sign * b.estimate)?;
    let (a, b) = (a.inference.expect("outcomes vary"), b.inference.expect("outcomes vary"));
    close(a.std_error, b.std_error)?;
    close(a.p_value, b.p_value)?;
    let (lower, upper) = (b.interval.lower, b.interval.upper);
    let other = if sign > 0.0 { (lower, upper) } else { (-upper, -lower) };
    close(a.interval.lower, other.0)?;
    close(a.interval.upper, other.1)
}

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

proptest! {
    #[test]
    fn wilson_limits_are_proportions_around_the_estimate(
        count in prop_oneof![counts_up_to(20), counts_up_to(1_000_000_000_000)],
        level in levels(),
    ) {
        let got = wilson(count, level).unwrap();
        prop_assert!(0.0 <= got.interval.lower && got.interval.lower <= got.estimate);
        prop_assert!(got.estimate <= got.interval.upper && got.interval.upper <= 1.0);
    }

    #[test]
    fn wilson_of_the_complement_is_the_mirror_image(count in counts_up_to(5_000), level in levels()) {
        let complement = Count::new(count.n(), count.non_events()).unwrap();
        let (got, mirror) = (wilson(count, level).unwrap(), wilson(complement, level).unwrap());
        close(got.interval.lower, 1.0 - mirror.interval.upper)?;
        close(got.interval.upper, 1.0 - mirror.interval.lower)?;
    }

    /// The limits are where the score test's z reaches its quantile.
    #[test]
    fn wilson_limits_invert_the_score_test(count in counts_up_to(5_000), level in levels()) {
        let got = wilson(count, level).unwrap();
        for (limit, outermost) in [(got.interval.lower, 0.0), (got.interval.upper, 1.0)] {
            if (limit - outermost).abs() > 0.0 {
                let variance = limit * (1.0 - limit) / count.n() as f64;
                close((got.estimate - limit).abs() / variance.sqrt(), level.z())?;
            }
        }
    }

    #[test]
    fn exchanging_the_arms_negates_differences(counts in two_arms(), level in levels()) {
        let (a, b) = (newcombe(counts, level).unwrap(), newcombe(swapped(counts), level).unwrap());
        close(a.estimate, -b.estimate)?;
        close(a.interval.lower, -b.interval.upper)?;
        close(a.interval.upper, -b.interval.lower)?;
        let (a, b) = (wald(counts, level).unwrap(), wald(swapped(counts), level).unwrap());
        close(a.estimate, -b.estimate)?;
        close(a.std_error, b.std_error)?;
        close(a.interval.lower, -b.interval.upper)?;
    }

    #[test]
    fn newcombe_stays_between_minus_one_and_one(counts in two_arms(), level in levels()) {
        let got = newcombe(counts, level).unwrap();
        prop_assert!(-1.0 <= got.interval.lower && got.interval.lower <= got.estimate);
        prop_assert!(got.estimate <= got.interval.upper && got.interval.upper <= 1.0);
    }

    #[test]
    fn everyone_twice_halves_variances(counts in two_arms(), level in levels()) {
        let twice = counts.map(|count| times(count, 2));
        let once = wald(counts, level).unwrap().std_error;
        close(wald(twice, level).unwrap().std_error, once / 2.0_f64.sqrt())?;
        if let (Ok(once), Ok(twice)) = (risk_ratio(counts, level), risk_ratio(twice, level)) {
            close(twice.log_std_error, once.log_std_error / 2.0_f64.sqrt())?;
            close(twice.log_estimate, once.log_estimate)?;
        }
        if let (Ok(once), Ok(twice)) = (odds_ratio(counts, level), odds_ratio(twice, level)) {
            close(twice.log_std_error, once.log_std_error / 2.0_f64.sqrt())?;
        }
        if let Ok(once) = pearson_chi_squared(counts) {
            close(pearson_chi_squared(twice).unwrap().statistic, 2.0 * once.statistic)?;
        }
    }

    #[test]
    fn exchanging_the_arms_inverts_ratios(counts in two_arms(), level in levels()) {
        for ratio in [risk_ratio, odds_ratio] {
            let (Ok(a), Ok(b)) = (ratio(counts, level), ratio(swapped(counts), level)) else {
                continue;
            };
            close(a.log_estimate, -b.log_estimate)?;
            close(a.interval.lower * b.interval.upper, 1.0)?;
            close(a.interval.upper * b.interval.lower, 1.0)?;
        }
    }

    /// χ² is the square of the score test's z with the pooled variance.
    #[test]
    fn pearson_is_the_squared_pooled_z(counts in two_arms()) {
        let Ok(test) = pearson_chi_squared(counts) else { return Ok(()) };
        let (a, b) = (counts.intervention, counts.control);
        let (n1, n0) = (a.n() as f64, b.n() as f64);
        let pooled = (a.events() + b.events()) as f64 / (n1 + n0);
        let others = (a.non_events() + b.non_events()) as f64 / (n1 + n0);
        let difference = a.proportion().unwrap() - b.proportion().unwrap();
        let statistic = difference * difference / (pooled * others * (1.0 / n1 + 1.0 / n0));
        // The difference is rounded here, so that small statistics of large counts are not exact.
        let rounding = 1e-15 * (n1 + n0);
        prop_assert!((test.statistic - statistic).abs() <= 1e-9 * statistic + rounding);
        close(test.statistic, pearson_chi_squared(swapped(counts)).unwrap().statistic)?;
        prop_assert!((0.0..=1.0).contains(&test.p_value));
    }

    #[test]
    fn one_stratum_is_the_plain_difference(counts in two_arms(), level in levels()) {
        let plain = wald(counts, level).unwrap();
        let got = mantel_haenszel(&[counts], level).unwrap().difference;
        close(got.estimate, plain.estimate)?;
        // The variance is a sum that cancels where the proportions are 0 and 1.
        prop_assert!((got.std_error - plain.std_error).abs() <= 1e-7);
    }

    #[test]
    fn strata_have_no_order_and_empty_arms_no_say(
        strata in prop::collection::vec(two_arms(), 1..6),
        empty in counts_up_to(50),
        level in levels(),
    ) {
        let got = mantel_haenszel(&strata, level).unwrap();
        let mut other: Vec<_> = strata.iter().rev().copied().collect();
        other.push(TwoArm { intervention: empty, control: Count::default() });
        let other = mantel_haenszel(&other, level).unwrap();
        close(got.difference.estimate, other.difference.estimate)?;
        close(got.difference.std_error, other.difference.std_error)?;
        prop_assert_eq!((other.strata_used, other.strata_without_both_arms), (strata.len(), 1));
        let exchanged: Vec<_> = strata.iter().copied().map(swapped).collect();
        let exchanged = mantel_haenszel(&exchanged, level).unwrap().difference;
        close(exchanged.estimate, -got.difference.estimate)?;
        prop_assert!((exchanged.std_error - got.difference.std_error).abs() <= 1e-7);
    }

    #[test]
    fn the_order_of_participants_and_the_names_of_strata_do_not_matter(
        (trial, order) in shuffled_trials(),
    ) {
        let mut other = trial.reordered(&order);
        let effect = arm_and_strata(&trial.sample(), level()).unwrap();
        effects_agree(effect, arm_and_strata(&other.sample(), level()).unwrap(), 1.0)?;
        // Other numbers, an empty stratum between them.
        other.strata.iter_mut().for_each(|s| *s = 2 * trial.n_strata - 1 - 2 * *s);
        other.n_strata = 2 * trial.n_strata;
        effects_agree(effect, arm_and_strata(&other.sample(), level()).unwrap(), 1.0)?;
        let tests = (arm_by_stratum_wald(&trial.sample()), arm_by_stratum_wald(&other.sample()));
        if let (Ok(a), Ok(b)) = tests {
            prop_assert!((a.statistic - b.statistic).abs() <= 1e-6 * a.statistic.max(1.0));
            prop_assert_eq!(a.df, b.df);
        } else {
            prop_assert_eq!(trial.n_strata, 1);
        }
    }

    #[test]
    fn exchanging_the_arms_negates_the_regression(trial in trials()) {
        let mut other = trial.clone();
        for arm in &mut other.arms {
            *arm = if *arm == Arm::Control { Arm::Intervention } else { Arm::Control };
        }
        let effect = |trial: &Trial| arm_and_strata(&trial.sample(), level()).unwrap();
        effects_agree(effect(&trial), effect(&other), -1.0)?;
    }

    #[test]
    fn another_unit_changes_the_unit(trial in trials(), scale in 0.1..10.0_f64, shift in -1e4..1e4_f64) {
        let mut other = trial.clone();
        other.outcomes.iter_mut().for_each(|y| *y = scale * *y + shift);
        let effect = |trial: &Trial| arm_and_strata(&trial.sample(), level()).unwrap();
        let (a, b) = (effect(&trial), effect(&other));
        close(scale * a.estimate, b.estimate)?;
        let (a, b) = (a.inference.unwrap(), b.inference.unwrap());
        close(scale * a.std_error, b.std_error)?;
        close(a.p_value, b.p_value)?;
    }

    #[test]
    fn a_person_alone_in_a_stratum_changes_nothing(trial in trials(), outcome in -1e3..1e3_f64) {
        let effect = arm_and_strata(&trial.sample(), level()).unwrap();
        let mut other = trial.clone();
        other.outcomes.insert(0, outcome);
        other.arms.insert(0, Arm::Intervention);
        other.strata.insert(0, trial.n_strata);
        other.n_strata += 1;
        let with = arm_and_strata(&other.sample(), level()).unwrap();
        effects_agree(effect, with, 1.0)?;
    }

    /// Least squares on arm and strata weighs the strata's differences as Mantel-Haenszel does.
    #[test]
    fn regression_and_mantel_haenszel_agree_on_events(trial in trials()) {
        let mut trial = trial;
        trial.outcomes.iter_mut().for_each(|y| *y = if *y > 0.0 { 1.0 } else { 0.0 });
        let count = |arm, stratum| Count::of(trial.cell(arm, stratum).into_iter().map(|y| y > 0.5));
        let strata: Vec<_> =
            (0..trial.n_strata).map(|s| TwoArm::from_fn(|arm| count(arm, s))).collect();
        let stratified = mantel_haenszel(&strata, level()).unwrap().difference.estimate;
        close(arm_and_strata(&trial.sample(), level()).unwrap().estimate, stratified)?;
    }

    /// In one stratum HC2 is the unpooled variance of the difference of means.
    #[test]
    fn one_stratum_has_the_unpooled_variance(trial in trials()) {
        let mut trial = trial;
        trial.strata.iter_mut().for_each(|s| *s = 0);
        let got = arm_and_strata(&trial.sample(), level()).unwrap();
        let of = |arm| arm_mean(&trial.cell(arm, 0)).unwrap();
        let (a, b) = (of(Arm::Intervention), of(Arm::Control));
        let variance = |m: ips_eval::estimate::mean::ArmMean| {
            m.std_dev.unwrap() * m.std_dev.unwrap() / m.n as f64
        };
        close(got.estimate, a.mean - b.mean)?;
        close(got.inference.unwrap().std_error, (variance(a) + variance(b)).sqrt())?;
    }

    /// The saturated model compares the strata's differences, each with its own variance.
    #[test]
    fn interaction_is_the_weighted_spread_of_the_differences(trial in trials()) {
        let Ok(test) = arm_by_stratum_wald(&trial.sample()) else {
            prop_assert_eq!(trial.n_strata, 1);
            return Ok(());
        };
        let (mut weights, mut differences) = (vec![], vec![]);
        for stratum in 0..trial.n_strata {
            let of = |arm| arm_mean(&trial.cell(arm, stratum)).unwrap();
            let (a, b) = (of(Arm::Intervention), of(Arm::Control));
            let (s1, s0) = (a.std_dev.unwrap(), b.std_dev.unwrap());
            weights.push(1.0 / (s1 * s1 / a.n as f64 + s0 * s0 / b.n as f64));
            differences.push(a.mean - b.mean);
        }
        let pairs = || weights.iter().zip(&differences);
        let centre = pairs().map(|(w, d)| w * d).sum::<f64>() / weights.iter().sum::<f64>();
        let spread: f64 = pairs().map(|(w, d)| w * (d - centre) * (d - centre)).sum();
        prop_assert!((test.statistic - spread).abs() <= 1e-6 * spread.max(1.0));
        prop_assert_eq!(test.df, trial.n_strata - 1);
    }
}
