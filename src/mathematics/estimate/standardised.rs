//! Standardised risks from a logistic regression, and their contrasts on the marginal scale.

use ndarray::{Array1, Array2, ArrayView1};
use thiserror::Error;

pub use super::assignment_share::AssignmentShare;
use super::covariates::{AdjustedSample, MergedStratum, Model, Omission, OmissionReason, Terms};
use super::design::ARM;
use super::logistic::{Counting, Logistic, LogisticData, LogisticError, both};
use super::proportion::arm_name;
use super::ratio::RatioEstimate;
use super::regression::{ArmEffectError, both_arms};
use super::risk_difference::RiskDifference;
use super::stratified_variance::{NoStratifiedVariance, stratified};
use crate::numeric::elementary::{exp, ln};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::sum::sum;
use crate::trial::arm::{Arm, TwoArm};

/// Standardised risks with all that follows from one covariance of theirs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StandardisedContrasts {
    /// Standard error of each arm's risk.
    pub std_errors: TwoArm<f64>,
    /// Covariance of the two risks.
    pub covariance: f64,
    /// Intervention − control; limits from the normal.
    pub difference: RiskDifference,
    /// Intervention / control; limits from the normal on the log scale.
    pub risk_ratio: Result<RatioEstimate, RiskOutOfRange>,
    /// Odds ratio of the two risks: marginal, not the regression's coefficient; limits from the
    /// normal on the log scale.
    pub odds_ratio: Result<RatioEstimate, RiskOutOfRange>,
}

/// A standardised risk has no logarithm or odds. Only with [`AssignmentShare::ByStratum`], whose
/// risks are no means of predictions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the standardised risk of the {} arm is not between 0 and 1", arm_name(*.arm))]
pub struct RiskOutOfRange {
    /// The arm.
    pub arm: Arm,
}

/// [`logit_standardised`]'s estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct Standardised {
    /// Standardised risk of each arm.
    pub risks: TwoArm<f64>,
    /// Under simple randomisation; errs to the large side under stratified randomisation.
    pub simple: StandardisedContrasts,
    /// Under stratified randomisation, by permuted blocks or a biased coin within strata.
    pub stratified: Result<StandardisedContrasts, NoStratifiedVariance>,
    /// Influence values of each arm's risk, in the order of the participants, with mean 0. Those of
    /// the difference are the intervention's less the control's.
    pub influence: TwoArm<Vec<f64>>,
    /// Covariates and levels left out, in their order.
    pub omissions: Vec<Omission>,
    /// Strata joined to the reference stratum of the regression, in their order.
    pub merged_strata: Vec<MergedStratum>,
}

