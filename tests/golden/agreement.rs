//! Reference values of the agreement of two reports.

use ips_eval::estimate::agreement::{ReportPairs, agreement};

use super::case::{each_case, position};
use super::{number, numbers};

#[test]
fn agreement_is_that_of_the_delta_method() {
    each_case("agreement", "agreement", |case| {
        let counts: Vec<u64> =
            numbers(case.input("counts")).into_iter().map(|count| position(count) as u64).collect();
        let [both, first_only, second_only, neither] = counts[..] else { panic!("four counts") };
        let pairs = ReportPairs { both, first_only, second_only, neither };
        let got = agreement(pairs, case.level()).unwrap();
        case.assert("observed", got.observed.estimate);
        case.assert("observed_lower", got.observed.interval.lower);
        case.assert("observed_upper", got.observed.interval.upper);
        case.assert("positive", got.positive.unwrap());
        case.assert("negative", got.negative.unwrap());
        let kappa = got.kappa.unwrap();
        case.assert("kappa", kappa.estimate);
        case.assert("expected", kappa.expected);
        case.assert("std_error", kappa.std_error);
        case.assert_limits(kappa.interval);
        case.assert("null_std_error", kappa.null_std_error);
        // Relative alone: a p-value of 1e-149 is not held by a difference. Its relative error is that
        // of z times z², 676 at the most here.
        let want = number(case.want("p_value"));
        let off = (kappa.p_value / want - 1.0).abs();
        assert!(off < 1e-9, "{}: p {:e} for {want:e}", case.name(), kappa.p_value);
    });
}
