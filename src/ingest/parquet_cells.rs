//! Cells of a Parquet column as text.

use chrono::{DateTime, FixedOffset, Offset as _, TimeZone as _};
use polars_arrow::array::{
    Array, BinaryViewArray, BooleanArray, DictionaryArray, DictionaryKey, PrimitiveArray,
    Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, IntegerType, TimeUnit};
use polars_arrow::types::NativeType;

use super::raw_table::Notation;
use crate::numeric::text::shortest;
use crate::trial::date::Date;

/// What a type of columns that are not read is called; none where it is read.
pub(super) fn unreadable_type(kind: &ArrowDataType) -> Option<&'static str> {
    use ArrowDataType as T;
    match kind {
        T::Null
        | T::Boolean
        | T::Int8
        | T::Int16
        | T::Int32
        | T::Int64
        | T::UInt8
        | T::UInt16
        | T::UInt32
        | T::UInt64
        | T::Float32
        | T::Float64
        | T::Timestamp(..)
        | T::Date32
        | T::Date64
        | T::Time32(_)
        | T::Time64(_)
        | T::Duration(_)
        | T::BinaryView
        | T::Utf8View
        | T::Decimal(..) => None,
        T::Dictionary(_, values, _) => unreadable_type(values),
        T::List(_) | T::LargeList(_) | T::FixedSizeList(..) => Some("list"),
        T::Struct(_) => Some("struct"),
        T::Map(..) => Some("map"),
        T::FixedSizeBinary(_) => Some("fixed-size binary"),
        T::Interval(_) => Some("interval"),
        T::Decimal256(..) => Some("decimal of more than 38 digits"),
        _ => Some("an unusual kind"),
    }
}

/// The cells of a column in a group of rows.
pub(super) struct ParquetCells {
    arrays: Vec<Box<dyn Array>>,
    /// Row with which each array begins, and the row behind the last.
    firsts: Vec<usize>,
}

impl ParquetCells {
    /// Arrays that follow each other; none where they do not have as many rows together.
    pub(super) fn of(arrays: Vec<Box<dyn Array>>, n_rows: usize) -> Option<Self> {
        let mut firsts = vec![0];
        for array in &arrays {
            firsts.push(firsts.last()? + array.len());
        }
        (firsts.last() == Some(&n_rows)).then_some(Self { arrays, firsts })
    }

    /// The text of a cell, or why it has none.
    pub(super) fn text(&self, row: usize, notation: Notation) -> Result<String, &'static str> {
        let at = self.firsts.partition_point(|first| *first <= row) - 1;
        text(self.arrays[at].as_ref(), row - self.firsts[at], notation)
    }
}

fn text(array: &dyn Array, at: usize, notation: Notation) -> Result<String, &'static str> {
    use ArrowDataType as T;
    if array.is_null(at) {
        return Ok(String::new());
    }
    Ok(match array.dtype() {
        T::Boolean => {
            let yes = down::<BooleanArray>(array)?.get(at).unwrap_or(false);
            u8::from(yes).to_string()
        }
        T::Int8 => whole::<i8>(array, at)?.to_string(),
        T::Int16 => whole::<i16>(array, at)?.to_string(),
        T::Int32 => whole::<i32>(array, at)?.to_string(),
        T::Int64 => whole::<i64>(array, at)?.to_string(),
        T::UInt8 => whole::<u8>(array, at)?.to_string(),
        T::UInt16 => whole::<u16>(array, at)?.to_string(),
        T::UInt32 => whole::<u32>(array, at)?.to_string(),
        T::UInt64 => whole::<u64>(array, at)?.to_string(),
        // The shortest text of a narrow number is read as the number that was meant.
        T::Float32 => {
            let number = whole::<f32>(array, at)?;
            number_text(f64::from(number), || number.to_string(), notation)?
        }
        T::Float64 => {
            let number = whole::<f64>(array, at)?;
            number_text(number, || shortest(number), notation)?
        }
        T::Decimal(_, scale) => marked(decimal_text(whole::<i128>(array, at)?, *scale), notation),
        T::Date32 => date_text(i64::from(whole::<i32>(array, at)?)),
        T::Date64 => date_text(whole::<i64>(array, at)?.div_euclid(86_400_000)),
        T::Timestamp(unit, zone) => {
            let ticks = whole::<i64>(array, at)?;
            moment_text(ticks, *unit, zone.as_ref().map(polars::prelude::PlSmallStr::as_str))?
        }
        T::Time32(unit) => clock_text(i64::from(whole::<i32>(array, at)?), *unit),
        T::Time64(unit) | T::Duration(unit) => clock_text(whole::<i64>(array, at)?, *unit),
        T::Utf8View => down::<Utf8ViewArray>(array)?.get(at).unwrap_or_default().to_owned(),
        T::BinaryView => {
            let bytes = down::<BinaryViewArray>(array)?.get(at).unwrap_or_default();
            std::str::from_utf8(bytes).map_err(|_| "bytes that are no text")?.to_owned()
        }
        T::Dictionary(key, _, _) => match key {
            IntegerType::Int8 => coded::<i8>(array, at, notation)?,
            IntegerType::Int16 => coded::<i16>(array, at, notation)?,
            IntegerType::Int32 => coded::<i32>(array, at, notation)?,
            IntegerType::Int64 => coded::<i64>(array, at, notation)?,
            IntegerType::UInt8 => coded::<u8>(array, at, notation)?,
            IntegerType::UInt16 => coded::<u16>(array, at, notation)?,
            IntegerType::UInt32 => coded::<u32>(array, at, notation)?,
            IntegerType::UInt64 => coded::<u64>(array, at, notation)?,
            IntegerType::Int128 | IntegerType::UInt128 => return Err(OTHER_TYPE),
        },
        _ => return Err(OTHER_TYPE),
    })
}

