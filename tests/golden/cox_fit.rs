//! Cox regression: coefficients, covariances, tests and influence against R's `coxph`.

use ips_eval::numeric::weights::{CaseWeights, FrequencyWeights, SamplingWeights};
use ips_eval::survival::cox::{
    CoxData, CoxError, CoxFit, Penalty, Settings, SortedCox, Ties, likelihood_ratio,
};
use serde_json::Value;

use super::cox_case::{Input, methods, of_kind, whole};
use super::{Reference, number};

fn settings(ties: Ties) -> Settings<'static> {
    Settings { ties, ..Settings::default() }
}

fn assert_all<'a>(
    reference: &Reference,
    what: &str,
    got: impl IntoIterator<Item = &'a f64>,
    want: &Value,
) {
    let got: Vec<f64> = got.into_iter().copied().collect();
    assert_eq!(got.len(), want.as_array().expect("a list").len(), "{what}");
    for (i, got) in got.into_iter().enumerate() {
        reference.assert_close(&format!("{what} {i}"), got, &want[i]);
    }
}

#[test]
fn fits_are_coxphs() {
    let reference = Reference::read("cox");
    let mut n = 0;
    for (name, case) in of_kind(&reference.cases, "fit") {
        let input = Input::read(&case["input"]);
        let sorted = input.sorted();
        for (method, ties, want) in methods(&case["want"]) {
            let what = format!("{name}, {method}");
            let fit = sorted.fit(input.weights(), &settings(ties)).expect(&what);
            assert_all(&reference, &format!("{what}: b"), &fit.coefficients, &want["coefficients"]);
            assert_all(&reference, &format!("{what}: V"), &fit.covariance, &want["covariance"]);
            let model = format!("{what}: model V");
            assert_all(&reference, &model, &fit.model_covariance, &want["model_covariance"]);
            reference.assert_close(&what, fit.log_likelihood_at_zero, &want["log_likelihood"][0]);
            reference.assert_close(&what, fit.log_likelihood, &want["log_likelihood"][1]);
            reference.assert_close(&what, fit.tests.wald.statistic, &want["wald"]);
            let score = fit.tests.score.expect(&what).statistic;
            if input.sampling.is_some() {
                reference.assert_close(&what, score, &want["robust_score"]);
                assert!(fit.tests.likelihood_ratio.is_none());
            } else {
                reference.assert_close(&what, score, &want["score"]);
                let gain = number(&want["log_likelihood"][1]) - number(&want["log_likelihood"][0]);
                let ratio = fit.tests.likelihood_ratio.expect("a likelihood").statistic;
                assert!((ratio - 2.0 * gain).abs() < 1e-8, "{what}");
            }
            reference.assert_close(&what, fit.n_events, &want["n_events"]);
            n += 1;
        }
    }
    assert!(n > 45, "{n}");
}

#[test]
fn influence_and_robust_covariances_are_coxphs() {
    let reference = Reference::read("cox");
    let (mut n, mut n_clustered) = (0, 0);
    for (name, case) in of_kind(&reference.cases, "fit") {
        let input = Input::read(&case["input"]);
        let sorted = input.sorted();
        for (method, ties, want) in methods(&case["want"]) {
            let what = format!("{name}, {method}");
            let fit = sorted.fit(input.weights(), &settings(ties)).expect(&what);
            if ties == Ties::Exact {
                let refused = sorted.dfbeta(&fit, input.weights());
                assert_eq!(refused.unwrap_err(), CoxError::NotWithExactTies);
                continue;
            }
            let scores = sorted.score_residuals(&fit, input.weights()).expect(&what);
            let influence = sorted.dfbeta(&fit, input.weights()).expect(&what);
            let rows = whole::<usize>(&case["input"]["with_rows"]);
            for (at, row) in rows.into_iter().enumerate() {
                assert_all(&reference, &what, scores.row(row), &want["score_residuals"][at]);
                assert_all(&reference, &what, influence.row(row), &want["influence"][at]);
                n += 1;
            }
            let robust = sorted.robust_covariance(&fit, input.weights(), None).expect(&what);
            assert_all(&reference, &format!("{what}: robust"), &robust, &want["robust"]);
            if let Some(clusters) = &input.clusters {
                let robust = sorted.robust_covariance(&fit, input.weights(), Some(clusters));
                let robust = robust.expect(&what);
                assert_all(&reference, &format!("{what}: clusters"), &robust, &want["clustered"]);
                n_clustered += 1;
            }
        }
    }
    assert!(n > 5000 && n_clustered >= 8, "{n} {n_clustered}");
}

