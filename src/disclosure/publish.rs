//! The gate: from results to what may be published of them.

use std::collections::{BTreeMap, BTreeSet};

use super::attack_model::{Data, Earlier, Model, Publication, model};
use super::digits::published;
use super::dominance::Amounts;
use super::gate::{Rules, decide};
use super::words;
use super::worth::worth;
use crate::results::composition::{Census, Composition, People};
use crate::results::protection::{Profile, Protection};
use crate::results::result_set::ResultSet;
use crate::results::row::{ALL_REGIONS, Key, Row, WITHHELD};
use crate::results::vocabulary::{Outcome, Statistic, Unit};

/// Why a row is not published as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A small count could be worked out with it.
    SmallCount,
    /// A value at a place in the order of too few people.
    FewDiffering,
    /// A sum that few people may make up.
    Dominance,
    /// How often a draw failed tells how few people there are.
    Failures,
    /// Nothing can be proven of it.
    Unprovable,
    /// A person decided so.
    Human,
}

impl Rule {
    /// The word in the checker's file.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::SmallCount => "small_count",
            Rule::FewDiffering => "few_differing",
            Rule::Dominance => "dominance",
            Rule::Failures => "failed_replicates",
            Rule::Unprovable => "unprovable",
            Rule::Human => "human",
        }
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is published, rounded.
    Published,
    /// It is there without its value.
    Withheld(Rule),
    /// Its month is not among those on which its curve stands.
    LeftOut(Rule),
}

/// What a person decided of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HumanDecision {
    /// Not to be published.
    Withhold,
    /// To be published whatever follows, for this reason.
    Release(String),
}

/// A row as the checker sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The row's key.
    pub key: Key,
    /// What became of it.
    pub status: Status,
    /// What an attacker cannot exclude of the smallest protected count behind it.
    pub range: Option<(i64, i64)>,
}

/// What leaves the house, and what those who check it see.
#[derive(Clone, Debug)]
pub struct Published {
    /// The rows that may be shown, rounded; withheld ones without value.
    pub results: ResultSet,
    /// Every row with its fate, in the order of the results.
    pub checked: Vec<Checked>,
    /// Small counts that follow from what cannot be taken back: earlier releases, or what a person
    /// released.
    pub unprotected: Vec<(String, (i64, i64))>,
}

/// Results, and of which people each row is made.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The results.
    pub results: &'a ResultSet,
    /// Of each row, in the order of the rows, of whom it is made.
    pub compositions: &'a [Composition],
    /// How many people are in each set that these name.
    pub census: &'a Census,
    /// What must not follow from what is published.
    pub protection: &'a Protection,
}

/// What is known beside the results.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// What earlier releases have told.
    pub earlier: &'a [Earlier],
    /// What people decided.
    pub decisions: &'a BTreeMap<Key, HumanDecision>,
}

/// Decides what of the results may be published, and rounds it.
pub fn publish(source: Source<'_>, beside: Beside<'_>) -> Published {
    let rules = rules(source.protection);
    let own_rules = own_rules(source, beside.decisions);
    let groups = group(source, &own_rules);
    let publications = publications(source, &groups);
    let out_already = out_already(source, beside);
    let regions = &source.results.study.regions;
    let Model { tables, sets, unprovable } =
        model(&publications, &out_already, source.census, regions, rules);
    let decision = decide(&tables, rules);
    let ranges: BTreeMap<usize, (i64, i64)> = tables
        .quantities
        .iter()
        .zip(&decision.ranges)
        .filter_map(|(form, range)| Some((form.single()?, *range)))
        .collect();
    let mut statuses: Vec<Status> =
        own_rules.iter().map(|rule| rule.map_or(Status::Published, Status::Withheld)).collect();
    let mut row_ranges: Vec<Option<(i64, i64)>> = vec![None; statuses.len()];
    for (at, rows) in groups.values().enumerate() {
        let rule = if unprovable.contains(&at) {
            Some(Rule::Unprovable)
        } else {
            decision.withheld[at].then_some(Rule::SmallCount)
        };
        let opens = tables.items[at].opens.iter();
        let range = opens.filter_map(|open| ranges.get(open)).min().copied();
        for &row in rows {
            row_ranges[row] = range;
            if let Some(rule) = rule {
                statuses[row] = Status::Withheld(rule);
            }
        }
    }
    leave_out(source.results, &mut statuses);
    let unprotected = decision.unprotected.iter().map(|&at| {
        let form = &tables.quantities[at];
        let named = form.terms().iter().map(|&(one, times)| format!("{times:+} {:?}", sets[one]));
        (named.collect::<Vec<_>>().join(" "), decision.ranges[at])
    });
    let unprotected = unprotected.collect();
    Published {
        results: shown(source, &statuses),
        checked: checked(source.results, &statuses, &row_ranges),
        unprotected,
    }
}

