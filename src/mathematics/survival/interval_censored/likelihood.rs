//! The likelihood of brackets under proportional hazards, with its derivatives.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2, Axis};

use super::squares::add_squares;
use crate::numeric::elementary::{exp, exp_m1, ln};

/// A participant: the range of zones, a row of the design, a weight.
pub(super) struct Member {
    pub(super) range: (usize, usize),
    pub(super) row: Array1<f64>,
    pub(super) weight: f64,
}

/// Coefficients, and the increments of the cumulative hazard in all zones but the last, which
/// takes what remains.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parameters {
    pub(super) coefficients: Array1<f64>,
    pub(super) increments: Vec<f64>,
}

/// Gradient and information, coefficients first, then increments.
pub(super) struct Derivatives {
    pub(super) gradient: Array1<f64>,
    pub(super) information: Array2<f64>,
}

/// One participant's hazards: accumulated before the range, and within it.
struct Hazards {
    risk: f64,
    before: f64,
    /// None where the range takes what remains.
    within: Option<f64>,
}

fn hazards(member: &Member, parameters: &Parameters) -> Hazards {
    let (from, to) = member.range;
    let risk = exp(member.row.dot(&parameters.coefficients));
    let increments = &parameters.increments;
    let within = (to <= increments.len()).then(|| risk * increments[from..to].iter().sum::<f64>());
    Hazards { risk, before: risk * increments[..from].iter().sum::<f64>(), within }
}

/// Σ w ln {e^(−a) (1 − e^(−b))}: a before the range, b within; −∞ where a bracket is impossible.
pub(super) fn log_likelihood(members: &[Member], parameters: &Parameters) -> f64 {
    let term = |member: &Member| {
        let Hazards { before, within, .. } = hazards(member, parameters);
        let inside = match within {
            None => 0.0,
            Some(b) if b > 0.0 => ln(-exp_m1(-b)),
            Some(_) => f64::NEG_INFINITY,
        };
        member.weight * (inside - before)
    };
    members.iter().map(term).sum()
}

/// First and second derivatives of [`log_likelihood`], all increments included.
///
/// With r = 1 / (e^b − 1), so that ∂ ln(1 − e^(−b)) / ∂b = r, and q = −∂r/∂b = r (1 + r).
pub(super) fn derivatives(members: &[Member], parameters: &Parameters) -> Derivatives {
    let n_coefficients = parameters.coefficients.len();
    let size = n_coefficients + parameters.increments.len();
    let mut gradient = Array1::zeros(size);
    let mut information = Array2::zeros((size, size));
    let mut rectangles: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for member in members {
        let (from, to) = member.range;
        let w = member.weight;
        let Hazards { risk, before, within } = hazards(member, parameters);
        let (mut slope, mut bend) = (-before, before);
        let (mut inside, mut inside_cross) = (0.0, 0.0);
        if let Some(b) = within {
            let r = 1.0 / exp_m1(b);
            let q = r * (1.0 + r);
            slope += b * r;
            bend += b * (b * q - r);
            (inside, inside_cross) = (risk * r, risk * (r - b * q));
            *rectangles.entry((from, to)).or_insert(0.0) += w * risk * risk * q;
        }
        // In the zones before, each increment takes `risk` off.
        let mut cross = |k: usize, gain: f64, gain_by_coefficient: f64| {
            let at = n_coefficients + k;
            gradient[at] += w * gain;
            for (j, x) in member.row.iter().enumerate() {
                information[[j, at]] -= w * x * gain_by_coefficient;
            }
        };
        (0..from).for_each(|k| cross(k, -risk, -risk));
        if within.is_some() {
            (from..to).for_each(|k| cross(k, inside, inside_cross));
        }
        for (j, x) in member.row.iter().enumerate() {
            gradient[j] += w * slope * x;
            for (l, y) in member.row.iter().enumerate() {
                information[[j, l]] += w * bend * x * y;
            }
        }
    }
    let (_, below) = information.view_mut().split_at(Axis(0), n_coefficients);
    let (_, of_increments) = below.split_at(Axis(1), n_coefficients);
    add_squares(of_increments, rectangles);
    for j in 0..n_coefficients {
        for k in n_coefficients..size {
            information[[k, j]] = information[[j, k]];
        }
    }
    Derivatives { gradient, information }
}
