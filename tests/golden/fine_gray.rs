//! Reference values of Fine and Gray's regression: R's cmprsk and survival.

use ips_eval::numeric::weights::{CaseWeights, FrequencyWeights, SamplingWeights};
use ips_eval::survival::ending::{Cause, Ending};
use ips_eval::survival::fine_gray::{FineGrayData, FineGrayError, FineGrayFit, fine_gray};
use ips_eval::trial::arm::Arm;
use serde_json::Value;

use super::competing::{Cases, Count, Frame, cause_of, count_of, exchanged, name_of};

fn columns<'a>(frame: &'a Frame, names: &[&str]) -> Vec<&'a [f64]> {
    names.iter().map(|name| frame.covariates[*name].as_slice()).collect()
}

fn data<'a>(frame: &'a Frame, columns: &'a [&'a [f64]], cause: Cause) -> FineGrayData<'a> {
    let (days, endings) = (&frame.days, &frame.endings);
    FineGrayData { days, endings, columns, cause, censoring_groups: None }
}

fn assert_all(cases: &Cases, what: &str, got: impl Iterator<Item = f64>, want: &Value) {
    let want = want.as_array().expect("a list");
    let got: Vec<f64> = got.collect();
    assert_eq!(got.len(), want.len(), "{what}");
    for (got, want) in got.into_iter().zip(want) {
        cases.close(what, got, want);
    }
}

#[test]
fn fine_gray_is_crr() {
    let cases = Cases::read();
    cases.each("fine_gray", 60, |case| {
        let (input, want) = (&case["input"], &case["want"]);
        let frame = cases.frame(&name_of(case));
        let names: Vec<&str> = match &input["columns"] {
            Value::String(name) => vec![name],
            names => names.as_array().expect("names").iter().filter_map(Value::as_str).collect(),
        };
        let columns = columns(frame, &names);
        let by_arm: Vec<u32> =
            frame.arms.iter().map(|arm| u32::from(*arm == Arm::Control)).collect();
        let groups = match input["groups"].as_str() {
            Some("arm") => Some(by_arm.as_slice()),
            Some("stratum") => Some(frame.strata.as_slice()),
            _ => None,
        };
        let data =
            FineGrayData { censoring_groups: groups, ..data(frame, &columns, cause_of(case)) };
        let weights = if count_of(case) == Count::Weighted {
            CaseWeights::Frequency(FrequencyWeights(&frame.weights))
        } else {
            CaseWeights::Once
        };
        let what = format!("{} {input}", name_of(case));
        let got = fine_gray(&data, weights).expect(&what);
        assert!(got.largest_score < 1e-10, "{what}: score {}", got.largest_score);
        let coefficients = got.coefficients.iter().copied();
        assert_all(&cases, &what, coefficients, &want["coefficients"]);
        // With groups of censoring crr's variance is another; see the script and the test below.
        if groups.is_none() {
            let covariance = got.covariance.iter().copied();
            assert_all(&cases, &format!("{what}: V"), covariance, &want["covariance"]);
        }
        cases.close(&what, got.log_likelihood, &want["log_likelihood"]);
        cases.close(&what, got.log_likelihood_null, &want["log_likelihood_null"]);
        // Each one's influence: together 0, their squares the covariance.
        for (j, influence) in got.influence.iter().enumerate() {
            let sum: f64 = (0..frame.n()).map(|i| weights.get(i) * influence[i]).sum();
            assert!(sum.abs() < 1e-10, "{what}: {sum}");
            let square = |i: usize| weights.get(i) * influence[i] * influence[i];
            let variance: f64 = (0..frame.n()).map(square).sum();
            assert!((variance / got.covariance[[j, j]] - 1.0).abs() < 1e-12, "{what}");
        }
    });
}

