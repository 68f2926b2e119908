//! What must hold between a table's rows, and between tables.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::schema::schema_of;
use super::typed_column::TextReader;
use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::types::TableName;
use crate::trial::date::Date;
use crate::trial::participant::Participant;

/// Rows that one thread reads at least.
const ROWS_AT_ONCE: usize = 8192;

/// The identifiers of the participants table, also those of wrong rows, and whose they are.
pub(super) struct ParticipantIndex<'a> {
    /// In order, each once.
    ids: Vec<&'a str>,
    /// The place of each, made when a table is met that is not in their order.
    places: OnceLock<Places<'a>>,
    /// Position among the participants; none where the row is wrong elsewhere.
    positions: Vec<Option<usize>>,
}

#[expect(clippy::disallowed_types, reason = "it is asked, and never gone through")]
type Places<'a> = std::collections::HashMap<&'a str, usize>;

/// Whose row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowPerson {
    /// The row has no identifier.
    Nobody,
    /// The participants table does not have it.
    Stranger,
    /// Its place among the identifiers of the participants table.
    Known(u32),
}

impl<'a> ParticipantIndex<'a> {
    /// Identifiers of a participants table.
    pub(super) fn new(table: &'a TypedTable<'a>) -> Self {
        let texts = table.texts("participant_id");
        let mut ids: Vec<&str> = texts.map_or_else(Vec::new, |texts| {
            let mut texts = texts.reader();
            (0..table.n_rows()).filter_map(|row| texts.get(row)).collect()
        });
        if !ids.is_sorted() {
            ids.par_sort_unstable();
        }
        ids.dedup();
        let positions = vec![None; ids.len()];
        Self { ids, places: OnceLock::new(), positions }
    }

    /// Gives the participants their positions: those of their order.
    pub(super) fn place(&mut self, participants: &[Participant]) {
        let mut place = 0;
        for (at, participant) in participants.iter().enumerate() {
            while self.ids.get(place).is_some_and(|id| **id < *participant.id) {
                place += 1;
            }
            if self.ids.get(place).is_some_and(|id| **id == *participant.id) {
                self.positions[place] = Some(at);
            }
        }
    }

    /// Place of an identifier, as in [`RowPerson::Known`].
    pub(super) fn place_of(&self, id: &str) -> Option<u32> {
        u32::try_from(self.find(id)?).ok()
    }

    /// Position of the participant of a row, if the participant's own row is right.
    pub(super) fn position_of(&self, person: RowPerson) -> Option<usize> {
        match person {
            RowPerson::Known(place) => self.positions[place as usize],
            RowPerson::Nobody | RowPerson::Stranger => None,
        }
    }

    /// Whose the rows of a table are.
    pub(super) fn people(&self, table: &TypedTable) -> Vec<RowPerson> {
        let Some(texts) = table.texts("participant_id") else {
            return vec![RowPerson::Nobody; table.n_rows()];
        };
        let person = |(near, texts): &mut (Range<usize>, TextReader<'_>), row: usize| {
            let Some(id) = texts.get(row) else { return RowPerson::Nobody };
            // Most tables are in the order of their participants. Where the last row was not, this
            // one is not expected to be.
            let found = near.clone().find(|place| self.ids.get(*place) == Some(&id));
            let Some(place) = found.or_else(|| self.find(id)) else {
                return RowPerson::Stranger;
            };
            let is_next = (near.start..near.start + 2).contains(&place);
            *near = place..place + if is_next { 2 } else { 0 };
            u32::try_from(place).map_or(RowPerson::Stranger, RowPerson::Known)
        };
        let rows = (0..table.n_rows()).into_par_iter().with_min_len(ROWS_AT_ONCE);
        rows.map_init(|| (0..2, texts.reader()), person).collect()
    }

    /// Place of an identifier among all.
    fn find(&self, id: &str) -> Option<usize> {
        let made = || self.ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        self.places.get_or_init(made).get(id).copied()
    }
}

/// A table whose rows are linked to participants.
#[derive(Clone, Copy)]
pub(super) struct LinkedRows<'a> {
    pub(super) table: &'a TypedTable<'a>,
    /// Whose each row is; empty where the table has no identifiers.
    pub(super) people: &'a [RowPerson],
    pub(super) index: &'a ParticipantIndex<'a>,
}

impl LinkedRows<'_> {
    /// Position of the participant of a row, if both rows are right.
    pub(super) fn position(&self, row: usize) -> Option<usize> {
        self.index.position_of(*self.people.get(row)?)
    }
}

/// Reports rows of a person who is not in the participants table.
pub(super) fn report_orphans(table: &TypedTable, people: &[RowPerson], problems: &mut Diagnostics) {
    let strangers = people.iter().enumerate().filter(|(_, who)| **who == RowPerson::Stranger);
    for (row, _) in strangers {
        let place = table.place(row, "participant_id");
        let message = "nobody in the participants table has this identifier";
        let remedy = "add the participant, or correct or remove the row";
        let found = Diagnostic::new(Code::OrphanRecord, place, message, remedy);
        problems.push(found.with_value(table.text(row, "participant_id").unwrap_or_default()));
    }
}

