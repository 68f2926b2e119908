//! Reference values of Table 1.

use ips_eval::estimate::balance::{
    LevelCounts, NumericSummary, Spread, categorical_difference, level_differences,
    numeric_summary, pearson_levels, standardised_difference, welch_t_test,
};

use super::case::{each_case, position};

#[test]
fn numeric_covariates_agree_with_r() {
    each_case("balance", "numeric", |case| {
        let values = case.by_arm().map(|arm| {
            arm.into_iter().map(|x| (!x.is_nan()).then_some(x)).collect::<Vec<Option<f64>>>()
        });
        let summaries = [&values.intervention, &values.control].map(|arm| numeric_summary(arm));
        let both = |of: fn(&NumericSummary) -> usize| summaries.map(|arm| of(&arm) as f64);
        case.assert_each("n", &both(|arm| arm.n));
        case.assert_each("missing", &both(|arm| arm.missing));
        let each = |of: fn(&Spread) -> f64| summaries.map(|arm| of(&arm.values.unwrap()));
        case.assert_each("mean", &each(|arm| arm.mean));
        case.assert_each("std_dev", &each(|arm| arm.std_dev.unwrap()));
        case.assert_each("smallest", &each(|arm| arm.smallest));
        case.assert_each("lower_quartile", &each(|arm| arm.lower_quartile));
        case.assert_each("median", &each(|arm| arm.median));
        case.assert_each("upper_quartile", &each(|arm| arm.upper_quartile));
        case.assert_each("largest", &each(|arm| arm.largest));
        let present = values.map(|arm| arm.into_iter().flatten().collect::<Vec<f64>>());
        let present = present.as_ref().map(Vec::as_slice);
        case.assert("smd", standardised_difference(present).unwrap());
        let test = welch_t_test(present).unwrap();
        case.assert("t", test.statistic);
        case.assert("df", test.df);
        case.assert("p_value", test.p_value);
    });
}

#[test]
fn categorical_covariates_agree_with_r() {
    each_case("balance", "categorical", |case| {
        let counts = case.by_arm().map(|arm| LevelCounts {
            counts: arm.into_iter().map(|count| position(count) as u64).collect(),
            missing: 0,
        });
        let each = level_differences(counts.as_ref()).unwrap();
        let each: Vec<f64> = each.into_iter().map(|smd| smd.unwrap_or(f64::NAN)).collect();
        case.assert_each("each", &each);
        case.assert("whole", categorical_difference(counts.as_ref()).unwrap());
        let test = pearson_levels(counts.as_ref()).unwrap();
        case.assert("statistic", test.statistic);
        case.assert("df", test.df as f64);
        case.assert("p_value", test.p_value);
    });
}
