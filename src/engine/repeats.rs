//! Calls that are made again when they fail: how long it waits between, how often, and what it looks at before.
//!
//! A call is repeated when its failure leads back to it - round a loop, or because the function runs again - and its success
//! does not lead there the same way: who waits after a success as well polls or paces.
//!
//! Owns: [`Repeat`]. Does not own: what it waits for and how long (`waits`), what leads back (`program::callgraph::again`, `cycles`),
//! what ends the attempts (`attempts`), whether a round asks for the same work (`same`), or which failures are singled out (`singled`).

use crate::facts::{ExprId, ExprKind};
use crate::finding::Place;
use crate::program::flow::outcome::Outcome;
use crate::program::flow::{Edge, EdgeKind, NodeId, NodeKind};
use crate::program::values::value::Const;
use crate::rules::repeated::{Attempts, Errors, Pause, Repeated};
use crate::source::Ecosystem;

use super::cycles::Cycle;
use super::events::Event;
use super::events::branches::subject;
use super::roots::Roots;
use super::steps::Search;
use super::wording::Wording;

/// How a call is repeated.
#[derive(Clone, Debug)]
pub(super) struct Repeat {
    /// What lies between two attempts.
    pub(super) pause: Pause,
    /// Where it waits.
    pub(super) wait: Option<Place>,
    /// How many nanoseconds it waits at least, if the code says it.
    pub(super) pause_time: Option<f64>,
    /// How often.
    pub(super) attempts: Attempts,
    /// The number of attempts, if the code says it.
    pub(super) count: Option<u32>,
    /// Whether it looks at the error before it tries again.
    pub(super) errors: Errors,
    /// A delay that is computed and governs no wait.
    pub(super) unused_growth: Option<Place>,
    /// A call that is repeated within it.
    pub(super) inner: Option<Inner>,
    /// The way round, from its first to its last place.
    pub(super) round: Option<Place>,
    /// The call that runs the function again, if no loop repeats it.
    pub(super) again: Option<Place>,
    /// Whether it is about the head of a queue, which is taken off only when it succeeds.
    pub(super) head: bool,
}

/// A repetition within another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inner {
    /// Where.
    pub(super) place: Place,
    /// The number of its attempts, if the code or the library says it.
    pub(super) count: Option<u32>,
}

/// How many functions deep a repetition within another is looked for.
const MAX_NESTING: usize = 3;

impl Search<'_, '_> {
    /// Whether an event is repeated as a step asks.
    pub(super) fn is_repeated(&self, wanted: &Repeated, event: &Event) -> bool {
        let Some((repeat, cycle)) = self.repeat_and_round(event) else { return false };
        let single = repeat.count.is_some_and(|count| count <= 2);
        (!single || wanted.single)
            && (wanted.pause.is_empty() || wanted.pause.contains(&repeat.pause))
            && (wanted.attempts.is_empty() || wanted.attempts.contains(&repeat.attempts))
            && (wanted.errors.is_empty() || wanted.errors.contains(&repeat.errors))
            && (!wanted.unused_growth || repeat.unused_growth.is_some())
            && (!wanted.nested || self.inner(event, &repeat).is_some())
            && (!wanted.head || repeat.head)
            && (!wanted.in_loop || cycle.loops)
            && wanted.beyond.is_none_or(|most| repeat.count.is_none_or(|count| count > most))
            && (!wanted.said || self.is_said(event, cycle))
            && (!wanted.statuses || self.bad_status_leads_round(event, cycle))
    }

    /// How an event is repeated, if it is.
    pub(super) fn repeat(&self, event: &Event) -> Option<Repeat> {
        self.repeat_and_round(event).map(|(repeat, _)| repeat)
    }

