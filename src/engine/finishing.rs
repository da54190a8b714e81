//! Work that brings to an end what was begun: something was done under the context at hand, and this changes something after it.
//!
//! Owns: telling such work, by order and by names. Does not own: whose context a call works under (`handed`).

use crate::facts::words::words;
use crate::facts::{ExprId, ExprKind};
use crate::models::{ContextKind, Nature};

use super::events::{Event, Root};
use super::steps::Search;

impl Search<'_, '_> {
    /// Whether an event changes something after other work of its function was done under the context at hand: what was begun
    /// for a request is to be finished though it may be over.
    pub(super) fn is_finishing(&self, root: &Root<'_>, event: &Event) -> bool {
        let program = self.program;
        let Some(call) = event.call().filter(|call| !self.only_reads(*call)) else { return false };
        let is_before = |other: &ExprId| {
            program.file_of_expr(*other) == program.file_of_expr(call)
                && program.facts.expr(*other).span.end <= program.facts.expr(call).span.start
        };
        // What gets the request itself looks at what it says, as a rule.
        let is_it = |arg: &ExprId| {
            let of_request =
                matches!(program.context_kind(*arg), Some(ContextKind::Request | ContextKind::Values));
            !of_request && program.is_context_at_hand(*arg)
        };
        // Nothing was begun by looking something up.
        let is_lookup = |other: &Event| other.role.is_some_and(|role| program.roles.is(role, Nature::Lookup));
        let begun = root.events.iter().filter(|other| !is_lookup(other) && other.is_work(program));
        let others = begun.filter_map(Event::call).filter(|other| !self.only_reads(*other));
        others.filter(is_before).any(|other| program.args(other).iter().any(is_it))
    }

    fn only_reads(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        let words = words(self.program.last_name(callee).unwrap_or_default());
        let known = &self.program.words.functions;
        words.first().is_some_and(|first| known.reading.has(first) || known.asking.has(first))
    }
}
