//! The call graph: which functions of the tree a call may run.
//!
//! Owns: the edges, those through interfaces and abstract classes included. Does not own: what a call means (`calls`), or in
//! which order calls happen (`flow`).

pub(super) mod again;
pub(super) mod conventions;
pub(super) mod delegates;
pub(super) mod handed_in;
pub mod handlers;
pub(super) mod later;
pub(crate) mod mounted;
pub(super) mod rounds;
pub(super) mod routed;
pub(super) mod sites;
pub(super) mod tokens;
pub(super) mod wrappers;

use rustc_hash::FxHashMap;

use crate::facts::{ExprId, ExprKind, FuncId};

use super::grouped::Grouped;
use super::values::entity::Entity;
use super::workers::Workers;
use super::{Program, View};

/// How many implementations of one method are looked at; a method with more is one that anything may implement.
const MAX_IMPLEMENTATIONS: usize = 8;

/// Who calls whom.
#[derive(Debug, Default)]
pub(super) struct CallGraph {
    /// What each call runs, those of a call in one piece.
    callees: Vec<FuncId>,
    /// The calls, in the order of the files.
    calls: Vec<Call>,
    /// Where a call is among these.
    positions: FxHashMap<ExprId, u32>,
    /// The calls by the functions that they run.
    callers: Grouped<ExprId>,
    /// Whether it is found: before that it says nothing.
    is_found: bool,
}

/// A call that runs functions of the tree, or a name that stands for one which is run later.
#[derive(Clone, Copy, Debug)]
struct Call {
    expr: ExprId,
    /// The function that it names, if it is a call.
    called: Option<FuncId>,
    /// Where what it runs begins and ends among all callees.
    callees: (u32, u32),
}

impl CallGraph {
    /// Finds the callees of every call.
    pub(super) fn of(program: &Program<'_>, workers: &dyn Workers) -> Self {
        let of_file = |view: &View<'_>| {
            let mut found = Self::default();
            for call in view.calls() {
                if let Some(called) = view.called_function(*call) {
                    found.add(*call, Some(called), &view.run_for(called));
                }
                for (name, function) in view.named_for_later(*call) {
                    found.add(name, None, &[function]);
                }
            }
            found
        };
        let files = program.each_file(workers, of_file);
        let mut graph = Self::default();
        graph.calls.reserve_exact(files.iter().map(|file| file.calls.len()).sum());
        graph.callees.reserve_exact(files.iter().map(|file| file.callees.len()).sum());
        for file in &files {
            file.calls.iter().for_each(|call| graph.add(call.expr, call.called, file.run_by(*call)));
        }
        graph.positions = (0..).zip(&graph.calls).map(|(position, call)| (call.expr, position)).collect();
        let callers: Vec<(usize, ExprId)> = graph.edges().map(|(call, to)| (to.index(), call)).collect();
        graph.callers = Grouped::of(program.facts.functions.len(), &callers);
        graph.is_found = true;
        graph
    }

    fn add(&mut self, expr: ExprId, called: Option<FuncId>, callees: &[FuncId]) {
        let start = self.end();
        self.callees.extend(callees);
        self.calls.push(Call { expr, called, callees: (start, self.end()) });
    }

    #[expect(clippy::cast_possible_truncation, reason = "as many as there are ids")]
    fn end(&self) -> u32 {
        self.callees.len() as u32
    }

    fn run_by(&self, call: Call) -> &[FuncId] {
        &self.callees[call.callees.0 as usize..call.callees.1 as usize]
    }

    /// Every call with each function that it may run, in the order of the files.
    pub(super) fn edges(&self) -> impl Iterator<Item = (ExprId, FuncId)> {
        self.calls.iter().flat_map(|call| self.run_by(*call).iter().map(|callee| (call.expr, *callee)))
    }

    /// The functions that a call may run: one, or several that implement the same method.
    pub(super) fn callees(&self, call: ExprId) -> &[FuncId] {
        self.call(call).map_or(&[], |call| self.run_by(call))
    }

    fn call(&self, expr: ExprId) -> Option<Call> {
        self.positions.get(&expr).map(|position| self.calls[*position as usize])
    }
}

impl Program<'_> {
    /// The calls that may run a function, those through interfaces included, in the order of the files.
    pub fn calls_that_run(&self, function: FuncId) -> &[ExprId] {
        self.graph.callers.get(function.index())
    }
}

impl View<'_> {
    /// The function of the tree that a call runs; one without a body where it may be any that implements it.
    pub fn called_function(&self, call: ExprId) -> Option<FuncId> {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        if !self.may_call_tree(callee) {
            return None;
        }
        if self.graph.is_found {
            return self.graph.call(call)?.called;
        }
        match self.entity(callee).entity {
            Entity::Function(function) => Some(function),
            _ => None,
        }
    }

    /// Whether a call may run a function of the tree, by the name of what is called.
    pub(super) fn may_run_tree(&self, call: ExprId) -> bool {
        match self.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => self.may_call_tree(callee),
            _ => false,
        }
    }

    /// Whether what is called may be of the tree, by its name: most methods are those of libraries.
    pub(super) fn may_call_tree(&self, callee: ExprId) -> bool {
        match self.facts.expr(callee).kind {
            ExprKind::Member { name, .. } => self.callable.contains(&name),
            _ => true,
        }
    }

    /// The functions with a body that implement the method of an interface that a call names; none where no more than that is known.
    pub fn implementations(&self, call: ExprId) -> &[FuncId] {
        let has_body = |function: &FuncId| !self.facts.function(*function).body.is_empty();
        let found = self.run_by(call);
        if found.iter().all(has_body) { found } else { &[] }
    }

    /// The functions that may run where one is called.
    fn run_for(&self, function: FuncId) -> Vec<FuncId> {
        let info = self.facts.function(function);
        let (true, Some(owner), Some(name)) = (info.body.is_empty(), info.owner, info.name) else {
            return vec![function];
        };
        let implementers = self.classes.implementers(owner);
        if implementers.len() > MAX_IMPLEMENTATIONS {
            return vec![function];
        }
        let mut found: Vec<FuncId> =
            implementers.iter().filter_map(|ty| self.index.method(*ty, name)).collect();
        if found.is_empty() {
            found.push(function);
        }
        found
    }
}
