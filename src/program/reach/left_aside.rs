//! Files that were left behind (ECMAScript): nobody imports them, though what stands beside them is imported file by file.
//!
//! A framework may load a folder by itself, and a process may begin with any file. So a file counts only if it does nothing when it is
//! loaded, most of its folder is imported by name, nothing in its package loads files that are not named, and nothing says its name.
//!
//! Owns: telling these files. Does not own: what else is not used (`used`).

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{ExprKind, StmtKind};
use crate::program::Program;
use crate::program::modules::Target;
use crate::program::reach::used::Users;
use crate::source::Ecosystem;

/// What a folder is imported by.
const INDEX: &str = "index";

/// Where files stand, and what is said of them outside of the program.
pub struct Outside<'o> {
    /// Their paths; empty where nobody asks.
    pub paths: Vec<&'o Path>,
    /// The folders of packages, each with whether all that may import their files is read.
    pub packages: FxHashMap<&'o Path, bool>,
    /// What the manifests say.
    pub manifests: Vec<&'o str>,
}

impl<'o> Outside<'o> {
    /// The folder of the package that a file belongs to.
    pub(super) fn package(&self, file: usize) -> Option<&'o Path> {
        self.paths[file].ancestors().skip(1).find(|folder| self.packages.contains_key(folder))
    }

    /// Whether a manifest says a file's name.
    pub(super) fn is_named(&self, stem: &str) -> bool {
        self.manifests.iter().any(|text| text.contains(stem))
    }
}

impl Program<'_> {
    /// Which files nobody imports but others of the same kind, by where they stand.
    pub(super) fn left_aside(&self, users: &[Users], outside: &Outside<'_>) -> Vec<bool> {
        let mut aside = vec![false; self.file_count()];
        if self.ecosystem != Ecosystem::Ecmascript || outside.paths.len() != self.file_count() {
            return aside;
        }
        let importers = self.importers();
        let loading: FxHashSet<&Path> = (0..self.file_count())
            .filter(|file| self.loads_unnamed(*file))
            .filter_map(|file| outside.package(file))
            .collect();
        let said = self.said_files();
        let may_be: Vec<bool> = (0..self.file_count())
            .map(|file| {
                let stem = stem(outside.paths[file]);
                users[file] == Users::TheTree
                    && self.looked_at[file]
                    && outside.package(file).is_some_and(|package| {
                        outside.packages[package]
                            && outside.paths[file].parent() != Some(package)
                            && !loading.contains(package)
                    })
                    && stem != INDEX
                    && !outside.is_named(stem)
                    && !said.contains(stem)
                    && !self.does_something(file)
            })
            .collect();
        // Each round finds what the last one brought about; there are only so many files.
        loop {
            let is = |file: &usize| {
                may_be[*file] && !aside[*file] && importers[*file].iter().all(|importer| aside[*importer])
            };
            let found: Vec<usize> = (0..aside.len()).filter(is).collect();
            if found.is_empty() {
                break;
            }
            found.into_iter().for_each(|file| aside[file] = true);
        }
        let mut folders: FxHashMap<&Path, (usize, usize)> = FxHashMap::default();
        for (file, path) in outside.paths.iter().enumerate() {
            let Some(folder) = path.parent() else { continue };
            let (imported, left) = folders.entry(folder).or_default();
            if importers[file].iter().any(|importer| !aside[*importer]) {
                *imported += 1;
            } else {
                *left += 1;
            }
        }
        let is_of_named = |path: &Path| {
            path.parent()
                .and_then(|folder| folders.get(folder))
                .is_some_and(|(imported, left)| imported > left)
        };
        for (file, path) in outside.paths.iter().enumerate() {
            aside[file] &= is_of_named(path);
        }
        aside
    }

    /// The files that import each file.
    fn importers(&self) -> Vec<Vec<usize>> {
        let mut importers = vec![Vec::new(); self.file_count()];
        for (file, target) in self.bindings.targets() {
            if let Target::File(to) = target
                && *to != file
                && let Some(of) = importers.get_mut(*to)
            {
                of.push(file);
            }
        }
        importers
    }

    /// Whether a file loads others that it does not name: `require(path.join(folder, name))`, `'dist/**/*.entity.js'`.
    fn loads_unnamed(&self, file: usize) -> bool {
        let text = self.texts[file];
        let loads = ["require(", "import("].iter().any(|call| {
            text.match_indices(call).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let after = text[at + call.len()..].trim_start();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
                    && !after.starts_with(['\'', '"', ')'])
                    && !(after.starts_with('`')
                        && !after[1..].split('`').next().unwrap_or_default().contains("${"))
                    && !after.starts_with("/*")
            })
        });
        let is_pattern = |text: &str| {
            text.contains('*')
                && !text.contains(' ')
                && [".js", ".ts", "{"].iter().any(|end| text.contains(end))
        };
        loads
            || self.parts[file].expr_ids().any(|expr| match self.facts.expr(expr).kind {
                ExprKind::Str(text) => is_pattern(self.facts.name(text)),
                _ => false,
            })
    }

    /// The last parts of all texts that may be paths, without their endings; but for what is imported.
    fn said_files(&self) -> FxHashSet<&str> {
        let texts = self.facts.exprs.iter().filter_map(|expr| match expr.kind {
            ExprKind::Str(text) => Some(self.facts.name(text)),
            _ => None,
        });
        texts.filter(|text| !text.contains(' ')).map(|text| stem(Path::new(text))).collect()
    }

    /// Whether a file does something when it is loaded, besides making and exporting what it declares.
    fn does_something(&self, file: usize) -> bool {
        let body = self.facts.function(self.parts[file].module()).body;
        self.facts.block(body).iter().any(|stmt| match self.facts.stmt(*stmt).kind {
            StmtKind::Expr(expr) => matches!(
                self.facts.expr(expr).kind,
                ExprKind::Call { .. }
                    | ExprKind::Await(_)
                    | ExprKind::Binary { .. }
                    | ExprKind::Unary { .. }
                    | ExprKind::Sequence(_)
            ),
            StmtKind::If { .. } | StmtKind::Loop { .. } | StmtKind::Try { .. } => true,
            _ => false,
        })
    }
}

/// The name of a file up to its first dot.
fn stem(path: &Path) -> &str {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}
