//! Numbers held against values that another program computed.
//!
//! Each `tests/reference/<name>.json` is written by the script named inside it.

use serde_json::Value;

mod adjusted;
mod agreement;
mod aipw;
mod amounts;
mod balance;
mod bootstrap;
mod bootstrap_large;
mod case;
mod change;
mod competing;
mod concordance;
mod cox_case;
mod cox_firth;
mod cox_fit;
mod cox_zph;
mod distributions;
mod estimate;
mod fine_gray;
mod formats;
mod heterogeneity;
mod instrument;
mod interval_censored;
mod inverse_covariance_index;
mod lasso;
mod least_squares;
mod lee_bounds;
mod lin_2013;
mod quantile_effect;
mod questionnaire_scores;
pub(crate) mod questionnaires;
mod randomisation;
mod recurrent;
mod reliability;
mod replicates_regression;
mod replicates_survival;
mod resample;
mod resample_units;
mod sets;
mod shrinkage;
mod simulate;
mod standardised_effect;
mod survival;
mod survival_bands;
mod survival_curves;
mod trial;
mod weighted_log_rank;

/// A file of reference values: `generator`, `tolerance` and `cases`.
pub(crate) struct Reference {
    name: String,
    relative: f64,
    absolute: f64,
    pub(crate) cases: Vec<Value>,
}

impl Reference {
    /// Reads `tests/reference/<name>.json`.
    pub(crate) fn read(name: &str) -> Self {
        let path = format!("{}/tests/reference/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("the reference file is there");
        let mut file: Value = serde_json::from_str(&text).expect("the reference file is JSON");
        assert!(file["generator"]["script"].is_string(), "{name}: no script is named");
        let tolerance = &file["tolerance"];
        assert!(tolerance["why"].is_string(), "{name}: the tolerance has no reason");
        let relative = tolerance["relative"].as_f64().expect("a relative tolerance");
        let absolute = tolerance["absolute"].as_f64().unwrap_or(0.0);
        let cases = file["cases"].take();
        let Value::Array(cases) = cases else { panic!("{name}: cases is no list") };
        assert!(!cases.is_empty(), "{name}: no cases");
        Self { name: name.to_owned(), relative, absolute, cases }
    }

    /// The cases of a kind, of which there are some.
    pub(crate) fn of_kind(&self, kind: &str) -> Vec<&Value> {
        let cases: Vec<&Value> = self.cases.iter().filter(|case| case["kind"] == kind).collect();
        assert!(!cases.is_empty(), "{}: no case of kind {kind}", self.name);
        cases
    }

    /// Fails unless `got` is the reference value within the file's tolerance.
    #[track_caller]
    pub(crate) fn assert_close(&self, what: &str, got: f64, want: &Value) {
        let want = number(want);
        let off = (got - want).abs();
        let allowed = self.absolute + self.relative * want.abs();
        let same = got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan());
        assert!(
            same || off <= allowed,
            "{}: {what}: got {got:e}, reference {want:e}, off by {off:e}, allowed {allowed:e}",
            self.name
        );
    }
}

/// A number; R's `NA` and `NaN` are NaN, `Inf` and `-Inf` infinite.
pub(crate) fn number(value: &Value) -> f64 {
    match value {
        Value::Number(n) => n.as_f64().expect("a double"),
        Value::String(s) if s == "Inf" => f64::INFINITY,
        Value::String(s) if s == "-Inf" => f64::NEG_INFINITY,
        Value::String(s) if s == "NA" || s == "NaN" => f64::NAN,
        Value::String(s) => s.parse().expect("a number in text"),
        Value::Null => f64::NAN,
        other => panic!("not a number: {other}"),
    }
}

/// A list of numbers.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

/// A whole number that is not negative.
pub(crate) fn whole(value: &Value) -> u64 {
    value.as_u64().expect("a whole number")
}

/// A list of such numbers.
pub(crate) fn wholes<N: TryFrom<u64>>(value: &Value) -> Vec<N> {
    let list = value.as_array().expect("a list");
    list.iter().map(|v| N::try_from(whole(v)).ok().expect("a number that fits")).collect()
}
