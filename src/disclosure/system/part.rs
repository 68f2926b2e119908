//! The part of a system that has to do with a form.

use std::collections::{BTreeMap, VecDeque};

use super::form::Form;
use super::problem::{Open, System};

/// Values at which unknowns far from the question may be held.
///
/// Holding them there can only narrow a range, so that what is found to be wide is wide.
#[derive(Clone, Copy, Debug)]
pub struct Frozen<'a> {
    /// A point that agrees with everything.
    pub truth: &'a [i64],
    /// Unknowns that are left free.
    pub most: usize,
}

/// Unknowns that are joined by facts, with those that are known put in.
#[derive(Clone, Debug)]
pub struct Part {
    /// The unknowns, by their number in the system.
    pub unknowns: Vec<usize>,
    /// Limits of each.
    pub(super) limits: Vec<(i64, i64)>,
    /// What holds of them, by their number in the part.
    pub(super) rows: Vec<PartRow>,
    /// The form, by number in the part, and its constant.
    pub(super) form: Vec<(usize, i64)>,
    /// What the known unknowns of the form add up to.
    pub(super) constant: i64,
    /// Publications that say what the known ones are.
    pub(super) constant_sources: Vec<usize>,
    /// Publications that give each unknown's limits.
    pub(super) limit_sources: Vec<Vec<usize>>,
    /// Functions of these unknowns, by their number in the system.
    pub(super) functions: Vec<usize>,
    /// Values of unknowns that are known.
    pub(super) known: BTreeMap<usize, i64>,
}

/// A fact about the unknowns of a part.
#[derive(Clone, Debug)]
pub(super) struct PartRow {
    pub(super) terms: Vec<(usize, i64)>,
    pub(super) lower: i64,
    pub(super) upper: i64,
    /// The publications that it rests on.
    pub(super) sources: Vec<usize>,
}

/// What single facts say of an unknown.
struct Known {
    lower: i64,
    upper: i64,
    sources: Vec<usize>,
}

fn known_of(system: &System, unknown: usize, open: Open<'_>) -> Known {
    let mut known = Known { lower: 0, upper: system.upper()[unknown], sources: Vec::new() };
    for &at in system.facts_of(unknown) {
        let fact = &system.facts()[at];
        if fact.form.single().is_none() {
            continue;
        }
        let Some((lower, upper)) = fact.limits(open) else { continue };
        if lower > known.lower || upper < known.upper {
            known.sources.extend(fact.source.filter(|source| open(*source)));
        }
        known.lower = known.lower.max(lower);
        known.upper = known.upper.min(upper);
    }
    known
}

/// Gathers a part by walking from the form over facts and functions.
struct Walk<'a> {
    system: &'a System,
    open: Open<'a>,
    free: BTreeMap<usize, Known>,
    fixed: BTreeMap<usize, (i64, Vec<usize>)>,
    queue: VecDeque<usize>,
    frozen: Option<Frozen<'a>>,
}

impl Walk<'_> {
    fn reach(&mut self, unknown: usize) {
        if self.free.contains_key(&unknown) || self.fixed.contains_key(&unknown) {
            return;
        }
        let known = known_of(self.system, unknown, self.open);
        if known.lower == known.upper {
            self.fixed.insert(unknown, (known.lower, known.sources));
            return;
        }
        if let Some(frozen) = self.frozen
            && self.free.len() >= frozen.most
        {
            self.fixed.insert(unknown, (frozen.truth[unknown], Vec::new()));
            return;
        }
        self.free.insert(unknown, known);
        self.queue.push_back(unknown);
    }

    fn all(&mut self) -> (Vec<usize>, Vec<usize>) {
        let (mut facts, mut functions) = (Vec::new(), Vec::new());
        while let Some(unknown) = self.queue.pop_front() {
            for &at in self.system.facts_of(unknown) {
                let fact = &self.system.facts()[at];
                if fact.form.single().is_some() || fact.limits(self.open).is_none() {
                    continue;
                }
                facts.push(at);
                for &(other, _) in fact.form.terms() {
                    self.reach(other);
                }
            }
            for &at in self.system.functions_of(unknown) {
                let function = &self.system.functions()[at];
                if !function.source.is_none_or(self.open) {
                    continue;
                }
                functions.push(at);
                for &(other, _) in function.of.iter().flat_map(Form::terms) {
                    self.reach(other);
                }
            }
        }
        facts.sort_unstable();
        facts.dedup();
        functions.sort_unstable();
        functions.dedup();
        (facts, functions)
    }
}

impl Part {
    /// Everything that is joined to a form by what is open; with `frozen`, its neighbourhood.
    pub fn around(
        system: &System,
        open: Open<'_>,
        form: &Form,
        frozen: Option<Frozen<'_>>,
    ) -> Self {
        let mut walk = Walk {
            system,
            open,
            free: BTreeMap::new(),
            fixed: BTreeMap::new(),
            queue: VecDeque::new(),
            frozen,
        };
        for &(unknown, _) in form.terms() {
            walk.reach(unknown);
        }
        let (facts, functions) = walk.all();
        let unknowns: Vec<usize> = walk.free.keys().copied().collect();
        let place: BTreeMap<usize, usize> =
            unknowns.iter().enumerate().map(|(at, unknown)| (*unknown, at)).collect();
        let split = |terms: &[(usize, i64)]| {
            let mut own = Vec::new();
            let (mut constant, mut sources) = (0, Vec::new());
            for &(unknown, times) in terms {
                match (place.get(&unknown), walk.fixed.get(&unknown)) {
                    (Some(&at), _) => own.push((at, times)),
                    (None, Some((value, from))) => {
                        constant += times * value;
                        sources.extend(from.iter().copied());
                    }
                    (None, None) => {}
                }
            }
            (own, constant, sources)
        };
        let rows = facts.into_iter().filter_map(|at| {
            let fact = &system.facts()[at];
            let (lower, upper) = fact.limits(open)?;
            let (terms, constant, mut sources) = split(fact.form.terms());
            sources.extend(fact.source.filter(|source| open(*source)));
            let (lower, upper) = (lower.saturating_sub(constant), upper.saturating_sub(constant));
            Some(PartRow { terms, lower, upper, sources })
        });
        let rows = rows.collect();
        let (own, constant, constant_sources) = split(form.terms());
        let known = walk.fixed.iter().map(|(unknown, (value, _))| (*unknown, *value)).collect();
        Self {
            limits: walk.free.values().map(|known| (known.lower, known.upper)).collect(),
            limit_sources: walk.free.into_values().map(|known| known.sources).collect(),
            unknowns,
            rows,
            form: own,
            constant,
            constant_sources,
            functions,
            known,
        }
    }

    /// Whether a point of the part agrees with its facts, in whole numbers.
    pub(super) fn holds(&self, point: &[i64]) -> bool {
        let is_within = point
            .iter()
            .zip(&self.limits)
            .all(|(one, (lower, upper))| lower <= one && one <= upper);
        is_within
            && self.rows.iter().all(|row| {
                let value: i64 = row.terms.iter().map(|&(at, times)| times * point[at]).sum();
                row.lower <= value && value <= row.upper
            })
    }

    /// The form's value at a point.
    pub(super) fn value(&self, point: &[i64]) -> i64 {
        self.constant + self.form.iter().map(|&(at, times)| times * point[at]).sum::<i64>()
    }
}
