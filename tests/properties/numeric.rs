//! Properties of the numeric room.

use ips_eval::numeric::distribution::hypergeometric::{TwoByTwo, fisher_exact_two_sided, pmf};
use ips_eval::numeric::distribution::{binomial, chi_squared, normal, student_t};
use ips_eval::numeric::elementary::pow;
use ips_eval::numeric::least_squares::{LeastSquares, LeastSquaresError};
use ips_eval::numeric::sum::{mean, sample_variance, sum};
use ips_eval::numeric::symmetric::{solve_symmetric, wald_statistic};
use ndarray::{Array1, Array2};
use proptest::collection::vec;
use proptest::prelude::*;

/// Degrees of freedom from 0.3 to 1e9, evenly on the log scale.
fn degrees_of_freedom() -> impl Strategy<Value = f64> {
    (-0.5..9.0).prop_map(|log| pow(10.0, log))
}

/// Probabilities from 1e-290 to 1 − 1e-12, crowded at both ends.
fn probability() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-290.0..-0.3).prop_map(|log| pow(10.0, log)),
        0.01..0.99,
        (-12.0..-1.0).prop_map(|log| 1.0 - pow(10.0, log)),
    ]
}

fn table() -> impl Strategy<Value = TwoByTwo> {
    let count = || prop_oneof![0_u64..6, 0_u64..60, 0_u64..3000];
    (count(), count(), count(), count()).prop_map(|(a, b, c, d)| [[a, b], [c, d]])
}

/// A column of ones, a 0/1 column with both values, a continuous one, and an outcome.
fn regression() -> impl Strategy<Value = (Array2<f64>, Array1<f64>)> {
    vec((any::<bool>(), -3.0..3.0, -5.0..5.0), 8..40).prop_map(|rows| {
        let n = rows.len();
        let x = Array2::from_shape_fn((n, 3), |(i, j)| match j {
            0 => 1.0,
            1 => f64::from(u8::from(i > 1 && (i == 2 || rows[i].0))),
            _ => rows[i].1,
        });
        (x, rows.iter().map(|row| row.2).collect())
    })
}

fn relative(got: f64, want: f64) -> f64 {
    if got.to_bits() == want.to_bits() { 0.0 } else { (got - want).abs() / want.abs() }
}

