//! What a function does with the connection that it is handed: serve it, or only turn it away or hand it to a library.
//!
//! Owns: following the connection through the handlers of an accepting call. Does not own: which calls accept (models).

use crate::facts::{ExprId, ExprKind, FuncId, VarId};
use crate::program::Entity;
use crate::program::values::value::Const;

use super::events::Event;
use super::steps::Search;

/// What becomes of a connection; of several things the last counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// It is closed, or nothing is done with it.
    Dismissed,
    /// Somebody listens to it, sends to it or keeps it.
    Served,
    /// A library is handed it.
    HandedOn,
}

/// How many helpers deep a connection is followed.
const MAX_HELPERS: u32 = 3;

impl Search<'_, '_> {
    /// Whether the functions that an event's call is handed serve what they are given: they listen to it, send to it or keep it.
    pub(super) fn is_served(&self, event: &Event) -> bool {
        let Some(call) = event.expr else { return false };
        let handlers: Vec<FuncId> =
            self.program.args(call).iter().filter_map(|arg| self.function_of(*arg)).collect();
        handlers.iter().any(|handler| self.uses_first(*handler, MAX_HELPERS))
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
        first.is_some_and(|param| param.var.is_none_or(|var| self.fate(var, depth) == Fate::Served))
    }

    /// What becomes of the connection that a variable holds. Who hands it to a library leaves the care for it to that.
    fn fate(&self, connection: VarId, depth: u32) -> Fate {
        let names = self.program.names_of(connection).iter();
        names.map(|name| self.fate_at(*name, depth)).max().unwrap_or(Fate::Dismissed)
    }

    fn fate_at(&self, name: ExprId, depth: u32) -> Fate {
        let Some(parent) = self.program.parent(name) else { return Fate::Dismissed };
        match self.program.facts.expr(parent).kind {
            ExprKind::Member { object, .. } if object == name => {
                let call = self.program.parent(parent);
                let is_farewell = call.is_some_and(|call| match self.program.facts.expr(call).kind {
                    ExprKind::Call { callee, .. } => callee == parent && self.is_farewell(call),
                    _ => false,
                });
                if is_farewell { Fate::Dismissed } else { Fate::Served }
            }
            ExprKind::Call { callee, .. } if callee != name => self.fate_in(parent, name, depth),
            _ => Fate::Served,
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

    /// What a call does with the connection that it is handed: a function of the tree is looked into, a collection keeps it.
    fn fate_in(&self, call: ExprId, name: ExprId, depth: u32) -> Fate {
        let position = self.program.args(call).iter().position(|arg| *arg == name);
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return Fate::Served };
        let called = match self.program.entity(callee).entity {
            Entity::Function(function) if !self.program.facts.function(function).body.is_empty() => function,
            Entity::Global(_) => return Fate::Dismissed,
            _ if self.program.role_use(call).is_some() => return Fate::Served,
            _ => {
                let name = self.program.last_name(callee).unwrap_or_default();
                return if self.program.words.objects.keeping_connections.has(name) {
                    Fate::Served
                } else {
                    Fate::HandedOn
                };
            }
        };
        let Some(depth) = depth.checked_sub(1) else { return Fate::Served };
        let param = position.and_then(|position| self.program.facts.params(called).get(position));
        param.and_then(|param| param.var).map_or(Fate::Served, |var| self.fate(var, depth))
    }
}
