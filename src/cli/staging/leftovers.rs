//! What commands that were killed have left beside a target.

use std::path::Path;

use super::exchange;
use super::files::file_error;
use super::holder::{Found, Holder, is_name};
use super::target::Target;
use crate::cli::terminal::Terminal;
use crate::error::Error;

/// Clears them, puts earlier files back where a command was killed while it replaced them, and says
/// so. Fails where another command is writing the same target.
pub(super) fn clear(terminal: Terminal, target: &Target) -> Result<(), Error> {
    let parent = target.parent();
    // What is not there, or cannot be read, is told when it is written.
    let Ok(entries) = std::fs::read_dir(parent) else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(file_error("read", parent))?;
        let place = entry.path();
        if !is_name(&entry.file_name()) || !is_own_directory(&place) {
            continue;
        }
        match Holder::found(&place)? {
            Found::Empty => {
                let shown = place.display();
                terminal.tell(&format!("{shown}: removed what a command that was killed left"))?;
            }
            Found::InUse(name) if name == target.name() => {
                return Err(Error::Occupied {
                    path: target.path().into(),
                    reason: "is being written by another command".to_owned(),
                });
            }
            Found::Unknown | Found::InUse(_) => {}
            Found::Left(holder, name) => {
                let left_by = parent.join(&name);
                let is_put_back = !name.is_empty() && put_back(&holder, &left_by)?;
                holder.remove()?;
                let shown = left_by.display();
                terminal.tell(&if is_put_back {
                    format!("{shown}: a command was killed while it replaced this: put back")
                } else {
                    format!("{shown}: removed what a command that was killed left beside it")
                })?;
            }
        }
    }
    Ok(())
}

/// Gives files that were put aside their name again, unless something has it.
fn put_back(holder: &Holder, name: &Path) -> Result<bool, Error> {
    let aside = holder.put_aside();
    if std::fs::symlink_metadata(&aside).is_err() || std::fs::symlink_metadata(name).is_ok() {
        return Ok(false);
    }
    exchange::publish_file(&aside, name)?;
    Ok(true)
}

/// Whether it is a directory, no link, of the user who runs the program.
#[cfg(unix)]
fn is_own_directory(place: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::symlink_metadata(place)
        .is_ok_and(|own| own.is_dir() && own.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn is_own_directory(place: &Path) -> bool {
    std::fs::symlink_metadata(place).is_ok_and(|own| own.is_dir())
}
