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
