//! Who took the programme up, and its effect among those who do so only if it is offered.

use super::Setting;
use super::amounts::{AMOUNTS, observed_to_horizon};
use super::cohort::{Cohort, Observed, indicator};
use super::covariates::{CovariateValues, NamedCovariate};
use super::effect_rows::{Coefficient, Estimated, StandardError, add_coefficient, add_estimate};
use super::proportions::add_rate;
use super::sheet::{Entry, Sheet};
use crate::estimate::instrument::{
    AndersonRubinSet, ComplierEffect, FirstStage, complier_effect, complier_mean,
};
use crate::estimate::proportion::Count;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::trial::arm::Arm;

/// F below which the arm moves take-up too little for the usual interval.
const WEAK: f64 = 10.0;

/// Take-up by arm and region, the share of compliers, the effect among them and what they are like.
///
/// Nothing where nobody has a first meeting of the programme.
pub(super) fn add_take_up(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    if cohort.outcomes.iter().all(|p| p.programme_start_day.is_none()) {
        return;
    }
    let horizon = setting.plan.analysis.horizon_months;
    let set = AnalysisSet::IttObserved;
    let rate = Entry::new(Analysis::ArmRate, Outcome::TakeUp, set, Method::Wilson).month(horizon);
    for scope in cohort.scopes() {
        let counts = cohort.by_arm(scope, |members| {
            Count::of(members.iter().filter_map(|&at| cohort.outcomes[at].took_up(horizon)))
        });
        for arm in Arm::BOTH {
            let entry = rate.region(cohort.name(scope)).arm(arm);
            add_rate(sheet, setting, &entry, *counts.get(arm));
        }
    }
    let observed = cohort.observed(|p| p.ever_employed(horizon).map(indicator));
    let effect = Entry::new(Analysis::ComplierEffect, Outcome::EverEmployed, set, Method::TslsHc2)
        .month(horizon)
        .contrast()
        .role(Role::Secondary);
    if let Some(own) = add_effect(sheet, setting, cohort, (&effect, &observed, Unit::Proportion)) {
        let share = Entry::new(Analysis::ComplierShare, Outcome::TakeUp, set, Method::OlsStrataHc2);
        add_share(sheet, &share.month(horizon).contrast(), own.first_stage, own.df);
    }
    for outcome in AMOUNTS {
        if let Some((observed, unit)) = observed_to_horizon(setting, cohort, outcome) {
            let entry = effect.outcome(outcome);
            add_effect(sheet, setting, cohort, (&entry, &observed, unit));
        }
    }
    add_complier_means(sheet, setting, cohort);
}

/// Take-up of those observed, who are followed to the horizon.
fn taken(setting: Setting<'_>, cohort: &Cohort<'_>, observed: &Observed) -> (Observed, Vec<bool>) {
    let horizon = setting.plan.analysis.horizon_months;
    let took_up = |position: usize| cohort.outcomes[position].took_up(horizon);
    let known = observed.only(|at| took_up(observed.positions[at]).is_some());
    let taken = known.positions.iter().filter_map(|&at| took_up(at)).collect();
    (known, taken)
}

