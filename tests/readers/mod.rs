//! The same trial, as many programs write it: the same bytes of results, or a refusal that names the
//! place and what to do.

mod check;

use ips_eval::estimate::reliability::cronbach_alpha;
use ips_eval::formats::{Cell, read_sav};
use ips_eval::numeric::interval::ConfidenceLevel;
use serde_json::Value as Json;

use crate::trial_folder::{RUN, Said, TrialFolder, files_below, fixture, results_csv};

/// The good trial with one table in another file, made by `tests/fixtures/make_readers.py`.
fn with_table(table: &str, file: &str) -> TrialFolder {
    let folder = TrialFolder::good();
    folder.write(file, std::fs::read(fixture("readers").join(file)).expect("the fixture is there"));
    folder.replace(
        "plan.toml",
        &format!("{table} = \"{table}.csv\""),
        &format!("{table} = \"{file}\""),
    );
    folder
}

fn add_to_plan(folder: &TrialFolder, more: &str) {
    let plan = folder.text("plan.toml");
    folder.write("plan.toml", format!("{plan}\n{more}\n"));
}

/// The results are those of the good trial, byte by byte.
fn assert_same_results(folder: &TrialFolder, what: &str) {
    let results = results_csv(&files_below(&folder.path("")));
    assert!(results == RUN.files["results.csv"], "{what} gives other results");
}

fn check(folder: &TrialFolder) -> Said {
    folder.say(&["check", "plan.toml", "--json"])
}

fn problems(said: &Said, code: &str) -> Vec<Json> {
    let all = said.json()["problems"].as_array().expect("a list").clone();
    all.into_iter().filter(|one| one["code"] == code).collect()
}

#[test]
fn hours_that_a_spreadsheet_keeps_as_a_clock_are_hours() {
    assert_same_results(&with_table("employment", "hours_as_clock.xlsx"), "hours as a clock");
}

#[test]
fn texts_of_a_workbook_may_have_the_dates_of_the_plan() {
    for section in ["[csv]", "[tables.employment]"] {
        let folder = with_table("employment", "dates_as_text.xlsx");
        add_to_plan(&folder, &format!("{section}\ndate_format = \"DD/MM/YYYY\""));
        if section == "[csv]" {
            // The other tables are as they were.
            for table in ["participants", "waves", "allocation", "fidelity"] {
                add_to_plan(&folder, &format!("[tables.{table}]\ndate_format = \"YYYY-MM-DD\""));
            }
        }
        assert_same_results(&folder, section);
    }
    let said = check(&with_table("employment", "dates_as_text.xlsx"));
    let found = &problems(&said, "cell::not-a-date")[0];
    assert!(found["remedy"].as_str().unwrap().contains("[tables.employment]"), "{found}");
}

#[test]
fn the_first_sheet_that_is_not_hidden_is_read_and_named() {
    let folder = with_table("participants", "hidden_first_sheet.xlsx");
    assert_same_results(&folder, "a hidden first sheet");
    let said = check(&folder);
    let note = &problems(&said, "table::sheet")[0];
    assert!(note["message"].as_str().unwrap().contains("`old`"), "{note}");
    assert_eq!(said.json()["tables"][0]["sheet"], "participants");
    // The hidden one on request, which has the arms exchanged.
    add_to_plan(&folder, "[tables.participants]\nsheet = \"old\"");
    assert_eq!(check(&folder).json()["tables"][0]["sheet"], "old");
}

#[test]
fn a_table_below_a_title_is_read_by_its_range_and_remarks_beside_it_do_not_matter() {
    let folder = with_table("benefits", "below_a_title.xlsx");
    add_to_plan(&folder, "[tables.benefits]\nrange = \"B3\"");
    assert_same_results(&folder, "a range");
    folder.replace("plan.toml", "\"B3\"", "\"3B\"");
    let said = check(&folder);
    assert!(said.stdout.contains("`3B` is no range of cells"), "{}", said.stdout);
}

