//! The arm's hazard ratio for many replicates: sorted once, weighted many times.

use super::fit::CoxFit;
use super::replicate_arm::ArmKernel;
use super::replicate_covariates::{CovariateKernel, CovariateScratch};
use super::sorted::{CoxScratch, SortedCox};
use super::{CoxData, CoxError, Settings};
use crate::numeric::weights::{CaseWeights, FrequencyWeights};
use crate::survival::ending::Ending;
use crate::survival::replicate::{Replicate, ReplicateTrial};
use crate::survival::running_weights::{RunningWeights, as_u32};
use crate::survival::two_arm_score::TwoArmScore;

/// A trial, its covariates and strata.
#[derive(Clone, Copy, Debug)]
pub struct ReplicateCoxData<'a> {
    /// Who is in the regression, and how long; a competing exit counts as censored.
    pub trial: ReplicateTrial<'a>,
    /// The other covariates, one value a participant; none: the arm alone.
    pub covariates: &'a [&'a [f64]],
    /// Each has a baseline hazard of its own; any labels.
    pub strata: Option<&'a [usize]>,
}

/// The Cox regression of the arm, Efron's ties, alone or with covariates, within strata or not,
/// ready to be weighted.
///
/// A replicate has the coefficient of the arm and its standard error from the inverse information,
/// of [`SortedCox::fit`] with the same frequency weights: w events on one day are w tied events.
/// Newton's method starts from the fit of the whole sample, with covariates moved by the influence
/// of each participant times the weight; of the replicate before nothing is kept.
///
/// With the arm alone, a factor of the likelihood is one number: how many of the control arm are
/// at risk for one of the intervention arm. With covariates, sums of (1, x, x xᵀ) exp(x β) run from
/// the last day to the first, (n + d) p² a step. Where Newton's method is not done within a dozen
/// steps, or the information is nearly singular, the replicate is left to [`SortedCox::fit`], which
/// knows whether there is a maximum, and takes memory.
///
/// # References
///
/// - Cox DR (1972). *Journal of the Royal Statistical Society B* 34:187–220.
/// - Efron B (1977). *Journal of the American Statistical Association* 72:557–565.
/// - Agrees with `coxph` of R's survival 3.5-3 on the rows written out:
///   `tests/reference/r/replicates_survival.R`.
#[derive(Clone, Debug)]
pub struct ReplicateCox {
    n_participants: usize,
    /// Positions of the members, as the regression of the whole sample counts them.
    members: Vec<u32>,
    sorted: SortedCox,
    fit: CoxFit,
    influence: Vec<f64>,
    kernel: Kernel,
}

#[derive(Clone, Debug)]
enum Kernel {
    Arm(ArmKernel),
    Covariates(CovariateKernel),
}

/// Working memory of a replicate, for regressions of any size; what it held before does not
/// matter.
#[derive(Clone, Debug, Default)]
pub struct ReplicateCoxScratch {
    before: RunningWeights,
    score: TwoArmScore,
    covariates: CovariateScratch,
    /// Of members, for the replicates that are left to the point estimator.
    weights: Vec<u32>,
    fit: CoxScratch,
}

impl ReplicateCox {
    /// Sorts the members and fits the whole sample.
    ///
    /// # Errors
    ///
    /// Those of [`SortedCox::new`] and [`SortedCox::fit`], covariate 0 being the arm: without an
    /// estimate there is nothing to resample.
    ///
    /// # Panics
    ///
    /// If the slices differ in length, or a member has no place in them.
    pub fn new(data: &ReplicateCoxData<'_>) -> Result<Self, CoxError> {
        let trial = data.trial;
        let n_participants = trial.n_participants();
        let members = trial.members;
        let days = trial.member_days();
        let events: Vec<bool> =
            members.iter().map(|&i| trial.endings[i] == Ending::Event).collect();
        let mut columns = vec![trial.arm_column()];
        columns.extend(data.covariates.iter().map(|c| members.iter().map(|&i| c[i]).collect()));
        let strata: Option<Vec<usize>> =
            data.strata.map(|strata| members.iter().map(|&i| strata[i]).collect());
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let sorted = SortedCox::new(&CoxData {
            entries: None,
            days: &days,
            events: &events,
            columns: &columns,
            strata: strata.as_deref(),
        })?;
        let fit = sorted.fit(CaseWeights::Once, &Settings::default())?;
        let all = sorted.dfbeta(&fit, CaseWeights::Once)?;
        let mut influence = vec![0.0; n_participants];
        members.iter().zip(all.column(0)).for_each(|(&i, &value)| influence[i] = value);
        let kernel = if data.covariates.is_empty() {
            Kernel::Arm(ArmKernel::new(&trial, data.strata))
        } else {
            Kernel::Covariates(CovariateKernel::new(&sorted, &fit, &all))
        };
        let members = members.iter().map(|&i| as_u32(i)).collect();
        Ok(Self { n_participants, members, sorted, fit, influence, kernel })
    }

    /// The log hazard ratio of the arm, intervention / control, with every weight 1.
    pub fn estimate(&self) -> Replicate {
        Replicate { estimate: self.fit.coefficients[0], std_error: self.fit.std_error(0) }
    }

    /// The influence of each participant of the trial on it: its derivative with respect to the
    /// participant's case weight where all are 1, 0 of who is not in the regression. See
    /// [`SortedCox::dfbeta`].
    pub fn influence(&self) -> &[f64] {
        &self.influence
    }

