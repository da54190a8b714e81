//! Tests of a step's arguments, and whether two keys are one.
//!
//! Owns: argument tests. Does not own: how steps stand to each other (`steps`).

use crate::facts::ExprId;
use crate::finding::Confidence;
use crate::models::ArgName;
use crate::program::shape::{Sameness, Shape};
use crate::program::value::Const;
use crate::program::{Arg, RoleUse};
use crate::rules::{ArgTest, Step};

use super::events::{Event, same_scalar};
use super::steps::{Fit, SURE, Search, contains_word};

/// How many names a value is followed through.
const MAX_HOPS: u32 = 6;

/// Names that say a key is a lock's.
const LOCK_WORDS: [&str; 7] = ["lock", "unlock", "mutex", "lease", "semaphore", "acquire", "release"];

impl Search<'_, '_> {
    pub(super) fn arg_fits(
        &self,
        event: &Event,
        arg: ArgName,
        test: &ArgTest,
        bound: &[Event],
    ) -> Option<Fit> {
        let program = self.program;
        let used = program.role_use(event.expr?)?;
        let value = match self.handed_arg(event, used, arg) {
            Some((handed, _)) => handed,
            // What a parameter holds is for the callers to answer: each is looked at by itself.
            None if matches!(test, ArgTest::Missing | ArgTest::Is(_)) && self.is_open(event, used, arg) => {
                return None;
            }
            None => program.arg(used, arg),
        };
        let unknown = Fit { confidence: Confidence::Low, note: "an argument could not be read" };
        let doubtful = Fit { confidence: Confidence::Medium, note: "an argument comes from elsewhere" };
        let yes = |holds: bool| holds.then_some(SURE);
        match (test, &value) {
            (ArgTest::Missing, Arg::Missing) => Some(SURE),
            (ArgTest::Missing, Arg::Given(expr, unit)) => {
                // A time to live of zero is none.
                yes(program
                    .constant(*expr)
                    .is_some_and(|value| value.nanoseconds(*unit) == Some(0.0) || value == Const::Null))
            }
            (ArgTest::Missing, Arg::Always(scalar)) => yes(matches!(scalar, crate::data::Scalar::Null)),
            (ArgTest::Missing | ArgTest::Is(_), Arg::Unknown) => Some(unknown),
            (ArgTest::Given, Arg::Given(..) | Arg::Always(_)) => Some(SURE),
            (ArgTest::Given, Arg::Missing) => None,
            (ArgTest::Constant, Arg::Given(expr, _)) => yes(program.constant(*expr).is_some()),
            (ArgTest::Constant, Arg::Always(_)) => Some(SURE),
            (ArgTest::Varying, Arg::Given(expr, _)) => yes(program.constant(*expr).is_none()),
            (ArgTest::Fresh, Arg::Given(expr, _)) => yes(program.is_fresh(*expr)),
            (ArgTest::Is(wanted), Arg::Always(scalar)) => yes(same_scalar(wanted, scalar)),
            (ArgTest::Is(wanted), Arg::Given(expr, _)) => match program.constant(*expr) {
                Some(value) => yes(value.is(wanted)),
                None => None,
            },
            (ArgTest::IsNot(_), Arg::Missing) => Some(SURE),
            (ArgTest::IsNot(wanted), Arg::Always(scalar)) => yes(!same_scalar(wanted, scalar)),
            (ArgTest::IsNot(wanted), Arg::Given(expr, _)) => match program.constant(*expr) {
                Some(value) => yes(!value.is(wanted)),
                None => Some(doubtful),
            },
            (ArgTest::SameAs(step, other), Arg::Given(..)) => self.same(event, arg, &bound[*step], *other),
            (ArgTest::Matches(regex), Arg::Given(expr, _)) => {
                yes(regex.is_match(&program.shape(*expr).text()))
            }
            (ArgTest::NotMatches(regex), Arg::Given(expr, _)) => {
                yes(!regex.is_match(&program.shape(*expr).text()))
            }
            (ArgTest::NotMatches(_), _) => Some(SURE),
            (ArgTest::Written(regex), Arg::Given(expr, _)) => yes(regex.is_match(program.text_of(*expr))),
            (ArgTest::NotWritten(regex), Arg::Given(expr, _)) => yes(!regex.is_match(program.text_of(*expr))),
            (ArgTest::Mentions(words), Arg::Given(expr, _)) => {
                let text = program.shape(*expr).words();
                yes(words.iter().any(|word| contains_word(&text, word)))
            }
            (ArgTest::Named(things), Arg::Given(expr, _)) => {
                let ty = program.type_name(*expr).unwrap_or_default();
                yes([program.text_of(*expr), ty]
                    .iter()
                    .any(|name| super::named::is_named_after(name, things)))
            }
            (ArgTest::MadeBy(roles), Arg::Given(expr, _)) => yes(self.made_by(*expr, roles)),
            (ArgTest::NotMadeBy(roles), Arg::Given(expr, _)) => yes(!self.made_by(*expr, roles)),
            _ => None,
        }
    }

