//! What is said of a table's columns once all their cells are read.

use std::collections::BTreeSet;

use super::column_rule::{ColumnRule, MetCode, MissingOf};
use super::header::ANY_COLUMN;
use super::raw_table::RawTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::parse::PlanDocument;
use crate::plan::types::TableName;

/// Reports missing codes that the plan declares and no cell holds. `met` are the codes that were, by
/// the column's position.
pub(super) fn report_unused_codes(
    table: TableName,
    (rules, names): (&[ColumnRule<'_>], &[String]),
    met: &BTreeSet<(usize, MetCode<'_>)>,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) {
    // What is declared for all columns need occur in one of them.
    let of_table = |wanted: MetCode<'_>| {
        wanted.0 == MissingOf::Table && met.iter().any(|(_, code)| *code == wanted)
    };
    let mut reported = BTreeSet::new();
    for (at, rule) in rules.iter().enumerate() {
        for code in rule.declared() {
            let column = if code.0 == MissingOf::Table { ANY_COLUMN } else { &names[at] };
            if met.contains(&(at, code)) || of_table(code) || !reported.insert((column, code.1)) {
                continue;
            }
            let place = document.place(&["missing", table.as_str(), column, code.1]);
            let message =
                format!("no cell of {} holds the missing code `{}`", table.as_str(), code.1);
            let remedy =
                "nothing if nobody's is missing for this reason; else look how the file writes it";
            problems.push(Diagnostic::new(Code::MissingCodeUnused, place, message, remedy));
        }
    }
}

/// Reports columns that are used and of which no cell can be read.
pub(super) fn report_unreadable_columns(
    raw: &RawTable<'_>,
    rules: &[ColumnRule<'_>],
    problems: &mut Diagnostics,
) {
    for ((notes, rule), name) in raw.columns.iter().zip(rules).zip(&raw.header) {
        let Some(why) = notes.unreadable.as_ref().filter(|_| rule.is_used()) else { continue };
        let place = Place::column(&raw.file, name);
        let remedy = "write it as text, number, date or boolean";
        problems.push(Diagnostic::new(Code::TableUnreadableColumn, place, why.clone(), remedy));
    }
}
