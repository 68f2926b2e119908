//! Any bytes as a Parquet file, as far as this program's own look through it: the reader behind it is
//! another's, and what it does with what passes is not ours to find here.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _passed = ips_eval::formats::check_parquet(bytes);
});
