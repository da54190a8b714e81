//! Names across files: binds what one file imports, or a Go file leaves to its package, to what another declares.
//!
//! Once bound, a name of another file is a name like any other: the facts are changed so that it names the variable itself, and
//! `entity`, `value` and the rest need not know of files. What names no variable (a value that is exported as it stands, a whole
//! module) is a [`Meaning`].
//!
//! Owns: exports, package scopes, and the rebinding. Does not own: what an import path means (`modules`).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::join::Part;
use crate::facts::{
    Arenas, ExportKind, Expr, ExprId, ExprKind, Imported, Name, Place, Source, Step, TypeRefKind, VarId,
    VarKind,
};

use super::modules::Target;
use super::workers::{self, Workers};

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
        let mut bindings = Self { default: names.get("default").copied(), ..Self::default() };
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

    /// What a file exports as a whole.
    pub fn whole(&self, file: usize) -> Option<ExprId> {
        self.whole[file]
    }

    /// The variable that a Go package declares under a name.
    fn declared(&self, package: usize, name: Name) -> Option<VarId> {
        self.scopes.get(&(package, name)).copied()
    }

    /// Makes the names of a file name the variables they mean.
    fn rebind(&self, facts: &mut Arenas, part: &Part, own: &OwnNames) {
        for index in part.exprs.clone() {
            if let Some(kind) = self.rebound(facts, &facts.exprs[index], own) {
                facts.exprs[index].kind = kind;
            }
        }
        for index in part.type_refs.clone() {
            if let Some(kind) = self.rebound_type(facts, facts.type_refs[index].kind, own) {
                facts.type_refs[index].kind = kind;
            }
        }
        for index in part.binds.clone() {
            if let Place::Expr(target) = facts.binds[index].place
                && let ExprKind::Name { var: Some(var), .. } = facts.expr(target).kind
            {
                facts.binds[index].place = Place::Var(var);
            }
        }
        for index in part.functions.clone() {
            let function = &facts.functions[index];
            if let (None, Some(owner)) = (function.owner, function.owner_name)
                && let Some(var) = own.package.and_then(|package| self.declared(package, owner))
                && let VarKind::Type(owner) = facts.var(var).kind
            {
                facts.functions[index].owner = Some(owner);
            }
        }
    }

    fn rebound(&self, facts: &Arenas, expr: &Expr, own: &OwnNames) -> Option<ExprKind> {
        match expr.kind {
            ExprKind::Name { name, var: Some(var) } => {
                let meaning = self.import_of(facts, var)?;
                let Meaning::Var(var) = meaning else { return None };
                Some(ExprKind::Name { name, var: Some(var) })
            }
            ExprKind::Name { name, var: None } => {
                let var = own.declared(self, name)?;
                Some(ExprKind::Name { name, var: Some(var) })
            }
            ExprKind::Member { object, name } => {
                let var = self.member_of(facts, object, name, own)?;
                Some(ExprKind::Name { name, var: Some(var) })
            }
            _ => None,
        }
    }

    /// The variable that `module.name` means.
    fn member_of(&self, facts: &Arenas, object: ExprId, name: Name, own: &OwnNames) -> Option<VarId> {
        let ExprKind::Name { name: called, var } = facts.expr(object).kind else { return None };
        let meaning = match var {
            Some(var) => self.import_of(facts, var)?,
            None => Meaning::Package(*own.called.get(&called)?),
        };
        self.member(facts, meaning, name)
    }

    fn member(&self, facts: &Arenas, meaning: Meaning, name: Name) -> Option<VarId> {
        match meaning {
            Meaning::Package(package) => self.declared(package, name),
            Meaning::Module(file) => match self.exported(facts, file, name)? {
                Meaning::Var(var) => Some(var),
                _ => None,
            },
            _ => None,
        }
    }

    /// What the variable of an import or a `require` means.
    fn import_of(&self, facts: &Arenas, var: VarId) -> Option<Meaning> {
        match facts.var(var).kind {
            VarKind::Import(import) => self.imports.get(import as usize).copied(),
            _ => self.required.get(&var).copied(),
        }
    }

    fn rebound_type(&self, facts: &Arenas, kind: TypeRefKind, own: &OwnNames) -> Option<TypeRefKind> {
        let TypeRefKind::Named { var, first, rest, args } = kind else { return None };
        let (var, first, rest) = match (var, rest) {
            (Some(var), None) => match self.import_of(facts, var)? {
                Meaning::Var(var) => (var, first, None),
                _ => return None,
            },
            (None, None) => (own.declared(self, first)?, first, None),
            (var, Some(member)) => {
                let meaning = match var {
                    Some(var) => self.import_of(facts, var)?,
                    None => Meaning::Package(*own.called.get(&first)?),
                };
                (self.member(facts, meaning, member)?, member, None)
            }
        };
        Some(TypeRefKind::Named { var: Some(var), first, rest, args })
    }
}

