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

/// Only the owner may enter.
#[cfg(unix)]
fn assert_owner_only(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).expect("the directory is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[cfg(not(unix))]
fn assert_owner_only(_path: &std::path::Path) {}
