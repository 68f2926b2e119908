//! What is no plan is refused before it is read as one: a wrong file, given by a slip of the hand, costs
//! neither time nor memory.

use crate::diagnostic::{Code, Diagnostic, Place};

/// How many errors of syntax are told: what is no plan has one on every line.
pub(super) const SYNTAX_ERRORS_TOLD: usize = 20;

/// A plan is written by hand, or lists codes: this is a hundred times what one takes.
pub const LARGEST_PLAN: usize = 1 << 20;

/// How files begin that are no plan, and what they are.
const OTHER_FILES: [(&[u8], &str); 9] = [
    (b"PK\x03\x04", "an Excel workbook or another packed file"),
    (b"PAR1", "a Parquet file"),
    (b"<stata_dta>", "a Stata file"),
    (b"$FL2", "an SPSS file"),
    (b"$FL3", "an SPSS file"),
    (b"HEADER RECORD*******", "a SAS transport file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"\xff\xfe", "a text in UTF-16"),
    (b"\xfe\xff", "a text in UTF-16"),
];

/// What is wrong with bytes that cannot be a plan, before they are read as one.
pub fn no_plan(file: &str, bytes: &[u8]) -> Option<Diagnostic> {
    let is = |message: String| {
        let remedy = "give the plan, a text in TOML; `ips-eval init` writes one to begin with";
        Some(Diagnostic::new(Code::PlanSyntax, Place::file(file), message, remedy))
    };
    if let Some((_, what)) = OTHER_FILES.iter().find(|(start, _)| bytes.starts_with(start)) {
        return is(format!("this is {what}, not a plan"));
    }
    if bytes.len() > LARGEST_PLAN {
        let most = LARGEST_PLAN >> 20;
        return is(format!("more than {most} MB: this is a table or another file, not a plan"));
    }
    if bytes.contains(&0) {
        return is("a byte of 0: this is no text, and not a plan".to_owned());
    }
    None
}
