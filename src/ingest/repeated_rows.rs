//! Rows of the waves table that are there twice, word for word.

use rayon::prelude::*;

use super::raw_table::{RawTable, split_rows};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};

/// Leaves out every row that is the same as an earlier one in all its cells, and reports it.
pub(super) fn leave_out_repeated(table: &mut RawTable, problems: &mut Diagnostics) {
    let mut rows = vec![(0_u64, 0_usize); table.n_rows()];
    let pieces = table.pieces();
    let places = split_rows(&mut rows, pieces.iter().map(|(rows, _)| rows.len()));
    pieces.into_par_iter().zip(places).for_each(|((numbers, piece), places)| {
        for ((row, number), place) in piece.rows().zip(numbers).zip(places) {
            *place = (fingerprint(row), number);
        }
    });
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
fn fingerprint(row: &[u8]) -> u64 {
    let add = |hash: u64, bytes: &[u8]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let mixed = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 32)
    };
    let words = row.chunks_exact(8);
    let rest = words.remainder();
    words.chain([rest]).fold(row.len() as u64, add)
}
