//! Masks cells of 1 to 4 people in what documents show, with a complement.
//!
//! A cell is a count of people: those in an arm, those with the event, those without it, those at
//! risk, those lost, those of a level of a characteristic, those for whom it is not known. Where it
//! is 1 to 4, every number of its analysis is withheld. Where exactly one part of a total that is
//! shown (or the total itself) is withheld, subtraction would give it back: the smallest other part
//! is withheld too. Totals are over regions, over the levels of a subgroup, over the levels of a
//! characteristic and those for whom it is not known, and over the arms where both are shown
//! together; what one of them withholds is completed in all others.
//!
//! Two counts of which one is a part of the other give away those who are not in the part. Where
//! these are 1 to 4, the part is withheld; of answers without a score the number of scores alone, so
//! that a mean need not go for an item that a few left out.
//!
//! A contrast of arms is withheld where an arm's cell is, since the other arm's rate would give it
//! back: effects, quantile effects, effects among compliers, balance. So is what is made of the same
//! few people: amounts of work where few had a job, and work beside a benefit where few work without
//! one. Of two reports of work all numbers are withheld where one way of answering is that of 1 to 4. Quantiles are values of single people, and are withheld for fewer than 10 in an arm.
//!
//! Curves stand on the monthly grid; a month by which 1 to 4 people of an arm and region had
//! their first job or a competing exit, or at which 1 to 4 are left at risk, is withheld. Where 1 to
//! 4 of an arm had a first job at all, so is every ratio, test, mean and quantile made of them. This does not protect against
//! an attacker who knows most of the participants, nor against differencing with earlier reports, nor
//! against solving several totals at once where no single one gives a cell away.

use std::collections::BTreeMap;

use crate::results::result_set::ResultSet;
use crate::results::row::{MASKED_COMPLEMENT, MASKED_SMALL_CELL, Row};
use crate::results::vocabulary::{Analysis, Method, Outcome, ResultArm, Statistic};

mod cell;
mod counts;
mod differences;
mod twins;
mod words;

use cell::{Cell, Subject, cell_of};
use counts::{Counts, is_small};
use twins::follow;

/// Fewest people in an arm whose quantiles are shown.
const FEWEST_FOR_QUANTILES: f64 = 10.0;

/// Cells that are withheld, and why.
type Masked = BTreeMap<Cell, &'static str>;

/// The same results with small cells and their complements withheld.
#[must_use]
pub fn mask_small_cells(results: &ResultSet) -> ResultSet {
    let counts = Counts::of(results);
    let mut masked = counts.small();
    loop {
        let before = masked.len();
        follow(&mut masked, &counts);
        counts.complete(&mut masked);
        if masked.len() == before {
            break;
        }
    }
    let flow = masked_flow(results);
    results.map_rows(|row| {
        let note = match note_of(row, &masked, &counts, &flow) {
            Some(note) => return Row { value: None, note: note.to_owned(), ..row.clone() },
            None if row.value.is_none() => words::reason(&row.note),
            None => words::remark(&row.note),
        };
        Row { note: note.into_owned(), ..row.clone() }
    })
}

/// Why a row is withheld, if it is.
fn note_of(
    row: &Row,
    masked: &Masked,
    counts: &Counts,
    flow: &BTreeMap<Statistic, &'static str>,
) -> Option<&'static str> {
    let key = &row.key;
    match key.analysis {
        // With the numbers who answered it would give those who left before the wave.
        Analysis::EffectBounds
            if key.statistic == Statistic::TrimmedShare && cell::has_size(key.outcome) =>
        {
            Some(MASKED_COMPLEMENT)
        }
        Analysis::Flow => flow.get(&key.statistic).copied(),
        Analysis::Baseline => baseline_note(row, masked, counts),
        Analysis::Balance => balance_note(row, masked),
        Analysis::ComplierMean => complier_note(row, masked),
        // A contrast: both arms' cells must be open. So it is with tests over all months and ratios
        // of hazards, which are made of all first jobs.
        Analysis::Effect
        | Analysis::EffectBounds
        | Analysis::SurvivalTest
        | Analysis::HazardRatio
        | Analysis::ProportionalHazardsTest
        | Analysis::Concordance
        | Analysis::QuantileEffect
        | Analysis::ShrunkenEffect
        | Analysis::ComplierShare
        | Analysis::ComplierEffect => contrast_note(row, masked, counts),
        Analysis::Rmst | Analysis::TimeLost if key.arm == ResultArm::Contrast => {
            contrast_note(row, masked, counts)
        }
        _ => {
            let cell = cell_of(row)?;
            let is_quantile = matches!(
                key.analysis,
                Analysis::ArmQuantile
                    | Analysis::SurvivalMedian
                    | Analysis::SurvivalQuantile
                    | Analysis::FollowUp
            ) || (key.analysis == Analysis::Agreement
                && key.statistic == Statistic::Median);
            let is_few = is_quantile && !counts.has_people(&cell, FEWEST_FOR_QUANTILES);
            let size = size_told(row).map(|subject| Cell { subject, ..cell.clone() });
            let is_told = size.is_some_and(|size| masked.contains_key(&size));
            let own = masked.get(&cell).copied().or(is_few.then_some(MASKED_SMALL_CELL));
            own.or(is_told.then_some(MASKED_COMPLEMENT))
        }
    }
}

