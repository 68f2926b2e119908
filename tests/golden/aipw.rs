//! Reference values of augmented inverse-probability weighting.

use ips_eval::estimate::aipw::{OutcomeModel, aipw_cross_fitted};

use super::case::each_case;
use super::lasso::covariates;

fn check(kind: &str, model: OutcomeModel) {
    each_case("aipw", kind, |case| {
        let (drawn, x) = (case.drawn(), covariates(case));
        let folds = case.positions("folds");
        let got = aipw_cross_fitted(&drawn.sample(), x.view(), &folds, model, case.level());
        let got = got.expect("an effect");
        case.assert("separated", got.separated as f64);
        case.assert("estimate", got.estimate);
        case.assert("std_error", got.std_error);
        case.assert("p_value", got.p_value);
        case.assert_limits(got.interval);
        case.assert_each("influence", &got.influence);
    });
}

#[test]
fn logistic_nuisances_agree_with_glm() {
    check("logistic", OutcomeModel::Logistic);
}

#[test]
fn lasso_nuisances_agree_with_glmnet() {
    check("lasso", OutcomeModel::Lasso);
}
