//! Time to the first job: curves, their contrasts and tests, everyone randomised.

use super::Setting;
use super::cohort::{Cohort, Scope};
use super::effect_rows::add_test_or;
use super::flow::Missingness;
use super::sheet::{Entry, Sheet};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::survival::aalen_johansen::{CumulativeIncidence, risk_difference};
use crate::survival::curve::Difference;
use crate::survival::ending::{Cause, Ending};
use crate::survival::event_table::EventTable;
use crate::survival::kaplan_meier::KaplanMeier;
use crate::survival::log_rank::{log_rank, log_rank_stratified, peto_peto};
use crate::survival::not_estimable::NotEstimable;
use crate::survival::quantile::median;
use crate::survival::restricted_mean::{restricted_mean, restricted_mean_difference};
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::time::{month_end_day, month_in_days};

const CURVE: [(Statistic, Unit); 5] = [
    (Statistic::Estimate, Unit::Proportion),
    (Statistic::StdError, Unit::Proportion),
    (Statistic::CiLower, Unit::Proportion),
    (Statistic::CiUpper, Unit::Proportion),
    (Statistic::NAtRisk, Unit::Count),
];

const DIFFERENCE: [Statistic; 4] =
    [Statistic::Estimate, Statistic::StdError, Statistic::CiLower, Statistic::CiUpper];

const NO_LIMITS: &str = "no limits where the estimate is 0 or 1";
const NO_STD_ERROR: &str = "no standard error where the curve has reached 0";

/// Everything about the time to the first job.
pub(super) fn add_time_to_first_job(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort,
    missing: Missingness,
) {
    let note = cohort.censoring_note();
    let survival =
        Entry::new(Analysis::Survival, Outcome::FirstJob, AnalysisSet::Itt, Method::KaplanMeier)
            .note(note);
    let incidence = Entry::new(
        Analysis::CumulativeIncidence,
        Outcome::FirstJob,
        AnalysisSet::Itt,
        Method::AalenJohansen,
    );
    for scope in cohort.scopes() {
        let tables = tables(cohort, scope);
        let name = cohort.name(scope);
        let survival = survival.region(name);
        add_kaplan_meier(sheet, setting, &survival, &tables);
        add_restricted_means(sheet, setting, &survival, &tables, scope);
        add_tests(sheet, &survival, &tables, scope);
        let incidence = incidence.region(name);
        add_incidence(sheet, setting, &incidence, cohort, scope);
        add_incidence_differences(sheet, setting, &incidence, &tables, (scope, missing));
    }
    add_stratified_test(sheet, &survival, cohort);
}

fn tables(cohort: &Cohort, scope: Scope) -> TwoArm<EventTable> {
    TwoArm::from_fn(|arm| {
        let (days, endings) = cohort.times(scope, arm);
        EventTable::new(&days, &endings, None)
    })
}

fn role_of(scope: Scope) -> Role {
    match scope {
        Scope::All => Role::Secondary,
        Scope::Region(_) => Role::Exploratory,
    }
}

/// Survival at the plan's months and the median, by arm.
fn add_kaplan_meier(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    survival: &Entry,
    tables: &TwoArm<EventTable>,
) {
    for (arm, table) in tables.iter() {
        let curve = KaplanMeier::new(table, setting.level);
        let entry = survival.arm(arm);
        for &month in &setting.plan.analysis.months {
            let entry = entry.month(month);
            match curve.at(month_in_days(month)) {
                Ok(point) => {
                    let (estimate, error) = (point.estimate, point.std_error);
                    sheet.put(&entry, Statistic::Estimate, Unit::Proportion, estimate);
                    let std_error = Statistic::StdError;
                    sheet.put_or(&entry, (std_error, Unit::Proportion), error, &NO_STD_ERROR);
                    add_limits(sheet, &entry, point.limits);
                    sheet.put(&entry, Statistic::NAtRisk, Unit::Count, point.n_at_risk);
                }
                Err(reason) => sheet.all_missing(&entry, &CURVE, &reason),
            }
        }
        let entry = entry.analysis(Analysis::SurvivalMedian);
        let rows = [Statistic::EstimateDays, Statistic::CiLower, Statistic::CiUpper];
        match median(&curve) {
            Ok(median) => {
                let values = [median.estimate, median.lower, median.upper];
                for (statistic, value) in rows.into_iter().zip(values) {
                    let reason = "the curve does not reach one half";
                    sheet.put_or(&entry, (statistic, Unit::Days), value, &reason);
                }
            }
            Err(reason) => sheet.all_missing(&entry, &rows.map(|s| (s, Unit::Days)), &reason),
        }
    }
}

