//! How long a call may take: the limits that hold for it, wherever they are set.
//!
//! Owns: the least of a call's own limit, that of the context it is handed, those set later on its client, and those of the
//! guards around it ([`View::limit`]). Does not own: what a call is (`calls`), or whether its limit is a fault (`engine`).
//!
//! Three answers: none for certain, one, or it cannot be told. What cannot be followed is never none.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::data::Scalar;
use crate::facts::{ExprId, ExprKind, FuncId, Place, Source, VarId, VarKind};
use crate::models::path::parse_duration;
use crate::models::{ContextKind, ReceiverId, RunKind};

use super::entity::Entity;
use super::value::Const;
use super::workers::Workers;
use super::{Arg, Program, RoleUse, View};

/// How many values a context is followed through.
const MAX_HOPS: u32 = 8;

/// How many functions up guards are looked for.
const MAX_CALLERS: u32 = 3;

/// How far up a chain of calls and closures is climbed.
const MAX_CLIMB: usize = 64;

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// None, for certain.
    Never,
    /// One: so many nanoseconds, if that can be read.
    After(Option<f64>),
    /// It cannot be told.
    Unknown,
}

impl Limit {
    /// The least of two that both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::After(a), Self::After(b)) => Self::After(match (a, b) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            }),
            (Self::After(time), _) | (_, Self::After(time)) => Self::After(time),
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Never, Self::Never) => Self::Never,
        }
    }

    /// What holds whichever of two ways is taken.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::After(a), Self::After(b)) => Self::After(a.zip(b).map(|(a, b)| a.max(b))),
            (a, b) if a == b => a,
            _ => Self::Unknown,
        }
    }
}

/// What a limit may be set on after it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Target {
    /// What this expression made.
    Made(ExprId),
    /// An export of a library that is an object itself.
    Shared(ReceiverId),
}

/// What is known of limits in the whole program.
#[derive(Debug, Default)]
pub struct Limits {
    /// Limits that are set on a client later.
    later: FxHashMap<Target, ExprId>,
    /// Functions that a guard runs, by the guard's call.
    guarded: FxHashMap<FuncId, ExprId>,
    /// Whether something bounds requests that arrive.
    requests: bool,
}

impl Limits {
    /// Finds what is set apart from the calls that it holds for.
    pub(super) fn of(program: &Program<'_>, workers: &dyn Workers) -> Self {
        let mut limits = Self::default();
        for found in program.each_file(workers, found_in) {
            limits.later.extend(found.later);
            limits.guarded.extend(found.guarded);
            limits.requests |= found.requests;
        }
        limits
    }
}

