//! A replicate of the regression on the arm and covariates.

use std::ops::Range;

use ndarray::Array2;

use super::fit::CoxFit;
use super::sorted::SortedCox;
use crate::numeric::elementary::exp;
use crate::survival::replicate::Replicate;
use crate::survival::running_weights::as_u32;

/// Steps after which the replicate is left to the point estimator.
const MOST_STEPS: usize = 12;

/// The square, in standard errors, of the last step: that of the point estimator.
const LAST_STEP: f64 = 1e-18;

/// Of the information on a covariate, what must be left beside those before it, and what there
/// must be of it for an event, where the covariate's variance is about 1: with less, the point
/// estimator decides.
const LEFT: f64 = 1e-8;

/// What does not change between replicates.
#[derive(Clone, Debug)]
pub(super) struct CovariateKernel {
    p: usize,
    /// Numbers a row in `features`: an even number, the last perhaps 0.
    width: usize,
    /// (1, x, lower triangle of x xᵀ) of each row.
    features: Vec<f64>,
    /// The coefficients of the whole sample, of the scaled covariates, less the sum of all
    /// influence; and the influence of each row.
    start: Vec<f64>,
    influence: Vec<f64>,
}

/// Memory of a replicate.
#[derive(Clone, Debug, Default)]
pub(super) struct CovariateScratch {
    /// Rows of positive weight, as many of the first as there are, and their weights.
    rows: Vec<u32>,
    weights: Vec<f64>,
    n_rows: usize,
    days: Vec<Day>,
    beta: Vec<f64>,
    step: Vec<f64>,
    /// w exp(x β) of each row.
    risks: Vec<f64>,
    /// Σ x w exp(x β) of those at risk, and of those with the event.
    at_risk: Vec<f64>,
    with_event: Vec<f64>,
    /// What is expected of (1, x, x xᵀ) of those with the event.
    expected: Vec<f64>,
    /// Parts of the products of first moments.
    from_all: Vec<f64>,
    from_own: Vec<f64>,
    /// Σ x of all events.
    events: Vec<f64>,
    score: Vec<f64>,
    information: Vec<f64>,
}

/// A day with events of the whole sample: where its rows of positive weight begin and end, and
/// how many have the event in the replicate; at some β, the hazard, and by how much less of it
/// those with the event bear.
#[derive(Clone, Copy, Debug, Default)]
struct Day {
    start: usize,
    deaths_end: usize,
    end: usize,
    n_events: f64,
    hazard: f64,
    spared: f64,
}

impl CovariateKernel {
    pub(super) fn new(sorted: &SortedCox, fit: &CoxFit, influence: &Array2<f64>) -> Self {
        let p = sorted.p;
        let width = width(p);
        let mut features = Vec::with_capacity(width * sorted.positions.len());
        for x in sorted.x.chunks_exact(p) {
            let first = features.len();
            features.push(1.0);
            features.extend_from_slice(x);
            for j in 0..p {
                features.extend(x[..=j].iter().map(|other| x[j] * other));
            }
            features.resize(first + width, 0.0);
        }
        let mut start: Vec<f64> =
            fit.coefficients.iter().zip(&sorted.scale).map(|(b, s)| b * s).collect();
        let mut scaled = Vec::with_capacity(p * sorted.positions.len());
        for &member in &sorted.positions {
            for ((value, scale), start) in
                influence.row(member as usize).iter().zip(&sorted.scale).zip(&mut start)
            {
                scaled.push(value * scale);
                *start -= value * scale;
            }
        }
        Self { p, width, features, start, influence: scaled }
    }

