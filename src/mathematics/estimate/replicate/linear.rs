//! Least squares with covariates under the case weights of a replicate.

use super::factor::Factor;
use super::vector::{LANES, dot, gather, narrow, padded, sum, those_that_count, total};
use super::{Replicated, Rows};
use crate::estimate::covariates::{Model, Terms};
use crate::numeric::sum::mean;
use crate::trial::arm::Arm;

/// 1 − h below which a leverage is 1: what a Gram matrix can tell from 0.
const NO_LEEWAY: f64 = 1e-10;

/// A participant of leverage 1 decides an estimate that moves with their outcome by more than this
/// share of its scale.
const DECIDES: f64 = 1e-8;

/// Standard errors below this share of the outcomes' standard deviation are rounding.
const ROUNDING: f64 = 1e-12;

/// Which regression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regression {
    /// On arm, strata and covariates, as [`ols_adjusted`](crate::estimate::adjusted::ols_adjusted).
    MainEffects,
    /// Lin's, with coefficients for each arm, as [`lin`](crate::estimate::adjusted::lin).
    Interacted,
}

/// Outcomes that share their complete cases and a design, ready to be weighted.
///
/// The columns are decided once, on everyone, as the point estimator does; then for each replicate
///
/// ```text
/// G = Xᵀ W X = L Lᵀ,   Z = X L⁻ᵀ,   vₖ = L⁻¹ Xᵀ W yₖ,   u = L⁻¹ c
/// β̂ₖ     = uᵀ vₖ
/// Var β̂ₖ = Σ wᵢ (uᵀ zᵢ)² (yᵢₖ − zᵢᵀ vₖ)² / (1 − zᵢᵀ zᵢ)
/// ```
///
/// which is HC2 on the data written out: a row of weight w is w rows of leverage zᵢᵀ zᵢ each. The
/// arm is the last column and c picks it. In Lin's regression each arm is fitted apart, c = (1, x̄)
/// with x̄ the means of the replicate's own observed people: β̂ is the difference, the variances
/// add, and the means are taken as given.
///
/// # Conventions
///
/// A column that those before it determine in a replicate, such as a level of which nobody was
/// drawn, is skipped, as R's `lm` does; in Lin's regression in both arms, and there too the dummy of
/// a level or stratum with fewer than two people in an arm, whose people count with the reference:
/// as `lin` does on the data written out. What `lin` decides otherwise there stays as it is on the
/// full sample: a reference level that is so rare in a replicate stays the reference, and what was
/// left out on the full sample stays out.
///
/// # References
///
/// As the two point estimators. Agrees with both on the data written out, and with R's `lm` and
/// `sandwich::vcovHC(type = "HC2")`; see `tests/reference/r/replicates_regression.R`.
#[derive(Clone, Debug)]
pub struct LinearKernel {
    regression: Regression,
    n_participants: usize,
    blocks: Vec<Block>,
    /// Columns with that of ones, and with the arm's where it is one.
    p: usize,
    /// 0 and 1 of a dummy in its scale; none for quantities. One a column.
    dummies: Vec<Option<(f64, f64)>>,
    /// Standard deviation of each outcome on the full sample.
    spreads: Vec<f64>,
}

/// People who are fitted together.
#[derive(Clone, Debug)]
struct Block {
    positions: Vec<u32>,
    /// All but the column of ones, one after the other.
    columns: Vec<f64>,
    /// Less their mean, one after the other.
    outcomes: Vec<f64>,
}

/// Working memory of [`LinearKernel::evaluate`].
#[derive(Clone, Debug)]
pub struct LinearScratch {
    blocks: Vec<BlockScratch>,
    skipped: Vec<bool>,
    target: Vec<f64>,
    estimates: Vec<f64>,
    variances: Vec<f64>,
}

