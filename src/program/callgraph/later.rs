//! Functions that are handed to a call by their name, to be run some time later: `setTimeout(connect, 1000)`.
//!
//! Owns: which these are. Such a function is called where it is handed over, beside the rest. Does not own: literals, which
//! are part of the flow they are written in.

use crate::facts::{ExprId, ExprKind, FuncId};
use crate::models::{Root, RunKind, Runs};
use crate::program::View;
use crate::program::values::entity::Entity;

impl View<'_> {
    /// The functions that a call is handed by name to run later, each with the argument that names it.
    pub(in crate::program) fn named_for_later(&self, call: ExprId) -> Vec<(ExprId, FuncId)> {
        let args = self.args(call);
        let is_name = |arg: &ExprId| !matches!(self.facts.expr(*arg).kind, ExprKind::Function(_));
        if !args.iter().any(is_name) || !self.may_hand_over(call) {
            return Vec::new();
        }
        let Some(found) = self.call_entry(call) else { return Vec::new() };
        let runs =
            self.models.calls[found.entry.index()].runs.iter().map(|run| &self.models.runs[run.index()]);
        let positions = runs.filter(|run| is_call(run)).filter_map(|run| match &run.at {
            Some(path) if path.steps.is_empty() => match path.root {
                Root::Argument(position) => Some(position),
                _ => None,
            },
            _ => None,
        });
        let named = positions.filter_map(|position| args.get(position)).filter(|arg| is_name(arg));
        named.filter_map(|arg| Some((*arg, self.function_given(*arg)?))).collect()
    }

    /// The function of the tree that a value is, also one that was given its `this`: `f.bind(this)`.
    pub(in crate::program) fn function_given(&self, value: ExprId) -> Option<FuncId> {
        match self.entity(value).entity {
            Entity::Function(function) => Some(function),
            _ => self.handed_function(value),
        }
    }
}

/// Whether a function that is run so is called where it is handed over: it runs later, and nothing is known of what it gets.
pub(in crate::program) fn is_call(run: &Runs) -> bool {
    run.kind == RunKind::Later && run.params.is_empty()
}