/// Days, events and arm of a few participants.
fn small(days: &[i32], events: &[bool], arm: &[f64]) -> Result<SortedCox, CoxError> {
    SortedCox::new(&CoxData { entries: None, days, events, columns: &[arm], strata: None })
}

#[test]
fn two_events_have_a_closed_form() {
    // Arms 1, 0, 1 at risk of the first event, of someone in arm 1; 0 and 1 of the second, in arm 0:
    // u / (1 + 2u) = 1 / (1 + u)·…: log L = β − log(1 + 2u) − log(1 + u), so 1 = 2u² at the maximum.
    let sorted = small(&[1, 2, 3], &[true, true, false], &[1.0, 0.0, 1.0]).unwrap();
    for ties in [Ties::Efron, Ties::Breslow, Ties::Exact] {
        let fit = sorted.fit(CaseWeights::Once, &settings(ties)).unwrap();
        let want = -0.5 * std::f64::consts::LN_2;
        assert!((fit.coefficients[0] - want).abs() < 1e-14, "{fit:?}");
        let u = 0.5_f64.sqrt();
        let information =
            2.0 * u / ((1.0 + 2.0 * u) * (1.0 + 2.0 * u)) + u / ((1.0 + u) * (1.0 + u));
        assert!((fit.covariance[[0, 0]] * information - 1.0).abs() < 1e-12);
    }
}

#[test]
fn what_has_no_estimate_is_named() {
    let fit = |days: &[i32], events: &[bool], arm: &[f64], ties| {
        small(days, events, arm)?
            .fit(CaseWeights::Once, &settings(ties))
            .map(|fit| fit.coefficients)
    };
    let (days, arm) = ([0, 0, 2, 2, 5, 6], [1.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    let in_control = [false, true, false, true, true, false];
    for ties in [Ties::Efron, Ties::Breslow, Ties::Exact] {
        let got = fit(&days, &in_control, &arm, ties);
        assert_eq!(got, Err(CoxError::MonotoneLikelihood { column: 0 }), "{ties:?}");
        assert_eq!(fit(&days, &[false; 6], &arm, ties), Err(CoxError::NoEvents));
        let everyone = [1.0; 6];
        let got = fit(&days, &in_control, &everyone, ties);
        assert_eq!(got, Err(CoxError::Collinear { column: 0 }));
    }
    assert_eq!(fit(&[], &[], &[], Ties::Efron), Err(CoxError::NoParticipants));
    let not_finite = [1.0, f64::NAN, 0.0, 0.0, 0.0, 0.0];
    let got = fit(&days, &in_control, &not_finite, Ties::Efron);
    assert_eq!(got, Err(CoxError::NotFinite { column: 0 }));
    // The events of the treated are the last, with nobody else at risk.
    let got = fit(&[1, 2, 3, 4], &[true; 4], &[0.0, 0.0, 1.0, 1.0], Ties::Efron);
    assert_eq!(got, Err(CoxError::MonotoneLikelihood { column: 0 }));
}

#[test]
fn weights_that_leave_nothing_are_named() {
    let arm = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0];
    let sorted = small(&[0, 0, 2, 2, 5, 6], &[true, true, true, false, true, false], &arm).unwrap();
    let mut scratch = ips_eval::survival::cox::CoxScratch::default();
    let mut fit = |weights: [u32; 6], ties| {
        let weights = CaseWeights::Frequency(FrequencyWeights(&weights));
        sorted.fit_in(weights, &settings(ties), &mut scratch).map(|fit| fit.n_events)
    };
    for ties in [Ties::Efron, Ties::Breslow, Ties::Exact] {
        assert_eq!(fit([0; 6], ties), Err(CoxError::NoParticipants));
        assert_eq!(fit([0, 0, 0, 3, 0, 3], ties), Err(CoxError::NoEvents));
        assert_eq!(fit([0, 2, 0, 2, 2, 0], ties), Err(CoxError::Collinear { column: 0 }));
        let without_events = fit([0, 2, 0, 2, 2, 1], ties);
        assert_eq!(without_events, Err(CoxError::MonotoneLikelihood { column: 0 }));
        assert_eq!(fit([1; 6], ties), Ok(4.0));
    }
}

/// Participants with three covariates and many ties, the same on every machine.
fn many(n: usize) -> (Vec<i32>, Vec<bool>, [Vec<f64>; 3]) {
    let mut state = 12_345_u64;
    let mut draw = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i32::try_from(state >> 33).expect("31 bits")
    };
    let days = (0..n).map(|_| draw() % 997 % 40).collect();
    let events = (0..n).map(|_| draw() % 1000 < 600).collect();
    let columns = [(); 3].map(|()| (0..n).map(|_| f64::from(draw() % 991 % 8)).collect());
    (days, events, columns)
}

