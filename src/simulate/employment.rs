//! A person's spells of work, and of what looks like it.

use super::baseline::Baseline;
use super::course::{Course, ExitReason};
use super::draw::{chance, day_below, exponential_days, pick};
use crate::random::Stream;
use crate::trial::employment::Contract;

/// Out of a hundred people, those with a job on day 0, unless their first job is too near.
const WORKING_ON_DAY_0_PERCENT: u32 = 2;
/// Out of a hundred people, those with a job before they fell ill.
const WORKED_BEFORE_PERCENT: u32 = 40;
/// Out of a hundred people, those with a spell that is no competitive employment.
const OTHER_SPELL_PERCENT: u32 = 25;
/// Out of a hundred jobs, those that a second source reports too, on slightly other days.
const TWICE_REPORTED_PERCENT: u32 = 10;
/// Out of a hundred jobs, those with a second job beside them.
const SIDE_JOB_PERCENT: u32 = 6;
/// Out of a hundred jobs, those that the next one follows without a day between.
const ABUTTING_PERCENT: u32 = 15;
/// Out of a hundred people, those who tried a job in the months before randomisation.
const TRIED_BEFORE_PERCENT: u32 = 8;
/// Out of a hundred people in the statutory pension, those who then take a small job.
const PENSIONER_WORKS_PERCENT: u32 = 30;

/// Out of a hundred wages, those that are missing.
const WAGE_MISSING_PERCENT: u32 = 10;
/// Number of employers.
const EMPLOYERS: u32 = 600;
/// Weeks in a month, for wages.
pub(super) const WEEKS_PER_MONTH: f64 = 52.0 / 12.0;

/// How long jobs last and how fast another follows, in days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    pub(super) mean_job_days: f64,
    pub(super) mean_gap_days: f64,
}

/// A line of the employment table, in days since randomisation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Job {
    pub(super) start: i32,
    /// Last day worked; none while it goes on.
    pub(super) end: Option<i32>,
    pub(super) contract: Contract,
    pub(super) hours_per_week: f64,
    pub(super) monthly_wage_eur: Option<f64>,
    pub(super) employer: Option<u32>,
    /// Authorised under article 100 § 2, where known.
    pub(super) authorised: Option<&'static str>,
    pub(super) source: &'static str,
}

/// Draws a person's spells, sorted by start, cut at the end of follow-up.
pub(super) fn draw(
    stream: &mut Stream,
    course: &Course,
    baseline: &Baseline,
    pace: Pace,
) -> Vec<Job> {
    let mut jobs = Vec::new();
    jobs.extend(worked_before(stream, baseline));
    jobs.extend(working_on_day_0(stream, course));
    jobs.extend(other_spell(stream, course));
    competitive_jobs(stream, course, pace, &mut jobs);
    jobs.retain(|job| job.start <= course.follow_up());
    for job in &mut jobs {
        job.end = recorded_end(course, job.end);
    }
    jobs.extend(pensioner_works(stream, course));
    jobs.sort_by_key(|job| job.start);
    jobs
}

/// The first competitive job and all that come after it.
fn competitive_jobs(stream: &mut Stream, course: &Course, pace: Pace, jobs: &mut Vec<Job>) {
    let mut start = course.first_job;
    while start <= course.follow_up() {
        let end = start + exponential_days(stream, 1.0 / pace.mean_job_days);
        let job = competitive(stream, start, end);
        if chance(stream, TWICE_REPORTED_PERCENT) {
            jobs.push(reported_again(stream, &job, end));
        }
        if chance(stream, SIDE_JOB_PERCENT) {
            let beside = start + day_below(stream, end - start + 1);
            let until = beside + exponential_days(stream, 2.0 / pace.mean_job_days);
            jobs.push(competitive(stream, beside, until));
        }
        jobs.push(job);
        let gap = if chance(stream, ABUTTING_PERCENT) {
            0
        } else {
            exponential_days(stream, 1.0 / pace.mean_gap_days)
        };
        start = end + 1 + gap;
    }
}

