//! On which file system a folder lies: on tmpfs `fsync` does nothing, so a report has to say it.

use std::path::{Path, PathBuf};

/// The type of the file system that `folder` lies on (`ext4`, `tmpfs`), from `/proc/mounts`; `None`
/// where the system has no such table.
pub(super) fn of(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    in_table(&std::fs::read_to_string("/proc/mounts").ok()?, &folder)
}

/// The deepest mount point above `folder` counts; of two mounts in one place the later one hides the
/// earlier.
fn in_table(mounts: &str, folder: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut fields = line.split(' ');
        let (Some(_), Some(point), Some(kind)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let point = unescape(point);
        let depth = point.components().count();
        if folder.starts_with(&point) && best.is_none_or(|(deepest, _)| depth >= deepest) {
            best = Some((depth, kind));
        }
    }
    best.map(|(_, kind)| kind.to_owned())
}

/// The kernel writes space, tab, newline and backslash as octal escapes.
fn unescape(point: &str) -> PathBuf {
    let point = point.replace("\\040", " ").replace("\\011", "\t");
    PathBuf::from(point.replace("\\012", "\n").replace("\\134", "\\"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{in_table, of};

    const MOUNTS: &str = "/dev/vda / ext4 rw 0 0\n\
        tmpfs /dev/shm tmpfs rw 0 0\n\
        overlay /dev/shm overlay rw 0 0\n\
        tmpfs /mnt/my\\040disk tmpfs rw 0 0\n";

    #[test]
    fn the_deepest_and_latest_mount_point_counts() {
        let kind = |folder| in_table(MOUNTS, Path::new(folder));
        assert_eq!(kind("/tmp/x").as_deref(), Some("ext4"));
        assert_eq!(kind("/dev/shm/x").as_deref(), Some("overlay"));
        assert_eq!(kind("/mnt/my disk/x").as_deref(), Some("tmpfs"));
    }

    #[test]
    fn a_mount_point_is_a_whole_name_and_not_the_beginning_of_one() {
        assert_eq!(
            in_table(MOUNTS, Path::new("/dev/shmoo")).as_deref(),
            Some("ext4")
        );
    }

    #[test]
    fn a_table_without_the_folder_and_a_folder_that_is_not_there_are_unknown() {
        assert_eq!(in_table("", Path::new("/tmp")), None);
        assert_eq!(of(Path::new("/no/such/folder")), None);
    }
}
