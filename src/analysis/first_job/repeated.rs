//! Jobs started, the first one and others: mean numbers, and the ratio of rates.

use super::months_with_horizon;
use super::regression::{Model, add_ratio};
use super::rows::add_difference;
use crate::analysis::adjusted::Adjusted;
use crate::analysis::cohort::{Cohort, Scope};
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::interval::ConfidenceLevel;
use crate::numeric::weights::CaseWeights;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::survival::cox::{Penalty, Ties};
use crate::survival::ending::Cause;
use crate::survival::not_estimable::NotEstimable;
use crate::survival::recurrent::{
    FollowUpEnd, MeanCount, MeanCumulative, Recurrences, counting_rows, mean_count_difference,
};
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::time::{month_end_day, month_in_days};

const NO_LIMITS: &str = "no limits where nobody has started a job";

/// Job starts of the people of one arm.
#[derive(Default)]
struct Starts {
    offsets: Vec<usize>,
    days: Vec<i32>,
    ends: Vec<i32>,
    endings: Vec<FollowUpEnd>,
}

impl Starts {
    fn of(cohort: &Cohort<'_>, positions: &[usize]) -> Self {
        let mut starts = Self { offsets: vec![0], ..Self::default() };
        for &at in positions {
            let participant = &cohort.outcomes[at];
            starts.days.extend(participant.job_start_days());
            starts.offsets.push(starts.days.len());
            starts.ends.push(participant.follow_up.end_day);
            starts.endings.push(if participant.follow_up.is_competing {
                FollowUpEnd::Terminal
            } else {
                FollowUpEnd::Censored
            });
        }
        starts
    }

    fn recurrences(&self) -> Result<Recurrences<'_>, String> {
        let events = (self.offsets.as_slice(), self.days.as_slice());
        Recurrences::new(events, &self.ends, &self.endings, None)
            .map_err(|reason| reason.to_string())
    }
}

/// Mean numbers of jobs by arm and their difference, and Andersen and Gill's ratio.
pub(super) fn add_repeated_jobs(sheet: &mut Sheet, adjusted: Adjusted<'_>) {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let starts = TwoArm::from_fn(|arm| Starts::of(cohort, &cohort.members(Scope::All, arm)));
    let entry =
        Entry::new(Analysis::ArmMean, Outcome::JobStarts, AnalysisSet::Itt, Method::MeanCumulative);
    let months = months_with_horizon(setting);
    for (arm, own) in starts.iter() {
        for month in 0..=months.last().copied().unwrap_or(0) {
            let mean = mean_at(own, month, setting.level);
            if mean.is_ok() || months.contains(&month) {
                add_mean(sheet, &entry.arm(arm).month(month), (own, month), mean);
            }
        }
    }
    let entry = entry.analysis(Analysis::Effect).contrast().role(Role::Secondary);
    for month in months {
        let at = |arm: Arm| mean_at(starts.get(arm), month, setting.level);
        let difference = at(Arm::Intervention).and_then(|intervention| {
            let arms = TwoArm { intervention, control: at(Arm::Control)? };
            Ok(mean_count_difference(arms, setting.level))
        });
        let own = (Statistic::Estimate, Unit::Count);
        add_difference(sheet, &entry.month(month), difference, own);
    }
    let entry = entry.analysis(Analysis::HazardRatio).method(Method::AndersenGill);
    add_rate_ratio(sheet, adjusted, &entry);
}

fn mean_at(starts: &Starts, month: i32, level: ConfidenceLevel) -> Result<MeanCount, String> {
    let curve = MeanCumulative::new(starts.recurrences()?, level);
    let mean = curve.and_then(|curve| curve.at(month_in_days(month)));
    mean.map_err(|reason: NotEstimable| reason.to_string())
}

fn add_mean(
    sheet: &mut Sheet,
    entry: &Entry,
    (starts, month): (&Starts, i32),
    mean: Result<MeanCount, String>,
) {
    let limits = [(Statistic::CiLower, Unit::Count), (Statistic::CiUpper, Unit::Count)];
    match mean {
        Ok(own) => {
            sheet.put(entry, Statistic::Estimate, Unit::Count, own.estimate);
            sheet.put(entry, Statistic::StdError, Unit::Count, own.std_error);
            match own.limits {
                Some(interval) => sheet.limits(entry, Unit::Count, interval),
                None => sheet.all_missing(entry, &limits, &NO_LIMITS),
            }
            let last_day = month_end_day(month);
            let n = starts.ends.iter().filter(|end| **end >= last_day).count();
            sheet.put(entry, Statistic::NAtRisk, Unit::Count, n as f64);
        }
        Err(reason) => {
            sheet.missing(entry, Statistic::Estimate, Unit::Count, &reason);
            sheet.missing(entry, Statistic::StdError, Unit::Count, &reason);
            sheet.all_missing(entry, &limits, &reason);
        }
    }
}

/// The ratio of the rates at which jobs are started, everyone at risk as long as followed, with
/// the robust standard error by person.
fn add_rate_ratio(sheet: &mut Sheet, adjusted: Adjusted<'_>, entry: &Entry) {
    let cohort = adjusted.cohort;
    let ratio = counting_model(cohort).and_then(|model| {
        let clusters = model.positions.clone();
        let fit = model.fit(CaseWeights::Once, (Ties::Efron, Penalty::None))?;
        fit.robust_arm(Some(&clusters))
    });
    add_ratio(sheet, entry, (ratio, adjusted.setting.level));
}

/// A row for each time between two starts of a participant's jobs, and one to the end.
fn counting_model(cohort: &Cohort<'_>) -> Result<Model, String> {
    let all: Vec<usize> = (0..cohort.outcomes.len()).collect();
    let starts = Starts::of(cohort, &all);
    let rows = counting_rows(&starts.recurrences()?).map_err(|reason| reason.to_string())?;
    let positions: Vec<usize> = rows.iter().map(|row| row.person).collect();
    Ok(Model {
        entries: Some(rows.iter().map(|row| row.entry).collect()),
        days: rows.iter().map(|row| row.day).collect(),
        events: rows.iter().map(|row| row.event).collect(),
        ..Model::of(cohort, positions, Cause::Event)
    })
}
