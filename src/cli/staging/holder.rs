//! The private directory beside the target in which files are gathered.
//!
//! ```text
//! .ips-eval-<random>/target     the target's name; locked for as long as the program lives
//!                    new/       the files; after an exchange those that were replaced
//!                    old/       without an exchange: those that are being replaced
//! ```
//!
//! `target` is the last to be removed: a holder without it is empty.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::files::{create_private_file, file_error, private_builder};
use super::target::Target;
use crate::error::Error;

/// How holders are called, before 32 hexadecimal digits.
pub(super) const PREFIX: &str = ".ips-eval-";

/// How often a name that is taken, or cleared by another command while it is new, is followed by
/// another one.
const ATTEMPTS: usize = 8;

/// The directory, and the lock that says that somebody is at work in it.
#[derive(Debug)]
pub(super) struct Holder {
    place: PathBuf,
    /// Held, not read.
    _lock: File,
}

/// What a holder was made for, and whether somebody is at work in it.
pub(super) enum Found {
    /// Nobody is: the lock is ours now.
    Left(Holder, OsString),
    /// Somebody is, for a target of this name.
    InUse(OsString),
    /// Nobody had begun: it was empty, and is gone.
    Empty,
    /// Somebody is about to begin.
    Unknown,
}

impl Holder {
    /// Makes one beside the target. The name cannot be guessed and must not exist, so that nobody
    /// can prepare a link in its place.
    pub(super) fn new(target: &Target) -> Result<Self, Error> {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            let place = target.parent().join(random_name()?);
            match Self::at(place, target.name()) {
                Ok(holder) => return Ok(holder),
                Err(error) if is_taken(&error) => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| Error::Usage("no new directory can be made".to_owned())))
    }

    fn at(place: PathBuf, target: &OsStr) -> Result<Self, Error> {
        private_builder().create(&place).map_err(file_error("create", &place))?;
        let path = place.join("target");
        let made = create_private_file(&path).and_then(|mut lock| {
            let locked = lock.try_lock().map_err(std::io::Error::from);
            locked.map_err(file_error("lock", &path))?;
            lock.write_all(target.as_encoded_bytes()).map_err(file_error("write", &path))?;
            let new = place.join("new");
            private_builder().create(&new).map_err(file_error("create", &new))?;
            Ok(lock)
        });
        match made {
            Ok(lock) => Ok(Self { place, _lock: lock }),
            Err(error) => {
                // The disk may be full: nothing but this attempt is lost.
                let _left = remove_parts(&place);
                Err(error)
            }
        }
    }

    /// What is at a place that is called like a holder.
    pub(super) fn found(place: &Path) -> Result<Found, Error> {
        let path = place.join("target");
        let mut lock = match File::open(&path) {
            Ok(lock) => lock,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                // Empty, or a new one in which another command is about to make its lock.
                let is_gone = std::fs::remove_dir(place).is_ok();
                return Ok(if is_gone { Found::Empty } else { Found::Unknown });
            }
            Err(error) => return Err(file_error("read", &path)(error)),
        };
        let mut name = Vec::new();
        lock.read_to_end(&mut name).map_err(file_error("read", &path))?;
        let name = os_string(name);
        match lock.try_lock() {
            Ok(()) => Ok(Found::Left(Self { place: place.into(), _lock: lock }, name)),
            Err(_) => Ok(Found::InUse(name)),
        }
    }

    /// The directory itself.
    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// Where files are gathered.
    pub(super) fn gathered(&self) -> PathBuf {
        self.place.join("new")
    }

    /// Where a target is put aside, in a system without an exchange.
    pub(super) fn put_aside(&self) -> PathBuf {
        self.place.join("old")
    }

    /// Removes it with all that is in it.
    pub(super) fn remove(self) -> Result<(), Error> {
        remove_parts(&self.place)
    }
}

/// Removes a holder, its `target` last.
pub(super) fn remove_parts(place: &Path) -> Result<(), Error> {
    let gone = |result: std::io::Result<()>| match result {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    for part in ["new", "old"] {
        let path = place.join(part);
        gone(std::fs::remove_dir_all(&path)).map_err(file_error("remove", &path))?;
    }
    let path = place.join("target");
    gone(std::fs::remove_file(&path)).map_err(file_error("remove", &path))?;
    gone(std::fs::remove_dir(place)).map_err(file_error("remove", place))
}

fn is_taken(error: &Error) -> bool {
    use std::io::ErrorKind::{AlreadyExists, NotFound, WouldBlock};
    matches!(error, Error::File { source, .. }
        if matches!(source.kind(), AlreadyExists | NotFound | WouldBlock))
}

fn random_name() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Usage(format!("the system gives no random bytes: {error}")))?;
    Ok(format!("{PREFIX}{:032x}", u128::from_ne_bytes(bytes)))
}

/// Whether a name is that of a holder.
pub(super) fn is_name(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    digits.is_some_and(|digits| {
        digits.len() == 32
            && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}
