//! The program: facts of many files linked together and given roles.
//!
//! Owns: the folders below, each of which answers one kind of question: what names mean ([`names`], [`modules`]), what expressions
//! are and hold ([`values`]), what calls do ([`calls`]), who runs what ([`callgraph`]), in which order ([`flow`]), for how long at
//! most ([`deadlines`]), how many at a time ([`concurrency`]), what changes from round to round ([`recurrence`]), and what is used
//! at all ([`reach`]). Does not own: what is a fault (`engine`).
//!
//! A program is every file of one language family in the tree. It is linked in phases. Each phase looks at every file, side by
//! side, through a [`View`] that only reads what earlier phases found; what the files give is put together in their order. So
//! the result is the same for any number of threads.

pub mod callgraph;
pub mod calls;
mod classes;
pub mod concurrency;
pub mod coverage;
pub mod deadlines;
pub mod flow;
mod grouped;
pub mod index;
pub mod inspect;
mod memo;
pub mod modules;
pub mod names;
pub mod reach;
pub mod recurrence;
#[cfg(test)]
mod samples;
mod together;
pub mod values;
pub mod workers;

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

pub use crate::facts::join::Names;
use crate::facts::join::{self, Part};
use crate::facts::{
    self, Arenas, ExprId, ExprKind, Facts, FuncId, FuncKind, Name, PropKey, TypeDefId, TypeRefId, VarId,
};
use crate::finding::Place;
use crate::models::code::Side;
use crate::models::{LibraryId, Models, ReceiverId, Roles};
use crate::source::{Ecosystem, Span};

pub use callgraph::handlers::HandlerInfo;
pub use calls::{Arg, RoleUse};
use memo::{Answers, Lookup, Memo, Shared};
use modules::Target;
use names::{Bindings, Meaning, Packages};
pub use values::entity::{Entity, Resolved, Told};
use workers::Workers;

/// A part of a parameter (by the path into it) and what a library puts there.
type FilledPart = (Vec<String>, ReceiverId);

/// A file to link.
pub struct Unit<'a> {
    /// Its facts.
    pub facts: Facts,
    /// Its text.
    pub text: &'a str,
    /// Its position among the files of the report.
    pub position: usize,
    /// Where it runs.
    pub side: Side,
    /// Whether faults are looked for in it; else it is only what others call.
    pub looked_at: bool,
}

/// How the names of the files of a tree hang together.
pub struct Tree<'t> {
    /// What an import path that a file writes means.
    pub resolve: &'t (dyn Fn(usize, &str) -> Target + Sync),
    /// Its Go packages.
    pub packages: Packages,
}

/// What libraries do: models and roles.
#[derive(Clone, Copy)]
pub struct Knowledge<'a> {
    /// What libraries do.
    pub models: &'a Models,
    /// The roles.
    pub roles: &'a Roles,
}

