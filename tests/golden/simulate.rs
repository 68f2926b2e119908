//! The truth behind synthetic trials.

use super::{Reference, number, numbers};
use ips_eval::simulate::{Design, Hazards, RegionDesign, Scope, Truth};
use ips_eval::trial::arm::{Arm, TwoArm};
use serde_json::Value;

fn design(case: &Value) -> Design {
    let places = numbers(&case["places"]);
    let hazards = |arm: &str, region: usize| Hazards {
        first_job: number(&case[format!("job_{arm}")][region]),
        competing: number(&case[format!("competing_{arm}")][region]),
    };
    let regions = (0..places.len())
        .map(|region| RegionDesign {
            name: case["region"][region].as_str().expect("a name").to_owned(),
            places_per_arm: places[region].to_string().parse().expect("a whole number"),
            hazards: TwoArm {
                intervention: hazards("ips", region),
                control: hazards("control", region),
            },
            dutch_speaking_percent: 50,
        })
        .collect();
    Design { regions, ..Design::planned() }
}

#[test]
fn truth_is_the_sum_over_days_that_r_gives() {
    let reference = Reference::read("simulate_truth");
    for case in &reference.cases {
        let truth = Truth::of(&design(case));
        for row in case["rows"].as_array().unwrap() {
            let day = i32::try_from(row["day"].as_i64().unwrap()).unwrap();
            for (arm, key) in [(Arm::Intervention, "ips"), (Arm::Control, "control")] {
                let got = |scope| truth.cumulative_incidence(scope, arm, day).unwrap();
                reference.assert_close(key, got(Scope::All), &row[key]);
                let by_region = row[format!("{key}_by_region")].as_array().unwrap();
                for (region, want) in case["region"].as_array().unwrap().iter().zip(by_region) {
                    let name = region.as_str().unwrap();
                    reference.assert_close(name, got(Scope::Region(name)), want);
                }
            }
            let difference = truth.risk_difference(Scope::All, day).unwrap();
            reference.assert_close("difference", difference, &row["difference"]);
            let ratio = truth.risk_ratio(Scope::All, day).unwrap();
            reference.assert_close("ratio", ratio, &row["ratio"]);
        }
        for row in case["means"].as_array().unwrap() {
            for (arm, key) in [(Arm::Intervention, "ips"), (Arm::Control, "control")] {
                let got = truth.restricted_mean_days(Scope::All, arm, number(&row["tau"])).unwrap();
                reference.assert_close("restricted mean", got, &row[key]);
            }
        }
    }
}
