//! The order of calls in one function: a control-flow graph over calls, tests and exits.
//!
//! Closures that run in place (callbacks, promise chains, deferred functions) are part of the flow of the function they are
//! written in; closures that a library runs later are functions of their own.
//!
//! Owns: nodes, edges and reachability. Does not own: building them (`build`, `exprs`), or what a node means.

pub(super) mod build;
pub(crate) mod call_results;
pub(super) mod exprs;
pub(super) mod failing;
pub(super) mod feasible;
pub(super) mod noting;
pub mod outcome;
pub mod summary;
pub mod taken;
pub(super) mod unheard;

use smallvec::SmallVec;

use crate::facts::{ExprId, FuncId, List};
use crate::finding::Place;
use crate::models::Role;

/// A node of a [`Flow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// Its position.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Some nodes; mostly one.
pub type Nodes = SmallVec<[NodeId; 4]>;

/// What happens at a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NodeKind {
    /// The function begins.
    Entry,
    /// It returns.
    Exit,
    /// It throws.
    Fail,
    /// A call, or a look-up or assignment in a collection, has been evaluated.
    Call(ExprId),
    /// A branch on an expression; `!` is stripped and the edges swapped.
    Test(ExprId),
    /// An assignment by which a function notes something for later: a flag, a count, an item of a collection.
    Noted(ExprId),
    /// Go's `channel <- value`.
    Sent {
        /// Where to.
        channel: ExprId,
        /// What.
        value: ExprId,
    },
    /// A `catch` begins.
    Catch,
    /// A loop takes its next item: what is iterated over.
    Item(ExprId),
    /// A `return` of the root function.
    Return(List<ExprId>),
    /// A `continue`.
    Continue,
    /// A `throw`.
    Throw,
    /// Ways meet.
    Join,
}

/// Why control goes along an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// Always, or by chance.
    Next,
    /// The test holds.
    True,
    /// It does not.
    False,
    /// The call threw or was rejected.
    Error,
    /// A loop goes round.
    Back,
    /// What follows runs beside the rest.
    Fork,
}

/// An edge.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// Where to.
    pub to: NodeId,
    /// Why.
    pub kind: EdgeKind,
}

/// What a node stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// A `catch`, or the callback of `.catch()`.
    pub catch: bool,
    /// A `finally`.
    pub finally: bool,
    /// A loop.
    pub in_loop: bool,
    /// A deferred call.
    pub deferred: bool,
    /// Something nobody waits for: `go`, a floating promise, a timer's callback.
    pub detached: bool,
    /// Where the outermost such thing was started.
    pub fork: Option<Place>,
    /// A callback of a call.
    pub callback: bool,
    /// What a timer or queue runs some time later.
    pub later: bool,
    /// The guards that a library runs it under.
    pub guards: Vec<Role>,
    /// The calls that run it as a callback, the outermost first.
    pub runners: Vec<ExprId>,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// What happens.
    pub kind: NodeKind,
    /// Where it stands.
    pub place: Place,
    /// What it stands in: position in [`Flow::contexts`].
    pub context: u32,
    /// Where control goes.
    pub edges: SmallVec<[Edge; 2]>,
}

/// The flow of one function.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The function.
    pub function: FuncId,
    /// Nodes; 0 is the entry, 1 the exit, 2 the failure.
    pub nodes: Vec<Node>,
    /// Contexts.
    pub contexts: Vec<Context>,
    /// Whether it was cut short because it grew too large.
    pub cut: bool,
    /// The nodes that evaluate calls, by the call.
    by_call: Vec<(ExprId, NodeId)>,
}

/// The beginning.
pub const ENTRY: NodeId = NodeId(0);
/// The normal end.
pub const EXIT: NodeId = NodeId(1);
/// The end by an error that nobody catches.
pub const FAIL: NodeId = NodeId(2);

