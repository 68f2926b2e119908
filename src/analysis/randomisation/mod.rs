//! Randomisation inference: the allocation is drawn again, everything else stays as observed.

mod covariates;
mod items;
mod rows;

use std::collections::BTreeSet;

use super::adjusted::Adjusted;
use super::cohort::Cohort;
use super::sheet::Sheet;
use super::{AnalysisError, Setting};
use crate::random::Seed;
use crate::resample::randomisation::design::{Assignment, DesignError, RandomisationDesign};
use crate::resample::randomisation::distribution::RandomisationDistribution;
use crate::resample::randomisation::test::{
    Randomisation, RandomisationSettings, randomisation_test,
};
use crate::trial::arm::Arm;
use items::{Item, ItemScratch};

/// What is drawn again, and what to say of it.
struct Design {
    design: RandomisationDesign,
    note: String,
}

impl Design {
    /// Blocks of the randomisation list where the plan names their column, else its strata, else
    /// those of the analysis.
    fn new(cohort: &Cohort<'_>) -> Result<Self, DesignError> {
        let arms: Vec<Arm> = cohort.outcomes.iter().map(|p| p.arm).collect();
        let lines = &cohort.data.allocation;
        if lines.is_empty() {
            let design = RandomisationDesign::new(&cohort.strata.codes, &arms)?;
            return Ok(Self { design, note: "drawn again within the strata".to_owned() });
        }
        let known: BTreeSet<_> = lines.iter().collect();
        let known: Vec<_> = known.into_iter().collect();
        let groups: Vec<usize> =
            lines.iter().map(|line| known.binary_search(&line).unwrap_or(0)).collect();
        let what = if lines.iter().all(|line| line.block.is_some()) { "blocks" } else { "strata" };
        let note = format!("drawn again within the {} {what} of the list", known.len());
        Ok(Self { design: RandomisationDesign::new(&groups, &arms)?, note })
    }
}

/// Tests of no effect, intervals by inverting them, and the test of balance. `progress` is told
/// how many more draws are done.
pub(super) fn add_randomisation(
    sheet: &mut Sheet,
    adjusted: Adjusted<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), AnalysisError> {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let own = match Design::new(cohort) {
        Ok(own) => own,
        // Analyses of effects say the same of an arm without people.
        Err(DesignError::EmptyArm { .. } | DesignError::NoParticipants) => return Ok(()),
        Err(other) => return Err(other.into()),
    };
    let items = items::items(adjusted, &own.design);
    let distribution = distribution(setting, &own.design, &items, progress)?;
    let mut first = 0;
    for item in &items {
        rows::add_item(
            sheet,
            setting,
            (item, &own.design, own.note.as_str()),
            (&distribution, first),
        );
        first += item.n_statistics();
    }
    Ok(())
}

/// All statistics under all draws.
fn distribution(
    setting: Setting<'_>,
    design: &RandomisationDesign,
    items: &[Item],
    progress: &(dyn Fn(u64) + Sync),
) -> Result<RandomisationDistribution, AnalysisError> {
    let plan = setting.plan;
    let settings = RandomisationSettings {
        seed: Seed(plan.bootstrap.seed),
        draws: plan.randomisation.draws(&plan.bootstrap),
        exact_limit: plan.randomisation.exact_up_to,
        level: setting.level,
    };
    let n_statistics = items.iter().map(Item::n_statistics).sum();
    let scratch = || items.iter().map(Item::scratch).collect::<Vec<ItemScratch>>();
    let statistic = |assignment: &Assignment, scratch: &mut Vec<ItemScratch>, out: &mut [f64]| {
        let mut rest = out;
        for (item, scratch) in items.iter().zip(scratch) {
            let (own, later) = rest.split_at_mut(item.n_statistics());
            item.evaluate(assignment, scratch, own);
            rest = later;
        }
    };
    let randomisation = Randomisation { settings, design, progress };
    Ok(randomisation_test(&randomisation, n_statistics, scratch, statistic)?)
}
