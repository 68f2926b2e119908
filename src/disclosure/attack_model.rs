//! From publications to the attacker's problem.
//!
//! Sets of people are told apart by where they are (what was settled at randomisation: arm, region,
//! level) and what befell them. Unknowns are the sizes of the sets that publications name and of
//! what is left of one when another is taken away. What holds between them follows from the meaning
//! of the facts alone: a set within another is no larger, sets that share nobody fit side by side,
//! parts that make up a whole add up to it. Protected is every set of 1 to k - 1 people: those that
//! are named, differences of two sets of which one lies within the other, unions of some of the
//! parts of a whole, and what is left of a set beside others that lie in it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::gate::{Item, Rules, Tables};
use super::system::{Fact, Form, System};
use crate::results::composition::partition::{Partition, partitions};
use crate::results::composition::{Census, Conjunction, Fact as PersonFact, People};

/// Something that may be published: the sets whose sizes it gives to whoever solves for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The sets.
    pub sets: Vec<People>,
    /// What it is worth.
    pub value: u64,
}

/// The size of a set as an earlier release gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The set, in the words of that release.
    pub set: People,
    /// Its size, where the release told it; none where it only follows from what was told.
    pub size: Option<i64>,
    /// Whether it was counted in the same data.
    pub data: Data,
}

/// Which data a release was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// Those of now.
    Same,
    /// Those of another cut-off, or corrected since.
    Other,
}

/// The attacker's problem, and what its unknowns stand for.
#[derive(Clone, Debug)]
pub struct Model {
    /// The problem.
    pub tables: Tables,
    /// The set that each unknown is the size of.
    pub sets: Vec<People>,
    /// Publications that name a set whose size nobody counted: nothing can be proven of them.
    pub unprovable: Vec<usize>,
}

/// Where people are, and what befell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    where_: usize,
    what: usize,
}

/// The sets as they are met, each once.
#[derive(Debug)]
struct Names<T: Ord + Clone> {
    number: BTreeMap<T, usize>,
    all: Vec<T>,
}

impl<T: Ord + Clone> Names<T> {
    fn of(&mut self, one: &T) -> usize {
        if let Some(&known) = self.number.get(one) {
            return known;
        }
        self.number.insert(one.clone(), self.all.len());
        self.all.push(one.clone());
        self.all.len() - 1
    }
}

/// A set by what all its parts share of what was settled at randomisation, and the rest.
fn split(people: &People) -> (Conjunction, People) {
    let parts = people.parts();
    let shared: Vec<_> = parts.first().map_or(Vec::new(), |first| {
        let own = first.literals().iter().filter(|literal| literal.fact.is_of_baseline());
        let everywhere = own.filter(|literal| parts.iter().all(|p| p.literals().contains(literal)));
        everywhere.cloned().collect()
    });
    let rest = parts.iter().map(|part| {
        People::of(part.literals().iter().filter(|one| !shared.contains(one)).cloned())
    });
    let what = rest.reduce(|all, own| all.or(&own)).unwrap_or_else(People::nobody);
    (Conjunction::of(shared).unwrap_or_default(), what)
}

/// A set with every level taken for any level of its variable.
fn without_levels(people: &People) -> People {
    let parts = people.parts().iter().map(|part| {
        People::of(part.literals().iter().map(|literal| match &literal.fact {
            PersonFact::Level { variable, .. } if literal.holds => {
                PersonFact::Known { variable: variable.clone() }.holds()
            }
            _ => literal.clone(),
        }))
    });
    parts.reduce(|all, own| all.or(&own)).unwrap_or_else(People::nobody)
}

/// A set within a place.
fn joined(place: &Conjunction, what: &People) -> People {
    what.and(&People::of(place.literals().iter().cloned()))
}

/// Whether parts are known to be all of their whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cover {
    Whole,
    Part,
}

/// Builds the problem step by step.
struct Builder<'a> {
    rules: Rules,
    wheres: Names<Conjunction>,
    whats: Names<People>,
    unknown: BTreeMap<Place, usize>,
    places: Vec<Place>,
    sets: Vec<People>,
    truth: Vec<i64>,
    /// Pairs of whats of which the first lies within the second.
    within: BTreeSet<(usize, usize)>,
    /// Pairs of whats that share nobody.
    apart: BTreeSet<(usize, usize)>,
    left_over: BTreeMap<(usize, usize), usize>,
    equal: Vec<(Form, Form)>,
    not_negative: Vec<Form>,
    quantities: BTreeSet<Form>,
    /// Unknowns that differ by few people from a number that is out already.
    near_earlier: BTreeSet<(usize, i64)>,
    census: &'a Census,
}