/// Rows of the same sets together, with what they are worth together.
fn publications(
    source: Source<'_>,
    groups: &BTreeMap<BTreeSet<People>, Vec<usize>>,
) -> Vec<Publication> {
    let results = source.results;
    let publication = |(sets, rows): (&BTreeSet<People>, &Vec<usize>)| Publication {
        sets: sets.iter().cloned().collect(),
        value: rows.iter().map(|&at| worth(&results.rows()[at], &results.study)).sum(),
    };
    groups.iter().map(publication).collect()
}

/// What is known whatever is withheld: earlier releases, and what a person releases.
fn out_already(source: Source<'_>, beside: Beside<'_>) -> Vec<Earlier> {
    let mut known: Vec<Earlier> = beside.earlier.to_vec();
    for (row, composition) in source.rows() {
        if matches!(beside.decisions.get(&row.key), Some(HumanDecision::Release(_))) {
            let sets = composition.people().into_iter().cloned();
            known.extend(sets.map(|set| Earlier { set, size: None, data: Data::Same }));
        }
    }
    known
}

impl<'a> Source<'a> {
    /// Rows with what they are made of.
    fn rows(self) -> impl Iterator<Item = (&'a Row, &'a Composition)> {
        self.results.rows().iter().zip(self.compositions)
    }
}

/// What the plan's words mean in numbers.
pub fn rules(protection: &Protection) -> Rules {
    Rules { threshold: i64::from(protection.threshold), width: i64::from(protection.protection) }
}

/// Whether documents of this profile go through the gate.
pub fn is_gated(profile: Profile) -> bool {
    profile != Profile::Internal
}

/// Rows by the sets that they open: rows of the same sets are as harmful as each other.
fn group(source: Source<'_>, own: &[Option<Rule>]) -> BTreeMap<BTreeSet<People>, Vec<usize>> {
    let mut groups: BTreeMap<BTreeSet<People>, Vec<usize>> = BTreeMap::new();
    for (at, composition) in source.compositions.iter().enumerate() {
        let sets: BTreeSet<People> = composition.people().into_iter().cloned().collect();
        if own[at].is_none() && !sets.is_empty() {
            groups.entry(sets).or_default().push(at);
        }
    }
    groups
}

/// Rows that go by a rule of their own, whatever else is shown.
fn own_rules(source: Source<'_>, decisions: &BTreeMap<Key, HumanDecision>) -> Vec<Option<Rule>> {
    let dominated = dominated(source);
    let threshold = u64::from(source.protection.threshold);
    let rule = |(row, composition): (&Row, &Composition)| {
        match decisions.get(&row.key) {
            Some(HumanDecision::Withhold) => return Some(Rule::Human),
            Some(HumanDecision::Release(_)) => return None,
            None => {}
        }
        if row.key.statistic == Statistic::FailedReplicates && row.value.is_some_and(|n| n > 0.0) {
            return Some(Rule::Failures);
        }
        if is_order_of_few(composition, source.census, threshold) {
            return Some(Rule::FewDiffering);
        }
        dominated.hits(row, composition).then_some(Rule::Dominance)
    };
    source.rows().map(rule).collect()
}

/// Whether a row is a value at a place in the order of too few people.
fn is_order_of_few(composition: &Composition, census: &Census, threshold: u64) -> bool {
    match composition {
        Composition::Order { differing, .. } => {
            differing.iter().any(|set| census.of(set).is_none_or(|people| people < 2 * threshold))
        }
        Composition::Resampled { of, .. } => is_order_of_few(of, census, threshold),
        _ => false,
    }
}

