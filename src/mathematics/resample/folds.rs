//! Folds of cross-fitting, drawn within cells of arm and stratum.

use crate::random::{Purpose, Seed, Stream};

/// A fold number from 0 to `n_folds` − 1 for each participant.
///
/// Within each cell the participants are shuffled (Fisher and Yates, from the end) and then dealt
/// to the folds in turn, the next cell going on where the one before stopped: folds differ by at
/// most one in every cell and overall. Cells are taken in increasing order and their members in
/// the order given; `repetition` numbers the stream, so that folds can be drawn again.
///
/// `cells` holds a number for arm × stratum of each participant. `n_folds` of 0 counts as 1.
pub fn fold_numbers(seed: Seed, repetition: u64, cells: &[usize], n_folds: usize) -> Vec<usize> {
    let mut stream = Stream::new(seed, Purpose::Folds, repetition);
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|&i| cells[i]);
    let mut folds = vec![0; cells.len()];
    let mut dealt = 0;
    for members in order.chunk_by_mut(|&a, &b| cells[a] == cells[b]) {
        shuffle(&mut stream, members);
        for &mut member in members {
            folds[member] = dealt % n_folds.max(1);
            dealt += 1;
        }
    }
    folds
}

fn shuffle(stream: &mut Stream, members: &mut [usize]) {
    for last in (1..members.len()).rev() {
        let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
        members.swap(last, stream.below(bound) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_even_in_every_cell_and_overall() {
        let cells: Vec<usize> = (0..103).map(|i| i % 3 + usize::from(i > 90)).collect();
        let folds = fold_numbers(Seed(4), 0, &cells, 5);
        let count = |cell: Option<usize>, fold: usize| {
            let members = cells.iter().zip(&folds);
            members.filter(|&(c, f)| cell.is_none_or(|cell| cell == *c) && *f == fold).count()
        };
        for cell in [None, Some(0), Some(1), Some(2), Some(3)] {
            let sizes: Vec<usize> = (0..5).map(|fold| count(cell, fold)).collect();
            let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
            assert!(most - least <= 1, "{cell:?}: {sizes:?}");
        }
    }

    #[test]
    fn each_person_is_in_each_fold_equally_often() {
        let mut counts = [[0_u32; 3]; 7];
        for repetition in 0..3_000 {
            let folds = fold_numbers(Seed(1), repetition, &[0, 0, 0, 0, 1, 1, 1], 3);
            for (person, fold) in folds.into_iter().enumerate() {
                counts[person][fold] += 1;
            }
        }
        // Four of cell 0 are dealt to folds 0 1 2 0, three of cell 1 to 1 2 0.
        for (person, counts) in counts.iter().enumerate() {
            let expected = if person < 4 { [1500.0, 750.0, 750.0] } else { [1000.0; 3] };
            let off = |(&count, expected): (&u32, f64)| (f64::from(count) - expected).abs();
            assert!(counts.iter().zip(expected).map(off).all(|off| off < 110.0), "{counts:?}");
        }
        let again = |repetition| fold_numbers(Seed(1), repetition, &[0; 30], 3);
        assert_eq!(again(5), again(5));
        assert_ne!(again(5), again(6));
        assert_eq!(fold_numbers(Seed(1), 0, &[0, 0], 0), [0, 0]);
    }
}
