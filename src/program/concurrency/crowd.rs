//! How many run a function at the same time: one, as the process begins or in a worker that is started then; or many, one for
//! each request, message or item.
//!
//! Owns: telling these two apart from what cannot be told. Does not own: what a handler is (`handlers`), who calls whom
//! (`callgraph`, `sites`), or what runs only as the process begins and is waited for (`sites`).

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, ExprKind, FuncId};
use crate::models::RunKind;
use crate::program::View;
use crate::program::flow::{EdgeKind, Flow, NodeId, NodeKind};
use crate::program::recurrence::trend::Slot;
use crate::program::values::entity::{Entity, Resolved};
use crate::program::values::value::Const;

/// How many callers up it is asked who runs a function.
const MAX_DEPTH: u32 = 6;

/// How many calls of a function are looked at; who has more may have any.
const MAX_CALLS: usize = 16;

/// A function that is called in this many files is a way in which a program does something, not one worker of it.
const WIDELY: usize = 5;

/// How many functions are asked who calls them.
const MAX_SEEN: usize = 256;

impl View<'_> {
    /// Whether only one runs a function at a time, as far as all who call it are known: it runs as the process begins, in what is
    /// started then, or behind a flag that lets one in.
    pub fn runs_alone(&self, function: FuncId) -> bool {
        self.alone_within(function, MAX_DEPTH)
    }

    fn alone_within(&self, function: FuncId, depth: u32) -> bool {
        self.settled((function, depth), &self.answers.alone, || self.find_alone(function, depth))
    }

    fn find_alone(&self, function: FuncId, depth: u32) -> bool {
        if self.is_module(function) || self.is_start(function) {
            return true;
        }
        if let Some(handler) = self.handler(function) {
            match handler.kind {
                RunKind::Schedule => return true,
                RunKind::Inline | RunKind::Later => {}
                _ => return false,
            }
        }
        if self.lets_one_in(function) {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        let calls = self.runs_of(function);
        let apart = |call: &&ExprId| self.root_of(self.home(**call)) != function;
        let alone =
            |call: &ExprId| !self.is_started_often(*call) && self.alone_within(self.home(*call), depth);
        let others: Vec<ExprId> = calls.iter().filter(apart).copied().collect();
        !others.is_empty() && others.len() < MAX_CALLS && others.iter().all(alone)
    }

    /// The calls that run a function: those of its name, and the one that a closure is written in.
    pub(in crate::program) fn runs_of(&self, function: FuncId) -> Vec<ExprId> {
        let mut calls = [self.calls_that_run(function), self.calls_of_function(function)].concat();
        calls.sort_unstable();
        calls.dedup();
        calls.extend(self.literal_of(function).and_then(|literal| self.runner_of(literal, function)));
        calls
    }

    /// The call that runs a closure where it is written: `go func() { … }()`, `once.Do(func() { … })`.
    fn runner_of(&self, literal: ExprId, function: FuncId) -> Option<ExprId> {
        let call = self.parent(literal)?;
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        let named = || {
            let name = self.last_name(callee).unwrap_or_default().to_ascii_lowercase();
            self.words.functions.running.ends(&name)
        };
        let is_known = self.handler(function).is_some() || self.role_use(call).is_some();
        let without = self.facts.params(function).is_empty();
        let runs =
            callee == literal || is_known || named() || without && self.called_function(call).is_some();
        runs.then_some(call)
    }

    /// Whether a call starts something in each round of a loop, or for each item, without waiting for it.
    fn is_started_often(&self, call: ExprId) -> bool {
        let in_loop = |flow: &Flow| {
            let nodes = flow.nodes_of(call);
            nodes.iter().any(|node| flow.context(*node).in_loop && flow.context(*node).detached)
        };
        self.is_mapped(call) || self.flow(self.root_of(self.home(call))).is_some_and(in_loop)
    }

    /// Whether a function returns at once where a flag is set that it sets itself: `if (this.syncing) return`.
    pub fn lets_one_in(&self, function: FuncId) -> bool {
        self.settled(function, &self.answers.one_in, || self.finds_flag(function))
    }

    fn finds_flag(&self, function: FuncId) -> bool {
        let Some(flow) = self.flow(function) else { return false };
        let set = self.flags_set_in(function);
        !set.is_empty()
            && flow.ids().any(|id| match flow.node(id).kind {
                NodeKind::Test(test) => {
                    self.slot(test).is_some_and(|slot| set.contains(&slot)) && leaves_at_once(flow, id)
                }
                _ => false,
            })
    }

    /// The fields, and variables of others, that a function sets to true.
    fn flags_set_in(&self, function: FuncId) -> Vec<Slot> {
        let mut found = Vec::new();
        for assignment in self.assignments_in(function) {
            let ExprKind::Assign { binds, .. } = self.facts.expr(*assignment).kind else { continue };
            for bind in self.facts.binds(binds) {
                let crate::facts::Source::Expr(value) = bind.source else { continue };
                let slot = match bind.place {
                    crate::facts::Place::Var(var) => {
                        Some(Slot::Var(var)).filter(|_| self.facts.var(var).function != function)
                    }
                    crate::facts::Place::Expr(place) => self.slot(place),
                    crate::facts::Place::Nothing => None,
                };
                found.extend(slot.filter(|_| matches!(self.facts.expr(value).kind, ExprKind::Bool(true))));
            }
        }
        found
    }

    /// Whether many are seen to run a function at the same time: each message or request runs it, itself or through what calls it -
    /// interfaces, closures and helpers included - somebody starts it for each of several, or it is a helper of many files.
    pub fn runs_in_crowd(&self, function: FuncId) -> bool {
        self.settled(function, &self.answers.crowds, || {
            self.is_called_widely(function) || self.crowd_leads_to(function)
        })
    }

    fn is_called_widely(&self, function: FuncId) -> bool {
        let calls = self.calls_of_method(function);
        let mut files: Vec<usize> = calls.iter().map(|call| self.file_of_expr(*call)).collect();
        files.sort_unstable();
        files.dedup();
        files.len() >= WIDELY
    }

    /// Whether a crowd is found on going up from a function, the nearest callers first.
    fn crowd_leads_to(&self, function: FuncId) -> bool {
        let mut seen: FxHashSet<FuncId> = FxHashSet::from_iter([function]);
        let mut open: VecDeque<(FuncId, u32)> = VecDeque::from([(function, MAX_DEPTH)]);
        while let Some((function, depth)) = open.pop_front() {
            if self.is_crowd_itself(function) {
                return true;
            }
            let Some(depth) = depth.checked_sub(1).filter(|_| !self.keeps_crowd_out(function)) else {
                continue;
            };
            let calls = self.calls_of_method(function);
            if calls.iter().any(|call| self.is_one_of_many(*call)) {
                return true;
            }
            let around = self.facts.function(function).parent.filter(|parent| !self.is_module(*parent));
            let around = around.filter(|_| !self.is_run_once(function));
            for caller in around.into_iter().chain(calls.iter().map(|call| self.home(*call))) {
                if seen.len() < MAX_SEEN && seen.insert(caller) {
                    open.push_back((caller, depth));
                }
            }
        }
        false
    }

    /// Whether each message or request runs a function.
    fn is_crowd_itself(&self, function: FuncId) -> bool {
        if let Some(handler) = self.handler(function)
            && matches!(handler.kind, RunKind::Message | RunKind::Http)
        {
            return true;
        }
        self.routed.contains(&function) || self.is_handed_answer(function)
    }

    /// Whether a function is run once, or by one at a time, whoever calls what it is called by.
    fn keeps_crowd_out(&self, function: FuncId) -> bool {
        self.is_module(function) || self.is_start(function) || self.lets_one_in(function)
    }

    /// Whether a function is handed the means to answer a request, or what it is a method of is one: `func (s *shop) pay(c *gin.Context,
    /// order Order)`, `type Orders struct { web.Controller }`.
    fn is_handed_answer(&self, function: FuncId) -> bool {
        let answers = |found| match self.inherited_object(found).entity {
            Entity::Object { receiver, .. } => self.models.answers_requests(receiver),
            _ => false,
        };
        let info = self.facts.function(function);
        let mut types = self.facts.params(function).iter().filter_map(|param| param.ty);
        types.any(|ty| answers(self.type_entity(ty)))
            || info.owner.is_some_and(|owner| answers(Resolved::sure(Entity::Instance(owner))))
    }

    /// Whether a call stands for one of several that are under way: started for each, and not by the start of the process.
    fn is_one_of_many(&self, call: ExprId) -> bool {
        let root = self.root_of(self.home(call));
        !self.is_module(root) && !self.is_start(root) && self.is_started_often(call)
    }

    /// Whether a call stands in a closure that is started in each round of a loop: one for each is under way.
    pub fn is_set_off_often(&self, call: ExprId) -> bool {
        let mut at = Some(self.home(call));
        while let Some(function) = at {
            if self.is_set_off_each_round(function) {
                return true;
            }
            at = self.facts.function(function).parent;
        }
        false
    }

    /// Whether a closure is started where it is written, in each round of a loop, and its promise is put aside:
    /// `sent.push((async () => { … })())`.
    fn is_set_off_each_round(&self, function: FuncId) -> bool {
        let Some(literal) = self.literal_of(function).filter(|_| self.facts.function(function).is_async)
        else {
            return false;
        };
        let itself = |call: &ExprId| matches!(self.facts.expr(*call).kind, ExprKind::Call { callee, .. } if callee == literal);
        let Some(call) = self.parent(literal).filter(itself) else { return false };
        let root = self.root_of(self.home(call));
        let in_loop = || {
            self.flow(root)
                .is_some_and(|flow| flow.nodes_of(call).iter().any(|node| flow.context(*node).in_loop))
        };
        !self.is_module(root) && !self.is_start(root) && self.is_put_aside(call) && in_loop()
    }

    /// Whether the promise that a call gives is only added to a list.
    fn is_put_aside(&self, call: ExprId) -> bool {
        let is_added = |value: ExprId| {
            let Some(adder) = self.parent(value) else { return false };
            match self.facts.expr(adder).kind {
                ExprKind::Call { callee, .. } if callee != value => {
                    matches!(self.facts.expr(callee).kind, ExprKind::Member { name, .. } if self.facts.name(name) == "push")
                }
                _ => false,
            }
        };
        let results = self.results(call);
        let mut held = results.iter().filter(|(_, is_error)| !**is_error).map(|(var, _)| *var).peekable();
        is_added(call)
            || held.peek().is_some()
                && held.all(|var| {
                    let names = self.names_of(var);
                    !names.is_empty() && names.iter().all(|name| is_added(*name))
                })
    }

    /// Whether a closure is run once only, by the name of what it is handed to: `once.Do(func() { … })`.
    fn is_run_once(&self, function: FuncId) -> bool {
        let call = self.literal_of(function).and_then(|literal| self.parent(literal));
        let callee = call.and_then(|call| match self.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => Some(callee),
            _ => None,
        });
        callee.is_some_and(|callee| self.text_of(callee).to_ascii_lowercase().contains("once"))
    }

    /// Whether the function that a call is written in does it one by one: in a loop of its own.
    pub fn is_in_own_loop(&self, call: ExprId) -> bool {
        self.flow(self.home(call))
            .is_some_and(|flow| flow.nodes_of(call).iter().any(|node| flow.context(*node).in_loop))
    }

    /// In an `async` function literal handed to `map`: one for each item is under way at the same time.
    pub fn is_mapped(&self, call: ExprId) -> bool {
        let mut at = Some(self.home(call));
        let mapped = |runner: ExprId| match self.facts.expr(runner).kind {
            ExprKind::Call { callee, .. } => match self.facts.expr(callee).kind {
                ExprKind::Member { name, .. } => matches!(self.facts.name(name), "map" | "flatMap"),
                _ => false,
            },
            _ => false,
        };
        while let Some(function) = at {
            let runner = self.literal_of(function).and_then(|literal| self.parent(literal));
            if self.facts.function(function).is_async && runner.is_some_and(mapped) {
                return true;
            }
            at = self.facts.function(function).parent;
        }
        false
    }
}

