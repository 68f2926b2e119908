//! Any bytes as one of the CSV tables of a trial whose other tables are right: a trial, or problems
//! that name a file. The first byte says which table the others are.
#![no_main]

use std::sync::LazyLock;

use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::parse::{PlanDocument, parse_plan};
use ips_eval::plan::types::TableName;
use libfuzzer_sys::fuzz_target;

/// The trial without faults of `tests/fixtures/good`.
static GOOD: LazyLock<(PlanDocument, Sources)> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/good");
    let read = |file: &str| std::fs::read(folder.join(file)).expect("a fixture");
    let text = String::from_utf8(read("plan.toml")).expect("a text");
    let document = parse_plan("plan.toml", &text).expect("a right plan");
    let source = |table: TableName| Some((table, read(document.plan.data.get(table)?)));
    let sources = TableName::ALL.into_iter().filter_map(source).collect();
    (document, sources)
});

fuzz_target!(|bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let (document, sources) = &*GOOD;
    let names: Vec<TableName> = sources.keys().copied().collect();
    let mut sources = sources.clone();
    sources.insert(names[usize::from(*which) % names.len()], bytes.to_vec());
    let read = read_trial(document, &sources);
    assert_eq!(read.data.is_none(), read.problems.has_errors());
    assert!(read.problems.all().iter().all(|problem| !problem.place.file.is_empty()));
});
