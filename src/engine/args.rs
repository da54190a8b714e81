//! Tests of a step's arguments, and whether two keys are one.
//!
//! Owns: argument tests. Does not own: how steps stand to each other (`steps`).

use crate::data::Scalar;
use crate::facts::words::words;
use crate::facts::{ExprId, ExprKind};
use crate::finding::Confidence;
use crate::models::ArgName;
use crate::models::vocabulary::Vocabulary;
use crate::program::Arg;
use crate::program::calls::RoleUse;
use crate::program::recurrence::trend::Trend;
use crate::program::values::shape::{Piece, Sameness, Shape};
use crate::program::values::value::Const;
use crate::rules::ArgTest;

use super::events::{Event, same_scalar};
use super::handed::is_for_callers;
use super::numbers::limit_fits;
use super::steps::{Fit, SURE, Search};
use super::wording::Wording;

/// How many names a value is followed through.
const MAX_HOPS: u32 = 6;

impl Search<'_, '_> {
    /// What a test is asked of; none where the callers have to answer.
    fn asked(&self, event: &Event, used: &RoleUse, arg: ArgName, test: &ArgTest) -> Option<Arg> {
        match self.handed_arg(event, used, arg) {
            _ if self.is_collection(arg) => Some(self.collection(event, arg)),
            Some((handed, _)) => Some(handed),
            // What a parameter holds is for the callers to answer: each is looked at by itself.
            None if is_for_callers(test) && self.is_open(event, used, arg) => None,
            None => Some(match self.program.arg(used, arg) {
                Arg::Missing => self.program.told_by_request(used, arg).unwrap_or(Arg::Missing),
                given => given,
            }),
        }
    }

    pub(super) fn arg_fits(
        &self,
        event: &Event,
        arg: ArgName,
        test: &ArgTest,
        bound: &[Event],
    ) -> Option<Fit> {
        let program = self.program;
        let used = program.role_use(event.expr?)?;
        if let ArgTest::Number(comparison, operand) = test {
            let holds = self.compared(event, arg, *comparison, *operand, bound);
            return holds.then_some(SURE);
        }
        if let ArgTest::Beyond(most) = test {
            return self.is_beyond(event, arg, *most).then_some(SURE);
        }
        if self.is_limit(used, arg) {
            return limit_fits(self.limit(event, used), test);
        }
        let value = self.asked(event, used, arg, test)?;
        let unknown = Fit { confidence: Confidence::Low, note: "an argument could not be read" };
        let doubtful = Fit { confidence: Confidence::Medium, note: "an argument comes from elsewhere" };
        let yes = |holds: bool| holds.then_some(SURE);
        if let Arg::Given(expr, _) = value
            && let Some(holds) = self.is_worded_so(test, expr)
        {
            return yes(holds);
        }
        match (test, &value) {
            (ArgTest::Missing, Arg::Missing) => Some(SURE),
            (ArgTest::Missing, Arg::Given(expr, unit)) => {
                // A time to live of zero is none.
                yes(program.constant(*expr).is_some_and(|value| {
                    value.nanoseconds(*unit) == Some(0.0)
                        || (value == Const::Null && !self.is_fallback(*expr))
                }))
            }
            (ArgTest::Missing, Arg::Always(scalar)) => yes(matches!(scalar, crate::data::Scalar::Null)),
            (ArgTest::Missing | ArgTest::Is(_), Arg::Unknown) => Some(unknown),
            (ArgTest::Given, Arg::Given(..) | Arg::Always(_)) => Some(SURE),
            (ArgTest::Given, Arg::Missing) => None,
            (ArgTest::Constant, Arg::Given(expr, _)) => yes(program.constant(*expr).is_some()),
            (ArgTest::Constant, Arg::Always(_)) => Some(SURE),
            (ArgTest::Varying, Arg::Given(expr, _)) => yes(program.constant(*expr).is_none()),
            (
                ArgTest::Growing | ArgTest::Unbounded | ArgTest::Steady | ArgTest::Uniform | ArgTest::PerItem,
                Arg::Given(..) | Arg::Always(_),
            ) => yes(self.changes_so(event, arg, test, &value)),
            (ArgTest::Fresh, Arg::Given(expr, _)) => yes(program.is_fresh(*expr)),
            (ArgTest::Plain, value) => yes(!self.is_live(used, value)),
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
            (ArgTest::Like(step, other), Arg::Given(..)) => self
                .same(event, arg, &bound[*step], *other)
                .or_else(|| self.alike(event, arg, &bound[*step], *other)),
            (ArgTest::Matches(regex), Arg::Always(Scalar::Text(text))) => yes(regex.is_match(text)),
            (ArgTest::NotMatches(regex), Arg::Always(Scalar::Text(text))) => yes(!regex.is_match(text)),
            (ArgTest::NotMatches(_) | ArgTest::NotMatchesSettled(_), _) => Some(SURE),
            (ArgTest::MadeBy(roles), Arg::Given(expr, _)) => yes(self.made_by(*expr, roles)),
            (ArgTest::NotMadeBy(roles), Arg::Given(expr, _)) => yes(!self.made_by(*expr, roles)),
            (ArgTest::MadeOf(step), Arg::Given(expr, _)) => yes(self.is_made_of(*expr, &bound[*step])),
            _ => None,
        }
    }

