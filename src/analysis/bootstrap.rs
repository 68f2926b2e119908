//! Resampled inference: every quantity from the same case weights, replicate by replicate.

use super::cohort::{Cohort, Scope};
use super::first_job::months_with_horizon;
use super::sheet::{Entry, Sheet};
use super::{AnalysisError, Setting};
use crate::random::Seed;
use crate::resample::NotEstimable;
use crate::resample::acceleration::acceleration;
use crate::resample::case_weights::ResamplingStrata;
use crate::resample::interval::{BootstrapDistribution, BootstrapInterval, Limit};
use crate::resample::replicates::{Bootstrap, BootstrapSettings, Replicates};
use crate::results::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, Role, Statistic, Unit,
};
use crate::survival::ending::Cause;
use crate::survival::influence::incidence_influence;
use crate::survival::presorted::PresortedIncidence;
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::time::month_in_days;

/// Something that is estimated in every replicate.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Quantity {
    /// A proportion among those observed.
    Rate { outcome: usize, scope: Scope, arm: Arm },
    /// Its difference between the arms.
    RateDifference { outcome: usize, scope: Scope },
    /// A cumulative incidence at a time.
    Incidence { time: usize, scope: Scope, arm: Arm },
    /// Its difference between the arms.
    IncidenceDifference { time: usize, scope: Scope },
}

/// A yes-or-no outcome at a month, by participant; none where it is not observed.
struct Binary {
    outcome: Outcome,
    month: i32,
    values: Vec<Option<bool>>,
}

/// Everything that a replicate reads.
struct Model<'a> {
    cohort: &'a Cohort<'a>,
    quantities: Vec<Quantity>,
    binaries: Vec<Binary>,
    months: Vec<i32>,
    days: Vec<f64>,
    /// Participants' cells: arm × region.
    cells: Vec<usize>,
    /// Presorted groups, by scope.
    groups: Vec<TwoArm<PresortedIncidence>>,
}

/// Working memory of a replicate.
struct Scratch {
    /// (observed, with the event) by outcome and cell.
    counts: Vec<(u64, u64)>,
    /// Cumulative incidences by scope, arm and time.
    incidences: Vec<f64>,
}

/// Adds the three bootstrap intervals of rates, cumulative incidences and their differences.
pub(super) fn add_bootstrap(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), AnalysisError> {
    let model = Model::new(setting, cohort);
    let strata = cohort.outcomes.iter().zip(&cohort.strata.codes);
    let strata: Vec<u32> = strata
        .map(|(p, &stratum)| cell(p.arm, stratum, cohort.strata.len()))
        .map(|cell| u32::try_from(cell).unwrap_or(u32::MAX))
        .collect();
    let strata = ResamplingStrata::new(&strata)?;
    let plan = &setting.plan.bootstrap;
    let bootstrap = Bootstrap {
        settings: BootstrapSettings { seed: Seed(plan.seed), replicates: plan.replicates },
        strata: &strata,
        progress,
    };
    let replicates = Replicates::compute(
        &bootstrap,
        model.quantities.len(),
        || model.scratch(),
        |weights, scratch, out| model.evaluate(weights, scratch, out),
    )?;
    let mut estimates = vec![f64::NAN; model.quantities.len()];
    let once = vec![1; cohort.outcomes.len()];
    model.evaluate(&once, &mut model.scratch(), &mut estimates);
    for (at, (quantity, estimate)) in model.quantities.iter().zip(estimates).enumerate() {
        let entry = model.entry(*quantity);
        let distribution = BootstrapDistribution::new(replicates.column(at), estimate);
        let a = || acceleration(&model.influence(*quantity, &strata), &strata);
        add_intervals(sheet, setting, &entry, distribution, a);
    }
    Ok(())
}