fn found_in(view: &View<'_>) -> Limits {
    let mut found = Limits::default();
    for used in view.exprs().filter_map(|expr| view.role_use(expr)) {
        match view.roles.name(used.role) {
            "limit.set" => {
                found.later.extend(used.on.and_then(|on| view.target(on)).map(|target| (target, used.expr)));
            }
            "limit.request" => found.requests = true,
            "limit.run" | "breaker.run" => {
                for arg in view.args(used.expr) {
                    if let Entity::Function(function) = view.entity(*arg).entity {
                        found.guarded.insert(function, used.expr);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

impl View<'_> {
    /// The limit of a call, with its arguments as `given` says.
    pub fn limit(&self, used: &RoleUse, given: &dyn Fn(&str) -> Arg) -> Limit {
        let own = self.own_limit(&given("timeout"));
        let context = self.context_limit(&given("context"));
        let request = match given("request") {
            Arg::Given(request, _) => self.request_limit(request, MAX_HOPS),
            Arg::Unknown => Limit::Unknown,
            Arg::Missing | Arg::Always(_) => Limit::Never,
        };
        let told = own.and(context).and(request);
        if let Limit::After(_) = told {
            return told;
        }
        told.and(self.chained_limit(used)).and(self.guard_limit(used.expr, MAX_CALLERS))
    }

    /// The limit of a call as it stands.
    pub fn plain_limit(&self, used: &RoleUse) -> Limit {
        self.limit(used, &|name| self.arg_called(used, name))
    }

    /// An argument by its name; missing where no role has one of that name.
    pub fn arg_called(&self, used: &RoleUse, name: &str) -> Arg {
        self.roles.arg(name).map_or(Arg::Missing, |name| self.arg(used, name))
    }

    /// The limit that an argument is.
    fn own_limit(&self, arg: &Arg) -> Limit {
        match arg {
            Arg::Missing => Limit::Never,
            Arg::Unknown => Limit::Unknown,
            Arg::Always(scalar) => match scalar {
                Scalar::Num(time) => Limit::After(Some(*time)),
                Scalar::Text(text) => Limit::After(parse_duration(text)),
                Scalar::Null | Scalar::Bool(false) => Limit::Never,
                Scalar::Bool(true) => Limit::After(None),
            },
            Arg::Given(expr, unit) => match self.constant(*expr) {
                Some(Const::Null | Const::Bool(false)) => Limit::Never,
                Some(value) => match value.nanoseconds(*unit) {
                    Some(time) if time <= 0.0 => Limit::Never,
                    time => Limit::After(time),
                },
                None => Limit::After(None),
            },
        }
    }

    fn context_limit(&self, arg: &Arg) -> Limit {
        match arg {
            Arg::Missing | Arg::Always(_) => Limit::Never,
            Arg::Unknown => Limit::Unknown,
            Arg::Given(context, _) => self.carried(*context, MAX_HOPS),
        }
    }

    /// The limit that a context or signal carries.
    pub fn carried(&self, context: ExprId, hops: u32) -> Limit {
        let Some(hops) = hops.checked_sub(1) else { return Limit::Unknown };
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
        if self.program.limits.requests {
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
        self.context_kind(expr) == Some(ContextKind::Request)
    }

    /// What something has to do with contexts.
    pub fn context_kind(&self, expr: ExprId) -> Option<ContextKind> {
        self.kind_of_context(&self.entity(expr).entity)
    }

    fn kind_of_context(&self, entity: &Entity) -> Option<ContextKind> {
        match entity {
            Entity::Object { receiver, .. } => self.models.receivers[receiver.index()].context,
            _ => None,
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

    fn values_of_var(&self, var: VarId) -> Vec<ExprId> {
        let values = self.index.var(var).iter().filter_map(|binding| match binding.source {
            Source::Expr(value) => Some(value),
            _ => None,
        });
        values.collect()
    }

    /// The limit of a context that is handed in: the callers know.
    fn handed_limit(&self, var: VarId, function: FuncId, position: u32, hops: u32) -> Limit {
        let entity = self.var_entity(var).entity;
        if self.kind_of_context(&entity) == Some(ContextKind::Request) {
            return if self.program.limits.requests { Limit::Unknown } else { Limit::Never };
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
        let limits = timers.map(|timer| self.own_limit(&self.arg_called(timer, "delay")));
        let as_armed = |limit: Limit| if limit == Limit::Never { Limit::After(None) } else { limit };
        limits.map(as_armed).reduce(Limit::and).unwrap_or(Limit::Unknown)
    }

    /// The timer in whose function something is named.
    fn timer_around(&self, name: ExprId) -> Option<&RoleUse> {
        let mut climb = self.climb(name);
        climb.find_map(|call| {
            self.role_use(call).filter(|used| self.roles.name(used.role) == "timer.set")
        })
    }

    /// The limit of the request that is sent.
    fn request_limit(&self, request: ExprId, hops: u32) -> Limit {
        let Some(hops) = hops.checked_sub(1) else { return Limit::Unknown };
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
                    let values = values.filter(|value| !matches!(self.facts.expr(**value).kind, ExprKind::Null));
                    let limits = values.map(|value| self.request_limit(*value, hops));
                    limits.reduce(Limit::or).unwrap_or(Limit::Unknown)
                }
                None => Limit::Unknown,
            },
            ExprKind::Unary { operand, .. } => self.request_limit(operand, hops),
            _ => Limit::Unknown,
        }
    }

    /// What made what a call is called on, first of all: the client whose requests are built step by step.
    pub fn made_first(&self, used: &RoleUse) -> Option<ExprId> {
        let mut made = used.made;
        let mut at = used.made.and_then(|made| self.called_on(made));
        for _ in 0..MAX_CLIMB {
            let Some(here) = at else { break };
            if let Entity::Object { made: Some(first), .. } = self.entity(here).entity {
                made = Some(first);
            }
            at = self.called_on(here);
        }
        made
    }

    /// What the limits that are set later are set on.
    fn target(&self, on: ExprId) -> Option<Target> {
        let found = self.entity(on).entity;
        if let Entity::Object { made: Some(made), .. } = found {
            return Some(Target::Made(made));
        }
        // `client.defaults`: what it is part of.
        if let ExprKind::Member { object, .. } = self.facts.expr(on).kind
            && let Some(target) = self.target(object)
        {
            return Some(target);
        }
        self.exported_object(&found).map(Target::Shared)
    }

    /// A limit that is set in the chain of calls that a call is part of, or later on what it is called on.
    fn chained_limit(&self, used: &RoleUse) -> Limit {
        let mut limit = self.limit_above(used.expr);
        let mut below = vec![used.expr];
        below.extend(used.made);
        for start in below {
            let mut at = Some(start);
            for _ in 0..MAX_CLIMB {
                let Some(here) = at else { break };
                limit = limit.and(self.limit_below(here));
                at = self.called_on(here);
            }
        }
        limit
    }

    /// What a call is made on, or where what a name holds was made.
    fn called_on(&self, expr: ExprId) -> Option<ExprId> {
        match self.facts.expr(expr).kind {
            ExprKind::Call { callee, .. } => match self.facts.expr(callee).kind {
                ExprKind::Member { object, .. } => Some(object),
                _ => Some(callee),
            },
            ExprKind::Name { .. } | ExprKind::Member { .. } => {
                self.single_value(expr).filter(|value| *value != expr)
            }
            ExprKind::Await(inner) | ExprKind::Cast { value: inner, .. } => Some(inner),
            _ => None,
        }
    }

    /// The limit that one link of a chain brings.
    fn limit_below(&self, expr: ExprId) -> Limit {
        let set = self.target(expr).and_then(|target| self.program.limits.later.get(&target));
        let mut limit = set.map_or(Limit::Never, |set| self.set_limit(*set));
        if let Some(set) = self.set_at(expr) {
            limit = limit.and(set);
        }
        if let ExprKind::Name { var: Some(var), .. } = self.facts.expr(expr).kind {
            let later = self.names_of(var).iter().filter_map(|name| self.method_called_on(*name));
            limit = later.filter_map(|call| self.set_at(call)).fold(limit, Limit::and);
        }
        limit
    }

    /// The limit that a call sets, or the context it hands on.
    fn set_at(&self, call: ExprId) -> Option<Limit> {
        let used = self.role_use(call)?;
        match self.roles.name(used.role) {
            "limit.set" => Some(self.set_limit(call)),
            "context.set" => Some(self.context_limit(&self.arg_called(used, "context"))),
            _ => None,
        }
    }

    fn set_limit(&self, call: ExprId) -> Limit {
        let Some(used) = self.role_use(call) else { return Limit::Unknown };
        match self.own_limit(&self.arg_called(used, "timeout")) {
            Limit::Unknown => Limit::After(None),
            limit => limit,
        }
    }

    /// The call of a method of what is named here.
    fn method_called_on(&self, name: ExprId) -> Option<ExprId> {
        let member = self.parent(name)?;
        let ExprKind::Member { .. } = self.facts.expr(member).kind else { return None };
        let call = self.parent(member)?;
        matches!(self.facts.expr(call).kind, ExprKind::Call { callee, .. } if callee == member).then_some(call)
    }

    /// A limit that the calls set which are chained to this one, or made on the variable that holds its result.
    fn limit_above(&self, call: ExprId) -> Limit {
        let mut limit = Limit::Never;
        let mut at = call;
        for _ in 0..MAX_CLIMB {
            if let Some(next) = self.method_called_on(at) {
                limit = limit.and(self.set_at(next).unwrap_or(Limit::Never));
                // `.pipe(timeout(5000))`
                let handed = self.args(next).iter().filter_map(|arg| self.set_at(*arg));
                limit = handed.fold(limit, Limit::and);
                at = next;
                continue;
            }
            let Some(parent) = self.parent(at) else { break };
            match self.facts.expr(parent).kind {
                ExprKind::Await(_) | ExprKind::Cast { .. } => at = parent,
                _ => break,
            }
        }
        let named = self.result_var(call).map_or(&[][..], |var| self.names_of(var));
        let later = named.iter().filter_map(|name| self.method_called_on(*name));
        later.filter_map(|call| self.set_at(call)).fold(limit, Limit::and)
    }

    /// The limit of the guards around a call.
    pub fn guards_of(&self, expr: ExprId) -> Limit {
        self.guard_limit(expr, MAX_CALLERS)
    }

    /// The limit of the guards that a call, or the function it stands in, runs under.
    fn guard_limit(&self, expr: ExprId, depth: u32) -> Limit {
        let mut limit = Limit::Never;
        for call in self.climb(expr) {
            limit = limit.and(self.guard_at(call));
            if let Limit::After(_) = limit {
                return limit;
            }
        }
        let named = self.result_var(expr).map_or(&[][..], |var| self.names_of(var));
        for name in named {
            limit = self.climb(*name).map(|call| self.guard_at(call)).fold(limit, Limit::and);
        }
        let function = self.outermost(self.home(expr));
        if let Some(guard) = self.program.limits.guarded.get(&function) {
            return limit.and(self.guard_at(*guard));
        }
        let Some(depth) = depth.checked_sub(1) else { return limit };
        let calls = self.program.calls_of_function(function).iter().map(|call| self.guard_limit(*call, depth));
        limit.and(calls.reduce(Limit::or).unwrap_or(Limit::Never))
    }

    /// The limit that a call sets on what it is handed.
    fn guard_at(&self, call: ExprId) -> Limit {
        if let Some(used) = self.role_use(call) {
            return match self.roles.name(used.role) {
                "limit.run" => match self.own_limit(&self.arg_called(used, "timeout")) {
                    after @ Limit::After(_) => after,
                    _ => Limit::After(None),
                },
                "breaker.run" => self.own_limit(&self.arg_called(used, "timeout")),
                "race.run" if self.has_timer(call) => Limit::After(None),
                _ => Limit::Never,
            };
        }
        // A function of the tree that races, or sets a limit, and is handed this: what it does with it cannot be told.
        const GUARDS: [&str; 5] = ["race.run", "limit.run", "breaker.run", "limit.start", "timer.set"];
        let root = self.program.root_of(self.home(call));
        let guards = self.program.played_by(root, call).any(|played| {
            self.role_use(played.expr).is_some_and(|used| GUARDS.contains(&self.roles.name(used.role)))
        });
        if guards { Limit::Unknown } else { Limit::Never }
    }

    /// Whether one of what is raced is a timer: among the arguments, or in what they hold.
    pub fn has_timer(&self, race: ExprId) -> bool {
        let mut open: Vec<(ExprId, u32)> = self.args(race).iter().map(|arg| (*arg, 4)).collect();
        let mut seen = FxHashSet::default();
        while let Some((expr, hops)) = open.pop() {
            if !seen.insert(expr) || seen.len() > 512 {
                continue;
            }
            let is_timer = |expr: ExprId| {
                self.role_use(expr).is_some_and(|used| {
                    matches!(self.roles.name(used.role), "timer.set" | "time.sleep" | "limit.start")
                })
            };
            if is_timer(expr) {
                return true;
            }
            if let ExprKind::Function(function) = self.facts.expr(expr).kind
                && self.calls_of(function).iter().any(|call| is_timer(*call))
            {
                return true;
            }
            let Some(fewer) = hops.checked_sub(1) else { continue };
            if let Some(function) = self.called_function(expr) {
                let calls = self.calls_of(function).iter();
                if calls.into_iter().any(|call| is_timer(*call)) {
                    return true;
                }
            }
            open.extend(self.values_of(expr).into_iter().map(|value| (value, fewer)));
            self.facts.children(expr, &mut |child| open.push((child, hops)));
        }
        false
    }

    /// The calls among whose arguments an expression stands, from the inside out, through the closures around it.
    fn climb(&self, expr: ExprId) -> impl Iterator<Item = ExprId> + '_ {
        let mut at = Some(expr);
        let mut steps = 0;
        std::iter::from_fn(move || {
            loop {
                let here = at?;
                steps += 1;
                if steps > MAX_CLIMB * 8 {
                    return None;
                }
                let parent = self.parent(here).or_else(|| self.index.literal(self.home(here)));
                at = parent.filter(|parent| *parent != here);
                let call = at?;
                if let ExprKind::Call { callee, .. } = self.facts.expr(call).kind
                    && callee != here
                {
                    return Some(call);
                }
            }
        })
    }

    /// The function around a closure that is none itself.
    fn outermost(&self, function: FuncId) -> FuncId {
        let mut at = function;
        while self.index.literal(at).is_some() && !self.program.limits.guarded.contains_key(&at) {
            let Some(parent) = self.facts.function(at).parent else { break };
            if self.is_module(parent) {
                break;
            }
            at = parent;
        }
        at
    }

    /// Whether one is written among the arguments of another call, in a closure there, or in what a variable named there holds.
    pub fn is_inside(&self, expr: ExprId, call: ExprId) -> bool {
        if expr == call {
            return false;
        }
        let within = |expr: ExprId| self.climb(expr).any(|around| around == call);
        if within(expr) {
            return true;
        }
        // `const work = load(); await race([work, timer])`, and what is chained to it.
        let mut at = expr;
        for _ in 0..MAX_CLIMB {
            if let ExprKind::Assign { binds, .. } = self.facts.expr(at).kind {
                return self.facts.binds(binds).iter().any(|bind| match bind.place {
                    Place::Var(var) => self.names_of(var).iter().any(|name| within(*name)),
                    _ => false,
                });
            }
            let Some(parent) = self.parent(at) else { return false };
            if let ExprKind::Await(_) = self.facts.expr(parent).kind {
                return false;
            }
            at = parent;
        }
        false
    }

    /// Whether a context is at hand where a call stands that it does not use: a parameter of a function around it, or a variable
    /// made before it.
    pub fn has_context(&self, call: ExprId) -> bool {
        let mut at = Some(self.home(call));
        while let Some(function) = at {
            let params = self.params_of(function).into_iter();
            let known = params.filter(|var| self.var_name(*var) != "_");
            if known.map(|var| self.var_entity(var)).any(|found| self.kind_of_context(&found.entity).is_some()) {
                return true;
            }
            if self.has_made_context(function, call) {
                return true;
            }
            at = self.facts.function(function).parent;
        }
        false
    }

    /// Whether a function made a context before a call that is not handed it.
    fn has_made_context(&self, function: FuncId, call: ExprId) -> bool {
        let before = |at: ExprId| self.facts.expr(at).span.end <= self.facts.expr(call).span.start;
        self.program.assignments_in(function).iter().filter(|at| before(**at)).any(|assignment| {
            let ExprKind::Assign { binds, .. } = self.facts.expr(*assignment).kind else { return false };
            self.facts.binds(binds).iter().any(|bind| match (bind.place, bind.source) {
                (Place::Var(var), Source::Expr(value)) => {
                    let limits = self.role_use(value).is_some_and(|used| self.roles.name(used.role) == "limit.start");
                    limits && !self.args(call).iter().any(|arg| self.made_of(*arg, &[var]))
                }
                _ => false,
            })
        })
    }

    /// Whether a request that arrives runs a function: itself, or through what calls it.
    pub fn is_on_request_path(&self, function: FuncId) -> bool {
        let mut open = vec![(function, 0)];
        let mut seen = FxHashSet::default();
        while let Some((at, depth)) = open.pop() {
            if !seen.insert(at) || seen.len() > 256 {
                continue;
            }
            let mut around = Some(at);
            while let Some(id) = around {
                if self.program.handler(id).is_some_and(|handler| handler.kind == RunKind::Http) {
                    return true;
                }
                around = self.facts.function(id).parent;
            }
            if depth < 4 {
                open.extend(self.program.callers_of(at).into_iter().map(|caller| (caller, depth + 1)));
            }
        }
        false
    }
}
