//! A synthetic person.

use super::allocation::Place;
use super::baseline::Baseline;
use super::benefits::{self, Benefit};
use super::course::Course;
use super::design::{Design, after};
use super::employment::{self, Job};
use super::waves::{self, Questionnaire};
use crate::random::Stream;
use crate::trial::arm::Arm;
use crate::trial::date::Date;

/// A synthetic person: a place on the randomisation list, and all that follows.
pub(super) struct Person {
    pub(super) place: Place,
    /// Date of randomisation.
    pub(super) entry: Date,
    pub(super) course: Course,
    pub(super) baseline: Baseline,
    pub(super) jobs: Vec<Job>,
    pub(super) benefits: Vec<Benefit>,
    pub(super) questionnaires: Vec<Questionnaire>,
}

impl Person {
    /// Draws all that follows from a place.
    pub(super) fn draw(stream: &mut Stream, design: &Design, place: Place) -> Self {
        let entry = after(design.entry_opens, place.entry_day);
        let region = &design.regions[place.region];
        let course = Course::draw(
            stream,
            *region.hazards.get(place.arm),
            *design.censoring_hazard.get(place.arm),
            design.data_cutoff.days_since(entry),
        );
        let offered = place.arm == Arm::Intervention;
        let baseline = Baseline::draw(stream, region, &course, offered.then_some(place.region));
        let pace = employment::Pace {
            mean_job_days: *design.mean_job_days.get(place.arm),
            mean_gap_days: *design.mean_gap_days.get(place.arm),
        };
        let mut jobs = employment::draw(stream, &course, &baseline, pace);
        // Whatever is added to the process is drawn last, so that earlier tables stay as they were.
        jobs.extend(employment::tried_before(stream));
        jobs.sort_by_key(|job| job.start);
        let benefits = benefits::draw(stream, entry, &course, &jobs);
        let questionnaires = waves::draw(stream, place.arm, &course, &baseline, &jobs);
        Self { place, entry, course, baseline, jobs, benefits, questionnaires }
    }
}
