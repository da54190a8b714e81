//! Who can use what files declare: of applications the tree itself alone, when the whole repository is looked at; what Go exports
//! outside of `internal` others may import all the same.
//!
//! Owns: telling applications from libraries by manifests and places. Does not own: what is used (`program`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use crate::program::reach::used::Users;
use crate::source::manifest::Manifest;
use crate::source::{Ecosystem, FoundFile, upward};

use super::whole::{Part, TreeFiles};

/// What the `package.json` of something that others may depend on says.
const FOR_OTHERS: [&str; 7] =
    ["exports", "module", "types", "typings", "files", "publishConfig", "peerDependencies"];

/// The package that a Go program begins in.
const MAIN: &str = "main";

/// A folder in Go that only what lies beside it may import from.
const INTERNAL: &str = "internal";

/// Who can use what each file declares.
pub(super) fn users(ecosystem: Ecosystem, parts: &[Part<'_>], tree: &TreeFiles<'_>) -> Vec<Users> {
    let roots = roots(tree.files);
    let applications = match ecosystem {
        Ecosystem::Go => go_applications(parts, tree),
        Ecosystem::Ecmascript => packages(tree.manifests),
    };
    let of_file = |part: &Part<'_>| {
        let file = &tree.files[part.position];
        let Some(root) = named(file).filter(|root| roots[root]) else { return Users::Anybody };
        let mut folders = file.path.ancestors().skip(1).take_while(|folder| folder.starts_with(&root));
        let is_application = folders.find_map(|folder| applications.get(folder)).copied().unwrap_or(false);
        match ecosystem {
            _ if !is_application => Users::Anybody,
            Ecosystem::Go if !is_main(part) && !is_internal(&file.path) => Users::AnybodyOfExports,
            Ecosystem::Ecmascript | Ecosystem::Go => Users::TheTree,
        }
    };
    parts.iter().map(of_file).collect()
}

/// Whether a file is of a Go program's own package.
fn is_main(part: &Part<'_>) -> bool {
    part.facts.package.is_some_and(|name| part.facts.name(name) == MAIN)
}

fn is_internal(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == INTERNAL)
}

/// The folders that were named on the command line and files were found in, each with whether it holds all that may use what is in
/// it: the one thing found here that neither files nor manifests of the tree say.
pub(super) fn roots(files: &[FoundFile]) -> BTreeMap<PathBuf, bool> {
    let mut roots = BTreeMap::new();
    for file in files {
        if let Some(root) = named(file)
            && !roots.contains_key(&root)
        {
            let is_whole = holds_all(&root);
            roots.insert(root, is_whole);
        }
    }
    roots
}

/// The folder that was named on the command line and a file was found in.
fn named(file: &FoundFile) -> Option<PathBuf> {
    let below = Path::new(&file.below).components().count();
    (below > 0).then(|| file.path.ancestors().nth(below).map(Path::to_path_buf)).flatten()
}

/// Whether a folder holds all that may use what is in it: it is a repository, or nothing around it is one or a module.
fn holds_all(folder: &Path) -> bool {
    let is_part = |above: &Path| {
        [".git", "package.json", "go.mod", "go.work"].iter().any(|name| upward::is_there(&above.join(name)))
    };
    upward::is_there(&folder.join(".git")) || !folder.ancestors().skip(1).any(is_part)
}

/// The folders of packages, each with whether it is an application.
fn packages(manifests: &[Manifest]) -> FxHashMap<PathBuf, bool> {
    let packages = manifests.iter().filter(|manifest| manifest.name() == "package.json");
    let found = packages.filter_map(|manifest| {
        let value = manifest.json().ok()?;
        let private = value.get("private").and_then(Value::as_bool).unwrap_or(false);
        let for_others = FOR_OTHERS.iter().any(|key| value.get(key).is_some());
        Some((manifest.path.parent()?.to_path_buf(), private || !for_others))
    });
    found.collect()
}

/// The folders of Go modules, each with whether it is an application: it has a program, and nothing to import at its root.
fn go_applications(parts: &[Part<'_>], tree: &TreeFiles<'_>) -> FxHashMap<PathBuf, bool> {
    let modules = tree.manifests.iter().filter(|manifest| manifest.name() == "go.mod");
    let modules: FxHashSet<&Path> = modules.filter_map(|manifest| manifest.path.parent()).collect();
    let mut found: FxHashMap<PathBuf, bool> =
        modules.iter().map(|folder| (folder.to_path_buf(), false)).collect();
    let mut libraries: Vec<&Path> = Vec::new();
    for part in parts {
        let Some(folder) = tree.files[part.position].path.parent() else { continue };
        if is_main(part) && part.looked_at {
            let module = folder.ancestors().find(|above| modules.contains(above));
            if let Some(is) = module.and_then(|module| found.get_mut(module)) {
                *is = true;
            }
        } else if !is_main(part) && modules.contains(folder) {
            libraries.push(folder);
        }
    }
    for folder in libraries {
        found.insert(folder.to_path_buf(), false);
    }
    found
}
