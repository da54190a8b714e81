//! How long the objects of a type of the tree are kept, and whether another type may stand in for it.
//!
//! Owns: telling types of which objects are made for one run of a function and given to nobody who keeps them, and types of which
//! an alternative works on what many processes share. Does not own: what is alive in this process (`live`).

use crate::facts::{ExprId, ExprKind, Place, Source, TypeDefId, UnaryOp, VarId};
use crate::program::View;
use crate::source::Ecosystem;

/// How many functions deep it is looked what becomes of what they are handed.
const MAX_HANDED: u32 = 3;

/// From how many methods on an interface is that of a store, and no mere ability (`String`, `Close`).
const MANY_METHODS: usize = 3;

/// What the roles begin with of what many processes share.
const SHARED: [&str; 2] = ["kv.", "store."];

impl View<'_> {
    /// Whether every object of a type of the tree is put in a variable of a function that does more than to begin the process, and
    /// is neither returned nor kept by anybody (Go).
    pub fn is_made_for_one_run(&self, ty: TypeDefId) -> bool {
        if self.ecosystem() != Ecosystem::Go {
            return false;
        }
        let made = self.index.composites_of(ty);
        !made.is_empty() && made.iter().all(|made| self.is_for_one_run(*made))
    }

    fn is_for_one_run(&self, made: ExprId) -> bool {
        let whole = match self.parent(made) {
            Some(parent)
                if matches!(self.facts.expr(parent).kind, ExprKind::Unary { op: UnaryOp::Address, .. }) =>
            {
                parent
            }
            _ => made,
        };
        let Some(ExprKind::Assign { binds, .. }) =
            self.parent(whole).map(|parent| self.facts.expr(parent).kind)
        else {
            return false;
        };
        let bind = self.facts.binds(binds).iter().find(|bind| bind.source == Source::Expr(whole));
        let Some(Place::Var(var)) = bind.map(|bind| bind.place) else { return false };
        let function = self.facts.var(var).function;
        !self.is_module(function)
            && !self.only_at_start(self.root_of(self.home(made)))
            && !self.is_kept(var, MAX_HANDED)
    }

    /// Whether what a variable holds may be kept by somebody beyond the function: it is returned, put in something, or handed to
    /// what keeps it.
    fn is_kept(&self, var: VarId, depth: u32) -> bool {
        self.names_of(var).iter().any(|name| {
            let Some(parent) = self.parent(*name) else { return true };
            match self.facts.expr(parent).kind {
                ExprKind::Member { .. } | ExprKind::Binary { .. } => false,
                ExprKind::Call { callee, .. } if callee != *name => {
                    let position = self.args(parent).iter().position(|arg| arg == name);
                    let called = self.called_function(parent);
                    let param =
                        called.zip(position).and_then(|(called, at)| self.facts.params(called).get(at));
                    let var = param.and_then(|param| param.var);
                    var.zip(depth.checked_sub(1)).is_none_or(|(var, depth)| self.is_kept(var, depth))
                }
                _ => true,
            }
        })
    }

    /// Whether a type implements an interface of the tree that another type implements by what many processes share.
    pub fn has_shared_alternative(&self, ty: TypeDefId) -> bool {
        let bases = self.classes.implemented_by(ty).iter();
        let others = bases
            .filter(|base| self.index.methods_of(**base).len() >= MANY_METHODS)
            .flat_map(|base| self.classes.implementers(*base));
        others.filter(|other| **other != ty).any(|other| self.works_on_shared(*other))
    }

    fn works_on_shared(&self, ty: TypeDefId) -> bool {
        let is_shared = |call: &ExprId| {
            let role = self.role_use(*call).map(|used| self.roles.name(used.role));
            role.is_some_and(|role| SHARED.iter().any(|start| role.starts_with(start)))
        };
        self.index.methods_of(ty).iter().any(|method| self.calls_of(*method).iter().any(is_shared))
    }
}
