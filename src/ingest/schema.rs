//! The data dictionary: what `data-schema/` says a table may hold.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::plan::types::TableName;

/// A table of the data dictionary (a Frictionless Table Schema).
#[derive(Clone, Debug, Deserialize)]
pub struct TableSchema {
    /// Title in English.
    pub title: String,
    /// Description in English.
    pub description: String,
    /// Columns in their order.
    pub fields: Vec<Field>,
    /// Columns that together single out a row.
    #[serde(rename = "primaryKey", default)]
    pub primary_key: Vec<String>,
    /// What the columns are that are not listed.
    pub additional_columns: AdditionalColumns,
}

/// What the columns of a table are that its schema does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdditionalColumns {
    /// Characteristics at randomisation.
    Covariates,
    /// Items of a questionnaire.
    Items,
    /// Kept, and used by nothing.
    Kept,
}

impl TableSchema {
    /// The column with that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A column of the data dictionary.
#[derive(Clone, Debug, Deserialize)]
pub struct Field {
    /// Name in the contract.
    pub name: String,
    /// Type of its cells.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Title in English.
    pub title: String,
    /// Description in English.
    pub description: String,
    /// Unit, where there is one.
    #[serde(default)]
    pub unit: Option<String>,
    /// How much a cell says about a person.
    pub sensitivity: String,
    /// What a cell may be.
    #[serde(default)]
    pub constraints: Constraints,
    /// Words for yes.
    #[serde(rename = "trueValues", default)]
    pub true_values: Vec<String>,
    /// Words for no.
    #[serde(rename = "falseValues", default)]
    pub false_values: Vec<String>,
    /// What becomes of a time of day behind a date; without this property it is no date.
    #[serde(default)]
    pub time_of_day: Option<TimeOfDay>,
}

/// What becomes of a time of day behind a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeOfDay {
    /// The date holds, the time is not kept.
    Dropped,
}

/// Types of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Any text.
    String,
    /// A calendar date.
    Date,
    /// A calendar month.
    #[serde(rename = "yearmonth")]
    YearMonth,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
}

impl FieldType {
    /// The word of the data dictionary.
    pub fn word(self) -> &'static str {
        match self {
            FieldType::String => "text",
            FieldType::Date => "date",
            FieldType::YearMonth => "month",
            FieldType::Integer => "whole number",
            FieldType::Number => "number",
            FieldType::Boolean => "yes or no",
        }
    }
}

/// What a cell may be.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Constraints {
    /// Whether it must be filled in.
    #[serde(default)]
    pub required: bool,
    /// Least value.
    #[serde(default)]
    pub minimum: Option<f64>,
    /// Value that it must be above.
    #[serde(rename = "exclusiveMinimum", default)]
    pub exclusive_minimum: Option<f64>,
    /// Greatest value.
    #[serde(default)]
    pub maximum: Option<f64>,
    /// Codes.
    #[serde(rename = "enum", default)]
    pub codes: Vec<String>,
}

/// Text of a table's schema, as shipped in `data-schema/`.
pub fn schema_text(table: TableName) -> &'static str {
    match table {
        TableName::Participants => include_str!("../../data-schema/participants.schema.json"),
        TableName::Employment => include_str!("../../data-schema/employment.schema.json"),
        TableName::Waves => include_str!("../../data-schema/waves.schema.json"),
        TableName::Benefits => include_str!("../../data-schema/benefits.schema.json"),
        TableName::Allocation => include_str!("../../data-schema/allocation.schema.json"),
        TableName::Fidelity => include_str!("../../data-schema/fidelity.schema.json"),
        TableName::Corrections => include_str!("../../data-schema/corrections.schema.json"),
    }
}

static SCHEMAS: LazyLock<BTreeMap<TableName, TableSchema>> = LazyLock::new(|| {
    let read = |table| {
        let schema = serde_json::from_str(schema_text(table));
        (table, schema.expect("data-schema/ is valid: a test reads every file"))
    };
    TableName::ALL.into_iter().map(read).collect()
});

/// The schema of a table.
pub fn schema_of(table: TableName) -> &'static TableSchema {
    &SCHEMAS[&table]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_can_be_read() {
        for table in TableName::ALL {
            assert!(!schema_of(table).fields.is_empty(), "{table:?}");
        }
    }

    #[test]
    fn contracts_are_those_of_the_program() {
        let field = schema_of(TableName::Employment).field("contract").unwrap();
        let known = crate::trial::employment::Contract::ALL.map(|c| c.code().to_owned());
        assert_eq!(field.constraints.codes, known);
    }
}
