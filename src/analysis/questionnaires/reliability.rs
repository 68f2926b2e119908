//! Alpha, omega, floor and ceiling of each instrument, by wave and language.

use super::super::material::Material;
use super::super::whom;
use super::response::{LANGUAGE, answer_was};
use crate::results::composition::{Fact, Quantity};
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

/// What is asked of a scale's score: whether it is the lowest or the highest, and whether every item
/// has an answer.
pub(in crate::analysis) const FLOOR: &str = "floor";
pub(in crate::analysis) const CEILING: &str = "ceiling";
pub(in crate::analysis) const COMPLETE: &str = "every item";

/// A scale's score at a wave, or something of it.
fn scale_at(scale: &str, what: &str, wave: i32) -> Quantity {
    let level = if what.is_empty() { scale.to_owned() } else { format!("{scale}: {what}") };
    Quantity::level_at(Outcome::Score, &level, wave)
}
/// What a negative alpha hints at.
const NEGATIVE_ALPHA: &str =
    "complete answers; negative: look whether an item is scored the other way round (`reverse`)";

/// Arms together: reliability is a property of the scale among these people, not of an arm.
pub(super) fn add_reliability(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let entry = Entry::new(
        Analysis::Reliability,
        Outcome::Score,
        AnalysisSet::Answered,
        Method::CronbachAlpha,
        Material::nobodys(),
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
                let fact = answer_was(LANGUAGE, language, month);
                let entry = entry.with_fact(LANGUAGE, language, fact);
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
    let wave = entry.key().month.unwrap_or(0);
    let answered = whom::answered(wave, cohort.window_days);
    for (method, which, end) in [(Method::Floor, FLOOR, low), (Method::Ceiling, CEILING, high)] {
        let of = answered.with(Fact::Measured(scale_at(&scale.id, "", wave)));
        let events = whom::those(Fact::Positive(scale_at(&scale.id, which, wave)));
        let entry = entry.method(method).made_of(Material::yes_no(of, &events));
        add_plain_rate(sheet, &entry, reached(end));
    }
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
    let names: Vec<&str> = scale.items.iter().map(|item| item.column.as_str()).collect();
    let alpha = cronbach_alpha(items.view(), setting.level);
    let is_negative = alpha.is_ok_and(|own| own.estimate < 0.0);
    let alpha = alpha.map(|own| Estimated {
        estimate: own.estimate,
        std_error: None,
        interval: own.interval,
    });
    let complete = answered.with(Fact::Measured(scale_at(&scale.id, COMPLETE, wave)));
    let alpha = alpha.map_err(|reason| reason.with_names(&names));
    let entry = entry.note("complete answers").made_of(Material::model(complete, &[]));
    let of = if is_negative { entry.note(NEGATIVE_ALPHA) } else { entry.clone() };
    let of = of.method(Method::CronbachAlpha);
    sheet.put(&of, Statistic::N, Unit::Count, rows.len() as f64);
    add_estimate(sheet, &of, Unit::None, (alpha, StandardError::None));
    let of = entry.method(Method::McdonaldOmega);
    sheet.put(&of, Statistic::N, Unit::Count, rows.len() as f64);
    match mcdonald_omega(items.view()) {
        Ok(omega) => sheet.put(&of, Statistic::Estimate, Unit::None, omega.estimate),
        Err(reason) => {
            let reason = reason.with_names(&names);
            sheet.missing(&of, Statistic::Estimate, Unit::None, &reason);
        }
    }
}
