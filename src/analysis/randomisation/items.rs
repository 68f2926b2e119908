//! What is tested by drawing the allocation again.

use ndarray::Array2;

use super::super::adjusted::Adjusted;
use super::super::amounts::{AMOUNTS, observed_to_horizon};
use super::super::cohort::{Observed, indicator};
use super::super::first_job::horizons;
use super::super::sheet::Entry;
use super::covariates::balance_columns;
use crate::numeric::least_squares::LeastSquaresError;
use crate::resample::randomisation::balance::OmnibusBalance;
use crate::resample::randomisation::design::{Assignment, RandomisationDesign};
use crate::resample::randomisation::linear::{
    LinearEffect, LinearEffectError, LinearScratch, Observed as ObservedOutcomes,
};
use crate::resample::randomisation::statistics::ScoreSum;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Unit};
use crate::survival::assigned_arms::AssignedArms;
use crate::survival::log_rank_scores::{AssignedLogRank, log_rank_scores};
use crate::trial::time::month_in_days;

/// A statistic with the key of its rows.
pub(super) struct Item {
    pub(super) entry: Entry,
    pub(super) unit: Unit,
    pub(super) kind: Kind,
}

/// How it is computed.
pub(super) enum Kind {
    /// A coefficient by least squares: a, b, A, B, C and t where a shift is inverted, else itself
    /// and t.
    Linear { effect: Box<LinearEffect>, inversion: Inversion },
    /// O − E, and over the root of its variance.
    LogRank { score: ScoreSum, walk: AssignedLogRank },
    /// A difference of restricted means, and over its standard error.
    RestrictedMean(AssignedArms),
    /// d².
    Balance(OmnibusBalance),
    /// Nothing to test, and why.
    None(String),
}

/// What model gives an interval.
pub(super) enum Inversion {
    /// The same shift for everyone.
    Shift,
    /// Events that are due to the arm; whether each participant had one, none where not all are
    /// observed.
    Attributable(Option<Vec<bool>>),
    /// None.
    None,
}

/// Working memory of an item.
pub(super) enum ItemScratch {
    Linear(LinearScratch),
    Sums(Vec<f64>),
    None,
}

impl Item {
    pub(super) fn n_statistics(&self) -> usize {
        match &self.kind {
            Kind::Linear { inversion: Inversion::Shift, .. } => 6,
            Kind::Linear { .. } | Kind::LogRank { .. } | Kind::RestrictedMean(_) => 2,
            Kind::Balance(_) => 1,
            Kind::None(_) => 0,
        }
    }

    pub(super) fn scratch(&self) -> ItemScratch {
        match &self.kind {
            Kind::Linear { effect, .. } => ItemScratch::Linear(effect.scratch()),
            Kind::Balance(balance) => ItemScratch::Sums(balance.scratch()),
            _ => ItemScratch::None,
        }
    }

    /// The statistics under an assignment; NaN where one does not exist.
    pub(super) fn evaluate(
        &self,
        assignment: &Assignment,
        scratch: &mut ItemScratch,
        out: &mut [f64],
    ) {
        match (&self.kind, scratch) {
            (
                Kind::Linear { effect, inversion: Inversion::Attributable(_) | Inversion::None },
                ItemScratch::Linear(scratch),
            ) => {
                let own = effect.effect(assignment, scratch);
                out[0] = own.estimate;
                out[1] = own.estimate / own.std_error;
            }
            (Kind::Linear { effect, .. }, ItemScratch::Linear(scratch)) => {
                let own = effect.studentised_shift(assignment, scratch);
                out[..2].copy_from_slice(&own.effect);
                out[2..5].copy_from_slice(&own.variance);
                out[5] = over_root(own.effect[0], own.variance[0]);
            }
            (Kind::LogRank { score, walk }, _) => {
                out[0] = score.evaluate(assignment) - score.expected();
                let own = walk.evaluate(assignment.is_treated());
                out[1] = over_root(own.excess, own.variance);
            }
            (Kind::RestrictedMean(arms), _) => {
                let means = arms.restricted_means(assignment.is_treated());
                out[0] = means.intervention.mean_days - means.control.mean_days;
                out[1] = over_root(out[0], means.intervention.variance + means.control.variance);
            }
            (Kind::Balance(balance), ItemScratch::Sums(scratch)) => {
                out[0] = balance.evaluate(assignment, scratch);
            }
            _ => {}
        }
    }
}

fn over_root(value: f64, variance: f64) -> f64 {
    if variance > 0.0 { value / variance.sqrt() } else { f64::NAN }
}

/// Everything that is tested: any job, amounts, the time to the first job, balance.
pub(super) fn items(adjusted: Adjusted<'_>, design: &RandomisationDesign) -> Vec<Item> {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let horizon = setting.plan.analysis.horizon_months;
    let set = AnalysisSet::IttObserved;
    let effect = Entry::new(Analysis::Effect, Outcome::EverEmployed, set, Method::RiskDifference)
        .month(horizon)
        .contrast()
        .role(Role::Secondary);
    let observed = cohort.observed(|p| p.ever_employed(horizon).map(indicator));
    let is_complete = observed.values.len() == cohort.outcomes.len();
    let events = is_complete.then(|| observed.values.iter().map(|y| *y > 0.5).collect());
    let mut all = vec![Item {
        entry: effect.clone(),
        unit: Unit::Proportion,
        kind: linear(
            LinearEffect::of_means(design, outcomes(&observed)),
            Inversion::Attributable(events),
        ),
    }];
    add_linear(&mut all, adjusted, design, (&effect, &observed, Unit::Proportion));
    for outcome in AMOUNTS {
        if let Some((observed, unit)) = observed_to_horizon(setting, cohort, outcome) {
            let entry = effect.outcome(outcome);
            add_linear(&mut all, adjusted, design, (&entry, &observed, unit));
        }
    }
    add_times(&mut all, adjusted, design);
    let entry =
        Entry::new(Analysis::Balance, Outcome::Covariate, AnalysisSet::Itt, Method::OmnibusBalance)
            .contrast();
    if let Some(columns) = balance_columns(adjusted) {
        let kind = match OmnibusBalance::new(design, columns.view()) {
            Ok(balance) => Kind::Balance(balance),
            Err(reason) => Kind::None(reason.to_string()),
        };
        all.push(Item { entry, unit: Unit::None, kind });
    }
    all
}

