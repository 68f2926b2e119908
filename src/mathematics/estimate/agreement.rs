//! How far two yes/no reports of the same people agree.

use thiserror::Error;

use super::proportion::{Count, NoParticipants, ProportionEstimate, wilson};
use crate::numeric::distribution::normal;
use crate::numeric::interval::{ConfidenceLevel, Interval};

/// People with both reports, by what the two say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportPairs {
    /// Both say yes.
    pub both: u64,
    /// Only the first says yes.
    pub first_only: u64,
    /// Only the second says yes.
    pub second_only: u64,
    /// Neither says yes.
    pub neither: u64,
}

impl ReportPairs {
    /// Counts pairs (first, second), `true` being yes.
    pub fn of(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        pairs.into_iter().fold(Self::default(), |mut counts, pair| {
            *match pair {
                (true, true) => &mut counts.both,
                (true, false) => &mut counts.first_only,
                (false, true) => &mut counts.second_only,
                (false, false) => &mut counts.neither,
            } += 1;
            counts
        })
    }

    /// People.
    pub fn n(self) -> u64 {
        self.both + self.first_only + self.second_only + self.neither
    }
}

/// What [`agreement`] gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Share of people on whom the reports agree, with Wilson's limits.
    pub observed: ProportionEstimate,
    /// Agreement on yes, 2a / (2a + b + c), from 0 to 1; none where nobody says yes.
    pub positive: Option<f64>,
    /// Agreement on no, 2d / (2d + b + c), from 0 to 1; none where nobody says no.
    pub negative: Option<f64>,
    /// Agreement beyond chance; a reason where it is not defined.
    pub kappa: Result<Kappa, KappaError>,
}

/// Cohen's kappa.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kappa {
    /// (observed − expected) / (1 − expected), 1 where all agree and 0 where as by chance.
    pub estimate: f64,
    /// Agreement expected of independent reports with the same margins.
    pub expected: f64,
    /// Large-sample standard error, which does not suppose kappa = 0; 0 where all agree.
    pub std_error: f64,
    /// Estimate ± z × standard error; it may pass −1 or 1.
    pub interval: Interval,
    /// Large-sample standard error if kappa is 0.
    pub null_std_error: f64,
    /// Two-sided p-value of kappa = 0: the estimate over its null standard error, normal.
    pub p_value: f64,
}

/// One of two reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// The first.
    First,
    /// The second.
    Second,
}

/// Why there is no kappa.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KappaError {
    /// A report says the same of everybody. Kappa is then 0 / 0, or 0 whatever the other says.
    #[error("the {} report says the same of everybody", report_name(*.report))]
    NoVariation {
        /// The report; the first where it is so of both.
        report: Report,
    },
}

fn report_name(report: Report) -> &'static str {
    match report {
        Report::First => "first",
        Report::Second => "second",
    }
}

/// Estimates the agreement of two yes/no reports: per cent, positive and negative agreement, kappa.
///
/// With a, b, c, d the shares of both, first only, second only and neither, p₁ = a + b and
/// p₂ = a + c the shares of yes, qᵢ = 1 − pᵢ, o = a + d and e = p₁p₂ + q₁q₂:
///
/// ```text
/// κ        = (o − e) / (1 − e)
/// Var κ    = (A + B − C) / (n (1 − e)⁴)
///   A      = a ((1 − e) − (p₁ + p₂)(1 − o))² + d ((1 − e) − (q₁ + q₂)(1 − o))²
///   B      = (1 − o)² (b (p₂ + q₁)² + c (q₂ + p₁)²)
///   C      = (o e − 2e + o)²
/// Var₀ κ   = (e + e² − p₁p₂(p₁ + p₂) − q₁q₂(q₁ + q₂)) / (n (1 − e)²)
/// ```
///
/// Var₀ is the variance under κ = 0 and serves the test alone. Positive and negative agreement say
/// what kappa hides where nearly everybody has the same answer.
///
/// # Errors
///
/// [`NoParticipants`] where nobody has both reports; [`KappaError`], inside the result, where a
/// report does not vary.
///
/// # Examples
///
/// ```
/// use ips_mathematics::estimate::agreement::{ReportPairs, agreement};
/// use ips_mathematics::numeric::interval::ConfidenceLevel;
///
/// let pairs = ReportPairs { both: 20, first_only: 5, second_only: 10, neither: 15 };
/// let level = ConfidenceLevel::new(0.95).expect("a level");
/// let kappa = agreement(pairs, level).expect("50 people").kappa.expect("both vary");
/// assert!((kappa.estimate - 0.4).abs() < 1e-15);
/// ```
///
/// # References
///
/// - Cohen J (1960). *Educational and Psychological Measurement* 20:37–46.
/// - Fleiss JL, Cohen J, Everitt BS (1969). *Psychological Bulletin* 72:323–327.
/// - Cicchetti DV, Feinstein AR (1990). *Journal of Clinical Epidemiology* 43:551–558.
/// - Agrees with the delta method on the multinomial covariance, and with R's `vcd::Kappa` and
///   `psych::cohen.kappa`; see `tests/reference/r/agreement.R`.
pub fn agreement(pairs: ReportPairs, level: ConfidenceLevel) -> Result<Agreement, NoParticipants> {
    let agreed = pairs.both + pairs.neither;
    let observed = wilson(Count::new(pairs.n(), agreed).ok_or(NoParticipants)?, level)?;
    let apart = (pairs.first_only + pairs.second_only) as f64;
    let of = |same: u64| {
        let twice = 2.0 * same as f64;
        (twice + apart > 0.0).then(|| twice / (twice + apart))
    };
    let kappa = kappa(pairs, level);
    Ok(Agreement { observed, positive: of(pairs.both), negative: of(pairs.neither), kappa })
}

