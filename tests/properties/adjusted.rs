//! Properties of adjusted effects.

use ips_eval::estimate::adjusted::{
    AdjustedEffect, Clusters, lin, ols_adjusted, ols_adjusted_clustered,
};
use ips_eval::estimate::covariates::{AdjustedSample, Covariate, Omission, OmissionReason};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::standardised::{AssignmentShare, Standardised, logit_standardised};
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::robust::Robust;
use ips_eval::numeric::weights::SamplingWeights;
use ips_eval::trial::arm::Arm;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

const ROBUST: [Robust; 4] = [Robust::Hc0, Robust::Hc1, Robust::Hc2, Robust::Hc3];
const SHARES: [AssignmentShare; 2] = [AssignmentShare::Overall, AssignmentShare::ByStratum];

fn close(a: f64, b: f64) -> Result<(), TestCaseError> {
    let allowed = 1e-10 * a.abs().max(b.abs()).max(1.0);
    prop_assert!((a - b).abs() <= allowed, "{a:e} is not {b:e}");
    Ok(())
}

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

/// A trial of two strata with an amount, an event, a quantity and a group of three.
#[derive(Clone, Debug)]
struct Trial {
    amounts: Vec<f64>,
    events: Vec<f64>,
    arms: Vec<Arm>,
    strata: Vec<usize>,
    quantity: Vec<f64>,
    group: Vec<usize>,
    weights: Vec<f64>,
}

/// Thirty to sixty people. Places decide arm, stratum and group, so that each meets each.
fn trials() -> impl Strategy<Value = Trial> {
    let person = (-1.0..1.0_f64, -3.0..3.0_f64, 0.5..4.0_f64);
    prop::collection::vec(person, 36..72).prop_map(|people| {
        let arm = |i: usize| if i.is_multiple_of(2) { Arm::Intervention } else { Arm::Control };
        let lift = |i: usize| if i.is_multiple_of(2) { 0.3 } else { 0.0 };
        let members = || people.iter().enumerate();
        Trial {
            amounts: members().map(|(i, (e, x, _))| 10.0 * (e + 0.2 * x + lift(i))).collect(),
            events: members()
                .map(|(i, (e, x, _))| if e + 0.1 * x + lift(i) > 0.2 { 1.0 } else { 0.0 })
                .collect(),
            arms: members().map(|(i, _)| arm(i)).collect(),
            strata: members().map(|(i, _)| usize::from(i % 5 > 2)).collect(),
            quantity: people.iter().map(|person| person.1).collect(),
            group: members().map(|(i, _)| i / 2 % 3).collect(),
            weights: people.iter().map(|person| person.2).collect(),
        }
    })
}

impl Trial {
    fn covariates(&self) -> [Covariate<'_>; 2] {
        [
            Covariate::Numeric(&self.quantity),
            Covariate::Categorical { codes: &self.group, n_levels: 3 },
        ]
    }

    fn reordered(&self, order: &[usize]) -> Self {
        let of = |values: &[f64]| order.iter().map(|&i| values[i]).collect::<Vec<f64>>();
        Self {
            amounts: of(&self.amounts),
            events: of(&self.events),
            arms: order.iter().map(|&i| self.arms[i]).collect(),
            strata: order.iter().map(|&i| self.strata[i]).collect(),
            quantity: of(&self.quantity),
            group: order.iter().map(|&i| self.group[i]).collect(),
            weights: of(&self.weights),
        }
    }

    fn swapped(&self) -> Self {
        let other = |arm: &Arm| if *arm == Arm::Control { Arm::Intervention } else { Arm::Control };
        Self { arms: self.arms.iter().map(other).collect(), ..self.clone() }
    }

    fn twice(&self) -> Self {
        let n = self.arms.len();
        self.reordered(&(0..2 * n).map(|i| i % n).collect::<Vec<usize>>())
    }

