//! Any text as the file of an instrument: an instrument, or what is wrong with it.
#![no_main]

use ips_eval::plan::instrument::parse::parse_instrument;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _instrument_or_problems = parse_instrument("instrument.toml", text);
});
