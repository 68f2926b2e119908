//! Sums of scores over those who get the intervention.

use super::design::{Assignment, RandomisationDesign};

/// Scores that are added up side by side: an addition need not wait for the one before.
const ABREAST: usize = 4;

/// T = Σ sᵢ over those who get the intervention, of scores s that do not depend on the assignment.
///
/// With the scores of `crate::survival::log_rank_scores` it is the log-rank test's observed less
/// expected events of the intervention arm; with ranks it is Wilcoxon's statistic. T is centred at
/// 0 under the null hypothesis where the scores sum to 0 within each group of the design, or where
/// all groups have the same share of the intervention and the scores sum to 0;
/// [`expected`](Self::expected) is its mean otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreSum {
    /// One a participant of the design, 0 where there is none.
    scores: Vec<f64>,
    expected: f64,
    variance: f64,
}

impl ScoreSum {
    /// `scores[k]` is the score of the participant at `positions[k]` of the design; others are not
    /// observed and add nothing.
    ///
    /// # Panics
    ///
    /// If the slices differ in length or a position lies outside the design.
    pub fn new(design: &RandomisationDesign, positions: &[usize], scores: &[f64]) -> Self {
        let scores = spread(design, positions, scores);
        let (mut expected, mut variance) = (0.0, 0.0);
        for (members, n_treated) in design.groups() {
            let (n, k) = (members.len() as f64, n_treated as f64);
            let value = |&i: &u32| scores[i as usize];
            let mean = members.iter().map(value).sum::<f64>() / n;
            expected += k * mean;
            if members.len() > 1 {
                let off = |i: &u32| (value(i) - mean) * (value(i) - mean);
                let squares: f64 = members.iter().map(off).sum();
                variance += k / n * (n - k) / (n - 1.0) * squares;
            }
        }
        Self { scores, expected, variance }
    }

    /// T under an assignment.
    pub fn evaluate(&self, assignment: &Assignment) -> f64 {
        let (together, last) = assignment.treated().as_chunks::<ABREAST>();
        let mut sums = [0.0; ABREAST];
        for four in together {
            for (sum, &i) in sums.iter_mut().zip(four) {
                *sum += self.scores[i as usize];
            }
        }
        for (sum, &i) in sums.iter_mut().zip(last) {
            *sum += self.scores[i as usize];
        }
        let [a, b, c, d] = sums;
        (a + b) + (c + d)
    }

    /// The mean of T over all assignments, the sum of `k_b s̄_b` over groups b.
    pub fn expected(&self) -> f64 {
        self.expected
    }

    /// The variance of T over all assignments,
    /// `Σ_b k_b (n_b − k_b) / (n_b (n_b − 1)) Σ_{i ∈ b} (sᵢ − s̄_b)²`.
    pub fn variance(&self) -> f64 {
        self.variance
    }
}

/// Values of those observed, in the places of all participants; 0 for the others.
pub(super) fn spread(
    design: &RandomisationDesign,
    positions: &[usize],
    values: &[f64],
) -> Vec<f64> {
    assert_eq!(positions.len(), values.len(), "one value a position");
    let mut all = vec![0.0; design.n_participants()];
    for (&position, &value) in positions.iter().zip(values) {
        all[position] = value;
    }
    all
}
