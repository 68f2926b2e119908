//! Bootstrap rows of a whole trial against R's boot on the same people.

use serde_json::Value;

use super::trial::{RESAMPLED_KEY, resampled};
use super::{Reference, number, numbers};

/// How many standard errors two independent Monte Carlo answers may be apart: with 28 numbers
/// compared, one in 10,000 runs would pass this by chance, and the seeds are fixed.
const STANDARD_ERRORS: f64 = 4.5;

#[test]
fn bootstrap_intervals_are_boots_up_to_monte_carlo_error() {
    let reference = Reference::read("bootstrap");
    let rows = resampled("rossi", 20_000);
    for case in &reference.cases {
        let name = case["name"].as_str().expect("a name");
        let (analysis, arm, method) = match name {
            "rate_ips" => ("arm_rate", "ips", "mean"),
            "rate_control" => ("arm_rate", "control", "mean"),
            "rate_difference" => ("effect", "ips-control", "risk_difference"),
            "incidence_difference" => ("effect", "ips-control", "risk_difference_aalen_johansen"),
            other => panic!("no rows for {other}"),
        };
        let outcome = if name.starts_with("rate") { "ever_employed" } else { "first_job" };
        let value = |inference: &str, statistic: &str, level: &str| {
            let key = [analysis, outcome, arm, method, inference, statistic, level];
            rows.get(&key.map(str::to_owned))
                .copied()
                .flatten()
                .unwrap_or_else(|| panic!("no value at {RESAMPLED_KEY:?} = {key:?}"))
        };
        let plain = value("bootstrap_bca", "estimate", "");
        reference.assert_close(&format!("{name}: estimate"), plain, &case["estimate"]);
        let (a, want) = (value("bootstrap_bca", "acceleration", ""), number(&case["acceleration"]));
        assert!((a - want).abs() <= 1e-4 * want.abs().max(0.01), "{name}: a {a} for R's {want}");
        held(name, case, &value);
    }
}

/// Holds the standard error and six limits, in the order in which the script writes them.
fn held(name: &str, case: &Value, value: &dyn Fn(&str, &str, &str) -> f64) {
    let errors = numbers(&case["monte_carlo_errors"]);
    // Both arms have 216 people, so that rates and their difference are counts over 216: two
    // answers may stand on neighbouring counts,
    // with no Monte Carlo error seen on either side.
    let lattice = if name.starts_with("rate") { 1.0 / 216.0 } else { 0.0 };
    let rows = [
        ("bootstrap_percentile", "std_error"),
        ("bootstrap_percentile", "ci_lower"),
        ("bootstrap_percentile", "ci_upper"),
        ("bootstrap_basic", "ci_lower"),
        ("bootstrap_basic", "ci_upper"),
        ("bootstrap_bca", "ci_lower"),
        ("bootstrap_bca", "ci_upper"),
    ];
    for (((inference, statistic), want), error) in
        rows.into_iter().zip(numbers(&case["values"])).zip(errors)
    {
        let got = value(inference, statistic, "");
        let own = value(inference, "monte_carlo_error", statistic);
        let allowed = STANDARD_ERRORS * (own * own + error * error).sqrt() + lattice;
        let off = (got - want).abs();
        assert!(
            off <= allowed,
            "{name}, {inference} {statistic}: {got} for R's {want} ± {allowed}"
        );
        assert!((0.0..0.01).contains(&own), "{name}: a Monte Carlo error of {own}");
    }
}
