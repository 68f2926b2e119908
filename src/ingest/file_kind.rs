//! What a file is, by its ending and by its first bytes.

/// The ending of a file's name, in lower case.
pub(super) fn ending(file: &str) -> String {
    file.rsplit_once('.').map_or(String::new(), |(_, end)| end.to_lowercase())
}

/// First bytes of kinds of files, what they are called, and what to do with one.
const KINDS: [(&[u8], &str, &str); 12] = [
    (b"PAR1", "a Parquet file", "let its name end in .parquet"),
    (b"$FL2", "an SPSS .sav file", "let its name end in .sav"),
    (b"$FL3", "an SPSS .zsav file", "let its name end in .zsav"),
    (b"<stata_dta>", "a Stata .dta file", "let its name end in .dta"),
    (
        b"PK\x03\x04",
        "a zip archive or a workbook",
        "let its name end in .xlsx if it is one; else unpack it and name the table in it",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "an old .xls workbook, or one that is protected by a password",
        "save it as .xlsx without a password",
    ),
    (
        b"\x1f\x8b",
        "a packed file (gzip), such as .csv.gz or .rds",
        "unpack it; in R: write.csv(readRDS(...), row.names = FALSE)",
    ),
    (b"RDX", "an .RData file of R", "in R: write.csv(..., row.names = FALSE), or haven::write_dta"),
    (
        b"X\n\0\0",
        "an .rds file of R",
        "in R: write.csv(readRDS(...), row.names = FALSE), or haven::write_dta",
    ),
    (b"ARROW1", "an Arrow or Feather file", "write it as Parquet"),
    (b"%PDF", "a PDF", "export the table itself"),
    (b"\x28\xb5\x2f\xfd", "a packed file (zstd)", "unpack it"),
];

/// Endings of files that are not read, whatever they hold.
const NOT_READ: [(&str, &str); 12] = [
    ("xlsb", "save the table as .xlsx, CSV UTF-8 or Parquet"),
    ("xls", "save the table as .xlsx, CSV UTF-8 or Parquet"),
    ("ods", "save the table as .xlsx, CSV UTF-8 or Parquet"),
    ("rds", "in R: write.csv(readRDS(...), row.names = FALSE), or haven::write_dta"),
    ("rdata", "in R: write.csv(..., row.names = FALSE), or haven::write_dta"),
    ("rda", "in R: write.csv(..., row.names = FALSE), or haven::write_dta"),
    ("sas7bdat", "in SAS: proc export as CSV, or write it as .dta or .sav"),
    ("xpt", "in SAS: proc export as CSV, or write it as .dta or .sav"),
    ("feather", "write it as Parquet"),
    ("json", "write one row a record: CSV UTF-8 or Parquet"),
    ("pdf", "export the table itself"),
    ("gz", "unpack it"),
];

/// What a file really is, where its name says another thing, and what to do; the same where its name
/// says a format that is not read.
pub(super) fn mistaken(file: &str, bytes: &[u8]) -> Option<(String, &'static str)> {
    let ending = ending(file);
    if let Some((_, remedy)) = NOT_READ.iter().find(|(own, _)| *own == ending) {
        return Some((format!("files ending in .{ending} are not read"), remedy));
    }
    let own: &[&[u8]] = match ending.as_str() {
        "parquet" | "pq" => &[b"PAR1"],
        "sav" | "zsav" => &[b"$FL2", b"$FL3"],
        "dta" => &[b"<stata_dta>"],
        "xlsx" | "xlsm" => &[b"PK\x03\x04", b"\xd0\xcf\x11\xe0"],
        _ => &[],
    };
    if own.iter().any(|first| bytes.starts_with(first)) {
        return None;
    }
    let kinds = KINDS.iter().find(|(first, _, _)| bytes.starts_with(first));
    if let Some((_, what, remedy)) = kinds {
        return Some((format!("this is {what}, though its name ends in .{ending}"), remedy));
    }
    let is_text =
        !matches!(ending.as_str(), "parquet" | "pq" | "sav" | "zsav" | "dta" | "xlsx" | "xlsm");
    if is_text && bytes.get(84..92).is_some_and(|name| name == b"SAS FILE") {
        let what = "this is a SAS .sas7bdat file".to_owned();
        return Some((what, "let its name end in .sas7bdat"));
    }
    let start = bytes.trim_ascii_start();
    if is_text && (start.starts_with(b"{\"") || start.starts_with(b"[{")) {
        let what = "this is JSON, not a table of text".to_owned();
        return Some((what, "write one row a record: CSV UTF-8 or Parquet"));
    }
    if is_text && (start.starts_with(b"<!DOCTYPE") || start.starts_with(b"<html")) {
        let what = "this is a web page, not a table of text".to_owned();
        return Some((what, "download the file itself: this may be the page that asks to log in"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::mistaken;

    #[test]
    fn a_file_is_called_what_it_is() {
        let said = |file: &str, bytes: &[u8]| mistaken(file, bytes).map_or(String::new(), |m| m.0);
        assert!(said("a.csv", b"PAR1\x15").contains("a Parquet file"));
        assert!(said("a.csv", b"\x1f\x8b\x08").contains("gzip"));
        assert!(said("a.dta", b"$FL2@(#)").contains("SPSS"));
        assert!(said("a.rds", b"\x1f\x8b\x08").contains(".rds"));
        assert!(said("a.txt", b" [{\"id\": 1}]").contains("JSON"));
        for (file, bytes) in
            [("a.csv", &b"id,arm\n"[..]), ("a.dta", b"<stata_dta>"), ("a.dta", b"r")]
        {
            assert_eq!(said(file, bytes), "", "{file}");
        }
    }
}
