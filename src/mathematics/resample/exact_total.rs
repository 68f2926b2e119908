//! The distribution over all resamples of a total: events, or whole numbers such as days.

use thiserror::Error;

use crate::numeric::fourier::Fourier;
use crate::numeric::sum::{RunningSum, sum};

/// The most values that a total may have: 2²².
const MOST_VALUES: usize = 1 << 22;

/// The most people and the largest number of one of them, so that no product of totals overflows.
const MOST_PEOPLE: i64 = 1 << 20;
const LARGEST: u32 = 1 << 21;

/// The most people whose events are added up exactly.
const MOST_EVENTS: u64 = 20_000;

/// Why there is no exact distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ExactError {
    /// There is nobody.
    #[error("there is nobody to resample")]
    Nobody,
    /// More events than people.
    #[error("there are more events than people in stratum {stratum}")]
    MoreEventsThanPeople {
        /// The first such stratum, from 0.
        stratum: usize,
    },
    /// Too many people, or too large numbers.
    #[error("the exact distribution has too many values: draw resamples")]
    TooLarge,
}

/// The people of a stratum, and those of them with the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventCount {
    /// Everyone.
    pub people: u32,
    /// Those with the event.
    pub events: u32,
}

/// The total over an arm of a resample, strata drawn separately: each value's probability.
///
/// The mean of the resample is the total over the number of people, which every resample keeps.
/// So everyone drawn must have a value: where some are not observed, their number differs
/// between resamples, and this is not the distribution of the mean among those observed.
#[derive(Clone, Debug)]
pub struct ExactTotal {
    pub(super) people: i64,
    /// What the data themselves add up to.
    pub(super) observed: i64,
    /// The i-th value is `first + i step`.
    pub(super) first: i64,
    pub(super) step: i64,
    pub(super) probabilities: Vec<f64>,
    pub(super) variance: f64,
}

impl ExactTotal {
    /// Events: a sum of independent binomials of nₛ and pₛ = xₛ / nₛ.
    ///
    /// Each binomial is made by ratios from its mode outwards, so that probabilities keep their
    /// relative accuracy; they are then folded, all terms being positive.
    ///
    /// # Errors
    ///
    /// [`ExactError`]: nobody, more events than people, more than 20,000 people.
    pub fn of_events(strata: &[EventCount]) -> Result<Self, ExactError> {
        if let Some(stratum) = strata.iter().position(|s| s.events > s.people) {
            return Err(ExactError::MoreEventsThanPeople { stratum });
        }
        let people: u64 = strata.iter().map(|s| u64::from(s.people)).sum();
        if people == 0 {
            return Err(ExactError::Nobody);
        }
        if people > MOST_EVENTS {
            return Err(ExactError::TooLarge);
        }
        let mut probabilities = vec![1.0];
        for &stratum in strata {
            probabilities = folded(&probabilities, &binomial(stratum));
        }
        let variance = |s: &EventCount| {
            let (n, x) = (f64::from(s.people), f64::from(s.events));
            if s.people == 0 { 0.0 } else { x * (n - x) / n }
        };
        let all = strata.iter().map(|s| (i64::from(s.people), i64::from(s.events)));
        let (people, observed) = all.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let variance = sum(strata.iter().map(variance));
        Ok(Self { people, observed, first: 0, step: 1, probabilities, variance })
    }

