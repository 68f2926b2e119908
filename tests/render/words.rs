//! Every text is used, and every word of the results has a text.

use std::collections::BTreeSet;
use std::path::Path;

use ips_eval::render::text::Language;
use ips_eval::results::vocabulary::{AnalysisSet, Outcome};

use super::english;

/// All sources of the room but the structs that hold the texts.
fn sources(directory: &Path, text: &mut String) {
    let mut entries: Vec<_> = std::fs::read_dir(directory)
        .expect("the room is there")
        .flatten()
        .map(|e| e.path())
        .collect();
    entries.sort();
    for path in entries {
        let is_source = path.extension().is_some_and(|e| e == "rs" || e == "j2");
        if path.is_dir() && !path.ends_with("text") {
            sources(&path, text);
        } else if is_source {
            text.push_str(&std::fs::read_to_string(&path).expect("sources are text"));
        }
    }
}

#[test]
fn every_text_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render");
    let mut code = String::new();
    sources(&root, &mut code);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let used: BTreeSet<&str> = code
        .match_indices('.')
        .map(|(at, _)| {
            let rest = &code[at + 1..];
            &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())]
        })
        .collect();
    let file = std::fs::read_to_string(root.join("text/en.toml")).unwrap();
    let texts: toml::Table = file.parse().unwrap();
    let mut unused = Vec::new();
    for section in ["number", "date", "note", "common", "report", "page"] {
        unused.extend(texts[section].as_table().unwrap().keys().filter(|k| !used.contains(&***k)));
    }
    for figure in texts["figure"].as_table().unwrap().values() {
        unused.extend(figure.as_table().unwrap().keys().filter(|key| !used.contains(&***key)));
    }
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_word_of_the_results_has_a_text() {
    for language in Language::ALL {
        let texts = ips_eval::render::text::Texts::new(*language).unwrap();
        assert_eq!(texts.language, language.code());
        for outcome in Outcome::ALL {
            assert!(texts.outcomes.contains_key(outcome.as_str()), "{outcome}");
        }
        for set in AnalysisSet::ALL {
            assert!(texts.sets.contains_key(set.as_str()), "{set}");
        }
    }
}

#[test]
fn no_text_of_an_outcome_is_left_over() {
    let texts = english();
    for word in texts.outcomes.keys() {
        assert!(Outcome::from_word(word).is_some(), "{word}");
    }
}
