//! Paid work on the day of the answer: employment table and questionnaire.

use crate::render::lookup::{Question, months, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic, Unit};
use crate::trial::arm::Arm;

use super::super::Source;
use super::super::line::Line;
use super::super::table::Table;

fn question(outcome: Outcome, method: Method, arm: Arm) -> Question {
    Question::new(Analysis::Agreement, outcome, AnalysisSet::Answered, method).arm(result_arm(arm))
}

/// A line a wave and arm; nothing where no answer could be compared.
pub(super) fn table(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let text = &names.texts.questionnaires;
    let counts = |arm| question(Outcome::WorkingNow, Method::Count, arm);
    let waves = months(source.results, &counts(Arm::Intervention));
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for month in waves {
        for arm in Arm::BOTH {
            rows.push(row(source, &mut notes, (month, arm)));
        }
    }
    let level = names.level();
    let with_level = |template: &str| fill(template, &[("level", &level)]);
    let columns = vec![
        String::new(),
        text.answers.clone(),
        text.both.clone(),
        text.table_only.clone(),
        text.questionnaire_only.clone(),
        text.neither.clone(),
        with_level(&text.agree),
        with_level(&text.kappa),
        text.near.clone(),
        text.days.clone(),
    ];
    let mut footnotes = vec![text.agreement_note.clone()];
    footnotes.extend(notes.lines());
    let caption = text.agreement_caption.clone();
    let name = "agreement";
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns: 1, footnotes })
}

fn row<'a>(source: Source<'a>, notes: &mut Notes<'a>, (month, arm): (i32, Arm)) -> Vec<String> {
    let names = source.names;
    let text = &names.texts.questionnaires;
    let numbers = names.numbers();
    let arm_name = names.arm(arm);
    let of = |outcome, method| question(outcome, method, arm).month(month);
    let counts = of(Outcome::WorkingNow, Method::Count);
    let timing = of(Outcome::DaysToAgreement, Method::Count);
    let place = Place::at_month(names, ALL_REGIONS, &arm_name, month);
    let mut line = Line::new(source, notes, place);
    let wave = [("month", month.to_string()), ("arm", arm_name)];
    let wave = wave.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut row = vec![fill(&text.wave_of, &wave)];
    for statistic in [
        Statistic::N,
        Statistic::BothYes,
        Statistic::RegisterOnly,
        Statistic::QuestionnaireOnly,
        Statistic::BothNo,
    ] {
        row.push(line.count(&counts, statistic));
    }
    row.push(line.share(&of(Outcome::WorkingNow, Method::PercentAgreement)));
    row.push(line.amount(&of(Outcome::WorkingNow, Method::CohenKappa), Unit::Ratio));
    row.push(line.part_of((&timing, Statistic::Events), &timing));
    row.push(line.value(&timing, Statistic::Median, |days| numbers.decimal(days, 0)));
    row
}
