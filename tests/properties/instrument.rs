//! Properties of complier average effects.

use ips_eval::estimate::instrument::{
    AndersonRubinSet, ComplierEffect, complier_effect, complier_mean,
};
use ips_eval::estimate::regression::arm_and_strata;
use ips_eval::numeric::distribution::student_t;
use ips_eval::trial::arm::Arm;
use proptest::prelude::*;

use super::trials::{People, close, level, people, shuffled};

fn effect(people: &People) -> Option<ComplierEffect> {
    complier_effect(&people.sample(), &people.take_up, level())
        .ok()
        .filter(|effect| effect.first_stage.complier_share.abs() > 0.02)
}

fn ends(set: AndersonRubinSet) -> Option<(f64, f64)> {
    match set {
        AndersonRubinSet::Interval(set) => Some((set.lower, set.upper)),
        AndersonRubinSet::Rays { below, above } => Some((below, above)),
        AndersonRubinSet::WholeLine => None,
    }
}

fn agree(a: &ComplierEffect, b: &ComplierEffect, scale: f64) -> Result<(), TestCaseError> {
    close(a.estimate, scale * b.estimate, 1e-8)?;
    let (c, d) = (a.inference.expect("inference"), b.inference.expect("inference"));
    close(c.std_error, scale.abs() * d.std_error, 1e-8)?;
    close(c.p_value, d.p_value, 1e-8)?;
    let (c, d) = (a.anderson_rubin.expect("a set"), b.anderson_rubin.expect("a set"));
    close(c.p_value, d.p_value, 1e-8)
}

proptest! {
    /// Both stages change their sign, so that the ratio does not.
    #[test]
    fn exchanging_the_arms_changes_nothing(people in people()) {
        let (Some(a), Some(b)) = (effect(&people), effect(&people.swapped())) else { return Ok(()) };
        agree(&a, &b, 1.0)?;
        close(a.first_stage.complier_share, -b.first_stage.complier_share, 1e-10)?;
    }

    #[test]
    fn order_names_and_origin_do_not_matter((people, order) in shuffled()) {
        let Some(a) = effect(&people) else { return Ok(()) };
        agree(&effect(&people.taken(&order)).unwrap(), &a, 1.0)?;
        agree(&effect(&people.strata_renamed()).unwrap(), &a, 1.0)?;
        let moved = people.with_outcomes(|i| 7.0 - 3.0 * people.outcomes[i]);
        agree(&effect(&moved).unwrap(), &a, -3.0)?;
    }

    /// Those who do not take part instead of those who do: the effect's sign changes.
    #[test]
    fn taking_no_part_is_the_opposite(people in people()) {
        let Some(a) = effect(&people) else { return Ok(()) };
        let take_up = people.take_up.iter().map(|d| !d).collect();
        agree(&effect(&People { take_up, ..people }).unwrap(), &a, -1.0)?;
    }

    /// With full compliance it is the effect of the arm.
    #[test]
    fn full_compliance_gives_the_arm_effect(people in people()) {
        let take_up = people.arms.iter().map(|&arm| arm == Arm::Intervention).collect();
        let people = People { take_up, ..people };
        let (a, b) = (effect(&people).unwrap(), arm_and_strata(&people.sample(), level()).unwrap());
        close(a.estimate, b.estimate, 1e-9)?;
        close(a.inference.unwrap().std_error, b.inference.unwrap().std_error, 1e-9)?;
    }

    /// At the ends of the set the reduced form of y − β d is just significant; the estimate is
    /// always inside.
    #[test]
    fn the_set_ends_where_the_test_rejects(people in people()) {
        let Some(got) = effect(&people) else { return Ok(()) };
        let set = got.anderson_rubin.expect("a set").set;
        prop_assert!(set.contains(got.estimate));
        let t = student_t::quantile(0.975, got.df as f64);
        let taken = |i: usize| f64::from(u8::from(people.take_up[i]));
        let (lower, upper) = ends(set).unwrap_or((0.0, 0.0));
        let is_whole = ends(set).is_none();
        for beta in [lower, upper, 1e3, -1e3] {
            let left = people.with_outcomes(|i| people.outcomes[i] - beta * taken(i));
            let inference = arm_and_strata(&left.sample(), level()).unwrap();
            let statistic = (inference.estimate / inference.inference.unwrap().std_error).abs();
            if is_whole || set.contains(beta) {
                prop_assert!(statistic <= t * (1.0 + 1e-6), "{beta}: {statistic}");
            } else {
                prop_assert!(statistic >= t * (1.0 - 1e-6), "{beta}: {statistic}");
            }
            if !is_whole && beta.abs() < 900.0 {
                close(statistic, t, 1e-6)?;
            }
        }
    }

    /// Whatever is the same for everyone has that value among compliers; units and origin carry.
    #[test]
    fn complier_means_move_with_the_characteristic(people in people()) {
        let x = people.with_outcomes(|i| people.covariates[[i, 1]]);
        let Ok(a) = complier_mean(&x.sample(), &x.take_up, level()) else { return Ok(()) };
        let moved = x.with_outcomes(|i| 40.0 + 2.0 * x.outcomes[i]);
        let b = complier_mean(&moved.sample(), &moved.take_up, level()).unwrap();
        if effect(&people).is_some() {
            close(b.estimate, 40.0 + 2.0 * a.estimate, 1e-8)?;
            close(b.inference.unwrap().std_error, 2.0 * a.inference.unwrap().std_error, 1e-8)?;
            close(b.everyone.mean, 40.0 + 2.0 * a.everyone.mean, 1e-9)?;
        }
    }
}
