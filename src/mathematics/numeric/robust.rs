//! Covariances of least squares that are right when variances are unequal.

use ndarray::Array2;

use super::gram::weighted_gram;
use super::least_squares::LeastSquares;

/// Covariances robust to unequal variances, by their names in the literature.
///
/// The factor is what each squared residual is multiplied by; h is the leverage, n the participants
/// and p the coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Robust {
    /// 1 (White 1980). Too small in small samples.
    Hc0,
    /// n / (n − p). What Stata's `robust` gives.
    Hc1,
    /// 1 / (1 − h). Unbiased if variances are equal; the default of `estimatr::lm_robust`.
    Hc2,
    /// 1 / (1 − h)². Close to the jackknife; errs to the large side.
    Hc3,
}

impl Robust {
    /// What a squared residual is multiplied by, but for the factor common to all.
    fn factor(self, leverage: f64) -> f64 {
        let leeway = 1.0 - leverage;
        match self {
            Self::Hc0 | Self::Hc1 => 1.0,
            Self::Hc2 => 1.0 / leeway,
            Self::Hc3 => 1.0 / (leeway * leeway),
        }
    }

    /// The factor common to all: n / (n − p) for HC1; infinite where n = p.
    pub fn common_factor(self, n: usize, residual_df: usize) -> f64 {
        if self == Self::Hc1 { n as f64 / residual_df as f64 } else { 1.0 }
    }
}

impl LeastSquares {
    /// Covariance of the coefficients, robust to unequal variances.
    ///
    /// ```text
    /// V = c (X'WX)⁻¹ [Σ wᵢ² f(hᵢ) eᵢ² xᵢ xᵢ'] (X'WX)⁻¹
    /// ```
    ///
    /// with c and f as [`Robust`] says, hᵢ the leverages (those of √W X) and eᵢ the residuals.
    ///
    /// A participant of leverage 1, such as the only one of a stratum with its own dummy, has
    /// residual 0 whatever the outcome and eᵢ²/(1 − hᵢ) is 0/0. It adds nothing here, as in
    /// `estimatr::lm_robust`. For coefficients that do not move with that participant's outcome
    /// this is exact; the variance of the others, which are
    /// [`determined_by_one`](Self::determined_by_one), cannot be estimated and is too small.
    ///
    /// # References
    ///
    /// - `MacKinnon` JG, White H (1985). *Journal of Econometrics* 29:305–325.
    /// - Agrees with `estimatr::lm_robust` and `sandwich::vcovHC`, with and without weights; see
    ///   `tests/reference/r/adjusted.R`.
    pub fn robust_covariance(&self, robust: Robust) -> Array2<f64> {
        let n = self.residuals.len();
        let squares: Vec<f64> = (0..n)
            .map(|i| {
                if self.has_leverage_one(i) {
                    return 0.0;
                }
                let root = self.root_weights.as_ref().map_or(1.0, |roots| roots[i]);
                let residual = root * self.residuals[i];
                residual * residual * robust.factor(self.leverages[i])
            })
            .collect();
        let meat = weighted_gram(self.basis.view(), &squares);
        let covariance = self.from_basis.dot(&meat).dot(&self.from_basis.t());
        covariance * robust.common_factor(n, self.residual_df)
    }

    /// Covariance of the coefficients, robust to unequal variances: HC2.
    ///
    /// (XᵀX)⁻¹ [Σ xᵢ xᵢᵀ eᵢ²/(1 − hᵢ)] (XᵀX)⁻¹ (doi:10.1016/0304-4076(85)90158-7). With an arm dummy
    /// alone it is Neyman's s₁²/n₁ + s₀²/n₀ (Samii and Aronow 2012,
    /// doi:10.1016/j.spl.2011.10.024). See [`robust_covariance`](Self::robust_covariance).
    pub fn hc2_covariance(&self) -> Array2<f64> {
        self.robust_covariance(Robust::Hc2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::weights::SamplingWeights;
    use ndarray::{arr1, arr2};

    #[test]
    fn one_mean_has_its_closed_forms() {
        // Residuals −2, −1, 3 and leverages 1/3: Σe² = 14.
        let (x, y) = (arr2(&[[1.0], [1.0], [1.0]]), arr1(&[1.0, 2.0, 6.0]));
        let fit = LeastSquares::fit(x.view(), y.view()).unwrap();
        let base = 14.0 / 9.0;
        for (robust, factor) in
            [(Robust::Hc0, 1.0), (Robust::Hc1, 1.5), (Robust::Hc2, 1.5), (Robust::Hc3, 2.25)]
        {
            let got = fit.robust_covariance(robust)[[0, 0]];
            assert!((got - base * factor).abs() < 1e-14, "{robust:?}: {got}");
        }
    }

    #[test]
    fn weights_count_as_a_weighted_mean_does() {
        // Weights 1, 1, 2: mean 15/4, residuals −11/4, −7/4, 9/4.
        let (x, y) = (arr2(&[[1.0], [1.0], [1.0]]), arr1(&[1.0, 2.0, 6.0]));
        for unit in [1.0, 8.0] {
            let weights = [unit, unit, 2.0 * unit];
            let weights = SamplingWeights::new(&weights).unwrap();
            let fit = LeastSquares::fit_weighted(x.view(), y.view(), weights).unwrap();
            assert!((fit.coefficients[0] - 3.75).abs() < 1e-14);
            let hc0 = (121.0 + 49.0 + 4.0 * 81.0) / 16.0 / 16.0;
            assert!((fit.robust_covariance(Robust::Hc0)[[0, 0]] - hc0).abs() < 1e-14);
            assert!((fit.sensitivities(0)[2] - 0.5).abs() < 1e-15);
        }
    }
}
