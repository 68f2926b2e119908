//! Benefits by month since randomisation: what was paid, and what the rule gives.

use std::collections::BTreeMap;

use super::follow_up::FollowUp;
use crate::plan::analyses::MissingMonth;
use crate::trial::benefits::{BenefitRow, CalendarMonth};
use crate::trial::date::Date;
use crate::trial::employment::{Contract, Source, Spell};
use crate::trial::participant::Participant;

/// Year and month from which the rule of [`formula_amount`] holds: April 2018.
const RULE_BEGINS: (i32, u32) = (2018, 4);

/// Share of the reference person's hours that does not reduce the benefit, in hundredths of a
/// percent.
const FREE_SHARE: i64 = 2000;

/// The benefit of one month since randomisation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthlyBenefit {
    /// Months since randomisation; 0 is the calendar month of randomisation.
    pub month: i32,
    /// Paid, in euro; none where that is not known.
    pub paid: Option<f64>,
    /// By the rule, in euro; none before the rule, and where no amount without work is known.
    pub formula: Option<f64>,
}

/// What a participant's benefits are read from.
#[derive(Clone, Copy, Debug)]
pub struct BenefitSources<'a> {
    /// The participant.
    pub participant: &'a Participant,
    /// Their follow-up.
    pub follow_up: FollowUp,
    /// Their lines of the benefits table, by month.
    pub rows: &'a [BenefitRow],
    /// Their spells of any kind of work.
    pub spells: &'a [Spell],
}

/// Benefits of the months from `first` to `last` since randomisation that are observed.
///
/// A calendar month belongs to the month since randomisation that its first day falls in, counted
/// from date to date: the calendar month of randomisation is month 0, the next one month 1.
/// A month is observed if it ends on or before the cut-off and the participant is followed to its
/// end, or left before through a competing exit, after which nothing is paid.
pub fn derive_benefits(
    sources: BenefitSources<'_>,
    missing: MissingMonth,
    (first, last): (i32, i32),
) -> Vec<MonthlyBenefit> {
    let day_0 = sources.participant.randomisation_date;
    let origin = CalendarMonth::of(day_0);
    (first..=last)
        .filter_map(|month| {
            let calendar = origin.plus(month);
            let last_day = calendar.last_day()?.days_since(day_0);
            let follow_up = sources.follow_up;
            if last_day > follow_up.cutoff_day {
                return None;
            }
            if last_day > follow_up.end_day && !follow_up.is_competing {
                return None;
            }
            let first_day = calendar.first_day()?.days_since(day_0);
            if first_day > follow_up.end_day {
                return Some(MonthlyBenefit { month, paid: Some(0.0), formula: Some(0.0) });
            }
            let row = sources.rows.iter().find(|row| row.month == calendar);
            let absent = match missing {
                MissingMonth::Zero => Some(0.0),
                MissingMonth::Unknown => None,
            };
            let paid = row.map_or(absent, |row| Some(row.benefit_eur));
            Some(MonthlyBenefit { month, paid, formula: formula_of(sources, calendar) })
        })
        .collect()
}

/// The rule's amount for a calendar month, from the last known amount without work and hours of
/// the reference person; from the next known ones where there are none before.
fn formula_of(sources: BenefitSources<'_>, calendar: CalendarMonth) -> Option<f64> {
    let (year, month) = RULE_BEGINS;
    if calendar < CalendarMonth::of(Date::from_ymd(year, month, 1)?) {
        return None;
    }
    let full = nearest(sources.rows, calendar, |row| row.full_benefit_eur)?;
    let reference_hours = nearest(sources.rows, calendar, |row| row.reference_hours)?;
    let mut days = Vec::new();
    let mut day = calendar.first_day()?;
    let last = calendar.last_day()?;
    let end = sources.participant.randomisation_date.plus_days(sources.follow_up.end_day)?;
    while day <= last {
        days.push(if day <= end { authorised_hours(sources.spells, day) } else { 0.0 });
        day = day.plus_days(1)?;
    }
    Some(formula_amount(full, reference_hours, &days))
}

fn nearest(
    rows: &[BenefitRow],
    calendar: CalendarMonth,
    value: impl Fn(&BenefitRow) -> Option<f64>,
) -> Option<f64> {
    let before = rows.iter().rev().filter(|row| row.month <= calendar).find_map(&value);
    before.or_else(|| rows.iter().filter(|row| row.month > calendar).find_map(&value))
}

/// Weekly hours of work on a day. Training and volunteering are no work in the rule's sense, nor is
/// work that is recorded as not authorised. Of several sources, which may report the same work, the
/// one with the most hours counts.
fn authorised_hours(spells: &[Spell], day: Date) -> f64 {
    let counts = |spell: &&Spell| {
        !matches!(spell.contract, Contract::Training | Contract::Volunteering)
            && spell.authorised != Some(false)
            && spell.start <= day
            && spell.end.is_none_or(|end| day <= end)
    };
    let mut by_source: BTreeMap<Option<Source>, f64> = BTreeMap::new();
    for spell in spells.iter().filter(counts) {
        *by_source.entry(spell.source).or_default() += spell.hours_per_week;
    }
    by_source.into_values().reduce(f64::max).unwrap_or(0.0)
}

/// Benefit of a month beside authorised work: Royal Decree of 3 July 1996, art. 230 § 1, as it
/// stands from 1 April 2018.
///
/// ```text
/// f = weekly hours / reference hours,  excess = max(0, f − 20%)
/// benefit = full × mean over the month's days of (1 − excess)
/// ```
///
/// The excess is first rounded to two decimals of a percent, then to the whole percent (a first
/// decimal of 5 or more goes up); it is at most 100%. `hours` are the weekly hours of work on each
/// day of the month. 19 of 38 hours: f = 50%, excess 30%, 70% of the benefit.
///
/// Source: riziv.fgov.be, docleg 403448-337.
pub fn formula_amount(full_benefit: f64, reference_hours: f64, hours: &[f64]) -> f64 {
    let kept = |hours: &f64| 100 - excess_percent(hours / reference_hours);
    let total: i64 = hours.iter().map(kept).sum();
    full_benefit * total as f64 / (100 * hours.len()) as f64
}

/// The excess over 20% in whole percent, for a share of the reference person's hours.
fn excess_percent(share: f64) -> i64 {
    // Hundredths of a percent; shares above a few hundred percent are cut anyway.
    #[allow(clippy::cast_possible_truncation, reason = "cut to 1000% on the line")]
    let hundredths = (share.clamp(0.0, 10.0) * 10_000.0 + 0.5).floor() as i64 - FREE_SHARE;
    ((hundredths.max(0) + 50) / 100).min(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_rounds_as_the_decree_says() {
        // 19 of 38 hours: 50% − 20% = 30% (the study's own example).
        assert_eq!(excess_percent(0.5), 30);
        assert_eq!(excess_percent(0.2), 0);
        assert_eq!(excess_percent(0.0), 0);
        // 30.49% down, 30.50% up.
        assert_eq!(excess_percent(0.5049), 30);
        assert_eq!(excess_percent(0.5050), 31);
        // 9 of 38 hours: 23.684…% − 20% = 3.68%, 4%.
        assert_eq!(excess_percent(9.0 / 38.0), 4);
        assert_eq!(excess_percent(2.0), 100);
    }

    #[test]
    fn a_month_is_the_mean_of_its_days() {
        let half: Vec<f64> = (0..30).map(|day| if day < 15 { 0.0 } else { 19.0 }).collect();
        assert!((formula_amount(1000.0, 38.0, &half) - 850.0).abs() < 1e-9);
    }
}
