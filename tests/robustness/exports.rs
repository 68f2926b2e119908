//! Exports damaged as exports are: reading them ends, without a panic, and says where it fails.
//!
//! More than 380 damaged files, the same in every run. That their memory is bounded is for
//! `tests/cli/memory.rs`, since the peak of one test cannot be told from that of its neighbours.

use ips_eval::diagnostic::{Code, Severity};
use ips_eval::ingest::{Ingested, Sources, read_trial};
use ips_eval::plan::parse::parse_plan;
use ips_eval::plan::types::TableName;

use super::formats::{Draws, fixture as format_fixture, mutated, packed, parts};
use crate::trial_folder::{Files, files_below, fixture};

/// A trial of which the file of the waves is to be damaged.
struct Trial {
    files: Files,
    waves: &'static str,
}

impl Trial {
    fn of(folder: &str, waves: &'static str) -> Self {
        Self { files: files_below(&fixture(folder)), waves }
    }

    /// The REDCap trial, whose waves are another file.
    fn with_waves(waves: &'static str) -> Self {
        let mut trial = Self::of("exports/redcap", waves);
        let plan = String::from_utf8(trial.files["plan.toml"].clone()).expect("a text");
        let plan = plan.replace("\"export.csv\"", &format!("\"{waves}\""));
        trial.files.insert("plan.toml".to_owned(), plan.into_bytes());
        trial
    }

    fn bytes(&self) -> &[u8] {
        &self.files[self.waves]
    }

    #[expect(clippy::needless_pass_by_value, reason = "made for this one reading")]
    fn read(&self, waves: Vec<u8>) -> Ingested {
        let plan = std::str::from_utf8(&self.files["plan.toml"]).expect("a text");
        let document = parse_plan("plan.toml", plan).expect("the plan is right");
        let source = |table: TableName| {
            let file = document.plan.data.get(table)?;
            let is_damaged = file == self.waves;
            let bytes =
                if is_damaged { Some(waves.clone()) } else { self.files.get(file).cloned() };
            Some((table, bytes?))
        };
        let sources: Sources = TableName::ALL.into_iter().filter_map(source).collect();
        read_trial(&document, &sources)
    }

    /// A trial or errors, and every error names a place as narrow as the format has one.
    fn assert_answered(&self, waves: Vec<u8>, how: &str) {
        let read = self.read(waves);
        let problems = read.problems.all();
        assert_eq!(read.data.is_none(), read.problems.has_errors(), "{how}: {problems:#?}");
        for one in problems.iter().filter(|one| one.severity == Severity::Error) {
            let place = &one.place;
            assert!(!place.file.is_empty(), "{how}: {one:?}");
            let of_whole_file =
                matches!(one.code, Code::TableEmpty | Code::TableEncoding | Code::TableUnreadable);
            let is_narrow = place.line.is_some() || place.column.is_some();
            assert!(is_narrow || of_whole_file, "{how}: {one:?}");
            let is_text = self.waves.rsplit('.').next() == Some("csv");
            let is_cell = one.code.as_str().starts_with("cell::");
            assert!(!(is_text && is_cell) || place.line.is_some(), "{how}: {one:?}");
            assert!(!one.message.is_empty() && !one.remedy.is_empty(), "{how}: {one:?}");
        }
    }
}

