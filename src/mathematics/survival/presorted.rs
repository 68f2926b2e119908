//! The curves of one group for many replicates: sorted once, weighted many times.

use super::ending::Ending;
pub use super::presorted_table::Places;
use super::presorted_table::{Row, Table};
use super::presorted_walks::{incidences, median, restricted_means, survivals};
use super::running_weights::{RunningWeights, as_u32};

/// One group, sorted by day, ready to be weighted.
///
/// Under any case weights it gives the Kaplan-Meier survival S and its median, the restricted
/// mean and the Aalen-Johansen incidence F of the event, with standard errors: to the last bit
/// the estimates, and to rounding the standard errors, that [`super::kaplan_meier::KaplanMeier`],
/// [`super::quantile::median`], [`super::restricted_mean::restricted_mean`] and
/// [`super::aalen_johansen::CumulativeIncidence`] give from a table with the same weights. No sort,
/// no memory; what is not asked for costs nothing but the one pass over the group that all share.
///
/// # Variances in one pass
///
/// The restricted mean's and the incidence's variance sum squares of what is still to come after
/// each day. They are walked forwards: with W(t) a quantity that only grows,
///
/// ```text
/// Qₖ(t) = Σⱼ gⱼ (W(t) − W(tⱼ))ᵏ;   as W grows by Δ:  Q₂ += Δ (2 Q₁ + Δ Q₀),  Q₁ += Δ Q₀
/// Var μ(τ) = Q₂,  W the area under S,  gⱼ = dⱼ / (nⱼ (nⱼ − dⱼ))
/// Var F(t) = S² Q₀ + 2 S Q₁ + Q₂ + R₂ + E
/// ```
///
/// In the last line Q is of W = O, the other exits' incidence, with gⱼ = v(d₁ⱼ) / (nⱼ − dⱼ)², and
/// R of W = F with v(d₂ⱼ) / (nⱼ − dⱼ)²; dⱼ = d₁ⱼ + d₂ⱼ. As S + F + O = 1,
/// (1 − rⱼ) S(tⱼ) = S(t) + O(t) − O(tⱼ). E is S(tⱼ₋₁)² v(d₁ⱼ) / nⱼ² of a day on which all at risk
/// leave, after which nothing is to come. All terms are positive: nothing cancels, whatever the
/// times.
#[derive(Clone, Debug, PartialEq)]
pub struct PresortedTimes {
    /// Positions of the members in the order of their days; within a day events first, then
    /// competing exits, then censorings.
    order: Vec<u32>,
    days: Vec<PresortedDay>,
}

/// A day on which the time of some members ends, and where in the order these groups of them end.
#[derive(Clone, Copy, Debug, PartialEq)]
struct PresortedDay {
    day: f64,
    events_end: u32,
    competing_end: u32,
    end: u32,
}

/// The times at which curves are read, in days, ascending; need not be whole days.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadAt<'a> {
    /// Of S.
    pub survival: &'a [f64],
    /// The horizons of the restricted mean.
    pub restricted_mean: &'a [f64],
    /// Of F.
    pub incidence: &'a [f64],
}

/// What a replicate writes. `CurveReadings::default()` has no room for anything.
#[derive(Debug, Default)]
pub struct CurveReadings<'a> {
    /// S, competing exits counted as censored. Where it is 0 it has no standard error.
    pub survival: Places<'a>,
    /// The area under S, in days.
    pub restricted_mean: Places<'a>,
    /// F of the event.
    pub incidence: Places<'a>,
    /// The median of S, in days.
    pub median: Option<&'a mut f64>,
}

/// Working memory of a replicate, for groups of any size; what it held before does not matter.
#[derive(Clone, Debug, Default)]
pub struct CurveScratch {
    before: RunningWeights,
    rows: Vec<Row>,
}

