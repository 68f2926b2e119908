//! Any bytes as a .dta file: a table, or an error with a place.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _table_or_error = ips_eval::formats::read_dta(bytes);
});
