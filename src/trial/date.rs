//! Calendar dates.

use chrono::{Datelike as _, NaiveDate};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

impl Date {
    /// The date, where there is such a day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// Reads `YYYY-MM-DD`, and nothing looser.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |from: usize, to: usize| -> Option<u32> {
            let part = text.get(from..to)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
        };
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        Self::from_ymd(i32::try_from(digits(0, 4)?).ok()?, digits(5, 7)?, digits(8, 10)?)
    }

    /// The date that many days after 1970-01-01.
    pub fn from_unix_days(days: i32) -> Option<Self> {
        NaiveDate::from_epoch_days(days).map(Self)
    }

    /// Days since 1970-01-01; negative before.
    pub fn days_since_epoch(self) -> i32 {
        self.0.to_epoch_days()
    }

    /// Days from `earlier` to this date; negative when it comes first.
    pub fn days_since(self, earlier: Date) -> i32 {
        self.0.num_days_from_ce() - earlier.0.num_days_from_ce()
    }

    /// The date `days` later.
    pub fn plus_days(self, days: i32) -> Option<Self> {
        NaiveDate::from_num_days_from_ce_opt(self.0.num_days_from_ce().checked_add(days)?).map(Self)
    }

    /// Calendar year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Calendar month, 1 to 12.
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// Day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.0.day()
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn iso_dates_are_read_strictly() {
        assert_eq!(Date::parse_iso("2020-02-29"), Date::from_ymd(2020, 2, 29));
        for wrong in ["2019-02-29", "2020-2-29", "29/02/2020", "2020-02-29 ", "+020-02-29", ""] {
            assert_eq!(Date::parse_iso(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_between_dates_count_the_leap_day() {
        let from = Date::from_ymd(2020, 2, 1).unwrap();
        let to = Date::from_ymd(2020, 3, 1).unwrap();
        assert_eq!(to.days_since(from), 29);
        assert_eq!(from.plus_days(29), Some(to));
    }
}
