//! What happens in one function, as rules see it: calls with roles, messages that arrive, work that can fail.
//!
//! Owns: events of a root function, those that its callees and its library bring included. Does not own: what counts as work
//! (`work`), the branches on how an event went (`branches`), matching.

pub(super) mod branches;
pub(super) mod work;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::data::Scalar;
use crate::facts::{self, ExprId, ExprKind, FuncId, VarId};
use crate::finding::Place;
use crate::models::{AckMode, Nature, Returns, Role, RunKind};
use crate::program::flow::outcome::Outcome;
use crate::program::flow::{ENTRY, EXIT, Flow, NodeId, NodeKind, Nodes};
use crate::program::{Program, RoleUse, View};
use crate::rules::{Does, Rule, Scope, Step};
use crate::source::Ecosystem;

use super::cycles::Cycle;
use work::{is_effect, is_work};

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
    pub(super) nodes: Nodes,
    /// Where it is shown.
    pub(super) place: Place,
    /// How what is received is acknowledged.
    pub(super) ack: Option<AckMode>,
    /// The variable that holds the message.
    pub(super) message: Option<VarId>,
    /// Whether it is work that can fail; found when it is asked, which most rules do of few events.
    work: OnceLock<bool>,
    /// The names near it; found when they are asked for.
    words: OnceLock<Arc<str>>,
}

impl Event {
    /// Something that arrives without a call.
    fn arrival(role: Role, node: NodeId, place: Place) -> Self {
        Self {
            role: Some(role),
            expr: None,
            via: None,
            perhaps: false,
            nodes: Nodes::from_elem(node, 1),
            place,
            ack: None,
            message: None,
            work: OnceLock::from(false),
            words: OnceLock::new(),
        }
    }

    /// Whether it is work that can fail.
    pub(super) fn is_work(&self, program: &View<'_>) -> bool {
        *self.work.get_or_init(|| self.expr.is_some_and(|call| is_work(program, call)))
    }

    /// The names near it. Where nothing is called they hang on the function that is searched.
    pub(super) fn words(&self, find: impl FnOnce() -> String) -> Cow<'_, str> {
        if self.expr.is_none() {
            return Cow::Owned(find());
        }
        Cow::Borrowed(self.words.get_or_init(|| find().into()))
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
                nodes: Nodes::new(),
                place: program.place_of(used.expr),
                ack: None,
                message: None,
                work: OnceLock::from(false),
                words: OnceLock::new(),
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

    /// Whether an event lies on a way round: told without looking at what it is.
    pub(super) fn goes_round(&self, program: &View<'_>, event: &Event) -> bool {
        let cycles = self.cycles(program);
        event.nodes.iter().any(|node| cycles.iter().any(|cycle| cycle.holds(*node)))
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
                work: OnceLock::new(),
                words: OnceLock::new(),
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
                    work: OnceLock::from(is_effect(program, used)),
                    words: OnceLock::new(),
                });
            }
        }
    }

    /// A helper that is handed what was in a message and keeps a copy of it somewhere fast does not fail the message by not
    /// keeping it.
    fn excuse_copies(&mut self, program: &View<'_>) {
        let is_helper = program.handler(self.function).is_some_and(|handler| handler.run.is_none());
        for event in self.events.iter_mut().filter(|_| is_helper) {
            if event.role.is_some_and(|role| program.roles.is(role, Nature::Copy)) {
                event.work = OnceLock::from(false);
            }
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
                    nodes: Nodes::from_elem(node, 1),
                    place: if node == EXIT { place } else { at },
                    ack: Some(AckMode::Return),
                    message: None,
                    work: OnceLock::from(false),
                    words: OnceLock::new(),
                });
            }
        }
    }

    /// Whether a node plays one of these roles, directly or through what it calls.
    pub(super) fn plays(&self, node: NodeId, role: Role) -> bool {
        self.events.iter().any(|event| event.role == Some(role) && event.nodes.contains(&node))
    }
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

/// Whether two plain values are equal.
pub(super) fn same_scalar(a: &Scalar, b: &Scalar) -> bool {
    match (a, b) {
        (Scalar::Text(a), Scalar::Text(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    }
}