    /// Whether a value is, or holds, a call with one of these roles, also through variables.
    fn made_by(&self, expr: ExprId, roles: &[crate::models::Role]) -> bool {
        self.made_by_within(expr, roles, MAX_HOPS)
    }

    fn made_by_within(&self, expr: ExprId, roles: &[crate::models::Role], hops: u32) -> bool {
        if self.program.role_use(expr).is_some_and(|used| roles.contains(&used.role)) {
            return true;
        }
        let Some(hops) = hops.checked_sub(1) else { return false };
        let mut found =
            self.program.values_of(expr).into_iter().any(|value| self.made_by_within(value, roles, hops));
        self.program
            .facts
            .children(expr, &mut |child| found = found || self.made_by_within(child, roles, hops));
        found
    }

    fn same(&self, event: &Event, arg: ArgName, other: &Event, other_arg: ArgName) -> Option<Fit> {
        let (a, b) = (self.key_shape(event, arg)?, self.key_shape(other, other_arg)?);
        let home = |event: &Event| event.call().map(|call| self.program.root_of(self.program.home(call)));
        let together = home(event) == home(other);
        match a.same(&b, together) {
            Sameness::Same => Some(SURE),
            Sameness::Alike => Some(Fit {
                confidence: Confidence::Medium,
                note: "keys compared across functions by their text",
            }),
            Sameness::Unknown => {
                Some(Fit { confidence: Confidence::Low, note: "keys could not be compared" })
                    .filter(|_| self.talks_of_one_thing(event, other))
            }
            Sameness::Different => None,
        }
        .map(|fit| self.upgrade(fit, event, other))
    }

    /// Two keys that are only parameters are one key when the functions' names say so: `acquireLock(key)`, `releaseLock(key)`.
    fn talks_of_one_thing(&self, event: &Event, other: &Event) -> bool {
        let names = [event, other].map(|event| {
            let function = event.call().map(|call| self.program.root_of(self.program.home(call)))?;
            Some(super::symbol(self.program, function))
        });
        let [Some(one), Some(two)] = names else { return false };
        let of_locks = |name: &str| LOCK_WORDS.iter().any(|word| contains_word(name, word));
        of_locks(&one) && of_locks(&two) && thing(&one) == thing(&two) && !self.is_spoken_for(event, other)
    }

    /// Whether the function that an event stands in holds what it belongs to itself, so that it is none of another's.
    fn is_spoken_for(&self, event: &Event, other: &Event) -> bool {
        let (Some(expr), Some(role)) = (event.expr, other.role) else { return false };
        let function = self.program.root_of(self.program.home(expr));
        let (Some(summary), Some(key)) = (self.program.summary(function), self.program.roles.arg("key"))
        else {
            return false;
        };
        let key_of = |expr: ExprId| {
            let used = self.program.role_use(expr)?;
            match self.program.arg(used, key) {
                Arg::Given(key, _) => Some(self.program.shape(key)),
                _ => None,
            }
        };
        let own = summary.roles.iter().filter(|played| played.via.is_none()).map(|played| played.expr);
        own.filter(|own| Some(*own) != other.expr)
            .filter(|own| self.program.role_use(*own).is_some_and(|used| used.role == role))
            .any(|own| key_of(own).is_some() && key_of(own) == key_of(expr))
    }

