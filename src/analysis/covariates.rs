//! Baseline covariates as the plan names them, and those who have all of them.

use std::collections::BTreeSet;

use ndarray::Array2;

use super::cohort::{Categories, Cohort, Observed, indicator};
use crate::estimate::covariates::{Covariate, MergedStratum, Omission};
use crate::plan::types::{COVID_PERIOD, Plan, QUARTER_OF_RANDOMISATION};
use crate::trial::baseline::BaselineValues;
use crate::trial::date::Date;
use crate::trial::time::month_end_day;

/// A characteristic at randomisation, of everyone.
pub(super) struct NamedCovariate {
    pub(super) name: String,
    pub(super) values: CovariateValues,
}

/// Values in the order of the participants; none where missing.
pub(super) enum CovariateValues {
    Numbers(Vec<Option<f64>>),
    Categories { levels: Vec<String>, codes: Vec<Option<usize>> },
}

impl NamedCovariate {
    /// A column of the participants table, or a covariate derived from the date of randomisation.
    pub(super) fn new(plan: &Plan, cohort: &Cohort<'_>, name: &str) -> Option<Self> {
        let values = match cohort.data.baseline_column(name) {
            Some(BaselineValues::Numbers(numbers)) => CovariateValues::Numbers(numbers.clone()),
            Some(BaselineValues::Texts(texts)) => categories(texts),
            None if name == QUARTER_OF_RANDOMISATION => derived(cohort, |day| Some(quarter(day))),
            None if name == COVID_PERIOD => derived(cohort, |day| covid_period(plan, day)),
            None => return None,
        };
        Some(Self { name: name.to_owned(), values })
    }

    fn is_missing(&self, position: usize) -> bool {
        match &self.values {
            CovariateValues::Numbers(numbers) => numbers[position].is_none(),
            CovariateValues::Categories { codes, .. } => codes[position].is_none(),
        }
    }
}

/// Texts as categories; levels in the order of their text, whatever the locale.
pub(super) fn categories(texts: &[Option<String>]) -> CovariateValues {
    let levels: BTreeSet<&String> = texts.iter().flatten().collect();
    let levels: Vec<String> = levels.into_iter().cloned().collect();
    let code = |text: &String| levels.binary_search(text).ok();
    let codes = texts.iter().map(|text| text.as_ref().and_then(code)).collect();
    CovariateValues::Categories { levels, codes }
}

fn derived(cohort: &Cohort<'_>, of: impl Fn(Date) -> Option<String>) -> CovariateValues {
    let people = cohort.data.participants.iter();
    let texts: Vec<Option<String>> = people.map(|p| of(p.randomisation_date)).collect();
    categories(&texts)
}

/// `2019-Q3`.
fn quarter(day: Date) -> String {
    format!("{}-Q{}", day.year(), (day.month() - 1) / 3 + 1)
}

/// How the time from randomisation to the horizon lies to the Covid-19 restrictions. It is known at
/// randomisation, since both ends of that time are.
fn covid_period(plan: &Plan, day_0: Date) -> Option<String> {
    let period = plan.covid_period?;
    let end = day_0.plus_days(month_end_day(plan.analysis.horizon_months))?;
    let word = if end < period.first_day {
        "before"
    } else if day_0 > period.last_day {
        "after"
    } else if day_0 >= period.first_day && end <= period.last_day {
        "during"
    } else {
        "partly"
    };
    Some(word.to_owned())
}

/// What adjusted analyses need of everyone beside the outcome.
pub(super) struct Adjustment {
    pub(super) covariates: Vec<NamedCovariate>,
    /// Clusters by participant, where the plan names them.
    pub(super) clusters: Option<Vec<Option<usize>>>,
    /// Sampling weights, where the plan names them.
    pub(super) weights: Option<Vec<f64>>,
}

impl Adjustment {
    pub(super) fn new(plan: &Plan, cohort: &Cohort<'_>) -> Self {
        let settings = &plan.analysis;
        let covariates = settings.covariates.iter();
        let covariates =
            covariates.filter_map(|name| NamedCovariate::new(plan, cohort, name)).collect();
        let clusters = settings.clusters.as_ref().and_then(|name| {
            match categories(&cohort.data.baseline_texts(name)?) {
                CovariateValues::Categories { codes, .. } => Some(codes),
                CovariateValues::Numbers(_) => None,
            }
        });
        let weights = settings.weights.as_ref().and_then(|name| {
            match cohort.data.baseline_column(name)? {
                // Ingest refuses a weight that is missing or not above 0.
                BaselineValues::Numbers(numbers) => {
                    Some(numbers.iter().map(|weight| weight.unwrap_or(1.0)).collect())
                }
                BaselineValues::Texts(_) => None,
            }
        });
        Self { covariates, clusters, weights }
    }

