//! What is resampled: one number of every replicate, and where its rows stand.

use super::super::sheet::Entry;
use crate::numeric::elementary::exp;
use crate::results::row::Key;
use crate::results::vocabulary::{Inference, Statistic, Unit};

/// An estimate that every replicate gives, with its standard error.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Quantity {
    /// Key, role and note of its rows.
    pub(super) entry: Entry,
    /// Unit of the estimate.
    pub(super) unit: Unit,
    /// How it is drawn and shown.
    pub(super) scale: Scale,
    /// What is made of its replicates.
    pub(super) shown: Shown,
}

/// How a quantity is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::analysis) enum Scale {
    /// As it is shown.
    Plain,
    /// As the logarithm of the ratio that is shown.
    Log,
}

/// What rows a quantity has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::analysis) enum Shown {
    /// Intervals of its own.
    Intervals,
    /// None but through a band over months.
    InBand,
}

impl Quantity {
    /// A number that is drawn as it is shown.
    pub(super) fn plain(entry: Entry, unit: Unit) -> Self {
        Self { entry, unit, scale: Scale::Plain, shown: Shown::Intervals }
    }

    /// A ratio, drawn as its logarithm.
    pub(super) fn ratio(entry: Entry) -> Self {
        Self { entry, unit: Unit::Ratio, scale: Scale::Log, shown: Shown::Intervals }
    }

    /// The same without rows of its own.
    pub(super) fn in_band(self) -> Self {
        Self { shown: Shown::InBand, ..self }
    }

    /// The statistic of the row with the estimate.
    pub(super) fn statistic(&self) -> Statistic {
        match self.unit {
            Unit::Days if self.entry.is_about_time() => Statistic::EstimateDays,
            _ => Statistic::Estimate,
        }
    }

    /// The unit of its standard error.
    pub(super) fn unit_of_error(&self) -> Unit {
        match self.scale {
            Scale::Plain => self.unit,
            Scale::Log => Unit::LogRatio,
        }
    }

    /// A drawn value in the unit in which it is shown.
    pub(super) fn in_unit(&self, drawn: f64) -> f64 {
        match self.scale {
            Scale::Plain => drawn,
            Scale::Log => exp(drawn),
        }
    }

    /// An error of a drawn value, carried to the shown one.
    pub(super) fn error_in_unit(&self, drawn: f64, error: f64) -> f64 {
        match self.scale {
            Scale::Plain => error,
            Scale::Log => exp(drawn) * error,
        }
    }

    /// The key of the estimate's own row, with its analytic inference.
    pub(in crate::analysis) fn key(&self) -> Key {
        Key {
            inference: Inference::Analytic,
            statistic: self.statistic(),
            ..self.entry.key().clone()
        }
    }
}
