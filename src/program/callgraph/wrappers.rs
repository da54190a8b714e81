//! Functions that are handed on by a wrapper: `router.get('/', catching(async (req, res) => …))`. The closure that the wrapper
//! gives back calls what it was given with its own parameters, so what a library fills in there arrives here.
//!
//! Owns: finding such functions, and which parameter arrives where. Does not own: what libraries fill in (`handlers`).

use crate::facts::{ExprId, ExprKind, FuncId};
use crate::program::View;
use crate::program::values::entity::Entity;

/// How many wrappers, each around the next, are looked through.
const MAX_WRAPPERS: u32 = 4;

/// A function that a wrapper runs.
pub(in crate::program) struct Wrapped {
    /// It.
    pub(in crate::program) function: FuncId,
    /// Which parameter of the wrapper's closure arrives at which of its own.
    pub(in crate::program) moved: Vec<(u32, u32)>,
}

impl View<'_> {
    /// The functions within the wrappers that a value is made by.
    pub(in crate::program) fn wrapped_in(&self, value: ExprId) -> Vec<Wrapped> {
        let mut found: Vec<Wrapped> = Vec::new();
        let mut open = vec![(value, None::<Vec<(u32, u32)>>, MAX_WRAPPERS)];
        while let Some((value, before, left)) = open.pop() {
            let Some(left) = left.checked_sub(1) else { continue };
            for (inner, moved) in self.handed_through(value) {
                let moved = match &before {
                    Some(before) => after(before, &moved),
                    None => moved,
                };
                if let Entity::Function(function) = self.entity(inner).entity {
                    found.push(Wrapped { function, moved: moved.clone() });
                }
                open.push((inner, Some(moved), left));
            }
        }
        found
    }

    /// The one function that a library's wrapper is handed, to trace what it does or to catch what it throws:
    /// `tracing.Handler(store(pool))`.
    pub(in crate::program) fn wrapped_by_library(&self, value: ExprId) -> Option<FuncId> {
        let ExprKind::Call { callee, new: false, .. } = self.facts.expr(value).kind else { return None };
        if !matches!(self.entity(callee).entity, Entity::Export { .. }) {
            return None;
        }
        let mut handed = self.args(value).iter().filter_map(|arg| self.function_given(*arg));
        handed.next().filter(|_| handed.next().is_none())
    }

    /// The arguments of a wrapper's call that the closure it gives back calls, and which parameter it hands on where.
    fn handed_through(&self, value: ExprId) -> Vec<(ExprId, Vec<(u32, u32)>)> {
        let ExprKind::Call { callee, .. } = self.facts.expr(value).kind else { return Vec::new() };
        let Entity::Function(wrapper) = self.entity(callee).entity else { return Vec::new() };
        let Entity::Function(closure) = self.entity(value).entity else { return Vec::new() };
        if self.facts.function(closure).parent != Some(wrapper) {
            return Vec::new();
        }
        let calls = self.calls_of(closure).iter();
        let handed = calls.filter_map(|call| {
            let (position, given) = self.called_param(*call, wrapper)?;
            let moved = self.moved_params(closure, given);
            Some((*self.args(value).get(position)?, moved))
        });
        handed.filter(|(_, moved)| !moved.is_empty()).collect()
    }

    /// The parameter of a function that a call runs, and what it hands it.
    fn called_param(&self, call: ExprId, of: FuncId) -> Option<(usize, &[ExprId])> {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        let args = self.args(call);
        let (called, args) = match self.facts.expr(callee).kind {
            ExprKind::Member { object, name } if self.facts.name(name) == "call" => (object, args.get(1..)?),
            _ => (callee, args),
        };
        self.param_of(called).filter(|(function, _)| *function == of).map(|(_, position)| (position, args))
    }

    /// Which parameters of a closure stand where in a list of arguments.
    fn moved_params(&self, closure: FuncId, args: &[ExprId]) -> Vec<(u32, u32)> {
        let mut moved = Vec::new();
        for (to, arg) in (0u32..).zip(args) {
            let (arg, is_rest) = match self.facts.expr(*arg).kind {
                ExprKind::Spread(inner) => (inner, true),
                _ => (*arg, false),
            };
            let Some((function, from)) = self.param_of(arg) else { continue };
            let Some(param) = self.facts.params(function).get(from).filter(|_| function == closure) else {
                continue;
            };
            let Ok(from) = u32::try_from(from) else { continue };
            match (is_rest, param.rest) {
                (false, false) => moved.push((from, to)),
                // `(...args) => f(...args)`: as many as anybody has.
                (true, true) => moved.extend((0..MAX_REST).map(|further| (from + further, to + further))),
                _ => {}
            }
        }
        moved
    }
}

/// How many of what is handed on together are told apart.
const MAX_REST: u32 = 6;

/// Where what arrives through one wrapper arrives through the next.
fn after(first: &[(u32, u32)], second: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let through =
        |(from, by): &(u32, u32)| second.iter().find(|(inner, _)| inner == by).map(|(_, to)| (*from, *to));
    first.iter().filter_map(through).collect()
}
