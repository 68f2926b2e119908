//! Masks cells of 1 to 4 people in what documents show, with a complement.
//!
//! A cell is a count of people: those in an arm, those with the event, those without it, those at
//! risk, those lost. Where it is 1 to 4, every number of its analysis is withheld. Where exactly
//! one part of a total that is shown (or the total itself) is withheld, subtraction would give it
//! back: the smallest other part is withheld too. A contrast of arms is withheld where an arm's
//! cell is, since the other arm's rate would give it back.
//!
//! Curves stand on the monthly grid; a month by which 1 to 4 people of an arm and region had
//! their first job, or at which 1 to 4 are left at risk, is withheld. This does not protect against an attacker who knows most of the
//! participants, nor against differencing with earlier reports.

use std::collections::{BTreeMap, BTreeSet};

use crate::results::result_set::ResultSet;
use crate::results::row::{ALL_REGIONS, MASKED_COMPLEMENT, MASKED_SMALL_CELL, Row};
use crate::results::vocabulary::{Analysis, Outcome, ResultArm, Statistic};

/// Fewest people in a cell that is shown, other than none.
const FEWEST: f64 = 5.0;

/// Whether a count of people is too small to show.
fn is_small(count: f64) -> bool {
    count > 0.0 && count < FEWEST
}

/// What a cell is about; its parts by region sum up to [`ALL_REGIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    /// People with and without an outcome at a month.
    Outcome(Outcome),
    /// People at risk of a first job at a month.
    AtRisk,
}

/// A cell: subject, month, arm, region.
type Cell = (Subject, Option<i32>, ResultArm, String);

/// The same results with small cells and their complements withheld.
#[must_use]
pub fn mask_small_cells(results: &ResultSet) -> ResultSet {
    let counts = Counts::of(results);
    let mut masked = counts.small();
    mirror(&mut masked);
    counts.complete(&mut masked);
    mirror(&mut masked);
    let flow = masked_flow(results);
    results.map_rows(|row| match note_of(row, &masked, &flow) {
        Some(note) => Row { value: None, note: note.to_owned(), ..row.clone() },
        None => row.clone(),
    })
}

/// Withholds the share with a first job by a month wherever it withholds that month's cumulative
/// incidence, and the other way round: without missing outcomes the two are the same number.
fn mirror(masked: &mut BTreeMap<Cell, &'static str>) {
    let twins: Vec<Cell> = masked
        .keys()
        .filter_map(|(subject, month, arm, region)| {
            let twin = match subject {
                Subject::Outcome(Outcome::FirstJob) => Outcome::EverEmployed,
                Subject::Outcome(Outcome::EverEmployed) => Outcome::FirstJob,
                _ => return None,
            };
            Some((Subject::Outcome(twin), *month, *arm, region.clone()))
        })
        .collect();
    for twin in twins {
        masked.entry(twin).or_insert(MASKED_COMPLEMENT);
    }
}

/// Sizes of all cells: the smallest count of people that each shows.
struct Counts {
    /// For each cell whether it is small, and the size by which complements are chosen.
    cells: BTreeMap<Cell, (bool, f64)>,
}

impl Counts {
    fn of(results: &ResultSet) -> Self {
        let mut people: BTreeMap<Cell, (Option<f64>, Option<f64>)> = BTreeMap::new();
        for row in results.rows() {
            let (Some(value), Some(cell)) = (row.value, cell_of(row)) else { continue };
            let entry = people.entry(cell).or_default();
            match row.key.statistic {
                Statistic::N | Statistic::NAtRisk => entry.0 = Some(value),
                Statistic::Events => entry.1 = Some(value),
                _ => {}
            }
        }
        let size = |(n, events): (Option<f64>, Option<f64>)| {
            let others = n.zip(events).map(|(n, events)| n - events);
            let small = [n, events, others].into_iter().flatten().any(is_small);
            (small, n.or(events).unwrap_or(0.0))
        };
        Self { cells: people.into_iter().map(|(cell, counts)| (cell, size(counts))).collect() }
    }