    /// The same, with the way round that repeats it.
    fn repeat_and_round(&self, event: &Event) -> Option<(Repeat, &Cycle)> {
        let cycles = self.root().cycles(self.program);
        let around = cycles.iter().filter(|cycle| event.nodes.iter().any(|node| cycle.holds(*node)));
        let mut around: Vec<&Cycle> = around.collect();
        around.sort_by_key(|cycle| cycle.size());
        if self.tells_no_failure(event) {
            return None;
        }
        let place = around.iter().position(|cycle| self.is_round(event, cycle))?;
        let cycle = around[place];
        if self.takes_what_changes(event, cycle)
            || self.goes_over_items(event, cycle)
            || self.takes_what_is_taken_out(event, cycle)
            || self.only_on_own_failures(event, cycle)
        {
            return None;
        }
        let waits = self.waits(event, cycle);
        if waits.is_empty()
            && (self.is_paced(event, cycle)
                || self.is_mended(event, cycle)
                || self.takes_what_is_fetched(event, cycle))
        {
            return None;
        }
        if cycle.loops && self.waits_first(event, &waits) {
            return None;
        }
        let (attempts, count) = self.attempts(event, cycle);
        let outer = around[place + 1..].iter().find(|outer| outer.loops && self.is_round(event, outer));
        let inner = outer
            .filter(|outer| !self.takes_what_changes(event, outer) && !self.serves(event, outer))
            .map(|outer| (Inner { place: event.place, count }, self.attempts(event, outer)));
        let pause = self.pause(event, &waits, cycle);
        let rounds = self.rounds(cycle);
        let telling = waits.iter().find(|wait| self.wait_kind(wait, &rounds) == pause);
        let mut repeat = Repeat {
            pause,
            wait: telling.map(|wait| self.written_at(wait)),
            pause_time: telling.and_then(|wait| self.time(wait)),
            attempts,
            count,
            errors: self.errors(event, cycle),
            unused_growth: self.unused_growth(&waits),
            inner: None,
            round: cycle.span(self.root().flow),
            again: cycle.again.first().map(|call| self.root().flow.node(*call).place),
            head: !self.taken_off(event, cycle).is_empty(),
        };
        if let Some((inner, (attempts, count))) = inner {
            (repeat.inner, repeat.attempts, repeat.count) = (Some(inner), attempts, count);
        }
        Some((repeat, cycle))
    }

    /// Whether failure leads round, and success does not.
    fn is_round(&self, event: &Event, cycle: &Cycle) -> bool {
        let own = |node: NodeId| event.nodes.contains(&node);
        if !self.failure_leads_to(event, cycle, &own, &|node| cycle.turns(node)) {
            return false;
        }
        if !cycle.loops && self.goes_on_by_itself(event) {
            return false;
        }
        let waits = self.waits(event, cycle);
        if waits.is_empty() {
            return !self.succeeds_to(event, cycle, &|node| cycle.turns(node), false);
        }
        // Who waits after a success as well polls or paces, be it for another time.
        let waited = |node: NodeId| {
            let mut others = self.root().events.iter().filter(|other| other.nodes.contains(&node));
            others.any(|other| self.is_wait(other)) || !cycle.loops && cycle.turns(node)
        };
        !self.succeeds_to(event, cycle, &waited, true)
    }

    /// Whether what is called sees to the next round itself, when it works: what it does is done again, not tried again.
    fn goes_on_by_itself(&self, event: &Event) -> bool {
        let (program, function) = (self.program, self.root().function);
        let Some(call) = event.call() else { return false };
        let is_timer = |role| matches!(program.roles.name(role), "time.later" | "time.every");
        self.root().events.iter().filter(|inner| inner.via == Some(call)).any(|inner| {
            inner.role.is_some_and(is_timer)
                && inner.expr.is_some_and(|timer| {
                    (program.runs_again(timer, function) || self.runs_again_later(timer))
                        && self.comes_to(call, timer)
                })
        })
    }

    /// Whether what a call runs gets to something when it works: on no failure, and in no callback.
    fn comes_to(&self, call: ExprId, goal: ExprId) -> bool {
        let program = self.program;
        let ways = program.calls_through(call, goal);
        let inner = ways.get(1).map_or(goal, |(inner, _)| *inner);
        let callee = ways.first().and_then(|(_, callee)| super::events::Root::of(program, *callee));
        callee.is_some_and(|callee| {
            let plain = |node: &NodeId| {
                let context = callee.flow.context(*node);
                !context.callback && !context.later && !self.are_on_failure(&callee, &[*node])
            };
            callee.flow.nodes_of(inner).iter().any(plain)
        })
    }

