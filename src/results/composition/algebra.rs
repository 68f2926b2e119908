//! What follows from what, between facts: the only place that knows it.

use super::fact::{Fact, Literal};

/// Whether whoever has `a` has `b`.
pub fn implies(a: &Literal, b: &Literal) -> bool {
    match (a.holds, b.holds) {
        (true, true) => fact_implies(&a.fact, &b.fact),
        (false, false) => fact_implies(&b.fact, &a.fact),
        (true, false) => facts_exclude(&a.fact, &b.fact),
        (false, true) => facts_cover(&a.fact, &b.fact),
    }
}

/// Whether nobody has both.
pub fn excludes(a: &Literal, b: &Literal) -> bool {
    implies(a, &b.negated())
}

/// Whether everybody has the literal: the data and the follow-up begin at randomisation.
pub fn is_certain(literal: &Literal) -> bool {
    match literal.fact {
        Fact::Due { day } | Fact::Followed { day } => literal.holds && day <= 0,
        Fact::FirstJob { by } | Fact::CompetingExit { by } => !literal.holds && by < 0,
        Fact::JobStarts { at_least, by } => {
            if literal.holds {
                at_least == 0
            } else {
                at_least > 0 && by < 0
            }
        }
        _ => false,
    }
}

fn fact_implies(a: &Fact, b: &Fact) -> bool {
    if a == b {
        return true;
    }
    match (a, b) {
        (Fact::Level { variable, .. }, Fact::Known { variable: other }) => variable == other,
        // A job is cut at the end of follow-up, so that whoever has one is followed; and data reach
        // as far as anybody is followed.
        (Fact::Due { day: a }, Fact::Due { day: b })
        | (
            Fact::Followed { day: a } | Fact::Employed { day: a },
            Fact::Followed { day: b } | Fact::Due { day: b },
        ) => a >= b,
        (Fact::CompetingExit { by: a }, Fact::CompetingExit { by: b })
        | (Fact::FirstJob { by: a }, Fact::FirstJob { by: b })
        | (Fact::TookUp { by: a }, Fact::TookUp { by: b }) => a <= b,
        (Fact::JobStarts { at_least: a, by: day }, Fact::JobStarts { at_least: b, by: other }) => {
            a >= b && day <= other
        }
        // The first job is the first of those that start from day 0 on.
        (Fact::JobStarts { at_least, by: a }, Fact::FirstJob { by: b }) => *at_least >= 1 && a <= b,
        (Fact::Ended { origin: a, by: day }, Fact::Ended { origin: b, by: other }) => {
            a == b && day <= other
        }
        (Fact::Waited { origin: a, day }, Fact::Waited { origin: b, day: other }) => {
            a == b && day >= other
        }
        (Fact::Ended { origin: a, .. } | Fact::Waited { origin: a, .. }, Fact::Begun(b)) => a == b,
        (Fact::AnswerWas { wave: a, .. }, Fact::Answered { wave: b }) => a == b,
        (Fact::Positive(a), Fact::Measured(b)) => a == b,
        _ => false,
    }
}

fn facts_exclude(a: &Fact, b: &Fact) -> bool {
    match (a, b) {
        (Fact::Arm(a), Fact::Arm(b)) => a != b,
        (Fact::Region(a), Fact::Region(b)) | (Fact::Stratum(a), Fact::Stratum(b)) => a != b,
        (Fact::Level { variable: a, level: one }, Fact::Level { variable: b, level: other }) => {
            a == b && one != other
        }
        (
            Fact::AnswerWas { wave: a, what: x, value: one },
            Fact::AnswerWas { wave: b, what: y, value: other },
        ) => a == b && x == y && one != other,
        (Fact::Ended { origin: a, by }, Fact::Waited { origin: b, day })
        | (Fact::Waited { origin: b, day }, Fact::Ended { origin: a, by }) => a == b && by < day,
        // An exit by a day ends follow-up there.
        (Fact::CompetingExit { by }, Fact::Followed { day } | Fact::Employed { day })
        | (Fact::Followed { day } | Fact::Employed { day }, Fact::CompetingExit { by }) => by < day,
        _ => false,
    }
}

/// Whether everybody has the one or the other.
fn facts_cover(a: &Fact, b: &Fact) -> bool {
    matches!((a, b), (Fact::Arm(a), Fact::Arm(b)) if a != b)
}

/// The last day on which anything can have happened to whoever has these literals: the end of
/// their follow-up, as far as it is bounded.
pub fn last_day(literals: &[Literal]) -> Option<i32> {
    let bounds = literals.iter().filter_map(|literal| match (&literal.fact, literal.holds) {
        (Fact::CompetingExit { by }, true) => Some(*by),
        (Fact::Followed { day } | Fact::Due { day }, false) => Some(day - 1),
        _ => None,
    });
    bounds.min()
}

/// A literal in its one form, given the last day on which anything can have happened.
///
/// Of two arms one is named; what happened by a day after the end of follow-up happened by then.
pub fn normal(literal: &Literal, last_day: Option<i32>) -> Literal {
    if let (Fact::Arm(arm), false) = (&literal.fact, literal.holds) {
        let other = crate::trial::arm::Arm::BOTH.into_iter().find(|other| other != arm);
        return other.map_or_else(|| literal.clone(), |other| Fact::Arm(other).holds());
    }
    let last = last_day.unwrap_or(i32::MAX);
    let fact = match &literal.fact {
        Fact::JobStarts { at_least: 1, by } => Fact::FirstJob { by: last.min(*by) },
        Fact::FirstJob { by } if *by > last => Fact::FirstJob { by: last },
        Fact::TookUp { by } if *by > last => Fact::TookUp { by: last },
        Fact::CompetingExit { by } if *by > last => Fact::CompetingExit { by: last },
        Fact::JobStarts { at_least, by } if *by > last => {
            Fact::JobStarts { at_least: *at_least, by: last }
        }
        fact => fact.clone(),
    };
    Literal { fact, holds: literal.holds }
}
