//! Jobs after the first one: the mean number started, and how long the first one is kept.

use crate::render::chart::axis::Axis;
use crate::render::chart::panel::{Across, Grid, Label, Panel, Upright};
use crate::render::chart::parts::Body;
use crate::render::chart::style::LABEL;
use crate::render::lookup::{Interval, Question, months};
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Outcome;
use crate::trial::arm::{Arm, TwoArm};

use super::reading::curves::{self, Curves, Join};
use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};
use super::reading::steps::{self, Asked, Scale, Step};

/// Draws the figure; nothing where the results have neither outcome.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.figure.job_starts);
    let values = [&VALUES[..], &["n_at_risk"]].concat();
    let mut draft = Draft::new(source, &["outcome", "arm", "method", "month"], &values);
    let (corner, contrasts) = contrasts(&mut draft);
    let mut panels = Vec::new();
    if let Some((steps, own)) = read(&mut draft, Outcome::JobStarts) {
        draft.note(&text.explain);
        draft.say_each(&corner);
        let axis = Axis::covering(curves::heights([&steps]));
        let digits = axis.decimals().max(1);
        panels.push(Panel {
            heading: Label::strong(&text.starts),
            y: Upright::new(axis, |tick| numbers.decimal(tick, digits)),
            corner,
            ..own
        });
    }
    if let Some((_, own)) = read(&mut draft, Outcome::JobRetention) {
        draft.note(fill(&text.explain_retention, &[("arm", &names.arm(Arm::Intervention))]));
        panels.push(Panel {
            heading: Label::strong(&text.retention),
            aside: Label::new(&text.retention_warning, LABEL),
            x: Across { title: text.retention_axis.clone(), ..own.x },
            y: Upright::new(Axis::covering([1.0]), |tick| numbers.short_percent(tick)),
            ..own
        });
    }
    if panels.is_empty() {
        return Ok(None);
    }
    for (method, month, own) in &contrasts {
        draft.line(&[Outcome::JobStarts.as_str(), "ips-control", method, month], &own.cells());
    }
    let (key, line_heading) = (curves::key(names), text.at_risk.clone());
    let grid = Grid { key, line_heading, ..Grid::of(panels, 2, 180.0) };
    let common = &names.texts.common;
    let subtitle = names.subtitle(&common.subtitle_curves, &common.everyone_randomised);
    draft.finish(Head::new("job_starts", &text.title, subtitle), Body::Grid(grid)).map(Some)
}

/// Both arms' curves of an outcome, if there are any rows of it.
fn read(draft: &mut Draft<'_>, outcome: Outcome) -> Option<(TwoArm<Vec<Step>>, Panel)> {
    let names = draft.names;
    let text = &names.texts.figure.job_starts;
    let is_retention = outcome == Outcome::JobRetention;
    let question = if is_retention { Question::job_retention } else { Question::job_starts };
    Arm::BOTH.iter().any(|arm| question(*arm, 0).has_rows(draft.results)).then_some(())?;
    let (templates, scale, form, alternative) = if is_retention {
        let words = [&text.retention_curve, &text.retention_limits, &text.retention_at_risk];
        (words, Scale::Probability, Form::Percent, &text.alternative_retention)
    } else {
        let words = [&text.curve, &text.limits, &text.at_risk_of];
        (words, Scale::Amount, Form::Decimal, &text.alternative)
    };
    let method = question(Arm::Control, 0).key().method.as_str();
    let asked = Asked {
        region: ALL_REGIONS,
        question: &|arm| question(arm, 0),
        words: &|arm| templates.map(|text| fill(text, &[("arm", arm)])),
        keys: &|arm| vec![outcome.as_str(), arm, method],
        scale,
        cells: Step::cells,
    };
    let steps = steps::both(draft, &asked);
    draft.say(alternative, &[]);
    let month = names.study.horizon_months;
    let at = |arm| steps::at(steps.get(arm), month);
    let values = draft.arm_values(&text.alternative_arm, form, at);
    draft.say(&text.alternative_starts, &[("month", &month.to_string()), ("arm_values", &values)]);
    let curves = Curves { steps: &steps, join: Join::Steps, area_until: None };
    Some((steps.clone(), curves::panel(names, curves, curves::last(&steps))))
}

/// Contrasts in words, the difference at the horizon alone; and all of them with method and month.
fn contrasts(draft: &mut Draft<'_>) -> (Vec<String>, Vec<(&'static str, String, Interval)>) {
    let (results, names) = (draft.results, draft.names);
    let text = &names.texts.figure.job_starts;
    let ratio = Some((Question::job_starts_ratio(), None));
    let ratio = ratio.filter(|(ratio, _)| ratio.has_rows(results));
    let effects = months(results, &Question::job_starts_effect(0)).into_iter();
    let effects = effects.map(|month| (Question::job_starts_effect(month), Some(month)));
    let (mut words, mut lines) = (Vec::new(), Vec::new());
    for (question, month) in effects.chain(ratio) {
        let own = question.interval(results);
        let word = month.map(|month: i32| month.to_string()).unwrap_or_default();
        if let Some(month) = month.filter(|month| *month == names.study.horizon_months) {
            let place = Place::at_month(names, ALL_REGIONS, &text.difference_place, month);
            let shown = draft.show_interval(&own, &place, Form::Signed);
            words.push(fill(&text.difference, &[("month", &word), ("difference", &shown)]));
        } else if month.is_none() {
            let place = Place::new(names, ALL_REGIONS, &text.ratio_place);
            let shown = draft.show_interval(&own, &place, Form::Decimal);
            words.push(fill(&text.ratio, &[("ratio", &shown)]));
        }
        lines.push((question.key().method.as_str(), word, own));
    }
    (words, lines)
}
