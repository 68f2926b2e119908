//! The table of characteristics at randomisation, and how far apart the arms are.

use super::material::{Material, grid_of};
use super::whom;
use crate::results::composition::{Composition, Fact, People, Table as CountTable};
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
    fn entry(&self, analysis: Analysis, (method, level): (Method, &str), of: Material) -> Entry {
        Entry::new(analysis, Outcome::Covariate, AnalysisSet::Itt, method, of)
            .region(self.region)
            .level(level)
    }

    /// Those of whom it is known.
    fn known(&self) -> People {
        whom::those(Fact::Known { variable: self.variable.name.clone() })
    }

    /// Those of a level, among those of whom it is known.
    fn share(&self, level: &str) -> Material {
        let variable = self.variable.name.clone();
        let level = Fact::Level { variable, level: level.to_owned() };
        Material::yes_no(self.known(), &whom::those(level))
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
        let all: Vec<f64> =
            Arm::BOTH.iter().flat_map(|arm| values.get(*arm).iter().copied().flatten()).collect();
        let moments = Material::amount(self.known(), grid_of(&all));
        for (arm, values) in groups(values) {
            let of = (Method::Mean, name.as_str());
            let entry = self.entry(Analysis::Baseline, of, moments.clone()).result_arm(arm);
            let summary = numeric_summary(&values);
            self.add_n(sheet, &entry, (summary.n, summary.missing));
            let spread = summary.values;
            let order = entry.made_of(Material::ranked(self.known(), &self.known()));
            for (entry, statistic, value) in [
                (&entry, Statistic::Estimate, spread.map(|of| of.mean)),
                (&entry, Statistic::StdDev, spread.and_then(|of| of.std_dev)),
                (&order, Statistic::QuartileOne, spread.map(|of| of.lower_quartile)),
                (&order, Statistic::Median, spread.map(|of| of.median)),
                (&order, Statistic::QuartileThree, spread.map(|of| of.upper_quartile)),
            ] {
                sheet.put_or(entry, (statistic, Unit::None), value, &"too few values");
            }
        }
        let present = TwoArm::from_fn(|arm| values.get(arm).iter().copied().flatten().collect());
        let present: TwoArm<Vec<f64>> = present;
        let slices = TwoArm::from_fn(|arm| present.get(arm).as_slice());
        let of = (name.as_str(), moments.clone());
        self.add_difference(sheet, of, standardised_difference(slices));
        if self.has_p_values() {
            let of = (Method::WelchT, name.as_str());
            let entry = self.entry(Analysis::Balance, of, moments).contrast();
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
            let of = (Method::Count, name.as_str());
            let material = Material::model(self.known(), &[]);
            let entry = self.entry(Analysis::Baseline, of, material).result_arm(arm);
            self.add_n(sheet, &entry, (counts.n(), counts.missing));
            let shares = counts.proportions();
            for (at, level) in levels.iter().enumerate() {
                let entry = entry.level(&self.level(level)).made_of(self.share(level));
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
        let table = self.table(levels);
        self.add_difference(sheet, (name, table.clone()), categorical_difference(counts));
        match level_differences(counts) {
            Ok(differences) => {
                for (level, difference) in levels.iter().zip(differences) {
                    let of = (self.level(level), self.share(level));
                    self.add_difference(sheet, (&of.0, of.1), difference);
                }
            }
            Err(reason) => {
                for level in levels {
                    let of = (self.level(level), self.share(level));
                    self.add_difference(sheet, (&of.0, of.1), Err(&reason));
                }
            }
        }
        if self.has_p_values() {
            let of = (Method::PearsonChiSquared, name.as_str());
            let entry = self.entry(Analysis::Balance, of, table).contrast();
            match pearson_levels(counts) {
                Ok(test) => add_test(sheet, &entry, test),
                Err(reason) => sheet.all_missing(&entry, &TEST, &reason),
            }
        }
    }

    /// Of whom it is known, and of whom it is not.
    fn add_n<N: TryInto<usize>>(&self, sheet: &mut Sheet, entry: &Entry, (n, missing): (N, N)) {
        let known = self.known();
        let unknown = whom::everyone().without(&known);
        sheet.count(entry, Statistic::N, &known, n.try_into().unwrap_or(usize::MAX));
        let missing = missing.try_into().unwrap_or(usize::MAX);
        sheet.count(entry, Statistic::Missing, &unknown, missing);
    }

    /// Both arms at each level.
    fn table(&self, levels: &[String]) -> Material {
        let here = Entry::new(
            Analysis::Balance,
            Outcome::Covariate,
            AnalysisSet::Itt,
            Method::Count,
            Material::nobodys(),
        )
        .region(self.region);
        let of_level = |level: &String| {
            let variable = self.variable.name.clone();
            let people = whom::those(Fact::Level { variable, level: level.clone() });
            Arm::BOTH.map(|arm| here.arm(arm).here(&people))
        };
        let of = levels.iter().flat_map(of_level).collect();
        Material::exactly(Composition::Function { of, table: CountTable::Levels })
    }

    fn add_difference<E: Display>(
        &self,
        sheet: &mut Sheet,
        (level, material): (&str, Material),
        difference: Result<f64, E>,
    ) {
        let of = (Method::StandardisedMeanDifference, level);
        let entry = self.entry(Analysis::Balance, of, material).contrast();
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
