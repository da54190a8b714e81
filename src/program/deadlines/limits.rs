//! How long a call may take: the limits that hold for it, wherever they are set.
//!
//! Owns: the least of a call's own limit, that of the context it is handed, those set later on its client, and those of the
//! guards around it ([`View::limit`]). Does not own: what a call is (`calls`), or whether its limit is a fault (`engine`).
//!
//! Three answers: none for certain, one, or it cannot be told. What cannot be followed is never none.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::data::Scalar;
use crate::facts::{ExprId, ExprKind, FuncId, Source, VarId};
use crate::models::ReceiverId;
use crate::models::path::parse_duration;
use crate::program::callgraph::mounted::Mounted;
use crate::program::values::entity::Entity;
use crate::program::values::value::Const;
use crate::program::workers::Workers;
use crate::program::{Arg, Program, RoleUse, View};

/// How many values a context is followed through.
pub(in crate::program) const MAX_HOPS: u32 = 8;

/// How many functions up guards are looked for.
pub(in crate::program) const MAX_CALLERS: u32 = 3;

/// How far up a chain of calls and closures is climbed.
pub(in crate::program) const MAX_CLIMB: usize = 64;

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
    pub(in crate::program) fn or(self, other: Self) -> Self {
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
    /// The files in which something bounds requests that arrive, and in the end all of the programs that these are parts of.
    requests: FxHashSet<usize>,
    /// What is put around what routers run.
    mounted: Vec<Mounted>,
}

impl Limits {
    /// Whether something bounds the requests that arrive at the programs that a file is a part of.
    pub(in crate::program) fn bounds_requests(&self, file: usize) -> bool {
        self.requests.contains(&file)
    }

    /// The call of the guard that runs a function.
    pub(in crate::program) fn guard_of(&self, function: FuncId) -> Option<ExprId> {
        self.guarded.get(&function).copied()
    }

    /// Finds what is set apart from the calls that it holds for.
    pub(in crate::program) fn of(program: &Program<'_>, workers: &dyn Workers) -> Self {
        let mut limits = Self::default();
        for found in program.each_file(workers, found_in) {
            limits.later.extend(found.later);
            limits.guarded.extend(found.guarded);
            limits.requests.extend(found.requests);
            limits.mounted.extend(found.mounted);
        }
        if !limits.requests.is_empty() {
            limits.requests = program.around(&limits.requests);
        }
        limits
    }
}

impl Program<'_> {
    /// What is put around what routers run, anywhere.
    pub(crate) fn mounted(&self) -> &[Mounted] {
        &self.limits.mounted
    }
}

