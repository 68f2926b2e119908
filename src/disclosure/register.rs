//! The register of releases: what has left the house, in the order in which it did.
//!
//! One line a release, as JSON. Each names the hash of the line before, so that none can be changed
//! or taken out without its being seen. A line holds what was published (keys, rounded values, of
//! whom each is made) and nothing that was withheld.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::attack_model::{Data, Earlier};
use crate::results::composition::kind::Made;
use crate::results::composition::{Composition, Literal, People};
use crate::results::manifest::sha256;
use crate::results::result_set::ResultSet;
use crate::results::row::Key;

/// One release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// 1 for the first of the register.
    pub number: u64,
    /// Hash of the line before; empty for the first.
    pub previous: String,
    /// Short name of the trial.
    pub trial: String,
    /// Last day of data.
    pub data_cutoff: String,
    /// SHA-256 of the results' manifest.
    pub manifest_sha256: String,
    /// Sets of people, which rows name by their place here.
    pub sets: Vec<WrittenSet>,
    /// Rows that were published with a value.
    pub rows: Vec<ReleasedRow>,
}

/// A set of people as what must be true of them: parts of which no two share anybody.
pub type WrittenSet = Vec<Vec<Literal>>;

fn written(people: &People) -> WrittenSet {
    people.parts().iter().map(|part| part.literals().to_vec()).collect()
}

fn as_read(set: &WrittenSet) -> People {
    let parts = set.iter().map(|part| People::of(part.iter().cloned()));
    parts.reduce(|all, own| all.or(&own)).unwrap_or_else(People::nobody)
}

/// A published row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleasedRow {
    /// Its key.
    #[serde(flatten)]
    pub key: Key,
    /// Its value, rounded as it was published.
    pub value: f64,
    /// Of which sets it is made.
    pub composition: Made<usize>,
}

/// A line of the register.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    sha256: String,
    release: Release,
}

/// Why a register cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// It is none.
    #[error("line {line} of the register is no release of this program")]
    Json {
        /// Line of the file.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// Something was changed or taken out.
    #[error(
        "line {0} of the register does not follow from the lines before: it was changed, or one before it was"
    )]
    Broken(usize),
    /// It is of another trial.
    #[error("line {line} of the register is of the trial `{found}`")]
    Trial {
        /// Line of the file.
        line: usize,
        /// Its trial.
        found: String,
    },
    /// A row names a set that the line does not hold.
    #[error("line {0} of the register names a set that it does not hold")]
    NoSet(usize),
    /// It could not be written.
    #[error("a release cannot be written as JSON")]
    Write(#[source] serde_json::Error),
}

fn hash(release: &Release) -> Result<String, serde_json::Error> {
    Ok(sha256(serde_json::to_string(release)?.as_bytes()))
}

/// Reads a register and proves that it is whole.
///
/// # Errors
///
/// [`RegisterError`], with the line from which it cannot be trusted.
pub fn read(text: &str, trial: &str) -> Result<Vec<Release>, RegisterError> {
    let mut releases: Vec<Release> = Vec::new();
    let mut previous = String::new();
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let json = |source| RegisterError::Json { line: number, source };
        let Line { sha256, release } = serde_json::from_str(line).map_err(json)?;
        let is_next = release.number == number as u64 && release.previous == previous;
        if !is_next || hash(&release).map_err(json)? != sha256 {
            return Err(RegisterError::Broken(number));
        }
        if release.trial != trial {
            return Err(RegisterError::Trial { line: number, found: release.trial });
        }
        previous = sha256;
        releases.push(release);
    }
    Ok(releases)
}

