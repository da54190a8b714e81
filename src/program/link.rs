//! Links the facts of many files into one program, phase by phase.
//!
//! Owns: the order of the phases. Does not own: what each finds (the modules that it asks).

use std::sync::{Arc, Mutex};

use rustc_hash::{FxHashMap, FxHashSet};

use super::memo::{OfFunctions, Shared};
use super::names::{Bindings, Meaning};
use super::workers::Workers;
use super::{
    Knowledge, Program, Tree, Unit, callgraph, calls, classes, deadlines, flow, index, reach, together,
};
use crate::facts::{self, Arenas, ExprKind, Facts, Name, PropKey, TypeDefId, join};
use crate::source::Ecosystem;

impl<'a> Program<'a> {
    /// Links files of one language family.
    pub fn link(
        ecosystem: Ecosystem,
        units: Vec<Unit<'a>>,
        tree: &Tree<'_>,
        knowledge: Knowledge<'a>,
        workers: &dyn Workers,
    ) -> Self {
        let texts: Vec<&str> = units.iter().map(|unit| unit.text).collect();
        let positions = units.iter().map(|unit| unit.position).collect();
        let sides = units.iter().map(|unit| unit.side).collect();
        let looked_at = units.iter().map(|unit| unit.looked_at).collect();
        workers.stage("linking: joining");
        let apart: Vec<Arc<Facts>> = units.into_iter().map(|unit| unit.facts).collect();
        let (mut facts, names, parts) = join::join(&apart, &|count, work| workers.each(count, work));
        drop(apart);
        workers.stage("linking: names");
        let bindings = Bindings::bind(&mut facts, &parts, &names, &tree.packages, tree.resolve, workers);
        workers.stage("linking: index");
        let index = index::Index::of(&facts, &parts, &bindings.imports, workers);
        let together = together::Together::of(&facts, &parts, &tree.packages, &bindings);
        let package = |ty: TypeDefId| {
            let file = parts.partition_point(|part| part.types.end <= ty.index());
            tree.packages.of_file.get(file).copied().flatten()
        };
        let may_meet = |one, other| {
            package(one).zip(package(other)).is_none_or(|(one, other)| together.may_meet(one, other))
        };
        let classes = classes::Classes::of(&facts, ecosystem, &knowledge.words.objects.doubles, &may_meet);
        let files = (0..).zip(&parts).flat_map(|(file, part)| part.functions.clone().map(move |_| file));
        let known = knowledge.models.handing.iter();
        let handing = known.filter_map(|name| names.get(&facts.names, name)).collect();
        let properties = knowledge.models.handing.iter().filter_map(|name| name.strip_suffix('='));
        let listening = properties.filter_map(|name| names.get(&facts.names, name)).collect();
        let mut program = Self {
            models: knowledge.models,
            roles: knowledge.roles,
            words: knowledge.words,
            ecosystem,
            names,
            texts,
            positions,
            sides,
            looked_at,
            files: files.collect(),
            memos: parts.iter().map(|_| Mutex::default()).collect(),
            shared: Shared::default(),
            works: OfFunctions::default(),
            callable: callable(&facts),
            handing,
            objects_are_handed_functions: knowledge.models.handing.contains("()"),
            listening,
            libraries: FxHashMap::default(),
            imported: FxHashSet::default(),
            params: FxHashMap::default(),
            handlers: FxHashMap::default(),
            uses: FxHashMap::default(),
            graph: callgraph::CallGraph::default(),
            limits: deadlines::limits::Limits::default(),
            summaries: Vec::new(),
            reach: std::sync::OnceLock::new(),
            compared: std::sync::OnceLock::new(),
            calls_on: Mutex::default(),
            used: reach::used::Used::default(),
            time_boxed: Vec::new(),
            routed: FxHashSet::default(),
            server_exports: FxHashSet::default(),
            facts,
            parts,
            bindings,
            packages: tree.packages.of_file.clone(),
            index,
            classes,
            sites: callgraph::sites::Sites::default(),
            tokens: callgraph::tokens::Tokens::default(),
        };
        workers.stage("linking: who calls whom");
        program.find_libraries();
        callgraph::rounds::find(&mut program, workers);
        workers.stage("linking: roles of calls");
        calls::find(&mut program, workers);
        callgraph::delegates::delegate(&mut program, workers);
        workers.stage("linking: summaries");
        program.graph = callgraph::CallGraph::of(&program, workers);
        program.summaries = flow::summary::summarise(&program, workers);
        workers.stage("linking: limits");
        program.limits = deadlines::limits::Limits::of(&program, workers);
        program
    }

    fn find_libraries(&mut self) {
        let modules = self.facts.imports.iter().map(|import| import.module);
        let handed_on = self.facts.exports.iter().filter_map(|export| match export.kind {
            crate::facts::ExportKind::From { module, .. } => Some(module),
            _ => None,
        });
        let required = self.facts.exprs.iter().filter_map(|expr| match expr.kind {
            ExprKind::Module(module) => Some(module),
            _ => None,
        });
        let mut modules: Vec<Name> = modules.chain(handed_on).chain(required).collect();
        modules.sort_unstable();
        modules.dedup();
        let libraries_of = |module: &Name| self.models.libraries_of(self.ecosystem, self.facts.name(*module));
        self.imported = modules.iter().flat_map(libraries_of).collect();
        self.libraries = modules
            .into_iter()
            .map(|module| {
                let meant = self.models.libraries_meant(self.ecosystem, self.facts.name(module));
                (module, meant.into())
            })
            .collect();
        for (import, meaning) in self.facts.imports.iter().zip(&self.bindings.imports) {
            if let (facts::Imported::Named(name), Meaning::NoFile | Meaning::NotRead) =
                (import.imported, meaning)
                && let Some(library) = self.models.generated(self.ecosystem, self.facts.name(name))
            {
                self.libraries.insert(import.module, [library].into());
            }
        }
        // What is taken out of a module whose path is computed goes by its own name.
        for (export, library) in self.models.generated_exports(self.ecosystem) {
            if let Some(name) = self.name_of(export) {
                self.libraries.entry(name).or_insert_with(|| [library].into());
            }
        }
    }
}

/// The names by which a function of the tree may be called as a method: its own, and those of what may hold it.
fn callable(facts: &Arenas) -> FxHashSet<Name> {
    let functions = facts.functions.iter().filter_map(|function| function.name);
    let fields = facts.fields.iter().map(|field| field.name);
    let props = facts.props.iter().filter_map(|prop| match prop.key {
        PropKey::Name(name) => Some(name),
        _ => None,
    });
    let assigned = facts.binds.iter().filter_map(|bind| match bind.place {
        facts::Place::Expr(place) => match facts.expr(place).kind {
            ExprKind::Member { name, .. } => Some(name),
            _ => None,
        },
        _ => None,
    });
    let exported = facts.exports.iter().filter_map(|export| export.name);
    functions.chain(fields).chain(props).chain(assigned).chain(exported).collect()
}
