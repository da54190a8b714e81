//! How a value changes from one round to the next: whether it stays, grows or is spread at random.
//!
//! Owns: [`Trend`]. Does not own: what a value is (`constant`, `value`).

use crate::facts::{AssignOp, ExprId, ExprKind, FuncId, Source, VarId, VarKind};
use crate::program::View;
use crate::program::index::Binding;
use crate::program::values::entity::Entity;

/// How many names and functions a value is followed through.
const MAX_HOPS: u32 = 6;

/// How a value changes from one round to the next; the stronger one counts where parts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trend {
    /// It stays the same, whether or not it is known.
    Steady,
    /// It cannot be told.
    Unknown,
    /// It is made of something that each round changes.
    Growing,
    /// It has a random part.
    Random,
}

/// A variable or field, as far as rounds change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A variable.
    Var(VarId),
    /// A field of a type.
    Field(crate::facts::TypeDefId, crate::facts::Name),
}

impl View<'_> {
    /// How a value changes from one round to the next. `rounds` are parameters that a function hands itself changed.
    pub fn trend(&self, expr: ExprId, rounds: &[VarId]) -> Trend {
        self.trend_within(expr, rounds, MAX_HOPS)
    }

    fn trend_within(&self, expr: ExprId, rounds: &[VarId], hops: u32) -> Trend {
        let Some(hops) = hops.checked_sub(1).filter(|_| self.effort.may_ask()) else {
            return Trend::Unknown;
        };
        // Mostly nothing is handed round: the key then needs no memory of its own.
        let asked = (expr, hops, Box::from(rounds));
        self.settled(asked, &self.answers.trends, || self.find_trend(expr, rounds, hops))
    }

    fn find_trend(&self, expr: ExprId, rounds: &[VarId], hops: u32) -> Trend {
        if self.role_use(expr).is_some_and(|used| self.roles.name(used.role) == "data.random") {
            return Trend::Random;
        }
        // The other side says how long: `Retry-After`.
        let text = self.text_of(expr).to_ascii_lowercase();
        if self.words.delays.told.is_in(&text) {
            return Trend::Unknown;
        }
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => self.trend_of_var(var, rounds, hops),
            ExprKind::Name { .. } => self.trend_by_name(self.text_of(expr)),
            ExprKind::Member { .. } => self.trend_of_member(expr, rounds, hops),
            ExprKind::Call { callee, .. } => self.trend_of_call(expr, callee, rounds, hops),
            ExprKind::Index { object, index } => {
                let steps = self.trend_within(index, rounds, hops);
                steps.max(self.trend_within(object, rounds, hops))
            }
            ExprKind::Receive(_) | ExprKind::Opaque(_) => Trend::Unknown,
            _ => {
                let mut trend = Trend::Steady;
                self.facts.children(expr, &mut |child| {
                    trend = trend.max(self.trend_within(child, rounds, hops + 1));
                });
                trend
            }
        }
    }

    fn trend_of_var(&self, var: VarId, rounds: &[VarId], hops: u32) -> Trend {
        let info = self.facts.var(var);
        let named = self.trend_by_name(self.var_name(var));
        let mut trend = if rounds.contains(&var) { Trend::Growing } else { Trend::Steady };
        trend = trend.max(if named == Trend::Random { named } else { Trend::Steady });
        if let VarKind::Param(position) = info.kind {
            if self.is_error_name(var) {
                return Trend::Unknown;
            }
            if self.words.attempts.counts.has(&self.var_name(var).to_ascii_lowercase().replace('_', ""))
                || self.is_written_through(info.function, var)
            {
                trend = trend.max(Trend::Growing);
            }
            trend = trend.max(self.trend_of_param(info.function, position, rounds, hops));
        }
        let own = |_: &Binding, value: ExprId| self.names_var(value, var);
        trend.max(self.trend_of_bindings(self.index.var(var), &own, rounds, hops))
    }

    /// Whether a function writes to what a parameter points to: `*backoff *= 2`.
    fn is_written_through(&self, function: FuncId, var: VarId) -> bool {
        let writes = |bind: &crate::facts::Bind| match bind.place {
            crate::facts::Place::Expr(place) => {
                matches!(self.facts.expr(place).kind, ExprKind::Unary { .. })
                    && self.root_var(place) == Some(var)
            }
            _ => false,
        };
        self.assignments_in(function).iter().any(|assignment| match self.facts.expr(*assignment).kind {
            ExprKind::Assign { binds, .. } => self.facts.binds(binds).iter().any(writes),
            _ => false,
        })
    }

    /// What callers hand over, where they agree; and a default.
    fn trend_of_param(&self, function: FuncId, position: u32, rounds: &[VarId], hops: u32) -> Trend {
        let params = self.facts.params(function);
        let default = params.get(position as usize).and_then(|param| param.default);
        let handed = self.only_handed(function, position);
        let values = default.into_iter().chain(handed);
        values.map(|value| self.trend_within(value, rounds, hops)).max().unwrap_or(Trend::Steady)
    }

    fn trend_of_member(&self, expr: ExprId, rounds: &[VarId], hops: u32) -> Trend {
        let ExprKind::Member { object, name } = self.facts.expr(expr).kind else { return Trend::Unknown };
        let own = |binding: &Binding, value: ExprId| {
            self.object_set(binding, name).is_some_and(|object| self.names_member(value, object, name))
        };
        if self.is_part_of_answer(object, rounds, hops) {
            return Trend::Unknown;
        }
        let bindings = self.member_bindings(object, name);
        let named = self.trend_by_name(self.facts.name(name));
        self.trend_of_bindings(bindings, &own, rounds, hops).max(if named == Trend::Random {
            named
        } else {
            Trend::Steady
        })
    }

    /// Whether something is what a call gave that was handed what changes from round to round: `decide(attempt).delay`.
    fn is_part_of_answer(&self, object: ExprId, rounds: &[VarId], hops: u32) -> bool {
        let asked = |value: ExprId| {
            let value = match self.facts.expr(value).kind {
                ExprKind::Await(inner) => inner,
                _ => value,
            };
            matches!(self.facts.expr(value).kind, ExprKind::Call { .. })
                && self.args(value).iter().any(|arg| self.trend_within(*arg, rounds, hops) == Trend::Growing)
        };
        asked(object) || self.values_of(object).into_iter().any(asked)
    }

    fn member_bindings(&self, object: ExprId, name: crate::facts::Name) -> &[Binding] {
        match self.entity(object).entity {
            Entity::Instance(ty) | Entity::Type(ty) => self.index.field(ty, name),
            _ => match self.facts.expr(object).kind {
                ExprKind::Name { var: Some(var), .. } => self.index.member(var, name),
                _ => &[],
            },
        }
    }

    fn trend_of_bindings(
        &self,
        bindings: &[Binding],
        is_own: &dyn Fn(&Binding, ExprId) -> bool,
        rounds: &[VarId],
        hops: u32,
    ) -> Trend {
        let mut trend = Trend::Steady;
        for binding in bindings {
            let updated = binding.assignment.is_some_and(|assignment| self.is_update(assignment));
            trend = trend.max(match binding.source {
                // A step of a schedule.
                Source::Item(_) => Trend::Growing,
                Source::Expr(value) if updated || is_own(binding, value) => {
                    Trend::Growing.max(self.random_in(value, rounds, hops))
                }
                Source::Expr(value) => self.trend_within(value, rounds, hops),
                // Made of the failure itself.
                Source::Caught => Trend::Unknown,
                _ if updated => Trend::Growing,
                _ => Trend::Steady,
            });
        }
        trend
    }

    /// Whether a random part stands in what a value is changed by.
    fn random_in(&self, value: ExprId, rounds: &[VarId], hops: u32) -> Trend {
        let mut trend = Trend::Steady;
        let direct = self.role_use(value).is_some_and(|used| self.roles.name(used.role) == "data.random");
        if direct {
            return Trend::Random;
        }
        if let Some(hops) = hops.checked_sub(1) {
            if matches!(self.facts.expr(value).kind, ExprKind::Call { .. } | ExprKind::Name { .. }) {
                trend = self.trend_within(value, rounds, hops);
            }
            self.facts.children(value, &mut |child| trend = trend.max(self.random_in(child, rounds, hops)));
        }
        if trend == Trend::Random { trend } else { Trend::Steady }
    }

    /// What a variable is set to before rounds change it.
    pub fn first_value(&self, var: VarId) -> Option<ExprId> {
        let is_first = |binding: &&Binding| !binding.assignment.is_some_and(|at| self.is_update(at));
        let first = self.index.var(var).iter().find(is_first)?;
        match first.source {
            Source::Expr(value) if first.path.is_empty() => Some(value),
            Source::Param(position) => {
                let params = self.facts.params(first.function);
                params.get(position as usize).and_then(|param| param.default)
            }
            _ => None,
        }
    }

    /// Whether a variable is an item of what a loop goes over.
    pub fn is_item(&self, var: VarId) -> bool {
        self.index.var(var).iter().any(|binding| matches!(binding.source, Source::Item(_)))
    }

    /// What a variable is a part of, where it is set once, and which.
    pub fn part_set(&self, var: VarId) -> Option<(ExprId, &[crate::facts::Step])> {
        match self.index.var(var) {
            [Binding { source: Source::Expr(value), path, .. }] => Some((*value, self.facts.steps(*path))),
            _ => None,
        }
    }

    fn is_update(&self, assignment: ExprId) -> bool {
        matches!(self.facts.expr(assignment).kind, ExprKind::Assign { op: AssignOp::Update, .. })
    }

    /// What an assignment sets a member of.
    fn object_set(&self, binding: &Binding, name: crate::facts::Name) -> Option<ExprId> {
        let ExprKind::Assign { binds, .. } = self.facts.expr(binding.assignment?).kind else { return None };
        self.facts.binds(binds).iter().find_map(|bind| match bind.place {
            crate::facts::Place::Expr(place) => match self.facts.expr(place).kind {
                ExprKind::Member { object, name: set } if set == name => Some(object),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether a value is made of this member of the same object, not of another one's that is called the same.
    fn names_member(&self, value: ExprId, of: ExprId, name: crate::facts::Name) -> bool {
        if let ExprKind::Member { object, name: found } = self.facts.expr(value).kind
            && found == name
            && self.text_of(object) == self.text_of(of)
        {
            return true;
        }
        let mut found = false;
        self.facts.children(value, &mut |child| found = found || self.names_member(child, of, name));
        found
    }

    fn trend_of_call(&self, call: ExprId, callee: ExprId, rounds: &[VarId], hops: u32) -> Trend {
        let args = self.args(call).iter();
        let handed = args.map(|arg| self.trend_within(*arg, rounds, hops)).max().unwrap_or(Trend::Steady);
        if self.trend_by_name(self.text_of(callee)) == Trend::Random {
            return Trend::Random;
        }
        let Some(function) = self.called_function(call) else {
            return handed.max(self.trend_of_unknown(call, callee));
        };
        if self.facts.function(function).body.is_empty() {
            return handed.max(Trend::Unknown);
        }
        let is_random = |inner: &ExprId| {
            self.role_use(*inner).is_some_and(|used| self.roles.name(used.role) == "data.random")
        };
        if self.calls_of(function).iter().any(is_random) {
            return Trend::Random;
        }
        let inner =
            self.calls_of(function).iter().filter(|inner| self.called_function(**inner) != Some(function));
        let helped = inner.map(|inner| match self.called_function(*inner) {
            Some(helper) if self.calls_of(helper).iter().any(is_random) => Trend::Random,
            _ => Trend::Steady,
        });
        let changes = !self.assignments_in(function).iter().all(|change| !self.is_update(*change));
        let own = if changes { Trend::Growing } else { Trend::Steady };
        let params: Vec<VarId> = if handed == Trend::Growing { self.params_of(function) } else { Vec::new() };
        let returned = self.index.returns(function).iter();
        let returned = returned.map(|value| self.trend_within(*value, &params, hops)).max();
        helped.max().unwrap_or(Trend::Steady).max(own).max(handed).max(returned.unwrap_or(Trend::Steady))
    }

    /// A call that is not of the tree: what it is handed decides for functions; what an object keeps is not known.
    fn trend_of_unknown(&self, call: ExprId, callee: ExprId) -> Trend {
        match self.entity(callee).entity {
            Entity::Global(_) | Entity::Export { .. } | Entity::Package(_) => Trend::Steady,
            _ => {
                let name = self.last_name(callee).unwrap_or_default().to_ascii_lowercase();
                if self.words.delays.reading.begins(&name)
                    || matches!(self.facts.expr(call).kind, ExprKind::Call { new: true, .. })
                {
                    Trend::Steady
                } else {
                    Trend::Unknown
                }
            }
        }
    }

    /// The variables and fields that a value is made of, through local variables.
    pub fn slots(&self, expr: ExprId) -> Vec<Slot> {
        let mut found = Vec::new();
        self.slots_within(expr, MAX_HOPS, &mut found);
        found
    }

    fn slots_within(&self, expr: ExprId, hops: u32, found: &mut Vec<Slot>) {
        let Some(hops) = hops.checked_sub(1) else { return };
        let slot = self.slot(expr);
        if let Some(slot) = slot.filter(|slot| !found.contains(slot)) {
            found.push(slot);
            for value in self.values_of(expr) {
                self.slots_within(value, hops, found);
            }
        }
        self.facts.children(expr, &mut |child| self.slots_within(child, hops, found));
    }

    /// The variable or field that an expression names.
    pub fn slot(&self, expr: ExprId) -> Option<Slot> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => Some(Slot::Var(var)),
            ExprKind::Unary { operand, .. } => self.slot(operand),
            ExprKind::Member { object, name } => match self.entity(object).entity {
                Entity::Instance(ty) | Entity::Type(ty) => Some(Slot::Field(ty, name)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The variable that an expression is, or is a part of.
    pub fn root_var(&self, expr: ExprId) -> Option<VarId> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var, .. } => var,
            ExprKind::Member { object, .. } => self.root_var(object),
            ExprKind::Unary { operand, .. } => self.root_var(operand),
            ExprKind::Cast { value, .. } => self.root_var(value),
            _ => None,
        }
    }

    /// Whether an assignment writes to a member of one of these variables.
    pub fn sets_member_of(&self, assignment: ExprId, vars: &[VarId]) -> bool {
        let ExprKind::Assign { binds, .. } = self.facts.expr(assignment).kind else { return false };
        self.facts.binds(binds).iter().any(|bind| match bind.place {
            crate::facts::Place::Expr(place) => {
                matches!(self.facts.expr(place).kind, ExprKind::Member { .. })
                    && self.root_var(place).is_some_and(|var| {
                        vars.contains(&var) && self.facts.var(var).kind != VarKind::Receiver
                    })
            }
            _ => false,
        })
    }

    /// The variables and fields that a function multiplies: `delay *= 2`, `delay = Math.min(delay * 2, max)`.
    pub fn multiplied_in(&self, function: FuncId) -> Vec<(Slot, ExprId)> {
        let mut found = Vec::new();
        for assignment in self.assignments_in(function) {
            let ExprKind::Assign { op, binds } = self.facts.expr(*assignment).kind else { continue };
            for bind in self.facts.binds(binds) {
                let slot = match bind.place {
                    crate::facts::Place::Var(var) => Some(Slot::Var(var)),
                    crate::facts::Place::Expr(place) => self.slot(place),
                    crate::facts::Place::Nothing => None,
                };
                let (Some(slot), Source::Expr(value)) = (slot, bind.source) else { continue };
                let text = self.text_of(*assignment);
                let by_itself = op == AssignOp::Update && (text.contains("*=") || text.contains("<<="));
                // Of `i, delay = i+1, delay*2` each has its own.
                let made_of = self.text_of(value);
                let made_of_itself =
                    self.slots(value).contains(&slot) && (made_of.contains('*') || made_of.contains("<<"));
                if by_itself || made_of_itself {
                    found.push((slot, *assignment));
                }
            }
        }
        found
    }
}

impl View<'_> {
    /// What a name alone tells: some say that they spread.
    fn trend_by_name(&self, name: &str) -> Trend {
        let is_random = self.words.delays.random.is_in(&name.to_ascii_lowercase());
        if is_random { Trend::Random } else { Trend::Steady }
    }
}
