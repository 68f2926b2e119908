//! The quality of jobs: described among those who have one, and what randomisation supports beside.

use super::super::Setting;
use super::super::cohort::{Cohort, Observed, Scope, indicator};
use super::super::effect_rows::add_newcombe;
use super::super::proportions::{add_rate, add_strata_regression};
use super::super::sheet::{Entry, Sheet};
use super::super::summary::add_mean;
use super::role::role_of;
use crate::derive::outcomes::Work;
use crate::derive::waves::WaveStatus;
use crate::estimate::lee_bounds::{BoundsInference, LeeBounds, Trimming, lee_bounds};
use crate::estimate::proportion::Count;
use crate::estimate::tightened_lee_bounds::{
    Cells, SelectionDirection, TightenedBounds, tightened_lee_bounds,
};
use crate::plan::instrument::types::AskedOf;
use crate::plan::questionnaires::JobQuality;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::trial::arm::{Arm, TwoArm};

/// Said of everything that is described among the employed.
const NO_EFFECT: &str = "describes those who have a job: the programme changes who they are, so that a difference of the arms is no effect of it";

/// Everyone whose outcome could be known, with the outcome where it exists and is known.
pub(super) struct Defined {
    pub(super) positions: Vec<(usize, Option<f64>)>,
    pub(super) unit: Unit,
}

/// Hours, wages and time in the job at each month, satisfaction at each wave.
pub(super) fn add_job_quality(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    for &month in &setting.plan.analysis.months {
        let work = cohort.outcomes.iter().map(|participant| participant.work_at(month)).collect();
        let own = AtMonth { setting, cohort, month, work };
        own.add_described(sheet);
        own.add_composites(sheet);
    }
    add_scores_of_the_employed(sheet, setting, cohort);
}

/// The work of everyone at a month.
struct AtMonth<'a> {
    setting: Setting<'a>,
    cohort: &'a Cohort<'a>,
    month: i32,
    /// None inside without a job, none outside where that is not observed.
    #[expect(clippy::option_option, reason = "not observed and no job are two things")]
    work: Vec<Option<Option<Work>>>,
}

