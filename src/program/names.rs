//! Names across files: binds what one file imports, or a Go file leaves to its package, to what another declares.
//!
//! Once bound, a name of another file is a name like any other: the facts are changed so that it names the variable itself, and
//! `entity`, `value` and the rest need not know of files. What names no variable (a value that is exported as it stands, a whole
//! module) is a [`Meaning`].
//!
//! Owns: exports and package scopes. Does not own: what an import path means (`modules`), or changing the facts (`rebinding`).

mod rebinding;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::join::Part;
use crate::facts::{
    Arenas, ExportKind, ExprId, ExprKind, Imported, Name, Place, Source, Step, VarId, VarKind,
};

use super::modules::Target;
use super::workers::{self, Workers};
use rebinding::OwnNames;

/// How many modules an export may be handed on through.
const MAX_PASSED_ON: u32 = 32;

/// Where an export was looked for already: modules may hand on each other's exports in circles.
type Seen = FxHashSet<(usize, Name)>;

/// What an import means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Meaning {
    /// A library, or a part of the platform.
    #[default]
    Library,
    /// A variable, function or type of the tree.
    Var(VarId),
    /// A value that a file exports.
    Value(ExprId),
    /// A property of the value that a file exports as a whole.
    Part(ExprId, Name),
    /// What a library exports under a name, handed on by a file of the tree.
    Foreign {
        /// The library's import path.
        module: Name,
        /// The export.
        name: Name,
    },
    /// A file as a whole.
    Module(usize),
    /// A Go package as a whole.
    Package(usize),
    /// A file of the tree that is no source.
    Asset,
    /// Meant for the tree, but nothing is there.
    NoFile,
    /// The file is there, but not looked at.
    NotRead,
    /// The file exports no such thing.
    NoExport,
}

/// The Go packages of the tree.
#[derive(Debug, Default)]
pub struct Packages {
    /// The name of each.
    pub names: Vec<String>,
    /// The package of each file.
    pub of_file: Vec<Option<usize>>,
    /// Whether a file belongs to the usual build.
    pub built: Vec<bool>,
}

/// What is exported by whom, and what each import means.
#[derive(Debug, Default)]
pub struct Bindings {
    /// What each import path that a file writes means.
    targets: FxHashMap<(usize, Name), Target>,
    /// What a file exports under a name.
    exports: FxHashMap<(usize, Name), ExportKind>,
    /// The modules of which a file exports everything.
    everything: Vec<Vec<Name>>,
    /// What a file exports as a whole (`module.exports = …`).
    whole: Vec<Option<ExprId>>,
    /// Whether a file exports anything.
    exporting: Vec<bool>,
    /// What a Go package declares.
    scopes: FxHashMap<(usize, Name), VarId>,
    /// What each import means.
    pub imports: Vec<Meaning>,
    /// What variables mean that hold a module of the tree, or a part of one, from a `require`.
    required: FxHashMap<VarId, Meaning>,
    default: Option<Name>,
}

impl Bindings {
    /// What the import paths mean that files write, each with the file.
    pub(super) fn targets(&self) -> impl Iterator<Item = (usize, &Target)> {
        self.targets.iter().map(|((file, _), target)| (*file, target))
    }

    /// Binds every name of the joined facts; `resolve` says what an import path of a file means.
    pub fn bind(
        facts: &mut Arenas,
        parts: &[Part],
        names: &super::Names,
        packages: &Packages,
        resolve: &(dyn Fn(usize, &str) -> Target + Sync),
        workers: &dyn Workers,
    ) -> Self {
        let mut bindings = Self { default: names.get(&facts.names, "default"), ..Self::default() };
        bindings.find_targets(facts, parts, resolve, workers);
        bindings.collect_exports(facts, parts);
        bindings.collect_scopes(facts, parts, packages);
        let meanings = workers::map(workers, parts.len(), |file| {
            let imports = parts[file].imports.clone();
            imports.map(|import| bindings.meaning_of(facts, file, import)).collect::<Vec<_>>()
        });
        for (part, mut meanings) in parts.iter().zip(meanings) {
            // A file whose work failed keeps its place.
            meanings.resize(part.imports.len(), Meaning::NoExport);
            bindings.imports.append(&mut meanings);
        }
        let required =
            workers::map(workers, parts.len(), |file| bindings.required_in(facts, file, &parts[file]));
        bindings.required = required.into_iter().flatten().collect();
        for (file, part) in parts.iter().enumerate() {
            let own = OwnNames::of(&bindings, facts, file, part, packages, names);
            bindings.rebind(facts, part, &own);
        }
        bindings
    }

    fn find_targets(
        &mut self,
        facts: &Arenas,
        parts: &[Part],
        resolve: &(dyn Fn(usize, &str) -> Target + Sync),
        workers: &dyn Workers,
    ) {
        let found: Vec<Vec<(Name, Target)>> = workers::map(workers, parts.len(), |file| {
            let mut written: Vec<Name> = written_modules(facts, &parts[file]).collect();
            written.sort_unstable();
            written.dedup();
            written.into_iter().map(|module| (module, resolve(file, facts.name(module)))).collect()
        });
        for (file, targets) in found.into_iter().enumerate() {
            self.targets.extend(targets.into_iter().map(|(module, target)| ((file, module), target)));
        }
    }

