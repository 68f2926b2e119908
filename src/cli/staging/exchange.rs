//! Gathered files take the place of the target.

use std::path::Path;

use super::files::file_error;
use super::holder::Holder;
use super::target::{Existing, Target, files_below};
use crate::error::Error;

/// Puts what was gathered in the target's place. In one step where the system has one; else the old
/// files are first put aside in the holder, from which `leftovers` puts them back if the program is
/// killed between.
pub(super) fn publish(holder: &Holder, target: &Target, existing: Existing) -> Result<(), Error> {
    target.check(existing)?;
    let (new, path) = (holder.gathered(), target.path());
    let failed = || file_error("write", path);
    if !target.exists() {
        return move_to_new_place(&new, path).map_err(failed());
    }
    match system::exchange(&new, path) {
        Ok(()) => {
            // What was there until this moment is now in the holder, and still ours to replace.
            let replaced = Target::new(&new)?;
            if let Err(error) = replaced.check_as(path, existing).and_then(|()| {
                if existing == Existing::Amend { check_all_kept(&new, path) } else { Ok(()) }
            }) {
                system::exchange(&new, path).map_err(failed())?;
                return Err(error);
            }
            Ok(())
        }
        Err(error) if is_unknown(&error) => replace_in_two_steps(holder, path),
        Err(error) => Err(failed()(error)),
    }
}

/// Fails where the old directory has a file that the new one lacks: somebody put it there meanwhile.
fn check_all_kept(old: &Path, new: &Path) -> Result<(), Error> {
    let kept = files_below(new, Path::new(""))?;
    match files_below(old, Path::new(""))?.into_iter().find(|file| !kept.contains(file)) {
        None => Ok(()),
        Some(file) => {
            let reason =
                format!("holds `{file}` now, which was not there before: nothing is changed");
            Err(Error::Occupied { path: new.into(), reason })
        }
    }
}

fn replace_in_two_steps(holder: &Holder, path: &Path) -> Result<(), Error> {
    let aside = holder.put_aside();
    std::fs::rename(path, &aside).map_err(file_error("replace", path))?;
    if let Err(error) = move_to_new_place(&holder.gathered(), path) {
        std::fs::rename(&aside, path).map_err(file_error("put back", path))?;
        return Err(file_error("write", path)(error));
    }
    Ok(())
}

/// Renames to a name that must not exist.
fn move_to_new_place(from: &Path, to: &Path) -> std::io::Result<()> {
    match system::rename_new(from, to) {
        Err(error) if is_unknown(&error) => {
            if std::fs::symlink_metadata(to).is_ok() {
                return Err(std::io::ErrorKind::AlreadyExists.into());
            }
            std::fs::rename(from, to)
        }
        other => other,
    }
}

/// Gives a gathered file its name, which must not exist.
pub(super) fn publish_file(gathered: &Path, path: &Path) -> Result<(), Error> {
    move_to_new_place(gathered, path).map_err(file_error("create", path))
}

/// Whether the system or the file system does not know the operation.
fn is_unknown(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidInput, Unsupported};
    matches!(error.kind(), InvalidInput | Unsupported)
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod system {
    use std::path::Path;

    use rustix::fs::{CWD, RenameFlags, renameat_with};

    /// Exchanges two directories in one step.
    pub(super) fn exchange(a: &Path, b: &Path) -> std::io::Result<()> {
        Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
    }

    /// Renames to a name that must not exist.
    pub(super) fn rename_new(from: &Path, to: &Path) -> std::io::Result<()> {
        Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
mod system {
    use std::path::Path;

    pub(super) fn exchange(_a: &Path, _b: &Path) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    pub(super) fn rename_new(_from: &Path, _to: &Path) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}
