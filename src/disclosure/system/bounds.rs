//! How far a form can be narrowed.

use super::part::Part;
use super::simplex::{Row, Simplex, Unsolved, Vertex};

/// How much work an extreme among whole numbers may be: branches times unknowns times rows.
const WORK: usize = 400_000;

/// Fewest and most branches.
const BRANCHES: std::ops::RangeInclusive<usize> = 4..=200;

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Nothing beyond it is possible.
    pub proven: i64,
    /// The furthest value at which a point in whole numbers was found and checked.
    pub reached: Option<i64>,
    /// The publications on which the proof rests.
    pub sources: Vec<usize>,
}

/// What an attacker can prove of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    /// Between these.
    Between {
        /// Least value.
        low: End,
        /// Greatest value.
        high: End,
    },
    /// What is known contradicts itself, by these publications or by more.
    Contradiction(Vec<usize>),
    /// No range was found within the steps allowed.
    Unsolved(Vec<usize>),
}

/// Whether the form can be as great as `goal`: a point in whole numbers says so, or none was found.
///
/// The search ends where it has found one, so that this is less work than the range.
pub fn reaches(part: &Part, goal: i64) -> bool {
    if part.form.is_empty() {
        return part.constant >= goal;
    }
    let start = Simplex::new(&limits(part, &[]), &rows(part));
    let found = end(part, &start, 1, Some(goal - part.constant));
    found.is_ok_and(|end| end.reached.is_some_and(|reached| reached >= goal))
}

/// The range of the form around which a part was gathered, functions left out.
pub fn range(part: &Part) -> Range {
    if part.form.is_empty() {
        let end = End {
            proven: part.constant,
            reached: Some(part.constant),
            sources: tidy(part.constant_sources.clone()),
        };
        return Range::Between { low: end.clone(), high: end };
    }
    let start = Simplex::new(&limits(part, &[]), &rows(part));
    let found = [-1, 1].map(|sign| end(part, &start, sign, None));
    match found {
        [Ok(low), Ok(high)] => Range::Between { low, high },
        [Err(Unsolved::Infeasible), _] | [_, Err(Unsolved::Infeasible)] => {
            Range::Contradiction(all_sources(part))
        }
        _ => Range::Unsolved(all_sources(part)),
    }
}

/// A whole number as one.
#[expect(clippy::cast_possible_truncation, reason = "counts of people, far below 2^53")]
fn whole(value: f64) -> i64 {
    value as i64
}

fn tidy(mut sources: Vec<usize>) -> Vec<usize> {
    sources.sort_unstable();
    sources.dedup();
    sources
}

fn all_sources(part: &Part) -> Vec<usize> {
    let of_rows = part.rows.iter().flat_map(|row| &row.sources);
    let of_limits = part.limit_sources.iter().flatten();
    tidy(of_rows.chain(of_limits).chain(&part.constant_sources).copied().collect())
}

/// Limits of the unknowns, narrowed by the branches so far.
fn limits(part: &Part, branches: &[(usize, i64, i64)]) -> Vec<(f64, f64)> {
    let mut limits = part.limits.clone();
    for &(at, lower, upper) in branches {
        limits[at] = (limits[at].0.max(lower), limits[at].1.min(upper));
    }
    limits.iter().map(|&(lower, upper)| (lower as f64, upper as f64)).collect()
}

fn rows(part: &Part) -> Vec<Row> {
    let made = part.rows.iter().map(|row| Row {
        terms: row.terms.iter().map(|&(at, times)| (at, times as f64)).collect(),
        lower: if row.lower < -FAR { f64::NEG_INFINITY } else { row.lower as f64 },
        upper: if row.upper > FAR { f64::INFINITY } else { row.upper as f64 },
    });
    made.collect()
}

/// No count of people is as large.
const FAR: i64 = 1 << 40;

/// The greatest value of `sign` times the form, or one that is enough.
fn end(part: &Part, start: &Simplex, sign: i64, enough: Option<i64>) -> Result<End, Unsolved> {
    let mut direction = vec![0.0; part.unknowns.len()];
    for &(at, times) in &part.form {
        direction[at] = (sign * times) as f64;
    }
    let mut root = start.clone();
    let root = root.maximise(&direction)?;
    let sources = proof(part, &root);
    let work = (part.unknowns.len() * part.rows.len()).max(1);
    let left = (WORK / work).clamp(*BRANCHES.start(), *BRANCHES.end());
    let mut search = Search { part, direction, sign, best: None, left, bound: i64::MIN, enough };
    search.look(&root, &mut Vec::new());
    let bound = search.best.map_or(search.bound, |best| best.max(search.bound));
    if bound == i64::MIN {
        return Err(Unsolved::Infeasible);
    }
    Ok(End {
        proven: part.constant + sign * bound,
        reached: search.best.map(|best| part.constant + sign * best),
        sources,
    })
}

/// The publications behind the bounds and rows that are tight at a vertex.
fn proof(part: &Part, vertex: &Vertex) -> Vec<usize> {
    let of_rows = vertex.tight_rows.iter().flat_map(|&at| &part.rows[at].sources);
    let of_limits = vertex.tight_variables.iter().flat_map(|&at| &part.limit_sources[at]);
    tidy(of_rows.chain(of_limits).chain(&part.constant_sources).copied().collect())
}

/// Branches over unknowns that are no whole numbers.
struct Search<'a> {
    part: &'a Part,
    direction: Vec<f64>,
    sign: i64,
    best: Option<i64>,
    left: usize,
    /// The best that may still be in branches that were not looked into.
    bound: i64,
    /// A value at which nothing better is looked for.
    enough: Option<i64>,
}

impl Search<'_> {
    fn look(&mut self, vertex: &Vertex, branches: &mut Vec<(usize, i64, i64)>) {
        // A whole number cannot be above this one; the small addition is the solver's rounding.
        let most = whole((vertex.value + 1e-5).floor());
        let is_enough = |best: i64| self.enough.is_some_and(|enough| best >= enough);
        if self.best.is_some_and(|best| most <= best || is_enough(best)) {
            return;
        }
        let split = vertex.point.iter().position(|one| (one - one.round()).abs() > 1e-6);
        let Some(at) = split else {
            let point: Vec<i64> = vertex.point.iter().map(|one| whole(one.round())).collect();
            if self.part.holds(&point) {
                let value = self.sign * (self.part.value(&point) - self.part.constant);
                self.best = Some(self.best.map_or(value, |best| best.max(value)));
            } else {
                self.bound = self.bound.max(most);
            }
            return;
        };
        if self.left == 0 {
            self.bound = self.bound.max(most);
            return;
        }
        self.left -= 1;
        let floor = whole(vertex.point[at].floor());
        for (lower, upper) in [(floor + 1, i64::MAX), (i64::MIN, floor)] {
            branches.push((at, lower, upper));
            let mut next = Simplex::new(&limits(self.part, branches), &rows(self.part));
            match next.maximise(&self.direction) {
                Ok(next) => self.look(&next, branches),
                Err(Unsolved::Infeasible) => {}
                Err(Unsolved::TooLong) => self.bound = self.bound.max(most),
            }
            branches.pop();
        }
    }
}
