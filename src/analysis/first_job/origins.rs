//! Time from another origin than randomisation: descriptive, since who reaches it is not left to
//! chance.

use super::months_with_horizon;
use super::rows::{add_point, add_quantile};
use crate::analysis::Setting;
use crate::analysis::cohort::Cohort;
use crate::analysis::sheet::{Entry, Sheet};
use crate::derive::outcomes::RetentionEnding;
use crate::numeric::weights::CaseWeights;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic, Unit};
use crate::survival::aalen_johansen::CumulativeIncidence;
use crate::survival::ending::{Cause, Ending};
use crate::survival::event_table::EventTable;
use crate::survival::kaplan_meier::KaplanMeier;
use crate::survival::quantile::median;
use crate::survival::times::Times;
use crate::trial::arm::Arm;
use crate::trial::time::{month_end_day, month_in_days};

/// Where the time of a row begins, or from when on people are at risk in it.
const SINCE_PROGRAMME: &str = "since=programme_start";
const FROM_PROGRAMME: &str = "at risk from=programme_start";
const SINCE_JOB: &str = "since=first_job";

const NOT_RANDOMISED: &str = "not a comparison of randomised groups: those who took the \
                              programme up, from its start";
const JOB_HOLDERS: &str = "not a comparison of randomised groups: those with a first job, from \
                           its start";

/// Times of the people of one arm.
#[derive(Default)]
struct Wait {
    entries: Vec<i32>,
    days: Vec<i32>,
    endings: Vec<Ending>,
}

/// From the start of the programme, and from the start of the first job.
pub(super) fn add_other_origins(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let incidence = Entry::new(
        Analysis::CumulativeIncidence,
        Outcome::FirstJob,
        AnalysisSet::ProgrammeStarted,
        Method::AalenJohansen,
    )
    .note(NOT_RANDOMISED);
    for arm in Arm::BOTH {
        let late = from_programme(cohort, arm);
        if late.days.is_empty() {
            continue;
        }
        // The same people twice: time since they began, and time since randomisation.
        let days: Vec<i32> =
            late.days.iter().zip(&late.entries).map(|(day, entry)| day - entry).collect();
        let since = Wait { entries: Vec::new(), days, endings: late.endings.clone() };
        let entry = incidence.arm(arm);
        add_incidence(sheet, setting, (&entry.level(SINCE_PROGRAMME), &since));
        add_incidence(sheet, setting, (&entry.level(FROM_PROGRAMME), &late));
    }
    let survival = Entry::new(
        Analysis::Survival,
        Outcome::JobRetention,
        AnalysisSet::WithFirstJob,
        Method::KaplanMeier,
    )
    .note(JOB_HOLDERS)
    .level(SINCE_JOB);
    for arm in Arm::BOTH {
        add_retention(sheet, setting, (&survival.arm(arm), &retention(cohort, arm)));
    }
}

/// Those of an arm who took the programme up before a first job, and what came after.
///
/// Who began before randomisation is at risk from day 0, as everyone is.
fn from_programme(cohort: &Cohort<'_>, arm: Arm) -> Wait {
    let mut wait = Wait::default();
    for (at, participant) in cohort.outcomes.iter().enumerate() {
        let Some(start) = participant.programme_start_day else { continue };
        let start = start.max(0);
        if participant.arm == arm && cohort.days[at] > start {
            wait.entries.push(start);
            wait.days.push(cohort.days[at]);
            wait.endings.push(cohort.endings[at]);
        }
    }
    wait
}

/// How long those of an arm stay in their first job.
fn retention(cohort: &Cohort<'_>, arm: Arm) -> Wait {
    let mut wait = Wait::default();
    for participant in cohort.outcomes.iter().filter(|participant| participant.arm == arm) {
        let Some((days, ending)) = participant.job_retention() else { continue };
        wait.days.push(days);
        wait.endings.push(match ending {
            RetentionEnding::Left => Ending::Event,
            RetentionEnding::CompetingExit => Ending::Competing,
            RetentionEnding::StillThere => Ending::Censored,
        });
    }
    wait
}

impl Wait {
    fn table(&self) -> EventTable {
        let entries = (!self.entries.is_empty()).then_some(self.entries.as_slice());
        let times = Times { entries, days: &self.days, endings: &self.endings };
        EventTable::of(times, CaseWeights::Once)
    }

    fn endings_by(&self, month: i32, ending: Ending) -> f64 {
        let last_day = month_end_day(month);
        let pairs = self.days.iter().zip(&self.endings);
        pairs.filter(|(day, own)| **day <= last_day && **own == ending).count() as f64
    }

    fn add_counts(&self, sheet: &mut Sheet, entry: &Entry) {
        let entry = entry.analysis(Analysis::TimeAtRisk).method(Method::Count);
        let n_events = self.endings.iter().filter(|own| **own == Ending::Event).count();
        sheet.put(&entry, Statistic::N, Unit::Count, self.days.len() as f64);
        sheet.put(&entry, Statistic::Events, Unit::Count, n_events as f64);
    }
}

fn add_incidence(sheet: &mut Sheet, setting: Setting<'_>, (entry, wait): (&Entry, &Wait)) {
    wait.add_counts(sheet, entry);
    let table = wait.table();
    let curve = CumulativeIncidence::new(&table, Cause::Event, setting.level);
    for month in months_with_horizon(setting) {
        let entry = entry.month(month);
        let point = curve.at(month_in_days(month));
        let is_known = point.is_ok();
        add_point(sheet, &entry, point);
        if is_known {
            let n_events = wait.endings_by(month, Ending::Event);
            sheet.put(&entry, Statistic::Events, Unit::Count, n_events);
        }
    }
}

fn add_retention(sheet: &mut Sheet, setting: Setting<'_>, (entry, wait): (&Entry, &Wait)) {
    wait.add_counts(sheet, entry);
    let table = wait.table();
    let curve = KaplanMeier::new(&table, setting.level);
    let months = months_with_horizon(setting);
    for month in 0..=months.last().copied().unwrap_or(0) {
        let entry = entry.month(month);
        match curve.at(month_in_days(month)) {
            Ok(point) => {
                add_point(sheet, &entry, Ok(point));
                let n_events = wait.endings_by(month, Ending::Event);
                sheet.put(&entry, Statistic::Events, Unit::Count, n_events);
            }
            Err(reason) if months.contains(&month) => add_point(sheet, &entry, Err(reason)),
            Err(_) => {}
        }
    }
    let entry = entry.analysis(Analysis::SurvivalMedian);
    add_quantile(sheet, &entry, (median(&curve), 0.5));
}
