//! Sizes of cells, and the totals that they are parts of.

use std::collections::{BTreeMap, BTreeSet};

use super::Masked;
use super::cell::{Cell, Subject, cell_of, sized, variable};
use super::differences::{Count, few_by_difference};
use crate::results::result_set::ResultSet;
use crate::results::row::{ALL_REGIONS, MASKED_COMPLEMENT, MASKED_SMALL_CELL};
use crate::results::vocabulary::{Outcome, ResultArm, Statistic};

/// Fewest people in a cell that is shown, other than none.
const FEWEST: f64 = 5.0;

/// Whether a count of people is too small to show.
pub(super) fn is_small(count: f64) -> bool {
    count > 0.0 && count < FEWEST
}

/// The counts of a cell that rows show.
#[derive(Clone, Copy, Debug, Default)]
struct People {
    n: Option<f64>,
    events: Option<f64>,
    missing: Option<f64>,
    /// Whether one of several parts is small.
    has_small_part: bool,
}

impl People {
    fn is_small(self, subject: Subject) -> bool {
        let others = self.n.zip(self.events).map(|(n, events)| n - events);
        if subject == Subject::Missing {
            // Those for whom it is not known are a cell of their own.
            return [self.n, self.missing].into_iter().flatten().any(is_small);
        }
        let counts = [self.n, self.events, others];
        self.has_small_part || counts.into_iter().flatten().any(is_small)
    }

    /// The size by which complements are chosen.
    fn size(self, subject: Subject) -> f64 {
        let size = match subject {
            Subject::Missing => self.missing,
            Subject::Level => self.events,
            _ => self.n.or(self.events),
        };
        size.unwrap_or(0.0)
    }
}

/// Sizes of all cells.
pub(super) struct Counts {
    cells: BTreeMap<Cell, People>,
    /// Cells of which one follows from the others.
    totals: Vec<Vec<Cell>>,
}

impl Counts {
    /// Reads the counts off the rows.
    pub(super) fn of(results: &ResultSet) -> Self {
        let mut cells: BTreeMap<Cell, People> = BTreeMap::new();
        for row in results.rows() {
            let (Some(value), Some(cell)) = (row.value, cell_of(row)) else { continue };
            if let Some(values) = sized(&cell) {
                cells.entry(values).or_default().n = Some(value);
            }
            let people = cells.entry(cell).or_default();
            match row.key.statistic {
                Statistic::N | Statistic::NAtRisk => people.n = Some(value),
                Statistic::Events | Statistic::CompetingExits | Statistic::Censored => {
                    people.events = Some(value);
                }
                Statistic::Missing => people.missing = Some(value),
                Statistic::BothYes | Statistic::QuestionnaireOnly => {
                    people.has_small_part |= is_small(value);
                    people.events = Some(people.events.unwrap_or(0.0) + value);
                }
                Statistic::RegisterOnly | Statistic::BothNo => {
                    people.has_small_part |= is_small(value);
                }
                _ => {}
            }
        }
        let totals = totals(&cells);
        Self { cells, totals }
    }

