//! Ratios of hazards by region and by subgroup, always with a test of interaction.

use super::group::Group;
use super::regression::{Column, Model, add_ratio_without_p};
use crate::analysis::Setting;
use crate::analysis::cohort::Cohort;
use crate::analysis::effect_rows::add_test_or;
use crate::analysis::sheet::{Entry, Sheet};
use crate::analysis::subgroups::Groups;
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::weights::CaseWeights;
use crate::results::vocabulary::{Analysis, Method, Role};
use crate::survival::cox::{Penalty, Ties, likelihood_ratio};
use crate::survival::ending::Cause;

const EFRON: (Ties, Penalty) = (Ties::Efron, Penalty::None);

/// By region and by declared subgroup.
pub(super) fn add_hazard_ratios_by_group(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    survival: &Entry,
) {
    let entry = survival
        .analysis(Analysis::HazardRatio)
        .method(Method::CoxEfronStratified)
        .contrast()
        .role(Role::Exploratory);
    let regions = Group::scopes(cohort);
    if regions.len() > 2 {
        let codes: Vec<Option<usize>> = cohort.outcomes.iter().map(|p| Some(p.region)).collect();
        for group in &regions[1..] {
            add_group(sheet, setting, cohort, (&entry, group));
        }
        add_interaction(sheet, cohort, &entry, &codes);
    }
    for subgroup in &setting.plan.subgroups {
        let Some(groups) = Groups::new(setting, cohort, subgroup) else { continue };
        let levels = Group::levels(cohort, &subgroup.variable, &groups);
        let n_known: usize = levels.iter().map(|group| group.positions().len()).sum();
        let entry = match cohort.days.len() - n_known {
            0 => entry.clone(),
            n => entry.also(&format!("{n} are left out: {} is missing", subgroup.variable)),
        };
        for group in &levels {
            group.add_time_at_risk(sheet, cohort, survival);
            add_group(sheet, setting, cohort, (&entry, group));
        }
        let codes: Vec<Option<usize>> =
            (0..cohort.days.len()).map(|at| groups.level_of(at)).collect();
        add_interaction(sheet, cohort, &entry.level(&subgroup.variable), &codes);
    }
}

/// The ratio within a group, its strata held fixed, without a p-value of its own.
fn add_group(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (entry, group): (&Entry, &Group),
) {
    let model = Model::of(cohort, group.positions(), Cause::Event).within(&cohort.strata.codes);
    let fitted = model.fit(CaseWeights::Once, EFRON);
    let entry = group.entry(entry);
    add_ratio_without_p(sheet, &entry, (fitted.map(|own| own.arm()), setting.level));
}

/// Whether the ratios of all levels are one: the likelihood of a ratio for each level against that
/// of a common one, every stratum of every level with a baseline hazard of its own.
fn add_interaction(
    sheet: &mut Sheet,
    cohort: &Cohort<'_>,
    entry: &Entry,
    levels: &[Option<usize>],
) {
    let entry = entry.analysis(Analysis::Interaction).method(Method::CoxLikelihoodRatio);
    add_test_or(sheet, &entry, equal_ratios(cohort, levels));
}

fn equal_ratios(cohort: &Cohort<'_>, levels: &[Option<usize>]) -> Result<ChiSquaredTest, String> {
    let n_levels = levels.iter().flatten().max().map_or(0, |last| last + 1);
    let positions: Vec<usize> = (0..levels.len()).filter(|&at| levels[at].is_some()).collect();
    let n_strata = cohort.strata.len();
    let cell = |at: usize| levels[at].unwrap_or(0) * n_strata + cohort.strata.codes[at];
    let cells: Vec<usize> = (0..levels.len()).map(cell).collect();
    let common = Model::of(cohort, positions, Cause::Event).within(&cells);
    let arm = &common.columns[0].values;
    let of_level = |level: usize| Column {
        name: format!("arm at level {level}"),
        values: common
            .positions
            .iter()
            .zip(arm)
            .map(|(&at, &arm)| if levels[at] == Some(level) { arm } else { 0.0 })
            .collect(),
    };
    let each = Model { columns: (0..n_levels).map(of_level).collect(), ..common.clone() };
    let reduced = common.fit(CaseWeights::Once, EFRON)?;
    let full = each.fit_all(CaseWeights::Once, EFRON)?;
    likelihood_ratio(&full.fit, &reduced.fit).map_err(|reason| reason.to_string())
}
