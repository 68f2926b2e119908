//! Rows of the waves table that are there twice, word for word.

use rayon::prelude::*;

use super::raw_table::RawTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};

/// Leaves out every row that is the same as an earlier one in all its cells, and reports it.
pub(super) fn leave_out_repeated(table: &mut RawTable, problems: &mut Diagnostics) {
    let mut rows: Vec<(u64, usize)> =
        (0..table.n_rows()).into_par_iter().map(|row| (fingerprint(table, row), row)).collect();
    rows.par_sort_unstable();
    let mut repeated = vec![false; table.n_rows()];
    for alike in rows.chunk_by(|(a, _), (b, _)| a == b).filter(|alike| alike.len() > 1) {
        for (at, (_, row)) in alike.iter().enumerate().skip(1) {
            let earlier = alike[..at].iter().find(|(_, first)| is_same(table, *first, *row));
            let Some((_, first)) = earlier else { continue };
            repeated[*row] = true;
            let message =
                format!("the same as line {} in every cell: it counts once", table.line(*first));
            let place = Place::row(&table.file, table.line(*row));
            let remedy = "remove one of them at the source";
            problems.push(Diagnostic::new(Code::WaveRepeated, place, message, remedy));
        }
    }
    if repeated.contains(&true) {
        *table = table.with_rows(|row| !repeated[row]);
    }
}

fn is_same(table: &RawTable, a: usize, b: usize) -> bool {
    (0..table.header.len()).all(|column| table.cell(a, column) == table.cell(b, column))
}

/// A number that equal rows share; rows that share one are compared cell by cell.
fn fingerprint(table: &RawTable, row: usize) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |word: u64| {
        hash = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    };
    for cell in table.row(row) {
        add(cell.len() as u64);
        for bytes in cell.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            add(u64::from_le_bytes(word));
        }
    }
    hash
}
