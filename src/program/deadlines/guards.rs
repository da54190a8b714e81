//! Guards: what runs something for so long and no longer, and what is written inside what.
//!
//! Owns: the limits of the calls around a call, through closures and callers. Does not own: a call's own limit (`limits`).

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, ExprKind, FuncId, Place};
use crate::models::{Nature, RunKind};
use crate::program::View;
use crate::program::deadlines::limits::{Limit, MAX_CALLERS, MAX_CLIMB};
use crate::program::values::entity::Entity;

/// How many names a value is followed through to where it is handed over.
const MAX_NAMES: u32 = 3;

impl View<'_> {
    /// The limit of the guards around a call.
    pub fn guards_of(&self, expr: ExprId) -> Limit {
        self.guard_limit(expr, MAX_CALLERS)
    }

    /// The limit of the guards that a call, or the function it stands in, runs under.
    pub(in crate::program) fn guard_limit(&self, expr: ExprId, depth: u32) -> Limit {
        self.settled((expr, depth), &self.answers.guards, || self.find_guard_limit(expr, depth))
    }

    fn find_guard_limit(&self, expr: ExprId, depth: u32) -> Limit {
        let mut limit = Limit::Never;
        for call in self.climb_waited(expr) {
            limit = limit.and(self.guard_at(call));
            if let Limit::After(_) = limit {
                return limit;
            }
        }
        let named = self.result_var(expr).map_or(&[][..], |var| self.names_of(var));
        for name in named {
            limit = self.climb_waited(*name).map(|call| self.guard_at(call)).fold(limit, Limit::and);
        }
        let home = self.home(expr);
        let function = self.run_apart(home).unwrap_or_else(|| self.outermost(home));
        if let Some(guard) = self.program.limits.guard_of(function) {
            return limit.and(self.guard_at(guard));
        }
        let Some(depth) = depth.checked_sub(1) else { return limit };
        let calls =
            self.program.calls_of_function(function).iter().map(|call| self.guard_limit(*call, depth));
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
                "promise.make" if self.gives_up(call) => Limit::After(None),
                _ => Limit::Never,
            };
        }
        // A function of the tree that races, or sets a limit, and is handed this: what it does with it cannot be told.
        let root = self.program.root_of(self.home(call));
        let guards = self.program.played_by(root, call).any(|played| {
            self.role_use(played.expr).is_some_and(|used| self.roles.is(used.role, Nature::Limit))
                && !self.is_pause(played.expr)
                && !self.is_next_attempt(played.expr)
                && !self.starts_other_work(played.expr)
                && self.is_own_doing(call, played.expr)
        });
        if guards { Limit::Unknown } else { Limit::Never }
    }

    /// Whether what a call leads to stands in what it calls, or in a helper of that: a wrapper that runs whatever it is handed
    /// (a span, a transaction) does not do what others hand it.
    fn is_own_doing(&self, call: ExprId, played: ExprId) -> bool {
        let Some(called) = self.called_function(call) else { return true };
        let root = self.program.root_of(self.home(played));
        root == called || self.calls_of(called).iter().any(|inner| self.called_function(*inner) == Some(root))
    }

    /// Whether a timer does nothing but let time pass: `await new Promise((done) => setTimeout(done, delay))`.
    fn is_pause(&self, timer: ExprId) -> bool {
        let home = self.home(timer);
        let promise = self.literal_of(home).and_then(|executor| self.parent(executor));
        let awaited = promise.and_then(|promise| self.parent(promise));
        self.calls_of(home).len() == 1
            && awaited.is_some_and(|awaited| matches!(self.facts.expr(awaited).kind, ExprKind::Await(_)))
    }

    /// Whether a timer does nothing but run the function around it again: `function attempt() { … setTimeout(attempt, delay) }`.
    fn is_next_attempt(&self, timer: ExprId) -> bool {
        let Some(Entity::Function(run)) = self.args(timer).first().map(|arg| self.entity(*arg).entity) else {
            return false;
        };
        let mut around = Some(self.home(timer));
        while let Some(function) = around.filter(|function| *function != run) {
            around = self.facts.function(function).parent;
        }
        around.is_some()
    }

    /// Whether a timer runs a function of the module that is handed nothing: it knows nothing of what the function around it was handed,
    /// and cannot end it. `setTimeout(sweep, interval)`.
    fn starts_other_work(&self, timer: ExprId) -> bool {
        let Some(Entity::Function(run)) = self.args(timer).first().map(|arg| self.entity(*arg).entity) else {
            return false;
        };
        let info = self.facts.function(run);
        self.index.literal(run).is_none()
            && info.owner.is_none()
            && info.parent.is_none_or(|parent| self.is_module(parent))
            && self.facts.params(run).is_empty()
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
                    matches!(self.roles.name(used.role), "time.later" | "time.sleep" | "limit.start")
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
    pub fn climb(&self, expr: ExprId) -> impl Iterator<Item = ExprId> + '_ {
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

    /// The same, as far as who makes the call waits for it: what a library runs with each message or request has nothing of what was
    /// going on while it was set up.
    fn climb_waited(&self, expr: ExprId) -> impl Iterator<Item = ExprId> + '_ {
        let apart = self.run_apart(self.home(expr)).and_then(|function| self.index.literal(function));
        let set_up_in = apart.map(|literal| self.home(literal));
        self.climb(expr)
            .take_while(move |call| set_up_in.is_none_or(|inner| !self.is_around(self.home(*call), inner)))
    }

    /// Whether a function stands somewhere around another.
    fn is_around(&self, outer: FuncId, inner: FuncId) -> bool {
        let mut at = self.facts.function(inner).parent;
        while let Some(function) = at.filter(|function| *function != outer) {
            at = self.facts.function(function).parent;
        }
        at.is_some()
    }

    /// The closure around that a library runs at times of its own: with each message, request or event.
    fn run_apart(&self, function: FuncId) -> Option<FuncId> {
        let mut at = function;
        loop {
            self.index.literal(at)?;
            let runs = self.program.handler(at).map(|handler| handler.kind);
            if runs.is_some_and(|kind| !matches!(kind, RunKind::Inline | RunKind::Later)) {
                return Some(at);
            }
            at = self.facts.function(at).parent?;
        }
    }

    /// The function around a closure that is none itself.
    pub fn outermost(&self, function: FuncId) -> FuncId {
        let mut at = function;
        while self.index.literal(at).is_some() && self.program.limits.guard_of(at).is_none() {
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
        expr != call && self.is_inside_within(expr, call, MAX_NAMES)
    }

    fn is_inside_within(&self, expr: ExprId, call: ExprId, names: u32) -> bool {
        // `race([parse(await load()), timer])`: what is waited for is done by then.
        let mut waited = false;
        let mut at = expr;
        for _ in 0..MAX_CLIMB * 8 {
            self.effort.spend(1);
            match self.facts.expr(at).kind {
                _ if self.effort.is_spent() => return false,
                _ if at == call => return !waited,
                ExprKind::Await(_) => waited = true,
                // `const work = load(); await race([work, timer])`, and what is chained to it.
                ExprKind::Assign { binds, .. } if !waited => {
                    let Some(fewer) = names.checked_sub(1) else { return false };
                    let held = self.facts.binds(binds).iter().any(|bind| match bind.place {
                        Place::Var(var) => {
                            self.names_of(var).iter().any(|name| self.is_inside_within(*name, call, fewer))
                        }
                        _ => false,
                    });
                    if held {
                        return true;
                    }
                }
                _ => {}
            }
            let closure = || {
                let home = self.home(at);
                self.index.literal(home)
            };
            let parent = self.parent(at);
            waited &= parent.is_some();
            let Some(next) = parent.or_else(closure).filter(|next| *next != at) else { return false };
            at = next;
        }
        false
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
