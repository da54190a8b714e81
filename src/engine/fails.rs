//! How what may be made again tells that it has failed: whether it can at all, whether it says so by giving nothing, and whether
//! some of its failures lead past the wait.
//!
//! Owns: these questions. Does not own: what a repetition is (`repeats`), how long it waits (`waits`), or what a branch says of
//! a call (`program::flow::outcome`).

use crate::facts::{BinaryOp, Block, ExprId, ExprKind, FuncId, StmtKind, UnaryOp};
use crate::program::flow::outcome::Outcome;
use crate::program::flow::{Edge, EdgeKind, NodeId, NodeKind};
use crate::program::values::value::Const;
use crate::source::Ecosystem;

use super::cycles::Cycle;
use super::events::Event;
use super::singled::Singled;
use super::steps::Search;

impl Search<'_, '_> {
    /// Whether no failure of a call ever comes to whoever made it, so that nothing is tried again: the function that it runs
    /// deals with every one itself; or it constructs something, and what a constructor throws is about its arguments, while
    /// that nobody answers is told later.
    pub(super) fn tells_no_failure(&self, event: &Event) -> bool {
        let program = self.program;
        let Some(call) = event.call() else { return false };
        if program.ecosystem() == Ecosystem::Go || program.is_waited_for(call) {
            return false;
        }
        let constructs = matches!(program.facts.expr(call).kind, ExprKind::Call { new: true, .. })
            && event.via.is_none()
            && !program.is_awaited(call);
        constructs || program.called_function(call).is_some_and(|called| program.never_fails(called))
    }

    /// The ways on which a call gave nothing, where that is how it tells of failures: the function that it runs catches them and
    /// gives nothing then. Only where nobody waits: who waits until there is something polls.
    pub(super) fn nothing_for_failures(&self, event: &Event) -> Vec<(NodeId, NodeId)> {
        let program = self.program;
        let called = event.call().and_then(|call| program.called_function(call));
        let Some(called) = called.filter(|_| program.ecosystem() != Ecosystem::Go) else { return Vec::new() };
        let statements = program.facts.block(program.facts.function(called).body);
        let swallows = statements.iter().any(|id| match program.facts.stmt(*id).kind {
            StmtKind::Try { catch: Some((_, handler)), .. } => self.gives_nothing(handler),
            _ => false,
        });
        let root = self.root();
        let waits = || root.events.iter().any(|other| self.is_wait(other));
        // Who runs again, or asks somebody else each time, may ask for something else.
        let runs_again = || root.cycles(program).iter().any(|cycle| !cycle.loops);
        if !swallows || waits() || runs_again() || self.is_picked(event) {
            return Vec::new();
        }
        root.branches(program, event, Outcome::Empty)
    }

    /// Whether what a call is made on was picked before by another: one of several hosts.
    fn is_picked(&self, event: &Event) -> bool {
        let program = self.program;
        let Some(ExprKind::Call { callee, .. }) = event.call().map(|call| program.facts.expr(call).kind)
        else {
            return false;
        };
        let ExprKind::Member { object, .. } = program.facts.expr(callee).kind else { return false };
        program.facts_var(object).is_some()
            && program
                .values_of(object)
                .iter()
                .any(|value| matches!(program.facts.expr(*value).kind, ExprKind::Call { new: false, .. }))
    }

    /// Whether a `catch` ends with nothing to give: `return null`.
    fn gives_nothing(&self, handler: Block) -> bool {
        let program = self.program;
        let last = program.facts.block(handler).last().map(|id| program.facts.stmt(*id).kind);
        match last {
            Some(StmtKind::Return(values)) => match program.facts.list(values) {
                [] => true,
                [value, ..] => match program.constant(*value) {
                    Some(Const::Null | Const::Bool(false)) => true,
                    _ => program.text_of(*value) == "undefined",
                },
            },
            _ => false,
        }
    }

