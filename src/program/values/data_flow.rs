//! What a value is made of: following variables, callbacks and pointers that a decoder fills, inside one function.
//!
//! Owns: [`Program::made_of`]. Does not own: what a value is (`entity`, `value`).

use rustc_hash::FxHashMap;

use crate::facts::words::words;
use crate::facts::{ExprId, ExprKind, FuncId, Source, UnaryOp, VarId, VarKind};
use crate::models::{ReceiverId, Returns};
use crate::program::View;
use crate::program::values::entity::Entity;
use crate::source::Ecosystem;

/// How many names a value is followed through.
const MAX_HOPS: u32 = 6;

/// The methods that put something into a list. What is put under a key is grouped by it, and no longer one after the other.
const PUTTING: [&str; 2] = ["push", "unshift"];

impl View<'_> {
    /// Whether a value is made of one of these variables, through local variables.
    pub fn made_of(&self, expr: ExprId, known: &[VarId]) -> bool {
        Origin { view: self, known, seen: FxHashMap::default() }.is_of(expr, MAX_HOPS)
    }

    /// What a closure is handed for a parameter where it is written and called at once: `go func(order Order) { … }(order)`.
    pub(in crate::program) fn handed_in_place(&self, closure: FuncId, position: u32) -> Option<ExprId> {
        let literal = self.index.literal(closure)?;
        let call = self.parent(literal)?;
        let ExprKind::Call { callee, args, .. } = self.facts.expr(call).kind else { return None };
        let args = (callee == literal).then(|| self.facts.list(args))?;
        args.get(usize::try_from(position).ok()?).copied()
    }

    /// Whether a value is the same in every round of a loop in a function: made of no item, of no callback's parameter, of
    /// nothing that is set again, and of nothing random.
    pub fn is_uniform(&self, expr: ExprId, root: FuncId) -> bool {
        self.is_uniform_within(expr, root, 6)
    }

    fn is_uniform_within(&self, expr: ExprId, root: FuncId, hops: u32) -> bool {
        if let ExprKind::Name { var: Some(var), .. } = self.facts.expr(expr).kind {
            return self.is_uniform_var_within(var, root, hops);
        }
        if let ExprKind::Call { callee, .. } = self.facts.expr(expr).kind {
            let random = self
                .role_use(expr)
                .is_some_and(|used| matches!(self.roles.name(used.role), "data.random" | "time.now"));
            if random
                || words(self.text_of(callee)).iter().any(|word| self.words.delays.spreading.begins(word))
            {
                return false;
            }
        }
        let mut uniform = true;
        self.facts.children(expr, &mut |child| {
            uniform = uniform && self.is_uniform_within(child, root, hops);
        });
        uniform
    }

    /// The same of a variable.
    pub fn is_uniform_var(&self, var: VarId, root: FuncId) -> bool {
        self.is_uniform_var_within(var, root, 6)
    }

    fn is_uniform_var_within(&self, var: VarId, root: FuncId, hops: u32) -> bool {
        let info = self.facts.var(var);
        match info.kind {
            VarKind::Param(_) => info.function == root,
            VarKind::Const | VarKind::Let if !self.is_module(info.function) => {
                let Some(hops) = hops.checked_sub(1) else { return false };
                match self.index.var(var) {
                    [] => true,
                    [binding] => match binding.source {
                        Source::Expr(value) => self.is_uniform_within(value, root, hops),
                        Source::Item(_) | Source::Caught => false,
                        Source::Param(_) => info.function == root,
                        Source::Zero => true,
                    },
                    _ => false,
                }
            }
            _ => true,
        }
    }

    /// Whether a variable is of another type of a library than the one whose value it is given: what a client hands over may be a
    /// message, or, in another case of a type switch, a notice.
    pub(in crate::program) fn is_told_otherwise(&self, var: VarId, value: ExprId) -> bool {
        let receiver = |var: VarId| match self.var_entity(var).entity {
            Entity::Object { receiver, .. } => Some(receiver),
            _ => None,
        };
        let ExprKind::Name { var: Some(of), .. } = self.facts.expr(value).kind else { return false };
        let told = self.facts.var(var).ty.and_then(|_| receiver(var));
        let given =
            receiver(of).or_else(|| self.values_of_var(of).into_iter().find_map(|call| self.gives(call)));
        told.zip(given).is_some_and(|(own, given)| own != given)
    }

    /// The object that a call gives by its model, whatever else could not be read of it.
    fn gives(&self, call: ExprId) -> Option<ReceiverId> {
        match self.models.calls[self.role_use(call)?.entry?.index()].returns {
            Some(Returns::Receiver(receiver)) => Some(receiver),
            _ => None,
        }
    }

    /// The variables that a Go call is handed by address, to put what it gives into: `db.First(&user)`.
    pub fn handed_to_fill(&self, call: ExprId) -> Vec<VarId> {
        if self.index.is_spawned(call) {
            return Vec::new();
        }
        let target = |arg: &ExprId| match self.facts.expr(*arg).kind {
            ExprKind::Unary { op: UnaryOp::Address, operand } => match self.facts.expr(operand).kind {
                ExprKind::Name { var, .. } => var,
                ExprKind::Member { object, .. } => match self.facts.expr(object).kind {
                    ExprKind::Name { var, .. } => var,
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let filled = self.args(call).iter().filter_map(target);
        if self.ecosystem() == Ecosystem::Go { filled.collect() } else { Vec::new() }
    }
}

impl View<'_> {
    /// The variables that the calls chained to a call put what it gives into: `db.QueryRow(…).Scan(&left)`.
    pub fn filled_in_chain(&self, call: ExprId) -> Vec<VarId> {
        let mut found = Vec::new();
        let mut at = call;
        while let Some(member) = self.parent(at)
            && matches!(self.facts.expr(member).kind, ExprKind::Member { .. })
            && let Some(outer) = self.parent(member)
            && matches!(self.facts.expr(outer).kind, ExprKind::Call { callee, .. } if callee == member)
        {
            found.extend(self.handed_to_fill(outer));
            at = outer;
        }
        found
    }
}

impl View<'_> {
    /// Whether a variable is a new list at first.
    fn begins_as_list(&self, var: VarId) -> bool {
        let is_list = |value: ExprId| matches!(self.facts.expr(value).kind, ExprKind::Array { .. });
        let mut bindings = self.index.var(var).iter();
        self.ecosystem() == Ecosystem::Ecmascript
            && bindings.any(|binding| matches!(binding.source, Source::Expr(value) if is_list(value)))
    }

    /// What a call puts into the list that an expression names.
    fn put_into(&self, list: ExprId) -> &[ExprId] {
        self.handed_to_method(list, |name| PUTTING.contains(&name))
    }

    /// What a call decodes into the value that an expression names.
    fn decoded_into(&self, value: ExprId) -> &[ExprId] {
        self.handed_to_method(value, |name| self.words.functions.decoding.begins(&name.to_ascii_lowercase()))
    }

    /// The arguments of a call of a method of such a name of what an expression names, if that is where it stands.
    fn handed_to_method(&self, object: ExprId, is_named: impl Fn(&str) -> bool) -> &[ExprId] {
        let called = || {
            let member = self.parent(object)?;
            let ExprKind::Member { object: on, name } = self.facts.expr(member).kind else { return None };
            let call = self.parent(member)?;
            let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
            (on == object && callee == member && is_named(self.facts.name(name))).then_some(call)
        };
        called().map_or(&[], |call| self.args(call))
    }
}

