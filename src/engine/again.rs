//! What helpers of the tree run again when it fails: `withRetry(() => client.get(id))`.
//!
//! Owns: telling such a helper. Does not own: what a repetition is (`repeats`), or which calls a helper is handed to
//! (`program::flow`).

use crate::facts::{ExprId, ExprKind, FuncId};
use crate::rules::repeated::Attempts;

use super::events::{Event, Root};
use super::roots::Roots;
use super::steps::Search;

/// How many helpers deep what was handed in is followed.
const MAX_HELPERS: usize = 3;

impl Search<'_, '_> {
    /// Whether a call runs again, a number of times, what it is handed.
    pub(super) fn is_run_again_by(&self, runner: ExprId) -> bool {
        self.is_run_again_below(runner, &mut Vec::new())
    }

    /// Whether a call is handed a function literal.
    pub(super) fn hands_closure(&self, call: ExprId) -> bool {
        let is_literal = |arg: &ExprId| matches!(self.program.facts.expr(*arg).kind, ExprKind::Function(_));
        self.program.args(call).iter().any(is_literal)
    }

    fn is_run_again_below(&self, runner: ExprId, seen: &mut Vec<FuncId>) -> bool {
        let Some(helper) = self.program.called_function(runner) else { return false };
        if seen.contains(&helper) || seen.len() >= MAX_HELPERS {
            return false;
        }
        seen.push(helper);
        let Some(root) = Root::of(self.program, helper) else { return false };
        let roots = Roots::one(root);
        let search = Search { roots: &roots, root: 0, ..*self };
        roots[0].events.iter().any(|event| search.makes_again_what_it_was_handed(event, seen))
    }

    /// Whether an event calls what the function was handed, again when that fails, or hands it on to who does.
    fn makes_again_what_it_was_handed(&self, event: &Event, seen: &mut Vec<FuncId>) -> bool {
        let Some(call) = event.call().filter(|_| event.via.is_none()) else { return false };
        if self.runs_what_was_handed_in(event).is_some() {
            return self.is_made_several_times(event)
                || event.nodes.iter().any(|node| {
                    let context = self.root().flow.context(*node);
                    let is_retry = |role: &_| self.program.roles.name(*role) == "retry.run";
                    context.guards.iter().any(is_retry)
                        || context.runners.iter().any(|runner| self.is_run_again_below(*runner, seen))
                });
        }
        let hands_on = self.program.args(call).iter().any(|arg| self.program.param_of(*arg).is_some());
        hands_on
            && (event.role.is_some_and(|role| self.program.roles.name(role) == "retry.run")
                || self.is_run_again_below(call, seen))
    }

    fn is_made_several_times(&self, event: &Event) -> bool {
        let bounded = |attempts| attempts == Attempts::Bounded;
        self.repeat(event)
            .is_some_and(|repeat| bounded(repeat.attempts) && repeat.count.is_none_or(|count| count > 2))
    }
}
