//! Whether a project is one process by what it depends on: it keeps its data in a file beside it, and has nothing by which processes
//! could share some.
//!
//! Owns: telling that by manifests. Does not own: which packages tell it (`rules/code.yaml`), what the team says (`config`), or
//! which rules then do not run (`run`).

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::packages::dependencies;
use crate::source::Manifest;

/// How such projects are told.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OneProcess {
    /// Databases that live in the process, on a disk that no other opens.
    embedded: FxHashSet<String>,
    /// What many processes share: databases, stores, brokers, clouds. What a name is of counts as well (`@aws-sdk` of
    /// `@aws-sdk/client-s3`).
    shared: FxHashSet<String>,
}

impl OneProcess {
    /// The embedded database, by name, if it is all that some manifests depend on to keep data.
    pub(super) fn embedded_alone(&self, manifests: &[Manifest]) -> Option<String> {
        let names: Vec<String> = manifests.iter().flat_map(required).collect();
        if names.iter().any(|name| is_below_one(&self.shared, name)) {
            return None;
        }
        names.into_iter().filter(|name| self.embedded.contains(name)).min()
    }
}

fn is_below_one(known: &FxHashSet<String>, name: &str) -> bool {
    let folders = name.match_indices('/').map(|(end, _)| &name[..end]);
    folders.chain([name]).any(|name| known.contains(name))
}

/// What a manifest says that the code needs where it runs, outright.
fn required(manifest: &Manifest) -> Vec<String> {
    match manifest.name() {
        "package.json" => {
            let value = manifest.json().unwrap_or_default();
            let [used, peers, _] = dependencies(&value);
            used.into_iter().chain(peers).map(str::to_owned).collect()
        }
        "go.mod" => manifest.text.lines().filter_map(module_of).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The module of a line of `go.mod` that requires one, unless only others need it.
fn module_of(line: &str) -> Option<&str> {
    let line = line.trim();
    let line = line.strip_prefix("require ").unwrap_or(line).trim_start();
    let (module, version) = line.split_once(' ')?;
    (version.starts_with('v') && !line.ends_with("// indirect")).then_some(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(manifests: &[(&str, &str)]) -> Option<String> {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let known = OneProcess {
            embedded: set(&["lite", "example.com/lite"]),
            shared: set(&["pg", "@cloud", "example.com/pg"]),
        };
        let manifests =
            manifests.iter().map(|(path, text)| Manifest { path: path.into(), text: (*text).into() });
        known.embedded_alone(&manifests.collect::<Vec<_>>())
    }

    #[test]
    fn a_database_beside_the_process_tells_one_unless_something_is_shared() {
        let lite = r#"{"dependencies": {"lite": "1", "express": "4"}}"#;
        assert_eq!(told(&[("package.json", lite)]), Some("lite".to_owned()));
        assert_eq!(
            told(&[("package.json", r#"{"dependencies": {"express": "4"}}"#)]),
            None,
            "nothing is known"
        );
        assert_eq!(
            told(&[("package.json", r#"{"devDependencies": {"lite": "1"}}"#)]),
            None,
            "not where it runs"
        );
        for shared in ["pg", "@cloud/files"] {
            let text = format!(r#"{{"dependencies": {{"{shared}": "1"}}}}"#);
            assert_eq!(told(&[("package.json", lite), ("b/package.json", &text)]), None, "{shared}");
        }
        let tests = r#"{"devDependencies": {"pg": "1"}}"#;
        assert_eq!(told(&[("package.json", lite), ("b/package.json", tests)]), Some("lite".to_owned()));
    }

    #[test]
    fn modules_of_go_are_read_without_those_that_others_need() {
        let lite =
            "module a\n\nrequire (\n\texample.com/lite v1.2.3\n\texample.com/pg v1.0.0 // indirect\n)\n";
        assert_eq!(told(&[("go.mod", lite)]), Some("example.com/lite".to_owned()));
        let both = "module a\nrequire example.com/lite v1.2.3\nrequire example.com/pg/v5 v5.0.0\n";
        assert_eq!(told(&[("go.mod", both)]), None);
        assert_eq!(told(&[("go.sum", lite)]), None, "no manifest");
    }
}
