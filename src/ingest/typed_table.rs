//! Text cells to typed columns, by the data dictionary; every wrong cell at its place.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::cell::parse_number;
use super::column_rule::{ColumnRule, ReadCells};
use super::header::{contract_names, report_header, report_unknown_names};
use super::raw_table::{Piece, RawTable};
use super::schema::schema_of;
use super::typed_column::{Cells, CellsMut, NumberColumn, NumericCell, NumericCells, TextColumn};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::parse::PlanDocument;
use crate::plan::types::TableName;
use crate::trial::date::Date;

/// A table whose cells are understood. A wrong cell is missing, and reported.
///
/// Each column can be asked for a cell by row, or once for a handle on all its rows. Columns that
/// the dictionary does not list are texts, and become numbers when they are asked for as such.
#[derive(Clone, Debug)]
pub(super) struct TypedTable<'a> {
    pub(super) file: Arc<str>,
    /// Line of each row.
    pub(super) lines: Vec<u64>,
    columns: BTreeMap<String, TypedColumn>,
    raw: RawTable<'a>,
    /// Cells that hold a declared missing code, by column and reason.
    pub(super) declared_missing: BTreeMap<(String, String), usize>,
}

#[derive(Clone, Debug)]
struct TypedColumn {
    /// Position in the file.
    at: usize,
    /// Its name in the file.
    name: Arc<str>,
    cells: Cells,
    /// Texts that stand for others.
    texts: Vec<String>,
}

