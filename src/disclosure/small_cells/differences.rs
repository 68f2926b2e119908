//! Few people who follow from two counts that are both shown: those of one who are not in the other.

use super::cell::Subject::Outcome as Of;
use super::cell::{Cell, Subject};
use super::counts::{Counts, is_small};
use crate::results::vocabulary::{Method, Outcome};

/// Which of a cell's counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    N,
    Events,
}

/// A count of people and one of some of them, and what to withhold where 1 to 4 are the others.
struct Difference {
    all: (Subject, Count),
    some: (Subject, Count),
    withheld: &'static [Subject],
}

const DIFFERENCES: &[Difference] = &[
    // Who works without a benefit.
    Difference {
        all: (Of(Outcome::Employed), Count::Events),
        some: (Of(Outcome::EmployedOnBenefit), Count::Events),
        withheld: &[Of(Outcome::EmployedOnBenefit)],
    },
    // Who has no job; among those who have one, whose wage is not recorded.
    Difference {
        all: (Of(Outcome::HoursOrZero), Count::N),
        some: (Of(Outcome::JobHours), Count::N),
        withheld: &[Of(Outcome::JobHours)],
    },
    Difference {
        all: (Of(Outcome::JobHours), Count::N),
        some: (Of(Outcome::JobWageEur), Count::N),
        withheld: &[Of(Outcome::JobWageEur)],
    },
    Difference {
        all: (Of(Outcome::HoursOrZero), Count::N),
        some: (Of(Outcome::WageOrZeroEur), Count::N),
        withheld: &[Of(Outcome::WageOrZeroEur)],
    },
    // Whose job is not known to be good, and who has one that is not.
    Difference {
        all: (Of(Outcome::HoursOrZero), Count::N),
        some: (Of(Outcome::GoodJob), Count::N),
        withheld: &[Of(Outcome::GoodJob)],
    },
    Difference {
        all: (Of(Outcome::JobHours), Count::N),
        some: (Of(Outcome::GoodJob), Count::Events),
        withheld: &[Of(Outcome::GoodJob)],
    },
    // Who answered and has no score, or not all items, or none at baseline.
    Difference {
        all: (Of(Outcome::Answered), Count::Events),
        some: (Subject::Size(Outcome::Score), Count::N),
        withheld: &[Subject::Size(Outcome::Score)],
    },
    Difference {
        all: (Of(Outcome::Answered), Count::Events),
        some: (Subject::Size(Outcome::Index), Count::N),
        withheld: &[Subject::Size(Outcome::Index)],
    },
    Difference {
        all: (Of(Outcome::WorkingNow), Count::Events),
        some: (Subject::Size(Outcome::JobScore), Count::N),
        withheld: &[Subject::Size(Outcome::JobScore)],
    },
    Difference {
        all: (Subject::Size(Outcome::Score), Count::N),
        some: (Subject::SizeWithBaseline, Count::N),
        withheld: &[Subject::SizeWithBaseline],
    },
    Difference {
        all: (Subject::Scale(Method::Floor), Count::N),
        some: (Subject::Scale(Method::CronbachAlpha), Count::N),
        withheld: &[Subject::Scale(Method::CronbachAlpha), Subject::Scale(Method::McdonaldOmega)],
    },
];

/// Cells that would give 1 to 4 people away beside another that is shown.
pub(super) fn few_by_difference(counts: &Counts) -> impl Iterator<Item = Cell> + '_ {
    DIFFERENCES.iter().flat_map(move |difference| {
        let (subject, of_some) = difference.some;
        let cells = counts.cells().filter(move |cell| cell.subject == subject);
        cells.filter(move |cell| is_small(others(counts, cell, difference, of_some))).flat_map(
            |cell| {
                let withheld = difference.withheld.iter();
                withheld.map(|&subject| Cell { subject, ..cell.clone() })
            },
        )
    })
}

/// How many are in the whole and not in this cell; none where either is not counted.
fn others(counts: &Counts, cell: &Cell, difference: &Difference, of_some: Count) -> f64 {
    let (subject, of_all) = difference.all;
    let whole = Cell { subject, ..cell.clone() };
    // Of those who answered, whatever the score that they gave.
    let without_level = Cell { level: String::new(), ..whole.clone() };
    let all = counts.count(&whole, of_all).or_else(|| counts.count(&without_level, of_all));
    let some = counts.count(cell, of_some);
    all.zip(some).map_or(0.0, |(all, some)| all - some)
}
