//! Bands that hold an effect at all months together, from the shared replicates.

use super::super::Setting;
use super::super::sheet::Sheet;
use super::drawn::Drawn;
use super::quantity::Quantity;
use crate::resample::sup_t::{BandMember, sup_t_from_replicates};
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::vocabulary::{Analysis, Inference, Method, ResultArm, Statistic, Unit};

/// Bands of effects by month and of differences of survival, for everyone.
pub(super) fn add_bands(sheet: &mut Sheet, setting: Setting<'_>, drawn: &Drawn) {
    let mut series: Vec<(Key, Vec<usize>)> = Vec::new();
    for (at, quantity) in drawn.quantities.iter().enumerate().filter(|(_, own)| is_by_month(own)) {
        let key = Key { month: None, ..quantity.key() };
        match series.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(at),
            None => series.push((key, vec![at])),
        }
    }
    for (_, mut members) in series.into_iter().filter(|(_, members)| members.len() > 1) {
        members.sort_by_key(|&at| drawn.quantities[at].entry.key().month);
        add_band(sheet, setting, drawn, &members);
    }
}

/// Whether a quantity is an effect of everyone at a month of a series.
fn is_by_month(own: &Quantity) -> bool {
    let key = own.entry.key();
    let is_series = matches!(key.method, Method::OlsStrataHc2 | Method::SurvivalDifference);
    key.analysis == Analysis::Effect
        && key.arm == ResultArm::Contrast
        && key.region == ALL_REGIONS
        && key.subgroup.is_empty()
        && key.month.is_some()
        && is_series
}

fn add_band(sheet: &mut Sheet, setting: Setting<'_>, drawn: &Drawn, members: &[usize]) {
    let estimates: Vec<f64> = members.iter().map(|&at| drawn.estimates[at]).collect();
    let member = |(&column, &estimate)| BandMember { estimate, std_error: None, column };
    let in_band: Vec<BandMember> = members.iter().zip(&estimates).map(member).collect();
    let level = setting.level;
    let band = sup_t_from_replicates(&drawn.replicates, &in_band, level, drawn.allowed_share);
    let first = &drawn.quantities[members[0]];
    let entry = first.entry.without_month().inference(Inference::BandSupT);
    let band = match band {
        Ok(band) => band,
        Err(reason) => {
            return sheet.missing(&entry, Statistic::CriticalValue, Unit::None, &reason);
        }
    };
    let critical = band.critical;
    sheet.put(&entry, Statistic::CriticalValue, Unit::None, critical.value);
    let of = entry.level(Statistic::CriticalValue.as_str());
    sheet.put(&of, Statistic::MonteCarloError, Unit::None, critical.monte_carlo_error);
    for (&at, (estimate, std_error)) in members.iter().zip(estimates.iter().zip(&band.std_errors)) {
        let quantity = &drawn.quantities[at];
        let entry = quantity.entry.inference(Inference::BandSupT);
        // A month without a standard error is not in the band.
        if let Some(std_error) = std_error {
            let reach = critical.value * std_error;
            sheet.put(&entry, Statistic::CiLower, quantity.unit, estimate - reach);
            sheet.put(&entry, Statistic::CiUpper, quantity.unit, estimate + reach);
        }
    }
}
