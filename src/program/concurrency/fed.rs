//! What a worker does with each item that it takes: in a loop that waits for a message, or for what comes out of a channel.
//!
//! Owns: telling such a loop around a call. Does not own: who runs the worker (`crowd`, `led_from`), or how messages are settled
//! (`handlers`).

use crate::facts::{ExprId, ExprKind, TypeRefId, TypeRefKind, VarId};
use crate::program::View;
use crate::program::flow::{Flow, NodeId, NodeKind};

impl View<'_> {
    /// Whether a call is made for what a loop around it takes out of a channel, or gets as a message, round after round: while it
    /// hangs, all that comes later waits.
    pub fn is_for_items(&self, call: ExprId) -> bool {
        let root = self.root_of(self.home(call));
        self.flow(root).is_some_and(|flow| {
            let takes = |id: &NodeId| self.takes_item(flow, *id);
            let calls = flow.nodes_of(call);
            let leads = |from: NodeId, to: NodeId| {
                let after = flow.node(from).edges.iter().map(|edge| edge.to);
                flow.reach(after, &|_, _| true, &|_| false, &|at| at == to).is_some()
            };
            let in_loop = |id: &&NodeId| flow.context(**id).in_loop;
            calls.iter().filter(in_loop).any(|call| {
                let mut items = flow.ids().filter(takes);
                items.any(|item| leads(item, *call) && leads(*call, item))
            })
        })
    }

    /// Whether something waits here for what somebody else sends: no tick of the clock, and no end of a context.
    fn takes_item(&self, flow: &Flow, node: NodeId) -> bool {
        match flow.node(node).kind {
            NodeKind::Item(over) => {
                self.role_use(over).is_none() && (self.is_channel(over) && !self.is_of_clock(over))
                    || self.arriving(&self.entity(over).entity).is_some()
            }
            NodeKind::Call(call) => {
                self.role_use(call).is_some_and(|used| self.roles.name(used.role) == "message.receive")
            }
            _ => false,
        }
    }

    /// `<-jobs`, `for job := range jobs` of a channel.
    fn is_channel(&self, expr: ExprId) -> bool {
        let is_received = self.parent(expr).map(|parent| self.facts.expr(parent).kind);
        matches!(is_received, Some(ExprKind::Receive(_)))
            || self.var_of_name(expr).is_some_and(|var| self.holds_channel(var))
    }

    fn holds_channel(&self, var: VarId) -> bool {
        let is_channel = |ty: TypeRefId| match self.facts.type_ref(ty).kind {
            TypeRefKind::Named { first, var: None, .. } => self.facts.name(first) == "chan",
            _ => false,
        };
        let declared = self.facts.var(var).ty.is_some_and(is_channel);
        declared
            || self
                .values_of_var(var)
                .iter()
                .any(|value| self.facts.call_types(*value).iter().any(|ty| is_channel(*ty)))
    }

    /// `<-ticker.C`, `<-done`: something that says no more than that it is time.
    fn is_of_clock(&self, channel: ExprId) -> bool {
        matches!(self.facts.expr(channel).kind, ExprKind::Member { name, .. } if self.facts.name(name) == "C")
    }

    fn var_of_name(&self, expr: ExprId) -> Option<VarId> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var, .. } => var,
            _ => None,
        }
    }
}
