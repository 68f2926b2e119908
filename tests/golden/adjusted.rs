//! Reference values of adjusted effects.

use ips_eval::estimate::adjusted::{
    AdjustedEffect, Clusters, lin, ols_adjusted, ols_adjusted_clustered,
};
use ips_eval::estimate::covariates::{AdjustedSample, Covariate, MergedStratum, Omission};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::standardised::{
    AssignmentShare, Standardised, StandardisedContrasts, logit_standardised,
};
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::robust::Robust;
use ips_eval::numeric::weights::SamplingWeights;
use ips_eval::trial::arm::Arm;
use serde_json::{Value, json};

use super::{Reference, numbers};

const ROBUST: [(&str, Robust); 4] =
    [("hc0", Robust::Hc0), ("hc1", Robust::Hc1), ("hc2", Robust::Hc2), ("hc3", Robust::Hc3)];

/// A case's data, owned.
struct Drawn {
    outcomes: Vec<f64>,
    arms: Vec<Arm>,
    strata: Vec<usize>,
    n_strata: usize,
    columns: Vec<Column>,
    weights: Option<Vec<f64>>,
    clusters: Option<Vec<usize>>,
}

enum Column {
    Numeric(Vec<f64>),
    Codes(Vec<usize>, usize),
}

fn codes(value: &Value) -> Vec<usize> {
    serde_json::from_value(value.clone()).expect("whole numbers")
}

impl Drawn {
    fn of(case: &Value) -> Self {
        let arm = |&code: &usize| if code == 1 { Arm::Intervention } else { Arm::Control };
        let columns = case["covariates"].as_array().expect("a list").iter();
        Self {
            outcomes: numbers(&case["y"]),
            arms: codes(&case["arm"]).iter().map(arm).collect(),
            strata: codes(&case["strata"]),
            n_strata: serde_json::from_value(case["n_strata"].clone()).expect("a number"),
            columns: columns
                .map(|column| {
                    if let Some(values) = column.get("numeric") {
                        return Column::Numeric(numbers(values));
                    }
                    let n = serde_json::from_value(column["n_levels"].clone());
                    Column::Codes(codes(&column["codes"]), n.expect("a number"))
                })
                .collect(),
            weights: case.get("weights").map(numbers),
            clusters: case.get("clusters").map(codes),
        }
    }

    fn with<T>(&self, check: impl FnOnce(AdjustedSample<'_>) -> T) -> T {
        let covariates: Vec<Covariate<'_>> = self
            .columns
            .iter()
            .map(|column| match column {
                Column::Numeric(values) => Covariate::Numeric(values),
                Column::Codes(codes, n_levels) => {
                    Covariate::Categorical { codes, n_levels: *n_levels }
                }
            })
            .collect();
        let sample = StratifiedSample::new(&self.outcomes, &self.arms, &self.strata, self.n_strata)
            .expect("a sample");
        let weights =
            self.weights.as_deref().map(|weights| SamplingWeights::new(weights).expect("a sample"));
        check(AdjustedSample::new(sample, &covariates, weights).expect("a sample"))
    }
}

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

struct Case<'a> {
    reference: &'a Reference,
    case: &'a Value,
}

impl Case<'_> {
    /// What is wanted of a method; none where the case is not about it.
    fn wants(&self, method: &str) -> bool {
        self.case["want"].get(method).is_some()
    }

    #[track_caller]
    fn assert(&self, method: &str, statistic: &str, got: f64) {
        let what = format!("{} {method}: {statistic}", self.case["name"]);
        self.reference.assert_close(&what, got, &self.case["want"][method][statistic]);
    }

    #[track_caller]
    fn assert_effect(&self, method: &str, got: &AdjustedEffect) {
        let inference = got.inference.expect("a standard error");
        self.assert(method, "estimate", got.estimate);
        self.assert(method, "std_error", inference.std_error);
        self.assert(method, "df", got.df);
        self.assert(method, "p_value", inference.p_value);
        self.assert(method, "lower", inference.interval.lower);
        self.assert(method, "upper", inference.interval.upper);
        self.assert_named(method, &got.omissions, &got.merged_strata);
    }

    #[track_caller]
    fn assert_named(&self, method: &str, omissions: &[Omission], merged: &[MergedStratum]) {
        let named: Vec<Value> = omissions
            .iter()
            .map(|o| {
                let level = o.level.map_or(json!(-1), |level| json!(level));
                json!([o.covariate, level, format!("{:?}", o.reason)])
            })
            .collect();
        assert_eq!(json!(named), self.case["omissions"], "{} {method}", self.case["name"]);
        let named: Vec<Value> =
            merged.iter().map(|m| json!([m.stratum, format!("{:?}", m.reason)])).collect();
        assert_eq!(json!(named), self.case["merged"], "{} {method}", self.case["name"]);
    }

    #[track_caller]
    fn assert_contrasts(&self, method: &str, risks: [f64; 2], got: &StandardisedContrasts) {
        self.assert(method, "risk_intervention", risks[0]);
        self.assert(method, "risk_control", risks[1]);
        self.assert(method, "se_intervention", got.std_errors.intervention);
        self.assert(method, "se_control", got.std_errors.control);
        self.assert(method, "difference_estimate", got.difference.estimate);
        self.assert(method, "difference_std_error", got.difference.std_error);
        self.assert(method, "difference_lower", got.difference.interval.lower);
        self.assert(method, "difference_upper", got.difference.interval.upper);
        for (name, ratio) in [("risk_ratio", got.risk_ratio), ("odds_ratio", got.odds_ratio)] {
            let ratio = ratio.expect("risks between 0 and 1");
            self.assert(method, &format!("{name}_estimate"), ratio.estimate);
            self.assert(method, &format!("{name}_std_error"), ratio.log_std_error);
            self.assert(method, &format!("{name}_lower"), ratio.interval.lower);
            self.assert(method, &format!("{name}_upper"), ratio.interval.upper);
        }
    }

    #[track_caller]
    fn assert_standardised(&self, simple: &str, stratified: &str, got: &Standardised) {
        let risks = [got.risks.intervention, got.risks.control];
        self.assert_contrasts(simple, risks, &got.simple);
        if self.wants(stratified) {
            self.assert_contrasts(stratified, risks, &got.stratified.expect("a variance"));
        } else {
            assert!(self.case.get("weights").is_some() && got.stratified.is_err());
        }
        self.assert_named(simple, &got.omissions, &got.merged_strata);
    }
}