    /// Whether what is given is worded as a test wants it; none for a test of something else.
    fn is_worded_so(&self, test: &ArgTest, given: ExprId) -> Option<bool> {
        let program = self.program;
        Some(match test {
            ArgTest::Matches(regex) => regex.is_match(&self.words_of(given)),
            ArgTest::NotMatches(regex) => !regex.is_match(&self.words_of(given)),
            ArgTest::MatchesSettled(regex) => regex.is_match(&program.settled_text(given)),
            ArgTest::NotMatchesSettled(regex) => !regex.is_match(&program.settled_text(given)),
            ArgTest::Written(regex) => regex.is_match(program.text_of(given)),
            ArgTest::NotWritten(regex) => !regex.is_match(program.text_of(given)),
            ArgTest::DeclaredWith(regex) => program.type_text(given).is_some_and(|text| regex.is_match(text)),
            ArgTest::Mentions(words) => self.speaks(given, words),
            ArgTest::Named(things) => {
                let types = [program.type_name(given), program.kept_type_name(given)];
                let names = types.into_iter().flatten().chain([program.text_of(given)]);
                names
                    .into_iter()
                    .any(|name| super::named::is_named_after(&program.words.records.kept_as, name, things))
            }
            _ => return None,
        })
    }

    /// Whether a value has one of these words in it: in what it is made of, in the helper that makes it, or in what it is called.
    fn speaks(&self, given: ExprId, words: &[String]) -> bool {
        let program = self.program;
        let told = |text: &str| Wording::of(text).has_one(words);
        told(&program.shape(given).words())
            || program.variable_name(given).is_some_and(told)
            || told(&program.spelled_out(given).words())
    }

    /// Whether an argument is something live, or goes into a collection of such.
    fn is_live(&self, used: &crate::program::RoleUse, value: &Arg) -> bool {
        used.on.is_some_and(|on| self.program.holds_live(on))
            || matches!(value, Arg::Given(expr, _) if self.program.is_live(*expr))
    }

