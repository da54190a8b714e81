//! What compiler settings say of import paths: `paths`, `baseUrl`, `rootDirs`.
//!
//! Owns: reading `tsconfig*.json` and `jsconfig*.json`, what they take over by `extends`, which of them count in a directory.
//! Does not own: which files the targets are.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::packages::Packages;
use super::patterns::Patterns;
use super::tree::{self, join};
use crate::source::manifest::{self, Manifest, Problem};

/// How many files settings may be made of.
const MAX_EXTENDED: usize = 32;

/// What stands for the directory of the settings that extend others.
const CONFIG_DIRECTORY: &str = "${configDir}";

/// Settings that say something of import paths.
#[derive(Debug)]
pub(super) struct Config {
    /// Where bare names are looked for first.
    pub(super) base: Option<String>,
    /// Position among [`Configs::patterns`].
    pub(super) patterns: Option<usize>,
    /// Directories that count as one.
    pub(super) root_dirs: Vec<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Configs {
    /// Those that say something.
    pub(super) list: Vec<Config>,
    /// Their tables, with whole paths for targets; most settings share one.
    pub(super) patterns: Vec<Patterns>,
    /// Those that count in a directory, the most important first.
    by_directory: FxHashMap<String, Vec<usize>>,
    /// Directories that are written to, and where what is written comes from.
    pub(super) outputs: FxHashMap<String, Vec<String>>,
}

impl Configs {
    pub(super) fn new(manifests: &[Manifest], packages: &Packages, problems: &mut Vec<Problem>) -> Self {
        let reader = Reader::new(manifests, packages, problems);
        let mut configs = Self::default();
        let mut tables = FxHashMap::default();
        let positions: Vec<Option<usize>> = (0..reader.files.len())
            .map(|file| configs.add(reader.settings(file), &reader, &mut tables))
            .collect();
        for file in &reader.files {
            file.outputs(&mut configs.outputs);
        }
        for (directory, files) in reader.governing() {
            let mut found: Vec<usize> = files.into_iter().filter_map(|file| positions[file]).collect();
            let mut seen = FxHashSet::default();
            found.retain(|config| seen.insert(*config));
            if !found.is_empty() {
                configs.by_directory.insert(directory, found);
            }
        }
        configs
    }

    fn add(&mut self, settings: Settings, reader: &Reader, tables: &mut Tables) -> Option<usize> {
        let patterns = settings.paths.map(|(file, for_directory)| {
            let base = settings.base.clone().unwrap_or_else(|| reader.files[file].directory().to_owned());
            // Settings that extend the same ones have the same table.
            *tables.entry((file, for_directory.clone(), base.clone())).or_insert_with(|| {
                self.patterns.push(table(&reader.files[file].value, &for_directory, &base));
                self.patterns.len() - 1
            })
        });
        let patterns = patterns.filter(|position| !self.patterns[*position].is_empty());
        if patterns.is_none() && settings.base.is_none() && settings.root_dirs.is_empty() {
            return None;
        }
        self.list.push(Config { base: settings.base, patterns, root_dirs: settings.root_dirs });
        Some(self.list.len() - 1)
    }

    /// The settings that count in a directory, if it has some that say anything.
    pub(super) fn at(&self, directory: &str) -> Option<&[usize]> {
        self.by_directory.get(directory).map(Vec::as_slice)
    }

    /// The table of some settings.
    pub(super) fn table(&self, config: &Config) -> Option<&Patterns> {
        config.patterns.map(|position| &self.patterns[position])
    }
}

/// The table of `paths` in a file, for a directory where it matters for which, from where its targets count.
fn table(value: &Value, for_directory: &str, base: &str) -> Patterns {
    let paths =
        value.get("compilerOptions").and_then(|options| options.get("paths")).and_then(Value::as_object);
    let entries = paths.into_iter().flatten().map(|(name, targets)| {
        let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
        let inside = targets.filter(|target| !target.contains("node_modules"));
        let whole = |target: &str| absolute(base, &target.replace(CONFIG_DIRECTORY, for_directory));
        (name.clone(), inside.map(whole).collect())
    });
    // Only what is installed: as if it were not said.
    Patterns::new(entries.filter(|(_, targets): &(String, Vec<String>)| !targets.is_empty()))
}

fn absolute(directory: &str, path: &str) -> String {
    if path.starts_with('/') { join("", path) } else { join(directory, path) }
}

/// Tables by the file that has them, the directory for which it has them, and where their targets count from.
type Tables = FxHashMap<(usize, String, String), usize>;

/// What one file says together with what it extends.
#[derive(Debug, Default)]
struct Settings {
    base: Option<String>,
    /// The file that has the `paths`, and the directory for which it has them if that matters.
    paths: Option<(usize, String)>,
    root_dirs: Vec<String>,
}

struct File<'a> {
    manifest: &'a Manifest,
    path: String,
    value: Value,
}

impl File<'_> {
    fn directory(&self) -> &str {
        tree::parent(&self.path).unwrap_or_default()
    }

    /// Adds where the compiler writes to. Writing beside the sources tells nothing.
    fn outputs(&self, outputs: &mut FxHashMap<String, Vec<String>>) {
        let directory = self.directory();
        let option = |key: &str| {
            let path = self.value.get("compilerOptions")?.get(key)?.as_str()?;
            Some(absolute(directory, &path.replace(CONFIG_DIRECTORY, directory)))
        };
        let root = option("rootDir");
        for written in ["outDir", "declarationDir"].into_iter().filter_map(option) {
            if !directory.starts_with(&written) {
                let sources = [join(directory, "src"), directory.to_owned()];
                outputs.entry(written).or_default().extend(root.iter().cloned().chain(sources));
            }
        }
    }
}

