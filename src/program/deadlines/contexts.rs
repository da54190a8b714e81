//! Contexts and signals: the limit that one carries, and whether one is at hand.
//!
//! Owns: following a context to where it gets its limit, through variables, requests, controllers and callers. Does not own:
//! what else limits a call (`limits`).

use crate::facts::{BinaryOp, ExprId, ExprKind, FuncId, List, Place, Source, Step, VarId, VarKind};
use crate::models::{ArgName, ContextKind, RunKind};
use crate::program::deadlines::limits::{Limit, MAX_HOPS};
use crate::program::flow::{ENTRY, Edge, EdgeKind, Flow, NodeId, NodeKind};
use crate::program::values::entity::Entity;
use crate::program::{Arg, RoleUse, View};

impl View<'_> {
    pub(in crate::program) fn context_limit(&self, arg: &Arg) -> Limit {
        match arg {
            Arg::Missing | Arg::Always(_) => Limit::Never,
            Arg::Unknown => Limit::Unknown,
            Arg::Given(context, _) => self.carried(*context, MAX_HOPS),
        }
    }

    /// The limit that a context or signal carries.
    pub fn carried(&self, context: ExprId, hops: u32) -> Limit {
        let Some(hops) = hops.checked_sub(1) else { return Limit::Unknown };
        self.settled((context, hops), &self.answers.carried, || self.find_carried(context, hops))
    }

    fn find_carried(&self, context: ExprId, hops: u32) -> Limit {
        if let Some(limit) = self.made_limit(context, hops) {
            return limit;
        }
        match self.facts.expr(context).kind {
            ExprKind::Null => Limit::Never,
            ExprKind::Await(inner) | ExprKind::Cast { value: inner, .. } => self.carried(inner, hops),
            ExprKind::Binary { left, right, .. } => self.carried(left, hops).and(self.carried(right, hops)),
            ExprKind::Cond { then, other, .. } => self.carried(then, hops).or(self.carried(other, hops)),
            ExprKind::Array { items, .. } => {
                let items = self.facts.list(items).iter().map(|item| self.carried(*item, hops));
                items.fold(Limit::Never, Limit::and)
            }
            ExprKind::Name { var: Some(var), .. } => self.var_limit(var, hops),
            ExprKind::Member { object, .. } => match self.single_value(context) {
                Some(value) if value != context => self.carried(value, hops),
                _ => self.controller_limit(object),
            },
            ExprKind::Call { .. } => match self.called_function(context) {
                Some(function) => self.results_limit(function, hops),
                None => Limit::Unknown,
            },
            _ => Limit::Unknown,
        }
    }

    /// The limit of a context by the call that makes it.
    fn made_limit(&self, context: ExprId, hops: u32) -> Option<Limit> {
        let used = self.role_use(context)?;
        let parent = || match self.arg_called(used, "context") {
            Arg::Given(parent, _) => self.carried(parent, hops),
            Arg::Unknown => Limit::Unknown,
            Arg::Missing | Arg::Always(_) => Limit::Never,
        };
        Some(match self.roles.name(used.role) {
            "limit.start" => match self.own_limit(&self.arg_called(used, "timeout")) {
                own @ Limit::After(_) => own.and(parent()),
                _ => Limit::After(None),
            },
            "context.root" => Limit::Never,
            "context.derive" => parent(),
            "context.request" => self.requested_limit(used, hops),
            _ => return None,
        })
    }

    /// The limit of a request's own context: of one that is being made, what it was made with.
    fn requested_limit(&self, used: &RoleUse, hops: u32) -> Limit {
        if self.program.limits.bounds_requests(self.file_of_expr(used.expr)) {
            return Limit::Unknown;
        }
        let Some(on) = used.on else { return Limit::Unknown };
        if self.is_of_request(on) { Limit::Never } else { self.request_limit(on, hops) }
    }

    /// Whether a value is, or is part of, the request that the function around answers.
    fn is_of_request(&self, expr: ExprId) -> bool {
        let mut at = expr;
        while let ExprKind::Member { object, .. } = self.facts.expr(at).kind {
            at = object;
        }
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(at).kind else { return false };
        let info = self.facts.var(var);
        let answered =
            self.program.handler(info.function).is_some_and(|handler| handler.kind == RunKind::Http);
        matches!(info.kind, VarKind::Param(_)) && (answered || self.is_request(at))
    }

    fn is_request(&self, expr: ExprId) -> bool {
        matches!(self.context_kind(expr), Some(ContextKind::Request | ContextKind::Values))
    }

    /// What something has to do with contexts.
    pub fn context_kind(&self, expr: ExprId) -> Option<ContextKind> {
        self.kind_of_context(&self.entity(expr).entity)
    }

    /// Whether something is a context, or a request that has one; what is called so and made of one is.
    pub fn is_context(&self, expr: ExprId) -> bool {
        self.is_context_within(expr, MAX_HOPS)
    }

    fn is_context_within(&self, expr: ExprId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        self.settled((expr, hops), &self.answers.contexts, || self.find_is_context(expr, hops))
    }

    fn find_is_context(&self, expr: ExprId, hops: u32) -> bool {
        let makes_request = |used: &RoleUse| self.roles.name(used.role) == "http.request";
        if self.context_kind(expr).is_some() || self.role_use(expr).is_some_and(makes_request) {
            return true;
        }
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => {
                self.values_of_var(var).into_iter().any(|value| self.is_context_within(value, hops))
            }
            ExprKind::Call { callee, .. } if self.called_function(expr).is_none() => {
                self.last_name(callee).is_some_and(|name| name.contains("Context"))
                    && self.args(expr).iter().any(|arg| self.is_context_within(*arg, hops))
            }
            _ => false,
        }
    }

    /// Whether a context, or the one of a request, has a limit of its own.
    pub fn is_limited(&self, expr: ExprId) -> bool {
        let has = |limit: Limit| matches!(limit, Limit::After(_));
        has(self.carried(expr, MAX_HOPS)) || has(self.request_limit(expr, MAX_HOPS))
    }

    pub(in crate::program) fn kind_of_context(&self, entity: &Entity) -> Option<ContextKind> {
        match entity {
            Entity::Object { receiver, .. } => self.models.receivers[receiver.index()].context,
            _ => None,
        }
    }

    /// Whether something is, or comes with, a context that may end: one of values alone does where requests are limited.
    pub(in crate::program) fn may_end(&self, entity: &Entity) -> bool {
        match self.kind_of_context(entity) {
            Some(ContextKind::Values) => self.program.limits.bounds_requests(self.file()),
            kind => kind.is_some(),
        }
    }

    fn var_limit(&self, var: VarId, hops: u32) -> Limit {
        let info = self.facts.var(var);
        let mut set = self.values_of_var(var).into_iter().peekable();
        let is_set = set.peek().is_some();
        let later = set.map(|value| self.carried(value, hops)).reduce(Limit::or);
        if let VarKind::Param(position) = info.kind {
            let handed = self.handed_limit(var, info.function, position, hops);
            return if is_set { handed.and(later.unwrap_or(Limit::Never)) } else { handed };
        }
        later.unwrap_or(Limit::Unknown)
    }

    pub(in crate::program) fn values_of_var(&self, var: VarId) -> Vec<ExprId> {
        if !self.effort.may_ask() {
            return Vec::new();
        }
        let values = self.index.var(var).iter().filter_map(|binding| match binding.source {
            Source::Expr(value) => Some(value),
            _ => None,
        });
        values.collect()
    }

    /// The limit of a context that is handed in: the callers know.
    fn handed_limit(&self, var: VarId, function: FuncId, position: u32, hops: u32) -> Limit {
        let entity = self.var_entity(var).entity;
        if matches!(self.kind_of_context(&entity), Some(ContextKind::Request | ContextKind::Values)) {
            let bounded = self.program.limits.bounds_requests(self.file_of(function));
            return if bounded { Limit::Unknown } else { Limit::Never };
        }
        self.of_callers(function, position, |handed| self.carried(handed, hops))
    }

    /// What the callers of a function hand it at a position, put together; unknown without any.
    fn of_callers(&self, function: FuncId, position: u32, limit: impl Fn(ExprId) -> Limit) -> Limit {
        let calls = self.program.calls_of_function(function).iter();
        let handed = calls.map(|call| {
            let args = self.args(*call);
            let is_spread = |arg: &ExprId| matches!(self.facts.expr(*arg).kind, ExprKind::Spread(_));
            match args.get(position as usize) {
                _ if args.iter().any(is_spread) => Limit::Unknown,
                Some(arg) => limit(*arg),
                None => Limit::Never,
            }
        });
        handed.reduce(Limit::or).unwrap_or(Limit::Unknown)
    }

    fn results_limit(&self, function: FuncId, hops: u32) -> Limit {
        let values = self.index.returns(function).iter().map(|value| self.carried(*value, hops));
        values.reduce(Limit::or).unwrap_or(Limit::Unknown)
    }

    /// The limit of a controller's signal: that of the timer that aborts it.
    fn controller_limit(&self, controller: ExprId) -> Limit {
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(controller).kind else {
            return Limit::Unknown;
        };
        let timers = self.names_of(var).iter().filter_map(|name| self.timer_around(*name));
        let limits = timers.map(|timer| self.own_limit(&self.arg_called(timer, "duration")));
        let as_armed = |limit: Limit| if limit == Limit::Never { Limit::After(None) } else { limit };
        limits.map(as_armed).reduce(Limit::and).unwrap_or(Limit::Unknown)
    }

    /// The timer in whose function something is named.
    fn timer_around(&self, name: ExprId) -> Option<&RoleUse> {
        let mut climb = self.climb(name);
        climb.find_map(|call| self.role_use(call).filter(|used| self.roles.name(used.role) == "time.later"))
    }

    /// The method of the request that a call sends, where the call itself does not say it: `client.Do(req)`.
    pub fn told_by_request(&self, used: &RoleUse, arg: ArgName) -> Option<Arg> {
        let Arg::Given(request, _) = self.arg_called(used, "request") else { return None };
        if self.roles.arg("method") != Some(arg) {
            return None;
        }
        let built = |value: &ExprId| {
            self.role_use(*value).filter(|used| self.roles.name(used.role) == "http.request")
        };
        let values = self.values_of(request);
        let mut built = values.iter().chain([&request]).filter_map(built);
        // Where several requests may be meant, nothing is known of the one that is sent.
        built.next().filter(|_| built.next().is_none()).map(|used| self.arg(used, arg))
    }

    /// The limit of the request that is sent.
    pub(in crate::program) fn request_limit(&self, request: ExprId, hops: u32) -> Limit {
        let Some(hops) = hops.checked_sub(1) else { return Limit::Unknown };
        self.settled((request, hops), &self.answers.of_request, || self.find_request_limit(request, hops))
    }

    fn find_request_limit(&self, request: ExprId, hops: u32) -> Limit {
        if let Some(used) = self.role_use(request) {
            return match (self.roles.name(used.role), self.arg_called(used, "context")) {
                ("http.request", Arg::Given(context, _)) => self.carried(context, hops),
                ("http.request", Arg::Missing) => Limit::Never,
                _ => Limit::Unknown,
            };
        }
        match self.facts.expr(request).kind {
            ExprKind::Name { var: Some(var), .. } => {
                let info = self.facts.var(var);
                let set = self.values_of_var(var).into_iter().map(|value| self.request_limit(value, hops));
                match (info.kind, set.reduce(Limit::and)) {
                    (VarKind::Param(_), Some(set)) => set,
                    (VarKind::Param(position), None) => {
                        self.of_callers(info.function, position, |handed| self.request_limit(handed, hops))
                    }
                    (_, set) => set.unwrap_or(Limit::Unknown),
                }
            }
            ExprKind::Call { .. } => match self.called_function(request) {
                Some(function) => {
                    let values = self.index.returns(function).iter();
                    let values =
                        values.filter(|value| !matches!(self.facts.expr(**value).kind, ExprKind::Null));
                    let limits = values.map(|value| self.request_limit(*value, hops));
                    limits.reduce(Limit::or).unwrap_or(Limit::Unknown)
                }
                None => Limit::Unknown,
            },
            ExprKind::Unary { operand, .. } => self.request_limit(operand, hops),
            _ => Limit::Unknown,
        }
    }

    /// Whether a context is at hand where a call stands that it does not use: a parameter of a function around it, or a variable
    /// made before it.
    pub fn has_context(&self, call: ExprId) -> bool {
        let mut at = Some(self.home(call));
        while let Some(function) = at {
            // One that is thrown away (`_ context.Context`) is handed over all the same.
            let params = self.params_of(function).into_iter();
            let carries = |var: &VarId| self.may_end(&self.var_entity(*var).entity);
            let is_there = |var: VarId| !self.only_holds_endless(var) && !self.is_missing_at(var, call);
            if params.filter(carries).any(is_there) {
                return true;
            }
            if self.has_made_context(function, call) {
                return true;
            }
            // What a closure has around it that runs some other time may be over by then.
            if self.flow(function).is_some() || self.waits_for_event(function) {
                return false;
            }
            at = self.facts.function(function).parent;
        }
        false
    }

    /// Whether a call stands where a variable was found to hold nothing: `if ctx == nil { … }`.
    fn is_missing_at(&self, var: VarId, call: ExprId) -> bool {
        let Some(flow) = self.flow(self.root_of(self.home(call))) else { return false };
        let nodes = flow.nodes_of(call);
        let without = |test: NodeId, kind: EdgeKind| {
            let passes = |from: NodeId, edge: &Edge| from != test || edge.kind != kind;
            flow.reach([ENTRY], &passes, &|_| false, &|node| nodes.contains(&node))
        };
        let is_missing = |id: NodeId| {
            let NodeKind::Test(test) = flow.node(id).kind else { return false };
            let ExprKind::Binary { op, left, right } = self.facts.expr(test).kind else { return false };
            let kind = match op {
                BinaryOp::Eq => EdgeKind::True,
                BinaryOp::NotEq => EdgeKind::False,
                _ => return false,
            };
            self.facts_var(left) == Some(var)
                && matches!(self.facts.expr(right).kind, ExprKind::Null)
                && without(id, kind).is_none()
        };
        !nodes.is_empty() && flow.ids().any(is_missing)
    }

    /// Whether a context that a call is handed is ended by somebody else: what ends it is kept, handed on, or called in a
    /// goroutine or callback, and not just deferred by the function that made it.
    pub fn is_ended_elsewhere(&self, call: ExprId) -> bool {
        self.args(call).iter().any(|arg| self.ends_elsewhere(*arg, MAX_HOPS))
    }

    fn ends_elsewhere(&self, context: ExprId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        self.settled((context, hops), &self.answers.ended, || self.find_ends_elsewhere(context, hops))
    }

    fn find_ends_elsewhere(&self, context: ExprId, hops: u32) -> bool {
        if let ExprKind::Name { var: Some(var), .. } = self.facts.expr(context).kind {
            return self.index.var(var).iter().any(|binding| {
                let (Source::Expr(made), Some(assignment)) = (binding.source, binding.assignment) else {
                    return false;
                };
                // What comes second of anything else is an error: `id, err := strconv.Atoi(c.Param("id"))`.
                let makes = self.role_use(made).filter(|used| self.makes_context(used));
                let end = makes.and_then(|_| self.second_result(assignment, made));
                end.is_some_and(|end| self.is_called_elsewhere(end)) || self.ends_elsewhere(made, hops)
            });
        }
        // What is made of such a context ends with it: a stream, and the context of one.
        let mut found = false;
        self.facts.children(context, &mut |child| found = found || self.ends_elsewhere(child, hops));
        found
    }

    fn makes_context(&self, used: &RoleUse) -> bool {
        let role = self.roles.name(used.role);
        role == "limit.start" || role.starts_with("context.")
    }

    /// The variable that an assignment puts the second of a call's results in.
    fn second_result(&self, assignment: ExprId, made: ExprId) -> Option<VarId> {
        let ExprKind::Assign { binds, .. } = self.facts.expr(assignment).kind else { return None };
        self.facts.binds(binds).iter().find_map(|bind| match (bind.place, self.facts.steps(bind.path)) {
            (Place::Var(var), [Step::Index(1)]) if bind.source == Source::Expr(made) => Some(var),
            _ => None,
        })
    }

    /// Whether a function is more than called, or called and deferred, in the function that its variable is of.
    fn is_called_elsewhere(&self, var: VarId) -> bool {
        let root = self.root_of(self.facts.var(var).function);
        self.names_of(var).iter().any(|name| {
            let call = self.parent(*name).filter(|call| {
                matches!(self.facts.expr(*call).kind, ExprKind::Call { callee, .. } if callee == *name)
            });
            let Some(call) = call else { return true };
            let of_flow = self.flow(self.root_of(self.home(call)));
            let is_later = |flow: &Flow| {
                let nodes = flow.nodes_of(call);
                // A function that is returned or kept is not run here.
                nodes.is_empty() || nodes.iter().any(|node| flow.context(*node).detached)
            };
            self.root_of(self.home(call)) != root || of_flow.is_some_and(is_later)
        })
    }

    /// Whether what a call is made on is a variable that is used for nothing but such calls: a controller that is aborted, and
    /// whose signal nobody was handed.
    pub fn has_unused_signal(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        let ExprKind::Member { object, .. } = self.facts.expr(callee).kind else { return false };
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(object).kind else { return false };
        let info = self.facts.var(var);
        let is_local = matches!(info.kind, VarKind::Const | VarKind::Let) && !self.is_module(info.function);
        let ends = |name: &ExprId| {
            let ended = self.method_called_on(*name).and_then(|call| self.role_use(call));
            ended.is_some_and(|used| self.roles.name(used.role) == "context.cancel")
        };
        is_local && self.names_of(var).iter().all(ends)
    }

    /// Whether what a call hands over at a position is used by the function of the tree that it calls, as far as that is known.
    pub fn is_used(&self, call: ExprId, position: usize) -> bool {
        !self.only_asks_in_callees(call, position)
    }

    /// Whether a call makes a context that ends after a time which is given.
    fn starts_limit(&self, used: &RoleUse) -> bool {
        self.roles.name(used.role) == "limit.start"
            && matches!(self.arg_called(used, "timeout"), Arg::Given(..) | Arg::Always(_))
    }

    /// Whether a function made a context before a call that is not handed it.
    pub(in crate::program) fn has_made_context(&self, function: FuncId, call: ExprId) -> bool {
        let before = |at: ExprId| self.facts.expr(at).span.end <= self.facts.expr(call).span.start;
        self.program.assignments_in(function).iter().filter(|at| before(**at)).any(|assignment| {
            let ExprKind::Assign { binds, .. } = self.facts.expr(*assignment).kind else { return false };
            let first = |path: List<Step>| matches!(self.facts.steps(path), [] | [Step::Index(0)]);
            let whole = self.facts.binds(binds).iter().filter(|bind| first(bind.path));
            whole.into_iter().any(|bind| match (bind.place, bind.source) {
                (Place::Var(var), Source::Expr(value)) => {
                    let limits = self.role_use(value).is_some_and(|used| self.starts_limit(used));
                    limits && !self.args(call).iter().any(|arg| self.made_of(*arg, &[var]))
                }
                _ => false,
            })
        })
    }

    /// Whether a Go call is handed a context.
    pub fn takes_context(&self, call: ExprId) -> bool {
        let is_context = |name: &str| {
            name.to_ascii_lowercase().contains("ctx") || name.to_ascii_lowercase().contains("context")
        };
        self.args(call).first().and_then(|first| self.last_name(*first)).is_some_and(is_context)
    }
}
