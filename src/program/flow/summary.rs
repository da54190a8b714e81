//! What calling a function does: the roles it plays for its callers.
//!
//! Owns: summaries, to a fixed depth. Does not own: matching.

use rustc_hash::{FxHashMap, FxHashSet};

use super::build;
use crate::facts::{ExprId, ExprKind, FuncId, Source};
use crate::models::Nature;
use crate::program::flow::feasible::{self, Conditions};
use crate::program::flow::{Flow, NodeKind};
use crate::program::workers::Workers;
use crate::program::{Program, View};

/// How many calls deep a role is passed on.
const MAX_DEPTH: usize = 4;

/// How many roles a function may play for its callers; the rest is left out. Only functions that run half a program come near.
const MAX_ROLES: usize = 512;

/// What one function does.
#[derive(Debug, Default)]
pub struct Summary {
    /// The order of its calls; none for closures that are part of another function's flow.
    pub flow: Option<Flow>,
    /// What plays a role in it, also in the functions it calls; each once for every call that leads there.
    pub roles: Vec<Played>,
}

/// Something that plays a role when a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// The call that plays it.
    pub expr: ExprId,
    /// The function's own call that leads there; none when it is the function's own.
    pub via: Option<ExprId>,
    /// Whether a call on the way may run another function instead, one that does no such thing.
    pub perhaps: bool,
}

/// The flows of one file.
#[derive(Default)]
struct Flows {
    flows: Vec<(Flow, Conditions)>,
    inlined: Vec<FuncId>,
}

/// Summarises every function.
pub(in crate::program) fn summarise(program: &Program<'_>, workers: &dyn Workers) -> Vec<Summary> {
    let mut summaries: Vec<Summary> = program.facts.functions.iter().map(|_| Summary::default()).collect();
    let matter = matter(program, workers);
    let found = program.each_file(workers, |view| flows(view, &matter));
    let inlined: Vec<FuncId> = found.iter().flat_map(|file| file.inlined.iter().copied()).collect();
    let mut conditions: FxHashMap<FuncId, Conditions> = FxHashMap::default();
    for (flow, under) in found.into_iter().flat_map(|file| file.flows) {
        let function = flow.function;
        if !under.is_empty() {
            conditions.insert(function, under);
        }
        summaries[function.index()].flow = Some(flow);
    }
    // A closure whose handler turned out to run in place after it had a flow of its own.
    for closure in inlined {
        summaries[closure.index()].flow = None;
    }
    let calls: Vec<Vec<ExprId>> = summaries.iter().map(|summary| calls_in(summary.flow.as_ref())).collect();
    let mut roles: Vec<Vec<Played>> = calls.iter().map(|calls| own_roles(program, calls)).collect();
    for _ in 1..MAX_DEPTH {
        let of_file = |view: &View<'_>| {
            let up = PassUp { view, calls: &calls, roles: &roles, conditions: &conditions };
            view.functions().map(|function| up.passed_up(function)).collect::<Vec<_>>()
        };
        let found = program.each_file(workers, of_file);
        let mut passed = Vec::with_capacity(roles.len());
        for (part, mut of_functions) in program.parts.iter().zip(found) {
            // A file whose work failed keeps its place.
            of_functions.resize(part.functions.len(), Vec::new());
            passed.append(&mut of_functions);
        }
        roles = passed;
    }
    for (summary, roles) in summaries.iter_mut().zip(roles) {
        summary.roles = roles;
    }
    summaries
}

/// Which functions can have to do with a fault: those in which something plays a role or messages arrive, the functions around
/// them, and those that call them, as far as roles are passed up.
fn matter(program: &Program<'_>, workers: &dyn Workers) -> Vec<bool> {
    let mut matter = vec![false; program.facts.functions.len()];
    let mark = |matter: &mut Vec<bool>, function: FuncId| {
        let mut at = Some(function);
        while let Some(id) = at {
            matter[id.index()] = true;
            at = program.facts.function(id).parent;
        }
    };
    for function in program.each_file(workers, functions_with_roles).into_iter().flatten() {
        mark(&mut matter, function);
    }
    for _ in 0..MAX_DEPTH {
        let before = matter.clone();
        for (call, callee) in program.graph.edges() {
            if before[callee.index()] {
                mark(&mut matter, program.home(call));
            }
        }
    }
    matter
}

/// The functions of a file in which something plays a role that a fault could be made of, or messages arrive.
fn functions_with_roles(view: &View<'_>) -> Vec<FuncId> {
    let plays = |expr: &ExprId| match view.facts.expr(*expr).kind {
        ExprKind::Receive(over) => view.arriving(&view.entity(over).entity).is_some(),
        ExprKind::Assign { binds, .. } => view.facts.binds(binds).iter().any(|bind| match bind.source {
            Source::Item(over) => view.arriving(&view.entity(over).entity).is_some(),
            _ => false,
        }),
        _ => false,
    };
    let has_role =
        |expr: &ExprId| view.role_use(*expr).is_some_and(|used| !view.roles.is(used.role, Nature::Note));
    // What is tried again may be a call that no model knows.
    let counts = |expr: &ExprId| match view.facts.expr(*expr).kind {
        ExprKind::Name { var: Some(_), name, .. } => {
            view.words.attempts.named.is_in(&view.facts.name(name).to_ascii_lowercase())
        }
        _ => false,
    };
    let exprs = view.exprs().filter(|expr| has_role(expr) || plays(expr) || counts(expr));
    let exprs = exprs.map(|expr| view.home(expr));
    exprs.chain(view.functions().filter(|function| view.handler(*function).is_some())).collect()
}

