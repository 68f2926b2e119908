//! Scores of 1,000 people by four rules, against R.

use ips_eval::plan::instrument::parse::{built_in_instruments, checksum_of, parse_instrument};
use ips_eval::plan::instrument::types::Instrument;
use serde_json::Value;

use super::{Reference, number, numbers};

fn reference() -> Value {
    let path = format!("{}/tests/reference/questionnaire_scores.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the reference file is there");
    serde_json::from_str(&text).expect("JSON")
}

fn parsed(text: &str) -> Instrument {
    parse_instrument("x.toml", text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn shipped(id: &str) -> Instrument {
    let (_, text) = built_in_instruments().find(|(own, _)| *own == id).expect("it is brought");
    parsed(text)
}

/// An instrument of six items; `turned` are scored the other way round.
fn of_six(codes: &str, turned: &[usize], score: &str) -> Instrument {
    let mut text = String::from(
        "id = \"six\"\nversion = \"1\"\nsource = \"a test\"\nlicence = \"free\"\nchecksum = \"?\"\n\
         [title]\nen = \"Six\"\nfr = \"Six\"\nnl = \"Zes\"\n",
    );
    for item in 1..=6 {
        let reverse = turned.contains(&item);
        let item_text =
            format!("[[items]]\ncolumn = \"i{item}\"\ncodes = {codes}\nreverse = {reverse}\n");
        text.push_str(&item_text);
    }
    let score_text = format!("[score]\ndirection = \"higher_is_better\"\n{score}\n");
    text.push_str(&score_text);
    let checksum = checksum_of(&text);
    parsed(&text.replace("\"?\"", &format!("\"{checksum}\"")))
}

fn answers(text: &str) -> Vec<Option<f64>> {
    text.chars().map(|answer| answer.to_digit(10).map(f64::from)).collect()
}

fn agrees(instrument: &Instrument, name: &str) {
    let file = reference();
    let of = &file["instruments"][name];
    let given = of["answers"].as_array().expect("answers");
    let scores = of["scores"].as_array().expect("scores");
    assert_eq!((given.len(), scores.len()), (1000, 1000));
    let held = Reference::read("questionnaire_scores");
    let mut n_scored = 0;
    for (answer, want) in given.iter().zip(scores) {
        let answer = answer.as_str().expect("text");
        match (instrument.score_of(&answers(answer)), want.is_null()) {
            (None, true) => {}
            (Some(got), false) => {
                n_scored += 1;
                held.assert_close(&format!("{name} {answer}"), got, want);
            }
            (got, _) => panic!("{name} {answer}: {got:?} for R's {want}"),
        }
    }
    let own = held.cases.iter().find(|case| case["input"]["instrument"] == name).expect("its case");
    assert!((f64::from(n_scored) - number(&own["want"]["n_scored"])).abs() < 0.5, "{name}");
}

#[test]
fn who5_agrees_with_r() {
    agrees(&shipped("who5"), "who5");
}

#[test]
fn a_mean_with_turned_and_missing_items_agrees_with_r() {
    let score = "rule = \"mean\"\nmax_missing = 3\nminimum = 1\nmaximum = 7";
    agrees(&of_six("[1, 2, 3, 4, 5, 6, 7]", &[2, 5], score), "mean6");
}

#[test]
fn a_count_with_a_missing_item_agrees_with_r() {
    let score = "rule = \"sum\"\nmax_missing = 1\nminimum = 0\nmaximum = 6";
    agrees(&of_six("[0, 1]", &[], score), "count6");
    // The shipped count is of the same kind.
    agrees(&shipped("social_participation"), "count6");
}

#[test]
fn a_value_set_agrees_with_r() {
    let mut instrument = shipped("eq5d5l");
    let values = numbers(&reference()["value_set"]["values"]);
    assert_eq!(values.len(), 3125);
    // Profiles in increasing order: 11111, 11112, …, 55555.
    let digit = |profile: usize, place: u32| profile / 5_usize.pow(place) % 5 + 1;
    let profile = |at: usize| (0..5).rev().map(|place| digit(at, place).to_string()).collect();
    instrument.value_set = values.into_iter().enumerate().map(|(at, v)| (profile(at), v)).collect();
    assert!(instrument.value_set.contains_key("55555"));
    agrees(&instrument, "eq5d5l");
}

/// World Health Organization (2024), The World Health Organization-Five Well-Being Index (WHO-5),
/// Geneva: the raw score is the sum of the five answers, 0 to 25, the percentage four times that, and
/// a percentage below 50 is the same as a raw score below 13.
#[test]
fn who5_is_scored_as_its_manual_says() {
    let who5 = shipped("who5");
    for (given, raw, percentage) in
        [("33322", 13, 52.0), ("33222", 12, 48.0), ("00000", 0, 0.0), ("55555", 25, 100.0)]
    {
        let sum: u32 = given.chars().filter_map(|answer| answer.to_digit(10)).sum();
        assert_eq!(sum, raw);
        assert_eq!(who5.score_of(&answers(given)), Some(percentage), "{given}");
        assert_eq!(percentage < 50.0, raw < 13);
    }
}

#[test]
fn scores_worked_by_hand() {
    // WHO-5: the five answers, 0 to 5 each, times 4.
    let who5 = shipped("who5");
    for (given, want) in [("55555", 100.0), ("00000", 0.0), ("32410", 40.0), ("11111", 20.0)] {
        assert_eq!(who5.score_of(&answers(given)), Some(want), "{given}");
    }
    assert_eq!(who5.score_of(&answers("3241.")), None);
    assert_eq!(who5.score_of(&answers(".....")), None);
    // Six activities; five answered stand for the sixth: 3 of 5 are 3.6 of 6.
    let activities = shipped("social_participation");
    assert_eq!(activities.score_of(&answers("101010")), Some(3.0));
    let five = activities.score_of(&answers("10101.")).expect("one may be missing");
    assert!((five - 3.6).abs() < 1e-15);
    assert_eq!(activities.score_of(&answers("1010..")), None);
    assert_eq!(shipped("job_satisfaction").score_of(&answers("7")), Some(7.0));
}
