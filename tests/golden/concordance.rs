//! Reference values of the concordance: R's survival.

use ips_eval::numeric::weights::{CaseWeights, FrequencyWeights, SamplingWeights};
use ips_eval::survival::concordance::{
    Concordance, ConcordanceData, ConcordanceError, concordance,
};
use ips_eval::survival::ending::Ending;
use serde_json::Value;

use super::competing::{Cases, name_of};
use super::numbers;
use super::sets::Set;

fn assert_counts(cases: &Cases, what: &str, got: &Concordance, want: &Value) {
    for (key, got) in [
        ("estimate", got.estimate),
        ("std_error", got.std_error),
        ("concordant", got.concordant),
        ("discordant", got.discordant),
        ("tied_score", got.tied_score),
        ("tied_day", got.tied_day),
        ("tied_both", got.tied_both),
    ] {
        cases.close(&format!("{what}: {key}"), got, &want[key]);
    }
}

#[test]
fn concordances_are_rs() {
    let cases = Cases::read();
    cases.each("concordance", 80, |case| {
        let input = &case["input"];
        let frame = cases.frame(&name_of(case));
        let scores = numbers(&input["score"]);
        let data = ConcordanceData {
            entry: None,
            days: &frame.days,
            endings: &frame.endings,
            scores: &scores,
            strata: (input["stratified"] == 1).then_some(&frame.strata),
        };
        let sampling =
            if input["sampling"].is_null() { vec![] } else { numbers(&input["sampling"]) };
        let weights = match input["weights"].as_str() {
            Some("weighted") => CaseWeights::Frequency(FrequencyWeights(&frame.weights)),
            Some("sampling") => {
                CaseWeights::Sampling(SamplingWeights::new(&sampling).expect("weights"))
            }
            _ => CaseWeights::Once,
        };
        let what = format!("{} {} {}", name_of(case), input["weights"], input["stratified"]);
        let got = concordance(&data, weights).expect(&what);
        assert_counts(&cases, &what, &got, &case["want"]);
        // The order turned round.
        let turned: Vec<f64> = scores.iter().map(|score| -score).collect();
        let turned = concordance(&ConcordanceData { scores: &turned, ..data }, weights);
        let turned = turned.expect(&what);
        assert!((turned.estimate + got.estimate - 1.0).abs() < 1e-12, "{what}");
        assert!((turned.std_error - got.std_error).abs() < 1e-12, "{what}");
    });
}

#[test]
fn concordances_with_delayed_entry_are_rs() {
    let cases = Cases::read();
    let set = Set::read("bladder");
    let (entry, days) = (set.whole("start"), set.whole("stop"));
    let ending = |event: i32| if event == 1 { Ending::Event } else { Ending::Censored };
    let endings: Vec<Ending> = set.whole("event").into_iter().map(ending).collect();
    let strata: Vec<u32> = set.whole("enum").into_iter().map(i32::unsigned_abs).collect();
    cases.each("concordance_entry", 2, |case| {
        let data = ConcordanceData {
            entry: Some(&entry),
            days: &days,
            endings: &endings,
            scores: &numbers(&case["input"]["score"]),
            strata: (case["input"]["stratified"] == 1).then_some(&strata),
        };
        let got = concordance(&data, CaseWeights::Once).expect("pairs");
        assert_counts(&cases, "bladder", &got, &case["want"]);
    });
}

#[test]
fn concordance_says_why_there_is_none() {
    let (days, endings) = ([3, 5, 7], [Ending::Event, Ending::Competing, Ending::Censored]);
    let data = ConcordanceData {
        entry: None,
        days: &days,
        endings: &endings,
        scores: &[0.0, -0.0, 1.0],
        strata: None,
    };
    let why = |data: ConcordanceData<'_>| concordance(&data, CaseWeights::Once).expect_err("none");
    let got = concordance(&data, CaseWeights::Once).expect("two pairs");
    assert!((got.estimate - 0.25).abs() < 1e-15, "a tie and a wrong order: {got:?}");
    let censored = [Ending::Censored; 3];
    assert_eq!(why(ConcordanceData { endings: &censored, ..data }), ConcordanceError::NoPairs);
    assert_eq!(
        why(ConcordanceData { strata: Some(&[1, 2, 3]), ..data }),
        ConcordanceError::NoPairs
    );
    assert_eq!(why(ConcordanceData { scores: &[1.0], ..data }), ConcordanceError::Shape);
    let infinite = ConcordanceData { scores: &[1.0, f64::INFINITY, 0.0], ..data };
    assert_eq!(why(infinite), ConcordanceError::ScoreNotFinite { position: 1 });
    let late = ConcordanceData { entry: Some(&[0, 5, 0]), ..data };
    assert_eq!(why(late), ConcordanceError::NeverAtRisk { position: 1 });
    // Who enters on the day of the event is not yet at risk of it.
    let entry = ConcordanceData { entry: Some(&[-1, 2, 3]), ..data };
    let got = concordance(&entry, CaseWeights::Once).expect("one pair");
    assert!((got.tied_score - 1.0).abs() <= 0.0 && got.discordant.abs() <= 0.0);
}
