//! Rows of the intervals of one quantity.

use super::super::sheet::{Entry, Sheet};
use super::exact::Exact;
use super::quantity::Quantity;
use crate::numeric::interval::ConfidenceLevel;
use crate::resample::NotEstimable;
use crate::resample::column::Failures;
use crate::resample::exact::wald_std_error;
use crate::resample::interval::{BootstrapDistribution, BootstrapInterval, Limit};
use crate::resample::studentised::StudentisedDistribution;
use crate::results::vocabulary::{Inference, Statistic, Unit};

/// The kinds of interval that every quantity has.
const KINDS: [Inference; 4] = [
    Inference::BootstrapPercentile,
    Inference::BootstrapBasic,
    Inference::BootstrapBca,
    Inference::BootstrapStudentised,
];

const EXTREME: &str = "an outermost replicate: more replicates are needed";
const EXACT: &str = "the bootstrap distribution is computed, not drawn";

/// What the intervals of a quantity are made from.
pub(super) struct Distribution {
    pub(super) plain: Plain,
    /// Replicates over their own standard errors.
    pub(super) studentised: Result<StudentisedDistribution, NotEstimable>,
    /// The share of resamples in which an estimate may fail.
    pub(super) allowed_share: f64,
}

/// The distribution of the estimate.
pub(super) enum Plain {
    /// Of the replicates.
    Drawn(BootstrapDistribution),
    /// Known.
    Exact(Box<Exact>),
}

impl Plain {
    /// The standard deviation of the estimate over resamples.
    pub(super) fn std_error(&self) -> f64 {
        match self {
            Plain::Drawn(own) => own.std_error().value,
            Plain::Exact(own) => own.distribution.std_error().value,
        }
    }
}

impl Distribution {
    /// Whether an interval of a kind is computed, not drawn.
    fn is_exact(&self, kind: Inference) -> bool {
        match &self.plain {
            Plain::Drawn(_) => false,
            Plain::Exact(own) => kind != Inference::BootstrapStudentised || own.people.is_some(),
        }
    }

    fn interval(
        &self,
        kind: Inference,
        level: ConfidenceLevel,
        acceleration: Result<f64, NotEstimable>,
    ) -> Result<BootstrapInterval, NotEstimable> {
        match (&self.plain, kind) {
            (Plain::Drawn(own), Inference::BootstrapPercentile) => Ok(own.percentile(level)),
            (Plain::Drawn(own), Inference::BootstrapBasic) => Ok(own.basic(level)),
            (Plain::Drawn(own), Inference::BootstrapBca) => own.bca(level, acceleration?),
            (Plain::Exact(own), Inference::BootstrapPercentile) => {
                Ok(own.distribution.percentile(level))
            }
            (Plain::Exact(own), Inference::BootstrapBasic) => Ok(own.distribution.basic(level)),
            (Plain::Exact(own), Inference::BootstrapBca) => {
                own.distribution.bca(level, acceleration?)
            }
            (plain, _) => {
                if let Plain::Exact(own) = plain
                    && let Some(people) = own.people
                {
                    let std_error = wald_std_error(people);
                    return own.distribution.studentised(level, std_error, self.allowed_share);
                }
                self.studentised.as_ref().map(|own| own.interval(level)).map_err(|reason| *reason)
            }
        }
    }
}

/// What all quantities of a run share.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) level: ConfidenceLevel,
    pub(super) n_replicates: usize,
    /// What to say of the draws beside each limit.
    pub(super) note: &'a str,
}