/// The drawn people of a block, their Gram matrix and what follows from it.
#[derive(Clone, Debug)]
struct BlockScratch {
    rows: Vec<u32>,
    /// Rows with padding.
    length: usize,
    weights: Vec<f64>,
    columns: Vec<f64>,
    outcomes: Vec<f64>,
    /// One column times the weights.
    weighted: Vec<f64>,
    gram: Vec<f64>,
    /// Xᵀ W y by outcome.
    moments: Vec<f64>,
    factor: Factor,
    /// L⁻¹ c.
    along: Vec<f64>,
    /// L⁻¹ Xᵀ W y by outcome.
    white: Vec<f64>,
    /// Some rows of Z.
    tile: Vec<f64>,
    /// Sums of eight rows side by side, by outcome.
    lanes: Vec<f64>,
    /// Room between columns.
    stride: usize,
}

impl LinearKernel {
    /// Decides the columns and lays the data out. `outcomes` are of the rows' people, in their
    /// order; the rows' own outcome is not read.
    ///
    /// # Panics
    ///
    /// If the rows do not fit the trial or have sampling weights, or an outcome has another length.
    pub fn new(rows: &Rows<'_>, outcomes: &[&[f64]], regression: Regression) -> Self {
        rows.check();
        let sample = rows.data.sample();
        let n = sample.n();
        assert!(outcomes.iter().all(|values| values.len() == n), "one outcome a row");
        let everyone: Vec<usize> = (0..n).collect();
        let of_arm = |arm: Arm| -> Vec<usize> {
            everyone.iter().copied().filter(|&row| sample.arms()[row] == arm).collect()
        };
        let (model, members) = match regression {
            Regression::MainEffects => (Model::MainEffects, vec![everyone.clone()]),
            Regression::Interacted => (Model::Interacted, Arm::BOTH.map(of_arm).to_vec()),
        };
        let terms = Terms::new(rows.data, model);
        let centres: Vec<f64> = outcomes.iter().map(|values| mean(values).unwrap_or(0.0)).collect();
        let spread = |(values, centre): (&&[f64], &f64)| {
            let squares: f64 = values.iter().map(|y| (y - centre) * (y - centre)).sum();
            (squares / n as f64).sqrt()
        };
        let block = |members: &Vec<usize>| {
            let matrix = terms.matrix(members, 0);
            let mut columns: Vec<f64> =
                matrix.columns().into_iter().flat_map(|column| column.to_vec()).collect();
            if regression == Regression::MainEffects {
                let is = |&row: &usize| sample.arms()[row] == Arm::Intervention;
                columns.extend(members.iter().map(|row| f64::from(u8::from(is(row)))));
            }
            let own = outcomes.iter().zip(&centres);
            Block {
                positions: members.iter().map(|&row| narrow(rows.positions[row])).collect(),
                columns,
                outcomes: own
                    .flat_map(|(values, centre)| {
                        members.iter().map(move |&row| values[row] - centre)
                    })
                    .collect(),
            }
        };
        let mut dummies = terms.dummies();
        dummies.insert(0, None);
        if regression == Regression::MainEffects {
            dummies.push(None);
        }
        Self {
            regression,
            n_participants: rows.n_participants,
            blocks: members.iter().map(block).collect(),
            p: dummies.len(),
            dummies,
            spreads: outcomes.iter().zip(&centres).map(spread).collect(),
        }
    }

    /// How many outcomes there are.
    pub fn n_outcomes(&self) -> usize {
        self.spreads.len()
    }

    /// Working memory, one a thread.
    pub fn scratch(&self) -> LinearScratch {
        let (p, n_outcomes) = (self.p, self.n_outcomes());
        let block = |block: &Block| {
            let stride = padded(block.positions.len().max(1));
            BlockScratch {
                rows: vec![0; block.positions.len()],
                length: 0,
                weights: vec![0.0; stride],
                columns: vec![0.0; (p - 1) * stride],
                outcomes: vec![0.0; n_outcomes * stride],
                weighted: vec![0.0; stride],
                gram: vec![0.0; p * p],
                moments: vec![0.0; n_outcomes * p],
                factor: Factor::new(p),
                along: vec![0.0; p],
                white: vec![0.0; n_outcomes * p],
                tile: vec![0.0; p * LANES],
                lanes: vec![0.0; n_outcomes * LANES],
                stride,
            }
        };
        LinearScratch {
            blocks: self.blocks.iter().map(block).collect(),
            skipped: vec![false; p],
            target: vec![0.0; p],
            estimates: vec![0.0; n_outcomes],
            variances: vec![0.0; n_outcomes],
        }
    }

