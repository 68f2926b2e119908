//! A person's benefit by calendar month: what the rule leaves beside authorised work, and what
//! people and offices do about it.

use super::course::Course;
use super::draw::{chance, day_below, pick};
use super::employment::{Job, WEEKS_PER_MONTH};
use crate::random::Stream;
use crate::trial::date::Date;
use crate::trial::employment::Contract;

/// Calendar months before that of randomisation which have rows.
const MONTHS_BEFORE: i32 = 6;
/// Smallest full benefit of a month, in euro, and by how much the largest is above it.
const LEAST_EUR: f64 = 1150.0;
const SPREAD_EUR: u32 = 251;
/// Out of a hundred people with a full-time job that lasts, those who leave benefits for good.
const LEAVES_PERCENT: u32 = 60;
/// Out of a hundred months with a reduction, those in which nothing is taken off yet.
const PAID_IN_FULL_PERCENT: u32 = 6;
/// Out of a hundred months, those from which a tenth is kept back.
const KEPT_BACK_PERCENT: u32 = 1;
/// Months of the year 0 to April 2018, from which on hours decide and no longer earnings.
const RULE_BEGINS: i32 = 2018 * 12 + 3;
/// Earnings of a month that took nothing off before, in this simplified form.
const FREE_EARNINGS_EUR: f64 = 400.0;
/// Wage an hour where none is recorded, in euro.
const USUAL_HOURLY_EUR: f64 = 10.5;

/// A line of the benefits table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Benefit {
    /// First day of the month, from which its name is made.
    pub(super) month: Date,
    pub(super) paid_eur: f64,
    pub(super) full_eur: f64,
    pub(super) reference_hours: f64,
}

/// Draws the lines of a person randomised on `entry`, from six calendar months before to the end
/// of follow-up, or until the person leaves benefits.
///
/// The month of an exit has the days up to it.
pub(super) fn draw(
    stream: &mut Stream,
    entry: Date,
    course: &Course,
    jobs: &[Job],
) -> Vec<Benefit> {
    let monthly = LEAST_EUR + f64::from(stream.below(SPREAD_EUR));
    let reference_hours = pick(stream, &[(38.0, 88), (40.0, 6), (36.0, 6)]);
    let left = leaves(stream, course, jobs);
    let mut rows = Vec::new();
    let first = month_number(entry) - MONTHS_BEFORE;
    let last = month_number(super::design::after(entry, course.follow_up()));
    for number in first..=last {
        let (month, next) = (first_day(number), first_day(number + 1));
        let from = month.days_since(entry);
        let days = from..next.days_since(entry).min(course.follow_up() + 1);
        if left.is_some_and(|day| from >= day) {
            break;
        }
        let length = f64::from(next.days_since(month));
        let full_eur = cents(monthly * days.len() as f64 / length);
        let due = if number >= RULE_BEGINS {
            full_eur * share_kept(jobs, reference_hours, days)
        } else {
            (full_eur - earnings_counted(jobs, days, length)).max(0.0)
        };
        let paid_eur = cents(as_paid(stream, due, full_eur));
        rows.push(Benefit { month, paid_eur, full_eur, reference_hours });
    }
    rows
}

/// The day from which on a person has left benefits, some months into the first full-time job.
fn leaves(stream: &mut Stream, course: &Course, jobs: &[Job]) -> Option<i32> {
    let leaves = chance(stream, LEAVES_PERCENT);
    let after = 60 + day_below(stream, 120);
    let job = jobs
        .iter()
        .find(|job| job.start >= 0 && job.is_recorded_work() && job.hours_per_week >= 38.0)?;
    let day = job.start + after;
    (leaves && job.end.unwrap_or(course.follow_up()) >= day).then_some(day)
}