/// All files of one language family with everything that can be said about them.
pub struct Program<'a> {
    /// The facts of all files.
    pub facts: Arenas,
    /// What libraries do.
    pub models: &'a Models,
    /// The roles.
    pub roles: &'a Roles,
    /// The language family.
    pub ecosystem: Ecosystem,
    names: Names,
    parts: Vec<Part>,
    texts: Vec<&'a str>,
    /// Where each file stands in the report.
    positions: Vec<usize>,
    /// Where each file runs.
    sides: Vec<Side>,
    /// Whether faults are looked for in each file.
    looked_at: Vec<bool>,
    /// The file of each function.
    files: Vec<usize>,
    bindings: Bindings,
    /// The Go package of each file.
    packages: Vec<Option<usize>>,
    index: index::Index,
    classes: classes::Classes,
    sites: callgraph::sites::Sites,
    tokens: callgraph::tokens::Tokens,
    /// The names of methods that a function of the tree may be called by.
    callable: FxHashSet<Name>,
    /// The names of methods that are handed functions or register something.
    handing: FxHashSet<Name>,
    /// Whether there are objects that are handed functions when they are called themselves.
    objects_are_handed_functions: bool,
    /// Names of properties that hold functions which libraries run.
    listening: FxHashSet<Name>,
    /// The libraries that each import path means.
    libraries: FxHashMap<Name, Box<[LibraryId]>>,
    /// All of these.
    imported: FxHashSet<LibraryId>,
    /// What was found while looking at each file.
    memos: Vec<Mutex<Memo>>,
    shared: Shared,
    /// Parameters, or parts of them, that a library fills.
    params: FxHashMap<(FuncId, u32), Vec<FilledPart>>,
    handlers: FxHashMap<FuncId, HandlerInfo>,
    uses: FxHashMap<ExprId, RoleUse>,
    graph: callgraph::CallGraph,
    limits: deadlines::limits::Limits,
    summaries: Vec<flow::summary::Summary>,
    /// Which files make one program, once somebody asks.
    reach: std::sync::OnceLock<reach::Reach>,
    used: reach::used::Used,
    /// In which files a platform is told when to end what runs; empty where none is.
    time_boxed: Vec<bool>,
    /// Functions that routers run which no model knows.
    routed: FxHashSet<FuncId>,
    /// Under which names files of a front end export what a server runs.
    server_exports: FxHashSet<Name>,
}

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
        let (mut facts, names, parts) = join::join(units.into_iter().map(|unit| unit.facts).collect());
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
        let classes = classes::Classes::of(&facts, ecosystem, &may_meet);
        let files = (0..).zip(&parts).flat_map(|(file, part)| part.functions.clone().map(move |_| file));
        let known = knowledge.models.handing.iter();
        let handing = known.filter_map(|name| names.get(name.as_str()).copied()).collect();
        let properties = knowledge.models.handing.iter().filter_map(|name| name.strip_suffix('='));
        let listening = properties.filter_map(|name| names.get(name).copied()).collect();
        let mut program = Self {
            models: knowledge.models,
            roles: knowledge.roles,
            ecosystem,
            names,
            texts,
            positions,
            sides,
            looked_at,
            files: files.collect(),
            memos: parts.iter().map(|_| Mutex::default()).collect(),
            shared: Shared::default(),
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
        callgraph::handlers::delegate(&mut program, workers);
        workers.stage("linking: summaries");
        program.graph = callgraph::CallGraph::of(&program, workers);
        program.summaries = flow::summary::summarise(&program, workers);
        workers.stage("linking: limits");
        program.limits = deadlines::limits::Limits::of(&program, workers);
        program
    }

    /// A place in a file, as reports name it.
    pub(crate) fn place(&self, file: usize, span: Span) -> Place {
        Place { file: self.positions[file], span }
    }

    /// Where the name of a function stands.
    pub fn head(&self, function: FuncId) -> Place {
        self.place(self.file_of(function), self.facts.function(function).head)
    }

    /// How many files it has.
    pub fn file_count(&self) -> usize {
        self.parts.len()
    }

    /// Looks at what every file says and puts the results together in the order of the files.
    pub(super) fn each_file<T: Send + Default>(
        &self,
        workers: &dyn Workers,
        work: impl Fn(&View<'_>) -> T + Sync,
    ) -> Vec<T> {
        let found = workers::map(workers, self.parts.len(), |file| work(&View::of(self, file)));
        self.shared.forget();
        found
    }

    /// The same for the last time: what a file's expressions were found to be is let go with each file, since a fifth of a run's memory
    /// would lie in it at the end. It is found again if it is asked for.
    pub(crate) fn each_file_at_last<T: Send + Default>(
        &self,
        workers: &dyn Workers,
        work: impl Fn(&View<'_>) -> T + Sync,
    ) -> Vec<T> {
        self.each_file(workers, |view| {
            let done = work(view);
            view.lookup.let_go();
            done
        })
    }

    /// Forgets what hangs on parameters, when more has become known of them.
    fn forget(&mut self) {
        for file in 0..self.memos.len() {
            self.forget_in(file);
        }
    }

    /// The same for one file.
    fn forget_in(&mut self, file: usize) {
        self.memos[file].get_mut().unwrap_or_else(PoisonError::into_inner).forget();
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
            .map(|module| (module, self.models.libraries_of(self.ecosystem, self.facts.name(module)).into()))
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
            if let Some(name) = self.names.get(export) {
                self.libraries.entry(*name).or_insert_with(|| [library].into());
            }
        }
    }

    /// The expression that is a function literal.
    pub fn literal_of(&self, function: FuncId) -> Option<ExprId> {
        self.index.literal(function)
    }

    /// The role of a call, if it has one.
    pub fn role_use(&self, expr: ExprId) -> Option<&RoleUse> {
        self.uses.get(&expr)
    }

    /// Every call with a role, in the order of the files.
    pub fn uses(&self) -> impl Iterator<Item = &RoleUse> {
        let mut uses: Vec<&RoleUse> = self.uses.values().collect();
        uses.sort_unstable_by_key(|used| used.expr);
        uses.into_iter()
    }

    /// Where an expression stands.
    pub fn place_of(&self, expr: ExprId) -> Place {
        self.place(self.file_of_expr(expr), self.facts.expr(expr).span)
    }

    /// What is known of a function that a library runs.
    pub fn handler(&self, function: FuncId) -> Option<&HandlerInfo> {
        self.handlers.get(&function)
    }

    /// The expression that holds this one.
    pub fn parent(&self, expr: ExprId) -> Option<ExprId> {
        self.index.parent(expr)
    }

    /// The function that an expression stands in.
    pub fn home(&self, expr: ExprId) -> FuncId {
        self.index.home(expr)
    }

    /// The file that a function stands in.
    pub fn file_of(&self, function: FuncId) -> usize {
        self.files[function.index()]
    }

    /// The Go package of a file.
    pub fn package_of(&self, file: usize) -> Option<usize> {
        self.packages.get(file).copied().flatten()
    }

    /// The file that an expression stands in.
    pub fn file_of_expr(&self, expr: ExprId) -> usize {
        self.file_of(self.home(expr))
    }

    /// The file that a type is declared in.
    pub fn file_of_type(&self, ty: TypeDefId) -> usize {
        self.parts.partition_point(|part| part.types.end <= ty.index())
    }

    /// The file that an annotation stands in.
    fn file_of_type_ref(&self, ty: TypeRefId) -> usize {
        self.parts.partition_point(|part| part.type_refs.end <= ty.index())
    }

    /// The statements of the file that a function stands in.
    pub fn module_of(&self, function: FuncId) -> FuncId {
        self.parts[self.file_of(function)].module()
    }

    /// Whether faults are looked for in a file.
    pub fn is_file_looked_at(&self, file: usize) -> bool {
        self.looked_at[file]
    }

    /// Whether faults are looked for in the file of a function; else it is only what others call.
    pub fn is_looked_at(&self, function: FuncId) -> bool {
        self.looked_at[self.file_of(function)]
    }

    /// Whether a function is the statements of a file.
    pub fn is_module(&self, function: FuncId) -> bool {
        self.facts.function(function).kind == FuncKind::Module
    }

    /// The summary of a function.
    pub fn summary(&self, function: FuncId) -> Option<&flow::summary::Summary> {
        self.summaries.get(function.index())
    }

    /// The functions of the tree that a call may run.
    pub fn run_by(&self, call: ExprId) -> &[FuncId] {
        self.graph.callees(call)
    }

    /// The calls that stand in a function or in a closure within it.
    pub fn calls_of(&self, function: FuncId) -> &[ExprId] {
        self.index.calls_of(function)
    }

    /// The first value of each `return` of a function.
    pub fn returned_by(&self, function: FuncId) -> &[ExprId] {
        self.index.returns(function)
    }

    /// The assignments that stand in a function itself.
    pub(crate) fn assignments_in(&self, function: FuncId) -> &[ExprId] {
        self.index.assignments_in(function)
    }

    /// The bindings of the file that an expression stands in.
    pub(crate) fn binds_around(&self, expr: ExprId) -> &[crate::facts::Bind] {
        &self.facts.binds[self.parts[self.file_of_expr(expr)].binds.clone()]
    }

    /// The text of an expression.
    pub fn text_of(&self, expr: ExprId) -> &'a str {
        self.facts.expr(expr).span.of(self.texts[self.file_of_expr(expr)])
    }

    /// The text of a function.
    pub fn text_of_function(&self, function: FuncId) -> &'a str {
        self.facts.function(function).span.of(self.texts[self.file_of(function)])
    }

    /// The text of the file that an expression stands in.
    pub fn text_around(&self, expr: ExprId) -> &'a str {
        self.texts[self.file_of_expr(expr)]
    }

    /// Where a variable is named.
    pub fn names_of(&self, var: VarId) -> &[ExprId] {
        self.index.names_of(var)
    }

    /// The assignments that set a variable.
    pub(crate) fn settings_of(&self, var: VarId) -> Vec<ExprId> {
        self.index.var(var).iter().filter_map(|binding| binding.assignment).collect()
    }

    /// The name of a variable.
    pub fn var_name(&self, var: VarId) -> &str {
        self.facts.name(self.facts.var(var).name)
    }

    /// A name by its text, if any file writes it.
    pub(crate) fn name_of(&self, text: &str) -> Option<Name> {
        self.names.get(text).copied()
    }

    /// The libraries that an import path means.
    fn libraries_of(&self, module: Name) -> &[LibraryId] {
        self.libraries.get(&module).map_or(&[], AsRef::as_ref)
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

/// The program as seen while one file is looked at: remembers what expressions are, whatever file they stand in.
pub struct View<'p> {
    /// The program.
    pub program: &'p Program<'p>,
    /// The facts of all files.
    pub facts: &'p Arenas,
    file: usize,
    lookup: Lookup,
    answers: Answers,
    /// How many annotations deep a look-up is: types may be made of themselves.
    type_depth: Cell<u32>,
    /// How many files deep one for what they export as a whole is.
    part_depth: Cell<u32>,
    /// Whether functions do work, by how deep it was looked for; what counts as work is the engine's.
    pub(crate) works: RefCell<FxHashMap<(FuncId, u32), bool>>,
    /// The calls that set limits on variables.
    setters: RefCell<FxHashMap<VarId, Rc<[ExprId]>>>,
    /// What is made of the variables of functions.
    made_of_variables: RefCell<FxHashMap<FuncId, flow::outcome::MadeOf>>,
}

