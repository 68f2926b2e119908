//! Curves of the first job in every replicate: survival, restricted means, incidences, medians.

use super::super::Setting;
use super::super::cohort::{Cohort, Scope};
use super::super::first_job::{horizons, months_with_horizon, path};
use super::super::sheet::Entry;
use super::made::{Made, Readings};
use super::quantity::Quantity;
use crate::numeric::weights::CaseWeights;
use crate::resample::NotEstimable;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Unit};
use crate::survival::curve_influence::{restricted_mean_influence, survival_influence};
use crate::survival::ending::Cause;
use crate::survival::influence::incidence_influence;
use crate::survival::presorted::{CurveReadings, CurveScratch, Places, PresortedTimes, ReadAt};
use crate::survival::times::Times;
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::time::month_in_days;

/// Both arms of every scope, sorted once, and what is read of them.
pub(super) struct Curves<'a> {
    cohort: &'a Cohort<'a>,
    groups: Vec<Group>,
    quantities: Vec<Quantity>,
    made: Vec<Made>,
    n_readings: usize,
}

/// One arm of a scope.
struct Group {
    scope: Scope,
    arm: Arm,
    times: PresortedTimes,
    months: Months,
    /// Where its readings begin: survival, restricted means, incidences, the median.
    start: usize,
}

/// When a group is read.
#[derive(Clone)]
struct Months {
    survival: Vec<i32>,
    restricted_mean: Vec<i32>,
    incidence: Vec<i32>,
    days: Days,
}

#[derive(Clone)]
struct Days {
    survival: Vec<f64>,
    restricted_mean: Vec<f64>,
    incidence: Vec<f64>,
}

/// What stands in a place of a group's readings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Survival(usize),
    RestrictedMean(usize),
    Incidence(usize),
    Median,
}

impl Months {
    fn new(setting: Setting<'_>, scope: Scope) -> Self {
        let planned = months_with_horizon(setting);
        let restricted_mean = horizons(setting);
        let survival = match scope {
            // A band holds all months together.
            Scope::All => path(setting, &restricted_mean),
            Scope::Region(_) => planned.clone(),
        };
        let in_days = |months: &[i32]| months.iter().map(|&month| month_in_days(month)).collect();
        let days = Days {
            survival: in_days(&survival),
            restricted_mean: in_days(&restricted_mean),
            incidence: in_days(&planned),
        };
        Self { survival, restricted_mean, incidence: planned, days }
    }

    fn len(&self) -> usize {
        self.survival.len() + self.restricted_mean.len() + self.incidence.len() + 1
    }

    fn reading(&self, at: usize) -> Reading {
        let (survival, means) = (self.survival.len(), self.restricted_mean.len());
        if at < survival {
            Reading::Survival(at)
        } else if at < survival + means {
            Reading::RestrictedMean(at - survival)
        } else if at < survival + means + self.incidence.len() {
            Reading::Incidence(at - survival - means)
        } else {
            Reading::Median
        }
    }
}

impl<'a> Curves<'a> {
    pub(super) fn new(setting: Setting<'_>, cohort: &'a Cohort<'a>) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut start = 0;
        for scope in cohort.scopes() {
            let months = Months::new(setting, scope);
            for arm in Arm::BOTH {
                let members = cohort.members(scope, arm);
                let times = PresortedTimes::new(&cohort.days, &cohort.endings, &members);
                let months = months.clone();
                let length = months.len();
                groups.push(Group { scope, arm, times, months, start });
                start += length;
            }
        }
        let mut own =
            Self { cohort, groups, quantities: Vec::new(), made: Vec::new(), n_readings: start };
        for both in 0..own.groups.len() / 2 {
            own.add_quantities(setting, both);
        }
        own
    }

    pub(super) fn quantities(&self) -> &[Quantity] {
        &self.quantities
    }

    /// What each arm and the contrast of a scope give.
    fn add_quantities(&mut self, setting: Setting<'_>, both: usize) {
        let (scope, months) = (self.groups[2 * both].scope, self.groups[2 * both].months.clone());
        let starts = TwoArm {
            intervention: self.groups[2 * both].start,
            control: self.groups[2 * both + 1].start,
        };
        let planned = months_with_horizon(setting);
        for at in 0..months.len() {
            let arms = starts.map(|start| start + at);
            match months.reading(at) {
                Reading::Survival(place) => {
                    let month = months.survival[place];
                    self.add_survival(scope, arms, (month, planned.contains(&month)));
                }
                Reading::RestrictedMean(place) => {
                    let entry = self.entry(scope, Analysis::Rmst, Method::RestrictedMean);
                    let entry = entry.month(months.restricted_mean[place]);
                    self.add_arms(&entry, arms, Unit::Days);
                    self.add_difference(scope, &entry, arms, Unit::Days);
                    let ratio = contrast(&entry, scope).method(Method::RestrictedMeanRatio);
                    self.add(Quantity::ratio(ratio), Made::LogRatio(arms));
                }
                Reading::Incidence(place) => {
                    let analysis = Analysis::CumulativeIncidence;
                    let entry = self.entry(scope, analysis, Method::AalenJohansen).note("");
                    let entry = entry.month(months.incidence[place]);
                    self.add_arms(&entry, arms, Unit::Proportion);
                    let effect = entry
                        .analysis(Analysis::Effect)
                        .method(Method::RiskDifferenceAalenJohansen);
                    self.add_difference(scope, &effect, arms, Unit::Proportion);
                }
                Reading::Median => {
                    let analysis = Analysis::SurvivalMedian;
                    let entry = self.entry(scope, analysis, Method::KaplanMeier);
                    self.add_arms(&entry, arms, Unit::Days);
                }
            }
        }
    }

