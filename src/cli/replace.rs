//! Files replaced as a whole.
//!
//! In: a path, the text that was read from it, and a new text. Out: the new file, or the old one untouched.
//! Owns the order of writing: a temporary file beside it, flushed, then renamed. Never writes where `CI` is set.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Failure;

/// Does this run belong to continuous integration, where nothing is ever written?
pub(super) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.trim(), "" | "0" | "false"))
}

/// Refuses to write where `CI` is set; `option` is what asked for it.
pub(super) fn allowed(option: &str) -> Result<(), Failure> {
    if in_ci() {
        return Err(Failure::Told(format!("{option} writes nothing while `CI` is set: run it on your own machine")));
    }
    Ok(())
}

/// Replaces a file as a whole, so that a full disk leaves the old one. A file that is no longer `old` is left alone.
pub(super) fn replace(path: &Path, old: &str, new: &str) -> Result<(), Failure> {
    let told = |error: &dyn std::fmt::Display| Failure::Told(format!("cannot write `{}`: {error}", path.display()));
    // What is replaced is the file itself, not a link to it.
    let path = path.canonicalize().map_err(|error| told(&error))?;
    if std::fs::read(&path).map_err(|error| told(&error))? != old.as_bytes() {
        return Err(told(&"somebody else changed it meanwhile; run it again"));
    }
    let folder = path.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let permissions = std::fs::metadata(&path).map_err(|error| told(&error))?.permissions();
    let mut file = tempfile::Builder::new().prefix(".accredit-").tempfile_in(folder).map_err(|error| told(&error))?;
    file.write_all(new.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|error| told(&error))?;
    std::fs::set_permissions(file.path(), permissions).map_err(|error| told(&error))?;
    file.persist(&path).map_err(|error| told(&error.error))?;
    Ok(())
}

/// Writes a file as a whole, whatever was there before.
pub(super) fn put(path: &Path, text: &str) -> Result<(), Failure> {
    let told = |error: &dyn std::fmt::Display| Failure::Told(format!("cannot write `{}`: {error}", path.display()));
    if path.is_dir() {
        return Err(told(&"it is a folder"));
    }
    whole(path, |file| file.write_all(text.as_bytes())).map_err(|error| told(&error))
}

/// Writes a file that appears whole or not at all, also when the power fails.
/// # Errors
/// Whatever the system says; what was there before is then untouched.
pub(super) fn whole(path: &Path, write: impl FnOnce(&mut File) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".accredit-");
    // Like any new file, not like a secret one; the system takes away what its mask says.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder(path))?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(path);
    Ok(())
}

/// Makes a change of names last, where the system can.
pub(super) fn sync_folder(path: &Path) {
    drop(File::open(folder(path)).and_then(|folder| folder.sync_all()));
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