impl View<'_> {
    /// Whether a call stands in a function that runs with each piece of a stream: `source.on('data', (piece) => …)`.
    pub fn is_for_pieces(&self, call: ExprId) -> bool {
        let literal = self.literal_of(self.home(call));
        let runner = literal.and_then(|literal| self.parent(literal));
        runner.is_some_and(|runner| match self.facts.expr(runner).kind {
            ExprKind::Call { callee, .. } => {
                let event = self.args(runner).first().and_then(|event| self.constant(*event));
                matches!(self.last_name(callee), Some("on" | "addListener"))
                    && matches!(event, Some(Const::Text(event)) if event == "data")
            }
            _ => false,
        })
    }
}

/// Whether the function ends where a test holds, and does nothing else before.
fn leaves_at_once(flow: &Flow, test: NodeId) -> bool {
    let holds = flow.successors(test, |kind| kind == EdgeKind::True);
    let quiet = |node: &NodeId| matches!(flow.node(*node).kind, NodeKind::Join);
    let mut at = holds.first().copied();
    while let Some(node) = at.filter(quiet) {
        at = flow.node(node).edges.first().map(|edge| edge.to);
    }
    at.is_some_and(|node| matches!(flow.node(node).kind, NodeKind::Return(_) | NodeKind::Exit))
}
