//! Questionnaires as survey software and statistics packages export them.

use std::collections::BTreeMap;

use ips_eval::diagnostic::{Code, Diagnostic};
use ips_eval::ingest::{Ingested, Sources, read_trial};
use ips_eval::plan::parse::parse_plan_with;
use ips_eval::plan::types::TableName;
use ips_eval::trial::questionnaire::Questionnaires;

use crate::trial_folder::{Files, files_below, fixture};

mod instruments;
mod labelled;

fn export(name: &str) -> Files {
    files_below(&fixture(&format!("exports/{name}")))
}

/// Replaces a text that must be there.
fn replace(files: &mut Files, file: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[file].clone()).expect("a text");
    assert!(text.contains(from), "{file} holds {from}");
    files.insert(file.to_owned(), text.replace(from, to).into_bytes());
}

fn read(files: &Files) -> Ingested {
    let text = std::str::from_utf8(&files["plan.toml"]).expect("a text");
    let named = |file: &str| files.get(file).cloned().ok_or(std::io::ErrorKind::NotFound.into());
    let document =
        parse_plan_with("plan.toml", text, &named).unwrap_or_else(|found| panic!("{found:#?}"));
    let source =
        |table: TableName| Some((table, files.get(document.plan.data.get(table)?)?.clone()));
    let sources: Sources = TableName::ALL.into_iter().filter_map(source).collect();
    read_trial(&document, &sources)
}

/// The answers; fails where there are errors.
fn answers(read: &Ingested) -> &Questionnaires {
    let data = read.data.as_ref();
    &data.unwrap_or_else(|| panic!("{:#?}", read.problems.all())).questionnaires
}

/// Person, wave, day and language of each answer.
fn who_and_when(read: &Ingested) -> Vec<String> {
    let answers = answers(read);
    let data = read.data.as_ref().expect("no errors");
    let one = |answer: &ips_eval::trial::questionnaire::Answer| {
        let person = &data.participants[answer.participant].id;
        let language = answer.language.map_or("-", |at| answers.languages[at].as_str());
        format!("{person} {} {} {language}", answer.wave, answer.date)
    };
    answers.answers.iter().map(one).collect()
}

fn item(read: &Ingested, name: &str) -> Vec<Option<f64>> {
    answers(read).items.column(name).unwrap_or_else(|| panic!("{name}")).values()
}

/// Cells of the waves table by column and reason.
fn declared_missing(read: &Ingested) -> BTreeMap<(String, String), usize> {
    let waves = read.tables.iter().find(|table| table.table == "waves").expect("the waves");
    let of = waves.declared_missing.iter();
    of.map(|one| ((one.column.clone(), one.reason.clone()), one.cells)).collect()
}

fn count_of(read: &Ingested, column: &str, reason: &str) -> usize {
    let counts = declared_missing(read);
    counts.get(&(column.to_owned(), reason.to_owned())).copied().unwrap_or(0)
}

fn found(read: &Ingested, code: Code) -> Vec<&Diagnostic> {
    read.problems.all().iter().filter(|one| one.code == code).collect()
}

#[test]
fn a_limesurvey_export_is_read_as_it_is() {
    let read = read(&export("limesurvey"));
    let expected = [
        "L01 0 2019-01-04 nl",
        "L01 6 2019-07-08 nl",
        "L02 0 2019-01-12 fr",
        "L02 6 2019-07-20 fr",
        "L04 0 2019-02-01 fr",
    ];
    assert_eq!(who_and_when(&read), expected);
    assert_eq!(
        item(&read, "who5_1"),
        [Some(3.0), Some(4.0), Some(5.0), None, None],
        "not shown and refused are missing"
    );
    assert_eq!(item(&read, "who5_5"), [Some(1.0), Some(4.0), Some(2.0), None, Some(2.0)]);
    let answers = answers(&read);
    let working: Vec<_> = answers.answers.iter().map(|one| one.working_now).collect();
    assert_eq!(working, [Some(false), Some(true), Some(false), Some(false), Some(false)]);
    let any_job: Vec<_> = answers.answers.iter().map(|one| one.any_job_since_last).collect();
    assert_eq!(any_job, [None, Some(true), None, Some(true), None]);
    // Line 5 is the second line of a free text.
    let lines: Vec<_> = answers.answers.iter().map(|one| one.line).collect();
    assert_eq!(lines, [2, 6, 3, 7, 8]);
}