/// Whose number a row of one arm tells beside others: a standard error or a limit, beside the
/// standard deviation.
fn size_told(row: &Row) -> Option<Subject> {
    let key = &row.key;
    let statistics = [Statistic::StdError, Statistic::CiLower, Statistic::CiUpper];
    let tells = key.analysis == Analysis::ArmMean && statistics.contains(&key.statistic);
    (tells && cell::has_size(key.outcome)).then_some(Subject::Size(key.outcome))
}

/// The cell of an arm that a contrast is made of.
fn arm_cell(row: &Row, arm: ResultArm) -> Cell {
    let outcome = row.key.outcome;
    Cell {
        subject: Subject::Outcome(outcome),
        month: row.key.month,
        arm,
        region: row.key.region.clone(),
        subgroup: row.key.subgroup.clone(),
        level: if cell::is_named_by_level(outcome) {
            row.key.own_level().to_owned()
        } else {
            String::new()
        },
    }
}

fn contrast_note(row: &Row, masked: &Masked, counts: &Counts) -> Option<&'static str> {
    let key = &row.key;
    let is_complier = matches!(key.analysis, Analysis::ComplierShare | Analysis::ComplierEffect);
    if is_complier && hides_take_up(masked, &key.region) {
        return Some(MASKED_COMPLEMENT);
    }
    let arms = [ResultArm::Ips, ResultArm::Control].into_iter();
    arms.map(|arm| arm_cell(row, arm)).find_map(|cell| {
        let is_few = key.analysis == Analysis::QuantileEffect
            && !counts.has_people(&cell, FEWEST_FOR_QUANTILES);
        let is_hidden = masked.contains_key(&cell)
            || made_of(row)
                .into_iter()
                .any(|subject| masked.contains_key(&Cell { subject, ..cell.clone() }));
        (is_hidden || is_few).then_some(MASKED_COMPLEMENT)
    })
}

/// What a contrast of scores is made of beside the scores at the wave, or would tell the size of.
fn made_of(row: &Row) -> Vec<Subject> {
    let key = &row.key;
    let needs_baseline = cell::needs_baseline(key.outcome, key.method);
    // Hedges' standard error and the degrees of freedom say how many there are.
    let tells_size = key.statistic == Statistic::Df || key.method == Method::HedgesG;
    let mut subjects = Vec::new();
    if needs_baseline {
        subjects.push(Subject::WithBaseline);
    }
    if tells_size && needs_baseline {
        subjects.push(Subject::SizeWithBaseline);
    } else if tells_size {
        subjects.push(Subject::Size(key.outcome));
    }
    subjects
}

/// Whether an arm's take-up is withheld in a region, at any month.
fn hides_take_up(masked: &Masked, region: &str) -> bool {
    let take_up = Subject::Outcome(Outcome::TakeUp);
    masked.keys().any(|cell| cell.subject == take_up && cell.region == region)
}

/// A characteristic of compliers is hidden with the level itself, and with take-up.
fn complier_note(row: &Row, masked: &Masked) -> Option<&'static str> {
    let key = &row.key;
    let is_hidden = masked.keys().any(|cell| {
        let is_level =
            matches!(cell.subject, Subject::Level | Subject::Numbers) && cell.level == key.level;
        cell.region == key.region && is_level
    });
    (is_hidden || hides_take_up(masked, &key.region)).then_some(MASKED_COMPLEMENT)
}

fn baseline_note(row: &Row, masked: &Masked, counts: &Counts) -> Option<&'static str> {
    let key = &row.key;
    let variable = cell::variable(&key.level);
    let cell = |subject, level: &str| Cell {
        subject,
        month: key.month,
        arm: key.arm,
        region: key.region.clone(),
        subgroup: key.subgroup.clone(),
        level: level.to_owned(),
    };
    let own = match (variable == key.level, key.method) {
        (false, _) => masked.get(&cell(Subject::Level, &key.level)),
        (true, Method::Mean) => masked.get(&cell(Subject::Numbers, variable)),
        (true, _) => None,
    };
    if let Some(note) = own {
        return Some(note);
    }
    // Who is known, and every share of them, gives those away who are not.
    let is_of_known = match key.statistic {
        Statistic::N | Statistic::Missing => true,
        Statistic::Estimate => variable != key.level,
        _ => false,
    };
    if is_of_known && let Some(note) = masked.get(&cell(Subject::Missing, variable)) {
        let is_own = key.statistic == Statistic::Missing;
        return Some(if is_own { note } else { MASKED_COMPLEMENT });
    }
    let is_quartile = matches!(
        key.statistic,
        Statistic::QuartileOne | Statistic::Median | Statistic::QuartileThree
    );
    let numbers = cell(Subject::Numbers, variable);
    let is_few = is_quartile && !counts.has_people(&numbers, FEWEST_FOR_QUANTILES);
    is_few.then_some(MASKED_SMALL_CELL)
}

/// The balance of a level goes with the level; that of a variable with any of its levels.
fn balance_note(row: &Row, masked: &Masked) -> Option<&'static str> {
    let key = &row.key;
    let is_whole = cell::variable(&key.level) == key.level;
    let is_hidden = masked.keys().any(|cell| {
        let is_it = match cell.subject {
            Subject::Level if is_whole => cell::variable(&cell.level) == key.level,
            Subject::Level | Subject::Numbers => cell.level == key.level,
            _ => false,
        };
        is_it && cell.region == key.region
    });
    is_hidden.then_some(MASKED_COMPLEMENT)
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
mod attack_tests;
#[cfg(test)]
mod span_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod time_tests;
