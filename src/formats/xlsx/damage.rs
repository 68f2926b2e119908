//! What is wrong with a file that calamine does not read.

use calamine::XlsxError;

use crate::formats::error::{FormatError, Place, Problem};

/// A file that calamine cannot read.
pub(super) fn unreadable(error: &XlsxError) -> FormatError {
    FormatError::new(Place::File, Problem::Damaged(kind_of(error).to_owned()))
}

/// What an error of calamine is about, without the text that it quotes, which may be a value.
pub(super) fn kind_of(error: &XlsxError) -> &'static str {
    match error {
        XlsxError::Zip(_) => "it does not unpack",
        XlsxError::Xml(_) | XlsxError::XmlEof(_) | XlsxError::XmlAttr(_) => {
            "XML that ends or breaks off"
        }
        XlsxError::Parse(_) | XlsxError::ParseFloat(_) | XlsxError::ParseInt(_) => {
            "a number that is none"
        }
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => "a part is missing",
        XlsxError::WorksheetNotFound(_) | XlsxError::NotAWorksheet(_) => "the sheet holds no cells",
        XlsxError::Password => "it is protected by a password",
        _ => "a part is not what the format has there",
    }
}
