//! Whether the likelihood grows for ever in a direction.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::Ties;
use super::sorted::{CoxScratch, SortedCox};

/// Of the range of x δ, what one at risk may exceed those with the event by: rounding, and the
/// part of the direction that still moves.
const TOLERANCE: f64 = 1e-6;

/// One at risk, the highest first; `first` is the day of entry.
#[derive(PartialEq)]
struct AtRisk {
    height: f64,
    first: usize,
}

impl Eq for AtRisk {}

impl Ord for AtRisk {
    fn cmp(&self, other: &Self) -> Ordering {
        self.height.total_cmp(&other.height).then(other.first.cmp(&self.first))
    }
}

impl PartialOrd for AtRisk {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl SortedCox {
    /// Whether on each day those with the event are the highest in x δ of all at risk.
    ///
    /// Then, and only then, no term of the log-likelihood ever falls along δ: as the information
    /// at the start is positive definite, some term grows, and there is no maximum. With Efron's and
    /// Breslow's ties those with the event on one day must be equally high; with the exact method
    /// they are only compared with those without.
    pub(super) fn recedes(&self, delta: &[f64], ties: Ties, scratch: &CoxScratch) -> bool {
        let p = self.p;
        let height =
            |i: usize| -> f64 { self.x[i * p..].iter().zip(delta).map(|(x, d)| x * d).sum() };
        let counted = |i: &usize| scratch.weights[*i] > 0.0;
        let first = |i: usize| self.first.as_ref().map_or(0, |first| first[i] as usize);
        for days in &self.strata {
            let rows = self.days[days.start].start..self.days[days.end - 1].end;
            let heights = || rows.clone().filter(counted).map(height);
            let range = heights().fold(f64::NEG_INFINITY, f64::max)
                - heights().fold(f64::INFINITY, f64::min);
            let slack = TOLERANCE * range;
            let mut at_risk = BinaryHeap::new();
            for j in days.clone().rev() {
                let day = self.days[j];
                let add = |i| AtRisk { height: height(i), first: first(i) };
                at_risk.extend((day.deaths_end..day.end).filter(counted).map(add));
                while at_risk.peek().is_some_and(|top: &AtRisk| top.first > j) {
                    at_risk.pop();
                }
                let others = at_risk.peek().map_or(f64::NEG_INFINITY, |top| top.height);
                let deaths = || (day.start..day.deaths_end).filter(counted).map(height);
                let lowest = deaths().fold(f64::INFINITY, f64::min);
                let highest = deaths().fold(others, f64::max);
                let bound = if ties == Ties::Exact { others } else { highest };
                if bound > lowest + slack {
                    return false;
                }
                at_risk.extend((day.start..day.deaths_end).filter(counted).map(add));
            }
        }
        true
    }
}
