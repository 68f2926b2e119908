//! Commands, exit codes and hints.

use crate::trial_folder::TrialFolder;

#[test]
fn a_misspelt_command_gets_a_hint_and_code_2() {
    let said = TrialFolder::empty().say(&["chek", "plan.toml"]);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("'check'"), "{}", said.stderr);
    assert_eq!(said.stdout, "");
}

#[test]
fn no_command_at_all_shows_the_commands_and_code_2() {
    let said = TrialFolder::empty().say(&[]);
    assert_eq!(said.code, Some(2));
    for command in ["demo", "init", "check", "run", "report", "schema", "explain"] {
        assert!(said.stderr.contains(&format!("\n  {command} ")), "{}", said.stderr);
    }
}

#[test]
fn help_and_version_are_answers_with_code_0() {
    for argument in ["--help", "--version"] {
        let said = TrialFolder::empty().say(&[argument]);
        assert_eq!(said.code, Some(0));
        assert!(said.stdout.contains("ips-eval"), "{}", said.stdout);
        assert_eq!(said.stderr, "");
    }
}

#[test]
fn a_plan_that_is_not_there_is_named_with_code_2() {
    for arguments in [&["check", "nowhere.toml"][..], &["run", "nowhere.toml", "--out", "out"]] {
        let said = TrialFolder::empty().say(arguments);
        assert_eq!(said.code, Some(2));
        assert!(said.stderr.contains("cannot read nowhere.toml"), "{}", said.stderr);
        assert_eq!(said.stdout, "");
    }
}

#[test]
fn a_report_of_nothing_is_refused_with_code_2() {
    let said = TrialFolder::empty().say(&["report", "nowhere"]);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("results.json"), "{}", said.stderr);
}

#[test]
fn impossible_thread_counts_are_refused() {
    for threads in ["0", "-1", "many"] {
        let arguments = ["run", "plan.toml", "--out", "out", "--threads", threads];
        let said = TrialFolder::good().say(&arguments);
        assert_eq!(said.code, Some(2), "--threads {threads}");
    }
}

#[test]
fn init_writes_a_plan_that_is_right_and_tables_that_lack_only_participants() {
    let folder = TrialFolder::empty();
    let said = folder.say(&["init", "study"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("plan.toml"), "{}", said.stdout);
    let plan = "study/plan.toml";
    let said = folder.say(&["check", plan, "--json"]);
    assert_eq!(said.code, Some(1));
    let answer = said.json();
    assert_eq!(answer["errors"], 1, "{answer:#}");
    let problem = answer["problems"].as_array().unwrap().iter().find(|p| p["severity"] == "error");
    let problem = problem.unwrap();
    assert_eq!(problem["code"], "table::empty");
    assert_eq!(problem["file"], "participants.csv");
    assert_eq!(problem["message"], "the table has no participants");
}

#[test]
fn init_overwrites_nothing() {
    let folder = TrialFolder::empty();
    folder.write("waves.csv", "mine");
    let said = folder.say(&["init"]);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("waves.csv exists already"), "{}", said.stderr);
    assert_eq!(folder.names(), ["waves.csv"]);
    assert_eq!(folder.text("waves.csv"), "mine");
}
