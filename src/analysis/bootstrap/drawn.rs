//! Everything that was drawn, for rows, families and export.

use super::quantity::{Quantity, Scale};
use crate::resample::column::Column;
use crate::resample::multiplicity::{Member, MultiplicityError, NullDraws};
use crate::resample::replicates::Replicates;
use crate::resample::studentised::EstimateColumns;
use crate::results::joint_draws::JointDraw;
use crate::results::row::Key;
use crate::results::vocabulary::Statistic;

/// The joint draws of all quantities with their standard errors.
pub(in crate::analysis) struct Drawn {
    pub(super) quantities: Vec<Quantity>,
    /// From the data themselves; NaN where there is none.
    pub(super) estimates: Vec<f64>,
    pub(super) std_errors: Vec<f64>,
    /// Every quantity, then the standard error of each.
    pub(super) replicates: Replicates,
    /// The share of replicates in which an estimate may fail.
    pub(super) allowed_share: f64,
    /// Whether an automatic number of replicates stopped at its largest.
    pub(super) is_short: bool,
}

impl Drawn {
    /// The number of replicates.
    pub(in crate::analysis) fn n_replicates(&self) -> usize {
        self.replicates.n_replicates()
    }

    /// The replicates of a quantity.
    pub(super) fn column(&self, at: usize) -> Column {
        self.replicates.column(at)
    }

    /// Where the quantity of a row with the estimator's own inference stands.
    pub(in crate::analysis) fn position(&self, key: &Key) -> Option<usize> {
        let line = |key: &Key| Key { statistic: Statistic::Estimate, ..key.clone() };
        let wanted = line(key);
        self.quantities.iter().position(|own| line(&own.key()) == wanted)
    }

    /// The estimate over its standard error, of no effect: 0 as it is drawn.
    pub(in crate::analysis) fn t_value(&self, at: usize) -> Option<f64> {
        let t = self.estimates[at] / self.std_errors[at];
        (t.is_finite() && self.std_errors[at] > 0.0).then_some(t)
    }

    /// The joint draws of some quantities, for step-down adjustments.
    pub(in crate::analysis) fn family(
        &self,
        observed: &[f64],
        places: &[usize],
    ) -> Result<NullDraws, MultiplicityError> {
        let n = self.quantities.len();
        let member = |&at: &usize| Member {
            columns: EstimateColumns { value: at, std_error: n + at },
            estimate: self.estimates[at],
        };
        let members: Vec<Member> = places.iter().map(member).collect();
        NullDraws::of_replicates(&self.replicates, observed, &members)
    }

    /// The joint draws in the units of the results.
    pub(in crate::analysis) fn joint(&self) -> Vec<JointDraw> {
        let in_unit = |own: &Quantity, drawn: f64| {
            let value = if own.scale == Scale::Plain { drawn } else { own.in_unit(drawn) };
            Some(value).filter(|value| value.is_finite())
        };
        let draw = |(at, own): (usize, &Quantity)| JointDraw {
            key: own.key(),
            estimate: in_unit(own, self.estimates[at]),
            values: self
                .replicates
                .values(at)
                .map(|value| value.ok().and_then(|drawn| in_unit(own, drawn)))
                .collect(),
        };
        self.quantities.iter().enumerate().map(draw).collect()
    }
}
