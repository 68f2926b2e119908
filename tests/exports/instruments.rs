//! Instruments of one's own: a file is enough, and what is wrong with one is said at its line.

use std::fmt::Write as _;

use ips_eval::diagnostic::{Code, Diagnostics};
use ips_eval::plan::instrument::parse::{checksum_of, instrument_json_schema, parse_instrument};

use super::{Files, answers, export, found, item, read, replace};

const SEARCH: &str = r#"id = "search"
version = "1"
source = "Made up for tests"
licence = "Free"
checksum = ""

[title]
en = "Search for work"
fr = "Recherche d'emploi"
nl = "Zoeken naar werk"

[[items]]
column = "channel"
codes = [1, 2, 3]

[[items]]
column = "effort"
codes = [1, 2, 3]
reverse = true

[score]
rule = "sum"
max_missing = 1
minimum = 2
maximum = 6
direction = "higher_is_better"
"#;

/// With the checksum that belongs to it.
fn sealed(text: &str) -> String {
    text.replace("checksum = \"\"", &format!("checksum = \"{}\"", checksum_of(text)))
}

/// The instrument with one text replaced.
fn changed(from: &str, to: &str) -> String {
    assert!(SEARCH.contains(from), "{from}");
    sealed(&SEARCH.replacen(from, to, 1))
}

#[track_caller]
fn refused(text: &str) -> Diagnostics {
    let problems = parse_instrument("own.toml", text).expect_err("it is wrong");
    assert!(problems.all().iter().all(|one| one.code == Code::InstrumentInvalid), "{problems:#?}");
    assert!(problems.all().iter().all(|one| one.place.line.is_some()), "{problems:#?}");
    problems
}

/// One problem, which says this, at the line with that text.
#[track_caller]
fn assert_said(text: &str, said: &str, at: &str) {
    let problems = refused(text);
    let one = problems.all().iter().find(|one| one.message.contains(said));
    let one = one.unwrap_or_else(|| panic!("{said}: {problems:#?}"));
    let line = text.lines().position(|line| line.contains(at)).expect("the line") as u64 + 1;
    assert_eq!(one.place.line, Some(line), "{problems:#?}");
}

#[test]
fn an_instrument_of_ones_own_needs_nothing_but_its_file() {
    let search = parse_instrument("own.toml", &sealed(SEARCH)).unwrap();
    // Reversed, 1 counts as 3.
    assert_eq!(search.score_of(&[Some(2.0), Some(1.0)]), Some(5.0));
    // The other item stands for the one that is missing.
    assert_eq!(search.score_of(&[Some(2.0), None]), Some(4.0));
    assert_eq!(search.score_of(&[None, None]), None);

    let mut files = export("limesurvey");
    replace(&mut files, "plan.toml", "use = [\"who5\"]", "files = [\"own.toml\"]");
    replace(&mut files, "plan.toml", "score = \"who5\"", "score = \"search\"");
    replace(&mut files, "plan.toml", "[columns.waves]\n", "[columns.waves]\neffort = \"G02Q06\"\n");
    replace(
        &mut files,
        "export.csv",
        "\"4\";\"4\";\"4\";\"4\";\"4\";\"4\"",
        "\"3\";\"4\";\"4\";\"4\";\"4\";\"4\"",
    );
    files.insert("own.toml".to_owned(), sealed(SEARCH).into_bytes());
    let read = read(&files);
    assert_eq!(item(&read, "effort"), [Some(2.0), Some(3.0), None, Some(1.0), Some(3.0)]);
    assert_eq!(answers(&read).answers.len(), 5);
}

#[test]
fn an_answer_that_the_instrument_does_not_know_is_told_at_its_cell() {
    let mut files = export("limesurvey");
    replace(
        &mut files,
        "export.csv",
        "\"4\";\"4\";\"4\";\"4\";\"4\";\"4\"",
        "\"4\";\"4\";\"6\";\"4\";\"4\";\"4\"",
    );
    let read = read(&files);
    let [one] = found(&read, Code::InstrumentNotAnAnswer)[..] else {
        panic!("{:#?}", read.problems)
    };
    assert_eq!((one.place.line, one.place.column.as_deref()), (Some(6), Some("G03Q07[SQ002]")));
    assert!(one.remedy.contains("0, 1, 2, 3, 4, 5"), "{}", one.remedy);
}