    /// Whether it waits after failures of one kind alone, and all others lead to the next attempt at once.
    pub(super) fn others_go_past(&self, event: &Event, waits: &[&Event], cycle: &Cycle) -> bool {
        let flow = self.root().flow;
        let own = |node: NodeId| event.nodes.contains(&node);
        let waiting = |node: NodeId| waits.iter().any(|wait| wait.nodes.contains(&node));
        let within = |_: NodeId, edge: &Edge| cycle.holds(edge.to) && edge.kind != EdgeKind::Back;
        let gets_to_wait =
            |from: NodeId| cycle.holds(from) && flow.reach([from], &within, &own, &waiting).is_some();
        // The ways that lead past every wait, and of them those for failures of no particular kind.
        let (mut past, mut others) = (Vec::new(), Vec::new());
        for id in flow.ids().filter(|id| cycle.holds(*id)) {
            let NodeKind::Test(test) = flow.node(id).kind else { continue };
            // What is asked of an answer tells no failures apart.
            if !self
                .failure_leads_to(event, cycle, &|node| own(node) || cycle.turns(node), &|node| node == id)
            {
                continue;
            }
            let (leading, leaving): (Vec<&Edge>, Vec<&Edge>) =
                flow.node(id).edges.iter().partition(|edge| gets_to_wait(edge.to));
            if leading.is_empty() {
                continue;
            }
            past.extend(leaving.iter().map(|edge| (id, edge.to)));
            let Some(kind) = self.is_of_a_kind(test) else { continue };
            others.extend(leaving.iter().filter(|edge| edge.kind != kind).map(|edge| (id, edge.to)));
        }
        if others.is_empty() {
            return false;
        }
        let mut blocked = self.failed(event).blocked;
        blocked.extend(past.into_iter().filter(|way| !others.contains(way)));
        blocked.extend(self.exhaustions(event));
        blocked.extend(self.singled_out(&|singled| singled == Singled::Own));
        let passes = |from: NodeId, edge: &Edge| cycle.holds(edge.to) && !blocked.contains(&(from, edge.to));
        // What asks for something else before may have mended it.
        let mends = |node: NodeId| {
            let mut at = self.root().events.iter().filter(|other| other.nodes.contains(&node));
            at.any(|other| super::steps::is_remote_work(self.program, other))
        };
        let avoid = |node: NodeId| own(node) || waiting(node) || !cycle.turns(node) && mends(node);
        let starts = others.iter().filter(|way| !blocked.contains(way)).map(|(_, to)| *to);
        cycle.loops && cycle.reach(flow, starts, &passes, &avoid, &|node| cycle.turns(node)).is_some()
    }

    /// The edge on which a test has told a failure as one of some kind: `error.status === 429`, `isRateLimit`.
    fn is_of_a_kind(&self, test: ExprId) -> Option<EdgeKind> {
        let program = self.program;
        match program.facts.expr(test).kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => match self.is_of_a_kind(operand)? {
                EdgeKind::True => Some(EdgeKind::False),
                _ => Some(EdgeKind::True),
            },
            ExprKind::Binary { op: BinaryOp::Eq, left, right } => {
                let is_constant = program.constant(left).is_some() || program.constant(right).is_some();
                (is_constant && self.is_about_failure(test)).then_some(EdgeKind::True)
            }
            ExprKind::Call { .. } => self.is_about_failure(test).then_some(EdgeKind::True),
            ExprKind::Name { var: Some(_), .. } => {
                let told = |value: &ExprId| {
                    !matches!(program.facts.expr(*value).kind, ExprKind::Name { .. })
                        && self.is_about_failure(*value)
                };
                let values = program.values_of(test);
                (!values.is_empty() && values.iter().all(told)).then_some(EdgeKind::True)
            }
            _ => None,
        }
    }

    /// The time that a call is handed which is named as a wait, where nothing else is known of it: `await delay(1000)` of a
    /// package without a model.
    pub(super) fn waits_by_name(&self, event: &Event) -> Option<ExprId> {
        let program = self.program;
        let call = event.expr.filter(|_| event.role.is_none() && event.via.is_none())?;
        let ExprKind::Call { callee, new: false, .. } = program.facts.expr(call).kind else { return None };
        let name = program.last_name(callee)?.to_ascii_lowercase();
        let is_named = matches!(name.as_str(), "sleep" | "delay");
        let of_tree = program
            .called_function(call)
            .is_some_and(|called: FuncId| !program.facts.function(called).body.is_empty());
        let [time] = program.args(call) else { return None };
        (is_named && !of_tree && program.ecosystem() != Ecosystem::Go && program.is_awaited(call))
            .then_some(*time)
    }
}
