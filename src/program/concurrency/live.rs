//! Whether a value is a live object of this process: a connection, a timer, a lock, a function, which nobody can put into a store;
//! and whether it lives no longer than a request.
//!
//! Owns: telling that by the types of the tree. Does not own: what values are (`entity`).

use crate::facts::{ExprId, ExprKind, Field, PropKey, TypeDefId, TypeRefId, TypeRefKind};
use crate::models::vocabulary::List;
use crate::program::View;
use crate::program::values::entity::Entity;

/// How many types deep live parts are looked for.
const MAX_DEPTH: u32 = 2;

impl View<'_> {
    /// Whether a value is of a type of the tree that has live parts, or an object that is written out with some.
    pub fn is_live(&self, value: ExprId) -> bool {
        match self.entity(value).entity {
            Entity::Instance(ty) => self.has_live_parts(ty, MAX_DEPTH),
            Entity::Function(_) => true,
            Entity::Literal(literal) => self.is_written_live(literal),
            _ => self.is_written_live(value),
        }
    }

    /// The same of what a collection holds.
    pub fn holds_live(&self, collection: ExprId) -> bool {
        match self.entity(collection).entity {
            Entity::Several(item) => match *item {
                Entity::Instance(ty) => self.has_live_parts(ty, MAX_DEPTH),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a value was taken out of a context: it lives as long as one request.
    pub(in crate::program) fn is_carried(&self, value: ExprId) -> bool {
        let is_of_context = |made: ExprId| match self.facts.expr(made).kind {
            ExprKind::Call { callee, .. } => {
                let name = self.last_name(callee).unwrap_or_default().to_ascii_lowercase();
                ["fromctx", "fromcontext"].iter().any(|end| name.ends_with(end))
                    || (name == "value" && self.takes_no_more_than_key(callee))
            }
            _ => false,
        };
        let inner = |made: ExprId| match self.facts.expr(made).kind {
            ExprKind::Cast { value, .. } => value,
            _ => made,
        };
        self.values_of(value).into_iter().any(|made| is_of_context(inner(made)))
    }

    /// `ctx.Value(key)`.
    fn takes_no_more_than_key(&self, callee: ExprId) -> bool {
        matches!(self.facts.expr(callee).kind, ExprKind::Member { object, .. }
            if self.last_name(object).is_some_and(|name| name.to_ascii_lowercase().contains("ctx")))
    }

    fn is_written_live(&self, value: ExprId) -> bool {
        let ExprKind::Object { ty, props } = self.facts.expr(value).kind else { return false };
        let is_typed = ty.is_some_and(|ty| self.is_live_type(ty, MAX_DEPTH));
        is_typed
            || self.facts.props(props).iter().any(|prop| match prop.key {
                PropKey::Name(name) => is_live_name(&self.words.objects.live, self.facts.name(name)),
                _ => false,
            })
    }

    fn has_live_parts(&self, ty: TypeDefId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let is_live = |field: &Field| match field.ty {
            Some(ty) => self.is_live_type(ty, depth),
            None => is_live_name(&self.words.objects.live, self.facts.name(field.name)),
        };
        let def = self.facts.type_def(ty);
        self.facts.fields(ty).iter().any(is_live)
            || def.target.is_some_and(|target| self.is_live_type(target, depth))
    }

    fn is_live_type(&self, ty: TypeRefId, depth: u32) -> bool {
        match self.facts.type_ref(ty).kind {
            TypeRefKind::Function { .. } => true,
            TypeRefKind::Named { first, rest, .. } => {
                is_live_name(&self.words.objects.live, self.facts.name(rest.unwrap_or(first)))
                    || matches!(self.type_entity(ty).entity, Entity::Instance(def) if self.has_live_parts(def, depth))
            }
            TypeRefKind::Union(parts) => {
                self.facts.type_list(parts).iter().any(|part| self.is_live_type(*part, depth))
            }
            _ => false,
        }
    }
}

/// Whether the last words of a name say that it is something live: `WebSocket`, `cancelFunc`, `types.Stream`.
fn is_live_name(live: &List, name: &str) -> bool {
    let mut word = String::new();
    let mut words = Vec::new();
    let mut before_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before_lower) {
            words.push(std::mem::take(&mut word));
        }
        before_lower = c.is_lowercase() || c.is_ascii_digit();
        word.extend(c.to_lowercase().filter(|c| c.is_alphanumeric()));
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    let is_live = |word: &String| live.has(word);
    words.last().is_some_and(is_live)
        || (words.len() > 1
            && words.last().is_some_and(|last| matches!(last.as_str(), "func" | "fn" | "group")))
        || live.has(&name.to_ascii_lowercase())
}
