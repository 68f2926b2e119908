use super::*;
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::study::Study;
use crate::results::vocabulary::{AnalysisSet, Inference, Method, Role, Unit};
use crate::trial::arm::TwoArm;

pub(super) fn study() -> Study {
    Study {
        id: "t".into(),
        title: "t".into(),
        data_cutoff: "2022-12-31".into(),
        regions: vec!["a".into(), "b".into(), "c".into()],
        arm_labels: TwoArm { intervention: "IPS".into(), control: "TAU".into() },
        horizon_months: 18,
        months: vec![18],
        confidence_level: 0.95,
        replicates: 10,
        seed: 1,
        n_competing_exits: 0,
        baseline_variables: Vec::new(),
        subgroup_variables: Vec::new(),
        subgroup_levels: Vec::new(),
        wave_months: Vec::new(),
        scores: Vec::new(),
        estimands: Vec::new(),
    }
}

pub(super) fn row(
    analysis: Analysis,
    region: &str,
    arm: ResultArm,
    statistic: Statistic,
    value: f64,
) -> Row {
    Row {
        key: Key {
            analysis,
            outcome: Outcome::EverEmployed,
            analysis_set: AnalysisSet::IttObserved,
            region: region.into(),
            subgroup: String::new(),
            arm,
            month: Some(18),
            level: String::new(),
            method: Method::Wilson,
            inference: Inference::Analytic,
            statistic,
        },
        value: Some(value),
        unit: Unit::Count,
        role: Role::Descriptive,
        note: String::new(),
    }
}

/// Rates of one arm by region as n and events, with their total, and an effect by region.
fn rates(regions: &[(&str, f64, f64)]) -> ResultSet {
    let mut rows = Vec::new();
    let total = regions.iter().fold((0.0, 0.0), |(n, x), r| (n + r.1, x + r.2));
    let all = [(ALL_REGIONS, total.0, total.1)];
    for (region, n, events) in regions.iter().chain(&all) {
        rows.push(row(Analysis::ArmRate, region, ResultArm::Ips, Statistic::N, *n));
        rows.push(row(Analysis::ArmRate, region, ResultArm::Ips, Statistic::Events, *events));
        rows.push(row(Analysis::ArmRate, region, ResultArm::Ips, Statistic::Estimate, events / n));
        rows.push(row(Analysis::Effect, region, ResultArm::Contrast, Statistic::Estimate, 0.1));
    }
    ResultSet::new(study(), rows).unwrap()
}

fn shown(results: &ResultSet, analysis: Analysis) -> Vec<String> {
    let rows = results.rows().iter().filter(|r| r.key.analysis == analysis);
    let open = rows.filter(|r| r.key.statistic == Statistic::Estimate && r.value.is_some());
    open.map(|r| r.key.region.clone()).collect()
}

#[test]
fn large_cells_and_empty_ones_stay() {
    let masked = mask_small_cells(&rates(&[("a", 100.0, 50.0), ("b", 60.0, 0.0), ("c", 9.0, 9.0)]));
    assert_eq!(shown(&masked, Analysis::ArmRate), ["a", "all", "b", "c"]);
}

#[test]
fn a_small_cell_takes_its_effect_and_the_smallest_other_region_with_it() {
    let masked =
        mask_small_cells(&rates(&[("a", 100.0, 50.0), ("b", 60.0, 3.0), ("c", 70.0, 30.0)]));
    assert_eq!(shown(&masked, Analysis::ArmRate), ["a", "all"]);
    assert_eq!(shown(&masked, Analysis::Effect), ["a", "all"]);
    let note = |region: &str| {
        let found = masked.rows().iter().find(|r| r.key.region == region).unwrap();
        found.note.clone()
    };
    assert_eq!(note("b"), MASKED_SMALL_CELL);
    assert_eq!(note("c"), MASKED_COMPLEMENT);
}

#[test]
fn the_few_without_the_event_are_a_cell_too() {
    let masked =
        mask_small_cells(&rates(&[("a", 100.0, 50.0), ("b", 60.0, 57.0), ("c", 70.0, 30.0)]));
    assert!(!shown(&masked, Analysis::ArmRate).contains(&"b".to_owned()));
}

#[test]
fn two_small_cells_protect_each_other() {
    let masked =
        mask_small_cells(&rates(&[("a", 100.0, 50.0), ("b", 60.0, 3.0), ("c", 70.0, 4.0)]));
    assert_eq!(shown(&masked, Analysis::ArmRate), ["a", "all"]);
}

#[test]
fn with_one_region_the_total_goes_too() {
    let masked = mask_small_cells(&rates(&[("a", 100.0, 2.0)]));
    assert!(shown(&masked, Analysis::ArmRate).is_empty());
    assert!(shown(&masked, Analysis::Effect).is_empty());
}

#[test]
fn counts_are_compared_as_numbers() {
    assert!(is_small(4.0) && is_small(1.0));
    assert!(!is_small(0.0) && !is_small(5.0) && !is_small(138.0));
}

#[test]
fn no_masked_count_follows_from_what_is_shown() {
    // All small layouts of three regions: a withheld count must never be a difference of shown ones.
    for a in 0..=9_u8 {
        for b in 0..=9_u8 {
            for c in [0_u8, 3, 8, 40] {
                let events = [a, b, c].map(f64::from);
                let masked = mask_small_cells(&rates(&[
                    ("a", 50.0, events[0]),
                    ("b", 60.0, events[1]),
                    ("c", 70.0, events[2]),
                ]));
                let hidden = masked
                    .rows()
                    .iter()
                    .filter(|r| r.key.statistic == Statistic::Events && r.value.is_none());
                assert_ne!(hidden.count(), 1, "{events:?}");
            }
        }
    }
}

#[test]
fn a_single_small_count_of_the_flow_takes_another_with_it() {
    let mut rows = Vec::new();
    for (statistic, value) in [
        (Statistic::Randomised, 700.0),
        (Statistic::NotDue, 255.0),
        (Statistic::Lost, 3.0),
        (Statistic::Analysed, 442.0),
    ] {
        rows.push(row(Analysis::Flow, ALL_REGIONS, ResultArm::All, statistic, value));
    }
    let masked = mask_small_cells(&ResultSet::new(study(), rows).unwrap());
    let open: Vec<_> =
        masked.rows().iter().filter(|r| r.value.is_some()).map(|r| r.key.statistic).collect();
    assert_eq!(open, [Statistic::Analysed, Statistic::Randomised]);
}

#[test]
fn a_curve_is_withheld_where_few_are_left_at_risk() {
    let at = |month, n_at_risk, events| {
        let point = |statistic, value| {
            let mut row =
                row(Analysis::CumulativeIncidence, ALL_REGIONS, ResultArm::Ips, statistic, value);
            row.key.outcome = Outcome::FirstJob;
            row.key.month = Some(month);
            row
        };
        [
            point(Statistic::Estimate, 0.4),
            point(Statistic::NAtRisk, n_at_risk),
            point(Statistic::Events, events),
        ]
    };
    let rows = at(6, 30.0, 12.0).into_iter().chain(at(12, 4.0, 20.0));
    let masked = mask_small_cells(&ResultSet::new(study(), rows.collect()).unwrap());
    let open: Vec<_> = masked.rows().iter().filter(|r| r.value.is_some()).collect();
    assert_eq!(open.len(), 3);
    assert!(open.iter().all(|r| r.key.month == Some(6)));
}
