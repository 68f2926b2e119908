//! Cumulative incidence of a first job and of competing exits, their bands and differences.

use super::bands::add_band;
use super::group::Group;
use super::means::horizons;
use super::months_with_horizon;
use super::rows::{CURVE, add_difference, add_mean_days, add_point};
use crate::analysis::Setting;
use crate::analysis::cohort::{Cohort, Scope};
use crate::analysis::flow::Missingness;
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::interval::ConfidenceLevel;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::survival::aalen_johansen::{CumulativeIncidence, risk_difference};
use crate::survival::curve::Difference;
use crate::survival::ending::{Cause, Ending};
use crate::survival::event_table::EventTable;
use crate::survival::not_estimable::NotEstimable;
use crate::survival::time_lost::{time_lost, time_lost_difference};
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::time::{month_end_day, month_in_days};

/// What ends the wait, and how the results name it.
const CAUSES: [(Cause, Ending, Outcome); 2] = [
    (Cause::Event, Ending::Event, Outcome::FirstJob),
    (Cause::Competing, Ending::Competing, Outcome::CompetingExit),
];

fn entry_of(group: &Group, outcome: Outcome) -> Entry {
    let (analysis, method) = (Analysis::CumulativeIncidence, Method::AalenJohansen);
    group.entry(&Entry::new(analysis, outcome, AnalysisSet::Itt, method))
}

/// Curves of both causes, bands, and the arms' differences.
pub(super) fn add_incidence(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (group, missing): (&Group, Missingness),
) {
    let tables = group.tables(cohort);
    for (cause, ending, outcome) in CAUSES {
        let entry = entry_of(group, outcome);
        for arm in Arm::BOTH {
            let times = group.times(cohort, arm);
            let curve = CumulativeIncidence::new(tables.get(arm), cause, setting.level);
            let entry = entry.arm(arm);
            add_curve(sheet, setting, (&entry, ending), (&curve, &times));
            if cause == Cause::Event {
                add_band(sheet, setting, &entry, (&curve, (&times.0, &times.1)));
            }
        }
        add_time_lost(sheet, setting, (&entry, cause), (&tables, group));
        add_differences(sheet, setting, (&entry, cause), (&tables, group, missing));
    }
}

/// Curves of a first job at a level of a facet.
pub(super) fn add_facet(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    group: &Group,
) {
    let tables = group.tables(cohort);
    let (cause, ending, outcome) = CAUSES[0];
    for arm in Arm::BOTH {
        let times = group.times(cohort, arm);
        let curve = CumulativeIncidence::new(tables.get(arm), cause, setting.level);
        let entry = entry_of(group, outcome).arm(arm);
        add_curve(sheet, setting, (&entry, ending), (&curve, &times));
    }
}

/// A curve on the monthly grid, to the last month of the plan and as far as the arm is followed; at
/// the plan's months in any case.
fn add_curve(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    (incidence, ending): (&Entry, Ending),
    (curve, (days, endings)): (&CumulativeIncidence<'_>, &(Vec<i32>, Vec<Ending>)),
) {
    let months = months_with_horizon(setting);
    for month in 0..=months.last().copied().unwrap_or(0) {
        let entry = incidence.month(month);
        match curve.at(month_in_days(month)) {
            Ok(point) => {
                add_point(sheet, &entry, Ok(point));
                let n_events = endings_by(month, ending, (days, endings));
                sheet.put(&entry, Statistic::Events, Unit::Count, n_events);
            }
            Err(reason) if months.contains(&month) => {
                sheet.all_missing(&entry, &CURVE, &reason);
            }
            Err(_) => {}
        }
    }
}

/// How many have left in that way by the end of a month, on the curve's time axis.
fn endings_by(month: i32, ending: Ending, (days, endings): (&[i32], &[Ending])) -> f64 {
    let last_day = month_end_day(month);
    let pairs = days.iter().zip(endings);
    pairs.filter(|(day, own)| **day <= last_day && **own == ending).count() as f64
}

/// Differences at the plan's months and at the horizon.
fn add_differences(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    (incidence, cause): (&Entry, Cause),
    (tables, group, missing): (&TwoArm<EventTable>, &Group, Missingness),
) {
    let horizon = setting.plan.analysis.horizon_months;
    let entry =
        incidence.analysis(Analysis::Effect).method(Method::RiskDifferenceAalenJohansen).contrast();
    for month in months_with_horizon(setting) {
        let is_headline = cause == Cause::Event
            && (group.scope, month, missing) == (Scope::All, horizon, Missingness::Some);
        let role = if is_headline { Role::Primary } else { group.role() };
        let entry = entry.month(month).role(role);
        let difference = difference(tables, cause, month, setting.level);
        add_difference(sheet, &entry, difference, (Statistic::Estimate, Unit::Proportion));
    }
}

fn difference(
    tables: &TwoArm<EventTable>,
    cause: Cause,
    month: i32,
    level: ConfidenceLevel,
) -> Result<Difference, NotEstimable> {
    let at =
        |table: &EventTable| CumulativeIncidence::new(table, cause, level).at(month_in_days(month));
    let (intervention, control) = (at(&tables.intervention)?, at(&tables.control)?);
    Ok(risk_difference(TwoArm { intervention, control }, level))
}

/// Mean times since the event by the plan's months, and their differences.
fn add_time_lost(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    (incidence, cause): (&Entry, Cause),
    (tables, group): (&TwoArm<EventTable>, &Group),
) {
    let entry = incidence.analysis(Analysis::TimeLost).method(Method::TimeLostAalenJohansen);
    for month in horizons(setting) {
        let entry = entry.month(month);
        let of = |arm: Arm| time_lost(tables.get(arm), cause, month_in_days(month));
        for arm in Arm::BOTH {
            let lost = of(arm).map(|own| (own.estimate_days, own.std_error_days));
            add_mean_days(sheet, &entry.arm(arm), lost);
        }
        let difference = of(Arm::Intervention).and_then(|intervention| {
            let arms = TwoArm { intervention, control: of(Arm::Control)? };
            Ok(time_lost_difference(arms, setting.level))
        });
        let entry = entry.contrast().role(group.role());
        add_difference(sheet, &entry, difference, (Statistic::EstimateDays, Unit::Days));
    }
}