struct Reader<'a> {
    files: Vec<File<'a>>,
    by_path: FxHashMap<String, usize>,
    packages: &'a Packages,
}

impl<'a> Reader<'a> {
    fn new(manifests: &'a [Manifest], packages: &'a Packages, problems: &mut Vec<Problem>) -> Self {
        let mut reader = Self { files: Vec::new(), by_path: FxHashMap::default(), packages };
        // Of what is no package and has another name something must have been extended.
        let others = ["package.json", "pnpm-workspace.yaml", "go.mod", "go.work"];
        for manifest in manifests.iter().filter(|manifest| !others.contains(&manifest.name())) {
            match manifest.json() {
                Ok(value) => {
                    let path = tree::text_of(&manifest.path);
                    reader.by_path.insert(path.clone(), reader.files.len());
                    reader.files.push(File { manifest, path, value });
                }
                Err(what) => problems.push(Problem { path: manifest.path.clone(), what }),
            }
        }
        reader
    }

    fn settings(&self, file: usize) -> Settings {
        let mut settings = Settings::default();
        self.overlay(file, self.files[file].directory(), &mut Vec::new(), &mut settings);
        settings
    }

    /// Lays what a file says over what those say that it extends, each once; `for_directory` is what `${configDir}` stands for.
    fn overlay(&self, file: usize, for_directory: &str, seen: &mut Vec<usize>, settings: &mut Settings) {
        let File { manifest, path, value } = &self.files[file];
        seen.push(file);
        let named = |name: &str| self.packages.directory_of(name).map(Into::into);
        for parent in manifest::parents(&manifest.path, value, named) {
            let Some(parent) = self.by_path.get(&tree::text_of(&parent)) else { continue };
            if seen.len() < MAX_EXTENDED && !seen.contains(parent) {
                self.overlay(*parent, for_directory, seen, settings);
            }
        }
        let Some(options) = value.get("compilerOptions") else { return };
        let directory = tree::parent(path).unwrap_or_default();
        let whole = |path: &str| absolute(directory, &path.replace(CONFIG_DIRECTORY, for_directory));
        if let Some(base) = options.get("baseUrl").and_then(Value::as_str) {
            settings.base = Some(whole(base));
        }
        if options.get("paths").is_some_and(Value::is_object) {
            let matters = manifest.text.contains(CONFIG_DIRECTORY);
            settings.paths = Some((file, if matters { for_directory.to_owned() } else { String::new() }));
        }
        if let Some(roots) = options.get("rootDirs").and_then(Value::as_array) {
            settings.root_dirs = roots.iter().filter_map(Value::as_str).map(whole).collect();
        }
    }

    /// The files that count in each directory: `tsconfig.json` and what it refers to, then `jsconfig.json`, then others by name.
    fn governing(&self) -> Vec<(String, Vec<usize>)> {
        let mut directories: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        let mut order = Vec::new();
        let ours = |file: &&usize| manifest::is_compiler_config(self.files[**file].manifest.name());
        for file in (0..self.files.len()).collect::<Vec<_>>().iter().filter(ours) {
            let directory = tree::parent(&self.files[*file].path).unwrap_or_default();
            let files = directories.entry(directory).or_default();
            if files.is_empty() {
                order.push(directory);
            }
            files.push(*file);
        }
        let governed = order.into_iter().map(|directory| {
            let mut files = directories.remove(directory).unwrap_or_default();
            files.sort_by_key(|file| importance(self.files[*file].manifest.name()));
            let main = files.first().copied();
            let referred = main.map(|main| self.referred(main)).unwrap_or_default();
            files.splice(1..1, referred);
            (directory.to_owned(), files)
        });
        governed.collect()
    }

    /// The files that one refers to, and those that they do, where it has no paths of its own. Of other directories only those
    /// that say which files elsewhere they are about.
    fn referred(&self, main: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = vec![main];
        let home = tree::parent(&self.files[main].path).unwrap_or_default();
        while let Some(file) = open.pop() {
            let File { path, value, .. } = &self.files[file];
            let directory = tree::parent(path).unwrap_or_default();
            let references = value.get("references").and_then(Value::as_array).into_iter().flatten();
            for place in references.filter_map(|reference| reference.get("path")?.as_str()) {
                let place = join(directory, place);
                let candidates = [place.clone(), place + "/tsconfig.json"];
                let known = candidates.iter().find_map(|place| self.by_path.get(place).copied());
                let Some(known) = known.filter(|known| *known != main && !found.contains(known)) else {
                    continue;
                };
                if self.is_about(known, home) {
                    found.push(known);
                    open.push(known);
                }
            }
        }
        found
    }

    /// Whether settings are about files of a directory: they stand in it, or name files outside their own.
    fn is_about(&self, file: usize, directory: &str) -> bool {
        let File { path, value, .. } = &self.files[file];
        let included = ["include", "files"].iter().filter_map(|key| value.get(key)?.as_array()).flatten();
        tree::parent(path) == Some(directory)
            || included.filter_map(Value::as_str).any(|included| included.starts_with(".."))
    }
}

fn importance(name: &str) -> u8 {
    match name {
        "tsconfig.json" => 0,
        "jsconfig.json" => 1,
        _ => 2,
    }
}
