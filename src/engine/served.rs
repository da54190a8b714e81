//! What a function does with the connection that it is handed: serve it, or only turn it away or hand it to a library.
//!
//! Owns: following the connection through the handlers of an accepting call. Does not own: which calls accept (models).

use crate::facts::{ExprId, ExprKind, FuncId, VarId};
use crate::program::Entity;
use crate::program::value::Const;

use super::events::Event;
use super::steps::Search;

/// How many helpers deep a connection is followed.
const MAX_HELPERS: u32 = 3;

impl Search<'_, '_> {
    /// Whether the functions that an event's call is handed serve what they are given: they listen to it, send to it or keep it.
    /// Where no function is seen it is taken that they do.
    pub(super) fn is_served(&self, event: &Event) -> bool {
        let Some(call) = event.expr else { return true };
        let handlers: Vec<FuncId> =
            self.program.args(call).iter().filter_map(|arg| self.function_of(*arg)).collect();
        handlers.is_empty() || handlers.iter().any(|handler| self.uses_first(*handler, MAX_HELPERS))
    }

    /// The function that a value is.
    fn function_of(&self, value: ExprId) -> Option<FuncId> {
        match (self.program.facts.expr(value).kind, self.program.entity(value).entity) {
            (ExprKind::Function(function), _) | (_, Entity::Function(function)) => Some(function),
            _ => None,
        }
    }

    fn uses_first(&self, function: FuncId, depth: u32) -> bool {
        let first = self.program.facts.params(function).first();
        first.is_some_and(|param| param.var.is_none_or(|var| self.is_used(var, depth)))
    }

    /// Whether something is done with the connection that a variable holds.
    fn is_used(&self, connection: VarId, depth: u32) -> bool {
        self.program.names_of(connection).iter().any(|name| self.is_use(*name, depth))
    }

    fn is_use(&self, name: ExprId, depth: u32) -> bool {
        let Some(parent) = self.program.parent(name) else { return false };
        match self.program.facts.expr(parent).kind {
            ExprKind::Member { object, .. } if object == name => {
                let call = self.program.parent(parent);
                call.is_some_and(|call| match self.program.facts.expr(call).kind {
                    ExprKind::Call { callee, .. } => callee == parent && !self.is_farewell(call),
                    _ => true,
                })
            }
            ExprKind::Call { callee, .. } if callee != name => self.is_kept_by(parent, name, depth),
            _ => true,
        }
    }

    /// Closing the connection, or listening for its end.
    fn is_farewell(&self, call: ExprId) -> bool {
        let Some(used) = self.program.role_use(call) else { return false };
        let ends = |word: &str| matches!(word, "close" | "error");
        match self.program.roles.name(used.role) {
            "socket.close" => true,
            "socket.listen" => {
                let event = self.program.args(call).first().and_then(|event| self.program.constant(*event));
                matches!(event, Some(Const::Text(event)) if ends(&event))
            }
            _ => false,
        }
    }

    /// Whether a call that is handed the connection is one of the tree that serves or keeps it, or puts it into a collection; a
    /// library that is handed it sees to it.
    fn is_kept_by(&self, call: ExprId, name: ExprId, depth: u32) -> bool {
        let position = self.program.args(call).iter().position(|arg| *arg == name);
        let stored = self
            .program
            .role_use(call)
            .is_some_and(|used| self.program.roles.name(used.role).starts_with("memory."));
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return true };
        let called = match self.program.entity(callee).entity {
            Entity::Function(function) => function,
            _ => return stored,
        };
        let Some(depth) = depth.checked_sub(1) else { return true };
        let param = position.and_then(|position| self.program.facts.params(called).get(position));
        param.is_none_or(|param| param.var.is_none_or(|var| self.is_used(var, depth)))
    }
}
