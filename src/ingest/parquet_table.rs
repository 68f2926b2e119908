//! Parquet bytes to text cells, so that one set of rules holds for every format.

use std::cell::Cell;
use std::io::Cursor;
use std::sync::Once;

use polars_arrow::array::Array;
use polars_arrow::datatypes::Field;
use polars_buffer::Buffer;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, FileMetadata, PageReader, column_iter_to_arrays,
    infer_schema, read_metadata,
};

use super::parquet_cells::{ParquetCells, unreadable_type};
use super::raw_table::{Notation, RawTable};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::formats::check_parquet;

/// Why a file cannot be read whose parts do not fit each other.
const CONTRADICTION: &str = "its parts contradict each other";

/// Reads a Parquet file. Rows are numbered from 1, since the format has no lines.
///
/// Columns are read one by one: one that cannot be read says so in its notes, and stops nothing
/// unless it is used.
pub(super) fn read_parquet(
    file: &str,
    bytes: &[u8],
    notation: Notation,
    problems: &mut Diagnostics,
) -> Option<RawTable<'static>> {
    let read = quietly(|| {
        check_parquet(bytes).map_err(|error| error.to_string())?;
        let metadata = read_metadata(&mut Cursor::new(bytes)).map_err(|e| e.to_string())?;
        let schema = infer_schema(&metadata).map_err(|e| e.to_string())?;
        Ok((metadata, schema.iter_values().cloned().collect::<Vec<Field>>()))
    });
    let (metadata, fields) = match read {
        Ok(read) => read,
        Err(why) => {
            let message = format!("not a readable Parquet file: {why}");
            let remedy = "write the file again";
            let place = Place::file(file);
            problems.push(Diagnostic::new(Code::TableUnreadable, place, message, remedy));
            return None;
        }
    };
    let header = fields.iter().map(|field| field.name.to_string()).collect();
    let mut table = RawTable::new(file, header, None, notation);
    let mut row = 0_u64;
    for group in 0..metadata.row_groups.len() {
        let n_rows = metadata.row_groups[group].num_rows();
        let mut columns: Vec<Option<ParquetCells>> = Vec::with_capacity(fields.len());
        for (field, notes) in fields.iter().zip(&mut table.columns) {
            if notes.unreadable.is_some() {
                columns.push(None);
                continue;
            }
            let read = match unreadable_type(&field.dtype) {
                Some(kind) => Err(format!("columns of type {kind} are not read")),
                None => read_column(bytes, &metadata, group, field).and_then(|arrays| {
                    ParquetCells::of(arrays, n_rows).ok_or_else(|| CONTRADICTION.to_owned())
                }),
            };
            match read {
                Ok(cells) => columns.push(Some(cells)),
                Err(why) => {
                    notes.unreadable = Some(why);
                    columns.push(None);
                }
            }
        }
        for at in 0..n_rows {
            let mut cells: Vec<String> = Vec::with_capacity(columns.len());
            let place = usize::try_from(row).unwrap_or(usize::MAX);
            for (column, notes) in columns.iter().zip(&mut table.columns) {
                let text = column.as_ref().map_or(Ok(String::new()), |own| own.text(at, notation));
                cells.push(text.unwrap_or_else(|why| {
                    notes.unreadable_cells.insert(place, why);
                    String::new()
                }));
            }
            row += 1;
            table.push_row(row, cells.iter().map(String::as_str));
        }
    }
    Some(table)
}

/// The arrays of a column in a group of rows.
fn read_column(
    bytes: &[u8],
    metadata: &FileMetadata,
    group: usize,
    field: &Field,
) -> Result<Vec<Box<dyn Array>>, String> {
    quietly(|| {
        let group = &metadata.row_groups[group];
        let parts: Vec<&ColumnChunkMetadata> = group
            .columns_under_root_iter(&field.name)
            .ok_or_else(|| CONTRADICTION.to_owned())?
            .collect();
        let (mut readers, mut types) = (Vec::new(), Vec::new());
        for part in parts {
            let range = part.byte_range();
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            let chunk = bytes.get(place(range.start)..place(range.end));
            let chunk = Buffer::from(chunk.ok_or_else(|| CONTRADICTION.to_owned())?.to_vec());
            let pages = PageReader::new(Cursor::new(chunk), part, Vec::new(), usize::MAX);
            readers.push(BasicDecompressor::new(pages, Vec::new()));
            types.push(&part.descriptor().descriptor.primitive_type);
        }
        let read = column_iter_to_arrays(readers, types, field.clone(), None);
        read.map(|(arrays, _)| arrays).map_err(|error| error.to_string())
    })
}

/// What came of work on a file; of an error the first line, which has no value of a cell.
///
/// polars panics on some damaged files. That is caught here, without its message on the terminal,
/// and told as what it is.
fn quietly<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_READING.get() {
                usual(panic);
            }
        }));
    });
    IS_READING.set(true);
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    IS_READING.set(false);
    match done {
        Ok(done) => done.map_err(|why| why.lines().next().unwrap_or_default().to_owned()),
        Err(_) => Err(CONTRADICTION.to_owned()),
    }
}

thread_local! {
    /// Whether this thread is inside polars' reader.
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}
