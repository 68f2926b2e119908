//! The report is one safe page that says what the rows say.

use ips_eval::render::Audience;
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::Row;
use ips_eval::results::vocabulary::{ResultArm, Statistic, Unit};

use super::{figures, page, page_with, shapes, support};

#[test]
fn the_same_results_give_the_same_bytes() {
    for results in [support::belgian(), support::with_gaps()] {
        assert_eq!(page(&results, Audience::Publication), page(&results, Audience::Publication));
    }
}

#[test]
fn a_page_asks_for_nothing_from_outside() {
    for (_, results) in shapes() {
        let page = page(&results, Audience::Internal);
        for (at, _) in page.match_indices("href=\"") {
            assert_eq!(&page[at + 6..=at + 6], "#", "links stay on the page");
        }
        for word in ["src=", "<script", "@import", "url(", "<link", "<iframe", "javascript:"] {
            assert!(!page.contains(word), "{word}");
        }
        let addresses = page.matches("http").count();
        let namespaces = page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count();
        assert_eq!(addresses, namespaces + "http-equiv".matches("http").count());
    }
}

#[test]
fn what_is_missing_shows_as_no_number() {
    for (shape, results) in shapes() {
        let all = figures(&results, Audience::Publication);
        let page = page_with(&results, Audience::Publication, &all);
        let texts = all.iter().flat_map(|figure| [&figure.svg, &figure.csv]).chain([&page]);
        for text in texts {
            for word in ["NaN", "None", "Some(", "{", "inf,", "undefined"] {
                let without_style = text.split("<style>").next().unwrap().to_owned()
                    + text.split("</style>").last().unwrap();
                let found = without_style.find(word).map(|at| &without_style[at..]);
                let context = found.map(|rest| rest.chars().take(60).collect::<String>());
                assert_eq!(context, None, "{shape}: {word}");
            }
        }
    }
}

#[test]
fn an_empty_value_is_never_shown_as_zero() {
    // Every value is withheld: no digit of a result may be left but in labels.
    let whole = support::belgian();
    let masked = whole.map_rows(|row| Row {
        value: None,
        note: ips_eval::results::row::MASKED_SMALL_CELL.to_owned(),
        ..row.clone()
    });
    for figure in figures(&masked, Audience::Publication) {
        for line in figure.csv.lines().skip(1) {
            assert!(line.contains("masked"), "{}: {line}", figure.name);
        }
        assert!(figure.svg.contains("fewer than 5 people"), "{}", figure.name);
        assert!(!figure.svg.contains("<circle"), "{}", figure.name);
    }
    let page = page(&masked, Audience::Publication);
    assert!(page.contains("•") && !page.contains("0.0%") && !page.contains(">0<"));
}

#[test]
fn only_internal_documents_are_labelled_internal() {
    let results = support::belgian();
    let label = "Internal: contains small cells";
    assert!(page(&results, Audience::Internal).contains(label));
    assert!(!page(&results, Audience::Publication).contains(label));
    for figure in figures(&results, Audience::Internal) {
        assert!(figure.svg.contains(label), "{}", figure.name);
    }
    for figure in figures(&results, Audience::Publication) {
        assert!(!figure.svg.contains(label), "{}", figure.name);
    }
}

fn headline(results: &ResultSet) -> String {
    let page = page(results, Audience::Publication);
    let start = page.find("<div class=\"headline\">").expect("the headline is there");
    let (_, rest) = page[start..].split_once("<p>").expect("it has a sentence");
    rest.split("</p>").next().expect("the sentence ends").to_owned()
}

#[test]
fn the_headline_is_aalen_johansen_unless_follow_up_is_complete() {
    // 0.092 is the formula's effect over all regions; observed cases are 1.2 points higher.
    let incomplete = headline(&support::belgian());
    assert!(incomplete.contains("everyone randomised"), "{incomplete}");
    assert!(incomplete.contains("+9.2 percentage points"), "{incomplete}");
    let whole = support::with_complete_follow_up();
    let complete = headline(&whole);
    assert!(complete.contains("+10.4 percentage points"), "{complete}");
    let half_known = whole.map_rows(|row| match row.key.statistic {
        Statistic::Lost if row.key.arm == ResultArm::All => Row { value: None, ..row.clone() },
        _ => row.clone(),
    });
    assert!(headline(&half_known).contains("everyone randomised"));
}

#[test]
fn texts_of_a_study_are_escaped() {
    let mut results = support::belgian();
    "A <b>bold</b> title & \"more\"".clone_into(&mut results.study.title);
    results.study.arm_labels.control = "<script>x</script>".to_owned();
    let page = page(&results, Audience::Publication);
    assert!(!page.contains("<b>") && !page.contains("<script"));
    assert!(page.contains("A &lt;b&gt;bold"));
}

#[test]
fn reasons_are_listed_with_their_places() {
    let page = page(&support::with_gaps(), Audience::Publication);
    let (_, notes) = page.split_once("<section id=\"notes\">").unwrap();
    assert!(notes.contains("the control arm has no participants"), "{notes}");
    assert!(notes.contains("months 14 to 15"), "{notes}");
    assert!(!notes.contains("masked"), "what is masked is no failure to estimate");
}

#[test]
fn made_up_results_have_the_units_of_real_ones() {
    // The other tests rest on these values.
    for row in support::belgian().rows() {
        let is_share = row.key.statistic == Statistic::Estimate && row.unit == Unit::Proportion;
        assert!(!is_share || row.value.is_some_and(|value| value.abs() <= 1.0), "{row:?}");
    }
}
