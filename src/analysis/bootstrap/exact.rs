//! Shares and means of whole numbers whose bootstrap distribution is known.

use super::rate_list::Made;
use super::rates::{Rates, Source};
use crate::estimate::replicate::contrasts::Contrast;
use crate::resample::case_weights::ResamplingStrata;
use crate::resample::exact::{EventCount, ExactDistribution, ExactTotal};

use crate::trial::arm::Arm;

/// A known distribution.
pub(super) struct Exact {
    pub(super) distribution: ExactDistribution,
    /// Of shares: the people of both arms, on whom the standard error of a resample hangs beside
    /// its events.
    pub(super) people: Option<(i64, i64)>,
}

impl Rates<'_> {
    /// The distribution of a share, of a mean of whole numbers or of a difference of two such,
    /// where everyone is observed and groups are drawn from the quantity's own people.
    pub(super) fn exact(&self, at: usize, strata: &ResamplingStrata) -> Option<Exact> {
        let source = self.sources[at];
        let Made::Of(column, contrast) = source.made else { return None };
        let total = |arm| self.total(source, (column, arm), strata);
        match contrast {
            Contrast::Rate(arm) => {
                let total = total(arm)?;
                let people = Some((total.people(), 0));
                Some(Exact { distribution: ExactDistribution::of_mean(total), people })
            }
            Contrast::Mean(arm) => {
                let total = total(arm)?;
                Some(Exact { distribution: ExactDistribution::of_mean(total), people: None })
            }
            Contrast::RiskDifference => {
                let (intervention, control) = (total(Arm::Intervention)?, total(Arm::Control)?);
                let people = Some((intervention.people(), control.people()));
                let distribution = ExactDistribution::of_difference(intervention, control);
                Some(Exact { distribution, people })
            }
            _ => None,
        }
    }

    fn total(
        &self,
        source: Source,
        (column, arm): (usize, Arm),
        strata: &ResamplingStrata,
    ) -> Option<ExactTotal> {
        let values = self.tables[source.table].columns.get(column)?;
        let mut is_member = vec![false; self.cohort.outcomes.len()];
        for member in self.members(source, arm) {
            is_member[member] = true;
        }
        let mut groups: Vec<Vec<i32>> = Vec::new();
        for people in strata.iter() {
            let own = people.iter().filter(|&&at| is_member[at as usize]).count();
            if own == 0 {
                continue;
            }
            if own < people.len() {
                return None;
            }
            let whole = |&at: &u32| whole_number(values[at as usize]?);
            groups.push(people.iter().map(whole).collect::<Option<_>>()?);
        }
        let is_binary = groups.iter().flatten().all(|value| (0..=1).contains(value));
        let total = if is_binary {
            let count = |group: &Vec<i32>| {
                let events = group.iter().filter(|value| **value == 1).count();
                let narrow = |count: usize| u32::try_from(count).ok();
                Some(EventCount { people: narrow(group.len())?, events: narrow(events)? })
            };
            let counts: Vec<EventCount> = groups.iter().map(count).collect::<Option<_>>()?;
            ExactTotal::of_events(&counts)
        } else {
            ExactTotal::of_counts(&groups)
        };
        total.ok()
    }
}

/// The number, where it is whole.
fn whole_number(value: f64) -> Option<i32> {
    #[expect(clippy::cast_possible_truncation, reason = "the value is held against the result")]
    let whole = value as i32;
    (f64::from(whole).total_cmp(&value).is_eq() || f64::from(whole).abs() + value.abs() <= 0.0)
        .then_some(whole)
}
