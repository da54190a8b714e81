//! What calling a function does: the roles it plays for its callers.
//!
//! Owns: summaries, to a fixed depth. Does not own: matching.

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, FuncId};

use super::flow::{Flow, NodeKind};
use super::workers::{self, Workers};
use super::{Program, View, flow_build};

/// How many calls deep a role is passed on.
const MAX_DEPTH: usize = 4;

/// How many roles a function may play for its callers; the rest is left out. Only functions that run half a program come near.
const MAX_ROLES: usize = 256;

/// What one function does.
#[derive(Debug, Default)]
pub struct Summary {
    /// The order of its calls; none for closures that are part of another function's flow.
    pub flow: Option<Flow>,
    /// What plays a role in it, also in the functions it calls; each once.
    pub roles: Vec<Played>,
}

/// Something that plays a role when a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// The call that plays it.
    pub expr: ExprId,
    /// The function's own call that leads there; none when it is the function's own.
    pub via: Option<ExprId>,
    /// Whether a call on the way may run other functions instead.
    pub perhaps: bool,
}

/// The flows of one file.
#[derive(Default)]
struct Flows {
    flows: Vec<Flow>,
    inlined: Vec<FuncId>,
}

/// Summarises every function.
pub(super) fn summarise(program: &Program<'_>, workers: &dyn Workers) -> Vec<Summary> {
    let mut summaries: Vec<Summary> = program.facts.functions.iter().map(|_| Summary::default()).collect();
    let found = program.each_file(workers, flows);
    let inlined: Vec<FuncId> = found.iter().flat_map(|file| file.inlined.iter().copied()).collect();
    for flow in found.into_iter().flat_map(|file| file.flows) {
        let function = flow.function;
        summaries[function.index()].flow = Some(flow);
    }
    // A closure whose handler turned out to run in place after it had a flow of its own.
    for closure in inlined {
        summaries[closure.index()].flow = None;
    }
    let calls: Vec<Vec<ExprId>> = summaries.iter().map(|summary| calls_in(summary.flow.as_ref())).collect();
    let mut roles: Vec<Vec<Played>> = calls.iter().map(|calls| own_roles(program, calls)).collect();
    for _ in 1..MAX_DEPTH {
        roles = workers::map(workers, calls.len(), |function| {
            passed_up(program, FuncId::from_index(function), &calls[function], &roles)
        });
    }
    for (summary, roles) in summaries.iter_mut().zip(roles) {
        summary.roles = roles;
    }
    summaries
}

fn flows(view: &View<'_>) -> Flows {
    let mut found = Flows::default();
    let mut inlined = FxHashSet::default();
    for function in view.functions() {
        // The module's own flow also runs the decorators.
        let is_empty = view.facts.function(function).body.is_empty() && !view.is_module(function);
        if is_empty || inlined.contains(&function) {
            continue;
        }
        let (flow, taken) = flow_build::build(view, function);
        inlined.extend(taken.iter().copied());
        found.inlined.extend(taken);
        found.flows.push(flow);
    }
    found
}

/// The calls of a flow, each once, in order.
fn calls_in(flow: Option<&Flow>) -> Vec<ExprId> {
    let Some(flow) = flow else { return Vec::new() };
    let mut seen = FxHashSet::default();
    let calls = flow.ids().filter_map(|id| match flow.node(id).kind {
        NodeKind::Call(call) => Some(call),
        _ => None,
    });
    calls.filter(|call| seen.insert(*call)).collect()
}

fn own_roles(program: &Program<'_>, calls: &[ExprId]) -> Vec<Played> {
    let with_role = calls.iter().filter(|call| program.role_use(**call).is_some());
    with_role.map(|call| Played { expr: *call, via: None, perhaps: false }).collect()
}

/// The roles of a function and, one call further down than before, of those it calls.
fn passed_up(
    program: &Program<'_>,
    function: FuncId,
    calls: &[ExprId],
    roles: &[Vec<Played>],
) -> Vec<Played> {
    let mut known = FxHashSet::default();
    let mut all = Vec::new();
    for call in calls {
        let own = program.role_use(*call).map(|_| Played { expr: *call, via: None, perhaps: false });
        let callees = program.graph.callees(*call);
        let passed =
            callees.iter().filter(|callee| **callee != function).flat_map(|callee| &roles[callee.index()]);
        let passed = passed.map(|played| Played {
            expr: played.expr,
            via: Some(*call),
            perhaps: played.perhaps || callees.len() > 1,
        });
        all.extend(own.into_iter().chain(passed).filter(|played| known.insert(played.expr)));
    }
    all.truncate(MAX_ROLES);
    all
}

impl Program<'_> {
    /// The flow of a function, if it is a root.
    pub fn flow(&self, function: FuncId) -> Option<&Flow> {
        self.summaries.get(function.index()).and_then(|summary| summary.flow.as_ref())
    }

    /// The calls that lead from a function to one that plays a role in it, each with the function it runs: the function's own
    /// call first, the one in the innermost function last; none when it is the function's own.
    pub fn calls_to(&self, function: FuncId, expr: ExprId) -> Vec<(ExprId, FuncId)> {
        let mut calls = Vec::new();
        let mut at = function;
        while let Some(via) = self.played(at, expr).and_then(|played| played.via)
            && calls.len() < MAX_DEPTH
        {
            let leads = |callee: &&FuncId| self.played(**callee, expr).is_some();
            let Some(callee) = self.graph.callees(via).iter().find(leads) else { break };
            calls.push((via, *callee));
            at = *callee;
        }
        calls
    }

    /// What a call's callees do.
    pub fn played_by(&self, call: ExprId) -> impl Iterator<Item = Played> + '_ {
        let callees = self.graph.callees(call);
        let several = callees.len() > 1;
        let summaries = callees.iter().filter_map(|callee| self.summary(*callee));
        let played = summaries.flat_map(|summary| summary.roles.iter().copied());
        played.map(move |played| Played { perhaps: played.perhaps || several, ..played })
    }

    fn played(&self, function: FuncId, expr: ExprId) -> Option<&Played> {
        self.summary(function)?.roles.iter().find(|played| played.expr == expr)
    }
}
