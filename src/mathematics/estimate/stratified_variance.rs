//! Variance of standardised risks when participants were randomised within strata.

use thiserror::Error;

use super::assignment_share::AssignmentShare;
use super::covariates::AdjustedSample;
use crate::numeric::sum::sum;
use crate::trial::arm::{Arm, TwoArm};

/// Why there is no variance under stratified randomisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoStratifiedVariance {
    /// The formula has no published form with sampling weights.
    #[error("not available with sampling weights")]
    Weighted,
    /// The reduction is larger than what it is taken from: a very small sample.
    #[error("the stratified variance is not positive")]
    NotPositive,
}

/// Variances of both standardised risks, and their covariance, under stratified randomisation.
///
/// Permuted blocks and biased coins within strata leave no chance imbalance between strata and arms,
/// and so take off the variance what the regression's residuals have in common within strata. With
/// eₐ = y − μₐ, variances and covariances with subscript a those of arm a (divisor nₐ − 1), pₛ the share of stratum
/// s among everyone, ēₐₛ the mean of eₐ in arm a of stratum s:
///
/// ```text
/// n V₁₁ = var₁(e₁)/π₁ + 2 cov₁(y, μ₁) − var(μ₁) − Σₛ pₛ ē₁ₛ² (1 − π₁)/π₁           and so for V₀₀
/// n V₁₀ = cov₁(y, μ₀) + cov₀(y, μ₁) − cov(μ₁, μ₀) + Σₛ pₛ ē₁ₛ ē₀ₛ
/// ```
///
/// A stratum with nobody in an arm reduces nothing, which errs to the large side.
///
/// With [`AssignmentShare::ByStratum`] the residuals are centred in each arm of each stratum
/// instead: V = Σ ψ̃ψ̃'/n² with ψ̃ₐ = Iₐ(eₐ − ēₐₛ)/πₐₛ + μₐ + ēₐₛ − rₐ.
///
/// # References
///
/// - Ye T, Bannick M, Yi Y, Shao J (2023). *Statistical Theory and Related Fields* 7:159–163
///   (doi:10.1080/24754269.2023.2205802), the first line.
/// - Ye T, Shao J, Yi Y, Zhao Q (2023). *Journal of the American Statistical Association*
///   118:2370–2382 (doi:10.1080/01621459.2022.2049278); Bannick MS and others (2025). *Biometrika*
///   (doi:10.1093/biomet/asaf029), the reduction.
/// - Bugni FA, Canay IA, Shaikh AM (2019). *Quantitative Economics* 10:1747–1785, shares that differ
///   between strata.
pub(super) fn stratified(
    data: &AdjustedSample<'_>,
    risks: &TwoArm<Vec<f64>>,
    share: AssignmentShare,
) -> Result<(TwoArm<f64>, f64), NoStratifiedVariance> {
    if data.weights.is_some() {
        return Err(NoStratifiedVariance::Weighted);
    }
    let residuals = StratumResiduals::new(data, risks);
    let (variances, covariance) = match share {
        AssignmentShare::Overall => overall(data, risks, &residuals),
        AssignmentShare::ByStratum => by_stratum(data, risks, &residuals),
    };
    let product = variances.intervention * variances.control;
    let positive = variances.iter().all(|(_, v)| *v > 0.0) && covariance * covariance < product;
    if positive { Ok((variances, covariance)) } else { Err(NoStratifiedVariance::NotPositive) }
}

/// Numbers of participants and means of residuals in each arm of each stratum.
struct StratumResiduals {
    n: Vec<TwoArm<f64>>,
    means: Vec<TwoArm<f64>>,
}

impl StratumResiduals {
    fn new(data: &AdjustedSample<'_>, risks: &TwoArm<Vec<f64>>) -> Self {
        let none = TwoArm { intervention: 0.0, control: 0.0 };
        let mut n = vec![none; data.sample.n_strata()];
        let mut means = n.clone();
        for (row, (outcome, arm, stratum)) in data.sample.iter().enumerate() {
            *n[stratum].get_mut(arm) += 1.0;
            *means[stratum].get_mut(arm) += outcome - risks.get(arm)[row];
        }
        for (mean, n) in means.iter_mut().zip(&n) {
            *mean = TwoArm::from_fn(|arm| mean.get(arm) / n.get(arm).max(1.0));
        }
        Self { n, means }
    }
}

