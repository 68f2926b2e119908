//! Bytes to `TrialData`; every problem with its file, row and column.

mod allocation;
mod baseline;
mod benefits;
mod by_number;
mod cell;
mod column_reports;
mod column_rule;
mod corrections;
mod csv_pieces;
mod csv_table;
mod employment;
mod file_kind;
mod header;
mod id_order;
mod improbable;
mod labelled_table;
mod linked;
mod parquet_cells;
mod parquet_table;
mod participants;
mod raw_table;
mod repeated_rows;
pub mod schema;
mod summary;
mod survey_export;
mod typed_column;
mod typed_table;
mod used_columns;
mod waves;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::formats;
use crate::plan::composed::composed_text;
use crate::plan::parse::PlanDocument;
use crate::plan::types::DecimalMark;
use crate::plan::types::TableName;
use crate::trial::dataset::TrialData;
use crate::trial::questionnaire::Questionnaires;
use csv_table::Dialect;
use linked::{LinkedRows, ParticipantIndex, RowPerson, report_duplicate_keys, report_orphans};
use raw_table::{Notation, RawTable, Source};
pub use summary::{ColumnRole, ColumnSummary, DeclaredMissing, TableSummary};
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
    /// Corrections that were made.
    pub corrections: usize,
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
            let mut table = read_raw(*name, file, bytes, document, &mut problems)?;
            table = table.with_texts(composed_text);
            table.drop_empty_end();
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
    let made = problems.counts().get(&Code::CorrectionMade).copied().unwrap_or(0);
    let typed: Vec<_> = raw
        .into_par_iter()
        .map(|(name, mut table)| {
            let mut found = Diagnostics::new();
            if name == TableName::Waves {
                survey_export::read_as_exported(&mut table, document, &mut found);
                repeated_rows::leave_out_repeated(&mut table, Code::WaveRepeated, &mut found);
            }
            if name == TableName::Employment {
                let code = Code::SpellRepeated;
                repeated_rows::leave_out_repeated(&mut table, code, &mut found);
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
    let summaries = summaries(&tables, document);
    rayon::join(|| problems.sort(), || drop(tables));
    let complete = !problems.has_errors();
    Ingested { data: data.filter(|_| complete), problems, tables: summaries, corrections: made }
}

fn read_raw<'a>(
    name: TableName,
    file: &'a str,
    bytes: &'a [u8],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Option<RawTable<'a>> {
    let plan = &document.plan;
    let own = plan.tables.get(&name);
    let date_format = own.and_then(|own| own.date_format).unwrap_or(plan.csv.date_format);
    let decimal = own.and_then(|own| own.decimal);
    // `[csv]` says nothing of the numbers of other files, which are no text there.
    let mark = decimal.map_or('.', DecimalMark::character);
    let values = Notation { decimal: mark, date_format, source: Source::Values };
    let take =
        |read, problems: &mut Diagnostics| labelled_table::take_over(file, values, read, problems);
    if let Some((message, remedy)) = file_kind::mistaken(file, bytes) {
        let place = Place::file(file);
        problems.push(Diagnostic::new(Code::TableUnreadable, place, message, remedy));
        return None;
    }
    match file_kind::ending(file).as_str() {
        "parquet" | "pq" => parquet_table::read_parquet(file, bytes, values, problems),
        "dta" => take(formats::read_dta(bytes), problems),
        "sav" | "zsav" => take(formats::read_sav(bytes), problems),
        "xlsx" | "xlsm" => {
            let sheet = own.and_then(|own| own.sheet.as_deref());
            let range = own.and_then(|own| own.range.as_deref());
            take(formats::read_xlsx(bytes, formats::Wanted { sheet, range }), problems)
        }
        _ => {
            let decimal = decimal.or(plan.csv.decimal);
            csv_table::read_csv(file, bytes, Dialect { date_format, decimal }, problems)
        }
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
    improbable::report_people(people, &participants, document, problems);
    improbable::report_covariates(people, (&rows, &baseline), problems);
    let index = index.as_mut()?;
    index.place(&participants);
    let index = &*index;
    for (name, table) in others() {
        report_orphans(table, people_of(*name).unwrap_or_default(), problems);
    }
    for (_, table) in others() {
        improbable::report_no_rows(table, problems);
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
    improbable::report_spells(employment.table, &spells, document, problems);
    Some(TrialData { participants, spells, baseline, benefits, allocation, questionnaires })
}

fn summaries(
    tables: &BTreeMap<TableName, TypedTable<'_>>,
    document: &PlanDocument,
) -> Vec<TableSummary> {
    tables
        .iter()
        .map(|(name, table)| TableSummary {
            table: name.as_str(),
            file: table.file.as_ref().to_owned(),
            sheet: table.sheet().map(str::to_owned),
            rows: table.n_rows(),
            columns: table
                .column_summaries(|column| used_columns::is_used(*name, column, document)),
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
