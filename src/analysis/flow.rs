//! Participant flow to the horizon.

use super::Setting;
use super::cohort::Cohort;
use super::sheet::{Entry, Sheet};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic, Unit};

/// Whether outcomes at the horizon are known of everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missingness {
    None,
    Some,
}

/// Counts everyone randomised: not due, lost, analysed.
pub(super) fn add_flow(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort) -> Missingness {
    let horizon = setting.plan.analysis.horizon_months;
    let count = |of: &dyn Fn(&crate::derive::follow_up::FollowUp) -> bool| {
        cohort.outcomes.iter().filter(|p| of(&p.follow_up)).count()
    };
    let randomised = cohort.outcomes.len();
    let not_due = count(&|f| !f.is_due(horizon));
    let analysed = count(&|f| f.is_observed(horizon));
    let entry = Entry::new(Analysis::Flow, Outcome::EverEmployed, AnalysisSet::Itt, Method::Count)
        .month(horizon);
    for (statistic, n) in [
        (Statistic::Randomised, randomised),
        (Statistic::NotDue, not_due),
        (Statistic::Lost, randomised - not_due - analysed),
        (Statistic::Analysed, analysed),
    ] {
        sheet.put(&entry, statistic, Unit::Count, n as f64);
    }
    if analysed == randomised { Missingness::None } else { Missingness::Some }
}
