//! Bounds on effects among those in whom an outcome would exist in either arm.

use crate::render::lookup::{Cell, Question};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::vocabulary::{Analysis, Method, Outcome, ResultArm, Statistic, Unit};

use super::Source;
use super::effects::lines;
use super::job_quality;
use super::line::Line;
use super::table::Table;

const BOUNDS: (Statistic, Statistic) = (Statistic::BoundLower, Statistic::BoundUpper);
const LIMITS: (Statistic, Statistic) = (Statistic::CiLower, Statistic::CiUpper);

/// The end of the note on an arm that is trimmed.
const TRIMMED: &str = "trimmed: ";

/// Lee's bounds on the outcomes, plain and tightened; nothing where there are none. `first` heads
/// the column of outcomes.
pub(super) fn table(
    source: Source<'_>,
    name: &'static str,
    outcomes: &[Outcome],
    (caption, first): (&str, &str),
) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let is_wanted = |row: &Row| {
        let key = &row.key;
        key.analysis == Analysis::EffectBounds
            && outcomes.contains(&key.outcome)
            && key.region == ALL_REGIONS
            && key.method == Method::LeeBounds
            && key.statistic == Statistic::BoundLower
    };
    let mut lines = lines(source, is_wanted);
    let rank = |key: &Key| outcomes.iter().position(|outcome| *outcome == key.outcome);
    let scores = &names.study.scores;
    let order = |key: &Key| scores.iter().position(|score| score.level == key.level);
    lines.sort_by_key(|line| (rank(line), order(line), line.level.clone(), line.month));
    let mut notes = Notes::new(names);
    let rows: Vec<_> = lines.iter().map(|line| row(source, &mut notes, line)).collect();
    let level = names.level();
    let limits = |template: &str| fill(template, &[("level", &level)]);
    let columns = vec![
        first.to_owned(),
        report.month.clone(),
        text.bounds.clone(),
        limits(&text.bounds_limits),
        text.trimmed.clone(),
        text.tightened.clone(),
        limits(&text.tightened_limits),
    ];
    let mut footnotes = vec![text.bounds_note.clone()];
    footnotes.extend(notes.lines());
    let caption = caption.to_owned();
    let table = Table { name, caption, columns, rows, text_columns: 2, footnotes };
    (!table.rows.is_empty()).then_some(table)
}

fn row<'a>(source: Source<'a>, notes: &mut Notes<'a>, line: &Key) -> Vec<String> {
    let names = source.names;
    let outcome = job_quality::name_of(source, line.outcome, &line.level);
    let month = line.month.unwrap_or_default();
    let of = |method| {
        Question::new(line.analysis, line.outcome, line.analysis_set, method)
            .level(&line.level)
            .month(month)
    };
    let plain = of(Method::LeeBounds);
    let key = Key { statistic: Statistic::BoundLower, ..line.clone() };
    let unit = source.results.get(&key).map_or(Unit::None, |row| row.unit);
    let place = Place::at_month(names, ALL_REGIONS, &outcome, month);
    let mut cells = Line::new(source, notes, place);
    let mut row = vec![outcome, month.to_string()];
    row.push(cells.between(&plain, BOUNDS, unit));
    row.push(cells.between(&plain, LIMITS, unit));
    let share =
        cells.optional(&plain, Statistic::TrimmedShare, |share| names.numbers().percent(share));
    row.push(trimmed(source, &plain, share));
    let tightened = of(Method::LeeBoundsTightened);
    row.push(cells.between(&tightened, BOUNDS, unit));
    row.push(cells.between(&tightened, LIMITS, unit));
    row
}

/// The share with the arm that it is of, which the row's note names.
fn trimmed(source: Source<'_>, question: &Question, share: String) -> String {
    let names = source.names;
    if matches!(question.cell(source.results, Statistic::TrimmedShare), Cell::Absent) {
        return share;
    }
    let key = Key { statistic: Statistic::TrimmedShare, ..question.key().clone() };
    let arm = source.results.get(&key).and_then(|row| {
        let (_, arm) = row.note.rsplit_once(TRIMMED)?;
        ResultArm::from_word(arm)
    });
    match arm {
        Some(arm) => {
            let values = [("share", share.as_str()), ("arm", &names.result_arm(arm))];
            fill(&names.texts.questionnaires.trimmed_of, &values)
        }
        None => share,
    }
}
