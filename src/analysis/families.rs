//! p-values of declared families, adjusted for each other.

use super::bootstrap::Drawn;
use super::estimands::is_answered_by;
use super::sheet::{Entry, Sheet};
use crate::plan::resampling::{Adjusted, Family};
use crate::plan::types::Plan;
use crate::resample::multiplicity::{MultiplicityError, benjamini_hochberg, hochberg, holm};
use crate::results::row::{FAMILY_MARK, Key, Row};
use crate::results::vocabulary::{AnalysisSet, Inference, ResultArm, Statistic, Unit};

/// One hypothesis of a family: no effect, by one estimator at one month.
struct Hypothesis {
    /// The row of its estimate.
    row: Row,
    /// Its own p-value, where there is one.
    p_value: Option<f64>,
    /// Its place among what is resampled.
    drawn: Option<usize>,
}

/// Adds the adjusted p-values of every family.
pub(super) fn add_families(sheet: &mut Sheet, plan: &Plan, drawn: &Drawn) {
    for family in &plan.families {
        let hypotheses = hypotheses(sheet.rows(), plan, family, drawn);
        for adjustment in &family.adjustments {
            let adjusted = match adjustment {
                Adjusted::Holm => from_p_values(&hypotheses, holm),
                Adjusted::Hochberg => from_p_values(&hypotheses, hochberg),
                Adjusted::BenjaminiHochberg => from_p_values(&hypotheses, benjamini_hochberg),
                Adjusted::RomanoWolf | Adjusted::WestfallYoung => {
                    from_draws(&hypotheses, drawn, *adjustment)
                }
            };
            add_rows(sheet, (family, *adjustment), &hypotheses, &adjusted);
        }
    }
}

/// The hypotheses of a family, in the order of its members and then of the results.
fn hypotheses(rows: &[Row], plan: &Plan, family: &Family, drawn: &Drawn) -> Vec<Hypothesis> {
    let members = family.members.iter();
    let estimands = members.filter_map(|id| plan.estimands.iter().find(|one| one.id == *id));
    let mut all: Vec<Hypothesis> = Vec::new();
    for estimand in estimands {
        let is_wanted = |row: &&Row| {
            let key = &row.key;
            key.arm == ResultArm::Contrast
                && key.inference == Inference::Analytic
                && (key.level.is_empty() || estimand.level.is_some())
                && key.analysis_set != AnalysisSet::IttWeighted
                && is_answered_by(plan, estimand, estimand.method, key)
        };
        let mut own: Vec<&Row> = rows.iter().filter(is_wanted).collect();
        own.sort_by_key(|row| line_of(&row.key));
        for line in own.chunk_by(|a, b| line_of(&a.key) == line_of(&b.key)) {
            let p_value = line.iter().find(|row| row.key.statistic == Statistic::PValue);
            let is_new = all.iter().all(|known| line_of(&known.row.key) != line_of(&line[0].key));
            if is_new {
                all.push(Hypothesis {
                    row: line[0].clone(),
                    p_value: p_value.and_then(|row| row.value),
                    drawn: drawn.position(&line[0].key),
                });
            }
        }
    }
    all
}

/// A key whatever its statistic.
fn line_of(key: &Key) -> Key {
    Key { statistic: Statistic::Estimate, ..key.clone() }
}

/// An adjusted p-value of each hypothesis, or why it has none; and what to say of all of them.
struct AdjustedValues {
    values: Vec<Result<f64, String>>,
    note: String,
}

/// Adjusts the estimators' own p-values; a hypothesis without one is not counted.
fn from_p_values(
    hypotheses: &[Hypothesis],
    adjust: impl Fn(&[f64]) -> Result<Vec<f64>, MultiplicityError>,
) -> AdjustedValues {
    let known: Vec<f64> = hypotheses.iter().filter_map(|own| own.p_value).collect();
    // Without a p-value there is nothing to adjust.
    let mut adjusted = adjust(&known).unwrap_or_default().into_iter();
    let values = hypotheses.iter().map(|own| match own.p_value {
        Some(_) => adjusted.next().ok_or_else(|| "no p-value".to_owned()),
        None => Err("the estimator has no p-value".to_owned()),
    });
    let values = values.collect();
    let note = match hypotheses.len() - known.len() {
        0 => String::new(),
        n => format!("{n} without a p-value are not counted in the family"),
    };
    AdjustedValues { values, note }
}

/// Adjusts by the bootstrap draws, which all hypotheses share.
fn from_draws(hypotheses: &[Hypothesis], drawn: &Drawn, adjustment: Adjusted) -> AdjustedValues {
    let none = |reason: &str| AdjustedValues {
        values: hypotheses.iter().map(|_| Err(reason.to_owned())).collect(),
        note: String::new(),
    };
    let places: Option<Vec<usize>> = hypotheses.iter().map(|own| own.drawn).collect();
    let Some(places) = places else {
        let without = hypotheses.iter().find(|own| own.drawn.is_none());
        let name = without.map_or("", |own| own.row.key.method.as_str());
        return none(&format!("`{name}` is not resampled, and its draws are needed"));
    };
    let observed: Option<Vec<f64>> = places.iter().map(|&at| drawn.t_value(at)).collect();
    let Some(observed) = observed else {
        return none("a member has no estimate or no standard error");
    };
    let family = match drawn.family(&observed, &places) {
        Ok(family) => family,
        Err(reason) => return none(&reason.to_string()),
    };
    let p_values = match adjustment {
        Adjusted::WestfallYoung => family.westfall_young(),
        _ => family.romano_wolf(),
    };
    let note = match family.left_out().total() {
        0 => String::new(),
        n => format!("{n} replicates in which a member failed are left out"),
    };
    AdjustedValues { values: p_values.into_iter().map(Ok).collect(), note }
}

fn add_rows(
    sheet: &mut Sheet,
    (family, adjustment): (&Family, Adjusted),
    hypotheses: &[Hypothesis],
    adjusted: &AdjustedValues,
) {
    for (own, value) in hypotheses.iter().zip(&adjusted.values) {
        let level = match own.row.key.level.as_str() {
            "" => family.id.clone(),
            level => format!("{}{FAMILY_MARK}{level}", family.id),
        };
        let entry = Entry::of_row(&own.row)
            .inference(adjustment.inference())
            .level(&level)
            .note(adjusted.note.as_str());
        match value {
            Ok(value) => sheet.put(&entry, Statistic::PValue, Unit::P, *value),
            Err(reason) => sheet.missing(&entry, Statistic::PValue, Unit::P, reason),
        }
    }
}
