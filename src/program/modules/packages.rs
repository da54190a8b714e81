//! The packages of the tree: what each `package.json` says.
//!
//! Owns: reading them, and finding packages by name and by directory. Does not own: which files their entries are.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::patterns::Patterns;
use super::tree::{self, join};
use crate::source::manifest::{Manifest, Problem};

/// One `package.json`.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// Where it is.
    pub(super) directory: String,
    name: Option<String>,
    version: Option<String>,
    /// Where the package may be entered; the name of an entry is what follows the package's name and a slash.
    pub(super) exports: Patterns,
    /// `#names` of its own.
    pub(super) imports: Patterns,
    /// Other names of its own that are resolved when it runs.
    pub(super) aliases: Patterns,
    /// Its entry by the older fields, the source first.
    pub(super) entries: Vec<String>,
    /// What it depends on, and in which versions.
    dependencies: FxHashMap<String, String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// In order of the manifests.
    pub(super) list: Vec<Package>,
    by_directory: FxHashMap<String, usize>,
    by_name: FxHashMap<String, Vec<usize>>,
}

impl Packages {
    pub(super) fn new(manifests: &[Manifest], problems: &mut Vec<Problem>) -> Self {
        let mut packages = Self::default();
        for manifest in manifests.iter().filter(|manifest| manifest.name() == "package.json") {
            let path = tree::text_of(&manifest.path);
            let Some(directory) = tree::parent(&path) else { continue };
            match manifest.json() {
                Ok(value) => packages.add(Package::read(directory, &value)),
                Err(what) => problems.push(Problem { path: manifest.path.clone(), what }),
            }
        }
        packages
    }

    fn add(&mut self, package: Package) {
        let position = self.list.len();
        self.by_directory.insert(package.directory.clone(), position);
        if let Some(name) = &package.name {
            self.by_name.entry(name.clone()).or_default().push(position);
        }
        self.list.push(package);
    }

    /// The package whose root a directory is.
    pub(super) fn at(&self, directory: &str) -> Option<usize> {
        self.by_directory.get(directory).copied()
    }

    /// The directory of the package of this name.
    pub(super) fn directory_of(&self, name: &str) -> Option<&str> {
        let position = self.by_name.get(name)?.first()?;
        Some(&self.list[*position].directory)
    }

    /// The package that a name means in a directory; `around` are the packages that it is in, innermost first.
    pub(super) fn named(&self, name: &str, directory: &str, around: &[usize]) -> Option<usize> {
        let Some((lister, range)) = self.listed(name, around) else { return self.nearest(name, directory) };
        if let Some(place) = place_of(range) {
            return self.at(&join(&self.list[lister].directory, place));
        }
        let (name, range) = other_name(range).unwrap_or((name, range));
        let package = self.nearest(name, directory)?;
        let fits = fits(range, self.list[package].version.as_deref());
        (fits || around.contains(&package)).then_some(package)
    }

    /// Whether a package around lists a library of this name among what it depends on.
    pub(super) fn is_listed(&self, name: &str, around: &[usize]) -> bool {
        self.listed(name, around).is_some()
    }

    fn listed(&self, name: &str, around: &[usize]) -> Option<(usize, &str)> {
        around
            .iter()
            .find_map(|&package| Some((package, self.list[package].dependencies.get(name)?.as_str())))
    }

    /// Of several packages with one name (examples, templates) the one with which a directory shares the most.
    fn nearest(&self, name: &str, directory: &str) -> Option<usize> {
        let shared = |package: &usize| {
            let parts = self.list[*package].directory.split('/').zip(directory.split('/'));
            parts.take_while(|(a, b)| a == b).count()
        };
        match self.by_name.get(name)?.as_slice() {
            [only] => Some(*only),
            several => several.iter().rev().max_by_key(|package| shared(package)).copied(),
        }
    }
}

/// The place that a dependency is taken from, if its version is one.
fn place_of(range: &str) -> Option<&str> {
    let (protocol, place) = range.split_once(':')?;
    match protocol {
        "file" | "link" | "portal" => Some(place),
        "workspace" if place.contains('/') && !place.contains('@') => Some(place),
        _ => None,
    }
}

/// The package that stands behind another name, and the range of its versions.
fn other_name(range: &str) -> Option<(&str, &str)> {
    let other = range.strip_prefix("npm:").or_else(|| range.strip_prefix("workspace:"))?;
    other.rsplit_once('@').filter(|(name, _)| !name.is_empty())
}