/// A search for what a value is made of.
struct Origin<'v, 'p> {
    view: &'v View<'p>,
    known: &'v [VarId],
    /// The variables that were followed, each with how many more names were to be: no need to do so again with fewer.
    seen: FxHashMap<VarId, u32>,
}

impl Origin<'_, '_> {
    fn is_of(&mut self, expr: ExprId, hops: u32) -> bool {
        let facts = self.view.facts;
        if let ExprKind::Name { var: Some(var), .. } = facts.expr(expr).kind {
            return self.is_var_of(var, hops);
        }
        let mut found = false;
        facts.children(expr, &mut |child| found = found || self.is_of(child, hops));
        found
    }

    fn is_var_of(&mut self, var: VarId, hops: u32) -> bool {
        if self.known.contains(&var) {
            return true;
        }
        let view = self.view;
        let info = view.facts.var(var);
        let local = matches!(info.kind, VarKind::Const | VarKind::Let) && !view.is_module(info.function);
        let is_param = matches!(info.kind, VarKind::Param(_));
        let Some(hops) = hops.checked_sub(1).filter(|_| local || is_param) else { return false };
        if self.seen.get(&var).is_some_and(|before| *before >= hops) {
            return false;
        }
        self.seen.insert(var, hops);
        if let VarKind::Param(position) = info.kind {
            return self.is_handed_to(info.function, hops)
                || view
                    .handed_in_place(info.function, position)
                    .is_some_and(|value| self.is_of(value, hops));
        }
        let bound = view.index.var(var).iter().any(|binding| match binding.source {
            Source::Expr(value) => !view.is_told_otherwise(var, value) && self.is_of(value, hops),
            Source::Item(value) => self.is_of(value, hops),
            _ => false,
        });
        bound || self.fills(var, hops) || self.is_put_into(var, hops)
    }

