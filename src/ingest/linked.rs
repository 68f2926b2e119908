//! What must hold between a table's rows, and between tables.

use std::collections::BTreeMap;

use super::schema::schema_of;
use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::types::TableName;

/// Positions of the identifiers: all those of the participants table, also of wrong rows.
pub(super) struct ParticipantIndex<'a> {
    /// Position among the participants; none where the row is wrong elsewhere.
    positions: BTreeMap<&'a str, Option<usize>>,
}

impl<'a> ParticipantIndex<'a> {
    pub(super) fn new(
        table: &'a TypedTable,
        participants: &'a [crate::trial::participant::Participant],
    ) -> Self {
        let mut positions: BTreeMap<&str, Option<usize>> = (0..table.n_rows())
            .filter_map(|row| table.text(row, "participant_id"))
            .map(|id| (id, None))
            .collect();
        positions.extend(participants.iter().enumerate().map(|(at, p)| (p.id.as_str(), Some(at))));
        Self { positions }
    }

    /// Position of that participant, if the row is right.
    pub(super) fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied().flatten()
    }

    fn knows(&self, id: &str) -> bool {
        self.positions.contains_key(id)
    }
}

/// Reports rows of a person who is not in the participants table.
pub(super) fn report_orphans(
    table: &TypedTable,
    index: &ParticipantIndex<'_>,
    problems: &mut Diagnostics,
) {
    for row in 0..table.n_rows() {
        let Some(id) = table.text(row, "participant_id") else { continue };
        if !index.knows(id) {
            let place = table.place(row, "participant_id");
            let message = "nobody in the participants table has this identifier";
            let remedy = "add the participant, or correct or remove the row";
            problems
                .push(Diagnostic::new(Code::OrphanRecord, place, message, remedy).with_value(id));
        }
    }
}

/// Reports rows that share what the data dictionary says is unique.
pub(super) fn report_duplicate_keys(
    name: TableName,
    table: &TypedTable,
    problems: &mut Diagnostics,
) {
    let key = &schema_of(name).primary_key;
    let Some(last) = key.last() else { return };
    let mut first: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for row in 0..table.n_rows() {
        let text: Vec<String> = key.iter().map(|column| table.key_text(row, column)).collect();
        let line = table.lines[row];
        if text.iter().all(String::is_empty) {
            continue;
        }
        match first.get(&text) {
            None => {
                first.insert(text, line);
            }
            Some(earlier) => {
                let message = format!("the same {} as in line {earlier}", key.join(", "));
                let place = table.place(row, last);
                let remedy = "keep one of the rows";
                problems.push(Diagnostic::new(Code::DuplicateRecord, place, message, remedy));
            }
        }
    }
}
