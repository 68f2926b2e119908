//! Baseline covariates, and the columns that regressions make of them.
//!
//! A column that cannot be estimated is left out, and named in an [`Omission`]: never dropped in
//! silence, never solved around.

use ndarray::{Array2, ShapeBuilder as _};
use thiserror::Error;

use super::sample::StratifiedSample;
use crate::numeric::sum::sum;
use crate::numeric::weights::SamplingWeights;
use crate::trial::arm::{Arm, TwoArm};

/// A column is collinear when less than this share of its length is its own.
///
/// A little more than [`COLLINEAR`](crate::numeric::least_squares::COLLINEAR), which the fit asks
/// for: what passes here passes there.
const OWN_SHARE: f64 = 1e-6;

/// A numeric covariate is constant when it spreads over less than this share of its largest value.
const ROUNDING: f64 = 1e-12;

/// People in each arm that a level or stratum needs for an effect of its own (interacted fits).
const ENOUGH: usize = 2;

/// A baseline covariate, one value a participant, none missing.
#[derive(Clone, Copy, Debug)]
pub enum Covariate<'a> {
    /// A quantity, in any unit.
    Numeric(&'a [f64]),
    /// A group of each participant, from 0; a group may have nobody.
    Categorical {
        /// The group of each participant.
        codes: &'a [usize],
        /// Number of groups.
        n_levels: usize,
    },
}

/// Something left out of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Omission {
    /// The covariate, by its place among those given.
    pub covariate: usize,
    /// Its level, where only that has no coefficient: its people count with the reference level,
    /// which is the first that needs no omission. None for the whole covariate.
    pub level: Option<usize>,
    /// Why.
    pub reason: OmissionReason,
}

/// A stratum without a coefficient: its people count with the reference stratum, which is the
/// first that needs none of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MergedStratum {
    /// The stratum.
    pub stratum: usize,
    /// Why.
    pub reason: OmissionReason,
}

/// Why a column is left out of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum OmissionReason {
    /// Everyone has the same value.
    #[error("the same for everyone")]
    Constant,
    /// Arm, strata and the covariates before it determine it.
    #[error("determined by arm, strata and the covariates before it")]
    Collinear,
    /// The level is seen, or the quantity varies, in one arm only (interacted and logistic fits).
    #[error("seen in one arm only")]
    OneArmOnly,
    /// Fewer than two people in an arm (interacted fits).
    #[error("fewer than two people in an arm")]
    Sparse,
    /// With it the outcome would be predicted without error for some, and no maximum of the
    /// likelihood exists (logistic fits).
    #[error("it separates those with the outcome from those without")]
    Separated,
}

/// The slices do not describe one set of participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AdjustedSampleError {
    /// A covariate is longer or shorter than the outcomes.
    #[error("covariate {covariate} has {found} values, and there are {expected} participants")]
    Length {
        /// The covariate.
        covariate: usize,
        /// Its length.
        found: usize,
        /// Participants.
        expected: usize,
    },
    /// As many weights as participants are needed.
    #[error("{found} weights, and there are {expected} participants")]
    Weights {
        /// Weights given.
        found: usize,
        /// Participants.
        expected: usize,
    },
    /// A value is NaN or infinite.
    #[error("covariate {covariate} of participant {position} is not a finite number")]
    NotFinite {
        /// The covariate.
        covariate: usize,
        /// The participant.
        position: usize,
    },
    /// A code is not below `n_levels`.
    #[error("covariate {covariate} of participant {position} is not one of its levels")]
    Level {
        /// The covariate.
        covariate: usize,
        /// The participant.
        position: usize,
    },
}

/// Those whose outcome and covariates are all observed, and how many people each stands for.
#[derive(Clone, Copy, Debug)]
pub struct AdjustedSample<'a> {
    pub(super) sample: StratifiedSample<'a>,
    pub(super) covariates: &'a [Covariate<'a>],
    pub(super) weights: Option<SamplingWeights<'a>>,
}

