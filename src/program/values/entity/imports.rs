//! What comes from elsewhere: imports, exports, modules as a whole, and names that a file does not declare.
//!
//! Owns: from what a name means to what it is. Does not own: what import paths lead to (`names`, `modules`).

use crate::facts::{ExprId, ExprKind, Imported, Name};
use crate::program::View;
use crate::program::modules::Target;
use crate::program::names::Meaning;
use crate::program::values::entity::{Entity, Resolved};

/// How many files may hand on what another exports as a whole (`module.exports = require('./other')`).
const MAX_PARTS: u32 = 16;

impl View<'_> {
    /// `module.exports`, by which a file gets at what it exports itself: `module.exports.connect()`.
    pub(super) fn is_own_exports(&self, expr: ExprId) -> bool {
        let ExprKind::Member { object, name } = self.facts.expr(expr).kind else { return false };
        let ExprKind::Name { name: whole, var: None } = self.facts.expr(object).kind else { return false };
        self.facts.name(whole) == "module"
            && self.facts.name(name) == "exports"
            && self.bindings.is_exporting(self.file_of_expr(expr))
    }

    pub(super) fn unbound_entity(&self, file: usize, name: Name) -> Resolved {
        let text = self.facts.name(name);
        if text == "exports" && self.bindings.is_exporting(file) {
            return Resolved::sure(Entity::Module(file));
        }
        let package = self.package_called(file, text);
        Resolved::sure(package.unwrap_or_else(|| Entity::Global(text.into())))
    }

    /// An imported library that is called otherwise than its path says.
    pub(in crate::program) fn package_called(&self, file: usize, text: &str) -> Option<Entity> {
        let called = self.models.libraries_called(self.ecosystem(), text);
        if called.is_empty() {
            return None;
        }
        let imports = &self.facts.imports[self.program.parts[file].imports.clone()];
        let is_it = |module: &Name| self.libraries_of(*module).iter().any(|library| called.contains(library));
        imports.iter().map(|import| import.module).find(is_it).map(Entity::Package)
    }

    /// What `require('module')` in a file gives.
    pub(super) fn module_entity(&self, file: usize, module: Name) -> Resolved {
        match self.bindings.target(file, module) {
            Target::File(file) => self.whole_module(file),
            Target::Library => Resolved::sure(Entity::Package(module)),
            Target::Package(_) | Target::Asset | Target::NotRead | Target::Missing => {
                Resolved::sure(Entity::Outside)
            }
        }
    }

    /// A file of the tree as its importer sees it: what it exports as a whole, or all of its exports.
    pub(in crate::program) fn whole_module(&self, file: usize) -> Resolved {
        let whole = self.bindings.whole(file).map(|whole| self.entity(whole));
        match whole {
            Some(whole) if whole.is_here() && !matches!(whole.entity, Entity::Literal(_)) => whole,
            _ => Resolved::sure(Entity::Module(file)),
        }
    }

    /// A property of what a file exports as a whole. Files that export each other have no end.
    fn part_entity(&self, whole: ExprId, name: Name) -> Resolved {
        let depth = self.part_depth.get();
        if depth >= MAX_PARTS {
            return Resolved::unknown();
        }
        self.part_depth.set(depth + 1);
        let found = self.member_entity(&self.entity(whole), name);
        self.part_depth.set(depth);
        found
    }

    /// What an import or an export means.
    pub(in crate::program) fn meaning_entity(&self, meaning: Meaning) -> Resolved {
        match meaning {
            Meaning::Var(var) => self.var_entity(var),
            Meaning::Value(value) => self.entity(value),
            Meaning::Part(whole, name) => self.part_entity(whole, name),
            Meaning::Foreign { module, name } => {
                let path = self.facts.name(name).into();
                Resolved::sure(Entity::Export { module, path })
            }
            Meaning::Module(file) => self.whole_module(file),
            Meaning::Library => Resolved::unknown(),
            Meaning::Package(_) | Meaning::Asset | Meaning::NoFile | Meaning::NotRead | Meaning::NoExport => {
                Resolved::sure(Entity::Outside)
            }
        }
    }

    pub(super) fn import_entity(&self, position: usize) -> Resolved {
        let import = &self.facts.imports[position];
        match self.bindings.imports[position] {
            Meaning::Library => {}
            // Code that is generated for a library, and so not there, exports what the library does.
            Meaning::NoFile | Meaning::NotRead if self.is_generated(import.imported) => {}
            meaning => return self.meaning_entity(meaning),
        }
        let module = import.module;
        Resolved::sure(match import.imported {
            Imported::Default => Entity::Export { module, path: "default".into() },
            Imported::Namespace | Imported::Dot => Entity::Package(module),
            Imported::Named(name) => Entity::Export { module, path: self.facts.name(name).into() },
            Imported::Effects => Entity::Unknown,
        })
    }

    /// `const { PrismaClient } = require(path)`: a path that is computed leads to code that is generated for a library, if what is
    /// taken out of it is called as that is.
    pub(super) fn is_required_by_computed_path(&self, expr: ExprId, name: Name) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(expr).kind else { return false };
        let ExprKind::Name { name: called, var: None } = self.facts.expr(callee).kind else { return false };
        self.facts.name(called) == "require" && self.is_generated(Imported::Named(name))
    }

    fn is_generated(&self, imported: Imported) -> bool {
        match imported {
            Imported::Named(name) => self.models.generated(self.ecosystem(), self.facts.name(name)).is_some(),
            _ => false,
        }
    }
}
