//! What a row is worth to readers: what is worth least is withheld first.

use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::study::Study;
use crate::results::vocabulary::{Analysis, Method, Outcome, ResultArm, Statistic};

/// What stays whatever else has to go.
const HEADLINE: u64 = 1_000_000;

/// What a row is worth.
///
/// Tests of interaction go first, then effects drawn together, F and response tests, stratified
/// sensitivity estimates, stratified estimates, counts, and everything else; numbers at months that
/// the plan does not name before those that it names. The difference over all regions, of those
/// observed and of everyone, stays.
pub(super) fn worth(row: &Row, study: &Study) -> u64 {
    let key = &row.key;
    if is_headline(key) {
        return HEADLINE;
    }
    let own = match key.analysis {
        Analysis::Interaction => 1,
        Analysis::ShrunkenEffect => 2,
        Analysis::ComplierShare | Analysis::ComplierMean | Analysis::ComplierEffect => 4,
        _ if key.outcome == Outcome::Answered && key.arm == ResultArm::Contrast => 4,
        _ if is_stratified(key.method) && key.inference.is_bootstrap() => 6,
        _ if is_stratified(key.method) => 8,
        _ if is_complement(key.statistic) => 10,
        _ => 12,
    };
    let is_planned = key.month.is_none_or(|month| {
        month == study.horizon_months
            || study.months.contains(&month)
            || study.wave_months.contains(&month)
            || month == 0
    });
    let is_pooled = key.region == ALL_REGIONS && key.subgroup.is_empty();
    own * if is_planned { 10 } else { 1 } * if is_pooled { 3 } else { 1 }
}

/// The difference over all regions.
fn is_headline(key: &Key) -> bool {
    let methods = [Method::RiskDifferenceNewcombe, Method::RiskDifferenceAalenJohansen];
    key.analysis == Analysis::Effect
        && key.region == ALL_REGIONS
        && key.subgroup.is_empty()
        && methods.contains(&key.method)
        && matches!(key.outcome, Outcome::EverEmployed | Outcome::FirstJob)
        && key.inference.is_of_the_estimator()
}

fn is_stratified(method: Method) -> bool {
    matches!(
        method,
        Method::RiskDifferenceMantelHaenszel
            | Method::OlsStrataHc2
            | Method::LinHc2
            | Method::LogRankStratified
            | Method::PetoPetoStratified
            | Method::CoxEfronStratified
            | Method::GrayStratified
            | Method::RestrictedMeanStratified
            | Method::FlemingHarringtonStratified
            | Method::MaxComboStratified
            | Method::WaldHc2
    )
}

fn is_complement(statistic: Statistic) -> bool {
    matches!(
        statistic,
        Statistic::N
            | Statistic::Missing
            | Statistic::NAtRisk
            | Statistic::Censored
            | Statistic::Lost
            | Statistic::NotDue
    )
}