/// Why there are no standardised risks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StandardisedError {
    /// The arms cannot be compared.
    #[error(transparent)]
    Arms(#[from] ArmEffectError),
    /// An arm's outcomes are all 0 or all 1: its odds are zero or infinite.
    #[error("everyone in the {} arm has the same outcome", arm_name(*.arm))]
    ConstantOutcome {
        /// The arm; the intervention if both are so.
        arm: Arm,
    },
    /// The share in an arm cannot be taken by stratum.
    #[error("no participants in the {} arm of a stratum", arm_name(*.arm))]
    StratumWithOneArm {
        /// Number of the stratum, from 0.
        stratum: usize,
        /// The arm without participants.
        arm: Arm,
    },
    /// The regression has no maximum.
    #[error(transparent)]
    Logistic(#[from] LogisticError),
}

/// Estimates the risk in each arm were everyone in it, at everyone's own strata and covariates, and
/// the difference, ratio and odds ratio of these risks.
///
/// A logistic regression on arm, strata and covariates (main effects) predicts each participant's
/// risk in either arm, μₐᵢ, whatever arm they are in. With πₐ the share of participants in arm a,
/// Iₐᵢ whether participant i is in it, and n participants:
///
/// ```text
/// rₐ   = Σ μₐᵢ / n
/// ψₐᵢ  = Iₐᵢ (yᵢ − μₐᵢ) / πₐ + μₐᵢ − rₐ
/// V    = Σ ψᵢ ψᵢ' / n²,                            ψᵢ = (ψ₁ᵢ, ψ₀ᵢ)
/// ```
///
/// The difference r₁ − r₀ has standard error √(Σ(ψ₁ᵢ − ψ₀ᵢ)²)/n. Log risk ratio and log odds ratio
/// take theirs by the delta method, with ∂log r = ψ/r and ∂logit r = ψ/(r(1 − r)). All limits are
/// from the normal. The variance is that of an unknown population, not of these covariates alone,
/// and the regression may be wrong.
///
/// With [`AssignmentShare::ByStratum`] πₐ is the stratum's own and rₐ the mean of
/// Iₐᵢ(yᵢ − μₐᵢ)/πₐ + μₐᵢ; with [`AssignmentShare::Overall`] the two means are the same. With sampling
/// weights w every sum, πₐ and the regression are weighted, and ψᵢ is multiplied by wᵢ n/Σw.
///
/// Beside it stands the variance under stratified randomisation ([`Standardised::stratified`]).
///
/// Outcomes are 0 or 1. Levels that are seen in one arm only, or whose people all have the same
/// outcome, join the reference level, and such strata of the same outcome the reference stratum;
/// covariates that separate the outcomes are left out. All are named.
///
/// # Errors
///
/// See [`StandardisedError`].
///
/// # References
///
/// - Ge M, Durham LK, Meyer RD, Xie W, Thomas N (2011). *Drug Information Journal* 45:481–493, and
///   FDA (2023), *Adjusting for covariates in randomized clinical trials*, on the estimand.
/// - Rosenblum M, van der Laan MJ (2010). *International Journal of Biostatistics* 6(1):13.
/// - Agrees with R's `glm` and the formula; see `tests/reference/r/adjusted.R`.
pub fn logit_standardised(
    data: &AdjustedSample<'_>,
    share: AssignmentShare,
    level: ConfidenceLevel,
) -> Result<Standardised, StandardisedError> {
    let shares = checked_shares(data, share)?;
    let Fitted { terms, design, coefficients } = fit_with_terms(data)?;
    let predictions = predictions(design, &coefficients);
    let risks = predictions.risks(data, &shares);
    let influence = predictions.influence(data, &shares, risks);
    let n = data.sample.n() as f64;
    let product = |a: &[f64], b: &[f64]| sum(a.iter().zip(b).map(|(a, b)| a * b)) / (n * n);
    let variances = influence.as_ref().map(|values| product(values, values));
    let covariance = product(&influence.intervention, &influence.control);
    Ok(Standardised {
        risks,
        simple: contrasts(risks, variances, covariance, level),
        stratified: stratified(data, &predictions.risks, share)
            .map(|(variances, covariance)| contrasts(risks, variances, covariance, level)),
        influence,
        omissions: terms.omissions(),
        merged_strata: terms.merged_strata(),
    })
}

/// Predicted risks of each participant in either arm.
pub(super) struct Predictions {
    pub(super) risks: TwoArm<Vec<f64>>,
}

/// The arms' shares, where the data have what is needed of arms, outcomes and strata.
pub(super) fn checked_shares(
    data: &AdjustedSample<'_>,
    share: AssignmentShare,
) -> Result<Shares, StandardisedError> {
    let cells = data.sample.cells();
    both_arms(&cells)?;
    for arm in Arm::BOTH {
        let ranges = cells.iter().filter_map(|cell| cell.get(arm).range);
        let (least, most) = ranges.fold((f64::INFINITY, f64::NEG_INFINITY), |all, own| {
            (all.0.min(own.0), all.1.max(own.1))
        });
        if least >= most {
            return Err(StandardisedError::ConstantOutcome { arm });
        }
    }
    Shares::new(data, share)
}

/// A logistic regression on the columns that can be estimated.
pub(super) struct Fitted<'a> {
    terms: Terms<'a>,
    /// Ones, arm, strata and covariates.
    pub(super) design: Array2<f64>,
    pub(super) coefficients: Array1<f64>,
}

/// Fits, leaving out what separates the outcomes.
pub(super) fn fit_with_terms<'a>(
    data: &AdjustedSample<'a>,
) -> Result<Fitted<'a>, StandardisedError> {
    const GIVEN: usize = 2;
    let mut terms = Terms::new(*data, Model::Logistic);
    let everyone: Vec<usize> = (0..data.sample.n()).collect();
    loop {
        let mut design = terms.matrix(&everyone, GIVEN);
        design.column_mut(0).fill(1.0);
        for (to, arm) in design.column_mut(ARM).iter_mut().zip(data.sample.arms()) {
            *to = if *arm == Arm::Intervention { 1.0 } else { 0.0 };
        }
        let outcomes = ArrayView1::from(data.sample.outcomes());
        let counting = data.weights.map_or(Counting::Once, Counting::Sampling);
        match Logistic::fit(LogisticData { design: design.view(), outcomes, counting }, None) {
            Ok(fit) => return Ok(Fitted { terms, design, coefficients: fit.coefficients }),
            Err(LogisticError::Separated { column }) if column >= GIVEN => {
                terms.leave_out(column - GIVEN, OmissionReason::Separated);
            }
            Err(LogisticError::Singular { column }) if column >= GIVEN => {
                terms.leave_out(column - GIVEN, OmissionReason::Collinear);
            }
            Err(reason) => return Err(reason.into()),
        }
    }
}

