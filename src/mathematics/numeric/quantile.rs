//! Quantiles of a sample.

/// How far n p may be from a whole number, in units of n, and still count as one.
const FUZZ: f64 = 4.0 * f64::EPSILON;

/// The quantile at `probability` of values in increasing order: type 2 of Hyndman and Fan (1996,
/// *American Statistician* 50:361–365, doi:10.1080/00031305.1996.10473566).
///
/// With n values and p the probability: the ⌈n p⌉-th smallest or, where n p is a whole number, the
/// mean of the n p-th and the next. It is a function of the empirical distribution alone, so that
/// everybody twice changes nothing, and is what Stata's `summarize, detail`, SAS and R's
/// `quantile(type = 2)` give; R's default, type 7, interpolates between neighbours.
///
/// None of nothing. `probability` is brought into [0, 1].
pub fn of_sorted(sorted: &[f64], probability: f64) -> Option<f64> {
    let (&first, &last) = (sorted.first()?, sorted.last()?);
    let n = sorted.len() as f64;
    let rank = n * probability.clamp(0.0, 1.0);
    let whole = rank.round();
    let is_whole = (rank - whole).abs() <= FUZZ * n;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank between 0 and the number of values"
    )]
    let below = if is_whole { whole } else { rank.floor() } as usize;
    Some(match below {
        0 => first,
        below if below >= sorted.len() => last,
        below if is_whole => sorted[below - 1] + (sorted[below] - sorted[below - 1]) / 2.0,
        below => sorted[below],
    })
}

/// The values in increasing order.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_ranks_are_averaged_and_others_rounded_up() {
        let values = [1.0, 2.0, 4.0, 8.0];
        for (p, want) in [(0.0, 1.0), (0.1, 1.0), (0.25, 1.5), (0.3, 2.0), (0.5, 3.0), (1.0, 8.0)] {
            assert_eq!(of_sorted(&values, p), Some(want), "{p}");
        }
        // 0.7 · 10 is 7.000000000000001 or 7 depending on the product: both are rank 7.
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(of_sorted(&ten, 0.7), Some(7.5));
        assert_eq!(of_sorted(&ten, 0.1 + 0.2), Some(3.5));
        assert_eq!(of_sorted(&[], 0.5), None);
        assert_eq!(of_sorted(&[3.0], 0.5), Some(3.0));
    }
}
