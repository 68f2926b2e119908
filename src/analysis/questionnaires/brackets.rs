//! The first job as the questionnaires bracket it, beside the dated one.

use ndarray::Array2;

use super::super::Setting;
use super::super::cohort::{Cohort, Scope};
use super::super::effect_rows::{Estimated, StandardError, add_estimate, estimate_and_limits};
use super::super::sheet::{Entry, Sheet};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::survival::interval_censored::bracket::Bracket;
use crate::survival::interval_censored::bracket_ph::{BracketSample, bracket_ph};
use crate::survival::interval_censored::turnbull::{Turnbull, bracket_risk_difference};
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::time::month_end_day;

/// How far from a month the curve may be read, where it is not known at the month itself.
const FURTHEST_DAYS: i32 = 45;

const NOTE: &str = "from the answers to “any job since the last answer”; competing exits censored";

/// Probability of a first job by each wave, its difference, and the ratio of hazards.
pub(super) fn add_brackets(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let brackets: Vec<Option<Bracket>> = cohort
        .waves
        .brackets
        .iter()
        .map(|own| own.map(|own| Bracket { after: own.after, by: own.by }))
        .collect();
    // Without such a question there is nothing to show.
    if brackets.iter().all(Option::is_none) {
        return;
    }
    let of_arm = |arm| -> Vec<Bracket> {
        cohort.members(Scope::All, arm).into_iter().filter_map(|at| brackets[at]).collect()
    };
    let curves = TwoArm::from_fn(|arm| {
        let own = of_arm(arm);
        Turnbull::new(&own, None, setting.level).map_err(|reason| reason.to_string())
    });
    let entry = Entry::new(
        Analysis::CumulativeIncidence,
        Outcome::FirstJob,
        AnalysisSet::Answered,
        Method::Turnbull,
    )
    .note(NOTE);
    for &month in setting.plan.wave_months() {
        add_month(sheet, &entry.month(month), &curves, month);
    }
    add_ratio(sheet, setting, &entry, (cohort, &brackets));
}

type Curves = TwoArm<Result<Turnbull, String>>;

fn add_month(sheet: &mut Sheet, entry: &Entry, curves: &Curves, month: i32) {
    for (arm, curve) in curves.iter() {
        let entry = entry.arm(arm);
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
    let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Secondary);
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
    (cohort, brackets): (&Cohort<'_>, &[Option<Bracket>]),
) {
    let known: Vec<usize> = (0..brackets.len()).filter(|at| brackets[*at].is_some()).collect();
    let own: Vec<Bracket> = brackets.iter().copied().flatten().collect();
    let arms: Vec<Arm> = known.iter().map(|&at| cohort.outcomes[at].arm).collect();
    let covariates = Array2::zeros((own.len(), 0));
    let sample =
        BracketSample { brackets: &own, arms: &arms, covariates: covariates.view(), weights: None };
    let entry = entry
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
