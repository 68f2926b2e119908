//! What the worst files ask for. The address space of the real program is bounded by `ulimit -v`, so
//! that a size which a file merely claims ends the program, and the test with it.

use std::io::{Cursor, Write as _};
use std::process::Command;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::trial_folder::{TrialFolder, fixture, say};

/// Kilobytes of address space: the program with the stacks and arenas of two threads takes a good
/// part of it before it reads anything.
const MOST_KILOBYTES: &str = "2000000";

/// Checks a trial whose waves are this file, under the bound.
fn assert_refused(file: &str, bytes: &[u8]) {
    let folder = TrialFolder::of("exports/redcap");
    folder.replace("plan.toml", "\"export.csv\"", &format!("\"{file}\""));
    folder.write(file, bytes);
    let script = format!("ulimit -v {MOST_KILOBYTES} && exec \"$0\" check plan.toml --json");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_ips-eval")]);
    command.current_dir(folder.path(".")).env("RAYON_NUM_THREADS", "2");
    let said = say(&mut command);
    assert_eq!(said.code, Some(1), "{file}: {}", said.stderr);
    assert!(said.json()["errors"].as_u64().is_some_and(|n| n > 0), "{file}: {}", said.stdout);
}

fn format_fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixture("formats").join(name)).expect("a fixture")
}

#[test]
fn the_worst_files_are_refused_in_bounded_memory() {
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    let zeros = vec![0; 1 << 24];
    bomb.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).expect("a part");
    for _ in 0..16 {
        bomb.write_all(&zeros).expect("its content");
    }
    let bomb = bomb.finish().expect("an archive").into_inner();
    assert_refused("waves.xlsx", &bomb);
    assert_refused("waves.csv", &b"x,".repeat(1_000_000));
    assert_refused("waves.csv", &[&b"record_id,x\n"[..], &b"1,".repeat(5_000_000)].concat());
    assert_refused("waves.csv", &[b"record_id,\"".as_slice(), &vec![b'x'; 50 << 20]].concat());

    let mut dta = format_fixture("pandas_118.dta");
    let at = dta.windows(3).position(|tag| tag == b"<N>").expect("N") + 3;
    dta[at..at + 8].copy_from_slice(&(u64::MAX / 3).to_le_bytes());
    assert_refused("waves.dta", &dta);

    // The size of the last block before packing, eight bytes before the end.
    let mut zsav = format_fixture("packed.zsav");
    let at = zsav.len() - 8;
    zsav[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_refused("waves.zsav", &zsav);
}

#[test]
fn a_wrong_file_as_plan_is_refused_in_bounded_time_and_memory() {
    let folder = TrialFolder::good();
    let rows = "P001,2019-03-01,employment_contract,38\n".repeat(120_000);
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("table.csv", rows.clone().into_bytes(), "more than 1 MB"),
        ("short.csv", rows.as_bytes()[..500_000].to_vec(), "more errors of syntax"),
        ("marks", b"=".repeat(1_000_000), "plan::syntax"),
        ("table.xlsx", b"PK\x03\x04 and more".to_vec(), "an Excel workbook"),
        ("table.sav", b"$FL2@(#) SPSS".to_vec(), "an SPSS file"),
        ("list.toml", format!("x = [{}]", "\"a\", ".repeat(150_000)).into_bytes(), "unknown-key"),
    ];
    for (name, bytes, why) in cases {
        folder.write(name, &bytes);
        let script = format!("ulimit -v {MOST_KILOBYTES} && exec timeout 60 \"$0\" check {name}");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_ips-eval")]);
        command.current_dir(folder.path("."));
        let said = say(&mut command);
        assert_eq!(said.code, Some(1), "{name}: {}", said.stderr.lines().next().unwrap_or(""));
        assert!(said.stderr.contains(why), "{name}: {}", said.stderr);
        assert!(said.stderr.len() < 100_000, "{name}: {} bytes of messages", said.stderr.len());
    }
}

#[test]
fn problems_in_every_cell_need_no_more_memory_than_the_file() {
    // Each cell is no date, each row too long or too short, each text no code.
    let folder = TrialFolder::good();
    let header = "participant_id,start_date,end_date,contract,hours_per_week\n";
    let bad = "?,?,?,?,?\n".repeat(1_000_000);
    folder.write("employment.csv", format!("{header}{bad}"));
    let script = format!("ulimit -v {MOST_KILOBYTES} && exec \"$0\" check plan.toml --json");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_ips-eval")]);
    command.current_dir(folder.path(".")).env("RAYON_NUM_THREADS", "2");
    let said = say(&mut command);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    let answer = said.json();
    assert!(answer["errors"].as_u64().is_some_and(|n| n >= 4_000_000), "{}", answer["errors"]);
    assert!(answer["not_listed"]["cell::not-a-date"].as_u64().is_some_and(|n| n > 1_900_000));
    assert!(said.stdout.len() < 4_000_000, "{} bytes", said.stdout.len());
}