    /// The arm's coefficient; none where the point estimator is to be asked.
    pub(super) fn fit(
        &self,
        sorted: &SortedCox,
        weight: impl Fn(usize) -> u32,
        scratch: &mut CovariateScratch,
    ) -> Option<Replicate> {
        let p = self.p;
        self.load(sorted, weight, scratch);
        let n_events: f64 = scratch.days.iter().map(|day| day.n_events).sum();
        let mut before = f64::INFINITY;
        for _ in 0..MOST_STEPS {
            self.evaluate(sorted, scratch);
            let CovariateScratch { information, score, step, beta, from_all: first, .. } =
                &mut *scratch;
            factorize(information, p, n_events)?;
            step.copy_from_slice(score);
            solve_lower(information, step);
            let length: f64 = step.iter().map(|s| s * s).sum();
            if length.is_nan() || length > before {
                return None;
            }
            solve_upper(information, step);
            beta.iter_mut().zip(&*step).for_each(|(b, s)| *b += s);
            if length <= LAST_STEP {
                // The first element of I⁻¹ = L⁻ᵀ L⁻¹.
                first.fill(0.0);
                first[0] = 1.0;
                solve_lower(information, first);
                let variance: f64 = first.iter().map(|y| y * y).sum();
                let scale = sorted.scale[0];
                let (estimate, std_error) = (beta[0] / scale, variance.sqrt() / scale);
                return Some(Replicate { estimate, std_error });
            }
            before = length;
        }
        None
    }

    /// Reads the weights: rows that count, the events of each day, and where to start.
    fn load(
        &self,
        sorted: &SortedCox,
        weight: impl Fn(usize) -> u32,
        scratch: &mut CovariateScratch,
    ) {
        let p = self.p;
        let n_rows = sorted.positions.len();
        let room = |values: &mut Vec<f64>, n: usize| values.resize(n, 0.0);
        scratch.rows.resize(n_rows + 1, 0);
        room(&mut scratch.weights, n_rows + 1);
        for values in [&mut scratch.step, &mut scratch.from_all, &mut scratch.from_own] {
            room(values, p);
        }
        room(&mut scratch.score, p);
        room(&mut scratch.information, p * (p + 1) / 2);
        room(&mut scratch.risks, n_rows);
        room(&mut scratch.at_risk, p);
        room(&mut scratch.with_event, p);
        room(&mut scratch.expected, self.width);
        scratch.beta.clear();
        scratch.beta.extend_from_slice(&self.start);
        scratch.events.clear();
        scratch.events.resize(p, 0.0);
        scratch.days.clear();
        let mut next = 0;
        for day in &sorted.days {
            let mut own = Day { start: next, ..Day::default() };
            for rows in [day.start..day.deaths_end, day.deaths_end..day.end] {
                let is_events = rows.start == day.start;
                for row in rows {
                    // Written always, counted if positive: no branch.
                    let w = weight(row);
                    scratch.rows[next] = as_u32(row);
                    scratch.weights[next] = f64::from(w);
                    next += usize::from(w > 0);
                    let w = f64::from(w);
                    let influence = &self.influence[row * p..(row + 1) * p];
                    for (b, l) in scratch.beta.iter_mut().zip(influence) {
                        *b += w * l;
                    }
                    if is_events {
                        own.n_events += w;
                        let x = &self.features[row * self.width + 1..][..p];
                        for (sum, x) in scratch.events.iter_mut().zip(x) {
                            *sum += w * x;
                        }
                    }
                }
                if is_events {
                    own.deaths_end = next;
                }
            }
            own.end = next;
            scratch.days.push(own);
        }
        scratch.n_rows = next;
    }

    /// U and the lower triangle of I at β, by a loop for that many covariates.
    fn evaluate(&self, sorted: &SortedCox, scratch: &mut CovariateScratch) {
        match self.p {
            2 => self.sum_days::<2>(sorted, scratch),
            3 => self.sum_days::<3>(sorted, scratch),
            4 => self.sum_days::<4>(sorted, scratch),
            5 => self.sum_days::<5>(sorted, scratch),
            _ => self.sum_days::<0>(sorted, scratch),
        }
    }

