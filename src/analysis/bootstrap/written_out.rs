//! The standardised logit of a replicate in which the kernel finds no maximum: a covariate
//! separates the outcomes there, and the estimator itself leaves it out.

use super::super::cohort::Observed;
use super::super::covariates::CompleteCases;
use crate::estimate::covariates::{AdjustedSample, Covariate};
use crate::estimate::replicate::Replicated;
use crate::estimate::sample::StratifiedSample;
use crate::estimate::standardised::{AssignmentShare, Standardised, logit_standardised};
use crate::numeric::interval::ConfidenceLevel;

/// Complete cases, to be written out as often as they are drawn.
pub(super) struct WrittenOut {
    observed: Observed,
    columns: Vec<OwnedColumn>,
    share: AssignmentShare,
    level: ConfidenceLevel,
}

enum OwnedColumn {
    Numbers(Vec<f64>),
    Categories { codes: Vec<usize>, n_levels: usize },
}

/// Difference, log risk ratio and log odds ratio.
pub(super) type Contrasts = [Replicated; 3];

impl WrittenOut {
    pub(super) fn new(
        complete: &CompleteCases<'_>,
        share: AssignmentShare,
        level: ConfidenceLevel,
    ) -> Self {
        let columns = complete.columns().into_iter().map(|column| match column {
            Covariate::Numeric(values) => OwnedColumn::Numbers(values.to_vec()),
            Covariate::Categorical { codes, n_levels } => {
                OwnedColumn::Categories { codes: codes.to_vec(), n_levels }
            }
        });
        Self { observed: complete.observed.clone(), columns: columns.collect(), share, level }
    }

    /// The estimates of a replicate, with memory of their own; none where the estimator has none.
    pub(super) fn estimate(&self, weights: &[u32]) -> Contrasts {
        let own = &self.observed;
        let rows: Vec<usize> = (0..own.values.len())
            .flat_map(|at| std::iter::repeat_n(at, weights[own.positions[at]] as usize))
            .collect();
        let pick = |values: &[f64]| rows.iter().map(|&at| values[at]).collect::<Vec<f64>>();
        let outcomes = pick(&own.values);
        let arms: Vec<_> = rows.iter().map(|&at| own.arms[at]).collect();
        let strata: Vec<_> = rows.iter().map(|&at| own.strata[at]).collect();
        let columns: Vec<OwnedColumn> = self
            .columns
            .iter()
            .map(|column| match column {
                OwnedColumn::Numbers(values) => OwnedColumn::Numbers(pick(values)),
                OwnedColumn::Categories { codes, n_levels } => OwnedColumn::Categories {
                    codes: rows.iter().map(|&at| codes[at]).collect(),
                    n_levels: *n_levels,
                },
            })
            .collect();
        let covariates: Vec<Covariate<'_>> =
            columns.iter().map(OwnedColumn::as_covariate).collect();
        let fit = StratifiedSample::new(&outcomes, &arms, &strata, own.n_strata)
            .ok()
            .and_then(|sample| AdjustedSample::new(sample, &covariates, None).ok())
            .and_then(|data| logit_standardised(&data, self.share, self.level).ok());
        fit.map_or([Replicated::NONE; 3], |fit| contrasts(&fit))
    }
}

impl OwnedColumn {
    fn as_covariate(&self) -> Covariate<'_> {
        match self {
            OwnedColumn::Numbers(values) => Covariate::Numeric(values),
            OwnedColumn::Categories { codes, n_levels } => {
                Covariate::Categorical { codes, n_levels: *n_levels }
            }
        }
    }
}

fn contrasts(fit: &Standardised) -> Contrasts {
    let own = &fit.simple;
    let of = |estimate: f64, std_error: f64| Replicated {
        estimate,
        std_error: if std_error > 0.0 { std_error } else { f64::NAN },
    };
    let ratio = |ratio: &Result<crate::estimate::ratio::RatioEstimate, _>| match ratio {
        Ok(own) => of(own.log_estimate, own.log_std_error),
        Err(_) => Replicated::NONE,
    };
    [
        of(own.difference.estimate, own.difference.std_error),
        ratio(&own.risk_ratio),
        ratio(&own.odds_ratio),
    ]
}
