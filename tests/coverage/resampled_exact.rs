//! Coverage of the bootstrap intervals of a difference of two risks, without any drawing: every table
//! that binomial arms can have, with its probability, and for each the exact bootstrap distribution.

use ips_eval::estimate::risk_difference::{newcombe, wald};
use ips_eval::numeric::interval::Interval;
use ips_eval::resample::acceleration::acceleration;
use ips_eval::resample::case_weights::ResamplingStrata;
use ips_eval::resample::column::MAX_FAILED_SHARE;
use ips_eval::resample::exact::{EventCount, ExactDistribution, ExactTotal, wald_std_error};
use ips_eval::trial::arm::TwoArm;
use rayon::prelude::*;

use super::exact::{binomial, count, holds};
use super::experiment::level;

pub(super) const METHODS: [&str; 5] = ["percentile", "bca", "studentised", "wald", "newcombe"];

/// Tables less likely than this are left out.
const UNLIKELY: f64 = 1e-10;

/// What is known of a method.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    method: &'static str,
    /// Among the tables that have an interval.
    pub(super) coverage: f64,
    /// Mean half width over 1.96 standard deviations of the estimate.
    pub(super) half_width: f64,
    /// Probability that there is no interval.
    none: f64,
}

impl Known {
    pub(super) const HEAD: &str = "| control rate | n | method | coverage % | half width / 1.96 SD | no interval % | coverage without effect % | half width / 1.96 SD | no interval % |\n|---|---:|---|---:|---:|---:|---:|---:|---:|";

    pub(super) fn cells(&self) -> String {
        let Self { coverage, half_width, none, .. } = self;
        format!("{:.1} | {half_width:.3} | {:.1}", 100.0 * coverage, 100.0 * none)
    }

    pub(super) fn markdown(&self) -> String {
        format!("`{}` | {}", self.method, self.cells())
    }
}

/// Probability, and sums of coverage and of width times it, by method.
type Sums = [[f64; 3]; 5];

/// Of arms of that size, each of the effects added to the control risk; the methods in their order.
pub(super) fn known(arm: usize, control: f64, added: [f64; 2]) -> [[Known; 5]; 2] {
    let people = u32::try_from(arm).expect("a small arm");
    let n = u64::from(people);
    let risks = added.map(|added| TwoArm { intervention: control + added, control });
    let outcomes = risks.map(|risks| risks.map(|risk| binomial(n, risk)));
    let total = |events| ExactTotal::of_events(&[EventCount { people, events }]).expect("an arm");
    let totals: Vec<ExactTotal> = (0..=people).map(total).collect();
    let rows: Vec<[Sums; 2]> = (0..totals.len())
        .into_par_iter()
        .map(|k1| {
            let mut sums = [Sums::default(); 2];
            for (k0, zero) in totals.iter().enumerate() {
                let probability =
                    outcomes.each_ref().map(|own| own.intervention[k1] * own.control[k0]);
                if probability.iter().all(|p| *p < UNLIKELY) {
                    continue;
                }
                let found = intervals(n, [k1, k0], [&totals[k1], zero]);
                for ((sums, p), risks) in sums.iter_mut().zip(probability).zip(&risks) {
                    add(sums, p, &found, risks.intervention - risks.control);
                }
            }
            sums
        })
        .collect();
    [0, 1].map(|of| {
        let TwoArm { intervention, control } = risks[of];
        let variance = |p: f64| p * (1.0 - p) / n as f64;
        let deviation = (variance(intervention) + variance(control)).sqrt();
        let all: f64 = outcomes[of].intervention.iter().sum::<f64>()
            * outcomes[of].control.iter().sum::<f64>();
        std::array::from_fn(|method| {
            let sum = |of_what: usize| rows.iter().map(|row| row[of][method][of_what]).sum::<f64>();
            let with = sum(0);
            Known {
                method: METHODS[method],
                coverage: sum(1) / with,
                half_width: sum(2) / with / 2.0 / (level().z() * deviation),
                none: (all - with).max(0.0),
            }
        })
    })
}

fn add(sums: &mut Sums, p: f64, found: &[Option<Interval>; 5], truth: f64) {
    for ([all, held, widths], interval) in sums.iter_mut().zip(found) {
        if let Some(interval) = interval {
            *all += p;
            *held += if holds(*interval, truth) { p } else { 0.0 };
            *widths += p * (interval.upper - interval.lower);
        }
    }
}

/// The intervals of a table; none of the bootstrap or Wald's where nothing varies.
fn intervals(n: u64, events: [usize; 2], totals: [&ExactTotal; 2]) -> [Option<Interval>; 5] {
    let [intervention, control] = events.map(|events| count(n, events));
    let counts = TwoArm { intervention, control };
    let newcombe = newcombe(counts, level()).ok().map(|own| own.interval);
    let own = ExactDistribution::of_difference(totals[0].clone(), totals[1].clone());
    if own.std_error().value < 1e-12 {
        return [None, None, None, None, newcombe];
    }
    let people = (totals[0].people(), totals[1].people());
    let t = own.studentised(level(), wald_std_error(people), MAX_FAILED_SHARE);
    let bca = accelerated(n, events).and_then(|a| own.bca(level(), a).ok());
    [
        Some(own.percentile(level()).interval()),
        bca.map(|own| own.interval()),
        t.ok().map(|own| own.interval()),
        wald(counts, level()).ok().map(|own| own.interval),
        newcombe,
    ]
}

/// The acceleration of the table written out: y − p in one arm, its negative in the other.
fn accelerated(n: u64, events: [usize; 2]) -> Option<f64> {
    let n = usize::try_from(n).expect("a small arm");
    let arm = |stratum: u32| std::iter::repeat_n(stratum, n);
    let strata = ResamplingStrata::new(&arm(0).chain(arm(1)).collect::<Vec<u32>>()).ok()?;
    let of = |(events, sign): (usize, f64)| {
        let p = events as f64 / n as f64;
        (0..n).map(move |i| sign * (if i < events { 1.0 - p } else { -p }))
    };
    let influence: Vec<f64> =
        [(events[0], 1.0), (events[1], -1.0)].into_iter().flat_map(of).collect();
    acceleration(&influence, &strata).ok()
}
