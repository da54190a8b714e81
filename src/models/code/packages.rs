//! What a `package.json` says of the code around it: whether it is of a front end or a command as a whole, and which files a person
//! starts.
//!
//! Owns: reading dependencies and kinds. Does not own: reading its commands (`by_hand`), which files are of which package (`run`).

use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::{Code, Kind, by_hand, is_of};
use crate::source::Manifest;

impl Code {
    /// The folders of packages, each with the kind that it is of as a whole, if it is.
    pub fn packages(&self, manifests: &[Manifest]) -> Vec<(PathBuf, Option<Kind>)> {
        let packages = manifests.iter().filter(|manifest| manifest.name() == "package.json");
        let folders = packages.filter_map(|manifest| {
            let folder = manifest.path.parent()?.to_path_buf();
            let value = manifest.json().ok()?;
            Some((folder, self.kind_of_package(&value)))
        });
        folders.collect()
    }

    /// The folders of packages, each with whether part of a front end may run on a server: it depends on a framework that does so.
    pub fn rendered(&self, manifests: &[Manifest]) -> FxHashMap<PathBuf, bool> {
        let packages = manifests.iter().filter(|manifest| manifest.name() == "package.json");
        let folders = packages.filter_map(|manifest| {
            let value = manifest.json().ok()?;
            let known = &self.front_end.but_frameworks;
            let is = dependencies(&value).iter().flatten().any(|name| known.contains(*name));
            Some((manifest.path.parent()?.to_path_buf(), is))
        });
        folders.collect()
    }

    /// The files that packages have a person start.
    pub fn run_by_hand(&self, manifests: &[Manifest]) -> FxHashSet<PathBuf> {
        let packages = manifests.iter().filter(|manifest| manifest.name() == "package.json");
        let files = packages.filter(|_| !self.choices.checks(Kind::Script)).flat_map(|manifest| {
            let found = manifest.path.parent().zip(manifest.json().ok());
            let files = found.map(|(folder, value)| {
                let files = by_hand::files(&value, &self.commands.by_hand, &self.commands.runners);
                files.into_iter().map(|file| folder.join(file)).collect::<Vec<_>>()
            });
            files.unwrap_or_default()
        });
        files.collect()
    }

    fn kind_of_package(&self, manifest: &Value) -> Option<Kind> {
        let kind = if self.is_front_end_package(manifest) {
            Kind::FrontEnd
        } else if self.is_command(manifest) {
            Kind::Script
        } else {
            return None;
        };
        Some(kind).filter(|kind| !self.choices.checks(*kind))
    }

    pub(super) fn is_front_end_package(&self, manifest: &Value) -> bool {
        let known = &self.front_end;
        let [used, peers, dev] = dependencies(manifest);
        let some_of = |list: &[&str], of: &FxHashSet<String>| list.iter().any(|name| is_of(of, name));
        let all = [&used[..], &peers[..], &dev[..]].concat();
        // Beside a front end that is shipped, a server is for those who work on it.
        let serving =
            if some_of(&used, &known.packages) { [&used[..], &peers[..]].concat() } else { all.clone() };
        let serves = |name: &&str| is_of(&known.but_packages, name) && !is_of(&known.but_of_files, name);
        some_of(&all, &known.packages)
            && !serving.iter().any(serves)
            && !all.iter().any(|name| known.but_frameworks.contains(*name))
    }

    /// Whether a package is a command that somebody starts and waits for, and serves nobody.
    pub(super) fn is_command(&self, manifest: &Value) -> bool {
        let known = &self.commands;
        let [used, peers, dev] = dependencies(manifest);
        let reads = |name: &&str| is_of(&known.parsers, name);
        let serves = |name: &&str| is_of(&known.but_packages, name);
        let runs_where_it_lies = used.is_empty() && peers.is_empty() && !dev.iter().any(serves);
        (manifest.get("bin").is_some() || runs_where_it_lies)
            && used.iter().chain(&dev).any(reads)
            && !used.iter().chain(&peers).any(serves)
    }
}

/// What a package depends on: where it runs, where it is used, and where somebody works on it.
pub(super) fn dependencies(manifest: &Value) -> [Vec<&str>; 3] {
    ["dependencies", "peerDependencies", "devDependencies"].map(|key| {
        let list = manifest.get(key).and_then(Value::as_object);
        list.into_iter().flat_map(|list| list.keys()).map(String::as_str).collect()
    })
}
