//! Everyone, the regions, then the levels of the plan's variables: the rows of forest plots by
//! subgroup.

use crate::render::chart::axis::{Axis, Span};
use crate::render::chart::forest::{Column, Forest, Group, Row};
use crate::render::chart::style::{TICK, arm_type};
use crate::render::covariates::{self, Variable};
use crate::render::lookup::{Cell, Question, result_arm};
use crate::render::names::Names;
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;
use crate::trial::arm::{Arm, TwoArm};

use super::draft::Draft;

/// Names and numbers of participants are at most this wide, in pixels.
const WIDEST_LABEL: f64 = 214.0;
const WIDEST_COUNT: f64 = 80.0;

/// Columns of participants in a figure's CSV.
pub(crate) const COUNTS: [&str; 4] = ["events_ips", "n_ips", "events_control", "n_control"];

/// The texts of such a plot.
pub(crate) struct Words<'w> {
    pub(crate) overall: &'w str,
    pub(crate) region: &'w str,
    pub(crate) place: &'w str,
    pub(crate) count_heading: &'w str,
    pub(crate) effect_heading: &'w str,
    pub(crate) favours: [&'w str; 2],
    pub(crate) axis: String,
}

/// A variable with its members; everyone together and regions have no variable.
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) variable: String,
    pub(crate) members: Vec<Member>,
}

/// People of a region or of a level.
pub(crate) struct Member {
    pub(crate) region: String,
    pub(crate) subgroup: String,
    pub(crate) label: String,
    pub(crate) place: Place,
}

/// All parts, in a reader's order.
pub(crate) fn parts(names: Names<'_>, words: &Words<'_>, variables: Vec<Variable>) -> Vec<Part> {
    let member = |region: &str, subgroup: &str| member(names, words, (region, subgroup));
    let mut parts = vec![Part {
        title: String::new(),
        variable: String::new(),
        members: vec![member(ALL_REGIONS, "")],
    }];
    let regions = &names.study.regions;
    if regions.len() > 1 {
        let members = regions.iter().map(|region| member(region, "")).collect();
        parts.push(Part { title: words.region.to_owned(), variable: String::new(), members });
    }
    parts.extend(variables.into_iter().map(|Variable { name, levels }| Part {
        title: names.variable(&name),
        variable: name,
        members: levels.iter().map(|level| member(ALL_REGIONS, level)).collect(),
    }));
    parts
}

fn member(names: Names<'_>, words: &Words<'_>, (region, subgroup): (&str, &str)) -> Member {
    let label = match (region, subgroup) {
        (ALL_REGIONS, "") => words.overall.to_owned(),
        (region, "") => names.region(region),
        (_, level) => names.level_of(level),
    };
    let variable = names.variable(covariates::parts(subgroup).0);
    let of_level = fill(words.place, &[("variable", &variable), ("level", &label)]);
    let place = Place::new(names, region, if subgroup.is_empty() { &label } else { &of_level });
    Member { region: region.to_owned(), subgroup: subgroup.to_owned(), label, place }
}

/// Events and participants of each arm.
pub(crate) struct Counts {
    cells: TwoArm<[Cell; 2]>,
    shown: TwoArm<String>,
}

impl Counts {
    /// In the order of [`COUNTS`].
    pub(crate) fn cells(&self) -> [&Cell; 4] {
        let TwoArm { intervention: [events, n], control: [events_control, n_control] } =
            &self.cells;
        [events, n, events_control, n_control]
    }

    /// `IPS 12/34, Usual services 5/30`, for a sentence.
    pub(crate) fn in_words(&self, names: Names<'_>) -> String {
        let count = |(arm, count): (Arm, &String)| format!("{} {count}", names.arm(arm));
        self.shown.iter().map(count).collect::<Vec<_>>().join(", ")
    }
}

impl Member {
    /// Each arm's part of those of a question.
    pub(crate) fn counts(&self, draft: &mut Draft<'_>, counted: &Question) -> Counts {
        let cells = TwoArm::from_fn(|arm| {
            let question = counted.clone().arm(result_arm(arm));
            [Statistic::Events, Statistic::N].map(|s| question.cell(draft.results, s))
        });
        let shown = TwoArm::from_fn(|arm| {
            let [events, n] = cells.get(arm);
            draft.part_of([events, n], &self.place)
        });
        Counts { cells, shown }
    }

    /// The member's row, without its mark.
    pub(crate) fn row(&self, counts: &Counts, shown: String) -> Row {
        let TwoArm { intervention, control } = counts.shown.clone();
        let row = Row::new([self.label.clone(), intervention, control], shown);
        let is_everyone = self.region == ALL_REGIONS && self.subgroup.is_empty();
        if is_everyone { row.strong() } else { row.indented() }
    }
}

/// The axis that intervals ask for.
type AxisOf = fn(Vec<Span>) -> Axis;

/// The plot of all parts: names, each arm's numbers, effects, and a dashed line at the overall one.
pub(crate) fn forest(
    names: Names<'_>,
    words: &Words<'_>,
    (groups, axis): (Vec<Group>, AxisOf),
    label: impl Fn(f64) -> String,
) -> Forest {
    let count = |arm: Arm| Column {
        widest: WIDEST_COUNT,
        ..Column::numbers(
            fill(words.count_heading, &[("arm", &names.arm(arm))]),
            arm_type(arm, TICK.size),
        )
    };
    let label_column = Column::names(WIDEST_LABEL);
    let columns = std::iter::once(label_column).chain(Arm::BOTH.into_iter().map(count));
    let overall = groups.first().and_then(|group| group.rows.first()?.marks.first());
    let overall = overall.map(|mark| mark.span.estimate);
    let heading = fill(words.effect_heading, &[("level", &names.level())]);
    Forest::new(columns.collect(), Column::estimates(heading))
        .on(groups, axis, label)
        .dashed_at(overall)
        .between(names.sides(words.favours), words.axis.clone())
}