impl Flow {
    /// The beginning and the two ends of a function's flow.
    pub(super) fn of(function: FuncId, place: Place) -> Self {
        let node = |kind| Node { kind, place, context: 0, edges: SmallVec::new() };
        let nodes = vec![node(NodeKind::Entry), node(NodeKind::Exit), node(NodeKind::Fail)];
        Self { function, nodes, contexts: vec![Context::default()], cut: false, by_call: Vec::new() }
    }

    /// The flow once all of its nodes are there.
    #[must_use]
    pub(super) fn complete(mut self) -> Self {
        let call_of = |id| match self.node(id).kind {
            NodeKind::Call(call) => Some((call, id)),
            _ => None,
        };
        self.by_call = self.ids().filter_map(call_of).collect();
        self.by_call.sort_unstable();
        self
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// What a node stands in.
    pub fn context(&self, id: NodeId) -> &Context {
        &self.contexts[self.node(id).context as usize]
    }

    /// All nodes with their ids.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..).map(NodeId).take(self.nodes.len())
    }

    /// The calls, in the order of the source, each with the nodes that evaluate it.
    pub fn calls(&self) -> impl Iterator<Item = (ExprId, Nodes)> {
        let of_one = self.by_call.chunk_by(|(one, _), (next, _)| one == next);
        of_one.map(|nodes| (nodes[0].0, nodes.iter().map(|(_, id)| *id).collect()))
    }

    /// The nodes that are reached from the beginning along edges that `passes` lets through.
    pub fn reached(&self, passes: &dyn Fn(NodeId, &Edge) -> bool) -> Vec<bool> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![ENTRY];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut seen[at.index()], true) {
                open.extend(self.node(at).edges.iter().filter(|edge| passes(at, edge)).map(|edge| edge.to));
            }
        }
        seen
    }

    /// The nodes that evaluate an expression; several where a `finally` runs on several ways.
    pub fn nodes_of(&self, expr: ExprId) -> Nodes {
        let start = self.by_call.partition_point(|(call, _)| *call < expr);
        self.by_call[start..].iter().take_while(|(call, _)| *call == expr).map(|(_, id)| *id).collect()
    }

    /// The first node, breadth first, that `goal` accepts, from the ends of `starts`, along edges that `passes` lets through
    /// and not through nodes that `avoid` holds back.
    pub fn reach(
        &self,
        starts: impl IntoIterator<Item = NodeId>,
        passes: &dyn Fn(NodeId, &Edge) -> bool,
        avoid: &dyn Fn(NodeId) -> bool,
        goal: &dyn Fn(NodeId) -> bool,
    ) -> Option<NodeId> {
        let mut seen = vec![false; self.nodes.len()];
        let mut queue = std::collections::VecDeque::new();
        for start in starts {
            if !std::mem::replace(&mut seen[start.index()], true) {
                queue.push_back(start);
            }
        }
        while let Some(at) = queue.pop_front() {
            if goal(at) {
                return Some(at);
            }
            if avoid(at) {
                continue;
            }
            for edge in &self.node(at).edges {
                if passes(at, edge) && !std::mem::replace(&mut seen[edge.to.index()], true) {
                    queue.push_back(edge.to);
                }
            }
        }
        None
    }

    /// Where the edges of a node lead that `wanted` accepts.
    pub fn successors(&self, id: NodeId, wanted: impl Fn(EdgeKind) -> bool) -> Nodes {
        self.node(id).edges.iter().filter(|edge| wanted(edge.kind)).map(|edge| edge.to).collect()
    }

    /// Whether `to` can come after `from` without going round a loop.
    pub fn comes_after(&self, from: NodeId, to: NodeId) -> bool {
        let starts = self.successors(from, |kind| kind != EdgeKind::Back);
        let forward = |_: NodeId, edge: &Edge| edge.kind != EdgeKind::Back;
        self.reach(starts, &forward, &|_| false, &|id| id == to).is_some()
    }
}
