//! Races made by hand: promises that a call or a timer settles, whichever is first, and functions that race what they are handed.
//!
//! Owns: telling such a promise by how it is settled, whether a timer fails one, and whether something is handed into what a
//! helper does with it. Does not own: limits that follow from it (`guards`).

use crate::facts::{ExprId, ExprKind, Place, VarId};

use super::View;
use super::entity::Entity;
use super::limits::MAX_CLIMB;

/// How many names, and helpers of helpers, a value is followed through.
const MAX_HANDED: u32 = 3;

/// How many calls around a name are asked whether they hand it on.
const MAX_AROUND: usize = 3;

/// Words for ending what is waited for.
const ENDS: [&str; 9] =
    ["abort", "cancel", "destroy", "close", "end", "kill", "terminate", "stop", "disconnect"];

impl View<'_> {
    /// Whether a function is handed to a promise that it settles itself in two ways: a callback that is started with a time does
    /// nothing to end what is waited for, and other code gives the value.
    pub(super) fn settles_late(&self, executor: ExprId) -> bool {
        let ExprKind::Function(function) = self.facts.expr(executor).kind else { return false };
        if !self.is_promise_executor(function) {
            return false;
        }
        let settlers: Vec<VarId> = self.facts.params(function).iter().filter_map(|param| param.var).collect();
        let Some(resolve) = settlers.first().filter(|_| settlers.len() > 1) else { return false };
        let Some(timer) =
            self.calls_of(function).iter().copied().find(|call| self.only_settles(*call, &settlers))
        else {
            return false;
        };
        let span = self.facts.expr(timer).span;
        self.names_of(*resolve).iter().any(|name| {
            let at = self.facts.expr(*name).span;
            at.end <= span.start || at.start >= span.end
        })
    }

    /// Whether a call hands over a time and what settles a promise then, and does nothing else about it.
    fn only_settles(&self, call: ExprId, settlers: &[VarId]) -> bool {
        let [run, time] = self.args(call) else { return false };
        let is_settler = |expr: ExprId| self.facts_var(expr).is_some_and(|var| settlers.contains(&var));
        if is_settler(*time) || matches!(self.facts.expr(*time).kind, ExprKind::Function(_)) {
            return false;
        }
        if is_settler(*run) {
            return true;
        }
        let ExprKind::Function(callback) = self.facts.expr(*run).kind else { return false };
        let callee = |call: &ExprId| match self.facts.expr(*call).kind {
            ExprKind::Call { callee, .. } => Some(callee),
            _ => None,
        };
        let calls = self.calls_of(callback);
        calls.iter().filter_map(callee).any(is_settler)
            && !calls.iter().filter_map(callee).any(|callee| self.is_named_after_ending(callee))
    }

    /// Whether what is called is named after ending something.
    fn is_named_after_ending(&self, callee: ExprId) -> bool {
        let name = match self.facts.expr(callee).kind {
            ExprKind::Member { name, .. } => self.facts.name(name).to_ascii_lowercase(),
            _ => self.text_of(callee).to_ascii_lowercase(),
        };
        ENDS.iter().any(|word| name.starts_with(word))
    }

    /// Whether what a call runs later fails a promise: it calls the second function that a promise's executor is given.
    pub fn fails_a_promise(&self, call: ExprId) -> bool {
        let fails = |expr: ExprId| {
            self.param_of(expr).is_some_and(|(function, at)| at == 1 && self.is_promise_executor(function))
        };
        self.args(call).first().is_some_and(|run| {
            fails(*run)
                || match self.entity(*run).entity {
                    Entity::Function(callback) => self.calls_of(callback).iter().any(|call| {
                        matches!(self.facts.expr(*call).kind, ExprKind::Call { callee, .. } if fails(callee))
                    }),
                    _ => false,
                }
        })
    }

    /// Whether something is written among the arguments of a call of a helper of the tree, and not waited for before, and the
    /// helper hands that argument to another call. Of what a helper does with an argument that has no name nothing is known.
    pub fn is_handed_into(&self, expr: ExprId, helper: ExprId, call: ExprId) -> bool {
        self.is_handed_within(expr, helper, call, MAX_HANDED)
    }

    fn is_handed_within(&self, expr: ExprId, helper: ExprId, call: ExprId, depth: u32) -> bool {
        let Some(position) = self.position_in(expr, helper, MAX_HANDED) else { return false };
        let Some(function) = self.called_function(helper) else { return true };
        let param = self.facts.params(function).get(position).and_then(|param| param.var);
        let Some(var) = param.filter(|_| !self.facts.function(function).body.is_empty()) else { return true };
        self.names_of(var).iter().any(|name| {
            self.is_inside(*name, call) || depth > 0 && self.is_handed_further(*name, helper, call, depth - 1)
        })
    }

    /// Whether a helper hands something to one of its own that hands it into a call.
    fn is_handed_further(&self, name: ExprId, helper: ExprId, call: ExprId, depth: u32) -> bool {
        self.climb(name).take(MAX_AROUND).any(|next| {
            next != helper
                && self.called_function(next).is_some()
                && self.is_handed_within(name, next, call, depth)
        })
    }

    /// Which argument of a call something is written in: in a closure there, or in what a variable named there holds. What is
    /// waited for first is done by then.
    fn position_in(&self, expr: ExprId, helper: ExprId, names: u32) -> Option<usize> {
        let args = self.args(helper);
        let mut at = expr;
        let mut waited = false;
        for _ in 0..MAX_CLIMB {
            match self.facts.expr(at).kind {
                ExprKind::Await(_) => waited = true,
                ExprKind::Assign { binds, .. } if !waited && names > 0 => {
                    let held = self.facts.binds(binds).iter().find_map(|bind| match bind.place {
                        Place::Var(var) => self
                            .names_of(var)
                            .iter()
                            .find_map(|name| self.position_in(*name, helper, names - 1)),
                        _ => None,
                    });
                    if held.is_some() {
                        return held;
                    }
                }
                _ => {}
            }
            if let Some(position) = args.iter().position(|arg| *arg == at) {
                return (!waited).then_some(position);
            }
            let parent = self.parent(at);
            // A function waits for itself alone.
            waited &= parent.is_some();
            let next = parent.or_else(|| self.literal_of(self.home(at)));
            at = next.filter(|next| *next != at)?;
        }
        None
    }
}