    /// `rows.push(row)`: a list is made of what is put into it.
    fn is_put_into(&mut self, var: VarId, hops: u32) -> bool {
        let view = self.view;
        view.begins_as_list(var)
            && view
                .names_of(var)
                .iter()
                .any(|name| view.put_into(*name).iter().any(|arg| self.is_of(*arg, hops)))
    }

    /// Whether a closure is a callback of something made of these variables: `message.items.forEach(item => …)`,
    /// `Promise.each(message.items, item => …)`.
    fn is_handed_to(&mut self, closure: FuncId, hops: u32) -> bool {
        let view = self.view;
        let literal = view.index.literal(closure);
        let call = literal.and_then(|literal| view.parent(literal));
        let Some((call, ExprKind::Call { callee, .. })) = call.map(|call| (call, view.facts.expr(call).kind))
        else {
            return false;
        };
        let first = view.args(call).first().copied().filter(|first| Some(*first) != literal);
        first.is_some_and(|first| self.is_of(first, hops))
            || match view.facts.expr(callee).kind {
                ExprKind::Member { object, .. } => self.is_of(object, hops),
                _ => false,
            }
    }

    /// Go's `json.Unmarshal(data, &value)`: what a call is handed by address is made of its other arguments; so is a pointer
    /// that a decoder fills, and what decodes something into itself (`value.UnmarshalJSON(data)`).
    fn fills(&mut self, var: VarId, hops: u32) -> bool {
        let view = self.view;
        view.ecosystem() == Ecosystem::Go
            && (view.index.addressed_in(var).iter().any(|call| self.is_filled_by(*call, var, hops))
                || view
                    .names_of(var)
                    .iter()
                    .any(|name| view.decoded_into(*name).iter().any(|data| self.is_of(*data, hops))))
    }

    fn is_filled_by(&mut self, call: ExprId, var: VarId, hops: u32) -> bool {
        let view = self.view;
        let kind = |expr: ExprId| view.facts.expr(expr).kind;
        let is_target =
            |arg: ExprId| matches!(kind(arg), ExprKind::Name { var: Some(found), .. } if found == var);
        let by_address = |arg: ExprId| matches!(kind(arg), ExprKind::Unary { op: UnaryOp::Address, .. });
        let args = view.args(call);
        let decodes = view.role_use(call).is_some_and(|used| view.roles.name(used.role) == "data.decode");
        if !decodes && !args.iter().any(|arg| by_address(*arg)) {
            return false;
        }
        let mut others = args.iter().filter(|arg| !by_address(**arg) && !is_target(**arg));
        others.any(|arg| self.is_of(*arg, hops))
            || matches!(kind(call), ExprKind::Call { callee, .. } if self.is_of(callee, hops))
    }
}
