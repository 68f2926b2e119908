//! Effects by the levels of declared variables and by region: never without a test of interaction.

use super::Setting;
use super::cohort::{Cohort, Scope, indicator};
use super::covariates::{CovariateValues, NamedCovariate};
use super::effect_rows::{add_newcombe, add_ratio, add_test_or, estimate_and_limits};
use super::proportions::add_rate;
use super::sheet::{Entry, Sheet};
use crate::estimate::heterogeneity::{equal_differences, equal_risk_ratios};
use crate::estimate::proportion::Count;
use crate::estimate::ratio::risk_ratio;
use crate::estimate::risk_difference::wald;
use crate::estimate::sample::StratifiedSample;
use crate::estimate::shrinkage::{GroupEstimate, shrink};
use crate::plan::analyses::Subgroup;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::trial::arm::{Arm, TwoArm};

/// Fewer regions than this tell little of how much their effects differ.
const MANY_REGIONS: usize = 20;
const FEW_REGIONS: &str =
    "few regions: how much their effects differ is poorly known, and these limits are too narrow";

/// Levels of a variable and everyone's place among them.
pub(super) struct Groups {
    pub(super) levels: Vec<String>,
    codes: Vec<Option<usize>>,
}

impl Groups {
    /// The level of a participant, where it is known.
    pub(super) fn level_of(&self, position: usize) -> Option<usize> {
        self.codes[position]
    }

    pub(super) fn new(
        setting: Setting<'_>,
        cohort: &Cohort<'_>,
        subgroup: &Subgroup,
    ) -> Option<Self> {
        let variable = NamedCovariate::new(setting.plan, cohort, &subgroup.variable)?;
        Some(match variable.values {
            CovariateValues::Categories { levels, codes } => Self { levels, codes },
            CovariateValues::Numbers(numbers) if subgroup.cut_points.is_empty() => {
                by_value(&numbers)
            }
            CovariateValues::Numbers(numbers) => by_cut_points(&numbers, &subgroup.cut_points),
        })
    }
}

/// Levels of the declared variables, in the plan's order.
pub(super) fn levels(setting: Setting<'_>, cohort: &Cohort<'_>) -> Vec<Vec<String>> {
    let subgroups = setting.plan.subgroups.iter();
    let of = |subgroup| Groups::new(setting, cohort, subgroup).map(|groups| groups.levels);
    subgroups.map(|subgroup| of(subgroup).unwrap_or_default()).collect()
}

/// Every value a level, in the order of the numbers.
fn by_value(numbers: &[Option<f64>]) -> Groups {
    let mut values: Vec<f64> = numbers.iter().copied().flatten().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let code = |number: f64| values.iter().position(|value| value.total_cmp(&number).is_eq());
    Groups {
        levels: values.iter().map(f64::to_string).collect(),
        codes: numbers.iter().map(|number| number.and_then(code)).collect(),
    }
}

/// `<35`, `35 to <50`, `50+`: a level begins at its cut point.
fn by_cut_points(numbers: &[Option<f64>], cut_points: &[f64]) -> Groups {
    let mut levels = vec![format!("<{}", cut_points[0])];
    levels.extend(cut_points.windows(2).map(|pair| format!("{} to <{}", pair[0], pair[1])));
    levels.push(format!("{}+", cut_points[cut_points.len() - 1]));
    let code = |number: f64| cut_points.iter().filter(|cut| number >= **cut).count();
    Groups { levels, codes: numbers.iter().map(|number| number.map(code)).collect() }
}

/// By declared subgroup and by region.
pub(super) fn add_subgroups(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let horizon = setting.plan.analysis.horizon_months;
    let entry = Entry::new(
        Analysis::Effect,
        Outcome::EverEmployed,
        AnalysisSet::IttObserved,
        Method::RiskDifferenceNewcombe,
    )
    .month(horizon)
    .role(Role::Exploratory);
    for subgroup in &setting.plan.subgroups {
        if let Some(groups) = Groups::new(setting, cohort, subgroup) {
            add_variable(sheet, setting, cohort, (&entry, &subgroup.variable, &groups));
        }
    }
    add_regions(sheet, setting, cohort, &entry);
}

