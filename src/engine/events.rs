//! What happens in one function, as rules see it: calls with roles, messages that arrive, work that can fail.
//!
//! Owns: events of a root function, those that its callees and its library bring included. Does not own: matching.

use std::cell::{OnceCell, RefCell};

use rustc_hash::FxHashMap;

use crate::data::Scalar;
use crate::facts::{self, ExprId, ExprKind, FuncId, VarId};
use crate::finding::Place;
use crate::models::{AckMode, Nature, Returns, Role, RunKind};
use crate::program::flow::{ENTRY, EXIT, EdgeKind, Flow, NodeId, NodeKind};
use crate::program::flow::{call_results::Results, outcome::Outcome};
use crate::program::{Entity, Program, RoleUse, View};
use crate::rules::{Does, Rule, Scope, Step};
use crate::source::Ecosystem;

use super::cycles::Cycle;

/// A function with its flow and what happens in it.
pub(super) struct Root<'a> {
    pub(super) function: FuncId,
    pub(super) flow: &'a Flow,
    pub(super) events: Vec<Event>,
    cycles: OnceCell<Vec<Cycle>>,
    /// What was found out of branches: rules ask the same of the same calls.
    branches: RefCell<FxHashMap<Asked, Vec<(NodeId, NodeId)>>>,
    /// Which nodes are reached without taking a branch for when some error is set; none where there is no such branch.
    pub(super) calm: OnceCell<Option<Vec<bool>>>,
}

/// What branches are asked about: the call or the message, where it stands, and the outcome.
type Asked = (Option<ExprId>, Option<VarId>, Option<NodeId>, Outcome);

/// Something that happens.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// Its role; none for calls that no model knows.
    pub(super) role: Option<Role>,
    /// The call that plays it; none where a library does without a call.
    pub(super) expr: Option<ExprId>,
    /// The call of this root that leads to it, when it stands in a function that is called.
    pub(super) via: Option<ExprId>,
    /// Whether other functions may run in place of the one that it stands in.
    pub(super) perhaps: bool,
    /// The nodes where it happens.
    pub(super) nodes: Vec<NodeId>,
    /// Where it is shown.
    pub(super) place: Place,
    /// How what is received is acknowledged.
    pub(super) ack: Option<AckMode>,
    /// The variable that holds the message.
    pub(super) message: Option<VarId>,
    /// Whether it is work that can fail.
    pub(super) work: bool,
}

impl Event {
    /// Something that arrives without a call.
    fn arrival(role: Role, node: NodeId, place: Place) -> Self {
        Self {
            role: Some(role),
            expr: None,
            via: None,
            perhaps: false,
            nodes: vec![node],
            place,
            ack: None,
            message: None,
            work: false,
        }
    }

    /// The call of the root itself.
    pub(super) fn call(&self) -> Option<ExprId> {
        self.via.or(self.expr)
    }
}

/// What plays a role anywhere in the program, each where it stands, for the roles that rules look for so.
#[derive(Default)]
pub struct Everywhere {
    by_role: FxHashMap<Role, Vec<Event>>,
    /// Which of them stand in each Go package.
    by_package: FxHashMap<(Role, usize), Vec<usize>>,
}

impl Everywhere {
    /// Finds what the rules may ask for.
    pub fn of(program: &Program<'_>, rules: &[&Rule]) -> Self {
        let steps = rules.iter().flat_map(|rule| &rule.matches).flat_map(|matching| {
            let steps = matching.steps.iter().chain(&matching.unless).chain(&matching.led_to_by);
            steps.filter(|step| step.scope != Scope::Function)
        });
        let wanted: Vec<Role> = steps
            .flat_map(|step| match &step.does {
                Does::Roles(roles) => roles.as_slice(),
                Does::Work | Does::Remote | Does::Call => &[],
            })
            .copied()
            .collect();
        let mut everywhere = Self::default();
        for used in program.uses().filter(|used| wanted.contains(&used.role)) {
            let events = everywhere.by_role.entry(used.role).or_default();
            if let Some(package) = program.package_of(program.file_of_expr(used.expr)) {
                everywhere.by_package.entry((used.role, package)).or_default().push(events.len());
            }
            events.push(Event {
                role: Some(used.role),
                expr: Some(used.expr),
                via: None,
                perhaps: false,
                nodes: Vec::new(),
                place: program.place_of(used.expr),
                ack: None,
                message: None,
                work: false,
            });
        }
        everywhere
    }

