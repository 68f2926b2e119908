//! The test of proportional hazards.

use ndarray::{Array1, Array2};

use super::fit::CoxFit;
use super::sorted::{CoxScratch, SortedCox};
use super::{CoxError, Ties};
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::symmetric::{Cholesky, wald_statistic};
use crate::numeric::weights::CaseWeights;

/// The function g of time with which a coefficient may change: β + θ g(t).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeScale {
    /// 1 − S(t−), S the Kaplan-Meier curve of all participants, whatever their stratum.
    #[default]
    KaplanMeier,
    /// The rank of the day among the last days of all participants, those without event too, the
    /// mean rank where days are tied.
    Rank,
    /// The day.
    Identity,
}

/// The outcome of the test.
#[derive(Clone, Debug, PartialEq)]
pub struct ProportionalHazards {
    /// Of each coefficient, 1 degree of freedom; none where g cannot vary, as on a single day.
    pub coefficients: Vec<Option<ChiSquaredTest>>,
    /// Of all coefficients together.
    pub global: Option<ChiSquaredTest>,
    /// For a plot.
    pub residuals: ScaledResiduals,
}

/// Scaled Schoenfeld residuals, whose mean at t is near β(t): one row an event, by day.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaledResiduals {
    /// Who had the event, by the positions given.
    pub participants: Vec<usize>,
    /// When.
    pub days: Vec<i32>,
    /// g of the day.
    pub scale: Vec<f64>,
    /// Σ events × Var(b) × (x − m̄) + b: a column a coefficient.
    pub values: Array2<f64>,
}

/// Score and information of the time-dependent part: Σ g u, Σ g V, Σ g² V.
struct Moments {
    score: Vec<f64>,
    information: Array2<f64>,
    crossed: Array2<f64>,
    squared: Array2<f64>,
    /// The mean of those at risk on each day, p a day.
    means: Vec<f64>,
}

impl SortedCox {
    /// The score test of θ = 0 in β + θ g(t), for each coefficient and for all together: Grambsch
    /// and Therneau's, with the information of each day and not its average.
    ///
    /// ```text
    /// χ²ₖ = (Σ g uₖ)² / (J − Hᵀ I⁻¹ H)ₖₖ,   u, V: a day's score and information at β
    /// I = Σ V,   H = Σ g V,   J = Σ g² V
    /// ```
    ///
    /// # Conventions
    ///
    /// Frequency weights are participants written out, in g too. Who had the event several times over
    /// has one residual. R's `cox.zph` leaves weights out of the Kaplan-Meier curve and the ranks, so
    /// that its tests differ from those of the same people written out; this one's do not. It also
    /// leaves out residuals, and their number, of strata in which a covariate is constant. With
    /// the exact method u and V are that method's.
    ///
    /// # Errors
    ///
    /// [`CoxError::NotWithSamplingWeights`]: the statistic is not χ² then;
    /// [`CoxError::NotWithPenalty`]: the score is not zero at the estimate.
    ///
    /// # Panics
    ///
    /// If the fit is of other columns, or there is not one weight a participant.
    ///
    /// # References
    ///
    /// - Grambsch PM, Therneau TM (1994). *Biometrika* 81:515–526.
    /// - Agrees with `cox.zph(..., terms = FALSE)` of R's survival 3.5-3:
    ///   `tests/reference/r/cox.R`.
    pub fn proportional_hazards(
        &self,
        fit: &CoxFit,
        weights: CaseWeights<'_>,
        scale: TimeScale,
    ) -> Result<ProportionalHazards, CoxError> {
        if fit.is_sampled {
            return Err(CoxError::NotWithSamplingWeights);
        }
        if fit.penalty != super::Penalty::None {
            return Err(CoxError::NotWithPenalty);
        }
        let mut scratch = CoxScratch::default();
        let beta = self.sums_at(fit, weights, &mut scratch)?;
        let g = self.time_scale(weights, scale, &scratch);
        let events: f64 = scratch.days.iter().map(|day| day.terms).sum();
        let middle =
            g.iter().zip(&scratch.days).map(|(g, day)| g * day.terms).sum::<f64>() / events;
        let centred: Vec<f64> = g.iter().map(|g| g - middle).collect();
        let moments = self.time_moments(&beta, fit.ties, &centred, &mut scratch)?;
        let inverse = Cholesky::new(moments.information.view())
            .map_err(|_| CoxError::NotConverged)?
            .inverse();
        let known = moments.crossed.dot(&inverse).dot(&moments.crossed);
        let variance = &moments.squared - &known;
        let of_coefficient = |k: usize| {
            let (v, whole) = (variance[[k, k]], moments.squared[[k, k]]);
            (v > 1e-12 * whole)
                .then(|| ChiSquaredTest::new(moments.score[k] * moments.score[k] / v, 1))
        };
        let coefficients: Vec<_> = (0..self.p).map(of_coefficient).collect();
        let score = Array1::from(moments.score.clone());
        let global = if coefficients.iter().all(Option::is_some) {
            wald_statistic(score.view(), variance.view()).ok()
        } else {
            None
        };
        let global = global.map(|statistic| ChiSquaredTest::new(statistic, self.p));
        let residuals = self.scaled_schoenfeld(fit, &g, &moments.means, &scratch);
        Ok(ProportionalHazards { coefficients, global, residuals })
    }

