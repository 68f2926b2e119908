//! Rows of one randomisation test: as the statistic is, studentised, and the inverted interval.

use super::super::Setting;
use super::super::effect_rows::add_test;
use super::super::sheet::{Entry, Sheet};
use super::items::{Inversion, Item, Kind};
use crate::numeric::interval::Interval;
use crate::resample::randomisation::attributable::attributable_effect;
use crate::resample::randomisation::design::RandomisationDesign;
use crate::resample::randomisation::distribution::{
    NoPValue, RandomisationDistribution, RandomisationP,
};
use crate::resample::randomisation::interval::{shift_interval, studentised_shift_interval};
use crate::results::vocabulary::{Inference, Statistic, Unit};

const EXACT: &str = "all assignments are taken";
const UNBOUNDED: &str = "too few draws or assignments for a limit at this level";

/// What is tested, under which design, and what to say of it.
type Tested<'a> = (&'a Item, &'a RandomisationDesign, &'a str);

/// The rows of an item, whose statistics begin at `first`.
pub(super) fn add_item(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    (item, design, note): Tested<'_>,
    (distribution, first): (&RandomisationDistribution, usize),
) {
    let exact = if distribution.is_exact() { EXACT } else { "" };
    let entry = item.entry.also(note).also(exact);
    let raw = entry.inference(Inference::Randomisation);
    let studentised = entry.inference(Inference::RandomisationStudentised);
    let observed = |at| distribution.observed(first + at);
    let two_sided = |at| distribution.two_sided(first + at);
    match &item.kind {
        Kind::None(reason) => sheet.missing(&raw, Statistic::PValue, Unit::P, reason),
        Kind::Balance(balance) => {
            add_test(sheet, &item.entry, balance.chi_squared(design));
            add_value(sheet, &raw, (Statistic::TestStatistic, Unit::None), observed(0));
            add_p(sheet, &raw, distribution.greater(first));
        }
        Kind::LogRank { .. } => {
            add_value(sheet, &raw, (Statistic::TestStatistic, Unit::None), observed(0));
            add_p(sheet, &raw, two_sided(0));
            add_value(sheet, &studentised, (Statistic::TestStatistic, Unit::None), observed(1));
            add_p(sheet, &studentised, two_sided(1));
        }
        Kind::RestrictedMean(_) => {
            add_value(sheet, &raw, (Statistic::EstimateDays, Unit::Days), observed(0));
            add_p(sheet, &raw, two_sided(0));
            add_value(sheet, &studentised, (Statistic::TestStatistic, Unit::None), observed(1));
            add_p(sheet, &studentised, two_sided(1));
        }
        Kind::Linear { inversion, .. } => {
            add_value(sheet, &raw, (Statistic::Estimate, item.unit), observed(0));
            add_p(sheet, &raw, two_sided(0));
            let t = if matches!(inversion, Inversion::Shift) { 5 } else { 1 };
            add_value(sheet, &studentised, (Statistic::TestStatistic, Unit::None), observed(t));
            add_p(sheet, &studentised, two_sided(t));
            match inversion {
                Inversion::Shift => {
                    let own = shift_interval(distribution, first, setting.level);
                    let own = own.map(|own| own.limits).map_err(|reason| reason.to_string());
                    add_limits(sheet, &raw, item.unit, own);
                    let own = studentised_shift_interval(distribution, first, setting.level);
                    let own = own.map(|own| own.limits).map_err(|reason| reason.to_string());
                    add_limits(sheet, &studentised, item.unit, own);
                }
                Inversion::Attributable(events) => {
                    let own = match events {
                        None => Err("not everyone is observed".to_owned()),
                        Some(events) => attributable_effect(design, events, setting.level)
                            .map(|own| own.limits)
                            .map_err(|reason| reason.to_string()),
                    };
                    add_limits(sheet, &raw, item.unit, own);
                }
                Inversion::None => {}
            }
        }
    }
}

fn add_value(
    sheet: &mut Sheet,
    entry: &Entry,
    (statistic, unit): (Statistic, Unit),
    observed: Option<f64>,
) {
    sheet.put_or(entry, (statistic, unit), observed, &"it does not exist as allocated");
}

/// The p-value, how many draws it is from, and how far it may be from that of all assignments.
fn add_p(sheet: &mut Sheet, entry: &Entry, p: Result<RandomisationP, NoPValue>) {
    let own = match p {
        Ok(own) => own,
        Err(reason) => return sheet.missing(entry, Statistic::PValue, Unit::P, &reason),
    };
    sheet.put(entry, Statistic::PValue, Unit::P, own.p_value);
    sheet.put(entry, Statistic::Replicates, Unit::Count, own.draws as f64);
    sheet.put(entry, Statistic::FailedReplicates, Unit::Count, own.failed as f64);
    if let Some(monte_carlo) = own.monte_carlo {
        let of = entry.level(Statistic::PValue.as_str());
        sheet.put(&of, Statistic::MonteCarloError, Unit::P, monte_carlo.std_error);
        sheet.limits(&of, Unit::P, monte_carlo.interval);
    }
}

fn add_limits(sheet: &mut Sheet, entry: &Entry, unit: Unit, limits: Result<Interval, String>) {
    let limits = limits.and_then(|own| {
        let is_bounded = own.lower.is_finite() && own.upper.is_finite();
        if is_bounded { Ok(own) } else { Err(UNBOUNDED.to_owned()) }
    });
    match limits {
        Ok(own) => sheet.limits(entry, unit, own),
        Err(reason) => {
            let rows = [(Statistic::CiLower, unit), (Statistic::CiUpper, unit)];
            sheet.all_missing(entry, &rows, &reason);
        }
    }
}
