//! How structs of texts are declared.

use std::collections::BTreeMap;

/// Declares structs of texts.
///
/// They are read by way of a map: what serde derives for a struct of a hundred texts takes the
/// optimiser minutes.
macro_rules! texts {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: String,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(try_from = "std::collections::BTreeMap<String, String>")]
        pub struct $name { $($(#[$field_meta])* pub $field: String,)+ }

        impl TryFrom<std::collections::BTreeMap<String, String>> for $name {
            type Error = String;

            fn try_from(
                mut all: std::collections::BTreeMap<String, String>,
            ) -> Result<Self, String> {
                let own = Self { $($field: $crate::render::text::declared::take(&mut all, stringify!($field))?,)+ };
                $crate::render::text::declared::nothing_left(&all)?;
                Ok(own)
            }
        }
    };
}

/// A text that must be there.
#[inline(never)]
pub(super) fn take(all: &mut BTreeMap<String, String>, name: &str) -> Result<String, String> {
    all.remove(name).ok_or_else(|| format!("missing field `{name}`"))
}

/// That no text has a name that nobody asks for.
#[inline(never)]
pub(super) fn nothing_left(all: &BTreeMap<String, String>) -> Result<(), String> {
    match all.keys().next() {
        Some(name) => Err(format!("unknown field `{name}`")),
        None => Ok(()),
    }
}
