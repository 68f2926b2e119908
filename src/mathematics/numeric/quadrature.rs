//! Integrals of smooth functions over an interval.

/// Positive abscissae and weights of Gauss and Legendre's rule with 16 points on [−1, 1].
const POINTS: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_58),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_8, 0.149_595_988_816_576_74),
    (0.755_404_408_355_003, 0.124_628_971_255_533_88),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_79),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_096),
];

/// How often an interval is halved at most.
const MOST_HALVINGS: u32 = 40;

/// ∫ f over [`from`, `to`], by Gauss and Legendre's 16 points on the interval and on its halves,
/// halved again until both differ by no more than `tolerance`.
///
/// For functions with all derivatives what is returned, the sum over the halves, is far nearer
/// than that: what the halves change is the error of the whole, and theirs is about 2⁻³² of it.
/// The function is called, never compiled into the 48 places that call it, which takes the optimiser
/// minutes. The order of the sum is fixed by the function alone. A peak between the points, narrower than
/// a thirtieth of the interval, goes unseen, unless it lies at an end.
pub fn integrate(f: &dyn Fn(f64) -> f64, from: f64, to: f64, tolerance: f64) -> f64 {
    halved(f, (from, to), gauss(f, from, to), (tolerance, MOST_HALVINGS))
}

fn halved(
    f: &dyn Fn(f64) -> f64,
    (from, to): (f64, f64),
    whole: f64,
    (tolerance, halvings_left): (f64, u32),
) -> f64 {
    let middle = f64::midpoint(from, to);
    let (left, right) = (gauss(f, from, middle), gauss(f, middle, to));
    if halvings_left == 0 || (left + right - whole).abs() <= tolerance {
        return left + right;
    }
    let rest = (tolerance, halvings_left - 1);
    halved(f, (from, middle), left, rest) + halved(f, (middle, to), right, rest)
}

fn gauss(f: &dyn Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    let (centre, half) = (f64::midpoint(from, to), (to - from) / 2.0);
    let pairs = POINTS.iter().map(|&(x, w)| w * (f(centre - half * x) + f(centre + half * x)));
    half * pairs.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::elementary::exp;

    #[test]
    fn polynomials_are_exact_and_peaks_are_found() {
        // ∫₀² x³¹ = 2³² / 32.
        let power = |x: f64| (0..31).fold(1.0, |product, _| product * x);
        assert!((integrate(&power, 0.0, 2.0, 1e-6) / 134_217_728.0 - 1.0).abs() < 1e-14);
        // A peak a thousandth of the interval wide, at its end: √π / 2000.
        let peak = |x: f64| exp(-1e6 * x * x);
        let got = integrate(&peak, 0.0, 1.0, 1e-15);
        assert!((got - 5e-4 * std::f64::consts::PI.sqrt()).abs() < 1e-17, "{got:e}");
    }
}
