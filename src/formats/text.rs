//! Bytes to text in the encoding that a file declares or is guessed to have.

use super::error::Problem;

/// How texts of a file are encoded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoding {
    /// Nothing is declared: each text is UTF-8 if it can be, else Windows-1252.
    Guessed,
    /// What the file declares.
    Declared(&'static encoding_rs::Encoding),
}

impl Encoding {
    pub(super) const UTF_8: Self = Self::Declared(encoding_rs::UTF_8);

    /// The text, or the problem that the bytes are not in this encoding. A character that a fixed
    /// width cut in two at the end is left out.
    pub(super) fn decode(self, bytes: &[u8]) -> Result<String, Problem> {
        match self {
            Self::Guessed => Ok(guess(bytes)),
            Self::Declared(encoding) if encoding == encoding_rs::UTF_8 => {
                let error = match std::str::from_utf8(bytes) {
                    Ok(text) => return Ok(text.to_owned()),
                    Err(error) => error,
                };
                match std::str::from_utf8(&bytes[..error.valid_up_to()]) {
                    Ok(start) if error.error_len().is_none() => Ok(start.to_owned()),
                    _ => Err(Problem::Encoding("UTF-8".to_owned())),
                }
            }
            Self::Declared(encoding) => {
                let whole = encoding.decode_without_bom_handling_and_without_replacement(bytes);
                let cut = || {
                    let (_, start) = bytes.split_last()?;
                    encoding.decode_without_bom_handling_and_without_replacement(start)
                };
                let text = whole.or_else(cut).map(std::borrow::Cow::into_owned);
                text.ok_or_else(|| Problem::Encoding(encoding.name().to_owned()))
            }
        }
    }

    /// As [`decode`](Self::decode), for names and labels: what is not in the encoding is guessed.
    pub(super) fn decode_label(self, bytes: &[u8]) -> String {
        self.decode(bytes).unwrap_or_else(|_| guess(bytes))
    }
}

fn guess(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// The bytes before the first NUL.
pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}

/// The bytes without the spaces and NULs that fill a field up.
pub(super) fn without_padding(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |last| last + 1);
    &bytes[..end]
}

#[cfg(test)]
mod tests {
    use super::{Encoding, without_padding};

    #[test]
    fn a_cut_character_is_left_out_and_a_wrong_one_is_a_problem() {
        assert_eq!(Encoding::UTF_8.decode(b"caf\xc3"), Ok("caf".to_owned()));
        assert!(Encoding::UTF_8.decode(b"caf\xe9 noir").is_err());
        assert_eq!(Encoding::Guessed.decode(b"caf\xe9 \x80"), Ok("café €".to_owned()));
        assert_eq!(without_padding(b" a \0 "), b" a");
    }
}