    fn time_moments(
        &self,
        beta: &[f64],
        ties: Ties,
        g: &[f64],
        scratch: &mut CoxScratch,
    ) -> Result<Moments, CoxError> {
        let p = self.p;
        if ties != Ties::Exact {
            let squares: Vec<f64> = g.iter().map(|g| g * g).collect();
            let mut means = scratch.mean.clone();
            for (j, sums) in scratch.days.iter().enumerate().filter(|(_, sums)| sums.terms > 0.0) {
                let own = j * p..(j + 1) * p;
                for (mean, delta) in means[own.clone()].iter_mut().zip(&scratch.delta[own]) {
                    *mean += sums.g1 / sums.terms * delta;
                }
            }
            return Ok(Moments {
                score: self.score(Some(g), scratch),
                information: self.information(None, scratch).matrix,
                crossed: self.information(Some(g), scratch).matrix,
                squared: self.information(Some(&squares), scratch).matrix,
                means,
            });
        }
        let mut score = vec![0.0; p];
        let mut matrices = [(); 3].map(|()| Array2::<f64>::zeros((p, p)));
        let mut means = vec![0.0; self.days.len() * p];
        self.exact_days(beta, scratch, |j, day| {
            for a in 0..p {
                score[a] += g[j] * day.score[a];
                means[j * p + a] =
                    (scratch.death_x[j * p + a] - day.score[a]) / scratch.days[j].terms;
                for b in 0..p {
                    let v = day.information[a.max(b) * p + a.min(b)];
                    let factors = [1.0, g[j], g[j] * g[j]];
                    matrices.iter_mut().zip(factors).for_each(|(to, g)| to[[a, b]] += g * v);
                }
            }
        })
        .ok_or(CoxError::NotConverged)?;
        let [information, crossed, squared] = matrices;
        Ok(Moments { score, information, crossed, squared, means })
    }

    /// g of each day of [`SortedCox::days`].
    fn time_scale(
        &self,
        weights: CaseWeights<'_>,
        scale: TimeScale,
        scratch: &CoxScratch,
    ) -> Vec<f64> {
        let mut events: Vec<(i32, f64)> =
            self.days.iter().zip(&scratch.days).map(|(day, sums)| (day.day, sums.terms)).collect();
        events.sort_by_key(|event| event.0);
        let mut distinct: Vec<(i32, f64)> = Vec::new();
        for same in events.chunk_by(|a, b| a.0 == b.0) {
            distinct.push((same[0].0, same.iter().map(|event| event.1).sum()));
        }
        let values: Vec<f64> = match scale {
            TimeScale::Identity => distinct.iter().map(|event| f64::from(event.0)).collect(),
            TimeScale::Rank => self.ranks(&distinct, weights),
            TimeScale::KaplanMeier => self.curve(&distinct, weights),
        };
        let place = |day: i32| distinct.partition_point(|event| event.0 < day);
        self.days.iter().map(|day| values[place(day.day)]).collect()
    }

