//! The results directory is written whole or not at all, and replaces nothing of others.

use crate::trial_folder::{RUN, TrialFolder, files_below};

const RUN_AGAIN: [&str; 4] = ["run", "plan.toml", "--out", "out"];

#[test]
fn a_directory_that_is_not_empty_is_refused() {
    let folder = TrialFolder::good();
    folder.write("out/mine.txt", "mine");
    for more in [&[][..], &["--force"]] {
        let said = folder.say(&[&RUN_AGAIN, more].concat());
        assert_eq!(said.code, Some(2), "{more:?}");
        assert_eq!(files_below(&folder.path("out")).len(), 1, "{more:?}");
    }
    let said = folder.say(&RUN_AGAIN);
    assert!(said.stderr.contains("out is not empty"), "{}", said.stderr);
    let said = folder.say(&[&RUN_AGAIN, &["--force"][..]].concat());
    assert!(said.stderr.contains("`mine.txt`"), "{}", said.stderr);
}

#[test]
fn a_file_in_the_place_of_the_directory_is_refused() {
    let folder = TrialFolder::good();
    folder.write("out", "mine");
    for more in [&[][..], &["--force"]] {
        let said = folder.say(&[&RUN_AGAIN, more].concat());
        assert_eq!(said.code, Some(2));
        assert!(said.stderr.contains("is a file"), "{}", said.stderr);
        assert_eq!(folder.text("out"), "mine");
    }
}

#[test]
fn earlier_results_are_refused_without_force() {
    let folder = TrialFolder::good();
    RUN.write_to(&folder, "out");
    let said = folder.say(&RUN_AGAIN);
    assert_eq!(said.code, Some(2));
    assert!(files_below(&folder.path("out")) == RUN.files);
}

#[test]
fn a_foreign_file_among_results_is_kept_even_with_force() {
    let folder = TrialFolder::good();
    RUN.write_to(&folder, "out");
    folder.write("out/figures/mine.txt", "mine");
    let said = folder.say(&[&RUN_AGAIN, &["--force"][..]].concat());
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("figures/mine.txt"), "{}", said.stderr);
    assert_eq!(files_below(&folder.path("out")).len(), RUN.files.len() + 1);
}

#[test]
fn results_that_are_replaced_leave_nothing_of_the_old_ones() {
    let folder = TrialFolder::good();
    RUN.write_to(&folder, "out");
    folder.replace("plan.toml", "months = [6, 12, 18, 24]", "months = [6, 18]");
    let before = folder.names();
    let said = folder.say(&[&RUN_AGAIN, &["--force", "--quiet"][..]].concat());
    assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (Some(0), "", ""));
    assert_eq!(folder.names(), before, "nothing is left beside the directory");
    let files = files_below(&folder.path("out"));
    assert!(files.keys().eq(RUN.files.keys()));
    assert!(files["results.csv"] != RUN.files["results.csv"], "these are new results");
    assert_owner_only(&folder.path("out"));
}

#[test]
fn a_bad_trial_does_not_touch_earlier_results() {
    let folder = TrialFolder::good();
    RUN.write_to(&folder, "out");
    folder.overlay(&crate::trial_folder::fixture("bad/cell--missing"));
    let said = folder.say(&[&RUN_AGAIN, &["--force"][..]].concat());
    assert_eq!(said.code, Some(1));
    assert!(files_below(&folder.path("out")) == RUN.files);
}

/// A directory that a killed command has left beside `out`.
const LEFT: &str = ".ips-eval-0123456789abcdef0123456789abcdef";