impl<'a> Model<'a> {
    fn new(setting: Setting<'_>, cohort: &'a Cohort<'a>) -> Self {
        let settings = &setting.plan.analysis;
        let months = months_with_horizon(setting);
        let horizon = settings.horizon_months;
        let of = |outcome, month, value: &dyn Fn(usize) -> Option<bool>| Binary {
            outcome,
            month,
            values: (0..cohort.outcomes.len()).map(value).collect(),
        };
        let ever =
            of(Outcome::EverEmployed, horizon, &|at| cohort.outcomes[at].ever_employed(horizon));
        let employed = settings
            .months
            .iter()
            .map(|&month| of(Outcome::Employed, month, &|at| cohort.outcomes[at].employed(month)));
        let binaries: Vec<Binary> = std::iter::once(ever).chain(employed).collect();
        let n_regions = cohort.n_regions();
        let cells = cohort.outcomes.iter().map(|p| cell(p.arm, p.region, n_regions)).collect();
        let groups = cohort
            .scopes()
            .map(|scope| {
                cohort.by_arm(scope, |members| {
                    PresortedIncidence::new(&cohort.days, &cohort.endings, members)
                })
            })
            .collect();
        let quantities = quantities(cohort, &binaries, months.len());
        let days = months.iter().map(|&month| month_in_days(month)).collect();
        Self { cohort, quantities, binaries, months, days, cells, groups }
    }

    fn scratch(&self) -> Scratch {
        let n_cells = 2 * self.cohort.n_regions();
        Scratch {
            counts: vec![(0, 0); self.binaries.len() * n_cells],
            incidences: vec![f64::NAN; self.groups.len() * 2 * self.days.len()],
        }
    }

    /// Every quantity under the given case weights; NaN where it does not exist.
    fn evaluate(&self, weights: &[u32], scratch: &mut Scratch, out: &mut [f64]) {
        self.count(weights, &mut scratch.counts);
        let n_times = self.days.len();
        for (groups, places) in self.groups.iter().zip(scratch.incidences.chunks_mut(2 * n_times)) {
            let (intervention, control) = places.split_at_mut(n_times);
            groups.intervention.incidence_at(weights, &self.days, intervention);
            groups.control.incidence_at(weights, &self.days, control);
        }
        for (quantity, place) in self.quantities.iter().zip(out) {
            *place = self.value(*quantity, scratch);
        }
    }

    fn count(&self, weights: &[u32], counts: &mut [(u64, u64)]) {
        counts.fill((0, 0));
        let n_cells = 2 * self.cohort.n_regions();
        for (binary, counts) in self.binaries.iter().zip(counts.chunks_mut(n_cells)) {
            for ((value, &cell), &weight) in binary.values.iter().zip(&self.cells).zip(weights) {
                if let Some(event) = value {
                    counts[cell].0 += u64::from(weight);
                    counts[cell].1 += u64::from(weight) * u64::from(*event);
                }
            }
        }
    }

    fn value(&self, quantity: Quantity, scratch: &Scratch) -> f64 {
        match quantity {
            Quantity::Rate { outcome, scope, arm } => self.rate(outcome, scope, arm, scratch),
            Quantity::RateDifference { outcome, scope } => {
                self.rate(outcome, scope, Arm::Intervention, scratch)
                    - self.rate(outcome, scope, Arm::Control, scratch)
            }
            Quantity::Incidence { time, scope, arm } => self.incidence(time, scope, arm, scratch),
            Quantity::IncidenceDifference { time, scope } => {
                self.incidence(time, scope, Arm::Intervention, scratch)
                    - self.incidence(time, scope, Arm::Control, scratch)
            }
        }
    }

    /// Events over observed: 0 / 0 is NaN, a replicate in which nobody is observed.
    fn rate(&self, outcome: usize, scope: Scope, arm: Arm, scratch: &Scratch) -> f64 {
        let n_regions = self.cohort.n_regions();
        let regions = match scope {
            Scope::All => 0..n_regions,
            Scope::Region(region) => region..region + 1,
        };
        let at = |region| scratch.counts[outcome * 2 * n_regions + cell(arm, region, n_regions)];
        let (n, events) = regions.map(at).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        events as f64 / n as f64
    }

    fn incidence(&self, time: usize, scope: Scope, arm: Arm, scratch: &Scratch) -> f64 {
        let group = 2 * position(scope) + arm_number(arm);
        scratch.incidences[group * self.days.len() + time]
    }

