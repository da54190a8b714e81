//! Numbers and times of arguments: comparing them, and saying them; the limit that holds for a call.
//!
//! Owns: the argument `limit`, which no model gives. Does not own: how limits are found (`program::deadlines::limits`).

use crate::data::Scalar;
use crate::finding::{Confidence, Place};
use crate::models::path::parse_duration;
use crate::models::{ArgName, Unit};
use crate::program::deadlines::limits::Limit;
use crate::program::values::value::Const;
use crate::program::{Arg, RoleUse};
use crate::rules::{ArgTest, Comparison, Operand, Template};

use super::events::Event;
use super::steps::{Fit, SURE, Search};

/// How long a text of an argument may be that is said in a message.
const MAX_SAID: usize = 40;

/// Whether what is known of a limit fits a test.
pub(super) fn limit_fits(limit: Limit, test: &ArgTest) -> Option<Fit> {
    match (test, limit) {
        (ArgTest::Missing, Limit::Never) | (ArgTest::Given, Limit::After(_)) => Some(SURE),
        (ArgTest::Missing, Limit::Unknown) => {
            Some(Fit { confidence: Confidence::Low, note: "whether something limits it could not be read" })
        }
        _ => None,
    }
}

impl Search<'_, '_> {
    /// Whether an argument is the limit of the call: the least of all that hold for it, which no model gives.
    pub(super) fn is_limit(&self, used: &RoleUse, arg: ArgName) -> bool {
        let roles = self.program.roles;
        let timeout = roles.arg("timeout");
        roles.arg_name(arg) == "limit"
            && timeout.is_some_and(|timeout| roles.info(used.role).args.contains(&timeout))
    }

    /// The limit of an event's call, with what the calls that lead to it hand over.
    pub(super) fn limit(&self, event: &Event, used: &RoleUse) -> Limit {
        let given = |used: &RoleUse, name: &str| {
            self.program.roles.arg(name).map_or(Arg::Missing, |arg| self.value_of(event, used, arg))
        };
        let limit = self.program.limit(used, &given);
        let around = event.via.map_or(Limit::Never, |via| self.program.guards_of(via));
        limit.and(around)
    }

    pub(super) fn compared(
        &self,
        event: &Event,
        arg: ArgName,
        comparison: Comparison,
        operand: Operand,
        bound: &[Event],
    ) -> bool {
        let other = match operand {
            Operand::Number(number) => Some(number),
            Operand::Of(step, arg) => self.number(&bound[step], arg),
        };
        let number = self.number(event, arg);
        number.zip(other).is_some_and(|(number, other)| comparison.holds(number, other))
    }

    /// Whether a number is above this, or not known. Attempts count with the first.
    pub(super) fn is_beyond(&self, event: &Event, arg: ArgName, most: u32) -> bool {
        match self.program.roles.arg_name(arg) {
            "attempts" => self.library_count(event).is_none_or(|count| count > most),
            _ => self.number(event, arg).is_none_or(|number| number > f64::from(most)),
        }
    }

    /// The number or time (in nanoseconds) that an argument is.
    pub(super) fn number(&self, event: &Event, arg: ArgName) -> Option<f64> {
        let used = self.program.role_use(event.expr?)?;
        if self.is_total(arg) {
            return self.total(event);
        }
        if self.is_product(arg) {
            return self.product(event);
        }
        if self.is_limit(used, arg) {
            return match self.limit(event, used) {
                Limit::After(time) => time,
                Limit::Never | Limit::Unknown => None,
            };
        }
        self.constant_of(&self.value_of(event, used, arg))
    }

    /// The number or time (in nanoseconds) that stands at an argument.
    pub(super) fn constant_of(&self, arg: &Arg) -> Option<f64> {
        match arg {
            Arg::Given(expr, unit) => numeric(&self.program.constant(*expr)?, *unit),
            Arg::Always(Scalar::Num(number)) => Some(*number),
            Arg::Always(Scalar::Text(text)) => parse_duration(text),
            _ => None,
        }
    }

    pub(super) fn value_of(&self, event: &Event, used: &RoleUse, arg: ArgName) -> Arg {
        let handed = self.handed_arg(event, used, arg);
        handed.map_or_else(|| self.program.arg(used, arg), |(handed, _)| handed)
    }

    /// Where an argument is given.
    pub(super) fn given_at(&self, event: &Event, arg: ArgName) -> Option<Place> {
        let used = self.program.role_use(event.expr?)?;
        let asked = if self.is_limit(used, arg) { self.program.roles.arg("timeout")? } else { arg };
        match self.value_of(event, used, asked) {
            Arg::Given(expr, _) => Some(self.program.place_of(expr)),
            _ => None,
        }
    }

    /// Where an argument of a call is given, by its own function.
    pub(super) fn given_to(&self, call: crate::facts::ExprId, arg: ArgName) -> Option<Place> {
        match self.program.arg(self.program.role_use(call)?, arg) {
            Arg::Given(expr, _) => Some(self.program.place_of(expr)),
            _ => None,
        }
    }

    /// A text with what the arguments are.
    pub(super) fn said(&self, template: &Template, steps: &[Event]) -> String {
        let mut text = String::new();
        for (piece, argument) in &template.pieces {
            text.push_str(piece);
            if let Some((step, arg)) = argument {
                text.push_str(&self.say(&steps[*step], *arg));
            }
        }
        text
    }

    fn say(&self, event: &Event, arg: ArgName) -> String {
        if self.is_product(arg) {
            return self.say_product(event);
        }
        if let Some(used) = event.expr.and_then(|expr| self.program.role_use(expr)) {
            let is_limit = self.is_limit(used, arg);
            if let Some(number) = self.number(event, arg) {
                let is_time = is_limit || self.is_total(arg) || self.is_time(event, used, arg);
                return if is_time { duration(number) } else { number.to_string() };
            }
            if let (false, Arg::Given(expr, _)) = (is_limit, self.value_of(event, used, arg)) {
                let text = self.program.text_of(expr);
                if text.len() <= MAX_SAID && !text.contains(char::is_whitespace) {
                    return format!("`{text}`");
                }
            }
        }
        "some time".to_owned()
    }

    fn is_time(&self, event: &Event, used: &RoleUse, arg: ArgName) -> bool {
        match self.value_of(event, used, arg) {
            Arg::Given(_, Some(_)) => true,
            Arg::Given(expr, None) => matches!(self.program.constant(expr), Some(Const::Duration(_))),
            Arg::Always(Scalar::Text(text)) => parse_duration(&text).is_some(),
            _ => false,
        }
    }
}

/// A constant as a number; a time in nanoseconds.
fn numeric(value: &Const, unit: Option<Unit>) -> Option<f64> {
    value.nanoseconds(unit)
}

/// A time as people write it.
fn duration(nanoseconds: f64) -> String {
    let units = [(3.6e12, "h"), (6e10, "min"), (1e9, "s"), (1e6, "ms"), (1e3, "us")];
    let whole = |unit: f64| nanoseconds >= unit && (nanoseconds / unit).fract().abs() < 1e-9;
    match units.iter().find(|(unit, _)| whole(*unit)) {
        Some((unit, name)) => format!("{} {name}", nanoseconds / unit),
        None if nanoseconds >= 1e9 => format!("{:.1} s", nanoseconds / 1e9),
        None => format!("{nanoseconds} ns"),
    }
}
