//! Tables read from .dta, .sav and .xlsx held against what pandas, pyreadstat and openpyxl read.
//!
//! `tests/fixtures/make_formats.py` writes the files and `formats/expected.json`. Numbers are
//! compared bit by bit: every program decodes the same bytes.

use ips_eval::formats::{
    Cell, Code, FormatError, LabelledColumn, LabelledTable, MissingRule, Place, Problem, read_dta,
    read_sav, read_xlsx, write_dta,
};
use ips_eval::trial::date::Date;
use serde_json::{Value, json};

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/formats/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json_file(name: &str) -> Value {
    serde_json::from_slice(&fixture(name)).expect("JSON")
}

pub(crate) fn read(name: &str) -> Result<LabelledTable, FormatError> {
    let (file, sheet) = name.split_once('#').map_or((name, None), |(f, s)| (f, Some(s)));
    let bytes = fixture(file);
    match file.rsplit_once('.').expect("an ending").1 {
        "dta" => read_dta(&bytes),
        "xlsx" => read_xlsx(&bytes, sheet),
        _ => read_sav(&bytes),
    }
}

fn moment(date: Date, seconds: u32) -> Value {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    json!({ "datetime": format!("{date}T{hours:02}:{minutes:02}:{:02}", seconds % 60) })
}

/// A cell as the witnesses' script writes it.
fn shown(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::MissingCode(code) => json!({ "missing": code }),
        Cell::Text(text) => json!(text),
        Cell::Number(number) => json!(number),
        Cell::Date(date) => json!({ "date": date.to_string() }),
        Cell::DateTime { date, seconds } => moment(*date, *seconds),
        Cell::YesNo(yes) => json!({ "yes_no": yes }),
    }
}

fn shown_code(code: &Code) -> Value {
    match code {
        Code::Number(number) => json!(number),
        other => json!(other.text()),
    }
}

fn shown_labels(column: &LabelledColumn) -> Value {
    column.value_labels.iter().map(|(code, text)| json!([shown_code(code), text])).collect()
}

#[track_caller]
fn assert_same(file: &str, table: &LabelledTable, want: &Value) {
    assert_eq!(json!(table.label), want["label"], "{file}: label");
    let columns = want["columns"].as_array().expect("columns");
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let wanted: Vec<&str> = columns.iter().map(|c| c["name"].as_str().expect("a name")).collect();
    assert_eq!(names, wanted, "{file}");
    for (column, want) in table.columns.iter().zip(columns) {
        let name = &column.name;
        assert_eq!(json!(column.label), want["label"], "{file}, {name}: label");
        let cells: Vec<Value> = column.cells.iter().map(shown).collect();
        assert_eq!(json!(cells), want["cells"], "{file}, {name}");
        assert_eq!(column.cells.len(), table.n_rows, "{file}, {name}");
        assert_eq!(shown_labels(column), want["value_labels"], "{file}, {name}: value labels");
    }
}

#[test]
fn files_are_read_as_other_programs_read_them() {
    let expected = json_file("expected.json");
    assert!(expected["generator"]["script"].is_string());
    let files = expected["files"].as_object().expect("files");
    assert_eq!(files.len(), 24);
    for (name, want) in files {
        let table = read(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_same(name, &table, want);
    }
}

/// What a rule of pyreadstat says as ours: pairs of lowest and highest, single values as both.
fn rule_of(pairs: &Value) -> MissingRule {
    let mut rule = MissingRule::default();
    for pair in pairs.as_array().expect("pairs") {
        let end = |index: usize| pair[index].as_str().expect("text");
        match (end(0).parse::<f64>(), end(1).parse::<f64>()) {
            (Ok(low), Ok(high)) if low < high => rule.range = Some((low, high)),
            (Ok(low), _) => rule.values.push(Code::Number(low)),
            _ => rule.values.push(Code::Text(end(0).to_owned())),
        }
    }
    rule
}

#[test]
fn declared_missing_values_are_those_of_pyreadstat() {
    let expected = json_file("expected.json");
    let mut rules = 0;
    for (name, want) in expected["files"].as_object().expect("files") {
        if want["columns"][0].get("missing").is_none() {
            continue;
        }
        let table = read(name).expect("a table");
        for (column, want) in table.columns.iter().zip(want["columns"].as_array().expect("a list"))
        {
            let mut wanted = rule_of(&want["missing"]);
            // SPSS's HIGHEST and LOWEST are its extreme doubles.
            if let Some((low, high)) = wanted.range {
                let open = |end: f64| if end.abs() > 1.79e308 { end * 2.0 } else { end };
                wanted.range = Some((open(low), open(high)));
            }
            assert_eq!(column.missing, wanted, "{name}, {}", column.name);
            rules += usize::from(column.missing != MissingRule::default());
        }
    }
    assert!(rules > 10, "{rules}");
}

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd(year, month, day).expect("a day")
}

fn numbers(values: &[f64]) -> Vec<Cell> {
    values.iter().map(|value| Cell::Number(*value)).collect()
}

