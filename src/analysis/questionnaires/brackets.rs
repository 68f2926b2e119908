//! The first paid job that answers tell of, as they bracket it; the dated first job stands beside it.

use ndarray::Array2;

use super::super::Setting;
use super::super::cohort::{Cohort, Scope};
use super::super::effect_rows::{Estimated, StandardError, add_estimate, estimate_and_limits};
use super::super::sheet::{Entry, Sheet};
use crate::derive::employment::job_on;
use crate::derive::waves::JobBracket;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::survival::interval_censored::bracket::Bracket;
use crate::survival::interval_censored::bracket_ph::{BracketSample, bracket_ph};
use crate::survival::interval_censored::turnbull::{Turnbull, bracket_risk_difference};
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::time::month_end_day;

/// How far from a month the curve may be read, where it is not known at the month itself.
const FURTHEST_DAYS: i32 = 45;

const NOTE: &str = "from the answers to “any job since the last answer”; competing exits censored";

const RATIO_NOTE: &str = "limits by Wald, p-value of the likelihood ratio";

/// What the answers tell of those who did not work on day 0.
struct Reported {
    /// Of each participant; none without a usable answer and for those left out.
    brackets: Vec<Option<Bracket>>,
    /// How many with a usable answer are left out, since they worked on day 0.
    n_at_work: TwoArm<usize>,
}

impl Reported {
    /// Nothing where no answer tells of any job.
    fn of(cohort: &Cohort<'_>) -> Option<Self> {
        if cohort.waves.brackets.iter().all(Option::is_none) {
            return None;
        }
        let is_left_out =
            |at: usize| cohort.waves.brackets[at].is_some() && worked_on_day_0(cohort, at);
        let n_at_work = TwoArm::from_fn(|arm| {
            cohort.members(Scope::All, arm).into_iter().filter(|at| is_left_out(*at)).count()
        });
        let own = |(at, own): (usize, &Option<JobBracket>)| {
            own.filter(|_| !is_left_out(at)).map(|own| Bracket { after: own.after, by: own.by })
        };
        let brackets = cohort.waves.brackets.iter().enumerate().map(own).collect();
        Some(Self { brackets, n_at_work })
    }

    fn of_arm(&self, cohort: &Cohort<'_>, arm: Arm) -> Vec<Bracket> {
        cohort.members(Scope::All, arm).into_iter().filter_map(|at| self.brackets[at]).collect()
    }
}

/// Whether a participant is known to have worked on the day of randomisation: by the baseline
/// answer, or by a competitive job that began before that day and had not ended.
fn worked_on_day_0(cohort: &Cohort<'_>, at: usize) -> bool {
    let says = cohort.waves.answer(at, 0).and_then(|answer| {
        let answers = &cohort.data.questionnaires.answers;
        answers[answer].working_now
    });
    let is_recorded = job_on(&cohort.outcomes[at].jobs, 0).is_some_and(|job| job.start_day < 0);
    says == Some(true) || is_recorded
}

/// The entry with the number of those left out, where there are any.
fn with_left_out(entry: &Entry, n: usize) -> Entry {
    match n {
        0 => entry.clone(),
        n => entry.also(&format!("{n} are left out: they worked on day 0")),
    }
}

/// 1 − Turnbull's curve at each wave, its difference, and the ratio of hazards.
///
/// The question is about any paid work and cannot tell a new job from one that ran on day 0: those
/// known to have worked on that day are left out, and the outcome is one of its own.
pub(super) fn add_brackets(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let Some(reported) = Reported::of(cohort) else { return };
    let own = TwoArm::from_fn(|arm| reported.of_arm(cohort, arm));
    let curves = TwoArm::from_fn(|arm| {
        Turnbull::new(own.get(arm), None, setting.level).map_err(|reason| reason.to_string())
    });
    let entry = Entry::new(
        Analysis::CumulativeIncidence,
        Outcome::FirstJobReported,
        AnalysisSet::Answered,
        Method::Turnbull,
    )
    .note(NOTE);
    let waves = setting.plan.wave_months();
    for arm in Arm::BOTH {
        let entry = with_left_out(&entry.arm(arm), *reported.n_at_work.get(arm))
            .also("events: those whose answers tell of a job, at whatever time");
        add_counts(sheet, &entry, own.get(arm));
        // The same at each wave, so that a number always has its people beside it.
        for &month in waves {
            add_counts(sheet, &entry.month(month), own.get(arm));
        }
    }
    for &month in waves {
        add_month(sheet, &entry.month(month), (&curves, &reported.n_at_work), month);
    }
    add_ratio(sheet, setting, &entry, (cohort, &reported));
}

fn add_counts(sheet: &mut Sheet, entry: &Entry, brackets: &[Bracket]) {
    let n_events = brackets.iter().filter(|own| own.by.is_some()).count();
    sheet.put(entry, Statistic::N, Unit::Count, brackets.len() as f64);
    sheet.put(entry, Statistic::Events, Unit::Count, n_events as f64);
}

/// Those left out of either arm.
fn of_both(n: &TwoArm<usize>) -> usize {
    n.intervention + n.control
}

type Curves = TwoArm<Result<Turnbull, String>>;

