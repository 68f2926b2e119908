//! `ips-eval`: data and plan in, checked results and publishable documents out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ips_eval::cli::run()
}
