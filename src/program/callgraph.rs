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

use super::values::entity::Entity;
use super::workers::Workers;
use super::{Program, View};

/// How many implementations of one method are looked at; a method with more is one that anything may implement.
const MAX_IMPLEMENTATIONS: usize = 8;

/// Who calls whom.
#[derive(Debug, Default)]
pub(super) struct CallGraph {
    callees: FxHashMap<ExprId, Vec<FuncId>>,
    /// The same in the order of the files.
    edges: Vec<(ExprId, FuncId)>,
    callers: FxHashMap<FuncId, Vec<ExprId>>,
}

impl CallGraph {
    /// Finds the callees of every call.
    pub(super) fn of(program: &Program<'_>, workers: &dyn Workers) -> Self {
        let of_file = |view: &View<'_>| {
            let mut found = Vec::new();
            for call in view.calls() {
                let callees = view.callees_of(*call);
                if !callees.is_empty() {
                    found.push((*call, callees));
                }
                let later = view.named_for_later(*call).into_iter();
                found.extend(later.map(|(name, function)| (name, vec![function])));
            }
            found
        };
        let found: Vec<(ExprId, Vec<FuncId>)> =
            program.each_file(workers, of_file).into_iter().flatten().collect();
        let edges = found.iter().flat_map(|(call, callees)| callees.iter().map(|callee| (*call, *callee)));
        let edges: Vec<(ExprId, FuncId)> = edges.collect();
        let mut callers: FxHashMap<FuncId, Vec<ExprId>> = FxHashMap::default();
        for (call, callee) in &edges {
            callers.entry(*callee).or_default().push(*call);
        }
        Self { edges, callees: found.into_iter().collect(), callers }
    }

    /// Every call with each function that it may run.
    pub(super) fn edges(&self) -> &[(ExprId, FuncId)] {
        &self.edges
    }

    /// The functions that a call may run: one, or several that implement the same method.
    pub(super) fn callees(&self, call: ExprId) -> &[FuncId] {
        self.callees.get(&call).map_or(&[], Vec::as_slice)
    }
}

impl Program<'_> {
    /// The calls that may run a function, those through interfaces included, in the order of the files.
    pub fn calls_that_run(&self, function: FuncId) -> &[ExprId] {
        self.graph.callers.get(&function).map_or(&[], Vec::as_slice)
    }
}

impl View<'_> {
    /// The function of the tree that a call runs; one without a body where it may be any that implements it.
    pub fn called_function(&self, call: ExprId) -> Option<FuncId> {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        if !self.may_call_tree(callee) {
            return None;
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
    pub fn implementations(&self, call: ExprId) -> Vec<FuncId> {
        let has_body = |function: &FuncId| !self.facts.function(*function).body.is_empty();
        let found = self.callees_of(call);
        if found.iter().all(has_body) { found } else { Vec::new() }
    }

    /// The functions of the tree that a call may run.
    fn callees_of(&self, call: ExprId) -> Vec<FuncId> {
        let Some(function) = self.called_function(call) else { return Vec::new() };
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
