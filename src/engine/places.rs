//! Where an event stands: in a loop, a `catch`, a handler, under a guard, among the options of another call.
//!
//! Owns: tests of places. Does not own: order (`steps`, `ways`).

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, ExprKind, FuncId};
use crate::models::{Role, RunKind};
use crate::program::flow::{EdgeKind, NodeId, NodeKind};
use crate::program::recurrence::trend::Slot;
use crate::rules::{Step, Within};

use super::cycles::Cycle;
use super::events::{Event, Root};
use super::steps::Search;

/// Whether a place is one that the callers of a function tell of.
fn is_told_by_callers(place: Within) -> bool {
    matches!(
        place,
        Within::Crowd | Within::Alone | Within::Apart | Within::Startup | Within::Boot | Within::RequestPath
    )
}

impl Search<'_, '_> {
    /// Whether an event stands where a step asks, as far as its own function tells.
    pub(super) fn placed(&self, step: &Step, root: Option<usize>, event: &Event) -> bool {
        let Some(root) = root else { return step.within.is_empty() };
        self.stands_as_asked(step, root, event, &|place| !is_told_by_callers(place))
    }

    /// The same of what the function's callers tell: it takes long to find out.
    pub(super) fn placed_by_callers(&self, step: &Step, root: Option<usize>, event: &Event) -> bool {
        root.is_none_or(|root| self.stands_as_asked(step, root, event, &is_told_by_callers))
    }

    fn stands_as_asked(
        &self,
        step: &Step,
        root: usize,
        event: &Event,
        counts: &dyn Fn(Within) -> bool,
    ) -> bool {
        let stands_in = |place: &Within| self.stands_in(*place, root, event);
        step.within.iter().filter(|place| counts(**place)).all(stands_in)
            && !step.outside.iter().filter(|place| counts(**place)).any(stands_in)
    }

    fn stands_in(&self, place: Within, root: usize, event: &Event) -> bool {
        let root = &self.roots[root];
        let any = |test: &dyn Fn(&crate::program::flow::Context) -> bool| {
            event.nodes.iter().any(|node| test(root.flow.context(*node)))
        };
        let guarded = |roles: &[&str]| {
            let is_guard = |role: Role| roles.contains(&self.program.roles.name(role));
            // A function of the tree that takes a lock and runs what it is handed runs it under the lock.
            let takes = |runner: &ExprId| {
                let mut played = self.program.played_by(root.function, *runner);
                played
                    .any(|played| self.program.role_use(played.expr).is_some_and(|used| is_guard(used.role)))
            };
            any(&|context| {
                context.guards.iter().any(|guard| is_guard(*guard)) || context.runners.iter().any(takes)
            })
        };
        match place {
            Within::Catch => self.on_failure(root, event),
            Within::Argument => event.expr.is_some_and(|expr| self.is_argument(expr)),
            Within::Finally => any(&|context| context.finally),
            Within::Loop => any(&|context| context.in_loop),
            Within::Deferred => any(&|context| context.deferred),
            Within::Context => event.call().is_some_and(|call| {
                self.program.has_context(call)
                    && !self.program.is_ended_elsewhere(call)
                    && !self.program.gets_context_later(call)
            }),
            Within::EndingContext => event.call().is_some_and(|call| self.program.has_ending_context(call)),
            Within::Mutex => event.call().is_some_and(|call| self.program.is_under_local_lock(call)),
            Within::Finishing => self.is_finishing(root, event),
            Within::RequestPath => self.program.is_on_request_path(root.function),
            Within::Detached => any(&|context| context.detached) && !self.is_told_to_starter(root, event),
            Within::Callback => any(&|context| context.callback) || self.is_run_by_tree(root, event),
            Within::Parallel => event
                .call()
                .is_some_and(|call| self.program.is_mapped(call) && !self.program.is_in_own_loop(call)),
            Within::Pieces => self.is_for_pieces(event),
            Within::Unattended => {
                event.call().is_some_and(|call| self.program.is_left_alone(call))
                    || self.program.is_unattended(root.function)
            }
            Within::TimeBoxed => self.program.is_time_boxed(root.function),
            Within::OwnFailures => self.is_asked_for_own_failures(event),
            Within::Alone => self.is_alone(root, event),
            Within::Crowd => self.is_in_crowd(root, event),
            Within::Apart => self.is_apart(root, event),
            Within::Transaction => guarded(&["kv.transaction", "store.transaction"]),
            Within::Lock => guarded(&["lock.run", "lock.local", "lock.acquire"]),
            Within::OpenHandler => self.around(root.function, RunKind::Open),
            Within::CloseHandler => self.is_called_on(root.function, RunKind::Close),
            Within::Later => self.is_later(root, event),
            Within::Each => self.is_each(root, event),
            Within::Swept => self.is_swept(root, event),
            Within::Retry => guarded(&["retry.run"]),
            Within::HandRetry => {
                any(&|context| context.runners.iter().any(|call| self.is_run_again_by(*call)))
            }
            Within::Startup => {
                let home = event.call().map_or(root.function, |call| self.program.home(call));
                self.program.only_at_start(home)
            }
            Within::Boot => event.expr.is_some_and(|call| self.program.is_made_once_at_start(call)),
            Within::Worker => any(&|context| context.in_loop) || self.is_in_loop_of_callee(event),
            Within::Uncalled => {
                !self.program.has_callers(root.function)
                    && !self.program.is_of_library_interface(root.function)
            }
            Within::MessageHandler => self.around(root.function, RunKind::Message),
            Within::Subscriber => {
                let handler = self.program.handler(root.function);
                handler.is_some_and(|handler| handler.kind == RunKind::Message && handler.run.is_some())
            }
            Within::HttpHandler => {
                self.around(root.function, RunKind::Http) || self.looks_like_middleware(root.function)
            }
        }
    }

