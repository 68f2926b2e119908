//! The first job as answers bracket it, beside the dated one.

use crate::render::lookup::{Question, months, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Unit};
use crate::trial::arm::Arm;

use super::super::Source;
use super::super::line::Line;
use super::super::table::Table;

/// A quantity of a line: of each arm, and its contrast.
struct Quantity<'t> {
    source: &'t str,
    name: &'t str,
    outcome: Outcome,
    set: AnalysisSet,
    arms: (Analysis, Method),
    contrast: (Analysis, Method),
}

/// Three lines a wave, then the ratios of hazards; nothing without brackets.
pub(super) fn table(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let bracketed = Question::new(
        Analysis::CumulativeIncidence,
        Outcome::FirstJobReported,
        AnalysisSet::Answered,
        Method::Turnbull,
    );
    let waves = months(source.results, &bracketed.arm(result_arm(Arm::Intervention)));
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for month in waves {
        for quantity in quantities(source) {
            rows.push(row(source, &mut notes, &quantity, month));
        }
    }
    let reported = (Outcome::FirstJobReported, AnalysisSet::Answered, Method::IntervalCensoredPh);
    let dated = (Outcome::FirstJob, AnalysisSet::Itt, Method::CoxEfron);
    for (from, name, (outcome, set, method)) in
        [(&text.from_answers, &text.ratio, reported), (&text.from_dates, &text.dated_ratio, dated)]
    {
        let ratio = Question::new(Analysis::HazardRatio, outcome, set, method);
        let place = Place::new(names, ALL_REGIONS, name);
        let mut line = Line::new(source, &mut notes, place);
        let mut row = vec![String::new(), from.clone(), name.clone(), String::new(), String::new()];
        row.extend([line.amount(&ratio, Unit::Ratio), line.p(&ratio)]);
        rows.push(row);
    }
    let level = names.level();
    let mut columns = vec![report.month.clone(), text.source.clone(), text.quantity.clone()];
    for arm in Arm::BOTH {
        columns.push(fill(&report.probability, &[("arm", &names.arm(arm)), ("level", &level)]));
    }
    columns.push(fill(&text.difference_or_ratio, &[("level", &level)]));
    columns.push(report.p.clone());
    let mut footnotes = vec![text.brackets_note.clone()];
    footnotes.extend(notes.lines());
    let caption = text.brackets_caption.clone();
    let name = "first_job_answers";
    // Two lines are the ratios.
    (rows.len() > 2).then_some(Table { name, caption, columns, rows, text_columns: 3, footnotes })
}

fn quantities(source: Source<'_>) -> [Quantity<'_>; 3] {
    let text = &source.names.texts.questionnaires;
    let incidence = Analysis::CumulativeIncidence;
    [
        Quantity {
            source: &text.from_answers,
            name: &text.probability,
            outcome: Outcome::FirstJobReported,
            set: AnalysisSet::Answered,
            arms: (incidence, Method::Turnbull),
            contrast: (Analysis::Effect, Method::Turnbull),
        },
        Quantity {
            source: &text.from_dates,
            name: &text.dated_probability,
            outcome: Outcome::FirstJob,
            set: AnalysisSet::Itt,
            arms: (incidence, Method::AalenJohansen),
            contrast: (Analysis::Effect, Method::RiskDifferenceAalenJohansen),
        },
        Quantity {
            source: &text.from_dates,
            name: &text.dated_survival,
            outcome: Outcome::FirstJob,
            set: AnalysisSet::Itt,
            arms: (Analysis::Survival, Method::KaplanMeier),
            contrast: (Analysis::Effect, Method::SurvivalDifference),
        },
    ]
}

fn row<'a>(
    source: Source<'a>,
    notes: &mut Notes<'a>,
    quantity: &Quantity<'_>,
    month: i32,
) -> Vec<String> {
    let names = source.names;
    let of = |(analysis, method)| {
        Question::new(analysis, quantity.outcome, quantity.set, method).month(month)
    };
    let place = Place::at_month(names, ALL_REGIONS, quantity.name, month);
    let mut line = Line::new(source, notes, place);
    let mut row = vec![month.to_string(), quantity.source.to_owned(), quantity.name.to_owned()];
    row.extend(Arm::BOTH.map(|arm| line.share(&of(quantity.arms).arm(result_arm(arm)))));
    let contrast = of(quantity.contrast);
    row.extend([line.difference(&contrast, Unit::Proportion), line.p(&contrast)]);
    row
}
