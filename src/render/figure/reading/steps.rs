//! A curve's rows as steps by month, with what is missing explained.

use crate::render::lookup::{Cell, Interval, NONE, Question, last_month, months, result_arm};
use crate::render::names::Names;
use crate::render::notes::Place;
use crate::results::vocabulary::{Inference, Statistic};
use crate::trial::arm::{Arm, TwoArm};

use super::draft::Draft;
use super::form::Form;

/// A value at a month.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) month: i32,
    pub(crate) value: Interval,
    /// Limits of a band for all months at once, where the results have one.
    pub(crate) band: Option<(Cell, Cell)>,
    pub(crate) count: Cell,
    pub(crate) count_text: String,
}

/// Whether a curve has limits at an estimate: there are none where nobody, or everybody, has had
/// the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
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
fn read(draft: &mut Draft<'_>, asked: &Asked<'_>, arm: Arm) -> Vec<Step> {
    let (results, names, scale) = (draft.results, draft.names, asked.scale);
    let words = (asked.words)(&names.arm(arm));
    let [curve, limits, at_risk] = words.map(|what| Place::new(names, asked.region, &what));
    let question = (asked.question)(arm);
    let Some(last) = last_month(results, &question) else {
        draft.explain(&Cell::Absent, &curve);
        return Vec::new();
    };
    let labelled = wanted_months(names, last);
    let band = question.clone().inference(Inference::BandSupT);
    let band_months = months(results, &band);
    let band_months = band_months.first().zip(band_months.last());
    let step = |month: i32| {
        let question = question.clone().month(month);
        let value = question.interval(results);
        draft.explain(&value.estimate, &curve);
        if value.estimate.value().is_some_and(|estimate| scale.is_inside(estimate)) {
            draft.explain(&value.lower, &limits);
            draft.explain(&value.upper, &limits);
        }
        let has_band = band_months.is_some_and(|(from, to)| (*from..=*to).contains(&month));
        let band = has_band.then(|| {
            let limits = band.clone().month(month).interval(results);
            (limits.lower, limits.upper)
        });
        let is_drawn = scale != Scale::Undrawn && value.estimate.value().is_some();
        if let Some((lower, upper)) = band.as_ref().filter(|_| is_drawn) {
            draft.explain(lower, &limits);
            draft.explain(upper, &limits);
        }
        let count = question.cell(results, Statistic::NAtRisk);
        let is_labelled = labelled.contains(&month);
        let count_text =
            if is_labelled { draft.show(&count, &at_risk, Form::Count) } else { String::new() };
        Step { month, value, band, count, count_text }
    };
    (0..=last).map(step).collect()
}

/// Months that deserve a label, the most wanted first.
pub(crate) fn wanted_months(names: Names<'_>, last: i32) -> Vec<i32> {
    let study = names.study;
    let wanted = [0, study.horizon_months].into_iter().chain(study.months.iter().copied());
    let mut months: Vec<i32> = Vec::new();
    for month in wanted.filter(|month| (0..=last).contains(month)) {
        if !months.contains(&month) {
            months.push(month);
        }
    }
    months
}

/// The estimate at a month.
pub(crate) fn at(steps: &[Step], month: i32) -> Cell {
    let step = steps.iter().find(|step| step.month == month);
    step.map_or(Cell::Absent, |step| step.value.estimate.clone())
}

impl Step {
    /// Estimate, limits and number at risk.
    pub(crate) fn cells(&self) -> Vec<&Cell> {
        self.value.cells().into_iter().chain([&self.count]).collect()
    }

    /// As [`cells`](Self::cells), with the limits of the band before the number.
    pub(crate) fn cells_with_band(&self) -> Vec<&Cell> {
        let (lower, upper) = self.band.as_ref().map_or((&NONE, &NONE), |(l, u)| (l, u));
        self.value.cells().into_iter().chain([lower, upper, &self.count]).collect()
    }
}

/// Both arms' curves to read: of which rows, with which words, into which lines of numbers.
pub(crate) struct Asked<'q> {
    pub(crate) region: &'q str,
    pub(crate) question: &'q dyn Fn(Arm) -> Question,
    /// What an arm's curve, limits and numbers at risk are called where they are missing.
    pub(crate) words: &'q dyn Fn(&str) -> [String; 3],
    /// Keys of the lines of an arm, but for the month.
    pub(crate) keys: &'q dyn Fn(&'static str) -> Vec<&'q str>,
    pub(crate) scale: Scale,
    pub(crate) cells: fn(&Step) -> Vec<&Cell>,
}

/// Reads both arms' curves and adds their numbers.
pub(crate) fn both(draft: &mut Draft<'_>, asked: &Asked<'_>) -> TwoArm<Vec<Step>> {
    TwoArm::from_fn(|arm| of_arm(draft, asked, arm))
}

/// Reads an arm's curve and adds its numbers.
pub(crate) fn of_arm(draft: &mut Draft<'_>, asked: &Asked<'_>, arm: Arm) -> Vec<Step> {
    let steps = read(draft, asked, arm);
    let keys = (asked.keys)(result_arm(arm).as_str());
    for step in &steps {
        draft.line(&[&keys[..], &[&step.month.to_string()]].concat(), &(asked.cells)(step));
    }
    steps
}
