//! Stata's numbers: their missing values, and what a display format makes of them.

use super::header::Storage;
use crate::formats::bytes::Order;
use crate::formats::table::Cell;
use crate::trial::date::Date;

/// Days from 1960-01-01, Stata's day 0, to 1970-01-01.
const EPOCH: i32 = 3653;

/// A stored number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    /// `.`
    SystemMissing,
    /// `.a` to `.z`
    Missing(char),
}

/// The value of a numeric cell; none where it is infinite.
pub(super) fn read(storage: Storage, field: &[u8], order: Order) -> Option<Value> {
    Some(match (storage, field) {
        (Storage::Byte, [a]) => {
            let value = a.cast_signed();
            whole(i32::from(value), 101)
        }
        (Storage::Int, [a, b]) => whole(i32::from(order.i16([*a, *b])), 32_741),
        (Storage::Long, [a, b, c, d]) => whole(order.i32([*a, *b, *c, *d]), 2_147_483_621),
        (Storage::Float, [a, b, c, d]) => {
            let bits = order.u32([*a, *b, *c, *d]);
            let value = f64::from(f32::from_bits(bits));
            let step = bits.checked_sub(0x7f00_0000);
            return real(
                value,
                step.map(|step| (u64::from(step >> 11), step.trailing_zeros() >= 11)),
            );
        }
        (Storage::Double, _) => {
            let bits = order.u64(field.try_into().ok()?);
            let step = bits.checked_sub(0x7fe0_0000_0000_0000);
            let step = step.map(|step| (step >> 40, step.trailing_zeros() >= 40));
            return real(f64::from_bits(bits), step);
        }
        _ => return None,
    })
}

/// A whole number, missing from `system` on.
fn whole(value: i32, system: i32) -> Value {
    match value.checked_sub(system) {
        Some(step @ 0..) => missing(u64::try_from(step).unwrap_or(0)),
        _ => Value::Number(f64::from(value)),
    }
}

/// A real number; `step` is how many codes behind `.` it is, and whether exactly, unless it lies
/// before `.` or is negative.
fn real(value: f64, step: Option<(u64, bool)>) -> Option<Value> {
    if value.is_sign_negative() || step.is_none() {
        return if value.is_nan() {
            Some(Value::SystemMissing)
        } else {
            value.is_finite().then_some(Value::Number(value))
        };
    }
    match step {
        Some((step @ 0..=26, true)) => Some(missing(step)),
        _ if value.is_infinite() => None,
        // Beyond the largest number, and none of the codes: Stata shows `.`.
        _ => Some(Value::SystemMissing),
    }
}

fn missing(step: u64) -> Value {
    match u8::try_from(step) {
        Ok(step @ 1..=26) => Value::Missing(char::from(b'a' + step - 1)),
        _ => Value::SystemMissing,
    }
}

/// What a display format says that a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Number,
    /// Days since 1960-01-01.
    Day,
    /// Milliseconds since 1960-01-01.
    Milliseconds,
    /// The same, leap seconds counted.
    LeapMilliseconds,
}

impl Meaning {
    pub(super) fn of_format(format: &str) -> Self {
        let kind = format.trim_start_matches(['%', '-', ',']);
        if kind.starts_with("td") || kind.starts_with('d') {
            Self::Day
        } else if kind.starts_with("tc") {
            Self::Milliseconds
        } else if kind.starts_with("tC") {
            Self::LeapMilliseconds
        } else {
            Self::Number
        }
    }

    pub(super) fn cell(self, number: f64) -> Cell {
        let made = match self {
            Self::Number => None,
            Self::Day => day(number.floor()).map(Cell::Date),
            Self::Milliseconds => moment((number / 1000.0).floor()),
            Self::LeapMilliseconds => moment(without_leap_seconds((number / 1000.0).floor())),
        };
        made.unwrap_or(Cell::Number(number))
    }
}

fn day(days: f64) -> Option<Date> {
    if !(-1e8..1e8).contains(&days) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and within ±1e8")]
    let days = days as i32;
    Date::from_unix_days(days - EPOCH)
}