    /// The events a step may be bound to in the other files of a Go package.
    pub(super) fn in_package(&self, view: &View<'_>, step: &Step) -> Vec<(Option<usize>, &Event)> {
        let Some(package) = view.package_of(view.file()) else { return Vec::new() };
        let Does::Roles(roles) = &step.does else { return Vec::new() };
        let elsewhere =
            |event: &&Event| event.expr.is_some_and(|expr| view.file_of_expr(expr) != view.file());
        let of_role = |role: Role| {
            let numbers = self.by_package.get(&(role, package)).into_iter().flatten();
            numbers.filter_map(move |number| self.by_role.get(&role)?.get(*number))
        };
        roles.iter().copied().flat_map(of_role).filter(elsewhere).map(|event| (None, event)).collect()
    }

    /// The events a step may be bound to.
    pub(super) fn candidates(&self, step: &Step) -> Vec<(Option<usize>, &Event)> {
        let Does::Roles(roles) = &step.does else { return Vec::new() };
        let events = roles.iter().filter_map(|role| self.by_role.get(role)).flatten();
        events.map(|event| (None, event)).collect()
    }
}

impl<'a> Root<'a> {
    pub(super) fn of(program: &'a View<'_>, function: FuncId) -> Option<Self> {
        let flow = program.flow(function)?;
        let (cycles, branches) = (OnceCell::new(), RefCell::default());
        let calm = OnceCell::new();
        let mut root = Self { function, flow, events: Vec::new(), cycles, branches, calm };
        root.calls(program);
        root.requests(program);
        root.arrivals(program);
        root.losses(program);
        root.endings(program);
        root.excuse_copies(program);
        Some(root)
    }

    /// The ways round in it.
    pub(super) fn cycles(&self, program: &View<'_>) -> &[Cycle] {
        let is_timed = |call: ExprId| {
            let mut events = self.events.iter().filter(|event| event.via == Some(call));
            events.any(|event| event.role.is_some_and(|role| program.roles.name(role).starts_with("time.")))
        };
        self.cycles.get_or_init(|| super::cycles::of(program, self.flow, &is_timed))
    }

    /// Calls of the function itself, and what the functions they run do.
    fn calls(&mut self, program: &View<'_>) {
        for (expr, nodes) in self.flow.calls() {
            let place = program.call_place(expr);
            let used = program.role_use(expr);
            let ack = used.and_then(|used| received_ack(program, used));
            let message = used.and_then(|_| program.result_var(expr)).or_else(|| first_result(program, expr));
            self.events.push(Event {
                role: used.map(|used| used.role),
                expr: Some(expr),
                via: None,
                perhaps: false,
                nodes: nodes.clone(),
                place,
                ack,
                message,
                work: is_work(program, expr),
            });
            if program.called_function(expr) == Some(self.function) {
                continue;
            }
            for played in program.played_by(self.function, expr) {
                let Some(used) = program.role_use(played.expr) else { continue };
                self.events.push(Event {
                    role: Some(used.role),
                    expr: Some(played.expr),
                    via: Some(expr),
                    perhaps: played.perhaps,
                    nodes: nodes.clone(),
                    place,
                    ack: None,
                    message: None,
                    work: is_effect(program, used),
                });
            }
        }
    }

