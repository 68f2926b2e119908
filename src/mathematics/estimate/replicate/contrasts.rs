//! Estimates and standard errors from sums by stratum and arm.

use super::Replicated;
use crate::numeric::elementary::ln;
use crate::trial::arm::{Arm, TwoArm};

/// What is left of a sum of squares less its mean's share, below which it is rounding.
const ROUNDING: f64 = 1e-12;

/// 1 − h below which a leverage is 1.
const NO_LEEWAY: f64 = 1e-12;

/// The people of an arm, or of an arm in a stratum, under case weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ArmCell {
    /// Σ w over those observed.
    pub n: f64,
    /// Σ w y, y less its centre.
    pub sum: f64,
    /// Σ w y².
    pub squares: f64,
}

/// Where a cell belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The stratum of the contrast, from 0.
    pub stratum: usize,
    /// The arm.
    pub arm: Arm,
}

/// Adds cells up to the strata of a contrast: `places` has one place a cell, none for cells that
/// do not take part. `strata` is overwritten.
///
/// # Panics
///
/// If a place has no stratum.
pub fn gather(cells: &[ArmCell], places: &[Option<Place>], strata: &mut [TwoArm<ArmCell>]) {
    strata.fill(TwoArm::default());
    for (cell, place) in cells.iter().zip(places) {
        if let Some(place) = place {
            strata[place.stratum].get_mut(place.arm).add(*cell);
        }
    }
}

/// What is estimated from the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contrast {
    /// An arm's proportion p, standard error √(p (1 − p)/n).
    Rate(Arm),
    /// An arm's mean, standard error s/√n, s² with divisor n − 1.
    Mean(Arm),
    /// Difference of two proportions, standard error unpooled, as
    /// [`wald`](crate::estimate::risk_difference::wald).
    RiskDifference,
    /// Difference of two means, standard error √(s₁²/n₁ + s₀²/n₀).
    MeanDifference,
    /// Log risk ratio, as [`risk_ratio`](crate::estimate::ratio::risk_ratio).
    LogRiskRatio,
    /// Log odds ratio, as [`odds_ratio`](crate::estimate::ratio::odds_ratio).
    LogOddsRatio,
    /// Risk difference over strata with Sato's standard error, as
    /// [`mantel_haenszel`](crate::estimate::risk_difference::mantel_haenszel).
    MantelHaenszel,
    /// Least squares on arm and strata with HC2, as
    /// [`arm_and_strata`](crate::estimate::regression::arm_and_strata).
    ArmAndStrata,
}

/// By how much an estimate moves with each sum of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slopes {
    /// With n.
    pub n: f64,
    /// With Σ w y, y less its centre.
    pub sum: f64,
}

impl Contrast {
    /// Estimate and standard error; NaN where there is none: an empty arm, no stratum with both
    /// arms, a log of 0, a standard error of 0 or of leverage 1.
    ///
    /// `centre` is what was taken off the outcomes; those of rates, ratios and `MantelHaenszel` are
    /// 0 and 1, without a centre. All contrasts but the last two add the strata up.
    ///
    /// Ordinary least squares on arm and strata is closed in the cells. With ȳₐₖ their means, mₐₖ
    /// the mean residual, `SSₐₖ` the sum of squares about the mean, wₖ = n₁ₖ n₀ₖ / Nₖ and W = Σ wₖ,
    ///
    /// ```text
    /// β     = Σ wₖ (ȳ₁ₖ − ȳ₀ₖ) / W
    /// Var β = Σₖ Σₐ tₐₖ² (SSₐₖ + nₐₖ mₐₖ²) / (1 − 1/Nₖ − tₐₖ² W),     t₁ₖ = n₀ₖ/(Nₖ W), t₀ₖ = −n₁ₖ/(Nₖ W)
    /// ```
    pub fn evaluate(self, strata: &[TwoArm<ArmCell>], centre: f64) -> Replicated {
        let all = || TwoArm::from_fn(|arm| pooled(strata, arm));
        match self {
            Self::Rate(arm) => pooled(strata, arm).rate(),
            Self::Mean(arm) => {
                let mean = pooled(strata, arm).mean();
                Replicated { estimate: mean.estimate + centre, ..mean }
            }
            Self::RiskDifference => difference(all().map(ArmCell::rate_and_variance)),
            Self::MeanDifference => difference(all().map(ArmCell::mean_and_variance)),
            Self::LogRiskRatio => log_ratio(all().map(ArmCell::log_rate_and_variance)),
            Self::LogOddsRatio => log_ratio(all().map(ArmCell::log_odds_and_variance)),
            Self::MantelHaenszel => mantel_haenszel(strata),
            Self::ArmAndStrata => arm_and_strata(|k| strata.get(k).copied()),
        }
    }

