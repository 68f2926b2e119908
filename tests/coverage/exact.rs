//! Coverage without simulation: every outcome that binomial arms can have, with its probability.

use ips_eval::estimate::proportion::{Count, wilson};
use ips_eval::estimate::ratio::{odds_ratio, risk_ratio};
use ips_eval::estimate::risk_difference::{newcombe, wald};
use ips_eval::numeric::elementary::{exp, ln, ln_gamma};
use ips_eval::numeric::interval::Interval;
use ips_eval::trial::arm::TwoArm;

use super::experiment::level;

/// P(k events of n), for k from 0 to n.
pub(super) fn binomial(n: u64, p: f64) -> Vec<f64> {
    let ln_factorial = |k: u64| ln_gamma(k as f64 + 1.0);
    let of = |k: u64| {
        let ways = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
        exp(ways + k as f64 * ln(p) + (n - k) as f64 * ln(1.0 - p))
    };
    (0..=n).map(of).collect()
}

pub(super) fn count(n: u64, events: usize) -> Count {
    Count::new(n, events as u64).expect("events among participants")
}

pub(super) fn holds(interval: Interval, truth: f64) -> bool {
    interval.lower <= truth && truth <= interval.upper
}

/// Coverage of Wilson's interval of a proportion p among n.
pub(super) fn of_wilson(n: u64, p: f64) -> f64 {
    let outcomes = binomial(n, p);
    let held = outcomes
        .iter()
        .enumerate()
        .filter(|&(k, _)| holds(wilson(count(n, k), level()).expect("participants").interval, p));
    held.map(|(_, probability)| probability).sum()
}

/// An interval of one table that is held against the truth; none where there is no interval.
type Of = fn(TwoArm<Count>, TwoArm<f64>) -> Option<bool>;

pub(super) const OF_TABLES: [(&str, Of); 4] = [
    ("newcombe", |counts, p| {
        Some(holds(newcombe(counts, level()).ok()?.interval, p.intervention - p.control))
    }),
    ("wald", |counts, p| {
        Some(holds(wald(counts, level()).ok()?.interval, p.intervention - p.control))
    }),
    ("risk_ratio", |counts, p| {
        Some(holds(risk_ratio(counts, level()).ok()?.interval, p.intervention / p.control))
    }),
    ("odds_ratio", |counts, p| {
        let odds = |p: f64| p / (1.0 - p);
        let truth = odds(p.intervention) / odds(p.control);
        Some(holds(odds_ratio(counts, level()).ok()?.interval, truth))
    }),
];

/// Coverage among the tables that have an interval, of n participants in each arm. Outcomes less
/// likely than 1e-12 are left out: together they change no digit that is shown.
pub(super) fn of_tables(n: u64, p: TwoArm<f64>, of: Of) -> f64 {
    let outcomes = p.map(|p| binomial(n, p));
    let (mut held, mut all) = (0.0, 0.0);
    for (k1, q1) in outcomes.intervention.iter().enumerate().filter(|(_, q)| **q > 1e-12) {
        for (k0, q0) in outcomes.control.iter().enumerate().filter(|(_, q)| **q > 1e-12) {
            let counts = TwoArm { intervention: count(n, k1), control: count(n, k0) };
            if let Some(holds) = of(counts, p) {
                all += q1 * q0;
                held += if holds { q1 * q0 } else { 0.0 };
            }
        }
    }
    held / all
}