    /// The log hazard ratio of the arm in a replicate; [`Replicate::NONE`] where there is none, as
    /// with an arm without events.
    ///
    /// # Panics
    ///
    /// Unless there is one weight a participant of the trial.
    pub fn fit(&self, weights: &[u32], scratch: &mut ReplicateCoxScratch) -> Replicate {
        assert_eq!(weights.len(), self.n_participants, "one weight a participant");
        match &self.kernel {
            Kernel::Arm(kernel) => {
                let start = self.fit.coefficients[0];
                kernel.fit(weights, start, (&mut scratch.before, &mut scratch.score))
            }
            Kernel::Covariates(kernel) => {
                let weight = |row: usize| {
                    let member = self.sorted.positions[row] as usize;
                    weights[self.members[member] as usize]
                };
                let found = kernel.fit(&self.sorted, weight, &mut scratch.covariates);
                found.unwrap_or_else(|| self.fit_slowly(weights, scratch))
            }
        }
    }

    fn fit_slowly(&self, weights: &[u32], scratch: &mut ReplicateCoxScratch) -> Replicate {
        scratch.weights.clear();
        scratch.weights.extend(self.members.iter().map(|&i| weights[i as usize]));
        let weights = CaseWeights::Frequency(FrequencyWeights(&scratch.weights));
        match self.sorted.fit_in(weights, &Settings::default(), &mut scratch.fit) {
            Ok(fit) => Replicate { estimate: fit.coefficients[0], std_error: fit.std_error(0) },
            Err(_) => Replicate::NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed, Stream};
    use crate::survival::replicate_tests::{Replicated, agree_with_the_point_estimator};
    use crate::trial::arm::Arm;

    struct Trial {
        days: Vec<i32>,
        endings: Vec<Ending>,
        arms: Vec<Arm>,
        covariates: Vec<Vec<f64>>,
        strata: Option<Vec<usize>>,
        members: Vec<usize>,
    }

    impl Replicated for Trial {
        type Sorted = (ReplicateCox, ReplicateCoxScratch);

        /// With many ties or few, and every combination of strata and covariates; every fifth is
        /// no member.
        fn draw(case: u64, stream: &mut Stream) -> Self {
            let n = 15 + stream.below(60) as usize;
            let last = if case.is_multiple_of(2) { 15 } else { 900 };
            let n_covariates = [0, 0, 1, 2, 5][usize::try_from(case % 5).unwrap()];
            let ending = |k: u32| if k < 2 { Ending::Event } else { Ending::Censored };
            let column = |stream: &mut Stream, k: usize| {
                let value = |stream: &mut Stream| match k {
                    0 => f64::from(stream.below(3)),
                    _ => 40.0 + 10.0 * stream.unit(),
                };
                (0..n).map(|_| value(stream)).collect()
            };
            Self {
                days: (0..n).map(|_| i32::try_from(stream.below(last)).unwrap()).collect(),
                endings: (0..n).map(|_| ending(stream.below(3))).collect(),
                arms: (0..n).map(|_| Arm::BOTH[stream.below(2) as usize]).collect(),
                covariates: (0..n_covariates).map(|k| column(stream, k)).collect(),
                strata: (!case.is_multiple_of(3)).then(|| (0..n).map(|i| 7 * (i % 3)).collect()),
                members: (0..n).rev().filter(|i| i % 5 != 4).collect(),
            }
        }

        fn n_participants(&self) -> usize {
            self.days.len()
        }

        fn sorted(&self) -> Option<Self::Sorted> {
            let covariates: Vec<&[f64]> = self.covariates.iter().map(Vec::as_slice).collect();
            let trial = ReplicateTrial {
                days: &self.days,
                endings: &self.endings,
                arms: &self.arms,
                members: &self.members,
            };
            let strata = self.strata.as_deref();
            let data = ReplicateCoxData { trial, covariates: &covariates, strata };
            Some((ReplicateCox::new(&data).ok()?, ReplicateCoxScratch::default()))
        }

        fn replicate((sorted, scratch): &mut Self::Sorted, weights: &[u32]) -> Replicate {
            sorted.fit(weights, scratch)
        }

        fn point(&self, weights: &[u32]) -> Option<Replicate> {
            let events: Vec<bool> = self.endings.iter().map(|e| *e == Ending::Event).collect();
            let z = |arm: &Arm| f64::from(u8::from(*arm == Arm::Intervention));
            let arm: Vec<f64> = self.arms.iter().map(z).collect();
            let mut columns = vec![arm.as_slice()];
            columns.extend(self.covariates.iter().map(Vec::as_slice));
            let mut own = vec![0; weights.len()];
            self.members.iter().for_each(|&i| own[i] = weights[i]);
            let sorted = SortedCox::new(&CoxData {
                entries: None,
                days: &self.days,
                events: &events,
                columns: &columns,
                strata: self.strata.as_deref(),
            })
            .ok()?;
            let weights = CaseWeights::Frequency(FrequencyWeights(&own));
            let fit = sorted.fit(weights, &Settings::default()).ok()?;
            Some(Replicate { estimate: fit.coefficients[0], std_error: fit.std_error(0) })
        }
    }

    #[test]
    fn replicates_are_the_fit_with_those_weights() {
        agree_with_the_point_estimator::<Trial>(Seed(6));
    }

    #[test]
    fn an_arm_without_events_has_no_replicate() {
        let trial = Trial::draw(0, &mut Stream::new(Seed(6), Purpose::Simulation, 0));
        let (sorted, mut scratch) = trial.sorted().unwrap();
        for arm in Arm::BOTH {
            let weight =
                |i: usize| u32::from(trial.arms[i] != arm || trial.endings[i] == Ending::Censored);
            let weights: Vec<u32> = (0..trial.days.len()).map(weight).collect();
            let got = sorted.fit(&weights, &mut scratch);
            assert!(got.estimate.is_nan() && got.std_error.is_nan());
        }
        let got = sorted.fit(&vec![0; trial.days.len()], &mut scratch);
        assert!(got.estimate.is_nan() && got.std_error.is_nan());
    }
}
