//! A directory that is written whole or not at all.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::error::Error;
use crate::results::manifest::Manifest;

/// Name of the manifest, by which the program recognises its own directories.
pub(super) const MANIFEST: &str = "manifest.json";

/// The unfinished directory, for whoever interrupts the run.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// What to do with a directory that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    /// Leave it alone and refuse.
    Refuse,
    /// Replace it if it holds nothing but this program's files.
    Replace,
}

/// A directory beside the final one, in which files are gathered.
#[derive(Debug)]
pub(super) struct Staging {
    place: PathBuf,
    target: PathBuf,
}

impl Staging {
    /// Prepares to write `target`.
    pub(super) fn new(target: &Path, existing: Existing) -> Result<Self, Error> {
        check_target(target, existing)?;
        let name = target.file_name().ok_or_else(|| Error::Occupied {
            path: target.into(),
            reason: "is not a name for a new directory".to_owned(),
        })?;
        let name = format!(".{}.unfinished-{}", name.to_string_lossy(), std::process::id());
        let parent = target.parent().unwrap_or(Path::new(""));
        if !parent.as_os_str().is_empty() {
            std::fs::create_dir_all(parent).map_err(file_error("create", parent))?;
        }
        let place = parent.join(name);
        create_private(&place)?;
        *lock() = Some(place.clone());
        Ok(Self { place, target: target.into() })
    }

    /// Writes a file, with the folders that it needs.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.place.join(name);
        if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
            create_private(folder)?;
        }
        std::fs::write(&path, bytes).map_err(file_error("write", &path))
    }

    /// Puts the directory in its final place.
    pub(super) fn finish(self) -> Result<(), Error> {
        let old = self.place.with_extension("replaced");
        let exists = self.target.exists();
        if exists {
            std::fs::rename(&self.target, &old).map_err(file_error("replace", &self.target))?;
        }
        std::fs::rename(&self.place, &self.target).map_err(file_error("write", &self.target))?;
        *lock() = None;
        if exists {
            std::fs::remove_dir_all(&old).map_err(file_error("remove", &old))?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        remove_unfinished();
    }
}

/// Removes what an interrupted run has written so far.
pub(super) fn remove_unfinished() {
    if let Some(place) = lock().take()
        && let Err(error) = std::fs::remove_dir_all(&place)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        #[expect(clippy::print_stderr, reason = "the run is over, and somebody must know")]
        {
            eprintln!("cannot remove {}: {error}", place.display());
        }
    }
}

/// On Ctrl-C or a termination signal: removes what is unfinished and ends with code 130.
pub(super) fn clean_up_on_interrupt() -> Result<(), Error> {
    ctrlc::set_handler(|| {
        remove_unfinished();
        std::process::exit(130);
    })
    .map_err(|error| Error::Usage(format!("cannot listen to Ctrl-C: {error}")))
}

fn lock() -> std::sync::MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

pub(super) fn file_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let path = path.to_path_buf();
    move |source| Error::File { action, path, source }
}

/// A new directory, with those above it, that only its owner may enter.
fn create_private(path: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(file_error("create", path))
}

/// Writes a new file that only its owner may read. One that exists is left alone.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(file_error("create", path))?;
    std::io::Write::write_all(&mut file, bytes).map_err(file_error("write", path))
}

/// Fails where something is in the way that must not be replaced.
pub(super) fn check_target(target: &Path, existing: Existing) -> Result<(), Error> {
    let occupied = |reason: String| Error::Occupied { path: target.into(), reason };
    if !target.exists() {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(occupied("is a file, not a directory".to_owned()));
    }
    let found = files_below(target, Path::new(""))?;
    if found.is_empty() {
        return Ok(());
    }
    if existing == Existing::Refuse {
        return Err(occupied("is not empty: give another directory, or --force".to_owned()));
    }
    let own = own_files(target);
    match found.iter().find(|file| !own.contains(file)) {
        None => Ok(()),
        Some(foreign) => Err(occupied(format!(
            "holds `{foreign}`, which this program did not write: --force replaces results only"
        ))),
    }
}

/// Files that the manifest in a directory lists, and the manifest itself.
fn own_files(directory: &Path) -> Vec<String> {
    let manifest = std::fs::read(directory.join(MANIFEST)).ok();
    let manifest: Option<Manifest> = manifest.and_then(|m| serde_json::from_slice(&m).ok());
    let listed = manifest.into_iter().flat_map(|m| m.outputs).map(|output| output.file);
    listed.chain([MANIFEST.to_owned()]).collect()
}

/// Files below a directory, by their path in it with `/`.
fn files_below(root: &Path, inner: &Path) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    let folder = root.join(inner);
    for entry in std::fs::read_dir(&folder).map_err(file_error("read", &folder))? {
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