fn flows(view: &View<'_>, matter: &[bool]) -> Flows {
    let mut found = Flows::default();
    let mut inlined = FxHashSet::default();
    for function in view.functions() {
        // The module's own flow also runs the decorators.
        let is_empty = view.facts.function(function).body.is_empty() && !view.is_module(function);
        if is_empty || !matter[function.index()] || inlined.contains(&function) {
            continue;
        }
        let (flow, taken) = build::build(view, function);
        inlined.extend(taken.iter().copied());
        found.inlined.extend(taken);
        let conditions = feasible::conditions(view, &flow);
        found.flows.push((flow, conditions));
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

/// What is needed to pass roles on from callees to callers, one call further than before.
struct PassUp<'s, 'p> {
    view: &'s View<'p>,
    calls: &'s [Vec<ExprId>],
    roles: &'s [Vec<Played>],
    conditions: &'s FxHashMap<FuncId, Conditions>,
}

impl PassUp<'_, '_> {
    /// The roles of a function and of those it calls.
    fn passed_up(&self, function: FuncId) -> Vec<Played> {
        let mut known = FxHashSet::default();
        let mut all = Vec::new();
        for call in &self.calls[function.index()] {
            let own = self.view.role_use(*call);
            let own = own.map(|_| Played { expr: *call, via: None, perhaps: false });
            all.extend(own.filter(|played| known.insert((played.expr, played.via))));
            let callees = self.view.graph.callees(*call);
            for callee in callees.iter().filter(|callee| **callee != function) {
                let passed =
                    self.roles[callee.index()].iter().filter(|played| self.is_run(*call, *callee, played));
                let passed = passed.map(|played| Played {
                    expr: played.expr,
                    via: Some(*call),
                    perhaps: played.perhaps || !self.all_play(callees, played.expr),
                });
                all.extend(passed.filter(|played| known.insert((played.expr, played.via))));
            }
        }
        all.truncate(MAX_ROLES);
        all
    }

    /// Whether every function that a call may run plays the role that an expression plays in one of them.
    fn all_play(&self, callees: &[FuncId], expr: ExprId) -> bool {
        let role = self.view.role_use(expr).map(|used| used.role);
        let plays = |played: &Played| self.view.role_use(played.expr).map(|used| used.role) == role;
        callees.len() == 1 || callees.iter().all(|callee| self.roles[callee.index()].iter().any(plays))
    }

    /// Whether a call of a function can run what plays a role in it.
    fn is_run(&self, call: ExprId, callee: FuncId, played: &Played) -> bool {
        let own = played.via.unwrap_or(played.expr);
        let conditions = self.conditions.get(&callee).and_then(|conditions| conditions.get(&own));
        conditions.is_none_or(|conditions| self.view.can_reach(call, callee, conditions))
    }
}

impl Program<'_> {
    /// The function around a closure, or the function itself, that has a flow of its own.
    pub fn root_of(&self, function: FuncId) -> FuncId {
        let mut at = function;
        while self.flow(at).is_none() {
            let Some(parent) = self.facts.function(at).parent else { break };
            at = parent;
        }
        at
    }

    /// The flow of a function, if it is a root.
    pub fn flow(&self, function: FuncId) -> Option<&Flow> {
        self.summaries.get(function.index()).and_then(|summary| summary.flow.as_ref())
    }

    /// The calls that lead from a function to one that plays a role in it, each with the function it runs: the function's own
    /// call first, the one in the innermost function last; none when it is the function's own.
    pub fn calls_to(&self, function: FuncId, expr: ExprId) -> Vec<(ExprId, FuncId)> {
        match self.played(function, expr).and_then(|played| played.via) {
            Some(via) => self.calls_through(via, expr),
            None => Vec::new(),
        }
    }

    /// The same from one call on, for a function that leads there by several.
    pub fn calls_through(&self, call: ExprId, expr: ExprId) -> Vec<(ExprId, FuncId)> {
        let mut calls = Vec::new();
        let mut next = Some(call);
        while let Some(via) = next.filter(|_| calls.len() < MAX_DEPTH) {
            let leads = |callee: &&FuncId| self.played(**callee, expr).is_some();
            let Some(callee) = self.graph.callees(via).iter().find(leads) else { break };
            calls.push((via, *callee));
            next = self.played(*callee, expr).and_then(|played| played.via);
        }
        calls
    }

    /// The calls of a function that play a role or lead to the one that does.
    pub fn leading_to(&self, function: FuncId, expr: ExprId) -> Vec<ExprId> {
        let roles = self.summary(function).map_or(&[][..], |summary| &summary.roles);
        roles.iter().filter(|played| played.expr == expr).map(|played| played.via.unwrap_or(expr)).collect()
    }

    /// What a call in a function makes happen in the functions that it runs.
    pub fn played_by(&self, function: FuncId, call: ExprId) -> impl Iterator<Item = Played> + '_ {
        let roles = self.summary(function).map_or(&[][..], |summary| &summary.roles);
        roles.iter().filter(move |played| played.via == Some(call)).copied()
    }

    /// What plays a role when a function is called, in it or in the functions it calls.
    pub fn played_in(&self, function: FuncId) -> impl Iterator<Item = ExprId> + '_ {
        let roles = self.summary(function).map_or(&[][..], |summary| &summary.roles);
        roles.iter().map(|played| played.expr)
    }

    fn played(&self, function: FuncId, expr: ExprId) -> Option<&Played> {
        self.summary(function)?.roles.iter().find(|played| played.expr == expr)
    }
}
