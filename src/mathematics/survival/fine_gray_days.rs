//! The Fine-Gray regression of a binary covariate, by day.

use super::two_arm_score::{TwoArmMaximum, TwoArmScore};
use crate::numeric::elementary::exp;

/// How many of one arm left on a day: by the event, by another cause, censored.
pub(super) type Counts = [f64; 3];

/// How the estimation of G enters a residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CensoringPart {
    /// As in the paper's variance: q over those who left before the day, and π.
    Paper,
    /// As the derivative by a case weight has it: over those who left by the day, s after it, and
    /// π less those censored on it. Without ties it is the same.
    Derivative,
}

/// The days on which anyone's time ends, of the control arm (z = 0) and the intervention arm (1).
#[derive(Clone, Debug, Default)]
pub(super) struct FineGrayDays {
    /// Those left on each day.
    counts: Vec<[Counts; 2]>,
    days: Vec<Day>,
    score: TwoArmScore,
}

/// What a day sums to; see [`super::fine_gray::fine_gray`] for the symbols.
#[derive(Clone, Copy, Debug, Default)]
struct Day {
    /// π: at risk of censoring.
    at_risk: f64,
    /// G(t−).
    uncensored: f64,
    /// Σ f / G(T−) over those of each arm who left by another cause before this day.
    gone: [f64; 2],
    /// Σ f w(t) of each arm's risk set.
    in_set: [f64; 2],
    /// z̄ and dΛ, at β.
    mean: f64,
    hazard: f64,
    /// Σ over this and later days of G(s−) dΛ and G(s−) z̄ dΛ.
    to_come: [f64; 2],
}

impl FineGrayDays {
    /// Sets the counts of a replicate, and the risk sets that follow from them.
    pub(super) fn set(&mut self, counts: impl Iterator<Item = [Counts; 2]>) {
        self.counts.clear();
        self.counts.extend(counts);
        // One day more than there are: after the last there is nothing to come.
        self.days.clear();
        self.days.resize(self.counts.len() + 1, Day::default());
        self.score.clear(self.counts.len());
        let mut at_risk = [0.0; 2];
        for counts in &self.counts {
            for (at_risk, counts) in at_risk.iter_mut().zip(counts) {
                *at_risk += counts.iter().sum::<f64>();
            }
        }
        let (mut uncensored, mut gone) = (1.0, [0.0; 2]);
        for (counts, day) in self.counts.iter().zip(&mut self.days) {
            let all = at_risk[0] + at_risk[1];
            if all <= 0.0 {
                break;
            }
            let in_set = [0, 1].map(|z| at_risk[z] + uncensored * gone[z]);
            *day = Day { at_risk: all, uncensored, gone, in_set, ..Day::default() };
            let [control, intervention] = counts;
            let events = control[0] + intervention[0];
            if events > 0.0 && in_set[0] > 0.0 && in_set[1] > 0.0 {
                self.score.add_events(intervention[0], control[0]);
                self.score.add_factor([in_set[1], in_set[0]], events);
            }
            for z in 0..2 {
                if counts[z][1] > 0.0 {
                    gone[z] += counts[z][1] / uncensored;
                }
                at_risk[z] -= counts[z].iter().sum::<f64>();
            }
            uncensored *= (all - control[2] - intervention[2]) / all;
        }
    }

    /// The maximum of the partial likelihood.
    pub(super) fn maximum(&self, start: f64) -> Option<TwoArmMaximum> {
        self.score.maximum(start)
    }

    /// Calls `with` for each day, from the first, with how many of each arm left on it by each
    /// ending, and η + ψ of these.
    pub(super) fn residuals(
        &mut self,
        beta: f64,
        part: CensoringPart,
        mut with: impl FnMut(usize, &[Counts; 2], [Counts; 2]),
    ) {
        let risk = [1.0, exp(beta)];
        self.look_ahead(risk);
        // Σ dΛ, Σ z̄ dΛ, and Σ over the days of what those at risk of censoring lose.
        let (mut hazard, mut mean_hazard, mut censoring) = (0.0, 0.0, 0.0);
        for (j, counts) in self.counts.iter().enumerate() {
            let (day, later) = (self.days[j], self.days[j + 1].to_come);
            // Those who are left have weight 0.
            if day.at_risk <= 0.0 {
                break;
            }
            hazard += day.hazard;
            mean_hazard += day.mean * day.hazard;
            let censored = counts[0][2] + counts[1][2];
            let q = |gone: [f64; 2], to_come: [f64; 2]| {
                let all = risk[0] * gone[0] + risk[1] * gone[1];
                risk[1] * gone[1] * to_come[0] - all * to_come[1]
            };
            let own = match part {
                CensoringPart::Paper => q(day.gone, day.to_come) / day.at_risk,
                CensoringPart::Derivative if censored < day.at_risk => {
                    let left = |z: usize| day.gone[z] + counts[z][1] / day.uncensored;
                    q([left(0), left(1)], later) / (day.at_risk - censored)
                }
                CensoringPart::Derivative => 0.0,
            };
            censoring += own * (censored / day.at_risk);
            let values = [0, 1].map(|z| {
                let covariate = z as f64;
                let expected = risk[z] * (covariate * hazard - mean_hazard) + censoring;
                let after = risk[z] / day.uncensored * (covariate * later[0] - later[1]);
                [covariate - day.mean - expected, -expected - after, own - expected]
            });
            with(j, counts, values);
        }
    }

    /// Σ f (η + ψ)², with the paper's ψ.
    pub(super) fn squared_residuals(&mut self, beta: f64) -> f64 {
        let mut sum = 0.0;
        self.residuals(beta, CensoringPart::Paper, |_, counts, values| {
            for (counts, values) in counts.iter().zip(values) {
                for (count, value) in counts.iter().zip(values) {
                    sum += count * value * value;
                }
            }
        });
        sum
    }

    /// Writes z̄, dΛ and what is to come of each day.
    fn look_ahead(&mut self, risk: [f64; 2]) {
        let n = self.counts.len();
        let mut to_come = [0.0; 2];
        for (counts, day) in self.counts.iter().zip(&mut self.days[..n]).rev() {
            let events = counts[0][0] + counts[1][0];
            (day.mean, day.hazard) = (0.0, 0.0);
            if events > 0.0 {
                let all = risk[0] * day.in_set[0] + risk[1] * day.in_set[1];
                day.mean = risk[1] * day.in_set[1] / all;
                day.hazard = events / all;
                let step = day.uncensored * day.hazard;
                to_come[0] += step;
                to_come[1] += step * day.mean;
            }
            day.to_come = to_come;
        }
    }
}