const OTHER_TYPE: &str = "a value of another type than its column's";

fn down<A: 'static>(array: &dyn Array) -> Result<&A, &'static str> {
    array.as_any().downcast_ref().ok_or(OTHER_TYPE)
}

fn whole<T: NativeType>(array: &dyn Array, at: usize) -> Result<T, &'static str> {
    down::<PrimitiveArray<T>>(array)?.values().get(at).copied().ok_or(OTHER_TYPE)
}

/// The text that a key stands for.
fn coded<K: DictionaryKey>(
    array: &dyn Array,
    at: usize,
    notation: Notation,
) -> Result<String, &'static str> {
    let array = down::<DictionaryArray<K>>(array)?;
    let key = array.key_value(at);
    if key >= array.values().len() {
        return Err(OTHER_TYPE);
    }
    text(array.values().as_ref(), key, notation)
}

/// A number as text. What is no number is a missing value in the programs that write it.
fn number_text(
    number: f64,
    text: impl Fn() -> String,
    notation: Notation,
) -> Result<String, &'static str> {
    if number.is_nan() {
        Ok(String::new())
    } else if number.is_infinite() {
        Err("a number that is not finite")
    } else {
        Ok(marked(text(), notation))
    }
}

fn marked(text: String, notation: Notation) -> String {
    if notation.decimal == '.' { text } else { text.replace('.', ",") }
}

/// A decimal number by its digits, `scale` of them behind the mark; zeros at its end left out.
fn decimal_text(digits: i128, scale: usize) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", digits.unsigned_abs(), width = scale + 1);
    let (whole, decimals) = text.split_at(text.len() - scale);
    let decimals = decimals.trim_end_matches('0');
    let mark = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{whole}{mark}{decimals}")
}

fn date_text(days: i64) -> String {
    let date = i32::try_from(days).ok().and_then(Date::from_unix_days);
    date.map_or_else(|| format!("day {days}"), |date| date.to_string())
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// A timestamp in its own zone. At midnight it is its date; any other keeps its time.
fn moment_text(ticks: i64, unit: TimeUnit, zone: Option<&str>) -> Result<String, &'static str> {
    let per_second = per_second(unit);
    let mut seconds = ticks.div_euclid(per_second);
    let has_fraction = ticks.rem_euclid(per_second) != 0;
    if let Some(zone) = zone.filter(|zone| !zone.is_empty()) {
        seconds += i64::from(seconds_east(seconds, zone)?);
    }
    let date = date_text(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    if second == 0 && !has_fraction {
        return Ok(date);
    }
    Ok(format!("{date} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60))
}

/// Seconds by which the clocks of a zone are ahead of UTC at a moment.
fn seconds_east(seconds: i64, zone: &str) -> Result<i32, &'static str> {
    if let Ok(offset) = zone.parse::<FixedOffset>() {
        return Ok(offset.local_minus_utc());
    }
    let zone: chrono_tz::Tz = zone.parse().map_err(|_| "a time in a zone that is not known")?;
    let moment = DateTime::from_timestamp(seconds, 0).ok_or("a time beyond all years")?;
    Ok(zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc())
}

/// A time of day or a length of time as hours, minutes and seconds.
fn clock_text(ticks: i64, unit: TimeUnit) -> String {
    let seconds = ticks.div_euclid(per_second(unit));
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use polars_arrow::datatypes::TimeUnit;

    use super::{clock_text, decimal_text, moment_text};

    #[test]
    fn a_moment_is_the_day_on_the_clocks_of_its_zone() {
        // 2019-03-01T23:00:00Z and 2019-07-01T22:00:00Z are midnights in Brussels.
        let at = |seconds: i64, zone| moment_text(seconds * 1000, TimeUnit::Millisecond, zone);
        let text = |text: &str| Ok(text.to_owned());
        assert_eq!(at(1_551_481_200, Some("Europe/Brussels")), text("2019-03-02"));
        assert_eq!(at(1_562_018_400, Some("Europe/Brussels")), text("2019-07-02"));
        assert_eq!(at(1_551_481_200, Some("+01:00")), text("2019-03-02"));
        assert_eq!(at(1_551_481_200, Some("UTC")), text("2019-03-01 23:00:00"));
        assert_eq!(at(1_551_481_200, None), text("2019-03-01 23:00:00"));
        assert!(at(0, Some("Europe/Nowhere")).is_err());
    }

    #[test]
    fn decimals_have_no_zeros_behind_them() {
        for (digits, scale, text) in
            [(1950, 2, "19.5"), (-5, 2, "-0.05"), (1900, 2, "19"), (7, 0, "7"), (0, 3, "0")]
        {
            assert_eq!(decimal_text(digits, scale), text);
        }
        assert_eq!(clock_text(70_200_000_000_000, TimeUnit::Nanosecond), "19:30:00");
    }
}