    /// Whole numbers, by stratum: nₛ draws from the stratum's own values.
    ///
    /// Their n-fold convolution by Fourier transform: of a length that holds all totals, so that
    /// none wraps round. Probabilities have an absolute error of about 1e-16, sums of them of
    /// 1e-13; those of the tails have no relative accuracy, and no interval reads them.
    ///
    /// # Errors
    ///
    /// [`ExactError`]: nobody, more than 2²⁰ people, a number beyond ±2²¹, or more than 2²² totals.
    pub fn of_counts(strata: &[Vec<i32>]) -> Result<Self, ExactError> {
        let strata: Vec<&[i32]> =
            strata.iter().map(Vec::as_slice).filter(|s| !s.is_empty()).collect();
        let people = i64::try_from(strata.iter().map(|values| values.len()).sum::<usize>());
        let people = people.map_err(|_| ExactError::TooLarge)?;
        if people == 0 {
            return Err(ExactError::Nobody);
        }
        let too_large = |value: &i32| value.unsigned_abs() > LARGEST;
        if people > MOST_PEOPLE || strata.iter().copied().flatten().any(too_large) {
            return Err(ExactError::TooLarge);
        }
        let lows: Vec<i64> = strata.iter().map(|values| smallest(values)).collect();
        let above = |(values, &low): (&&[i32], &i64)| -> Vec<i64> {
            values.iter().map(|&value| i64::from(value) - low).collect()
        };
        let above: Vec<Vec<i64>> = strata.iter().zip(&lows).map(above).collect();
        let step = above.iter().flatten().fold(0, |a, &b| divisor(a, b)).max(1);
        // At most 2²⁰ people times 2²²: no overflow.
        let widest = |values: &Vec<i64>| values.iter().max().map_or(0, |max| max / step);
        let widths = above.iter().map(|values| usize::try_from(widest(values)));
        let mut steps = 0;
        for (values, width) in above.iter().zip(widths) {
            steps += values.len() * width.map_err(|_| ExactError::TooLarge)?;
        }
        if steps >= MOST_VALUES {
            return Err(ExactError::TooLarge);
        }
        let starts =
            strata.iter().zip(&lows).flat_map(|(values, &low)| values.iter().map(move |_| low));
        let first = starts.sum();
        let observed = strata.iter().copied().flatten().map(|&value| i64::from(value)).sum();
        let variance = sum(above.iter().map(|values| spread(values)));
        let probabilities = convolved(&above, step, steps + 1);
        Ok(Self { people, observed, first, step, probabilities, variance })
    }

    /// A total that is always 0, of one person.
    pub(super) fn nothing() -> Self {
        let probabilities = vec![1.0];
        Self { people: 1, observed: 0, first: 0, step: 1, probabilities, variance: 0.0 }
    }

    /// The number of people, which is that of every resample.
    pub fn people(&self) -> i64 {
        self.people
    }

    /// The total of the data themselves.
    pub fn observed(&self) -> i64 {
        self.observed
    }

    /// Every total and its probability, in increasing order; some are impossible.
    pub fn values(&self) -> impl Iterator<Item = (i64, f64)> + '_ {
        let all = (0..).zip(&self.probabilities);
        all.map(|(i, &probability)| (self.first + i * self.step, probability))
    }

    /// The largest total.
    pub(super) fn last(&self) -> i64 {
        // As many values as are in memory.
        self.first + i64::try_from(self.probabilities.len() - 1).unwrap_or(0) * self.step
    }

    /// By position of a value: the probability of it and all larger ones, and at last 0.
    pub(super) fn tails(&self) -> Vec<f64> {
        let mut tail = RunningSum::default();
        let mut tails = vec![0.0; self.probabilities.len() + 1];
        for (place, &probability) in tails.iter_mut().zip(&self.probabilities).rev() {
            tail.add(probability);
            *place = tail.get();
        }
        tails
    }
}

fn smallest(values: &[i32]) -> i64 {
    values.iter().copied().min().map_or(0, i64::from)
}

/// The greatest common divisor.
fn divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.abs()
}

/// n times the variance of one draw, Σ (x − mean)².
fn spread(values: &[i64]) -> f64 {
    let mean = sum(values.iter().map(|&x| x as f64)) / values.len() as f64;
    sum(values.iter().map(|&x| (x as f64 - mean) * (x as f64 - mean)))
}

/// Probabilities of 0 to n events.
fn binomial(stratum: EventCount) -> Vec<f64> {
    let (n, x) = (stratum.people, stratum.events);
    let mut probabilities = vec![0.0; n as usize + 1];
    // The observed number is a mode; relative to it.
    probabilities[x as usize] = 1.0;
    if x > 0 && x < n {
        let odds = f64::from(x) / f64::from(n - x);
        for k in x..n {
            let ratio = f64::from(n - k) / f64::from(k + 1) * odds;
            probabilities[k as usize + 1] = probabilities[k as usize] * ratio;
        }
        for k in (0..x).rev() {
            let ratio = f64::from(k + 1) / (f64::from(n - k) * odds);
            probabilities[k as usize] = probabilities[k as usize + 1] * ratio;
        }
    }
    normalised(probabilities)
}

