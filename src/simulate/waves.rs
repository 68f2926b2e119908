//! A person's questionnaires, with the faults that real ones have.

use super::baseline::Baseline;
use super::course::Course;
use super::draw::{chance, day_below, pick};
use super::employment::Job;
use crate::random::Stream;
use crate::trial::arm::Arm;
use crate::trial::employment::Contract;
use crate::trial::time::month_end_day;

/// Months of the waves.
const WAVES: [i32; 6] = [0, 6, 12, 18, 24, 30];
/// Out of a hundred, those who answer the first questionnaire.
const BASELINE_ANSWERED_PERCENT: u32 = 94;
/// Out of a hundred, those who answer the wave of month 6, by arm; fewer at every later wave.
const ANSWERED_PERCENT: [u32; 2] = [84, 78];
const FEWER_EACH_WAVE_PERCENT: u32 = 3;
/// Out of a hundred answers, those that come months late.
const LATE_PERCENT: u32 = 3;
/// Out of a hundred items, those without an answer.
const ITEM_MISSING_PERCENT: u32 = 2;
/// Out of a hundred answers on work, those that the employment table contradicts.
const MISREPORTED_PERCENT: u32 = 4;

/// Items of well-being, 0 to 5, and of participation, yes or no.
pub(super) const N_WELL_BEING: usize = 5;
pub(super) const N_PARTICIPATION: usize = 6;

/// One questionnaire as exported.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Questionnaire {
    pub(super) wave: i32,
    /// Day of the answer, in days since randomisation.
    pub(super) day: i32,
    pub(super) language: &'static str,
    pub(super) mode: &'static str,
    pub(super) working_now: &'static str,
    pub(super) any_job: &'static str,
    /// Codes as exported: 77, 88 and 99 are reasons for no answer.
    pub(super) well_being: [String; N_WELL_BEING],
    pub(super) participation: [String; N_PARTICIPATION],
    pub(super) satisfaction: String,
    /// How often the row is there.
    pub(super) copies: u32,
    /// A second attempt at the same questionnaire some days later, to be left out by a correction.
    pub(super) second_attempt: Option<i32>,
}

/// Draws a person's questionnaires, in the order of waves.
pub(super) fn draw(
    stream: &mut Stream,
    arm: Arm,
    course: &Course,
    baseline: &Baseline,
    jobs: &[Job],
) -> Vec<Questionnaire> {
    let level = bell(stream);
    let sociable = bell(stream);
    let mut answered: Vec<Questionnaire> = Vec::new();
    for (number, wave) in (0_u32..).zip(WAVES) {
        let target = month_end_day(wave);
        let asked = day_of(stream, wave, target);
        let percent = match wave {
            0 => BASELINE_ANSWERED_PERCENT,
            _ => ANSWERED_PERCENT[usize::from(arm == Arm::Control)]
                .saturating_sub(FEWER_EACH_WAVE_PERCENT * (number - 1)),
        };
        let answers = chance(stream, percent);
        // Months of other people's answers are not known when the window is still open: whoever
        // is asked too near to the cut-off has not answered yet.
        let mood = bell(stream);
        let works = works_on(jobs, asked);
        let lift = if works { 0.35 } else { 0.0 } + effect(arm, wave);
        let own = Questionnaire {
            wave,
            day: asked,
            language: language(stream, baseline),
            mode: pick(stream, &[("online", 78), ("telephone", 17), ("paper", 5)]),
            working_now: yes_no(works != chance(stream, MISREPORTED_PERCENT)),
            any_job: yes_no({
                let since = answered.last().map_or(0, |last| last.day);
                let had = (since.max(0)..=asked).any(|day| works_on(jobs, day));
                had != chance(stream, MISREPORTED_PERCENT)
            }),
            well_being: std::array::from_fn(|_| {
                let point = 2.3 + 0.8 * (level + lift) + 0.6 * mood + 0.7 * bell(stream);
                item(stream, point, 5)
            }),
            participation: std::array::from_fn(|_| {
                let point = 0.5 + 0.25 * (sociable + lift) + 0.45 * bell(stream);
                item(stream, point, 1)
            }),
            satisfaction: {
                let point = 4.6 + 0.9 * mood + 0.8 * bell(stream);
                let text = item(stream, point - 1.0, 6);
                match (works, text.parse::<u32>()) {
                    (false, _) => String::new(),
                    (true, Ok(code)) if code <= 6 => (code + 1).to_string(),
                    (true, _) => text,
                }
            },
            copies: if stream.below(400) == 0 { 2 } else { 1 },
            second_attempt: (stream.below(300) == 0).then(|| 1 + day_below(stream, 9)),
        };
        if answers && asked <= course.follow_up() {
            answered.push(own);
        }
    }
    answered
}

/// The day on which a questionnaire is answered. A few dates are wrong, as dates are.
fn day_of(stream: &mut Stream, wave: i32, target: i32) -> i32 {
    let spread = day_below(stream, 25) + day_below(stream, 25);
    let is_late = chance(stream, LATE_PERCENT);
    let late = 60 + day_below(stream, 120);
    let fault = stream.below(500);
    match (wave, fault) {
        // The first questionnaire should come before the draw.
        (0, 0..=3) => 5 + spread,
        (0, _) => -1 - spread,
        // The year of the calendar was not turned.
        (6, 0) => target + spread - 365,
        _ if is_late => target + late,
        _ => target - 10 + spread,
    }
}

fn language(stream: &mut Stream, baseline: &Baseline) -> &'static str {
    let other = if baseline.language == "nl" { "fr" } else { "nl" };
    if chance(stream, 2) { other } else { baseline.language }
}

/// The effect of the programme on well-being beside that of a job, in standard deviations.
fn effect(arm: Arm, wave: i32) -> f64 {
    if arm == Arm::Intervention && wave > 0 { 0.12 } else { 0.0 }
}

fn works_on(jobs: &[Job], day: i32) -> bool {
    let is_paid = |job: &&Job| {
        matches!(
            job.contract,
            Contract::EmploymentContract | Contract::TemporaryAgency | Contract::SelfEmployed
        )
    };
    jobs.iter().filter(is_paid).any(|job| job.start <= day && job.end.is_none_or(|end| day <= end))
}

#[expect(clippy::fn_params_excessive_bools, reason = "it is the answer itself, no switch")]
fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// A code from 0 to `highest`, or one of the reasons for none.
fn item(stream: &mut Stream, point: f64, highest: i32) -> String {
    if chance(stream, ITEM_MISSING_PERCENT) {
        return pick(stream, &[("99", 50), ("77", 30), ("88", 20)]).to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "a few units")]
    let code = point.round().clamp(0.0, f64::from(highest)) as i32;
    code.to_string()
}

/// Nearly normal, mean 0 and standard deviation 1: twelve uniform draws less 6.
fn bell(stream: &mut Stream) -> f64 {
    (0..12).map(|_| stream.unit()).sum::<f64>() - 6.0
}
