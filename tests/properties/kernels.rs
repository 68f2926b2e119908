//! Properties of Table 1, heterogeneity, shrinkage and quantiles.

use ips_eval::estimate::balance::{
    LevelCounts, categorical_difference, level_differences, numeric_summary, pearson_levels,
    standardised_difference, welch_t_test,
};
use ips_eval::estimate::heterogeneity::{equal_differences, equal_risk_ratios};
use ips_eval::estimate::proportion::Count;
use ips_eval::estimate::quantile_effect::{Probability, arm_quantile, quantile_difference};
use ips_eval::estimate::shrinkage::{GroupEstimate, shrink};
use ips_eval::trial::arm::TwoArm;
use proptest::prelude::*;

use super::trials::{close, level, shuffled};

fn values() -> impl Strategy<Value = Vec<f64>> {
    // Many ties at zero.
    prop::collection::vec(prop_oneof![Just(0.0), -100.0..100.0_f64], 2..60)
}

fn slices(intervention: &[f64], control: &[f64]) -> TwoArm<Vec<f64>> {
    TwoArm { intervention: intervention.to_vec(), control: control.to_vec() }
}

fn moved(values: &[f64], shift: f64, scale: f64) -> Vec<f64> {
    values.iter().map(|x| shift + scale * x).collect()
}

fn level_counts() -> impl Strategy<Value = TwoArm<LevelCounts>> {
    (2_usize..6).prop_flat_map(|k| {
        let arm = move || prop::collection::vec(prop_oneof![Just(0), 0..40_u64], k);
        (arm(), arm()).prop_map(|(intervention, control)| {
            let of = |counts| LevelCounts { counts, missing: 0 };
            TwoArm { intervention: of(intervention), control: of(control) }
        })
    })
}

fn groups() -> impl Strategy<Value = Vec<GroupEstimate>> {
    let group = (-10.0..10.0_f64, 0.1..5.0_f64)
        .prop_map(|(estimate, std_error)| GroupEstimate { estimate, std_error });
    prop::collection::vec(group, 2..12)
}

