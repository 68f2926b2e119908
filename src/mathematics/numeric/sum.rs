//! Sums in a fixed order, with the rounding errors carried along.

/// Sum in the order given, by Neumaier's compensated summation.
///
/// The error is a few units in the last place of the sum plus n² · 1e-32 of the sum of absolute
/// values: as if summed in twice the precision. 0 for nothing. (Neumaier 1974, *Zeitschrift für
/// angewandte Mathematik und Mechanik* 54:39–51, doi:10.1002/zamm.19740540106.)
pub fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut running = RunningSum::default();
    for value in values {
        running.add(value);
    }
    running.get()
}

/// The sum of [`sum`], read as it grows and shrinks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RunningSum {
    sum: f64,
    lost: f64,
}

impl RunningSum {
    /// Adds a value; a negative one takes it away again.
    pub fn add(&mut self, value: f64) {
        let next = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() {
            (self.sum - next) + value
        } else {
            (value - next) + self.sum
        };
        self.sum = next;
    }

    /// The sum so far.
    pub fn get(self) -> f64 {
        // Infinite or overflowing sums have no compensation, only NaN in its place.
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

/// Arithmetic mean; none of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| sum(values.iter().copied()) / values.len() as f64)
}

/// Sample variance Σ (xᵢ − m)² / (n − 1), m the mean, in two passes; none of fewer than two values.
///
/// The square of what the rounding of the mean leaves over is taken off (Chan and others 1983,
/// *American Statistician* 37:242–247, doi:10.1080/00031305.1983.10483115). Agrees with R's
/// `var`.
pub fn sample_variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values)?;
    let n = values.len() as f64;
    let squares = sum(values.iter().map(|x| (x - mean) * (x - mean)));
    let left_over = sum(values.iter().map(|x| x - mean));
    Some(((squares - left_over * left_over / n) / (n - 1.0)).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_parts_are_not_lost() {
        assert_eq!(sum([1.0, 1e100, 1.0, -1e100]).to_bits(), 2.0_f64.to_bits());
        let tenths = sum(std::iter::repeat_n(0.1, 1_000_000));
        assert!((tenths - 100_000.0).abs() < 1e-10, "{tenths}");
    }

    #[test]
    fn infinity_stays_infinite() {
        assert_eq!(sum([1.0, f64::INFINITY, 2.0]).to_bits(), f64::INFINITY.to_bits());
        assert!(sum([f64::INFINITY, f64::NEG_INFINITY]).is_nan());
        assert!(sum([1.0, f64::NAN]).is_nan());
    }

    #[test]
    fn nothing_has_no_mean_and_one_no_variance() {
        assert_eq!(mean(&[]), None);
        assert_eq!(sample_variance(&[3.0]), None);
        assert_eq!(sample_variance(&[3.0, 3.0]), Some(0.0));
    }

    #[test]
    fn variance_survives_a_large_mean() {
        let far: Vec<f64> = [4.0, 7.0, 13.0, 16.0].iter().map(|x| x + 1e9).collect();
        assert_eq!(sample_variance(&far), Some(30.0));
    }
}
