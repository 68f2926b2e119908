//! What is known of a person at randomisation. None of it changes any hazard.

use super::course::Course;
use super::design::RegionDesign;
use super::draw::{chance, day_below, exponential_days, pick};
use crate::random::Stream;

/// People a site, in both arms.
const PEOPLE_PER_SITE: u32 = 80;
/// Participants of the intervention arm a coach.
const PEOPLE_PER_COACH: u32 = 20;
/// Out of a hundred offered the programme, those who come to a first meeting.
const TAKE_UP_PERCENT: u32 = 88;
/// Age at which the statutory pension starts.
const PENSION_AGE: i32 = 65;
const DAYS_PER_YEAR: f64 = 365.25;
const DAYS_PER_MONTH: f64 = crate::trial::time::DAYS_PER_MONTH;

/// A person's covariates and first contacts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Baseline {
    pub(super) age: i32,
    pub(super) sex: &'static str,
    pub(super) months_incapacity: i32,
    /// Highest level of education; a few are unknown.
    pub(super) education: Option<&'static str>,
    pub(super) diagnosis_group: &'static str,
    pub(super) language: &'static str,
    pub(super) site: String,
    /// Day of referral, before day 0.
    pub(super) referral: i32,
    /// First meeting with the coach, of those who were offered one and came.
    pub(super) programme: Option<Programme>,
}

/// A programme taken up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Programme {
    pub(super) coach: String,
    pub(super) start: i32,
}

impl Baseline {
    /// Draws them. `offered_in` is the position of the region whose coaches offer the programme,
    /// none for controls.
    pub(super) fn draw(
        stream: &mut Stream,
        region: &RegionDesign,
        course: &Course,
        offered_in: Option<usize>,
    ) -> Self {
        let age = age(stream, course);
        let career_months = 12 * (age - 18);
        let sex = pick(stream, &[("f", 52), ("m", 48)]);
        let months_incapacity =
            (3 + exponential_days(stream, 1.0 / 28.0)).min(180).min(career_months);
        let education = pick(
            stream,
            &[
                (Some("lower_secondary"), 30),
                (Some("upper_secondary"), 45),
                (Some("higher"), 22),
                (None, 3),
            ],
        );
        let diagnosis_group = pick(
            stream,
            &[("mood", 36), ("psychotic", 24), ("anxiety", 18), ("addiction", 10), ("other", 12)],
        );
        let dutch = chance(stream, region.dutch_speaking_percent);
        let sites = region.places_per_arm * 2 / PEOPLE_PER_SITE + 1;
        let site = format!("{}-{}", region.name, 1 + stream.below(sites));
        let referral = -7 - day_below(stream, 50);
        let programme =
            offered_in.and_then(|position| Programme::draw(stream, region, course, position));
        Self {
            age,
            sex,
            months_incapacity,
            education,
            diagnosis_group,
            language: if dutch { "nl" } else { "fr" },
            site,
            referral,
            programme,
        }
    }

    /// Day on which the incapacity began, before day 0.
    pub(super) fn incapacity_began(&self) -> i32 {
        -whole_days(f64::from(self.months_incapacity) * DAYS_PER_MONTH)
    }

    /// Days between the eighteenth birthday and the incapacity.
    pub(super) fn career_days(&self) -> i32 {
        whole_days(f64::from(self.age - 18) * DAYS_PER_YEAR) + self.incapacity_began()
    }
}

impl Programme {
    fn draw(
        stream: &mut Stream,
        region: &RegionDesign,
        course: &Course,
        position: usize,
    ) -> Option<Self> {
        let coaches = region.places_per_arm / PEOPLE_PER_COACH + 1;
        let coach = format!("C{}{:02}", position + 1, 1 + stream.below(coaches));
        let start = 3 + day_below(stream, 40);
        let came = chance(stream, TAKE_UP_PERCENT) && start <= course.follow_up();
        came.then_some(Self { coach, start })
    }
}

/// Years of age. Whoever goes into the statutory pension before the cut-off turns 65 then, and
/// nobody else does: the oldest of the others is 60, and follow-up of the planned trial is under 5
/// years. Age so follows the competing exit, not the job.
fn age(stream: &mut Stream, course: &Course) -> i32 {
    let ordinary = 20 + day_below(stream, 21) + day_below(stream, 21);
    course.pension.map_or(ordinary, |day| {
        let years = whole_days((f64::from(day) / DAYS_PER_YEAR).ceil());
        (PENSION_AGE - years).max(20)
    })
}

#[expect(clippy::cast_possible_truncation, reason = "a life is some tens of thousands of days")]
fn whole_days(days: f64) -> i32 {
    days.floor() as i32
}
