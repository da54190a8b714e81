//! What a variable is, by what is bound to it: what it is set to, what a library or callers put into a parameter.
//!
//! Owns: from a variable to its bindings, and the part of each that it takes. Does not own: what the bound expression is (`entity`), what
//! callers hand over (`sites`).

use crate::facts::{ExprId, ExprKind, FuncId, Name, Source, Step, VarId, VarKind};
use crate::models::ReceiverId;
use crate::program::View;
use crate::program::index::Binding;
use crate::program::values::entity::{Entity, Resolved, Told};

impl View<'_> {
    pub(super) fn find_var_entity(&self, var: VarId) -> Resolved {
        let info = self.facts.var(var);
        match info.kind {
            VarKind::Import(import) => self.import_entity(import as usize),
            VarKind::Function(function) => Resolved::sure(Entity::Function(function)),
            VarKind::Type(ty) => Resolved::sure(Entity::Type(ty)),
            VarKind::Receiver => {
                let owner = self.facts.function(info.function).owner;
                owner.map_or_else(Resolved::unknown, |owner| Resolved::sure(Entity::Instance(owner)))
            }
            VarKind::Caught => Resolved::unknown(),
            VarKind::Param(position) => {
                let filled = self.filled_param(info.function, position, &[]);
                filled.unwrap_or_else(|| {
                    let ty = self.param_type(info.function, position);
                    if ty.is_some_and(|ty| self.is_plain_type(ty)) {
                        return Resolved::unknown();
                    }
                    self.annotated_or(ty, || self.param_entity(var, info.function, position))
                })
            }
            VarKind::Const | VarKind::Let => {
                self.annotated_or(info.ty, || self.bindings_entity(self.index.var(var)))
            }
        }
    }

    /// A parameter that no annotation tells of: what a promise chain hands it, its default, what it is set to.
    fn param_entity(&self, var: VarId, function: FuncId, position: u32) -> Resolved {
        let param = self.facts.params(function).get(position as usize);
        if let Some(injected) = param.and_then(|param| self.injected(param.decorators)) {
            return injected;
        }
        if let Some(found) = self.chained_entity(function).filter(|_| position == 0) {
            return found;
        }
        let set = self.index.var(var).iter().filter(|binding| !matches!(binding.source, Source::Param(_)));
        let bound = self.bindings_entity(set);
        if bound.is_known() {
            return bound;
        }
        let handed = self.handed_entity(function, position, &[]);
        if handed.is_known() {
            return handed;
        }
        // Where somebody hands it something that nobody knows, its default tells nothing.
        let calls = self.program.calls_of_function(function);
        let is_given = calls.iter().any(|call| self.args(*call).len() > position as usize);
        let default = param.and_then(|param| param.default).filter(|_| !is_given);
        let default = default.map(|default| self.entity(default));
        let by_name = || param.and_then(|param| param.name).and_then(|name| self.injected_by_name(name));
        default.or_else(by_name).unwrap_or_else(Resolved::unknown)
    }

    /// The function that stands in the object that callers hand over for a parameter which is only described.
    pub(super) fn handed_member(&self, object: ExprId, name: Name) -> Option<Resolved> {
        let (function, position) = self.param_of(object)?;
        let handed = self.handed_entity(function, u32::try_from(position).ok()?, &[Step::Field(name)]);
        matches!(handed.entity, Entity::Function(_)).then_some(handed)
    }

    /// What `object.then(function)` hands the function, or a collection the function that it calls with each item.
    fn chained_entity(&self, function: FuncId) -> Option<Resolved> {
        let literal = self.index.literal(function)?;
        let call = self.parent(literal)?;
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
        if self.args(call).first() != Some(&literal) {
            return None;
        }
        match self.facts.name(name) {
            "then" => Some(self.entity(object)).filter(Resolved::is_known),
            "forEach" | "map" | "filter" | "find" | "some" | "every" | "flatMap" | "findIndex" => {
                let over = self.entity(object);
                matches!(over.entity, Entity::Several(_)).then(|| self.item_entity(&over))
            }
            _ => None,
        }
    }

    /// The first binding that says something.
    pub(in crate::program) fn bindings_entity<'b>(
        &self,
        bindings: impl IntoIterator<Item = &'b Binding>,
    ) -> Resolved {
        let mut best = Resolved::unknown();
        for binding in bindings {
            let found = self.binding_entity(binding);
            // An annotation says what a parameter is, its default also which one.
            let is_only_described = matches!(binding.source, Source::Param(_)) && found.told == Told::Type;
            if !is_only_described
                && matches!(found.entity, Entity::Object { .. } | Entity::Instance(_) | Entity::Export { .. })
            {
                return found;
            }
            if !best.is_known() {
                best = found;
            }
        }
        best
    }

    fn binding_entity(&self, binding: &Binding) -> Resolved {
        let steps = self.facts.steps(binding.path);
        let found = match binding.source {
            Source::Expr(expr) => match steps {
                [Step::Index(position), rest @ ..] => match self.result_at(expr, *position) {
                    Some(found) => return self.walk(found, rest),
                    None => self.entity(expr),
                },
                [Step::Field(name)] if self.is_required_by_computed_path(expr, *name) => {
                    let path = self.facts.name(*name).into();
                    return Resolved::sure(Entity::Export { module: *name, path });
                }
                [Step::Field(name)] => {
                    let found = self.member_entity(&self.entity(expr), *name);
                    return match self.described_member(expr, *name).filter(|_| !found.is_here()) {
                        Some(described) => described,
                        None => found,
                    };
                }
                _ => self.entity(expr),
            },
            Source::Item(over) => {
                let item = self.item_entity(&self.entity(over));
                // Go's `for _, v := range`: the value is the second of the pair.
                return match steps {
                    [] | [Step::Index(1)] => item,
                    [Step::Index(0)] if is_single_range(self, binding) => item,
                    _ => self.walk(item, steps),
                };
            }
            Source::Param(position) => {
                let path: Vec<&str> = steps.iter().filter_map(|step| self.step_name(*step)).collect();
                if let Some(found) = self.filled_param(binding.function, position, &path) {
                    return found;
                }
                let typed = self.param_type(binding.function, position);
                let typed = typed.map_or_else(Resolved::unknown, |ty| self.type_entity(ty));
                let described = matches!(typed.entity, Entity::Instance(ty) if self.is_nameless(ty));
                let typed = self.walk(typed, steps);
                if typed.is_here() && !described {
                    return typed;
                }
                let handed = self.handed_entity(binding.function, position, steps);
                // What is handed over may be more than a type literal says of it.
                if typed.is_here()
                    && !matches!(
                        handed.entity,
                        Entity::Object { .. } | Entity::Instance(_) | Entity::Function(_)
                    )
                {
                    return typed;
                }
                return match steps {
                    [Step::Field(name)] if !handed.is_known() => {
                        self.injected_by_name(*name).unwrap_or(handed)
                    }
                    _ => handed,
                };
            }
            Source::Caught | Source::Zero => return Resolved::unknown(),
        };
        self.walk(found, steps)
    }

    fn step_name(&self, step: Step) -> Option<&str> {
        match step {
            Step::Field(name) => Some(self.facts.name(name)),
            Step::Index(_) | Step::Rest => None,
        }
    }

    fn walk(&self, mut found: Resolved, steps: &[Step]) -> Resolved {
        for step in steps {
            found = match step {
                Step::Field(name) => self.member_entity(&found, *name),
                // The first of several results is what the call is for; the others are errors and flags.
                Step::Index(0) if !matches!(found.entity, Entity::Literal(_)) => found,
                Step::Index(position) => match found.entity {
                    Entity::Literal(list) => match self.listed_at(list, *position) {
                        Some(item) => item,
                        None => return Resolved::unknown(),
                    },
                    _ => return Resolved::unknown(),
                },
                Step::Rest => return Resolved::unknown(),
            };
        }
        found
    }

    /// A receiver that the library puts into a parameter or a part of it.
    fn filled_param(&self, function: FuncId, position: u32, path: &[&str]) -> Option<Resolved> {
        let Some(parts) = self.params.get(&(function, position)) else {
            self.lookup.set_open();
            return None;
        };
        let fits = |(steps, _): &&(Vec<String>, ReceiverId)| {
            steps.iter().map(String::as_str).eq(path.iter().copied())
        };
        let Some((_, receiver)) = parts.iter().find(fits) else {
            self.lookup.set_open();
            return None;
        };
        Some(Resolved::sure(Entity::Object { receiver: *receiver, made: None }).told(Told::Library))
    }
}

/// Whether a Go `range` names one variable only (over a channel: its items).
fn is_single_range(program: &View<'_>, binding: &Binding) -> bool {
    let Some(assignment) = binding.assignment else { return false };
    matches!(program.facts.expr(assignment).kind, ExprKind::Assign { binds, .. } if binds.len() == 1)
}
