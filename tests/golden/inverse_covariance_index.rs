//! Reference values of the summary index.

use ips_eval::estimate::inverse_covariance_index::{
    Better, IndexOutcome, inverse_covariance_index,
};
use ips_eval::trial::arm::Arm;

use super::case::each_case;
use super::numbers;

#[test]
fn the_index_agrees_with_numpy() {
    each_case("inverse_covariance_index", "index", |case| {
        let text = case.input("arm").as_str().expect("arms");
        let arms: Vec<Arm> =
            text.chars().map(|c| if c == '1' { Arm::Intervention } else { Arm::Control }).collect();
        let known = |y: f64| (!y.is_nan()).then_some(y);
        let columns = case.input("outcomes").as_array().expect("a list").iter();
        let columns: Vec<Vec<Option<f64>>> =
            columns.map(|column| numbers(column).into_iter().map(known).collect()).collect();
        let less = numbers(case.input("less"));
        let better = |less: &f64| if *less > 0.5 { Better::Less } else { Better::More };
        let outcomes: Vec<IndexOutcome<'_>> = columns
            .iter()
            .zip(&less)
            .map(|(values, less)| IndexOutcome { values, better: better(less) })
            .collect();
        let got = inverse_covariance_index(&outcomes, &arms).unwrap();
        let values: Vec<f64> = got.values.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
        case.assert_each("values", &values);
        case.assert_each("weights", &got.weights);
        case.assert("n_complete", got.n_complete as f64);
        case.assert("n_without_weight", got.n_without_weight as f64);
        case.assert("centre", got.centre);
        case.assert("scale", got.scale);
    });
}