/// With groups of censoring, where crr is no witness, the derivative by each weight is: the
/// influence comes much nearer to it than η alone, that of known weights, would.
#[test]
fn influence_is_nearly_the_derivative_with_and_without_groups() {
    const SCALE: u32 = 1_000;
    let cases = Cases::read();
    let frame = cases.frame("lung");
    let columns = columns(frame, &["arm"]);
    let by_arm: Vec<u32> = frame.arms.iter().map(|arm| u32::from(*arm == Arm::Control)).collect();
    for groups in [None, Some(by_arm.as_slice())] {
        let data = FineGrayData { censoring_groups: groups, ..data(frame, &columns, Cause::Event) };
        let got = fine_gray(&data, CaseWeights::Once).expect("a fit");
        let at = |i: usize, weight: u32| {
            let mut weights = vec![SCALE; frame.n()];
            weights[i] = weight;
            let weights = CaseWeights::Frequency(FrequencyWeights(&weights));
            fine_gray(&data, weights).expect("a fit").coefficients[0]
        };
        let mut squares = 0.0;
        for i in 0..frame.n() {
            let slope = (at(i, SCALE + 20) - at(i, SCALE - 20)) * f64::from(SCALE) / 40.0;
            let off = slope - got.influence[0][i];
            squares += off * off;
        }
        assert!(squares < 1e-4 * got.covariance[[0, 0]], "{squares:e}");
    }
}

fn arm_fit(frame: &Frame, weights: CaseWeights<'_>, cause: Cause) -> FineGrayFit {
    fine_gray(&data(frame, &columns(frame, &["arm"]), cause), weights).expect("a fit")
}

#[test]
fn doubling_relabelling_and_units_do_what_they_should() {
    let cases = Cases::read();
    let frame = cases.frame("colon");
    let once = arm_fit(frame, CaseWeights::Once, Cause::Event);
    let twos = vec![2; frame.n()];
    let twice = CaseWeights::Frequency(FrequencyWeights(&twos));
    let twice = arm_fit(frame, twice, Cause::Event);
    assert!((twice.coefficients[0] - once.coefficients[0]).abs() < 1e-12);
    assert!((2.0 * twice.covariance[[0, 0]] / once.covariance[[0, 0]] - 1.0).abs() < 1e-12);
    let inverse = |fit: &FineGrayFit| fit.inverse_information[[0, 0]];
    assert!((2.0 * inverse(&twice) / inverse(&once) - 1.0).abs() < 1e-12);
    assert!((twice.n_events - 2.0 * once.n_events).abs() <= 0.0);
    // The other label, and another unit far from 0.
    let arm = &frame.covariates["arm"];
    let of = |column: Vec<f64>| {
        fine_gray(&data(frame, &[&column], Cause::Event), CaseWeights::Once).expect("a fit")
    };
    let other = of(arm.iter().map(|z| 1.0 - z).collect());
    assert!((other.coefficients[0] + once.coefficients[0]).abs() < 1e-12);
    let thousandth = of(arm.iter().map(|z| 5_000.0 + 1_000.0 * z).collect());
    assert!((1_000.0 * thousandth.coefficients[0] - once.coefficients[0]).abs() < 1e-12);
    // Permuted rows, and the causes coded the other way.
    let endings = exchanged(&frame.endings);
    let column = [arm.as_slice()];
    let coded = FineGrayData { endings: &endings, ..data(frame, &column, Cause::Competing) };
    assert_eq!(fine_gray(&coded, CaseWeights::Once), Ok(once.clone()));
    let other_cause = arm_fit(frame, CaseWeights::Once, Cause::Competing);
    assert!((other_cause.coefficients[0] - once.coefficients[0]).abs() > 0.1);
    let reversed = |i: usize| frame.n() - 1 - i;
    let days: Vec<i32> = (0..frame.n()).map(|i| frame.days[reversed(i)]).collect();
    let endings: Vec<Ending> = (0..frame.n()).map(|i| frame.endings[reversed(i)]).collect();
    let arm: Vec<f64> = (0..frame.n()).map(|i| arm[reversed(i)]).collect();
    let column = [arm.as_slice()];
    let rows =
        FineGrayData { days: &days, endings: &endings, ..data(frame, &column, Cause::Event) };
    let rows = fine_gray(&rows, CaseWeights::Once).expect("a fit");
    assert!((rows.coefficients[0] - once.coefficients[0]).abs() < 1e-12);
    assert!((rows.influence[0][0] - once.influence[0][frame.n() - 1]).abs() < 1e-12);
}