    fn collect_exports(&mut self, facts: &Arenas, parts: &[Part]) {
        self.everything = vec![Vec::new(); parts.len()];
        self.whole = vec![None; parts.len()];
        self.exporting = parts.iter().map(|part| !part.exports.is_empty()).collect();
        for (file, part) in parts.iter().enumerate() {
            for export in &facts.exports[part.exports.clone()] {
                match (export.name, export.kind) {
                    (Some(name), kind) => {
                        self.exports.entry((file, name)).or_insert(kind);
                    }
                    (None, ExportKind::From { module, .. }) => self.everything[file].push(module),
                    (None, ExportKind::Value(value)) => self.whole[file] = Some(value),
                    (None, ExportKind::Var(_)) => {}
                }
            }
        }
    }

    fn collect_scopes(&mut self, facts: &Arenas, parts: &[Part], packages: &Packages) {
        // Where two files declare the same, the one of the usual build counts.
        for built in [true, false] {
            for (file, part) in parts.iter().enumerate() {
                let Some(package) = packages.of_file.get(file).copied().flatten() else { continue };
                if packages.built[file] != built {
                    continue;
                }
                for index in part.vars.clone() {
                    let var = &facts.vars[index];
                    let is_declared = matches!(
                        var.kind,
                        VarKind::Const | VarKind::Let | VarKind::Function(_) | VarKind::Type(_)
                    );
                    if is_declared && var.function == part.module() {
                        self.scopes.entry((package, var.name)).or_insert(VarId::from_index(index));
                    }
                }
            }
        }
    }

    /// What an import path written in a file means.
    pub fn target(&self, file: usize, module: Name) -> Target {
        self.targets.get(&(file, module)).copied().unwrap_or(Target::Library)
    }

    /// What `import`, a position among all imports, means.
    fn meaning_of(&self, facts: &Arenas, file: usize, import: usize) -> Meaning {
        self.meaning_within(facts, file, import, MAX_PASSED_ON, &mut Seen::default())
    }

    fn meaning_within(
        &self,
        facts: &Arenas,
        file: usize,
        import: usize,
        hops: u32,
        seen: &mut Seen,
    ) -> Meaning {
        let import = &facts.imports[import];
        let target = match self.target(file, import.module) {
            Target::File(target) => target,
            Target::Package(package) => return Meaning::Package(package),
            Target::Library => return Meaning::Library,
            Target::Asset => return Meaning::Asset,
            Target::Missing => return Meaning::NoFile,
            Target::NotRead => return Meaning::NotRead,
        };
        match import.imported {
            Imported::Namespace | Imported::Effects | Imported::Dot => Meaning::Module(target),
            Imported::Named(name) => {
                self.exported_within(facts, target, name, hops, seen).unwrap_or(Meaning::NoExport)
            }
            Imported::Default => {
                let named =
                    self.default.and_then(|default| self.exported_within(facts, target, default, hops, seen));
                // A CommonJS module is its own default.
                let whole = || {
                    self.whole[target].and_then(|whole| self.value_meaning(facts, target, whole, hops, seen))
                };
                let loose = || self.exporting[target].then_some(Meaning::Module(target));
                named.or_else(whole).or_else(loose).unwrap_or(Meaning::NoExport)
            }
        }
    }

    /// The variables of a file that hold what `require` gives of the tree: `const { a } = require('./b')` is an import.
    fn required_in(&self, facts: &Arenas, file: usize, part: &Part) -> Vec<(VarId, Meaning)> {
        let binds = &facts.binds[part.binds.clone()];
        let mut times: FxHashMap<VarId, u32> = FxHashMap::default();
        for bind in binds {
            if let Place::Var(var) = bind.place {
                *times.entry(var).or_default() += 1;
            }
        }
        let required = binds.iter().filter_map(|bind| {
            let (Place::Var(var), Source::Expr(source)) = (bind.place, bind.source) else { return None };
            let meaning = match (self.module_meaning(facts, file, source)?, facts.steps(bind.path)) {
                (whole, []) => whole,
                (Meaning::Module(module), [Step::Field(name)]) => self.exported(facts, module, *name)?,
                _ => return None,
            };
            (times[&var] == 1).then_some((var, meaning))
        });
        required.collect()
    }

    /// What `require('./module')`, or a property of it, means.
    fn module_meaning(&self, facts: &Arenas, file: usize, expr: ExprId) -> Option<Meaning> {
        match facts.expr(expr).kind {
            ExprKind::Module(module) => match self.target(file, module) {
                Target::File(target) => match self.whole[target] {
                    Some(whole) if !matches!(facts.expr(whole).kind, ExprKind::Object { .. }) => {
                        self.value_meaning(facts, target, whole, MAX_PASSED_ON, &mut Seen::default())
                    }
                    _ => Some(Meaning::Module(target)),
                },
                _ => None,
            },
            ExprKind::Member { object, name } => match self.module_meaning(facts, file, object)? {
                Meaning::Module(target) => self.exported(facts, target, name),
                _ => None,
            },
            ExprKind::Await(inner) => self.module_meaning(facts, file, inner),
            _ => None,
        }
    }