fn found_in(view: &View<'_>) -> Limits {
    let mut found = Limits::default();
    for used in view.exprs().filter_map(|expr| view.role_use(expr)) {
        match view.roles.name(used.role) {
            "limit.set" => {
                found.later.extend(used.on.and_then(|on| view.target(on)).map(|target| (target, used.expr)));
            }
            "limit.request" => {
                found.requests.insert(view.file());
            }
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
    if view.program.is_file_looked_at(view.file()) {
        found.mounted = view.mounted_here();
    }
    if view.is_bounded_by(&found.mounted) {
        found.requests.insert(view.file());
    }
    found
}

impl View<'_> {
    /// The limit of a call, with its arguments as `given` says. Of several clients that it may be made on, one without a limit
    /// decides.
    pub fn limit(&self, used: &RoleUse, given: &dyn Fn(&RoleUse, &str) -> Arg) -> Limit {
        let limits =
            self.as_made(used).into_iter().map(|used| self.limit_of(&used, &|name| given(&used, name)));
        limits
            .reduce(|a, b| if a == Limit::Never || b == Limit::Never { Limit::Never } else { a.or(b) })
            .unwrap_or(Limit::Unknown)
    }

    /// A call as it is on each client that what it is made on may hold.
    fn as_made(&self, used: &RoleUse) -> Vec<RoleUse> {
        let (Some(on), Some(_)) = (used.on, used.made) else { return vec![used.clone()] };
        let kind = self.receiver_of(used);
        let mut found: Vec<RoleUse> = Vec::new();
        for value in self.may_hold(on) {
            if let Entity::Object { receiver, made: Some(made) } = self.entity(value).entity
                && Some(receiver) == kind
                && found.iter().all(|known| known.made != Some(made))
            {
                found.push(RoleUse { made: Some(made), ..used.clone() });
            }
        }
        if found.iter().any(|known| known.made == used.made) { found } else { vec![used.clone()] }
    }

    /// Everything that a variable or field is set to.
    fn may_hold(&self, expr: ExprId) -> Vec<ExprId> {
        let bindings = match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => self.index.var(var),
            ExprKind::Member { object, name } => match self.entity(object).entity {
                Entity::Instance(ty) | Entity::Type(ty) => self.index.field(ty, name),
                _ => &[],
            },
            _ => &[],
        };
        let values = bindings.iter().filter_map(|binding| match binding.source {
            Source::Expr(value) => Some(value),
            _ => None,
        });
        values.collect()
    }

    fn limit_of(&self, used: &RoleUse, given: &dyn Fn(&str) -> Arg) -> Limit {
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

    /// An argument by its name; missing where no role has one of that name.
    pub fn arg_called(&self, used: &RoleUse, name: &str) -> Arg {
        self.roles.arg(name).map_or(Arg::Missing, |name| self.arg(used, name))
    }

    /// The limit that an argument is.
    pub(in crate::program) fn own_limit(&self, arg: &Arg) -> Limit {
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

    /// What made what a call is called on, first of all: the client whose requests are built step by step.
    pub fn made_first(&self, used: &RoleUse) -> Option<ExprId> {
        let Some(_) = used.made else { return used.on.and_then(|on| self.taken_from(on)) };
        let unlimited =
            |used: &&RoleUse| self.limit_of(used, &|name| self.arg_called(used, name)) == Limit::Never;
        let ways = self.as_made(used);
        let made_without = ways.iter().filter(|_| ways.len() > 1).find(unlimited);
        let mut made = made_without.map_or(used.made, |used| used.made);
        let mut at = used.made.and_then(|made| self.called_on(made));
        for _ in 0..MAX_CLIMB {
            let Some(here) = at else { break };
            match self.entity(here).entity {
                Entity::Object { made: Some(first), .. } => made = Some(first),
                // The first of the chain is a client that was made out of sight.
                Entity::Object { made: None, .. } => made = None,
                _ => {}
            }
            at = self.called_on(here);
        }
        made
    }

    /// Where a shared object of a library is taken to be kept under a name of one's own.
    fn taken_from(&self, on: ExprId) -> Option<ExprId> {
        self.exported_object(&self.entity(on).entity)?;
        let mut at = on;
        for _ in 0..MAX_HOPS {
            match self
                .may_hold(at)
                .into_iter()
                .find(|value| self.exported_object(&self.entity(*value).entity).is_some())
            {
                Some(value) => at = value,
                None => break,
            }
        }
        // What brings the whole library in is no place to mend anything.
        let mut whole = at;
        while let ExprKind::Member { object, .. } = self.facts.expr(whole).kind {
            whole = object;
        }
        let brings_in = matches!(self.facts.expr(whole).kind, ExprKind::Module(_));
        (at != on && !brings_in).then_some(at)
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
            limit = self.setters_on(var).iter().filter_map(|call| self.set_at(*call)).fold(limit, Limit::and);
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

    /// The calls made on a variable that set a limit or hand on a context. Each use of a shared client asks for them.
    fn setters_on(&self, var: VarId) -> Rc<[ExprId]> {
        if let Some(known) = self.setters.borrow().get(&var) {
            return Rc::clone(known);
        }
        let sets = |call: &ExprId| {
            let role = self.role_use(*call).map(|used| self.roles.name(used.role));
            matches!(role, Some("limit.set" | "context.set"))
        };
        let later = self.names_of(var).iter().filter_map(|name| self.method_called_on(*name));
        let setters: Rc<[ExprId]> = later.filter(sets).collect();
        self.setters.borrow_mut().insert(var, Rc::clone(&setters));
        setters
    }

    fn set_limit(&self, call: ExprId) -> Limit {
        let Some(used) = self.role_use(call) else { return Limit::Unknown };
        match self.own_limit(&self.arg_called(used, "timeout")) {
            Limit::Unknown => Limit::After(None),
            limit => limit,
        }
    }

    /// The call of a method of what is named here.
    pub(in crate::program) fn method_called_on(&self, name: ExprId) -> Option<ExprId> {
        let member = self.parent(name)?;
        let ExprKind::Member { .. } = self.facts.expr(member).kind else { return None };
        let call = self.parent(member)?;
        matches!(self.facts.expr(call).kind, ExprKind::Call { callee, .. } if callee == member)
            .then_some(call)
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
        let Some(var) = self.result_var(call) else { return limit };
        self.setters_on(var).iter().filter_map(|call| self.set_at(*call)).fold(limit, Limit::and)
    }
}