fn add_variable(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (entry, variable, groups): (&Entry, &str, &Groups),
) {
    let horizon = setting.plan.analysis.horizon_months;
    let observed = cohort.observed(|p| p.ever_employed(horizon).map(indicator));
    let known = observed.only(|at| groups.codes[observed.positions[at]].is_some());
    let n_unknown = observed.values.len() - known.values.len();
    let note = match n_unknown {
        0 => String::new(),
        n => format!("{n} of those observed are left out: {variable} is missing"),
    };
    let entry = &entry.note(note);
    let codes: Vec<usize> = known.positions.iter().filter_map(|&at| groups.codes[at]).collect();
    let counts: Vec<TwoArm<Count>> = (0..groups.levels.len())
        .map(|level| {
            TwoArm::from_fn(|arm| {
                let members =
                    (0..codes.len()).filter(|&at| codes[at] == level && known.arms[at] == arm);
                Count::of(members.map(|at| known.values[at] > 0.5))
            })
        })
        .collect();
    for (level, counts) in groups.levels.iter().zip(&counts) {
        add_level(sheet, setting, &entry.subgroup(variable, level), *counts);
    }
    let test = entry.analysis(Analysis::Interaction).contrast().level(variable);
    let differences =
        StratifiedSample::new(&known.values, &known.arms, &codes, groups.levels.len())
            .map_err(|reason| reason.to_string())
            .and_then(|sample| equal_differences(&sample).map_err(|reason| reason.to_string()));
    add_test_or(sheet, &test.method(Method::WaldHc2), differences);
    add_test_or(sheet, &test.method(Method::WaldLogRiskRatio), equal_risk_ratios(&counts));
}

/// Rates, difference and ratio of one level, without a p-value.
fn add_level(sheet: &mut Sheet, setting: Setting<'_>, entry: &Entry, counts: TwoArm<Count>) {
    let rate = entry.analysis(Analysis::ArmRate).method(Method::Wilson).role(Role::Descriptive);
    for arm in Arm::BOTH {
        add_rate(sheet, setting, &rate.arm(arm), *counts.get(arm));
    }
    let entry = entry.contrast();
    add_newcombe(sheet, &entry, counts, setting.level);
    add_ratio(sheet, &entry.method(Method::RiskRatio), risk_ratio(counts, setting.level));
}

/// The test of equal ratios over the strata, and the regions' differences drawn to their mean.
fn add_regions(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>, entry: &Entry) {
    let horizon = setting.plan.analysis.horizon_months;
    let count = |members: &[usize]| {
        Count::of(members.iter().filter_map(|&at| cohort.outcomes[at].ever_employed(horizon)))
    };
    let test = entry.analysis(Analysis::Interaction).contrast();
    let ratios = equal_risk_ratios(&cohort.by_stratum(count));
    add_test_or(sheet, &test.method(Method::WaldLogRiskRatio), ratios);
    let few = if cohort.n_regions() < MANY_REGIONS { FEW_REGIONS } else { "" };
    let shrunken = entry
        .analysis(Analysis::ShrunkenEffect)
        .method(Method::EmpiricalBayes)
        .contrast()
        .note(few);
    let own: Result<Vec<GroupEstimate>, String> = (0..cohort.n_regions())
        .map(|region| {
            let scope = Scope::Region(region);
            let difference = wald(cohort.by_arm(scope, count), setting.level)
                .map_err(|reason| format!("{}: {reason}", cohort.name(scope)))?;
            let (estimate, std_error) = (difference.estimate, difference.std_error);
            Ok(GroupEstimate { estimate, std_error })
        })
        .collect();
    let shrinkage =
        own.and_then(|own| shrink(&own, setting.level).map_err(|reason| reason.to_string()));
    let unit = Unit::Proportion;
    match shrinkage {
        Ok(shrinkage) => {
            let all = shrunken.region(ALL_REGIONS);
            sheet.put(&all, Statistic::Estimate, unit, shrinkage.mean);
            sheet.put(&all, Statistic::StdError, unit, shrinkage.mean_std_error);
            let between = shrinkage.tau_squared.sqrt();
            sheet.put(&all, Statistic::BetweenStdDev, unit, between);
            let test = shrunken.analysis(Analysis::Interaction);
            add_test_or::<String>(sheet, &test, Ok(shrinkage.heterogeneity));
            for (region, group) in shrinkage.groups.iter().enumerate() {
                let entry = shrunken.region(cohort.name(Scope::Region(region)));
                sheet.put(&entry, Statistic::Estimate, unit, group.estimate);
                sheet.put(&entry, Statistic::StdError, unit, group.std_error);
                sheet.limits(&entry, unit, group.interval);
            }
        }
        Err(reason) => {
            let test = shrunken.analysis(Analysis::Interaction);
            add_test_or(sheet, &test, Err(&reason));
            sheet.missing(&shrunken, Statistic::Estimate, unit, &reason);
            sheet.missing(&shrunken, Statistic::BetweenStdDev, unit, &reason);
            for region in 0..cohort.n_regions() {
                let entry = shrunken.region(cohort.name(Scope::Region(region)));
                sheet.all_missing(&entry, &estimate_and_limits(unit), &reason);
            }
        }
    }
}