fn overall(
    data: &AdjustedSample<'_>,
    risks: &TwoArm<Vec<f64>>,
    residuals: &StratumResiduals,
) -> (TwoArm<f64>, f64) {
    let sample = data.sample;
    let n = sample.n() as f64;
    let members = TwoArm::from_fn(|arm| -> Vec<usize> {
        (0..sample.n()).filter(|&i| sample.arms()[i] == arm).collect()
    });
    let within = |arm: Arm, values: &[f64]| -> Vec<f64> {
        members.get(arm).iter().map(|&i| values[i]).collect()
    };
    let outcomes = TwoArm::from_fn(|arm| within(arm, sample.outcomes()));
    // Predictions of risk in arm `of`, for those in arm `of_those_in`.
    let risk = |of: Arm, of_those_in: Arm| within(of_those_in, risks.get(of));
    let share = TwoArm::from_fn(|arm| members.get(arm).len() as f64 / n);
    let both_arms = residuals.n.iter().zip(&residuals.means);
    let reducing: Vec<(f64, TwoArm<f64>)> = both_arms
        .filter(|(people, _)| people.intervention > 0.0 && people.control > 0.0)
        .map(|(people, means)| ((people.intervention + people.control) / n, *means))
        .collect();
    let variances = TwoArm::from_fn(|arm| {
        let (y, own) = (outcomes.get(arm), risk(arm, arm));
        let errors: Vec<f64> = y.iter().zip(&own).map(|(y, risk)| y - risk).collect();
        let everyones = risks.get(arm);
        let pi = share.get(arm);
        let reduction = sum(reducing.iter().map(|(p, e)| p * e.get(arm) * e.get(arm)));
        (covariance(&errors, &errors) / pi + 2.0 * covariance(y, &own)
            - covariance(everyones, everyones)
            - reduction * (1.0 - pi) / pi)
            / n
    });
    let (i, c) = (Arm::Intervention, Arm::Control);
    let added = sum(reducing.iter().map(|(p, e)| p * e.intervention * e.control));
    let between = covariance(&outcomes.intervention, &risk(c, i))
        + covariance(&outcomes.control, &risk(i, c))
        - covariance(&risks.intervention, &risks.control)
        + added;
    (variances, between / n)
}

fn by_stratum(
    data: &AdjustedSample<'_>,
    risks: &TwoArm<Vec<f64>>,
    residuals: &StratumResiduals,
) -> (TwoArm<f64>, f64) {
    let n = data.sample.n() as f64;
    let influence = TwoArm::from_fn(|arm| {
        let members = data.sample.iter().enumerate();
        let mut values: Vec<f64> = members
            .map(|(row, (outcome, own, stratum))| {
                let (risk, mean) = (risks.get(arm)[row], residuals.means[stratum].get(arm));
                let people = residuals.n[stratum];
                let all = people.intervention + people.control;
                let error =
                    if own == arm { (outcome - risk - mean) * all / people.get(arm) } else { 0.0 };
                error + risk + mean
            })
            .collect();
        let centre = sum(values.iter().copied()) / n;
        for value in &mut values {
            *value -= centre;
        }
        values
    });
    let product = |a: &[f64], b: &[f64]| sum(a.iter().zip(b).map(|(a, b)| a * b)) / (n * n);
    let variances = influence.as_ref().map(|values| product(values, values));
    (variances, product(&influence.intervention, &influence.control))
}

/// Sample covariance, divisor n − 1.
fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let mean = |values: &[f64]| sum(values.iter().copied()) / n;
    let (mean_a, mean_b) = (mean(a), mean(b));
    sum(a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b))) / (n - 1.0)
}
