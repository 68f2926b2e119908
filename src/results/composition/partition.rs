//! Facts of which everybody has exactly one.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::Fact;
use super::people::People;
use crate::trial::arm::Arm;

/// Facts of which exactly one is true of everyone in a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Of whom exactly one is true: everyone, or those of whom a characteristic is known.
    pub among: People,
    /// The facts.
    pub parts: Vec<Fact>,
}

/// The partitions that the facts named by some results belong to: the arms, the trial's regions, the
/// strata, the levels of each characteristic.
///
/// Results name all levels of a characteristic and all strata, or none: those that are named are
/// those that there are.
pub fn partitions<'a>(
    regions: &[String],
    facts: impl IntoIterator<Item = &'a Fact>,
) -> Vec<Partition> {
    let mut strata: BTreeSet<&Fact> = BTreeSet::new();
    let mut levels: BTreeMap<&str, BTreeSet<&Fact>> = BTreeMap::new();
    for fact in facts {
        match fact {
            Fact::Stratum(_) => {
                strata.insert(fact);
            }
            Fact::Level { variable, .. } => {
                levels.entry(variable).or_default().insert(fact);
            }
            _ => {}
        }
    }
    let everyone = |parts: Vec<Fact>| Partition { among: People::everyone(), parts };
    let mut all = vec![
        everyone(Arm::BOTH.map(Fact::Arm).to_vec()),
        everyone(regions.iter().cloned().map(Fact::Region).collect()),
    ];
    if !strata.is_empty() {
        all.push(everyone(strata.into_iter().cloned().collect()));
    }
    for (variable, parts) in levels {
        let known = Fact::Known { variable: variable.to_owned() };
        let parts = parts.into_iter().cloned().collect();
        all.push(Partition { among: People::of([known.holds()]), parts });
    }
    all
}