/// Runs `check` on the cases about `method`; there must be `at_least` so many.
fn each_case(method: &str, at_least: usize, check: impl Fn(&Case<'_>, &Drawn)) {
    let reference = Reference::read("adjusted");
    let mut found = 0;
    for case in &reference.cases {
        let case = Case { reference: &reference, case };
        if case.wants(method) {
            found += 1;
            check(&case, &Drawn::of(case.case));
        }
    }
    assert!(found >= at_least, "{found} cases of {method}");
}

#[test]
fn ols_adjusted_agrees_with_estimatr_for_every_variance() {
    for (name, robust) in ROBUST {
        let method = format!("ols_{name}");
        each_case(&method, 10, |case, drawn| {
            let got = drawn.with(|data| ols_adjusted(&data, robust, level())).unwrap();
            case.assert_effect(&method, &got);
        });
    }
}

#[test]
fn clustered_errors_agree_with_estimatr_and_club_sandwich() {
    each_case("cr2", 5, |case, drawn| {
        let codes = drawn.clusters.as_deref().expect("clusters");
        let mut named = codes.to_vec();
        named.sort_unstable();
        named.dedup();
        let clusters = Clusters { codes, n_named: named.len() };
        let got = drawn.with(|data| ols_adjusted_clustered(&data, clusters, level())).unwrap();
        assert_eq!((got.n_clusters, got.n_named), (named.len(), named.len()));
        case.assert_effect("cr2", &got.effect);
    });
}

#[test]
fn lin_agrees_with_estimatr_for_every_variance() {
    for (name, robust) in ROBUST {
        let method = format!("lin_{name}");
        each_case(&method, 10, |case, drawn| {
            let got = drawn.with(|data| lin(&data, robust, level())).unwrap();
            case.assert_effect(&method, &got);
        });
    }
}

#[test]
fn the_standardised_logit_agrees_with_glm_and_the_formulas() {
    for (simple, stratified, share) in [
        ("logit_overall", "ye_overall", AssignmentShare::Overall),
        ("logit_by_stratum", "ye_by_stratum", AssignmentShare::ByStratum),
    ] {
        each_case(simple, 10, |case, drawn| {
            let got = drawn.with(|data| logit_standardised(&data, share, level())).unwrap();
            case.assert_standardised(simple, stratified, &got);
        });
    }
}

#[test]
fn statsmodels_and_dense_matrices_say_the_same() {
    let (r, python) = (Reference::read("adjusted"), Reference::read("adjusted_python"));
    assert!(python.cases.len() > 10);
    for case in &python.cases {
        let data = r.cases.iter().find(|other| other["name"] == case["name"]).expect("its data");
        let (case, drawn) = (Case { reference: &python, case }, Drawn::of(data));
        let check = |method: &str, got: &AdjustedEffect| {
            case.assert(method, "estimate", got.estimate);
            case.assert(method, "std_error", got.inference.unwrap().std_error);
            case.assert(method, "df", got.df);
        };
        for (name, robust) in ROBUST {
            let method = format!("ols_{name}");
            if case.wants(&method) {
                check(&method, &drawn.with(|data| ols_adjusted(&data, robust, level())).unwrap());
            }
            let method = format!("lin_{name}");
            if case.wants(&method) {
                check(&method, &drawn.with(|data| lin(&data, robust, level())).unwrap());
            }
        }
        if case.wants("cr2") {
            let clusters = Clusters { codes: drawn.clusters.as_deref().unwrap(), n_named: 9 };
            let got = drawn.with(|data| ols_adjusted_clustered(&data, clusters, level()));
            check("cr2", &got.unwrap().effect);
        }
        if case.wants("logit_overall") {
            let share = AssignmentShare::Overall;
            let got = drawn.with(|data| logit_standardised(&data, share, level())).unwrap();
            case.assert("logit_overall", "risk_intervention", got.risks.intervention);
            case.assert("logit_overall", "risk_control", got.risks.control);
            let error = got.simple.difference.std_error;
            case.assert("logit_overall", "difference_std_error", error);
        }
    }
}
