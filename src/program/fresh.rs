//! What a record is one of, and whether it is made new where it is used.
//!
//! Owns: telling a record written out here from one that was loaded or handed in. Does not own: what values are (`value`).

use crate::facts::{ExprId, ExprKind, PropKey, UnaryOp};

use super::View;
use super::entity::Entity;
use super::value::MAX_HOPS;

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
                    return !self.facts.props(props).iter().any(|prop| matches!(prop.key, PropKey::Spread));
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
}