fn fit_of(data: &CoxData<'_>, ties: Ties) -> Result<CoxFit, CoxError> {
    SortedCox::new(data)?.fit(CaseWeights::Once, &settings(ties))
}

#[test]
fn separation_in_a_combination_is_found_and_a_large_effect_is_none() {
    let (days, mut events, columns) = many(200);
    // Whoever has the event is the highest in x₀ − x₁ of all who are left.
    let height = |i: usize| columns[0][i] - columns[1][i];
    for i in 0..200 {
        let at_risk = (0..200).filter(|&j| days[j] >= days[i]);
        let highest = at_risk.map(height).fold(f64::NEG_INFINITY, f64::max);
        events[i] = events[i] && height(i) >= highest;
    }
    let slices = [columns[0].as_slice(), &columns[1], &columns[2]];
    let mut data =
        CoxData { entries: None, days: &days, events: &events, columns: &slices, strata: None };
    for ties in [Ties::Efron, Ties::Breslow, Ties::Exact] {
        let got = fit_of(&data, ties).map(|fit| fit.coefficients);
        assert!(matches!(got, Err(CoxError::MonotoneLikelihood { column: 0 | 1 })), "{got:?}");
    }
    // One more event, of the lowest while the highest are at risk: a large effect, but an effect.
    let lowest = (0..200).filter(|&i| days[i] < 3).min_by(|&i, &j| height(i).total_cmp(&height(j)));
    let mut once_more = events.clone();
    once_more[lowest.unwrap()] = true;
    data.events = &once_more;
    let fit = fit_of(&data, Ties::Efron).expect("an estimate");
    assert!(fit.coefficients.iter().any(|b| b.abs() > 0.2), "{fit:?}");
}

#[test]
fn linear_combinations_are_named() {
    let (days, events, columns) = many(150);
    let sum: Vec<f64> =
        columns[0].iter().zip(&columns[2]).map(|(a, b)| 3.0 * a - b / 7.0).collect();
    let slices = [columns[0].as_slice(), &columns[1], &columns[2], &sum];
    let data =
        CoxData { entries: None, days: &days, events: &events, columns: &slices, strata: None };
    let got = fit_of(&data, Ties::Efron).map(|fit| fit.iterations);
    assert_eq!(got, Err(CoxError::Collinear { column: 3 }));
}

