//! What a call hands its role: which of its arguments, or what stands for it.
//!
//! Owns: [`Arg`], read through the entry of a model, and what a call is made on. Does not own: choosing the entry (`entries`), what an
//! argument holds (`value`), or what callers hand in (`open`).

use crate::data::Scalar;
use crate::facts::{ExprId, ExprKind};
use crate::models::path::Unit;
use crate::models::{ArgName, ReceiverId};
use crate::program::View;
use crate::program::calls::RoleUse;
use crate::program::values::entity::Entity;
use crate::program::values::value::At;

/// An argument of a role.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Given: this expression, and the unit a plain number counts in.
    Given(ExprId, Option<Unit>),
    /// Always this, or the library's default.
    Always(Scalar),
    /// Not given, for certain.
    Missing,
    /// It cannot be told.
    Unknown,
}

impl View<'_> {
    /// An argument of a role as this call gives it.
    pub fn arg(&self, used: &RoleUse, name: ArgName) -> Arg {
        let Some(entry) = used.entry else { return self.collection_arg(used, name) };
        let call = &self.models.calls[entry.index()];
        if let Some((_, value)) = call.fixed.iter().find(|(arg, _)| *arg == name) {
            return Arg::Always(value.clone());
        }
        let paths = call.args.iter().find(|(arg, _)| *arg == name).map_or(&[][..], |(_, paths)| paths);
        let mut unknown = false;
        let unmade = self.is_never_made(used);
        let made = used.made.or_else(|| self.made_with(used.on?));
        for path in paths {
            if unmade && path.is_construction() {
                continue;
            }
            match self.at(used.expr, used.on, made, path) {
                At::Expr(expr) => return Arg::Given(self.passed(expr), path.unit),
                At::Unknown => unknown = true,
                At::Missing => {}
            }
        }
        if unknown {
            return Arg::Unknown;
        }
        match call.defaults.iter().find(|(arg, _)| *arg == name) {
            Some((_, value)) => Arg::Always(value.clone()),
            None if self.roles.arg_name(name) == "context" => {
                self.unnamed_context(used).map_or(Arg::Missing, |context| Arg::Given(context, None))
            }
            None => Arg::Missing,
        }
    }

    /// The call that made what an object is a part of: the client, of `client.chat.completions`.
    fn made_with(&self, object: ExprId) -> Option<ExprId> {
        let mut at = object;
        while let ExprKind::Member { object, .. } = self.facts.expr(at).kind {
            at = object;
            if let Entity::Object { made: Some(made), .. } = self.entity(at).entity {
                return Some(made);
            }
        }
        None
    }

    /// Whether what a call is made on is none that the tree constructs: an export that is an object itself, a Go variable declared
    /// without a value, or what a library makes and injects without options.
    fn is_never_made(&self, used: &RoleUse) -> bool {
        if used.made.is_some() {
            return false;
        }
        let Some(on) = used.on else { return true };
        self.exported_object(&self.entity(on).entity).is_some()
            || self.is_zero(on)
            || self.is_injected_plain(on)
    }

    /// Whether an object, or what it is a member of, is made by a library that nobody in the tree gives options for it.
    fn is_injected_plain(&self, object: ExprId) -> bool {
        let mut at = object;
        loop {
            if let Entity::Object { receiver, made: None } = self.entity(at).entity {
                let setters = &self.models.receivers[receiver.index()].plain_unless;
                if !setters.is_empty() {
                    return !setters.iter().any(|(object, method)| self.program.calls_on(object, method));
                }
            }
            match self.facts.expr(at).kind {
                ExprKind::Member { object, .. } => at = object,
                _ => return false,
            }
        }
    }

    /// What a value stands for: through conversions and wrappers that pass it on (`aws.String(url)`).
    pub(in crate::program) fn passed(&self, expr: ExprId) -> ExprId {
        let Some(found) = self.call_entry(expr) else { return expr };
        match &self.models.calls[found.entry.index()].returns {
            Some(crate::models::Returns::Argument(path)) => match self.at(expr, found.on, found.made, path) {
                At::Expr(inner) if inner != expr => inner,
                _ => expr,
            },
            _ => expr,
        }
    }

    /// The library object that a call is made on.
    pub fn receiver_of(&self, used: &RoleUse) -> Option<ReceiverId> {
        match self.entity(used.on?).entity {
            Entity::Object { receiver, .. } => Some(receiver),
            _ => None,
        }
    }
}
