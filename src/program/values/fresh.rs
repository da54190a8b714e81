//! What a record is one of, and whether it is made new where it is used.
//!
//! Owns: telling a record written out here from one that was loaded or handed in. Does not own: what values are (`value`).

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

    /// Whether a value is an object written out, or constructed, by the function itself, and no copy of another.
    pub fn is_fresh(&self, expr: ExprId) -> bool {
        let mut at = expr;
        for _ in 0..MAX_HOPS {
            at = self.passed(self.made_by_value(at));
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