impl PresortedTimes {
    /// Sorts one group of participants: `members` are its positions in `days` and `endings`,
    /// which may hold the whole trial.
    ///
    /// # Panics
    ///
    /// If the slices differ in length, or a member has no place in them.
    pub fn new(days: &[i32], endings: &[Ending], members: &[usize]) -> Self {
        assert_eq!(days.len(), endings.len(), "one ending a participant");
        let mut sorted = members.to_vec();
        sorted.sort_by_key(|&i| (days[i], endings[i], i));
        let mut end = 0;
        let rows = sorted.chunk_by(|&i, &j| days[i] == days[j]).map(|same_day| {
            let until =
                |ending| end + as_u32(same_day.iter().filter(|&&i| endings[i] <= ending).count());
            let row = PresortedDay {
                day: f64::from(days[same_day[0]]),
                events_end: until(Ending::Event),
                competing_end: until(Ending::Competing),
                end: until(Ending::Censored),
            };
            end = row.end;
            row
        });
        Self { days: rows.collect(), order: sorted.iter().map(|&i| as_u32(i)).collect() }
    }

    /// Everything that `out` has room for.
    ///
    /// `weights` tell how many times each participant counts, by the positions that `new` was
    /// given: those of the whole trial, of which other groups' weights are not read. A time past
    /// the last day on which a member with a positive weight was followed has NaN, and so has a
    /// median that the curve does not reach.
    ///
    /// # Panics
    ///
    /// Unless the times ascend and there is one place, and one or no place for a standard error,
    /// a time.
    pub fn read(
        &self,
        weights: &[u32],
        at: &ReadAt<'_>,
        scratch: &mut CurveScratch,
        out: &mut CurveReadings<'_>,
    ) {
        let last = |times: &[f64]| times.last().copied().unwrap_or(f64::NEG_INFINITY);
        let mut until = last(at.survival).max(last(at.restricted_mean)).max(last(at.incidence));
        if out.median.is_some() {
            until = f64::INFINITY;
        }
        let table = self.tabulate(weights, until, scratch);
        survivals(table, at.survival, &mut out.survival);
        restricted_means(table, at.restricted_mean, &mut out.restricted_mean);
        incidences(table, at.incidence, &mut out.incidence);
        if let Some(place) = &mut out.median {
            **place = median(table.rows);
        }
    }

    /// The incidence of the event alone, as [`read`](Self::read).
    ///
    /// # Panics
    ///
    /// As [`read`](Self::read).
    pub fn incidence_at(
        &self,
        weights: &[u32],
        times_days: &[f64],
        scratch: &mut CurveScratch,
        estimates: &mut [f64],
    ) {
        let incidence = Places { estimates, std_errors: &mut [] };
        let at = ReadAt { incidence: times_days, ..ReadAt::default() };
        let mut out = CurveReadings { incidence, ..CurveReadings::default() };
        self.read(weights, &at, scratch, &mut out);
    }

