//! A method in plain words.

use ips_eval::results::vocabulary::{Inference, Method};

use crate::trial_folder::{Said, TrialFolder};

fn explain(more: &[&str]) -> Said {
    TrialFolder::empty().say(&[&["explain"], more].concat())
}

#[test]
fn a_method_has_words_formula_source_and_what_others_print() {
    let said = explain(&["risk_difference_newcombe"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    for text in [
        "Difference of shares, Newcombe",
        "√((p₁ − l₁)² + (u₀ − p₀)²)",
        "Statistics in Medicine 17:873–890",
        "  R      prop.test",
        "  Stata  prtest",
        "  SAS    PROC FREQ",
    ] {
        assert!(said.stdout.contains(text), "{text}: {}", said.stdout);
    }
}

#[test]
fn a_kind_of_inference_is_explained_too() {
    let said = explain(&["bootstrap_bca"]);
    assert_eq!(said.code, Some(0));
    assert!(said.stdout.contains("Φ(z₀ + (z₀ + z)"), "{}", said.stdout);
}

#[test]
fn without_a_method_all_are_listed() {
    let said = explain(&[]);
    assert_eq!(said.code, Some(0));
    for word in Method::ALL.iter().map(|own| own.as_str()) {
        assert!(said.stdout.contains(&format!("\n {word} ")), "{word}");
    }
    let listed = explain(&["--json"]).json();
    let n_words = Method::ALL.len() + Inference::ALL.len() - 1;
    assert_eq!(listed.as_array().map(Vec::len), Some(n_words));
}

#[test]
fn the_answer_as_json_has_the_same_texts() {
    let json = explain(&["wilson", "--json"]).json();
    assert_eq!(json["method"], "wilson");
    let page = explain(&["wilson"]).stdout;
    for key in ["label", "sentence", "r", "stata", "sas"] {
        let text = json[key].as_str().expect("a text");
        assert!(page.contains(text), "{key}: {text}");
    }
    let first = json["formula"].as_str().and_then(|text| text.lines().next()).expect("a formula");
    assert!(page.contains(first), "{first}");
}

#[test]
fn an_unknown_method_gets_a_hint_the_list_and_code_2() {
    let said = explain(&["wilsn"]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""));
    assert!(said.stderr.contains("did you mean `wilson`?"), "{}", said.stderr);
    assert!(said.stderr.contains("kaplan_meier, lasso_cross_fitted"), "{}", said.stderr);
    let said = explain(&["nothing_like_it_at_all"]);
    assert_eq!(said.code, Some(2));
    assert!(!said.stderr.contains("did you mean"), "{}", said.stderr);
}
