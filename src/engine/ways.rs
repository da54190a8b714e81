//! Ways through a function that a rule asks for.
//!
//! Owns: where they start and end, and what they may not touch. Does not own: what attempts end with (`attempts`), or what becomes of a
//! failure (`noted`).

use crate::facts::words::words;
use crate::facts::{ExprId, ExprKind, FuncId, VarId, VarKind};
use crate::models::Nature;
use crate::program::flow::outcome::Outcome;
use crate::program::flow::{ENTRY, EXIT, Edge, EdgeKind, FAIL, NodeId, NodeKind};
use crate::rules::ways::{Avoid, From, To, WayThrough};
use crate::source::Ecosystem;

use super::events::branches::subject;
use super::events::work::is_work;
use super::events::{Event, Root};
use super::steps::Search;

/// How many calls deep a log is looked for.
const MAX_TELLING_DEPTH: u32 = 3;

impl Search<'_, '_> {
    /// The end of a way that exists, given the steps bound so far.
    pub(super) fn way(&self, way: &WayThrough, bound: &[Event]) -> Option<NodeId> {
        let root = self.root();
        let starts = self.starts(way.from, bound);
        if starts.is_empty() {
            return None;
        }
        let blocked = self.blocked(way.from, bound);
        let origin: &[NodeId] = match way.from {
            From::After(step)
            | From::Ok(step)
            | From::Error(step)
            | From::Miss(step)
            | From::Exhausted(step) => &bound[step].nodes,
            From::Entry | From::Fork(_) => &[],
        };
        // A round of a loop that takes messages ends where the next one is taken.
        let arrives =
            |event: &&Event| event.role.is_some() && event.role == self.program.roles.get("message.receive");
        let arrivals: Vec<NodeId> =
            bound.iter().filter(arrives).flat_map(|event| event.nodes.iter().copied()).collect();
        let in_loop = arrivals.iter().any(|node| matches!(root.flow.node(*node).kind, NodeKind::Item(_)));
        // What is started at the very start counts as passed.
        let forked = |avoid: &Avoid| matches!(avoid, Avoid::Role(role) if origin.iter().any(|node| self.forks_to(*node, *role)));
        if way.avoiding.iter().any(forked) {
            return None;
        }
        let used_up = match (way.avoiding.contains(&Avoid::Exhausted), way.from) {
            (true, From::After(step) | From::Ok(step) | From::Error(step) | From::Miss(step)) => {
                self.exhaustions(&bound[step])
            }
            _ => Vec::new(),
        };
        let noted = match way.from {
            From::Error(step) if way.avoiding.contains(&Avoid::Rescue) => self.notes_of_failure(&bound[step]),
            _ => Vec::new(),
        };
        let wanting = self.without_object_of(way);
        let refused =
            if way.avoiding.contains(&Avoid::Refused) { self.singled_out(&|_| true) } else { Vec::new() };
        let own = |from: NodeId, edge: &Edge| {
            matches!(way.from, From::Ok(_)) && edge.kind == EdgeKind::Error && origin.contains(&from)
        };
        // What a timer runs later may be the next attempt; and a step may stand in what is started beside the rest.
        let is_beside = |to: &To| match to {
            To::Step(step) => bound[*step].nodes.iter().any(|node| root.flow.context(*node).fork.is_some()),
            _ => false,
        };
        let forks = way.to.contains(&To::Again) || way.to.iter().any(is_beside);
        let passes = |from: NodeId, edge: &Edge| {
            let way_on = (from, edge.to);
            (edge.kind != EdgeKind::Fork || forks)
                && !blocked.contains(&way_on)
                && !used_up.contains(&way_on)
                && !refused.contains(&way_on)
                && !wanting.contains(&way_on)
                && !own(from, edge)
        };
        let to_return = way.to.contains(&To::Return);
        let to_fail = way.to.contains(&To::Fail);
        let is_avoided = |node: NodeId| {
            noted.contains(&node) || way.avoiding.iter().any(|avoid| self.is_avoided(*avoid, node, bound))
        };
        let avoid = |node: NodeId| {
            is_avoided(node) || arrivals.contains(&node) || (to_return && !to_fail && self.refuses(node))
        };
        let goal = |node: NodeId| {
            // Who leaves the loop stops consuming: the broker takes back what is open.
            let ended =
                to_return && ((node == EXIT && !in_loop) || (arrivals.contains(&node) && node != ENTRY));
            let failed = to_fail && node == FAIL;
            (ended || failed || way.to.iter().any(|to| self.is_goal(*to, way.from, node, bound)))
                && !is_avoided(node)
        };
        root.flow.reach(starts, &passes, &avoid, &goal)
    }

