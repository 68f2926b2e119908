//! Ctrl-C.
#![cfg(unix)]

use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::trial_folder::TrialFolder;

#[test]
fn an_interrupted_run_leaves_nothing_and_ends_with_130() {
    let folder = TrialFolder::good();
    folder.replace("plan.toml", "replicates = 200", "replicates = 200000");
    let before = folder.names();
    let mut run = folder
        .command(&["run", "plan.toml", "--out", "out"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The notes on the data come before the computation, and after the program listens to Ctrl-C.
    let mut first = [0];
    let mut stderr = run.stderr.take().unwrap();
    stderr.read_exact(&mut first).unwrap();
    let killed = Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(run.wait().unwrap().code(), Some(130));
    assert_eq!(folder.names(), before);
}