fn add_limits(sheet: &mut Sheet, entry: &Entry, limits: Option<Interval>) {
    match limits {
        Some(interval) => sheet.limits(entry, Unit::Proportion, interval),
        None => sheet.all_missing(
            entry,
            &[(Statistic::CiLower, Unit::Proportion), (Statistic::CiUpper, Unit::Proportion)],
            &NO_LIMITS,
        ),
    }
}

/// Restricted mean times to a first job and their difference.
fn add_restricted_means(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    survival: &Entry,
    tables: &TwoArm<EventTable>,
    scope: Scope,
) {
    let entry = survival.analysis(Analysis::Rmst).method(Method::RestrictedMean);
    for &month in &setting.plan.analysis.rmst_months {
        let entry = entry.month(month);
        for (arm, table) in tables.iter() {
            let entry = entry.arm(arm);
            match restricted_mean(table, month_in_days(month)) {
                Ok(mean) => {
                    sheet.put(&entry, Statistic::EstimateDays, Unit::Days, mean.estimate_days);
                    sheet.put(&entry, Statistic::StdError, Unit::Days, mean.std_error_days);
                }
                Err(reason) => sheet.all_missing(
                    &entry,
                    &[(Statistic::EstimateDays, Unit::Days), (Statistic::StdError, Unit::Days)],
                    &reason,
                ),
            }
        }
        let entry = entry.contrast().role(role_of(scope));
        let difference = mean_difference(tables, month_in_days(month), setting.level);
        add_difference(sheet, &entry, difference, (Statistic::EstimateDays, Unit::Days));
    }
}

fn mean_difference(
    tables: &TwoArm<EventTable>,
    horizon_days: f64,
    level: ConfidenceLevel,
) -> Result<Difference, NotEstimable> {
    let intervention = restricted_mean(&tables.intervention, horizon_days)?;
    let control = restricted_mean(&tables.control, horizon_days)?;
    Ok(restricted_mean_difference(TwoArm { intervention, control }, level))
}

/// Estimate, standard error, limits and p-value of a difference.
fn add_difference(
    sheet: &mut Sheet,
    entry: &Entry,
    difference: Result<Difference, NotEstimable>,
    (statistic, unit): (Statistic, Unit),
) {
    match difference {
        Ok(difference) => {
            sheet.put(entry, statistic, unit, difference.estimate);
            sheet.put(entry, Statistic::StdError, unit, difference.std_error);
            sheet.limits(entry, unit, difference.limits);
            let reason = "the standard error is 0";
            sheet.put_or(entry, (Statistic::PValue, Unit::P), difference.p_value, &reason);
        }
        Err(reason) => {
            let rows =
                DIFFERENCE.map(|s| (if s == Statistic::Estimate { statistic } else { s }, unit));
            sheet.all_missing(entry, &rows, &reason);
            sheet.missing(entry, Statistic::PValue, Unit::P, &reason);
        }
    }
}

/// Log-rank and Peto-Peto tests of one scope.
fn add_tests(sheet: &mut Sheet, survival: &Entry, tables: &TwoArm<EventTable>, scope: Scope) {
    let entry = survival.analysis(Analysis::SurvivalTest).contrast().role(role_of(scope));
    add_test_or(sheet, &entry.method(Method::LogRank), log_rank(tables.as_ref()));
    add_test_or(sheet, &entry.method(Method::PetoPeto), peto_peto(tables.as_ref()));
}