impl TypedTable<'_> {
    pub(super) fn n_rows(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// The place of a cell, by the name that the file gives the column.
    pub(super) fn place(&self, row: usize, column: &str) -> Place {
        self.place_in_line(self.lines[row], column)
    }

    /// The same by the row's line.
    pub(super) fn place_in_line(&self, line: u64, column: &str) -> Place {
        let known = self.columns.get(column).map(|column| &column.name);
        let name = known.map_or_else(|| column.into(), Arc::clone);
        Place { file: Arc::clone(&self.file), line: Some(line), column: Some(name), span: None }
    }

    fn cells(&self, column: &str) -> Option<&Cells> {
        self.columns.get(column).map(|column| &column.cells)
    }

    pub(super) fn text(&self, row: usize, column: &str) -> Option<&str> {
        self.texts(column)?.get(row)
    }

    pub(super) fn date(&self, row: usize, column: &str) -> Option<Date> {
        self.dates(column)?[row]
    }

    pub(super) fn number(&self, row: usize, column: &str) -> Option<f64> {
        self.numbers(column)?[row]
    }

    /// A cell as a number: one of a number's type, or a text that is written as one.
    pub(super) fn as_number(&self, row: usize, column: &str) -> Option<f64> {
        match self.cells(column)? {
            Cells::Number(cells) => cells[row],
            Cells::Whole(cells) => cells[row].map(|whole| whole as f64),
            Cells::Text(_) => parse_number(self.text(row, column)?, self.raw.notation),
            Cells::Date(_) | Cells::YesNo(_) => None,
        }
    }

    pub(super) fn is_date(&self, column: &str) -> bool {
        self.dates(column).is_some_and(|cells| cells.iter().any(Option::is_some))
    }

    pub(super) fn is_missing(&self, row: usize, column: &str) -> bool {
        match self.cells(column) {
            None => true,
            Some(Cells::Text(_)) => self.text(row, column).is_none(),
            Some(Cells::Date(cells)) => cells[row].is_none(),
            Some(Cells::Number(cells)) => cells[row].is_none(),
            Some(Cells::Whole(cells)) => cells[row].is_none(),
            Some(Cells::YesNo(cells)) => cells[row].is_none(),
        }
    }

    /// The cell as text that two equal cells share.
    pub(super) fn key_text(&self, row: usize, column: &str) -> String {
        let text = match self.cells(column) {
            None => None,
            Some(Cells::Text(_)) => self.text(row, column).map(str::to_owned),
            Some(Cells::Date(cells)) => cells[row].map(|date| date.to_string()),
            Some(Cells::Number(cells)) => cells[row].map(|number| number.to_string()),
            Some(Cells::Whole(cells)) => cells[row].map(|whole| whole.to_string()),
            Some(Cells::YesNo(cells)) => cells[row].map(|yes| yes.to_string()),
        };
        text.unwrap_or_default()
    }

    /// A column of texts; none where the table has no such column, here and below.
    pub(super) fn texts(&self, column: &str) -> Option<TextColumn<'_>> {
        let column = self.columns.get(column)?;
        let Cells::Text(codes) = &column.cells else { return None };
        Some(TextColumn::new(&self.raw, column.at, codes, &column.texts))
    }

    /// A column of dates, or of months by their first days.
    pub(super) fn dates(&self, column: &str) -> Option<&[Option<Date>]> {
        if let Cells::Date(cells) = self.cells(column)? { Some(cells) } else { None }
    }

    /// A column of numbers.
    pub(super) fn numbers(&self, column: &str) -> Option<&[Option<f64>]> {
        if let Cells::Number(cells) = self.cells(column)? { Some(cells) } else { None }
    }

    /// A column of whole numbers.
    pub(super) fn wholes(&self, column: &str) -> Option<&[Option<i64>]> {
        if let Cells::Whole(cells) = self.cells(column)? { Some(cells) } else { None }
    }

    /// A column of yes and no.
    pub(super) fn yes_nos(&self, column: &str) -> Option<&[Option<bool>]> {
        if let Cells::YesNo(cells) = self.cells(column)? { Some(cells) } else { None }
    }

    /// A column as numbers, as [`TypedTable::as_number`] reads each cell.
    pub(super) fn as_numbers(&self, column: &str) -> Option<NumberColumn> {
        let cells = self.numeric_cells(column)?;
        let parts = self.in_parts(|rows| {
            let mut column = NumberColumn::default();
            let first = rows.start;
            cells.each(rows, |cell| {
                if cell == NumericCell::NoNumber {
                    column.not_numbers.push(first + column.values.len());
                }
                column.values.push(cell.number());
            });
            column
        });
        let mut column = NumberColumn::default();
        for mut part in parts {
            column.values.append(&mut part.values);
            column.not_numbers.append(&mut part.not_numbers);
        }
        Some(column)
    }

    /// A column whose cells are asked for as numbers; texts are read when they are.
    pub(super) fn numeric_cells(&self, column: &str) -> Option<NumericCells<'_>> {
        Some(match self.cells(column)? {
            Cells::Text(_) => NumericCells::Text(self.texts(column)?, self.raw.notation),
            Cells::Number(cells) => NumericCells::Number(cells),
            Cells::Whole(cells) => NumericCells::Whole(cells),
            Cells::Date(cells) => NumericCells::Date(cells),
            Cells::YesNo(cells) => NumericCells::YesNo(cells),
        })
    }

    /// Rows that follow each other and are best read together; which do depends on the file alone.
    pub(super) fn parts(&self) -> Vec<Range<usize>> {
        self.raw.pieces().into_iter().map(|(rows, _)| rows).collect()
    }

    /// What `work` makes of such rows, in parallel, in the order of the rows.
    pub(super) fn in_parts<T: Send>(
        &self,
        work: impl Fn(Range<usize>) -> T + Send + Sync,
    ) -> Vec<T> {
        self.parts().into_par_iter().map(work).collect()
    }
}

