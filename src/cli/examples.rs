//! What stands under the options of every command: examples that can be typed, and exit codes.

/// Of the program.
pub(super) const PROGRAM: &str = "\
Exit codes:
  0  done
  1  the data or the plan have problems
  2  the program could not run

Examples:
  ips-eval demo
  ips-eval check plan.toml
  ips-eval run plan.toml --out results";

/// Of commands that read a plan.
macro_rules! with_plan {
    ($($example:literal),+) => {
        concat!(
            "Exit codes:\n  0  done\n  1  the data or the plan have problems\n",
            "  2  the program could not run\n\nExamples:", $("\n  ", $example),+
        )
    };
}

/// Of commands that read none.
macro_rules! without_plan {
    ($($example:literal),+) => {
        concat!(
            "Exit codes:\n  0  done\n  2  the program could not run\n\nExamples:",
            $("\n  ", $example),+
        )
    };
}

pub(super) const DEMO: &str = without_plan!(
    "ips-eval demo",
    "ips-eval demo --out my-demo --threads 2",
    "ips-eval demo --force"
);
pub(super) const INIT: &str = without_plan!("ips-eval init", "ips-eval init my-trial");
pub(super) const CHECK: &str = with_plan!(
    "ips-eval check plan.toml",
    "ips-eval check plan.toml --show-values",
    "ips-eval check plan.toml --trace outcomes.csv --deny warnings"
);
pub(super) const RUN: &str = with_plan!(
    "ips-eval run plan.toml --out results",
    "ips-eval run plan.toml --out results --force --replicates",
    "ips-eval run plan.toml --out results-internal --internal"
);
pub(super) const EXPORT: &str = with_plan!("ips-eval export plan.toml --out export");
pub(super) const REPORT: &str = without_plan!(
    "ips-eval report results",
    "ips-eval report results --internal --out internal-report"
);
pub(super) const SCHEMA: &str =
    without_plan!("ips-eval schema", "ips-eval schema participants", "ips-eval schema plan --json");
pub(super) const EXPLAIN: &str = without_plan!(
    "ips-eval explain",
    "ips-eval explain risk_difference_newcombe",
    "ips-eval explain bootstrap_bca --json"
);
pub(super) const COMPLETIONS: &str =
    without_plan!("ips-eval completions bash", "ips-eval completions zsh");
pub(super) const MAN: &str = without_plan!("ips-eval man", "ips-eval man run");
