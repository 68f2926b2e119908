//! Reference values of quantiles by arm.

use ips_eval::estimate::quantile_effect::{Probability, QuantileEstimate, quantile_difference};
use serde_json::Value;

use super::case::{Case, each_case};
use super::number;

fn check_arm(case: &Case<'_>, got: &QuantileEstimate, want: &Value) {
    case.assert_is("arm", got.estimate, &want["estimate"]);
    assert_eq!(got.limits.is_err(), number(&want["l"]).is_nan(), "{}", case.name());
    if let Ok(limits) = got.limits {
        case.assert_is("rank", limits.lower_rank as f64, &want["l"]);
        case.assert_is("rank", limits.upper_rank as f64, &want["u"]);
        case.assert_is("lower", limits.interval.lower, &want["lower"]);
        case.assert_is("upper", limits.interval.upper, &want["upper"]);
        case.assert_is("coverage", limits.coverage, &want["coverage"]);
    }
}

#[test]
fn quantiles_agree_with_r() {
    each_case("quantile_effect", "quantiles", |case| {
        let probability = Probability::new(number(case.input("probability"))).unwrap();
        let outcomes = case.by_arm();
        let outcomes = outcomes.as_ref().map(Vec::as_slice);
        let got = quantile_difference(outcomes, probability, case.level()).unwrap();
        case.assert("estimate", got.estimate);
        check_arm(case, &got.arms.intervention, &case.want("arms")[0]);
        check_arm(case, &got.arms.control, &case.want("arms")[1]);
        assert_eq!(got.interval.is_err(), number(case.want("lower")).is_nan(), "{}", case.name());
        if let Ok(interval) = got.interval {
            case.assert_limits(interval);
        }
    });
}