#[test]
fn rows_and_cells_of_a_workbook_are_named_as_the_sheet_names_them() {
    let folder = with_table("benefits", "below_a_title.xlsx");
    // The range ends in the middle of the table's columns: the benefit is not there any more.
    add_to_plan(
        &folder,
        "[tables.benefits]\nrange = \"B3:H1000\"\n[missing.benefits.benefit_eur]\n\"0\" = \"none\"",
    );
    let said = check(&folder);
    let found = &problems(&said, "cell::missing")[0];
    let row = found["line"].as_u64().unwrap();
    assert_eq!(found["cell"], format!("D{row}"), "{found}");
    // The header is in row 3; the first benefit of zero is the first row behind it.
    let csv = TrialFolder::good().text("benefits.csv");
    let first = csv.lines().skip(1).position(|line| line.split(',').nth(2) == Some("0")).unwrap();
    assert_eq!(row, first as u64 + 4);
}

#[test]
fn months_may_be_kept_as_dates_and_as_months_of_stata_and_spss() {
    for file in ["months.dta", "months.sav", "months.xlsx"] {
        assert_same_results(&with_table("benefits", file), file);
    }
}

#[test]
fn a_moment_with_a_zone_is_the_local_day() {
    assert_same_results(&with_table("waves", "moments_with_zone_waves.parquet"), "waves");
    let folder = with_table("participants", "moments_with_zone_participants.parquet");
    assert_same_results(&folder, "participants");
}

#[test]
fn every_type_of_parquet_that_can_hold_the_meaning_is_read() {
    assert_same_results(&with_table("waves", "narrow_numbers.parquet"), "narrow numbers");
    let folder = with_table("employment", "unused_columns.parquet");
    assert_same_results(&folder, "columns that nobody uses");
    let columns = check(&folder).json()["tables"][1]["columns"].clone();
    let role = |name: &str| {
        let own = columns.as_array().unwrap().iter().find(|one| one["name"] == name);
        own.map_or(Json::Null, |one| one["role"].clone())
    };
    assert_eq!(role("hours_per_week"), "used");
    assert_eq!(role("cost"), "kept");
    assert_eq!(role("struct"), "unreadable");
}

#[test]
fn a_formula_that_was_never_computed_is_no_empty_cell() {
    let said = check(&with_table("employment", "formulas.xlsx"));
    assert_eq!(said.code, Some(1));
    let ends = TrialFolder::good().text("employment.csv");
    let known = ends.lines().skip(1).filter(|line| line.split(',').nth(2) != Some("")).count();
    let found = problems(&said, "cell::unreadable");
    assert_eq!(found.len(), known);
    assert_eq!(said.json()["errors"], known, "nothing follows from it");
    assert!(found[0]["cell"].as_str().unwrap().starts_with('C'), "{}", found[0]);
}

#[test]
fn a_truth_value_is_the_same_in_every_format() {
    let results = |file: &str| {
        let folder = with_table("participants", file);
        folder.replace("plan.toml", "\"age\", \"sex\"]", "\"age\", \"sex\", \"worked\"]");
        folder.replace("plan.toml", "variable = \"sex\"", "variable = \"worked\"");
        results_csv(&files_below(&folder.path("")))
    };
    let numbers = results("truth_numbers.csv");
    let text = String::from_utf8(numbers.clone()).unwrap();
    assert!(text.contains("worked=1"), "levels are named");
    for file in ["truth_values.csv", "truth_values.xlsx", "truth_values.parquet"] {
        assert!(results(file) == numbers, "{file} gives other results");
    }
}

#[test]
fn each_table_may_have_its_own_decimal_mark_and_dates() {
    let folder = TrialFolder::of("good_semicolon");
    folder.write("waves.csv", TrialFolder::good().text("waves.csv"));
    // Waves of the good trial have another date format and mark than the rest here.
    let plan = folder.text("plan.toml");
    let at = plan.find("[columns.waves]");
    if let Some(at) = at {
        let end = plan[at + 1..].find("\n[").map_or(plan.len(), |end| at + 1 + end);
        folder.write("plan.toml", [&plan[..at], &plan[end..]].concat());
    }
    add_to_plan(&folder, "[tables.waves]\ndecimal = \"point\"\ndate_format = \"YYYY-MM-DD\"");
    assert_same_results(&folder, "two notations");
}

