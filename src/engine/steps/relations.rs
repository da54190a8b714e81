//! How a step lies to one before it: before, after, on its failure, beside it.
//!
//! Owns: which relation asks what, order within the function, and the branches between two events. Does not own: order in what is
//! called (`chain`), what values have in common (`shared`), what events are called on (`objects`).

use crate::engine::events::Event;
use crate::engine::events::branches::subject;
use crate::facts::ExprId;
use crate::program::flow::outcome::Outcome;
use crate::program::flow::{EdgeKind, NodeId, NodeKind};
use crate::rules::Relation;

use super::{Fit, SURE, Search};

impl Search<'_, '_> {
    pub(in crate::engine) fn related(
        &self,
        relation: Relation,
        event: &Event,
        other: &Event,
        (root, inside): (Option<usize>, bool),
    ) -> Option<Fit> {
        if root != Some(self.root) {
            let is_same = || self.on_same(event, other) && !self.are_locals_apart(event, other);
            return (relation == Relation::OnSame && is_same()).then_some(SURE);
        }
        if matches!(relation, Relation::After | Relation::Before | Relation::Takes)
            && let Some(inside) = self.inside(relation, event, other)
        {
            return inside.then_some(SURE);
        }
        let flow = self.root().flow;
        let after = |from: &Event, to: &Event| {
            let follows = if self.is_settled_by_caller(from) {
                self.comes_after_success(from, to)
            } else {
                from.nodes.iter().any(|from| to.nodes.iter().any(|to| flow.comes_after(*from, *to)))
            };
            follows || (inside && self.comes_after_inside(from, to))
        };
        let holds = match relation {
            Relation::After => after(other, event),
            Relation::Before => after(event, other),
            Relation::OnErrorOf => self.only_through(&self.failures(other), event, other),
            Relation::OnMissOf => {
                self.only_through(&self.root().branches(self.program, other, Outcome::Empty), event, other)
            }
            Relation::ForWantOf => self.for_want_of(event, other),
            Relation::DependsOn => !self.does_both(other, event) && self.test_of(event, other).is_some(),
            Relation::Screens => {
                self.only_through(&self.root().branches(self.program, event, Outcome::Empty), other, event)
            }
            Relation::Takes => self.takes(event, other),
            Relation::CountsOn => self.counts_on(event, other),
            Relation::DecidesOn => self.decides_on(event, other),
            Relation::InsteadOf => {
                let apart = event.nodes.iter().all(|node| !other.nodes.contains(node));
                apart && !after(event, other) && !after(other, event)
            }
            Relation::Along => self.goes_along(event, other),
            Relation::Shares => self.shares(event, other),
            Relation::Together => event.via.is_some() && event.via == other.via,
            Relation::OnSame => self.on_same(event, other),
            Relation::Beside => self.is_beside(event, other),
            Relation::InLine => !self.is_beside(event, other),
            Relation::StartedBefore => self.is_beside(event, other) && self.is_started_before(event, other),
            Relation::Inside => self.is_written_inside(event, other).is_some(),
            Relation::ForgottenBy => self
                .is_written_inside(event, other)
                .is_some_and(|(call, around)| !self.program.is_looked_after(call, around)),
            Relation::RunBy => self.is_run_by(event, other),
        };
        holds.then_some(SURE)
    }

    /// Reached from one of these edges, and not from the other event without one of them.
    fn only_through(&self, edges: &[(NodeId, NodeId)], event: &Event, other: &Event) -> bool {
        let flow = self.root().flow;
        let goal = |id: NodeId| event.nodes.contains(&id);
        let forward = |_: NodeId, edge: &crate::program::flow::Edge| edge.kind != EdgeKind::Back;
        let reached = flow.reach(edges.iter().map(|(_, to)| *to), &forward, &|_| false, &goal).is_some();
        let around = |from: NodeId, edge: &crate::program::flow::Edge| {
            edge.kind != EdgeKind::Back && !edges.contains(&(from, edge.to))
        };
        let starts = other.nodes.clone();
        reached && flow.reach(starts, &around, &|_| false, &goal).is_none()
    }

