//! The test of proportional hazards against R's `cox.zph`.

use ips_eval::numeric::weights::{CaseWeights, SamplingWeights};
use ips_eval::survival::cox::{CoxError, Settings, Ties, TimeScale};

use super::cox_case::{Input, methods, of_kind};
use super::{Reference, numbers};

const SCALES: [(&str, TimeScale); 3] =
    [("km", TimeScale::KaplanMeier), ("rank", TimeScale::Rank), ("identity", TimeScale::Identity)];

#[test]
fn tests_and_residuals_are_cox_zphs() {
    let reference = Reference::read("cox");
    let (mut n, mut n_residuals) = (0, 0);
    for (name, case) in of_kind(&reference.cases, "fit") {
        let input = Input::read(&case["input"]);
        let sorted = input.sorted();
        for (method, ties, want) in methods(&case["want"]) {
            if want["zph"].is_null() {
                continue;
            }
            let fit = sorted.fit(input.weights(), &Settings { ties, ..Settings::default() });
            let fit = fit.expect("a fit");
            for (scale, g) in SCALES {
                let what = format!("{name}, {method}, {scale}");
                let got = sorted.proportional_hazards(&fit, input.weights(), g).expect(&what);
                let want = &want["zph"][scale];
                let tests = got.coefficients.iter().chain([&got.global]);
                // R does not add a row for all of a single coefficient.
                let n_rows = want["statistic"].as_array().expect("tests").len();
                for (k, test) in tests.enumerate().take(n_rows) {
                    let test = test.expect(&what);
                    reference.assert_close(&what, test.statistic, &want["statistic"][k]);
                    reference.assert_close(&what, test.p_value, &want["p_value"][k]);
                    n += 1;
                }
                // Residuals: one a participant here, one a copy there, sorted by day and first value.
                let mut rows = Vec::new();
                let residuals = &got.residuals;
                for (i, &participant) in residuals.participants.iter().enumerate() {
                    let copies = input.frequency.as_ref().map_or(1, |f| f[participant]);
                    let values = residuals.values.row(i).to_vec();
                    for _ in 0..copies {
                        rows.push((residuals.days[i], residuals.scale[i], values.clone()));
                    }
                }
                rows.sort_by(|a, b| a.0.cmp(&b.0).then(a.2[0].total_cmp(&b.2[0])));
                let days = numbers(&want["days"]);
                assert_eq!(rows.len(), days.len(), "{what}");
                for (i, (day, scale, values)) in rows.iter().enumerate() {
                    assert!((f64::from(*day) - days[i]).abs() < 1e-9, "{what}");
                    reference.assert_close(&format!("{what}, g"), *scale, &want["scale"][i]);
                    reference.assert_close(&what, values[0], &want["values"][i][0]);
                    n_residuals += 1;
                }
                // The other columns by their sums: rows equal in the first are in any order.
                for k in 1..values_of(&rows) {
                    let sum: f64 = rows.iter().map(|row| row.1 * row.2[k]).sum();
                    let theirs = want["values"].as_array().expect("rows").iter();
                    let theirs: f64 = theirs.zip(&rows).map(|(v, row)| row.1 * numbers(v)[k]).sum();
                    assert!((sum - theirs).abs() <= 1e-8 * (1.0 + theirs.abs()), "{what}");
                }
            }
        }
    }
    assert!(n > 300 && n_residuals > 10_000, "{n} {n_residuals}");
}

fn values_of(rows: &[(i32, f64, Vec<f64>)]) -> usize {
    rows.first().map_or(0, |row| row.2.len())
}

#[test]
fn with_exact_ties_it_is_the_score_test_of_that_likelihood() {
    let reference = Reference::read("cox");
    let mut n = 0;
    for (name, case) in of_kind(&reference.cases, "zph_exact") {
        let input = Input::read(&case["input"]);
        let sorted = input.sorted();
        let settings = Settings { ties: Ties::Exact, ..Settings::default() };
        let fit = sorted.fit(CaseWeights::Once, &settings).expect("a fit");
        let got = sorted.proportional_hazards(&fit, CaseWeights::Once, TimeScale::Identity);
        let got = got.expect("a test");
        for (k, test) in got.coefficients.iter().chain([&got.global]).enumerate() {
            let test = test.expect("time varies");
            reference.assert_close(name, test.statistic, &case["want"]["statistic"][k]);
            n += 1;
        }
    }
    assert_eq!(n, 3);
}

#[test]
fn there_is_no_test_on_a_single_day_nor_with_sampling_weights() {
    let reference = Reference::read("cox");
    let (_, case) = of_kind(&reference.cases, "fit").next().expect("a case");
    let mut input = Input::read(&case["input"]);
    let weights: Vec<f64> = (0..input.days.len()).map(|i| 1.0 + (i % 3) as f64).collect();
    let sampling = CaseWeights::Sampling(SamplingWeights::new(&weights).unwrap());
    let sorted = input.sorted();
    let fit = sorted.fit(sampling, &Settings::default()).unwrap();
    let got = sorted.proportional_hazards(&fit, sampling, TimeScale::Rank).map(|_| ());
    assert_eq!(got, Err(CoxError::NotWithSamplingWeights));
    input.days.fill(4);
    let sorted = input.sorted();
    let settings = Settings { ties: Ties::Breslow, ..Settings::default() };
    let fit = sorted.fit(CaseWeights::Once, &settings).unwrap();
    let got = sorted.proportional_hazards(&fit, CaseWeights::Once, TimeScale::KaplanMeier).unwrap();
    assert!(got.coefficients.iter().all(Option::is_none) && got.global.is_none());
}
