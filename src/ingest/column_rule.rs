//! What the cells of one column mean: by the data dictionary, the plan and the file's own notes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::cell::{
    parse_date, parse_date_of_time, parse_month, parse_number, parse_whole_number, trim,
};
use super::header::ANY_COLUMN;
use super::raw_table::{Notation, Piece, RawTable};
use super::schema::{AdditionalColumns, Constraints, Field, FieldType, TimeOfDay, schema_of};
use super::typed_column::{Cells, CellsMut};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::parse::PlanDocument;
use crate::plan::types::{DateFormat, TableName};

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
    /// Reasons by the text of a missing cell: the plan's, first those of this column, then the
    /// file's.
    missing: Vec<&'a Texts>,
    /// The file's labels, where a cell may be read as its label.
    labels: Option<&'a Texts>,
    /// What a text may be read as, other than as it is written: in order, each once.
    texts: Vec<&'a str>,
}

/// What was met while cells were read.
#[derive(Default)]
pub(super) struct ReadCells<'a> {
    pub(super) problems: Diagnostics,
    /// Cells with a declared missing code, by reason.
    pub(super) declared_missing: BTreeMap<&'a str, usize>,
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
        let missing = [of(name), of(ANY_COLUMN), Some(&notes.missing_codes)];
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
        let missing = missing.into_iter().flatten().filter(|texts| !texts.is_empty()).collect();
        Self { raw, at, field, codes, missing, labels, texts }
    }

    /// What a text may be read as, other than as it is written: in order, each once.
    pub(super) fn texts(&self) -> Vec<String> {
        self.texts.iter().map(|text| (*text).to_owned()).collect()
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
                let one = |text: &str| understand_date(self.coded(text), field, notation);
                self.each(piece, first, &mut read, one, |at, cell| places[at] = Some(cell));
            }
            (CellsMut::Number(places), Some(field)) => {
                let one = |text: &str| understand_number(self.coded(text), field, notation);
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
            if let Some(reason) = self.missing_reason(trimmed) {
                *read.declared_missing.entry(reason).or_default() += 1;
            } else if !trimmed.is_empty() {
                match one(trimmed) {
                    Ok(cell) => keep(row, cell),
                    Err(fault) => {
                        read.problems.push(self.problem(first + row, fault).with_value(text));
                    }
                }
                continue;
            }
            if let Some(field) = self.field.filter(|field| field.constraints.required) {
                let message = "the cell is empty, and this column is required";
                let remedy = format!("fill it in ({})", field.kind.word());
                let fault = (Code::CellMissing, message.into(), remedy.into());
                read.problems.push(self.problem(first + row, fault));
            }
        }
    }

    fn problem(&self, row: usize, (code, message, remedy): Fault) -> Diagnostic {
        let place = Place::cell(&self.raw.file, self.raw.line(row), &self.raw.header[self.at]);
        Diagnostic::new(code, place, message, remedy)
    }

    fn missing_reason(&self, text: &str) -> Option<&'a str> {
        self.missing.iter().find_map(|reasons| reasons.get(text).map(String::as_str))
    }

    /// The text that the plan's codes give for one, or itself.
    fn coded<'t>(&self, text: &'t str) -> &'t str
    where
        'a: 't,
    {
        self.codes.and_then(|codes| codes.get(text)).map_or(text, String::as_str)
    }

    /// The label of a cell, where it has one that says something.
    fn label(&self, text: &str) -> Option<&'a str> {
        let label = self.labels?.get(text)?.trim();
        Some(label).filter(|label| !label.is_empty())
    }

    /// Labels come before codes; the plan's `[codes]` may name either. Where a column has codes of
    /// its own and the label is none of them, the cell may be.
    fn text_code(&self, text: &str) -> Result<u32, Fault> {
        let label = self.label(text);
        let of_plan = |text: &str| Some(self.codes?.get(text)?.as_str());
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
        let of_plan = |text: &str| Some(self.codes?.get(text)?.as_str());
        let label = self.label(text);
        let found = match of_plan(text).or_else(|| label.and_then(of_plan)) {
            Some(mapped) => yes_no(mapped, field),
            None => yes_no(text, field).or_else(|| yes_no(label?, field)),
        };
        found.ok_or_else(|| fault(Code::CellNotYesOrNo, "write yes or no, or map yours by [codes]"))
    }
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

fn understand_date(
    text: &str,
    field: &Field,
    notation: Notation,
) -> Result<crate::trial::date::Date, Fault> {
    if field.kind == FieldType::YearMonth {
        return parse_month(text).ok_or_else(|| fault(Code::CellNotAMonth, "write it as 2019-03"));
    }
    let drops_time = field.time_of_day == Some(TimeOfDay::Dropped);
    parse_date(text, notation)
        .or_else(|| drops_time.then(|| parse_date_of_time(text, notation))?)
        .ok_or_else(|| fault(Code::CellNotADate, date_remedy(notation)))
}

fn understand_number(text: &str, field: &Field, notation: Notation) -> Result<f64, Fault> {
    let number = parse_number(text, notation)
        .ok_or_else(|| fault(Code::CellNotANumber, number_remedy(notation)))?;
    in_range(number, field).map(|()| number)
}

fn understand_whole(text: &str, field: &Field, notation: Notation) -> Result<i64, Fault> {
    let number = parse_whole_number(text, notation)
        .ok_or_else(|| fault(Code::CellNotAWholeNumber, "write digits only"))?;
    in_range(number as f64, field).map(|()| number)
}

fn date_remedy(notation: Notation) -> &'static str {
    match notation.date_format {
        DateFormat::Iso => "write it as 2019-03-31, or set date_format under [csv]",
        DateFormat::DayMonthYear => "write it as 31/03/2019, as date_format under [csv] says",
    }
}

fn number_remedy(notation: Notation) -> &'static str {
    if notation.decimal == ',' {
        "write it as 1234,5: decimal comma, no thousands separator; or set decimal under [csv]"
    } else {
        "write it as 1234.5: decimal point, no thousands separator; or set decimal under [csv]"
    }
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
