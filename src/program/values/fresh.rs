//! What a record is one of, and whether it is made new where it is used.
//!
//! Owns: telling a record written out here from one that was loaded or handed in. Does not own: what values are (`value`).

use crate::facts::words::words;
use crate::facts::{ExprId, ExprKind, PropKey, TypeRefKind, UnaryOp, VarKind};
use crate::program::View;
use crate::program::values::entity::Entity;
use crate::program::values::value::MAX_HOPS;

impl View<'_> {
    /// The text of the declaration of the type of the tree that a value is one of.
    pub fn type_text(&self, expr: ExprId) -> Option<&str> {
        let Entity::Instance(ty) = self.entity(expr).entity else { return None };
        Some(self.facts.type_def(ty).span.of(self.texts[self.file_of_type(ty)]))
    }

    /// The name of the type of the tree that a value is one of.
    pub fn type_name(&self, expr: ExprId) -> Option<&str> {
        let Entity::Instance(ty) = self.entity(expr).entity else { return None };
        self.facts.type_def(ty).name.map(|name| self.facts.name(name))
    }

    /// The name of the record that something keeps, by its annotation: `Booking` of a `Repository<Booking>`.
    pub fn kept_type_name(&self, expr: ExprId) -> Option<&str> {
        let ty = match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => {
                let info = self.facts.var(var);
                match info.kind {
                    VarKind::Param(position) => self.param_type(info.function, position),
                    _ => info.ty,
                }
            }
            ExprKind::Member { object, name } => {
                let Entity::Instance(owner) = self.entity(object).entity else { return None };
                self.facts.fields(owner).iter().find(|field| field.name == name)?.ty
            }
            _ => None,
        }?;
        let TypeRefKind::Named { first, args, .. } = self.facts.type_ref(ty).kind else { return None };
        let keeps =
            words(self.facts.name(first)).last().is_some_and(|word| self.words.records.kept_as.has(word));
        match self.facts.type_ref(*self.facts.type_list(args).first().filter(|_| keeps)?).kind {
            TypeRefKind::Named { first, .. } => Some(self.facts.name(first)),
            _ => None,
        }
    }

    /// Whether a value is an object written out, or constructed, by the function itself, and no copy of another.
    pub fn is_fresh(&self, expr: ExprId) -> bool {
        let mut at = expr;
        for _ in 0..MAX_HOPS {
            let made = self.made_by_value(at);
            at = self.passed(made);
            // `repository.create(dto)`: what a library makes of what it is given is new.
            if at != made && self.makes_by_name(made) {
                return true;
            }
            match self.facts.expr(at).kind {
                ExprKind::Unary { op: UnaryOp::Address | UnaryOp::Deref, operand } => at = operand,
                ExprKind::Object { props, .. } => {
                    let mut copied =
                        self.facts.props(props).iter().filter(|prop| matches!(prop.key, PropKey::Spread));
                    return copied.all(|prop| self.is_input_for_new(prop.value));
                }
                ExprKind::Call { new: true, .. } => return true,
                ExprKind::Call { callee, .. } => {
                    return matches!(self.entity(callee).entity, Entity::Global(name) if &*name == "new");
                }
                ExprKind::Name { .. } if self.made_by_value(at) != at => {}
                _ => return false,
            }
        }
        false
    }

    fn makes_by_name(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        let name = self.last_name(callee).unwrap_or_default();
        self.words.records.making.begins(&name.to_ascii_lowercase())
    }

    /// Whether a value is what something new is to be made of: a parameter, and the function, the parameter or its type is named so
    /// (`create(order)`, `input: CreateOrder`).
    fn is_input_for_new(&self, expr: ExprId) -> bool {
        let Some((function, position)) = self.root_var(expr).and_then(|var| match self.facts.var(var).kind {
            VarKind::Param(position) => Some((self.facts.var(var).function, position)),
            _ => None,
        }) else {
            return false;
        };
        let param = self.facts.params(function).get(position as usize);
        let of_type = param.and_then(|param| match self.facts.type_ref(param.ty?).kind {
            TypeRefKind::Named { first, .. } => Some(first),
            _ => None,
        });
        let of_param = param.and_then(|param| param.var).map(|var| self.facts.var(var).name);
        let names = [self.facts.function(function).name, of_param, of_type];
        names.into_iter().flatten().any(|name| {
            let name = self.facts.name(name).to_ascii_lowercase();
            self.words.records.making.begins(&name)
        })
    }
}
