//! The gate against every table that agrees with what it leaves open.

use proptest::prelude::*;

use super::super::system::Fact;
use super::*;

const RULES: Rules = Rules { threshold: 3, width: 3 };

/// A table of rows and columns with its margins, and of each cell how many by an earlier month.
#[derive(Clone, Debug)]
struct Made {
    rows: usize,
    columns: usize,
    cells: Vec<i64>,
}

impl Made {
    /// The cells of every margin: each cell, each row, each column, everything.
    fn sums(&self) -> Vec<Vec<usize>> {
        let at = |row: usize, column: usize| row * self.columns + column;
        let mut sums: Vec<Vec<usize>> = (0..self.cells.len()).map(|cell| vec![cell]).collect();
        sums.extend((0..self.rows).map(|row| (0..self.columns).map(|c| at(row, c)).collect()));
        sums.extend(
            (0..self.columns).map(|column| (0..self.rows).map(|r| at(r, column)).collect()),
        );
        sums.push((0..self.cells.len()).collect());
        sums.sort();
        sums.dedup();
        sums
    }

    fn tables(&self) -> Tables {
        let sums = self.sums();
        let total: i64 = self.cells.iter().sum();
        let value = |cells: &[i64], sum: &[usize]| sum.iter().map(|&cell| cells[cell]).sum::<i64>();
        let truth: Vec<i64> = sums.iter().map(|sum| value(&self.cells, sum)).collect();
        let mut system = System::new(vec![total + 8; sums.len()]);
        let unknown = |cell: usize| sums.iter().position(|sum| *sum == [cell]).unwrap();
        for (at, sum) in sums.iter().enumerate() {
            if sum.len() > 1 {
                let parts = Form::sum(sum.iter().map(|&cell| (unknown(cell), 1)));
                system.equal(&Form::of(at), &parts);
            }
            system.add(Fact {
                form: Form::of(at),
                lower: truth[at],
                upper: truth[at],
                source: Some(at),
                when_withheld: (truth[at] > 0).then_some(1),
            });
        }
        let quantities = (0..sums.len()).filter(|&at| RULES.protects(truth[at]));
        Tables {
            quantities: quantities.map(Form::of).collect(),
            items: (0..sums.len())
                .map(|at| Item { opens: vec![at], value: 10 + truth[at].unsigned_abs() })
                .collect(),
            sources: sums.len(),
            system,
            truth,
        }
    }

    /// Ranges of the sums over all tables that agree, by brute force and by nothing of the program.
    fn exhaust(&self, withheld: &[bool]) -> Vec<(i64, i64)> {
        let sums = self.sums();
        let most = self.cells.iter().sum::<i64>() + 8;
        let value = |cells: &[i64], sum: &[usize]| sum.iter().map(|&cell| cells[cell]).sum::<i64>();
        let mut ranges = vec![(i64::MAX, i64::MIN); sums.len()];
        let mut cells = vec![0; self.cells.len()];
        loop {
            let agrees = sums.iter().zip(withheld).all(|(sum, is_withheld)| {
                let (own, truth) = (value(&cells, sum), value(&self.cells, sum));
                if *is_withheld { truth == 0 || own >= 1 } else { own == truth }
            });
            if agrees {
                for (sum, range) in sums.iter().zip(&mut ranges) {
                    let own = value(&cells, sum);
                    *range = (range.0.min(own), range.1.max(own));
                }
            }
            let Some(next) = cells.iter().position(|cell| *cell < most) else { return ranges };
            cells[next] += 1;
            cells[..next].fill(0);
        }
    }
}

fn cost(tables: &Tables, withheld: &[bool]) -> u64 {
    let items = tables.items.iter().zip(withheld);
    items.filter(|(_, is)| **is).map(|(item, _)| item.value).sum()
}

/// The least that any pattern costs, by trying all of them.
fn optimum(tables: &Tables) -> u64 {
    let n = tables.items.len();
    let mut patterns: Vec<(u64, Vec<bool>)> = (0..1u32 << n)
        .map(|bits| (0..n).map(|at| (bits >> at) & 1 == 1).collect::<Vec<bool>>())
        .map(|withheld| (cost(tables, &withheld), withheld))
        .collect();
    patterns.sort();
    patterns
        .into_iter()
        .find(|(_, withheld)| narrow(tables, RULES, withheld).is_empty())
        .expect("withholding everything protects everything")
        .0
}

fn made(rows: usize, columns: usize) -> impl Strategy<Value = Made> {
    proptest::collection::vec(0..6i64, rows * columns).prop_map(move |cells| Made {
        rows,
        columns,
        cells,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_is_left_open_gives_nothing_away(made in made(2, 2)) {
        let tables = made.tables();
        let decision = decide(&tables, RULES);
        let ranges = made.exhaust(&decision.withheld);
        prop_assert!(decision.unprotected.is_empty());
        for (at, truth) in tables.truth.iter().enumerate() {
            if RULES.protects(*truth) {
                prop_assert!(RULES.allow(ranges[at]), "{truth} within {:?}", ranges[at]);
            }
        }
    }
}

/// A generator that is the same everywhere.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn little_more_is_withheld_than_must_be() {
    let mut state = 7;
    let (mut ours, mut best) = (0, 0);
    for turn in 0..40 {
        let (rows, columns) = if turn % 2 == 0 { (2, 2) } else { (2, 3) };
        let cells =
            (0..rows * columns).map(|_| i64::try_from(next(&mut state) % 9).unwrap()).collect();
        let tables = Made { rows, columns, cells }.tables();
        ours += cost(&tables, &decide(&tables, RULES).withheld);
        best += optimum(&tables);
    }
    assert!(ours * 100 <= best * 110, "{ours} for an optimum of {best}");
    assert!(best > 0);
}

#[test]
fn nothing_is_withheld_where_nothing_is_small() {
    let tables = Made { rows: 2, columns: 2, cells: vec![9, 8, 0, 12] }.tables();
    assert!(decide(&tables, RULES).withheld.iter().all(|is| !is));
    // With the gate off, the attacker finds what is small.
    let small = Made { rows: 2, columns: 2, cells: vec![9, 1, 0, 12] }.tables();
    assert!(!narrow(&small, RULES, &vec![false; small.items.len()]).is_empty());
}
