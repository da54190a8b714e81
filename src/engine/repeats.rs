//! Calls that are made again when they fail: how long it waits between, how often, and what it looks at before.
//!
//! A call is repeated when its failure leads back to it - round a loop, or because the function runs again - and its success
//! does not lead there the same way: who waits after a success as well polls or paces.
//!
//! Owns: [`Repeat`]. Does not own: how a wait changes (`program::recurrence::trend`), what leads back (`program::callgraph::again`, `cycles`), what ends the
//! attempts (`attempts`), whether a round asks for the same work (`same`), or which failures are singled out (`singled`).

use crate::data::Scalar;
use crate::facts::{ExprId, ExprKind, VarId};
use crate::finding::Place;
use crate::models::Unit;
use crate::program::Arg;
use crate::program::flow::outcome::Outcome;
use crate::program::flow::{ENTRY, Edge, EdgeKind, NodeId, NodeKind};
use crate::program::recurrence::trend::{Slot, Trend};
use crate::program::values::value::Const;
use crate::rules::{Attempts, Errors, Pause, Repeated};
use crate::source::Ecosystem;

use super::answers::tells_status;
use super::cycles::Cycle;
use super::events::{Event, subject};
use super::roots::Roots;
use super::steps::Search;
use super::wording::contains_word;

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
    /// Whether it is about the head of a queue, which is taken off only when it succeeds.
    pub(super) head: bool,
    /// Whether the code itself speaks of trying again.
    pub(super) said: bool,
    /// Whether a bad status leads to the next attempt.
    pub(super) statuses: bool,
}

/// A repetition within another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inner {
    /// Where.
    pub(super) place: Place,
    /// The number of its attempts, if the code or the library says it.
    pub(super) count: Option<u32>,
}

/// Attempts that are this many nanoseconds apart do not storm.
const LONG: f64 = 60e9;

/// How many functions deep a repetition within another is looked for.
const MAX_NESTING: usize = 3;

impl Search<'_, '_> {
    /// Whether an event is repeated as a step asks.
    pub(super) fn is_repeated(&self, wanted: &Repeated, event: &Event) -> bool {
        let Some(repeat) = self.repeat(event) else { return false };
        let single = repeat.count.is_some_and(|count| count <= 2);
        (!single || wanted.single)
            && (wanted.pause.is_empty() || wanted.pause.contains(&repeat.pause))
            && (wanted.attempts.is_empty() || wanted.attempts.contains(&repeat.attempts))
            && (wanted.errors.is_empty() || wanted.errors.contains(&repeat.errors))
            && (!wanted.unused_growth || repeat.unused_growth.is_some())
            && (!wanted.nested || self.inner(event, &repeat).is_some())
            && (!wanted.head || repeat.head)
            && (!wanted.said || repeat.said)
            && (!wanted.statuses || repeat.statuses)
            && wanted.beyond.is_none_or(|most| repeat.count.is_none_or(|count| count > most))
    }

    /// How an event is repeated, if it is.
    pub(super) fn repeat(&self, event: &Event) -> Option<Repeat> {
        let cycles = self.root().cycles(self.program);
        let around = cycles.iter().filter(|cycle| event.nodes.iter().any(|node| cycle.holds(*node)));
        let mut around: Vec<&Cycle> = around.collect();
        around.sort_by_key(|cycle| cycle.size());
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
            head: !self.taken_off(event, cycle).is_empty(),
            said: self.is_said(event, cycle),
            statuses: self.bad_status_leads_round(event, cycle),
        };
        if let Some((inner, (attempts, count))) = inner {
            (repeat.inner, repeat.attempts, repeat.count) = (Some(inner), attempts, count);
        }
        Some(repeat)
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
            callee.nodes.get(&inner).is_some_and(|nodes| nodes.iter().any(plain))
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
            let is_about = |value| call.is_some_and(|call| self.program.mentions(value, call, &results));
            is_about(test) && tells_status(self.program.text_of(test))
                || self.bad_way(test, &is_about).is_some()
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

