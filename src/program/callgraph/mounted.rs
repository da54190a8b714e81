//! Functions of the tree that are put around what routers run: `router.Use(limited())`, `app.useGlobalInterceptors(new Replays())`,
//! `http.ListenAndServe(address, limited(mux))`.
//!
//! Owns: finding them, and which of them bound the requests that arrive. Does not own: the names of what mounts (`rules/words.yaml`),
//! or what libraries have for this (models).

use crate::facts::{ExprId, ExprKind, FuncId, PropKey, VarKind};
use crate::models::RunKind;
use crate::program::View;
use crate::program::deadlines::limits::{Limit, MAX_HOPS};
use crate::program::values::entity::Entity;
use crate::program::values::value::Const;
use crate::source::Ecosystem;

/// How many values what is mounted is followed through: a variable, a wrapper, the call that makes it.
const MAX_FOLLOWED: u32 = 4;

/// A function that is put around what a router runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mounted {
    /// Where.
    pub(crate) at: ExprId,
    /// The function, or the one that makes it.
    pub(crate) function: FuncId,
}

impl View<'_> {
    /// What a file mounts.
    pub(in crate::program) fn mounted_here(&self) -> Vec<Mounted> {
        let known = &self.words.requests;
        let mut found = Vec::new();
        for call in self.calls() {
            let ExprKind::Call { callee, args, .. } = self.facts.expr(*call).kind else { continue };
            if let ExprKind::Member { object, name } = self.facts.expr(callee).kind {
                let name = self.facts.name(name);
                if known.mounting.has(name) {
                    let mut functions = Vec::new();
                    let args = self.facts.list(args).iter();
                    args.for_each(|arg| self.add_mounted(*arg, MAX_FOLLOWED, &mut functions));
                    found.extend(functions.into_iter().map(|function| Mounted { at: *call, function }));
                }
                if known.passing.has(name) && self.is_param(object) {
                    found.extend(self.wrapped_by(self.outermost_named(self.home(*call))));
                }
            }
        }
        if self.ecosystem() == Ecosystem::Ecmascript {
            found.extend(self.provided_here());
        }
        found
    }

    /// What is written in a function, closures included.
    pub(crate) fn exprs_within(&self, function: FuncId) -> impl Iterator<Item = ExprId> + '_ {
        let span = self.facts.function(function).span;
        self.parts[self.file_of(function)].expr_ids().filter(move |expr| {
            let at = self.facts.expr(*expr).span;
            span.start <= at.start && at.end <= span.end
        })
    }

    /// Where a function that is handed what comes next is called for all that is served, not for one route.
    fn wrapped_by(&self, function: FuncId) -> Vec<Mounted> {
        let is_of_route = |call: ExprId| {
            let around = self.args(call).first().and_then(|path| self.constant(*path));
            matches!(around, Some(Const::Text(path)) if path.contains('/'))
        };
        let calls = self.program.calls_of_method(function).into_iter();
        let whole = calls.filter(|call| !self.climb(*call).any(is_of_route));
        whole.map(|at| Mounted { at, function }).collect()
    }

    /// The function at the top of a file, or the method, that a function stands in.
    fn outermost_named(&self, function: FuncId) -> FuncId {
        let mut at = function;
        while let Some(parent) = self.facts.function(at).parent.filter(|parent| !self.is_module(*parent)) {
            at = parent;
        }
        at
    }

    /// `{ provide: APP_INTERCEPTOR, useClass: Replays }`
    fn provided_here(&self) -> Vec<Mounted> {
        let mut found = Vec::new();
        for expr in self.part().expr_ids() {
            let ExprKind::Object { props, .. } = self.facts.expr(expr).kind else { continue };
            let props = self.facts.props(props);
            let is_token = |value: ExprId| match self.facts.expr(value).kind {
                ExprKind::Name { name, .. } => self.words.requests.providing.has(self.facts.name(name)),
                _ => false,
            };
            if props.iter().any(|prop| matches!(prop.key, PropKey::Name(_)) && is_token(prop.value)) {
                let mut functions = Vec::new();
                for prop in props {
                    self.add_mounted(prop.value, 1, &mut functions);
                }
                found.extend(functions.into_iter().map(|function| Mounted { at: expr, function }));
            }
        }
        found
    }

    /// What a function that is mounted is made in, if it is not written where it is: that tells more of it.
    fn maker_of(&self, function: FuncId, mounted: ExprId) -> FuncId {
        let maker = self.outermost_named(function);
        if maker == self.outermost_named(self.home(mounted)) { function } else { maker }
    }

    fn add_mounted(&self, value: ExprId, hops: u32, found: &mut Vec<FuncId>) {
        let Some(hops) = hops.checked_sub(1) else { return };
        match self.entity(value).entity {
            Entity::Function(function) => return found.push(self.maker_of(function, value)),
            Entity::Instance(ty) | Entity::Type(ty) => return found.extend(self.index.methods_of(ty)),
            _ => {}
        }
        match self.facts.expr(value).kind {
            ExprKind::Call { callee, args, .. } => {
                if let Some(maker) = self.called_function(value) {
                    return found.push(maker);
                }
                // `mw.handle.bind(mw)`, `http.HandlerFunc(limited)`
                if let ExprKind::Member { object, .. } = self.facts.expr(callee).kind {
                    self.add_mounted(object, hops, found);
                }
                for arg in self.facts.list(args) {
                    self.add_mounted(*arg, hops, found);
                }
            }
            ExprKind::Name { .. } | ExprKind::Member { .. } => {
                for held in self.values_of(value).into_iter().filter(|held| *held != value) {
                    self.add_mounted(held, hops, found);
                }
            }
            ExprKind::Array { items, .. } => {
                self.facts.list(items).iter().for_each(|item| self.add_mounted(*item, hops, found));
            }
            _ => {}
        }
    }

    /// Whether one of the functions that are mounted gives the request that it was handed, with a limit, to what comes next:
    /// `c.Request = c.Request.WithContext(limited)`.
    pub(in crate::program) fn is_bounded_by(&self, mounted: &[Mounted]) -> bool {
        self.ecosystem() == Ecosystem::Go
            && mounted.iter().any(|mounted| self.bounds_requests_in(mounted.function))
    }

    fn bounds_requests_in(&self, function: FuncId) -> bool {
        let is_limited = |context: &ExprId| matches!(self.carried(*context, MAX_HOPS), Limit::After(_));
        self.calls_of(function).iter().any(|call| {
            let ExprKind::Call { callee, args, .. } = self.facts.expr(*call).kind else { return false };
            let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return false };
            self.words.requests.rebinding.has(self.facts.name(name))
                && self.is_of_handled(object)
                && self.facts.list(args).iter().any(is_limited)
        })
    }

    /// Whether something is, or is a part of, what a handler of requests was handed.
    fn is_of_handled(&self, expr: ExprId) -> bool {
        let mut at = expr;
        loop {
            match self.facts.expr(at).kind {
                ExprKind::Member { object, .. } => at = object,
                ExprKind::Call { callee, .. } => at = callee,
                ExprKind::Name { var: Some(var), .. } => {
                    let info = self.facts.var(var);
                    let answered =
                        self.handler(info.function).is_some_and(|handler| handler.kind == RunKind::Http);
                    return matches!(info.kind, VarKind::Param(_)) && answered;
                }
                _ => return false,
            }
        }
    }
}