fn outcomes(observed: &Observed) -> ObservedOutcomes<'_> {
    ObservedOutcomes { positions: &observed.positions, outcomes: &observed.values }
}

fn linear(effect: Result<LinearEffect, LinearEffectError>, inversion: Inversion) -> Kind {
    match effect {
        Ok(effect) => Kind::Linear { effect: Box::new(effect), inversion },
        Err(reason) => Kind::None(reason.to_string()),
    }
}

/// The effect within strata; on any job and on days worked also adjusted for the covariates, where
/// there are any.
fn add_linear(
    all: &mut Vec<Item>,
    adjusted: Adjusted<'_>,
    design: &RandomisationDesign,
    (entry, observed, unit): (&Entry, &Observed, Unit),
) {
    let inversion = || if unit == Unit::Proportion { Inversion::None } else { Inversion::Shift };
    let within = LinearEffect::within_strata(design, outcomes(observed), &observed.strata);
    let kind = linear(within, inversion());
    all.push(Item { entry: entry.method(Method::OlsStrataHc2), unit, kind });
    let is_main = matches!(entry.key().outcome, Outcome::EverEmployed | Outcome::DaysEmployed);
    if adjusted.adjustment.covariates.is_empty() || !is_main {
        return;
    }
    let complete = adjusted.adjustment.complete_cases(observed);
    let (matrix, left_out) = (complete.matrix(), complete.n_left_out());
    let own = &complete.observed;
    let (effect, dropped) = with_covariates(design, own, &matrix);
    let mut notes = Vec::new();
    if left_out > 0 {
        notes.push(format!("{left_out} of those observed are left out: a covariate is missing"));
    }
    if dropped > 0 {
        notes.push(format!("{dropped} columns that others determine are left out"));
    }
    let entry = entry.method(Method::OlsAdjustedHc2).also(&notes.join("; "));
    all.push(Item { entry, unit, kind: linear(effect, inversion()) });
}

/// Strata and covariates; a column that those before it determine is left out.
fn with_covariates(
    design: &RandomisationDesign,
    observed: &Observed,
    covariates: &Array2<f64>,
) -> (Result<LinearEffect, LinearEffectError>, usize) {
    let mut numbers = observed.strata.clone();
    numbers.sort_unstable();
    numbers.dedup();
    let mut kept: Vec<usize> = (0..numbers.len() + covariates.ncols()).collect();
    let n_all = kept.len();
    loop {
        let value = |row: usize, column: usize| match kept[column].checked_sub(numbers.len()) {
            Some(covariate) => covariates[[row, covariate]],
            None => indicator(observed.strata[row] == numbers[kept[column]]),
        };
        let matrix =
            Array2::from_shape_fn((observed.values.len(), kept.len()), |(i, j)| value(i, j));
        match LinearEffect::new(design, outcomes(observed), matrix.view()) {
            Err(LinearEffectError::LeastSquares(LeastSquaresError::RankDeficient { .. }))
                if kept.len() > numbers.len() =>
            {
                match collinear(&matrix, numbers.len()) {
                    Some(column) => drop(kept.remove(column)),
                    None => drop(kept.pop()),
                }
            }
            other => return (other, n_all - kept.len()),
        }
    }
}

/// The first covariate column that those before it determine.
fn collinear(matrix: &Array2<f64>, n_strata: usize) -> Option<usize> {
    use crate::numeric::least_squares::LeastSquares;
    use ndarray::{Array1, Slice};
    let y = Array1::zeros(matrix.nrows());
    (n_strata..matrix.ncols()).find(|&last| {
        let first = matrix.slice_axis(ndarray::Axis(1), Slice::from(..=last));
        LeastSquares::fit(first, y.view()).is_err()
    })
}

/// Log-rank tests and differences of restricted means.
fn add_times(all: &mut Vec<Item>, adjusted: Adjusted<'_>, design: &RandomisationDesign) {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let everyone: Vec<usize> = (0..cohort.days.len()).collect();
    let curve =
        Entry::new(Analysis::SurvivalTest, Outcome::FirstJob, AnalysisSet::Itt, Method::LogRank)
            .contrast()
            .role(Role::Secondary)
            .note(cohort.censoring_note());
    let one = vec![0; everyone.len()];
    for (method, strata) in
        [(Method::LogRank, &one), (Method::LogRankStratified, &cohort.strata.codes)]
    {
        let scores = log_rank_scores(&cohort.days, &cohort.endings, strata);
        let score = ScoreSum::new(design, &everyone, &scores);
        let walk = AssignedLogRank::new(&everyone, &cohort.days, &cohort.endings, strata);
        let kind = Kind::LogRank { score, walk };
        all.push(Item { entry: curve.method(method), unit: Unit::None, kind });
    }
    let mean = curve.analysis(Analysis::Rmst).method(Method::RestrictedMean);
    for month in horizons(setting) {
        let arms =
            AssignedArms::new(&everyone, &cohort.days, &cohort.endings, month_in_days(month));
        let kind = Kind::RestrictedMean(arms);
        all.push(Item { entry: mean.month(month), unit: Unit::Days, kind });
    }
}
