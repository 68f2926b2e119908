//! Variables and their levels, in a reader's order.

use std::collections::{BTreeMap, BTreeSet};

use crate::results::result_set::ResultSet;
use crate::results::row::{Key, Row};
use crate::results::study::Study;
use crate::results::vocabulary::{Analysis, Outcome};

/// A variable with the words of its levels, `variable=level`; none where it is a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) levels: Vec<String>,
}

/// Variables of the baseline table, in the plan's order; what the plan does not name comes last.
pub(super) fn baseline(results: &ResultSet) -> Vec<Variable> {
    let is_wanted = |row: &&Row| matches!(row.key.analysis, Analysis::Baseline | Analysis::Balance);
    let words = results.rows().iter().filter(is_wanted).map(|row| row.key.level.as_str());
    ordered(words, (&results.study.baseline_variables, &results.study))
}

/// Variables by whose levels the effect on any job is shown, in the plan's order.
pub(super) fn subgroups(results: &ResultSet) -> Vec<Variable> {
    subgroups_where(results, |key| key.outcome == Outcome::EverEmployed)
}

/// Variables by whose levels there are such rows, in the plan's order.
pub(super) fn subgroups_where(
    results: &ResultSet,
    is_wanted: impl Fn(&Key) -> bool,
) -> Vec<Variable> {
    let keys = results.rows().iter().map(|row| &row.key);
    let words = keys.filter(|key| !key.subgroup.is_empty() && is_wanted(key));
    let words = words.map(|key| key.subgroup.as_str());
    ordered(words, (&results.study.subgroup_variables, &results.study))
}

/// Variable and level of a word; a word without `=` is a variable.
pub(super) fn parts(word: &str) -> (&str, Option<&str>) {
    word.split_once('=').map_or((word, None), |(name, level)| (name, Some(level)))
}

/// Where a level stands among those that the study orders; nothing where it orders none.
fn given(study: &Study, word: &str) -> Option<usize> {
    let (name, level) = parts(word);
    let variable = study.subgroup_variables.iter().position(|known| known == name)?;
    study.subgroup_levels.get(variable)?.iter().position(|known| Some(known.as_str()) == level)
}

fn ordered<'w>(
    words: impl Iterator<Item = &'w str>,
    (order, study): (&[String], &Study),
) -> Vec<Variable> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for word in words {
        let (name, level) = parts(word);
        let levels = found.entry(name).or_default();
        if level.is_some() {
            levels.insert(word);
        }
    }
    let place = |name: &str| order.iter().position(|known| known == name).unwrap_or(order.len());
    let mut variables: Vec<Variable> = found
        .into_iter()
        .map(|(name, levels)| {
            let mut levels: Vec<String> = levels.into_iter().map(str::to_owned).collect();
            let given = |word: &str| given(study, word).unwrap_or(usize::MAX);
            levels.sort_by(|a, b| {
                let by_label = || rank(a).partial_cmp(&rank(b)).unwrap_or(a.cmp(b));
                given(a).cmp(&given(b)).then_with(by_label)
            });
            Variable { name: name.to_owned(), levels }
        })
        .collect();
    variables.sort_by_key(|variable| place(&variable.name));
    variables
}

/// Groups of numbers from small to large, `<35` before `35-49` before `50+`; then words by letter.
fn rank(word: &str) -> (f64, bool, &str) {
    let level = parts(word).1.unwrap_or_default();
    let is_upper_bound = level.starts_with('<');
    let digits = level.trim_start_matches('<');
    let number: String = digits
        .char_indices()
        .take_while(|(at, c)| c.is_ascii_digit() || *c == '.' || (*at == 0 && *c == '-'))
        .map(|(_, c)| c)
        .collect();
    (number.parse().unwrap_or(f64::INFINITY), !is_upper_bound, level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::arm::TwoArm;

    fn study(subgroup_levels: &[(&str, &[&str])]) -> Study {
        Study {
            id: String::new(),
            title: String::new(),
            data_cutoff: String::new(),
            regions: Vec::new(),
            arm_labels: TwoArm::from_fn(|_| String::new()),
            horizon_months: 18,
            months: Vec::new(),
            confidence_level: 0.95,
            replicates: 0,
            seed: 0,
            n_competing_exits: 0,
            baseline_variables: Vec::new(),
            subgroup_variables: subgroup_levels.iter().map(|(name, _)| (*name).into()).collect(),
            subgroup_levels: subgroup_levels
                .iter()
                .map(|(_, levels)| levels.iter().map(|&level| level.to_owned()).collect())
                .collect(),
            wave_months: Vec::new(),
            scores: Vec::new(),
            estimands: Vec::new(),
        }
    }

    #[test]
    fn levels_stand_in_the_order_of_the_study() {
        let words = ["work=all", "work=half", "work=none", "sex=m", "sex=f", "work=unknown"];
        let study = study(&[("sex", &[]), ("work", &["none", "half", "all"])]);
        let found = ordered(words.into_iter(), (&study.subgroup_variables, &study));
        assert_eq!(found[0].levels, ["sex=f", "sex=m"]);
        assert_eq!(found[1].levels, ["work=none", "work=half", "work=all", "work=unknown"]);
    }

    #[test]
    fn levels_stand_in_a_readers_order() {
        let words =
            ["age=35-49", "age=50+", "age=<35", "sex=m", "sex=f", "months", "age=100+", "sex"];
        let order = ["sex".to_owned(), "age".to_owned()];
        let found = ordered(words.into_iter(), (&order, &study(&[])));
        let names: Vec<&str> = found.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(names, ["sex", "age", "months"]);
        assert_eq!(found[0].levels, ["sex=f", "sex=m"]);
        assert_eq!(found[1].levels, ["age=<35", "age=35-49", "age=50+", "age=100+"]);
        assert!(found[2].levels.is_empty());
    }
}