/// The line to append for what is published now; rows of which nobody says of whom they are made
/// are no part of it, since the gate publishes none of them.
///
/// # Errors
///
/// [`RegisterError::Write`].
pub fn line(
    releases: &[Release],
    published: &ResultSet,
    composition_of: &BTreeMap<Key, Composition>,
    manifest_sha256: &str,
) -> Result<String, RegisterError> {
    let rows = published
        .rows()
        .iter()
        .filter_map(|row| Some((row, row.value?, composition_of.get(&row.key)?)));
    let mut sets: Vec<People> =
        rows.clone().flat_map(|(_, _, composition)| composition.people()).cloned().collect();
    sets.sort();
    sets.dedup();
    let place = |composition: &Composition| {
        let found: Result<Made<usize>, usize> =
            composition.try_map(&mut |people| sets.binary_search(people));
        found
    };
    let rows = rows.filter_map(|(row, value, composition)| {
        // Every set of a published row is in the list that was made of them.
        let composition = place(composition).ok()?;
        Some(ReleasedRow { key: row.key.clone(), value, composition })
    });
    let rows = rows.collect();
    let previous = match releases.last() {
        Some(last) => hash(last).map_err(RegisterError::Write)?,
        None => String::new(),
    };
    let release = Release {
        number: releases.len() as u64 + 1,
        previous,
        trial: published.study.id.clone(),
        data_cutoff: published.study.data_cutoff.clone(),
        manifest_sha256: manifest_sha256.to_owned(),
        sets: sets.iter().map(written).collect(),
        rows,
    };
    let sha256 = hash(&release).map_err(RegisterError::Write)?;
    let line = serde_json::to_string(&Line { sha256, release }).map_err(RegisterError::Write)?;
    Ok(format!("{line}\n"))
}

/// A published count as a whole number; none where it is no count.
fn whole(value: f64) -> Option<i64> {
    format!("{value:.0}").parse().ok()
}

/// What releases tell an attacker beside what is published of these results.
///
/// # Errors
///
/// [`RegisterError::NoSet`].
pub fn earlier(releases: &[Release], results: &ResultSet) -> Result<Vec<Earlier>, RegisterError> {
    let mut told = Vec::new();
    for release in releases {
        let is_same = release.data_cutoff == results.study.data_cutoff;
        let data = if is_same { Data::Same } else { Data::Other };
        let sets: Vec<People> = release.sets.iter().map(as_read).collect();
        let set = |at: usize| {
            let line = usize::try_from(release.number).unwrap_or(usize::MAX);
            sets.get(at).cloned().ok_or(RegisterError::NoSet(line))
        };
        for row in &release.rows {
            match &row.composition {
                // A published count is its own number.
                Made::Count(at) => {
                    told.push(Earlier { set: set(*at)?, size: whole(row.value), data });
                }
                other => {
                    for at in other.people() {
                        told.push(Earlier { set: set(*at)?, size: None, data });
                    }
                }
            }
        }
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(previous: &str, number: u64) -> Release {
        Release {
            number,
            previous: previous.to_owned(),
            trial: "t".to_owned(),
            data_cutoff: "2022-12-31".to_owned(),
            manifest_sha256: String::new(),
            sets: vec![written(&People::everyone())],
            rows: Vec::new(),
        }
    }

    fn text(releases: &[Release]) -> String {
        let line = |release: &Release| {
            let line = Line { sha256: hash(release).unwrap(), release: release.clone() };
            serde_json::to_string(&line).unwrap() + "\n"
        };
        releases.iter().map(line).collect()
    }

    #[test]
    fn a_register_that_was_changed_is_not_read() {
        let first = release("", 1);
        let second = release(&hash(&first).unwrap(), 2);
        let whole = text(&[first.clone(), second.clone()]);
        assert_eq!(read(&whole, "t").unwrap(), [first.clone(), second.clone()]);
        assert!(matches!(read(&whole, "u"), Err(RegisterError::Trial { line: 1, .. })));
        // A line taken out, two exchanged, a value changed, an end cut off.
        let without_first = text(std::slice::from_ref(&second));
        assert!(matches!(read(&without_first, "t"), Err(RegisterError::Broken(1))));
        let exchanged = text(&[second, first]);
        assert!(matches!(read(&exchanged, "t"), Err(RegisterError::Broken(1))));
        let changed = whole.replacen("2022-12-31", "2021-12-31", 1);
        assert!(matches!(read(&changed, "t"), Err(RegisterError::Broken(1))));
        let cut = &whole[..whole.len() - 10];
        assert!(matches!(read(cut, "t"), Err(RegisterError::Json { line: 2, .. })));
    }
}