    /// The table of the weights, up to a time.
    fn tabulate<'s>(
        &self,
        weights: &[u32],
        until: f64,
        scratch: &'s mut CurveScratch,
    ) -> Table<'s> {
        let CurveScratch { before, rows } = scratch;
        before.set(&self.order, weights);
        let total = before.total();
        rows.resize(rows.len().max(self.days.len() + 1), Row::default());
        // A day on which nobody's time ends in the replicate is no day of its table: it is
        // written, and then written over. That is faster than to ask.
        let (mut n_rows, mut start, mut last) = (0, 0, f64::NEG_INFINITY);
        for day in self.days.iter().take_while(|day| day.day <= until) {
            let events = before.until(day.events_end);
            let competing = before.until(day.competing_end);
            let end = before.until(day.end);
            rows[n_rows] = Row {
                day: day.day,
                n_at_risk: (total - start) as f64,
                n_events: (events - start) as f64,
                n_competing: (competing - events) as f64,
            };
            n_rows += usize::from(end > start);
            start = end;
        }
        if n_rows > 0 {
            last = rows[n_rows - 1].day;
        }
        let followed_until = if total > start { f64::INFINITY } else { last };
        Table { rows: &rows[..n_rows], followed_until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::interval::ConfidenceLevel;
    use crate::numeric::weights::FrequencyWeights;
    use crate::random::{Purpose, Seed, Stream};
    use crate::survival::aalen_johansen::CumulativeIncidence;
    use crate::survival::ending::Cause;
    use crate::survival::event_table::EventTable;
    use crate::survival::kaplan_meier::KaplanMeier;
    use crate::survival::quantile;
    use crate::survival::restricted_mean::restricted_mean;

    /// Days with many ties, or hardly any, and endings of which one in three is a competing exit
    /// at most.
    fn draw(stream: &mut Stream, n: u32, last: u32) -> (Vec<i32>, Vec<Ending>) {
        let competing = stream.below(4);
        let ending = |k: u32| match k {
            0..=3 => Ending::Event,
            4 | 5 => Ending::Censored,
            _ => Ending::Competing,
        };
        let day = |stream: &mut Stream| i32::try_from(stream.below(last)).unwrap();
        let days = (0..n).map(|_| day(stream)).collect();
        (days, (0..n).map(|_| ending(stream.below(5 + competing))).collect())
    }

    fn close(got: f64, want: f64, what: &str) {
        // An absolute part: where the exact value is 0, the estimators have rounding.
        assert!((got - want).abs() <= 1e-12 * want.abs() + 1e-15, "{what}: {got:e} {want:e}");
    }

    #[test]
    fn replicates_are_the_estimates_with_their_errors() {
        let level = ConfidenceLevel::new(0.95).unwrap();
        let mut scratch = CurveScratch::default();
        let times: Vec<f64> = (0..60).map(|k| f64::from(k) * 0.3).collect();
        let k = times.len();
        let at = ReadAt { survival: &times, restricted_mean: &times, incidence: &times };
        for case in 0..400 {
            let mut stream = Stream::new(Seed(5), Purpose::Simulation, case);
            let n = 1 + stream.below(40);
            let last = if case.is_multiple_of(2) { 16 } else { 500 };
            let (days, endings) = draw(&mut stream, n, last);
            let weights: Vec<u32> = days.iter().map(|_| stream.below(4)).collect();
            let members: Vec<usize> = (0..days.len()).filter(|i| i % 5 != 4).collect();
            let own = (0..days.len()).map(|i| if i % 5 == 4 { 0 } else { weights[i] });
            let own: Vec<u32> = own.collect();
            let table = EventTable::new(&days, &endings, Some(FrequencyWeights(&own)));
            let mut buffers = vec![vec![7.0; k]; 6];
            let mut places = buffers.iter_mut();
            let mut next =
                || Places { estimates: places.next().unwrap(), std_errors: places.next().unwrap() };
            let (mut median, mut many) = (7.0, CurveReadings::default());
            (many.survival, many.restricted_mean, many.incidence) = (next(), next(), next());
            many.median = Some(&mut median);
            let presorted = PresortedTimes::new(&days, &endings, &members);
            presorted.read(&weights, &at, &mut scratch, &mut many);
            let curve = KaplanMeier::new(&table, level);
            let incidence = CumulativeIncidence::new(&table, Cause::Event, level);
            let want = quantile::median(&curve).ok().and_then(|m| m.estimate);
            assert_eq!(median.to_bits(), want.unwrap_or(f64::NAN).to_bits());
            for (i, &time) in times.iter().enumerate() {
                let Ok(mean) = restricted_mean(&table, time) else {
                    assert!(buffers.iter().all(|values| values[i].is_nan()));
                    continue;
                };
                let (s, f) = (curve.at(time).unwrap(), incidence.at(time).unwrap());
                let want = [s.estimate, mean.estimate_days, f.estimate];
                for (j, want) in want.into_iter().enumerate() {
                    assert_eq!(buffers[2 * j][i].to_bits(), want.to_bits(), "{case} {j}");
                }
                match s.std_error {
                    Some(want) => close(buffers[1][i], want, "S"),
                    None => assert!(buffers[1][i].is_nan()),
                }
                close(buffers[3][i], mean.std_error_days, "mean");
                close(buffers[5][i], f.std_error.unwrap(), "F");
            }
            // Alone, without errors, the same bits.
            let mut alone = vec![7.0; k];
            presorted.incidence_at(&weights, &times, &mut scratch, &mut alone);
            assert!(alone.iter().zip(&buffers[4]).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
    }
}
