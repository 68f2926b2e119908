//! Reference values of replicates: R's survival and cmprsk on the rows written out.

use std::collections::BTreeMap;

use ips_eval::survival::cox::{ReplicateCox, ReplicateCoxData, ReplicateCoxScratch};
use ips_eval::survival::ending::Ending;
use ips_eval::survival::fine_gray_replicate::{ReplicateFineGray, ReplicateFineGrayScratch};
use ips_eval::survival::presorted::{CurveReadings, CurveScratch, Places, PresortedTimes, ReadAt};
use ips_eval::survival::replicate::{Replicate, ReplicateTrial};
use ips_eval::trial::arm::Arm;
use serde_json::Value;

use super::{Reference, number, numbers};

/// Where crr has stopped, its estimate is as exact as this.
const OF_CRR: f64 = 1e-8;

/// A trial by columns.
struct Frame {
    days: Vec<i32>,
    endings: Vec<Ending>,
    arms: Vec<Arm>,
    strata: Vec<usize>,
    covariates: [Vec<f64>; 2],
}

impl Frame {
    fn of(input: &Value) -> Self {
        let column = |name: &str| numbers(&input[name]).into_iter();
        let whole = |value: f64| value.to_string().parse::<i32>().expect("a whole number");
        Self {
            days: column("day").map(whole).collect(),
            endings: column("cause")
                .map(|cause| match whole(cause) {
                    0 => Ending::Censored,
                    1 => Ending::Event,
                    _ => Ending::Competing,
                })
                .collect(),
            arms: column("arm")
                .map(|z| if z > 0.5 { Arm::Intervention } else { Arm::Control })
                .collect(),
            strata: column("stratum").map(|s| usize::try_from(whole(s)).expect("≥ 0")).collect(),
            covariates: ["x1", "x2"].map(|name| column(name).collect()),
        }
    }

    fn cox(&self, model: &str) -> ReplicateCox {
        let [x1, x2] = &self.covariates;
        let both = [x1.as_slice(), x2];
        let everyone: Vec<usize> = (0..self.days.len()).collect();
        ReplicateCox::new(&ReplicateCoxData {
            trial: self.trial(&everyone),
            covariates: if model.starts_with("covariates") { &both } else { &[] },
            strata: model.ends_with("strata").then_some(self.strata.as_slice()),
        })
        .expect("a fit")
    }

    fn fine_gray(&self) -> ReplicateFineGray {
        let everyone: Vec<usize> = (0..self.days.len()).collect();
        ReplicateFineGray::new(&self.trial(&everyone)).expect("a fit")
    }

    fn trial<'a>(&'a self, members: &'a [usize]) -> ReplicateTrial<'a> {
        ReplicateTrial { days: &self.days, endings: &self.endings, arms: &self.arms, members }
    }
}

/// Calls with each case of the kind, its frame and its name.
fn each(reference: &Reference, kind: &str, mut check: impl FnMut(&Frame, &str, &Value)) {
    let name = |case: &Value| case["name"].as_str().expect("a name").to_owned();
    let frames = reference.cases.iter().filter(|case| case["kind"] == "frame");
    let frames: BTreeMap<String, Frame> =
        frames.map(|case| (name(case), Frame::of(&case["input"]))).collect();
    for (number, case) in reference.cases.iter().filter(|case| case["kind"] == kind).enumerate() {
        check(&frames[&name(case)], &format!("{} {number}", name(case)), case);
    }
}

fn weights_of(case: &Value) -> Vec<u32> {
    let whole = |value: f64| value.to_string().parse().expect("a weight");
    numbers(&case["input"]["weights"]).into_iter().map(whole).collect()
}

fn assert_list(reference: &Reference, what: &str, got: &[f64], want: &Value) {
    assert_eq!(got.len(), want.as_array().expect("a list").len(), "{what}");
    for (i, got) in got.iter().enumerate() {
        reference.assert_close(&format!("{what} {i}"), *got, &want[i]);
    }
}