    /// With S and D the sums of (1, x, x xᵀ) risk of those at risk and of those with the event,
    /// and Efron's f: Σ (S − f D) / (S₀ − f D₀) is what is expected of each, of which the second
    /// part goes to U and the third to I; less, there, Σ (S₁ − f D₁) (S₁ − f D₁)ᵀ / (S₀ − f D₀)².
    ///
    /// The expected sums are added up by row, each of which has its risk times the hazard of the
    /// days on which it is at risk: so x xᵀ is added once a row, and not once a day.
    ///
    /// `P` is the number of covariates, or 0: any.
    fn sum_days<const P: usize>(&self, sorted: &SortedCox, scratch: &mut CovariateScratch) {
        let p = if P == 0 { self.p } else { P };
        self.weigh::<P>(scratch);
        scratch.expected.fill(0.0);
        scratch.information.fill(0.0);
        for range in &sorted.strata {
            self.subtract_means::<P>(range.clone(), scratch);
            self.add_expected::<P>(range.clone(), scratch);
        }
        let CovariateScratch { events, score, expected, information, .. } = scratch;
        for ((score, events), expected) in score.iter_mut().zip(events).zip(&expected[1..]) {
            *score = *events - expected;
        }
        information.iter_mut().zip(&expected[1 + p..]).for_each(|(to, squares)| *to += squares);
    }

    /// The risk of each row.
    fn weigh<const P: usize>(&self, scratch: &mut CovariateScratch) {
        let p = if P == 0 { self.p } else { P };
        let CovariateScratch { rows, weights, n_rows, beta, risks, .. } = scratch;
        let beta = &beta[..p];
        let rows = rows[..*n_rows].iter().zip(&weights[..*n_rows]);
        for (place, (&row, w)) in risks.iter_mut().zip(rows) {
            let x = &self.features_of::<P>(row)[1..=p];
            let eta: f64 = x.iter().zip(beta).map(|(x, b)| x * b).sum();
            *place = w * exp(eta);
        }
    }

    /// From a stratum's last day to its first: each day's hazard, and what the products of first
    /// moments take off the information.
    fn subtract_means<const P: usize>(&self, range: Range<usize>, scratch: &mut CovariateScratch) {
        let p = if P == 0 { self.p } else { P };
        let CovariateScratch { rows, risks, days, at_risk, with_event, information, .. } = scratch;
        let CovariateScratch { from_all, from_own, .. } = scratch;
        let (all, own) = (&mut at_risk[..p], &mut with_event[..p]);
        let (from_all, from_own) = (&mut from_all[..p], &mut from_own[..p]);
        let information = &mut information[..p * (p + 1) / 2];
        let add = |total: &mut f64, sums: &mut [f64], from: usize, to: usize| {
            for (&row, &risk) in rows[from..to].iter().zip(&risks[from..to]) {
                *total += risk;
                add_scaled(risk, &self.features_of::<P>(row)[1..=p], sums);
            }
        };
        let mut total = 0.0;
        all.fill(0.0);
        for day in days[range].iter_mut().rev() {
            add(&mut total, all, day.deaths_end, day.end);
            if day.n_events <= 0.0 {
                (day.hazard, day.spared) = (0.0, 0.0);
                continue;
            }
            let mut total_own = 0.0;
            own.fill(0.0);
            add(&mut total_own, own, day.start, day.deaths_end);
            total += total_own;
            add_scaled(1.0, own, all);
            let factors = Factors::of(day.n_events, total, total_own);
            (day.hazard, day.spared) = (factors.hazard, factors.spared);
            let [a, b, c] = factors.squares;
            let is_alone = day.n_events < 1.5;
            for k in 0..p {
                from_all[k] = a * all[k] - b * own[k];
                from_own[k] = c * own[k] - b * all[k];
            }
            for j in 0..p {
                let places = &mut information[j * (j + 1) / 2..][..=j];
                for (k, place) in places.iter_mut().enumerate() {
                    *place -= all[j] * from_all[k];
                }
                // Alone, b and c are 0.
                if !is_alone {
                    for (k, place) in places.iter_mut().enumerate() {
                        *place -= own[j] * from_own[k];
                    }
                }
            }
        }
    }