fn texts(values: &[&str]) -> Vec<Cell> {
    let cell = |text: &&str| {
        if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) }
    };
    values.iter().map(cell).collect()
}

fn label(code: f64, text: &str) -> (Code, String) {
    (Code::Number(code), text.to_owned())
}

/// A table that comes back as it is.
fn written_table() -> LabelledTable {
    let column = |name: &str, label: &str, cells: Vec<Cell>| {
        let mut column = LabelledColumn::new(name, cells);
        label.clone_into(&mut column.label);
        column
    };
    let missing = |code: &str| Cell::MissingCode(code.to_owned());
    let mut hours = column(
        "heures",
        "Heures par semaine, déclarées",
        vec![Cell::Number(38.0), missing(".a"), missing(".z"), Cell::Empty, Cell::Number(-127.0)],
    );
    hours.value_labels = vec![
        label(0.0, "aucune"),
        (Code::Missing('a'), "refuse de répondre".to_owned()),
        (Code::Missing('z'), "ne sait pas".to_owned()),
    ];
    let wage = vec![
        Cell::Number(0.1),
        missing(".b"),
        Cell::Number(-1e300),
        Cell::Empty,
        Cell::Number(1.0 / 3.0),
    ];
    let moments = vec![
        Cell::DateTime { date: day(2018, 2, 1), seconds: 30_615 },
        Cell::DateTime { date: day(1959, 12, 31), seconds: 86_399 },
        Cell::Empty,
        missing(".c"),
        Cell::DateTime { date: day(2100, 1, 1), seconds: 0 },
    ];
    let dates = |last: Date| {
        let first = Cell::Date(day(2018, 2, 1));
        vec![first, Cell::Empty, missing(".d"), Cell::Date(day(1960, 1, 1)), Cell::Date(last)]
    };
    let long = format!("{}–fin", "né à Liège ".repeat(200));
    let wide = "w".repeat(2044);
    let columns = vec![
        hours,
        column("entier", "", numbers(&[-32_767.0, 32_740.0, 0.0, 1.0, 101.0])),
        column("long", "", numbers(&[-2_147_483_647.0, 2_147_483_620.0, 0.0, 1.0, 32_741.0])),
        column("grand", "", numbers(&[2_147_483_621.0, 9.5e15, 0.0, 1.0, 8.98e307])),
        column("salaire", "Salaire mensuel (€)", wage),
        column("jour", "Dag van het gesprek", dates(day(2020, 2, 29))),
        column("jour_loin", "", dates(day(3000, 12, 31))),
        column("moment", "", moments),
        column("prénom", "Prénom", texts(&["Zoë", "", "Łukasz", "日本", " espaces "])),
        column("récit", "Texte long", texts(&[&long, "", "court", &long, "x"])),
        column("large", "", texts(&[&wide, "", "", "", ""])),
        column("vide", "", vec![Cell::Empty; 5]),
    ];
    LabelledTable { label: "Questionnaire à six mois".into(), columns, n_rows: 5 }
}

/// What needs a rule on the way: the name in the file is "long" no more, and the rest is as the
/// documentation of `write_dta` says.
fn awkward_columns() -> Vec<LabelledColumn> {
    let yes_no = vec![Cell::YesNo(true), Cell::YesNo(false), Cell::Empty, Cell::YesNo(true)];
    let mut answered = LabelledColumn::new("2e réponse", yes_no);
    answered.cells.push(Cell::Empty);
    let coded = [Cell::Number(3.0), Cell::MissingCode("-9".into()), Cell::MissingCode("-8".into())];
    let mut spss = LabelledColumn::new("satisfaction", coded.to_vec());
    spss.cells.extend([Cell::MissingCode("-9".into()), Cell::Empty]);
    spss.value_labels = vec![label(-9.0, "refuse"), label(3.0, "moyen")];
    spss.missing.values = vec![Code::Number(-9.0), Code::Number(-8.0)];
    let mixed = vec![
        Cell::Date(day(2018, 2, 1)),
        Cell::DateTime { date: day(2018, 2, 2), seconds: 1 },
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
    ];
    let mut long = LabelledColumn::new("satisfaction", mixed);
    long.label = "é".repeat(100);
    vec![answered, spss, long]
}

#[test]
fn a_written_table_is_read_by_other_programs_as_it_was() {
    let mut table = written_table();
    table.columns.extend(awkward_columns());
    let bytes = write_dta(&table).expect("written");
    if bytes != fixture("written.dta") {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/written.dta");
        std::fs::write(path, &bytes).expect("a file");
        panic!("other bytes are written: {path}; see tests/fixtures/read_written_dta.py");
    }
    let table = read_dta(&bytes).expect("read");
    let readings = json_file("written.json");
    for reader in ["pandas", "pyreadstat"] {
        assert_same(reader, &table, &readings[reader]);
    }
}