    fn add_survival(
        &mut self,
        scope: Scope,
        arms: TwoArm<usize>,
        (month, is_planned): (i32, bool),
    ) {
        let entry = self.entry(scope, Analysis::Survival, Method::KaplanMeier).month(month);
        if is_planned {
            self.add_arms(&entry, arms, Unit::Proportion);
        }
        let effect = entry.analysis(Analysis::Effect).method(Method::SurvivalDifference);
        let quantity = Quantity::plain(contrast(&effect, scope), Unit::Proportion);
        let quantity = if is_planned { quantity } else { quantity.in_band() };
        self.add(quantity, Made::Difference(arms));
    }

    fn entry(&self, scope: Scope, analysis: Analysis, method: Method) -> Entry {
        Entry::new(analysis, Outcome::FirstJob, AnalysisSet::Itt, method)
            .region(self.cohort.name(scope))
            .note(self.cohort.censoring_note())
    }

    fn add_arms(&mut self, entry: &Entry, arms: TwoArm<usize>, unit: Unit) {
        for (arm, at) in arms.iter() {
            self.add(Quantity::plain(entry.arm(arm), unit), Made::One(*at));
        }
    }

    fn add_difference(&mut self, scope: Scope, entry: &Entry, arms: TwoArm<usize>, unit: Unit) {
        self.add(Quantity::plain(contrast(entry, scope), unit), Made::Difference(arms));
    }

    fn add(&mut self, quantity: Quantity, made: Made) {
        self.quantities.push(quantity);
        self.made.push(made);
    }

    pub(super) fn scratch(&self) -> (CurveScratch, Readings) {
        (CurveScratch::default(), Readings::new(self.n_readings))
    }

    /// Every quantity and its standard error under the case weights.
    pub(super) fn evaluate(
        &self,
        weights: &[u32],
        (scratch, readings): &mut (CurveScratch, Readings),
        (estimates, std_errors): (&mut [f64], &mut [f64]),
    ) {
        readings.clear();
        for group in &self.groups {
            group.read(weights, scratch, readings);
        }
        for ((made, estimate), std_error) in self.made.iter().zip(estimates).zip(std_errors) {
            (*estimate, *std_error) = made.of(readings);
        }
    }

    /// The derivative of a quantity by everyone's case weight.
    pub(super) fn influence(
        &self,
        at: usize,
        readings: &Readings,
    ) -> Result<Vec<f64>, NotEstimable> {
        self.made[at].influence(&readings.estimates, |at| self.influence_of_reading(at))
    }

    fn influence_of_reading(&self, at: usize) -> Result<Vec<f64>, NotEstimable> {
        let group = &self.groups[self.groups.partition_point(|group| group.start <= at) - 1];
        let members = self.cohort.members(group.scope, group.arm);
        let (days, endings) = self.cohort.times(group.scope, group.arm);
        let times = Times::from_start(&days, &endings);
        let at_days = &group.months.days;
        let values = match group.months.reading(at - group.start) {
            Reading::Survival(place) => {
                survival_influence(times, CaseWeights::Once, at_days.survival[place])
            }
            Reading::RestrictedMean(place) => {
                let horizon = at_days.restricted_mean[place];
                restricted_mean_influence(times, CaseWeights::Once, horizon)
            }
            Reading::Incidence(place) => {
                let time = at_days.incidence[place];
                incidence_influence(&days, &endings, None, Cause::Event, time)
            }
            Reading::Median => return Err(NotEstimable::NoInfluence),
        };
        // Where there is no estimate, nobody asks for its influence.
        let values = values.map_err(|_| NotEstimable::EstimateNotFinite)?;
        let mut influence = vec![0.0; self.cohort.days.len()];
        for (member, value) in members.into_iter().zip(values) {
            influence[member] = value;
        }
        Ok(influence)
    }
}

fn contrast(entry: &Entry, scope: Scope) -> Entry {
    entry.contrast().role(match scope {
        Scope::All => Role::Secondary,
        Scope::Region(_) => Role::Exploratory,
    })
}

impl Group {
    fn read(&self, weights: &[u32], scratch: &mut CurveScratch, readings: &mut Readings) {
        let end = self.start + self.months.len();
        let estimates = &mut readings.estimates[self.start..end];
        let std_errors = &mut readings.std_errors[self.start..end];
        let (survival, means) = (self.months.survival.len(), self.months.restricted_mean.len());
        let (survival_estimates, rest) = estimates.split_at_mut(survival);
        let (mean_estimates, rest) = rest.split_at_mut(means);
        let (incidence_estimates, median) = rest.split_at_mut(self.months.incidence.len());
        let (survival_errors, rest) = std_errors.split_at_mut(survival);
        let (mean_errors, rest) = rest.split_at_mut(means);
        let (incidence_errors, _) = rest.split_at_mut(self.months.incidence.len());
        let days = &self.months.days;
        let at = ReadAt {
            survival: &days.survival,
            restricted_mean: &days.restricted_mean,
            incidence: &days.incidence,
        };
        let mut out = CurveReadings {
            survival: Places { estimates: survival_estimates, std_errors: survival_errors },
            restricted_mean: Places { estimates: mean_estimates, std_errors: mean_errors },
            incidence: Places { estimates: incidence_estimates, std_errors: incidence_errors },
            median: median.first_mut(),
        };
        self.times.read(weights, &at, scratch, &mut out);
    }
}