#[test]
fn what_is_wrong_with_an_instrument_is_said_at_its_line() {
    let unknown = changed("licence = ", "license = ");
    assert_said(&unknown, "license", "license");
    assert_said(&changed("reverse = true", "reversed = true"), "reversed", "reversed");
    assert_said(&changed("\"effort\"", "\"channel\""), "listed twice", "column = \"channel\"");
    assert_said(&changed("[1, 2, 3]", "[1, 2, 2]"), "listed twice", "column = \"channel\"");
    assert_said(&changed("maximum = 6", "maximum = 7"), "scores from 2 to 6", "minimum = 2");
    assert_said(&changed("max_missing = 1", "max_missing = 2"), "every item", "max_missing");
    assert_said(&changed("maximum = 6", "maximum = nan"), "out of range", "maximum");
    assert_said(&changed("minimum = 2", "minimum = 6.5"), "above", "minimum");
    assert_said(&changed("[1, 2, 3]", "[1, 2, inf]"), "out of range", "inf");
    assert_said(&changed("rule = \"sum\"", "rule = \"median\""), "median", "median");
    refused("id = \"own");
    refused("");
}

#[test]
fn a_changed_file_asks_for_a_new_checksum_and_names_it() {
    let text = sealed(SEARCH).replace("Free", "Free of charge");
    assert_said(&text, "checksum", "checksum = ");
    let problems = refused(&text);
    assert!(problems.all()[0].remedy.contains(&checksum_of(&text)), "{problems:#?}");
    // Line ends and spaces at the end of a line do not matter.
    let other = sealed(SEARCH).replace('\n', " \r\n");
    assert!(parse_instrument("own.toml", &other).is_ok());
}

/// An instrument with as many items and codes, valued by a set.
fn valued(n_items: usize, codes: &str) -> String {
    let (start, rest) = SEARCH.split_once("[[items]]").expect("the section");
    let (_, score) = rest.split_once("[score]").expect("the section");
    let item = |at: usize| format!("[[items]]\ncolumn = \"who5_{at}\"\ncodes = [{codes}]\n\n");
    let items: String = (1..=n_items).map(item).collect();
    let score = score.replace("\"sum\"\nmax_missing = 1", "\"value_set\"").replace("= 6", "= 1");
    sealed(&format!("{start}{items}[score]{}", score.replace("minimum = 2", "minimum = -1")))
}

#[test]
fn a_value_set_is_for_a_few_items_with_a_few_codes_of_one_length() {
    let codes: Vec<String> = (0..=10).map(|code: i32| code.to_string()).collect();
    let text = valued(10, &codes.join(", "));
    assert_said(&text, "more than 100000 profiles", "rule = ");
    assert_said(&valued(3, "0, 1, 10"), "not all of one length", "who5_1");
    assert!(parse_instrument("own.toml", &valued(5, "1, 2, 3, 4, 5")).is_ok());
}

/// The plan with an instrument of two items and three codes, and a value set.
fn with_value_set(set: &str) -> Files {
    let mut files = export("limesurvey");
    let own = "files = [\"own.toml\"]\nvalue_sets = { search = \"values.csv\" }";
    replace(&mut files, "plan.toml", "use = [\"who5\"]", own);
    replace(&mut files, "plan.toml", "score = \"who5\"", "score = \"search\"");
    files.insert("own.toml".to_owned(), valued(2, "1, 2, 3").into_bytes());
    files.insert("values.csv".to_owned(), set.as_bytes().to_vec());
    files
}

fn profiles() -> Vec<String> {
    (1..=3).flat_map(|a| (1..=3).map(move |b| format!("{a}{b}"))).collect()
}

fn plan_of(files: &Files) -> Result<ips_eval::plan::parse::PlanDocument, Diagnostics> {
    let text = std::str::from_utf8(&files["plan.toml"]).expect("a text");
    let named = |file: &str| files.get(file).cloned().ok_or(std::io::ErrorKind::NotFound.into());
    ips_eval::plan::parse::parse_plan_with("plan.toml", text, &named)
}

#[test]
fn a_value_set_may_be_written_in_either_notation() {
    let rows = |mark: &str, value: &str| -> String {
        let rows = profiles().into_iter().map(|one| format!("{one}{mark}{value}\n"));
        format!("\u{feff}profile{mark}value\n{}", rows.collect::<String>())
    };
    for set in [rows(",", "-0.25"), rows(";", "-0,25"), rows(";", "-0.25")] {
        let document = plan_of(&with_value_set(&set)).unwrap_or_else(|found| panic!("{found:#?}"));
        assert_eq!(document.plan.scales[0].score_of(&[Some(1.0), Some(3.0)]), Some(-0.25), "{set}");
    }
}

