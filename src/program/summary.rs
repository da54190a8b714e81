//! What calling a function of this file does: the roles it plays for its callers.
//!
//! Owns: summaries, to a fixed depth within the file. Does not own: matching.

use crate::facts::{ExprId, FuncId};

use super::Program;
use super::entity::Entity;
use super::flow::{ENTRY, EXIT, Flow, NodeKind};
use super::flow_build;

/// How many calls deep a role is passed on.
const MAX_DEPTH: u32 = 4;

/// What one function does.
#[derive(Debug, Default)]
pub struct Summary {
    /// The order of its calls; none for closures that are part of another function's flow.
    pub flow: Option<Flow>,
    /// The roles it plays: the call that plays it, and whether on every way through.
    pub roles: Vec<(ExprId, bool)>,
}

/// Summarises every function.
pub(super) fn summarise(program: &Program<'_>) -> Vec<Summary> {
    let mut summaries: Vec<Summary> = program.facts.function_ids().map(|_| Summary::default()).collect();
    let mut inlined = vec![false; summaries.len()];
    for function in program.facts.function_ids() {
        // The module's own flow also runs the decorators.
        if inlined[function.index()]
            || (function.index() != 0 && program.facts.function(function).body.is_empty())
        {
            continue;
        }
        let (flow, taken) = flow_build::build(program, function);
        for closure in taken {
            inlined[closure.index()] = true;
            // A closure whose handler turned out to run in place after it had a flow of its own.
            summaries[closure.index()].flow = None;
        }
        summaries[function.index()].flow = Some(flow);
    }
    let own: Vec<Vec<(ExprId, bool)>> =
        summaries.iter().map(|summary| own_roles(program, summary.flow.as_ref())).collect();
    for function in program.facts.function_ids() {
        let mut roles = Vec::new();
        let mut path = Vec::new();
        collect(program, &summaries, &own, function, true, &mut path, &mut roles);
        summaries[function.index()].roles = roles;
    }
    summaries
}

fn own_roles(program: &Program<'_>, flow: Option<&Flow>) -> Vec<(ExprId, bool)> {
    let Some(flow) = flow else { return Vec::new() };
    let mut roles = Vec::new();
    for id in flow.ids() {
        let NodeKind::Call(call) = flow.node(id).kind else { continue };
        if program.role_use(call).is_some() && !roles.iter().any(|(known, _)| *known == call) {
            roles.push((call, always(flow, call)));
        }
    }
    roles
}

/// Whether every way through a function passes a call.
fn always(flow: &Flow, call: ExprId) -> bool {
    let at = |id| flow.node(id).kind == NodeKind::Call(call);
    flow.reach([ENTRY], &|_, _| true, &at, &|id| id == EXIT).is_none()
}

fn collect(
    program: &Program<'_>,
    summaries: &[Summary],
    own: &[Vec<(ExprId, bool)>],
    function: FuncId,
    sure: bool,
    path: &mut Vec<FuncId>,
    roles: &mut Vec<(ExprId, bool)>,
) {
    if path.contains(&function) || path.len() >= MAX_DEPTH as usize {
        return;
    }
    path.push(function);
    for (call, always) in &own[function.index()] {
        match roles.iter_mut().find(|(known, _)| known == call) {
            Some((_, known)) => *known |= sure && *always,
            None => roles.push((*call, sure && *always)),
        }
    }
    if let Some(flow) = &summaries[function.index()].flow {
        for id in flow.ids() {
            let NodeKind::Call(call) = flow.node(id).kind else { continue };
            if let Some(callee) = program.called_function(call) {
                let sure = sure && always(flow, call);
                collect(program, summaries, own, callee, sure, path, roles);
            }
        }
    }
    path.pop();
}

impl Program<'_> {
    /// The function of this file that a call runs.
    pub fn called_function(&self, call: ExprId) -> Option<FuncId> {
        let crate::facts::ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        match self.entity(callee).entity {
            Entity::Function(function) => Some(function),
            _ => None,
        }
    }

    /// The flow of a function, if it is a root.
    pub fn flow(&self, function: FuncId) -> Option<&Flow> {
        self.summaries.get(function.index()).and_then(|summary| summary.flow.as_ref())
    }
}
