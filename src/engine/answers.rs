//! Answers that say that a call has failed though it threw nothing: a bad HTTP status, a judge that asks for another try.
//!
//! Owns: telling on which way of a test the answer was bad. Does not own: errors and empty results (`program::flow::outcome`), or what a
//! repetition is (`repeats`).

use crate::facts::{BinaryOp, ExprId, ExprKind, UnaryOp};
use crate::program::flow::{Edge, EdgeKind, NodeId, NodeKind};
use crate::program::values::value::Const;

use super::cycles::Cycle;
use super::events::Event;
use super::events::branches::subject;
use super::steps::Search;

/// From this status on the other side is in trouble.
const FIRST_TROUBLE: f64 = 500.0;

/// From this status on the other side has refused, or failed.
const FIRST_REFUSAL: f64 = 400.0;

/// The statuses below by which it asks to be called again later.
const LATER: [f64; 3] = [408.0, 425.0, 429.0];

/// The statuses by which what was asked for has been done.
const DONE: std::ops::Range<f64> = 200.0..300.0;

impl Search<'_, '_> {
    /// The ways on which an answer was told to be bad.
    pub(super) fn bad_answers(&self, event: &Event) -> Vec<(NodeId, NodeId)> {
        let (call, results) = subject(self.program, event);
        let Some(call) = call else { return Vec::new() };
        let flow = self.root().flow;
        let mut found = Vec::new();
        for id in flow.ids() {
            let NodeKind::Test(test) = flow.node(id).kind else { continue };
            let is_about = |value: ExprId| self.program.mentions(value, Some(call), &results);
            let Some(bad) = self.bad_way(test, &is_about) else { continue };
            let kind = if bad { EdgeKind::True } else { EdgeKind::False };
            found.extend(flow.successors(id, |edge| edge == kind).into_iter().map(|to| (id, to)));
        }
        found
    }

    /// The ways on which an answer was told to be no error: done, or a redirect.
    pub(super) fn good_answers(&self, event: &Event) -> Vec<(NodeId, NodeId)> {
        let bad = self.bad_answers(event);
        let flow = self.root().flow;
        let told = |(id, to): &(NodeId, NodeId)| {
            let NodeKind::Test(test) = flow.node(*id).kind else { return Vec::new() };
            let other = |edge: &EdgeKind| matches!(edge, EdgeKind::True | EdgeKind::False);
            let ways = flow.successors(*id, |edge| other(&edge)).into_iter().filter(|way| way != to);
            if self.singles_trouble(test) { Vec::new() } else { ways.map(|way| (*id, way)).collect() }
        };
        bad.iter().flat_map(told).collect()
    }

    /// Whether a test only tells a bad answer from a good one: whatever is bad goes the same way.
    pub(super) fn only_tells_bad(&self, test: ExprId) -> bool {
        let is_split = match self.program.facts.expr(test).kind {
            ExprKind::Binary { left, right, .. } => match self.program.constant(right) {
                Some(Const::Num(status)) => status <= FIRST_REFUSAL,
                Some(Const::Bool(_)) => return self.only_tells_bad(left),
                _ => false,
            },
            ExprKind::Unary { op: UnaryOp::Not, operand } => return self.only_tells_bad(operand),
            ExprKind::Member { .. } => true,
            _ => false,
        };
        is_split && self.bad_way(test, &|_| true).is_some()
    }

    /// Whether a status that says that something was wrong, a refusal too, leads to the next attempt.
    pub(super) fn bad_status_leads_round(&self, event: &Event, cycle: &Cycle) -> bool {
        let flow = self.root().flow;
        let is_split = |(node, _): &(NodeId, NodeId)| matches!(flow.node(*node).kind, NodeKind::Test(test) if self.only_tells_bad(test));
        let starts = self.bad_answers(event).into_iter().filter(is_split).map(|(_, to)| to);
        let starts = starts.filter(|to| cycle.holds(*to));
        let within = |_: NodeId, edge: &Edge| cycle.holds(edge.to);
        // What asks for something else before may have mended it.
        let mends = |node: NodeId| {
            !cycle.turns(node)
                && self.root().events.iter().any(|other| {
                    other.nodes.contains(&node) && super::steps::is_remote_work(self.program, other)
                })
        };
        let avoid = |node: NodeId| event.nodes.contains(&node) || mends(node);
        cycle.reach(flow, starts, &within, &avoid, &|node| cycle.turns(node)).is_some()
    }

    /// Whether a test asks for one status only: any other one tells nothing.
    fn singles_trouble(&self, test: ExprId) -> bool {
        let ExprKind::Binary { op: BinaryOp::Eq | BinaryOp::NotEq, right, .. } =
            self.program.facts.expr(test).kind
        else {
            return false;
        };
        matches!(self.program.constant(right), Some(Const::Num(status)) if is_trouble(status))
    }

    /// Whether a test that is about a call holds for its bad answers (true) or for the good ones (false).
    pub(super) fn bad_way(&self, test: ExprId, is_about: &dyn Fn(ExprId) -> bool) -> Option<bool> {
        let program = self.program;
        match program.facts.expr(test).kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.bad_way(operand, is_about).map(|bad| !bad),
            ExprKind::Binary { op, left, right } => match (program.constant(right), op) {
                (Some(Const::Bool(wanted)), BinaryOp::Eq) => {
                    self.bad_way(left, is_about).map(|bad| bad == wanted)
                }
                (Some(Const::Bool(wanted)), BinaryOp::NotEq) => {
                    self.bad_way(left, is_about).map(|bad| bad != wanted)
                }
                (Some(Const::Num(status)), _) if self.tests_status(test) && is_about(left) => {
                    bad_status(op, status)
                }
                _ => None,
            },
            ExprKind::Member { name, .. } if program.facts.name(name) == "ok" => {
                is_about(test).then_some(false)
            }
            ExprKind::Name { var: Some(var), .. } => {
                let name = program.var_name(var).to_ascii_lowercase().replace('_', "");
                let judged = |value: &ExprId| program.args(*value).iter().any(|arg| is_about(*arg));
                (program.words.attempts.wanted.has(&name) && program.values_of(test).iter().any(judged))
                    .then_some(true)
            }
            _ => None,
        }
    }
}

/// Whether a comparison of a status holds for bad answers (true) or for good ones (false).
fn bad_status(op: BinaryOp, status: f64) -> Option<bool> {
    let is_bad = match op {
        BinaryOp::Eq if DONE.contains(&status) => false,
        BinaryOp::NotEq if DONE.contains(&status) => true,
        // One particular refusal is told apart, and something is done about it.
        BinaryOp::Eq if is_trouble(status) => true,
        BinaryOp::NotEq if is_trouble(status) => false,
        BinaryOp::Less | BinaryOp::LessEq if status >= DONE.end - 1.0 => false,
        BinaryOp::Greater | BinaryOp::GreaterEq if status >= DONE.end - 1.0 => true,
        _ => return None,
    };
    Some(is_bad)
}

fn is_trouble(status: f64) -> bool {
    status >= FIRST_TROUBLE || LATER.iter().any(|later| (later - status).abs() < f64::EPSILON)
}

impl Search<'_, '_> {
    /// Whether a test tells a good answer from a bad one, by its HTTP status.
    pub(super) fn tests_status(&self, test: ExprId) -> bool {
        let text = self.program.text_of(test).to_ascii_lowercase();
        self.program.words.failures.statuses.is_in(&text)
            || text.contains(".status") && text.chars().any(|c| c.is_ascii_digit())
    }
}
