//! Who is counted: the sets of people of each outcome, as section 2 of the contract defines them.

use super::material::Material;
use crate::results::composition::{EVER, Fact, Origin, People, Quantity};
use crate::results::vocabulary::Outcome;
use crate::trial::time::{DAYS_PER_MONTH, month_end_day};

/// Everyone randomised.
pub(super) fn everyone() -> People {
    People::everyone()
}

/// Those with the fact.
pub(super) fn those(fact: Fact) -> People {
    everyone().with(fact)
}

/// Due at the month, and followed to it or gone through a competing exit before.
pub(super) fn observed(month: i32) -> People {
    let day = month_end_day(month);
    let gone = those(Fact::Due { day }).with(Fact::CompetingExit { by: day - 1 });
    those(Fact::Followed { day }).or(&gone)
}

/// Those of whom an outcome at a month is known.
pub(super) fn measured(outcome: Outcome, month: i32) -> People {
    those(Fact::Measured(Quantity::at(outcome, month)))
}

/// Those in whom it is yes or above 0.
pub(super) fn positive(outcome: Outcome, month: i32) -> People {
    those(Fact::Positive(Quantity::at(outcome, month)))
}

/// A first job by the month, of those observed there.
pub(super) fn ever_employed(month: i32) -> Material {
    Material::yes_no(observed(month), &those(Fact::FirstJob { by: month_end_day(month) }))
}

/// A first meeting of the programme by the month, of those observed there.
pub(super) fn took_up(month: i32) -> Material {
    Material::yes_no(observed(month), &those(Fact::TookUp { by: month_end_day(month) }))
}

/// A job on the day that ends the month.
pub(super) fn employed(month: i32) -> People {
    those(Fact::Employed { day: month_end_day(month) })
}

/// Of whom a monthly outcome is known, and in whom it is yes or above 0.
pub(super) fn monthly(outcome: Outcome, month: i32, grid: Option<f64>) -> Material {
    let paid = measured(Outcome::BenefitEur, month);
    match outcome {
        Outcome::Employed => Material::yes_no(observed(month), &employed(month)),
        Outcome::EmployedOnBenefit => {
            let events = employed(month).and(&positive(Outcome::BenefitEur, month));
            Material::yes_no(observed(month).and(&paid), &events)
        }
        Outcome::BenefitAboveFormulaEur => {
            let formula = measured(Outcome::BenefitFormulaEur, month);
            Material::amount(paid.and(&formula), grid)
        }
        _ => Material::amount(measured(outcome, month), grid),
    }
}

/// Of whom an amount to the horizon is known.
pub(super) fn with_amount(outcome: Outcome, horizon: i32) -> People {
    match outcome {
        Outcome::WagesEur => observed(horizon).and(&measured(outcome, horizon)),
        Outcome::BenefitTotalEur => measured(outcome, horizon),
        _ => observed(horizon),
    }
}

/// Day of a curve at a month: the first on which those still waiting are at risk there.
fn at_risk_day(month: i32) -> i32 {
    let exact = f64::from(month) * DAYS_PER_MONTH;
    let floored = month_end_day(month);
    if exact > f64::from(floored) { floored + 1 } else { floored }
}

/// How the wait for a first job may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Job,
    CompetingExit,
    Censored,
}

/// Those whose wait for a first job had ended in that way by a day.
pub(super) fn ended(way: Way, by: i32) -> People {
    let waiting = everyone().but_not(Fact::FirstJob { by });
    match way {
        Way::Job => those(Fact::FirstJob { by }),
        Way::CompetingExit => waiting.with(Fact::CompetingExit { by }),
        Way::Censored if by == EVER => waiting.but_not(Fact::CompetingExit { by }),
        Way::Censored => {
            waiting.but_not(Fact::CompetingExit { by }).but_not(Fact::Followed { day: by + 1 })
        }
    }
}