    /// Those observed who have every covariate.
    pub(super) fn complete_cases(&self, observed: &Observed) -> CompleteCases<'_> {
        let lacks = |at: usize| {
            let position = observed.positions[at];
            self.covariates.iter().any(|covariate| covariate.is_missing(position))
        };
        let complete = observed.only(|at| !lacks(at));
        let columns = self
            .covariates
            .iter()
            .map(|covariate| Column::of(&covariate.values, &complete.positions))
            .collect();
        let n_left_out = observed.values.len() - complete.values.len();
        CompleteCases { covariates: &self.covariates, observed: complete, columns, n_left_out }
    }
}

/// Those observed who have every covariate, and the covariates.
pub(super) struct CompleteCases<'a> {
    covariates: &'a [NamedCovariate],
    pub(super) observed: Observed,
    columns: Vec<Column>,
    n_left_out: usize,
}

enum Column {
    Numbers(Vec<f64>),
    Categories { codes: Vec<usize>, n_levels: usize },
}

impl Column {
    /// The values at positions where none is missing.
    fn of(values: &CovariateValues, positions: &[usize]) -> Self {
        match values {
            CovariateValues::Numbers(numbers) => {
                Column::Numbers(positions.iter().filter_map(|&at| numbers[at]).collect())
            }
            CovariateValues::Categories { levels, codes } => Column::Categories {
                codes: positions.iter().filter_map(|&at| codes[at]).collect(),
                n_levels: levels.len(),
            },
        }
    }
}

impl CompleteCases<'_> {
    /// As estimators take them.
    pub(super) fn columns(&self) -> Vec<Covariate<'_>> {
        self.columns
            .iter()
            .map(|column| match column {
                Column::Numbers(numbers) => Covariate::Numeric(numbers),
                Column::Categories { codes, n_levels } => {
                    Covariate::Categorical { codes, n_levels: *n_levels }
                }
            })
            .collect()
    }

    /// How many of those observed are left out for want of a covariate.
    pub(super) fn n_left_out(&self) -> usize {
        self.n_left_out
    }

    /// A row a participant and a column a number or a level but the first; columns that are the
    /// same for everyone are left out.
    pub(super) fn matrix(&self) -> Array2<f64> {
        let columns = self.named_columns();
        let n = self.observed.values.len();
        Array2::from_shape_fn((n, columns.len()), |(i, j)| columns[j].1[i])
    }

    /// The columns of [`CompleteCases::matrix`], each with the covariate's name, and its level.
    pub(super) fn named_columns(&self) -> Vec<(String, Vec<f64>)> {
        let mut columns: Vec<(String, Vec<f64>)> = Vec::new();
        for (covariate, column) in self.covariates.iter().zip(&self.columns) {
            match (column, &covariate.values) {
                (Column::Categories { codes, .. }, CovariateValues::Categories { levels, .. }) => {
                    for (level, name) in levels.iter().enumerate().skip(1) {
                        let values = codes.iter().map(|&code| indicator(code == level)).collect();
                        columns.push((format!("{}={name}", covariate.name), values));
                    }
                }
                (Column::Numbers(numbers), _) => {
                    columns.push((covariate.name.clone(), numbers.clone()));
                }
                (Column::Categories { .. }, CovariateValues::Numbers(_)) => {}
            }
        }
        columns.retain(|(_, own)| own.iter().any(|x| x.total_cmp(&own[0]).is_ne()));
        columns
    }

    /// What a reader must know of the adjustment: who and what was left out.
    pub(super) fn note(
        &self,
        omissions: &[Omission],
        merged: &[MergedStratum],
        strata: &Categories,
    ) -> String {
        let mut parts = Vec::new();
        if self.n_left_out > 0 {
            parts.push(format!(
                "{} of those observed are left out: a covariate is missing",
                self.n_left_out
            ));
        }
        for omission in omissions {
            let covariate = &self.covariates[omission.covariate];
            let name = match (&covariate.values, omission.level) {
                (CovariateValues::Categories { levels, .. }, Some(level)) => {
                    format!("{}={}", covariate.name, levels[level])
                }
                _ => covariate.name.clone(),
            };
            parts.push(match omission.level {
                Some(_) => format!("{name} counted with the reference level: {}", omission.reason),
                None => format!("{name} not adjusted for: {}", omission.reason),
            });
        }
        for stratum in merged {
            let name = &strata.names[stratum.stratum];
            parts.push(format!("stratum {name} joined to another: {}", stratum.reason));
        }
        parts.join("; ")
    }
}