    /// Whether an argument changes from round to round, or from item to item, as a test asks.
    fn changes_so(&self, event: &Event, arg: ArgName, test: &ArgTest, value: &Arg) -> bool {
        let Arg::Given(expr, unit) = *value else {
            return matches!(test, ArgTest::Steady | ArgTest::Uniform);
        };
        let trend = || self.program.trend(expr, &[]);
        match test {
            ArgTest::Growing => trend() == Trend::Growing,
            ArgTest::Unbounded => trend() == Trend::Growing && !self.program.has_ceiling(expr),
            ArgTest::Steady => trend() == Trend::Steady,
            ArgTest::PerItem => !self.is_uniform(event, arg, value),
            _ => {
                // A time that is none, or that says to keep what is there (`KeepTTL`), is no time.
                let time = self.program.constant(expr).and_then(|value| value.nanoseconds(unit));
                time.is_none_or(|time| time > 0.0) && self.is_uniform(event, arg, value)
            }
        }
    }

    /// Whether an argument is the same in every round of the loops that the event stands in.
    fn is_uniform(&self, event: &Event, arg: ArgName, value: &Arg) -> bool {
        let root = self.root().function;
        match (value, event.via) {
            (Arg::Given(expr, _), Some(via))
                if self.program.root_of(self.program.home(*expr))
                    != self.program.root_of(self.program.home(via)) =>
            {
                // Put together in the function that is called: of what it was handed.
                let pieces = self.key_shape(event, arg).map(|shape| shape.0).unwrap_or_default();
                pieces.iter().all(|piece| match piece {
                    Piece::Hole(Some(var), _) => self.program.is_uniform_var(*var, root),
                    _ => true,
                })
            }
            (Arg::Given(expr, _), _) => self.program.is_uniform(*expr, root),
            _ => true,
        }
    }

    /// `value ?? undefined`: null only where there is nothing else.
    fn is_fallback(&self, expr: ExprId) -> bool {
        matches!(self.program.facts.expr(expr).kind, ExprKind::Binary { .. } | ExprKind::Cond { .. })
    }

    /// The text of a constant; of anything else its constant parts.
    fn words_of(&self, expr: ExprId) -> String {
        match self.program.constant(expr) {
            Some(Const::Text(text)) => text,
            _ => self.program.shape(expr).text(),
        }
    }

    /// Whether a value is, or holds, a call with one of these roles, also through variables. What somebody else gave is not made of
    /// what it was asked with: `await tokens.issue({ at: Date.now() })`.
    fn made_by(&self, expr: ExprId, roles: &[crate::models::Role]) -> bool {
        let is_answer = |call: ExprId| super::events::work::is_work(self.program, call);
        self.maker_within(expr, roles, MAX_HOPS, &is_answer).is_some()
    }

    /// The call with one of these roles that a value is, or holds, also through variables.
    pub(super) fn maker(&self, expr: ExprId, roles: &[crate::models::Role]) -> Option<ExprId> {
        self.maker_within(expr, roles, MAX_HOPS, &|_| false)
    }

    fn maker_within(
        &self,
        expr: ExprId,
        roles: &[crate::models::Role],
        hops: u32,
        is_answer: &dyn Fn(ExprId) -> bool,
    ) -> Option<ExprId> {
        if self.program.role_use(expr).is_some_and(|used| roles.contains(&used.role)) {
            return Some(expr);
        }
        let hops = hops.checked_sub(1)?;
        // A parameter holds what it was handed, whatever else it may be set to.
        if self.program.is_param(expr) {
            return None;
        }
        let mut found = self
            .program
            .values_of(expr)
            .into_iter()
            .find_map(|value| self.maker_within(value, roles, hops, is_answer));
        let asked = if is_answer(expr) { self.program.args(expr) } else { &[] };
        self.program.facts.children(expr, &mut |child| {
            if found.is_none() && !asked.contains(&child) {
                found = self.maker_within(child, roles, hops, is_answer);
            }
        });
        found.or_else(|| self.maker_within(self.program.given_by_helper(expr)?, roles, hops, is_answer))
    }