    /// The estimate's derivatives with respect to each cell's n and sum, for
    /// [`CellSums::influence`](super::cells::CellSums::influence).
    pub fn slopes(self, strata: &[TwoArm<ArmCell>]) -> Vec<TwoArm<Slopes>> {
        let all = TwoArm::from_fn(|arm| pooled(strata, arm));
        let of_mean = |arm: Arm| {
            let ArmCell { n, sum, .. } = *all.get(arm);
            Slopes { n: -sum / (n * n), sum: 1.0 / n }
        };
        let of_log = |arm: Arm| {
            let ArmCell { n, sum, .. } = *all.get(arm);
            Slopes { n: -1.0 / n, sum: 1.0 / sum }
        };
        let of_log_odds = |arm: Arm| {
            let ArmCell { n, sum, .. } = *all.get(arm);
            Slopes { n: -1.0 / (n - sum), sum: 1.0 / sum + 1.0 / (n - sum) }
        };
        let both = |of: &dyn Fn(Arm) -> Slopes| TwoArm {
            intervention: of(Arm::Intervention),
            control: of(Arm::Control).negative(),
        };
        let one = |arm: Arm| {
            let mut slopes = TwoArm::<Slopes>::default();
            *slopes.get_mut(arm) = of_mean(arm);
            slopes
        };
        let same = match self {
            Self::Rate(arm) | Self::Mean(arm) => one(arm),
            Self::RiskDifference | Self::MeanDifference => both(&of_mean),
            Self::LogRiskRatio => both(&of_log),
            Self::LogOddsRatio => both(&of_log_odds),
            Self::MantelHaenszel | Self::ArmAndStrata => return stratified_slopes(strata),
        };
        vec![same; strata.len()]
    }
}

/// The complier average effect: the ratio of the arm's coefficients ρ and π in least squares of
/// outcome and take-up on arm and strata, with the HC2 standard error of two-stage least squares,
/// as [`complier_effect`](crate::estimate::instrument::complier_effect).
///
/// The variance is that of the arm's coefficient on y − (ρ/π) d, over π². It needs Σ w y d beside
/// the sums of both:
/// [`Column::Product`](super::cells::Column::Product). `take_up` is of those whose outcome is
/// observed.
pub fn complier_effect(
    outcome: &[TwoArm<ArmCell>],
    take_up: &[TwoArm<ArmCell>],
    product: &[TwoArm<ArmCell>],
) -> Replicated {
    let rho = arm_and_strata(|k| outcome.get(k).copied()).estimate;
    let pi = arm_and_strata(|k| take_up.get(k).copied()).estimate;
    let has_first_stage = pi.abs() > ROUNDING;
    if !has_first_stage {
        return Replicated::NONE;
    }
    let estimate = rho / pi;
    let residual = |k: usize| {
        let (y, d, yd) = (outcome.get(k)?, take_up.get(k)?, product.get(k)?);
        Some(TwoArm::from_fn(|arm| {
            let (y, d, yd) = (y.get(arm), d.get(arm), yd.get(arm));
            ArmCell {
                n: y.n,
                sum: y.sum - estimate * d.sum,
                squares: y.squares - 2.0 * estimate * yd.sum + estimate * estimate * d.squares,
            }
        }))
    };
    Replicated { estimate, std_error: arm_and_strata(residual).std_error / pi.abs() }
}

/// Influence on the complier effect ρ/π from the influence on its two regressions
/// ([`Contrast::ArmAndStrata`] of outcome and take-up): (ψρ − (ρ/π) ψπ)/π.
pub fn complier_influence(rho: (f64, &[f64]), pi: (f64, &[f64])) -> Vec<f64> {
    let effect = rho.0 / pi.0;
    rho.1.iter().zip(pi.1).map(|(y, d)| (y - effect * d) / pi.0).collect()
}