    /// In what many are seen to run at the same time: with each item at once, or by who calls the function.
    fn is_in_crowd(&self, root: &Root<'_>, event: &Event) -> bool {
        let calls = [event.call(), event.expr];
        let many = |call| self.program.is_mapped(call) || self.program.is_set_off_often(call);
        calls.into_iter().flatten().any(many) || self.program.runs_in_crowd(root.function)
    }

    /// In what no request, message or item is seen to lead to.
    fn is_apart(&self, root: &Root<'_>, event: &Event) -> bool {
        let mut calls = [event.call(), event.expr].into_iter().flatten();
        // What a file does at once as it is loaded may stand in a function literal that is called there.
        let literal = event.call().map(|call| self.program.home(call));
        let literal = literal.filter(|_| self.program.is_module(root.function));
        !calls.any(|call| self.program.is_mapped(call))
            && !event.call().is_some_and(|call| self.program.is_for_items(call))
            && self.program.is_apart(literal.unwrap_or(root.function))
    }

    /// In what only one runs at a time: by who calls the function, by a flag that lets one in, or in the main loop of a worker.
    fn is_alone(&self, root: &Root<'_>, event: &Event) -> bool {
        let home = event.call().map_or(root.function, |call| self.program.home(call));
        self.program.runs_alone(home)
            || self.program.lets_one_in(root.function)
            || self.is_while_told(root, event)
    }

    /// In a loop that goes on while a field says so: `while (this.running)`, which whoever stops the worker sets.
    fn is_while_told(&self, root: &Root<'_>, event: &Event) -> bool {
        let is_flag = |test: ExprId| matches!(self.program.slot(test), Some(Slot::Field(..)));
        let ends = |cycle: &Cycle| {
            root.flow.ids().filter(|id| cycle.holds(*id)).any(|id| match root.flow.node(id).kind {
                NodeKind::Test(test) => cycle.leaves(root.flow, id) && is_flag(test),
                _ => false,
            })
        };
        let mut cycles = root.cycles(self.program).iter();
        cycles.any(|cycle| cycle.loops && event.nodes.iter().any(|node| cycle.holds(*node)) && ends(cycle))
    }

    /// In a loop of one of the functions that lead from this one to the event.
    fn is_in_loop_of_callee(&self, event: &Event) -> bool {
        let (Some(via), Some(expr)) = (event.via, event.expr) else { return false };
        let way = self.program.calls_through(via, expr);
        way.iter().enumerate().any(|(position, (_, callee))| {
            let next = way.get(position + 1).map_or(expr, |(call, _)| *call);
            let flow = self.program.flow(*callee);
            flow.is_some_and(|flow| {
                flow.ids().any(|id| flow.node(id).kind == NodeKind::Call(next) && flow.context(id).in_loop)
            })
        })
    }