    /// Estimate and standard error of the arm's effect on each outcome.
    ///
    /// NaN where the effect is not determined; NaN as standard error where no degrees of freedom
    /// are left, a single participant decides the estimate or the outcomes do not vary.
    ///
    /// # Panics
    ///
    /// If there is not one weight a participant of the trial or one place an outcome, or the
    /// scratch is of another kernel.
    pub fn evaluate(&self, weights: &[u32], scratch: &mut LinearScratch, out: &mut [Replicated]) {
        assert_eq!(weights.len(), self.n_participants, "one weight a participant");
        assert_eq!(out.len(), self.n_outcomes(), "one place an outcome");
        out.fill(Replicated::NONE);
        if !self.solve(weights, scratch) {
            return;
        }
        let LinearScratch { blocks, skipped, estimates, variances, .. } = scratch;
        let (mut decided, mut freedom) = (false, 0.0);
        estimates.fill(0.0);
        variances.fill(0.0);
        for (block, sign) in blocks.iter_mut().zip([1.0, -1.0]) {
            let coefficients = skipped.iter().filter(|skipped| !**skipped).count();
            freedom += block.gram[0] - coefficients as f64;
            decided |= block.residuals(skipped, variances);
            for (estimate, white) in estimates.iter_mut().zip(block.white.chunks(self.p)) {
                let along: f64 = block.along.iter().zip(white).map(|(u, v)| u * v).sum();
                *estimate += sign * along;
            }
        }
        let found = estimates.iter().zip(variances.iter()).zip(&self.spreads);
        for (place, ((&estimate, &variance), spread)) in out.iter_mut().zip(found) {
            let smallest = ROUNDING * spread;
            let exists = freedom > 0.5 && !decided && variance > smallest * smallest;
            *place = Replicated::new(estimate, if exists { variance } else { 0.0 });
        }
    }

    /// Gathers, factorizes and solves; whether the effect is determined.
    fn solve(&self, weights: &[u32], scratch: &mut LinearScratch) -> bool {
        let LinearScratch { blocks, skipped, target, .. } = scratch;
        for (block, data) in blocks.iter_mut().zip(&self.blocks) {
            block.draw(data, weights);
            block.multiply(self.p);
        }
        skipped.fill(false);
        if self.regression == Regression::Interacted {
            self.skip_sparse(blocks, skipped);
        }
        // What one block cannot estimate is in neither.
        loop {
            let before = skipped.iter().filter(|skipped| **skipped).count();
            for block in blocks.iter_mut() {
                block.factor.factorize(&block.gram, skipped);
            }
            let after = skipped.iter().filter(|skipped| **skipped).count();
            if blocks.len() == 1 || after == before {
                break;
            }
        }
        let last = self.p - 1;
        if skipped[0] || (self.regression == Regression::MainEffects && skipped[last]) {
            return false;
        }
        match self.regression {
            Regression::MainEffects => target[last] = 1.0,
            Regression::Interacted => {
                let n: f64 = blocks.iter().map(|block| block.gram[0]).sum();
                for (j, mean) in target.iter_mut().enumerate() {
                    *mean = blocks.iter().map(|block| block.gram[j * self.p]).sum::<f64>() / n;
                }
            }
        }
        for block in blocks {
            block.factor.whiten(target, &mut block.along);
            let moments = block.moments.chunks(self.p);
            for (white, moments) in block.white.chunks_mut(self.p).zip(moments) {
                block.factor.whiten(moments, white);
            }
        }
        true
    }