    /// Whether control gets to a node of a cycle after success, before the call is made again and with the head of the queue
    /// that it is about still there. `judged`: not by way of a branch that tells a bad answer from a good one.
    pub(super) fn succeeds_to(
        &self,
        event: &Event,
        cycle: &Cycle,
        goal: &dyn Fn(NodeId) -> bool,
        judged: bool,
    ) -> bool {
        let root = self.root();
        // Who waits when there was nothing to do polls; no value where there should be one is as good as a failure, but for a
        // call that tells of failures by themselves.
        let (_, given) = subject(self.program, event);
        let tells_failures =
            self.program.ecosystem() == Ecosystem::Go && given.values().any(|is_error| *is_error);
        let polls = |(test, _): &(NodeId, NodeId)| match root.flow.node(*test).kind {
            NodeKind::Test(test) => judged && (tells_failures || self.compares_with_zero(test)),
            _ => false,
        };
        let mut blocked = root.branches(self.program, event, Outcome::Error);
        let empty = root.branches(self.program, event, Outcome::Empty).into_iter();
        blocked.extend(empty.filter(|branch| !polls(branch)));
        let (call, results) = subject(self.program, event);
        let judges = |node: NodeId| {
            let NodeKind::Test(test) = root.flow.node(node).kind else { return false };
            let is_about = |value| call.is_some() && self.program.mentions(value, call, &results);
            is_about(test) && self.tests_status(test) || self.bad_way(test, &is_about).is_some()
        };
        let taken_off = self.taken_off(event, cycle);
        let avoid = |node: NodeId| {
            event.nodes.contains(&node)
                || taken_off.contains(&node)
                // Who throws after a success counts that as a failure too.
                || root.flow.node(node).kind == NodeKind::Throw
                || judged && judges(node)
        };
        let passes = |from: NodeId, edge: &Edge| {
            edge.kind != EdgeKind::Error && cycle.holds(edge.to) && !blocked.contains(&(from, edge.to))
        };
        let good = |kind| kind != EdgeKind::Error && kind != EdgeKind::Fork;
        let starts: Vec<NodeId> =
            event.nodes.iter().flat_map(|node| root.flow.successors(*node, good)).collect();
        let starts = starts.into_iter().filter(|start| cycle.holds(*start));
        cycle.reach(root.flow, starts, &passes, &avoid, goal).is_some()
    }

    fn compares_with_zero(&self, test: ExprId) -> bool {
        let ExprKind::Binary { left, right, .. } = self.program.facts.expr(test).kind else { return false };
        let is_zero = |side| matches!(self.program.constant(side), Some(Const::Num(number)) if number == 0.0);
        is_zero(left) || is_zero(right)
    }

    /// Whether control gets to a node of a cycle after a failure.
    pub(super) fn failure_leads_to(
        &self,
        event: &Event,
        cycle: &Cycle,
        avoid: &dyn Fn(NodeId) -> bool,
        goal: &dyn Fn(NodeId) -> bool,
    ) -> bool {
        let failed = self.failed(event);
        let passes =
            |from: NodeId, edge: &Edge| cycle.holds(edge.to) && !failed.blocked.contains(&(from, edge.to));
        let starts = failed.starts.iter().copied().filter(|start| cycle.holds(*start));
        cycle.reach(self.root().flow, starts, &passes, avoid, goal).is_some()
    }

    pub(super) fn call_at(&self, node: NodeId) -> Option<ExprId> {
        match self.root().flow.node(node).kind {
            NodeKind::Call(call) => Some(call),
            _ => None,
        }
    }

