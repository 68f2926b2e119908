//! A directory that is written whole or not at all.
//!
//! Files are gathered in a private directory beside the final one (`holder`), which takes its place
//! in one step where the system offers that (`exchange`). Whenever the program is killed, or the
//! disk is full, the old or the new files stand under their name; what was left beside them is
//! found and cleared by the next command that writes there (`leftovers`).

mod exchange;
mod files;
mod holder;
mod interrupts;
mod leftovers;
mod target;

use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use super::terminal::Terminal;
use crate::error::Error;
pub(super) use files::{check_absent, create_private_file, file_error};
use files::{create_private, make_private, remove_empty};
use holder::Holder;
pub(super) use interrupts::listen as clean_up_on_interrupt;
use interrupts::{Progress, Undisturbed};
pub(super) use target::{Existing, MANIFEST, check_target};
use target::{Target, files_below};

/// A directory beside the final one, in which files are gathered.
#[derive(Debug)]
pub(super) struct Staging {
    target: Target,
    existing: Existing,
    /// None once the files are in their place.
    holder: Option<Holder>,
    /// Directories above the target that were made for it, the highest first.
    made: Vec<PathBuf>,
}

impl Staging {
    /// Tries all that writing `target` will need, so that it fails before anything is computed, and
    /// clears what killed commands have left beside it.
    pub(super) fn new(
        terminal: Terminal,
        target: &Path,
        existing: Existing,
    ) -> Result<Self, Error> {
        let target = Target::new(target)?;
        let mut guard = Undisturbed::now();
        leftovers::clear(terminal, &target)?;
        target.check(existing)?;
        target.check_can_be_replaced()?;
        let made = make_parents(target.parent())?;
        match Holder::new(&target) {
            Ok(holder) => {
                guard.set(Progress::Unfinished {
                    holder: holder.place().into(),
                    made: made.clone(),
                });
                Ok(Self { target, existing, holder: Some(holder), made })
            }
            Err(error) => {
                remove_empty(&made);
                Err(error)
            }
        }
    }

    /// Writes a file, with the folders that it needs.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let _guard = Undisturbed::now();
        let path = self.place(name)?;
        let mut file = create_private_file(&path)?;
        file.write_all(bytes).map_err(file_error("write", &path))
    }

    /// Takes over every file of the target that is not among those to be written: as it is, without
    /// a copy where the file system can do without.
    pub(super) fn keep_others(&self, written: &[String]) -> Result<(), Error> {
        let _guard = Undisturbed::now();
        for name in files_below(self.target.path(), Path::new(""))? {
            if written.contains(&name) {
                continue;
            }
            let (from, to) = (self.target.path().join(&name), self.place(&name)?);
            make_private(&from)?;
            if std::fs::hard_link(&from, &to).is_err() {
                let bytes = std::fs::read(&from).map_err(file_error("read", &from))?;
                let mut file = create_private_file(&to)?;
                file.write_all(&bytes).map_err(file_error("write", &to))?;
            }
        }
        Ok(())
    }

    /// Where a file of that name is gathered; its folders are there.
    fn place(&self, name: &str) -> Result<PathBuf, Error> {
        let inside = |part: Component<'_>| matches!(part, Component::Normal(_));
        let holder = self.holder.as_ref().filter(|_| Path::new(name).components().all(inside));
        let Some(holder) = holder else {
            let reason = format!("`{name}` is no name of a file in it");
            return Err(Error::Occupied { path: self.target.path().into(), reason });
        };
        let path = holder.gathered().join(name);
        if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
            create_private(folder)?;
        }
        Ok(path)
    }

    /// Puts the directory in its final place.
    pub(super) fn finish(mut self, terminal: Terminal) -> Result<(), Error> {
        let mut guard = Undisturbed::now();
        let Some(holder) = self.holder.take() else { return Ok(()) };
        let published = exchange::publish(&holder, &self.target, self.existing);
        if published.is_ok() {
            self.made.clear();
            guard.set(Progress::Finished(self.target.path().into()));
        }
        let removed = holder.remove();
        if published.is_err() {
            guard.set(Progress::Nothing);
        }
        published?;
        // The files stand: what could not be removed is cleared by the next command.
        if let Err(error) = removed {
            terminal.tell(&format!("warning: {error}; the next command tries again"))?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let mut guard = Undisturbed::now();
        if let Some(holder) = self.holder.take() {
            if let Err(error) = holder.remove() {
                interrupts::say(&error.to_string());
            }
            guard.set(Progress::Nothing);
        }
        remove_empty(&self.made);
    }
}

/// Makes the directories above the target, and says which were made.
fn make_parents(parent: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut missing: Vec<PathBuf> = Vec::new();
    for above in parent.ancestors().filter(|above| !above.as_os_str().is_empty()) {
        if above.exists() {
            break;
        }
        missing.push(above.to_owned());
    }
    missing.reverse();
    for (at, above) in missing.iter().enumerate() {
        if let Err(error) = create_private(above) {
            remove_empty(&missing[..at]);
            return Err(error);
        }
    }
    Ok(missing)
}

/// Writes a new file that only its owner may read, whole or not at all. One that exists is left
/// alone.
pub(super) fn write_private(terminal: Terminal, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let target = Target::new(path)?;
    let mut guard = Undisturbed::now();
    leftovers::clear(terminal, &target)?;
    check_absent(path)?;
    let holder = Holder::new(&target)?;
    guard.set(Progress::Unfinished { holder: holder.place().into(), made: Vec::new() });
    let gathered = holder.gathered().join("file");
    let written = create_private_file(&gathered)
        .and_then(|mut file| file.write_all(bytes).map_err(file_error("write", &gathered)))
        .and_then(|()| exchange::publish_file(&gathered, target.path()));
    let removed = holder.remove();
    guard.set(Progress::Nothing);
    written.and(removed)
}
