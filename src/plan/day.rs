//! A day of the plan: a date of TOML.

use serde::{Deserialize as _, Deserializer};

use crate::trial::date::Date;

/// Reads it.
pub(super) fn toml_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = toml::value::Datetime::deserialize(deserializer)?.to_string();
    Date::parse_iso(&text).ok_or_else(|| serde::de::Error::custom("not a date"))
}