impl AtMonth<'_> {
    fn entry(&self, outcome: Outcome) -> Entry {
        Entry::new(Analysis::ArmMean, outcome, AnalysisSet::Employed, Method::Mean)
            .month(self.month)
    }

    fn add_described(&self, sheet: &mut Sheet) {
        type Value = fn(&Work) -> Option<f64>;
        let amounts: [(Outcome, Unit, Value); 3] = [
            (Outcome::JobHours, Unit::Hours, |work| Some(work.hours_per_week)),
            (Outcome::JobWageEur, Unit::EurPerMonth, |work| work.monthly_wage_eur),
            (Outcome::JobTenureDays, Unit::Days, |work| Some(f64::from(work.tenure_days))),
        ];
        for (outcome, unit, value) in amounts {
            let known = |at: usize| self.work[at].flatten().and_then(|work| value(&work));
            let entry = self.entry(outcome).note(NO_EFFECT);
            add_among_employed(sheet, self.cohort, &entry, (unit, &known));
            if outcome == Outcome::JobTenureDays {
                continue;
            }
            // Work without a recorded amount counts as none: who is left out of a count of everyone
            // randomised would depend on the arm, and the bounds would hold for nobody.
            let positions = (0..self.work.len())
                .filter_map(|at| Some((at, self.work[at]?.and_then(|work| value(&work)))));
            let defined = Defined { positions: positions.collect(), unit };
            let among = match outcome {
                Outcome::JobWageEur => {
                    "among those who would have a job with a recorded wage in either arm"
                }
                _ => "among those who would have a job in either arm",
            };
            let effect = self.entry(outcome).note(among);
            add_bounds(sheet, (self.setting, self.cohort), &effect, &defined);
        }
    }

    /// Amounts that are 0 without a job, and the good job: outcomes of everyone randomised.
    fn add_composites(&self, sheet: &mut Sheet) {
        type Value = fn(&Work) -> Option<f64>;
        let amounts: [(Outcome, Unit, Value); 2] = [
            (Outcome::HoursOrZero, Unit::Hours, |work| Some(work.hours_per_week)),
            (Outcome::WageOrZeroEur, Unit::EurPerMonth, |work| work.monthly_wage_eur),
        ];
        for (outcome, unit, value) in amounts {
            let amount = |at: usize| match self.work[at]? {
                None => Some(0.0),
                Some(work) => value(&work),
            };
            let observed = self.cohort.observed_by_position(amount);
            let entry = self.entry(outcome).analysis_set(AnalysisSet::IttObserved);
            self.add_means_and_effect(sheet, &entry, (&observed, unit));
        }
        let quality = &self.setting.plan.job_quality;
        if quality.is_defined() {
            self.add_good_job(sheet, quality);
        }
    }

    fn add_means_and_effect(
        &self,
        sheet: &mut Sheet,
        entry: &Entry,
        (all, unit): (&Observed, Unit),
    ) {
        for scope in self.cohort.scopes() {
            let observed = all.within(self.cohort, scope);
            let left_out = self.left_out(scope, observed.values.len());
            let entry = entry.region(self.cohort.name(scope)).note(left_out);
            for arm in Arm::BOTH {
                add_mean(sheet, &entry.arm(arm), unit, &observed.of_arm(arm));
            }
            let effect = entry.analysis(Analysis::Effect).contrast().role(role_of(scope));
            add_strata_regression(sheet, self.setting, &effect, &observed, unit);
        }
    }

    /// What to say of those whose work is known and whose outcome is not.
    fn left_out(&self, scope: Scope, n_known: usize) -> String {
        let members = self
            .cohort
            .by_arm(scope, |members| members.iter().filter(|at| self.work[**at].is_some()).count());
        match (members.intervention + members.control).saturating_sub(n_known) {
            0 => String::new(),
            n => format!(
                "{n} who work are left out, since a wage is not recorded: those left are no random part of everyone"
            ),
        }
    }

    fn add_good_job(&self, sheet: &mut Sheet, quality: &JobQuality) {
        let entry = self
            .entry(Outcome::GoodJob)
            .analysis(Analysis::ArmRate)
            .analysis_set(AnalysisSet::IttObserved)
            .method(Method::Wilson);
        let is_good = |at: usize| match self.work[at]? {
            None => Some(false),
            Some(work) => good_job(&work, quality),
        };
        for scope in self.cohort.scopes() {
            let entry = entry.region(self.cohort.name(scope));
            let counts = TwoArm::from_fn(|arm| {
                Count::of(self.cohort.members(scope, arm).into_iter().filter_map(is_good))
            });
            let n_known = counts.intervention.n() + counts.control.n();
            let left_out = self.left_out(scope, usize::try_from(n_known).unwrap_or(usize::MAX));
            let entry = entry.note(left_out);
            for arm in Arm::BOTH {
                add_rate(sheet, self.setting, &entry.arm(arm), *counts.get(arm));
            }
            let effect = entry.analysis(Analysis::Effect).contrast().role(role_of(scope));
            add_newcombe(sheet, &effect, counts, self.setting.level);
        }
        let observed = self.cohort.observed_by_position(|at| is_good(at).map(indicator));
        let left_out = self.left_out(Scope::All, observed.values.len());
        let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Secondary);
        let effect = effect.note(left_out);
        add_strata_regression(sheet, self.setting, &effect, &observed, Unit::Proportion);
    }
}

/// Whether a job meets every condition of the plan; none where a wage that decides is not known.
fn good_job(work: &Work, quality: &JobQuality) -> Option<bool> {
    let hours = quality.min_hours_per_week.is_none_or(|least| work.hours_per_week >= least);
    let days = quality.min_days.is_none_or(|least| work.tenure_days >= least);
    if !hours || !days {
        return Some(false);
    }
    match (quality.min_monthly_wage_eur, work.monthly_wage_eur) {
        (None, _) => Some(true),
        (Some(least), Some(wage)) => Some(wage >= least),
        (Some(_), None) => None,
    }
}

/// Scores that only those with a job have.
fn add_scores_of_the_employed(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let outcomes = setting.plan.questionnaire_outcomes();
    let own = outcomes.iter().enumerate().filter(|(_, own)| own.asked_of == AskedOf::Employed);
    for (position, outcome) in own {
        for &month in &outcome.months {
            let entry = Entry::new(
                Analysis::ArmMean,
                Outcome::JobScore,
                AnalysisSet::Employed,
                Method::Mean,
            )
            .level(&outcome.id)
            .month(month);
            let known = |at: usize| cohort.waves.value(position, at, month);
            add_among_employed(sheet, cohort, &entry.note(NO_EFFECT), (Unit::Score, &known));
            // Who left before the day did not answer either.
            let is_due = |at: &usize| cohort.waves.status(*at, month) != WaveStatus::NotDue;
            let everyone = (0..cohort.outcomes.len()).filter(is_due);
            let positions = everyone.map(|at| (at, known(at))).collect();
            let defined = Defined { positions, unit: Unit::Score };
            let effect = entry.note("among those who would have a job and answer in either arm");
            add_bounds(sheet, (setting, cohort), &effect, &defined);
        }
    }
}