fn normalised(mut probabilities: Vec<f64>) -> Vec<f64> {
    let total = sum(probabilities.iter().copied());
    for probability in &mut probabilities {
        *probability /= total;
    }
    probabilities
}

fn folded(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; a.len() + b.len() - 1];
    for (i, &a) in a.iter().enumerate() {
        for (place, &b) in out[i..].iter_mut().zip(b) {
            *place += a * b;
        }
    }
    out
}

/// Probabilities of the sum over strata of as many draws as a stratum has values, by multiples
/// of `step`, `length` of them.
fn convolved(strata: &[Vec<i64>], step: i64, length: usize) -> Vec<f64> {
    let fourier = Fourier::of_at_least(length);
    let n = fourier.length();
    let (mut re, mut im) = (vec![1.0; n], vec![0.0; n]);
    for values in strata {
        let (mut own_re, mut own_im) = (vec![0.0; n], vec![0.0; n]);
        for &value in values {
            // A multiple of the step, below the length.
            own_re[usize::try_from(value / step).unwrap_or(0)] += 1.0;
        }
        for count in &mut own_re {
            *count /= values.len() as f64;
        }
        fourier.forward(&mut own_re, &mut own_im);
        let parts = own_re.into_iter().zip(own_im);
        for ((re, im), own) in re.iter_mut().zip(&mut im).zip(parts) {
            (*re, *im) = times((*re, *im), power(own, values.len()));
        }
    }
    fourier.forward(&mut im, &mut re);
    re.truncate(length);
    normalised(re.into_iter().map(|p| (p / n as f64).max(0.0)).collect())
}

fn times(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn power(mut base: (f64, f64), mut exponent: usize) -> (f64, f64) {
    let mut out = (1.0, 0.0);
    while exponent > 0 {
        if exponent % 2 == 1 {
            out = times(out, base);
        }
        base = times(base, base);
        exponent /= 2;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counts_of_zeros_and_ones() {
        let strata = [(7, 2), (12, 11), (3, 0), (4, 4), (0, 0)]
            .map(|(people, events)| EventCount { people, events });
        let events = ExactTotal::of_events(&strata).unwrap();
        let ones = strata.map(|s| (0..s.people).map(|i| i32::from(i < s.events)).collect());
        let counts = ExactTotal::of_counts(&ones).unwrap();
        assert_eq!((events.people(), events.observed()), (26, 17));
        assert_eq!((counts.people(), counts.observed()), (26, 17));
        assert!((events.variance - counts.variance).abs() < 1e-14);
        // Those of whom nobody or everyone has the event always give the same.
        let others: Vec<(i64, f64)> = events.values().collect();
        for (total, probability) in counts.values() {
            let (value, other) = others[usize::try_from(total).unwrap()];
            assert_eq!(value, total);
            assert!((probability - other).abs() < 1e-15, "{total}: {probability} {other}");
        }
    }

    #[test]
    fn what_has_no_exact_distribution_is_refused() {
        let of = |people, events| ExactTotal::of_events(&[EventCount { people, events }]);
        assert_eq!(of(0, 0).unwrap_err(), ExactError::Nobody);
        assert_eq!(of(20_001, 0).unwrap_err(), ExactError::TooLarge);
        assert_eq!(of(3, 4).unwrap_err(), ExactError::MoreEventsThanPeople { stratum: 0 });
        let of = |strata: &[Vec<i32>]| ExactTotal::of_counts(strata).unwrap_err();
        assert_eq!(of(&[]), ExactError::Nobody);
        assert_eq!(of(&[Vec::new()]), ExactError::Nobody);
        assert_eq!(of(&[vec![0, 1, 4_000_000]]), ExactError::TooLarge);
        assert_eq!(of(&[vec![i32::MIN, 1, i32::MAX]]), ExactError::TooLarge);
    }

    #[test]
    fn equal_values_are_one_total_and_multiples_take_no_room() {
        let total = ExactTotal::of_counts(&[vec![5; 4], vec![-3; 2]]).unwrap();
        assert_eq!(total.values().collect::<Vec<_>>(), [(14, 1.0)]);
        let total = ExactTotal::of_counts(&[vec![1_000_000, -2_000_000, 0]]).unwrap();
        assert_eq!(total.probabilities.len(), 10);
        assert_eq!((total.first, total.last()), (-6_000_000, 3_000_000));
    }
}
