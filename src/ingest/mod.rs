//! Bytes to `TrialData`; every problem with its file, row and column.

mod allocation;
mod baseline;
mod benefits;
mod cell;
mod csv_table;
mod employment;
mod linked;
mod parquet_table;
mod participants;
mod raw_table;
pub mod schema;
mod typed_table;

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::parse::PlanDocument;
use crate::plan::types::TableName;
use crate::trial::dataset::TrialData;
use linked::{ParticipantIndex, report_duplicate_keys, report_orphans};
use raw_table::RawTable;
use typed_table::{TypedTable, type_table};

/// Bytes of the files that the plan names.
pub type Sources = BTreeMap<TableName, Vec<u8>>;

/// What came of reading.
#[derive(Clone, Debug)]
pub struct Ingested {
    /// The trial; none where there are errors.
    pub data: Option<TrialData>,
    /// Every problem.
    pub problems: Diagnostics,
    /// What was read, a line a table.
    pub tables: Vec<TableSummary>,
}

/// A table in numbers.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TableSummary {
    /// Name of the table.
    pub table: &'static str,
    /// File as the plan names it.
    pub file: String,
    /// Rows read.
    pub rows: usize,
    /// Cells that hold a declared missing code, by column and reason.
    pub declared_missing: Vec<DeclaredMissing>,
}

/// How often a declared missing code was met.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DeclaredMissing {
    /// Column by its name in the contract.
    pub column: String,
    /// Reason that the plan gives.
    pub reason: String,
    /// Cells.
    pub cells: usize,
}

/// Reads and checks every table that the plan names.
///
/// `sources` holds the bytes of each; a table of the plan without bytes has been reported by the
/// caller, who reads files.
pub fn read_trial(document: &PlanDocument, sources: &Sources) -> Ingested {
    let mut problems = Diagnostics::new();
    let tables: BTreeMap<TableName, TypedTable> = sources
        .iter()
        .filter_map(|(name, bytes)| {
            let file = document.plan.data.get(*name)?;
            let raw = read_raw(file, bytes, document, &mut problems)?;
            Some((*name, type_table(*name, &raw, document, &mut problems)?))
        })
        .collect();
    let data = link(document, &tables, &mut problems);
    problems.sort();
    let complete = !problems.has_errors();
    Ingested { data: data.filter(|_| complete), problems, tables: summaries(&tables) }
}

fn read_raw(
    file: &str,
    bytes: &[u8],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Option<RawTable> {
    let ending = file.rsplit_once('.').map_or(String::new(), |(_, end)| end.to_lowercase());
    match ending.as_str() {
        "parquet" | "pq" => parquet_table::read_parquet(file, bytes, problems),
        "xlsx" | "xls" | "ods" | "dta" | "sav" => {
            let message = format!("files ending in .{ending} are not read by this version");
            let remedy = "export the table as CSV UTF-8 or Parquet";
            let place = Place::file(file);
            problems.push(Diagnostic::new(Code::TableUnreadable, place, message, remedy));
            None
        }
        _ => csv_table::read_csv(file, bytes, document.plan.csv, problems),
    }
}

/// Joins the tables by participant. The checks go on as far as the rows are right.
fn link(
    document: &PlanDocument,
    tables: &BTreeMap<TableName, TypedTable>,
    problems: &mut Diagnostics,
) -> Option<TrialData> {
    let plan = &document.plan;
    for (name, table) in tables.iter().filter(|(name, _)| **name != TableName::Participants) {
        report_duplicate_keys(*name, table, problems);
    }
    let people = tables.get(&TableName::Participants)?;
    let (rows, participants) = participants::read_participants(people, document, problems);
    let baseline = baseline::read_baseline(people, &rows, document, problems);
    let index = ParticipantIndex::new(people, &participants);
    let linked = tables
        .iter()
        .filter(|(name, table)| **name != TableName::Participants && table.has("participant_id"));
    for (_, table) in linked {
        report_orphans(table, &index, problems);
    }
    let allocation = tables.get(&TableName::Allocation).map_or(Vec::new(), |table| {
        let file = &plan.data.participants;
        allocation::report_allocation(table, &participants, file, plan, problems);
        allocation::read_allocation(table, &index, participants.len(), document, problems)
    });
    let spells = employment::read_spells(
        tables.get(&TableName::Employment)?,
        &participants,
        &index,
        plan,
        problems,
    );
    let benefits = tables.get(&TableName::Benefits);
    let benefits =
        benefits.map_or(Vec::new(), |table| benefits::read_benefits(table, &index, plan, problems));
    Some(TrialData { participants, spells, baseline, benefits, allocation })
}

fn summaries(tables: &BTreeMap<TableName, TypedTable>) -> Vec<TableSummary> {
    tables
        .iter()
        .map(|(name, table)| TableSummary {
            table: name.as_str(),
            file: table.file.clone(),
            rows: table.n_rows(),
            declared_missing: table
                .declared_missing
                .iter()
                .map(|((column, reason), cells)| DeclaredMissing {
                    column: column.clone(),
                    reason: reason.clone(),
                    cells: *cells,
                })
                .collect(),
        })
        .collect()
}