    /// Part of the options of another call that a model knows.
    fn is_argument(&self, expr: ExprId) -> bool {
        let mut at = expr;
        while let Some(parent) = self.program.parent(at) {
            if matches!(self.program.facts.expr(parent).kind, ExprKind::Call { callee, .. } if callee != at)
                && self.program.role_use(parent).is_some()
            {
                return true;
            }
            at = parent;
        }
        let names = self.program.result_var(expr).map_or(&[][..], |var| self.program.names_of(var));
        names.iter().any(|name| self.is_an_option(*name))
    }

    /// Whether a value is handed in an object to a call that a model knows.
    fn is_an_option(&self, expr: ExprId) -> bool {
        let mut at = expr;
        while let Some(parent) = self.program.parent(at) {
            match self.program.facts.expr(parent).kind {
                ExprKind::Object { .. } | ExprKind::Cast { .. } => at = parent,
                ExprKind::Call { callee, .. } => {
                    return callee != at && at != expr && self.program.role_use(parent).is_some();
                }
                _ => return false,
            }
        }
        false
    }

    /// In a `catch`, or in a branch on an error, of this function.
    pub(super) fn is_on_failure(&self, event: &Event) -> bool {
        self.on_failure(self.root(), event)
    }

    fn on_failure(&self, root: &Root<'_>, event: &Event) -> bool {
        let caught = !event.nodes.is_empty() && event.nodes.iter().all(|node| root.flow.context(*node).catch);
        caught || self.in_error_branch(root, &event.nodes)
    }

    /// The same of nodes.
    pub(super) fn are_on_failure(&self, root: &Root<'_>, nodes: &[NodeId]) -> bool {
        nodes.iter().all(|node| root.flow.context(*node).catch) || self.in_error_branch(root, nodes)
    }

    /// In a branch that is only taken when some error is set.
    fn in_error_branch(&self, root: &Root<'_>, nodes: &[NodeId]) -> bool {
        let calm = root.calm.get_or_init(|| self.reached_without_error(root));
        !nodes.is_empty() && calm.as_ref().is_some_and(|calm| nodes.iter().all(|node| !calm[node.index()]))
    }

    /// What [`Root::calm`] remembers.
    fn reached_without_error(&self, root: &Root<'_>) -> Option<Vec<bool>> {
        let error_edge = |id| match root.flow.node(id).kind {
            NodeKind::Test(test) => self.error_edge(root, id, test),
            _ => None,
        };
        let errors: FxHashSet<(NodeId, NodeId)> = root.flow.ids().filter_map(error_edge).collect();
        if errors.is_empty() {
            return None;
        }
        Some(root.flow.reached(&|from, edge| !errors.contains(&(from, edge.to))))
    }

    fn error_edge(&self, root: &Root<'_>, id: NodeId, test: ExprId) -> Option<(NodeId, NodeId)> {
        let facts = self.program.facts;
        let is_error = |expr: ExprId| {
            self.program.last_name(expr).is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                name.starts_with("err") || name.ends_with("err") || name.ends_with("error")
            })
        };
        let wanted = match facts.expr(test).kind {
            ExprKind::Binary { op: crate::facts::BinaryOp::NotEq, left, right }
                if is_error(left) && matches!(facts.expr(right).kind, ExprKind::Null) =>
            {
                EdgeKind::True
            }
            ExprKind::Binary { op: crate::facts::BinaryOp::Eq, left, right }
                if is_error(left) && matches!(facts.expr(right).kind, ExprKind::Null) =>
            {
                EdgeKind::False
            }
            ExprKind::Name { .. } if is_error(test) => EdgeKind::True,
            _ => return None,
        };
        root.flow.node(id).edges.iter().find(|edge| edge.kind == wanted).map(|edge| (id, edge.to))
    }

    fn around(&self, function: FuncId, kind: RunKind) -> bool {
        let mut at = Some(function);
        while let Some(id) = at {
            if self.program.handler(id).is_some_and(|handler| handler.kind == kind) {
                return true;
            }
            at = self.program.facts.function(id).parent;
        }
        false
    }

    /// `(req, res, next) => …` and its like, when no model says who runs it.
    fn looks_like_middleware(&self, function: FuncId) -> bool {
        let mut at = Some(function);
        while let Some(id) = at {
            let names: Vec<&str> = self
                .program
                .facts
                .params(id)
                .iter()
                .filter_map(|param| param.name)
                .map(|name| self.program.facts.name(name))
                .collect();
            if names.iter().any(|name| self.program.words.requests.parameters.has(name)) {
                return true;
            }
            at = self.program.facts.function(id).parent;
        }
        false
    }
}
