//! Effects of an outcome at months before and after randomisation.

use crate::render::chart::axis::Span;
use crate::render::chart::drawing::{Colour, Mark, Stroke};
use crate::render::chart::panel::Layer;
use crate::render::chart::style::{INK, LIGHT, SECOND};
use crate::render::lookup::{Cell, Interval, NONE, Question, months};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Inference, Outcome};

use super::draft::Draft;
use super::form::Form;

/// A month, its effect, and the limits of the band there.
pub(crate) type Point = (i32, Interval, Option<(f64, f64)>);

/// An effect at each of its months, and the limits of the band of all months together.
pub(crate) struct Series {
    pub(crate) outcome: Outcome,
    pub(crate) points: Vec<Point>,
}

impl Series {
    /// Reads the months that the results have, and explains those that are missing.
    pub(crate) fn read(draft: &mut Draft<'_>, outcome: Outcome) -> Self {
        let (results, names) = (draft.results, draft.names);
        let text = &names.texts.figure.effect_by_month;
        let outcome_name = names.outcome(outcome);
        let known = months(results, &Question::effect_at(outcome, 0));
        let first = known.first().copied();
        let mut points = Vec::new();
        for month in known {
            let question = Question::effect_at(outcome, month);
            let own = question.interval(results);
            let band = question.inference(Inference::BandSupT).interval(results).limits();
            let cell = |limit: Option<f64>| limit.map_or(NONE.clone(), Cell::Value);
            let ends = [cell(band.map(|band| band.0)), cell(band.map(|band| band.1))];
            let keys = [outcome.as_str(), &month.to_string()];
            draft.line(&keys, &[&own.cells()[..], &[&ends[0], &ends[1]]].concat());
            let study = names.study;
            let is_told = study.months.contains(&month) || month == study.horizon_months;
            if is_told || Some(month) == first {
                let form = if outcome == Outcome::Employed { Form::Points } else { Form::Euro };
                let shown = draft.quiet_interval(&own, form);
                let month = names.numbers().decimal(f64::from(month), 0);
                let row = [("month", &*month), ("outcome", &outcome_name), ("difference", &shown)];
                draft.say(&text.alternative_row, &row);
            }
            points.push((month, own, band));
        }
        let what = fill(&text.place, &[("outcome", &outcome_name)]);
        let all: Vec<_> = points.iter().map(|(month, own, _)| (*month, own.clone())).collect();
        draft.explain_months(&all, (ALL_REGIONS, &what));
        Self { outcome, points }
    }

    /// Mark and colour at a month: grey up to randomisation.
    pub(crate) fn look(&self, month: i32) -> (Mark, Colour) {
        match (self.outcome == Outcome::BenefitFormulaEur, month > 0) {
            (false, true) => (Mark::FilledCircle, INK),
            (false, false) => (Mark::OpenCircle, LIGHT),
            (true, true) => (Mark::OpenSquare, SECOND),
            (true, false) => (Mark::OpenSquare, LIGHT),
        }
    }

    /// What the axis must reach.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.points.iter().flat_map(|(_, own, band)| {
            let band = band.iter().flat_map(|(lower, upper)| [*lower, *upper]);
            Span::of(own).into_iter().flat_map(Span::values).chain(band)
        })
    }

    /// Bands, then intervals with their marks. Where a month's interval is withheld, so is the band.
    pub(crate) fn layers(&self, shift: f64) -> Vec<Layer> {
        let limits = |month: i32, (lower, upper): (f64, f64), width| Layer::Limits {
            ends: vec![(f64::from(month) + shift, lower, upper)],
            stroke: Stroke::solid(self.look(month).1, width),
        };
        let bands = self.points.iter();
        let bands = bands.filter_map(|(month, _, band)| Some(limits(*month, (*band)?, 0.45)));
        let marks = self.points.iter().flat_map(|(month, own, _)| {
            let Some(span) = Span::of(own) else { return Vec::new() };
            let (mark, colour) = self.look(*month);
            let points = vec![(f64::from(*month) + shift, span.estimate)];
            let bar = span.limits.map(|ends| limits(*month, ends, 1.3));
            bar.into_iter().chain([Layer::SmallMarks { points, mark, colour }]).collect()
        });
        bands.chain(marks).collect()
    }
}