    /// A helper that is handed what was in a message and keeps a copy of it somewhere fast does not fail the message by not
    /// keeping it.
    fn excuse_copies(&mut self, program: &View<'_>) {
        let is_helper = program.handler(self.function).is_some_and(|handler| handler.run.is_none());
        for event in self.events.iter_mut().filter(|_| is_helper) {
            let copies = event.role.is_some_and(|role| program.roles.is(role, Nature::Copy));
            event.work &= !copies;
        }
    }

    /// The loss of a connection, at the start of a handler of it.
    fn losses(&mut self, program: &View<'_>) {
        self.begins(program, RunKind::Close, "socket.lost");
    }

    /// A request that arrives: the start of a handler.
    fn requests(&mut self, program: &View<'_>) {
        self.begins(program, RunKind::Http, "request.receive");
    }

    /// What a handler of a kind begins with.
    fn begins(&mut self, program: &View<'_>, kind: RunKind, role: &str) {
        let is_told = program.handler(self.function).is_some_and(|handler| handler.kind == kind);
        let Some(role) = program.roles.get(role).filter(|_| is_told) else { return };
        self.events.push(Event::arrival(role, ENTRY, program.head(self.function)));
    }

    /// Messages that arrive without a call: at the start of a handler, with each item of a loop.
    fn arrivals(&mut self, program: &View<'_>) {
        let Some(role) = program.roles.get("message.receive") else { return };
        if let Some(handler) = program.handler(self.function)
            && handler.kind == RunKind::Message
        {
            let arrival = Event::arrival(role, ENTRY, program.head(self.function));
            self.events.push(Event { ack: handler.ack, message: handler.message, ..arrival });
        }
        for id in self.flow.ids() {
            let NodeKind::Item(over) = self.flow.node(id).kind else { continue };
            let Some(ack) = program.arriving(&program.entity(over).entity) else { continue };
            let arrival = Event::arrival(role, id, self.flow.node(id).place);
            self.events.push(Event { ack: Some(ack), message: item_var(program, over), ..arrival });
        }
    }

    /// Acknowledgements by returning from a handler.
    fn endings(&mut self, program: &View<'_>) {
        let Some(handler) = program.handler(self.function) else { return };
        if handler.kind != RunKind::Message || handler.ack != Some(AckMode::Return) {
            return;
        }
        let run = handler.run.map(|run| &program.models.runs[run.index()]);
        let (acks, nacks) = run.map_or((&[][..], &[][..]), |run| (&run.acks, &run.nacks));
        let answers = !acks.is_empty() || !nacks.is_empty();
        let returns_error = program.ecosystem() == Ecosystem::Go && program.returns_error(self.function);
        let place = program.head(self.function);
        let mut done = Vec::new();
        let mut refused = Vec::new();
        if answers || returns_error {
            for id in self.flow.ids() {
                let NodeKind::Return(values) = self.flow.node(id).kind else { continue };
                let Some(value) = program.facts.list(values).last() else { continue };
                let name = program.last_name(*value).unwrap_or_default();
                let is_nil = matches!(program.facts.expr(*value).kind, ExprKind::Null);
                if acks.iter().any(|ack| ack == name) || (returns_error && !answers && is_nil) {
                    done.push(id);
                } else if nacks.iter().any(|nack| nack == name) || (returns_error && !answers) {
                    refused.push(id);
                }
            }
        } else {
            done.push(EXIT);
        }
        for (role, nodes) in [("message.ack", done), ("message.nack", refused)] {
            let Some(role) = program.roles.get(role).filter(|_| !nodes.is_empty()) else { continue };
            for node in nodes {
                let at = self.flow.node(node).place;
                self.events.push(Event {
                    role: Some(role),
                    expr: None,
                    via: None,
                    perhaps: false,
                    nodes: vec![node],
                    place: if node == EXIT { place } else { at },
                    ack: Some(AckMode::Return),
                    message: None,
                    work: false,
                });
            }
        }
    }

    /// Whether a node plays one of these roles, directly or through what it calls.
    pub(super) fn plays(&self, node: NodeId, role: Role) -> bool {
        self.events.iter().any(|event| event.role == Some(role) && event.nodes.contains(&node))
    }

