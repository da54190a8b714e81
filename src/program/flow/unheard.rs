//! Whether anybody looks at what a Go call fails with.
//!
//! Owns: [`View::is_unheard`]. Does not own: what branches say of an error (`outcome`), or of other results (`taken`).

use crate::facts::{Bind, ExprId, ExprKind, List, Place, Source, Step, VarId};
use crate::program::View;
use crate::program::flow::taken::Taken;
use crate::program::flow::{Flow, NodeId, NodeKind};
use crate::source::Ecosystem;

impl View<'_> {
    /// Whether a Go call gives an error that nobody looks at: a statement, `_ = f()`, an `err` that is not read before it is set
    /// again.
    pub fn is_unheard(&self, call: ExprId) -> bool {
        if self.ecosystem() != Ecosystem::Go || self.index.is_spawned(call) {
            return false;
        }
        if self.taken(call) == Taken::Dropped {
            return self.is_told_by_result(call);
        }
        let Some(ExprKind::Assign { binds, .. }) =
            self.parent(call).map(|parent| self.facts.expr(parent).kind)
        else {
            return false;
        };
        let error = self.error_bound(call, binds);
        error.is_some_and(|bind| match bind.place {
            Place::Nothing => self.is_told_by_result(call),
            Place::Var(var) => {
                self.is_error_name(var) && !self.is_result(var) && !self.is_read_after(call, var)
            }
            Place::Expr(_) => false,
        })
    }

    /// Whether a call is known to tell of its failure by what it gives: an error, or the answer of a library that does something
    /// to the outside. What is called `Must…` panics.
    fn is_told_by_result(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        let gives_error = self.called_function(call).is_some_and(|function| self.returns_error(function));
        let panics = || self.last_name(callee).is_some_and(|name| name.starts_with("Must"));
        gives_error || self.role_use(call).is_some() && !panics()
    }

    /// What the last of a call's results is bound to.
    fn error_bound(&self, call: ExprId, binds: List<Bind>) -> Option<&Bind> {
        let binds = self.facts.binds(binds);
        let last = binds.iter().rev().find(|bind| matches!(bind.source, Source::Expr(of) if of == call))?;
        let is_last = match self.facts.steps(last.path) {
            [] => true,
            [Step::Index(position)] => *position as usize + 1 == binds.len(),
            _ => false,
        };
        is_last.then_some(last)
    }

    /// Whether a variable may be a named result, which a bare `return` gives back: it is declared with a type.
    fn is_result(&self, var: VarId) -> bool {
        let info = self.facts.var(var);
        info.ty.is_some() && self.facts.function(info.function).returns.is_some()
    }

    /// Whether a variable may be read after a call that sets it, and before it is set again.
    fn is_read_after(&self, call: ExprId, var: VarId) -> bool {
        let Some(flow) = self.flow(self.root_of(self.home(call))) else { return true };
        let mut reads: Vec<NodeId> = Vec::new();
        for name in self.names_of(var) {
            let nodes = self.nodes_around(flow, *name);
            // Where it is read when is not known.
            if nodes.is_empty() {
                return true;
            }
            reads.extend(nodes);
        }
        let own = flow.nodes_of(call);
        let is_set = |node: NodeId| match flow.node(node).kind {
            NodeKind::Call(other) => other != call && self.assigns(other, var),
            _ => false,
        };
        let starts = own.iter().flat_map(|node| flow.successors(*node, |_| true));
        own.is_empty() || flow.reach(starts, &|_, _| true, &is_set, &|node| reads.contains(&node)).is_some()
    }

    /// The nodes that evaluate an expression, or the smallest one around it that has any.
    fn nodes_around(&self, flow: &Flow, expr: ExprId) -> Vec<NodeId> {
        let mut at = Some(expr);
        while let Some(inner) = at {
            let evaluates = |id: &NodeId| match flow.node(*id).kind {
                NodeKind::Call(found)
                | NodeKind::Test(found)
                | NodeKind::Noted(found)
                | NodeKind::Item(found) => found == inner,
                NodeKind::Sent { channel, value } => channel == inner || value == inner,
                NodeKind::Return(values) => self.facts.list(values).contains(&inner),
                _ => false,
            };
            let nodes: Vec<NodeId> = flow.ids().filter(evaluates).collect();
            if !nodes.is_empty() {
                return nodes;
            }
            at = self.parent(inner);
        }
        Vec::new()
    }
}