impl<'a> AdjustedSample<'a> {
    /// Joins outcomes, arms and strata with covariates, and with weights where there are any.
    ///
    /// # Errors
    ///
    /// [`AdjustedSampleError`] names the first covariate that does not fit.
    pub fn new(
        sample: StratifiedSample<'a>,
        covariates: &'a [Covariate<'a>],
        weights: Option<SamplingWeights<'a>>,
    ) -> Result<Self, AdjustedSampleError> {
        let expected = sample.n();
        if let Some(weights) = weights
            && weights.values().len() != expected
        {
            let found = weights.values().len();
            return Err(AdjustedSampleError::Weights { found, expected });
        }
        for (covariate, values) in covariates.iter().enumerate() {
            let found = match values {
                Covariate::Numeric(values) => values.len(),
                Covariate::Categorical { codes, .. } => codes.len(),
            };
            if found != expected {
                return Err(AdjustedSampleError::Length { covariate, found, expected });
            }
            match *values {
                Covariate::Numeric(values) => {
                    if let Some(position) = values.iter().position(|x| !x.is_finite()) {
                        return Err(AdjustedSampleError::NotFinite { covariate, position });
                    }
                }
                Covariate::Categorical { codes, n_levels } => {
                    if let Some(position) = codes.iter().position(|&code| code >= n_levels) {
                        return Err(AdjustedSampleError::Level { covariate, position });
                    }
                }
            }
        }
        Ok(Self { sample, covariates, weights })
    }

    /// Outcomes, arms and strata.
    pub fn sample(&self) -> &StratifiedSample<'a> {
        &self.sample
    }
}

/// What is made of strata and covariates: which of them can be estimated depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    /// Linear, the same coefficients in both arms.
    MainEffects,
    /// Linear, coefficients for each arm.
    Interacted,
    /// Logistic, the same coefficients in both arms.
    Logistic,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    Stratum(usize),
    Numeric(usize),
    Level(usize, usize),
}

/// A column of a design: (value × unit − centre) × scale.
#[derive(Clone, Copy, Debug)]
struct Term {
    source: Source,
    unit: f64,
    centre: f64,
    scale: f64,
}

/// The columns of strata and covariates, centred, and what was left out.
#[derive(Clone, Debug)]
pub(super) struct Terms<'a> {
    data: AdjustedSample<'a>,
    list: Vec<Term>,
    omissions: Vec<Omission>,
    merged: Vec<MergedStratum>,
}

impl<'a> Terms<'a> {
    /// Decides which columns can be estimated.
    pub(super) fn new(data: AdjustedSample<'a>, model: Model) -> Self {
        let mut built = Self { data, list: vec![], omissions: vec![], merged: vec![] };
        built.add_strata(model);
        for covariate in 0..data.covariates.len() {
            match data.covariates[covariate] {
                Covariate::Numeric(values) => built.add_numeric(covariate, values, model),
                Covariate::Categorical { codes, n_levels } => {
                    built.add_levels(covariate, codes, n_levels, model);
                }
            }
        }
        built.leave_out_collinear(model);
        built
    }

    /// What was left out, by covariate and level.
    pub(super) fn omissions(&self) -> Vec<Omission> {
        let mut named = self.omissions.clone();
        named.sort_unstable();
        named
    }

    /// Strata that were joined to the reference, in order.
    pub(super) fn merged_strata(&self) -> Vec<MergedStratum> {
        let mut named = self.merged.clone();
        named.sort_unstable();
        named
    }

    /// Leaves a column out.
    pub(super) fn leave_out(&mut self, column: usize, reason: OmissionReason) {
        match self.list.remove(column).source {
            Source::Stratum(stratum) => self.merged.push(MergedStratum { stratum, reason }),
            Source::Numeric(covariate) => {
                self.omissions.push(Omission { covariate, level: None, reason });
            }
            Source::Level(covariate, level) => {
                self.omissions.push(Omission { covariate, level: Some(level), reason });
            }
        }
    }

    /// `before` columns to fill, then these, of the participants in `rows`; each column lies
    /// together in memory.
    pub(super) fn matrix(&self, rows: &[usize], before: usize) -> Array2<f64> {
        let mut matrix = Array2::zeros((rows.len(), before + self.list.len()).f());
        for (term, mut column) in
            self.list.iter().zip(matrix.columns_mut().into_iter().skip(before))
        {
            for (to, &row) in column.iter_mut().zip(rows) {
                *to = self.value(term, row);
            }
        }
        matrix
    }

    /// What 0 and 1 are in each column that is a stratum or level; none for quantities.
    pub(super) fn dummies(&self) -> Vec<Option<(f64, f64)>> {
        let ends = |term: &Term| match term.source {
            Source::Numeric(_) => None,
            Source::Stratum(_) | Source::Level(..) => {
                Some((-term.centre * term.scale, (term.unit - term.centre) * term.scale))
            }
        };
        self.list.iter().map(ends).collect()
    }

