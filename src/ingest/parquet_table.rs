//! Parquet bytes to text cells, so that one set of rules holds for every format.

use std::cell::Cell;
use std::io::Cursor;
use std::sync::Once;

use polars::prelude::{
    AnyValue, Column, DataFrame, DataType, ParallelStrategy, ParquetReader, SerReader as _,
    TimeUnit,
};

use super::raw_table::{Notation, RawTable};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::numeric::text::shortest;
use crate::plan::types::DateFormat;
use crate::trial::date::Date;

/// Reads a Parquet file. Rows are numbered from 1, since the format has no lines.
pub(super) fn read_parquet(
    file: &str,
    bytes: &[u8],
    problems: &mut Diagnostics,
) -> Option<RawTable<'static>> {
    let frame = match read(bytes) {
        Ok(frame) => frame,
        Err(error) => {
            let first = error.lines().next().unwrap_or_default().to_owned();
            let place = Place::file(file);
            let message = format!("not a readable Parquet file: {first}");
            let remedy = "write the file again";
            problems.push(Diagnostic::new(Code::TableUnreadable, place, message, remedy));
            return None;
        }
    };
    let header: Vec<String> = frame.columns().iter().map(|c| c.name().to_string()).collect();
    let unsupported: Vec<&Column> =
        frame.columns().iter().filter(|column| !is_supported(column.dtype())).collect();
    for column in &unsupported {
        problems.push(Diagnostic::new(
            Code::TableUnreadable,
            Place::column(file, column.name()),
            format!("columns of type {} are not read", column.dtype()),
            "write it as text, number, date or boolean",
        ));
    }
    if !unsupported.is_empty() {
        return None;
    }
    let notation = Notation { decimal: '.', date_format: DateFormat::Iso };
    let mut table = RawTable::new(file, header, None, notation);
    for row in 0..frame.height() {
        let cells: Vec<String> =
            frame.columns().iter().map(|column| cell_text(column, row)).collect();
        table.push_row(row as u64 + 1, cells.iter().map(String::as_str));
    }
    Some(table)
}

/// One thread, so that a damaged file fails in the same way every time.
///
/// polars panics on some damaged files. That is caught here, without its message on the terminal,
/// and told as what it is.
fn read(bytes: &[u8]) -> Result<DataFrame, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_READING.get() {
                usual(panic);
            }
        }));
    });
    let reader = || {
        let reader = ParquetReader::new(Cursor::new(bytes));
        reader.read_parallel(ParallelStrategy::None).finish()
    };
    IS_READING.set(true);
    let read = std::panic::catch_unwind(reader);
    IS_READING.set(false);
    match read {
        Ok(Ok(frame)) => Ok(frame),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("its parts contradict each other".to_owned()),
    }
}

thread_local! {
    /// Whether this thread is inside polars' reader.
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

fn is_supported(kind: &DataType) -> bool {
    kind.is_primitive_numeric()
        || matches!(
            kind,
            DataType::String
                | DataType::Boolean
                | DataType::Null
                | DataType::Date
                | DataType::Datetime(..)
                | DataType::Categorical(..)
                | DataType::Enum(..)
        )
}

fn cell_text(column: &Column, row: usize) -> String {
    let value = column.get(row).unwrap_or(AnyValue::Null);
    match value {
        AnyValue::Null => String::new(),
        AnyValue::Date(days) => date_text(i64::from(days)),
        AnyValue::Datetime(ticks, unit, _) | AnyValue::DatetimeOwned(ticks, unit, _) => {
            datetime_text(ticks, unit)
        }
        AnyValue::Float64(number) => shortest(number),
        AnyValue::Float32(number) => number.to_string(),
        other => other.get_str().map_or_else(|| other.to_string(), str::to_owned),
    }
}

fn date_text(days: i64) -> String {
    let date = i32::try_from(days).ok().and_then(Date::from_unix_days);
    date.map_or_else(|| format!("day {days}"), |date| date.to_string())
}

/// A timestamp at midnight is its date; any other keeps its time.
fn datetime_text(ticks: i64, unit: TimeUnit) -> String {
    let per_second = match unit {
        TimeUnit::Nanoseconds => 1_000_000_000,
        TimeUnit::Microseconds => 1_000_000,
        TimeUnit::Milliseconds => 1_000,
    };
    let seconds = ticks.div_euclid(per_second);
    let date = date_text(seconds.div_euclid(86_400));
    if ticks.rem_euclid(86_400 * per_second) == 0 {
        return date;
    }
    let second = seconds.rem_euclid(86_400);
    format!("{date} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}
