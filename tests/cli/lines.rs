//! Lines are counted as an editor counts them, whatever the notation of the file.

use crate::trial_folder::TrialFolder;

/// The line on which a text stands.
fn line_of(text: &str, wanted: &str) -> u64 {
    let before = text.split_once(wanted).expect("the text is there").0;
    before.matches('\n').count() as u64 + 1
}

/// Breaks the date of one participant and returns the line that is reported and the right one.
fn reported_and_right(folder: &TrialFolder, start: &str, broken: &str) -> (Option<u64>, u64) {
    folder.replace("participants.csv", start, broken);
    let text = folder.text("participants.csv");
    let said = folder.say(&["check", "plan.toml", "--json"]);
    let answer = said.json();
    let problem = answer["problems"][0].clone();
    assert_eq!(problem["code"], "cell::not-a-date", "{problem}");
    (problem["line"].as_u64(), line_of(&text, broken))
}

fn assert_line(name: &str, rewrite: impl Fn(&str) -> String) {
    let folder = TrialFolder::good();
    let rewritten = rewrite(&folder.text("participants.csv"));
    folder.write("participants.csv", rewritten);
    let (start, broken) = ("P100,IPS,flanders,2", "P100,IPS,flanders,x");
    let (reported, right) = reported_and_right(&folder, start, broken);
    assert_eq!(reported, Some(right), "{name}");
}

#[test]
fn lines_are_right_after_quoted_line_breaks() {
    assert_line("quoted line breaks", str::to_owned);
}

#[test]
fn lines_are_right_where_they_end_in_crlf() {
    assert_line("CRLF", |text| text.replace('\n', "\r\n"));
}

#[test]
fn lines_are_right_after_blank_lines() {
    let blank = |text: &str| text.replace("\nP007", "\n\n\nP007");
    assert_line("blank lines", blank);
    assert_line("blank lines with CRLF", |text| blank(text).replace('\n', "\r\n"));
    assert_line("blank lines just before", |text| text.replace("\nP100", "\n\nP100"));
    assert_line("blank lines before the header", |text| format!("\n\n{text}"));
}

#[test]
fn lines_are_right_in_an_export_of_a_spreadsheet() {
    let folder = TrialFolder::of("good_semicolon");
    let text = folder.text("participants.csv");
    let row = text.lines().find(|line| line.starts_with("P100;")).expect("a participant");
    let start: Vec<&str> = row.splitn(4, ';').collect();
    let start = format!("{};", start[..3].join(";"));
    let (reported, right) = reported_and_right(&folder, &start, &format!("{start}x"));
    assert_eq!(reported, Some(right));
}

#[test]
fn rows_of_a_parquet_file_are_numbered_from_one() {
    let folder = TrialFolder::of("good_parquet");
    folder.replace("plan.toml", "[\"flanders\", \"wallonia\", ", "[\"wallonia\", ");
    let rows = TrialFolder::good().text("participants.csv");
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let mut records = reader.records().map(|record| record.expect("a row"));
    let first = records.position(|record| &record[2] == "flanders").expect("a region") as u64 + 1;
    let said = folder.say(&["check", "plan.toml", "--json"]);
    let problem = &said.json()["problems"][0];
    assert_eq!(problem["code"], "cell::unknown-region");
    assert_eq!(problem["line"], first);
}
