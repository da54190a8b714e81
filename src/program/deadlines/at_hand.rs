//! Contexts that end for sure: whether the context at hand where a call stands is shown to be that of a request or a message, or to
//! have a deadline.
//!
//! Owns: following a context up to the handler that it comes from, through callers, interfaces and wrappers. Does not own: whether a
//! context is at hand at all (`contexts`), or is shown to be one that nothing ends (`endless`).

use std::cell::RefCell;

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, ExprKind, FuncId, VarId, VarKind};
use crate::models::{ContextKind, Handler, RunKind};
use crate::program::View;
use crate::program::callgraph::handlers::is_type;
use crate::program::{Arg, RoleUse};
use crate::source::{Ecosystem, origin};

/// How many values and functions a context is followed up through.
const MAX_UP: u32 = 24;

/// How many calls of a function are looked at; one that hands over a context that ends is enough.
const MAX_CALLS: usize = 48;

/// From how many parameters on a shape tells a handler of requests, whatever else the function takes.
const TELLING: usize = 2;

impl View<'_> {
    /// Whether a context at hand where a call stands ends for sure: some way leads there from a request or message, on which
    /// somebody waits, or it was made with a limit before.
    pub fn has_ending_context(&self, call: ExprId) -> bool {
        if self.program.is_run_by_nothing(self.file_of_expr(call)) {
            return false;
        }
        let up = Up { view: self, seen: RefCell::default() };
        let mut at = Some(self.home(call));
        while let Some(function) = at {
            let params = self.params_of(function).into_iter();
            let mut carrying = params.filter(|var| self.may_end(&self.var_entity(*var).entity));
            if carrying.any(|var| up.param_ends(var, MAX_UP)) || self.has_made_context(function, call) {
                return true;
            }
            if self.flow(function).is_some() || self.waits_for_event(function) {
                return false;
            }
            at = self.facts.function(function).parent;
        }
        false
    }

    /// Whether a function takes all that a library's handlers of requests take, and maybe more: it is handed what one got.
    fn takes_what_handlers_take(&self, function: FuncId) -> bool {
        self.takes_of_handlers(function, |wanted, found| found == wanted)
    }

    /// Whether a closure takes a part of that: what is run with each request.
    fn takes_part_of_request(&self, function: FuncId) -> bool {
        self.literal_of(function).is_some() && self.takes_of_handlers(function, |_, found| found > 0)
    }

    /// Whether so many of the types that a library's handlers of requests take are among those of a function's parameters.
    fn takes_of_handlers(&self, function: FuncId, enough: impl Fn(usize, usize) -> bool) -> bool {
        let types: Vec<_> = self.facts.params(function).iter().filter_map(|param| param.ty).collect();
        let is_like = |handler: &Handler| {
            let run = &self.models.runs[handler.run.index()];
            let wanted: Vec<&String> = handler.params.iter().flatten().collect();
            let is_there = |name: &&&String| types.iter().any(|ty| is_type(self, *ty, name, run.library));
            run.kind == RunKind::Http
                && wanted.len() >= TELLING
                && enough(wanted.len(), wanted.iter().filter(is_there).count())
        };
        self.models.handlers.iter().any(is_like)
    }

    /// Whether a method is one of an interface that generated code declares: what serves requests by a description of theirs.
    fn is_of_generated_interface(&self, function: FuncId) -> bool {
        let info = self.facts.function(function);
        let (Some(owner), Some(name)) = (info.owner, info.name) else { return false };
        let bases = self.program.classes.implemented_by(owner).iter();
        let mut declaring = bases.filter(|base| self.index.method(**base, name).is_some());
        declaring.any(|base| self.is_generated_file(self.file_of_type(*base)))
    }

    fn is_generated_file(&self, file: usize) -> bool {
        !self.looked_at[file] && origin::is_generated(self.texts[file])
    }

    /// Whether a call is made beside the rest, at the end of a function, as the process begins, or only in what is not looked at.
    fn is_made_apart(&self, call: ExprId) -> bool {
        let home = self.home(call);
        let root = self.root_of(home);
        let deferred = self.flow(root).is_some_and(|flow| {
            let nodes = flow.nodes_of(call);
            !nodes.is_empty() && nodes.iter().all(|node| flow.context(*node).deferred)
        });
        let seen = self.program.is_looked_at(home) || self.is_generated_file(self.file_of(home));
        deferred
            || !seen
            || self.index.is_spawned(call)
            || self.is_detached(call)
            || self.program.only_at_start(home)
    }
}

/// A way up from a context to what began it.
struct Up<'v, 'p> {
    view: &'v View<'p>,
    /// The variables that were followed: one may be set many times, each time to what is made of itself.
    seen: RefCell<FxHashSet<VarId>>,
}

