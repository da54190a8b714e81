//! What becomes of a failure that is not handed on at once: it is noted in a variable that decides later, told by a flag that only
//! success sets, or sent to whoever started the work. And what a call has done with by itself.
//!
//! Owns: those. Does not own: what is noted where (`program::flow::noting`), or ways (`ways`).

use crate::facts::{ExprId, ExprKind, VarId};
use crate::program::flow::outcome::Outcome;
use crate::program::flow::{ENTRY, EXIT, Edge, EdgeKind, FAIL, NodeId, NodeKind};

use super::events::branches::subject;
use super::events::{Event, Root};
use super::steps::Search;

impl Search<'_, '_> {
    /// Where a failure of an event is noted in a variable that later decides on more than what is told of it: the failure
    /// is not lost there.
    pub(super) fn notes_of_failure(&self, event: &Event) -> Vec<NodeId> {
        let root = self.root();
        let flow = root.flow;
        let failures = self.failures(event);
        if failures.is_empty() {
            return Vec::new();
        }
        let forward = |_: NodeId, edge: &Edge| edge.kind != EdgeKind::Back;
        let is_note = |id: &NodeId| {
            let joined = self.joined_at(*id);
            let Some(var) = joined.or_else(|| self.noted_at(*id)) else { return false };
            let starts = failures.iter().map(|(_, to)| *to);
            flow.reach(starts, &forward, &|_| false, &|node| node == *id).is_some()
                && (joined.is_some() || self.is_passed_by(event, *id))
                && self.decides(var, *id, event)
        };
        flow.ids().filter(is_note).collect()
    }

    /// The variable that holds several errors from a node on, that of the event perhaps among them.
    fn joined_at(&self, id: NodeId) -> Option<VarId> {
        match self.root().flow.node(id).kind {
            NodeKind::Call(call) => self.program.joins_errors(call),
            _ => None,
        }
    }