proptest! {
    #[test]
    fn standardised_differences_have_no_unit(a in values(), b in values()) {
        let of = |arms: TwoArm<Vec<f64>>| standardised_difference(arms.as_ref().map(Vec::as_slice));
        let test = |arms: TwoArm<Vec<f64>>| welch_t_test(arms.as_ref().map(Vec::as_slice));
        let Ok(smd) = of(slices(&a, &b)) else { return Ok(()) };
        close(of(slices(&b, &a)).unwrap(), -smd, 1e-12)?;
        close(of(slices(&moved(&a, 9.0, -2.0), &moved(&b, 9.0, -2.0))).unwrap(), -smd, 1e-7)?;
        let (one, other) = (test(slices(&a, &b)).unwrap(), test(slices(&b, &a)).unwrap());
        close(one.statistic, -other.statistic, 1e-12)?;
        close(one.df, other.df, 1e-12)?;
        let least = a.len().min(b.len()) as f64 - 1.0;
        let most = (a.len() + b.len()) as f64 - 2.0;
        prop_assert!(one.df >= least * 0.999_999 && one.df <= most * 1.000_001);
    }

    #[test]
    fn a_summary_is_in_order_and_everybody_twice_keeps_it(a in values()) {
        let once: Vec<_> = a.iter().copied().map(Some).collect();
        let twice: Vec<_> = once.iter().chain(&once).copied().chain([None]).collect();
        let (x, y) = (numeric_summary(&once), numeric_summary(&twice));
        prop_assert_eq!((y.n, y.missing), (2 * x.n, 1));
        let (x, y) = (x.values.unwrap(), y.values.unwrap());
        let order =
            [x.smallest, x.lower_quartile, x.median, x.upper_quartile, x.largest];
        prop_assert!(order.is_sorted());
        close(x.mean, y.mean, 1e-12)?;
        for (p, q) in order.iter().zip([y.smallest, y.lower_quartile, y.median, y.upper_quartile, y.largest]) {
            prop_assert_eq!(p.to_bits(), q.to_bits());
        }
    }

    /// Neither the order of the levels nor the arms' order nor the number of people matters; two
    /// levels are the absolute value of one.
    #[test]
    fn categorical_differences_do_not_depend_on_names(counts in level_counts()) {
        let Ok(whole) = categorical_difference(counts.as_ref()) else { return Ok(()) };
        let change = |of: fn(Vec<u64>) -> Vec<u64>| {
            counts.clone().map(|arm| LevelCounts { counts: of(arm.counts), missing: 0 })
        };
        let renamed = change(|mut counts| { counts.reverse(); counts });
        close(categorical_difference(renamed.as_ref()).unwrap(), whole, 1e-8)?;
        let thrice = change(|counts| counts.iter().map(|x| 3 * x).collect());
        close(categorical_difference(thrice.as_ref()).unwrap(), whole, 1e-8)?;
        let swapped = TwoArm { intervention: &counts.control, control: &counts.intervention };
        close(categorical_difference(swapped).unwrap(), whole, 1e-8)?;
        let each = level_differences(counts.as_ref()).unwrap();
        for (one, other) in each.iter().zip(level_differences(swapped).unwrap()) {
            if let Ok(one) = one {
                close(*one, -other.unwrap(), 1e-12)?;
                // The whole is the largest over all scores of levels, each level being one.
                prop_assert!(one.abs() <= whole * (1.0 + 1e-8));
            }
        }
        let test = |counts: &TwoArm<LevelCounts>| pearson_levels(counts.as_ref()).unwrap();
        close(test(&thrice).statistic, 3.0 * test(&counts).statistic, 1e-9)?;
        close(test(&renamed).p_value, test(&counts).p_value, 1e-9)?;
    }

    #[test]
    fn heterogeneity_does_not_depend_on_arms_names_or_order((people, order) in shuffled()) {
        let test = |people: &super::trials::People| equal_differences(&people.sample());
        let Ok(got) = test(&people) else { return Ok(()) };
        for other in [people.swapped(), people.strata_renamed(), people.taken(&order)] {
            let other = test(&other).unwrap();
            close(other.statistic, got.statistic, 1e-7)?;
            prop_assert_eq!(other.df, people.n_strata - 1);
        }
        let moved = people.with_outcomes(|i| 5.0 - 3.0 * people.outcomes[i] + people.strata[i] as f64);
        close(test(&moved).unwrap().statistic, got.statistic, 1e-7)?;
    }

    #[test]
    fn equal_ratios_everybody_thrice(
        levels in prop::collection::vec((1..20_u64, 0..20_u64, 1..20_u64, 0..20_u64), 2..6),
    ) {
        let count = |x: u64, rest: u64, times| Count::new(times * (x + rest), times * x).unwrap();
        let of = |times| levels.iter().map(move |&(a, b, c, d)| TwoArm {
            intervention: count(a, b, times), control: count(c, d, times),
        });
        let test = |levels: Vec<TwoArm<Count>>| equal_risk_ratios(&levels);
        let Ok(got) = test(of(1).collect()) else { return Ok(()) };
        close(test(of(3).collect()).unwrap().statistic, 3.0 * got.statistic, 1e-8)?;
        close(test(of(1).rev().collect()).unwrap().statistic, got.statistic, 1e-8)?;
        let swap = |arms: TwoArm<Count>| TwoArm { intervention: arms.control, control: arms.intervention };
        close(test(of(1).map(swap).collect()).unwrap().statistic, got.statistic, 1e-8)?;
    }

    /// τ² solves Paule and Mandel's equation; groups move towards the mean and keep their order in
    /// distance; units and origin carry.
    #[test]
    fn shrinkage_goes_towards_the_mean(groups in groups(), shift in -50.0..50.0_f64) {
        let got = shrink(&groups, level()).unwrap();
        let tau = got.tau_squared;
        let q: f64 = groups.iter().map(|g| {
            (g.estimate - got.mean) * (g.estimate - got.mean) / (g.std_error * g.std_error + tau)
        }).sum();
        let expected = groups.len() as f64 - 1.0;
        if tau > 0.0 { close(q, expected, 1e-9)?; } else { prop_assert!(q <= expected * (1.0 + 1e-12)); }
        for (group, shrunken) in groups.iter().zip(&got.groups) {
            let (own, now) = (group.estimate - got.mean, shrunken.estimate - got.mean);
            prop_assert!(own * now >= -1e-12 && now.abs() <= own.abs() + 1e-12);
        }
        let scale = -2.5;
        let moved: Vec<_> = groups.iter().map(|g| GroupEstimate {
            estimate: shift + scale * g.estimate, std_error: 2.5 * g.std_error,
        }).collect();
        let other = shrink(&moved, level()).unwrap();
        close(other.tau_squared, 6.25 * tau, 1e-8)?;
        for (a, b) in other.groups.iter().zip(&got.groups) {
            close(a.estimate, shift + scale * b.estimate, 1e-8)?;
            close(a.std_error, 2.5 * b.std_error, 1e-8)?;
        }
    }

    /// Ranks reach the level and the next ones inwards do not; arms exchanged mirror the limits.
    #[test]
    fn quantile_limits_are_in_order(a in values(), b in values(), p in 0.05..0.95_f64) {
        let probability = Probability::new(p).unwrap();
        let one = arm_quantile(&a, probability, level()).unwrap();
        if let Ok(limits) = one.limits {
            prop_assert!(limits.coverage >= 0.95 - 1e-12);
            prop_assert!(limits.interval.lower <= one.estimate && one.estimate <= limits.interval.upper);
        }
        let of = |a: &[f64], b: &[f64]| {
            quantile_difference(TwoArm { intervention: a, control: b }, probability, level()).unwrap()
        };
        let (got, mirrored) = (of(&a, &b), of(&b, &a));
        close(got.estimate, -mirrored.estimate, 1e-12)?;
        prop_assert_eq!(got.interval.is_ok(), mirrored.interval.is_ok());
        if let (Ok(got), Ok(mirrored)) = (got.interval, mirrored.interval) {
            close(got.lower, -mirrored.upper, 1e-12)?;
        }
        let (up, down) = (moved(&a, 3.0, 2.0), moved(&b, 3.0, 2.0));
        close(of(&up, &down).estimate, 2.0 * got.estimate, 1e-9)?;
        let twice: Vec<f64> = a.iter().chain(&a).copied().collect();
        close(arm_quantile(&twice, probability, level()).unwrap().estimate, one.estimate, 1e-12)?;
    }
}
