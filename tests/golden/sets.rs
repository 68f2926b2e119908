//! The public data sets of `tests/reference/survival_sets.json`.

use serde_json::Value;

use super::numbers;

/// One data set, by columns.
pub(crate) struct Set(Value);

impl Set {
    /// The set of that name.
    #[track_caller]
    pub(crate) fn read(name: &str) -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/survival_sets.json");
        let text = std::fs::read_to_string(path).expect("the data sets are there");
        let mut file: Value = serde_json::from_str(&text).expect("the data sets are JSON");
        let set = file["sets"][name].take();
        assert!(set.is_object(), "no set {name}");
        Self(set)
    }

    /// A column of numbers.
    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> Vec<f64> {
        assert!(self.0[name].is_array(), "no column {name}");
        numbers(&self.0[name])
    }

    /// A column of whole numbers.
    #[track_caller]
    pub(crate) fn whole(&self, name: &str) -> Vec<i32> {
        let whole = |value: f64| value.to_string().parse().expect("a whole number");
        self.column(name).into_iter().map(whole).collect()
    }
}
