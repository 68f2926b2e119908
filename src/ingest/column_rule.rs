//! What the cells of one column mean: by the data dictionary, the plan and the file's own notes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::by_number::ByNumber;
use super::cell::{
    parse_clock, parse_date, parse_date_in, parse_date_of_time, parse_month, parse_number,
    parse_whole_number, trim,
};
use super::header::ANY_COLUMN;
use super::raw_table::{Notation, Piece, RawTable};
use super::schema::{AdditionalColumns, Constraints, Field, FieldType, TimeOfDay, schema_of};
use super::typed_column::{Cells, CellsMut};
use super::used_columns::is_used;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::parse::PlanDocument;
use crate::plan::types::{DateFormat, TableName};
use crate::trial::date::Date;

type Texts = BTreeMap<String, String>;

/// How the cells of a column are read.
pub(super) struct ColumnRule<'a> {
    raw: &'a RawTable<'a>,
    /// Position in the file.
    at: usize,
    /// The dictionary's column; none where it is not listed.
    field: Option<&'a Field>,
    /// The plan's codes.
    codes: Option<&'a Texts>,
    /// The same by the number that a code is, whatever way it is written.
    codes_by_number: ByNumber<&'a str>,
    /// Reasons by the text of a missing cell: the plan's, first those of this column, then the
    /// file's.
    missing: Vec<(MissingOf, &'a Texts)>,
    /// The same by the number that a code is, whatever way it is written.
    missing_by_number: ByNumber<MetCode<'a>>,
    /// Whether every cell that is there is a truth value in words.
    has_truth_values: bool,
    /// The format in which the first dates are that are there, where it is another.
    other_dates: Option<DateFormat>,
    /// First day that a date can be.
    earliest: Date,
    /// How the plan calls the table.
    table: TableName,
    /// Whether the plan or the dictionary makes anything of it.
    is_used: bool,
    /// The file's labels, where a cell may be read as its label.
    labels: Option<&'a Texts>,
    /// What a text may be read as, other than as it is written: in order, each once.
    texts: Vec<&'a str>,
}

/// Who declares a missing code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MissingOf {
    /// The plan, for the column.
    Column,
    /// The plan, for every column of the table.
    Table,
    /// The file.
    File,
}

/// A declared missing code: who declares it, the code and the reason.
pub(super) type MetCode<'a> = (MissingOf, &'a str, &'a str);

/// What was met while cells were read.
#[derive(Default)]
pub(super) struct ReadCells<'a> {
    pub(super) problems: Diagnostics,
    /// Cells with a declared missing code.
    pub(super) declared_missing: BTreeMap<MetCode<'a>, usize>,
}

/// Code, message and remedy.
type Fault = (Code, Cow<'static, str>, Cow<'static, str>);

/// Distinct texts of a column whose meaning is kept while a piece is read.
const KEPT_TEXTS: usize = 16;

impl<'a> ColumnRule<'a> {
    /// The rule of a column that the contract calls `name`.
    pub(super) fn new(
        table: TableName,
        raw: &'a RawTable<'a>,
        (at, name): (usize, &str),
        document: &'a PlanDocument,
    ) -> Self {
        let (schema, plan, notes) = (schema_of(table), &document.plan, &raw.columns[at]);
        let field = schema.field(name);
        let codes = plan.codes.get(&table).and_then(|codes| codes.get(name));
        let missing = plan.missing.get(&table);
        let of = |name: &str| missing.and_then(|missing| missing.get(name));
        let missing = [
            (MissingOf::Column, of(name)),
            (MissingOf::Table, of(ANY_COLUMN)),
            (MissingOf::File, Some(&notes.missing_codes)),
        ];
        let missing: Vec<(MissingOf, &Texts)> = missing
            .into_iter()
            .filter_map(|(who, texts)| Some((who, texts.filter(|texts| !texts.is_empty())?)))
            .collect();
        let declared = missing.iter().flat_map(|(who, texts)| {
            texts
                .iter()
                .map(|(code, reason)| (code.as_str(), (*who, code.as_str(), reason.as_str())))
        });
        let missing_by_number = ByNumber::of(declared, raw.notation);
        let mapped = codes.into_iter().flatten().map(|(code, text)| (code.as_str(), text.as_str()));
        let codes_by_number = ByNumber::of(mapped, raw.notation);
        let is_item = schema.additional_columns == AdditionalColumns::Items;
        let has_labels = match field.map(|field| field.kind) {
            Some(FieldType::String | FieldType::Boolean) => true,
            None => !is_item,
            Some(_) => false,
        };
        let labels = Some(&notes.value_labels).filter(|labels| has_labels && !labels.is_empty());
        let mut texts: Vec<&str> = [codes, labels]
            .into_iter()
            .flatten()
            .flat_map(|texts| texts.values().map(String::as_str))
            .chain(field.into_iter().flat_map(|f| f.constraints.codes.iter().map(String::as_str)))
            .collect();
        texts.sort_unstable();
        texts.dedup();
        let earliest = match name {
            "randomisation_date" => plan.plausible.randomisation_from,
            _ => plan.plausible.dates_from,
        };
        let is_used = is_used(table, name, document);
        let is_date = field.is_some_and(|field| field.kind == FieldType::Date);
        let other_dates = if is_date { other_dates(raw, at) } else { None };
        let has_truth_values =
            is_used && field.is_none() && codes.is_none() && labels.is_none() && is_truth(raw, at);
        if has_truth_values {
            texts = TRUTH_VALUES.iter().map(|(_, number)| *number).rev().collect();
        }
        Self {
            raw,
            at,
            field,
            codes,
            codes_by_number,
            missing,
            missing_by_number,
            has_truth_values,
            other_dates,
            earliest,
            table,
            is_used,
            labels,
            texts,
        }
    }