/// What is paid where an amount is due: mostly that.
fn as_paid(stream: &mut Stream, due: f64, full: f64) -> f64 {
    let (in_full, kept_back) =
        (chance(stream, PAID_IN_FULL_PERCENT), chance(stream, KEPT_BACK_PERCENT));
    match (due < full && in_full, kept_back) {
        (true, _) => full,
        (false, true) => 0.9 * due,
        (false, false) => due,
    }
}

/// The share of the benefit that authorised work leaves over the days, from April 2018 on (Royal
/// Decree of 3 July 1996, art. 230 § 1):
///
/// ```text
/// f = weekly hours / reference hours,  excess = max(0, f − 20%),  share = mean of 1 − excess
/// ```
///
/// The excess is rounded to two decimals of a percent, then to the whole percent, half up.
fn share_kept(jobs: &[Job], reference_hours: f64, days: std::ops::Range<i32>) -> f64 {
    let n_days = days.len().max(1) as f64;
    let kept: f64 = days
        .map(|day| {
            1.0 - f64::from(excess_percent(authorised_hours(jobs, day) / reference_hours)) / 100.0
        })
        .sum();
    kept / n_days
}

/// The excess of a share of full-time work over 20%, in whole percent.
fn excess_percent(share: f64) -> u32 {
    let hundredths = (10_000.0 * share + 0.5).floor() - 2000.0;
    let whole = ((hundredths + 50.0) / 100.0).floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100"
    )]
    let percent = whole.clamp(0.0, 100.0) as u32;
    percent
}

/// Weekly hours of authorised work on a day.
fn authorised_hours(jobs: &[Job], day: i32) -> f64 {
    authorised_on(jobs, day).map(|job| job.hours_per_week).sum()
}

/// What earnings took off a month's benefit before April 2018, simplified: half of what the gross
/// wages of authorised work are above a free amount.
fn earnings_counted(jobs: &[Job], days: std::ops::Range<i32>, length: f64) -> f64 {
    let earned: f64 = days
        .flat_map(|day| authorised_on(jobs, day))
        .map(|job| {
            let usual = job.hours_per_week * WEEKS_PER_MONTH * USUAL_HOURLY_EUR;
            job.monthly_wage_eur.unwrap_or(usual) / length
        })
        .sum();
    0.5 * (earned - FREE_EARNINGS_EUR).max(0.0)
}

/// Spells of authorised work that run on a day. What a questionnaire reports again counts once.
fn authorised_on(jobs: &[Job], day: i32) -> impl Iterator<Item = &Job> {
    jobs.iter()
        .filter(move |job| job.start <= day && job.end.is_none_or(|end| day <= end))
        .filter(|job| job.is_recorded_work() && job.authorised != Some("no"))
}

impl Job {
    /// Whether it is work in the rule's sense that the office knows of.
    fn is_recorded_work(&self) -> bool {
        let is_work = !matches!(self.contract, Contract::Training | Contract::Volunteering);
        is_work && self.source != "questionnaire"
    }
}

fn cents(eur: f64) -> f64 {
    (100.0 * eur).round() / 100.0
}

/// Months from January of the year 0 to the month of a date.
fn month_number(date: Date) -> i32 {
    12 * date.year() + i32::try_from(date.month()).unwrap_or(1) - 1
}

fn first_day(number: i32) -> Date {
    let month = u32::try_from(number.rem_euclid(12) + 1).unwrap_or(1);
    Date::from_ymd(number.div_euclid(12), month, 1).expect("a valid design stays in the calendar")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_excess_is_rounded_as_the_decree_says() {
        // Shares of full-time work by hand, with 19/38 and 9/38 among them.
        let cases = [(0.5, 30), (9.0 / 38.0, 4), (0.2, 0), (0.0, 0), (1.0, 80), (1.5, 100)];
        for (share, percent) in cases {
            assert_eq!(excess_percent(share), percent, "{share}");
        }
        assert_eq!((excess_percent(0.504_949), excess_percent(0.504_951)), (30, 31));
    }
}
