//! Of a whole trial with questionnaires: what exchanging the arms, taking everybody twice, the
//! order of rows, corrections and other units of an item may change, and what they may not.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ips_eval::analysis::analyse;
use ips_eval::results::row::Row;
use ips_eval::results::vocabulary::{Analysis, Method, Outcome, ResultArm, Statistic};

use crate::golden::questionnaires::{is_own, key};
use crate::trial_folder::{Files, files_below, fixture, plan, read, results_csv};

/// Hazard ratios and Turnbull curves end when their steps are small, all else is exact.
const ITERATED: f64 = 1e-5;
const EXACT: f64 = 1e-9;

fn trial() -> Files {
    files_below(&fixture("questionnaires"))
}

fn text(files: &Files, name: &str) -> String {
    String::from_utf8(files[name].clone()).expect("a text")
}

fn put(files: &mut Files, name: &str, lines: &[String]) {
    files.insert(name.to_owned(), (lines.join("\n") + "\n").into_bytes());
}

/// Rows that questionnaires give.
fn rows(files: &Files) -> Vec<Row> {
    let document = plan(files);
    let ingested = read(&document, files);
    let data = ingested.data.unwrap_or_else(|| panic!("{:?}", ingested.problems.all()));
    let results = analyse(&document.plan, &data, &|_| {}).expect("results");
    results.rows().iter().filter(|row| is_own(row)).cloned().collect()
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows(&trial()));

fn by_key(rows: &[Row]) -> BTreeMap<String, Option<f64>> {
    rows.iter().map(|row| (key(row), row.value)).collect()
}

fn tolerance(row: &Row) -> f64 {
    match row.key.method {
        Method::Turnbull | Method::IntervalCensoredPh => ITERATED,
        _ => EXACT,
    }
}

fn assert_close(row: &Row, got: Option<f64>, want: Option<f64>) {
    let (Some(got), Some(want)) = (got, want) else {
        return assert_eq!(got, want, "{}", key(row));
    };
    let allowed = tolerance(row) * got.abs().max(want.abs()).max(1.0);
    assert!((got - want).abs() <= allowed, "{}: {got:e} is not {want:e}", key(row));
}

/// Methods of contrasts that treat the arms alike; the others measure in the controls' deviations.
fn treats_arms_alike(row: &Row) -> bool {
    row.key.method != Method::AncovaStandardised && row.key.outcome != Outcome::Index
}

#[test]
fn exchanging_the_arms_negates_every_difference_and_no_test() {
    let mut files = trial();
    let text = text(&files, "plan.toml");
    let other =
        text.replace("ips = \"IPS\"\ncontrol = \"TAU\"", "ips = \"TAU\"\ncontrol = \"IPS\"");
    assert_ne!(text, other);
    files.insert("plan.toml".to_owned(), other.into_bytes());
    let exchanged = by_key(&rows(&files));
    assert_eq!(exchanged.len(), ROWS.len());
    let mut n_negated = 0;
    for row in ROWS.iter().filter(|row| treats_arms_alike(row)) {
        let mut twin = row.clone();
        let is_ratio = row.key.analysis == Analysis::HazardRatio;
        let mut sign = 1.0;
        match row.key.arm {
            ResultArm::Ips => twin.key.arm = ResultArm::Control,
            ResultArm::Control => twin.key.arm = ResultArm::Ips,
            ResultArm::All => {}
            ResultArm::Contrast => {
                twin.key.statistic = match row.key.statistic {
                    Statistic::CiLower => Statistic::CiUpper,
                    Statistic::CiUpper => Statistic::CiLower,
                    Statistic::BoundLower => Statistic::BoundUpper,
                    Statistic::BoundUpper => Statistic::BoundLower,
                    Statistic::BoundLowerStdError => Statistic::BoundUpperStdError,
                    Statistic::BoundUpperStdError => Statistic::BoundLowerStdError,
                    same => same,
                };
                if matches!(
                    row.key.statistic,
                    Statistic::Estimate
                        | Statistic::CiLower
                        | Statistic::CiUpper
                        | Statistic::BoundLower
                        | Statistic::BoundUpper
                        | Statistic::LogHazardRatio
                ) {
                    sign = -1.0;
                    n_negated += 1;
                }
            }
        }
        let want = exchanged.get(&key(&twin)).unwrap_or_else(|| panic!("no row {}", key(&twin)));
        let inverted = is_ratio && row.key.statistic != Statistic::LogHazardRatio && sign < 0.0;
        let want = want.map(|value| if inverted { 1.0 / value } else { sign * value });
        assert_close(row, row.value, want);
    }
    assert!(n_negated > 400, "{n_negated} differences were compared");
}

/// Rows of a table, each once more for a twin of the participant.
fn doubled(files: &mut Files, name: &str, at: usize) {
    let text = text(files, name);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let twins = lines[1..].iter().map(|line| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells[at].push('t');
        cells.join(",")
    });
    let twins: Vec<String> = twins.collect();
    lines.extend(twins);
    put(files, name, &lines);
}