/// A complete value set of the EQ-5D-5L, evenly from 1 to `lowest`: made up but for its ends.
fn eq5d5l_from(lowest: f64) -> Files {
    let mut files = export("limesurvey");
    let own = "use = [\"eq5d5l\"]\nvalue_sets = { eq5d5l = \"values.csv\" }";
    replace(&mut files, "plan.toml", "use = [\"who5\"]", own);
    replace(&mut files, "plan.toml", "score = \"who5\"", "score = \"eq5d5l\"");
    let mut rows = String::from("profile,value\n");
    for at in 0..5_u32.pow(5) {
        let levels: Vec<u32> = (0..5).rev().map(|place| at / 5_u32.pow(place) % 5).collect();
        let profile: String = levels.iter().map(|level| (level + 1).to_string()).collect();
        let steps: u32 = levels.iter().sum();
        let value = if steps == 20 { lowest } else { 1.0 - f64::from(steps) * 0.01 };
        writeln!(rows, "{profile},{value}").expect("a text grows");
    }
    files.insert("values.csv".to_owned(), rows.into_bytes());
    files
}

/// Bouckaert N, Cleemput I, Devriese S, Gerkens S (2022), `PharmacoEconomics` - Open 6:823-836, doi
/// 10.1007/s41669-022-00353-3: Belgian values run from -0.532 to 1.
#[test]
fn the_ends_of_the_belgian_values_are_the_ends_of_the_score() {
    let document = plan_of(&eq5d5l_from(-0.532)).unwrap_or_else(|found| panic!("{found:#?}"));
    let scale = &document.plan.scales[0];
    assert_eq!(scale.score_of(&[Some(5.0); 5]), Some(-0.532));
    assert_eq!(scale.score_of(&[Some(1.0); 5]), Some(1.0));
    assert_eq!(scale.score_range(), (-0.532, 1.0));
    // The published values of Taiwan go down to this.
    let document = plan_of(&eq5d5l_from(-1.0259)).unwrap_or_else(|found| panic!("{found:#?}"));
    assert_eq!(document.plan.scales[0].score_range(), (-1.0259, 1.0));
    assert!(plan_of(&eq5d5l_from(-2.5)).is_err());
}

#[test]
fn what_is_wrong_with_a_value_set_is_said() {
    let complete = format!("{},0.5\n", profiles().join(",0.5\n"));
    for (set, said, line) in [
        (
            format!("profile,value\n{}", complete.replacen("11,0.5\n", "", 1)),
            "1 of 9 profiles",
            None,
        ),
        (format!("profile,value\n{complete}14,0.5\n"), "1 rows are no profile", None),
        (format!("profile,value\n{complete}33,0.5\n"), "there twice", Some(11)),
        (
            format!("profile,value\n{}", complete.replacen("11,0.5", "11,x", 1)),
            "not a number",
            Some(2),
        ),
        (format!("profile,value\n{}", complete.replacen("0.5", "NaN", 1)), "not a number", Some(2)),
        (
            format!("profile,value\n{}", complete.replacen("0.5", "1.5", 1)),
            "outside the range",
            None,
        ),
        (format!("profile,value\n{}", complete.replacen(",0.5", "", 1)), "cannot be read", Some(2)),
        (format!("state,utility\n{complete}"), "no columns `profile` and `value`", Some(1)),
        (String::new(), "no columns `profile` and `value`", Some(1)),
    ] {
        let problems = plan_of(&with_value_set(&set)).expect_err(said);
        let one = problems.all().iter().find(|one| one.message.contains(said));
        let one = one.unwrap_or_else(|| panic!("{said}: {problems:#?}"));
        assert_eq!(one.code, Code::ValueSetInvalid);
        assert_eq!((&*one.place.file, one.place.line), ("values.csv", line), "{said}");
    }
}

#[test]
fn the_shipped_schema_of_instruments_is_current() {
    let current = format!("{:#}\n", instrument_json_schema());
    let shipped = include_str!("../../data-schema/instrument.schema.json");
    assert!(
        current == shipped,
        "data-schema/instrument.schema.json is out of date; from the repository:\n\
         cargo run -- schema instrument --json > data-schema/instrument.schema.json"
    );
}