    /// What a text may be read as, other than as it is written: in order, each once.
    pub(super) fn texts(&self) -> Vec<String> {
        self.texts.iter().map(|text| (*text).to_owned()).collect()
    }

    /// Whether the plan or the dictionary makes anything of the column.
    pub(super) fn is_used(&self) -> bool {
        self.is_used
    }

    /// The missing codes that the plan declares for this column, or for all of the table.
    pub(super) fn declared(&self) -> impl Iterator<Item = MetCode<'a>> {
        let of_plan = self.missing.iter().filter(|(who, _)| *who != MissingOf::File);
        of_plan.flat_map(|(who, texts)| {
            texts.iter().map(|(code, reason)| (*who, code.as_str(), reason.as_str()))
        })
    }

    /// Whether each cell is missing or what it says.
    fn is_as_written(&self) -> bool {
        self.texts.is_empty() && self.missing.is_empty()
    }

    /// The cells of that many rows, all missing.
    pub(super) fn missing_cells(&self, n_rows: usize) -> Cells {
        match self.field.map_or(FieldType::String, |field| field.kind) {
            FieldType::Date | FieldType::YearMonth => Cells::Date(vec![None; n_rows]),
            FieldType::Number => Cells::Number(vec![None; n_rows]),
            FieldType::Integer => Cells::Whole(vec![None; n_rows]),
            FieldType::Boolean => Cells::YesNo(vec![None; n_rows]),
            FieldType::String if self.is_as_written() => Cells::Text(Vec::new()),
            FieldType::String => Cells::Text(vec![Cells::MISSING; n_rows]),
        }
    }

    /// Reads the cells of a piece, which begins with row `first`, to their places.
    pub(super) fn read(&self, piece: &Piece, first: usize, places: CellsMut<'_>) -> ReadCells<'a> {
        let notation = self.raw.notation;
        let mut read = ReadCells::default();
        match (places, self.field) {
            (CellsMut::Date(places), Some(field)) => {
                let one = |text: &str| self.understand_date(self.coded(text), field);
                self.each(piece, first, &mut read, one, |at, cell| places[at] = Some(cell));
            }
            (CellsMut::Number(places), Some(field)) => {
                let one = |text: &str| self.understand_number(self.coded(text), field);
                self.each(piece, first, &mut read, one, |at, cell| places[at] = Some(cell));
            }
            (CellsMut::Whole(places), Some(field)) => {
                let one = |text: &str| understand_whole(self.coded(text), field, notation);
                self.each(piece, first, &mut read, one, |at, cell| places[at] = Some(cell));
            }
            (CellsMut::YesNo(places), Some(field)) => {
                let mut met = Met::default();
                let one = |text: &str| met.of(text, || self.understand_yes_no(text, field));
                self.each(piece, first, &mut read, one, |at, cell| places[at] = Some(cell));
            }
            (CellsMut::Text([]), None) => {}
            (CellsMut::Text([]), Some(_)) => {
                self.each(piece, first, &mut read, |_| Ok(()), |_, ()| {});
            }
            (CellsMut::Text(places), _) => {
                let mut met = Met::default();
                let one = |text: &str| met.of(text, || self.text_code(text));
                self.each(piece, first, &mut read, one, |at, code| places[at] = code);
            }
            // Only columns of the dictionary have another type than text.
            (_, None) => {}
        }
        read
    }

    /// Gives every cell that is not missing to `one`, and what comes of it to `keep`, with its row in
    /// the piece.
    #[expect(clippy::too_many_arguments, reason = "where from, what, where to")]
    fn each<T>(
        &self,
        piece: &Piece,
        first: usize,
        read: &mut ReadCells<'a>,
        mut one: impl FnMut(&str) -> Result<T, Fault>,
        mut keep: impl FnMut(usize, T),
    ) {
        for (row, text) in piece.column(self.at, 0..piece.n_rows()).enumerate() {
            let trimmed = trim(text);
            if trimmed.len() != text.len() && self.field.is_some() {
                let fault = fault(Code::CellSpaces, "remove them at the source");
                read.problems.push(self.problem(first + row, fault).with_value(text));
            }
            if let Some(code) = self.missing_code(trimmed) {
                *read.declared_missing.entry(code).or_default() += 1;
            } else if !trimmed.is_empty() {
                match one(trimmed) {
                    Ok(cell) => keep(row, cell),
                    Err(fault) => {
                        read.problems.push(self.problem(first + row, fault).with_value(text));
                    }
                }
                continue;
            }
            if let Some(why) = self.unreadable(first + row) {
                let message = format!("the cell holds {why}");
                let remedy = "open the file in the program that made it and save it there, correct the formula, or empty the cell";
                let fault = (Code::CellUnreadable, message.into(), remedy.into());
                read.problems.push(self.problem(first + row, fault));
                continue;
            }
            // Of a column that cannot be read no cell says anything.
            let is_readable = self.raw.columns[self.at].unreadable.is_none();
            let field = self.field.filter(|field| field.constraints.required && is_readable);
            if let Some(field) = field {
                let message = "the cell is empty, and this column is required";
                let remedy = format!("fill it in ({})", field.kind.word());
                let fault = (Code::CellMissing, message.into(), remedy.into());
                read.problems.push(self.problem(first + row, fault));
            }
        }
    }

    fn problem(&self, row: usize, (code, message, remedy): Fault) -> Diagnostic {
        let line = self.raw.line(row);
        let place = Place::cell(&self.raw.file, line, &self.raw.header[self.at]);
        let place = Place { cell: self.raw.columns[self.at].cell_name(line), ..place };
        Diagnostic::new(code, place, message, remedy)
    }

    /// Why the cell of a row could not be read, where that matters.
    fn unreadable(&self, row: usize) -> Option<&'static str> {
        let why = self.raw.columns[self.at].unreadable_cells.get(&row)?;
        self.is_used.then_some(why)
    }

    fn missing_code(&self, text: &str) -> Option<MetCode<'a>> {
        let exact = self.missing.iter().find_map(|(who, reasons)| {
            let (code, reason) = reasons.get_key_value(text)?;
            Some((*who, code.as_str(), reason.as_str()))
        });
        exact.or_else(|| self.missing_by_number.get(text))
    }

    /// The text that the plan's codes give for one.
    fn of_plan(&self, text: &str) -> Option<&'a str> {
        let exact = self.codes?.get(text).map(String::as_str);
        exact.or_else(|| self.codes_by_number.get(text))
    }

    /// The text that the plan's codes give for one, or itself.
    fn coded<'t>(&self, text: &'t str) -> &'t str
    where
        'a: 't,
    {
        self.of_plan(text).unwrap_or(text)
    }

    /// The label of a cell, where it has one that says something.
    fn label(&self, text: &str) -> Option<&'a str> {
        let label = self.labels?.get(text)?.trim();
        Some(label).filter(|label| !label.is_empty())
    }

    /// Labels come before codes; the plan's `[codes]` may name either. Where a column has codes of
    /// its own and the label is none of them, the cell may be.
    fn text_code(&self, text: &str) -> Result<u32, Fault> {
        if self.has_truth_values {
            return Ok(truth_of(text).map_or(Cells::AS_WRITTEN, |number| self.code_of(number)));
        }
        let label = self.label(text);
        let of_plan = |text: &str| self.of_plan(text);
        let mapped = label.and_then(of_plan).or_else(|| of_plan(text));
        let read_as = mapped.or(label).unwrap_or(text);
        let own = self.field.map_or(&[][..], |field| &field.constraints.codes);
        let is_own = |text: &str| own.iter().any(|code| code == text);
        if own.is_empty() || is_own(read_as) {
            let is_written = mapped.or(label).is_none() && own.is_empty();
            return Ok(if is_written { Cells::AS_WRITTEN } else { self.code_of(read_as) });
        }
        if mapped.is_none() && is_own(text) {
            return Ok(self.code_of(text));
        }
        let code = Code::CellNotACode;
        let remedy = format!("one of {}; map yours by [codes]", own.join(", "));
        Err((code, code.message().into(), remedy.into()))
    }

    fn code_of(&self, text: &str) -> u32 {
        let at = self.texts.binary_search(&text).ok().and_then(|at| u32::try_from(at).ok());
        at.map_or(Cells::AS_WRITTEN, |at| at + Cells::FIRST_TEXT)
    }

    /// The plan's `[codes]` first, then the cell's own text, then its label.
    fn understand_yes_no(&self, text: &str, field: &Field) -> Result<bool, Fault> {
        let of_plan = |text: &str| self.of_plan(text);
        let label = self.label(text);
        let found = match of_plan(text).or_else(|| label.and_then(of_plan)) {
            Some(mapped) => yes_no(mapped, field),
            None => yes_no(text, field).or_else(|| yes_no(label?, field)),
        };
        found.ok_or_else(|| fault(Code::CellNotYesOrNo, "write yes or no, or map yours by [codes]"))
    }
}

