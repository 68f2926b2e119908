//! Trials with known effects, for the demonstration, tests and benchmarks.
//!
//! A [`Design`] says how people enter, find jobs and leave; [`trial`] draws the tables that the
//! trial's data managers would deliver, as CSV text, and [`Truth`] holds the exact probabilities
//! of the process that made them. [`planned_trial`] has the size of the Belgian trial; its effect
//! is made up.
//!
//! The process, for a person in region r and arm a, in whole days since randomisation:
//!
//! - The first competitive job would start on day ⌊T₁⌋, T₁ exponential with the hazard of r and a.
//!   A competing exit would fall on ⌊T₂⌋ (hazard of r and a), any other exit on ⌊T₃⌋ (hazard of a).
//!   The three are independent of each other, of the date of entry and of every covariate: the
//!   covariates explain nothing. Taking up the programme changes nothing either: the effect is
//!   that of being allocated.
//! - Of two exits on the same day the competing one is recorded; a job that starts on the day of
//!   an exit counts.
//! - Later jobs follow a gap, which may be nothing at all. Side jobs and second reports of the
//!   same job overlap it. None starts before the first job.
//! - A few people have a job on day 0. It ends at least two days before the first job, so that the
//!   two are never one. Some tried a short job in the half year before; it ends at least two days
//!   before day 0, like every job that does not run on day 0. Neither moves a first job, and both
//!   are as frequent in one arm as in the other, so that the truth below stays exact and the
//!   effect before randomisation is none.
//! - Everyone has a full monthly benefit that does not change. From April 2018 on, the paid amount
//!   follows the hours of authorised work by the Royal Decree of 3 July 1996, art. 230, day by day;
//!   before, in a simplified form, half of the earnings above 400 euro a month are taken off.
//!   Whoever starts full-time work may leave benefits for good some months later: there are no rows
//!   then. A few amounts differ from the rule, as late corrections do. Benefits hang on the arm
//!   through work alone. There is no exact truth for them.
//! - Questionnaires come every six months, fewer from controls and fewer with time, mostly within
//!   weeks of their day. A few come months late, bear a wrong date, are there twice, or were asked
//!   after randomisation. Well-being is a little higher in the intervention arm and among those who
//!   work; there is no exact truth for it. A few answers on work contradict the employment table.
//!
//! Every person has a stream of random numbers of their own, so that the same seed gives the same
//! bytes everywhere.

mod allocation;
mod baseline;
mod benefits;
mod course;
mod design;
mod draw;
mod employment;
mod person;
mod tables;
mod truth;
mod waves;

pub use design::{Design, DesignError, Hazards, RegionDesign};
pub use truth::{Scope, Truth};

use crate::random::{Purpose, Seed, Stream};
use person::Person;

/// The tables of a synthetic trial, as CSV text, and the truth behind them.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntheticTrial {
    /// A line a randomised person, in the order of their identifiers.
    pub participants_csv: String,
    /// A line a spell, in the order of person, then start.
    pub employment_csv: String,
    /// A line of the randomisation list, in the order of stratum, then sequence.
    pub allocation_csv: String,
    /// A line a person and calendar month, from six months before randomisation to the end of
    /// follow-up, in the order of person, then month.
    pub benefits_csv: String,
    /// A line a questionnaire, with the faults that exports have.
    pub waves_csv: String,
    /// A line a correction of these tables.
    pub corrections_csv: String,
    /// What the estimates should come near to.
    pub truth: Truth,
}

/// The seed of the trial that the demonstration shows.
///
/// Not 20180201, the plan's seed of the bootstrap: the difference of that trial at month 18 happens
/// to lie 3.4 standard errors from its truth, and would teach the wrong lesson.
pub const DEMONSTRATION_SEED: Seed = Seed(1);

/// A synthetic trial of the planned size: 600 people an arm in three regions, all due at 18
/// months and most at 30. See [`Design::planned`].
pub fn planned_trial(seed: Seed) -> SyntheticTrial {
    generate(seed, &Design::planned())
}

/// A synthetic trial of any design.
///
/// # Errors
///
/// What is wrong with the design: see [`DesignError`].
pub fn trial(seed: Seed, design: &Design) -> Result<SyntheticTrial, DesignError> {
    design.validate()?;
    Ok(generate(seed, design))
}

/// The analysis plan of the planned trial, with a comment for each table, for users to copy.
///
/// It reads `participants.csv`, `employment.csv`, `allocation.csv`, `benefits.csv`, `waves.csv` and
/// `corrections.csv` beside it.
pub fn plan_toml() -> &'static str {
    include_str!("plan.toml")
}

fn generate(seed: Seed, design: &Design) -> SyntheticTrial {
    let mut people: Vec<Person> = allocation::allocate(seed, design)
        .into_iter()
        .zip(0..)
        .map(|(place, index)| {
            let mut stream = Stream::new(seed, Purpose::Simulation, index);
            Person::draw(&mut stream, design, place)
        })
        .collect();
    let allocation_csv = tables::allocation(design, &people);
    people.sort_by_key(|person| person.place.number);
    SyntheticTrial {
        participants_csv: tables::participants(design, &people),
        employment_csv: tables::employment(&people),
        allocation_csv,
        benefits_csv: tables::benefits(&people),
        waves_csv: tables::waves(&people),
        corrections_csv: tables::corrections(&people),
        truth: Truth::of(design),
    }
}
