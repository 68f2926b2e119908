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

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::formats;
use crate::plan::parse::PlanDocument;
use crate::plan::types::TableName;
use crate::trial::dataset::TrialData;
use crate::trial::questionnaire::Questionnaires;
use linked::{LinkedRows, ParticipantIndex, RowPerson, report_duplicate_keys, report_orphans};
use raw_table::RawTable;
use typed_table::{TypedTable, type_table};

/// Bytes of the files that the plan names.
pub type Sources = BTreeMap<TableName, Vec<u8>>;

/// Bytes of the files that the plan names, through `read`, side by side; and the files that could
/// not be read.
pub fn read_sources(
    document: &PlanDocument,
    read: impl Fn(&str) -> std::io::Result<Vec<u8>> + Sync,
) -> (Sources, BTreeMap<TableName, std::io::Error>) {
    let named = TableName::ALL.into_iter().filter_map(|table| {
        let file = document.plan.data.get(table)?;
        Some((table, file))
    });
    let named: Vec<(TableName, &str)> = named.collect();
    let found: Vec<_> = named.into_par_iter().map(|(table, file)| (table, read(file))).collect();
    let (mut sources, mut unread) = (Sources::new(), BTreeMap::new());
    for (table, bytes) in found {
        match bytes {
            Ok(bytes) => drop(sources.insert(table, bytes)),
            Err(error) => drop(unread.insert(table, error)),
        }
    }
    (sources, unread)
}

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
    let mut raw: BTreeMap<TableName, RawTable<'_>> = sources
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
    let typed: Vec<_> = raw
        .into_par_iter()
        .map(|(name, mut table)| {
            let mut found = Diagnostics::new();
            if name == TableName::Waves {
                survey_export::read_as_exported(&mut table, document, &mut found);
                repeated_rows::leave_out_repeated(&mut table, &mut found);
            }
            (name, type_table(name, table, document, &mut found), found)
        })
        .collect();
    let mut tables: BTreeMap<TableName, TypedTable<'_>> = BTreeMap::new();
    for (name, table, found) in typed {
        problems.append(found);
        tables.extend(table.map(|table| (name, table)));
    }
    let data = link(document, &tables, &mut problems);
    tables.extend(corrections.map(|table| (TableName::Corrections, table)));
    let summaries = summaries(&tables);
    rayon::join(|| problems.sort(), || drop(tables));
    let complete = !problems.has_errors();
    Ingested { data: data.filter(|_| complete), problems, tables: summaries }
}

fn read_raw<'a>(
    file: &'a str,
    bytes: &'a [u8],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Option<RawTable<'a>> {
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
    tables: &BTreeMap<TableName, TypedTable<'_>>,
    problems: &mut Diagnostics,
) -> Option<TrialData> {
    let plan = &document.plan;
    let mut index = tables.get(&TableName::Participants).map(ParticipantIndex::new);
    let others = || tables.iter().filter(|(name, _)| **name != TableName::Participants);
    let linked_rows: Vec<_> = others()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(name, table)| {
            let index = index.as_ref().filter(|_| table.has("participant_id"));
            let (people, mut found) = (index.map(|own| own.people(table)), Diagnostics::new());
            report_duplicate_keys(*name, table, people.as_deref(), &mut found);
            (*name, people, found)
        })
        .collect();
    let mut rows_of: BTreeMap<TableName, Vec<RowPerson>> = BTreeMap::new();
    for (name, people, found) in linked_rows {
        problems.append(found);
        rows_of.extend(people.map(|people| (name, people)));
    }
    let people_of = |name: TableName| rows_of.get(&name).map(Vec::as_slice);
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
    let employment = linked(TableName::Employment)?;
    let benefits = linked(TableName::Benefits);
    let benefits =
        benefits.map_or(Vec::new(), |rows| benefits::read_benefits(rows, plan, problems));
    let (mut of_spells, mut of_waves) = (Diagnostics::new(), Diagnostics::new());
    let (spells, questionnaires) = rayon::join(
        || employment::read_spells(employment, &participants, plan, &mut of_spells),
        || match linked(TableName::Waves) {
            Some(rows) => waves::read_waves(rows, &participants, document, &mut of_waves),
            None => Questionnaires::default(),
        },
    );
    problems.append(of_spells);
    problems.append(of_waves);
    Some(TrialData { participants, spells, baseline, benefits, allocation, questionnaires })
}

fn summaries(tables: &BTreeMap<TableName, TypedTable<'_>>) -> Vec<TableSummary> {
    tables
        .iter()
        .map(|(name, table)| TableSummary {
            table: name.as_str(),
            file: table.file.as_ref().to_owned(),
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