    /// The sum of the weights whose end, a day or an entry, is `day` or later, for each event.
    fn not_before(
        &self,
        ends: &[i32],
        events: &[(i32, f64)],
        weights: CaseWeights<'_>,
    ) -> Vec<f64> {
        let is_at_risk =
            |i: usize| self.all_entries.as_ref().is_none_or(|e| e[i] < self.all_days[i]);
        let mut ends: Vec<(i32, f64)> =
            (0..self.n).filter(|&i| is_at_risk(i)).map(|i| (ends[i], weights.get(i))).collect();
        ends.sort_by_key(|end| end.0);
        let mut left: f64 = ends.iter().map(|end| end.1).sum();
        let mut at = ends.into_iter().peekable();
        let mut counts = Vec::with_capacity(events.len());
        for &(day, _) in events {
            while let Some((_, w)) = at.next_if(|end| end.0 < day) {
                left -= w;
            }
            counts.push(left);
        }
        counts
    }

    /// Mean ranks of those days among all last days.
    fn ranks(&self, events: &[(i32, f64)], weights: CaseWeights<'_>) -> Vec<f64> {
        let next_days: Vec<(i32, f64)> =
            events.iter().map(|event| (event.0.saturating_add(1), 0.0)).collect();
        let from = self.not_before(&self.all_days, events, weights);
        let after = self.not_before(&self.all_days, &next_days, weights);
        let all = self.not_before(&self.all_days, &[(i32::MIN, 0.0)], weights)[0];
        from.iter().zip(&after).map(|(from, after)| all - (from + after - 1.0) / 2.0).collect()
    }

    /// 1 − S(t−) of all participants, on those days with so many events.
    fn curve(&self, events: &[(i32, f64)], weights: CaseWeights<'_>) -> Vec<f64> {
        let staying = self.not_before(&self.all_days, events, weights);
        let yet_to_come = match &self.all_entries {
            Some(entries) => self.not_before(entries, events, weights),
            None => vec![0.0; events.len()],
        };
        let mut survival = 1.0;
        let mut values = Vec::with_capacity(events.len());
        for ((&(_, d), staying), to_come) in events.iter().zip(&staying).zip(&yet_to_come) {
            values.push(1.0 - survival);
            if d > 0.0 {
                let n = staying - to_come;
                survival *= (n - d) / n;
            }
        }
        values
    }

    fn scaled_schoenfeld(
        &self,
        fit: &CoxFit,
        g: &[f64],
        means: &[f64],
        scratch: &CoxScratch,
    ) -> ScaledResiduals {
        let p = self.p;
        let mut order: Vec<(i32, usize, usize)> = Vec::new();
        for (j, day) in self.days.iter().enumerate() {
            let rows = (day.start..day.deaths_end).filter(|&i| scratch.weights[i] > 0.0);
            order.extend(rows.map(|i| (day.day, j, i)));
        }
        order.sort_unstable();
        let mut raw = Array2::zeros((order.len(), p));
        for (mut to, &(_, j, i)) in raw.rows_mut().into_iter().zip(&order) {
            for (k, to) in to.iter_mut().enumerate() {
                *to = (self.x[i * p + k] - means[j * p + k]) * self.scale[k];
            }
        }
        let values = raw.dot(&fit.model_covariance) * fit.n_events + &fit.coefficients;
        ScaledResiduals {
            participants: order.iter().map(|&(_, _, i)| self.positions[i] as usize).collect(),
            days: order.iter().map(|event| event.0).collect(),
            scale: order.iter().map(|&(_, j, _)| g[j]).collect(),
            values,
        }
    }
}