/// The same job as the questionnaire has it: it starts up to nine days late, and may end late.
fn reported_again(stream: &mut Stream, job: &Job, end: i32) -> Job {
    let start = job.start + day_below(stream, 10.min(end - job.start + 1));
    let end = end.max(start) + day_below(stream, 20);
    Job {
        start,
        end: Some(end),
        monthly_wage_eur: None,
        employer: None,
        authorised: None,
        source: "questionnaire",
        ..job.clone()
    }
}

/// A job that was lost when the incapacity began, or up to two months before.
fn worked_before(stream: &mut Stream, baseline: &Baseline) -> Option<Job> {
    let worked = chance(stream, WORKED_BEFORE_PERCENT);
    let end = baseline.incapacity_began() - 1 - day_below(stream, 60);
    let length = exponential_days(stream, 1.0 / 500.0).min(baseline.career_days() - 60);
    (worked && length > 0).then(|| {
        let mut job = competitive(stream, end - length, end);
        job.authorised = Some("no");
        job.source = "register";
        job
    })
}

/// A job that is running on day 0. It ends two days before the first job or sooner, for spells
/// that abut are one, and the first job would then have started before randomisation.
fn working_on_day_0(stream: &mut Stream, course: &Course) -> Option<Job> {
    let works = chance(stream, WORKING_ON_DAY_0_PERCENT);
    let start = -1 - exponential_days(stream, 1.0 / 120.0).min(365);
    let end = exponential_days(stream, 1.0 / 150.0).min(course.first_job - 2);
    (works && end >= 0).then(|| {
        let mut job = competitive(stream, start, end);
        job.authorised = Some("yes");
        job
    })
}

/// A short job in the half year before randomisation. It ends two days before day 0 or sooner, so
/// that it never abuts a first job.
///
/// Drawn after everything else, so that what was drawn before stays what it is.
pub(super) fn tried_before(stream: &mut Stream) -> Option<Job> {
    let tried = chance(stream, TRIED_BEFORE_PERCENT);
    let end = -2 - day_below(stream, 190);
    let start = end - 20 - day_below(stream, 100);
    tried.then(|| competitive(stream, start, end))
}

/// A small job of someone in the statutory pension, after the end of follow-up.
fn pensioner_works(stream: &mut Stream, course: &Course) -> Option<Job> {
    let Some((day, ExitReason::StatutoryPension)) = course.exit else { return None };
    let works = chance(stream, PENSIONER_WORKS_PERCENT);
    let start = day + 30 + day_below(stream, 180);
    let end = start + exponential_days(stream, 1.0 / 200.0);
    (works && start <= course.cutoff).then(|| {
        let mut job = competitive(stream, start, end);
        job.end = (end <= course.cutoff).then_some(end);
        job.authorised = Some("no");
        job
    })
}

/// Adapted work, training or volunteering, at any time from half a year before day 0.
fn other_spell(stream: &mut Stream, course: &Course) -> Option<Job> {
    let has = chance(stream, OTHER_SPELL_PERCENT);
    let start = -180 + day_below(stream, course.follow_up() + 181);
    let end = start + exponential_days(stream, 1.0 / 120.0);
    let contract = pick(
        stream,
        &[(Contract::AdaptedWork, 30), (Contract::Training, 40), (Contract::Volunteering, 30)],
    );
    let hours_per_week = match contract {
        Contract::AdaptedWork => pick(stream, &[(38.0, 30), (19.0, 50), (24.0, 20)]),
        Contract::Training => pick(stream, &[(20.0, 40), (12.0, 30), (30.4, 30)]),
        _ => pick(stream, &[(4.0, 50), (8.0, 40), (12.0, 10)]),
    };
    let paid = contract == Contract::AdaptedWork && !chance(stream, WAGE_MISSING_PERCENT);
    let hourly = 10.5 + 2.5 * stream.unit();
    let volunteers = contract == Contract::Volunteering;
    has.then(|| Job {
        start,
        end: Some(end),
        contract,
        hours_per_week,
        monthly_wage_eur: paid.then_some(hours_per_week * WEEKS_PER_MONTH * hourly),
        employer: Some(1 + stream.below(EMPLOYERS)),
        authorised: None,
        source: if volunteers { "questionnaire" } else { "register" },
    })
}

