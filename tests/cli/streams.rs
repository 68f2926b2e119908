//! Answers on standard output, messages on standard error.

use crate::trial_folder::{TrialFolder, program, say};

#[test]
fn messages_and_answers_do_not_mix() {
    let said = TrialFolder::good().say(&["check", "plan.toml"]);
    assert_eq!(said.code, Some(0));
    assert!(said.stderr.contains("note[spell::overlap]"), "{}", said.stderr);
    assert!(!said.stderr.contains("ready to run"));
    assert!(said.stdout.contains("ready to run"), "{}", said.stdout);
    assert!(!said.stdout.contains("spell::overlap"));
}

#[test]
fn json_is_alone_on_standard_output_whatever_the_outcome() {
    let good = TrialFolder::good();
    let broken_table = TrialFolder::good();
    broken_table.overlay(&crate::trial_folder::fixture("bad/cell--missing"));
    let broken_plan = TrialFolder::good();
    broken_plan.overlay(&crate::trial_folder::fixture("bad/plan--syntax"));
    for (folder, code, errors) in [(good, 0, 0), (broken_table, 1, 1), (broken_plan, 1, 1)] {
        let said = folder.say(&["check", "plan.toml", "--json"]);
        assert_eq!(said.code, Some(code));
        assert_eq!(said.json()["errors"], errors);
    }
}

#[test]
fn quiet_says_nothing_where_nothing_is_wrong_and_errors_where_something_is() {
    let folder = TrialFolder::good();
    let said = folder.say(&["check", "plan.toml", "--quiet"]);
    assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (Some(0), "", ""));
    folder.overlay(&crate::trial_folder::fixture("bad/cell--missing"));
    let said = folder.say(&["check", "plan.toml", "--quiet"]);
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("error[cell::missing]"), "{}", said.stderr);
    assert!(!said.stderr.contains("note["), "{}", said.stderr);
}

#[test]
fn a_long_list_says_how_much_is_left_out_and_json_has_all() {
    let folder = TrialFolder::good();
    let said = folder.say(&["check", "plan.toml"]);
    let answer = folder.say(&["check", "plan.toml", "--json"]).json();
    let problems = answer["problems"].as_array().unwrap();
    let all = problems.iter().filter(|one| one["code"] == "spell::overlap").count();
    assert!(all > 20, "the good trial has many overlaps: {all}");
    assert_eq!(said.stderr.matches("note[spell::overlap]").count(), 20);
    let left = format!("… and {} more of spell::overlap ({all} in all)", all - 20);
    assert!(said.stderr.contains(&left), "{}", said.stderr);
    assert!(said.stderr.contains("--json"));
}

#[test]
fn exactly_twenty_problems_are_shown_without_a_remark() {
    let folder = TrialFolder::good();
    for (rows, remark) in [(20, false), (21, true)] {
        let header = "participant_id,start_date,end_date,contract,hours_per_week\n";
        let spell = |n| format!("P{n:03},2020-02-01,2019-01-01,training,38\n");
        let spells: Vec<String> = (1..=rows).map(spell).collect();
        folder.write("employment.csv", format!("{header}{}", spells.concat()));
        let said = folder.say(&["check", "plan.toml", "--quiet"]);
        assert_eq!(said.stderr.matches("error[spell::ends-before-start]").count(), 20);
        let said_so = said.stderr.contains("… and 1 more of spell::ends-before-start");
        assert_eq!(said_so, remark, "{rows} rows: {}", said.stderr);
    }
}

#[test]
fn pipes_get_no_colours_with_or_without_no_color() {
    let folder = TrialFolder::good();
    folder.overlay(&crate::trial_folder::fixture("bad/plan--unknown-key"));
    for no_color in [None, Some("1")] {
        let mut command = folder.command(&["check", "plan.toml"]);
        command.env_remove("NO_COLOR").envs(no_color.map(|value| ("NO_COLOR", value)));
        let said = say(&mut command);
        assert!(said.stderr.contains("error"));
        assert!(!said.stderr.contains('\u{1b}'), "NO_COLOR {no_color:?}: {}", said.stderr);
    }
}

/// Runs the program with one of its streams a pipe that nobody reads.
fn with_closed_pipe(
    folder: &TrialFolder,
    arguments: &[&str],
    stream: &str,
) -> std::process::Output {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = folder.command(arguments);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    match stream {
        "stdout" => command.stdout(writer),
        _ => command.stderr(writer),
    };
    command.spawn().and_then(std::process::Child::wait_with_output).expect("the program runs")
}

#[test]
fn an_answer_that_nobody_reads_is_no_error() {
    let folder = TrialFolder::good();
    for arguments in [&["schema"][..], &["check", "plan.toml"], &["check", "plan.toml", "--json"]] {
        let output = with_closed_pipe(&folder, arguments, "stdout");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
    }
}

#[test]
fn messages_that_nobody_reads_do_not_end_in_a_panic() {
    let output = with_closed_pipe(&TrialFolder::good(), &["check", "plan.toml"], "stderr");
    // A panic ends with 101.
    assert!(matches!(output.status.code(), Some(0 | 2)), "{:?}", output.status);
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = program().arg("schema").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("cannot write"), "{stderr}");
}
