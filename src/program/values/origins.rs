//! The variables that values are made of, so that two values can be told to be about the same thing.
//!
//! Owns: [`Origins`]. Does not own: whether a value is made of a known variable (`data_flow`).

use rustc_hash::FxHashMap;

use crate::facts::{ExprId, ExprKind, FuncId, Name, Source, VarId, VarKind};
use crate::program::View;

/// How many names a value is followed through.
const MAX_HOPS: u32 = 4;

/// What values are made of: variables, each with the members of it that are named; no variable is `this`.
#[derive(Debug, Default)]
pub struct Origins(FxHashMap<Option<VarId>, Vec<Option<Name>>>);

impl View<'_> {
    /// The variables of the function around that some values are made of, tools aside.
    pub fn origins(&self, values: &[ExprId]) -> Origins {
        let mut sources = Sources { view: self, found: Origins::default(), seen: FxHashMap::default() };
        for value in values {
            sources.collect(*value, MAX_HOPS);
        }
        sources.found
    }

    /// Whether two values have a variable in common. Where nothing is known of one of them they may.
    pub fn have_in_common(&self, one: &Origins, other: &Origins) -> bool {
        let is_shared = |var: &Option<VarId>, members: &[Option<Name>]| {
            let Some(others) = other.0.get(var) else { return false };
            let by_member = var.is_none_or(|var| self.words.requests.holders.has(self.var_name(var)));
            !by_member || members.iter().any(|member| member.is_some() && others.contains(member))
        };
        one.0.is_empty() || other.0.is_empty() || one.0.iter().any(|(var, members)| is_shared(var, members))
    }
}

struct Sources<'v, 'p> {
    view: &'v View<'p>,
    found: Origins,
    /// The variables that were followed, each with how many more names were to be.
    seen: FxHashMap<VarId, u32>,
}

impl Sources<'_, '_> {
    fn collect(&mut self, expr: ExprId, hops: u32) {
        let facts = self.view.facts;
        match facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => self.variable(var, None, hops),
            ExprKind::Member { object, name } => self.member(object, name, hops),
            ExprKind::Call { callee, .. } => {
                for arg in self.view.args(expr) {
                    self.collect(*arg, hops);
                }
                if let ExprKind::Member { object, name } = facts.expr(callee).kind {
                    self.called_on(object, name, hops);
                }
            }
            ExprKind::Function(_) => {}
            _ => {
                let mut children = Vec::new();
                facts.children(expr, &mut |child| children.push(child));
                for child in children {
                    self.collect(child, hops);
                }
            }
        }
    }

    fn member(&mut self, object: ExprId, name: Name, hops: u32) {
        match self.view.facts.expr(object).kind {
            ExprKind::Name { var: Some(var), .. } => self.variable(var, Some(name), hops),
            ExprKind::This => self.note(None, Some(name)),
            _ => self.collect(object, hops),
        }
    }

    /// What a method is called on: `order.events()`, not `this.repository.find(…)`.
    fn called_on(&mut self, object: ExprId, name: Name, hops: u32) {
        match self.view.facts.expr(object).kind {
            ExprKind::Name { var: Some(var), .. } => match self.view.facts.var(var).kind {
                VarKind::Receiver => {}
                _ => self.variable(var, Some(name), hops),
            },
            ExprKind::Member { object: inner, name } => self.called_on(inner, name, hops),
            ExprKind::This => {}
            _ => self.collect(object, hops),
        }
    }

    fn note(&mut self, var: Option<VarId>, member: Option<Name>) {
        self.found.0.entry(var).or_default().push(member);
    }

    fn variable(&mut self, var: VarId, member: Option<Name>, hops: u32) {
        let view = self.view;
        let info = view.facts.var(var);
        match info.kind {
            VarKind::Receiver => return self.note(None, member),
            VarKind::Const | VarKind::Let | VarKind::Param(_) if !view.is_module(info.function) => {}
            _ => return,
        }
        if view.words.requests.tools.has(&view.var_name(var).to_ascii_lowercase()) {
            return;
        }
        self.note(Some(var), member);
        let Some(hops) = hops.checked_sub(1) else { return };
        if self.seen.get(&var).is_some_and(|before| *before >= hops) {
            return;
        }
        self.seen.insert(var, hops);
        if let VarKind::Param(position) = info.kind {
            self.handed_to(info.function, hops);
            if let Some(value) = view.handed_in_place(info.function, position) {
                self.collect(value, hops);
            }
        }
        for binding in view.index.var(var) {
            if let Source::Expr(value) | Source::Item(value) = binding.source {
                self.collect(value, hops);
            }
        }
        for filler in view.index.addressed_in(var) {
            for arg in view.args(*filler) {
                self.collect(*arg, hops);
            }
        }
    }

    /// What a closure is a callback of: `order.items.map((item) => …)`.
    fn handed_to(&mut self, closure: FuncId, hops: u32) {
        let view = self.view;
        let call = view.index.literal(closure).and_then(|literal| view.parent(literal));
        let Some(ExprKind::Call { callee, .. }) = call.map(|call| view.facts.expr(call).kind) else { return };
        if let ExprKind::Member { object, name } = view.facts.expr(callee).kind {
            self.called_on(object, name, hops);
        }
    }
}