    fn same(&self, event: &Event, arg: ArgName, other: &Event, other_arg: ArgName) -> Option<Fit> {
        let (a, b) = (self.key_shape(event, arg)?, self.key_shape(other, other_arg)?);
        let home = |event: &Event| event.call().map(|call| self.program.root_of(self.program.home(call)));
        let together = home(event) == home(other);
        let sameness = match a.same(&b, together) {
            // One of them may be written by a variable that holds what the other is written out as.
            Sameness::Different if together => self.program.traced(&a).same(&self.program.traced(&b), true),
            // A helper that makes keys may say more than its name does.
            Sameness::Unknown => {
                let (a, b) = (self.key_spelled_out(event, arg)?, self.key_spelled_out(other, other_arg)?);
                a.same(&b, together)
            }
            told => told,
        };
        match sameness {
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

    /// Whether two keys are the same text around values, wherever they stand.
    fn alike(&self, event: &Event, arg: ArgName, other: &Event, other_arg: ArgName) -> Option<Fit> {
        let (a, b) = (self.key_shape(event, arg)?, self.key_shape(other, other_arg)?);
        let fit =
            Fit { confidence: Confidence::Medium, note: "keys compared by the text around their values" };
        // `bookKey(isbn)`, `bookKey(book.isbn)`: made by one function that makes keys.
        let makes_keys =
            |piece: &Piece| matches!(piece, Piece::Made(name) if name.to_ascii_lowercase().contains("key"));
        let alike = match a.same(&b, false) {
            Sameness::Unknown => {
                a.0.len() == b.0.len() && a.0.first() == b.0.first() && a.0.iter().any(makes_keys)
            }
            found => found >= Sameness::Alike,
        };
        alike.then_some(fit)
    }

    /// Two keys that are only parameters are one key when the functions' names say so: `acquireLock(key)`, `releaseLock(key)`.
    fn talks_of_one_thing(&self, event: &Event, other: &Event) -> bool {
        let names = [event, other].map(|event| {
            let function = event.call().map(|call| self.program.root_of(self.program.home(call)))?;
            Some(super::symbol(self.program, function))
        });
        let [Some(one), Some(two)] = names else { return false };
        let words = self.program.words;
        names_a_lock(words, &one)
            && names_a_lock(words, &two)
            && thing(words, &one) == thing(words, &two)
            && !self.is_spoken_for(event, other)
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

    /// The shape of an argument; that of an event in a callee with the callers' arguments put in, from call to call.
    fn key_shape(&self, event: &Event, arg: ArgName) -> Option<Shape> {
        self.key_by(event, arg, &|expr| self.program.shape(expr))
    }

    /// The same, with what a helper makes in its place.
    fn key_spelled_out(&self, event: &Event, arg: ArgName) -> Option<Shape> {
        self.key_by(event, arg, &|expr| self.program.spelled_out(expr))
    }

    fn key_by(&self, event: &Event, arg: ArgName, shape: &dyn Fn(ExprId) -> Shape) -> Option<Shape> {
        let program = self.program;
        let used = program.role_use(event.expr?)?;
        let Arg::Given(expr, _) = program.arg(used, arg) else { return None };
        let shape = shape(expr);
        let Some(via) = event.via else { return Some(shape) };
        // From this very call on: another one of the same function may lead to the same helper with another key.
        let calls = program.calls_through(via, used.expr);
        Some(calls.iter().rev().fold(shape, |shape, (call, callee)| program.filled_in(shape, *call, *callee)))
    }
}

/// Whether a function's name says that it deals with a lock.
pub(super) fn names_a_lock(words: &Vocabulary, name: &str) -> bool {
    Wording::of(name).has_one(words.locks.named.words())
}

/// What a function's name speaks of, apart from what it does to it: `OrderLocks.acquireOrderLock` and `releaseOrderLock` speak
/// of an order.
fn thing(vocabulary: &Vocabulary, symbol: &str) -> Vec<String> {
    let name = symbol.rsplit('.').next().unwrap_or(symbol);
    let mut words = words(name);
    words.retain(|word| !vocabulary.locks.doing.has(word));
    words
}