impl ColumnRule<'_> {
    fn understand_date(&self, text: &str, field: &Field) -> Result<Date, Fault> {
        let notation = self.raw.notation;
        let is_month = field.kind == FieldType::YearMonth;
        let drops_time = is_month || field.time_of_day == Some(TimeOfDay::Dropped);
        let month = if is_month { parse_month(text) } else { None };
        // Other programs keep a month as one of its days.
        let found = month
            .or_else(|| parse_date(text, notation))
            .or_else(|| drops_time.then(|| parse_date_of_time(text, notation))?);
        let Some(date) = found else {
            let table = self.table.as_str();
            let (code, example) = match (is_month, notation.date_format) {
                (true, _) => (Code::CellNotAMonth, "2019-03"),
                (false, format) => (Code::CellNotADate, format.example()),
            };
            let remedy = match self.other_dates.filter(|_| !is_month) {
                None => {
                    format!("write it as {example}, or set `date_format` under [tables.{table}]")
                }
                Some(other) => {
                    let word = other.word();
                    format!(
                        "the dates look like {word}: set date_format = \"{word}\" under [tables.{table}]"
                    )
                }
            };
            return Err((code, code.message().into(), remedy.into()));
        };
        if date < self.earliest {
            let code = Code::CellImplausibleDate;
            let message =
                format!("no such year in this trial: the date is before {}", self.earliest);
            let remedy = "correct it at the source; [plausible] of the plan says from when on dates can be right";
            return Err((code, message.into(), remedy.into()));
        }
        Ok(if is_month { date.first_of_month() } else { date })
    }

    fn understand_number(&self, text: &str, field: &Field) -> Result<f64, Fault> {
        let notation = self.raw.notation;
        let is_hours = field.unit.as_deref().is_some_and(|unit| unit.starts_with("hours"));
        let number = parse_number(text, notation)
            .or_else(|| if is_hours { parse_clock(text) } else { None })
            .ok_or_else(|| {
                (Code::CellNotANumber, Code::CellNotANumber.message().into(), self.number_remedy())
            })?;
        in_range(number, field).map(|()| number)
    }

    fn number_remedy(&self) -> Cow<'static, str> {
        let table = self.table.as_str();
        let (mark, example) = if self.raw.notation.decimal == ',' {
            ("comma", "1234,5")
        } else {
            ("point", "1234.5")
        };
        format!("write it as {example}: decimal {mark}, no thousands separator; or set `decimal` under [tables.{table}]")
            .into()
    }
}