    /// Whether some failures are told apart before the next attempt.
    fn errors(&self, event: &Event, cycle: &Cycle) -> Errors {
        // In Go a bad status is no error: what fails is the network, unless a look at the status leads round as well.
        let is_http = event.role.is_some() && event.role == self.program.roles.get("http.call");
        if is_http && self.program.ecosystem() == Ecosystem::Go && !self.bad_status_leads_round(event, cycle)
        {
            return Errors::ToldApart;
        }
        let root = self.root();
        let failed = self.failed(event);
        let outcome: Vec<NodeId> = root
            .branches(self.program, event, Outcome::Error)
            .into_iter()
            .chain(root.branches(self.program, event, Outcome::Ok))
            .map(|(test, _)| test)
            .collect();
        let looks = |node: NodeId| match root.flow.node(node).kind {
            NodeKind::Test(test) => {
                !outcome.contains(&node) && !self.only_tells_bad(test) && self.is_about_failure(test)
            }
            _ => false,
        };
        let passes = |from: NodeId, edge: &Edge| {
            !failed.blocked.contains(&(from, edge.to)) && edge.kind != EdgeKind::Back
        };
        let own = |node: NodeId| event.nodes.contains(&node);
        let within = root.flow.ids().filter(|id| cycle.holds(*id)).any(looks);
        let told = root.flow.reach(failed.starts.iter().copied(), &passes, &own, &looks).is_some();
        if told || within { Errors::ToldApart } else { Errors::All }
    }

    pub(super) fn is_about_failure(&self, test: ExprId) -> bool {
        let text = self.program.text_of(test);
        let known = &self.program.words.failures;
        let text_words = Wording::of(text);
        let has = |word: &String| {
            text_words.has(word)
                && (word.len() > 2 || text.split(|c: char| !c.is_alphanumeric()).any(|part| part == word))
        };
        known.tested.words().iter().any(has) || known.tested_parts.is_in(&text.to_ascii_lowercase())
    }

    /// What is repeated within a repeated call: in an inner loop, or in the functions that it runs.
    pub(super) fn inner(&self, event: &Event, repeat: &Repeat) -> Option<Inner> {
        if repeat.inner.is_some() {
            return repeat.inner;
        }
        self.inner_of_call(event)
    }

    /// Whether what an event runs tries something again by itself, a few times.
    pub(super) fn tries_again(&self, event: &Event) -> bool {
        event.via.is_none() && self.inner_of_call(event).is_some()
    }

    fn inner_of_call(&self, event: &Event) -> Option<Inner> {
        let function = self.program.called_function(event.call()?)?;
        self.inner_of(function, &mut vec![self.root().function])
    }

    fn inner_of(
        &self,
        function: crate::facts::FuncId,
        seen: &mut Vec<crate::facts::FuncId>,
    ) -> Option<Inner> {
        if seen.contains(&function) || seen.len() > MAX_NESTING {
            return None;
        }
        seen.push(function);
        let roots = Roots::one(super::events::Root::of(self.program, function)?);
        let search = Search { roots: &roots, root: 0, ..*self };
        let library = self.program.roles.get("retry.run");
        for event in roots[0].events.iter().filter(|event| event.via.is_none()) {
            if event.role.is_some() && event.role == library {
                return Some(Inner { place: event.place, count: search.library_count(event) });
            }
            // A helper that tries again what it is handed here.
            if event.call().is_some_and(|call| search.hands_closure(call) && search.is_run_again_by(call)) {
                return Some(Inner { place: event.place, count: None });
            }
            if super::steps::is_remote_work(self.program, event)
                && let Some(repeat) = search.repeat(event)
                && repeat.count.is_none_or(|count| count > 1)
                && repeat.attempts == Attempts::Bounded
            {
                return Some(Inner { place: repeat.wait.unwrap_or(event.place), count: repeat.count });
            }
        }
        let calls = roots[0].events.iter().filter(|event| event.via.is_none() && event.role.is_none());
        let called: Vec<_> = calls.filter_map(|event| self.program.called_function(event.call()?)).collect();
        called.into_iter().find_map(|function| self.inner_of(function, &mut seen.clone()))
    }

    pub(super) fn failed(&self, event: &Event) -> Failed {
        let (mut starts, mut blocked) =
            (self.after_failure(event), self.root().branches(self.program, event, Outcome::Ok));
        let bad = self.bad_answers(event);
        if !bad.is_empty() {
            starts.extend(bad.into_iter().map(|(_, to)| to));
            blocked.extend(self.good_answers(event));
        }
        starts.extend(self.nothing_for_failures(event).into_iter().map(|(_, to)| to));
        Failed { starts, blocked }
    }
}

/// Where control goes on after a failure, and the edges that say that there was none.
pub(super) struct Failed {
    pub(super) starts: Vec<NodeId>,
    pub(super) blocked: Vec<(NodeId, NodeId)>,
}