#[test]
fn everybody_twice_changes_no_share_mean_difference_or_bound() {
    let mut files = trial();
    for name in ["participants.csv", "employment.csv", "waves.csv"] {
        doubled(&mut files, name, 0);
    }
    doubled(&mut files, "corrections.csv", 1);
    let twice = by_key(&rows(&files));
    let mut n_compared = 0;
    for row in ROWS.iter() {
        let got = twice[&key(row)];
        let counts = [
            Statistic::N,
            Statistic::Events,
            Statistic::BothYes,
            Statistic::BothNo,
            Statistic::RegisterOnly,
            Statistic::QuestionnaireOnly,
        ];
        if counts.contains(&row.key.statistic) {
            // A median over people who agreed has its number of people beside it.
            assert_close(row, row.value.map(|value| 2.0 * value), got);
        } else if matches!(
            row.key.statistic,
            Statistic::Estimate | Statistic::BoundLower | Statistic::BoundUpper
        ) && row.value.is_some()
            // These correct for the size of the sample.
            && row.key.method != Method::HedgesG
            && row.key.method != Method::AncovaStandardised
            && row.key.outcome != Outcome::Index
        {
            n_compared += 1;
            assert_close(row, row.value, got);
        }
    }
    assert!(n_compared > 400, "{n_compared} values were compared");
}

#[test]
fn the_order_of_rows_changes_no_byte() {
    let mut files = trial();
    let want = results_csv(&files);
    for name in ["participants.csv", "waves.csv", "corrections.csv"] {
        let text = text(&files, name);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[1..].reverse();
        put(&mut files, name, &lines);
    }
    assert!(results_csv(&files) == want);
}

/// The table of waves as the corrections would leave it.
fn corrected(waves: &str, corrections: &str) -> Vec<String> {
    let header: Vec<&str> = waves.lines().next().expect("a header").split(',').collect();
    let at = |name: &str| header.iter().position(|own| *own == name).expect("a column");
    let mut lines: Vec<Vec<String>> =
        waves.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    for correction in corrections.lines().skip(1) {
        let [_, who, place, action, column, _, value, _] =
            correction.split(',').collect::<Vec<_>>()[..]
        else {
            panic!("eight cells: {correction}");
        };
        let conditions: Vec<(usize, &str)> = place
            .split("; ")
            .map(|one| one.split_once('=').expect("column=value"))
            .map(|(column, value)| (at(column), value))
            .collect();
        let meant = |cells: &Vec<String>| {
            cells[0] == who && conditions.iter().all(|(at, value)| cells[*at] == *value)
        };
        let n_before = lines.len();
        if action == "drop" {
            lines.retain(|cells| !meant(cells));
            assert_eq!(lines.len() + 1, n_before, "{correction}");
        } else {
            let row = lines.iter_mut().find(|cells| meant(cells)).expect("a row");
            value.clone_into(&mut row[at(column)]);
        }
    }
    lines.into_iter().map(|cells| cells.join(",")).collect()
}

#[test]
fn a_correction_is_the_table_without_the_fault() {
    let mut files = trial();
    let want = results_csv(&files);
    let lines = corrected(&text(&files, "waves.csv"), &text(&files, "corrections.csv"));
    put(&mut files, "waves.csv", &lines);
    files.remove("corrections.csv");
    let plan = text(&files, "plan.toml").replace("corrections = \"corrections.csv\"\n", "");
    files.insert("plan.toml".to_owned(), plan.into_bytes());
    assert!(results_csv(&files) == want);
}

#[test]
fn another_unit_of_an_item_scales_its_differences_and_no_standardised_one() {
    let mut files = trial();
    let waves = text(&files, "waves.csv");
    let mut lines: Vec<String> = Vec::new();
    let header: Vec<&str> = waves.lines().next().expect("a header").split(',').collect();
    let at = header.iter().position(|own| *own == "loneliness").expect("the item");
    for (i, line) in waves.lines().enumerate() {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if i > 0
            && let Ok(value) = cells[at].parse::<f64>()
            && cells[at] != "99"
        {
            cells[at] = (10.0 * value + 200.0).to_string();
        }
        lines.push(cells.join(","));
    }
    put(&mut files, "waves.csv", &lines);
    let other = by_key(&rows(&files));
    let mut n_compared = 0;
    for row in ROWS.iter().filter(|row| row.key.level == "loneliness") {
        let got = other[&key(row)];
        let factor = match (row.key.method, row.key.statistic) {
            (Method::HedgesG | Method::AncovaStandardised, _)
            | (_, Statistic::PValue | Statistic::Df | Statistic::N | Statistic::TrimmedShare) => {
                1.0
            }
            (
                Method::OlsStrataHc2
                | Method::OlsChangeHc2
                | Method::AncovaHc2
                | Method::LeeBounds
                | Method::LeeBoundsTightened,
                Statistic::Estimate
                | Statistic::StdError
                | Statistic::CiLower
                | Statistic::CiUpper
                | Statistic::BoundLower
                | Statistic::BoundUpper
                | Statistic::BoundLowerStdError
                | Statistic::BoundUpperStdError,
            ) => 10.0,
            _ => continue,
        };
        n_compared += 1;
        assert_close(row, row.value.map(|value| factor * value), got);
    }
    assert!(n_compared > 100, "{n_compared} values were compared");
}