/// Dates that are looked at to guess their format.
const LOOKED_AT: usize = 50;

/// The format that the first dates of a column have, where none of them has that of the table.
fn other_dates(raw: &RawTable<'_>, at: usize) -> Option<DateFormat> {
    let mut first: Vec<&str> = Vec::new();
    for (_, piece) in raw.pieces() {
        let cells = piece.column(at, 0..piece.n_rows()).map(trim).filter(|cell| !cell.is_empty());
        first.extend(cells.take(LOOKED_AT - first.len()));
        if first.len() == LOOKED_AT {
            break;
        }
    }
    if first.is_empty() || first.iter().any(|cell| parse_date(cell, raw.notation).is_some()) {
        return None;
    }
    let fits =
        |format: &DateFormat| first.iter().all(|cell| parse_date_in(cell, *format).is_some());
    DateFormat::ALL.into_iter().find(fits)
}

/// Truth values in words, as programs write them, and the numbers that other formats have for them.
const TRUTH_VALUES: [(&str, &str); 2] = [("true", "1"), ("false", "0")];

fn truth_of(text: &str) -> Option<&'static str> {
    let found = TRUTH_VALUES.iter().find(|(word, _)| text.eq_ignore_ascii_case(word));
    found.map(|(_, number)| *number)
}