impl Up<'_, '_> {
    /// Whether a parameter is shown to hold a context that ends.
    fn param_ends(&self, var: VarId, hops: u32) -> bool {
        let (view, Some(hops)) = (self.view, hops.checked_sub(1)) else { return false };
        let info = view.facts.var(var);
        let VarKind::Param(position) = info.kind else { return false };
        let function = info.function;
        let handler = view.program.handler(function).map(|handler| handler.kind);
        // A signal is made to be sent.
        if matches!(handler, Some(RunKind::Http | RunKind::Message)) || view.ecosystem() != Ecosystem::Go {
            return true;
        }
        let calls = self.calls_of(function);
        let mut waiting = calls.iter().filter(|call| !view.is_made_apart(**call));
        let kind = view.kind_of_context(&view.var_entity(var).entity);
        let is_served = || {
            view.takes_what_handlers_take(function)
                || view.takes_part_of_request(function) && !view.returns_error(function)
        };
        if kind != Some(ContextKind::Carried) || is_served() {
            return calls.is_empty() || waiting.next().is_some();
        }
        let handed = |call: &ExprId| view.args(*call).get(position as usize).copied();
        view.is_of_generated_interface(function)
            || self.runs_in_place(function, hops)
            || waiting.filter_map(handed).any(|given| self.ends(given, hops))
    }

    /// Whether a closure is handed to a call together with a context that ends, and is handed that or one made of it:
    /// `inTransaction(ctx, func(ctx context.Context) error { … })`; or together with one that reads a request.
    fn runs_in_place(&self, function: FuncId, hops: u32) -> bool {
        let view = self.view;
        let Some(literal) = view.literal_of(function) else { return false };
        let Some(call) = view.parent(literal).filter(|call| !view.is_made_apart(*call)) else { return false };
        let ExprKind::Call { callee, .. } = view.facts.expr(call).kind else { return false };
        let tells = |arg: &ExprId| match view.facts.expr(*arg).kind {
            ExprKind::Function(beside) => beside != function && view.takes_part_of_request(beside),
            _ => view.is_context(*arg) && self.ends(*arg, hops),
        };
        callee != literal && view.args(call).iter().any(tells)
    }

    /// The calls of a function, those through interfaces included.
    fn calls_of(&self, function: FuncId) -> Vec<ExprId> {
        let view = self.view;
        let mut calls = [view.calls_that_run(function), &view.calls_by_any_name(function)].concat();
        calls.sort_unstable();
        calls.dedup();
        calls.truncate(MAX_CALLS);
        calls
    }

    /// Whether a value is shown to be a context that ends, as it is handed over.
    fn ends(&self, value: ExprId, hops: u32) -> bool {
        !self.view.is_bare(value) && self.comes_from_one(value, hops)
    }

    /// The same of a value that may be a request that has one.
    fn comes_from_one(&self, value: ExprId, hops: u32) -> bool {
        let (view, Some(hops)) = (self.view, hops.checked_sub(1)) else { return false };
        if let Some(used) = view.role_use(value)
            && let Some(told) = self.made_ends(used, hops)
        {
            return told;
        }
        match view.facts.expr(value).kind {
            ExprKind::Name { var: Some(var), .. } => self.var_ends(var, hops),
            // Of a request that arrived: `c.Request`.
            ExprKind::Member { object, .. } => self.is_of_request(object, hops),
            ExprKind::Unary { operand: inner, .. } | ExprKind::Cast { value: inner, .. } => {
                self.ends(inner, hops)
            }
            ExprKind::Call { callee, .. } => {
                let of_request = match view.facts.expr(callee).kind {
                    ExprKind::Member { object, .. } => self.is_of_request(object, hops),
                    _ => false,
                };
                // What is made of a context ends with it.
                of_request
                    || view.args(value).iter().any(|arg| view.is_context(*arg) && self.ends(*arg, hops))
            }
            _ => false,
        }
    }

    /// Whether a variable is shown to hold a context that ends, which no other way up to here has shown.
    fn var_ends(&self, var: VarId, hops: u32) -> bool {
        if !self.seen.borrow_mut().insert(var) {
            return false;
        }
        let is_param = matches!(self.view.facts.var(var).kind, VarKind::Param(_));
        let mut values = self.view.values_of_var(var).into_iter();
        is_param && self.param_ends(var, hops) || values.any(|value| self.ends(value, hops))
    }

    fn is_of_request(&self, object: ExprId, hops: u32) -> bool {
        matches!(self.view.context_kind(object), Some(ContextKind::Request | ContextKind::Values))
            && self.comes_from_one(object, hops)
    }

    /// The same of what a call makes whose role says so.
    fn made_ends(&self, used: &RoleUse, hops: u32) -> Option<bool> {
        let view = self.view;
        let parent = || match view.arg_called(used, "context") {
            Arg::Given(parent, _) => self.ends(parent, hops),
            _ => false,
        };
        match view.roles.name(used.role) {
            "limit.start" => Some(true),
            "context.root" | "context.detach" => Some(false),
            "context.derive" | "http.request" => Some(parent()),
            "context.request" => Some(used.on.is_some_and(|on| self.comes_from_one(on, hops))),
            _ => None,
        }
    }
}
