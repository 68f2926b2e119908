//! Cells about the same people: what is withheld of one is withheld of the others.

use super::Masked;
use super::cell::Subject::Outcome as Of;
use super::cell::{Cell, Subject};
use super::counts::Counts;
use crate::results::row::MASKED_COMPLEMENT;
use crate::results::vocabulary::Outcome;

/// Withholds what is about the same people as a cell that is withheld.
///
/// The share with a first job by a month and that month's cumulative incidence are the same number
/// where no outcome is missing. Amounts of work are those of the people with a job: a mean over
/// everyone, with its standard deviation, tells how few there are, and of one what it is.
pub(super) fn follow(masked: &mut Masked, counts: &Counts) {
    let twins: Vec<Cell> = masked
        .keys()
        .flat_map(|cell| {
            let of = |subject: &Subject| Cell { subject: *subject, ..cell.clone() };
            subjects(cell.subject).iter().map(of).collect::<Vec<Cell>>()
        })
        .filter(|twin| counts.has(twin))
        .collect();
    let of_answers: Vec<Cell> =
        masked.keys().flat_map(|cell| made_of_answers(cell, counts)).cloned().collect();
    for cell in twins.into_iter().chain(of_answers) {
        masked.entry(cell).or_insert(MASKED_COMPLEMENT);
    }
}

/// What is withheld with a subject at the same place.
const fn subjects(subject: Subject) -> &'static [Subject] {
    match subject {
        Of(Outcome::FirstJob) => {
            &[Of(Outcome::EverEmployed), Of(Outcome::JobStarts), Of(Outcome::FirstJobReported)]
        }
        Of(Outcome::EverEmployed) => &[
            Of(Outcome::FirstJob),
            Of(Outcome::DaysEmployed),
            Of(Outcome::LongestSpellDays),
            Of(Outcome::HoursWorked),
            Of(Outcome::WagesEur),
            Of(Outcome::JobStarts),
        ],
        Of(Outcome::Employed | Outcome::JobTenureDays | Outcome::HoursOrZero) => {
            &[Of(Outcome::JobHours)]
        }
        Of(Outcome::JobHours) => &[
            Of(Outcome::Employed),
            Of(Outcome::JobTenureDays),
            Of(Outcome::JobWageEur),
            Of(Outcome::HoursOrZero),
            Of(Outcome::WageOrZeroEur),
            Of(Outcome::GoodJob),
        ],
        Of(Outcome::JobWageEur) => &[Of(Outcome::WageOrZeroEur)],
        Of(Outcome::WageOrZeroEur) => &[Of(Outcome::JobWageEur)],
        Of(Outcome::WorkingNow) => &[Of(Outcome::DaysToAgreement)],
        Of(Outcome::DaysToAgreement) => &[Of(Outcome::WorkingNow)],
        Of(Outcome::Score) => &[Subject::Size(Outcome::Score), Subject::WithBaseline],
        Of(Outcome::Index) => &[Subject::Size(Outcome::Index)],
        Of(Outcome::JobScore) => &[Subject::Size(Outcome::JobScore)],
        Subject::WithBaseline => &[Subject::SizeWithBaseline],
        // Who is not known is everyone less those known.
        Subject::Numbers => &[Subject::Missing],
        _ => &[],
    }
}

/// Cells whose size is that of those who answered a wave, or of those who answered in a language.
fn made_of_answers<'a>(cell: &'a Cell, counts: &'a Counts) -> impl Iterator<Item = &'a Cell> {
    let is_answered = cell.subject == Of(Outcome::Answered);
    let is_level = !cell.subgroup.is_empty();
    counts.cells().filter(move |own| {
        if !is_answered || own.month != cell.month || own.region != cell.region {
            return false;
        }
        let is_of_arm = own.arm == cell.arm;
        match own.subject {
            // How many answered in any way is how many answered.
            Of(Outcome::Answered) => !is_level && is_of_arm,
            Of(Outcome::WorkingNow) | Subject::Size(Outcome::Score | Outcome::Index) => {
                !is_level && is_of_arm
            }
            // Of both arms together: the other arm's answers would be left.
            Subject::Scale(_) => is_level && own.subgroup == cell.subgroup,
            _ => false,
        }
    })
}