fn kappa(pairs: ReportPairs, level: ConfidenceLevel) -> Result<Kappa, KappaError> {
    let margins = [
        (Report::First, pairs.both + pairs.first_only),
        (Report::Second, pairs.both + pairs.second_only),
    ];
    let same = margins.into_iter().find(|(_, yes)| *yes == 0 || *yes == pairs.n());
    if let Some((report, _)) = same {
        return Err(KappaError::NoVariation { report });
    }
    let n = pairs.n() as f64;
    let share = |count: u64| count as f64 / n;
    let (a, b) = (share(pairs.both), share(pairs.first_only));
    let (c, d) = (share(pairs.second_only), share(pairs.neither));
    let (p1, q1, p2, q2) = (a + b, c + d, a + c, b + d);
    let expected = p1 * p2 + q1 * q2;
    // 1 − o and 1 − e without cancellation.
    let (apart, room) = (b + c, p1 * q2 + q1 * p2);
    let observed = a + d;
    let square = |x: f64| x * x;
    let on_diagonal = a * square(room - (p1 + p2) * apart) + d * square(room - (q1 + q2) * apart);
    let off_diagonal = square(apart) * (b * square(p2 + q1) + c * square(q2 + p1));
    let centre = square(observed * expected - 2.0 * expected + observed);
    // Where all agree it is 0, and only rounding makes it negative.
    let spread = if pairs.first_only + pairs.second_only == 0 {
        0.0
    } else {
        (on_diagonal + off_diagonal - centre).max(0.0)
    };
    let null_spread = expected + square(expected) - p1 * p2 * (p1 + p2) - q1 * q2 * (q1 + q2);
    // b + c against what is expected there: exact where all agree.
    let estimate = 1.0 - apart / room;
    let std_error = spread.sqrt() / (n.sqrt() * square(room));
    let null_std_error = (null_spread.max(0.0) / n).sqrt() / room;
    Ok(Kappa {
        estimate,
        expected,
        std_error,
        interval: Interval::around(estimate, level.z() * std_error),
        null_std_error,
        p_value: normal::two_sided_p(estimate / null_std_error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(both: u64, first_only: u64, second_only: u64, neither: u64) -> Agreement {
        let pairs = ReportPairs { both, first_only, second_only, neither };
        agreement(pairs, ConfidenceLevel::new(0.95).unwrap()).unwrap()
    }

    #[test]
    fn pairs_are_counted_by_what_they_say() {
        let pairs = [(true, true), (true, false), (false, true), (false, false), (true, false)];
        let want = ReportPairs { both: 1, first_only: 2, second_only: 1, neither: 1 };
        assert_eq!(ReportPairs::of(pairs), want);
        let level = ConfidenceLevel::new(0.95).unwrap();
        assert_eq!(agreement(ReportPairs::default(), level), Err(NoParticipants));
    }

    #[test]
    fn a_report_that_does_not_vary_has_no_kappa() {
        let first = Err(KappaError::NoVariation { report: Report::First });
        let all_yes = of(9, 0, 0, 0);
        assert_eq!((all_yes.kappa, all_yes.negative), (first, None));
        assert_eq!(all_yes.positive, Some(1.0));
        assert_eq!(of(5, 4, 0, 0).kappa, first);
        let second = KappaError::NoVariation { report: Report::Second };
        assert_eq!(of(5, 0, 4, 0).kappa, Err(second));
        assert_eq!(second.to_string(), "the second report says the same of everybody");
    }

    #[test]
    fn full_agreement_is_one_and_none_is_below_zero() {
        let all = of(4, 0, 0, 7).kappa.unwrap();
        assert_eq!((all.estimate, all.std_error), (1.0, 0.0));
        assert!(all.null_std_error > 0.0 && all.p_value < 0.01);
        let none = of(0, 5, 5, 0);
        assert!((none.kappa.unwrap().estimate + 1.0).abs() < 1e-15);
        assert_eq!((none.positive, none.negative), (Some(0.0), Some(0.0)));
    }
}
