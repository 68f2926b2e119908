//! Results as CSV, JSON and Parquet: the same rows, full precision, the same bytes every time.

use polars::prelude::{Column, DataFrame, ParquetCompression, ParquetWriter};

use super::result_set::ResultSet;
use super::row::{COLUMNS, Row};
use crate::numeric::text::shortest;

/// Why results could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// CSV.
    #[error("cannot write the results as CSV")]
    Csv(#[from] csv::Error),
    /// JSON.
    #[error("not results of this program")]
    Json(#[from] serde_json::Error),
    /// Parquet.
    #[error("cannot write the results as Parquet")]
    Parquet(#[from] polars::error::PolarsError),
    /// The layout is not the one that this version writes.
    #[error("results of format {found}, and this version reads format {known}")]
    Format {
        /// Format in the file.
        found: u32,
        /// Format of this version.
        known: u32,
    },
}

/// The fifteen cells of a row as text.
fn cells(row: &Row) -> [String; 15] {
    let key = &row.key;
    [
        key.analysis.to_string(),
        key.outcome.to_string(),
        key.analysis_set.to_string(),
        key.region.clone(),
        key.subgroup.clone(),
        key.arm.to_string(),
        key.month.map_or(String::new(), |month| month.to_string()),
        key.level.clone(),
        key.method.to_string(),
        key.inference.to_string(),
        key.statistic.to_string(),
        row.value.map_or(String::new(), shortest),
        row.unit.to_string(),
        row.role.to_string(),
        row.note.clone(),
    ]
}

/// Rows as CSV with a header.
///
/// # Errors
///
/// [`ExportError::Csv`], which writing to memory does not meet.
pub fn to_csv(rows: &[Row]) -> Result<Vec<u8>, ExportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(cells(row))?;
    }
    writer.into_inner().map_err(|error| ExportError::Csv(error.into_error().into()))
}

/// The study and its rows as JSON, a row a line.
///
/// # Errors
///
/// [`ExportError::Json`], which writing to memory does not meet.
pub fn to_json(results: &ResultSet) -> Result<Vec<u8>, ExportError> {
    let mut text = format!("{{\"format\":{},\n\"study\":", super::result_set::FORMAT);
    text.push_str(&serde_json::to_string(&results.study)?);
    text.push_str(",\n\"rows\":[");
    for (at, row) in results.rows().iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(row)?);
    }
    text.push_str("\n]}\n");
    Ok(text.into_bytes())
}

/// Reads what [`to_json`] wrote.
///
/// # Errors
///
/// [`ExportError::Json`] where it is something else, [`ExportError::Format`] where another
/// version wrote it.
pub fn from_json(bytes: &[u8]) -> Result<ResultSet, ExportError> {
    let results: ResultSet = serde_json::from_slice(bytes)?;
    match results.format() {
        super::result_set::FORMAT => Ok(results),
        found => Err(ExportError::Format { found, known: super::result_set::FORMAT }),
    }
}

/// Rows as Parquet: text columns, `month` and `value` as numbers.
///
/// # Errors
///
/// [`ExportError::Parquet`].
pub fn to_parquet(rows: &[Row]) -> Result<Vec<u8>, ExportError> {
    let text: Vec<[String; 15]> = rows.iter().map(cells).collect();
    let columns = COLUMNS.iter().enumerate().map(|(at, name)| match *name {
        "month" => {
            Column::new((*name).into(), rows.iter().map(|row| row.key.month).collect::<Vec<_>>())
        }
        "value" => {
            Column::new((*name).into(), rows.iter().map(|row| row.value).collect::<Vec<_>>())
        }
        _ => {
            let cells: Vec<&str> = text.iter().map(|cells| cells[at].as_str()).collect();
            Column::new((*name).into(), cells)
        }
    });
    let mut frame = DataFrame::new(rows.len(), columns.collect())?;
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes);
    writer.with_compression(ParquetCompression::Snappy).set_parallel(false).finish(&mut frame)?;
    Ok(bytes)
}
