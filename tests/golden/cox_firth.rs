//! Firth's penalty against a numerical maximum of the penalised likelihood.

use ips_eval::numeric::elementary::{exp, ln};
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::weights::CaseWeights;
use ips_eval::survival::cox::{CoxData, CoxError, Penalty, Settings, SortedCox, Ties};

use super::cox_case::{Input, methods, of_kind};
use super::{Reference, number, numbers};

fn firth(ties: Ties) -> Settings<'static> {
    Settings { ties, penalty: Penalty::Firth, start: None }
}

/// Richardson's derivatives give the coefficients to about this.
fn close(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() <= 1e-7 * (1.0 + want.abs()), "{what}: {got:e} {want:e}");
}

#[test]
fn estimates_and_limits_are_the_numerical_ones() {
    let reference = Reference::read("cox");
    let level = ConfidenceLevel::new(0.95).unwrap();
    let mut n = 0;
    for (name, case) in of_kind(&reference.cases, "firth") {
        let input = Input::read(&case["input"]);
        let sorted = input.sorted();
        for (method, ties, want) in methods(&case["want"]) {
            let what = format!("{name}, {method}");
            let fit = sorted.fit(input.weights(), &firth(ties)).expect(&what);
            for (got, want) in fit.coefficients.iter().zip(numbers(&want["coefficients"])) {
                close(*got, want, &what);
            }
            reference.assert_close(&what, fit.log_likelihood_at_zero, &want["log_likelihood"][0]);
            reference.assert_close(&what, fit.log_likelihood, &want["log_likelihood"][1]);
            let limits = sorted.profile_limits(&fit, input.weights(), 0, level).expect(&what);
            close(limits.lower, number(&want["lower"]), &what);
            close(limits.upper, number(&want["upper"]), &what);
            let test = sorted.profile_test(&fit, input.weights(), 0).expect(&what);
            close(test.statistic, number(&want["profile_test"]), &what);
            n += 1;
        }
    }
    assert_eq!(n, 8);
}

#[test]
fn one_event_between_two_people_has_a_closed_form() {
    // log L* = 3/2 log p + 1/2 log(1 − p), p = 1 / (1 + exp(−β)): p = 3/4.
    let data = CoxData {
        entries: None,
        days: &[1, 2],
        events: &[true, false],
        columns: &[&[1.0, 0.0]],
        strata: None,
    };
    let sorted = SortedCox::new(&data).unwrap();
    let plain = sorted.fit(CaseWeights::Once, &Settings::default()).map(|fit| fit.iterations);
    assert_eq!(plain, Err(CoxError::MonotoneLikelihood { column: 0 }));
    for ties in [Ties::Efron, Ties::Breslow] {
        let fit = sorted.fit(CaseWeights::Once, &firth(ties)).unwrap();
        assert!((exp(fit.coefficients[0]) - 3.0).abs() < 1e-10, "{fit:?}");
        let want = 1.5 * ln(0.75) + 0.5 * ln(0.25);
        assert!((fit.log_likelihood - want).abs() < 1e-12);
        assert!((fit.covariance[[0, 0]] - 16.0 / 3.0).abs() < 1e-8);
    }
    let refused = sorted.fit(CaseWeights::Once, &firth(Ties::Exact)).map(|fit| fit.iterations);
    assert_eq!(refused, Err(CoxError::NotWithExactTies));
}
