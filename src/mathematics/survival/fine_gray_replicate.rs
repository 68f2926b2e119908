//! The arm's subdistribution hazard ratio for many replicates: sorted once, weighted many times.

use super::ending::{Cause, Ending};
use super::fine_gray::{FineGrayData, FineGrayError, fine_gray};
use super::fine_gray_days::{CensoringPart, Counts, FineGrayDays};
use super::replicate::{Replicate, ReplicateTrial};
use super::running_weights::{RunningWeights, as_u32};
use crate::numeric::weights::CaseWeights;

/// The Fine-Gray regression of the arm alone, one distribution of censoring for all, ready to be
/// weighted.
///
/// A replicate has the coefficient of [`fine_gray`] with the same frequency weights, and its
/// standard error: the Kaplan-Meier of censoring is that of the replicate. With one binary
/// covariate a risk set is two numbers, which do not depend on the coefficient, and a residual has
/// one value for each day, arm and ending: the work is one pass over the members, then some passes
/// over the days. Newton's method starts from the fit of the whole sample.
///
/// # References
///
/// - Fine JP, Gray RJ (1999). *Journal of the American Statistical Association* 94:496–509.
/// - Agrees with `crr` of R's cmprsk 2.2-11 on the rows written out:
///   `tests/reference/r/replicates_survival.R`.
#[derive(Clone, Debug)]
pub struct ReplicateFineGray {
    n_participants: usize,
    /// Positions of the members: the control arm, then the intervention arm, each by day and
    /// ending.
    order: Vec<u32>,
    /// For each day, where in the order those of each arm begin and how far each ending goes.
    ends: Vec<[[u32; 4]; 2]>,
    estimate: Replicate,
    influence: Vec<f64>,
}

/// Working memory of a replicate, for regressions of any size; what it held before does not
/// matter.
#[derive(Clone, Debug, Default)]
pub struct ReplicateFineGrayScratch {
    before: RunningWeights,
    days: FineGrayDays,
}

impl ReplicateFineGray {
    /// Sorts the members and fits the whole sample.
    ///
    /// # Errors
    ///
    /// Those of [`fine_gray`]: without an estimate there is nothing to resample.
    ///
    /// # Panics
    ///
    /// If the slices differ in length, or a member has no place in them.
    pub fn new(data: &ReplicateTrial<'_>) -> Result<Self, FineGrayError> {
        let n_participants = data.n_participants();
        let days = data.member_days();
        let endings: Vec<Ending> = data.members.iter().map(|&i| data.endings[i]).collect();
        let column = data.arm_column();
        let columns = [column.as_slice()];
        let point = FineGrayData {
            days: &days,
            endings: &endings,
            columns: &columns,
            cause: Cause::Event,
            censoring_groups: None,
        };
        let fit = fine_gray(&point, CaseWeights::Once)?;
        let (estimate, variance) = (fit.coefficients[0], fit.covariance[[0, 0]]);
        let key = |i: usize| (data.is_intervention(i), data.days[i], data.endings[i]);
        let mut order = data.members.to_vec();
        order.sort_by_key(|&i| (key(i), i));
        let mut distinct = days;
        distinct.sort_unstable();
        distinct.dedup();
        let ends = |day: i32| {
            [0, 1].map(|z| {
                let until = |ending| as_u32(order.partition_point(|&i| key(i) <= (z, day, ending)));
                let start = order.partition_point(|&i| key(i) < (z, day, Ending::Event));
                let competing = until(Ending::Competing);
                [as_u32(start), until(Ending::Event), competing, until(Ending::Censored)]
            })
        };
        let mut sorted = Self {
            n_participants,
            ends: distinct.iter().map(|&day| ends(day)).collect(),
            order: order.iter().map(|&i| as_u32(i)).collect(),
            estimate: Replicate { estimate, std_error: variance.sqrt() },
            influence: Vec::new(),
        };
        let mut scratch = ReplicateFineGrayScratch::default();
        sorted.count(&vec![1; n_participants], &mut scratch);
        let mut influence = vec![0.0; n_participants];
        // The point estimator found a maximum: so does this.
        if let Some(at) = scratch.days.maximum(estimate) {
            scratch.days.residuals(at.beta, CensoringPart::Derivative, |j, _, values| {
                for (ends, values) in sorted.ends[j].iter().zip(values) {
                    for (bounds, value) in ends.windows(2).zip(values) {
                        for &i in &sorted.order[bounds[0] as usize..bounds[1] as usize] {
                            influence[i as usize] = value / at.information;
                        }
                    }
                }
            });
        }
        sorted.influence = influence;
        Ok(sorted)
    }

    /// The log subdistribution hazard ratio of the arm, intervention / control, with every
    /// weight 1.
    pub fn estimate(&self) -> Replicate {
        self.estimate
    }

    /// The influence of each participant of the trial on it: its derivative with respect to the
    /// participant's case weight where all are 1, the distribution of censoring following; 0 of who
    /// is not in the regression.
    ///
    /// It is the derivative itself also with ties, where the values of
    /// [`FineGrayFit::influence`](super::fine_gray::FineGrayFit::influence), which are the paper's
    /// and make up the variance, differ a little.
    pub fn influence(&self) -> &[f64] {
        &self.influence
    }

