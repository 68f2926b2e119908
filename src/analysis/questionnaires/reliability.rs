//! Alpha, omega, floor and ceiling of each instrument, by wave and language.

use ndarray::Array2;

use super::super::Setting;
use super::super::cohort::Cohort;
use super::super::effect_rows::{Estimated, StandardError, add_estimate};
use super::super::proportions::add_plain_rate;
use super::super::sheet::{Entry, Sheet};
use crate::estimate::proportion::Count;
use crate::estimate::reliability::{cronbach_alpha, mcdonald_omega};
use crate::plan::instrument::types::{Instrument, Rule};
use crate::results::vocabulary::{
    Analysis, AnalysisSet, Method, Outcome, ResultArm, Statistic, Unit,
};
use crate::trial::questionnaire::ItemColumn;

/// Arms together: reliability is a property of the scale among these people, not of an arm.
pub(super) fn add_reliability(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let entry = Entry::new(
        Analysis::Reliability,
        Outcome::Score,
        AnalysisSet::Answered,
        Method::CronbachAlpha,
    )
    .result_arm(ResultArm::All);
    let questionnaires = &cohort.data.questionnaires;
    let languages = &questionnaires.languages;
    for scale in &setting.plan.scales {
        for &month in &cohort.waves.months {
            let entry = entry.month(month).level(&scale.id);
            let answers: Vec<usize> = (0..cohort.outcomes.len())
                .filter_map(|at| cohort.waves.answer(at, month))
                .collect();
            add_scale(sheet, (setting, cohort), &entry, (scale, &answers));
            if languages.len() < 2 {
                continue;
            }
            for (code, language) in languages.iter().enumerate() {
                let is_own = |at: &usize| questionnaires.answers[*at].language == Some(code);
                let own: Vec<usize> = answers.iter().copied().filter(is_own).collect();
                let entry = entry.subgroup("language", language);
                add_scale(sheet, (setting, cohort), &entry, (scale, &own));
            }
        }
    }
}

fn add_scale(
    sheet: &mut Sheet,
    (setting, cohort): (Setting<'_>, &Cohort<'_>),
    entry: &Entry,
    (scale, answers): (&Instrument, &[usize]),
) {
    let questionnaires = &cohort.data.questionnaires;
    let columns: Vec<ItemColumn<'_>> =
        scale.items.iter().filter_map(|item| questionnaires.items.column(&item.column)).collect();
    let given = |at: usize| -> Vec<Option<f64>> { columns.iter().map(|own| own.get(at)).collect() };
    let scores: Vec<f64> = answers.iter().filter_map(|at| scale.score_of(&given(*at))).collect();
    let (low, high) = scale.score_range();
    let reached = |end: f64| Count::of(scores.iter().map(|score| (score - end).abs() < 1e-9));
    add_plain_rate(sheet, &entry.method(Method::Floor), reached(low));
    add_plain_rate(sheet, &entry.method(Method::Ceiling), reached(high));
    // The items of a value set are not meant to measure one thing.
    if scale.items.len() < 2 || scale.score.rule == Rule::ValueSet {
        return;
    }
    let rows: Vec<Vec<f64>> = answers
        .iter()
        .filter_map(|at| {
            let turned = scale.items.iter().zip(given(*at)).map(|(item, answer)| {
                let (low, high) = item.range();
                answer.map(|code| if item.reverse { low + high - code } else { code })
            });
            turned.collect()
        })
        .collect();
    let items = Array2::from_shape_fn((rows.len(), scale.items.len()), |(i, j)| rows[i][j]);
    let alpha = cronbach_alpha(items.view(), setting.level).map(|own| Estimated {
        estimate: own.estimate,
        std_error: None,
        interval: own.interval,
    });
    let entry = entry.note("complete answers");
    let of = entry.method(Method::CronbachAlpha);
    sheet.put(&of, Statistic::N, Unit::Count, rows.len() as f64);
    add_estimate(sheet, &of, Unit::None, (alpha, StandardError::None));
    let of = entry.method(Method::McdonaldOmega);
    sheet.put(&of, Statistic::N, Unit::Count, rows.len() as f64);
    match mcdonald_omega(items.view()) {
        Ok(omega) => sheet.put(&of, Statistic::Estimate, Unit::None, omega.estimate),
        Err(reason) => sheet.missing(&of, Statistic::Estimate, Unit::None, &reason),
    }
}