    /// Marks the dummies of those who are fewer than two in an arm.
    fn skip_sparse(&self, blocks: &[BlockScratch], skipped: &mut [bool]) {
        for (j, (skipped, dummy)) in skipped.iter_mut().zip(&self.dummies).enumerate() {
            let Some((zero, one)) = dummy else { continue };
            let people = |block: &BlockScratch| {
                (block.gram[j * self.p] - block.gram[0] * zero) / (one - zero)
            };
            *skipped = blocks.iter().any(|block| people(block) < 1.5);
        }
    }

    /// Influence of each participant of the trial on the estimate of an outcome: its derivative
    /// with respect to their case weight where everyone counts once; 0 for those who are not among
    /// the rows. With e the residual, uᵀz as above, n people, b₁ and b₀ the arms' coefficients:
    ///
    /// ```text
    /// ψᵢ = uᵀzᵢ eᵢ                                              main effects
    /// ψᵢ = ± uᵀzᵢ eᵢ + (xᵢ − x̄)ᵀ (b₁ − b₀) / n                  interacted, − in the control arm
    /// ```
    ///
    /// The second part is that of the means. NaN where there is no estimate.
    ///
    /// # Panics
    ///
    /// If there is no such outcome.
    pub fn influence(&self, outcome: usize) -> Vec<f64> {
        assert!(outcome < self.n_outcomes(), "no outcome {outcome}");
        let mut influence = vec![0.0; self.n_participants];
        let mut scratch = self.scratch();
        if !self.solve(&vec![1; self.n_participants], &mut scratch) {
            influence.fill(f64::NAN);
            return influence;
        }
        let p = self.p;
        let n: f64 = scratch.blocks.iter().map(|block| block.gram[0]).sum();
        let mut gap = vec![0.0; p];
        if self.regression == Regression::Interacted {
            let mut own = vec![0.0; p];
            for (block, sign) in scratch.blocks.iter().zip([1.0, -1.0]) {
                block.factor.colour(&block.white[outcome * p..][..p], &mut own);
                gap.iter_mut().zip(&own).for_each(|(gap, own)| *gap += sign * own);
            }
        }
        let mut x = vec![1.0; p];
        let mut z = vec![0.0; p];
        for ((block, data), sign) in scratch.blocks.iter().zip(&self.blocks).zip([1.0, -1.0]) {
            let size = data.positions.len();
            let white = &block.white[outcome * p..][..p];
            for (row, &position) in data.positions.iter().enumerate() {
                for (j, x) in x.iter_mut().enumerate().skip(1) {
                    *x = data.columns[(j - 1) * size + row];
                }
                block.factor.whiten(&x, &mut z);
                let fitted: f64 = z.iter().zip(white).map(|(z, v)| z * v).sum();
                let moves: f64 = z.iter().zip(&block.along).map(|(z, u)| z * u).sum();
                let distance = x.iter().zip(&scratch.target).zip(&gap);
                let means: f64 = distance.map(|((x, mean), gap)| (x - mean) * gap).sum();
                let residual = data.outcomes[outcome * size + row] - fitted;
                influence[position as usize] = sign * moves * residual + means / n;
            }
        }
        influence
    }
}

impl BlockScratch {
    /// Gathers those who were drawn.
    fn draw(&mut self, data: &Block, weights: &[u32]) {
        let size = data.positions.len();
        let weight = |at: &u32| weights[*at as usize];
        let drawn = data.positions.iter().map(|at| weight(at) > 0);
        let kept = those_that_count(drawn, &mut self.rows);
        let rows = &self.rows[..kept];
        self.length = padded(kept);
        for (to, &row) in self.weights.iter_mut().zip(rows) {
            *to = f64::from(weight(&data.positions[row as usize]));
        }
        self.weights[kept..self.length].fill(0.0);
        if size == 0 {
            return;
        }
        let columns = self.columns.chunks_mut(self.stride).zip(data.columns.chunks(size));
        columns.for_each(|(to, from)| gather(from, rows, to));
        let outcomes = self.outcomes.chunks_mut(self.stride).zip(data.outcomes.chunks(size));
        outcomes.for_each(|(to, from)| gather(from, rows, to));
    }

