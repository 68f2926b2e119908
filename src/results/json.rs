//! Results as JSON: the study, the sets of people, and the rows, which name the sets by their places.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::composition::kind::Made;
use super::composition::{Census, Conjunction, Fact, Literal, People};
use super::export::ExportError;
use super::result_set::{FORMAT, ResultSet};
use super::row::{Key, Row};
use super::study::Study;
use super::vocabulary::{Role, Unit};

/// A row as it is written.
#[derive(Serialize, Deserialize)]
struct Written<K, T> {
    #[serde(flatten)]
    key: K,
    value: Option<f64>,
    unit: Unit,
    role: Role,
    note: T,
    composition: Made<usize>,
}

/// A set as it is written: the places of facts from 1 on, negative where the fact does not hold; and
/// how many people are in it, where that was counted.
#[derive(Serialize, Deserialize)]
struct WrittenSet {
    any: Vec<Vec<i64>>,
    people: Option<u64>,
}

#[derive(Deserialize)]
struct WrittenResults {
    study: Study,
    facts: Vec<Fact>,
    sets: Vec<WrittenSet>,
    rows: Vec<Written<Key, String>>,
}

#[derive(Deserialize)]
struct WrittenFormat {
    format: u32,
}

/// The study and its rows as JSON, a fact, a set and a row a line.
///
/// # Errors
///
/// [`ExportError::Json`], which writing to memory does not meet.
pub fn to_json(results: &ResultSet) -> Result<Vec<u8>, ExportError> {
    let sets: BTreeSet<&People> =
        results.rows().iter().flat_map(|row| row.composition.people()).collect();
    let facts: BTreeSet<&Fact> = sets.iter().flat_map(|set| set.facts()).collect();
    let place: BTreeMap<&Fact, i64> = facts.iter().copied().zip(1..).collect();
    let sign = |own: &Literal| if own.holds { place[&own.fact] } else { -place[&own.fact] };
    let part = |own: &Conjunction| own.literals().iter().map(sign).collect();
    let written = |set: &&People| WrittenSet {
        any: set.parts().iter().map(part).collect(),
        people: results.census().of(set),
    };
    let mut text = format!("{{\"format\":{FORMAT},\n\"study\":");
    text.push_str(&serde_json::to_string(&results.study)?);
    add_lines(&mut text, "facts", facts.iter())?;
    add_lines(&mut text, "sets", sets.iter().map(written))?;
    let number: BTreeMap<&People, usize> = sets.iter().copied().zip(0..).collect();
    let rows = results.rows().iter().map(|row| {
        let named: Result<Made<usize>, std::convert::Infallible> =
            row.composition.try_map(&mut |set| Ok(number[set]));
        let Ok(composition) = named;
        let (key, note) = (&row.key, row.note.as_str());
        Written { key, value: row.value, unit: row.unit, role: row.role, note, composition }
    });
    add_lines(&mut text, "rows", rows)?;
    text.push_str("}\n");
    Ok(text.into_bytes())
}

/// A list by its name, a member a line.
fn add_lines<T: Serialize>(
    text: &mut String,
    name: &str,
    members: impl Iterator<Item = T>,
) -> Result<(), ExportError> {
    text.push_str(",\n\"");
    text.push_str(name);
    text.push_str("\":[");
    for (at, member) in members.enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(&member)?);
    }
    text.push_str("\n]");
    Ok(())
}

/// Reads what [`to_json`] wrote.
///
/// # Errors
///
/// [`ExportError::Json`] and [`ExportError::Set`] where it is something else,
/// [`ExportError::Format`] where another version wrote it.
pub fn from_json(bytes: &[u8]) -> Result<ResultSet, ExportError> {
    let WrittenFormat { format: found } = serde_json::from_slice(bytes)?;
    if found != FORMAT {
        return Err(ExportError::Format { found, known: FORMAT });
    }
    let written: WrittenResults = serde_json::from_slice(bytes)?;
    let mut sets: Vec<People> = Vec::with_capacity(written.sets.len());
    for set in &written.sets {
        sets.push(people(&written.facts, set)?);
    }
    let counted = sets.iter().zip(&written.sets);
    let census = Census::new(counted.filter_map(|(set, own)| Some((set.clone(), own.people?))));
    let rows = written.rows.into_iter().map(|own| {
        let set = |at: &usize| sets.get(*at).cloned().ok_or(ExportError::Set(*at));
        let composition = own.composition.try_map(&mut { set })?;
        let Written { key, value, unit, role, note, .. } = own;
        Ok(Row { key, value, unit, role, note, composition })
    });
    let rows: Vec<Row> = rows.collect::<Result<_, ExportError>>()?;
    Ok(ResultSet::new(written.study, rows)?.with_census(census))
}

fn people(facts: &[Fact], set: &WrittenSet) -> Result<People, ExportError> {
    let literal = |place: &i64| {
        let at = usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX);
        let fact = at.checked_sub(1).and_then(|at| facts.get(at)).cloned();
        let fact = fact.ok_or(ExportError::Set(at))?;
        Ok(Literal { fact, holds: *place > 0 })
    };
    let mut all = People::nobody();
    for part in &set.any {
        let literals: Vec<Literal> =
            part.iter().map(literal).collect::<Result<_, ExportError>>()?;
        all = all.or(&People::of(literals));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::composition::{Composition, kind::Table};

    #[test]
    fn a_set_reads_back_as_it_was() {
        let job = People::everyone().with(Fact::FirstJob { by: 547 });
        let observed = People::everyone().with(Fact::Followed { day: 547 }).or(&People::everyone()
            .with(Fact::Due { day: 547 })
            .with(Fact::CompetingExit { by: 546 }));
        let both = observed.and(&job);
        let facts: BTreeSet<Fact> = both.facts().cloned().collect();
        let facts: Vec<Fact> = facts.into_iter().collect();
        let place = |own: &Literal| {
            let at = facts.iter().position(|fact| *fact == own.fact).map_or(0, |at| at + 1);
            i64::try_from(at).unwrap_or(0) * if own.holds { 1 } else { -1 }
        };
        let part = |own: &Conjunction| own.literals().iter().map(place).collect();
        let set = WrittenSet { any: both.parts().iter().map(part).collect(), people: None };
        assert_eq!(people(&facts, &set).expect("all facts are listed"), both);
        let missing = WrittenSet { any: vec![vec![99]], people: None };
        assert!(people(&facts, &missing).is_err());
    }

    #[test]
    fn a_row_may_not_name_a_set_that_is_not_there() {
        let made: Made<usize> = Made::Function { of: vec![0, 7], table: Table::Share };
        let sets = [People::everyone()];
        let named: Result<Composition, ExportError> =
            made.try_map(&mut |at: &usize| sets.get(*at).cloned().ok_or(ExportError::Set(*at)));
        assert!(matches!(named, Err(ExportError::Set(7))));
    }
}
