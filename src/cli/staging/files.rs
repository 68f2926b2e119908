//! Files and directories that only their owner may read.

use std::path::{Path, PathBuf};

use crate::error::Error;

/// Fails where a file of that name exists.
pub(in crate::cli) fn check_absent(path: &Path) -> Result<(), Error> {
    match std::fs::symlink_metadata(path) {
        Ok(_) => Err(Error::File {
            action: "create",
            path: path.into(),
            source: std::io::ErrorKind::AlreadyExists.into(),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(file_error("look at", path)(error)),
    }
}

pub(in crate::cli) fn file_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let path = path.to_path_buf();
    move |source| Error::File { action, path, source }
}

/// A new directory, with those above it, that only its owner may enter.
pub(super) fn create_private(path: &Path) -> Result<(), Error> {
    private_builder().recursive(true).create(path).map_err(file_error("create", path))
}

/// How directories are made that only their owner may enter.
pub(super) fn private_builder() -> std::fs::DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is no mode to set"))]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// A new file that only its owner may read. One that exists, and a link, is left alone.
pub(in crate::cli) fn create_private_file(path: &Path) -> Result<std::fs::File, Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(file_error("create", path))
}

/// A file of earlier results, from now on for its owner alone.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    let is_link = |path: &Path| std::fs::symlink_metadata(path).map(|own| own.is_symlink());
    if is_link(path).map_err(file_error("look at", path))? {
        return Ok(());
    }
    let permissions = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path, permissions).map_err(file_error("protect", path))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as where there are permissions")]
pub(super) fn make_private(_path: &Path) -> Result<(), Error> {
    Ok(())
}

/// Removes directories that were made for nothing, but for those in which another command has written
/// by now.
pub(super) fn remove_empty(made: &[PathBuf]) {
    for parent in made.iter().rev() {
        let _not_empty = std::fs::remove_dir(parent);
    }
}