/// What the names of a Go file that it does not declare itself may mean.
#[derive(Default)]
struct OwnNames {
    package: Option<usize>,
    /// Packages of which everything is imported.
    dots: Vec<usize>,
    /// Imported packages of the tree by the names they have themselves, which need not be the last part of their path.
    called: FxHashMap<Name, usize>,
}

impl OwnNames {
    fn of(
        bindings: &Bindings,
        facts: &Arenas,
        file: usize,
        part: &Part,
        packages: &Packages,
        names: &super::Names,
    ) -> Self {
        let Some(package) = packages.of_file.get(file).copied().flatten() else { return Self::default() };
        let mut own = Self { package: Some(package), ..Self::default() };
        for index in part.imports.clone() {
            let Meaning::Package(package) = bindings.imports[index] else { continue };
            match facts.imports[index].imported {
                Imported::Dot => own.dots.push(package),
                Imported::Effects => {}
                _ => {
                    if let Some(name) = names.get(packages.names[package].as_str()) {
                        own.called.insert(*name, package);
                    }
                }
            }
        }
        own
    }

    fn declared(&self, bindings: &Bindings, name: Name) -> Option<VarId> {
        let package = self.package.into_iter();
        package.chain(self.dots.iter().copied()).find_map(|package| bindings.declared(package, name))
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
mod tests {
    use super::*;
    use crate::program::Program;
    use crate::program::samples::linked;

    /// What each import of the last file means, in its order.
    fn meanings(files: &[(&str, &str)]) -> Vec<String> {
        linked(files, |program| {
            let part = program.parts.last().unwrap();
            part.imports
                .clone()
                .map(|import| told(program, files, program.bindings.imports[import]))
                .collect()
        })
    }

    fn told(program: &Program<'_>, files: &[(&str, &str)], meaning: Meaning) -> String {
        let facts = &program.facts;
        match meaning {
            Meaning::Var(var) => {
                let file = program.file_of(facts.var(var).function);
                format!("{} of {}", facts.name(facts.var(var).name), files[file].0)
            }
            Meaning::Value(value) => program.text_of(value).to_owned(),
            Meaning::Part(whole, name) => format!("{} in {}", facts.name(name), program.text_of(whole)),
            Meaning::Foreign { module, name } => format!("{} of {}", facts.name(name), facts.name(module)),
            Meaning::Module(file) => files[file].0.to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn imports_mean_what_is_exported() {
        let a = "export const one = 1;\nexport default function main() {}\nconst inner = 2;\nexport { inner as outer };\n\
                 export type T = string;\nexport * as rest from './b';\n";
        let b = "export const two = 2;\nexport * from 'pg';\nexport { readFile as read } from 'node:fs';\nexport default { x: 1 };\n";
        let user = "import main, { one, outer, inner, T, rest, default as again } from './a';\nimport * as all from './a';\n\
                    import value, { two, read, Pool } from './b';\nimport './a';\nimport x from './gone';\nimport y from './hidden';\n\
                    import './style.css';\nimport z from 'pg';\n";
        let expected = [
            "main of a.ts",
            "one of a.ts",
            "inner of a.ts",
            "NoExport",
            "T of a.ts",
            "b.ts",
            "main of a.ts",
            "a.ts",
            "{ x: 1 }",
            "two of b.ts",
            "readFile of node:fs",
            "Pool of pg",
            "a.ts",
            "NoFile",
            "NotRead",
            "Asset",
            "Library",
        ];
        assert_eq!(meanings(&[("a.ts", a), ("b.ts", b), ("user.ts", user)]), expected);
    }

    #[test]
    fn what_is_handed_round_in_a_circle_is_no_export() {
        let circle = [
            ("a.ts", "export { x } from './b';\nexport * from './b';\nexport * from './c';\n"),
            ("b.ts", "import { x } from './a';\nexport { x };\nexport * from './a';\nexport * from './c';\n"),
            (
                "c.ts",
                "export * from './a';\nexport * from './b';\nexport * from './c';\nexport const here = 1;\n",
            ),
            ("user.ts", "import { x, y, here } from './a';\n"),
        ];
        assert_eq!(meanings(&circle), ["NoExport", "NoExport", "here of c.ts"]);
    }

    #[test]
    fn an_export_is_handed_on_only_so_far() {
        let texts: Vec<(String, String)> =
            (0..40).map(|n| (format!("m{n}.ts"), format!("export * from './m{}';\n", n + 1))).collect();
        let mut files: Vec<(&str, &str)> =
            texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        files.push(("m40.ts", "export const x = 1;\n"));
        files.push((
            "user.ts",
            "import { x } from './m39';\nimport { x as y } from './m10';\nimport { x as z } from './m0';\n",
        ));
        assert_eq!(meanings(&files), ["x of m40.ts", "x of m40.ts", "NoExport"]);
    }

    #[test]
    fn commonjs_modules_are_what_they_export() {
        let files = [
            ("a.js", "const own = 1;\nmodule.exports = { own, made: make(), call() {} };\n"),
            ("b.js", "class Store {}\nmodule.exports = Store;\n"),
            ("c.js", "exports.first = 1;\nexports.second = function () {};\n"),
            ("d.js", "module.exports = build();\n"),
            (
                "user.js",
                "import a, { own, made, gone } from './a';\nimport Store from './b';\nimport c, { first } from './c';\nimport { part } from './d';\n",
            ),
        ];
        let expected = [
            "{ own, made: make(), call() {} }",
            "own of a.js",
            "make()",
            "gone in { own, made: make(), call() {} }",
            "Store of b.js",
            "c.js",
            "1",
            "part in build()",
        ];
        assert_eq!(meanings(&files), expected);
    }

    #[test]
    fn required_names_are_imports_unless_they_are_set_again() {
        let files = [
            ("a.js", "function one() {}\nfunction two() {}\nmodule.exports = { one, two };\n"),
            ("b.js", "class Store {}\nmodule.exports = Store;\n"),
            (
                "user.js",
                "const { one, two: second, ...others } = require('./a');\nlet { two: changed } = require('./a');\nchanged = null;\n\
                 const all = require('./a');\nconst Store = require('./b');\nconst part = require('./a').two;\n\
                 const gone = require('./gone');\nconst { Pool } = require('pg');\none(); second(); changed(); all.two(); Store(); part();\n",
            ),
        ];
        linked(&files, |program| {
            let mut required: Vec<String> = Vec::new();
            for index in program.parts[2].vars.clone() {
                let var = VarId::from_index(index);
                let meaning = program.bindings.required.get(&var);
                required.extend(meaning.map(|meaning| {
                    format!("{}: {}", program.var_name(var), told(program, &files, *meaning))
                }));
            }
            let expected = [
                "one: one of a.js",
                "second: two of a.js",
                "all: a.js",
                "Store: Store of b.js",
                "part: two of a.js",
            ];
            assert_eq!(required, expected);
            // The names themselves mean the variables of the other file.
            let calls = program.parts[2].expr_ids().filter_map(|expr| match program.facts.expr(expr).kind {
                ExprKind::Call { callee, .. } => match program.facts.expr(callee).kind {
                    ExprKind::Name { var: Some(var), .. } => Some(program.var_name(var)),
                    _ => None,
                },
                _ => None,
            });
            assert_eq!(calls.collect::<Vec<_>>(), ["one", "two", "changed", "two", "Store", "two"]);
        });
    }

    #[test]
    fn a_package_of_go_shares_its_names() {
        let files = [
            ("a/one.go", "package a\n\nfunc Run() { helper(limit) }\n\nfunc (s Store) Put() {}\n"),
            (
                "a/two.go",
                "package a\n\nconst limit = 1\n\nfunc helper(n int) { local := n; _ = local }\n\ntype Store struct{}\n",
            ),
            ("a/two_windows.go", "package a\n\nconst limit = 2\n"),
            (
                "b/b.go",
                "package b\n\nimport (\n\tother \"a\"\n)\n\nfunc helper(s other.Store) { other.Run(); helper(s); missing() }\n",
            ),
            ("c/c.go", "package c\n\nimport . \"a\"\n\nfunc use() { Run() }\n"),
        ];
        linked(&files, |program| {
            let called = |file: usize| {
                let part = &program.parts[file];
                let calls = part.expr_ids().filter_map(|expr| match program.facts.expr(expr).kind {
                    ExprKind::Call { callee, .. } => Some(callee),
                    _ => None,
                });
                let told = calls.map(|callee| match program.facts.expr(callee).kind {
                    ExprKind::Name { var: Some(var), .. } => told(program, &files, Meaning::Var(var)),
                    _ => program.text_of(callee).to_owned(),
                });
                told.collect::<Vec<_>>()
            };
            assert_eq!(called(0), ["helper of a/two.go"]);
            assert_eq!(called(3), ["Run of a/one.go", "helper of b/b.go", "missing"]);
            assert_eq!(called(4), ["Run of a/one.go"]);
            let limit = program.parts[0].expr_ids().find_map(|expr| match program.facts.expr(expr).kind {
                ExprKind::Name { var: Some(var), .. } if program.var_name(var) == "limit" => Some(var),
                _ => None,
            });
            assert_eq!(program.file_of(program.facts.var(limit.unwrap()).function), 1, "of the usual build");
            let put = crate::program::samples::function(program, "Put");
            let owner = program.facts.function(put).owner.unwrap();
            assert_eq!(program.file_of_type(owner), 1, "a method may stand beside its type's file");
        });
    }
}
