//! The table of characteristics at randomisation, and how far apart the arms are.

use std::fmt::Display;

use super::Setting;
use super::cohort::{Cohort, Scope};
use super::covariates::{CovariateValues, NamedCovariate};
use super::effect_rows::{TEST, add_test};
use super::sheet::{Entry, Sheet};
use crate::estimate::balance::{
    LevelCounts, categorical_difference, level_differences, numeric_summary, pearson_levels,
    standardised_difference, welch_t_test,
};
use crate::results::vocabulary::{
    Analysis, AnalysisSet, Method, Outcome, ResultArm, Statistic, Unit,
};
use crate::trial::arm::{Arm, TwoArm};

/// Everyone randomised, by arm and region.
pub(super) fn add_baseline(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    for name in setting.plan.baseline_variables() {
        let Some(variable) = NamedCovariate::new(setting.plan, cohort, &name) else { continue };
        for scope in cohort.scopes() {
            let members = TwoArm::from_fn(|arm| cohort.members(scope, arm));
            let table = Table { setting, variable: &variable, region: cohort.name(scope), scope };
            match &variable.values {
                CovariateValues::Numbers(numbers) => {
                    let values = members.map(|all| pick(numbers, &all));
                    table.add_numeric(sheet, &values);
                }
                CovariateValues::Categories { levels, codes } => {
                    let values = members.map(|all| pick(codes, &all));
                    table.add_categorical(sheet, levels, &values);
                }
            }
        }
    }
}

fn pick<T: Copy>(values: &[Option<T>], positions: &[usize]) -> Vec<Option<T>> {
    positions.iter().map(|&at| values[at]).collect()
}

/// What the rows of one variable in one region share.
struct Table<'a> {
    setting: Setting<'a>,
    variable: &'a NamedCovariate,
    region: &'a str,
    scope: Scope,
}

impl Table<'_> {
    fn entry(&self, analysis: Analysis, method: Method, level: &str) -> Entry {
        Entry::new(analysis, Outcome::Covariate, AnalysisSet::Itt, method)
            .region(self.region)
            .level(level)
    }

    fn level(&self, level: &str) -> String {
        format!("{}={level}", self.variable.name)
    }

    /// Whether p-values are asked for; they are of all regions together.
    fn has_p_values(&self) -> bool {
        self.setting.plan.baseline.p_values && self.scope == Scope::All
    }

    fn add_numeric(&self, sheet: &mut Sheet, values: &TwoArm<Vec<Option<f64>>>) {
        let name = &self.variable.name;
        for (arm, values) in groups(values) {
            let entry = self.entry(Analysis::Baseline, Method::Mean, name).result_arm(arm);
            let summary = numeric_summary(&values);
            sheet.put(&entry, Statistic::N, Unit::Count, summary.n as f64);
            sheet.put(&entry, Statistic::Missing, Unit::Count, summary.missing as f64);
            let spread = summary.values;
            for (statistic, value) in [
                (Statistic::Estimate, spread.map(|of| of.mean)),
                (Statistic::StdDev, spread.and_then(|of| of.std_dev)),
                (Statistic::QuartileOne, spread.map(|of| of.lower_quartile)),
                (Statistic::Median, spread.map(|of| of.median)),
                (Statistic::QuartileThree, spread.map(|of| of.upper_quartile)),
            ] {
                sheet.put_or(&entry, (statistic, Unit::None), value, &"too few values");
            }
        }
        let present = TwoArm::from_fn(|arm| values.get(arm).iter().copied().flatten().collect());
        let present: TwoArm<Vec<f64>> = present;
        let slices = TwoArm::from_fn(|arm| present.get(arm).as_slice());
        self.add_difference(sheet, name, standardised_difference(slices));
        if self.has_p_values() {
            let entry = self.entry(Analysis::Balance, Method::WelchT, name).contrast();
            match welch_t_test(slices) {
                Ok(test) => {
                    sheet.put(&entry, Statistic::TestStatistic, Unit::None, test.statistic);
                    sheet.put(&entry, Statistic::Df, Unit::None, test.df);
                    sheet.put(&entry, Statistic::PValue, Unit::P, test.p_value);
                }
                Err(reason) => sheet.all_missing(&entry, &TEST, &reason),
            }
        }
    }

    fn add_categorical(
        &self,
        sheet: &mut Sheet,
        levels: &[String],
        values: &TwoArm<Vec<Option<usize>>>,
    ) {
        let name = &self.variable.name;
        for (arm, values) in groups(values) {
            let Some(counts) = LevelCounts::of(&values, levels.len()) else { continue };
            let entry = self.entry(Analysis::Baseline, Method::Count, name).result_arm(arm);
            sheet.put(&entry, Statistic::N, Unit::Count, counts.n() as f64);
            sheet.put(&entry, Statistic::Missing, Unit::Count, counts.missing as f64);
            let shares = counts.proportions();
            for (at, level) in levels.iter().enumerate() {
                let entry = entry.level(&self.level(level));
                sheet.put(&entry, Statistic::N, Unit::Count, counts.n() as f64);
                sheet.put(&entry, Statistic::Events, Unit::Count, counts.counts[at] as f64);
                let share = shares.as_ref().map(|shares| shares[at]);
                let estimate = (Statistic::Estimate, Unit::Proportion);
                sheet.put_or(&entry, estimate, share, &"nobody has a value");
            }
        }
        let counts = TwoArm::from_fn(|arm| LevelCounts::of(values.get(arm), levels.len()));
        let TwoArm { intervention: Some(intervention), control: Some(control) } = counts else {
            return;
        };
        let counts = TwoArm { intervention: &intervention, control: &control };
        self.add_difference(sheet, name, categorical_difference(counts));
        match level_differences(counts) {
            Ok(differences) => {
                for (level, difference) in levels.iter().zip(differences) {
                    self.add_difference(sheet, &self.level(level), difference);
                }
            }
            Err(reason) => {
                for level in levels {
                    self.add_difference(sheet, &self.level(level), Err(&reason));
                }
            }
        }
        if self.has_p_values() {
            let entry = self.entry(Analysis::Balance, Method::PearsonChiSquared, name).contrast();
            match pearson_levels(counts) {
                Ok(test) => add_test(sheet, &entry, test),
                Err(reason) => sheet.all_missing(&entry, &TEST, &reason),
            }
        }
    }

    fn add_difference<E: Display>(
        &self,
        sheet: &mut Sheet,
        level: &str,
        difference: Result<f64, E>,
    ) {
        let method = Method::StandardisedMeanDifference;
        let entry = self.entry(Analysis::Balance, method, level).contrast();
        match difference {
            Ok(difference) => sheet.put(&entry, Statistic::Estimate, Unit::None, difference),
            Err(reason) => sheet.missing(&entry, Statistic::Estimate, Unit::None, &reason),
        }
    }
}

/// The values of each arm, and of both together.
fn groups<T: Clone>(values: &TwoArm<Vec<T>>) -> [(ResultArm, Vec<T>); 3] {
    let both = Arm::BOTH.iter().flat_map(|arm| values.get(*arm).iter().cloned()).collect();
    [
        (ResultArm::Ips, values.intervention.clone()),
        (ResultArm::Control, values.control.clone()),
        (ResultArm::All, both),
    ]
}
