//! What stands between a failure and the next attempt: a wait, how long that is, and whether it changes from round to round.
//!
//! Owns: [`Pause`] of a repetition. Does not own: what a repetition is (`repeats`), or how values change
//! (`program::recurrence::trend`).

use crate::data::Scalar;
use crate::facts::words::has_word;
use crate::facts::{ExprId, ExprKind, VarId};
use crate::finding::Place;
use crate::models::Unit;
use crate::program::Arg;
use crate::program::flow::{ENTRY, Edge, NodeId, NodeKind};
use crate::program::recurrence::trend::{Slot, Trend};
use crate::rules::repeated::Pause;
use crate::source::Ecosystem;

use super::cycles::Cycle;
use super::events::Event;
use super::steps::Search;

/// Attempts that are this many nanoseconds apart do not storm.
const LONG: f64 = 60e9;

impl Search<'_, '_> {
    /// The waits between a failure and the next attempt.
    pub(super) fn waits<'e>(&'e self, event: &Event, cycle: &Cycle) -> Vec<&'e Event> {
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
    pub(super) fn waits_first(&self, event: &Event, waits: &[&Event]) -> bool {
        let waiting = |node: NodeId| waits.iter().any(|wait| wait.nodes.contains(&node));
        let attempt = |node: NodeId| event.nodes.contains(&node);
        let flow = self.root().flow;
        !waits.is_empty() && flow.reach([ENTRY], &|_, _| true, &waiting, &attempt).is_none()
    }

    /// Whether an event makes control wait: it sleeps, settles a promise later, or runs the function again later.
    pub(super) fn is_wait(&self, event: &Event) -> bool {
        let Some(role) = event.role else { return self.waits_by_name(event).is_some() };
        let Some(expr) = event.expr else { return false };
        match self.program.roles.name(role) {
            "time.sleep" => !self.is_let_run(event),
            "time.later" => {
                self.settles_later(expr) && !self.is_let_run(event)
                    || event.call().is_some_and(|call| self.program.runs_again(call, self.root().function))
                    || self.runs_again_later(expr)
            }
            _ => false,
        }
    }

    /// Whether what waits in a function that is called is waited for by nobody: `sleep(1000);`, control goes on at once.
    fn is_let_run(&self, event: &Event) -> bool {
        event.via.is_some_and(|call| self.lets_run(call))
    }

    /// Whether nobody waits for a call, or is called back by it.
    fn lets_run(&self, call: ExprId) -> bool {
        let is_handed_over = |arg: &ExprId| self.program.handed_function(*arg).is_some();
        self.program.ecosystem() == Ecosystem::Ecmascript
            && self.program.is_dropped(call)
            && !self.program.args(call).iter().any(is_handed_over)
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

    pub(super) fn runs_again_later(&self, call: ExprId) -> bool {
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
    pub(super) fn is_paced(&self, event: &Event, cycle: &Cycle) -> bool {
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
    pub(super) fn is_mended(&self, event: &Event, cycle: &Cycle) -> bool {
        let flow = self.root().flow;
        let mends = |node: NodeId| {
            flow.node(node).kind != NodeKind::Exit
                && self.root().events.iter().any(|other| {
                    other.nodes.contains(&node)
                        && !cycle.turns(node)
                        && !self.is_wait(other)
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

    pub(super) fn pause(&self, event: &Event, waits: &[&Event], cycle: &Cycle) -> Pause {
        if waits.is_empty() {
            let waits = self.waits_within(event) || self.may_wait(event, cycle);
            return if waits { Pause::Unknown } else { Pause::None };
        }
        if self.others_go_past(event, waits, cycle) {
            return Pause::None;
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
        // Others may wait in place.
        let is_let_run = program.called_function(call).is_some() && self.lets_run(call);
        if program.role_use(call).is_some() || is_let_run {
            return false;
        }
        // An item of a list of functions, such as the strategies of a helper.
        let item = program.facts_var(callee).is_some_and(|var| program.is_item(var));
        let name = program.last_name(callee).unwrap_or_default();
        let lower = name.to_ascii_lowercase();
        // `awaitAnswer` waits for an answer, not for time to pass.
        item || has_word(name, &["wait"]) || program.words.delays.waiting.is_in(&lower)
    }

    pub(super) fn wait_kind(&self, wait: &Event, rounds: &[VarId]) -> Pause {
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
    pub(super) fn written_at(&self, wait: &Event) -> Place {
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
        if let Some(time) = self.waits_by_name(wait) {
            return Some((time, Some(Unit::Milliseconds)));
        }
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

    pub(super) fn time(&self, wait: &Event) -> Option<f64> {
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
                // Or of a list of delays, by a place that moves on: `this.delays[this.next]`.
                let mut held = program.values_of(*arg).into_iter().chain([*arg]);
                let is_step = held
                    .any(|value| matches!(program.facts.expr(value).kind, ExprKind::Index { .. }))
                    && program.trend(*arg, &[]) == Trend::Growing;
                if let Some(var) = param.var
                    && program.facts_var(*arg) != Some(var)
                    && (is_step || is_made_of(var))
                {
                    found.push(var);
                }
            }
        }
        found
    }

    /// A delay that the function makes grow and no wait is made of.
    pub(super) fn unused_growth(&self, waits: &[&Event]) -> Option<Place> {
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
            program.words.delays.named.is_in(&text)
        };
        let unused = grown.iter().find(|(slot, at)| {
            !governing.contains(slot) && is_delay(*at) && !self.counts_waits(*slot, waits)
        });
        unused.map(|(_, assignment)| program.place_of(*assignment))
    }

    /// Whether a loop around a wait goes round for as often as something says: `for (let i = 0; i < delay; i++) await sleep(1000)`.
    fn counts_waits(&self, slot: Slot, waits: &[&Event]) -> bool {
        let (program, flow) = (self.program, self.root().flow);
        let is_around = |cycle: &&Cycle| {
            cycle.loops && waits.iter().any(|wait| wait.nodes.iter().any(|node| cycle.holds(*node)))
        };
        let counts_up_to = |test: ExprId| match program.facts.expr(test).kind {
            ExprKind::Binary { left, right, .. } => {
                let counts = |limit, counter| {
                    program.slot(limit) == Some(slot) && program.trend(counter, &[]) == Trend::Growing
                };
                counts(left, right) || counts(right, left)
            }
            _ => false,
        };
        self.root().cycles(program).iter().filter(is_around).any(|cycle| {
            flow.ids()
                .filter(|id| cycle.holds(*id) && cycle.leaves(flow, *id))
                .any(|id| matches!(flow.node(id).kind, NodeKind::Test(test) if counts_up_to(test)))
        })
    }
}