    /// Xᵀ W X and Xᵀ W y.
    fn multiply(&mut self, p: usize) {
        let length = self.length;
        let column = |k: usize| &self.columns[k * self.stride..][..length];
        let weighted = &mut self.weighted[..length];
        for j in 0..p {
            weighted.copy_from_slice(&self.weights[..length]);
            if j > 0 {
                weighted.iter_mut().zip(column(j - 1)).for_each(|(w, x)| *w *= x);
            }
            let row = &mut self.gram[j * p..][..=j];
            row[0] = sum(weighted);
            for (k, place) in row.iter_mut().enumerate().skip(1) {
                *place = dot(weighted, column(k - 1));
            }
            for (outcome, place) in self.moments[j..].iter_mut().step_by(p).enumerate() {
                *place = dot(weighted, &self.outcomes[outcome * self.stride..][..length]);
            }
        }
    }

    /// Adds Σ w s² e²/(1 − h) of each outcome to `variances`; whether someone decides the estimate.
    fn residuals(&mut self, skipped: &[bool], variances: &mut [f64]) -> bool {
        let p = skipped.len();
        let smallest = DECIDES * self.along.iter().map(|u| u * u).sum::<f64>().sqrt();
        let mut decided = false;
        self.lanes.fill(0.0);
        self.tile.fill(0.0);
        for start in (0..self.length).step_by(LANES) {
            let (mut leverages, mut moves) = ([0.0; LANES], [0.0; LANES]);
            for j in (0..p).filter(|&j| !skipped[j]) {
                let z = self.whitened(j, start);
                let along = self.along[j];
                for at in 0..LANES {
                    leverages[at] += z[at] * z[at];
                    moves[at] += along * z[at];
                }
                self.tile[j * LANES..][..LANES].copy_from_slice(&z);
            }
            let weights = &self.weights[start..start + LANES];
            let mut shares = [0.0; LANES];
            let mut someone = false;
            for at in 0..LANES {
                let leeway = 1.0 - leverages[at];
                someone |= leeway <= NO_LEEWAY;
                shares[at] = weights[at] * moves[at] * moves[at] / leeway;
            }
            if someone {
                for at in (0..LANES).filter(|&at| 1.0 - leverages[at] <= NO_LEEWAY) {
                    decided |= weights[at] > 0.0 && moves[at].abs() > smallest;
                    shares[at] = 0.0;
                }
            }
            self.add_squares(start, &shares);
        }
        for (variance, lanes) in variances.iter_mut().zip(self.lanes.as_chunks::<LANES>().0) {
            *variance += total(*lanes);
        }
        decided
    }

    /// Column j of Z in the eight rows from `start`.
    fn whitened(&self, j: usize, start: usize) -> [f64; LANES] {
        let (first, row) = self.factor.row(j).split_at(1);
        let mut z = [first[0]; LANES];
        let mut from = start;
        for m in row {
            for (z, x) in z.iter_mut().zip(&self.columns[from..from + LANES]) {
                *z += m * x;
            }
            from += self.stride;
        }
        z
    }

    /// Adds shares times squared residuals of the eight rows from `start`, by outcome.
    fn add_squares(&mut self, start: usize, shares: &[f64; LANES]) {
        let (tile, _) = self.tile.as_chunks::<LANES>();
        let (lanes, _) = self.lanes.as_chunks_mut::<LANES>();
        let p = tile.len();
        for (outcome, lanes) in lanes.iter_mut().enumerate() {
            let mut residuals = [0.0; LANES];
            residuals.copy_from_slice(&self.outcomes[outcome * self.stride + start..][..LANES]);
            for (v, z) in self.white[outcome * p..][..p].iter().zip(tile) {
                for (e, z) in residuals.iter_mut().zip(z) {
                    *e -= v * z;
                }
            }
            for at in 0..LANES {
                lanes[at] += shares[at] * residuals[at] * residuals[at];
            }
        }
    }
}