    /// From a stratum's first day to its last: what is expected of each row's (1, x, x xᵀ).
    fn add_expected<const P: usize>(&self, range: Range<usize>, scratch: &mut CovariateScratch) {
        let width = if P == 0 { self.width } else { width(P) };
        let CovariateScratch { rows, risks, days, expected, .. } = scratch;
        let expected = &mut expected[..width];
        let mut hazard = 0.0;
        for day in &days[range] {
            hazard += day.hazard;
            let own = hazard - day.spared;
            let parts = [(own, day.start..day.deaths_end), (hazard, day.deaths_end..day.end)];
            for (hazard, part) in parts {
                for (&row, risk) in rows[part.clone()].iter().zip(&risks[part]) {
                    add_times(risk * hazard, self.features_of::<P>(row), expected);
                }
            }
        }
    }

    fn features_of<const P: usize>(&self, row: u32) -> &[f64] {
        let width = if P == 0 { self.width } else { width(P) };
        &self.features[row as usize * width..][..width]
    }
}

/// Numbers of (1, x, lower triangle of x xᵀ), made even.
const fn width(p: usize) -> usize {
    (1 + p + p * (p + 1) / 2).next_multiple_of(2)
}

/// Adds times × from.
fn add_scaled(times: f64, from: &[f64], to: &mut [f64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += times * from;
    }
}

/// Adds times × from, of an even number of elements.
fn add_times(times: f64, from: &[f64], to: &mut [f64]) {
    for (to, from) in to.as_chunks_mut::<2>().0.iter_mut().zip(from.as_chunks::<2>().0) {
        to[0] += times * from[0];
        to[1] += times * from[1];
    }
}

/// Efron's sums of a day, f = l / d and i = 1 / (S₀ − f D₀): Σ i and Σ f i; Σ i², Σ f i², Σ f² i².
struct Factors {
    hazard: f64,
    spared: f64,
    squares: [f64; 3],
}

impl Factors {
    fn of(d: f64, s0: f64, d0: f64) -> Self {
        let own = 1.0 / s0;
        let mut sums = Self { hazard: own, spared: 0.0, squares: [own * own, 0.0, 0.0] };
        let mut l = 1.0;
        while l < d {
            let f = l / d;
            let own = 1.0 / (s0 - f * d0);
            let reduced = f * own;
            sums.hazard += own;
            sums.spared += reduced;
            sums.squares[0] += own * own;
            sums.squares[1] += own * reduced;
            sums.squares[2] += reduced * reduced;
            l += 1.0;
        }
        sums
    }
}

/// Replaces the lower triangle of a matrix, row after row, by its Cholesky factor; none if it is
/// nearly singular.
fn factorize(lower: &mut [f64], p: usize, n_events: f64) -> Option<()> {
    for i in 0..p {
        let own = i * (i + 1) / 2;
        for j in 0..=i {
            let other = j * (j + 1) / 2;
            let before: f64 = (0..j).map(|k| lower[own + k] * lower[other + k]).sum();
            let all = lower[own + j];
            let rest = all - before;
            if i == j {
                if rest.is_nan() || rest <= LEFT * all || all <= LEFT * n_events {
                    return None;
                }
                lower[own + i] = rest.sqrt();
            } else {
                lower[own + j] = rest / lower[other + j];
            }
        }
    }
    Some(())
}

/// L⁻¹ y in place.
fn solve_lower(lower: &[f64], y: &mut [f64]) {
    for i in 0..y.len() {
        let own = i * (i + 1) / 2;
        let before: f64 = (0..i).map(|k| lower[own + k] * y[k]).sum();
        y[i] = (y[i] - before) / lower[own + i];
    }
}

/// L⁻ᵀ y in place.
fn solve_upper(lower: &[f64], y: &mut [f64]) {
    for i in (0..y.len()).rev() {
        let after: f64 = (i + 1..y.len()).map(|k| lower[k * (k + 1) / 2 + i] * y[k]).sum();
        y[i] = (y[i] - after) / lower[i * (i + 1) / 2 + i];
    }
}