/// The attacker's problem after some publications. What is `earlier` is out already, whatever is
/// withheld now.
pub fn model(
    publications: &[Publication],
    earlier: &[Earlier],
    census: &Census,
    regions: &[String],
    rules: Rules,
) -> Model {
    let mut builder = Builder::new(census, rules);
    let mut unprovable = Vec::new();
    let mut opens: Vec<Vec<usize>> = Vec::with_capacity(publications.len());
    for (at, publication) in publications.iter().enumerate() {
        let places: Vec<Option<usize>> = publication
            .sets
            .iter()
            .filter(|set| !set.is_nobody())
            .map(|set| builder.name(set))
            .collect();
        if places.iter().any(Option::is_none) {
            unprovable.push(at);
            opens.push(Vec::new());
            continue;
        }
        let mut own: Vec<usize> = places.into_iter().flatten().collect();
        own.sort_unstable();
        own.dedup();
        opens.push(own);
    }
    let agrees = |one: &&Earlier| {
        let now = census.of(&one.set).and_then(|size| i64::try_from(size).ok());
        one.data == Data::Same && one.size.is_none_or(|size| now == Some(size))
    };
    let same = earlier.iter().filter(agrees);
    let known: BTreeSet<usize> = same.filter_map(|one| builder.name(&one.set)).collect();
    let named = builder.sets.len();
    builder.compare(earlier, named);
    builder.relate();
    builder.befallen(named);
    builder.settled(regions, publications);
    let items = opens.into_iter().zip(publications).map(|(opens, publication)| Item {
        opens: opens.into_iter().filter(|source| !known.contains(source)).collect(),
        value: publication.value,
    });
    let items = items.collect();
    let (sets, tables) = builder.finish(named, &known, items);
    Model { tables, sets, unprovable }
}

impl<'a> Builder<'a> {
    fn new(census: &'a Census, rules: Rules) -> Self {
        Self {
            rules,
            wheres: Names { number: BTreeMap::new(), all: Vec::new() },
            whats: Names { number: BTreeMap::new(), all: Vec::new() },
            unknown: BTreeMap::new(),
            places: Vec::new(),
            sets: Vec::new(),
            truth: Vec::new(),
            within: BTreeSet::new(),
            apart: BTreeSet::new(),
            left_over: BTreeMap::new(),
            equal: Vec::new(),
            not_negative: Vec::new(),
            quantities: BTreeSet::new(),
            near_earlier: BTreeSet::new(),
            census,
        }
    }

    /// The unknown of a set, if its size is known to us.
    fn name(&mut self, people: &People) -> Option<usize> {
        let truth = i64::try_from(self.census.of(people)?).ok()?;
        let (place, what) = split(people);
        let place = Place { where_: self.wheres.of(&place), what: self.whats.of(&what) };
        Some(self.add(place, truth))
    }

    fn add(&mut self, place: Place, truth: i64) -> usize {
        if let Some(&known) = self.unknown.get(&place) {
            return known;
        }
        let at = self.truth.len();
        self.unknown.insert(place, at);
        self.places.push(place);
        self.sets.push(joined(&self.wheres.all[place.where_], &self.whats.all[place.what]));
        self.truth.push(truth);
        at
    }

    /// Finds sets that an earlier release told of under other cut points or of other data, and that
    /// differ by few people: subtracted from each other they would tell of these.
    fn compare(&mut self, earlier: &[Earlier], named: usize) {
        let mut alike: BTreeMap<People, Vec<usize>> = BTreeMap::new();
        for (at, set) in self.sets[..named].iter().enumerate() {
            alike.entry(without_levels(set)).or_default().push(at);
        }
        for one in earlier {
            let size = match (one.size, one.data) {
                (Some(size), _) => size,
                // What only follows from an earlier release follows from these data too.
                (None, Data::Same) => continue,
                (None, Data::Other) => match self.census.of(&one.set).map(i64::try_from) {
                    Some(Ok(size)) => size,
                    _ => continue,
                },
            };
            for &at in alike.get(&without_levels(&one.set)).into_iter().flatten() {
                if self.rules.protects((self.truth[at] - size).abs()) {
                    self.near_earlier.insert((at, size));
                }
            }
        }
    }

