//! Every estimate in every bootstrap replicate, for others to form functions of them.

use polars::prelude::{Column, DataFrame, ParquetCompression, ParquetWriter};

use super::export::ExportError;
use super::row::Key;

/// Name of the column that numbers the replicates.
pub const REPLICATE: &str = "replicate";

/// One estimate over all replicates, drawn together with all others.
#[derive(Clone, Debug, PartialEq)]
pub struct JointDraw {
    /// The key of the estimate's row, its statistic `estimate` or `estimate_days`.
    pub key: Key,
    /// The estimate from the data themselves.
    pub estimate: Option<f64>,
    /// Its value in each replicate, in the row's unit; none where it does not exist there.
    pub values: Vec<Option<f64>>,
}

impl JointDraw {
    /// The name of the column: the parts of the key, inference and statistic left out, with `|`
    /// between them: `effect|ever_employed|itt_observed|all||ips-control|18||risk_difference`.
    pub fn name(&self) -> String {
        let key = &self.key;
        let month = key.month.map_or(String::new(), |month| month.to_string());
        [
            key.analysis.as_str(),
            key.outcome.as_str(),
            key.analysis_set.as_str(),
            &key.region,
            &key.subgroup,
            key.arm.as_str(),
            &month,
            &key.level,
            key.method.as_str(),
        ]
        .join("|")
    }
}

/// The draws as Parquet: a row a replicate, a column an estimate. Replicate 0 is the data
/// themselves; an estimate that does not exist in a replicate is null.
///
/// # Errors
///
/// [`ExportError::Parquet`], where two estimates share a key, or not all have the same number of
/// replicates.
pub fn to_parquet(draws: &[JointDraw]) -> Result<Vec<u8>, ExportError> {
    let n_rows = draws.first().map_or(0, |draw| draw.values.len() + 1);
    let numbers: Vec<u64> = (0..n_rows as u64).collect();
    let mut columns = vec![Column::new(REPLICATE.into(), numbers)];
    columns.extend(draws.iter().map(|draw| {
        let values: Vec<Option<f64>> =
            std::iter::once(draw.estimate).chain(draw.values.iter().copied()).collect();
        Column::new(draw.name().into(), values)
    }));
    let mut frame = DataFrame::new(n_rows, columns)?;
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes);
    writer.with_compression(ParquetCompression::Snappy).set_parallel(false).finish(&mut frame)?;
    Ok(bytes)
}