    /// The edges on which what the way must not come by cannot be called, since its object is not there.
    fn without_object_of(&self, way: &WayThrough) -> Vec<(NodeId, NodeId)> {
        match way.from {
            From::Ok(_) => self.without_object(&way.avoiding),
            _ => Vec::new(),
        }
    }

    /// The node on a way before its end that says most: the `return` that leads there.
    pub(super) fn way_end(&self, way: &WayThrough, bound: &[Event]) -> Option<NodeId> {
        let end = self.way(way, bound)?;
        let again = matches!(self.root().flow.node(end).kind, NodeKind::Item(_));
        if end != EXIT && !again {
            return Some(end);
        }
        // Prefer an explicit return or continue on such a way over the end of the body.
        let is_jump = |kind: NodeKind| match kind {
            NodeKind::Return(_) => !again,
            NodeKind::Continue => again,
            _ => false,
        };
        let returns = self.root().flow.ids().filter(|id| is_jump(self.root().flow.node(*id).kind));
        for id in returns {
            let starts = self.starts(way.from, bound);
            let mut blocked = self.blocked(way.from, bound);
            blocked.extend(self.without_object_of(way));
            let passes = |from: NodeId, edge: &Edge| {
                edge.kind != EdgeKind::Fork && !blocked.contains(&(from, edge.to))
            };
            let avoid = |node: NodeId| {
                self.refuses(node) || way.avoiding.iter().any(|avoid| self.is_avoided(*avoid, node, bound))
            };
            let reaches = |node: NodeId| node == id && !avoid(node);
            if self.root().flow.reach(starts, &passes, &avoid, &reaches).is_some()
                && self.root().flow.reach([id], &passes, &avoid, &|node| node == end).is_some()
            {
                return Some(id);
            }
        }
        Some(end)
    }

    fn starts(&self, from: From, bound: &[Event]) -> Vec<NodeId> {
        let root = self.root();
        match from {
            From::Entry => vec![ENTRY],
            From::After(step) => after(root, &bound[step], |kind| kind != EdgeKind::Fork),
            From::Ok(step) => {
                after(root, &bound[step], |kind| kind != EdgeKind::Fork && kind != EdgeKind::Error)
            }
            From::Error(step) => self.after_failure(&bound[step]),
            From::Exhausted(step) => self.exhaustions(&bound[step]).into_iter().map(|(_, to)| to).collect(),
            From::Fork(step) => self.after_start(&bound[step]),
            From::Miss(step) => root
                .branches(self.program, &bound[step], Outcome::Empty)
                .into_iter()
                .map(|(_, to)| to)
                .collect(),
        }
    }

    /// Where control goes on when an event has failed: where its exception lands; and, where its error is a value, whatever
    /// follows, since that may come before the branch that looks at it.
    pub(super) fn after_failure(&self, event: &Event) -> Vec<NodeId> {
        let root = self.root();
        let mut starts: Vec<NodeId> = Vec::new();
        for node in &event.nodes {
            starts.extend(root.flow.successors(*node, |kind| kind == EdgeKind::Error));
        }
        if !root.branches(self.program, event, Outcome::Error).is_empty() {
            starts.extend(after(root, event, |kind| kind != EdgeKind::Error && kind != EdgeKind::Fork));
        }
        starts
    }

    /// The edges on which an event has failed.
    pub(super) fn failures(&self, event: &Event) -> Vec<(NodeId, NodeId)> {
        let root = self.root();
        let mut found: Vec<(NodeId, NodeId)> = Vec::new();
        for node in &event.nodes {
            for edge in &root.flow.node(*node).edges {
                if edge.kind == EdgeKind::Error {
                    found.push((*node, edge.to));
                }
            }
        }
        found.extend(root.branches(self.program, event, Outcome::Error));
        found
    }

