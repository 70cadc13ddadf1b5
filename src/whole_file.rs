//! A file that is written whole or not at all: a report that a program or a person reads while it is
//! made again, or after the disk filled up, is the former one.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Which part of the writing the file system refused.
#[derive(Debug)]
pub enum WriteError<E> {
    /// There can be no such file.
    Open(io::Error),
    /// What was to be written could not be made, or the disk broke.
    Made(E),
}

/// Writes beside the final name, then renames. What is no file, like a pipe or a device, is written to.
/// A link stays a link: the file that it leads to is replaced.
///
/// # Errors
/// When the place cannot be opened, or when writing fails; the former file stands then, and nothing is left.
pub fn write<E: From<io::Error>>(
    path: &Path,
    make: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), WriteError<E>> {
    let former = fs::metadata(path).ok();
    if former.as_ref().is_some_and(|found| !found.is_file()) {
        let file = File::options().write(true).open(path);
        return filled(file.map_err(WriteError::Open)?, make).map_err(WriteError::Made);
    }
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (partial, file) = Partial::beside(&path).map_err(WriteError::Open)?;
    filled(file, make).map_err(WriteError::Made)?;
    let renamed = match former {
        // Whoever may read the former one may read this one, and nobody else.
        Some(former) => fs::set_permissions(&partial.path, former.permissions()),
        None => Ok(()),
    };
    renamed
        .and_then(|()| fs::rename(&partial.path, &path))
        .map_err(WriteError::Open)
}

fn filled<E: From<io::Error>>(
    file: File,
    make: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let mut out = BufWriter::new(file);
    make(&mut out)?;
    Ok(out.flush()?)
}

/// A file that is not yet what it is to be; it is removed when it does not become it.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn beside(path: &Path) -> io::Result<(Self, File)> {
        let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        // Another process may write the same report, and no file of somebody else has this name.
        hidden.push(format!(".{}.partial", std::process::id()));
        let path = path.with_file_name(hidden);
        let file = File::create_new(&path)?;
        Ok((Self { path }, file))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After the renaming there is none.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        names
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_failure_half_way_leaves_the_former_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        let half = |out: &mut dyn Write| {
            out.write_all(&[b'x'; 100_000])?;
            Err(io::Error::other("half way"))
        };
        assert!(matches!(write(&path, half), Err(WriteError::Made(_))));
        assert_eq!(names(folder.path()), Vec::<String>::new());
        fs::write(&path, "former").unwrap();
        assert!(write(&path, half).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "former");
        assert_eq!(names(folder.path()), ["report.html"]);
        write(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["report.html"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_the_file_keeps_its_readers() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "former").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        write(&link, |out| out.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
