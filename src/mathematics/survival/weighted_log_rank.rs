//! Log-rank tests of two arms that weight early or late days.

use ndarray::{Array1, Array2};

use super::event_table::EventTable;
use super::log_rank::{PooledDays, any_event, both_arms};
use super::not_estimable::NotEstimable;
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::elementary::pow;
use crate::trial::arm::TwoArm;

/// The weight S(t−)^ρ (1 − S(t−))^γ of a day, S the pooled Kaplan-Meier curve; 0⁰ is 1.
///
/// (0, 0) is the log-rank test, (1, 0) the Peto-Peto test; (0, 1) stresses late days and (1, 1)
/// those in the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlemingHarrington {
    rho: f64,
    gamma: f64,
}

impl FlemingHarrington {
    /// The four of the usual MaxCombo test: (0, 0), (0, 1), (1, 0), (1, 1).
    pub const MAX_COMBO: [Self; 4] = [
        Self { rho: 0.0, gamma: 0.0 },
        Self { rho: 0.0, gamma: 1.0 },
        Self { rho: 1.0, gamma: 0.0 },
        Self { rho: 1.0, gamma: 1.0 },
    ];

    /// The weight with these powers, if neither is negative and both are finite.
    pub fn new(rho: f64, gamma: f64) -> Option<Self> {
        let power = |x: f64| x.is_finite() && x >= 0.0;
        (power(rho) && power(gamma)).then_some(Self { rho, gamma })
    }

    /// The power ρ of S.
    pub fn rho(self) -> f64 {
        self.rho
    }

    /// The power γ of 1 − S.
    pub fn gamma(self) -> f64 {
        self.gamma
    }

    fn at(self, survival_before: f64) -> f64 {
        pow(survival_before, self.rho) * pow(1.0 - survival_before, self.gamma)
    }
}

/// A log-rank test with its direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedTest {
    /// U: weighted events of the intervention arm less those expected.
    pub excess: f64,
    /// V, its variance.
    pub variance: f64,
    /// U / √V: positive if the intervention arm had more events than expected.
    pub z: f64,
    /// z² on one degree of freedom.
    pub test: ChiSquaredTest,
}

/// Fleming and Harrington's test of class G(ρ, γ), competing exits counted as censored.
///
/// ```text
/// U = Σⱼ wⱼ (d₁ⱼ − n₁ⱼ dⱼ / nⱼ),   wⱼ = S(tⱼ−)^ρ (1 − S(tⱼ−))^γ
/// V = Σⱼ wⱼ² dⱼ (n₁ⱼ / nⱼ) (n₀ⱼ / nⱼ) (nⱼ − dⱼ) / (nⱼ − 1)
/// ```
///
/// in the notation of [`super::log_rank::log_rank`], S the Kaplan-Meier curve of both arms
/// pooled. S is 1 before the first event, so that with γ > 0 the first day with events counts
/// nothing. Everyone twice: U doubles, and each day's part of V becomes 4 (nⱼ − 1) / (2 nⱼ − 1)
/// of what it was, so that χ² a little more than doubles.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`] if an arm is empty, [`NotEstimable::NoEvents`],
/// [`NotEstimable::NoVariance`] if V is 0.
///
/// # References
///
/// - Harrington DP, Fleming TR (1982). *Biometrika* 69:553–566.
/// - Fleming TR, Harrington DP (1991). *Counting Processes and Survival Analysis*, section 7.2.
/// - With γ = 0 agrees with `survdiff(..., rho = ρ)` of R's survival 3.5-3; with γ > 0 with the
///   formula in R, and U with survMisc 0.5.6's `comp` (whose V is not survdiff's either):
///   `tests/reference/r/weighted_log_rank.R`.
pub fn fleming_harrington(
    arms: TwoArm<&EventTable>,
    weight: FlemingHarrington,
) -> Result<SignedTest, NotEstimable> {
    fleming_harrington_stratified(&[arms], weight)
}

/// [`fleming_harrington`] within strata: S is the stratum's own, U and V are summed over strata.
///
/// A stratum in which an arm is empty, or without events, adds nothing.
///
/// # Errors
///
/// As [`fleming_harrington`], over all strata together.
///
/// # References
///
/// With γ = 0 agrees with `survdiff(Surv(day, event) ~ arm + strata(stratum), rho = ρ)` of R's
/// survival 3.5-3: `tests/reference/r/weighted_log_rank.R`.
pub fn fleming_harrington_stratified(
    strata: &[TwoArm<&EventTable>],
    weight: FlemingHarrington,
) -> Result<SignedTest, NotEstimable> {
    let Scores { excess, covariance } = Scores::new(strata, &[weight])?;
    signed(excess[0], covariance[[0, 0]])
}

/// z and χ² of an excess with that variance.
pub(super) fn signed(excess: f64, variance: f64) -> Result<SignedTest, NotEstimable> {
    if variance <= 0.0 {
        return Err(NotEstimable::NoVariance);
    }
    let test = ChiSquaredTest::new(excess * excess / variance, 1);
    Ok(SignedTest { excess, variance, z: excess / variance.sqrt(), test })
}

/// U of several weights, and the covariances Σⱼ wₖⱼ wₗⱼ vⱼ between them.
pub(super) struct Scores {
    pub(super) excess: Array1<f64>,
    pub(super) covariance: Array2<f64>,
}

impl Scores {
    pub(super) fn new(
        strata: &[TwoArm<&EventTable>],
        weights: &[FlemingHarrington],
    ) -> Result<Self, NotEstimable> {
        both_arms(strata)?;
        any_event(strata)?;
        let n_weights = weights.len();
        let mut excess = Array1::zeros(n_weights);
        let mut covariance = Array2::zeros((n_weights, n_weights));
        for &arms in strata {
            let mut survival = 1.0;
            for day in PooledDays::new(arms) {
                let (n, d) = (day.n(), day.d());
                if d <= 0.0 {
                    continue;
                }
                let own = day.events.intervention - day.at_risk.intervention * d / n;
                let variance = day.hypergeometric_variance();
                let w: Array1<f64> = weights.iter().map(|weight| weight.at(survival)).collect();
                for k in 0..n_weights {
                    excess[k] += w[k] * own;
                    for l in 0..n_weights {
                        covariance[[k, l]] += w[k] * w[l] * variance;
                    }
                }
                survival *= (n - d) / n;
            }
        }
        Ok(Self { excess, covariance })
    }
}
