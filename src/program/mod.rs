//! The program: facts of many files linked together and given roles.
//!
//! Owns: the folders below, each of which answers one kind of question: what names mean ([`names`], [`modules`]), what expressions
//! are and hold ([`values`]), what calls do ([`calls`]), who runs what ([`callgraph`]), in which order ([`flow`]), for how long at
//! most ([`deadlines`]), how many at a time ([`concurrency`]), what changes from round to round ([`recurrence`]), and what is used
//! at all ([`reach`]). And [`Program`] itself: what goes in, what it holds, and look-ups that need no following; `link` makes one, a
//! [`View`] reads it, `spans` says where things stand. Does not own: what is a fault (`engine`).
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
pub(crate) mod effort;
pub mod flow;
mod grouped;
pub mod index;
pub mod inspect;
mod link;
mod memo;
pub mod modules;
pub mod names;
pub mod reach;
pub mod recurrence;
#[cfg(test)]
mod samples;
mod spans;
mod together;
pub mod values;
mod view;
pub mod workers;

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::join::Part;
pub use crate::facts::texts::Names;
use crate::facts::{
    self, Arenas, ExprId, ExprKind, Facts, FuncId, FuncKind, Name, TypeDefId, TypeRefId, VarId,
};
use crate::models::code::Side;
use crate::models::vocabulary::Vocabulary;
use crate::models::{LibraryId, Models, ReceiverId, Roles};
use crate::source::Ecosystem;

pub use callgraph::handlers::HandlerInfo;
pub use calls::RoleUse;
pub use calls::args::Arg;
use memo::{Memo, OfFunctions, Shared};
use modules::Target;
use names::{Bindings, Packages};
pub use values::entity::{Entity, Resolved, Told};
pub use view::View;
use workers::Workers;

/// A part of a parameter (by the path into it) and what a library puts there.
type FilledPart = (Vec<String>, ReceiverId);

/// A file to link.
pub struct Unit<'a> {
    /// Its facts.
    pub facts: Arc<Facts>,
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
    /// Words by which code says what it is about.
    pub words: &'a Vocabulary,
}

/// All files of one language family with everything that can be said about them.
pub struct Program<'a> {
    /// The facts of all files.
    pub facts: Arenas,
    /// What libraries do.
    pub models: &'a Models,
    /// The roles.
    pub roles: &'a Roles,
    /// Words by which code says what it is about.
    pub words: &'a Vocabulary,
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
    /// Whether functions do work; what counts as work is the engine's.
    pub(crate) works: OfFunctions,
    /// Parameters, or parts of them, that a library fills.
    params: FxHashMap<(FuncId, u32), Vec<FilledPart>>,
    handlers: FxHashMap<FuncId, HandlerInfo>,
    uses: FxHashMap<ExprId, RoleUse>,
    graph: callgraph::CallGraph,
    limits: deadlines::limits::Limits,
    summaries: Vec<flow::summary::Summary>,
    /// Which files make one program, once somebody asks.
    reach: std::sync::OnceLock<reach::Reach>,
    /// The fields that are compared with something, by their names, once somebody asks.
    compared: std::sync::OnceLock<FxHashSet<String>>,
    /// Whether methods are called on objects, by their names, as far as anybody asked.
    calls_on: Mutex<FxHashMap<(Name, Name), bool>>,
    used: reach::used::Used,
    /// In which files a platform is told when to end what runs; empty where none is.
    time_boxed: Vec<bool>,
    /// Functions that routers run which no model knows.
    routed: FxHashSet<FuncId>,
    /// Under which names files of a front end export what a server runs.
    server_exports: FxHashSet<Name>,
}

impl Program<'_> {
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

    /// Where a variable is named.
    pub fn names_of(&self, var: VarId) -> &[ExprId] {
        self.index.names_of(var)
    }

    /// The assignments that set a variable.
    pub(crate) fn settings_of(&self, var: VarId) -> Vec<ExprId> {
        self.index.var(var).iter().filter_map(|binding| binding.assignment).collect()
    }

    /// The variables of a function's parameters.
    pub fn params_of(&self, function: crate::facts::FuncId) -> Vec<VarId> {
        let params = self.facts.params(function);
        let parts =
            params.iter().flat_map(|param| self.facts.binds(param.parts)).filter_map(|bind| {
                match bind.place {
                    facts::Place::Var(var) => Some(var),
                    _ => None,
                }
            });
        params.iter().filter_map(|param| param.var).chain(parts).collect()
    }

    /// The name of a variable.
    pub fn var_name(&self, var: VarId) -> &str {
        self.facts.name(self.facts.var(var).name)
    }

    /// A name by its text, if any file writes it.
    pub(crate) fn name_of(&self, text: &str) -> Option<Name> {
        self.names.get(&self.facts.names, text)
    }

    /// Whether some call of the tree is one of a method on an object of these names.
    pub(crate) fn calls_on(&self, object: &str, method: &str) -> bool {
        let (Some(object), Some(method)) = (self.name_of(object), self.name_of(method)) else { return false };
        let mut called = self.calls_on.lock().unwrap_or_else(PoisonError::into_inner);
        *called.entry((object, method)).or_insert_with(|| {
            let is_object = |at: ExprId| matches!(self.facts.expr(at).kind, ExprKind::Name { name, .. } if name == object);
            self.facts.exprs.iter().any(|expr| {
                matches!(expr.kind, ExprKind::Member { object, name } if name == method && is_object(object))
            })
        })
    }

    /// The libraries that an import path means.
    fn libraries_of(&self, module: Name) -> &[LibraryId] {
        self.libraries.get(&module).map_or(&[], AsRef::as_ref)
    }
}