    /// The branch on `other`'s result without which `event` is not reached.
    pub(in crate::engine) fn test_of(&self, event: &Event, other: &Event) -> Option<NodeId> {
        let flow = self.root().flow;
        let (call, results) = subject(self.program, other);
        let goal = |id: NodeId| event.nodes.contains(&id);
        flow.ids().find(|id| {
            let NodeKind::Test(test) = flow.node(*id).kind else { return false };
            let about = match call {
                Some(_) => self.program.mentions(test, call, &results),
                None => results.keys().any(|var| self.program.names_var(test, *var)),
            };
            let outcome = call.and_then(|_| self.program.outcome(test, call, &results));
            let is_failure = matches!(outcome, Some((Outcome::Error, _) | (_, Outcome::Error)));
            if !about || is_failure {
                return false;
            }
            let ways = |kind: EdgeKind| {
                let starts = flow.successors(*id, |found| found == kind);
                let forward = |_: NodeId, edge: &crate::program::flow::Edge| edge.kind != EdgeKind::Back;
                flow.reach(starts, &forward, &|_| false, &goal).is_some()
            };
            ways(EdgeKind::True) != ways(EdgeKind::False)
        })
    }

    /// Whether an event is in something started without waiting that another is not in.
    fn is_beside(&self, event: &Event, other: &Event) -> bool {
        let fork = |event: &Event| event.nodes.first().and_then(|node| self.root().flow.context(*node).fork);
        fork(event).is_some() && fork(event) != fork(other) && !self.is_waited_for_by(event, other)
    }

    /// Whether what an event stands in is started before another event, not after it.
    fn is_started_before(&self, event: &Event, other: &Event) -> bool {
        let flow = self.root().flow;
        let is_on = |kind: EdgeKind| kind != EdgeKind::Fork && kind != EdgeKind::Back;
        let goal = |id: NodeId| other.nodes.contains(&id);
        flow.reach(self.after_start(event), &|_, edge| is_on(edge.kind), &|_| false, &goal).is_some()
    }

    /// Where the rest goes on when what an event stands in has been started.
    pub(in crate::engine) fn after_start(&self, event: &Event) -> Vec<NodeId> {
        let flow = self.root().flow;
        let fork = |id: NodeId| flow.context(id).fork;
        let started = event.nodes.first().and_then(|node| fork(*node));
        let leads_there = |to: NodeId| {
            let goal = |id: NodeId| event.nodes.contains(&id);
            flow.reach([to], &|_, edge| edge.kind != EdgeKind::Back, &|_| false, &goal).is_some()
        };
        let starts = |id: &NodeId| {
            let mut edges = flow.node(*id).edges.iter();
            fork(*id) != started && edges.any(|edge| edge.kind == EdgeKind::Fork && leads_there(edge.to))
        };
        let is_on = |kind: EdgeKind| kind != EdgeKind::Fork && kind != EdgeKind::Back;
        flow.ids().filter(starts).flat_map(|id| flow.successors(id, is_on)).collect()
    }

    /// The calls of two events, if the one is written inside the other: where they stand in the function, or, if one call leads to both,
    /// in what that runs. What is handed to a call that leads to the other has to get there.
    fn is_written_inside(&self, event: &Event, other: &Event) -> Option<(ExprId, ExprId)> {
        if event.via.is_some() && event.via == other.via {
            let (inner, outer) = event.expr.zip(other.expr)?;
            return self.program.is_inside(inner, outer).then_some((inner, outer));
        }
        let (inner, outer) = event.call().zip(other.call())?;
        let gets_there = match (other.via, other.expr) {
            (Some(via), Some(led_to)) => self.program.is_handed_into(inner, via, led_to),
            _ => true,
        };
        (self.program.is_inside(inner, outer) && gets_there).then_some((inner, outer))
    }
}