#[test]
fn a_written_table_comes_back() {
    let mut table = written_table();
    table.columns[2].name = "long_".into();
    assert_eq!(read_dta(&write_dta(&table).expect("written")), Ok(table));
}

#[test]
fn numbers_at_the_ends_of_the_types_come_back() {
    let ends = [100.0, 32_740.0, 2_147_483_620.0, 127.0, 32_767.0, 2_147_483_647.0];
    let largest = f64::from_bits(0x7fdf_ffff_ffff_ffff);
    for end in ends.into_iter().flat_map(|end| [end - 1.0, end, end + 1.0]).chain([largest]) {
        for number in [end, -end] {
            let columns = vec![LabelledColumn::new("x", numbers(&[number]))];
            let table = LabelledTable { label: String::new(), columns, n_rows: 1 };
            assert_eq!(read_dta(&write_dta(&table).expect("written")), Ok(table), "{number}");
        }
    }
}

#[test]
fn what_stata_lacks_is_written_by_rule() {
    let columns = awkward_columns();
    let table = LabelledTable { label: String::new(), columns, n_rows: 5 };
    let back = read_dta(&write_dta(&table).expect("written")).expect("read");
    let [answered, spss, long] = &back.columns[..] else { panic!("three columns") };
    assert_eq!(answered.name, "_2e_réponse");
    assert_eq!(answered.value_labels, [label(0.0, "no"), label(1.0, "yes")]);
    assert_eq!(answered.cells[..3], [Cell::Number(1.0), Cell::Number(0.0), Cell::Empty]);
    let of_missing = |letter: char, text: &str| (Code::Missing(letter), text.to_owned());
    let wanted = [label(3.0, "moyen"), of_missing('a', "refuse"), of_missing('b', "-8")];
    assert_eq!(spss.value_labels, wanted);
    let code = |text: &str| Cell::MissingCode(text.to_owned());
    assert_eq!(spss.cells[1..], [code(".a"), code(".b"), code(".a"), Cell::Empty]);
    assert_eq!(long.name, "satisfaction_2");
    assert_eq!(long.label, "é".repeat(80));
    assert_eq!(long.cells[0], Cell::DateTime { date: day(2018, 2, 1), seconds: 0 });
}

#[test]
fn texts_that_fill_their_width_are_counted() {
    let table = read("pandas_118.dta").expect("a table");
    let column = table.columns.iter().find(|column| column.name == "texte").expect("texte");
    // The longest of the texts gave the width: "coördinatie" and twelve x have twelve bytes.
    assert_eq!(column.full_width_cells, 2);
    let table = read("plain.sav").expect("a table");
    let filled = |name: &str| {
        let column = table.columns.iter().find(|column| column.name == name);
        column.expect("a column").full_width_cells
    };
    assert_eq!([filled("id"), filled("langue"), filled("satisfaction")], [6, 5, 0]);
}

#[test]
fn what_cannot_be_read_has_its_place() {
    let error = read("error.xlsx").expect_err("an error in a cell");
    let place = Place::SheetCell { sheet: "Sheet".into(), cell: "B3".into() };
    assert_eq!((error.place.clone(), &error.problem), (place, &Problem::ErrorValue("#DIV/0!")));
    assert_eq!(error.to_string(), "sheet `Sheet`, cell B3: the cell holds the error #DIV/0!");
    let error = read("book.xlsx#Nulle part").expect_err("no such sheet");
    assert_eq!(error.problem, Problem::NoSheet("`Données`, `Autre`".into()));
    let bytes = fixture("plain.sav");
    let error = read_sav(&bytes[..bytes.len() - 1]).expect_err("the end is missing");
    let place = Place::Cell { row: 6, column: "réponse_longue".into() };
    assert_eq!(error.place, place);
    let bytes = fixture("pandas_114.dta");
    let error = read_dta(&bytes[..400]).expect_err("the end is missing");
    assert!(matches!(error.place, Place::Byte(109..=400)), "{error}");
    let error = read_dta(&fixture("plain.sav")).expect_err("another format");
    assert_eq!(error.to_string(), "the file: this is no Stata .dta file: it may be SPSS");
}

#[test]
fn what_stata_cannot_hold_is_refused_with_its_row() {
    let refused = |cells: Vec<Cell>| {
        let n_rows = cells.len();
        let columns = vec![LabelledColumn::new("x", cells)];
        let error = write_dta(&LabelledTable { label: String::new(), columns, n_rows });
        error.expect_err("refused").to_string()
    };
    let mixed = refused(vec![Cell::Number(1.0), Cell::Text("a".into())]);
    assert_eq!(mixed, "column `x`: row 2 holds a text in a column of a number");
    let large = refused(vec![Cell::Number(9e307)]);
    assert_eq!(large, "column `x`: row 1 holds a number outside Stata's range");
    let infinite = refused(vec![Cell::Number(f64::INFINITY)]);
    assert_eq!(infinite, large);
    let nul = refused(vec![Cell::Text("a\0b".into())]);
    assert_eq!(nul, "column `x`: row 1 holds a text with a NUL character");
}