    /// What a file exports under a name.
    pub fn exported(&self, facts: &Arenas, file: usize, name: Name) -> Option<Meaning> {
        self.exported_within(facts, file, name, MAX_PASSED_ON, &mut Seen::default())
    }

    fn exported_within(
        &self,
        facts: &Arenas,
        file: usize,
        name: Name,
        hops: u32,
        seen: &mut Seen,
    ) -> Option<Meaning> {
        let hops = hops.checked_sub(1).filter(|_| seen.insert((file, name)))?;
        if let Some(export) = self.exports.get(&(file, name)) {
            return match *export {
                ExportKind::Var(var) => self.var_meaning(facts, file, var, hops, seen),
                ExportKind::Value(value) => self.value_meaning(facts, file, value, hops, seen),
                ExportKind::From { module, name: Some(original) } => {
                    self.passed_on(facts, file, module, original, hops, seen)
                }
                ExportKind::From { module, name: None } => match self.target(file, module) {
                    Target::File(target) => Some(Meaning::Module(target)),
                    _ => None,
                },
            };
        }
        if let Some(whole) = self.whole[file] {
            return match facts.prop(whole, name) {
                Some(value) => self.value_meaning(facts, file, value, hops, seen),
                None => Some(Meaning::Part(whole, name)),
            };
        }
        // What a file of the tree hands on is known to be there; what a library has is not.
        let of_tree = |module: &&Name| self.target(file, **module) != Target::Library;
        let (tree, libraries): (Vec<&Name>, Vec<&Name>) = self.everything[file].iter().partition(of_tree);
        // What is in a file that is not looked at cannot be told: that is the answer only where there is no better.
        let mut unread = None;
        for module in tree.into_iter().chain(libraries) {
            match self.passed_on(facts, file, *module, name, hops, seen) {
                Some(Meaning::NotRead) => unread = Some(Meaning::NotRead),
                Some(found) => return Some(found),
                None => {}
            }
        }
        unread
    }

    fn passed_on(
        &self,
        facts: &Arenas,
        file: usize,
        module: Name,
        name: Name,
        hops: u32,
        seen: &mut Seen,
    ) -> Option<Meaning> {
        match self.target(file, module) {
            Target::File(target) => self.exported_within(facts, target, name, hops, seen),
            Target::Library => Some(Meaning::Foreign { module, name }),
            Target::NotRead => Some(Meaning::NotRead),
            _ => None,
        }
    }

    /// None for what is handed round in a circle.
    fn var_meaning(
        &self,
        facts: &Arenas,
        file: usize,
        var: VarId,
        hops: u32,
        seen: &mut Seen,
    ) -> Option<Meaning> {
        let VarKind::Import(import) = facts.var(var).kind else { return Some(Meaning::Var(var)) };
        // A library's export that is handed on is known by the variable that holds it.
        match self.meaning_within(facts, file, import as usize, hops.checked_sub(1)?, seen) {
            Meaning::Library => Some(Meaning::Var(var)),
            meaning => Some(meaning),
        }
    }

    fn value_meaning(
        &self,
        facts: &Arenas,
        file: usize,
        value: ExprId,
        hops: u32,
        seen: &mut Seen,
    ) -> Option<Meaning> {
        match facts.expr(value).kind {
            ExprKind::Name { var: Some(var), .. } => self.var_meaning(facts, file, var, hops, seen),
            _ => Some(Meaning::Value(value)),
        }
    }

    /// Whether a file exports anything.
    pub fn is_exporting(&self, file: usize) -> bool {
        self.exporting[file]
    }

    /// What a file exports as a whole.
    pub fn whole(&self, file: usize) -> Option<ExprId> {
        self.whole[file]
    }

    /// The variable that a Go package declares under a name.
    fn declared(&self, package: usize, name: Name) -> Option<VarId> {
        self.scopes.get(&(package, name)).copied()
    }
}

/// Every module that a file names.
fn written_modules<'f>(facts: &'f Arenas, part: &Part) -> impl Iterator<Item = Name> + 'f {
    let imported = facts.imports[part.imports.clone()].iter().map(|import| import.module);
    let handed_on = facts.exports[part.exports.clone()].iter().filter_map(|export| match export.kind {
        ExportKind::From { module, .. } => Some(module),
        _ => None,
    });
    let required = facts.exprs[part.exprs.clone()].iter().filter_map(|expr| match expr.kind {
        ExprKind::Module(module) => Some(module),
        _ => None,
    });
    imported.chain(handed_on).chain(required)
}

#[cfg(test)]
mod tests;
