//! The arm's subdistribution hazard ratio for many replicates: sorted once, weighted many times.

use super::ending::{Cause, Ending};
use super::fine_gray::{FineGrayData, FineGrayError, fine_gray};
use super::fine_gray_days::{CensoringPart, Counts, FineGrayDays};
use super::replicate::Replicate;
use crate::numeric::weights::CaseWeights;
use crate::trial::arm::Arm;

/// A trial, one element a participant, and who of it is in the regression.
#[derive(Clone, Copy, Debug)]
pub struct ReplicateFineGrayData<'a> {
    /// The last day at risk.
    pub days: &'a [i32],
    /// How it ended; the cause is [`Ending::Event`].
    pub endings: &'a [Ending],
    /// The arm.
    pub arms: &'a [Arm],
    /// The positions of those in the regression. Of others nothing is read.
    pub members: &'a [usize],
}

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
    before: Vec<i64>,
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
    pub fn new(data: &ReplicateFineGrayData<'_>) -> Result<Self, FineGrayError> {
        let n_participants = data.days.len();
        assert_eq!(n_participants, data.endings.len(), "one ending a participant");
        assert_eq!(n_participants, data.arms.len(), "one arm a participant");
        let days: Vec<i32> = data.members.iter().map(|&i| data.days[i]).collect();
        let endings: Vec<Ending> = data.members.iter().map(|&i| data.endings[i]).collect();
        let z = |i: usize| usize::from(data.arms[i] == Arm::Intervention);
        let column: Vec<f64> = data.members.iter().map(|&i| z(i) as f64).collect();
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
        let key = |i: usize| (z(i), data.days[i], data.endings[i]);
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
        before.resize(self.order.len() + 1, 0);
        let mut total = 0;
        for (&i, place) in self.order.iter().zip(&mut before[1..]) {
            total += i64::from(weights[i as usize]);
            *place = total;
        }
        before[0] = 0;
        let count =
            |bounds: &[u32]| (before[bounds[1] as usize] - before[bounds[0] as usize]) as f64;
        days.set(self.ends.iter().map(|ends| {
            let [control, intervention] = ends;
            let of = |ends: &[u32; 4]| -> Counts {
                [count(&ends[..2]), count(&ends[1..3]), count(&ends[2..])]
            };
            [of(control), of(intervention)]
        }));
    }
}

fn as_u32(i: usize) -> u32 {
    u32::try_from(i).expect("a trial has fewer people than 2³²")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::weights::FrequencyWeights;
    use crate::random::{Purpose, Seed, Stream};

    struct Trial {
        days: Vec<i32>,
        endings: Vec<Ending>,
        arms: Vec<Arm>,
        members: Vec<usize>,
    }

    impl Trial {
        /// Many ties, of every kind; every fifth is no member.
        fn draw(stream: &mut Stream) -> Self {
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

        fn sorted(&self) -> Result<ReplicateFineGray, FineGrayError> {
            ReplicateFineGray::new(&ReplicateFineGrayData {
                days: &self.days,
                endings: &self.endings,
                arms: &self.arms,
                members: &self.members,
            })
        }

        fn point(&self, weights: &[u32]) -> Result<Replicate, FineGrayError> {
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
            let fit = fine_gray(&data, CaseWeights::Frequency(FrequencyWeights(&own)))?;
            let (estimate, variance) = (fit.coefficients[0], fit.covariance[[0, 0]]);
            Ok(Replicate { estimate, std_error: variance.sqrt() })
        }
    }

    #[test]
    fn replicates_are_the_fit_with_those_weights() {
        let mut scratch = ReplicateFineGrayScratch::default();
        let (mut fits, mut none) = (0, 0);
        for case in 0..300 {
            let mut stream = Stream::new(Seed(8), Purpose::Simulation, case);
            let trial = Trial::draw(&mut stream);
            let Ok(sorted) = trial.sorted() else { continue };
            for draw in 0..6 {
                let mut weight = || if draw == 0 { 1 } else { stream.below(4) };
                let weights: Vec<u32> = trial.days.iter().map(|_| weight()).collect();
                let got = sorted.fit(&weights, &mut scratch);
                let Ok(want) = trial.point(&weights) else {
                    assert!(got.estimate.is_nan() && got.std_error.is_nan(), "{case} {draw}");
                    none += 1;
                    continue;
                };
                assert!((got.estimate - want.estimate).abs() < 1e-10, "{got:?} {want:?}");
                let ratio = got.std_error / want.std_error;
                assert!((ratio - 1.0).abs() < 1e-9, "{case} {draw}: {got:?} {want:?}");
                fits += 1;
            }
        }
        assert!(fits > 1200 && none > 5, "{fits} {none}");
    }

    #[test]
    fn influence_is_the_derivative() {
        const MANY: u32 = 1000;
        for case in 0..20 {
            let trial = Trial::draw(&mut Stream::new(Seed(9), Purpose::Simulation, case));
            let Ok(sorted) = trial.sorted() else { continue };
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