fn predictions(mut design: Array2<f64>, coefficients: &Array1<f64>) -> Predictions {
    design.column_mut(ARM).fill(0.0);
    let control = design.dot(coefficients);
    let effect = coefficients[ARM];
    let risks = TwoArm {
        intervention: control.iter().map(|eta| both(eta + effect).0).collect(),
        control: control.iter().map(|eta| both(*eta).0).collect(),
    };
    Predictions { risks }
}

/// Each participant's weight, with mean 1, and shares of the arms.
pub(super) struct Shares {
    share: AssignmentShare,
    weights: Option<Vec<f64>>,
    /// Of the intervention: one for everyone, or one a stratum.
    intervention: Vec<f64>,
}

impl Shares {
    fn new(data: &AdjustedSample<'_>, share: AssignmentShare) -> Result<Self, StandardisedError> {
        let weights = data.weights.map(|weights| {
            let mean = sum(weights.values().iter().copied()) / data.sample.n() as f64;
            weights.values().iter().map(|w| w / mean).collect::<Vec<f64>>()
        });
        let by_stratum = share == AssignmentShare::ByStratum;
        let groups = if by_stratum { data.sample.n_strata() } else { 1 };
        let mut totals = vec![TwoArm { intervention: 0.0, control: 0.0 }; groups];
        for (i, (_, arm, stratum)) in data.sample.iter().enumerate() {
            let group = if by_stratum { stratum } else { 0 };
            *totals[group].get_mut(arm) += weights.as_ref().map_or(1.0, |weights| weights[i]);
        }
        for (stratum, total) in totals.iter().enumerate() {
            let people = total.intervention + total.control > 0.0;
            if let Some((arm, _)) = total.iter().find(|(_, n)| people && **n <= 0.0) {
                return Err(StandardisedError::StratumWithOneArm { stratum, arm });
            }
        }
        let intervention =
            totals.iter().map(|n| n.intervention / (n.intervention + n.control)).collect();
        Ok(Self { share, weights, intervention })
    }

    fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[row])
    }

    fn of(&self, arm: Arm, stratum: usize) -> f64 {
        let group = if self.share == AssignmentShare::ByStratum { stratum } else { 0 };
        match arm {
            Arm::Intervention => self.intervention[group],
            Arm::Control => 1.0 - self.intervention[group],
        }
    }
}

impl Predictions {
    /// Iₐ (y − μₐ)/πₐ + μₐ.
    fn term(&self, sample: (f64, Arm, usize), row: usize, arm: Arm, shares: &Shares) -> f64 {
        let (outcome, own, stratum) = sample;
        let risk = self.risks.get(arm)[row];
        if own == arm { (outcome - risk) / shares.of(arm, stratum) + risk } else { risk }
    }

    fn risks(&self, data: &AdjustedSample<'_>, shares: &Shares) -> TwoArm<f64> {
        let n = data.sample.n() as f64;
        TwoArm::from_fn(|arm| {
            let values = data.sample.iter().enumerate().map(|(row, sample)| {
                let value = match shares.share {
                    AssignmentShare::Overall => self.risks.get(arm)[row],
                    AssignmentShare::ByStratum => self.term(sample, row, arm, shares),
                };
                shares.weight(row) * value
            });
            sum(values) / n
        })
    }

    fn influence(
        &self,
        data: &AdjustedSample<'_>,
        shares: &Shares,
        risks: TwoArm<f64>,
    ) -> TwoArm<Vec<f64>> {
        TwoArm::from_fn(|arm| {
            let members = data.sample.iter().enumerate();
            let value = |(row, sample)| {
                shares.weight(row) * (self.term(sample, row, arm, shares) - risks.get(arm))
            };
            members.map(value).collect()
        })
    }
}

