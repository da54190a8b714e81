//! What is done for want of an answer: the branch on which a look-up gave nothing, failed, or gave what would not do.
//!
//! Owns: the relation `for-want-of`, and how events stand to each other inside a function that is called. Does not own: what a branch says about a call (`program::flow::outcome`).

use crate::facts::FuncId;
use crate::models::Role;
use crate::program::flow::outcome::Outcome;
use crate::program::flow::{EXIT, Edge, EdgeKind, NodeId, NodeKind};
use crate::rules::Relation;

use super::events::{Event, Root};
use super::roots::Roots;
use super::steps::Search;

/// How many functions deep two events of one call are followed: as deep as roles are passed up.
const MAX_INSIDE: usize = 4;

impl Search<'_, '_> {
    /// Whether an event is reached when another gave nothing or failed, while there is a way on which what the other gave
    /// does instead of it.
    pub(super) fn for_want_of(&self, event: &Event, other: &Event) -> bool {
        if !self.only_looks_up(other) {
            return false;
        }
        let mut lacks = self.failures(other);
        lacks.extend(self.root().branches(self.program, other, Outcome::Empty));
        let flow = self.root().flow;
        let goal = |id: NodeId| event.nodes.contains(&id);
        let gave = self.root().branches(self.program, other, Outcome::Ok);
        let forward =
            |from: NodeId, edge: &Edge| edge.kind != EdgeKind::Back && !gave.contains(&(from, edge.to));
        let starts = lacks.iter().map(|(_, to)| *to);
        flow.reach(starts, &forward, &|_| false, &goal).is_some() && self.does_instead(event, other, &lacks)
    }

    /// Whether the call that leads to a look-up does no more than look up: that one which also loads gives nothing says that
    /// there is nothing, not that it was not kept.
    fn only_looks_up(&self, event: &Event) -> bool {
        const LOADS: [&str; 8] = [
            "store.read",
            "store.query",
            "store.write",
            "store.transaction",
            "http.call",
            "rpc.call",
            "mail.send",
            "message.publish",
        ];
        let Some(via) = event.via else { return true };
        let loads = |role: Role| LOADS.contains(&self.program.roles.name(role));
        !self
            .program
            .played_by(self.root().function, via)
            .any(|played| self.program.role_use(played.expr).is_some_and(|used| loads(used.role)))
    }

    /// How two events stand to each other that one call of this function leads to: as they do in the function that it runs;
    /// none when they are not of one call.
    pub(super) fn inside(&self, relation: Relation, event: &Event, other: &Event) -> Option<bool> {
        if self.depth == MAX_INSIDE {
            return None;
        }
        let via = event.via.filter(|via| other.via == Some(*via) && event.expr != other.expr)?;
        let plays = |function: &FuncId, event: &Event| {
            let summary = self.program.summary(*function);
            summary.is_some_and(|summary| summary.roles.iter().any(|played| Some(played.expr) == event.expr))
        };
        let callees = self.program.run_by(via);
        let callee = callees.iter().find(|callee| plays(callee, event) && plays(callee, other))?;
        // A handler has its own findings.
        if self.program.handler(*callee).is_some() {
            return None;
        }
        let roots = Roots::one(Root::of(self.program, *callee)?);
        let there = |event: &Event| roots[0].events.iter().find(|found| found.expr == event.expr).cloned();
        let (event, other) = (there(event)?, there(other)?);
        let search = Search { roots: &roots, root: 0, depth: self.depth + 1, ..*self };
        Some(search.related(relation, &event, &other, (Some(0), false)).is_some())
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