/// A text with every date such as 2019-01-31 written otherwise.
fn with_dates(text: &str, write: impl Fn(&str, &str, &str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("20") {
        let (before, after) = rest.split_at(at);
        out += before;
        let is_date = |date: &&str| {
            let shape = date.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
            shape.eq(*b"0000-00-00")
        };
        let date = after.get(..10).filter(is_date);
        match date {
            Some(date) => out += &write(&date[..4], &date[5..7], &date[8..]),
            None => out += "20",
        }
        rest = &after[date.map_or(2, str::len)..];
    }
    out + rest
}

/// What happens to CSV files between one program and the next.
fn damaged_csv(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let units: Vec<u16> = text.encode_utf16().collect();
    let little = units.iter().flat_map(|unit| unit.to_le_bytes());
    let big = units.iter().flat_map(|unit| unit.to_be_bytes());
    let latin = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'));
    let letter = text.rfind(|letter: char| !letter.is_ascii()).unwrap_or(text.len() - 2);
    let (header, body) = text.split_once('\n').expect("a header");
    let name = header.split([',', ';']).next().expect("a name");
    let second = body.find('\n').expect("a row") + 1;
    let serial = |year: &str, month: &str, day: &str| {
        let number = |text: &str| text.parse::<u32>().expect("digits");
        (43_000 + (number(year) - 2018) * 365 + number(month) * 30 + number(day)).to_string()
    };
    let mut nul = bytes.to_vec();
    nul.splice(bytes.len() / 2..bytes.len() / 2, [0, 0, 0]);
    let texts = [
        ("no quotes", text.replace('"', "")),
        ("tabs", text.replace([',', ';'], "\t")),
        ("bars", text.replace([',', ';'], "|")),
        ("commas", text.replace(';', ",")),
        ("old line ends", text.replace('\n', "\r")),
        ("day first", with_dates(text, |y, m, d| format!("{d}/{m}/{y}"))),
        ("month first", with_dates(text, |y, m, d| format!("{m}/{d}/{y}"))),
        ("serial days", with_dates(text, serial)),
        ("no days", with_dates(text, |_, _, _| "0000-00-00".to_owned())),
        ("headers twice", format!("{header}\n{text}")),
        ("a name twice", format!("{name},{name};{text}")),
        ("a row too long", format!("{text}1,2;3,4;5,6;7,8;9\n")),
        ("a row too short", format!("{header}\n{}x\n{}", &body[..second], &body[second..])),
        ("nothing but a header", header.to_owned()),
        ("a quote too many", text.replacen('\n', "\n\"", 1)),
    ];
    let mut all: Vec<_> = texts.map(|(how, text)| (how, text.into_bytes())).into();
    all.push((
        "UTF-16, little end first",
        [0xff, 0xfe].into_iter().chain(little.clone()).collect(),
    ));
    all.push(("UTF-16 without a mark", little.collect()));
    all.push(("UTF-16, big end first", [0xfe, 0xff].into_iter().chain(big).collect()));
    all.push(("Latin-1", latin.collect()));
    all.push(("cut inside a letter", bytes[..=letter].to_vec()));
    all.push(("NUL bytes", nul));
    all.push(("a million columns", b"x,".repeat(1_000_000)));
    all.push((
        "a row of a million cells",
        [header.as_bytes(), b"\n", &b"1;".repeat(1_000_000)].concat(),
    ));
    all.push(("nothing", Vec::new()));
    all
}

#[test]
fn damaged_csv_exports_are_answered() {
    let trials = [
        Trial::of("exports/limesurvey", "export.csv"),
        Trial::of("exports/limesurvey_questions", "export.csv"),
        Trial::of("exports/redcap", "export.csv"),
        Trial::of("good", "waves.csv"),
    ];
    let mut n = 0;
    for (at, trial) in trials.iter().enumerate() {
        for (how, bytes) in damaged_csv(trial.bytes()) {
            trial.assert_answered(bytes, how);
            n += 1;
        }
        let mut draws = Draws(20_180_201 + at as u64);
        for _ in 0..30 {
            trial.assert_answered(mutated(trial.bytes(), &mut draws), "mutated");
            n += 1;
        }
    }
    assert_eq!(n, 4 * (24 + 30));
}

#[test]
fn damaged_files_of_statistics_packages_are_answered() {
    for (waves, name) in [
        ("waves.dta", "pyreadstat_v14.dta"),
        ("waves.dta", "pandas_118.dta"),
        ("waves.sav", "plain.sav"),
        ("waves.sav", "bytecode.sav"),
        ("waves.zsav", "packed.zsav"),
        ("waves.xlsx", "book.xlsx"),
    ] {
        let (trial, bytes) = (Trial::with_waves(waves), format_fixture(name));
        trial.assert_answered(bytes.clone(), name);
        trial.assert_answered(bytes[..bytes.len() / 2].to_vec(), name);
        let mut draws = Draws(7);
        for _ in 0..20 {
            trial.assert_answered(mutated(&bytes, &mut draws), name);
        }
    }
}

#[test]
fn a_packed_file_that_unpacks_to_too_much_is_refused() {
    let mut content = parts(&format_fixture("book.xlsx"));
    content.push(("xl/media/zeros".into(), vec![0; 40 << 20]));
    let read = Trial::with_waves("waves.xlsx").read(packed(&content));
    let problems = read.problems.all();
    assert!(problems.iter().any(|one| one.code == Code::TableUnreadable), "{problems:#?}");
}

#[test]
fn files_under_the_name_of_another_format_are_answered() {
    let csv = Trial::of("exports/redcap", "export.csv");
    for waves in ["waves.dta", "waves.sav", "waves.xlsx", "waves.parquet"] {
        let trial = Trial::with_waves(waves);
        trial.assert_answered(csv.bytes().to_vec(), waves);
        trial.assert_answered(format_fixture("book.xlsx"), waves);
    }
}

/// polars panics on some damaged files; that is caught and told.
#[test]
fn damaged_parquet_is_answered() {
    let trial = Trial::of("good_parquet", "waves.parquet");
    let mut draws = Draws(20_180_201);
    for _ in 0..30 {
        let mut bytes = trial.bytes().to_vec();
        let at = draws.below(bytes.len());
        bytes[at] ^= 1 << draws.below(8);
        trial.assert_answered(bytes, "a bit turned");
    }
    for part in [2, 3, 10] {
        let end = trial.bytes().len() / part;
        trial.assert_answered(trial.bytes()[..end].to_vec(), "cut off");
    }
}