/// A competing exit stays at risk and is no censoring: both other readings give other numbers.
#[test]
fn a_competing_exit_is_neither_event_nor_censoring_here() {
    let cases = Cases::read();
    let frame = cases.frame("mgus2");
    let column = columns(frame, &["arm"]);
    let with = |ending: Ending| {
        let recode = |e: &Ending| if *e == Ending::Competing { ending } else { *e };
        let endings: Vec<Ending> = frame.endings.iter().map(recode).collect();
        let data = FineGrayData { endings: &endings, ..data(frame, &column, Cause::Event) };
        fine_gray(&data, CaseWeights::Once).expect("a fit").coefficients[0]
    };
    let kept = with(Ending::Competing);
    assert!((with(Ending::Event) - kept).abs() > 0.01);
    assert!((with(Ending::Censored) - kept).abs() > 0.01);
    // Without any censoring the competing exits stay at risk for ever with weight 1: as if they
    // were followed beyond the last day.
    let endings: Vec<Ending> = (0..frame.n())
        .map(|i| if frame.endings[i] == Ending::Event { Ending::Event } else { Ending::Competing })
        .collect();
    let days: Vec<i32> = (0..frame.n())
        .map(|i| if endings[i] == Ending::Event { frame.days[i] } else { i32::MAX })
        .collect();
    let early = FineGrayData { endings: &endings, ..data(frame, &column, Cause::Event) };
    let late = FineGrayData { days: &days, ..early };
    let fit = |data: &FineGrayData<'_>| fine_gray(data, CaseWeights::Once).expect("a fit");
    let (early, late) = (fit(&early), fit(&late));
    assert!((early.coefficients[0] - late.coefficients[0]).abs() < 1e-12);
    assert!((early.covariance[[0, 0]] / late.covariance[[0, 0]] - 1.0).abs() < 1e-10);
}

#[test]
fn fine_gray_says_why_there_is_no_fit() {
    let cases = Cases::read();
    let why = |frame: &str, names: &[&str], cause| {
        let frame = cases.frame(frame);
        fine_gray(&data(frame, &columns(frame, names), cause), CaseWeights::Once).expect_err("none")
    };
    let monotone = FineGrayError::Monotone { column: 0 };
    assert_eq!(why("an arm without events", &["arm"], Cause::Competing), monotone);
    assert_eq!(why("an arm without any exit", &["arm"], Cause::Event), monotone);
    assert_eq!(why("all censored", &["arm"], Cause::Event), FineGrayError::NoEvents);
    assert_eq!(why("no competing exits", &["arm"], Cause::Competing), FineGrayError::NoEvents);
    let twice = FineGrayError::Collinear { column: 1 };
    assert_eq!(why("colon", &["x1", "x1"], Cause::Event), twice);
    assert_eq!(why("colon", &[], Cause::Event), FineGrayError::NoColumns);
    let frame = cases.frame("colon");
    let with = |column: &[f64], weights| {
        fine_gray(&data(frame, &[column], Cause::Event), weights).expect_err("none")
    };
    let constant = vec![0.1; frame.n()];
    assert_eq!(with(&constant, CaseWeights::Once), FineGrayError::Collinear { column: 0 });
    let mut missing = frame.covariates["x1"].clone();
    missing[3] = f64::NAN;
    let not_finite = FineGrayError::NotFinite { column: 0, position: 3 };
    assert_eq!(with(&missing, CaseWeights::Once), not_finite);
    assert_eq!(with(&constant[1..], CaseWeights::Once), FineGrayError::Shape);
    let ones = vec![1.0; frame.n()];
    let sampling = CaseWeights::Sampling(SamplingWeights::new(&ones).expect("weights"));
    assert_eq!(with(&frame.covariates["x1"], sampling), FineGrayError::SamplingWeights);
    let zeros = vec![0; frame.n()];
    let nobody = CaseWeights::Frequency(FrequencyWeights(&zeros));
    assert_eq!(with(&frame.covariates["x1"], nobody), FineGrayError::NoParticipants);
}