    fn small(&self) -> BTreeMap<Cell, &'static str> {
        let small = || self.cells.iter().filter(|(_, (small, _))| *small).map(|(cell, _)| cell);
        // Where 1 to 4 are left at risk, the height of the curve's steps would tell how many.
        let curves = small().filter(|(subject, ..)| *subject == Subject::AtRisk).map(
            |(_, month, arm, region)| {
                (Subject::Outcome(Outcome::FirstJob), *month, *arm, region.clone())
            },
        );
        small().cloned().chain(curves).map(|cell| (cell, MASKED_SMALL_CELL)).collect()
    }

    /// Adds a complement wherever exactly one term of a sum over regions is withheld.
    fn complete(&self, masked: &mut BTreeMap<Cell, &'static str>) {
        let sums: BTreeSet<(Subject, Option<i32>, ResultArm)> =
            masked.keys().map(|(subject, month, arm, _)| (*subject, *month, *arm)).collect();
        for (subject, month, arm) in sums {
            let mut terms: Vec<(&Cell, f64)> = self
                .cells
                .iter()
                .filter(|((s, m, a, _), _)| (*s, *m, *a) == (subject, month, arm))
                .map(|(cell, (_, size))| (cell, *size))
                .collect();
            if terms.iter().filter(|(cell, _)| masked.contains_key(*cell)).count() != 1 {
                continue;
            }
            // Regions before the total, small before large.
            terms.sort_by(|(a, x), (b, y)| {
                (a.3 == ALL_REGIONS).cmp(&(b.3 == ALL_REGIONS)).then(x.total_cmp(y)).then(a.cmp(b))
            });
            if let Some((cell, _)) = terms.iter().find(|(cell, _)| !masked.contains_key(*cell)) {
                masked.insert((*cell).clone(), MASKED_COMPLEMENT);
            }
        }
    }
}

/// The cell whose counts a row of one arm shows.
fn cell_of(row: &Row) -> Option<Cell> {
    let key = &row.key;
    let subject = match (key.analysis, key.statistic) {
        (Analysis::CumulativeIncidence | Analysis::Survival, Statistic::NAtRisk) => Subject::AtRisk,
        (Analysis::ArmRate | Analysis::ArmMean, _) => Subject::Outcome(key.outcome),
        (Analysis::CumulativeIncidence | Analysis::Survival, _) => {
            Subject::Outcome(Outcome::FirstJob)
        }
        _ => return None,
    };
    Some((subject, key.month, key.arm, key.region.clone()))
}

/// Why a row is withheld, if it is.
fn note_of(
    row: &Row,
    masked: &BTreeMap<Cell, &'static str>,
    flow: &BTreeMap<Statistic, &'static str>,
) -> Option<&'static str> {
    let key = &row.key;
    row.value?;
    if key.analysis == Analysis::Flow {
        return flow.get(&key.statistic).copied();
    }
    if let Some(cell) = cell_of(row) {
        return masked.get(&cell).copied();
    }
    // A contrast: both arms' cells must be open. Tests over all months tell of no cell.
    if key.analysis != Analysis::Effect {
        return None;
    }
    [ResultArm::Ips, ResultArm::Control].into_iter().find_map(|arm| {
        let cell = (Subject::Outcome(key.outcome), key.month, arm, key.region.clone());
        masked.contains_key(&cell).then_some(MASKED_COMPLEMENT)
    })
}

/// Randomised = not due + lost + analysed: which of the four are withheld.
fn masked_flow(results: &ResultSet) -> BTreeMap<Statistic, &'static str> {
    let mut counts: Vec<(Statistic, f64)> = results
        .rows()
        .iter()
        .filter(|row| row.key.analysis == Analysis::Flow)
        .filter_map(|row| Some((row.key.statistic, row.value?)))
        .collect();
    counts.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let mut masked: BTreeMap<Statistic, &'static str> = counts
        .iter()
        .filter(|(_, count)| is_small(*count))
        .map(|(statistic, _)| (*statistic, MASKED_SMALL_CELL))
        .collect();
    if masked.len() == 1
        && let Some((statistic, _)) =
            counts.iter().find(|(statistic, count)| !masked.contains_key(statistic) && *count > 0.0)
    {
        masked.insert(*statistic, MASKED_COMPLEMENT);
    }
    masked
}

#[cfg(test)]
mod tests;