/// The rows of all kinds of interval, or why there are none.
pub(super) fn add_intervals(
    sheet: &mut Sheet,
    shared: Shared<'_>,
    quantity: &Quantity,
    distribution: &Result<Distribution, (NotEstimable, Failures)>,
    acceleration: Result<f64, NotEstimable>,
) {
    for kind in KINDS {
        let entry = quantity.entry.inference(kind);
        let distribution = match distribution {
            Ok(distribution) => distribution,
            Err((reason, failures)) => {
                add_missing_limits(sheet, &entry, quantity.unit, *reason);
                add_failures(sheet, shared, &entry, *failures);
                continue;
            }
        };
        add_common(sheet, shared, (quantity, &entry), (kind, distribution));
        if kind == Inference::BootstrapBca
            && let Ok(a) = acceleration
        {
            sheet.put(&entry, Statistic::Acceleration, Unit::None, a);
        }
        let interval = distribution.interval(kind, shared.level, acceleration);
        let note = if distribution.is_exact(kind) { EXACT } else { shared.note };
        add_interval(sheet, quantity, &entry.also(note), interval);
    }
}

/// Estimate, standard error with its Monte Carlo error, replicates and failures.
fn add_common(
    sheet: &mut Sheet,
    shared: Shared<'_>,
    (quantity, entry): (&Quantity, &Entry),
    (kind, distribution): (Inference, &Distribution),
) {
    let (estimate, std_error) = match &distribution.plain {
        Plain::Drawn(own) => (own.estimate(), own.std_error()),
        Plain::Exact(own) => (own.distribution.estimate(), own.distribution.std_error()),
    };
    let failures = match (&distribution.plain, &distribution.studentised) {
        _ if distribution.is_exact(kind) => None,
        (_, Ok(own)) if kind == Inference::BootstrapStudentised => Some(own.failures()),
        (Plain::Drawn(own), _) => Some(own.failures()),
        (Plain::Exact(_), _) => None,
    };
    sheet.put(entry, quantity.statistic(), quantity.unit, quantity.in_unit(estimate));
    let unit = quantity.unit_of_error();
    sheet.put(entry, Statistic::StdError, unit, std_error.value);
    let of = entry.level(Statistic::StdError.as_str());
    sheet.put(&of, Statistic::MonteCarloError, unit, std_error.monte_carlo_error);
    if let Some(failures) = failures {
        add_failures(sheet, shared, entry, failures);
    }
}

/// How many replicates there are, and in how many the estimate does not exist, by reason.
fn add_failures(sheet: &mut Sheet, shared: Shared<'_>, entry: &Entry, failures: Failures) {
    sheet.put(entry, Statistic::Replicates, Unit::Count, shared.n_replicates as f64);
    let entry = entry.also(&reasons(failures));
    sheet.put(&entry, Statistic::FailedReplicates, Unit::Count, failures.total() as f64);
}

/// `3: there are no events; 1: it does not exist`.
fn reasons(failures: Failures) -> String {
    let named = failures.by_reason();
    let named = named.iter().map(|(failure, count)| format!("{count}: {}", failure.as_str()));
    named.collect::<Vec<_>>().join("; ")
}

fn add_missing_limits(sheet: &mut Sheet, entry: &Entry, unit: Unit, reason: NotEstimable) {
    sheet.missing(entry, Statistic::CiLower, unit, &reason);
    sheet.missing(entry, Statistic::CiUpper, unit, &reason);
}

fn add_interval(
    sheet: &mut Sheet,
    quantity: &Quantity,
    entry: &Entry,
    interval: Result<BootstrapInterval, NotEstimable>,
) {
    let interval = match interval {
        Ok(interval) => interval,
        Err(reason) => return add_missing_limits(sheet, entry, quantity.unit, reason),
    };
    let limits = [(Statistic::CiLower, interval.lower), (Statistic::CiUpper, interval.upper)];
    for (statistic, limit) in limits {
        let Limit { value, monte_carlo_error, is_extreme } = limit;
        let entry = if is_extreme { &entry.also(EXTREME) } else { entry };
        sheet.put(entry, statistic, quantity.unit, quantity.in_unit(value));
        let of = quantity.entry.inference(entry.key().inference).level(statistic.as_str());
        let error = monte_carlo_error.map(|error| quantity.error_in_unit(value, error));
        let reason = "too few replicates lie beyond the limit";
        sheet.put_or(&of, (Statistic::MonteCarloError, quantity.unit), error, &reason);
    }
}