    /// Where control goes when an event's call worked, failed or gave nothing, by the branches that test it.
    pub(super) fn branches(
        &self,
        program: &View<'_>,
        event: &Event,
        wanted: Outcome,
    ) -> Vec<(NodeId, NodeId)> {
        let asked = (event.call(), event.message, event.nodes.first().copied(), wanted);
        if let Some(known) = self.branches.borrow().get(&asked) {
            return known.clone();
        }
        let found = self.look_for_branches(program, event, wanted);
        self.branches.borrow_mut().insert(asked, found.clone());
        found
    }

    fn look_for_branches(&self, program: &View<'_>, event: &Event, wanted: Outcome) -> Vec<(NodeId, NodeId)> {
        let (call, results) = subject(program, event);
        let Some(call) = call.or_else(|| event.message.map(|_| ExprId::from_index(0))) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for id in self.flow.ids() {
            let NodeKind::Test(test) = self.flow.node(id).kind else { continue };
            let Some((yes, no)) = program.outcome(test, call, &results) else { continue };
            if yes != wanted && no != wanted || !self.still_holds(program, event, test, id, &results) {
                continue;
            }
            for edge in &self.flow.node(id).edges {
                let says = match edge.kind {
                    EdgeKind::True => yes,
                    EdgeKind::False => no,
                    _ => continue,
                };
                if says == wanted {
                    found.push((id, edge.to));
                }
            }
        }
        found
    }

    /// Whether a test can see the event's own results, and not those of a later call in the same variable.
    fn still_holds(
        &self,
        program: &View<'_>,
        event: &Event,
        test: ExprId,
        at: NodeId,
        results: &Results,
    ) -> bool {
        let Some(call) = event.call() else { return true };
        let tested: Vec<VarId> =
            results.keys().copied().filter(|var| program.names_var(test, *var)).collect();
        let overwritten = |node: NodeId| match self.flow.node(node).kind {
            NodeKind::Call(other) if other != call => {
                tested.iter().any(|var| program.assigns(other, *var))
                    && !results_of_same(program, other, call)
            }
            _ => false,
        };
        let starts: Vec<NodeId> = event
            .nodes
            .iter()
            .flat_map(|node| self.flow.successors(*node, |kind| kind != EdgeKind::Fork))
            .collect();
        self.flow.reach(starts, &|_, _| true, &overwritten, &|node| node == at).is_some()
    }
}

/// The call whose results a branch may test, and the variables that hold them.
pub(super) fn subject(program: &View<'_>, event: &Event) -> (Option<ExprId>, Results) {
    let call = event.call();
    let mut results = call.map(|call| Results::clone(&program.results(call))).unwrap_or_default();
    if call.is_none() {
        results.extend(event.message.map(|message| (message, false)));
        // `(error, message) => …`: the handler is told of a failure instead of a message.
        if let Some(message) = event.message {
            let params = program.params_of(program.facts.var(message).function);
            results
                .extend(params.into_iter().filter(|var| program.is_error_name(*var)).map(|var| (var, true)));
        }
    }
    (call, results)
}

fn results_of_same(program: &View<'_>, other: ExprId, call: ExprId) -> bool {
    // `rdb.Get(…).Result()`: the outer call stands for the inner one.
    let mut at = call;
    while let Some(parent) = program.parent(at) {
        if parent == other {
            return matches!(program.facts.expr(other).kind, ExprKind::Call { callee, .. } if callee == at);
        }
        at = parent;
    }
    false
}

/// How what a call receives is acknowledged, or what arrives in what it gives.
fn received_ack(program: &View<'_>, used: &RoleUse) -> Option<AckMode> {
    let call = &program.models.calls[used.entry?.index()];
    let of_items = || match call.returns {
        Some(Returns::Receiver(given)) => {
            program.models.receivers[given.index()].items.and_then(|(_, ack)| ack)
        }
        _ => None,
    };
    call.ack.or_else(of_items)
}

