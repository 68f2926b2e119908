//! Holds a TOML document against a JSON Schema and reports every breach at its place.
//!
//! Knows the part of JSON Schema that `schemars` writes for the plan's types: `$ref`, `type`,
//! `properties`, `additionalProperties`, `required`, `items`, `enum`, `oneOf` of constants,
//! `anyOf` with null, `minimum`, `exclusiveMinimum`, `maximum`, `minLength`, `minItems`, and the format `date`.

use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Code;

/// A breach of the schema.
#[derive(Debug, PartialEq)]
pub(super) struct Breach {
    pub(super) code: Code,
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) remedy: String,
}

/// Every breach of `schema` in `table`, which messages call `document`.
pub(super) fn breaches(
    schema: &Json,
    table: &Spanned<DeTable<'_>>,
    document: &'static str,
) -> Vec<Breach> {
    let mut checker = Checker { root: schema, document, found: Vec::new() };
    checker.table(schema, table.get_ref(), table.span(), "");
    checker.found
}

struct Checker<'a> {
    root: &'a Json,
    document: &'static str,
    found: Vec<Breach>,
}

impl<'a> Checker<'a> {
    fn report(&mut self, code: Code, span: Range<usize>, message: String, remedy: String) {
        self.found.push(Breach { code, span, message, remedy });
    }

    /// Follows `$ref`, and `anyOf` to the part that is not null.
    fn resolve(&self, schema: &'a Json) -> &'a Json {
        if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
            return self.resolve(&self.root["$defs"][name]);
        }
        let choices = schema["anyOf"].as_array();
        match choices.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            Some(choice) => self.resolve(choice),
            None => schema,
        }
    }

    fn table(&mut self, schema: &'a Json, table: &DeTable<'_>, span: Range<usize>, path: &str) {
        let schema = self.resolve(schema);
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let inner = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            match (schema["properties"].get(name), schema.get("additionalProperties")) {
                (Some(property), _) => self.value(property, value, &inner),
                (None, Some(Json::Bool(false))) => self.unknown_key(schema, key, path),
                (None, Some(rest)) => {
                    self.key_name(schema, key, path);
                    self.value(rest, value, &inner);
                }
                (None, None) => {}
            }
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            let name = required.as_str().unwrap_or_default();
            if !table.keys().any(|key| key.get_ref().as_ref() == name) {
                let place = if path.is_empty() { self.document.to_owned() } else { in_table(path) };
                self.report(
                    Code::PlanMissingKey,
                    span.clone(),
                    format!("`{name}` is missing from {place}"),
                    remedy_of(self.resolve(&schema["properties"][name]), "add it"),
                );
            }
        }
    }

    fn unknown_key(&mut self, schema: &Json, key: &Spanned<std::borrow::Cow<'_, str>>, path: &str) {
        let name = key.get_ref().as_ref();
        let known: Vec<&str> = schema["properties"]
            .as_object()
            .map(|all| all.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let remedy = match crate::diagnostic::nearest(name, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known keys here: {}", known.join(", ")),
        };
        let place = if path.is_empty() { self.document.to_owned() } else { in_table(path) };
        self.report(
            Code::PlanUnknownKey,
            key.span(),
            format!("`{name}` is not a key of {place}"),
            remedy,
        );
    }

    /// Holds a free key against `propertyNames`, where the schema restricts them.
    fn key_name(&mut self, schema: &'a Json, key: &Spanned<std::borrow::Cow<'_, str>>, path: &str) {
        let Some(names) = schema.get("propertyNames") else { return };
        let allowed = constants(self.resolve(names));
        let name = key.get_ref().as_ref();
        if !allowed.is_empty() && !allowed.contains(&name) {
            let remedy = format!("one of {}", allowed.join(", "));
            let message = format!("`{name}` is not a key of {}", in_table(path));
            self.report(Code::PlanUnknownKey, key.span(), message, remedy);
        }
    }

    fn value(&mut self, schema: &'a Json, value: &Spanned<DeValue<'_>>, path: &str) {
        let schema = self.resolve(alternative(schema, value.get_ref()));
        let span = value.span();
        let allowed = constants(schema);
        match (wanted_type(schema), value.get_ref()) {
            ("date", DeValue::Datetime(date))
                if date.date.is_some() && date.time.is_none() && date.offset.is_none() => {}
            ("date", _) => {
                self.wrong_type(span, path, "a date", "write it as 2022-12-31, without quotes");
            }
            ("string", DeValue::String(text)) => {
                if !allowed.is_empty() && !allowed.contains(&text.as_ref()) {
                    let remedy = format!("one of {}", allowed.join(", "));
                    self.wrong_value(span, format!("`{text}` is not a value of `{path}`"), remedy);
                } else if text.trim().is_empty() && schema["minLength"].as_u64() > Some(0) {
                    self.wrong_value(span, format!("`{path}` is empty"), "fill it in".to_owned());
                }
            }
            ("string", _) => self.wrong_type(span, path, "a text", "put it between quotes"),
            ("integer", DeValue::Integer(number)) => {
                let parsed = i64::from_str_radix(&number.as_str().replace('_', ""), number.radix());
                self.range(schema, parsed.ok().map(|n| n as f64), span, path);
            }
            ("integer", _) => {
                self.wrong_type(span, path, "a whole number", "write it without quotes");
            }
            ("number", DeValue::Integer(number)) => {
                let parsed = number.as_str().replace('_', "").parse().ok();
                self.range(schema, parsed, span, path);
            }
            ("number", DeValue::Float(number)) => {
                let parsed = number.as_str().replace('_', "").parse().ok();
                self.range(schema, parsed, span, path);
            }
            ("number", _) => self.wrong_type(span, path, "a number", "write it without quotes"),
            ("array", DeValue::Array(items)) => {
                if items.is_empty() && schema["minItems"].as_u64() > Some(0) {
                    let message = format!("`{path}` is empty");
                    self.wrong_value(span, message, "give at least one".to_owned());
                }
                for item in items {
                    self.value(&schema["items"], item, path);
                }
            }
            ("array", _) => self.wrong_type(span, path, "a list", "put it between [ and ]"),
            ("object", DeValue::Table(table)) => self.table(schema, table, span, path),
            ("object", _) => self.wrong_type(span, path, "a table", "give it keys of its own"),
            _ => {}
        }
    }

    fn range(&mut self, schema: &Json, number: Option<f64>, span: Range<usize>, path: &str) {
        let low = schema["minimum"].as_f64();
        let above = schema["exclusiveMinimum"].as_f64();
        let high = schema["maximum"].as_f64();
        let inside = number.is_some_and(|n| {
            n.is_finite()
                && low.is_none_or(|low| low <= n)
                && above.is_none_or(|above| above < n)
                && high.is_none_or(|high| n <= high)
        });
        if !inside {
            let low = low.map(|low| format!("{low} or more"));
            let low = low.or_else(|| above.map(|above| format!("above {above}")));
            let remedy = match (low, high) {
                (Some(low), Some(high)) => format!("{low}, and {high} or less"),
                (Some(low), None) => low,
                (None, Some(high)) => format!("{high} or less"),
                (None, None) => "a number that a computer can hold".to_owned(),
            };
            self.wrong_value(span, format!("`{path}` is out of range"), remedy);
        }
    }

    fn wrong_type(&mut self, span: Range<usize>, path: &str, wanted: &str, remedy: &str) {
        let message = format!("`{path}` should be {wanted}");
        self.report(Code::PlanWrongType, span, message, remedy.to_owned());
    }

    fn wrong_value(&mut self, span: Range<usize>, message: String, remedy: String) {
        self.report(Code::PlanWrongValue, span, message, remedy);
    }
}