    /// The edges that contradict where a way starts.
    fn blocked(&self, from: From, bound: &[Event]) -> Vec<(NodeId, NodeId)> {
        let root = self.root();
        let edges = |step: usize, outcomes: &[Outcome]| {
            outcomes.iter().flat_map(|outcome| root.branches(self.program, &bound[step], *outcome)).collect()
        };
        match from {
            From::Ok(step) => edges(step, &[Outcome::Error, Outcome::Empty]),
            From::Error(step) => {
                let mut blocked: Vec<(NodeId, NodeId)> = edges(step, &[Outcome::Ok]);
                blocked.extend(self.told_by_flags(&bound[step]));
                blocked
            }
            _ => Vec::new(),
        }
    }

    fn is_goal(&self, to: To, from: From, node: NodeId, bound: &[Event]) -> bool {
        match to {
            To::Step(step) => bound[step].nodes.contains(&node),
            To::Role(role) => self.root().plays(node, role),
            To::Rethrow => {
                let flow = self.root().flow;
                let thrown = flow.node(node).kind == NodeKind::Throw && flow.context(node).catch;
                thrown || matches!(from, From::Error(step) if self.is_passed_on(&bound[step], node))
            }
            To::Again => {
                let own = match from {
                    From::After(step)
                    | From::Ok(step)
                    | From::Error(step)
                    | From::Miss(step)
                    | From::Exhausted(step) => bound[step].nodes.contains(&node),
                    From::Entry | From::Fork(_) => false,
                };
                own || self.runs_again(node)
            }
            To::Return | To::Fail => false,
        }
    }

    fn is_avoided(&self, avoid: Avoid, node: NodeId, bound: &[Event]) -> bool {
        match avoid {
            Avoid::Role(role) => self.root().plays(node, role) || self.forks_to(node, role),
            Avoid::Exhausted | Avoid::Refused => false,
            Avoid::Answer => self.answers_failure(node),
            Avoid::NextItem => match self.root().flow.node(node).kind {
                NodeKind::Item(over) => self.program.constant(over).is_none(),
                _ => false,
            },
            Avoid::Rescue => self.root().events.iter().any(|event| {
                event.nodes.contains(&node)
                    && (event.is_work(self.program)
                        || event.role.is_none() && event.call().is_some_and(|call| self.is_handed_in(call)))
                    && self.is_on_failure(event)
            }),
            Avoid::Step(step) => bound[step].nodes.contains(&node),
            Avoid::HandsOn(step) => match self.root().flow.node(node).kind {
                NodeKind::Call(call) => self.hands_on(call, &bound[step]),
                NodeKind::Sent { value, .. } => self.sends_on(value, &bound[step]),
                _ => false,
            },
        }
    }

    /// Whether a `return` on a failure gives a value by which the caller can tell: `return false` in a `catch`.
    fn answers_failure(&self, node: NodeId) -> bool {
        let NodeKind::Return(values) = self.root().flow.node(node).kind else { return false };
        // A caught error that is returned as if it were a result tells nobody: `catch (error) { return error }`.
        let is_caught = |var: VarId| {
            self.program.ecosystem() == Ecosystem::Ecmascript
                && self.program.facts.var(var).kind == VarKind::Caught
        };
        let is_nothing = |value: &ExprId| match self.program.facts.expr(*value).kind {
            ExprKind::Null | ExprKind::Bool(true) => true,
            ExprKind::Name { var: Some(var), .. } => is_caught(var),
            _ => false,
        };
        let values = self.program.facts.list(values);
        values.iter().any(|value| !is_nothing(value)) && self.are_on_failure(self.root(), &[node])
    }