fn add_month(
    sheet: &mut Sheet,
    entry: &Entry,
    (curves, n_at_work): (&Curves, &TwoArm<usize>),
    month: i32,
) {
    for (arm, curve) in curves.iter() {
        let entry = with_left_out(&entry.arm(arm), *n_at_work.get(arm));
        let read = curve.as_ref().map_err(Clone::clone).and_then(|curve| {
            let day = nearest_known(&[curve], month)?;
            let own = curve.known_at(f64::from(day)).map_err(|reason| reason.to_string())?;
            Ok((day, own))
        });
        match read {
            Ok((day, own)) => {
                let entry = entry.also(&day_note(day, month));
                sheet.put(&entry, Statistic::Estimate, Unit::Proportion, 1.0 - own.estimate);
                let reason = "no standard error here";
                let unit = Unit::Proportion;
                sheet.put_or(&entry, (Statistic::StdError, unit), own.std_error, &reason);
                let limits = own.limits.map(|limits| (1.0 - limits.upper, 1.0 - limits.lower));
                let reason = "no limits where nobody or everybody has had the event";
                let lower = limits.map(|limits| limits.0);
                sheet.put_or(&entry, (Statistic::CiLower, unit), lower, &reason);
                let upper = limits.map(|limits| limits.1);
                sheet.put_or(&entry, (Statistic::CiUpper, unit), upper, &reason);
            }
            Err(reason) => {
                sheet.all_missing(&entry, &estimate_and_limits(Unit::Proportion), &reason);
                sheet.missing(&entry, Statistic::StdError, Unit::Proportion, &reason);
            }
        }
    }
    let effect = with_left_out(entry, of_both(n_at_work));
    let effect = effect.analysis(Analysis::Effect).contrast().role(Role::Secondary);
    let both = match (&curves.intervention, &curves.control) {
        (Ok(intervention), Ok(control)) => Ok(TwoArm { intervention, control }),
        (Err(reason), _) | (_, Err(reason)) => Err(reason.clone()),
    };
    let read = both.and_then(|both| {
        let day = nearest_known(&[both.intervention, both.control], month)?;
        let own = bracket_risk_difference(both, f64::from(day));
        Ok((day, own.map_err(|reason| reason.to_string())?))
    });
    let (effect, read) = match read {
        Ok((day, own)) => (effect.also(&day_note(day, month)), Ok(own)),
        Err(reason) => (effect, Err(reason)),
    };
    let difference = read.map(|own| Estimated {
        estimate: own.estimate,
        std_error: Some(own.std_error),
        interval: own.limits,
    });
    add_estimate(sheet, &effect, Unit::Proportion, (difference, StandardError::Given));
}

/// The day nearest to the end of a month at which all curves are known, the earlier of two.
fn nearest_known(curves: &[&Turnbull], month: i32) -> Result<i32, String> {
    let target = month_end_day(month);
    let is_known =
        |day: i32| day >= 0 && curves.iter().all(|curve| curve.known_at(f64::from(day)).is_ok());
    (0..=FURTHEST_DAYS)
        .flat_map(|distance| [target - distance, target + distance])
        .find(|day| is_known(*day))
        .ok_or_else(|| {
            format!("the answers do not tell within {FURTHEST_DAYS} days of the month's end")
        })
}

fn day_note(day: i32, month: i32) -> String {
    if day == month_end_day(month) { String::new() } else { format!("read on day {day}") }
}

fn add_ratio(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    entry: &Entry,
    (cohort, reported): (&Cohort<'_>, &Reported),
) {
    let brackets = &reported.brackets;
    let known: Vec<usize> = (0..brackets.len()).filter(|at| brackets[*at].is_some()).collect();
    let own: Vec<Bracket> = brackets.iter().copied().flatten().collect();
    let arms: Vec<Arm> = known.iter().map(|&at| cohort.outcomes[at].arm).collect();
    let covariates = Array2::zeros((own.len(), 0));
    let sample =
        BracketSample { brackets: &own, arms: &arms, covariates: covariates.view(), weights: None };
    let entry = with_left_out(entry, of_both(&reported.n_at_work))
        .also(RATIO_NOTE)
        .analysis(Analysis::HazardRatio)
        .method(Method::IntervalCensoredPh)
        .contrast()
        .role(Role::Secondary);
    match bracket_ph(&sample) {
        Ok(fit) => {
            let arm = fit.arm(setting.level);
            let exp = crate::numeric::elementary::exp;
            sheet.put(&entry, Statistic::Estimate, Unit::Ratio, exp(arm.estimate));
            sheet.put(&entry, Statistic::LogHazardRatio, Unit::LogRatio, arm.estimate);
            sheet.put(&entry, Statistic::StdError, Unit::LogRatio, arm.std_error);
            sheet.limits(&entry, Unit::Ratio, arm.limits.map_increasing(exp));
            sheet.put(&entry, Statistic::PValue, Unit::P, fit.arm_test.p_value);
        }
        Err(reason) => {
            sheet.all_missing(&entry, &estimate_and_limits(Unit::Ratio), &reason);
            sheet.missing(&entry, Statistic::LogHazardRatio, Unit::LogRatio, &reason);
            sheet.missing(&entry, Statistic::StdError, Unit::LogRatio, &reason);
            sheet.missing(&entry, Statistic::PValue, Unit::P, &reason);
        }
    }
}
