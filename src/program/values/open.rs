//! Arguments that lie in what a function was handed: `publish(message)` around `producer.send({ messages: [message] })`.
//!
//! Owns: following the path of an argument up to a parameter, and on from what a caller hands over. Does not own: which caller
//! that is (`engine`).

use crate::facts::{ExprId, ExprKind};
use crate::models::ArgName;
use crate::models::path::{Root, Unit};
use crate::program::View;
use crate::program::calls::RoleUse;
use crate::program::calls::args::Arg;
use crate::program::values::value::At;

/// A value that is known but for what a parameter holds.
#[derive(Clone, Copy, Debug)]
pub struct Open<'m> {
    /// Where the known part ends: the parameter, or the value itself when no steps are left.
    pub base: ExprId,
    /// The properties still to go down.
    pub steps: &'m [String],
    /// The unit of a plain number.
    pub unit: Option<Unit>,
}

/// Where following a path led.
#[derive(Clone, Copy, Debug)]
pub enum Walked<'m> {
    /// To a value, or to a parameter from which it goes on.
    To(Open<'m>),
    /// Nowhere, for certain.
    Missing,
    /// It cannot be told.
    Unknown,
}

impl<'a> View<'a> {
    /// An argument of a role, up to the parameter that it lies in.
    pub fn open_arg(&self, used: &RoleUse, name: ArgName) -> Option<Open<'a>> {
        self.open_args(used, name).into_iter().next()
    }

    /// The places in which an argument of a role may be given, each up to the parameter that it lies in: `query(text)` and
    /// `query({ text })` look the same from within `query = (what) => pool.query(what)`.
    pub fn open_args(&self, used: &RoleUse, name: ArgName) -> Vec<Open<'a>> {
        let models = self.models;
        let Some(entry) = used.entry else { return Vec::new() };
        let call = &models.calls[entry.index()];
        let paths = call.args.iter().find(|(arg, _)| *arg == name).map_or(&[][..], |(_, paths)| paths);
        let in_params = paths.iter().filter_map(|path| {
            let Root::Argument(position) = path.root else { return None };
            let start = *self.args(used.expr).get(position)?;
            match self.walk_down(start, &path.steps, path.unit) {
                Walked::To(open) if self.param_of(open.base).is_some() => Some(open),
                _ => None,
            }
        });
        let found: Vec<Open<'a>> = in_params.collect();
        // What all callers hand over together says less than what each does.
        if found.iter().any(|open| !open.steps.is_empty()) {
            return found;
        }
        match self.arg(used, name) {
            Arg::Given(base, unit) => vec![Open { base, steps: &[], unit }],
            Arg::Unknown | Arg::Always(_) | Arg::Missing => Vec::new(),
        }
    }

    /// Follows a path from a value as far as it is known.
    pub fn walk_down<'m>(&self, start: ExprId, steps: &'m [String], unit: Option<Unit>) -> Walked<'m> {
        let mut base = match self.facts.expr(start).kind {
            // Go hands variadic parameters on as they are.
            ExprKind::Spread(inner) => inner,
            _ => start,
        };
        for (index, step) in steps.iter().enumerate() {
            if self.param_of(base).is_some() {
                return Walked::To(Open { base, steps: &steps[index..], unit });
            }
            base = match self.property(base, step) {
                At::Expr(value) => value,
                At::Missing => return Walked::Missing,
                At::Unknown => return Walked::Unknown,
            };
        }
        Walked::To(Open { base, steps: &[], unit })
    }
}