#[test]
fn a_box_that_was_seen_and_not_ticked_is_0_and_one_never_seen_is_missing() {
    let seen_without_tick = Some(0.0);
    let limesurvey = item(&read(&export("limesurvey")), "barrier_health");
    assert_eq!(limesurvey, [Some(1.0), seen_without_tick, None, Some(1.0), seen_without_tick]);
    // REDCap writes 0 for both; the third person never saw them.
    let redcap = item(&read(&export("redcap")), "barrier_health");
    assert_eq!(redcap, [Some(1.0), seen_without_tick, None]);
}

#[test]
fn reasons_for_missing_answers_are_counted() {
    let read = read(&export("limesurvey"));
    assert_eq!(count_of(&read, "who5_3", "does not know"), 1);
    assert_eq!(count_of(&read, "who5_1", "refused"), 1);
    assert_eq!(count_of(&read, "who5_1", "not shown"), 1);
    assert_eq!(count_of(&read, "channel", "does not apply"), 1);
    assert_eq!(count_of(&read, "channel", "another answer, in words"), 1);
    assert_eq!(item(&read, "channel"), [Some(2.0), Some(1.0), None, None, Some(2.0)]);
}

#[test]
fn questionnaires_that_were_not_submitted_are_left_out_and_told() {
    for (name, n, line) in [("limesurvey", 1, 5), ("redcap", 2, 4)] {
        let read = read(&export(name));
        let [one] = found(&read, Code::SurveyUnfinished)[..] else { panic!("{name}") };
        let start = format!("{n} questionnaires were not submitted, the first in line {line}");
        assert!(one.message.starts_with(&start), "{name}: {}", one.message);
    }
}

#[test]
fn hidden_dates_are_refused_with_the_remedy() {
    let mut files = export("limesurvey");
    for day in ["2019-01-04 10:15:22", "2019-07-08 07:01:59"] {
        replace(&mut files, "export.csv", day, "1980-01-01 00:00:00");
    }
    let read = read(&files);
    assert!(read.data.is_none());
    let [one] = found(&read, Code::SurveyHiddenDate)[..] else { panic!("{:#?}", read.problems) };
    assert_eq!(one.place.line, Some(2));
    assert_eq!(one.place.column.as_deref(), Some("submitdate"));
    assert!(one.remedy.contains("anonymised"), "{}", one.remedy);
}

#[test]
fn an_identifier_that_looks_like_a_missing_code_stays_one() {
    let mut files = export("limesurvey");
    for file in ["export.csv", "participants.csv", "employment.csv"] {
        replace(&mut files, file, "L01", "666666");
    }
    assert_eq!(who_and_when(&read(&files))[0], "666666 0 2019-01-04 nl");
}

#[test]
fn headers_that_are_question_texts_are_found() {
    let read = read(&export("limesurvey_questions"));
    let expected = ["L01 0 2019-01-04 nl", "L02 0 2019-01-12 fr", "L02 6 2019-07-20 fr"];
    assert_eq!(who_and_when(&read), expected);
    assert_eq!(item(&read, "who5_1"), [Some(3.0), Some(5.0), Some(0.0)]);
    assert_eq!(item(&read, "who5_3"), [Some(2.0), None, Some(2.0)]);
    assert_eq!(item(&read, "barrier_health"), [Some(1.0), None, Some(0.0)]);
    let working: Vec<_> = answers(&read).answers.iter().map(|one| one.working_now).collect();
    assert_eq!(working, [Some(false), Some(false), Some(true)]);
}

#[test]
fn a_cut_off_name_of_no_column_or_of_several_is_told() {
    for (name, said) in [
        ("Ces deux dernières semaines…", "5 columns of export.csv begin with"),
        ("Ces trois dernières semaines...", "no column of export.csv begins with"),
        ("Ces deux dernières semaines", "export.csv has no column"),
    ] {
        let mut files = export("limesurvey_questions");
        replace(
            &mut files,
            "plan.toml",
            "Ces deux dernières semaines, première affirmation…",
            name,
        );
        let read = read(&files);
        let [one] = found(&read, Code::PlanUnknownColumn)[..] else { panic!("{name}") };
        assert!(one.message.starts_with(said), "{}", one.message);
        assert!(one.place.line.is_some() && &*one.place.file == "plan.toml", "{:?}", one.place);
    }
}

#[test]
fn a_redcap_export_is_read_as_it_is() {
    let read = read(&export("redcap"));
    let expected = ["L01 0 2019-01-04 -", "L01 6 2019-07-08 -", "L02 0 2019-01-12 -"];
    assert_eq!(who_and_when(&read), expected);
    assert_eq!(item(&read, "who5_3"), [Some(2.0), Some(4.0), None]);
    assert_eq!(count_of(&read, "who5_3", "does not know"), 1);
    let working: Vec<_> = answers(&read).answers.iter().map(|one| one.working_now).collect();
    assert_eq!(working, [Some(false), Some(true), Some(false)]);
}