    /// Whether a Go `return` hands an error on, of which a test told that it is one to hand on: some failures are told apart.
    fn is_passed_on(&self, event: &Event, node: NodeId) -> bool {
        if !self.refuses(node) {
            return false;
        }
        let (_, results) = subject(self.program, event);
        let mut errors: Vec<VarId> =
            results.into_iter().filter(|(_, is_error)| *is_error).map(|(var, _)| var).collect();
        if let Some(call) = event.call() {
            let kinds = self.program.kinds_of_errors(self.program.home(call), &errors);
            errors.extend(kinds);
        }
        let flow = self.root().flow;
        let failures = self.root().branches(self.program, event, Outcome::Error);
        let tells_apart = |id: NodeId| {
            let NodeKind::Test(test) = flow.node(id).kind else { return false };
            errors.iter().any(|error| self.program.names_var(test, *error))
                && !failures.iter().any(|(from, _)| *from == id)
                && flow.comes_after(id, node)
        };
        let after_event = |id: NodeId| event.nodes.iter().any(|from| flow.comes_after(*from, id));
        // Before or after it is told that there is a failure at all.
        failures.iter().any(|(from, to)| {
            let is_near = |id: NodeId| {
                id == *to || flow.comes_after(*to, id) || (flow.comes_after(id, *from) && after_event(id))
            };
            flow.ids().any(|id| tells_apart(id) && is_near(id))
        })
    }

    /// Whether a `return` of a Go function hands an error to its caller: no normal end.
    pub(super) fn refuses(&self, node: NodeId) -> bool {
        let NodeKind::Return(values) = self.root().flow.node(node).kind else { return false };
        self.program.ecosystem() == Ecosystem::Go
            && self.program.returns_error(self.root().function)
            && self
                .program
                .facts
                .list(values)
                .last()
                .is_some_and(|last| !matches!(self.program.facts.expr(*last).kind, ExprKind::Null))
    }

    /// Whether a node is a call that runs the function again.
    pub(super) fn runs_again(&self, node: NodeId) -> bool {
        match self.root().flow.node(node).kind {
            NodeKind::Call(call) => self.program.runs_again(call, self.root().function),
            _ => false,
        }
    }

    /// Whether what is started beside the rest at a node plays a role.
    fn forks_to(&self, node: NodeId, role: crate::models::Role) -> bool {
        let flow = self.root().flow;
        let forks = flow.successors(node, |kind| kind == EdgeKind::Fork);
        !forks.is_empty()
            && flow.reach(forks, &|_, _| true, &|_| false, &|node| self.root().plays(node, role)).is_some()
    }

    /// Whether a call runs a function that was handed in, or one of the tree that does more than tell of what happened.
    fn is_handed_in(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        let is_param = match self.program.facts.expr(callee).kind {
            ExprKind::Name { var: Some(var), .. } => {
                matches!(self.program.facts.var(var).kind, crate::facts::VarKind::Param(_))
            }
            _ => false,
        };
        let is_of_tree = || {
            let called = self.program.called_function(call);
            called.is_some_and(|function| !self.only_tells(function, call)) && !self.is_told(call)
        };
        is_param || is_of_tree() || self.ends_what_failed(call)
    }

    /// Whether a call that is not known ends, by its name, what a failure was about: `updates.CloseSubscription(id)`.
    fn ends_what_failed(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        let words = words(self.program.last_name(callee).unwrap_or_default());
        words.len() > 1
            && self.program.words.functions.ending.has(&words[0])
            && !self.program.args(call).is_empty()
            && self.program.role_use(call).is_none()
    }

    /// Whether what a call gives is only written to a log.
    fn is_told(&self, call: ExprId) -> bool {
        let tells = |around: ExprId| match self.program.role_use(around) {
            Some(used) => self.program.roles.is(used.role, Nature::Note),
            None => {
                self.program.called_function(around).is_some_and(|function| self.only_tells(function, around))
            }
        };
        self.program.climb(call).any(|around| around != call && tells(around))
    }

    /// Whether all that a function does is to tell of something: it writes a log, and does no work besides.
    fn only_tells(&self, function: FuncId, call: ExprId) -> bool {
        self.tells(function, MAX_TELLING_DEPTH) && !is_work(self.program, call)
    }

    /// Whether a function writes a log, itself or through what it calls.
    fn tells(&self, function: FuncId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let program = self.program;
        program.calls_of(function).iter().any(|call| match program.role_use(*call) {
            Some(used) => program.roles.is(used.role, Nature::Note),
            None => program.called_function(*call).is_some_and(|callee| self.tells(callee, depth)),
        })
    }
}

fn after(root: &Root<'_>, event: &Event, wanted: impl Fn(EdgeKind) -> bool + Copy) -> Vec<NodeId> {
    event.nodes.iter().flat_map(|node| root.flow.successors(*node, wanted)).collect()
}