fn first_result(program: &View<'_>, call: ExprId) -> Option<VarId> {
    let results = program.results(call);
    let mut vars: Vec<VarId> =
        results.iter().filter(|(_, is_error)| !**is_error).map(|(var, _)| *var).collect();
    vars.sort_unstable();
    vars.first().copied()
}

/// The variable that a loop over `over` binds.
pub(super) fn item_var(program: &View<'_>, over: ExprId) -> Option<VarId> {
    let receive = program
        .parent(over)
        .filter(|parent| matches!(program.facts.expr(*parent).kind, ExprKind::Receive(_)));
    let is_item = |source: crate::facts::Source| {
        source == crate::facts::Source::Item(over)
            || receive.is_some_and(|receive| source == crate::facts::Source::Expr(receive))
    };
    let binds = program.binds_around(over).iter();
    let binds = binds.filter(|bind| is_item(bind.source) && !is_flag(program, bind));
    binds
        .filter_map(|bind| match bind.place {
            facts::Place::Var(var) => Some(var),
            _ => None,
        })
        .last()
}

/// The second value of Go's `message, ok := <-channel`.
fn is_flag(program: &View<'_>, bind: &crate::facts::Bind) -> bool {
    matches!(bind.source, crate::facts::Source::Expr(_))
        && matches!(program.facts.steps(bind.path), [crate::facts::Step::Index(1)])
}

/// How many functions deep work is looked for.
const MAX_WORK_DEPTH: u32 = 3;

/// Whether a call is work that can fail in a way that matters to whoever acknowledges a message: an effect on the world, or an
/// unknown call that somebody waits for or whose error somebody looks at.
pub(super) fn is_work(program: &View<'_>, call: ExprId) -> bool {
    is_work_within(program, call, MAX_WORK_DEPTH)
}

fn is_work_within(program: &View<'_>, call: ExprId, depth: u32) -> bool {
    if let Some(used) = program.role_use(call) {
        return is_effect(program, used);
    }
    let ExprKind::Call { callee, .. } = program.facts.expr(call).kind else { return false };
    let entity = program.entity(callee).entity;
    let is_go = program.ecosystem() == Ecosystem::Go;
    match entity {
        // A constructor or a plain function of the language is no work.
        Entity::Global(_) | Entity::Literal(_) => false,
        // A function of the tree is work when it does some, as far as that is looked for; an interface's method, whatever
        // implements it.
        Entity::Function(function) if depth > 0 && !program.facts.function(function).body.is_empty() => {
            does_work(program, function, depth)
        }
        // A function of another package: work if it is handed a context, else a conversion.
        Entity::Export { .. } | Entity::Package(_) if is_go => {
            is_looked_at(program, call) && program.takes_context(call)
        }
        _ if is_go => is_looked_at(program, call),
        _ => program.is_awaited(call) || program.is_async_call(call),
    }
}

fn is_looked_at(program: &View<'_>, call: ExprId) -> bool {
    let is_passed_up = || program.error_is_returned(call) && program.returns_error(program.home(call));
    program.results(call).values().any(|is_error| *is_error) || is_passed_up()
}

fn does_work(program: &View<'_>, function: FuncId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    if let Some(known) = program.works.borrow().get(&(function, depth)) {
        return *known;
    }
    let does = program.calls_of(function).iter().any(|call| is_work_within(program, *call, depth));
    program.works.borrow_mut().insert((function, depth), does);
    does
}

/// Whether a role is an effect on, or a question to, the world outside.
fn is_effect(program: &View<'_>, used: &RoleUse) -> bool {
    program.roles.is(used.role, Nature::Effect)
}

/// Whether two plain values are equal.
pub(super) fn same_scalar(a: &Scalar, b: &Scalar) -> bool {
    match (a, b) {
        (Scalar::Text(a), Scalar::Text(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    }
}