#[test]
fn curves_of_replicates_are_those_of_the_rows_written_out() {
    let reference = Reference::read("replicates_survival");
    let mut scratch = CurveScratch::default();
    let (mut n, mut n_incidences) = (0, 0);
    each(&reference, "replicate", |frame, name, case| {
        let weights = weights_of(case);
        for (arm, key) in [(Arm::Intervention, "intervention"), (Arm::Control, "control")] {
            let want = &case["want"][key];
            let members: Vec<usize> =
                (0..frame.days.len()).filter(|&i| frame.arms[i] == arm).collect();
            let presorted = PresortedTimes::new(&frame.days, &frame.endings, &members);
            let (times, horizons) = (numbers(&want["times"]), numbers(&want["horizons"]));
            let at = ReadAt { survival: &times, restricted_mean: &horizons, incidence: &times };
            let room = |n: usize| (vec![0.0; n], vec![0.0; n]);
            let (mut s, mut mean, mut f) =
                (room(times.len()), room(horizons.len()), room(times.len()));
            let mut median = 0.0;
            let mut out = CurveReadings {
                survival: Places { estimates: &mut s.0, std_errors: &mut s.1 },
                restricted_mean: Places { estimates: &mut mean.0, std_errors: &mut mean.1 },
                incidence: Places { estimates: &mut f.0, std_errors: &mut f.1 },
                median: Some(&mut median),
            };
            presorted.read(&weights, &at, &mut scratch, &mut out);
            let what = format!("{name} {key}");
            assert_list(&reference, &format!("{what}: S"), &s.0, &want["survival"]);
            assert_list(&reference, &format!("{what}: error of S"), &s.1, &want["survival_se"]);
            assert_list(&reference, &format!("{what}: mean"), &mean.0, &want["mean"]);
            assert_list(&reference, &format!("{what}: its error"), &mean.1, &want["mean_se"]);
            reference.assert_close(&format!("{what}: median"), median, &want["median"]);
            if !want["incidence"]["estimate"].is_null() {
                let variances: Vec<f64> = f.1.iter().map(|error| error * error).collect();
                assert_list(&reference, &what, &f.0, &want["incidence"]["estimate"]);
                assert_list(&reference, &what, &variances, &want["incidence"]["variance"]);
                n_incidences += 1;
            }
            n += 1;
        }
    });
    assert!(n >= 24 && n_incidences >= 20, "{n} {n_incidences}");
}

#[test]
fn cox_replicates_are_coxphs() {
    let reference = Reference::read("replicates_survival");
    let mut scratch = ReplicateCoxScratch::default();
    let mut n = 0;
    each(&reference, "replicate", |frame, name, case| {
        for model in ["arm", "arm_strata", "covariates", "covariates_strata"] {
            let got = frame.cox(model).fit(&weights_of(case), &mut scratch);
            let want = &case["want"]["cox"][model];
            reference.assert_close(&format!("{name} {model}"), got.estimate, &want["estimate"]);
            let what = format!("{name} {model}: error");
            reference.assert_close(&what, got.std_error, &want["std_error"]);
            n += 1;
        }
    });
    assert!(n >= 48, "{n}");
}

#[test]
fn fine_gray_replicates_are_crrs() {
    let reference = Reference::read("replicates_survival");
    let mut scratch = ReplicateFineGrayScratch::default();
    let mut n = 0;
    each(&reference, "replicate", |frame, name, case| {
        let Replicate { estimate, std_error } =
            frame.fine_gray().fit(&weights_of(case), &mut scratch);
        let want = &case["want"]["fine_gray"];
        let off = (estimate - number(&want["estimate"])).abs();
        assert!(off < OF_CRR, "{name}: {estimate} {want}");
        let ratio = std_error / number(&want["std_error"]);
        assert!((ratio - 1.0).abs() < OF_CRR, "{name}: {std_error} {want}");
        n += 1;
    });
    assert!(n >= 12, "{n}");
}

#[test]
fn influence_of_the_arm_is_coxphs_dfbeta() {
    let reference = Reference::read("replicates_survival");
    each(&reference, "influence", |frame, name, case| {
        let cox = frame.cox("covariates_strata");
        assert_list(&reference, name, cox.influence(), &case["want"]["cox"]);
    });
}
