//! Libraries that look like clients of other systems and have no model: what is done with them is not seen.
//!
//! Owns: which of the libraries that manifests name are imported, and counting by whom. Does not own: what tells a client
//! (`models::clients`), or what is imported (`program::coverage`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::finding::Unmodelled;
use crate::models::Models;
use crate::models::clients::Clients;
use crate::program::modules::golang::required;
use crate::source::Ecosystem;
use crate::source::manifest::{Manifest, split_package};

/// The parts of a `package.json` that name libraries.
const DEPENDENCIES: [&str; 4] =
    ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/// Libraries that manifests name, and how many files import each.
pub(super) struct Libraries<'c> {
    ecosystem: Ecosystem,
    clients: &'c Clients,
    models: &'c Models,
    /// What manifests name.
    named: BTreeSet<String>,
    /// How many files import what is named.
    files: BTreeMap<String, usize>,
}

impl<'c> Libraries<'c> {
    /// What the manifests of a language family name.
    pub(super) fn of(
        ecosystem: Ecosystem,
        manifests: &[Manifest],
        models: &'c Models,
        clients: &'c Clients,
    ) -> Self {
        let (mut named, mut own) = (BTreeSet::new(), BTreeSet::new());
        match ecosystem {
            Ecosystem::Ecmascript => {
                for manifest in manifests.iter().filter(|manifest| manifest.name() == "package.json") {
                    let Ok(value) = manifest.json() else { continue };
                    let sections = DEPENDENCIES.iter().filter_map(|part| value.get(part)?.as_object());
                    named.extend(sections.flat_map(|section| section.keys().cloned()));
                    own.extend(value.get("name").and_then(Value::as_str).map(str::to_owned));
                }
            }
            Ecosystem::Go => {
                for manifest in manifests.iter().filter(|manifest| manifest.name() == "go.mod") {
                    let (module, needed) = required(&manifest.text);
                    named.extend(needed);
                    own.extend(module);
                }
            }
        }
        // What is of the tree is looked at itself.
        named.retain(|name| !own.contains(name));
        Self { ecosystem, clients, models, named, files: BTreeMap::new() }
    }

    /// Counts what one file imports.
    pub(super) fn add(&mut self, imported: &[String]) {
        let named: BTreeSet<&str> = imported.iter().filter_map(|module| self.named_by(module)).collect();
        let named: Vec<String> = named.into_iter().map(str::to_owned).collect();
        for name in named {
            *self.files.entry(name).or_default() += 1;
        }
    }

    /// The library of a module, as manifests name it.
    fn named_by<'m>(&self, module: &'m str) -> Option<&'m str> {
        match self.ecosystem {
            Ecosystem::Ecmascript => Some(split_package(module).0).filter(|name| self.named.contains(*name)),
            Ecosystem::Go => {
                let ends = module.match_indices('/').map(|(at, _)| at).chain([module.len()]);
                let longest_first = ends.collect::<Vec<_>>().into_iter().rev();
                longest_first.map(|end| &module[..end]).find(|name| self.named.contains(*name))
            }
        }
    }

    /// Those that look like clients and that no model knows a part of.
    pub(super) fn told(&self) -> Vec<Unmodelled> {
        let told = self.files.iter().filter_map(|(name, files)| {
            let looks_like = self.clients.kind(name)?.to_owned();
            let is_known = self.models.knows_part_of(self.ecosystem, name);
            (!is_known).then(|| Unmodelled { name: name.clone(), looks_like, files: *files })
        });
        told.collect()
    }
}