fn contrasts(
    risks: TwoArm<f64>,
    variances: TwoArm<f64>,
    covariance: f64,
    level: ConfidenceLevel,
) -> StandardisedContrasts {
    // Variance of f(r₁) − f(r₀) with slopes f'.
    let std_error = |slopes: TwoArm<f64>| {
        let own = |arm| variances.get(arm) * slopes.get(arm) * slopes.get(arm);
        let crossed = 2.0 * covariance * slopes.intervention * slopes.control;
        (own(Arm::Intervention) + own(Arm::Control) - crossed).max(0.0).sqrt()
    };
    let estimate = risks.intervention - risks.control;
    let error = std_error(TwoArm { intervention: 1.0, control: 1.0 });
    let interval = Interval::around(estimate, level.z() * error);
    let difference = RiskDifference { estimate, std_error: error, interval };
    let ratio = |logs: TwoArm<f64>, slopes: TwoArm<f64>| {
        let log_estimate = logs.intervention - logs.control;
        let log_std_error = std_error(slopes);
        let interval = Interval::around(log_estimate, level.z() * log_std_error);
        let estimate = exp(log_estimate);
        RatioEstimate {
            estimate,
            log_estimate,
            log_std_error,
            interval: interval.map_increasing(exp),
        }
    };
    let outside = risks.iter().find(|(_, risk)| !(**risk > 0.0 && **risk < 1.0));
    let within = outside.map_or(Ok(()), |(arm, _)| Err(RiskOutOfRange { arm }));
    StandardisedContrasts {
        std_errors: variances.map(f64::sqrt),
        covariance,
        difference,
        risk_ratio: within.map(|()| ratio(risks.map(ln), risks.map(|r| 1.0 / r))),
        odds_ratio: within.map(|()| {
            ratio(risks.map(|r| ln(r / (1.0 - r))), risks.map(|r| 1.0 / (r * (1.0 - r))))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::covariates::Covariate;
    use crate::estimate::sample::StratifiedSample;
    use crate::numeric::weights::SamplingWeights;

    const I: Arm = Arm::Intervention;
    const C: Arm = Arm::Control;

    fn run(
        outcomes: &[f64],
        arms: &[Arm],
        strata: &[usize],
        share: AssignmentShare,
    ) -> Result<Standardised, StandardisedError> {
        let sample = StratifiedSample::new(outcomes, arms, strata, 3).expect("a sample");
        let data = AdjustedSample::new(sample, &[], None).expect("a sample");
        logit_standardised(&data, share, ConfidenceLevel::new(0.95).expect("a level"))
    }

    #[test]
    fn arms_with_one_outcome_are_named() {
        let arms = [I, I, C, C];
        let overall = AssignmentShare::Overall;
        let constant = |arm| Err(StandardisedError::ConstantOutcome { arm });
        assert_eq!(run(&[0.0; 4], &arms, &[0; 4], overall), constant(I));
        assert_eq!(run(&[1.0, 0.0, 1.0, 1.0], &arms, &[0; 4], overall), constant(C));
        let half = run(&[0.5, 0.0, 1.0, 0.0], &arms, &[0; 4], overall);
        assert_eq!(half, Err(LogisticError::NotBinary { row: 0 }.into()));
    }

    #[test]
    fn a_stratum_with_one_arm_has_no_share_of_its_own() {
        let (y, arms) = ([1.0, 0.0, 1.0, 0.0, 1.0, 0.0], [I, I, C, C, C, C]);
        let strata = [0, 0, 0, 0, 2, 2];
        let missing = StandardisedError::StratumWithOneArm { stratum: 2, arm: I };
        assert_eq!(run(&y, &arms, &strata, AssignmentShare::ByStratum), Err(missing));
        let overall = run(&y, &arms, &strata, AssignmentShare::Overall).unwrap();
        assert!(overall.simple.difference.estimate.abs() < 1e-12);
    }

    #[test]
    fn strata_of_one_outcome_join_the_reference() {
        let (y, arms) = ([1.0, 0.0, 1.0, 0.0, 1.0, 1.0], [I, I, C, C, I, C]);
        let got = run(&y, &arms, &[1, 1, 1, 1, 0, 0], AssignmentShare::Overall).unwrap();
        let reason = OmissionReason::Separated;
        assert_eq!(got.merged_strata, [MergedStratum { stratum: 0, reason }]);
        assert!((got.risks.intervention - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn weights_have_no_stratified_variance_but_the_rest() {
        let (y, arms) = ([1.0, 0.0, 1.0, 0.0, 1.0, 0.0], [I, I, C, C, I, C]);
        let weights = [1.0, 2.0, 1.0, 1.0, 1.0, 2.0];
        let sample = StratifiedSample::new(&y, &arms, &[0; 6], 1).expect("a sample");
        let weights = SamplingWeights::new(&weights).expect("weights");
        let covariates: [Covariate<'_>; 0] = [];
        let data = AdjustedSample::new(sample, &covariates, Some(weights)).expect("a sample");
        let level = ConfidenceLevel::new(0.95).expect("a level");
        let got = logit_standardised(&data, AssignmentShare::Overall, level).unwrap();
        assert_eq!(got.stratified, Err(NoStratifiedVariance::Weighted));
        assert!((got.risks.intervention - 0.5).abs() < 1e-14);
        assert!((got.risks.control - 0.25).abs() < 1e-14);
    }
}