/// A competitive job on those days.
fn competitive(stream: &mut Stream, start: i32, end: i32) -> Job {
    let contract = pick(
        stream,
        &[
            (Contract::EmploymentContract, 72),
            (Contract::TemporaryAgency, 22),
            (Contract::SelfEmployed, 6),
        ],
    );
    let hours_per_week = pick(
        stream,
        &[(38.0, 22), (30.4, 12), (28.5, 6), (24.0, 12), (19.0, 28), (13.0, 12), (7.6, 8)],
    );
    // From about the minimum wage, with a long tail.
    let above = f64::from(exponential_days(stream, 1.0 / 320.0).min(2000)) / 100.0;
    let paid = !chance(stream, WAGE_MISSING_PERCENT) && contract != Contract::SelfEmployed;
    let employer = 1 + stream.below(EMPLOYERS);
    let authorised = match (hours_per_week < 38.0, chance(stream, 80)) {
        (true, true) => "yes",
        _ => "no",
    };
    Job {
        start,
        end: Some(end),
        contract,
        hours_per_week,
        monthly_wage_eur: paid.then_some(hours_per_week * WEEKS_PER_MONTH * (10.5 + above)),
        employer: (contract != Contract::SelfEmployed).then_some(employer),
        authorised: Some(authorised),
        source: pick(stream, &[("register", 85), ("job_coach", 15)]),
    }
}

/// The end as the data have it: death and pension end a job; at any other end of follow-up it is
/// still running.
fn recorded_end(course: &Course, end: Option<i32>) -> Option<i32> {
    let last = course.follow_up();
    match (end, course.exit) {
        (Some(end), _) if end <= last => Some(end),
        (_, Some((day, ExitReason::Death | ExitReason::StatutoryPension))) => Some(day),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};
    use crate::simulate::design::{Design, Hazards};

    fn competitive(job: &Job) -> bool {
        use Contract::{EmploymentContract, SelfEmployed, TemporaryAgency};
        [EmploymentContract, TemporaryAgency, SelfEmployed].contains(&job.contract)
    }

    /// A person who finds a job within days, so that a job on day 0 often comes near it.
    fn soon_employed(stream: u64) -> (Course, Vec<Job>) {
        let mut stream = Stream::new(Seed(4), Purpose::Simulation, stream);
        let hazards = Hazards { first_job: 0.02, competing: 0.001 };
        let course = Course::draw(&mut stream, hazards, 0.001, 900);
        let region = &Design::planned().regions[0];
        let baseline = Baseline::draw(&mut stream, region, &course, Some(0));
        let pace = Pace { mean_job_days: 60.0, mean_gap_days: 30.0 };
        let jobs = draw(&mut stream, &course, &baseline, pace);
        (course, jobs)
    }

    #[test]
    fn no_other_spell_moves_the_first_job() {
        let mut on_day_0 = 0;
        for person in 0..4000 {
            let (course, jobs) = soon_employed(person);
            let (before, after): (Vec<&Job>, Vec<&Job>) =
                jobs.iter().filter(|job| competitive(job)).partition(|job| job.start < 0);
            let seen = course.first_job <= course.follow_up();
            let first = after.iter().map(|job| job.start).find(|&day| day <= course.follow_up());
            assert_eq!(first, seen.then_some(course.first_job));
            for job in before {
                let reach = job.end.unwrap_or(course.follow_up());
                assert!(!seen || reach + 1 < course.first_job, "{job:?} touches the first job");
                on_day_0 += i32::from(reach >= 0);
            }
        }
        assert!((40..=120).contains(&on_day_0), "{on_day_0} of 4000 work on day 0");
    }

    #[test]
    fn awkward_spells_are_among_them() {
        let (mut overlap, mut abut, mut running, mut late) = (0, 0, 0, 0);
        for person in 0..1000 {
            let (course, jobs) = soon_employed(person);
            for pair in jobs.windows(2) {
                let end = pair[0].end.unwrap_or(i32::MAX - 1);
                overlap += i32::from(pair[1].start <= end);
                abut += i32::from(pair[1].start == end + 1);
            }
            running += jobs.iter().filter(|job| job.end.is_none()).count();
            late += jobs.iter().filter(|job| job.start > course.follow_up()).count();
            assert!(jobs.iter().all(|job| job.end.is_none_or(|end| job.start <= end)));
        }
        assert!(overlap > 100 && abut > 100 && running > 100 && late > 10);
    }
}