fn add_effect(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (entry, observed, unit): (&Entry, &Observed, Unit),
) -> Option<ComplierEffect> {
    let (known, taken) = taken(setting, cohort, observed);
    let effect = known.sample().map_err(|reason| reason.to_string()).and_then(|sample| {
        complier_effect(&sample, &taken, setting.level).map_err(|reason| reason.to_string())
    });
    let weak = match &effect {
        Ok(own) if own.first_stage.f_statistic.is_some_and(|f| f < WEAK) => {
            "the arm hardly moves take-up (F below 10): use the Anderson-Rubin limits"
        }
        _ => "",
    };
    let coefficient = effect.as_ref().map(|own| Coefficient {
        estimate: own.estimate,
        df: own.df as f64,
        inference: own.inference,
    });
    add_coefficient(sheet, &entry.note(weak), unit, coefficient);
    let entry = entry.method(Method::AndersonRubin);
    let set = effect
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|own| own.anderson_rubin.map_err(|reason| reason.to_string()));
    let limits = [(Statistic::CiLower, unit), (Statistic::CiUpper, unit)];
    match set {
        Ok(own) => {
            sheet.put(&entry, Statistic::PValue, Unit::P, own.p_value);
            match own.set {
                AndersonRubinSet::Interval(interval) => sheet.limits(&entry, unit, interval),
                AndersonRubinSet::Rays { below, above } => {
                    let reason = format!(
                        "the set is everything up to {below} and everything from {above}: no interval"
                    );
                    sheet.all_missing(&entry, &limits, &reason);
                }
                AndersonRubinSet::WholeLine => {
                    sheet.all_missing(&entry, &limits, &"no effect at all is excluded");
                }
            }
        }
        Err(reason) => {
            sheet.all_missing(&entry, &limits, &reason);
            sheet.missing(&entry, Statistic::PValue, Unit::P, &reason);
        }
    }
    effect.ok()
}

fn add_share(sheet: &mut Sheet, entry: &Entry, stage: FirstStage, df: usize) {
    let unit = Unit::Proportion;
    sheet.put(entry, Statistic::Estimate, unit, stage.complier_share);
    match stage.inference {
        Ok(own) => {
            sheet.put(entry, Statistic::StdError, unit, own.std_error);
            sheet.limits(entry, unit, own.interval);
        }
        Err(reason) => {
            let rows = [
                (Statistic::StdError, unit),
                (Statistic::CiLower, unit),
                (Statistic::CiUpper, unit),
            ];
            sheet.all_missing(entry, &rows, &reason);
        }
    }
    let reason = "the first stage has no standard error";
    sheet.put_or(entry, (Statistic::TestStatistic, Unit::None), stage.f_statistic, &reason);
    sheet.put(entry, Statistic::Df, Unit::None, df as f64);
}

/// Means of the baseline variables among compliers: a number's mean, a level's share.
fn add_complier_means(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let horizon = setting.plan.analysis.horizon_months;
    let set = AnalysisSet::IttObserved;
    let entry =
        Entry::new(Analysis::ComplierMean, Outcome::Covariate, set, Method::TslsHc2).month(horizon);
    let followed = cohort.observed(|p| p.took_up(horizon).map(indicator));
    for name in setting.plan.baseline_variables() {
        let Some(variable) = NamedCovariate::new(setting.plan, cohort, &name) else { continue };
        let columns: Vec<(String, Unit, Vec<Option<f64>>)> = match variable.values {
            CovariateValues::Numbers(numbers) => vec![(name, Unit::None, numbers)],
            CovariateValues::Categories { levels, codes } => levels
                .iter()
                .enumerate()
                .map(|(level, text)| {
                    let is_level =
                        codes.iter().map(|code| code.map(|code| indicator(code == level)));
                    (format!("{name}={text}"), Unit::Proportion, is_level.collect())
                })
                .collect(),
        };
        for (level, unit, values) in columns {
            let mut of = followed.only(|at| values[followed.positions[at]].is_some());
            of.values = of.positions.iter().filter_map(|&at| values[at]).collect();
            let (of, taken) = taken(setting, cohort, &of);
            let mean = of.sample().map_err(|reason| reason.to_string()).and_then(|sample| {
                complier_mean(&sample, &taken, setting.level).map_err(|reason| reason.to_string())
            });
            let mean = mean.and_then(|mean| {
                let own = mean.inference.map_err(|reason| reason.to_string())?;
                let (estimate, std_error) = (mean.estimate, Some(own.std_error));
                Ok(Estimated { estimate, std_error, interval: own.interval })
            });
            add_estimate(sheet, &entry.level(&level), unit, (mean, StandardError::Given));
        }
    }
}
