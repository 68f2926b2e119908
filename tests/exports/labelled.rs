//! What Stata and SPSS files say of their values, as the reading of waves takes it.

use ips_eval::diagnostic::Code as ProblemCode;
use ips_eval::formats::{Cell, Code, LabelledColumn, LabelledTable, write_dta};

use super::{answers, count_of, declared_missing, export, found, item, read, replace};
use crate::trial_folder::{Files, files_below, fixture};

/// The REDCap trial with another file of waves and what the plan says of its columns.
fn with_waves(file: &str, bytes: Vec<u8>, columns: &str) -> Files {
    let mut files = export("redcap");
    replace(&mut files, "plan.toml", "\"export.csv\"", &format!("\"{file}\""));
    let text = String::from_utf8(files["plan.toml"].clone()).expect("a text");
    let (start, _) = text.split_once("\n[instruments]").expect("the section");
    let item =
        "\n[[outcomes]]\nid = \"one\"\nitem = \"satisfaction\"\ndirection = \"higher_is_better\"\n";
    let waves = "\n[waves]\nbaseline_days_after = 14\n";
    files.insert("plan.toml".to_owned(), format!("{start}{item}{waves}{columns}").into_bytes());
    files.insert(file.to_owned(), bytes);
    files
}

fn format_fixture(name: &str) -> Vec<u8> {
    files_below(&fixture("formats"))[name].clone()
}

#[test]
fn values_that_spss_declares_missing_are_counted_by_their_labels() {
    let columns = "\n[columns.waves]\nparticipant_id = \"id\"\nresponse_date = \"jour\"\nlanguage = \"langue\"\n";
    let read = read(&with_waves("waves.sav", format_fixture("plain.sav"), columns));
    let hours = "heures_par_semaine_déclarées_au_questionnaire";
    for (column, reason) in [
        (hours, "refuse"),
        (hours, "sans objet"),
        ("satisfaction", "ne sait pas"),
        ("satisfaction", "refuse"),
        ("language", "autre"),
    ] {
        assert_eq!(count_of(&read, column, reason), 1, "{column}: {:?}", declared_missing(&read));
    }
    // 98 and 99 are no answers, and are not reported as if they were.
    assert!(found(&read, ProblemCode::InstrumentNotAnAnswer).is_empty());
}

/// Two texts of 300 bytes fill `commentaire`; one text alone fills `roman`, as the program that
/// wrote the file made the column as wide as its longest text.
#[test]
fn only_columns_that_several_long_texts_fill_are_suspected() {
    let columns = "\n[columns.waves]\nparticipant_id = \"id\"\nresponse_date = \"jour\"\n";
    for (file, name, wanted) in
        [("waves.sav", "plain.sav", &["commentaire"][..]), ("waves.dta", "pandas_118.dta", &[])]
    {
        let read = read(&with_waves(file, format_fixture(name), columns));
        let found = found(&read, ProblemCode::TableCutOffText);
        let columns: Vec<_> = found.iter().filter_map(|one| one.place.column.as_deref()).collect();
        assert_eq!(columns, wanted, "{name}");
    }
}

#[test]
fn extended_missing_values_of_stata_are_counted_by_their_labels_or_letters() {
    let columns = "\n[columns.waves]\nparticipant_id = \"prénom\"\nresponse_date = \"jour\"\nsatisfaction = \"travail\"\n";
    let read = read(&with_waves("waves.dta", format_fixture("pyreadstat_v14.dta"), columns));
    assert_eq!(count_of(&read, "satisfaction", "refuse de répondre"), 1);
    assert_eq!(count_of(&read, "heures", "declared missing: .a"), 1);
    assert_eq!(count_of(&read, "heures", "declared missing: .z"), 1);
}

#[test]
fn a_labelled_column_of_texts_is_read_by_its_labels_and_an_item_by_its_codes() {
    let text = |texts: &[&str]| texts.iter().map(|one| Cell::Text((*one).to_owned())).collect();
    let numbers = |numbers: &[f64]| numbers.iter().map(|one| Cell::Number(*one)).collect();
    let label = |code: f64, label: &str| (Code::Number(code), label.to_owned());
    let mut columns = vec![
        LabelledColumn::new("participant_id", text(&["L01", "L02", "L04"])),
        LabelledColumn::new("wave", numbers(&[0.0, 0.0, 0.0])),
        LabelledColumn::new("response_date", text(&["2019-01-04", "2019-01-12", "2019-01-25"])),
        LabelledColumn::new("language", numbers(&[2.0, 1.0, 1.0])),
        LabelledColumn::new("working_now", numbers(&[1.0, 2.0, 2.0])),
        LabelledColumn::new("satisfaction", numbers(&[5.0, 1.0])),
    ];
    columns[3].value_labels = vec![label(1.0, "fr"), label(2.0, "nl")];
    columns[4].value_labels = vec![label(1.0, "Ja"), label(2.0, "Nee")];
    columns[5].value_labels = vec![label(1.0, "not at all"), label(5.0, "very much")];
    columns[5].value_labels.push((Code::Missing('a'), "refused".to_owned()));
    columns[5].cells.push(Cell::MissingCode(".a".to_owned()));
    let table = LabelledTable { label: String::new(), columns, n_rows: 3 };
    let bytes = write_dta(&table).expect("written");
    let codes = "\n[codes.waves.working_now]\nJa = \"yes\"\nNee = \"no\"\n";
    let read = read(&with_waves("waves.dta", bytes, codes));
    assert_eq!(answers(&read).languages, ["fr", "nl"]);
    assert_eq!(item(&read, "satisfaction"), [Some(5.0), Some(1.0), None]);
    assert_eq!(count_of(&read, "satisfaction", "refused"), 1);
    let working: Vec<_> = answers(&read).answers.iter().map(|one| one.working_now).collect();
    assert_eq!(working, [Some(true), Some(false), Some(false)]);
}
