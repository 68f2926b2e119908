//! The discrete Fourier transform of a length that is a power of two.

use super::elementary::sin_cos;

/// Transforms of one length: its sines and cosines, which are the same on every platform.
///
/// Xₖ = Σⱼ xⱼ exp(−2πi j k / N), by halving (Cooley and Tukey 1965, *Mathematics of Computation*
/// 19:297–301, doi:10.1090/S0025-5718-1965-0178586-1). Each value's error is a few times
/// ε √log₂ N times the root of Σ |xⱼ|².
#[derive(Clone, Debug)]
pub struct Fourier {
    /// cos and sin of −2π k / N, k below N / 2.
    roots: Vec<(f64, f64)>,
}

impl Fourier {
    /// Transforms of the smallest power of two that is at least `length` and at least 2.
    pub fn of_at_least(length: usize) -> Self {
        let length = length.max(2).next_power_of_two();
        let root = |k: usize| {
            let (sin, cos) = sin_cos(-2.0 * std::f64::consts::PI * k as f64 / length as f64);
            (cos, sin)
        };
        Self { roots: (0..length / 2).map(root).collect() }
    }

    /// The length N.
    pub fn length(&self) -> usize {
        2 * self.roots.len()
    }

    /// Transforms real and imaginary parts in place. With the two exchanged it is the inverse,
    /// but for the factor 1 / N.
    ///
    /// # Panics
    ///
    /// If the parts have another length than N.
    pub fn forward(&self, re: &mut [f64], im: &mut [f64]) {
        let length = self.length();
        assert!(re.len() == length && im.len() == length, "parts of the transform's length");
        let bits = length.trailing_zeros();
        for i in 0..length {
            let j = i.reverse_bits() >> (usize::BITS - bits);
            if i < j {
                re.swap(i, j);
                im.swap(i, j);
            }
        }
        let mut half = 1;
        while half < length {
            let stride = self.roots.len() / half;
            for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
                let (re_low, re_high) = re.split_at_mut(half);
                let (im_low, im_high) = im.split_at_mut(half);
                for (k, &(cos, sin)) in self.roots.iter().step_by(stride).enumerate() {
                    let real = re_high[k] * cos - im_high[k] * sin;
                    let imaginary = re_high[k] * sin + im_high[k] * cos;
                    (re_high[k], im_high[k]) = (re_low[k] - real, im_low[k] - imaginary);
                    re_low[k] += real;
                    im_low[k] += imaginary;
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_is_its_definition_and_goes_back() {
        for length in [2, 8, 32] {
            let fourier = Fourier::of_at_least(length - length / 4);
            assert_eq!(fourier.length(), length);
            let value = |i: usize, by: usize| ((i * by + 3) % 11) as f64 - 5.0;
            let x: Vec<f64> = (0..length).map(|i| value(i, 7)).collect();
            let y: Vec<f64> = (0..length).map(|i| value(i, 4)).collect();
            let (mut re, mut im) = (x.clone(), y.clone());
            fourier.forward(&mut re, &mut im);
            for k in 0..length {
                let (mut real, mut imaginary) = (0.0, 0.0);
                for j in 0..length {
                    let angle = 2.0 * std::f64::consts::PI * (j * k) as f64 / length as f64;
                    let (sin, cos) = sin_cos(angle);
                    real += x[j] * cos + y[j] * sin;
                    imaginary += y[j] * cos - x[j] * sin;
                }
                assert!((re[k] - real).abs() < 1e-12 && (im[k] - imaginary).abs() < 1e-12);
            }
            fourier.forward(&mut im, &mut re);
            for j in 0..length {
                assert!((re[j] / length as f64 - x[j]).abs() < 1e-14);
                assert!((im[j] / length as f64 - y[j]).abs() < 1e-14);
            }
        }
    }
}
