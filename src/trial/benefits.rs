//! Benefits by calendar month.

use super::date::Date;

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CalendarMonth(i32);

impl CalendarMonth {
    /// The calendar month that a date lies in.
    pub fn of(date: Date) -> Self {
        let month = i32::try_from(date.month()).unwrap_or(1);
        Self(date.year() * 12 + month - 1)
    }

    /// The month so many months later; earlier where negative.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// Months from `earlier` to this month.
    pub fn months_since(self, earlier: CalendarMonth) -> i32 {
        self.0 - earlier.0
    }

    /// Its first day.
    pub fn first_day(self) -> Option<Date> {
        let month = u32::try_from(self.0.rem_euclid(12) + 1).ok()?;
        Date::from_ymd(self.0.div_euclid(12), month, 1)
    }

    /// Its last day.
    pub fn last_day(self) -> Option<Date> {
        self.plus(1).first_day()?.plus_days(-1)
    }
}

/// A line of the benefits table, checked and linked to its participant.
#[derive(Clone, Debug, PartialEq)]
pub struct BenefitRow {
    /// Position of the participant in [`super::dataset::TrialData::participants`].
    pub participant: usize,
    /// Month that the benefit is for.
    pub month: CalendarMonth,
    /// Paid, in euro.
    pub benefit_eur: f64,
    /// What would have been paid without work, in euro.
    pub full_benefit_eur: Option<f64>,
    /// Weekly hours of the reference person.
    pub reference_hours: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_months_end_before_the_next_begins() {
        let day = |text| Date::parse_iso(text).unwrap();
        let february = CalendarMonth::of(day("2020-02-10"));
        assert_eq!(february.first_day(), Some(day("2020-02-01")));
        assert_eq!(february.last_day(), Some(day("2020-02-29")));
        assert_eq!(february.plus(-2).first_day(), Some(day("2019-12-01")));
        assert_eq!(february.months_since(CalendarMonth::of(day("2018-12-31"))), 14);
    }
}
