//! How the numbers of a figure are written.

use crate::render::number::Numbers;

/// A kind of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A share: 0.342 is `34.2%`.
    Percent,
    /// A difference of shares: 0.095 is `+9.5`.
    Points,
    /// A ratio or a mean, with two decimals.
    Decimal,
    /// A difference, with two decimals.
    Signed,
    /// A difference of days, with and without the word.
    SignedDays,
    BareDays,
    /// A difference in euro, without the word.
    Euro,
    Count,
    /// A p-value with its letter.
    P,
    /// A p-value under its letter.
    BareP,
}

impl Form {
    /// An estimate.
    pub(crate) fn estimate(self, numbers: Numbers<'_>, value: f64) -> String {
        match self {
            Self::Percent => numbers.percent(value),
            Self::Points => numbers.bare_points(value),
            Self::Decimal => numbers.decimal(value, 2),
            Self::Signed => numbers.signed(value, 2),
            Self::SignedDays => numbers.signed_days(value),
            Self::BareDays => numbers.signed(value, 1),
            Self::Euro => numbers.signed(value, 0),
            Self::Count => numbers.count(value),
            Self::P => numbers.p_value(value),
            Self::BareP => numbers.bare_p(value),
        }
    }

    /// A limit beside its estimate.
    pub(crate) fn limit(self, numbers: Numbers<'_>, value: f64) -> String {
        match self {
            Self::Percent | Self::Points => numbers.decimal(100.0 * value, 1),
            Self::SignedDays | Self::BareDays => numbers.decimal(value, 1),
            Self::Euro | Self::Count => numbers.decimal(value, 0),
            Self::Decimal | Self::Signed | Self::P | Self::BareP => numbers.decimal(value, 2),
        }
    }
}
