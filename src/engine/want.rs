//! What is done for want of an answer: the branch on which a look-up gave nothing, failed, or gave what would not do.
//!
//! Owns: the relation `for-want-of`. Does not own: what a branch says about a call (`program::outcome`).

use crate::program::flow::{EXIT, Edge, EdgeKind, NodeId, NodeKind};
use crate::program::outcome::Outcome;

use super::events::Event;
use super::steps::Search;

impl Search<'_, '_> {
    /// Whether an event is reached when another gave nothing or failed, while there is a way on which what the other gave
    /// does instead of it.
    pub(super) fn for_want_of(&self, event: &Event, other: &Event) -> bool {
        let mut lacks = self.failures(other);
        lacks.extend(self.root().branches(self.program, other, Outcome::Empty));
        let flow = self.root().flow;
        let goal = |id: NodeId| event.nodes.contains(&id);
        let forward = |_: NodeId, edge: &Edge| edge.kind != EdgeKind::Back;
        let starts = lacks.iter().map(|(_, to)| *to);
        flow.reach(starts, &forward, &|_| false, &goal).is_some() && self.does_instead(event, other, &lacks)
    }

    /// Whether a way on which `other` gave something comes to a normal end without `event`.
    fn does_instead(&self, event: &Event, other: &Event, lacks: &[(NodeId, NodeId)]) -> bool {
        let flow = self.root().flow;
        // Going round a loop is an end too.
        let ends = |id: NodeId| {
            id == EXIT
                || flow.node(id).kind == NodeKind::Continue
                || flow.node(id).edges.iter().any(|edge| edge.kind == EdgeKind::Back)
        };
        let passes = |from: NodeId, edge: &Edge| {
            !matches!(edge.kind, EdgeKind::Error | EdgeKind::Back) && !lacks.contains(&(from, edge.to))
        };
        let avoid = |id: NodeId| event.nodes.contains(&id);
        let goal = |id: NodeId| ends(id) && !avoid(id);
        flow.reach(other.nodes.iter().copied(), &passes, &avoid, &goal).is_some()
    }
}
