//! Plan × data → results: the only place that matches on a method.

mod adjusted;
mod amounts;
mod baseline;
mod bootstrap;
mod by_month;
mod cohort;
mod covariates;
mod effect_rows;
mod error;
mod estimands;
mod families;
mod first_job;
mod flow;
mod proportions;
mod questionnaires;
mod randomisation;
mod sensitivity;
mod setting;
mod sheet;
mod subgroups;
mod summary;
mod take_up;

use crate::numeric::interval::ConfidenceLevel;
use crate::plan::types::Plan;
use crate::results::joint_draws::JointDraw;
use crate::results::result_set::ResultSet;
use crate::results::study::{Study, StudyEstimand};
use crate::trial::dataset::TrialData;
use adjusted::Adjusted;
use bootstrap::Drawn;
use cohort::Cohort;
use covariates::Adjustment;
pub use error::AnalysisError;
pub use estimands::NotRun;
use setting::Setting;
use sheet::Sheet;

/// Results with the joint draws behind them.
pub struct Analysed {
    /// Every statistic.
    pub results: ResultSet,
    drawn: Drawn,
}

impl Analysed {
    /// Every resampled estimate in every replicate, in the units of the results.
    pub fn joint_draws(&self) -> Vec<JointDraw> {
        self.drawn.joint()
    }
}

/// Computes everything that the plan asks for.
///
/// `progress` is told how many more replicates and draws are done.
///
/// # Errors
///
/// [`AnalysisError`], where the plan asks for what cannot be. A quantity that cannot be estimated
/// from these data is no error: it is a row with the reason.
pub fn analyse(
    plan: &Plan,
    data: &TrialData,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<ResultSet, AnalysisError> {
    Ok(analyse_keeping_draws(plan, data, progress)?.results)
}

/// [`analyse`], keeping the joint draws of the bootstrap.
///
/// # Errors
///
/// As [`analyse`].
pub fn analyse_keeping_draws(
    plan: &Plan,
    data: &TrialData,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Analysed, AnalysisError> {
    let level = plan.analysis.confidence_level;
    let level = ConfidenceLevel::new(level).ok_or(AnalysisError::Level(level))?;
    let setting = Setting { plan, level };
    let cohort = Cohort::new(plan, data);
    let mut sheet = Sheet::default();
    let missing = flow::add_flow(&mut sheet, setting, &cohort);
    let adjustment = Adjustment::new(plan, &cohort);
    let adjusted = Adjusted { setting, cohort: &cohort, adjustment: &adjustment };
    proportions::add_ever_employed(&mut sheet, adjusted, missing);
    by_month::add_by_month(&mut sheet, adjusted);
    amounts::add_amounts(&mut sheet, adjusted);
    subgroups::add_subgroups(&mut sheet, setting, &cohort);
    take_up::add_take_up(&mut sheet, setting, &cohort);
    baseline::add_baseline(&mut sheet, setting, &cohort);
    first_job::add_first_job(&mut sheet, adjusted, missing);
    questionnaires::add_questionnaires(&mut sheet, adjusted);
    let drawn = bootstrap::add_bootstrap(&mut sheet, adjusted, progress)?;
    randomisation::add_randomisation(&mut sheet, adjusted, progress)?;
    families::add_families(&mut sheet, plan, &drawn);
    let mut rows = sheet.into_rows();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    let estimands = estimands::assign_roles(plan, &mut rows)?;
    let study = study(setting, &cohort, (estimands, drawn.n_replicates()));
    Ok(Analysed { results: ResultSet::new(study, rows)?, drawn })
}

fn study(
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (estimands, n_replicates): (Vec<StudyEstimand>, usize),
) -> Study {
    let plan = setting.plan;
    Study {
        id: plan.trial.id.clone(),
        title: plan.trial.title.clone(),
        data_cutoff: plan.trial.data_cutoff.to_string(),
        regions: plan.trial.regions.clone(),
        arm_labels: plan.trial.arms.by_arm(),
        horizon_months: plan.analysis.horizon_months,
        months: plan.analysis.months.clone(),
        confidence_level: plan.analysis.confidence_level,
        replicates: n_replicates as u64,
        seed: plan.bootstrap.seed,
        n_competing_exits: cohort.n_competing_exits(),
        baseline_variables: plan.baseline_variables(),
        subgroup_variables: plan.subgroups.iter().map(|one| one.variable.clone()).collect(),
        subgroup_levels: subgroups::levels(setting, cohort),
        wave_months: match plan.data.waves {
            Some(_) => plan.wave_months().to_vec(),
            None => Vec::new(),
        },
        scores: questionnaires::study_scores(plan),
        estimands,
    }
}
