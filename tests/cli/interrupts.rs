//! Ctrl-C.
#![cfg(unix)]

use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::trial_folder::TrialFolder;

#[test]
fn an_interrupted_run_leaves_nothing_and_says_so_once() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let folder = TrialFolder::good();
        folder.replace("plan.toml", "replicates = 200", "replicates = 200000");
        let before = folder.names();
        let mut run = folder
            .command(&["run", "plan.toml", "--out", "new/out"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The notes on the data come before the computation, and after the program listens.
        let mut first = [0];
        let mut stderr = run.stderr.take().unwrap();
        stderr.read_exact(&mut first).unwrap();
        let killed = Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let mut said = String::new();
        stderr.read_to_string(&mut said).unwrap();
        assert_eq!(run.wait().unwrap().code(), Some(code), "{signal}");
        assert_eq!(said.matches("interrupted").count(), 1, "{said}");
        assert_eq!(folder.names(), before);
    }
}