/// Understands every cell of a table.
pub(super) fn type_table<'a>(
    table: TableName,
    mut raw: RawTable<'a>,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Option<TypedTable<'a>> {
    let schema = schema_of(table);
    let names = contract_names(table, &raw, document, problems);
    // Without a header the first line is somebody's data: it must not be shown as names.
    if !names.iter().any(|name| schema.field(name).is_some()) {
        let place = Place { line: raw.header_line, ..Place::file(&raw.file) };
        let message = "the first line names no column of this table";
        let remedy = "begin the file with the names of the columns, or name yours by [columns]";
        problems.push(Diagnostic::new(Code::TableEmpty, place, message, remedy));
        return None;
    }
    report_header(schema, &raw, &names, problems);
    report_unknown_names(table, &names, document, problems);
    let rules: Vec<ColumnRule<'_>> = names
        .iter()
        .enumerate()
        .map(|(at, name)| ColumnRule::new(table, &raw, (at, name), document))
        .collect();
    let mut declared_missing: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut columns = BTreeMap::new();
    for (at, (cells, parts)) in read_columns(&raw, &rules).into_iter().enumerate() {
        let name = &names[at];
        for part in parts {
            problems.append(part.problems);
            for (reason, count) in part.declared_missing {
                *declared_missing.entry((name.clone(), reason.to_owned())).or_default() += count;
            }
        }
        let (name_in_file, texts) = (raw.header[at].as_str().into(), rules[at].texts());
        columns.insert(name.clone(), TypedColumn { at, name: name_in_file, cells, texts });
    }
    let (file, lines) = (raw.file.as_str().into(), raw.take_lines());
    Some(TypedTable { file, lines, columns, raw, declared_missing })
}

