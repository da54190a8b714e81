//! What calling a function of this file does: the roles it plays for its callers.
//!
//! Owns: summaries, to a fixed depth within the file. Does not own: matching.

use crate::facts::{ExprId, FuncId};

use super::Program;
use super::entity::Entity;
use super::flow::{Flow, NodeKind};
use super::flow_build;

/// How many calls deep a role is passed on.
const MAX_DEPTH: usize = 4;

/// What one function does.
#[derive(Debug, Default)]
pub struct Summary {
    /// The order of its calls; none for closures that are part of another function's flow.
    pub flow: Option<Flow>,
    /// The calls that play a role in it, also in the functions it calls.
    pub roles: Vec<ExprId>,
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
    for function in program.facts.function_ids() {
        let mut roles = Vec::new();
        collect(program, &summaries, function, &mut Vec::new(), &mut roles);
        summaries[function.index()].roles = roles;
    }
    summaries
}

/// Adds the calls with a role of a function and of what it calls, each once.
fn collect(
    program: &Program<'_>,
    summaries: &[Summary],
    function: FuncId,
    path: &mut Vec<FuncId>,
    roles: &mut Vec<ExprId>,
) {
    if path.contains(&function) || path.len() >= MAX_DEPTH {
        return;
    }
    let Some(flow) = &summaries[function.index()].flow else { return };
    path.push(function);
    for id in flow.ids() {
        let NodeKind::Call(call) = flow.node(id).kind else { continue };
        if program.role_use(call).is_some() && !roles.contains(&call) {
            roles.push(call);
        }
        if let Some(callee) = program.called_function(call) {
            collect(program, summaries, callee, path, roles);
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