#[test]
fn units_strata_starts_and_copies() {
    let (days, events, columns) = many(300);
    let slices = [columns[0].as_slice(), &columns[1]];
    let data =
        CoxData { entries: None, days: &days, events: &events, columns: &slices, strata: None };
    for ties in [Ties::Efron, Ties::Breslow, Ties::Exact] {
        let fit = fit_of(&data, ties).unwrap();
        // The other arm's name, another unit, a far origin.
        let other: Vec<f64> = columns[0].iter().map(|x| 1e6 - x * 1e-3).collect();
        let moved = [other.as_slice(), &columns[1]];
        let got = fit_of(&CoxData { columns: &moved, ..data }, ties).unwrap();
        assert!((got.coefficients[0] * 1e-3 + fit.coefficients[0]).abs() < 1e-9, "{got:?}");
        assert!((got.coefficients[1] - fit.coefficients[1]).abs() < 1e-9);
        // One stratum, entries before everything, and a start change nothing.
        let (strata, entries) = (vec![7; 300], vec![-1; 300]);
        let got = CoxData { strata: Some(&strata), entries: Some(&entries), ..data };
        let start = Settings { start: Some(&[0.3, -0.2]), ..settings(ties) };
        let got = SortedCox::new(&got).unwrap().fit(CaseWeights::Once, &start).unwrap();
        assert!((&got.coefficients - &fit.coefficients).iter().all(|d| d.abs() < 1e-12));
        assert!((&got.covariance - &fit.covariance).iter().all(|d| d.abs() < 1e-12));
        let full = fit.tests.likelihood_ratio.unwrap().statistic;
        let alone = fit_of(&CoxData { columns: &slices[..1], ..data }, ties).unwrap();
        let partial = likelihood_ratio(&fit, &alone).unwrap();
        let first = alone.tests.likelihood_ratio.unwrap().statistic;
        assert!((partial.statistic + first - full).abs() < 1e-10 && partial.df == 1);
    }
    // Twice everyone: with Breslow's ties half the variance and the same estimate. Efron's and
    // the exact likelihood see two tied events where there was one, and move a little.
    let sorted = SortedCox::new(&data).unwrap();
    let twice = vec![2; 300];
    let weights = CaseWeights::Frequency(FrequencyWeights(&twice));
    let (one, two) = (fit_of(&data, Ties::Breslow), sorted.fit(weights, &settings(Ties::Breslow)));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!((&one.coefficients - &two.coefficients).iter().all(|d| d.abs() < 1e-12));
    assert!((&one.covariance / &two.covariance).iter().all(|ratio| (ratio - 2.0).abs() < 1e-10));
}

#[test]
fn the_covariance_of_sampling_weights_is_the_infinitesimal_jackknife() {
    let (days, events, columns) = many(60);
    let slices = [columns[0].as_slice(), &columns[1]];
    let data =
        CoxData { entries: None, days: &days, events: &events, columns: &slices, strata: None };
    let sorted = SortedCox::new(&data).unwrap();
    let weights: Vec<f64> = (0..60).map(|i| 0.4 + f64::from(i % 7)).collect();
    for ties in [Ties::Efron, Ties::Breslow] {
        let fit = |weights: &[f64]| {
            let weights = CaseWeights::Sampling(SamplingWeights::new(weights).unwrap());
            sorted.fit(weights, &settings(ties)).unwrap()
        };
        let here = fit(&weights);
        let mut variance = 0.0;
        for i in 0..60 {
            let moved = |by: f64| {
                let mut moved = weights.clone();
                moved[i] *= 1.0 + by;
                fit(&moved).coefficients[0]
            };
            let slope = (8.0 * (moved(1e-3) - moved(-1e-3)) - (moved(2e-3) - moved(-2e-3))) / 12e-3;
            variance += slope * slope;
        }
        let got = here.covariance[[0, 0]];
        assert!((got / variance - 1.0).abs() < 1e-8, "{got} {variance}");
        let tenfold: Vec<f64> = weights.iter().map(|w| 10.0 * w).collect();
        let other = fit(&tenfold);
        assert!((&other.covariance / &here.covariance).iter().all(|r| (r - 1.0).abs() < 1e-10));
        assert!((&other.coefficients - &here.coefficients).iter().all(|d| d.abs() < 1e-12));
    }
    let exact = SamplingWeights::new(&weights).unwrap();
    for refused in
        [settings(Ties::Exact), Settings { penalty: Penalty::Firth, ..settings(Ties::Efron) }]
    {
        let got = sorted.fit(CaseWeights::Sampling(exact), &refused).map(|fit| fit.iterations);
        assert_eq!(got, Err(CoxError::NotWithSamplingWeights));
    }
}

#[test]
fn too_many_ties_are_refused_at_once() {
    let (_, _, columns) = many(2000);
    let (days, events) = (vec![3; 2000], vec![true; 2000]);
    let got = small(&days, &events, &columns[0]).unwrap();
    let got = got.fit(CaseWeights::Once, &settings(Ties::Exact)).map(|fit| fit.iterations);
    assert_eq!(got, Err(CoxError::TooManyTies));
}
