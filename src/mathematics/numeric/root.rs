//! The argument at which a function takes a value.

/// Steps after which the best argument so far is returned.
const MAX_STEPS: usize = 200;

/// The x at which an increasing continuous function is `target`, to `tolerance`.
///
/// The search starts from `low`, at which the function is at most `target`, in steps that double
/// from `step` until it is above; then by the Illinois variant of the rule of false position
/// (Dowell and Jarratt 1971, *BIT* 11:168–174, doi:10.1007/BF01934364).
pub fn of_increasing(
    f: impl Fn(f64) -> f64,
    target: f64,
    (low, step): (f64, f64),
    tolerance: f64,
) -> f64 {
    let (mut low, mut step) = (low, step);
    let mut f_low = f(low) - target;
    if f_low >= 0.0 {
        return low;
    }
    let mut high = low + step;
    let mut f_high = f(high) - target;
    for _ in 0..MAX_STEPS {
        if f_high > 0.0 {
            break;
        }
        step *= 2.0;
        (low, f_low) = (high, f_high);
        high = low + step;
        f_high = f(high) - target;
    }
    let (mut kept_low, mut kept_high) = (false, false);
    for _ in 0..MAX_STEPS {
        let x = (low * f_high - high * f_low) / (f_high - f_low);
        if high - low <= tolerance || f_high - f_low <= 0.0 {
            break;
        }
        let value = f(x) - target;
        if value > 0.0 {
            if x >= high {
                break;
            }
            (high, f_high) = (x, value);
            f_low *= if kept_low { 0.5 } else { 1.0 };
            (kept_low, kept_high) = (true, false);
        } else if value < 0.0 {
            if x <= low {
                break;
            }
            (low, f_low) = (x, value);
            f_high *= if kept_high { 0.5 } else { 1.0 };
            (kept_low, kept_high) = (false, true);
        } else {
            return x;
        }
        // The last step lies next to the root long before both ends do.
        if value.abs() <= f64::EPSILON * target.abs() {
            return x;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_found() {
        for target in [1e-9, 0.3, 0.5, 0.95, 0.999_999] {
            let f = |x: f64| x / (1.0 + x);
            let x = of_increasing(f, target, (0.0, 0.1), 1e-13);
            assert!((f(x) - target).abs() < 1e-12, "{target}: {x}");
        }
        assert!((of_increasing(|x| x * x * x, 8.0, (0.0, 100.0), 1e-13) - 2.0).abs() < 1e-12);
    }
}
