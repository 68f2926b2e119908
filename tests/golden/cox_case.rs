//! Participants of the reference cases of Cox regression.

use ips_eval::numeric::weights::{CaseWeights, FrequencyWeights, SamplingWeights};
use ips_eval::survival::cox::{CoxData, SortedCox, Ties};
use serde_json::Value;

use super::numbers;

/// What a case of `tests/reference/cox.json` has as input.
pub(crate) struct Input {
    pub(crate) days: Vec<i32>,
    pub(crate) events: Vec<bool>,
    pub(crate) columns: Vec<Vec<f64>>,
    pub(crate) entries: Option<Vec<i32>>,
    pub(crate) strata: Option<Vec<usize>>,
    pub(crate) clusters: Option<Vec<usize>>,
    pub(crate) frequency: Option<Vec<u32>>,
    pub(crate) sampling: Option<Vec<f64>>,
}

/// Whole numbers.
pub(crate) fn whole<T: TryFrom<i64>>(value: &Value) -> Vec<T> {
    let items = value.as_array().expect("a list").iter();
    let whole = |item: &Value| T::try_from(item.as_i64().expect("a whole number")).ok();
    items.map(|item| whole(item).expect("in range")).collect()
}

impl Input {
    pub(crate) fn read(input: &Value) -> Self {
        let columns = input["columns"].as_array().expect("columns");
        Self {
            days: whole(&input["days"]),
            events: numbers(&input["events"]).into_iter().map(|e| e > 0.0).collect(),
            columns: columns.iter().map(numbers).collect(),
            entries: input["entries"].is_array().then(|| whole(&input["entries"])),
            strata: input["strata"].is_array().then(|| whole(&input["strata"])),
            clusters: input["clusters"].is_array().then(|| whole(&input["clusters"])),
            frequency: input["frequency"].is_array().then(|| whole(&input["frequency"])),
            sampling: input["sampling"].is_array().then(|| numbers(&input["sampling"])),
        }
    }

    pub(crate) fn sorted(&self) -> SortedCox {
        let columns: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        SortedCox::new(&CoxData {
            entries: self.entries.as_deref(),
            days: &self.days,
            events: &self.events,
            columns: &columns,
            strata: self.strata.as_deref(),
        })
        .expect("participants with events")
    }

    pub(crate) fn weights(&self) -> CaseWeights<'_> {
        if let Some(weights) = &self.frequency {
            return CaseWeights::Frequency(FrequencyWeights(weights));
        }
        match &self.sampling {
            Some(weights) => CaseWeights::Sampling(SamplingWeights::new(weights).expect("weights")),
            None => CaseWeights::Once,
        }
    }
}

/// The methods of ties that a case has, with what R says of each.
pub(crate) fn methods(want: &Value) -> Vec<(&'static str, Ties, &Value)> {
    [("efron", Ties::Efron), ("breslow", Ties::Breslow), ("exact", Ties::Exact)]
        .into_iter()
        .filter(|(name, _)| want[name].is_object())
        .map(|(name, ties)| (name, ties, &want[name]))
        .collect()
}

/// The cases of one kind, by name.
pub(crate) fn of_kind<'a>(
    cases: &'a [Value],
    kind: &'a str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    cases
        .iter()
        .filter(move |case| case["kind"] == kind)
        .map(|case| (case["name"].as_str().expect("a name"), case))
}
