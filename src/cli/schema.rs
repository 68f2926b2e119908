//! `ips-eval schema`: the data dictionary.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;

use super::args::SchemaArguments;
use super::terminal::Terminal;
use crate::diagnostic::{Code, nearest};
use crate::error::Error;
use crate::ingest::schema::{schema_of, schema_text};
use crate::plan::instrument::parse::{
    built_in_instruments, instrument_json_schema, parse_instrument,
};
use crate::plan::parse::json_schema;
use crate::plan::types::TableName;

/// Runs the command.
pub(super) fn schema(terminal: Terminal, arguments: &SchemaArguments) -> Result<(), Error> {
    let json = terminal.answers_as_json();
    let text = match arguments.table.as_deref() {
        None if json => {
            let all = TableName::ALL.map(|table| (table.as_str().to_owned(), table_json(table)));
            pretty(&all.into_iter().collect::<serde_json::Map<_, _>>().into())
        }
        None => TableName::ALL.map(table_text).join("\n"),
        Some("plan") if json => pretty(&json_schema()),
        Some("plan") => plan_text(),
        Some("instrument") if json => pretty(&instrument_json_schema()),
        Some("instrument") => instrument_text(),
        Some("diagnostics") if json => pretty(&diagnostics_json()),
        Some("diagnostics") => diagnostics_text(),
        Some(name) => match TableName::ALL.into_iter().find(|table| table.as_str() == name) {
            Some(table) if json => schema_text(table).to_owned(),
            Some(table) => table_text(table),
            None => return Err(unknown(name)),
        },
    };
    terminal.answer(&text)
}

fn unknown(name: &str) -> Error {
    let tables = TableName::ALL.map(TableName::as_str);
    let known: Vec<&str> =
        tables.into_iter().chain(["plan", "instrument", "diagnostics"]).collect();
    let hint = match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of {}", known.join(", ")),
    };
    Error::Usage(format!("there is no table `{name}`: {hint}"))
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

fn table_json(table: TableName) -> serde_json::Value {
    serde_json::from_str(schema_text(table))
        .expect("data-schema/ is valid: a test reads every file")
}

/// The diagnostic codes as shipped in `data-schema/diagnostics.json`.
pub(super) fn diagnostics_json() -> serde_json::Value {
    let one = |code: &Code| json!({ "code": code.as_str(), "severity": code.severity(), "meaning": code.meaning() });
    Code::ALL.iter().map(one).collect()
}

fn diagnostics_text() -> String {
    let mut table = plain_table(["code", "severity", "meaning"]);
    for code in Code::ALL {
        table.add_row([code.as_str(), code.severity().word(), code.meaning()]);
    }
    format!("{table}\n")
}

fn table_text(name: TableName) -> String {
    let schema = schema_of(name);
    let mut table = plain_table(["column", "", "type", "unit", "sensitivity", "meaning"]);
    for field in &schema.fields {
        let required = if field.constraints.required { "required" } else { "" };
        let codes = field.constraints.codes.join(", ");
        let meaning = match codes.as_str() {
            "" => field.description.clone(),
            codes => format!("{} One of {codes}.", field.description),
        };
        table.add_row([
            field.name.as_str(),
            required,
            field.kind.word(),
            field.unit.as_deref().unwrap_or(""),
            &field.sensitivity,
            &meaning,
        ]);
    }
    format!("{}: {}\n{}\n{table}\n", name.as_str(), schema.title, schema.description)
}

fn plan_text() -> String {
    format!("{}\n", keys_of(&json_schema()))
}

/// The keys of an instrument file, and the instruments that the program brings.
fn instrument_text() -> String {
    let mut known = plain_table(["instrument", "items", "range", "title"]);
    for (id, text) in built_in_instruments() {
        if let Ok(own) = parse_instrument(id, text) {
            let range = format!("{} to {}", own.score.minimum, own.score.maximum);
            known.add_row([id, &own.items.len().to_string(), &range, &own.title.en]);
        }
    }
    format!(
        "{}\n\nInstruments that the program brings:\n{known}\n",
        keys_of(&instrument_json_schema())
    )
}

fn keys_of(schema: &serde_json::Value) -> Table {
    let mut table = plain_table(["key", "", "meaning"]);
    add_keys(&mut table, schema, schema, "");
    table
}

/// Adds the keys of a table of the plan, and of the tables inside it.
fn add_keys(table: &mut Table, root: &serde_json::Value, schema: &serde_json::Value, path: &str) {
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_str)
        .collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let target = property["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/"));
        let inner = target.map_or(property, |name| &root["$defs"][name]);
        if inner["properties"].is_object() {
            add_keys(table, root, inner, &path);
        } else {
            let need = if required.contains(&name.as_str()) { "required" } else { "" };
            let own = property["description"].as_str();
            let meaning = own.or_else(|| inner["description"].as_str()).unwrap_or_default();
            table.add_row([path.as_str(), need, &meaning.replace('\n', " ")]);
        }
    }
}

fn plain_table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(110).set_header(header);
    table
}