fn add_among_employed(
    sheet: &mut Sheet,
    cohort: &Cohort<'_>,
    entry: &Entry,
    (unit, known): (Unit, &dyn Fn(usize) -> Option<f64>),
) {
    for scope in cohort.scopes() {
        let entry = entry.region(cohort.name(scope));
        for arm in Arm::BOTH {
            let members = cohort.members(scope, arm);
            let values: Vec<f64> = members.into_iter().filter_map(known).collect();
            add_mean(sheet, &entry.arm(arm), unit, &values);
        }
    }
}

/// Lee's bounds on the effect on an outcome that not everyone has, plain and tightened by region.
pub(super) fn add_bounds(
    sheet: &mut Sheet,
    (setting, cohort): (Setting<'_>, &Cohort<'_>),
    effect: &Entry,
    defined: &Defined,
) {
    let effect = effect.analysis(Analysis::EffectBounds).contrast().role(Role::Secondary);
    let arms: Vec<Arm> = defined.positions.iter().map(|(at, _)| cohort.outcomes[*at].arm).collect();
    let outcomes: Vec<Option<f64>> = defined.positions.iter().map(|(_, value)| *value).collect();
    let unit = defined.unit;
    let plain = lee_bounds(&arms, &outcomes, setting.level).map(|own| Bounds::of(&own));
    let entry = effect.method(Method::LeeBounds);
    add_bound_rows(sheet, &entry, unit, plain.map_err(|reason| reason.to_string()));
    let codes: Vec<usize> =
        defined.positions.iter().map(|(at, _)| cohort.outcomes[*at].region).collect();
    let cells = Cells { codes: &codes, n_cells: cohort.n_regions() };
    let tightened = tightened_lee_bounds(&arms, &outcomes, cells, setting.level);
    let entry = effect.method(Method::LeeBoundsTightened);
    let entry = match &tightened {
        Ok(own) => tightened_note(&entry, cohort, own),
        Err(_) => entry,
    };
    let tightened = tightened.map(|own| Bounds {
        lower: own.lower,
        upper: own.upper,
        trimming: None,
        inference: own.inference.map_err(|reason| reason.to_string()),
    });
    add_bound_rows(sheet, &entry, unit, tightened.map_err(|reason| reason.to_string()));
}

fn tightened_note(entry: &Entry, cohort: &Cohort<'_>, own: &TightenedBounds) -> Entry {
    let mut entry = entry.clone();
    if let SelectionDirection::Differs { .. } = own.direction {
        entry = entry.also("selection goes one way in some regions and the other in others");
    }
    for &cell in &own.cells_without_weight {
        let region = cohort.name(Scope::Region(cell));
        entry = entry.also(&format!("{region} has no weight: nobody is selected in one arm"));
    }
    entry
}

struct Bounds {
    lower: f64,
    upper: f64,
    trimming: Option<Trimming>,
    inference: Result<BoundsInference, String>,
}

impl Bounds {
    fn of(own: &LeeBounds) -> Self {
        let inference = own.inference.map_err(|reason| reason.to_string());
        Self { lower: own.lower, upper: own.upper, trimming: own.trimming, inference }
    }
}

fn add_bound_rows(sheet: &mut Sheet, entry: &Entry, unit: Unit, bounds: Result<Bounds, String>) {
    let limits = [
        (Statistic::BoundLowerStdError, unit),
        (Statistic::BoundUpperStdError, unit),
        (Statistic::CiLower, unit),
        (Statistic::CiUpper, unit),
    ];
    match bounds {
        Ok(own) => {
            sheet.put(entry, Statistic::BoundLower, unit, own.lower);
            sheet.put(entry, Statistic::BoundUpper, unit, own.upper);
            if entry.key().method == Method::LeeBounds {
                let trimmed = own.trimming.map_or(0.0, |trimming| trimming.share);
                let entry = match own.trimming.map(|trimming| trimming.arm) {
                    Some(Arm::Intervention) => entry.also("trimmed: ips"),
                    Some(Arm::Control) => entry.also("trimmed: control"),
                    None => entry.clone(),
                };
                sheet.put(&entry, Statistic::TrimmedShare, Unit::Proportion, trimmed);
            }
            match own.inference {
                Ok(of) => {
                    sheet.put(entry, Statistic::BoundLowerStdError, unit, of.lower_std_error);
                    sheet.put(entry, Statistic::BoundUpperStdError, unit, of.upper_std_error);
                    sheet.limits(entry, unit, of.interval);
                }
                Err(reason) => sheet.all_missing(entry, &limits, &reason),
            }
        }
        Err(reason) => {
            sheet.missing(entry, Statistic::BoundLower, unit, &reason);
            sheet.missing(entry, Statistic::BoundUpper, unit, &reason);
            sheet.all_missing(entry, &limits, &reason);
        }
    }
}