fn in_table(path: &str) -> String {
    format!("[{path}]")
}

/// A schema's description as a remedy for its absence.
fn remedy_of(schema: &Json, otherwise: &str) -> String {
    match schema["description"].as_str() {
        Some(text) => format!("add it: {}", text.trim_end_matches('.')),
        None => otherwise.to_owned(),
    }
}

fn constants(schema: &Json) -> Vec<&str> {
    let listed = schema["enum"].as_array().into_iter().flatten();
    let described = schema["oneOf"].as_array().into_iter().flatten();
    listed
        .chain(described.flat_map(|one| {
            one.get("const").into_iter().chain(one["enum"].as_array().into_iter().flatten())
        }))
        .filter_map(Json::as_str)
        .collect()
}

/// Of a schema with alternatives, a number or a word: the words where the value is one of them,
/// else the number.
fn alternative<'a>(schema: &'a Json, value: &DeValue<'_>) -> &'a Json {
    let has_words = |option: &&Json| option.get("enum").is_some();
    let Some(options) = schema["anyOf"].as_array() else { return schema };
    let Some(words) = options.iter().find(has_words) else { return schema };
    match value {
        DeValue::String(text) if constants(words).contains(&text.as_ref()) => words,
        _ => options.iter().find(|option| !has_words(option)).unwrap_or(schema),
    }
}

/// The type that a schema asks for; an optional type counts as the type.
fn wanted_type(schema: &Json) -> &str {
    if schema["format"] == "date" {
        return "date";
    }
    if !constants(schema).is_empty() {
        return "string";
    }
    match &schema["type"] {
        Json::String(name) => name,
        Json::Array(names) => {
            names.iter().filter_map(Json::as_str).find(|name| *name != "null").unwrap_or("")
        }
        _ => "",
    }
}
