//! The directory that is to be written: what may be replaced, and what stands in the way.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::files::file_error;
use crate::error::Error;
use crate::results::manifest::{Manifest, Program};

/// Name of the manifest, by which the program recognises its own directories.
pub(in crate::cli) const MANIFEST: &str = "manifest.json";

/// What to do with a directory that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Existing {
    /// Leave it alone and refuse.
    Refuse,
    /// Replace it if it holds nothing but this program's files.
    Replace,
    /// As [`Existing::Replace`], and what else it holds is kept in it.
    Amend,
}

/// A directory, by the one above it and its name there.
#[derive(Debug)]
pub(super) struct Target {
    path: PathBuf,
}

impl Target {
    /// Without a trailing `/`, which would make a link stand for what it points to.
    pub(super) fn new(path: &Path) -> Result<Self, Error> {
        let path: PathBuf = path.components().collect();
        if path.file_name().is_none() {
            return Err(Error::Occupied {
                path,
                reason: "is not a name for a new directory: give one below it".to_owned(),
            });
        }
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn name(&self) -> &OsStr {
        self.path.file_name().unwrap_or_default()
    }

    /// The directory above it.
    pub(super) fn parent(&self) -> &Path {
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent.unwrap_or(Path::new("."))
    }

    /// Whether anything has its name, a link that points to nothing included.
    pub(super) fn exists(&self) -> bool {
        std::fs::symlink_metadata(&self.path).is_ok()
    }

    /// Fails where something is in the way that must not be replaced.
    pub(super) fn check(&self, existing: Existing) -> Result<(), Error> {
        self.check_as(&self.path, existing)
    }

    /// The same, calling it by the name that the user knows.
    pub(super) fn check_as(&self, shown: &Path, existing: Existing) -> Result<(), Error> {
        let occupied = |reason: String| Error::Occupied { path: shown.into(), reason };
        let found = match std::fs::symlink_metadata(&self.path) {
            Ok(found) => found,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(file_error("look at", shown)(error)),
        };
        if found.is_symlink() {
            let reason = "is a link, which is not replaced: give the directory that is meant";
            return Err(occupied(reason.to_owned()));
        }
        if !found.is_dir() {
            return Err(occupied("is a file, not a directory".to_owned()));
        }
        let files = files_below(&self.path, Path::new(""))?;
        if files.is_empty() {
            return Ok(());
        }
        if existing == Existing::Refuse {
            return Err(occupied("is not empty: give another directory, or --force".to_owned()));
        }
        let own = own_files(&self.path);
        if existing == Existing::Amend && !own.is_empty() {
            return Ok(());
        }
        match files.iter().find(|file| !own.contains(file)) {
            None => Ok(()),
            Some(foreign) => Err(occupied(format!(
                "holds `{foreign}`, which this program did not write: only its own are replaced"
            ))),
        }
    }

    /// Fails where an existing directory could be looked at but not moved.
    #[cfg(unix)]
    pub(super) fn check_can_be_replaced(&self) -> Result<(), Error> {
        use std::os::unix::fs::MetadataExt as _;
        let Ok(own) = std::fs::symlink_metadata(&self.path) else { return Ok(()) };
        let here = std::env::current_dir().and_then(std::fs::canonicalize);
        let place = std::fs::canonicalize(&self.path);
        if here.is_ok_and(|here| place.is_ok_and(|place| here.starts_with(place))) {
            let reason = "is the directory where you are, or above it: go to the one above it";
            return Err(Error::Occupied { path: self.path.clone(), reason: reason.to_owned() });
        }
        let above = self.parent();
        let above = std::fs::metadata(above).map_err(file_error("look at", above))?;
        if own.dev() != above.dev() {
            let reason = "is the root of a file system: give a directory below it".to_owned();
            return Err(Error::Occupied { path: self.path.clone(), reason });
        }
        let access = rustix::fs::access(&self.path, rustix::fs::Access::WRITE_OK);
        access.map_err(|error| file_error("replace", &self.path)(error.into()))
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as on other systems")]
    pub(super) fn check_can_be_replaced(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// Fails where something is in the way that must not be replaced.
pub(in crate::cli) fn check_target(target: &Path, existing: Existing) -> Result<(), Error> {
    Target::new(target)?.check(existing)
}

/// Files that this program's manifest in a directory lists, and the manifest itself; none where it
/// is another's.
fn own_files(directory: &Path) -> Vec<String> {
    let manifest = std::fs::read(directory.join(MANIFEST)).ok();
    let manifest: Option<Manifest> = manifest.and_then(|m| serde_json::from_slice(&m).ok());
    let Some(manifest) = manifest.filter(|own| own.program.name == Program::this().name) else {
        return Vec::new();
    };
    let listed = manifest.outputs.into_iter().map(|output| output.file);
    listed.chain([MANIFEST.to_owned()]).collect()
}

/// Files below a directory, by their path in it with `/`.
pub(super) fn files_below(root: &Path, inner: &Path) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    let folder = root.join(inner);
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(files),
        other => other.map_err(file_error("read", &folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(file_error("read", &folder))?;
        let path = inner.join(entry.file_name());
        let kind = entry.file_type().map_err(file_error("read", &folder))?;
        if kind.is_dir() {
            files.extend(files_below(root, &path)?);
        } else {
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            files.push(parts.join("/"));
        }
    }
    files.sort();
    Ok(files)
}
