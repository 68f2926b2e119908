//! People's data as the program understood them, for work in other software.
//!
//! [`participants_table`] has one row a person, [`answers_table`] one row a questionnaire, both with
//! labels; [`disagreements_csv`] lists what data managers should look at. All hold participants'
//! data and are as sensitive as the tables that they are made of.

mod answers;
mod disagreements;
mod participants;

pub use answers::answers_table;
pub use disagreements::disagreements_csv;
pub use participants::participants_table;

use crate::formats::{Cell, Code, LabelledColumn};

/// A column with a label.
fn column(name: String, label: &str, cells: Vec<Cell>) -> LabelledColumn {
    let mut column = LabelledColumn::new(name, cells);
    label.clone_into(&mut column.label);
    column
}

/// A column of codes from 0 on, each with its label; none is empty.
fn coded<'l>(
    name: &str,
    label: &str,
    codes: impl Iterator<Item = Option<usize>>,
    labels: impl Iterator<Item = &'l str>,
) -> LabelledColumn {
    let cells = codes.map(|code| code.map_or(Cell::Empty, |code| Cell::Number(code as f64)));
    let mut column = column(name.to_owned(), label, cells.collect());
    column.value_labels = labels
        .enumerate()
        .map(|(code, label)| (Code::Number(code as f64), label.to_owned()))
        .collect();
    column
}

fn yes_no(answer: Option<bool>) -> Cell {
    answer.map_or(Cell::Empty, Cell::YesNo)
}

fn number(value: Option<f64>) -> Cell {
    value.map_or(Cell::Empty, Cell::Number)
}

fn text(value: &str) -> Cell {
    if value.is_empty() { Cell::Empty } else { Cell::Text(value.to_owned()) }
}