impl ArmCell {
    fn add(&mut self, other: Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    fn average(self) -> f64 {
        self.sum / self.n
    }

    /// Σ w (y − ȳ)².
    fn about_mean(self) -> f64 {
        let left = self.squares - self.sum * self.average();
        if left > ROUNDING * self.squares { left } else { 0.0 }
    }

    fn rate(self) -> Replicated {
        let (estimate, variance) = self.rate_and_variance();
        Replicated::new(estimate, variance)
    }

    fn mean(self) -> Replicated {
        let (estimate, variance) = self.mean_and_variance();
        Replicated::new(estimate, variance)
    }

    fn rate_and_variance(self) -> (f64, f64) {
        let p = self.average();
        (p, p * (1.0 - p) / self.n)
    }

    fn mean_and_variance(self) -> (f64, f64) {
        (self.average(), self.about_mean() / ((self.n - 1.0) * self.n))
    }

    /// 1/x − 1/n, without cancellation.
    fn log_rate_and_variance(self) -> (f64, f64) {
        (self.sum / self.n, (self.n - self.sum) / (self.sum * self.n))
    }

    fn log_odds_and_variance(self) -> (f64, f64) {
        let others = self.n - self.sum;
        (self.sum / others, 1.0 / self.sum + 1.0 / others)
    }
}

impl Slopes {
    fn negative(self) -> Self {
        Self { n: -self.n, sum: -self.sum }
    }
}

fn pooled(strata: &[TwoArm<ArmCell>], arm: Arm) -> ArmCell {
    let mut all = ArmCell::default();
    for stratum in strata {
        all.add(*stratum.get(arm));
    }
    all
}

fn difference(arms: TwoArm<(f64, f64)>) -> Replicated {
    let TwoArm { intervention, control } = arms;
    Replicated::new(intervention.0 - control.0, intervention.1 + control.1)
}

fn log_ratio(arms: TwoArm<(f64, f64)>) -> Replicated {
    let ratio = arms.intervention.0 / arms.control.0;
    if !(ratio.is_finite() && ratio > 0.0) {
        return Replicated::NONE;
    }
    Replicated::new(ln(ratio), arms.intervention.1 + arms.control.1)
}

/// n₁ n₀/(n₁ + n₀); none where an arm is empty.
fn weight(stratum: &TwoArm<ArmCell>) -> Option<f64> {
    let (n1, n0) = (stratum.intervention.n, stratum.control.n);
    (n1 > 0.0 && n0 > 0.0).then(|| n1 * n0 / (n1 + n0))
}

fn mantel_haenszel(strata: &[TwoArm<ArmCell>]) -> Replicated {
    let used = || strata.iter().filter_map(|k| Some((weight(k)?, k)));
    let weights: f64 = used().map(|(w, _)| w).sum();
    let of = |(w, k): (f64, &TwoArm<ArmCell>)| w * (k.intervention.average() - k.control.average());
    let estimate = used().map(of).sum::<f64>() / weights;
    let spread: f64 = used()
        .map(|(w, k)| {
            let (n1, n0) = (k.intervention.n, k.control.n);
            let (p1, p0) = (k.intervention.average(), k.control.average());
            let a = (n1 * p0 - n0 * p1 + (n0 - n1) / 2.0) / (n1 + n0);
            let b = 0.5 * (p1 * (1.0 - p0) + p0 * (1.0 - p1));
            w * (estimate * a + b)
        })
        .sum();
    let spread = if spread > ROUNDING * weights { spread } else { 0.0 };
    Replicated::new(estimate, spread / (weights * weights))
}

/// Least squares on arm and strata; `stratum` gives them one by one.
fn arm_and_strata(stratum: impl Fn(usize) -> Option<TwoArm<ArmCell>>) -> Replicated {
    let strata = || (0..).map_while(&stratum);
    let (mut weights, mut along) = (0.0, 0.0);
    let (mut n, mut squares, mut peopled) = (0.0, 0.0, 0_u32);
    for k in strata() {
        let own = k.intervention.n + k.control.n;
        n += own;
        peopled += u32::from(own > 0.0);
        squares += k.intervention.squares + k.control.squares;
        if let Some(w) = weight(&k) {
            weights += w;
            along += w * (k.intervention.average() - k.control.average());
        }
    }
    let estimate = along / weights;
    let mut variance = 0.0;
    for k in strata() {
        let Some(w) = weight(&k) else { continue };
        let own = k.intervention.n + k.control.n;
        let gap = k.intervention.average() - k.control.average() - estimate;
        for (arm, cell) in k.iter() {
            let other = w / cell.n;
            let other = if arm == Arm::Intervention { other } else { -other };
            let residual = other * gap;
            let leeway = 1.0 - 1.0 / own - other * other / weights;
            if leeway <= NO_LEEWAY {
                return Replicated { estimate, std_error: f64::NAN };
            }
            let left = cell.about_mean() + cell.n * residual * residual;
            variance += other * other * left / leeway;
        }
    }
    let variance = variance / (weights * weights);
    let has_freedom = n - f64::from(peopled) - 1.0 > 0.5;
    if !has_freedom || variance <= ROUNDING * ROUNDING * squares / n {
        return Replicated { estimate, std_error: f64::NAN };
    }
    Replicated::new(estimate, variance)
}

fn stratified_slopes(strata: &[TwoArm<ArmCell>]) -> Vec<TwoArm<Slopes>> {
    let weights: f64 = strata.iter().filter_map(weight).sum();
    let estimate = Contrast::ArmAndStrata.evaluate(strata, 0.0).estimate;
    let of = |k: &TwoArm<ArmCell>| {
        let Some(w) = weight(k) else { return TwoArm::default() };
        let own = k.intervention.n + k.control.n;
        let gap = k.intervention.average() - k.control.average() - estimate;
        TwoArm::from_fn(|arm| {
            let cell = k.get(arm);
            let sign = if arm == Arm::Intervention { 1.0 } else { -1.0 };
            let other = 1.0 - cell.n / own;
            let average = sign * w * cell.average() / cell.n;
            Slopes {
                n: (other * other * gap - average) / weights,
                sum: sign * w / (cell.n * weights),
            }
        })
    };
    strata.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(n: f64, sum: f64) -> ArmCell {
        ArmCell { n, sum, squares: sum }
    }

    fn stratum(one: (f64, f64), zero: (f64, f64)) -> TwoArm<ArmCell> {
        TwoArm { intervention: cell(one.0, one.1), control: cell(zero.0, zero.1) }
    }

    const ALL: [Contrast; 8] = [
        Contrast::Rate(Arm::Intervention),
        Contrast::Mean(Arm::Intervention),
        Contrast::RiskDifference,
        Contrast::MeanDifference,
        Contrast::LogRiskRatio,
        Contrast::LogOddsRatio,
        Contrast::MantelHaenszel,
        Contrast::ArmAndStrata,
    ];

    #[test]
    fn an_empty_arm_has_nothing() {
        for strata in [vec![], vec![stratum((0.0, 0.0), (5.0, 2.0))]] {
            for contrast in ALL {
                let got = contrast.evaluate(&strata, 0.0);
                assert!(got.estimate.is_nan() && got.std_error.is_nan(), "{contrast:?} {got:?}");
            }
            assert!(complier_effect(&strata, &strata, &strata).estimate.is_nan());
        }
    }

    #[test]
    fn without_variation_there_is_an_estimate_and_no_standard_error() {
        let strata = [stratum((4.0, 4.0), (3.0, 0.0)), stratum((5.0, 5.0), (9.0, 0.0))];
        for contrast in ALL {
            let got = contrast.evaluate(&strata, 0.0);
            let is_ratio = matches!(contrast, Contrast::LogRiskRatio | Contrast::LogOddsRatio);
            assert_eq!(got.estimate.is_nan(), is_ratio, "{contrast:?} {got:?}");
            assert!(got.std_error.is_nan(), "{contrast:?} {got:?}");
        }
        let all = Contrast::LogRiskRatio.evaluate(&[stratum((4.0, 4.0), (3.0, 3.0))], 0.0);
        assert!(all.estimate.abs() < 1e-15 && all.std_error.is_nan());
    }

    #[test]
    fn a_single_person_who_decides_leaves_no_standard_error() {
        let strata = [stratum((1.0, 1.0), (4.0, 1.0)), stratum((3.0, 1.0), (0.0, 0.0))];
        let got = Contrast::ArmAndStrata.evaluate(&strata, 0.0);
        assert!((got.estimate - 0.75).abs() < 1e-15 && got.std_error.is_nan());
    }
}
