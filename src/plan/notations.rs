//! How tables are written, and which dates they may hold.

use schemars::JsonSchema;
use serde::Deserialize;

use super::day::toml_date;
use crate::trial::date::Date;

/// How CSV files are written, where that cannot be seen from the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CsvDialect {
    /// Order of day, month and year in dates, also of texts in files of other formats.
    #[serde(default)]
    pub date_format: DateFormat,
    /// Decimal mark; without it a comma where the delimiter is a semicolon, else a point.
    #[serde(default)]
    pub decimal: Option<DecimalMark>,
}

/// How one table is written, where that differs from the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableNotation {
    /// Order of day, month and year in dates; without it that of `[csv]`.
    #[serde(default)]
    pub date_format: Option<DateFormat>,
    /// Decimal mark of numbers that are written as text; without it that of `[csv]`.
    #[serde(default)]
    pub decimal: Option<DecimalMark>,
    /// Sheet of a workbook; without it the first that is not hidden.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub sheet: Option<String>,
    /// Cells of that sheet, header included, such as `B3:H200`; `B3` is from there on.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub range: Option<String>,
}

/// Decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecimalMark {
    /// 12.5
    Point,
    /// 12,5
    Comma,
}

impl DecimalMark {
    /// The mark itself.
    pub fn character(self) -> char {
        match self {
            DecimalMark::Point => '.',
            DecimalMark::Comma => ',',
        }
    }
}

/// Order of day, month and year in dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum DateFormat {
    /// 2019-03-31.
    #[default]
    #[serde(rename = "YYYY-MM-DD")]
    Iso,
    /// 31/03/2019.
    #[serde(rename = "DD/MM/YYYY")]
    DayMonthYear,
    /// 31-03-2019.
    #[serde(rename = "DD-MM-YYYY")]
    DayMonthYearDashes,
    /// 31.03.2019.
    #[serde(rename = "DD.MM.YYYY")]
    DayMonthYearPoints,
    /// 1/3/2019 or 01/03/2019.
    #[serde(rename = "D/M/YYYY")]
    ShortDayMonthYear,
    /// 1/3/19, or with two digits each: years 00 to 49 are 2000 to 2049, 50 to 99 are 1950 to 1999.
    #[serde(rename = "D/M/YY")]
    ShortYear,
    /// 03/31/2019.
    #[serde(rename = "MM/DD/YYYY")]
    MonthDayYear,
    /// 20190331.
    #[serde(rename = "YYYYMMDD")]
    Compact,
}

impl DateFormat {
    /// Every format, in the order in which one is guessed from a text.
    pub const ALL: [DateFormat; 8] = [
        DateFormat::Iso,
        DateFormat::DayMonthYear,
        DateFormat::DayMonthYearDashes,
        DateFormat::DayMonthYearPoints,
        DateFormat::ShortDayMonthYear,
        DateFormat::ShortYear,
        DateFormat::MonthDayYear,
        DateFormat::Compact,
    ];

    /// The word of the plan.
    pub fn word(self) -> &'static str {
        match self {
            DateFormat::Iso => "YYYY-MM-DD",
            DateFormat::DayMonthYear => "DD/MM/YYYY",
            DateFormat::DayMonthYearDashes => "DD-MM-YYYY",
            DateFormat::DayMonthYearPoints => "DD.MM.YYYY",
            DateFormat::ShortDayMonthYear => "D/M/YYYY",
            DateFormat::ShortYear => "D/M/YY",
            DateFormat::MonthDayYear => "MM/DD/YYYY",
            DateFormat::Compact => "YYYYMMDD",
        }
    }

    /// The last day of March 2019 in this format.
    pub fn example(self) -> &'static str {
        match self {
            DateFormat::Iso => "2019-03-31",
            DateFormat::DayMonthYear => "31/03/2019",
            DateFormat::DayMonthYearDashes => "31-03-2019",
            DateFormat::DayMonthYearPoints => "31.03.2019",
            DateFormat::ShortDayMonthYear => "31/3/2019",
            DateFormat::ShortYear => "31/3/19",
            DateFormat::MonthDayYear => "03/31/2019",
            DateFormat::Compact => "20190331",
        }
    }
}

/// Dates that this trial can have; any other is an error of typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plausible {
    /// First day on which anyone can have been randomised; 1990-01-01 without it.
    #[serde(default = "randomisation_from", deserialize_with = "toml_date")]
    #[schemars(with = "String", extend("format" = "date"))]
    pub randomisation_from: Date,
    /// First day that any date of a table can be; 1950-01-01 without it.
    #[serde(default = "dates_from", deserialize_with = "toml_date")]
    #[schemars(with = "String", extend("format" = "date"))]
    pub dates_from: Date,
}

/// 1990-01-01, by days since 1970-01-01.
fn randomisation_from() -> Date {
    Date::from_unix_days(7305).expect("it is a day")
}

/// 1950-01-01, by days since 1970-01-01.
fn dates_from() -> Date {
    Date::from_unix_days(-7305).expect("it is a day")
}

impl Default for Plausible {
    fn default() -> Self {
        Self { randomisation_from: randomisation_from(), dates_from: dates_from() }
    }
}

#[cfg(test)]
mod tests {
    use super::Plausible;

    #[test]
    fn days_are_plausible_from_the_first_of_a_year() {
        let plausible = Plausible::default();
        assert_eq!(plausible.randomisation_from.to_string(), "1990-01-01");
        assert_eq!(plausible.dates_from.to_string(), "1950-01-01");
    }
}
