//! Contexts that nothing ends: whether what the callers of a function hand it carries a deadline or a cancellation at all.
//!
//! Owns: following a context to its root, through callers, interfaces included, and functions that make one of another. Does
//! not own: the limit that a context carries (`contexts`).

use crate::facts::{ExprId, ExprKind, FuncId, TypeDefId, TypeRefId, TypeRefKind, VarId, VarKind};
use crate::models::ContextKind;
use crate::program::deadlines::limits::MAX_HOPS;
use crate::program::values::entity::Entity;
use crate::program::{Arg, View};
use crate::source::Ecosystem;

/// What a context that tells when it ends has; one of the tree for which it gives nothing never does.
const END: &str = "Done";

impl View<'_> {
    /// Whether every caller of its function hands a parameter a context that nothing ends: to use another loses nothing.
    pub(in crate::program) fn only_holds_endless(&self, var: VarId) -> bool {
        self.only_holds_endless_within(var, MAX_HOPS)
    }

    fn only_holds_endless_within(&self, var: VarId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        self.settled((var, hops), &self.answers.endless, || self.find_only_endless(var, hops))
    }

    fn find_only_endless(&self, var: VarId, hops: u32) -> bool {
        let info = self.facts.var(var);
        let VarKind::Param(position) = info.kind else { return false };
        // What comes with a request's context is handed over for that.
        if self.kind_of_context(&self.var_entity(var).entity) != Some(ContextKind::Carried) {
            return false;
        }
        let calls = self.calls_by_any_name(info.function);
        let mut looked_at =
            calls.iter().filter(|call| self.program.is_looked_at(self.home(**call))).peekable();
        looked_at.peek().is_some()
            && looked_at.all(|call| {
                let given = self.args(*call).get(position as usize).copied();
                given.is_some_and(|arg| {
                    Walk { view: self, call: *call, into: info.function }.ends_never(arg, hops)
                })
            })
    }

    /// The calls of a function, also as the method of an interface that its type implements.
    pub(in crate::program) fn calls_by_any_name(&self, function: FuncId) -> Vec<ExprId> {
        let mut calls = self.program.calls_of_function(function).to_vec();
        let info = self.facts.function(function);
        if let (Some(owner), Some(name)) = (info.owner, info.name) {
            let bases = self.program.classes.implemented_by(owner).iter();
            let methods = bases.filter_map(|base| self.index.method(*base, name));
            calls.extend(methods.flat_map(|method| self.program.calls_of_function(method)));
        }
        calls
    }

    /// Whether nobody but the callers that are seen can call a function: Go hands it to no other package.
    fn is_private(&self, function: FuncId) -> bool {
        let name = self.facts.function(function).name.map(|name| self.facts.name(name));
        self.ecosystem() == Ecosystem::Go
            && name.is_some_and(|name| name.starts_with(|first: char| first.is_lowercase()))
    }

    /// Whether a type of the tree says of itself that it never ends: its channel of that is none.
    fn says_it_never_ends(&self, ty: TypeRefId) -> bool {
        let TypeRefKind::Named { var: Some(var), rest: None, .. } = self.facts.type_ref(ty).kind else {
            return false;
        };
        let VarKind::Type(ty) = self.facts.var(var).kind else { return false };
        self.gives_nothing(ty, END)
    }

    fn gives_nothing(&self, ty: TypeDefId, method: &str) -> bool {
        let method = self.name_of(method).and_then(|name| self.index.method(ty, name));
        method.is_some_and(|method| {
            let values = self.index.returns(method);
            !values.is_empty()
                && values.iter().all(|value| matches!(self.facts.expr(*value).kind, ExprKind::Null))
        })
    }

    /// The parameter that a context is, with its position: it may be set again to what carries more values than it did.
    fn context_param(&self, context: ExprId) -> Option<(VarId, u32)> {
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(context).kind else { return None };
        let VarKind::Param(position) = self.facts.var(var).kind else { return None };
        let carries_on = self.values_of_var(var).iter().all(|value| self.only_adds_values(*value, var));
        carries_on.then_some((var, position))
    }

    /// Whether a value is a variable's own context with other values in it.
    fn only_adds_values(&self, value: ExprId, var: VarId) -> bool {
        let Some(used) = self.role_use(value) else { return false };
        let is_derived = self.roles.name(used.role) == "context.derive";
        is_derived
            && matches!(self.arg_called(used, "context"), Arg::Given(parent, _) if self.names_var(parent, var))
    }

    /// Whether nobody waits for a call.
    pub(in crate::program) fn is_detached(&self, call: ExprId) -> bool {
        let Some(flow) = self.flow(self.root_of(self.home(call))) else { return false };
        let nodes = flow.nodes_of(call);
        !nodes.is_empty() && nodes.iter().all(|node| flow.context(*node).detached)
    }

    /// Whether what comes with a request is, handed over as a context itself, one that nothing ends.
    pub(in crate::program) fn is_bare(&self, expr: ExprId) -> bool {
        let Entity::Object { receiver, .. } = self.entity(expr).entity else {
            return false;
        };
        let setting = self.models.receivers[receiver.index()].bare_unless.as_deref();
        setting.is_some_and(|setting| self.name_of(setting).is_none())
    }
}