#[test]
fn a_name_that_is_none_is_refused_before_anything_is_computed() {
    let folder = TrialFolder::good();
    // So many replicates take minutes.
    folder.replace("plan.toml", "replicates = 200", "replicates = 10000000");
    let long = "x".repeat(300);
    for (out, why) in [
        (".", "is not a name for a new directory"),
        ("..", "is not a name for a new directory"),
        ("/", "is not a name for a new directory"),
        (long.as_str(), "name too long"),
        ("plan.toml/out", "Not a directory"),
    ] {
        let said = folder.say(&["run", "plan.toml", "--out", out]);
        assert_eq!(said.code, Some(2), "{out}");
        assert!(said.stderr.to_lowercase().contains(&why.to_lowercase()), "{out}: {}", said.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_not_replaced_and_not_followed() {
    let folder = TrialFolder::good();
    RUN.write_to(&folder, "elsewhere");
    for points_to in ["elsewhere", "nowhere"] {
        std::os::unix::fs::symlink(points_to, folder.path("out")).expect("a link");
        for out in ["out", "out/"] {
            let said = folder.say(&["run", "plan.toml", "--out", out, "--force"]);
            assert_eq!(said.code, Some(2), "{out}");
            assert!(said.stderr.contains("is a link, which is not replaced"), "{}", said.stderr);
        }
        let link = std::fs::read_link(folder.path("out")).expect("still a link");
        assert_eq!(link, std::path::Path::new(points_to));
        std::fs::remove_file(folder.path("out")).expect("the link is ours");
    }
    assert!(files_below(&folder.path("elsewhere")) == RUN.files);
    assert!(!folder.names().contains(&"nowhere".to_owned()));
}

#[test]
fn a_directory_with_a_manifest_of_others_is_theirs() {
    let folder = TrialFolder::good();
    for manifest in ["{}", "{ \"name\": \"a web page\" }"] {
        folder.write("out/manifest.json", manifest);
        let said = folder.say(&[&RUN_AGAIN, &["--force"][..]].concat());
        assert_eq!(said.code, Some(2));
        assert!(said.stderr.contains("`manifest.json`"), "{}", said.stderr);
        assert_eq!(folder.text("out/manifest.json"), manifest);
    }
}

#[test]
fn what_a_killed_command_left_is_cleared_and_told() {
    let folder = TrialFolder::good();
    let before = folder.names();
    folder.write(&format!("{LEFT}/target"), "out");
    folder.write(&format!("{LEFT}/new/results.csv"), "half a");
    let said = folder.say(&[&RUN_AGAIN, &["--quiet"][..]].concat());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let mut after = before;
    after.insert(0, "out".to_owned());
    after.sort();
    assert_eq!(folder.names(), after);

    // Killed while it removed what it had replaced, or before it wrote anything.
    folder.write(&format!("{LEFT}/target"), "out");
    folder.write(&format!("{LEFT}/new/manifest.json"), "half a");
    let said = folder.say(&["report", "out"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(
        said.stderr.contains("out: removed what a command that was killed left"),
        "{}",
        said.stderr
    );
    std::fs::create_dir(folder.path(LEFT)).expect("the folder is ours");
    let said = folder.say(&["report", "out"]);
    assert!(said.stderr.contains("removed what a command that was killed left"), "{}", said.stderr);
    assert_eq!(folder.names(), after);
}

#[test]
fn results_that_were_put_aside_get_their_name_again() {
    let folder = TrialFolder::good();
    folder.write(&format!("{LEFT}/target"), "out");
    folder.write(&format!("{LEFT}/new/results.csv"), "new");
    for (file, bytes) in &RUN.files {
        folder.write(&format!("{LEFT}/old/{file}"), bytes);
    }
    let said = folder.say(&RUN_AGAIN);
    assert_eq!(said.code, Some(2), "they are there, and are not replaced without --force");
    assert!(said.stderr.contains("put back"), "{}", said.stderr);
    assert!(files_below(&folder.path("out")) == RUN.files);
    assert!(!folder.names().contains(&LEFT.to_owned()));
}

#[test]
fn two_commands_do_not_write_one_directory() {
    let folder = TrialFolder::good();
    folder.write(&format!("{LEFT}/target"), "out");
    let lock = std::fs::File::open(folder.path(&format!("{LEFT}/target"))).expect("a file");
    lock.lock().expect("the lock is free");
    let said = folder.say(&RUN_AGAIN);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("is being written by another command"), "{}", said.stderr);
    assert!(folder.names().contains(&LEFT.to_owned()), "what is in use is left alone");
    let said = folder.say(&["run", "plan.toml", "--out", "other", "--quiet"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
}

#[test]
fn a_report_is_whole_and_keeps_what_else_is_there() {
    let folder = TrialFolder::good();
    RUN.write_to(&folder, "out");
    folder.write("out/notes/mine.txt", "mine");
    let names = folder.names();
    let said = folder.say(&["report", "out", "--internal"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(folder.names(), names, "nothing is left beside it");
    let files = files_below(&folder.path("out"));
    assert_eq!(files["notes/mine.txt"], b"mine");
    assert!(files["results.csv"] == RUN.files["results.csv"]);
    assert!(files["report.en.html"] != RUN.files["report.en.html"]);
    assert_eq!(files.len(), RUN.files.len() + 1);
    assert_all_private(&folder.path("out"));
    // The results are this program's still, but for the file that is not.
    let said = folder.say(&[&RUN_AGAIN, &["--force"][..]].concat());
    assert!(said.stderr.contains("`notes/mine.txt`"), "{}", said.stderr);
}

#[test]
fn a_report_elsewhere_is_private_and_can_be_written_again() {
    let folder = TrialFolder::good();
    RUN.write_to(&folder, "out");
    for audience in [&["--internal"][..], &[]] {
        let said = folder.say(&[&["report", "out", "--out", "documents"], audience].concat());
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert_all_private(&folder.path("documents"));
        let manifest = folder.text("documents/manifest.json");
        assert!(manifest.contains("internal: documents"), "once internal, it stays so");
    }
    folder.write("papers/mine.txt", "mine");
    let said = folder.say(&["report", "out", "--out", "papers"]);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("`mine.txt`"), "{}", said.stderr);
    assert_eq!(files_below(&folder.path("papers")).len(), 1);
}

#[cfg(unix)]
#[test]
fn an_answer_can_name_a_path_that_is_no_unicode() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = TrialFolder::good();
    let mut command = folder.command(&["export", "plan.toml", "--json", "--out"]);
    command.arg(std::ffi::OsStr::from_bytes(b"out\xff"));
    let said = crate::trial_folder::say(&mut command);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(said.json()["out"], "out\u{fffd}");
}

#[test]
fn a_failure_is_an_answer_too() {
    let folder = TrialFolder::good();
    folder.write("file", "mine");
    for (arguments, code) in [
        (&["run", "plan.toml", "--out", "file"][..], 2),
        (&["run", "none.toml", "--out", "out"][..], 2),
        (&["check", "none.toml"][..], 2),
        (&["report", "nowhere"][..], 2),
        (&["run", "plan.toml"][..], 2),
        (&["export", "plan.toml", "--out", "file"][..], 2),
    ] {
        let said = folder.say(&[arguments, &["--json"]].concat());
        assert_eq!(said.code, Some(code), "{arguments:?}");
        assert_eq!(said.json()["exit_code"], code, "{arguments:?}");
        assert!(said.json()["error"].as_str().is_some_and(|text| !text.is_empty()));
    }
    folder.overlay(&crate::trial_folder::fixture("bad/cell--missing"));
    for command in ["run", "export"] {
        let said = folder.say(&[command, "plan.toml", "--out", "out", "--json"]);
        assert_eq!((said.code, &said.json()["errors"]), (Some(1), &1.into()));
    }
}

/// Only the owner may enter any directory and read any file.
#[cfg(unix)]
fn assert_all_private(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    assert_owner_only(path);
    for entry in std::fs::read_dir(path).expect("a directory") {
        let path = entry.expect("an entry").path();
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
        if path.is_dir() {
            assert_all_private(&path);
        } else {
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }
}

#[cfg(not(unix))]
fn assert_all_private(_path: &std::path::Path) {}

/// Only the owner may enter.
#[cfg(unix)]
fn assert_owner_only(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).expect("the directory is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[cfg(not(unix))]
fn assert_owner_only(_path: &std::path::Path) {}
