//! The functions that a call may run because somebody handed them in, or stand in a table: by way of parameters, fields and constructors.
//!
//! Owns: following such a value back to those who hand it over. Does not own: who calls what (`sites`), or what a value is where
//! all agree (`entity`).

use crate::facts::{ExprId, ExprKind, FuncId, PropKey, Source, VarKind};
use crate::program::View;
use crate::program::recurrence::trend::Slot;

/// From how many to how many a function is handed on: to a client, to what the client makes, to a field of that.
const MAX_HOPS: u32 = 4;

/// More calls than this say nothing of one of them.
const MAX_SITES: usize = 64;

impl View<'_> {
    /// The functions of the tree that a call may run because they were handed in: it calls a parameter, or a field that is set to
    /// one. Callers may know the function that they hand it to by an interface alone.
    pub(in crate::program) fn functions_handed_in(&self, call: ExprId) -> Vec<FuncId> {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return Vec::new() };
        self.lookup.set_open();
        let mut found = Vec::new();
        self.follow_back(callee, MAX_HOPS, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn follow_back(&self, value: ExprId, hops: u32, found: &mut Vec<FuncId>) {
        let Some(hops) = hops.checked_sub(1) else { return };
        for held in self.held_in_slot(value).into_iter().chain(self.held_in_table(value)) {
            let literal = match self.facts.expr(held).kind {
                ExprKind::Function(function) => Some(function),
                _ => None,
            };
            match literal.or_else(|| self.function_given(held)) {
                Some(function) => found.push(function),
                None => self.follow_back(held, hops, found),
            }
        }
    }

    /// The values of a literal in which the function to run is looked up: `handlers[topic](message)`, also by way of a variable.
    fn held_in_table(&self, value: ExprId) -> Vec<ExprId> {
        let looked_up = match self.facts.expr(value).kind {
            ExprKind::Name { .. } => self.values_of(value),
            _ => vec![value],
        };
        let [looked_up] = looked_up[..] else { return Vec::new() };
        let ExprKind::Index { object, .. } = self.facts.expr(looked_up).kind else { return Vec::new() };
        let tables = match self.facts.expr(object).kind {
            ExprKind::Name { .. } => self.values_of(object),
            _ => Vec::new(),
        };
        let [table] = tables[..] else { return Vec::new() };
        let mut table = table;
        while let ExprKind::Cast { value, .. } = self.facts.expr(table).kind {
            table = value;
        }
        let ExprKind::Object { props, .. } = self.facts.expr(table).kind else { return Vec::new() };
        let props = self.facts.props(props).iter().filter(|prop| !matches!(prop.key, PropKey::Spread));
        props.map(|prop| prop.value).collect()
    }

    /// What callers or assignments put into a parameter or a field.
    fn held_in_slot(&self, value: ExprId) -> Vec<ExprId> {
        match self.slot(value) {
            Some(Slot::Var(var)) => {
                let info = self.facts.var(var);
                let VarKind::Param(position) = info.kind else { return Vec::new() };
                let sites = self.program.calls_of_method(info.function);
                let sites = sites.iter().take(MAX_SITES);
                sites.filter_map(|site| self.handed_at(*site, position, &[])).collect()
            }
            Some(Slot::Field(owner, name)) => {
                let set = self.index.field(owner, name).iter().filter(|binding| binding.path.is_empty());
                set.filter_map(|binding| match binding.source {
                    Source::Expr(value) => Some(value),
                    _ => None,
                })
                .collect()
            }
            None => Vec::new(),
        }
    }
}