fn add_stratified_test(sheet: &mut Sheet, survival: &Entry, cohort: &Cohort) {
    let strata: Vec<TwoArm<EventTable>> = cohort.by_stratum(|members| {
        let days: Vec<i32> = members.iter().map(|&at| cohort.days[at]).collect();
        let endings: Vec<Ending> = members.iter().map(|&at| cohort.endings[at]).collect();
        EventTable::new(&days, &endings, None)
    });
    let strata: Vec<TwoArm<&EventTable>> = strata.iter().map(TwoArm::as_ref).collect();
    let entry = survival.analysis(Analysis::SurvivalTest).contrast().role(Role::Secondary);
    let test = log_rank_stratified(&strata);
    add_test_or(sheet, &entry.method(Method::LogRankStratified), test);
}

/// Cumulative incidence of a first job on the monthly grid, to the last month of the plan and as
/// far as each arm is followed; at the plan's months in any case.
fn add_incidence(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    incidence: &Entry,
    cohort: &Cohort,
    scope: Scope,
) {
    let months = months_with_horizon(setting);
    for arm in Arm::BOTH {
        let (days, endings) = cohort.times(scope, arm);
        let table = EventTable::new(&days, &endings, None);
        let curve = CumulativeIncidence::new(&table, Cause::Event, setting.level);
        for month in 0..=months.last().copied().unwrap_or(0) {
            let entry = incidence.arm(arm).month(month);
            match curve.at(month_in_days(month)) {
                Ok(point) => {
                    sheet.put(&entry, Statistic::Estimate, Unit::Proportion, point.estimate);
                    let (statistic, error) = (Statistic::StdError, point.std_error);
                    sheet.put_or(&entry, (statistic, Unit::Proportion), error, &NO_STD_ERROR);
                    add_limits(sheet, &entry, point.limits);
                    sheet.put(&entry, Statistic::NAtRisk, Unit::Count, point.n_at_risk);
                    let n_events = first_jobs_by(month, &days, &endings);
                    sheet.put(&entry, Statistic::Events, Unit::Count, n_events);
                }
                Err(reason) if months.contains(&month) => {
                    sheet.all_missing(&entry, &CURVE, &reason);
                }
                Err(_) => {}
            }
        }
    }
}

/// How many have had a first job by the end of a month, on the curve's time axis.
fn first_jobs_by(month: i32, days: &[i32], endings: &[Ending]) -> f64 {
    let last_day = month_end_day(month);
    let pairs = days.iter().zip(endings);
    pairs.filter(|(day, ending)| **day <= last_day && **ending == Ending::Event).count() as f64
}

/// Differences of cumulative incidences at the plan's months and at the horizon.
fn add_incidence_differences(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    incidence: &Entry,
    tables: &TwoArm<EventTable>,
    (scope, missing): (Scope, Missingness),
) {
    let horizon = setting.plan.analysis.horizon_months;
    let entry =
        incidence.analysis(Analysis::Effect).method(Method::RiskDifferenceAalenJohansen).contrast();
    for month in months_with_horizon(setting) {
        let role = if (scope, month, missing) == (Scope::All, horizon, Missingness::Some) {
            Role::Primary
        } else {
            role_of(scope)
        };
        let entry = entry.month(month).role(role);
        let difference = incidence_difference(tables, month, setting.level);
        add_difference(sheet, &entry, difference, (Statistic::Estimate, Unit::Proportion));
    }
}

/// The plan's months, and its horizon where they do not hold it.
pub(super) fn months_with_horizon(setting: Setting<'_>) -> Vec<i32> {
    let settings = &setting.plan.analysis;
    let mut months = settings.months.clone();
    if let Err(place) = months.binary_search(&settings.horizon_months) {
        months.insert(place, settings.horizon_months);
    }
    months
}

fn incidence_difference(
    tables: &TwoArm<EventTable>,
    month: i32,
    level: ConfidenceLevel,
) -> Result<Difference, NotEstimable> {
    let at = |table: &EventTable| {
        CumulativeIncidence::new(table, Cause::Event, level).at(month_in_days(month))
    };
    let (intervention, control) = (at(&tables.intervention)?, at(&tables.control)?);
    Ok(risk_difference(TwoArm { intervention, control }, level))
}