/// A context on its way into a function.
#[derive(Clone, Copy)]
struct Walk<'v, 'p> {
    view: &'v View<'p>,
    /// The call that hands it over.
    call: ExprId,
    /// The function that gets it.
    into: FuncId,
}

impl Walk<'_, '_> {
    /// Whether a context that is handed over has neither a deadline nor anybody who cancels it, and nothing is lost by that.
    fn ends_never(self, context: ExprId, hops: u32) -> bool {
        let (view, Some(hops)) = (self.view, hops.checked_sub(1)) else { return false };
        if let Some(used) = view.role_use(context) {
            return match view.roles.name(used.role) {
                // Who begins one and waits may be at fault itself; a function that others may call as well is not excused by it.
                "context.root" => view.is_detached(self.call) || view.is_private(self.into),
                "context.detach" => true,
                "context.derive" => {
                    let Arg::Given(parent, _) = view.arg_called(used, "context") else {
                        return false;
                    };
                    self.ends_never(parent, hops)
                }
                // A request that is made without a context has one that nothing ends.
                "http.request" => match view.arg_called(used, "context") {
                    Arg::Given(own, _) => self.ends_never(own, hops),
                    Arg::Missing => true,
                    Arg::Always(_) | Arg::Unknown => false,
                },
                "context.request" => {
                    used.on.is_some_and(|on| view.context_kind(on) == Some(ContextKind::Values))
                        && !view.program.limits.bounds_requests(view.file_of_expr(context))
                }
                _ => false,
            };
        }
        if view.is_bare(context) {
            return true;
        }
        match view.facts.expr(context).kind {
            ExprKind::Name { var: Some(var), .. } if view.context_param(context).is_some() => {
                view.only_holds_endless_within(var, hops)
            }
            ExprKind::Name { var: Some(var), .. } => {
                let values = view.values_of_var(var);
                !values.is_empty() && values.iter().all(|value| self.ends_never(*value, hops))
            }
            ExprKind::Object { ty: Some(ty), .. } => view.says_it_never_ends(ty),
            ExprKind::Unary { operand, .. } => self.ends_never(operand, hops),
            ExprKind::Call { .. } => self.gives_endless(context, hops),
            _ => false,
        }
    }

    /// Whether a function of the tree gives such a context: of its own, or made of the one it is handed.
    fn gives_endless(self, call: ExprId, hops: u32) -> bool {
        let view = self.view;
        if let Some(taken_over) = view.context_taken_over(call) {
            return self.ends_never(taken_over, hops);
        }
        let Some(made_by) = view.called_function(call) else { return false };
        let values = view.index.returns(made_by);
        !values.is_empty()
            && values.iter().all(|value| {
                let of_call = self.made_of_param(*value, made_by, call, hops);
                of_call.unwrap_or_else(|| self.ends_never(*value, hops))
            })
    }

    /// The same of a value that a function makes of one of its parameters: its caller knows. None where it is not of one.
    fn made_of_param(self, value: ExprId, made_by: FuncId, call: ExprId, hops: u32) -> Option<bool> {
        let (view, hops) = (self.view, hops.checked_sub(1)?);
        if let Some((var, position)) = view.context_param(value) {
            let given = view.args(call).get(position as usize).copied();
            let is_own = view.facts.var(var).function == made_by;
            return Some(is_own && given.is_some_and(|arg| self.ends_never(arg, hops)));
        }
        let derives = |used: &&crate::program::RoleUse| view.roles.name(used.role) == "context.derive";
        let parent = match view.role_use(value).filter(derives) {
            Some(used) => match view.arg_called(used, "context") {
                Arg::Given(parent, _) => parent,
                _ => return None,
            },
            None => view.context_taken_over(value)?,
        };
        self.made_of_param(parent, made_by, call, hops)
    }
}
