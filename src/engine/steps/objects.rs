//! What an event is called on.
//!
//! Owns: which object that is, whether it is that of another event, where it is declared, what holds it. Does not own: what an
//! expression is (`program::values`).

use crate::engine::events::Event;
use crate::facts::{ExprId, ExprKind, TypeDefId, VarKind};
use crate::finding::Place;
use crate::program::Entity;

use super::Search;

impl Search<'_, '_> {
    pub(super) fn on_same(&self, event: &Event, other: &Event) -> bool {
        let on = |event: &Event| self.called_object(event);
        if let (Some(a), Some(b)) = (self.creation(event), self.creation(other))
            && a == b
        {
            return true;
        }
        match (on(event), on(other)) {
            (Some(a), Some(b)) => {
                let declared = |on| self.program.declared_at(on);
                self.program.text_of(a) == self.program.text_of(b)
                    || (declared(a).is_some() && declared(a) == declared(b))
            }
            _ => false,
        }
    }

    /// Whether two events of different functions are each called on a variable of its own, called the same or not: each makes one for
    /// itself.
    pub(super) fn are_locals_apart(&self, event: &Event, other: &Event) -> bool {
        let local = |event: &Event| {
            let var = self.program.facts_var(self.called_object(event)?)?;
            let info = self.program.facts.var(var);
            let is_own = matches!(info.kind, VarKind::Const | VarKind::Let);
            (is_own && !self.program.is_module(info.function)).then_some(var)
        };
        matches!((local(event), local(other)), (Some(a), Some(b)) if a != b)
    }

    /// The call that made what an event is called on, or the event itself where it is on nothing: what makes an object is on it.
    fn creation(&self, event: &Event) -> Option<ExprId> {
        let used = self.program.role_use(event.expr?)?;
        if used.on.is_some() { used.made } else { Some(used.expr) }
    }

    /// Where the collection or object that an event is called on is declared, if it outlives the call.
    pub(in crate::engine) fn declaration(&self, event: &Event) -> Option<Place> {
        self.program.long_lived(self.called_object(event)?)
    }

    /// Whether what an event is called on is a variable of a module or package.
    pub(super) fn is_on_module(&self, event: &Event) -> bool {
        self.called_object(event).is_some_and(|object| self.program.is_of_module(object))
    }

    /// What an event is called on.
    pub(in crate::engine) fn called_object(&self, event: &Event) -> Option<ExprId> {
        let expr = event.expr?;
        if let Some(used) = self.program.role_use(expr) {
            return used.on;
        }
        let ExprKind::Call { callee, .. } = self.program.facts.expr(expr).kind else { return None };
        match self.program.facts.expr(callee).kind {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        }
    }

    /// Whether what an event is called on is a field of a type of the tree, and the type is of a kind.
    pub(super) fn is_held_by(&self, event: &Event, is: &dyn Fn(TypeDefId) -> bool) -> bool {
        let on = event.expr.and_then(|expr| self.program.role_use(expr)).and_then(|used| used.on);
        let Some(ExprKind::Member { object, .. }) = on.map(|on| self.program.facts.expr(on).kind) else {
            return false;
        };
        match self.program.entity(object).entity {
            Entity::Instance(ty) => is(ty),
            _ => false,
        }
    }
}
