//! Any text as a plan: a plan, or problems whose places lie in the text.
#![no_main]

use ips_eval::plan::parse::parse_plan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(problems) = parse_plan("plan.toml", text) {
        assert!(problems.has_errors());
        for problem in problems.all() {
            let span = problem.place.span.clone().unwrap_or(0..0);
            assert!(text.get(span).is_some(), "{problem:?}");
        }
    }
});