fn fit(x: &Array2<f64>, y: &Array1<f64>) -> Result<LeastSquares, LeastSquaresError> {
    LeastSquares::fit(x.view(), y.view())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn both_tails_make_one(
        x in -40.0..40.0, q in 0.0..2000.0, df in degrees_of_freedom(),
        k in 0_u64..50, n in 1_u64..50, p in 0.0..1.0,
    ) {
        for (cdf, sf) in [
            (normal::cdf(x), normal::sf(x)),
            (student_t::cdf(x, df), student_t::sf(x, df)),
            (chi_squared::cdf(q, df), chi_squared::sf(q, df)),
            (binomial::cdf(k, n, p), binomial::sf(k, n, p)),
        ] {
            prop_assert!((0.0..=1.0).contains(&cdf) && (0.0..=1.0).contains(&sf));
            prop_assert!((cdf + sf - 1.0).abs() < 1e-14, "{cdf} {sf}");
        }
    }

    #[test]
    fn the_quantile_inverts_the_cdf(p in probability(), df in degrees_of_freedom()) {
        // An error of 1e-16 in t is t² · 1e-16 of its tail, times at most df + 1.
        let z = normal::quantile(p);
        prop_assert!(relative(normal::cdf(z), p) < 1e-15 * (4.0 + z * z));
        let t = student_t::quantile(p, df);
        if t.is_finite() {
            let allowed = 2e-13 + 4e-15 * (df + 1.0).min(t * t + 1.0);
            prop_assert!(relative(student_t::cdf(t, df), p) < allowed, "{t}");
        }
    }

    #[test]
    fn tails_fall(x in -38.0..38.0_f64, step in 1e-6..3.0_f64, df in degrees_of_freedom()) {
        let y = x + step;
        prop_assert!(normal::sf(y) <= normal::sf(x));
        prop_assert!(student_t::sf(y, df) <= student_t::sf(x, df));
        let (q, r) = (x * x * df / 10.0, x * x * df / 10.0 * (1.0 + step));
        prop_assert!(chi_squared::sf(r, df) <= chi_squared::sf(q, df) * (1.0 + 1e-13));
        prop_assert!(chi_squared::cdf(r, df) >= chi_squared::cdf(q, df) * (1.0 - 1e-13));
    }

    #[test]
    fn quantiles_rise(p in probability(), factor in 1.001..1.5_f64, df in degrees_of_freedom()) {
        let r = (p * factor).min(1.0);
        prop_assert!(normal::quantile(p) <= normal::quantile(r));
        prop_assert!(student_t::quantile(p, df) <= student_t::quantile(r, df));
    }

    #[test]
    fn t_is_symmetric_and_heavier_than_normal(t in 2.0..37.0_f64, df in degrees_of_freedom()) {
        prop_assert_eq!(student_t::cdf(-t, df).to_bits(), student_t::sf(t, df).to_bits());
        prop_assert!(student_t::sf(t, df) >= normal::sf(t) * (1.0 - 1e-12));
        prop_assert!(relative(student_t::sf(t, 1e25), normal::sf(t)) < 1e-15);
    }

    #[test]
    fn the_square_of_a_normal_is_chi_squared(z in 1e-3..37.0) {
        let allowed = 1e-15 * (10.0 + z * z);
        prop_assert!(relative(chi_squared::sf(z * z, 1.0), normal::two_sided_p(z)) < allowed);
    }

    #[test]
    fn binomial_tails_exchange_success_and_failure(n in 2_u64..300, share in 0.0..1.0, p in 0.01..0.99) {
        let below = (0..n).find(|&k| k as f64 >= share * (n as f64 - 1.0)).unwrap_or(0);
        let other = binomial::sf(n - below - 1, n, 1.0 - p);
        prop_assert!(relative(binomial::cdf(below, n, p), other) < 1e-12);
    }

    #[test]
    fn fisher_does_not_care_which_is_row_or_first(table in table()) {
        let [[a, b], [c, d]] = table;
        let p = fisher_exact_two_sided(table);
        prop_assert!((0.0..=1.0).contains(&p));
        prop_assert!(p >= pmf(table) * (1.0 - 1e-12));
        for same in [[[a, c], [b, d]], [[c, d], [a, b]], [[b, a], [d, c]]] {
            // Below 1e-305 doubles no longer have 16 digits.
            prop_assert!((fisher_exact_two_sided(same) - p).abs() <= 1e-12 * p.max(1e-305));
        }
    }

    #[test]
    fn tables_with_the_same_margins_have_probability_one(row in 0_u64..40, other in 0_u64..40, share in 0.0..1.0) {
        let total = row + other;
        let column = (0..total).find(|&k| k as f64 >= share * total as f64).unwrap_or(0);
        let possible = column.saturating_sub(other)..=row.min(column);
        let all = sum(possible.map(|a| pmf([[a, row - a], [column - a, other + a - column]])));
        prop_assert!((all - 1.0).abs() < 1e-13, "{all}");
    }

    #[test]
    fn units_do_not_change_a_fit((x, y) in regression(), unit in -12.0..12.0) {
        let Ok(plain) = fit(&x, &y) else { return Ok(()) };
        let factor = pow(10.0, unit);
        let mut scaled = x.clone();
        scaled.column_mut(2).mapv_inplace(|v| v * factor);
        let scaled = fit(&scaled, &(&y * factor)).expect("rank does not depend on units");
        let (v, w) = (plain.hc2_covariance(), scaled.hc2_covariance());
        let power = [factor, factor, 1.0];
        for j in 0..3 {
            let error = v[[j, j]].sqrt();
            prop_assert!((scaled.coefficients[j] / power[j] - plain.coefficients[j]).abs() <= 1e-9 * (error + plain.coefficients[j].abs()));
            prop_assert!((w[[j, j]].sqrt() / power[j] - error).abs() <= 1e-9 * (error + plain.coefficients[j].abs()));
        }
    }

    #[test]
    fn residuals_are_orthogonal_and_leverages_add_up((x, y) in regression()) {
        let Ok(fit) = fit(&x, &y) else { return Ok(()) };
        prop_assert!(x.t().dot(&fit.residuals).iter().all(|d| d.abs() < 1e-12));
        prop_assert!((fit.leverages.sum() - 3.0).abs() < 1e-13);
        for j in 0..3 {
            let by_moves = fit.sensitivities(j).dot(&y);
            prop_assert!((by_moves - fit.coefficients[j]).abs() < 1e-9);
        }
        prop_assert!(fit.hc2_covariance().diag().iter().all(|&v| v >= 0.0));
    }

    #[test]
    fn a_shift_of_the_outcome_moves_the_intercept_only((x, y) in regression(), shift in -100.0..100.0_f64) {
        let Ok(plain) = fit(&x, &y) else { return Ok(()) };
        let moved = fit(&x, &(&y + shift)).expect("the same design");
        let difference = &moved.coefficients - &plain.coefficients;
        prop_assert!((difference[0] - shift).abs() < 1e-9);
        prop_assert!(difference[1].abs() < 1e-9 && difference[2].abs() < 1e-9);
    }

    #[test]
    fn a_repeated_column_is_refused((x, y) in regression(), factor in 0.1..10.0_f64) {
        let mut wide = x.clone();
        wide.push_column((&x.column(2) * factor).view()).expect("a column of that length");
        if fit(&x, &y).is_ok() {
            prop_assert_eq!(fit(&wide, &y).err(), Some(LeastSquaresError::RankDeficient { column: 3 }));
        }
    }

    #[test]
    fn wald_does_not_depend_on_the_contrasts_chosen(
        entries in vec(-2.0..2.0, 12), b in vec(-3.0..3.0, 3), mix in 0.2..3.0,
    ) {
        let root = Array2::from_shape_vec((4, 3), entries).expect("twelve entries");
        let v = root.t().dot(&root) + Array2::<f64>::eye(3) * 0.1;
        let b = Array1::from_vec(b);
        let wald = wald_statistic(b.view(), v.view()).expect("positive definite");
        let mut contrast = Array2::<f64>::eye(3);
        contrast[[0, 1]] = mix;
        contrast[[2, 0]] = -mix;
        let (c, w) = (contrast.dot(&b), contrast.dot(&v).dot(&contrast.t()));
        let mixed = wald_statistic(c.view(), w.view()).expect("positive definite");
        prop_assert!((wald - mixed).abs() <= 1e-9 * (1.0 + wald));
        let solved = solve_symmetric(v.view(), b.view()).expect("positive definite");
        prop_assert!((v.dot(&solved) - &b).iter().all(|d| d.abs() < 1e-9));
        prop_assert!((b.dot(&solved) - wald).abs() <= 1e-9 * (1.0 + wald));
    }

    #[test]
    fn a_sum_hardly_depends_on_the_order(mut values in vec(-1e12..1e12, 2..200)) {
        let (forward, centre) = (sum(values.iter().copied()), mean(&values));
        let variance = sample_variance(&values).expect("two values");
        values.reverse();
        prop_assert!((forward - sum(values.iter().copied())).abs() <= 1e-15 * forward.abs());
        prop_assert!(relative(sample_variance(&values).expect("two values"), variance) < 1e-13);
        prop_assert!(centre.is_some());
    }
}
