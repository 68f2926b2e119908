//! Every crate of the tree has a licence that `deny.toml` allows, also where cargo-deny is absent.

use std::process::Command;

#[test]
fn every_dependency_has_an_allowed_licence() {
    let root = env!("CARGO_MANIFEST_DIR");
    let deny = std::fs::read_to_string(format!("{root}/deny.toml")).expect("deny.toml");
    let deny: toml::Table = deny.parse().expect("deny.toml is TOML");
    let allowed: Vec<&str> = deny["licenses"]["allow"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|licence| licence.as_str().expect("a text"))
        .collect();
    // What is built into the program, as cargo resolves it; the lock file also lists optional
    // crates that no feature switches on.
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}|{l}"])
        .current_dir(root)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<&str> = tree.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.len() > 100, "the whole tree is listed");
    for line in lines {
        let (package, licence) = line.split_once('|').expect("a package and its licence");
        let licence = licence.trim_end_matches("(*)").trim();
        assert!(is_allowed(licence, &allowed), "{package}: {licence}");
    }
}

/// Whether an SPDX expression of ORs over ANDs, bracketed at most once, can be met.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let one = |part: &str| allowed.contains(&part.trim().trim_matches(['(', ')']).trim());
    let either = |part: &str| part.replace('/', " OR ").split(" OR ").any(one);
    if expression.contains('(') {
        // (A OR B) AND C: every bracket must be met.
        expression.split(" AND ").all(either)
    } else {
        let parts = expression.replace('/', " OR ");
        parts.split(" OR ").any(|part| part.split(" AND ").all(one))
    }
}

#[test]
fn licences_that_oblige_are_not_allowed() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"];
    assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed));
    assert!(is_allowed("MIT/Apache-2.0", &allowed));
    assert!(is_allowed("LGPL-2.1-or-later OR MIT", &allowed));
    for not in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR GPL-3.0) AND LGPL-2.1", "none"] {
        assert!(!is_allowed(not, &allowed), "{not}");
    }
}