impl<'p> Deref for View<'p> {
    type Target = Program<'p>;

    fn deref(&self) -> &Program<'p> {
        self.program
    }
}

impl<'p> View<'p> {
    /// A view for one file, with what earlier ones of it found.
    pub fn of(program: &'p Program<'_>, file: usize) -> Self {
        let memo = std::mem::take(&mut *program.memos[file].lock().unwrap_or_else(PoisonError::into_inner));
        Self {
            program,
            facts: &program.facts,
            file,
            lookup: Lookup::with(memo),
            answers: Answers::default(),
            type_depth: Cell::default(),
            part_depth: Cell::default(),
            works: RefCell::default(),
            setters: RefCell::default(),
            made_of_variables: RefCell::default(),
        }
    }

    /// The file that is looked at.
    pub fn file(&self) -> usize {
        self.file
    }

    /// Whether it is of a front end.
    pub fn is_front_end(&self) -> bool {
        self.program.sides[self.file].is_front_end()
    }

    /// Its part of the facts.
    pub(crate) fn part(&self) -> &'p Part {
        &self.program.parts[self.file]
    }

    /// Its expressions.
    pub fn exprs(&self) -> impl Iterator<Item = ExprId> + use<> {
        self.part().expr_ids()
    }

    /// Its calls, in the order of the source.
    pub fn calls(&self) -> &'p [ExprId] {
        self.program.calls_of(self.part().module())
    }

    /// Its functions.
    pub fn functions(&self) -> impl Iterator<Item = FuncId> + use<> {
        self.part().function_ids()
    }

    /// The language family.
    pub fn ecosystem(&self) -> Ecosystem {
        self.program.ecosystem
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        let memo = self.lookup.take();
        *self.program.memos[self.file].lock().unwrap_or_else(PoisonError::into_inner) = memo;
    }
}