    /// Influence of each participant within the stratum that it was drawn from: the derivative
    /// of the quantity by the participant's case weight, times the size of the stratum.
    fn influence(&self, quantity: Quantity, strata: &ResamplingStrata) -> Vec<f64> {
        let mut influence = match quantity {
            Quantity::Rate { outcome, scope, arm } => self.rate_influence(outcome, scope, arm),
            Quantity::RateDifference { outcome, scope } => difference(
                self.rate_influence(outcome, scope, Arm::Intervention),
                &self.rate_influence(outcome, scope, Arm::Control),
            ),
            Quantity::Incidence { time, scope, arm } => self.time_influence(time, scope, arm),
            Quantity::IncidenceDifference { time, scope } => difference(
                self.time_influence(time, scope, Arm::Intervention),
                &self.time_influence(time, scope, Arm::Control),
            ),
        };
        for members in strata.iter() {
            for &member in members {
                influence[member as usize] *= members.len() as f64;
            }
        }
        influence
    }

    /// (y − p) / n for those observed, 0 for everyone else.
    fn rate_influence(&self, outcome: usize, scope: Scope, arm: Arm) -> Vec<f64> {
        let mut influence = vec![0.0; self.cells.len()];
        let members = self.cohort.members(scope, arm);
        let values = &self.binaries[outcome].values;
        let observed: Vec<(usize, f64)> = members
            .iter()
            .filter_map(|&at| values[at].map(|event| (at, f64::from(u8::from(event)))))
            .collect();
        let n = observed.len() as f64;
        let rate = observed.iter().map(|(_, y)| y).sum::<f64>() / n;
        for (at, y) in observed {
            influence[at] = (y - rate) / n;
        }
        influence
    }

    fn time_influence(&self, time: usize, scope: Scope, arm: Arm) -> Vec<f64> {
        let mut influence = vec![0.0; self.cells.len()];
        let (days, endings) = self.cohort.times(scope, arm);
        // Where there is no incidence there is no estimate, and nobody asks for its influence.
        let time_days = self.days[time];
        if let Ok(values) = incidence_influence(&days, &endings, None, Cause::Event, time_days) {
            for (at, value) in self.cohort.members(scope, arm).into_iter().zip(values) {
                influence[at] = value;
            }
        }
        influence
    }

    fn entry(&self, quantity: Quantity) -> Entry {
        let rate = |analysis, outcome: usize, method| {
            let binary = &self.binaries[outcome];
            Entry::new(analysis, binary.outcome, AnalysisSet::IttObserved, method)
                .month(binary.month)
        };
        let incidence = |analysis, time: usize, method| {
            Entry::new(analysis, Outcome::FirstJob, AnalysisSet::Itt, method)
                .month(self.months[time])
        };
        let name = |scope| self.cohort.name(scope);
        let role = |scope| match scope {
            Scope::All => Role::Secondary,
            Scope::Region(_) => Role::Exploratory,
        };
        match quantity {
            Quantity::Rate { outcome, scope, arm } => {
                rate(Analysis::ArmRate, outcome, Method::Mean).region(name(scope)).arm(arm)
            }
            Quantity::RateDifference { outcome, scope } => {
                rate(Analysis::Effect, outcome, Method::RiskDifference)
                    .region(name(scope))
                    .contrast()
                    .role(role(scope))
            }
            Quantity::Incidence { time, scope, arm } => {
                incidence(Analysis::CumulativeIncidence, time, Method::AalenJohansen)
                    .region(name(scope))
                    .arm(arm)
            }
            Quantity::IncidenceDifference { time, scope } => {
                incidence(Analysis::Effect, time, Method::RiskDifferenceAalenJohansen)
                    .region(name(scope))
                    .contrast()
                    .role(role(scope))
            }
        }
    }
}

