//! Participant flow to the horizon.

use super::Setting;
use super::cohort::Cohort;
use super::material::Material;
use super::sheet::{Entry, Sheet};
use super::whom;
use crate::results::composition::Fact;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic};
use crate::trial::time::month_end_day;

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
    let everyone = whom::everyone();
    let due = whom::those(Fact::Due { day: month_end_day(horizon) });
    let observed = whom::observed(horizon);
    let material = Material::model(everyone.clone(), &[]);
    let (set, method) = (AnalysisSet::Itt, Method::Count);
    let entry = Entry::new(Analysis::Flow, Outcome::EverEmployed, set, method, material);
    let entry = entry.month(horizon);
    for (statistic, people, n) in [
        (Statistic::Randomised, &everyone, randomised),
        (Statistic::NotDue, &everyone.without(&due), not_due),
        (Statistic::Lost, &due.without(&observed), randomised - not_due - analysed),
        (Statistic::Analysed, &observed, analysed),
    ] {
        sheet.count(&entry, statistic, people, n);
    }
    if analysed == randomised { Missingness::None } else { Missingness::Some }
}
