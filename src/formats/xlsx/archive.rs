//! A look through the packed file before anything is kept of it.

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::formats::error::{FormatError, Place, Problem};

/// What all parts may unpack to.
const MOST_BYTES: usize = 512 << 20;
const FREE_BYTES: usize = 16 << 20;
const TIMES: usize = 100;

/// Parts of a file; a book has some dozens.
const MOST_PARTS: usize = 10_000;

/// Cell formats of a book; Excel stops at 65,490.
const MOST_FORMATS: usize = 1 << 16;

/// Bytes of a name of a font or of a number format, which calamine copies to every cell format.
const LONGEST_NAME: usize = 1024;

/// Texts that a part may claim beyond those that it has.
const SPARE_TEXTS: usize = 1 << 16;

/// Unpacks every part once, and says how many bytes the texts of cells may have together.
pub(super) fn look_through(bytes: &[u8]) -> Result<usize, FormatError> {
    if !bytes.starts_with(b"PK\x03\x04") {
        let old = bytes.starts_with(b"\xd0\xcf\x11\xe0");
        let hint = if old { ": it is an old .xls, or protected by a password" } else { "" };
        return Err(other_format(hint));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
        let what = "the directory of the packed file is not readable".to_owned();
        FormatError::new(Place::File, Problem::Damaged(what))
    })?;
    if archive.len() > MOST_PARTS {
        let what = format!("it has more than {MOST_PARTS} parts");
        return Err(FormatError::new(Place::File, Problem::TooLarge(what)));
    }
    let allowed = bytes.len().saturating_mul(TIMES).saturating_add(FREE_BYTES).min(MOST_BYTES);
    let mut left = allowed;
    for index in 0..archive.len() {
        // What cannot be opened here, calamine cannot open either.
        let Ok(part) = archive.by_index(index) else { continue };
        let name: String =
            part.name().map_or_else(|_| String::new(), |name| name.chars().take(200).collect());
        let place = Place::Entry(name);
        look_at(part, &mut left, &place)?;
    }
    Ok(allowed)
}

fn other_format(hint: &'static str) -> FormatError {
    FormatError::new(Place::File, Problem::OtherFormat { expected: "Excel .xlsx", hint })
}

/// Reads no more than is left over, and remembers that there was more.
struct Counted<'a, R> {
    inner: R,
    left: &'a mut usize,
    exceeded: &'a mut bool,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let Some(left) = self.left.checked_sub(n) else {
            *self.exceeded = true;
            return Err(std::io::ErrorKind::FileTooLarge.into());
        };
        *self.left = left;
        Ok(n)
    }
}

/// Goes through one part as calamine would, up to the first event that is no XML.
fn look_at(part: impl Read, left: &mut usize, place: &Place) -> Result<(), FormatError> {
    let mut exceeded = false;
    let counted = Counted { inner: part, left, exceeded: &mut exceeded };
    let mut xml = Reader::from_reader(BufReader::new(counted));
    let config = xml.config_mut();
    config.check_end_names = false;
    config.trim_text(false);
    config.check_comments = false;
    config.expand_empty_elements = true;
    let mut claims = Claims::default();
    let mut buffer = Vec::new();
    let mut problem = None;
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) => {
                problem = claims.add(&element).err();
                if problem.is_some() {
                    break;
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    drop(xml);
    if exceeded {
        let what = format!(
            "it unpacks to more than {TIMES} times its size and 16 MiB, or to more than 512 MiB"
        );
        return Err(FormatError::new(Place::File, Problem::TooLarge(what)));
    }
    let problem = problem.or_else(|| claims.check().err());
    problem.map_or(Ok(()), |problem| Err(FormatError::new(place.clone(), problem)))
}

/// What a part claims, and what it has.
#[derive(Default)]
struct Claims {
    texts_claimed: usize,
    texts: usize,
    formats: usize,
}

impl Claims {
    fn add(&mut self, element: &BytesStart<'_>) -> Result<(), Problem> {
        match element.local_name().as_ref() {
            "si" => self.texts += 1,
            "sst" => {
                if let Some(claimed) = attribute(element, "uniqueCount")? {
                    let claimed = claimed.parse().unwrap_or(usize::MAX);
                    self.texts_claimed = self.texts_claimed.max(claimed);
                }
            }
            "c" | "row" => {
                if let Some(reference) = attribute(element, "r")? {
                    position(&reference)?;
                }
            }
            "dimension" => {
                if let Some(reference) = attribute(element, "ref")? {
                    let ends: Result<Vec<_>, _> = reference.split(':').map(position).collect();
                    if let [start, end] = ends?[..]
                        && (start.0 > end.0 || start.1 > end.1)
                    {
                        return Err(damaged("a range ends before it starts"));
                    }
                }
            }
            "xf" => self.formats += 1,
            "name" => short(element, "val")?,
            "numFmt" => short(element, "formatCode")?,
            _ => {}
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Problem> {
        if self.texts_claimed > self.texts.saturating_add(SPARE_TEXTS) {
            return Err(damaged("it claims more texts than it has"));
        }
        if self.formats > MOST_FORMATS {
            return Err(Problem::TooLarge(format!("more than {MOST_FORMATS} cell formats")));
        }
        Ok(())
    }
}

fn damaged(what: &str) -> Problem {
    Problem::Damaged(what.to_owned())
}

/// The longest value among the attributes of that name; an element whose attributes are not well
/// formed is refused.
fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Problem> {
    let mut found: Option<String> = None;
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| damaged("an attribute is not well formed"))?;
        if attribute.key.as_ref() == name {
            let value: &str = attribute.value.as_ref();
            if found.as_ref().is_none_or(|longest| longest.len() < value.len()) {
                found = Some(value.to_owned());
            }
        }
    }
    Ok(found)
}

fn short(element: &BytesStart<'_>, name: &str) -> Result<(), Problem> {
    if attribute(element, name)?.is_some_and(|value| value.len() > LONGEST_NAME) {
        return Err(Problem::TooLarge("the name of a format".to_owned()));
    }
    Ok(())
}

/// Row and column of `B7`, column 0 of `7`, as numbers that cannot overflow.
fn position(reference: &str) -> Result<(u32, u32), Problem> {
    let wrong = || damaged("a cell has a name beyond XFD1048576");
    let digits = reference.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = &reference[..reference.len() - digits.len()];
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        let digit = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        column.checked_mul(26)?.checked_add(digit)
    });
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let row = digits.parse::<u32>().ok().filter(|row| is_number && *row <= 1_048_576);
    let column = column.filter(|column| *column <= 16_384);
    row.zip(column).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn names_of_cells_are_held_to_the_sheet() {
        assert_eq!(position("B7"), Ok((7, 2)));
        assert_eq!(position("XFD1048576"), Ok((1_048_576, 16_384)));
        assert_eq!(position("12"), Ok((12, 0)));
        for wrong in ["XFE1", "A1048577", "A99999999999", "AAAAAAAAAA1", "A", "A-1", "é1", ""] {
            assert!(position(wrong).is_err(), "{wrong}");
        }
    }
}