    fn with<T>(
        &self,
        outcomes: &[f64],
        covariates: &[Covariate<'_>],
        run: impl FnOnce(AdjustedSample<'_>) -> T,
    ) -> T {
        let sample =
            StratifiedSample::new(outcomes, &self.arms, &self.strata, 2).expect("an estimate");
        run(AdjustedSample::new(sample, covariates, None).expect("an estimate"))
    }

    fn ols(&self, robust: Robust) -> AdjustedEffect {
        self.with(&self.amounts, &self.covariates(), |data| ols_adjusted(&data, robust, level()))
            .expect("an estimate")
    }

    fn lin(&self, robust: Robust) -> AdjustedEffect {
        self.with(&self.amounts, &self.covariates(), |data| lin(&data, robust, level()))
            .expect("an estimate")
    }

    fn logit(&self, share: AssignmentShare) -> Standardised {
        self.with(&self.events, &self.covariates(), |data| {
            logit_standardised(&data, share, level())
        })
        .expect("an estimate")
    }
}

/// The same but for rounding; `sign` −1 where the arms are exchanged.
fn effects_agree(a: &AdjustedEffect, b: &AdjustedEffect, sign: f64) -> Result<(), TestCaseError> {
    close(a.estimate, sign * b.estimate)?;
    close(a.df, b.df)?;
    let (a_sure, b_sure) = (a.inference.expect("an estimate"), b.inference.expect("an estimate"));
    close(a_sure.std_error, b_sure.std_error)?;
    close(a_sure.p_value, b_sure.p_value)?;
    prop_assert_eq!(&a.omissions, &b.omissions);
    Ok(())
}

fn standardised_agree(a: &Standardised, b: &Standardised) -> Result<(), TestCaseError> {
    for (arm, risk) in a.risks.iter() {
        close(*risk, *b.risks.get(arm))?;
    }
    for (a, b) in [
        (a.simple, b.simple),
        (a.stratified.expect("an estimate"), b.stratified.expect("an estimate")),
    ] {
        close(a.difference.std_error, b.difference.std_error)?;
        close(a.std_errors.intervention, b.std_errors.intervention)?;
        close(a.std_errors.control, b.std_errors.control)?;
        close(
            a.odds_ratio.expect("an estimate").log_std_error,
            b.odds_ratio.expect("an estimate").log_std_error,
        )?;
    }
    Ok(())
}

/// Whether a logit fits whole: not every drawn trial has both outcomes everywhere.
fn is_whole(trial: &Trial) -> bool {
    trial
        .with(&trial.events, &trial.covariates(), |data| {
            logit_standardised(&data, AssignmentShare::ByStratum, level())
        })
        .is_ok_and(|got| {
            got.omissions.is_empty()
                && got.merged_strata.is_empty()
                && got.stratified.is_ok()
                && got.simple.odds_ratio.is_ok()
        })
}

/// n, mean and sample variance of the outcomes of an arm in a stratum.
fn cell(trial: &Trial, outcomes: &[f64], arm: Arm, stratum: usize) -> (f64, f64, f64) {
    let own: Vec<f64> = (0..outcomes.len())
        .filter(|&i| trial.arms[i] == arm && trial.strata[i] == stratum)
        .map(|i| outcomes[i])
        .collect();
    let n = own.len() as f64;
    let mean = own.iter().sum::<f64>() / n;
    (n, mean, own.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / (n - 1.0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn exchanging_the_arms_negates_differences_and_inverts_ratios(trial in trials()) {
        let other = trial.swapped();
        for robust in ROBUST {
            effects_agree(&trial.ols(robust), &other.ols(robust), -1.0)?;
            effects_agree(&trial.lin(robust), &other.lin(robust), -1.0)?;
        }
        prop_assume!(is_whole(&trial));
        for share in SHARES {
            let (a, b) = (trial.logit(share), other.logit(share));
            close(a.simple.difference.estimate, -b.simple.difference.estimate)?;
            close(a.simple.risk_ratio.unwrap().log_estimate, -b.simple.risk_ratio.unwrap().log_estimate)?;
            close(a.simple.odds_ratio.unwrap().interval.lower * b.simple.odds_ratio.unwrap().interval.upper, 1.0)?;
            close(a.stratified.unwrap().std_errors.control, b.stratified.unwrap().std_errors.intervention)?;
            close(a.stratified.unwrap().difference.std_error, b.stratified.unwrap().difference.std_error)?;
        }
    }

    #[test]
    fn everybody_twice_halves_the_variance(trial in trials()) {
        let twice = trial.twice();
        for (once, both) in [(trial.ols(Robust::Hc0), twice.ols(Robust::Hc0)), (trial.lin(Robust::Hc0), twice.lin(Robust::Hc0))] {
            close(once.estimate, both.estimate)?;
            let ratio = once.inference.unwrap().std_error / both.inference.unwrap().std_error;
            close(ratio * ratio, 2.0)?;
        }
        prop_assume!(is_whole(&trial));
        for share in SHARES {
            let (once, both) = (trial.logit(share), twice.logit(share));
            close(once.simple.difference.estimate, both.simple.difference.estimate)?;
            let ratio = once.simple.difference.std_error / both.simple.difference.std_error;
            close(ratio * ratio, 2.0)?;
        }
    }

    #[test]
    fn everybody_twice_in_one_cluster_changes_nothing(trial in trials()) {
        let twice = trial.twice();
        let n = trial.arms.len();
        let codes: Vec<usize> = (0..2 * n).map(|i| i % n).collect();
        let clustered = twice
            .with(&twice.amounts, &twice.covariates(), |data| {
                ols_adjusted_clustered(&data, Clusters { codes: &codes, n_named: n }, level())
            })
            .unwrap();
        let once = trial
            .with(&trial.amounts, &trial.covariates(), |data| {
                let codes: Vec<usize> = (0..n).rev().collect();
                ols_adjusted_clustered(&data, Clusters { codes: &codes, n_named: n }, level())
            })
            .unwrap();
        effects_agree(&clustered.effect, &once.effect, 1.0)?;
        prop_assert_eq!(clustered.n_clusters, n);
        // And clusters of one are HC2, but for the degrees of freedom.
        let hc2 = trial.ols(Robust::Hc2).inference.unwrap().std_error;
        close(once.effect.inference.unwrap().std_error, hc2)?;
    }

    #[test]
    fn a_constant_covariate_adds_an_omission_and_nothing_else(trial in trials(), value in -1e9..1e9_f64) {
        let same = vec![value; trial.arms.len()];
        let [quantity, group] = trial.covariates();
        let covariates = [quantity, Covariate::Numeric(&same), group];
        let omission = Omission { covariate: 1, level: None, reason: OmissionReason::Constant };
        for (mut got, want) in [
            (trial.with(&trial.amounts, &covariates, |data| ols_adjusted(&data, Robust::Hc2, level())).unwrap(), trial.ols(Robust::Hc2)),
            (trial.with(&trial.amounts, &covariates, |data| lin(&data, Robust::Hc2, level())).unwrap(), trial.lin(Robust::Hc2)),
        ] {
            prop_assert_eq!(&got.omissions, &vec![omission]);
            got.omissions.clear();
            prop_assert_eq!(got, want);
        }
    }

    #[test]
    fn the_order_of_participants_does_not_matter(trial in trials(), seed in 1_usize..1000) {
        let n = trial.arms.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|i| (i * 7919 + seed * 31) % 1009);
        let other = trial.reordered(&order);
        effects_agree(&trial.ols(Robust::Hc2), &other.ols(Robust::Hc2), 1.0)?;
        effects_agree(&trial.lin(Robust::Hc2), &other.lin(Robust::Hc2), 1.0)?;
        prop_assume!(is_whole(&trial));
        for share in SHARES {
            let (a, b) = (trial.logit(share), other.logit(share));
            standardised_agree(&a, &b)?;
            for (place, &i) in order.iter().enumerate() {
                close(a.influence.control[i], b.influence.control[place])?;
            }
        }
    }

    #[test]
    fn units_and_origin_of_a_covariate_do_not_matter(trial in trials(), unit in prop_oneof![Just(1e7), Just(-1e-7), 0.1..10.0_f64], origin in -50.0..50.0_f64) {
        let mut other = trial.clone();
        other.quantity.iter_mut().for_each(|x| *x = (*x + origin) * unit);
        effects_agree(&trial.ols(Robust::Hc2), &other.ols(Robust::Hc2), 1.0)?;
        effects_agree(&trial.lin(Robust::Hc2), &other.lin(Robust::Hc2), 1.0)?;
        prop_assume!(is_whole(&trial));
        standardised_agree(&trial.logit(AssignmentShare::Overall), &other.logit(AssignmentShare::Overall))?;
    }

    #[test]
    fn the_names_of_levels_do_not_matter(trial in trials(), names in prop_oneof![Just([1, 2, 0]), Just([2, 0, 1]), Just([1, 0, 2])]) {
        let mut other = trial.clone();
        other.group.iter_mut().for_each(|level| *level = names[*level]);
        effects_agree(&trial.ols(Robust::Hc2), &other.ols(Robust::Hc2), 1.0)?;
        effects_agree(&trial.lin(Robust::Hc2), &other.lin(Robust::Hc2), 1.0)?;
        prop_assume!(is_whole(&trial));
        standardised_agree(&trial.logit(AssignmentShare::Overall), &other.logit(AssignmentShare::Overall))?;
    }

    #[test]
    fn only_the_ratios_of_sampling_weights_matter(trial in trials(), unit in 1e-3..1e3_f64) {
        let scaled: Vec<f64> = trial.weights.iter().map(|w| w * unit).collect();
        let covariates = trial.covariates();
        let sample = StratifiedSample::new(&trial.amounts, &trial.arms, &trial.strata, 2).unwrap();
        let of = |weights: &[f64]| {
            let data = AdjustedSample::new(sample, &covariates, Some(SamplingWeights::new(weights).unwrap())).unwrap();
            (ols_adjusted(&data, Robust::Hc3, level()).unwrap(), lin(&data, Robust::Hc2, level()).unwrap())
        };
        let (a, b) = (of(&trial.weights), of(&scaled));
        effects_agree(&a.0, &b.0, 1.0)?;
        effects_agree(&a.1, &b.1, 1.0)?;
        let (ols, lin) = of(&vec![unit; trial.arms.len()]);
        effects_agree(&ols, &trial.ols(Robust::Hc3), 1.0)?;
        effects_agree(&lin, &trial.lin(Robust::Hc2), 1.0)?;
    }

    #[test]
    fn lin_on_strata_alone_is_post_stratification(trial in trials()) {
        let got = trial.with(&trial.amounts, &[], |data| lin(&data, Robust::Hc2, level())).unwrap();
        let n = trial.arms.len() as f64;
        let (mut estimate, mut variance) = (0.0, 0.0);
        for stratum in 0..2 {
            let [one, zero] = Arm::BOTH.map(|arm| cell(&trial, &trial.amounts, arm, stratum));
            let share = (one.0 + zero.0) / n;
            estimate += share * (one.1 - zero.1);
            variance += share * share * (one.2 / one.0 + zero.2 / zero.0);
        }
        close(got.estimate, estimate)?;
        close(got.inference.unwrap().std_error, variance.sqrt())?;
    }

    #[test]
    fn the_logit_on_strata_alone_has_closed_forms_by_stratum(trial in trials()) {
        // Whatever the regression says, its errors cancel within arm and stratum.
        let got = trial.with(&trial.events, &[], |data| logit_standardised(&data, AssignmentShare::ByStratum, level()));
        prop_assume!(got.is_ok());
        let got = got.unwrap();
        let n = trial.arms.len() as f64;
        let cells: Vec<_> = (0..2).map(|stratum| Arm::BOTH.map(|arm| cell(&trial, &trial.events, arm, stratum))).collect();
        let estimate: f64 = cells.iter().map(|[one, zero]| (one.0 + zero.0) / n * (one.1 - zero.1)).sum();
        close(got.simple.difference.estimate, estimate)?;
        let variance: f64 = cells
            .iter()
            .map(|[one, zero]| {
                let share = (one.0 + zero.0) / n;
                let own = |(n, p, _): (f64, f64, f64)| p * (1.0 - p) / n;
                let between = one.1 - zero.1 - estimate;
                share * share * (own(*one) + own(*zero)) + share * between * between / n
            })
            .sum();
        if let Ok(stratified) = got.stratified {
            close(stratified.difference.std_error, variance.sqrt())?;
        }
    }

    #[test]
    fn influence_values_have_mean_zero_and_make_the_error(trial in trials()) {
        prop_assume!(is_whole(&trial));
        for share in SHARES {
            let got = trial.logit(share);
            close(got.influence.intervention.iter().sum::<f64>(), 0.0)?;
            close(got.influence.control.iter().sum::<f64>(), 0.0)?;
            let squares: f64 = got.influence.intervention.iter().zip(&got.influence.control).map(|(a, b)| (a - b) * (a - b)).sum();
            close(squares.sqrt() / trial.arms.len() as f64, got.simple.difference.std_error)?;
        }
    }
}

#[test]
fn most_trials_drawn_here_have_a_whole_logit() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let drawn = (0..50).map(|_| trials().new_tree(&mut runner).unwrap().current());
    let whole = drawn.filter(is_whole).count();
    assert!(whole > 40, "{whole} of 50");
}