    /// Which whats lie within which, and which share nobody, of those that stand at one place.
    fn relate(&mut self) {
        let mut at_place: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for place in &self.places {
            at_place.entry(place.where_).or_default().push(place.what);
        }
        let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
        for whats in at_place.values() {
            for &a in whats {
                pairs.extend(whats.iter().filter(|b| a < **b).map(|&b| (a, b)));
            }
        }
        let pairs: Vec<(usize, usize)> = pairs.into_iter().collect();
        let all = &self.whats.all;
        let found: Vec<(bool, bool, bool)> = pairs
            .par_iter()
            .map(|&(a, b)| {
                let (a, b) = (&all[a], &all[b]);
                let (up, down) = (a.is_within(b), b.is_within(a));
                (up, down, !up && !down && a.excludes(b))
            })
            .collect();
        for ((a, b), (up, down, apart)) in pairs.into_iter().zip(found) {
            if up {
                self.within.insert((a, b));
            }
            if down {
                self.within.insert((b, a));
            }
            if apart {
                self.apart.extend([(a, b), (b, a)]);
            }
        }
    }

    fn protect(&mut self, form: Form) {
        if self.rules.protects(form.at(&self.truth)) {
            self.quantities.insert(form);
        }
    }

    /// What holds between sets of one place.
    fn befallen(&mut self, named: usize) {
        let mut at_place: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, place) in self.places[..named].iter().enumerate() {
            at_place.entry(place.where_).or_default().push((place.what, at));
        }
        for (where_, own) in at_place {
            for &(what, at) in &own {
                let inner: Vec<(usize, usize)> = own
                    .iter()
                    .filter(|(other, _)| *other != what && self.within.contains(&(*other, what)))
                    .copied()
                    .collect();
                for &(_, part) in &inner {
                    self.protect(Form::of(at).minus(&Form::of(part)));
                }
                let is_widest = |(one, _): &&(usize, usize)| {
                    !inner
                        .iter()
                        .any(|(other, _)| other != one && self.within.contains(&(*one, *other)))
                };
                let widest: Vec<(usize, usize)> = inner.iter().filter(is_widest).copied().collect();
                for &part in &widest {
                    self.take_away(where_, (what, at), part);
                }
                self.side_by_side((what, at), &widest);
            }
        }
    }

    /// A whole is a part and what is left of it, which is an unknown of its own: it may be what is
    /// left of another pair too.
    fn take_away(&mut self, where_: usize, whole: (usize, usize), part: (usize, usize)) {
        let known = self.left_over.get(&(whole.0, part.0)).copied();
        let what = known.unwrap_or_else(|| {
            let rest = self.whats.all[whole.0].without(&self.whats.all[part.0]);
            self.whats.of(&rest)
        });
        self.left_over.insert((whole.0, part.0), what);
        let truth = self.truth[whole.1] - self.truth[part.1];
        if self.whats.all[what].is_nobody() {
            return;
        }
        let rest = self.add(Place { where_, what }, truth);
        self.equal.push((Form::of(whole.1), Form::of(part.1).plus(&Form::of(rest))));
    }

    /// Parts of a whole that share nobody add up to no more than it.
    fn side_by_side(&mut self, whole: (usize, usize), parts: &[(usize, usize)]) {
        let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
        for first in parts {
            let mut row = vec![*first];
            for other in parts {
                if row.iter().all(|one| self.apart.contains(&(one.0, other.0))) {
                    row.push(*other);
                }
            }
            let mut unknowns: Vec<usize> = row.iter().map(|(_, at)| *at).collect();
            unknowns.sort_unstable();
            if row.len() < 2 || !seen.insert(unknowns.clone()) {
                continue;
            }
            let rest = Form::of(whole.1).minus(&Form::sum(unknowns.iter().map(|&at| (at, 1))));
            self.protect(rest.clone());
            self.not_negative.push(rest);
        }
    }

    /// What holds between the same people of several places.
    fn settled(&mut self, regions: &[String], publications: &[Publication]) {
        let facts = publications.iter().flat_map(|one| one.sets.iter().flat_map(People::facts));
        let facts: BTreeSet<&PersonFact> = facts.filter(|fact| fact.is_of_baseline()).collect();
        let partitions = partitions(regions, facts);
        let mut of_what: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, place) in self.places.iter().enumerate() {
            of_what.entry(place.what).or_default().push((place.where_, at));
        }
        let wheres = self.wheres.all.clone();
        let within = where_within(&wheres);
        let parts = where_parts(&wheres, &self.wheres.number, &partitions);
        for own in of_what.values() {
            let at: BTreeMap<usize, usize> = own.iter().copied().collect();
            for &(where_, whole) in own {
                for (children, is_whole) in &parts[where_] {
                    let here: Vec<usize> =
                        children.iter().filter_map(|child| at.get(child).copied()).collect();
                    let are_all = *is_whole && here.len() == children.len();
                    let cover = if are_all { Cover::Whole } else { Cover::Part };
                    self.add_up(whole, &here, cover);
                }
                let inner = within[where_].iter().filter(|inner| at.contains_key(inner));
                let inner: Vec<usize> = inner.copied().collect();
                for part in &inner {
                    let rest = Form::of(whole).minus(&Form::of(at[part]));
                    self.protect(rest.clone());
                    if !inner.iter().any(|other| within[*other].contains(part)) {
                        self.not_negative.push(rest);
                    }
                }
            }
        }
    }

    fn add_up(&mut self, whole: usize, parts: &[usize], cover: Cover) {
        if parts.is_empty() {
            return;
        }
        let sum = Form::sum(parts.iter().map(|&at| (at, 1)));
        let rest = Form::of(whole).minus(&sum);
        if cover == Cover::Whole && rest.at(&self.truth) == 0 {
            self.equal.push((Form::of(whole), sum));
        } else {
            self.protect(rest.clone());
            self.not_negative.push(rest);
        }
        // Unions of some of the parts; of many parts, of two at a time and of all but one or two.
        let n = parts.len();
        let choices: Vec<Vec<usize>> = if n <= 6 {
            (1..1u32 << n)
                .map(|bits| (0..n).filter(|at| (bits >> at) & 1 == 1).map(|at| parts[at]).collect())
                .collect()
        } else {
            (0..n).flat_map(|a| (a + 1..n).map(move |b| vec![parts[a], parts[b]])).collect()
        };
        for choice in choices {
            self.protect(Form::sum(choice.into_iter().map(|at| (at, 1))));
        }
    }

    fn finish(
        mut self,
        named: usize,
        known: &BTreeSet<usize>,
        items: Vec<Item>,
    ) -> (Vec<People>, Tables) {
        for at in 0..self.places.len() {
            self.protect(Form::of(at));
        }
        let constants: Vec<(usize, i64)> = self.near_earlier.iter().copied().collect();
        for (at, size) in constants {
            let constant = self.truth.len();
            self.truth.push(size);
            self.sets.push(self.sets[at].clone());
            let difference = Form::of(at).minus(&Form::of(constant));
            let is_more = self.truth[at] > size;
            let back = Form::of(constant).minus(&Form::of(at));
            self.quantities.insert(if is_more { difference } else { back });
        }
        let unknowns = self.places.len();
        let everyone = self.truth.iter().copied().max().unwrap_or(0);
        let mut system = System::new(vec![2 * everyone + 100; self.truth.len()]);
        for (one, other) in &self.equal {
            system.equal(one, other);
        }
        for form in std::mem::take(&mut self.not_negative) {
            system.not_negative(form);
        }
        for (at, &size) in self.truth.iter().enumerate() {
            let is_constant = at >= unknowns;
            if at < named || is_constant {
                let is_open = is_constant || known.contains(&at);
                system.add(Fact {
                    form: Form::of(at),
                    lower: size,
                    upper: size,
                    source: (!is_open).then_some(at),
                    when_withheld: (size > 0).then_some(1),
                });
            }
        }
        let quantities = self.quantities.into_iter().collect();
        let tables = Tables { system, truth: self.truth, items, sources: named, quantities };
        (self.sets, tables)
    }
}