    fn raw(&self, source: Source, row: usize) -> f64 {
        let indicator = |is: bool| if is { 1.0 } else { 0.0 };
        match source {
            Source::Stratum(stratum) => indicator(self.data.sample.strata()[row] == stratum),
            Source::Numeric(covariate) => match self.data.covariates[covariate] {
                Covariate::Numeric(values) => values[row],
                Covariate::Categorical { .. } => 0.0,
            },
            Source::Level(covariate, level) => match self.data.covariates[covariate] {
                Covariate::Numeric(_) => 0.0,
                Covariate::Categorical { codes, .. } => indicator(codes[row] == level),
            },
        }
    }

    fn value(&self, term: &Term, row: usize) -> f64 {
        (self.raw(term.source, row) * term.unit - term.centre) * term.scale
    }

    fn push(&mut self, source: Source, largest: f64) {
        let n = self.data.sample.n();
        let mut term = Term { source, unit: 1.0 / largest, centre: 0.0, scale: 1.0 };
        // Twice, so that the centre is right to the last digit of the spread.
        for _ in 0..2 {
            term.centre += self.weighted_mean(|row| self.value(&term, row));
        }
        let spread = (0..n).fold(0.0_f64, |most, row| most.max(self.value(&term, row).abs()));
        term.scale = if spread > 0.0 { 1.0 / spread } else { 1.0 };
        self.list.push(term);
    }

    fn weighted_mean(&self, value: impl Fn(usize) -> f64) -> f64 {
        let n = self.data.sample.n();
        match self.data.weights {
            None => sum((0..n).map(value)) / n as f64,
            Some(weights) => {
                let weights = weights.values();
                let total = sum(weights.iter().copied());
                sum((0..n).map(|row| weights[row] * value(row))) / total
            }
        }
    }

    fn add_strata(&mut self, model: Model) {
        let sample = self.data.sample;
        let groups = groups(&sample, sample.strata(), sample.n_strata());
        let reason = |group: &Group| match model {
            Model::MainEffects => None,
            Model::Interacted => group.too_few(),
            Model::Logistic => group.separated(),
        };
        let reference = reference(&groups, reason);
        for (stratum, group) in groups.iter().enumerate().filter(|(_, group)| group.n() > 0) {
            match reason(group) {
                _ if Some(stratum) == reference => {}
                Some(reason) => self.merged.push(MergedStratum { stratum, reason }),
                None => self.push(Source::Stratum(stratum), 1.0),
            }
        }
    }

    fn add_numeric(&mut self, covariate: usize, values: &[f64], model: Model) {
        let omit = |reason| Omission { covariate, level: None, reason };
        let all = Range::of(values.iter().copied());
        if all.is_constant(all.largest()) {
            self.omissions.push(omit(OmissionReason::Constant));
            return;
        }
        if model == Model::Interacted {
            let constant = TwoArm::from_fn(|arm| {
                let members = self.data.sample.arms().iter().zip(values);
                let members = members.filter(|(own, _)| **own == arm);
                Range::of(members.map(|(_, value)| *value)).is_constant(all.largest())
            });
            let reason = match (constant.intervention, constant.control) {
                (true, true) => Some(OmissionReason::Collinear),
                (false, false) => None,
                _ => Some(OmissionReason::OneArmOnly),
            };
            if let Some(reason) = reason {
                self.omissions.push(omit(reason));
                return;
            }
        }
        self.push(Source::Numeric(covariate), all.largest());
    }

    fn add_levels(&mut self, covariate: usize, codes: &[usize], n_levels: usize, model: Model) {
        let groups = groups(&self.data.sample, codes, n_levels);
        if groups.iter().filter(|group| group.n() > 0).count() < 2 {
            let reason = OmissionReason::Constant;
            self.omissions.push(Omission { covariate, level: None, reason });
            return;
        }
        let reason = |group: &Group| match model {
            Model::MainEffects => None,
            Model::Interacted => group.too_few(),
            Model::Logistic => group.one_arm_only().or_else(|| group.separated()),
        };
        let reference = reference(&groups, reason);
        for (level, group) in groups.iter().enumerate().filter(|(_, group)| group.n() > 0) {
            match reason(group) {
                Some(reason) => {
                    self.omissions.push(Omission { covariate, level: Some(level), reason });
                }
                None if Some(level) == reference => {}
                None => self.push(Source::Level(covariate, level), 1.0),
            }
        }
    }