/// Everything that is resampled: `ever_employed` and incidences by scope, `employed` for all.
fn quantities(cohort: &Cohort, binaries: &[Binary], n_times: usize) -> Vec<Quantity> {
    let mut quantities = Vec::new();
    for (outcome, binary) in binaries.iter().enumerate() {
        let by_region = binary.outcome == Outcome::EverEmployed;
        for scope in cohort.scopes().filter(|scope| by_region || *scope == Scope::All) {
            quantities.extend(Arm::BOTH.map(|arm| Quantity::Rate { outcome, scope, arm }));
            quantities.push(Quantity::RateDifference { outcome, scope });
        }
    }
    for scope in cohort.scopes() {
        for time in 0..n_times {
            quantities.extend(Arm::BOTH.map(|arm| Quantity::Incidence { time, scope, arm }));
            quantities.push(Quantity::IncidenceDifference { time, scope });
        }
    }
    quantities
}

fn arm_number(arm: Arm) -> usize {
    match arm {
        Arm::Intervention => 0,
        Arm::Control => 1,
    }
}

fn cell(arm: Arm, region: usize, n_regions: usize) -> usize {
    arm_number(arm) * n_regions + region
}

fn position(scope: Scope) -> usize {
    match scope {
        Scope::All => 0,
        Scope::Region(region) => region + 1,
    }
}

fn difference(mut a: Vec<f64>, b: &[f64]) -> Vec<f64> {
    a.iter_mut().zip(b).for_each(|(a, b)| *a -= b);
    a
}

/// Rows of the three intervals of one quantity.
fn add_intervals(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    entry: &Entry,
    distribution: Result<BootstrapDistribution, NotEstimable>,
    acceleration: impl Fn() -> Result<f64, NotEstimable>,
) {
    let kinds =
        [Inference::BootstrapPercentile, Inference::BootstrapBasic, Inference::BootstrapBca];
    let distribution = match distribution {
        Ok(distribution) => distribution,
        Err(reason) => {
            for kind in kinds {
                let entry = entry.inference(kind);
                sheet.missing(&entry, Statistic::CiLower, Unit::Proportion, &reason);
                sheet.missing(&entry, Statistic::CiUpper, Unit::Proportion, &reason);
            }
            return;
        }
    };
    for kind in kinds {
        let entry = entry.inference(kind);
        let std_error = distribution.std_error();
        sheet.put(&entry, Statistic::Estimate, Unit::Proportion, distribution.estimate());
        sheet.put(&entry, Statistic::StdError, Unit::Proportion, std_error.value);
        let of = entry.level(Statistic::StdError.as_str());
        let error = std_error.monte_carlo_error;
        sheet.put(&of, Statistic::MonteCarloError, Unit::Proportion, error);
        let failed = distribution.n_failed() as f64;
        sheet.put(&entry, Statistic::FailedReplicates, Unit::Count, failed);
        let interval = match kind {
            Inference::BootstrapPercentile => Ok(distribution.percentile(setting.level)),
            Inference::BootstrapBasic => Ok(distribution.basic(setting.level)),
            _ => acceleration().and_then(|a| {
                sheet.put(&entry, Statistic::Acceleration, Unit::None, a);
                distribution.bca(setting.level, a)
            }),
        };
        add_interval(sheet, &entry, interval);
    }
}

fn add_interval(
    sheet: &mut Sheet,
    entry: &Entry,
    interval: Result<BootstrapInterval, NotEstimable>,
) {
    let interval = match interval {
        Ok(interval) => interval,
        Err(reason) => {
            sheet.missing(entry, Statistic::CiLower, Unit::Proportion, &reason);
            sheet.missing(entry, Statistic::CiUpper, Unit::Proportion, &reason);
            return;
        }
    };
    let limits = [(Statistic::CiLower, interval.lower), (Statistic::CiUpper, interval.upper)];
    for (statistic, limit) in limits {
        let Limit { value, monte_carlo_error, is_extreme } = limit;
        let note = "an outermost replicate: more replicates are needed";
        let entry = if is_extreme { &entry.note(note) } else { entry };
        sheet.put(entry, statistic, Unit::Proportion, value);
        let of = entry.level(statistic.as_str());
        let reason = "too few replicates lie beyond the limit";
        let error = Statistic::MonteCarloError;
        sheet.put_or(&of, (error, Unit::Proportion), monte_carlo_error, &reason);
    }
}