/// Whether a column has truth values in words and nothing else.
fn is_truth(raw: &RawTable<'_>, at: usize) -> bool {
    let mut has_any = false;
    let is_fit = |(_, piece): (_, &Piece<'_>)| {
        piece.column(at, 0..piece.n_rows()).all(|text| {
            let text = trim(text);
            has_any |= !text.is_empty();
            text.is_empty() || truth_of(text).is_some()
        })
    };
    raw.pieces().into_iter().all(is_fit) && has_any
}

fn fault(code: Code, remedy: &'static str) -> Fault {
    (code, code.message().into(), remedy.into())
}

/// What the texts of a column mean that were met first.
struct Met<T> {
    /// The first bytes of each with its length, by which most differ.
    keys: Vec<u64>,
    meanings: Vec<(String, T)>,
}

impl<T> Default for Met<T> {
    fn default() -> Self {
        Self { keys: Vec::new(), meanings: Vec::new() }
    }
}

impl<T: Copy> Met<T> {
    /// What a text means; `read` says it where it was not met.
    fn of(&mut self, text: &str, read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        let mut first = [0; 8];
        first.iter_mut().zip(text.as_bytes()).for_each(|(to, from)| *to = *from);
        let key = u64::from_le_bytes(first) ^ ((text.len() as u64) << 56);
        // Every key is compared: to stop at the first that fits is slower, since texts vary.
        let at = (self.keys.iter().enumerate())
            .fold(self.keys.len(), |found, (at, own)| if *own == key { at } else { found });
        if let Some((_, meaning)) = self.meanings.get(at).filter(|(known, _)| known == text) {
            return Ok(*meaning);
        }
        let meaning = read()?;
        if at == self.keys.len() && at < KEPT_TEXTS {
            self.keys.push(key);
            self.meanings.push((text.to_owned(), meaning));
        }
        Ok(meaning)
    }
}

fn yes_no(text: &str, field: &Field) -> Option<bool> {
    let is_one = |words: &[String], text: &str| words.iter().any(|word| word == text);
    let of = |text: &str| {
        let is_yes = is_one(&field.true_values, text);
        (is_yes || is_one(&field.false_values, text)).then_some(is_yes)
    };
    // The rule; for most words lower case is what they are in.
    if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        of(text)
    } else {
        of(&text.to_lowercase())
    }
}

fn understand_whole(text: &str, field: &Field, notation: Notation) -> Result<i64, Fault> {
    let number = parse_whole_number(text, notation)
        .ok_or_else(|| fault(Code::CellNotAWholeNumber, "write digits only"))?;
    in_range(number as f64, field).map(|()| number)
}

#[inline]
fn in_range(number: f64, field: &Field) -> Result<(), Fault> {
    let Constraints { minimum, exclusive_minimum, maximum, .. } = &field.constraints;
    let inside = minimum.is_none_or(|low| number >= low)
        && exclusive_minimum.is_none_or(|low| number > low)
        && maximum.is_none_or(|high| number <= high);
    if inside {
        return Ok(());
    }
    let unit = field.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
    let low = minimum.map(|low| format!("at least {low}"));
    let low = low.or_else(|| exclusive_minimum.map(|low| format!("above {low}")));
    let bounds: Vec<String> =
        low.into_iter().chain(maximum.map(|high| format!("at most {high}"))).collect();
    let code = Code::CellOutOfRange;
    let remedy = format!("{}{unit}", bounds.join(" and "));
    Err((code, code.message().into(), remedy.into()))
}
