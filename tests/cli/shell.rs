//! Completions and the manual.

use crate::trial_folder::{Said, TrialFolder};

const COMMANDS: [&str; 10] =
    ["demo", "init", "check", "run", "export", "report", "schema", "explain", "completions", "man"];

fn say(words: &[&str]) -> Said {
    let said = TrialFolder::empty().say(words);
    assert_eq!(said.stderr, "");
    assert_eq!(said.code, Some(0));
    said
}

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = say(&["completions", shell]).stdout;
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
        }
        assert!(script.contains("show-values"), "{shell}: options too");
    }
    let json = say(&["completions", "bash", "--json"]).json();
    assert_eq!(json["text"], say(&["completions", "bash"]).stdout.as_str());
}

#[test]
fn the_manual_has_a_page_for_the_program_and_one_for_each_command() {
    let page = say(&["man"]).stdout;
    assert!(page.contains(".TH ips-eval 1"), "{page}");
    assert!(page.contains("could not run"), "exit codes: {page}");
    for command in COMMANDS {
        assert!(page.contains(&format!("ips\\-eval\\-{command}(1)")), "{command}: {page}");
        let own = say(&["man", command]).stdout;
        assert!(own.contains(&format!(".TH ips-eval-{command} 1")), "{own}");
    }
}

#[test]
fn an_unknown_command_or_shell_gets_a_hint_and_code_2() {
    let said = TrialFolder::empty().say(&["man", "rnu"]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""));
    assert!(said.stderr.contains("did you mean `run`?"), "{}", said.stderr);
    assert_eq!(TrialFolder::empty().say(&["completions", "csh"]).code, Some(2));
}
