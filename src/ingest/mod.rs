//! Bytes to `TrialData`; every problem with its file, row and column.

mod allocation;
mod baseline;
mod benefits;
mod cell;
mod column_rule;
mod corrections;
mod csv_pieces;
mod csv_table;
mod employment;
mod header;
mod labelled_table;
mod linked;
mod parquet_table;
mod participants;
mod raw_table;
mod repeated_rows;
pub mod schema;
mod survey_export;
mod typed_column;
mod typed_table;
mod waves;

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::formats;
use crate::plan::parse::PlanDocument;
use crate::plan::types::TableName;
use crate::trial::dataset::TrialData;
use linked::{LinkedRows, ParticipantIndex, RowPerson, report_duplicate_keys, report_orphans};
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
    let mut raw: BTreeMap<TableName, RawTable> = sources
        .iter()
        .filter_map(|(name, bytes)| {
            let file = document.plan.data.get(*name)?;
            let mut table = read_raw(file, bytes, document, &mut problems)?;
            table.header.iter_mut().for_each(|name| *name = header::in_one_line(name));
            Some((*name, table))
        })
        .collect();
    let with_habits;
    let document = match raw.get(&TableName::Waves) {
        Some(waves) if document.plan.waves.export.is_some() => {
            with_habits = survey_export::with_habits(document, waves);
            &with_habits
        }
        _ => document,
    };
    let corrections = corrections::correct(&mut raw, document, &mut problems);
    if let Some(waves) = raw.get_mut(&TableName::Waves) {
        survey_export::read_as_exported(waves, document, &mut problems);
        repeated_rows::leave_out_repeated(waves, &mut problems);
    }
    let mut tables: BTreeMap<TableName, TypedTable> = BTreeMap::new();
    for (name, table) in raw {
        if let Some(typed) = type_table(name, table, document, &mut problems) {
            tables.insert(name, typed);
        }
    }
    let data = link(document, &tables, &mut problems);
    tables.extend(corrections.map(|table| (TableName::Corrections, table)));
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
        "dta" => labelled_table::read_labelled(file, bytes, formats::read_dta, problems),
        "sav" | "zsav" => labelled_table::read_labelled(file, bytes, formats::read_sav, problems),
        "xlsx" => {
            let read = |bytes: &[u8]| formats::read_xlsx(bytes, None);
            labelled_table::read_labelled(file, bytes, read, problems)
        }
        "xls" | "xlsb" | "ods" => {
            let message = format!("files ending in .{ending} are not read");
            let remedy = "save the table as .xlsx, CSV UTF-8 or Parquet";
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
    let mut index = tables.get(&TableName::Participants).map(ParticipantIndex::new);
    let others = || tables.iter().filter(|(name, _)| **name != TableName::Participants);
    let rows_of: BTreeMap<TableName, Vec<RowPerson>> = others()
        .filter(|(_, table)| table.has("participant_id"))
        .filter_map(|(name, table)| Some((*name, index.as_ref()?.people(table))))
        .collect();
    let people_of = |name: TableName| rows_of.get(&name).map(Vec::as_slice);
    for (name, table) in others() {
        report_duplicate_keys(*name, table, people_of(*name), problems);
    }
    let people = tables.get(&TableName::Participants)?;
    let (rows, participants) = participants::read_participants(people, document, problems);
    let baseline = baseline::read_baseline(people, &rows, document, problems);
    let index = index.as_mut()?;
    index.place(&participants);
    let index = &*index;
    for (name, table) in others() {
        report_orphans(table, people_of(*name).unwrap_or_default(), problems);
    }
    let linked = |name: TableName| {
        let (table, people) = (tables.get(&name)?, people_of(name).unwrap_or_default());
        Some(LinkedRows { table, people, index })
    };
    let allocation = linked(TableName::Allocation).map_or(Vec::new(), |rows| {
        allocation::report_allocation(rows, &participants, plan, problems);
        allocation::read_allocation(rows, participants.len(), document, problems)
    });
    let spells =
        employment::read_spells(linked(TableName::Employment)?, &participants, plan, problems);
    let benefits = linked(TableName::Benefits);
    let benefits =
        benefits.map_or(Vec::new(), |rows| benefits::read_benefits(rows, plan, problems));
    let questionnaires = linked(TableName::Waves).map_or_else(Default::default, |rows| {
        waves::read_waves(rows, &participants, document, problems)
    });
    Some(TrialData { participants, spells, baseline, benefits, allocation, questionnaires })
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