/// Those still waiting for a first job at a month of a curve.
pub(super) fn waiting(month: i32) -> People {
    let day = at_risk_day(month);
    everyone().but_not(Fact::FirstJob { by: day - 1 }).with(Fact::Followed { day })
}

/// The wait for a first job of those people, to a month.
pub(super) fn wait_to(of: People, way: Way, month: i32) -> Material {
    let by = month_end_day(month);
    wait(of, way, by, &waiting(month))
}

/// The whole wait of those people.
pub(super) fn whole_wait(of: People, way: Way) -> Material {
    wait(of, way, EVER, &People::nobody())
}

fn wait(of: People, way: Way, by: i32, at_risk: &People) -> Material {
    let ways = [Way::Job, Way::CompetingExit, Way::Censored];
    let others: Vec<People> =
        ways.into_iter().filter(|own| *own != way).map(|own| ended(own, by)).collect();
    let others: Vec<&People> = others.iter().collect();
    Material::path(of, by, (&ended(way, by), at_risk), &others)
}

/// A wait with another origin, to a month after it.
pub(super) fn wait_since(origin: Origin, month: i32) -> Material {
    let of = those(Fact::Begun(origin));
    let by = month_end_day(month);
    let at_risk = those(Fact::Waited { origin, day: at_risk_day(month) });
    Material::path(of, by, (&those(Fact::Ended { origin, by }), &at_risk), &[])
}

/// The whole wait with another origin.
pub(super) fn whole_wait_since(origin: Origin) -> Material {
    let ended = those(Fact::Ended { origin, by: EVER });
    Material::path(those(Fact::Begun(origin)), EVER, (&ended, &People::nobody()), &[])
}

/// The wait for a first job from randomisation on, of those who took the programme up before it, at
/// risk from then on.
pub(super) fn wait_from_programme(month: i32) -> Material {
    let day = at_risk_day(month);
    let at_risk = waiting(month).with(Fact::TookUp { by: day - 1 });
    let by = month_end_day(month);
    let of = those(Fact::Begun(Origin::ProgrammeStart));
    Material::path(of, by, (&ended(Way::Job, by), &at_risk), &[])
}

/// Jobs started by a month, and those still followed there; nobody started more than `most`.
pub(super) fn job_starts(month: i32, most: u32) -> Material {
    let day = month_end_day(month);
    starts(day, most, &those(Fact::Followed { day }))
}

/// All jobs started.
pub(super) fn all_job_starts(most: u32) -> Material {
    starts(EVER, most, &People::nobody())
}

fn starts(by: i32, most: u32, at_risk: &People) -> Material {
    let starts: Vec<People> =
        (1..=most.max(1)).map(|at_least| those(Fact::JobStarts { at_least, by })).collect();
    let others: Vec<&People> = starts.iter().skip(1).collect();
    Material::path(everyone(), by, (&starts[0], at_risk), &others)
}

/// Those who could answer a wave: its window had closed by the cut-off and they had not left before
/// its day.
pub(super) fn asked(wave: i32, window_days: i32) -> People {
    due_to_answer(wave, window_days).with(Fact::Followed { day: month_end_day(wave) })
}

/// Those for whom a wave's window had closed by the cut-off; that of the baseline closes with
/// randomisation.
pub(super) fn due_to_answer(wave: i32, window_days: i32) -> People {
    let window = if wave == 0 { 0 } else { window_days };
    those(Fact::Due { day: month_end_day(wave) + window })
}

/// Those who answered a wave.
pub(super) fn answered(wave: i32, window_days: i32) -> People {
    asked(wave, window_days).with(Fact::Answered { wave })
}

/// Of whom a score or item is known at a wave.
pub(super) fn with_score(outcome: Outcome, id: &str, (wave, window_days): (i32, i32)) -> People {
    let score = Fact::Measured(Quantity::level_at(outcome, id, wave));
    answered(wave, window_days).with(score)
}
