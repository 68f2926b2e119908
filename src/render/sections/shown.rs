//! How shares, differences and amounts are written in tables.

use crate::render::document::Text;
use crate::render::fact::Facts;
use crate::render::names::Names;
use crate::render::notes::{Notes, Place, Writers};
use crate::render::number::Numbers;
use crate::results::vocabulary::Unit;

/// A proportion with its interval, in percent.
pub(super) fn percents(
    names: Names<'_>,
    notes: &mut Notes<'_>,
    share: &Facts,
    place: &Place,
) -> Text {
    let numbers = names.numbers();
    let percent = |value| numbers.percent(value);
    let limit = |value: f64| numbers.decimal(100.0 * value, 1);
    notes.interval(share, place, Writers { estimate: &percent, limit: &limit })
}

/// A difference of proportions with its interval, in percentage points.
pub(super) fn points(
    names: Names<'_>,
    notes: &mut Notes<'_>,
    difference: &Facts,
    at: &Place,
) -> Text {
    let numbers = names.numbers();
    let points = |value| numbers.bare_points(value);
    let limit = |value: f64| numbers.decimal(100.0 * value, 1);
    notes.interval(difference, at, Writers { estimate: &points, limit: &limit })
}

/// Numbers in their template; where the first is missing, its symbol alone.
pub(super) fn joined(template: &str, values: &[(&str, (Text, bool))]) -> Text {
    if let Some((_, (symbol, false))) = values.first() {
        return symbol.clone();
    }
    let values: Vec<(&str, Text)> =
        values.iter().map(|(name, (text, _))| (*name, text.clone())).collect();
    Text::fill(template, &values)
}

/// An estimate, signed where it is a difference, with its unit.
pub(super) fn with_unit(numbers: Numbers<'_>, unit: Unit, value: f64) -> String {
    match unit {
        Unit::Proportion => numbers.points(value),
        Unit::Days => numbers.signed_days(value),
        Unit::Months => numbers.signed_months(value),
        Unit::Eur => numbers.signed_eur(value),
        Unit::EurPerMonth => numbers.signed_eur_per_month(value),
        Unit::Hours => numbers.signed_hours(value),
        Unit::Ratio => numbers.decimal(value, 2),
        Unit::Count => numbers.count(value),
        Unit::Score | Unit::StdDevs => numbers.signed(value, 2),
        Unit::None | Unit::P | Unit::LogRatio => numbers.decimal(value, 3),
    }
}

/// A limit beside its estimate, or an amount where the column says the unit.
pub(super) fn limit(numbers: Numbers<'_>, unit: Unit, value: f64) -> String {
    match unit {
        Unit::Proportion => numbers.decimal(100.0 * value, 1),
        Unit::Days | Unit::Months | Unit::Hours => numbers.decimal(value, 1),
        Unit::Eur | Unit::EurPerMonth => numbers.decimal(value, 0),
        Unit::Ratio | Unit::Score | Unit::StdDevs => numbers.decimal(value, 2),
        Unit::Count => numbers.count(value),
        Unit::P => numbers.decimal(value, 4),
        Unit::None | Unit::LogRatio => numbers.decimal(value, 3),
    }
}

/// An amount of an arm as readers see it.
pub(super) fn amount(numbers: Numbers<'_>, unit: Unit, value: f64) -> String {
    match unit {
        Unit::Proportion => numbers.percent(value),
        _ => numbers.decimal(value, 1),
    }
}