/// Amounts of which some sums may be those of few people.
#[derive(Debug, Default)]
struct Dominated {
    /// Of a whole arm: everything that is made of the amount goes.
    whole: BTreeSet<(Outcome, Option<i32>, String)>,
    /// Of a part: everything by part goes, since the others would give it back.
    parts: BTreeSet<(Outcome, Option<i32>, String)>,
}

impl Dominated {
    fn hits(&self, row: &Row, composition: &Composition) -> bool {
        if matches!(composition, Composition::Constant | Composition::Count(_)) {
            return false;
        }
        let key = &row.key;
        let amount = (key.outcome, key.month, key.level.clone());
        let is_part = key.region != ALL_REGIONS || !key.subgroup.is_empty();
        self.whole.contains(&amount) || (is_part && self.parts.contains(&amount))
    }
}

fn dominated(source: Source<'_>) -> Dominated {
    let Source { results, census, protection, .. } = source;
    let mut found = Dominated::default();
    for (row, composition) in source.rows() {
        let key = &row.key;
        let is_amount =
            matches!(row.unit, Unit::Eur | Unit::EurPerMonth | Unit::Hours | Unit::Days)
                && key.outcome != Outcome::BenefitAboveFormulaEur;
        let Composition::Moments { of, .. } = composition else { continue };
        if !is_amount || key.statistic != Statistic::Estimate {
            continue;
        }
        let std_dev = Key { statistic: Statistic::StdDev, ..key.clone() };
        let std_dev = results.get(&std_dev).and_then(|row| row.value);
        let n: Option<u64> = of.iter().map(|set| census.of(set)).sum();
        let (Some(mean), Some(std_dev), Some(n)) = (row.value, std_dev, n) else { continue };
        let amounts = Amounts { n: n as f64, mean, std_dev };
        if mean > 0.0 && amounts.may_be_dominated(protection.dominance) {
            let amount = (key.outcome, key.month, key.level.clone());
            let is_part = key.region != ALL_REGIONS || !key.subgroup.is_empty();
            if is_part {
                found.parts.insert(amount)
            } else {
                found.whole.insert(amount)
            };
        }
    }
    found
}

/// A curve stands on those months that may be shown: what is withheld at months that the plan does
/// not name is left out of it.
fn leave_out(results: &ResultSet, statuses: &mut [Status]) {
    let study = &results.study;
    for (row, status) in results.rows().iter().zip(statuses) {
        let is_named = |month: i32| {
            month == study.horizon_months
                || study.months.contains(&month)
                || study.wave_months.contains(&month)
        };
        if let Status::Withheld(rule) = *status
            && row.key.month.is_some_and(|month| !is_named(month))
        {
            *status = Status::LeftOut(rule);
        }
    }
}

/// The rows as they may be shown.
fn shown(source: Source<'_>, statuses: &[Status]) -> ResultSet {
    let threshold = u64::from(source.protection.threshold);
    let mut fates = source.compositions.iter().zip(statuses);
    let mut shown = source.results.filter_map_rows(|row| {
        // A row of which nothing is known is not shown.
        let (composition, status) = fates.next()?;
        match status {
            Status::LeftOut(_) => None,
            Status::Withheld(_) => {
                Some(Row { value: None, note: WITHHELD.to_owned(), ..row.clone() })
            }
            Status::Published => {
                let sizes = composition.people().into_iter().map(|set| source.census.of(set));
                let people = sizes.map(Option::unwrap_or_default).min();
                let value = published(row, composition, people);
                let note = match value {
                    None => words::reason(&row.note, threshold),
                    Some(_) => words::remark(&row.note, threshold),
                };
                Some(Row { value, note: note.into_owned(), ..row.clone() })
            }
        }
    });
    // Documents ask only whether there were any.
    if shown.study.n_competing_exits > 0 {
        shown.study.n_competing_exits = threshold;
    }
    shown
}

fn checked(
    results: &ResultSet,
    statuses: &[Status],
    ranges: &[Option<(i64, i64)>],
) -> Vec<Checked> {
    let rows = results.rows().iter().zip(statuses).zip(ranges);
    let checked = rows.map(|((row, status), range)| Checked {
        key: row.key.clone(),
        status: *status,
        range: *range,
    });
    checked.collect()
}

#[cfg(test)]
mod tests;
