//! The ways round in one function: its loops, and the function as a whole where it runs itself again.
//!
//! Owns: [`Cycle`]. Does not own: what a round is for (`repeats`).

use crate::facts::ExprId;
use crate::finding::Place;
use crate::program::View;
use crate::program::flow::{ENTRY, Edge, EdgeKind, Flow, NodeId, NodeKind, Nodes};

/// A way round.
#[derive(Debug)]
pub(super) struct Cycle {
    /// The nodes that can go round.
    body: Vec<bool>,
    size: usize,
    /// Whether it is a loop; else the function runs itself again.
    pub(super) loops: bool,
    /// The nodes that a loop turns at.
    turns: Vec<NodeId>,
    /// The calls that run the function again.
    pub(super) again: Vec<NodeId>,
}

impl Cycle {
    pub(super) fn holds(&self, node: NodeId) -> bool {
        self.body[node.index()]
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether a round ends at a node.
    pub(super) fn turns(&self, node: NodeId) -> bool {
        self.turns.contains(&node) || self.again.contains(&node)
    }

    /// From the first to the last place in it.
    pub(super) fn span(&self, flow: &Flow) -> Option<Place> {
        let places = flow.ids().filter(|id| self.holds(*id)).map(|id| flow.node(id)).filter(|node| {
            !matches!(node.kind, NodeKind::Join | NodeKind::Entry | NodeKind::Exit | NodeKind::Fail)
        });
        places.map(|node| node.place).reduce(|mut whole, place| {
            if whole.file == place.file {
                let (start, end) =
                    (whole.span.start.min(place.span.start), whole.span.end.max(place.span.end));
                whole.span = crate::source::Span::new(start, end);
            }
            whole
        })
    }

    /// Whether a loop takes its items at a node: where it begins again, joins aside that are not the heads of others.
    pub(super) fn begins_at(&self, flow: &Flow, node: NodeId) -> bool {
        let back = |kind| kind == EdgeKind::Back;
        let heads: Vec<NodeId> = self.turns.iter().flat_map(|turn| flow.successors(*turn, back)).collect();
        let others: Vec<NodeId> = flow
            .ids()
            .flat_map(|id| flow.successors(id, back))
            .filter(|head| !heads.contains(head))
            .collect();
        let stops = |at: NodeId| flow.node(at).kind != NodeKind::Join || others.contains(&at);
        let within = |_: NodeId, edge: &Edge| self.holds(edge.to);
        flow.reach(heads.iter().copied(), &within, &stops, &|at| at == node).is_some()
    }

    /// Whether a way leaves the cycle at a node.
    pub(super) fn leaves(&self, flow: &Flow, node: NodeId) -> bool {
        flow.node(node).edges.iter().any(|edge| !self.holds(edge.to))
    }

    /// As [`Flow::reach`], into the next round too where the function runs again.
    pub(super) fn reach(
        &self,
        flow: &Flow,
        starts: impl IntoIterator<Item = NodeId>,
        passes: &dyn Fn(NodeId, &Edge) -> bool,
        avoid: &dyn Fn(NodeId) -> bool,
        goal: &dyn Fn(NodeId) -> bool,
    ) -> Option<NodeId> {
        let starts: Vec<NodeId> = starts.into_iter().collect();
        let found = flow.reach(starts.iter().copied(), passes, avoid, goal);
        if found.is_some() || self.again.is_empty() {
            return found;
        }
        let round = |node: NodeId| self.again.contains(&node);
        flow.reach(starts, passes, avoid, &round)?;
        flow.reach([ENTRY], passes, avoid, goal)
    }
}

/// The ways round in a function.
/// By way of a helper only where something waits: what a helper leads to at once is mostly the next piece of work.
pub(super) fn of(program: &View<'_>, flow: &Flow, waits: &dyn Fn(ExprId) -> bool) -> Vec<Cycle> {
    let mut cycles = Vec::new();
    let back = |id: &NodeId| flow.node(*id).edges.iter().any(|edge| edge.kind == EdgeKind::Back);
    let turns: Vec<NodeId> = flow.ids().filter(back).collect();
    let again: Vec<NodeId> = flow
        .ids()
        .filter(|id| match flow.node(*id).kind {
            NodeKind::Call(call) => {
                program.runs_again_itself(call, flow.function)
                    || waits(call) && program.runs_again(call, flow.function)
            }
            _ => false,
        })
        .collect();
    if turns.is_empty() && again.is_empty() {
        return cycles;
    }
    let into = predecessors(flow);
    for turn in turns {
        for edge in flow.node(turn).edges.iter().filter(|edge| edge.kind == EdgeKind::Back) {
            let body = leading_to(&into, flow, &[turn], Some(edge.to));
            cycles.push(Cycle::new(body, true, vec![turn], Vec::new()));
        }
    }
    if !again.is_empty() {
        let body = leading_to(&into, flow, &again, None);
        cycles.push(Cycle::new(body, false, Vec::new(), again));
    }
    cycles
}

impl Cycle {
    fn new(body: Vec<bool>, loops: bool, turns: Vec<NodeId>, again: Vec<NodeId>) -> Self {
        let size = body.iter().filter(|held| **held).count();
        Self { body, size, loops, turns, again }
    }
}

fn predecessors(flow: &Flow) -> Vec<Nodes> {
    let mut into = vec![Nodes::new(); flow.nodes.len()];
    for id in flow.ids() {
        for edge in &flow.node(id).edges {
            into[edge.to.index()].push(id);
        }
    }
    into
}

/// The nodes from which these can be reached, not further back than a loop's head.
fn leading_to(into: &[Nodes], flow: &Flow, ends: &[NodeId], head: Option<NodeId>) -> Vec<bool> {
    let mut body = vec![false; flow.nodes.len()];
    let mut open: Vec<NodeId> = ends.to_vec();
    for end in ends.iter().copied().chain(head) {
        body[end.index()] = true;
    }
    while let Some(at) = open.pop() {
        if Some(at) == head {
            continue;
        }
        for from in &into[at.index()] {
            if !std::mem::replace(&mut body[from.index()], true) {
                open.push(*from);
            }
        }
    }
    body
}