/// The cells of each column, and what was met in each piece of it.
fn read_columns<'a>(
    raw: &RawTable<'_>,
    rules: &[ColumnRule<'a>],
) -> Vec<(Cells, Vec<ReadCells<'a>>)> {
    let mut columns: Vec<Cells> =
        rules.par_iter().map(|rule| rule.missing_cells(raw.n_rows())).collect();
    let pieces = raw.pieces();
    // Of each piece the places of its cells, column by column.
    let mut places: Vec<Vec<CellsMut<'_>>> = pieces.iter().map(|_| Vec::new()).collect();
    for column in &mut columns {
        let mut rest = column.as_mut();
        for ((rows, _), places) in pieces.iter().zip(&mut places) {
            let (own, others) = rest.split_at(rows.len());
            places.push(own);
            rest = others;
        }
    }
    let read_piece = |((rows, piece), places): ((Range<usize>, &Piece), Vec<CellsMut<'_>>)| {
        let columns = rules.iter().zip(places);
        columns.map(|(rule, places)| rule.read(piece, rows.start, places)).collect()
    };
    let found: Vec<Vec<ReadCells<'a>>> =
        pieces.into_par_iter().zip(places).map(read_piece).collect();
    let mut by_column: Vec<Vec<ReadCells<'a>>> = rules.iter().map(|_| Vec::new()).collect();
    for piece in found {
        for (column, part) in by_column.iter_mut().zip(piece) {
            column.push(part);
        }
    }
    columns.into_iter().zip(by_column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::raw_table::Notation;
    use crate::plan::parse::parse_plan;
    use crate::plan::types::DateFormat;

    const PLAN: &str = r#"
[trial]
id = "t"
title = "t"
data_cutoff = 2021-06-30
regions = ["flanders"]
[trial.arms]
ips = "IPS"
control = "TAU"
[data]
participants = "p.dta"
employment = "e.sav"
waves = "w.sav"
[competitive_employment]
contracts = ["employment_contract"]
min_hours_per_week = 1
[exits]
competing = ["death"]
[analysis]
horizon_months = 18
months = [6]
rmst_months = [18]
covariates = []
confidence_level = 0.95
[bootstrap]
replicates = 10
seed = 1
[codes.participants]
region = { "Vlaanderen" = "flanders", "3" = "brussels" }
site = { "1" = "one" }
[missing.participants]
age = { "-9" = "not asked" }
"#;

    /// A table of the plan above, with what its file says of its columns.
    fn typed(
        name: TableName,
        rows: &[&str],
        notes: &[(&str, &str, &str, &str)],
    ) -> (TypedTable<'static>, Diagnostics) {
        let document = parse_plan("plan.toml", PLAN).unwrap();
        let notation = Notation { decimal: '.', date_format: DateFormat::Iso };
        let header: Vec<String> = rows[0].split(',').map(str::to_owned).collect();
        let mut raw = RawTable::new("t.sav", header, None, notation);
        for (line, row) in (1..).zip(&rows[1..]) {
            raw.push_row(line, row.split(','));
        }
        for (column, text, label, reason) in notes {
            let at = raw.header.iter().position(|name| name == column).unwrap();
            let notes = &mut raw.columns[at];
            let (all, said) = if label.is_empty() {
                (&mut notes.missing_codes, reason)
            } else {
                (&mut notes.value_labels, label)
            };
            all.insert((*text).to_owned(), (*said).to_owned());
        }
        let mut problems = Diagnostics::new();
        let table = type_table(name, raw, &document, &mut problems).unwrap();
        (table, problems)
    }

    fn cells<'t>(table: &'t TypedTable, column: &str) -> Vec<Option<&'t str>> {
        (0..table.n_rows()).map(|row| table.text(row, column)).collect()
    }

    #[test]
    fn texts_are_read_as_their_labels_and_the_plan_may_name_either() {
        let rows = ["participant_id,region,site,sex", "A,1,1,1", "B,2,2, 2", "C,3,3,9", "D,,,"];
        let notes = [
            ("region", "1", "Vlaanderen", ""),
            ("region", "2", "Wallonie", ""),
            ("region", "3", "Bruxelles", ""),
            ("site", "1", "Gent", ""),
            ("site", "2", " ", ""),
            ("sex", "1", "woman", ""),
            ("sex", "2", "man", ""),
        ];
        let (table, _) = typed(TableName::Participants, &rows, &notes);
        // By the label's code, by the label alone, by the code's code.
        let regions = [Some("flanders"), Some("Wallonie"), Some("brussels"), None];
        assert_eq!(cells(&table, "region"), regions);
        assert_eq!(cells(&table, "site"), [Some("one"), Some("2"), Some("3"), None]);
        assert_eq!(cells(&table, "sex"), [Some("woman"), Some("man"), Some("9"), None]);
        let by_row = table.texts("sex").unwrap().meanings(|sex| (sex != "9").then_some(sex.len()));
        assert_eq!((0..4).map(by_row).collect::<Vec<_>>(), [Some(5), Some(3), None, None]);
    }

    #[test]
    fn texts_that_begin_alike_and_are_equally_long_are_told_apart() {
        let rows = ["participant_id,region", "A,Vlaanderen", "B,Vlaanderex", "C,Vlaanderen"];
        let (table, _) = typed(TableName::Participants, &rows, &[]);
        assert_eq!(cells(&table, "region"), ["flanders", "Vlaanderex", "flanders"].map(Some));
    }

    #[test]
    fn a_code_of_the_dictionary_holds_where_its_label_is_none() {
        let rows = ["participant_id,start_date,contract,hours_per_week,authorised_art100,source"];
        let rows = [rows[0], "A,2020-01-01,training,1,1,1", "B,2020-01-01,T,5,2,2"];
        let notes = [
            ("contract", "training", "Opleiding", ""),
            ("contract", "T", "training", ""),
            ("hours_per_week", "1", "one hour", ""),
            ("authorised_art100", "1", "no", ""),
            ("authorised_art100", "2", "Yes", ""),
            ("source", "1", "register", ""),
            ("source", "2", "somebody", ""),
        ];
        let (table, problems) = typed(TableName::Employment, &rows, &notes);
        assert_eq!(cells(&table, "contract"), [Some("training"), Some("training")]);
        assert_eq!(table.number(0, "hours_per_week"), Some(1.0));
        // The text of the cell itself, 1 for yes, comes before its label.
        assert_eq!(table.yes_nos("authorised_art100"), Some(&[Some(true), Some(true)][..]));
        assert_eq!(table.yes_nos("authorised_art100").unwrap()[1], Some(true));
        assert_eq!(cells(&table, "source"), [Some("register"), None]);
        assert_eq!(problems.all().len(), 1);
        assert_eq!(problems.all()[0].code, Code::CellNotACode);
    }

    #[test]
    fn codes_that_the_file_declares_missing_are_counted_with_the_plans() {
        let rows = ["participant_id,arm,age,sex", "A,IPS,-9,.a", "B,,-8,f", "C,.a, -8,.a"];
        let notes = [
            ("arm", ".a", "", "refused"),
            ("age", "-9", "", "of the file"),
            ("age", "-8", "", "unknown"),
            ("sex", ".a", "", "refused"),
        ];
        let (table, problems) = typed(TableName::Participants, &rows, &notes);
        let counts: Vec<(&str, &str, usize)> =
            table.declared_missing.iter().map(|((c, r), n)| (c.as_str(), r.as_str(), *n)).collect();
        let expected = [
            ("age", "not asked", 1),
            ("age", "unknown", 2),
            ("arm", "refused", 1),
            ("sex", "refused", 2),
        ];
        assert_eq!(counts, expected);
        let missing = |found: &&Diagnostic| found.code == Code::CellMissing;
        assert_eq!(problems.all().iter().filter(missing).count(), 2, "both arms");
        assert_eq!(table.as_numbers("age").unwrap().values, [None; 3]);
    }

    #[test]
    fn items_keep_their_codes_and_become_numbers_when_asked() {
        let rows = [
            "participant_id,wave,response_date,item_1,item_5",
            "A,0,2019-03-02 14:05:11,3,1",
            "A,6,2019-09-02T00:00:00Z,,2",
            "B,0,2019-03-02,x, 1",
        ];
        let notes = [("item_1", "3", "often", ""), ("item_5", "1", "never", "")];
        let (table, problems) = typed(TableName::Waves, &rows, &notes);
        let date = |month| Date::from_ymd(2019, month, 2);
        assert_eq!(table.dates("response_date"), Some(&[date(3), date(9), date(3)][..]));
        assert_eq!(table.wholes("wave"), Some(&[Some(0), Some(6), Some(0)][..]));
        let expected = NumberColumn { values: vec![Some(3.0), None, None], not_numbers: vec![2] };
        assert_eq!(table.as_numbers("item_1"), Some(expected));
        assert_eq!(cells(&table, "item_5"), [Some("1"), Some("2"), Some("1")]);
        assert_eq!(table.as_numbers("wave").unwrap().values[1], Some(6.0));
        assert_eq!(table.as_numbers("response_date").unwrap().not_numbers, [0, 1, 2]);
        assert!(table.texts("wave").is_none() && table.as_numbers("item_2").is_none());
        assert!(problems.all().iter().all(|found| found.code == Code::TableMissingColumn));
    }

    #[test]
    fn many_rows_say_what_each_row_says() {
        let rows = [
            "participant_id,wave,response_date,item_1,item_2",
            "A,0,2019-03-02,3,1",
            "A,6,2019-09-02, 7 ,99",
            "B,0,2019-03-02,,99",
            "B,6,2019-09-02,12.5,x",
            "C,0,2019-03-02,-1,",
            "C,6,2019-09-02,often, ",
        ];
        let (table, _) = typed(TableName::Waves, &rows, &[("item_2", "99", "", "refused")]);
        for name in ["item_1", "item_2", "wave", "response_date"] {
            let cells = table.numeric_cells(name).unwrap();
            for rows in [0..6, 1..4, 5..6, 2..2] {
                let mut read = Vec::new();
                cells.each(rows.clone(), |cell| read.push(cell));
                let expected: Vec<NumericCell> = rows.map(|row| cells.get(row)).collect();
                assert_eq!(read, expected, "{name}");
            }
        }
        let mut read = Vec::new();
        table.numeric_cells("item_1").unwrap().each(0..6, |cell| read.push(cell));
        let numbers = [3.0, 7.0, 12.5, -1.0].map(NumericCell::Number);
        let expected = [
            numbers[0],
            numbers[1],
            NumericCell::Missing,
            numbers[2],
            numbers[3],
            NumericCell::NoNumber,
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_time_of_day_is_no_date_where_the_dictionary_keeps_it() {
        let rows = ["participant_id,randomisation_date", "A,2019-03-02 14:05:11"];
        let (table, problems) = typed(TableName::Participants, &rows, &[]);
        assert_eq!(table.date(0, "randomisation_date"), None);
        assert!(problems.all().iter().any(|found| found.code == Code::CellNotADate));
    }
}
