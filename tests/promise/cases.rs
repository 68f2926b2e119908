//! Trials on which `check` said "ready to run" and `run` did not end well. Each is the trial of Rossi
//! and others with one thing changed.

use crate::trial_folder::{Said, TrialFolder};

/// The trial with few replicates, a changed participants table and more of a plan.
fn rossi(plan: &str, change: impl Fn(&mut Vec<String>, &mut Vec<Vec<String>>)) -> TrialFolder {
    let folder = TrialFolder::of("rossi");
    folder.replace("plan.toml", "replicates = 2000", "replicates = 5");
    folder.write("plan.toml", folder.text("plan.toml") + plan);
    let bytes = folder.read("participants.csv");
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let mut header = cells(reader.headers().expect("a header"));
    let mut rows: Vec<Vec<String>> =
        reader.records().map(|record| cells(&record.expect("a row"))).collect();
    change(&mut header, &mut rows);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in std::iter::once(&header).chain(&rows) {
        writer.write_record(row).expect("a row");
    }
    folder.write("participants.csv", writer.into_inner().expect("the rows"));
    folder
}

fn column(
    name: &'static str,
    value: &'static str,
) -> impl Fn(&mut Vec<String>, &mut Vec<Vec<String>>) {
    move |header, rows| {
        header.push(name.to_owned());
        for row in rows.iter_mut() {
            row.push(value.to_owned());
        }
    }
}

/// One cell of the first row.
fn cell(
    name: &'static str,
    value: &'static str,
) -> impl Fn(&mut Vec<String>, &mut Vec<Vec<String>>) {
    move |header, rows| {
        let at = header.iter().position(|own| own == name).expect("the column is there");
        value.clone_into(&mut rows[0][at]);
    }
}

fn run(folder: &TrialFolder) -> Said {
    folder.say(&["run", "plan.toml", "--out", "out", "--quiet"])
}

/// The note of the only rows of an analysis and a method with this subgroup or level.
fn notes(folder: &TrialFolder, analysis: &str, method: &str, part: &str) -> Vec<String> {
    let bytes = folder.read("out/results.csv");
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let rows = reader.records().map(|row| row.expect("a row"));
    let is = |row: &csv::StringRecord| {
        &row[0] == analysis && &row[8] == method && (&row[7] == part || row[4].starts_with(part))
    };
    rows.filter(is).map(|row| format!("{}|{}", &row[11], &row[14])).collect()
}

#[test]
fn a_subgroup_of_one_level_has_a_reason_for_its_test() {
    let folder = rossi("\n[[subgroups]]\nvariable = \"cohort\"\n", column("cohort", "2019"));
    let said = run(&folder);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let of_tests = notes(&folder, "interaction", "cox_likelihood_ratio", "cohort");
    assert_eq!(of_tests.len(), 3, "{of_tests:?}");
    for note in of_tests {
        assert_eq!(note, "|not estimable: fewer than two levels have participants");
    }
}

#[test]
fn a_subgroup_that_is_empty_in_every_row_has_a_reason_for_its_tests() {
    let folder =
        rossi("\n[[subgroups]]\nvariable = \"benefit_type\"\n", column("benefit_type", ""));
    let said = run(&folder);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let of_tests = notes(&folder, "interaction", "cox_likelihood_ratio", "benefit_type");
    assert!(!of_tests.is_empty());
    assert!(of_tests.iter().all(|note| note.starts_with("|not estimable: ")), "{of_tests:?}");
}

#[test]
fn a_number_that_cannot_be_squared_is_told_at_its_cell() {
    for value in ["1e160", "8.98846567431158e307", "-1e51", "1e-51"] {
        let folder = rossi("", cell("age", value));
        let said = folder.say(&["check", "plan.toml", "--quiet"]);
        assert_eq!(said.code, Some(1), "{value}");
        let at = "error[cell::out-of-range]: participants.csv:2, column `age`";
        assert!(said.stderr.contains(at), "{}", said.stderr);
    }
    for value in ["1e49", "-1e49", "1e-49", "0"] {
        let folder = rossi("", cell("age", value));
        let said = run(&folder);
        assert_eq!(said.code, Some(0), "{value}: {}", said.stderr);
    }
}

#[test]
fn an_estimand_by_subgroup_of_what_is_not_run_so_is_told_with_the_plan() {
    let estimand = "\n[[estimands]]\nid = \"e\"\nrole = \"secondary\"\noutcome = \"first_job\"\n";
    let subgroups = "\n[[subgroups]]\nvariable = \"race\"\n";
    for (more, part) in [
        ("method = \"log_rank\"\nsubgroup = \"race\"\n", "subgroup"),
        ("method = \"fine_gray\"\nregion = \"on_parole\"\n", "region"),
        ("method = \"log_rank_stratified\"\nsubgroup = \"region\"\n", "region"),
    ] {
        let folder = rossi(&format!("{subgroups}{estimand}{more}"), |_, _| {});
        let said = folder.say(&["check", "plan.toml", "--quiet"]);
        assert_eq!(said.code, Some(1), "{more}");
        let told = format!("of `first_job` is not run by {part}");
        assert!(said.stderr.contains(&told), "{}", said.stderr);
    }
    let level = "method = \"log_rank\"\nlevel = \"0.5\"\n";
    let folder = rossi(&format!("{estimand}{level}"), |_, _| {});
    let said = folder.say(&["check", "plan.toml", "--quiet"]);
    assert!(said.stderr.contains("`log_rank` has no level `0.5`"), "{}", said.stderr);
}

#[test]
fn a_covariate_that_is_called_like_a_level_of_another_is_told() {
    let folder = rossi("", column("race=black", "x"));
    folder.replace("plan.toml", "\"married\"]", "\"married\", \"race\", \"race=black\"]");
    let said = folder.say(&["check", "plan.toml", "--quiet"]);
    assert_eq!(said.code, Some(1));
    let told = "`race=black` would stand for a part of `race` and of `race=black`";
    assert!(said.stderr.contains(told), "{}", said.stderr);
    // Alone it is a name like any other.
    folder.replace("plan.toml", "\"race\", ", "");
    let said = run(&folder);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
}

#[test]
fn what_the_data_do_not_let_run_is_a_row_with_its_reason() {
    // A month past the last follow-up, and a take-up that nobody has.
    let plan = "\n[[estimands]]\nid = \"late\"\nrole = \"secondary\"\noutcome = \"first_job\"\n\
                method = \"restricted_mean\"\nmonths = [10]\n\n[[estimands]]\nid = \"came\"\n\
                role = \"secondary\"\noutcome = \"ever_employed\"\nmethod = \"tsls_hc2\"\n";
    let folder = rossi(plan, |_, _| {});
    folder.replace("plan.toml", "data_cutoff = 2019-01-31", "data_cutoff = 2018-06-30");
    let said = run(&folder);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    for (analysis, method) in [("rmst", "restricted_mean"), ("complier_effect", "tsls_hc2")] {
        let reason = "|not estimable: the data do not hold what it is made of";
        let notes = notes(&folder, analysis, method, "");
        assert!(notes.iter().any(|note| note == reason), "{method}: {notes:?}");
    }
}
