//! Which of several matches of one place tells the fault most plainly: what stands in the function itself, on every way, and near.
//!
//! Owns: comparing matches. Does not own: finding them (`steps`), or showing them (`make`).

use std::cmp::Reverse;

use crate::finding::{Finding, Place};
use crate::program::flow::{ENTRY, EXIT, Edge, EdgeKind, NodeId};
use crate::rules::{Scope, Shown};

use super::events::Event;
use super::steps::{Found, Search};

/// How far a match is from plain: the less the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Steps that are not on every way that has to do with what is reported.
    aside: usize,
    /// Functions that lead to steps.
    hops: usize,
    /// How far apart the steps are written.
    distance: u32,
}

/// The finding of a match, with what ranks it among others of its place.
pub(super) struct Told {
    rank: Rank,
    pub(super) finding: Finding,
    /// The way round that its calls are repeated by.
    pub(super) round: Option<Place>,
}

/// Adds the finding of a match, unless one of the same place is told more plainly by another; the surer comes first.
pub(super) fn add(search: &Search<'_, '_>, known: &mut Vec<Told>, found: &Found, finding: Finding) {
    let told = Told { rank: rank(search, found), finding, round: search.round(found) };
    let order = |told: &Told| (Reverse(told.finding.confidence), told.rank);
    let is_twin = |other: &&mut Told| other.finding.primary == told.finding.primary && !told.finding.gathers;
    match known.iter_mut().find(is_twin) {
        Some(twin) => {
            if order(&told) < order(twin) {
                *twin = told;
            }
        }
        None => known.push(told),
    }
}

fn rank(search: &Search<'_, '_>, found: &Found) -> Rank {
    let mut rank = Rank { aside: 0, hops: 0, distance: 0 };
    let Shown::Step(at) = search.matching.report.at else { return rank };
    let steps = search.matching.steps.iter().zip(&found.steps);
    // What stands elsewhere in the file or program has its nodes in another flow.
    let here = steps.filter(|(step, _)| step.scope == Scope::Function).map(|(_, event)| event);
    let reported = &found.steps[at];
    if search.matching.steps[at].scope != Scope::Function {
        return rank;
    }
    for event in here {
        if let (Some(via), Some(expr)) = (event.via, event.expr) {
            rank.hops += search.program.calls_through(via, expr).len();
        }
        rank.aside += usize::from(is_aside(search, event, reported));
        if let (Some(a), Some(b)) = (event.call(), reported.call()) {
            let start = |expr| search.program.facts.expr(expr).span.start;
            rank.distance = rank.distance.saturating_add(start(a).abs_diff(start(b)));
        }
    }
    rank
}

/// Whether there is a way to what is reported, or on from it, without an event.
fn is_aside(search: &Search<'_, '_>, event: &Event, reported: &Event) -> bool {
    let flow = search.root().flow;
    let forward = |_: NodeId, edge: &Edge| edge.kind != EdgeKind::Back;
    let avoid = |id: NodeId| event.nodes.contains(&id);
    let is_reported = |id: NodeId| reported.nodes.contains(&id);
    if reported.nodes.is_empty() || event.nodes.iter().any(|node| is_reported(*node)) {
        return false;
    }
    let before = flow.reach([ENTRY], &forward, &avoid, &is_reported).is_some();
    let starts = reported.nodes.iter().copied();
    let after = flow.reach(starts, &forward, &avoid, &|id| id == EXIT).is_some();
    before && after
}
