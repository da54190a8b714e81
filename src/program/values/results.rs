//! What one of several results is: of a Go call, of a list that is taken apart.
//!
//! Owns: a result by its position. Does not own: what the first one is, which the call stands for (`made`).

use crate::facts::{ExprId, ExprKind, TypeRefKind};
use crate::program::View;
use crate::program::values::entity::{Entity, Resolved};

impl View<'_> {
    /// What the value at a position is of something that gives several; none where nothing tells one from another.
    pub(in crate::program) fn result_at(&self, expr: ExprId, position: u32) -> Option<Resolved> {
        match self.facts.expr(expr).kind {
            ExprKind::Await(inner) | ExprKind::Cast { value: inner, .. } => self.result_at(inner, position),
            ExprKind::Array { .. } => self.listed_at(expr, position),
            ExprKind::Call { callee, .. } => match self.gathered(expr, callee) {
                Some(list) => self.listed_at(list, position),
                None if position == 0 => None,
                None => self.call_result_at(expr, callee, position),
            },
            _ => None,
        }
    }

    /// What stands at a position of a list as it is written.
    pub(in crate::program) fn listed_at(&self, list: ExprId, position: u32) -> Option<Resolved> {
        let ExprKind::Array { items, .. } = self.facts.expr(list).kind else { return None };
        let (items, position) = (self.facts.list(items), position as usize);
        let is_spread = |item: &ExprId| matches!(self.facts.expr(*item).kind, ExprKind::Spread(_));
        if items.iter().take(position + 1).any(is_spread) {
            return None;
        }
        items.get(position).map(|item| self.entity(*item))
    }

    /// The list whose promises `Promise.all` waits for.
    fn gathered(&self, call: ExprId, callee: ExprId) -> Option<ExprId> {
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
        let ExprKind::Name { name: owner, var: None } = self.facts.expr(object).kind else { return None };
        let is_it = self.facts.name(owner) == "Promise" && self.facts.name(name) == "all";
        let list = *self.args(call).first().filter(|_| is_it)?;
        matches!(self.facts.expr(list).kind, ExprKind::Array { .. }).then_some(list)
    }

    /// Whether the last result of a Go call may be an error, as far as types tell: not where it is a function or a list.
    pub(in crate::program) fn may_fail(&self, value: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(value).kind else { return true };
        let returns = match (self.facts.expr(callee).kind, self.entity(callee).entity) {
            (_, Entity::Function(function)) => self.facts.function(function).returns,
            (ExprKind::Name { var: Some(var), .. }, _) => {
                self.facts.var(var).ty.and_then(|ty| match self.facts.type_ref(ty).kind {
                    TypeRefKind::Function { returns, .. } => returns,
                    _ => None,
                })
            }
            _ => None,
        };
        let last = returns.map(|returns| match self.facts.type_ref(returns).kind {
            TypeRefKind::Tuple(parts) => self.facts.type_list(parts).last().copied().unwrap_or(returns),
            _ => returns,
        });
        !last.is_some_and(|last| {
            matches!(self.facts.type_ref(last).kind, TypeRefKind::Function { .. } | TypeRefKind::Array(_))
        })
    }

    fn call_result_at(&self, call: ExprId, callee: ExprId, position: u32) -> Option<Resolved> {
        let called = self.entity(callee);
        if let Entity::Function(function) = called.entity {
            let returns = self.facts.function(function).returns?;
            let TypeRefKind::Tuple(parts) = self.facts.type_ref(returns).kind else { return None };
            let part = *self.facts.type_list(parts).get(position as usize)?;
            return Some(self.type_entity(part)).filter(Resolved::is_here);
        }
        if !matches!(called.entity, Entity::Method { .. } | Entity::Export { .. }) {
            return None;
        }
        let results = &self.models.calls[self.call_entry(call)?.entry.index()].results;
        let (_, receiver) = results.iter().find(|(at, _)| *at == position)?;
        Some(called.made(*receiver, call))
    }
}