/// Of each place, those that lie within it.
fn where_within(wheres: &[Conjunction]) -> Vec<BTreeSet<usize>> {
    let inner = |outer: &Conjunction| {
        let inner = wheres.iter().enumerate();
        let inner = inner.filter(|(_, one)| *one != outer && one.is_within(outer));
        inner.map(|(at, _)| at).collect()
    };
    wheres.iter().map(inner).collect()
}

/// Of each place, how it is cut by each partition: the places of the parts, and whether they are
/// all of it.
fn where_parts(
    wheres: &[Conjunction],
    number: &BTreeMap<Conjunction, usize>,
    partitions: &[Partition],
) -> Vec<Vec<(Vec<usize>, bool)>> {
    wheres.iter().map(|place| cut(place, number, partitions)).collect()
}

fn cut(
    place: &Conjunction,
    number: &BTreeMap<Conjunction, usize>,
    partitions: &[Partition],
) -> Vec<(Vec<usize>, bool)> {
    let by = |partition: &Partition| {
        let known = partition.among.parts().first()?;
        let parts: Vec<Option<usize>> = partition
            .parts
            .iter()
            .filter_map(|fact| place.with(fact.clone().holds()))
            .filter(|part| part != place)
            .map(|part| number.get(&part).copied())
            .collect();
        let is_whole = place.is_within(known) && parts.iter().all(Option::is_some);
        let parts: Vec<usize> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then_some((parts, is_whole))
    };
    partitions.iter().filter_map(by).collect()
}

#[cfg(test)]
mod tests;
