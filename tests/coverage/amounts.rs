//! Amounts: participants who share a coach, quantiles of days worked, and effects of regions.

use ips_eval::estimate::adjusted::{Clusters, ols_adjusted, ols_adjusted_clustered};
use ips_eval::estimate::quantile_effect::{Probability, arm_quantile, quantile_difference};
use ips_eval::estimate::shrinkage::{GroupEstimate, shrink};
use ips_eval::numeric::distribution::normal;
use ips_eval::numeric::elementary::ln;
use ips_eval::numeric::robust::Robust;
use ips_eval::random::Stream;
use ips_eval::trial::arm::{Arm, TwoArm};

use super::events::{Columns, adjusted};
use super::experiment::{Draw, Experiment, Shown, level};
use super::population::{ONE_TO_ONE, enrol, happens, pick};

/// A method that does not know of the coaches.
pub(super) const BLIND: &str = "ols_adjusted_hc2, coaches ignored";

fn standard_normal(stream: &mut Stream) -> f64 {
    normal::quantile(stream.unit())
}

/// Coaches in the intervention arm, some with three times the participants of others; everybody in
/// the control arm is alone. A coach moves the outcome of all of theirs by the same normal draw.
pub(super) fn coaches(n: usize, n_coaches: usize) -> Experiment {
    const OF_COACH: f64 = 0.6;
    const OF_PERSON: f64 = 2.0;
    let draw = |truth: f64| -> Draw {
        Box::new(move |stream: &mut Stream, _| {
            let enrolled = enrol(stream, n, &ONE_TO_ONE);
            let caseload: Vec<u32> = [1, 2, 3].into_iter().cycle().take(n_coaches).collect();
            let moves: Vec<f64> =
                (0..n_coaches).map(|_| OF_COACH * standard_normal(stream)).collect();
            let mut codes = Vec::with_capacity(n);
            let columns = Columns::new(&enrolled, |person, arm| {
                let own = 5.0 * person.control_risk() + OF_PERSON * standard_normal(stream);
                match arm {
                    Arm::Control => {
                        codes.push(n_coaches + codes.len());
                        own
                    }
                    Arm::Intervention => {
                        let coach = pick(stream, &caseload);
                        codes.push(coach);
                        own + truth + moves[coach]
                    }
                }
            });
            let n_named = (0..n_coaches).filter(|coach| codes.contains(coach)).count();
            columns.adjusted(|data| {
                let clusters = Clusters { codes: &codes, n_named };
                let robust = ols_adjusted_clustered(data, clusters, level()).ok();
                let blind = ols_adjusted(data, Robust::Hc2, level()).ok();
                vec![
                    ("ols_adjusted_cr2", robust.and_then(|own| adjusted(&own.effect, truth))),
                    (BLIND, blind.and_then(|own| adjusted(&own, truth))),
                ]
            })
        })
    };
    Experiment {
        design: match n_coaches {
            8 => "8 coaches",
            12 => "12 coaches",
            _ => "24 coaches",
        },
        n,
        simulations: if n < 1000 { [30, 1_000] } else { [0, 300] },
        effect: draw(0.5),
        null: Some(draw(0.0)),
    }
}

/// A time that is exponential for those who have one, and 0 for the others.
#[derive(Clone, Copy)]
struct Amount {
    share_above_zero: f64,
    mean: f64,
    whole_days: bool,
}

impl Amount {
    fn draw(self, stream: &mut Stream) -> f64 {
        let amount = -self.mean * ln(stream.unit());
        happens(stream, self.share_above_zero) * self.rounded(amount)
    }

    fn rounded(self, amount: f64) -> f64 {
        if self.whole_days { amount.ceil() } else { amount }
    }

    /// The upper quartile: P(amount > q) = share · exp(−q / mean) = 1/4, rounded up as amounts are.
    fn upper_quartile(self) -> f64 {
        self.rounded(self.mean * ln(4.0 * self.share_above_zero))
    }
}

/// Days worked: 40% against 28% of participants have any.
pub(super) fn days(n: usize) -> Experiment {
    let of = |share_above_zero, mean| Amount { share_above_zero, mean, whole_days: true };
    quartiles("days, 60% and 72% zeros", n, of(0.40, 250.0), of(0.28, 200.0))
}

/// A time that everybody has, without ties.
pub(super) fn times(n: usize) -> Experiment {
    let of = |mean| Amount { share_above_zero: 1.0, mean, whole_days: false };
    quartiles("times without ties", n, of(250.0), of(200.0))
}

fn quartiles(design: &'static str, n: usize, intervention: Amount, control: Amount) -> Experiment {
    let draw = |amounts: TwoArm<Amount>| -> Draw {
        let truth = amounts.intervention.upper_quartile() - amounts.control.upper_quartile();
        Box::new(move |stream: &mut Stream, _| {
            let probability = Probability::new(0.75).expect("a probability");
            let drawn = TwoArm::from_fn(|arm| -> Vec<f64> {
                (0..n / 2).map(|_| amounts.get(arm).draw(stream)).collect()
            });
            let slices = TwoArm { intervention: &drawn.intervention[..], control: &drawn.control };
            let difference = quantile_difference(slices, probability, level()).ok();
            let control = arm_quantile(slices.control, probability, level()).ok();
            vec![
                (
                    "quantile_difference",
                    difference
                        .and_then(|own| Some(Shown::new(own.estimate, own.interval.ok()?, truth))),
                ),
                (
                    "arm_quantile (control)",
                    control.and_then(|own| {
                        let interval = own.limits.ok()?.interval;
                        let truth = amounts.control.upper_quartile();
                        Some(Shown::new(own.estimate, interval, truth))
                    }),
                ),
            ]
        })
    };
    Experiment {
        design,
        n,
        simulations: if n < 1000 { [400, 10_000] } else { [0, 5_000] },
        effect: draw(TwoArm { intervention, control }),
        null: Some(draw(TwoArm { intervention: control, control })),
    }
}

/// Effects of regions from N(0.12, 0.05²), each estimated with a standard error between 0.04 and
/// 0.12; how many of a trial's intervals hold their region's effect.
pub(super) fn regions(k: usize) -> Experiment {
    const MEAN: f64 = 0.12;
    const SPREAD: f64 = 0.05;
    let effect = Box::new(move |stream: &mut Stream, _| {
        let effects: Vec<f64> = (0..k).map(|_| MEAN + SPREAD * standard_normal(stream)).collect();
        let group = |(i, effect): (usize, &f64)| {
            let std_error = [0.04, 0.06, 0.12][i % 3];
            GroupEstimate { estimate: effect + std_error * standard_normal(stream), std_error }
        };
        let estimates: Vec<GroupEstimate> = effects.iter().enumerate().map(group).collect();
        let shown = shrink(&estimates, level()).ok().map(|own| {
            let mean = |of: &dyn Fn(&Shown) -> f64| {
                let groups = own.groups.iter().zip(&effects);
                groups.map(|(g, &e)| of(&Shown::new(g.estimate, g.interval, e))).sum::<f64>()
                    / k as f64
            };
            Shown { covered: mean(&|own| own.covered), width: mean(&|own| own.width), error: None }
        });
        vec![("empirical_bayes", shown)]
    });
    Experiment { design: "regions", n: k, simulations: [400, 10_000], effect, null: None }
}