#[test]
fn a_declared_code_is_met_however_its_number_is_written() {
    let folder = TrialFolder::good();
    let waves = folder.text("waves.csv");
    let changed: Vec<String> = waves
        .lines()
        .map(|line| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if cells[5] == "99" {
                cells[5] = "99.0".to_owned();
            }
            cells.join(",")
        })
        .collect();
    assert!(changed.iter().any(|line| line.contains("99.0")));
    folder.write("waves.csv", changed.join("\n") + "\n");
    assert_same_results(&folder, "99.0 for 99");
}

#[test]
fn zeros_that_a_program_dropped_from_identifiers_change_nothing() {
    let folder = TrialFolder::good();
    for table in ["participants", "employment", "waves", "benefits", "allocation"] {
        let name = format!("{table}.csv");
        let text = folder.text(&name);
        folder.write(&name, text.replace("P00", "P").replace("P0", "P"));
    }
    assert!(folder.text("participants.csv").contains("\nP9,"));
    assert_same_results(&folder, "identifiers without zeros");
}

#[test]
fn rows_of_empty_cells_at_the_end_and_a_stated_delimiter_do_not_matter() {
    let folder = TrialFolder::good();
    for table in ["participants", "employment"] {
        let name = format!("{table}.csv");
        let text = folder.text(&name);
        let commas = ",".repeat(text.lines().next().unwrap().matches(',').count());
        folder.write(&name, format!("sep=,\n{text}{commas}\n{commas}\n"));
    }
    assert_same_results(&folder, "empty rows");
}

#[test]
fn an_accent_may_stand_for_itself_or_belong_to_its_letter() {
    let folder = TrialFolder::good();
    for name in ["participants.csv", "allocation.csv"] {
        let text = folder.text(name);
        folder.write(name, text.replace("IPS", "Acce\u{301}s").replace("TAU", "Soins"));
    }
    folder.replace("plan.toml", "ips = \"IPS\"", "ips = \"Accès\"");
    let said = check(&folder);
    assert_eq!(said.code, Some(1), "another accent is another word");
    folder.replace("plan.toml", "ips = \"Accès\"", "ips = \"Accés\"");
    folder.replace("plan.toml", "control = \"TAU\"", "control = \"Soins\"");
    assert_same_results(&folder, "accents");
}

#[test]
fn a_row_whose_key_cannot_be_read_is_no_duplicate() {
    let folder = TrialFolder::good();
    let benefits = folder.text("benefits.csv");
    folder.write("benefits.csv", benefits.replace("2020-0", "2020/0"));
    let said = check(&folder);
    assert_eq!(problems(&said, "cell::not-a-month").len(), 80);
    assert_eq!(problems(&said, "record::duplicate"), Vec::<Json>::new());
}

#[test]
fn segments_of_a_long_text_are_joined_whole() {
    let bytes = std::fs::read(fixture("readers/long_text.sav")).unwrap();
    let table = read_sav(&bytes).expect("a table");
    let region = table.columns.iter().find(|column| column.name == "region").expect("a column");
    let long = format!("{}é{}END", "a".repeat(254), "b".repeat(255));
    assert_eq!(region.cells, [Cell::Text(long), Cell::Text("Flandre".to_owned())]);
}

#[test]
fn a_scale_without_reliability_names_the_item() {
    let answers =
        ndarray::array![[1.0, 2.0, 3.0], [2.0, 5.0, 3.0], [4.0, 1.0, 3.0], [5.0, 2.0, 3.0]];
    let level = ConfidenceLevel::new(0.95).expect("a level");
    let error = cronbach_alpha(answers.view(), level).expect_err("the third item is constant");
    let said = error.with_names(&["q1", "q2", "q3"]);
    assert!(said.contains("`q3`") && !said.contains("item 2"), "{said}");
}
