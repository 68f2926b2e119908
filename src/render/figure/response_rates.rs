//! Share of those due who answered, by wave, arm and region.

use std::collections::BTreeSet;

use crate::render::chart::axis::Axis;
use crate::render::chart::panel::{Grid, Label, Panel, Upright};
use crate::render::chart::parts::Body;
use crate::render::lookup::{Question, months, regions, result_arm};
use crate::render::text::fill;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome};
use crate::trial::arm::{Arm, TwoArm};

use super::reading::curves;
use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};
use super::reading::waves::{self, Asked, Gaps, Point};

fn question(region: &str, arm: Arm) -> Question {
    let (outcome, set) = (Outcome::Answered, AnalysisSet::Itt);
    Question::new(Analysis::ArmRate, outcome, set, Method::Wilson)
        .region(region)
        .arm(result_arm(arm))
}

/// Draws the figure; nothing where no wave was due.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.response_rates;
    let every = regions(source.results);
    let of = |region: &&str| {
        Arm::BOTH.map(|arm| months(source.results, &question(region, arm))).concat()
    };
    let waves: BTreeSet<i32> = every.iter().flat_map(of).collect();
    let waves: Vec<i32> = waves.into_iter().collect();
    if waves.is_empty() {
        return Ok(None);
    }
    let values = ["due", VALUES[0], VALUES[1], VALUES[2]];
    let mut draft = Draft::new(source, &["region", "arm", "month"], &values);
    draft.note(&text.explain);
    draft.say(&text.alternative, &[]);
    let mut all = Vec::new();
    for region in every {
        let templates = [&text.share, &text.due_of];
        let asked = Asked {
            region,
            question: &|arm| question(region, arm),
            words: &|arm| templates.map(|text| fill(text, &[("arm", arm)])),
            keys: &|arm| vec![region, arm],
            gaps: Gaps::All,
        };
        let points = waves::both(&mut draft, &asked, &waves);
        let name = names.region(region);
        for (month, values) in
            waves::arm_values(&draft, &points, (&text.alternative_arm, Form::Percent))
        {
            let row = [("region", &*name), ("month", &month), ("arm_values", &values)];
            draft.say(&text.alternative_row, &row);
        }
        all.push((name, points));
    }
    let axis = Axis::covering(all.iter().flat_map(|(_, points)| waves::values(points)));
    let y = Upright::new(axis, |tick| names.numbers().short_percent(tick));
    let panel = |(name, points): &(String, TwoArm<Vec<Point>>)| Panel {
        heading: Label::strong(name),
        aside: Label::plain(&text.axis),
        y: y.clone(),
        ..waves::panel(names, points, (&waves, &text.wave_axis))
    };
    let panels: Vec<Panel> = all.iter().map(panel).collect();
    let grid = Grid {
        key: curves::key(names),
        line_heading: text.due.clone(),
        ..Grid::of(panels, 2, 130.0)
    };
    let subtitle = names.subtitle(&names.texts.common.subtitle, &text.set);
    draft.finish(Head::new("response_rates", &text.title, subtitle), Body::Grid(grid)).map(Some)
}
