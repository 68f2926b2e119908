//! Two shares of an arm stacked over time.

use crate::render::chart::drawing::Type;
use crate::render::chart::panel::{Label, Layer, NumberLine};
use crate::render::chart::style::{GREY, INK, TICK, arm_type, colour, stroke};
use crate::trial::arm::Arm;

use super::curves::{self, Join};
use super::draft::Draft;
use super::form::Form;
use super::steps::{self, Step};

/// Opacity of the lower and of the upper area, in per cent.
const LOWER: u8 = 40;
const UPPER: u8 = 85;

/// A share, and another that stands upon it.
pub(crate) struct Stack {
    pub(crate) arm: Arm,
    pub(crate) below: Vec<Step>,
    pub(crate) above: Vec<Step>,
}

fn share(step: &Step) -> Option<f64> {
    step.value.estimate.value()
}

impl Stack {
    /// Where the lower and the upper share of a month end.
    fn ends(&self, step: &Step) -> Option<(f64, f64)> {
        let (below, above) = (share(step)?, steps::at(&self.above, step.month).value()?);
        Some((below, below + above))
    }

    /// The last month of either share.
    pub(crate) fn last(&self) -> i32 {
        self.below.iter().chain(&self.above).map(|step| step.month).max().unwrap_or(0)
    }

    /// What the axis must reach.
    pub(crate) fn heights(&self) -> impl Iterator<Item = f64> + '_ {
        let ends = self.below.iter().filter_map(|step| Some(self.ends(step)?.1));
        self.below.iter().filter_map(share).chain(ends)
    }

    /// The lower share from the axis up with its line, the other upon it.
    pub(crate) fn layers(&self) -> Vec<Layer> {
        let area = |colour, percent| move |outline| Layer::Area { outline, colour, percent };
        let lower = curves::outlines(&self.below, |step| Some((0.0, share(step)?)), Join::Steps);
        let upper = curves::outlines(&self.below, |step| self.ends(step), Join::Steps);
        let line = |run: Vec<(f64, f64)>| Layer::Line {
            points: curves::corners(&run),
            stroke: stroke(self.arm),
        };
        let areas = lower.into_iter().map(area(colour(self.arm), LOWER));
        let areas = areas.chain(upper.into_iter().map(area(GREY, UPPER)));
        areas.chain(curves::runs(&self.below, share).into_iter().map(line)).collect()
    }

    /// Names of both areas and of the rest at their ends; an upper share that is hidden there has no
    /// area to name.
    pub(crate) fn names(&self, words: [&str; 3], top: f64) -> Vec<(f64, Label)> {
        let [below, above, rest] = words;
        let last = self.below.iter().rev().find(|step| share(step).is_some());
        let Some((last, end)) = last.and_then(|step| Some((step, share(step)?))) else {
            return Vec::new();
        };
        let mut names = vec![(end / 2.0, Label::new(below, arm_type(self.arm, TICK.size)))];
        if let Some((_, upper_end)) = self.ends(last) {
            let above = Label::new(above, Type { colour: INK, ..TICK });
            names.push((f64::midpoint(end, upper_end), above));
            names.push((f64::midpoint(upper_end, top), Label::plain(rest)));
        }
        names
    }

    /// Lines of both shares and of the numbers at risk.
    pub(crate) fn lines(&self, draft: &Draft<'_>, words: [&str; 3], last: i32) -> Vec<NumberLine> {
        let months = steps::wanted_months(draft.names, last);
        // At the start both are nothing, and their room serves the months after.
        let share = |steps: &[Step], month: i32| match month {
            0 => String::new(),
            month => draft.quietly(&steps::at(steps, month), Form::Percent),
        };
        let count = |month: i32| {
            let step = self.below.iter().find(|step| step.month == month);
            step.map_or_else(String::new, |step| step.count_text.clone())
        };
        let line = |name: &str, number: &dyn Fn(i32) -> String| NumberLine {
            name: Label::plain(name),
            numbers: months.iter().map(|&month| (f64::from(month), number(month))).collect(),
            look: TICK,
        };
        let [below, above, at_risk] = words;
        vec![
            line(below, &|month| share(&self.below, month)),
            line(above, &|month| share(&self.above, month)),
            line(at_risk, &count),
        ]
    }
}
