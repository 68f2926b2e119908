//! A curve's rows as steps by month, with what is missing explained.

use crate::render::lookup::{Cell, Question, last_month, months};
use crate::render::notes::{Notes, Place};
use crate::results::vocabulary::{Inference, Statistic};

use super::Source;
use super::curves::Step;

/// A curve, and what its parts are called where they are missing.
pub(super) struct Wanted<'w> {
    /// Its rows, at any month.
    pub(super) question: Question,
    pub(super) region: &'w str,
    pub(super) curve: String,
    pub(super) limits: String,
    pub(super) at_risk: String,
}

/// Whether a curve has limits at an estimate: there are none where nobody, or everybody, has had
/// the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Between 0 and 1.
    Probability,
    /// Zero or more.
    Amount,
    /// Limits are not drawn, and so not missed.
    Undrawn,
}

impl Scale {
    fn is_inside(self, estimate: f64) -> bool {
        match self {
            Self::Probability => estimate > 0.0 && estimate < 1.0,
            Self::Amount => estimate > 0.0,
            Self::Undrawn => false,
        }
    }
}

/// Reads a curve from month 0 to its last; no step where there is no row.
pub(super) fn read(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    wanted: &Wanted<'_>,
    scale: Scale,
) -> Vec<Step> {
    let (results, names) = (source.results, source.names);
    let place = |what: &str| Place::new(names, wanted.region, what);
    let (curve, limits) = (place(&wanted.curve), place(&wanted.limits));
    let at_risk = place(&wanted.at_risk);
    let Some(last) = last_month(results, &wanted.question) else {
        notes.explain(&Cell::Absent, &curve);
        return Vec::new();
    };
    let labelled = wanted_months(source, last);
    let band = wanted.question.clone().inference(Inference::BandSupT);
    let band_months = months(results, &band);
    let band_months = band_months.first().zip(band_months.last());
    let step = |month: i32| {
        let question = wanted.question.clone().month(month);
        let value = question.interval(results);
        notes.explain(&value.estimate, &curve);
        if value.estimate.value().is_some_and(|estimate| scale.is_inside(estimate)) {
            notes.explain(&value.lower, &limits);
            notes.explain(&value.upper, &limits);
        }
        let has_band = band_months.is_some_and(|(from, to)| (*from..=*to).contains(&month));
        let band = has_band.then(|| {
            let limits = band.clone().month(month).interval(results);
            (limits.lower, limits.upper)
        });
        let is_drawn = scale != Scale::Undrawn && value.estimate.value().is_some();
        if let Some((lower, upper)) = band.as_ref().filter(|_| is_drawn) {
            notes.explain(lower, &limits);
            notes.explain(upper, &limits);
        }
        let count = question.cell(results, Statistic::NAtRisk);
        let count_text = if labelled.contains(&month) {
            notes.show(&count, &at_risk, |n| names.numbers().count(n))
        } else {
            String::new()
        };
        Step { month, value, band, count, count_text }
    };
    (0..=last).map(step).collect()
}

/// Months that deserve a label, the most wanted first.
pub(super) fn wanted_months(source: Source<'_>, last: i32) -> Vec<i32> {
    let study = source.names.study;
    let wanted = [0, study.horizon_months].into_iter().chain(study.months.iter().copied());
    let mut months: Vec<i32> = Vec::new();
    for month in wanted.filter(|month| (0..=last).contains(month)) {
        if !months.contains(&month) {
            months.push(month);
        }
    }
    months
}