    fn upgrade(&self, fit: Fit, event: &Event, other: &Event) -> Fit {
        if fit.confidence == Confidence::Low && self.talks_of_one_thing(event, other) {
            return Fit {
                confidence: Confidence::Medium,
                note: "keys told to be the same by the functions' names",
            };
        }
        fit
    }

    /// Whether the function's own call hands over one of its parameters, which it has callers to fill.
    fn is_open(&self, event: &Event, used: &RoleUse, arg: ArgName) -> bool {
        let Arg::Given(expr, _) = self.program.arg(used, arg) else { return false };
        event.via.is_none()
            && self.program.param_of(expr).is_some_and(|(function, _)| self.program.has_callers(function))
    }

    /// An argument that a function hands on from its callers, as the call gives it that says what it is; and which of the calls
    /// that lead to the event that is, 0 for this root's own.
    fn handed_arg(&self, event: &Event, used: &RoleUse, arg: ArgName) -> Option<(Arg, usize)> {
        let via = event.via?;
        let Arg::Given(mut expr, unit) = self.program.arg(used, arg) else { return None };
        let calls = self.program.calls_to(self.program.root_of(self.program.home(via)), used.expr);
        let mut said_by = None;
        for (level, (call, callee)) in calls.iter().enumerate().rev() {
            let Some((function, position)) = self.program.param_of(expr) else { break };
            if function != *callee {
                break;
            }
            said_by = Some(level);
            let default =
                || self.program.facts.params(function).get(position).and_then(|param| param.default);
            match self.program.args(*call).get(position).copied().or_else(default) {
                Some(given) => expr = given,
                None => return Some((Arg::Missing, level)),
            }
        }
        Some((Arg::Given(expr, unit), said_by?))
    }

    /// The call that says what a step asks of its arguments: the one that plays the role, or one that leads to it and hands
    /// over what is wrong.
    pub(super) fn said_by(&self, step: &Step, event: &Event) -> Option<ExprId> {
        let used = self.program.role_use(event.expr?)?;
        let Some(via) = event.via else { return Some(used.expr) };
        let asked = step.args.iter().filter(|(_, test)| {
            matches!(test, ArgTest::Missing | ArgTest::Is(_) | ArgTest::Given | ArgTest::Constant)
        });
        let level =
            asked.filter_map(|(arg, _)| self.handed_arg(event, used, *arg)).map(|(_, level)| level).min();
        let calls = self.program.calls_to(self.program.root_of(self.program.home(via)), used.expr);
        Some(level.and_then(|level| calls.get(level)).map_or(used.expr, |(call, _)| *call))
    }

    /// The shape of an argument; that of an event in a callee with the callers' arguments put in, from call to call.
    fn key_shape(&self, event: &Event, arg: ArgName) -> Option<Shape> {
        let program = self.program;
        let used = program.role_use(event.expr?)?;
        let Arg::Given(expr, _) = program.arg(used, arg) else { return None };
        let shape = program.shape(expr);
        let Some(via) = event.via else { return Some(shape) };
        let calls = program.calls_to(self.program.root_of(program.home(via)), used.expr);
        Some(calls.iter().rev().fold(shape, |shape, (call, callee)| program.filled_in(shape, *call, *callee)))
    }
}

/// What a function's name speaks of, apart from what it does to it: `OrderLocks.acquireOrderLock` and `releaseOrderLock` speak
/// of an order.
fn thing(symbol: &str) -> Vec<String> {
    const DOING: [&str; 28] = [
        "lock",
        "unlock",
        "un",
        "locks",
        "mutex",
        "lease",
        "semaphore",
        "acquire",
        "aquire",
        "release",
        "hold",
        "delete",
        "del",
        "get",
        "try",
        "take",
        "obtain",
        "free",
        "remove",
        "set",
        "create",
        "drop",
        "give",
        "clear",
        "with",
        "the",
        "a",
        "for",
    ];
    let name = symbol.rsplit('.').next().unwrap_or(symbol);
    let mut words: Vec<String> = Vec::new();
    let mut before_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            before_lower = false;
            words.push(String::new());
            continue;
        }
        if words.is_empty() || (c.is_uppercase() && before_lower) {
            words.push(String::new());
        }
        before_lower = !c.is_uppercase();
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty() && !DOING.contains(&word.as_str()));
    words
}