    /// All cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.cells.keys()
    }

    /// A count of a cell, where there is one.
    pub(super) fn count(&self, cell: &Cell, of: Count) -> Option<f64> {
        let people = self.cells.get(cell)?;
        match of {
            Count::N => people.n,
            Count::Events => people.events,
        }
    }

    /// Whether there is such a cell.
    pub(super) fn has(&self, cell: &Cell) -> bool {
        self.cells.contains_key(cell)
    }

    /// Whether a cell is known to have at least that many people.
    pub(super) fn has_people(&self, cell: &Cell, fewest: f64) -> bool {
        let n = self.cells.get(cell).and_then(|people| people.n);
        n.is_some_and(|n| n >= fewest)
    }

    /// Cells of 1 to 4 people.
    pub(super) fn small(&self) -> Masked {
        let small = || {
            let is_small = |(cell, people): &(&Cell, &People)| people.is_small(cell.subject);
            self.cells.iter().filter(is_small).map(|(cell, _)| cell.clone())
        };
        // Where 1 to 4 are left at risk, the height of the curve's steps would tell how many.
        let curves = small().flat_map(|cell| {
            let outcomes: &[Outcome] = match cell.subject {
                Subject::AtRisk(Outcome::FirstJob) => &[Outcome::FirstJob, Outcome::CompetingExit],
                Subject::AtRisk(Outcome::JobStarts) => &[Outcome::JobStarts],
                Subject::AtRisk(Outcome::JobRetention) => &[Outcome::JobRetention],
                _ => &[],
            };
            let of = |&outcome| Cell { subject: Subject::Outcome(outcome), ..cell.clone() };
            outcomes.iter().map(of).collect::<Vec<Cell>>()
        });
        let all = small().chain(curves).chain(few_by_difference(self)).chain(self.few_exits());
        all.map(|cell| (cell, MASKED_SMALL_CELL)).collect()
    }

    /// People at risk at a month, where 1 to 4 have left by a competing exit and nobody was censored:
    /// those exits are everyone less the jobs and those at risk.
    fn few_exits(&self) -> impl Iterator<Item = Cell> + '_ {
        let competing = Subject::Outcome(Outcome::CompetingExit);
        let exits = self.cells.iter().filter(move |(cell, people)| {
            cell.subject == competing && cell.month.is_some() && people.is_small(cell.subject)
        });
        exits.filter_map(|(cell, people)| {
            let of =
                |subject, month| self.cells.get(&Cell { subject, month, ..cell.clone() }).copied();
            let first_job = Subject::Outcome(Outcome::FirstJob);
            let at_risk = Subject::AtRisk(Outcome::FirstJob);
            let everyone = of(first_job, None)?.n?;
            let jobs = of(first_job, cell.month)?.events?;
            let left = everyone - jobs - of(at_risk, cell.month)?.n?;
            let is_all = (left - people.events?).abs() < 0.5;
            is_all.then(|| Cell { subject: at_risk, ..cell.clone() })
        })
    }

    /// Whether 1 to 4 of those who answered did so in a language or a way that is not known: no row
    /// says how many, and all answers less those of every level would.
    fn has_few_unknown(&self, terms: &[Cell]) -> bool {
        let answered = Subject::Outcome(Outcome::Answered);
        let levels = || terms.iter().filter(|cell| !cell.subgroup.is_empty());
        let Some(first) = levels().next().filter(|cell| cell.subject == answered) else {
            return false;
        };
        // Levels of one way of answering, not regions of one level.
        if levels().all(|cell| cell.subgroup == first.subgroup) && levels().count() > 1 {
            return false;
        }
        let known: f64 = levels().filter_map(|cell| self.count(cell, Count::Events)).sum();
        self.count(first, Count::N).is_some_and(|n| is_small(n - known))
    }

    /// Adds a complement wherever exactly one term of a total is withheld.
    pub(super) fn complete(&self, masked: &mut Masked) {
        for terms in &self.totals {
            let n_withheld = terms.iter().filter(|cell| masked.contains_key(*cell)).count();
            if n_withheld + usize::from(self.has_few_unknown(terms)) != 1 {
                continue;
            }
            let size =
                |cell: &Cell| self.cells.get(cell).map_or(0.0, |people| people.size(cell.subject));
            let is_total = |cell: &Cell| {
                let is_in_part = !cell.subgroup.is_empty();
                (cell.region == ALL_REGIONS && !is_in_part, cell.arm == ResultArm::All)
            };
            let rank = |cell: &Cell| (size(cell) <= 0.0, is_total(cell));
            // Parts before totals, and whoever is there before none; small before large.
            let open = terms.iter().filter(|cell| !masked.contains_key(*cell));
            let smallest = open.min_by(|a, b| {
                rank(a).cmp(&rank(b)).then(size(a).total_cmp(&size(b))).then(a.cmp(b))
            });
            if let Some(cell) = smallest {
                masked.insert(cell.clone(), MASKED_COMPLEMENT);
            }
        }
    }
}

/// Which total cells belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Regions,
    Arms,
    Levels,
    Subgroup,
    Endings,
    Intervals,
}

/// Whether everyone's wait for a first job ended in one of these ways.
fn is_ending(subject: Subject) -> bool {
    matches!(
        subject,
        Subject::Outcome(Outcome::FirstJob | Outcome::CompetingExit) | Subject::Censored
    )
}

/// Cells of which one follows from the others: regions and all of them, arms and both together,
/// levels of a characteristic and those for whom it is not known, levels of a subgroup and everyone,
/// ways in which the wait for a first job ended, intervals of time and their sum.
fn totals(cells: &BTreeMap<Cell, People>) -> Vec<Vec<Cell>> {
    let mut groups: BTreeMap<(Kind, Cell), BTreeSet<Cell>> = BTreeMap::new();
    let mut add = |kind, name: Cell, cell: &Cell| {
        groups.entry((kind, name)).or_default().insert(cell.clone());
    };
    for cell in cells.keys() {
        add(Kind::Regions, Cell { region: String::new(), ..cell.clone() }, cell);
        add(Kind::Arms, Cell { arm: ResultArm::All, ..cell.clone() }, cell);
        if cell.month.is_none() && is_ending(cell.subject) {
            let subject = Subject::Outcome(Outcome::FirstJob);
            add(Kind::Endings, Cell { subject, ..cell.clone() }, cell);
        }
        if cell.arm == ResultArm::Contrast {
            add(Kind::Intervals, Cell { month: None, ..cell.clone() }, cell);
        }
        if matches!(cell.subject, Subject::Level | Subject::Missing) {
            let level = variable(&cell.level).to_owned();
            add(Kind::Levels, Cell { subject: Subject::Level, level, ..cell.clone() }, cell);
        }
        if !cell.subgroup.is_empty() {
            let subgroup = variable(&cell.subgroup).to_owned();
            let name = Cell { subgroup, ..cell.clone() };
            let everyone = Cell { subgroup: String::new(), ..cell.clone() };
            if cells.contains_key(&everyone) {
                add(Kind::Subgroup, name.clone(), &everyone);
            }
            add(Kind::Subgroup, name, cell);
        }
    }
    let is_total = |((kind, _), terms): &((Kind, Cell), BTreeSet<Cell>)| {
        // Without both arms together, an arm does not follow from the other. How many have a score
        // is said of both together where a scale's properties are.
        let is_sum_shown = |cell: &Cell| {
            let score = Subject::Size(Outcome::Score);
            cell.arm == ResultArm::All || (cell.subject == score && cell.region == ALL_REGIONS)
        };
        *kind != Kind::Arms || terms.iter().any(is_sum_shown)
    };
    let groups = groups.into_iter().filter(is_total).filter(|(_, terms)| terms.len() > 1);
    groups.map(|(_, terms)| terms.into_iter().collect()).collect()
}