/// Whether a package of the tree can be what a range of versions asks for: else a library has the same name.
fn fits(range: &str, version: Option<&str>) -> bool {
    let range = range.trim_start_matches("workspace:");
    let is_digit = |c: char| c.is_ascii_digit();
    if !range.contains(is_digit) || range.starts_with('>') {
        return true;
    }
    let major = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty()).map(str::to_owned)
    };
    let wanted = range.split([' ', '|', ',']).filter_map(major);
    version.and_then(major).is_some_and(|ours| wanted.into_iter().any(|wanted| wanted == ours))
}

impl Package {
    fn read(directory: &str, value: &Value) -> Self {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let fields = ["source", "module", "main", "types", "typings"];
        let tables = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
        let dependencies = tables.iter().filter_map(|key| value.get(key)?.as_object()).flatten();
        Self {
            directory: directory.to_owned(),
            name: text("name").filter(|name| !name.is_empty()),
            version: text("version"),
            exports: value.get("exports").map(exports).unwrap_or_default(),
            imports: value.get("imports").and_then(Value::as_object).map(table).unwrap_or_default(),
            aliases: value.get("_moduleAliases").and_then(Value::as_object).map(aliases).unwrap_or_default(),
            entries: fields.into_iter().filter_map(text).collect(),
            dependencies: dependencies
                .filter_map(|(name, range)| Some((name.clone(), range.as_str()?.to_owned())))
                .collect(),
        }
    }
}

/// The table of `exports`, with names as they follow the package's and a slash.
fn exports(value: &Value) -> Patterns {
    match value.as_object() {
        Some(map) if map.keys().any(|key| key.starts_with('.')) => {
            Patterns::new(map.iter().map(|(name, value)| {
                let name = name.trim_start_matches('.').trim_start_matches('/');
                let all = |target: String| if target.ends_with('/') { target + "*" } else { target };
                if name.ends_with('/') {
                    (format!("{name}*"), leaves(value).into_iter().map(all).collect())
                } else {
                    (name.to_owned(), leaves(value))
                }
            }))
        }
        _ => Patterns::new([(String::new(), leaves(value))]),
    }
}

fn table(map: &Map<String, Value>) -> Patterns {
    Patterns::new(map.iter().map(|(name, value)| (name.clone(), leaves(value))))
}

/// Names that stand for a directory or a file, and for all below it.
fn aliases(map: &Map<String, Value>) -> Patterns {
    let given = map.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    Patterns::new(given.flat_map(|(name, target)| {
        [(name.clone(), vec![format!("./{target}")]), (format!("{name}/*"), vec![format!("./{target}/*")])]
    }))
}

/// The targets under all conditions, those first that are nearest to the source and to a server.
fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::String(target) => vec![target.clone()],
        Value::Array(several) => several.iter().flat_map(leaves).collect(),
        Value::Object(conditions) => {
            let mut conditions: Vec<_> = conditions.iter().collect();
            conditions.sort_by_key(|(name, _)| rank(name));
            conditions.into_iter().flat_map(|(_, value)| leaves(value)).collect()
        }
        _ => Vec::new(),
    }
}

fn rank(condition: &str) -> usize {
    const KNOWN: [&str; 9] =
        ["node", "import", "module", "require", "default", "types", "browser", "worker", "react-native"];
    // What nobody else knows is of the project, and most often names its sources.
    KNOWN.iter().position(|known| *known == condition).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_tell_a_library_of_the_same_name() {
        for (range, version, expected) in [
            ("*", None, true),
            ("workspace:*", None, true),
            ("latest", Some("1.0.0"), true),
            ("^4.1.0", Some("4.9.0"), true),
            ("^4.1.0", Some("1.0.0"), false),
            ("^4.1.0", None, false),
            ("^3 || ^4", Some("4.0.0"), true),
            (">=1", Some("2.0.0"), true),
            ("workspace:^2.0.0", Some("2.1.0"), true),
        ] {
            assert_eq!(fits(range, version), expected, "{range} {version:?}");
        }
    }

    #[test]
    fn conditions_are_flattened_with_the_source_first() {
        let value = serde_json::json!({
            "browser": "./b.js",
            "types": "./t.d.ts",
            "import": {"default": "./i.mjs", "development": "./src/i.ts"},
            "default": ["./d.js", null],
            "@acme/source": "./src/s.ts",
        });
        assert_eq!(leaves(&value), ["./src/s.ts", "./src/i.ts", "./i.mjs", "./d.js", "./t.d.ts", "./b.js"]);
    }
}
