//! Looking for files in a folder and those above it.
//!
//! Owns: where the search begins and ends. Does not own: what the files say.

use std::path::{Path, PathBuf};

use super::walk::tidy;

/// The files called `name` in `folder` and above it, the nearest first, up to the root of the repository; without a repository
/// around it, up to the top.
pub fn files(folder: &Path, name: &str) -> Vec<PathBuf> {
    let last = repository(folder);
    let mut found = Vec::new();
    for above in folder.ancestors() {
        let file = above.join(name);
        // What is no file is told when it is read: it may not count as absent.
        if is_there(&file) {
            found.push(file);
        }
        if last.as_deref() == Some(above) {
            break;
        }
    }
    found
}

/// The root of the repository around a folder: the nearest with `.git` in it.
pub fn repository(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|above| above.join(".git").exists()).map(Path::to_path_buf)
}

/// Whether something lies outside of the repository around a folder, links resolved. Nothing does where there is none, and what is
/// not there lies nowhere.
pub fn leaves_repository(folder: &Path, target: &Path) -> bool {
    let Some(root) = repository(folder) else { return false };
    match (target.canonicalize(), root.canonicalize()) {
        (Ok(target), Ok(root)) => !target.starts_with(root),
        _ => !tidy(target).starts_with(tidy(&root)),
    }
}

/// Whether there is a folder.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether there is anything of that name.
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The deepest folder around all of some files and folders.
pub fn folder_around(paths: &[PathBuf], directory: &Path) -> PathBuf {
    let folder_of = |path: &PathBuf| {
        let whole = tidy(&directory.join(path));
        if whole.is_dir() { whole } else { whole.parent().map_or_else(PathBuf::new, Path::to_path_buf) }
    };
    let mut folders = paths.iter().map(folder_of);
    let Some(mut around) = folders.next() else { return tidy(directory) };
    for folder in folders {
        while !folder.starts_with(&around) && around.pop() {}
    }
    around
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_search_ends_at_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("repository/a/b");
        fs::create_dir_all(&folder).unwrap();
        fs::create_dir(root.path().join("repository/.git")).unwrap();
        for name in ["x", "repository/x", "repository/a/b/x"] {
            fs::write(root.path().join(name), "").unwrap();
        }
        let found: Vec<PathBuf> =
            ["repository/a/b/x", "repository/x"].map(|name| root.path().join(name)).into();
        assert_eq!(files(&folder, "x"), found);
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_out_of_a_repository_as_well() {
        let root = tempfile::tempdir().unwrap();
        let inside = root.path().join("repository/a");
        fs::create_dir_all(&inside).unwrap();
        fs::create_dir(root.path().join("repository/.git")).unwrap();
        fs::write(root.path().join("secret"), "").unwrap();
        fs::write(inside.join("own"), "").unwrap();
        std::os::unix::fs::symlink("../../secret", inside.join("link")).unwrap();
        let leaves = |path: &str| leaves_repository(&inside, &inside.join(path));
        assert_eq!(["own", "gone", "link", "../../secret"].map(leaves), [false, false, true, true]);
        assert!(!leaves_repository(root.path(), &root.path().join("secret")));
    }

    #[test]
    fn the_folder_around_paths_holds_all_of_them() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        fs::create_dir_all(root.path().join("a/c")).unwrap();
        let around = |paths: &[&str]| {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            folder_around(&paths, root.path())
        };
        assert_eq!(around(&["a/b"]), root.path().join("a/b"));
        assert_eq!(around(&["a/b/x.ts"]), root.path().join("a/b"));
        assert_eq!(around(&["a/b", "a/c"]), root.path().join("a"));
        assert_eq!(around(&["."]), root.path());
    }
}
