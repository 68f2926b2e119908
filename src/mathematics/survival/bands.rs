//! Simultaneous confidence bands of a survival curve.

use super::curve::LimitScale;
use super::event_table::{EventDay, EventTable};
use super::not_estimable::NotEstimable;
use super::restricted_mean::survival_after;
use crate::numeric::elementary::ln;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::{brownian_bridge, ornstein_uhlenbeck};

/// How the width of a band changes along the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandKind {
    /// Hall and Wellner's, wider at the ends than limits day by day.
    HallWellner,
    /// Nair's equal precision: as wide as limits day by day, times a constant.
    EqualPrecision,
}

/// What band is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandSettings {
    /// How its width changes.
    pub kind: BandKind,
    /// The scale on which it is symmetric.
    pub scale: LimitScale,
    /// The probability that it holds the whole curve of the range.
    pub level: ConfidenceLevel,
    /// The range in days, both ends included; none is from the first event to the last day with
    /// an event on which S is not yet 0.
    pub range_days: Option<(f64, f64)>,
}

/// A band over a range of days.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The first day of the range.
    pub from_days: f64,
    /// The last day of the range.
    pub to_days: f64,
    /// k of Hall and Wellner, c of Nair.
    pub critical_value: f64,
    /// The band from each day on to the next, the first from the start of the range.
    pub points: Vec<BandPoint>,
}

/// The band from one time to the next point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandPoint {
    /// Days since randomisation.
    pub time_days: f64,
    /// S.
    pub estimate: f64,
    /// The band around it; none where S is 1 and the scale cannot do with that.
    pub limits: Option<Interval>,
}

/// A band that holds the whole survival curve between two times with probability `level`.
///
/// ```text
/// Hall-Wellner      margin k · S(t) {1 + n σ²(t)} / √n
/// equal precision   margin c · S(t) σ(t)
/// σ²(t) = Σ_{tⱼ ≤ t} dⱼ / (nⱼ (nⱼ − dⱼ)),   a(t) = n σ²(t) / (1 + n σ²(t))
/// P(|B(u)| ≤ k, all u)                = level,   u from a(from) to a(to)
/// P(|B(u)| ≤ c √(u (1 − u)), all u) = level
/// ```
///
/// B the Brownian bridge, n all participants; the margin is applied on the scale, as
/// [`LimitScale::around`] has it. Critical values are computed, see
/// [`brownian_bridge::supremum_quantile`] and [`ornstein_uhlenbeck::supremum_quantile`].
///
/// # Conventions
///
/// A range that begins before the first event begins there for the equal precision band, which
/// needs a(from) > 0. A range ends before the first day on which S is 0. Weights are frequencies.
/// Under delayed entry n is a mere unit, and cancels from the equal precision band.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`]; [`NotEstimable::PastLastFollowUp`] and
/// [`NotEstimable::NobodyAtRisk`] of the range's end; [`NotEstimable::NoEvents`] where none is
/// left that does not end the curve; [`NotEstimable::NeedsInfluence`] with sampling weights, under
/// which the limit is no Brownian bridge.
///
/// # Panics
///
/// If the range ends before it begins.
///
/// # References
///
/// - Hall WJ, Wellner JA (1980). *Biometrika* 67:133–143.
/// - Nair VN (1984). *Technometrics* 26:265–275.
/// - Borgan Ø, Liestøl K (1990). *Scandinavian Journal of Statistics* 17:35–41.
/// - Klein JP, Moeschberger ML (2003). *Survival Analysis*, section 4.4.
/// - Agrees with R's km.ci 0.5-6, as far as its tables of critical values go; to more digits with
///   the formula in R and critical values of mpmath: `tests/reference/r/survival_bands_r.R`,
///   `tests/reference/python/bands.py`.
pub fn band(table: &EventTable, settings: BandSettings) -> Result<Band, NotEstimable> {
    if table.has_sampling_weights() {
        return Err(NotEstimable::NeedsInfluence);
    }
    table.last_day().ok_or(NotEstimable::NoParticipants)?;
    let curve = Steps::of(table);
    let first_event = curve.first_event.ok_or(NotEstimable::NoEvents)?;
    let last_event = curve.last_event.ok_or(NotEstimable::NoEvents)?;
    let (from, to) = settings.range_days.unwrap_or((first_event, last_event));
    assert!(from <= to, "a range begins before it ends");
    table.n_event_days_by(to)?;
    let from = match settings.kind {
        BandKind::HallWellner => from,
        BandKind::EqualPrecision => from.max(first_event),
    };
    let to = to.min(curve.end);
    let (low, high) = (curve.at(from).1, curve.at(to).1);
    if to < from || high <= 0.0 {
        return Err(NotEstimable::NoEvents);
    }
    let (n, level) = (table.n_participants(), settings.level.get());
    let (critical_value, margin): (f64, Box<dyn Fn(f64) -> f64>) = match settings.kind {
        BandKind::HallWellner => {
            let share = |variance: f64| n * variance / (1.0 + n * variance);
            let k = brownian_bridge::supremum_quantile(level, (share(low), share(high)));
            (k, Box::new(move |variance| k * (1.0 + n * variance) / n.sqrt()))
        }
        BandKind::EqualPrecision => {
            let c = ornstein_uhlenbeck::supremum_quantile(level, 0.5 * ln(high / low));
            (c, Box::new(move |variance| c * variance.sqrt()))
        }
    };
    let point = |time_days: f64| {
        let (estimate, variance) = curve.at(time_days);
        let limits = settings.scale.around(estimate, estimate * margin(variance));
        BandPoint { time_days, estimate, limits }
    };
    let later = curve.days.iter().copied().filter(|&day| day > from && day <= to);
    let points = std::iter::once(from).chain(later).map(point).collect();
    Ok(Band { from_days: from, to_days: to, critical_value, points })
}

/// S and σ² after each day on which they can be told, as long as S is not 0.
struct Steps {
    days: Vec<f64>,
    values: Vec<(f64, f64)>,
    first_event: Option<f64>,
    last_event: Option<f64>,
    /// The last time at which S is known and not 0.
    end: f64,
}

impl Steps {
    fn of(table: &EventTable) -> Self {
        let rows = &table.rows()[..table.n_event_days()];
        let heights = survival_after(rows);
        let alive = heights.partition_point(|&height| height > 0.0);
        let end = rows.get(alive).or(rows.last()).map_or(0.0, |row| f64::from(row.day));
        // Just before the day on which S falls to 0.
        let end = if alive < rows.len() { end.next_down() } else { end };
        let rows = &rows[..alive];
        let mut variance = 0.0;
        let values = rows.iter().zip(heights).map(|(row, height)| {
            let (n, d) = (row.n_at_risk, row.n_events);
            variance += d / (n * (n - d));
            (height, variance)
        });
        let values = values.collect();
        let day = |row: &EventDay| f64::from(row.day);
        let mut with_events = rows.iter().filter(|row| row.n_events > 0.0).map(day);
        let first_event = with_events.next();
        Self {
            values,
            first_event,
            last_event: with_events.next_back().or(first_event),
            days: rows.iter().map(day).collect(),
            end,
        }
    }

    fn at(&self, time_days: f64) -> (f64, f64) {
        let n_days = self.days.partition_point(|&day| day <= time_days);
        n_days.checked_sub(1).map_or((1.0, 0.0), |last| self.values[last])
    }
}