/// The day and second of a whole number of seconds since 1960-01-01.
fn moment(seconds: f64) -> Option<Cell> {
    let days = (seconds / 86_400.0).floor();
    let date = day(days)?;
    let rest = seconds - days * 86_400.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 86400")]
    let seconds = rest as u32;
    Some(Cell::DateTime { date, seconds: seconds.min(86_399) })
}

/// The days that had a second 23:59:60, as days since 1970-01-01 of the day behind it: 1972-07-01,
/// 1973-01-01, … 2017-01-01 (IERS Bulletin C).
const LEAP: [i32; 27] = [
    912, 1096, 1461, 1826, 2191, 2557, 2922, 3287, 3652, 4199, 4564, 4929, 5660, 6574, 7305, 7670,
    8217, 8582, 8947, 9496, 10_043, 10_592, 13_149, 14_245, 15_522, 16_617, 17_167,
];

/// Seconds since 1960-01-01 without the leap seconds before; a leap second is the one before it.
fn without_leap_seconds(seconds: f64) -> f64 {
    let mut before = 0.0;
    for day in LEAP {
        // The leap second itself, counted with those before it.
        let leap = f64::from(day + EPOCH) * 86_400.0 + before;
        if seconds < leap {
            break;
        }
        before += 1.0;
    }
    seconds - before
}

#[cfg(test)]
mod tests {
    use super::{LEAP, Meaning, Value, read, without_leap_seconds};
    use crate::formats::bytes::Order;
    use crate::formats::dta::header::Storage;
    use crate::trial::date::Date;

    #[test]
    fn leap_seconds_end_a_half_year() {
        for day in LEAP {
            let date = Date::from_unix_days(day).unwrap();
            assert!([1, 7].contains(&date.month()) && date.day() == 1, "{date}");
        }
        let midnight = f64::from(LEAP[0] + 3653) * 86_400.0;
        for (counted, plain) in [(-1.0, -1.0), (0.0, -1.0), (1.0, 0.0), (2.0, 1.0)] {
            assert_eq!((without_leap_seconds(midnight + counted) - midnight).to_bits(), {
                let want: f64 = plain;
                want.to_bits()
            });
        }
    }

    #[test]
    fn what_is_beyond_the_numbers_is_missing() {
        let double = |bits: u64| read(Storage::Double, &bits.to_be_bytes(), Order::Big);
        assert_eq!(double(0x7fe0_0000_0000_0000), Some(Value::SystemMissing));
        assert_eq!(double(0x7fe0_1a00_0000_0000), Some(Value::Missing('z')));
        assert_eq!(double(0x7fe0_1b00_0000_0000), Some(Value::SystemMissing));
        assert_eq!(double(f64::NAN.to_bits()), Some(Value::SystemMissing));
        assert_eq!(double(f64::INFINITY.to_bits()), None);
        assert_eq!(double((-1.5_f64).to_bits()), Some(Value::Number(-1.5)));
        let float = |bits: u32| read(Storage::Float, &bits.to_be_bytes(), Order::Big);
        assert_eq!(float(0x7f00_0800), Some(Value::Missing('a')));
        assert_eq!(read(Storage::Byte, &[100], Order::Big), Some(Value::Number(100.0)));
        assert_eq!(read(Storage::Byte, &[127], Order::Big), Some(Value::Missing('z')));
    }

    #[test]
    fn formats_of_periods_stay_numbers() {
        assert_eq!(Meaning::of_format("%-tdD_m_Y"), Meaning::Day);
        assert_eq!(Meaning::of_format("%dD_m_Y"), Meaning::Day);
        assert_eq!(Meaning::of_format("%tC"), Meaning::LeapMilliseconds);
        for format in ["%tm", "%tq", "%ty", "%9.0g", "%-10.2f", "%12s", ""] {
            assert_eq!(Meaning::of_format(format), Meaning::Number, "{format}");
        }
    }
}