    /// The log subdistribution hazard ratio of the arm in a replicate; [`Replicate::NONE`] where
    /// there is none, as with an arm without events.
    ///
    /// # Panics
    ///
    /// Unless there is one weight a participant of the trial.
    pub fn fit(&self, weights: &[u32], scratch: &mut ReplicateFineGrayScratch) -> Replicate {
        assert_eq!(weights.len(), self.n_participants, "one weight a participant");
        self.count(weights, scratch);
        let Some(at) = scratch.days.maximum(self.estimate.estimate) else {
            return Replicate::NONE;
        };
        let spread = scratch.days.squared_residuals(at.beta);
        Replicate { estimate: at.beta, std_error: spread.sqrt() / at.information }
    }

    /// Counts by day, arm and ending.
    fn count(&self, weights: &[u32], scratch: &mut ReplicateFineGrayScratch) {
        let ReplicateFineGrayScratch { before, days } = scratch;
        before.set(&self.order, weights);
        let count = |bounds: &[u32]| before.between(bounds[0], bounds[1]);
        days.set(self.ends.iter().map(|ends| {
            let [control, intervention] = ends;
            let of = |ends: &[u32; 4]| -> Counts {
                [count(&ends[..2]), count(&ends[1..3]), count(&ends[2..])]
            };
            [of(control), of(intervention)]
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::weights::FrequencyWeights;
    use crate::random::{Purpose, Seed, Stream};
    use crate::survival::replicate_tests::{Replicated, agree_with_the_point_estimator};
    use crate::trial::arm::Arm;

    struct Trial {
        days: Vec<i32>,
        endings: Vec<Ending>,
        arms: Vec<Arm>,
        members: Vec<usize>,
    }

    impl Replicated for Trial {
        type Sorted = (ReplicateFineGray, ReplicateFineGrayScratch);

        /// Many ties, of every kind; every fifth is no member.
        fn draw(_: u64, stream: &mut Stream) -> Self {
            let n = 12 + stream.below(50) as usize;
            let last = if stream.below(2) == 0 { 12 } else { 400 };
            let one_of = |stream: &mut Stream| match stream.below(4) {
                0 => Ending::Censored,
                1 => Ending::Competing,
                _ => Ending::Event,
            };
            Self {
                days: (0..n).map(|_| i32::try_from(stream.below(last)).unwrap()).collect(),
                endings: (0..n).map(|_| one_of(stream)).collect(),
                arms: (0..n).map(|_| Arm::BOTH[stream.below(2) as usize]).collect(),
                members: (0..n).filter(|i| i % 5 != 4).collect(),
            }
        }

        fn n_participants(&self) -> usize {
            self.days.len()
        }

        fn sorted(&self) -> Option<Self::Sorted> {
            let data = ReplicateTrial {
                days: &self.days,
                endings: &self.endings,
                arms: &self.arms,
                members: &self.members,
            };
            Some((ReplicateFineGray::new(&data).ok()?, ReplicateFineGrayScratch::default()))
        }

        fn replicate((sorted, scratch): &mut Self::Sorted, weights: &[u32]) -> Replicate {
            sorted.fit(weights, scratch)
        }

        fn point(&self, weights: &[u32]) -> Option<Replicate> {
            let mut own = vec![0; weights.len()];
            self.members.iter().for_each(|&i| own[i] = weights[i]);
            let z = |arm: &Arm| f64::from(u8::from(*arm == Arm::Intervention));
            let column: Vec<f64> = self.arms.iter().map(z).collect();
            let columns = [column.as_slice()];
            let data = FineGrayData {
                days: &self.days,
                endings: &self.endings,
                columns: &columns,
                cause: Cause::Event,
                censoring_groups: None,
            };
            let fit = fine_gray(&data, CaseWeights::Frequency(FrequencyWeights(&own))).ok()?;
            let (estimate, variance) = (fit.coefficients[0], fit.covariance[[0, 0]]);
            Some(Replicate { estimate, std_error: variance.sqrt() })
        }
    }

    #[test]
    fn replicates_are_the_fit_with_those_weights() {
        agree_with_the_point_estimator::<Trial>(Seed(8));
    }

    #[test]
    fn influence_is_the_derivative() {
        const MANY: u32 = 1000;
        for case in 0..20 {
            let trial = Trial::draw(case, &mut Stream::new(Seed(9), Purpose::Simulation, case));
            let Some((sorted, _)) = trial.sorted() else { continue };
            for (i, influence) in sorted.influence().iter().enumerate() {
                let at = |weight: u32| {
                    let mut weights = vec![MANY; trial.days.len()];
                    weights[i] = weight;
                    trial.point(&weights).unwrap().estimate
                };
                // In units of all weights, a step of 1 / 1000 either way.
                let slope = (at(MANY + 1) - at(MANY - 1)) / 2.0 * f64::from(MANY);
                assert!((slope - influence).abs() < 2e-5, "{case} {i}: {slope} {influence}");
            }
        }
    }
}
