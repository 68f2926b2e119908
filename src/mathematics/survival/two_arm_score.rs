//! The partial likelihood of the arm alone, for many replicates.

use crate::numeric::elementary::exp;

/// Steps shorter than this, in standard errors, are the last: they leave an error of the order of
/// their cube.
const LAST_STEP: f64 = 1e-6;

/// Steps before the iteration is given up. Each but the first few gains half the distance at
/// least.
const MOST_STEPS: usize = 100;

/// The longest step, on the scale of the log ratio.
const LONGEST_STEP: f64 = 2.0;

/// Factors of a likelihood in which each says how likely it was one of the intervention arm who
/// had the event, rather than one of the control arm:
///
/// ```text
/// m(β)  = e^β / (e^β + r),   r = (number at risk in the control arm) / (in the intervention arm)
/// U(β)  = D − Σ c m,         I(β) = Σ c m (1 − m)
/// ```
///
/// D is the number of events in the intervention arm, c how often the factor counts. Factors of
/// days on which one arm is not at risk are 0 or 1 for every β, and are not entered.
#[derive(Clone, Debug, Default)]
pub(super) struct TwoArmScore {
    factors: Vec<Factor>,
    /// How many of them belong to this replicate.
    n: usize,
    in_intervention: f64,
    in_control: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Factor {
    ratio: f64,
    count: f64,
}

/// The maximum of the likelihood.
#[derive(Clone, Copy, Debug)]
pub(super) struct TwoArmMaximum {
    pub(super) beta: f64,
    pub(super) information: f64,
}

impl TwoArmScore {
    /// Forgets the last replicate; no more than `most` factors will be entered.
    pub(super) fn clear(&mut self, most: usize) {
        if self.factors.len() < most {
            self.factors.resize(most, Factor::default());
        }
        (self.n, self.in_intervention, self.in_control) = (0, 0.0, 0.0);
    }

    /// Adds events on a day on which both arms are at risk.
    pub(super) fn add_events(&mut self, in_intervention: f64, in_control: f64) {
        self.in_intervention += in_intervention;
        self.in_control += in_control;
    }

    /// Adds a factor that counts so often.
    pub(super) fn add_factor(&mut self, at_risk: [f64; 2], count: f64) {
        let [intervention, control] = at_risk;
        self.factors[self.n] = Factor { ratio: control / intervention, count };
        self.n += 1;
    }

    /// The maximum; none unless each arm has an event while the other is at risk.
    ///
    /// U falls, from the number of the intervention arm's events to less than 0: the root is held
    /// between the places where U was positive and negative.
    pub(super) fn maximum(&self, start: f64) -> Option<TwoArmMaximum> {
        if self.in_intervention <= 0.0 || self.in_control <= 0.0 {
            return None;
        }
        let (mut lower, mut upper) = (f64::NEG_INFINITY, f64::INFINITY);
        let mut beta = start;
        for _ in 0..MOST_STEPS {
            let [score, information, slope] = self.at(beta);
            if score > 0.0 {
                lower = beta;
            } else {
                upper = beta;
            }
            // Newton's step, then Halley's, with the curvature of U.
            let newton = score / information;
            let bend = 1.0 + 0.5 * newton * slope / information;
            let step = if bend > 0.5 { newton / bend } else { newton };
            if step * step * information <= LAST_STEP * LAST_STEP {
                let information = information + step * slope;
                return Some(TwoArmMaximum { beta: beta + step, information });
            }
            let next = beta + step.clamp(-LONGEST_STEP, LONGEST_STEP);
            let is_held = lower < next && next < upper;
            beta = if is_held { next } else { f64::midpoint(lower, upper) };
            if !beta.is_finite() {
                return None;
            }
        }
        None
    }

    /// U, I and the derivative of I.
    fn at(&self, beta: f64) -> [f64; 3] {
        let theta = exp(beta);
        let (mut expected, mut information, mut slope) = (0.0, 0.0, 0.0);
        for factor in &self.factors[..self.n] {
            let m = theta / (theta + factor.ratio);
            let spread = factor.count * m * (1.0 - m);
            expected += factor.count * m;
            information += spread;
            slope += spread * (1.0 - 2.0 * m);
        }
        [self.in_intervention - expected, information, slope]
    }
}
