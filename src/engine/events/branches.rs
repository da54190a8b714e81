//! The branches that tell how an event's call went.
//!
//! Owns: finding them among the tests of the function, for the event's own results and not those of a later call. Does not own:
//! what a test says of a result (`program::flow::outcome`).

use crate::facts::{ExprId, ExprKind, VarId};
use crate::program::View;
use crate::program::flow::{EdgeKind, NodeId, NodeKind};
use crate::program::flow::{call_results::Results, outcome::Outcome};

use super::{Event, Root};

impl Root<'_> {
    /// Where control goes when an event's call worked, failed or gave nothing, by the branches that test it.
    pub(in crate::engine) fn branches(
        &self,
        program: &View<'_>,
        event: &Event,
        wanted: Outcome,
    ) -> Vec<(NodeId, NodeId)> {
        let asked = (event.call(), event.message, event.nodes.first().copied(), wanted);
        if let Some(known) = self.branches.borrow().get(&asked) {
            return known.clone();
        }
        let found = self.look_for_branches(program, event, wanted);
        self.branches.borrow_mut().insert(asked, found.clone());
        found
    }

    fn look_for_branches(&self, program: &View<'_>, event: &Event, wanted: Outcome) -> Vec<(NodeId, NodeId)> {
        let (call, results) = subject(program, event);
        if call.is_none() && event.message.is_none() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for id in self.flow.ids() {
            let NodeKind::Test(test) = self.flow.node(id).kind else { continue };
            let Some((yes, no)) = program.outcome(test, call, &results) else { continue };
            if yes != wanted && no != wanted || !self.still_holds(program, event, test, id, &results) {
                continue;
            }
            for edge in &self.flow.node(id).edges {
                let says = match edge.kind {
                    EdgeKind::True => yes,
                    EdgeKind::False => no,
                    _ => continue,
                };
                if says == wanted {
                    found.push((id, edge.to));
                }
            }
        }
        found
    }

    /// Whether a test can see the event's own results, and not those of a later call in the same variable.
    fn still_holds(
        &self,
        program: &View<'_>,
        event: &Event,
        test: ExprId,
        at: NodeId,
        results: &Results,
    ) -> bool {
        let Some(call) = event.call() else { return true };
        let tested: Vec<VarId> =
            results.keys().copied().filter(|var| program.names_var(test, *var)).collect();
        let overwritten = |node: NodeId| match self.flow.node(node).kind {
            NodeKind::Call(other) if other != call => {
                tested.iter().any(|var| program.assigns(other, *var))
                    && !results_of_same(program, other, call)
            }
            _ => false,
        };
        let starts: Vec<NodeId> = event
            .nodes
            .iter()
            .flat_map(|node| self.flow.successors(*node, |kind| kind != EdgeKind::Fork))
            .collect();
        self.flow.reach(starts, &|_, _| true, &overwritten, &|node| node == at).is_some()
    }
}

/// The call whose results a branch may test, and the variables that hold them.
pub(in crate::engine) fn subject(program: &View<'_>, event: &Event) -> (Option<ExprId>, Results) {
    let call = event.call();
    let mut results = call.map(|call| Results::clone(&program.results(call))).unwrap_or_default();
    if call.is_none() {
        results.extend(event.message.map(|message| (message, false)));
        // `(error, message) => …`: the handler is told of a failure instead of a message.
        if let Some(message) = event.message {
            let params = program.params_of(program.facts.var(message).function);
            results
                .extend(params.into_iter().filter(|var| program.is_error_name(*var)).map(|var| (var, true)));
        }
    }
    (call, results)
}

fn results_of_same(program: &View<'_>, other: ExprId, call: ExprId) -> bool {
    // `rdb.Get(…).Result()`: the outer call stands for the inner one.
    let mut at = call;
    while let Some(parent) = program.parent(at) {
        if parent == other {
            return matches!(program.facts.expr(other).kind, ExprKind::Call { callee, .. } if callee == at);
        }
        at = parent;
    }
    false
}