    /// Leaves out what the columns before it determine; in interacted fits, in either arm.
    fn leave_out_collinear(&mut self, model: Model) {
        let arms = self.data.sample.arms();
        let members = |arm| -> Vec<usize> { (0..arms.len()).filter(|&i| arms[i] == arm).collect() };
        let mut collinear = vec![false; self.list.len()];
        if model == Model::Interacted {
            for arm in Arm::BOTH {
                mark_collinear(&self.matrix(&members(arm), 0), 0, &mut collinear);
            }
            // What one arm cannot estimate is in neither; that may free a later column in the
            // other arm, which stays out all the same.
        } else {
            let everyone: Vec<usize> = (0..arms.len()).collect();
            let mut matrix = self.matrix(&everyone, 1);
            for (to, arm) in matrix.column_mut(0).iter_mut().zip(arms) {
                *to = if *arm == Arm::Intervention { 1.0 } else { 0.0 };
            }
            mark_collinear(&matrix, 1, &mut collinear);
        }
        for column in (0..collinear.len()).rev().filter(|&column| collinear[column]) {
            self.leave_out(column, OmissionReason::Collinear);
        }
    }
}

/// Marks the columns after the first `given` that those before them, and a constant, determine.
fn mark_collinear(matrix: &Array2<f64>, given: usize, collinear: &mut [bool]) {
    let (n, p) = matrix.dim();
    let products = matrix.t().dot(matrix);
    let sums: Vec<f64> = matrix.columns().into_iter().map(|column| column.sum()).collect();
    let centred = |j: usize, k: usize| products[[j, k]] - sums[j] * (sums[k] / n.max(1) as f64);
    let mut lower = Array2::<f64>::zeros((p, p));
    for j in 0..p {
        let mut own = centred(j, j);
        for k in 0..j {
            if lower[[k, k]] > 0.0 {
                let before: f64 = (0..k).map(|l| lower[[j, l]] * lower[[k, l]]).sum();
                lower[[j, k]] = (centred(j, k) - before) / lower[[k, k]];
                own -= lower[[j, k]] * lower[[j, k]];
            }
        }
        if own > OWN_SHARE * OWN_SHARE * products[[j, j]] {
            lower[[j, j]] = own.sqrt();
        } else if j >= given {
            collinear[j - given] = true;
        }
    }
}

/// The first group that has people and needs no reason; where all need one, the first with people.
fn reference(groups: &[Group], reason: impl Fn(&Group) -> Option<OmissionReason>) -> Option<usize> {
    let peopled = |group: &&Group| group.n() > 0;
    let fit = groups.iter().position(|group| peopled(&group) && reason(group).is_none());
    fit.or_else(|| groups.iter().position(|group| peopled(&group)))
}

/// The people of a stratum or level.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    n: TwoArm<usize>,
    outcomes: Range,
}

fn groups(sample: &StratifiedSample<'_>, codes: &[usize], n_groups: usize) -> Vec<Group> {
    let mut groups = vec![Group::default(); n_groups];
    for ((outcome, arm, _), &code) in sample.iter().zip(codes) {
        *groups[code].n.get_mut(arm) += 1;
        groups[code].outcomes.add(outcome);
    }
    groups
}

impl Group {
    fn n(&self) -> usize {
        self.n.intervention + self.n.control
    }

    fn one_arm_only(&self) -> Option<OmissionReason> {
        (self.n.intervention == 0 || self.n.control == 0).then_some(OmissionReason::OneArmOnly)
    }

    fn too_few(&self) -> Option<OmissionReason> {
        let sparse = self.n.intervention < ENOUGH || self.n.control < ENOUGH;
        self.one_arm_only().or_else(|| sparse.then_some(OmissionReason::Sparse))
    }

    fn separated(&self) -> Option<OmissionReason> {
        self.outcomes.is_constant(0.0).then_some(OmissionReason::Separated)
    }
}

/// Smallest and largest of some values.
#[derive(Clone, Copy, Debug, Default)]
struct Range(Option<(f64, f64)>);

impl Range {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut range = Self::default();
        values.for_each(|value| range.add(value));
        range
    }

    fn add(&mut self, value: f64) {
        let (least, most) = self.0.unwrap_or((value, value));
        self.0 = Some((least.min(value), most.max(value)));
    }

    /// The largest absolute value; 1 for zeros, to divide by.
    fn largest(&self) -> f64 {
        let largest = self.0.map_or(0.0, |(least, most)| most.max(-least));
        if largest > 0.0 { largest } else { 1.0 }
    }

    /// Whether all are the same, but for rounding of values as large as `size`.
    fn is_constant(&self, size: f64) -> bool {
        self.0.is_none_or(|(least, most)| most - least <= ROUNDING * size)
    }
}