/// Reports rows that share what the data dictionary says is unique. `people` are whose the rows
/// are, where there is a participants table.
pub(super) fn report_duplicate_keys(
    name: TableName,
    table: &TypedTable,
    people: Option<&[RowPerson]>,
    problems: &mut Diagnostics,
) {
    let key = &schema_of(name).primary_key;
    let Some(last) = key.last() else { return };
    let columns: Vec<Vec<u64>> = key
        .iter()
        .filter(|column| table.has(column))
        .map(|column| match people.filter(|_| column.as_str() == "participant_id") {
            Some(people) => person_numbers(table, people),
            None => cell_numbers(table, column),
        })
        .collect();
    for (row, earlier) in repeated(&columns, table.n_rows()) {
        let line = table.lines[earlier];
        let message = format!("the same {} as in line {line}", key.join(", "));
        let place = table.place(row, last);
        let remedy = match name {
            TableName::Waves => "drop one of the rows in the corrections table, with the reason",
            _ => "keep one of the rows",
        };
        problems.push(Diagnostic::new(Code::DuplicateRecord, place, message, remedy));
    }
}

/// What is there, in the place where it was.
#[expect(clippy::filter_map_identity, reason = "needs no second list, unlike `flatten`")]
pub(super) fn those_present<T>(rows: Vec<Option<T>>) -> Vec<T> {
    rows.into_iter().filter_map(|row| row).collect()
}

/// Rows by person, day and one more number; where all are the same, as they stood.
///
/// Places are put in order, not the rows themselves, which are much longer.
pub(super) fn in_order<T: Clone + Send + Sync>(
    rows: Vec<T>,
    key: impl Fn(&T) -> (usize, Date, i32) + Sync,
) -> Vec<T> {
    if rows.is_sorted_by_key(&key) {
        return rows;
    }
    let place = |(at, row): (usize, &T)| {
        let (person, date, more) = key(row);
        // Below 2^32 people, and days in their order as numbers without a sign.
        let day = date.days_since_epoch().cast_unsigned() ^ (1 << 31);
        ((person as u64) << 32 | u64::from(day), more, at)
    };
    let mut places: Vec<(u64, i32, usize)> = rows.par_iter().enumerate().map(place).collect();
    places.par_sort_unstable();
    places.into_par_iter().map(|(_, _, at)| rows[at].clone()).collect()
}

/// Rows whose cells have been met before, with the first such row. Rows of zeros are no rows.
fn repeated(columns: &[Vec<u64>], n_rows: usize) -> Vec<(usize, usize)> {
    let compare = |a: &usize, b: &usize| {
        let of = columns.iter().map(|column| column[*a].cmp(&column[*b]));
        of.fold(Ordering::Equal, Ordering::then)
    };
    let is_empty = |row: &usize| columns.iter().all(|column| column[*row] == 0);
    let rows = (0..n_rows).filter(|row| !is_empty(row));
    if rows.clone().is_sorted_by(|a, b| compare(a, b).is_lt()) {
        return Vec::new();
    }
    // By the first column, which for most tables is the person; the few rows of one by the others.
    let Some(first) = columns.first() else { return Vec::new() };
    let mut keyed: Vec<(u64, usize)> = rows.map(|row| (first[row], row)).collect();
    keyed.par_sort_unstable();
    for same in keyed.chunk_by_mut(|a, b| a.0 == b.0) {
        same.sort_unstable_by(|a, b| compare(&a.1, &b.1).then(a.1.cmp(&b.1)));
    }
    let rows: Vec<usize> = keyed.into_iter().map(|(_, row)| row).collect();
    let same = rows.chunk_by(|a, b| compare(a, b).is_eq());
    let mut found: Vec<(usize, usize)> =
        same.flat_map(|rows| rows[1..].iter().map(|row| (*row, rows[0]))).collect();
    found.sort_unstable();
    found
}

/// A number for each cell that equal cells share; 0 where it is missing.
fn cell_numbers(table: &TypedTable, column: &str) -> Vec<u64> {
    // Whole numbers of cells are below 2^53 and days below 2^31, so that none becomes 0.
    let number = |value: i64| (value + (1 << 60)).unsigned_abs();
    if let Some(cells) = table.wholes(column) {
        return cells.iter().map(|cell| cell.map_or(0, number)).collect();
    }
    if let Some(cells) = table.dates(column) {
        let day = |date: Date| number(i64::from(date.days_since_epoch()));
        return cells.iter().map(|cell| cell.map_or(0, day)).collect();
    }
    let mut met = Numbers::default();
    (0..table.n_rows()).map(|row| met.of(&table.key_text(row, column))).collect()
}

/// The same for the participants of rows.
fn person_numbers(table: &TypedTable, people: &[RowPerson]) -> Vec<u64> {
    let mut strangers = Numbers::default();
    let of = |(row, person): (usize, &RowPerson)| match person {
        RowPerson::Nobody => 0,
        RowPerson::Known(place) => u64::from(*place) + 1,
        RowPerson::Stranger => {
            (1 << 40) + strangers.of(table.text(row, "participant_id").unwrap_or_default())
        }
    };
    people.iter().enumerate().map(of).collect()
}

/// Numbers of texts in the order in which they are met, from 1; the empty text is 0.
#[derive(Default)]
struct Numbers {
    met: BTreeMap<String, u64>,
    last: (String, u64),
}

impl Numbers {
    fn of(&mut self, text: &str) -> u64 {
        if text != self.last.0 {
            let next = self.met.len() as u64 + 1;
            let number = match self.met.get(text) {
                Some(number) => *number,
                None => *self.met.entry(text.to_owned()).or_insert(next),
            };
            self.last = (text.to_owned(), number);
        }
        self.last.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_repeated_where_all_their_cells_are() {
        let columns = [vec![1, 2, 1, 1, 0, 0, 1], vec![5, 5, 6, 5, 0, 0, 5]];
        assert_eq!(repeated(&columns, 7), [(3, 0), (6, 0)]);
        assert_eq!(repeated(&[vec![1, 2, 3], vec![1, 1, 1]], 3), []);
        // A column that is not there is empty in every row.
        assert_eq!(repeated(&[], 3), []);
    }
}
