//! Items that a handler of messages goes over and that have nothing to do with what its message says.
//!
//! Owns: whether an event is for one of those. Does not own: loops as ways (`cycles`), collections (`gone_over`).

use crate::facts::{ExprId, ExprKind, VarId};
use crate::program::flow::NodeKind;

use super::events::{Event, Root, item_var};
use super::steps::Search;

impl Search<'_, '_> {
    /// Whether an event does something with an item of what a look-up gave that was asked for nothing of the message: the next
    /// message, which may be no more than a tick, finds what is left over.
    pub(super) fn is_swept(&self, root: &Root<'_>, event: &Event) -> bool {
        let program = self.program;
        let Some(call) = event.call() else { return false };
        let ExprKind::Call { callee, .. } = program.facts.expr(call).kind else { return false };
        let messages: Vec<VarId> = root.events.iter().filter_map(|event| event.message).collect();
        let parts: Vec<ExprId> = program.args(call).iter().copied().chain([callee]).collect();
        !messages.is_empty()
            && root.flow.ids().any(|id| {
                let NodeKind::Item(over) = root.flow.node(id).kind else { return false };
                let takes_item = |item: VarId| parts.iter().any(|part| program.made_of(*part, &[item]));
                item_var(program, over).is_some_and(takes_item) && self.is_looked_up_without(over, &messages)
            })
    }

    /// Whether a collection is what a call gave that somebody waited for, and that was handed none of these variables.
    fn is_looked_up_without(&self, over: ExprId, messages: &[VarId]) -> bool {
        let program = self.program;
        let value = match program.facts.expr(over).kind {
            ExprKind::Name { .. } => match program.values_of(over)[..] {
                [value] => value,
                _ => return false,
            },
            _ => over,
        };
        let ExprKind::Await(call) = program.facts.expr(value).kind else { return false };
        matches!(program.facts.expr(call).kind, ExprKind::Call { .. })
            && !program.args(call).is_empty()
            && !program.args(call).iter().any(|arg| program.made_of(*arg, messages))
    }
}