    /// The waits between a failure and the next attempt.
    fn waits<'e>(&'e self, event: &Event, cycle: &Cycle) -> Vec<&'e Event> {
        let own = |node: NodeId| event.nodes.contains(&node);
        let between = |wait: &&Event| {
            self.is_wait(wait)
                && !wait.nodes.iter().any(|node| event.nodes.contains(node))
                && self.failure_leads_to(event, cycle, &own, &|node| wait.nodes.contains(&node))
        };
        let found: Vec<&Event> = self.root().events.iter().filter(between).collect();
        // Where the function runs itself again, what waits before that does so between attempts; what waits after it may wait
        // for something else.
        let before = |wait: &&&Event| {
            let goal = |node: NodeId| wait.nodes.contains(&node);
            let failed = self.failed(event);
            let passes = |from: NodeId, edge: &Edge| {
                cycle.holds(edge.to) && !failed.blocked.contains(&(from, edge.to))
            };
            self.root().flow.reach(failed.starts.iter().copied(), &passes, &own, &goal).is_some()
        };
        let nearer: Vec<&Event> =
            if cycle.loops { Vec::new() } else { found.iter().filter(before).copied().collect() };
        if nearer.is_empty() { found } else { nearer }
    }

    /// Whether the first attempt waits as well: what goes on elsewhere is waited for, and looked at now and then.
    fn waits_first(&self, event: &Event, waits: &[&Event]) -> bool {
        let waiting = |node: NodeId| waits.iter().any(|wait| wait.nodes.contains(&node));
        let attempt = |node: NodeId| event.nodes.contains(&node);
        let flow = self.root().flow;
        !waits.is_empty() && flow.reach([ENTRY], &|_, _| true, &waiting, &attempt).is_none()
    }

    /// Whether an event makes control wait: it sleeps, settles a promise later, or runs the function again later.
    fn is_wait(&self, event: &Event) -> bool {
        let Some(role) = event.role else { return false };
        let Some(expr) = event.expr else { return false };
        match self.program.roles.name(role) {
            "time.sleep" => true,
            "time.later" => {
                self.settles_later(expr)
                    || event.call().is_some_and(|call| self.program.runs_again(call, self.root().function))
                    || self.runs_again_later(expr)
            }
            _ => false,
        }
    }

    /// `new Promise(resolve => setTimeout(resolve, 100))`.
    fn settles_later(&self, call: ExprId) -> bool {
        let settles = |callee: ExprId| {
            let Some(var) = self.program.facts_var(callee) else { return false };
            let info = self.program.facts.var(var);
            matches!(info.kind, crate::facts::VarKind::Param(0))
                && self.program.is_promise_executor(info.function)
        };
        self.program.args(call).first().is_some_and(|first| match self.program.facts.expr(*first).kind {
            ExprKind::Function(function) => self.program.calls_of(function).iter().any(|inner| {
                matches!(self.program.facts.expr(*inner).kind, ExprKind::Call { callee, .. } if settles(callee))
            }),
            _ => settles(*first),
        })
    }

    fn runs_again_later(&self, call: ExprId) -> bool {
        self.program.args(call).iter().any(|arg| match self.program.facts.expr(*arg).kind {
            ExprKind::Function(function) => self
                .program
                .calls_of(function)
                .iter()
                .any(|inner| self.program.runs_again(*inner, self.root().function)),
            _ => false,
        })
    }

    /// Whether each round waits for something to arrive: a tick, a token, a message.
    fn is_paced(&self, event: &Event, cycle: &Cycle) -> bool {
        let flow = self.root().flow;
        let own = |node: NodeId| event.nodes.contains(&node);
        // The channel of a timer or ticker that a loop ranges over.
        let ticks = |over: ExprId| {
            self.program.ecosystem() == Ecosystem::Go && self.program.last_name(over) == Some("C")
        };
        let arrives = |node: NodeId| match flow.node(node).kind {
            NodeKind::Item(over) => (self.is_received(over) || ticks(over)) && !self.is_end_of_context(over),
            _ => false,
        };
        self.failure_leads_to(event, cycle, &own, &arrives)
    }

    /// What arrives when a context ends paces nothing.
    fn is_end_of_context(&self, over: ExprId) -> bool {
        let used = self.program.role_use(over);
        used.is_some_and(|used| Some(used.role) == self.program.roles.get("context.ended"))
    }

    /// Whether something is done about every failure before the next attempt: a token refreshed, another host picked.
    fn is_mended(&self, event: &Event, cycle: &Cycle) -> bool {
        let flow = self.root().flow;
        let mends = |node: NodeId| {
            flow.node(node).kind != NodeKind::Exit
                && self.root().events.iter().any(|other| {
                    other.nodes.contains(&node)
                        && !cycle.turns(node)
                        && super::steps::is_remote_work(self.program, other)
                })
        };
        let avoid = |node: NodeId| event.nodes.contains(&node) || mends(node);
        !self.failure_leads_to(event, cycle, &avoid, &|node| cycle.turns(node))
    }

    pub(super) fn is_received(&self, over: ExprId) -> bool {
        let parent = self.program.parent(over);
        parent.is_some_and(|parent| matches!(self.program.facts.expr(parent).kind, ExprKind::Receive(_)))
    }

    fn pause(&self, event: &Event, waits: &[&Event], cycle: &Cycle) -> Pause {
        if waits.is_empty() {
            let waits = self.waits_within(event) || self.may_wait(event, cycle);
            return if waits { Pause::Unknown } else { Pause::None };
        }
        let rounds = self.rounds(cycle);
        let of = |wait: &&Event| self.wait_kind(wait, &rounds);
        // What is surest to spread the attempts counts.
        let order = [Pause::Random, Pause::Unknown, Pause::Growing, Pause::Constant, Pause::None];
        let found: Vec<Pause> = waits.iter().map(of).collect();
        order.into_iter().find(|pause| found.contains(pause)).unwrap_or(Pause::Unknown)
    }

    /// Whether what is called waits by itself before it fails: a timer in it, or a client that tries again.
    fn waits_within(&self, event: &Event) -> bool {
        let Some(call) = event.call() else { return false };
        let waits = |inner: &Event| inner.via == Some(call) && self.is_wait(inner);
        let is_paced = || {
            let used = self.program.role_use(event.expr?)?;
            let arg = self.program.roles.arg("paced")?;
            Some(matches!(self.program.arg(used, arg), Arg::Always(Scalar::Bool(true))))
        };
        self.root().events.iter().any(waits) || is_paced() == Some(true)
    }

    /// Whether something that nobody knows, and that is named as a wait or was handed in, stands between a failure and the next
    /// attempt.
    fn may_wait(&self, event: &Event, cycle: &Cycle) -> bool {
        let own = |node: NodeId| event.nodes.contains(&node);
        let may = |node: NodeId| self.call_at(node).is_some_and(|call| self.is_perhaps_wait(call));
        self.failure_leads_to(event, cycle, &own, &|node| cycle.holds(node) && may(node))
    }

    fn is_perhaps_wait(&self, call: ExprId) -> bool {
        let program = self.program;
        let ExprKind::Call { callee, .. } = program.facts.expr(call).kind else { return false };
        if program.role_use(call).is_some() {
            return false;
        }
        // An item of a list of functions, such as the strategies of a helper.
        let item = program.facts_var(callee).is_some_and(|var| program.is_item(var));
        let name = program.last_name(callee).unwrap_or_default().to_ascii_lowercase();
        item || ["sleep", "wait", "delay", "backoff", "pause", "throttle"]
            .iter()
            .any(|word| name.contains(word))
    }

    fn wait_kind(&self, wait: &Event, rounds: &[VarId]) -> Pause {
        let Some((expr, unit)) = self.duration(wait) else { return Pause::Unknown };
        let handed = self.handed_to(wait, expr);
        let own = self.program.trend(expr, rounds);
        match handed.into_iter().map(|arg| self.program.trend(arg, rounds)).fold(own, Trend::max) {
            Trend::Random => Pause::Random,
            Trend::Growing => Pause::Growing,
            Trend::Unknown => Pause::Unknown,
            Trend::Steady => match self.program.constant(expr).and_then(|value| value.nanoseconds(unit)) {
                Some(0.0) => Pause::None,
                Some(time) if time >= LONG => Pause::Unknown,
                None if self.is_length_tested(expr) => Pause::Unknown,
                _ => Pause::Constant,
            },
        }
    }

    /// Whether it is tested how long a wait takes: `if (delay) await sleep(delay)`. Where nobody says it, nobody waits.
    fn is_length_tested(&self, duration: ExprId) -> bool {
        let Some(var) = self.program.facts_var(duration) else { return false };
        let flow = self.root().flow;
        flow.ids().any(|node| match flow.node(node).kind {
            NodeKind::Test(test) => self.program.names_var(test, var),
            _ => false,
        })
    }

    /// What a call hands to the helper that waits, where the time is made of its parameters.
    fn handed_to(&self, wait: &Event, duration: ExprId) -> Vec<ExprId> {
        let program = self.program;
        let Some(via) = wait.via else { return Vec::new() };
        let Some(helper) = program.called_function(via) else { return Vec::new() };
        let params = program.facts.params(helper);
        let slots = program.slots(duration);
        let position = |slot: &Slot| params.iter().position(|param| param.var.map(Slot::Var) == Some(*slot));
        let positions = slots.iter().filter_map(position);
        positions.filter_map(|position| program.args(via).get(position).copied()).collect()
    }

    /// Where a wait is written: in the helper that waits, unless its caller says how long.
    fn written_at(&self, wait: &Event) -> Place {
        let (Some(expr), Some(_)) = (wait.expr, wait.via) else { return wait.place };
        let (Some(used), Some(arg)) = (self.program.role_use(expr), self.program.roles.arg("duration"))
        else {
            return wait.place;
        };
        let handed = self.handed_arg(wait, used, arg).is_some()
            || self.duration(wait).is_some_and(|(duration, _)| !self.handed_to(wait, duration).is_empty());
        if handed { wait.place } else { self.program.call_place(expr) }
    }

    /// How long an event waits, as this function or the one that decides says it; with the unit of a plain number.
    fn duration(&self, wait: &Event) -> Option<(ExprId, Option<Unit>)> {
        let used = self.program.role_use(wait.expr?)?;
        let arg = self.program.roles.arg("duration")?;
        let given = match self.handed_arg(wait, used, arg) {
            Some((given, _)) => given,
            None => self.program.arg(used, arg),
        };
        match given {
            Arg::Given(expr, unit) => Some((expr, unit)),
            _ => None,
        }
    }

    fn time(&self, wait: &Event) -> Option<f64> {
        let (expr, unit) = self.duration(wait)?;
        self.program.constant(expr)?.nanoseconds(unit)
    }

    /// The parameters that the function hands itself changed when it runs again.
    pub(super) fn rounds(&self, cycle: &Cycle) -> Vec<VarId> {
        let program = self.program;
        let mut found = Vec::new();
        for call in cycle.again.iter().filter_map(|node| self.call_at(*node)) {
            let Some(function) = program.called_function(call) else { continue };
            for (param, arg) in program.facts.params(function).iter().zip(program.args(call)) {
                // Also by way of a local variable: `const next = delay * 2`.
                let is_made_of = |var: VarId| {
                    program.names_var(*arg, var)
                        || program.values_of(*arg).into_iter().any(|value| program.names_var(value, var))
                };
                if let Some(var) = param.var
                    && program.facts_var(*arg) != Some(var)
                    && is_made_of(var)
                {
                    found.push(var);
                }
            }
        }
        found
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
        let words = [
            "err",
            "error",
            "e",
            "ex",
            "reason",
            "status",
            "code",
            "retryable",
            "transient",
            "permanent",
            "fatal",
        ];
        let has = |word: &&str| {
            contains_word(text, word)
                && (word.len() > 2 || text.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word))
        };
        words.iter().any(has)
            || text.to_ascii_lowercase().contains("retryable")
            || text.to_ascii_lowercase().contains("retriable")
    }

    /// A delay that the function makes grow and no wait is made of.
    fn unused_growth(&self, waits: &[&Event]) -> Option<Place> {
        let program = self.program;
        let function = self.root().function;
        let grown = program.multiplied_in(function);
        if grown.is_empty() || waits.is_empty() {
            return None;
        }
        let mut governing: Vec<Slot> = Vec::new();
        for event in &self.root().events {
            if let Some((duration, _)) = self.duration(event) {
                governing
                    .extend(self.handed_to(event, duration).into_iter().flat_map(|arg| program.slots(arg)));
                governing.extend(program.slots(duration));
            }
        }
        let is_delay = |assignment: ExprId| {
            let text = program.text_of(assignment).to_ascii_lowercase();
            ["delay", "backoff", "wait", "interval", "pause", "sleep"].iter().any(|word| text.contains(word))
        };
        let unused = grown.iter().find(|(slot, at)| !governing.contains(slot) && is_delay(*at));
        unused.map(|(_, assignment)| program.place_of(*assignment))
    }

    /// What is repeated within a repeated call: in an inner loop, or in the functions that it runs.
    pub(super) fn inner(&self, event: &Event, repeat: &Repeat) -> Option<Inner> {
        if repeat.inner.is_some() {
            return repeat.inner;
        }
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
        Failed { starts, blocked }
    }
}

/// Where control goes on after a failure, and the edges that say that there was none.
pub(super) struct Failed {
    pub(super) starts: Vec<NodeId>,
    pub(super) blocked: Vec<(NodeId, NodeId)>,
}