    /// The variable in which something is noted at a node.
    fn noted_at(&self, id: NodeId) -> Option<VarId> {
        let program = self.program;
        match self.root().flow.node(id).kind {
            NodeKind::Noted(assignment) => program.noted_in(assignment),
            NodeKind::Call(call) => {
                if let Some(var) = program.noted_in(call) {
                    return Some(var);
                }
                let ExprKind::Call { callee, .. } = program.facts.expr(call).kind else { return None };
                let ExprKind::Member { object, name } = program.facts.expr(callee).kind else { return None };
                if !program.words.lists.putting.has(program.facts.name(name)) {
                    return None;
                }
                match program.facts.expr(object).kind {
                    ExprKind::Name { var, .. } => var,
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether an event that worked can go on without a node: what is done in any case says nothing of a failure.
    fn is_passed_by(&self, event: &Event, id: NodeId) -> bool {
        let flow = self.root().flow;
        let blocked = self.failures(event);
        let passes = |from: NodeId, edge: &Edge| {
            edge.kind != EdgeKind::Fork && edge.kind != EdgeKind::Error && !blocked.contains(&(from, edge.to))
        };
        let starts =
            event.nodes.iter().flat_map(|node| flow.successors(*node, |kind| kind == EdgeKind::Next));
        let again = |node: NodeId| event.nodes.contains(&node);
        flow.reach(starts, &passes, &|node| node == id, &|node| node == EXIT || again(node)).is_some()
    }

    /// Whether what is noted in a variable decides, or is, more than what is written to a log.
    fn decides(&self, var: VarId, noted: NodeId, event: &Event) -> bool {
        let flow = self.root().flow;
        // What lets the event be tried again, as a count of attempts, ends nothing.
        let is_before = |id: NodeId| event.nodes.iter().any(|node| flow.comes_after(id, *node));
        let later = |id: NodeId| {
            let starts = flow.successors(noted, |_| true);
            flow.reach(starts, &|_, _| true, &|_| false, &|node| node == id).is_some()
        };
        flow.ids().any(|id| match flow.node(id).kind {
            NodeKind::Test(test) => {
                self.program.names_var(test, var) && !is_before(id) && later(id) && self.parts_ways(id)
            }
            NodeKind::Return(values) => {
                let mut values = self.program.facts.list(values).iter();
                values.any(|value| self.program.names_var(*value, var)) && later(id)
            }
            NodeKind::Call(call) => {
                let mut args = self.program.args(call).iter();
                args.any(|arg| self.program.names_var(*arg, var)) && self.is_effect_at(id) && later(id)
            }
            _ => false,
        })
    }

    /// Whether one way of a test, and not the other, comes to an error or to work.
    fn parts_ways(&self, test: NodeId) -> bool {
        let flow = self.root().flow;
        let passes = |_: NodeId, edge: &Edge| edge.kind != EdgeKind::Back && edge.kind != EdgeKind::Error;
        let reaches = |kind: EdgeKind, id: NodeId| {
            let starts = flow.successors(test, |found| found == kind);
            flow.reach(starts, &passes, &|_| false, &|node| node == id).is_some()
        };
        let matters = |id: NodeId| {
            id == FAIL || flow.node(id).kind == NodeKind::Throw || self.refuses(id) || self.is_effect_at(id)
        };
        flow.ids().any(|id| matters(id) && reaches(EdgeKind::True, id) != reaches(EdgeKind::False, id))
    }

    /// Whether work is done at a node, or the message given back.
    fn is_effect_at(&self, id: NodeId) -> bool {
        self.root().events.iter().any(|event| {
            let gives_back =
                || event.role.is_some_and(|role| self.program.roles.name(role) == "message.nack");
            event.nodes.contains(&id) && (event.is_work(self.program) || gives_back())
        })
    }

    /// The edges of tests of a flag on which an event, or another try of it, has worked: the flag is set only then, and nothing
    /// is tried after that.
    pub(super) fn told_by_flags(&self, event: &Event) -> Vec<(NodeId, NodeId)> {
        let flow = self.root().flow;
        let set = |id: &NodeId| match flow.node(*id).kind {
            NodeKind::Noted(assignment) => self.program.sets_flag(assignment).map(|(var, to)| (*id, var, to)),
            _ => None,
        };
        let sets: Vec<(NodeId, VarId, bool)> = flow.ids().filter_map(|id| set(&id)).collect();
        let is_only_success = |var: VarId| {
            let mut of_var = sets.iter().filter(|(_, of, _)| *of == var).peekable();
            of_var.peek().is_some()
                && of_var.all(|(id, _, to)| *to && self.is_end_of_tries(event, *id))
                && self.program.begins_false(var)
        };
        let mut found = Vec::new();
        for id in flow.ids() {
            let NodeKind::Test(test) = flow.node(id).kind else { continue };
            let ExprKind::Name { var: Some(var), .. } = self.program.facts.expr(test).kind else { continue };
            if is_only_success(var) {
                let edges = flow.node(id).edges.iter().filter(|edge| edge.kind == EdgeKind::True);
                found.extend(edges.map(|edge| (id, edge.to)));
            }
        }
        found
    }

    /// Whether a node comes only where an event has worked, and the event does not come again after it.
    fn is_end_of_tries(&self, event: &Event, id: NodeId) -> bool {
        let flow = self.root().flow;
        let is_event = |node: NodeId| event.nodes.contains(&node);
        let ok = self.root().branches(self.program, event, Outcome::Ok);
        let passes = |from: NodeId, edge: &Edge| !ok.contains(&(from, edge.to));
        let failed = self.after_failure(event);
        !failed.is_empty()
            && flow.reach(failed, &passes, &is_event, &|node| node == id).is_none()
            && flow.reach([ENTRY], &|_, _| true, &is_event, &|node| node == id).is_none()
            && flow.reach([id], &|_, _| true, &|_| false, &is_event).is_none()
    }

    /// Whether the call that leads to an event leads to another as well, which this function comes to by a further call: each of
    /// the two calls does both by itself.
    pub(super) fn does_both(&self, event: &Event, other: &Event) -> bool {
        event.via.is_some()
            && other.via.is_some()
            && event.via != other.via
            && self.root().events.iter().any(|it| it.via == event.via && it.expr == other.expr)
    }

    /// Whether the function that leads to an event deals with every failure itself: nothing is to be caught after it.
    pub(super) fn is_settled_by_caller(&self, event: &Event) -> bool {
        let called = event.via.and_then(|via| self.program.called_function(via));
        called.is_some_and(|called| self.program.never_fails(called))
    }

    /// Whether an event can come after another that has not failed.
    pub(super) fn comes_after_success(&self, from: &Event, to: &Event) -> bool {
        let flow = self.root().flow;
        let is_on = |kind: EdgeKind| !matches!(kind, EdgeKind::Error | EdgeKind::Back);
        let starts = from.nodes.iter().flat_map(|node| flow.successors(*node, is_on));
        let passes = |_: NodeId, edge: &Edge| edge.kind != EdgeKind::Back;
        flow.reach(starts, &passes, &|_| false, &|node| to.nodes.contains(&node)).is_some()
    }

    /// Whether the call that leads to the arrival of a message also settles it, as one that starts a consumer: what it gives is no
    /// message.
    pub(super) fn is_settled_within(&self, event: &Event) -> bool {
        const SETTLING: [&str; 2] = ["message.ack", "message.nack"];
        let named = |event: &Event| event.role.map_or("", |role| self.program.roles.name(role));
        event.via.is_some()
            && named(event) == "message.receive"
            && self.root().events.iter().any(|it| it.via == event.via && SETTLING.contains(&named(it)))
    }

    /// Whether what an event stands in sends into a channel, or closes one, and out of that is received where another event stands,
    /// after it: `go func() { …; close(done) }()` and `<-done`.
    pub(super) fn is_waited_for_by(&self, event: &Event, other: &Event) -> bool {
        let program = self.program;
        let flow = self.root().flow;
        let fork = |id: NodeId| flow.context(id).fork;
        let (Some(at), Some(from)) = (event.nodes.first().copied(), other.nodes.first().copied()) else {
            return false;
        };
        let is_heard = |channel: VarId| {
            flow.ids().any(|id| match flow.node(id).kind {
                NodeKind::Item(over) => {
                    fork(id) == fork(from)
                        && program.root_var(over) == Some(channel)
                        && flow.comes_after(from, id)
                }
                _ => false,
            })
        };
        let told = |id: NodeId| match flow.node(id).kind {
            NodeKind::Sent { channel, .. } => program.root_var(channel),
            NodeKind::Call(call) => {
                let ExprKind::Call { callee, .. } = program.facts.expr(call).kind else { return None };
                let closed = program.args(call).first().filter(|_| program.text_of(callee) == "close");
                program.root_var(*closed?)
            }
            _ => None,
        };
        let mut ends = flow.ids().filter(|id| fork(*id) == fork(at) && !flow.comes_after(*id, at));
        ends.any(|id| told(id).is_some_and(is_heard))
    }

    /// Whether the error of an event is sent into a channel out of which what started it receives, or that it gives its caller.
    pub(super) fn is_told_to_starter(&self, root: &Root<'_>, event: &Event) -> bool {
        let (call, results) = subject(self.program, event);
        let flow = root.flow;
        let fork = |id: NodeId| flow.context(id).fork;
        let Some(at) = event.nodes.first().copied() else { return false };
        let is_outcome = |value: ExprId| {
            Some(value) == call
                || results.iter().any(|(var, error)| *error && self.program.names_var(value, *var))
        };
        let is_heard = |channel: VarId| {
            flow.ids().any(|id| match flow.node(id).kind {
                NodeKind::Item(over) => fork(id) != fork(at) && self.program.root_var(over) == Some(channel),
                NodeKind::Return(values) => {
                    let mut values = self.program.facts.list(values).iter();
                    values.any(|value| self.program.root_var(*value) == Some(channel))
                }
                _ => false,
            })
        };
        flow.ids().any(|id| match flow.node(id).kind {
            NodeKind::Sent { channel, value } => {
                is_outcome(value)
                    && flow.comes_after(at, id)
                    && self.program.root_var(channel).is_some_and(is_heard)
            }
            _ => false,
        })
    }
}
