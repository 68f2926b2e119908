//! What is withheld of the time to the first job.

use super::tests::{row, study};
use super::*;
use crate::results::row::ALL_REGIONS;

fn of(analysis: Analysis, region: &str, arm: ResultArm, month: Option<i32>) -> Row {
    let mut own = row(analysis, region, arm, Statistic::Estimate, 0.5);
    own.key.outcome = Outcome::FirstJob;
    own.key.month = month;
    own
}

fn counted(mut own: Row, statistic: Statistic, value: f64) -> Row {
    own.key.statistic = statistic;
    own.value = Some(value);
    own
}

/// Participants, first jobs, competing exits and censorings of an arm.
fn wait(region: &str, arm: ResultArm, [n, events, exits, censored]: [f64; 4]) -> Vec<Row> {
    let own = of(Analysis::TimeAtRisk, region, arm, None);
    [
        (Statistic::N, n),
        (Statistic::Events, events),
        (Statistic::CompetingExits, exits),
        (Statistic::Censored, censored),
    ]
    .map(|(statistic, value)| counted(own.clone(), statistic, value))
    .to_vec()
}

fn masked(rows: Vec<Row>) -> ResultSet {
    mask_small_cells(&ResultSet::new(study(), rows).unwrap())
}

/// Regions in which a row of the analysis is shown.
fn shown(results: &ResultSet, analysis: Analysis, statistic: Statistic) -> Vec<&str> {
    let rows = results.rows().iter();
    let own = rows.filter(|r| r.key.analysis == analysis && r.key.statistic == statistic);
    own.filter(|r| r.value.is_some()).map(|r| r.key.region.as_str()).collect()
}

#[test]
fn few_first_jobs_take_everything_made_of_them_along() {
    let (ips, control) = (ResultArm::Ips, ResultArm::Control);
    let mut rows = Vec::new();
    for (region, n, jobs) in
        [("a", 150.0, 30.0), ("b", 100.0, 3.0), ("c", 100.0, 25.0), (ALL_REGIONS, 350.0, 58.0)]
    {
        rows.extend(wait(region, ips, [n, jobs, 0.0, n - jobs]));
        rows.extend(wait(region, control, [n, 40.0, 0.0, n - 40.0]));
        for analysis in [
            Analysis::HazardRatio,
            Analysis::SurvivalTest,
            Analysis::ProportionalHazardsTest,
            Analysis::Concordance,
        ] {
            rows.push(of(analysis, region, ResultArm::Contrast, None));
        }
        rows.push(of(Analysis::SurvivalMedian, region, ips, None));
        rows.push(of(Analysis::SurvivalQuantile, region, ips, None));
    }
    let results = masked(rows);
    for analysis in [
        Analysis::HazardRatio,
        Analysis::SurvivalTest,
        Analysis::ProportionalHazardsTest,
        Analysis::Concordance,
        Analysis::SurvivalMedian,
        Analysis::SurvivalQuantile,
    ] {
        // With the region of three jobs the smallest other one, or its jobs would follow.
        assert_eq!(shown(&results, analysis, Statistic::Estimate), ["a", "all"], "{analysis}");
    }
    let counts = shown(&results, Analysis::TimeAtRisk, Statistic::Events);
    assert_eq!(counts, ["a", "a", "all", "all", "b", "c"], "control alone in b and c");
}

#[test]
fn few_competing_exits_do_not_follow_from_the_other_endings() {
    let rows = wait(ALL_REGIONS, ResultArm::Ips, [100.0, 40.0, 3.0, 57.0]);
    let results = masked(rows);
    let is_open = |statistic| !shown(&results, Analysis::TimeAtRisk, statistic).is_empty();
    assert!(!is_open(Statistic::CompetingExits));
    let open = [Statistic::N, Statistic::Events, Statistic::Censored].map(is_open);
    assert_eq!(open, [true, true, false], "everyone less jobs and censored would be the exits");
}

#[test]
fn few_competing_exits_do_not_follow_from_those_at_risk() {
    for (at_risk, is_open) in [(57.0, false), (50.0, true)] {
        let mut rows = wait(ALL_REGIONS, ResultArm::Ips, [100.0, 60.0, 30.0, 10.0]);
        let own = of(Analysis::CumulativeIncidence, ALL_REGIONS, ResultArm::Ips, Some(18));
        rows.push(counted(own.clone(), Statistic::NAtRisk, at_risk));
        rows.push(counted(own.clone(), Statistic::Events, 40.0));
        let mut exit = counted(own, Statistic::Events, 3.0);
        exit.key.outcome = Outcome::CompetingExit;
        rows.push(exit);
        let results = masked(rows);
        let open = shown(&results, Analysis::CumulativeIncidence, Statistic::NAtRisk);
        assert_eq!(!open.is_empty(), is_open, "{at_risk} at risk: the others were censored");
        let events = shown(&results, Analysis::CumulativeIncidence, Statistic::Events);
        assert_eq!(events.len(), 1, "the jobs, not the exits");
    }
}

#[test]
fn a_part_of_the_follow_up_with_few_jobs_takes_another_along() {
    let mut rows = wait(ALL_REGIONS, ResultArm::Ips, [100.0, 40.0, 0.0, 60.0]);
    for (month, events) in [(6, 20.0), (12, 3.0), (18, 9.0), (24, 8.0)] {
        let own = of(Analysis::HazardRatioOverTime, ALL_REGIONS, ResultArm::Contrast, Some(month));
        rows.push(own.clone());
        rows.push(counted(own, Statistic::Events, events));
    }
    let results = masked(rows);
    let open = results
        .rows()
        .iter()
        .filter(|row| row.key.analysis == Analysis::HazardRatioOverTime && row.value.is_some());
    let open: Vec<_> = open.map(|row| row.key.month).collect();
    assert_eq!(open, [Some(6), Some(6), Some(18), Some(18)]);
}

#[test]
fn mean_times_are_withheld_with_their_month() {
    let (ips, contrast) = (ResultArm::Ips, ResultArm::Contrast);
    let mut rows = Vec::new();
    for (month, events) in [(6, 3.0), (12, 20.0)] {
        let curve = of(Analysis::CumulativeIncidence, ALL_REGIONS, ips, Some(month));
        rows.push(counted(curve.clone(), Statistic::NAtRisk, 100.0));
        rows.push(counted(curve, Statistic::Events, events));
        for analysis in [Analysis::Rmst, Analysis::TimeLost] {
            rows.push(of(analysis, ALL_REGIONS, ips, Some(month)));
            rows.push(of(analysis, ALL_REGIONS, contrast, Some(month)));
        }
    }
    let results = masked(rows);
    for analysis in [Analysis::Rmst, Analysis::TimeLost] {
        let open = results.rows().iter().filter(|row| row.key.analysis == analysis);
        let open: Vec<_> =
            open.filter(|row| row.value.is_some()).map(|row| row.key.month).collect();
        assert_eq!(open, [Some(12), Some(12)], "{analysis}");
    }
}
