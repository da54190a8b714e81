//! Contexts that are passed on: which argument of a call is one, and whether the functions that it is handed use the one around.
//!
//! Owns: telling whose context it is that a call, or what it runs, works under. Does not own: what limit a context carries
//! (`contexts`), and whether it ends at all (`endless`).

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, ExprKind, FuncId, Place, Source, VarId, VarKind};
use crate::models::ContextKind;
use crate::program::deadlines::limits::MAX_HOPS;
use crate::program::{Arg, RoleUse, View};
use crate::source::Ecosystem;

/// What a context is asked for by those who only want something that it carries.
const VALUE: &str = "Value";

/// How many parameters are asked whether they are kept: each leads to those of the functions that it is handed on to.
const MAX_KEEPERS: usize = 32;

impl View<'_> {
    /// The context among a call's arguments, where its model does not say which of them is one. A request that has a context is
    /// itself none, nor is what its model names.
    pub(in crate::program) fn unnamed_context(&self, used: &RoleUse) -> Option<ExprId> {
        let ExprKind::Call { .. } = self.facts.expr(used.expr).kind else { return None };
        let request = match self.arg_called(used, "request") {
            Arg::Given(request, _) => Some(request),
            _ => None,
        };
        let mut args = self.args(used.expr).iter().copied().filter(|arg| Some(*arg) != request);
        args.find(|arg| self.stands_for_context(*arg, MAX_HOPS))
    }

    fn stands_for_context(&self, expr: ExprId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        self.settled((expr, hops), &self.answers.standing_for, || self.find_stands_for_context(expr, hops))
    }

    fn find_stands_for_context(&self, expr: ExprId, hops: u32) -> bool {
        match self.context_kind(expr) {
            Some(ContextKind::Carried) => return true,
            // Go's frameworks make theirs a context as well.
            Some(ContextKind::Values) => return self.ecosystem() == Ecosystem::Go,
            Some(ContextKind::Request) => return false,
            None => {}
        }
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => {
                self.values_of_var(var).into_iter().any(|value| self.stands_for_context(value, hops))
            }
            _ => self.context_taken_over(expr).is_some(),
        }
    }

    /// The context that a function nothing is known of makes another of, going by its arguments: a span is begun under one, and
    /// what it gives is handed on as one. What is called after an end has one of its own.
    pub(in crate::program) fn context_taken_over(&self, expr: ExprId) -> Option<ExprId> {
        let ExprKind::Call { callee, .. } = self.facts.expr(expr).kind else { return None };
        let is_known = self.role_use(expr).is_some()
            || self
                .called_function(expr)
                .is_some_and(|function| !self.facts.function(function).body.is_empty());
        let name = self.last_name(callee)?.to_ascii_lowercase();
        if is_known || ["timeout", "deadline", "cancel", "notify"].iter().any(|end| name.contains(end)) {
            return None;
        }
        self.args(expr).iter().copied().find(|arg| self.context_kind(*arg) == Some(ContextKind::Carried))
    }

    /// Whether a context is the one at hand, or made of it: it comes from a parameter.
    pub fn is_context_at_hand(&self, expr: ExprId) -> bool {
        self.is_context(expr) && self.comes_from_param(expr, MAX_HOPS)
    }

    fn comes_from_param(&self, expr: ExprId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        self.settled((expr, hops), &self.answers.of_params, || self.find_comes_from_param(expr, hops))
    }

    fn find_comes_from_param(&self, expr: ExprId, hops: u32) -> bool {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => {
                let values = self.values_of_var(var);
                self.is_param_of_context(var)
                    || values.into_iter().any(|value| self.comes_from_param(value, hops))
            }
            ExprKind::Member { object: inner, .. } | ExprKind::Unary { operand: inner, .. } => {
                self.comes_from_param(inner, hops)
            }
            ExprKind::Call { callee, .. } => {
                self.comes_from_param(callee, hops)
                    || self.args(expr).iter().any(|arg| self.comes_from_param(*arg, hops))
            }
            _ => false,
        }
    }

    fn is_param_of_context(&self, var: VarId) -> bool {
        matches!(self.facts.var(var).kind, VarKind::Param(_))
            && self.kind_of_context(&self.var_entity(var).entity).is_some()
    }

    /// Whether a function does nothing with a context that it gets, or no more than to take values out of it, as do those that it
    /// hands it on to: whichever it gets, nothing ends sooner.
    fn asks_for_values_within(&self, context: VarId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        self.names_of(context).iter().all(|name| {
            self.parent(*name).is_some_and(|around| match self.facts.expr(around).kind {
                ExprKind::Member { object, name: part } => object == *name && self.facts.name(part) == VALUE,
                ExprKind::Call { .. } => {
                    let position = self.args(around).iter().position(|arg| arg == name);
                    position.is_some_and(|position| {
                        self.takes_values_out(around) || self.asks_in_callees(around, position, hops)
                    })
                }
                _ => false,
            })
        })
    }

    /// Whether every function of the tree that a call may run asks for no more than values of what it gets at a position.
    pub(in crate::program) fn only_asks_in_callees(&self, call: ExprId, position: usize) -> bool {
        self.asks_in_callees(call, position, MAX_HOPS)
    }

    fn asks_in_callees(&self, call: ExprId, position: usize, hops: u32) -> bool {
        let callees = self.graph.callees(call);
        let asks = |function: &FuncId| {
            let param = self.facts.params(*function).get(position);
            let has_body = !self.facts.function(*function).body.is_empty();
            has_body
                && param.is_some_and(|param| {
                    param.var.is_none_or(|context| self.asks_for_values_within(context, hops))
                })
        };
        !callees.is_empty() && callees.iter().all(asks)
    }

    /// Whether a function of the tree that a call may run keeps what it gets at a position in an object: it is for as long as that
    /// lives, and not for the call.
    pub fn is_kept_in_callees(&self, call: ExprId, position: usize) -> bool {
        self.kept_in_callees(call, position, &mut FxHashSet::default())
    }

    fn kept_in_callees(&self, call: ExprId, position: usize, seen: &mut FxHashSet<VarId>) -> bool {
        self.graph.callees(call).iter().any(|function| {
            let param = self.facts.params(*function).get(position).and_then(|param| param.var);
            param.is_some_and(|context| {
                let is_new = seen.len() < MAX_KEEPERS && seen.insert(context);
                is_new && self.is_kept_in_object(context, seen)
            })
        })
    }

    fn is_kept_in_object(&self, context: VarId, seen: &mut FxHashSet<VarId>) -> bool {
        self.names_of(context).iter().any(|name| {
            self.parent(*name).is_some_and(|around| match self.facts.expr(around).kind {
                ExprKind::Object { .. } => true,
                ExprKind::Assign { binds, .. } => {
                    let mut binds = self.facts.binds(binds).iter();
                    binds.any(|bind| {
                        bind.source == Source::Expr(*name) && matches!(bind.place, Place::Expr(_))
                    })
                }
                ExprKind::Call { .. } => {
                    let position = self.args(around).iter().position(|arg| arg == name);
                    position.is_some_and(|position| self.kept_in_callees(around, position, seen))
                }
                _ => false,
            })
        })
    }

    /// Whether what is called is named after taking values out of a context: a logger, what is traced.
    fn takes_values_out(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        let name = self.last_name(callee).unwrap_or_default().to_ascii_lowercase();
        self.words.functions.value_takers.ends(&name)
    }

    /// Whether a call that is handed no context gives what gets one, or a request that has one, further on in its chain of calls:
    /// `handler.List().With(id).ServeHTTP(w, r)`.
    pub fn gets_context_later(&self, call: ExprId) -> bool {
        if self.args(call).iter().any(|arg| self.context_kind(*arg).is_some()) {
            return false;
        }
        let mut at = call;
        while let Some(member) = self.parent(at) {
            if !matches!(self.facts.expr(member).kind, ExprKind::Member { object, .. } if object == at) {
                return false;
            }
            let Some(next) = self.parent(member) else { return false };
            if !matches!(self.facts.expr(next).kind, ExprKind::Call { callee, .. } if callee == member) {
                return false;
            }
            if self.args(next).iter().any(|arg| self.context_kind(*arg).is_some()) {
                return true;
            }
            at = next;
        }
        false
    }

    /// Whether a call is handed a function that works under the context at hand: what the call itself is handed only ends its
    /// waiting.
    pub fn runs_under_context_at_hand(&self, call: ExprId) -> bool {
        let function = |arg: ExprId| match self.facts.expr(arg).kind {
            ExprKind::Function(function) => Some(function),
            _ => self.handed_function(arg),
        };
        let mut functions = self.args(call).iter().filter_map(|arg| function(*arg));
        functions.any(|function| self.uses_context_around(function))
    }

    /// Whether a closure names a context that is a parameter of a function around it.
    fn uses_context_around(&self, closure: FuncId) -> bool {
        let mut around = self.facts.function(closure).parent;
        while let Some(function) = around {
            let of_context =
                self.params_of(function).into_iter().filter(|var| self.is_param_of_context(*var));
            let mut names = of_context.flat_map(|var| self.names_of(var).to_vec());
            if names.any(|name| self.stands_below(self.home(name), closure)) {
                return true;
            }
            around = self.facts.function(function).parent;
        }
        false
    }

    fn stands_below(&self, function: FuncId, outer: FuncId) -> bool {
        let mut at = Some(function);
        while let Some(id) = at {
            if id == outer {
                return true;
            }
            at = self.facts.function(id).parent;
        }
        false
    }

    /// Whether a closure is handed to what is named after an event (`OnDelete`): it runs when that happens, whatever has become
    /// of the call around it.
    pub(in crate::program) fn waits_for_event(&self, function: FuncId) -> bool {
        let Some(parent) = self.literal_of(function).and_then(|expr| self.parent(expr)) else {
            return false;
        };
        let ExprKind::Call { callee, .. } = self.facts.expr(parent).kind else { return false };
        self.last_name(callee).is_some_and(is_named_after_event)
    }
}

/// `OnDelete`, `onClose`, but not `Once` or `only`.
fn is_named_after_event(name: &str) -> bool {
    let rest = name.strip_prefix("On").or_else(|| name.strip_prefix("on"));
    rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_uppercase()))
}
