//! Whether work is the point of what a function does with a message, or bookkeeping about it.
//!
//! Owns: telling notes of what became of the work (`markSent`, a status that is written last) and cleaning up. Does not own:
//! what work is (`events`).

use crate::facts::ExprKind;
use crate::program::Arg;

use super::events::Event;
use super::named::words;
use super::steps::Search;

/// What functions are called that note what became of the work, or clean up after it.
const NOTING: [&str; 19] = [
    "mark",
    "touch",
    "track",
    "record",
    "note",
    "clear",
    "clean",
    "cleanup",
    "delete",
    "remove",
    "unlink",
    "purge",
    "prune",
    "close",
    "dispose",
    "heartbeat",
    "report",
    "log",
    "audit",
];

/// What is noted: `updateTaskStatus`, `setProgress`.
const NOTES: [&str; 7] = ["status", "progress", "state", "stats", "statistics", "usage", "metrics"];

/// Fields of a record that only tell of what became of the work.
const MARKS: [&str; 9] =
    ["status", "progress", "state", "completed", "finished", "processed", "updated", "sent", "emailed"];

/// Roles that only ask.
const READS: [&str; 3] = ["store.read", "kv.read", "kv.exists"];

impl Search<'_, '_> {
    /// Whether an event only notes or tidies up what other work of the function has done before it.
    pub(super) fn is_bookkeeping(&self, event: &Event) -> bool {
        self.is_note(event) && {
            let flow = self.root().flow;
            let comes_first = |other: &&Event| {
                let mut pairs =
                    other.nodes.iter().flat_map(|from| event.nodes.iter().map(move |to| (from, to)));
                pairs.any(|(from, to)| flow.comes_after(*from, *to))
            };
            let is_main = |other: &Event| {
                let reads = other.role.is_some_and(|role| READS.contains(&self.program.roles.name(role)));
                other.work
                    && !reads
                    && other.call() != event.call()
                    && !self.is_note(other)
                    && !self.is_on_failure(other)
            };
            self.root().events.iter().filter(comes_first).any(is_main)
        }
    }

    /// Whether an event is named or written as a note or as tidying up.
    fn is_note(&self, event: &Event) -> bool {
        let calls = [event.via, event.expr];
        let names = calls.into_iter().flatten().filter_map(|call| match self.program.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => self.program.last_name(callee),
            _ => None,
        });
        let is_noting = |name: &str| {
            let words = words(name);
            let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
            words.first().is_some_and(|first| NOTING.contains(&first.as_str()))
                || (words.len() > 1 && has(&NOTES))
        };
        // What the function itself calls says what it is for; a plain store is asked what it writes.
        match event.via {
            Some(_) => names.take(1).any(is_noting),
            None => names.take(1).any(is_noting) || self.writes_marks(event),
        }
    }

    /// Whether all that a change of a record sets are marks: `{ status: 'done', completedAt: new Date() }`.
    fn writes_marks(&self, event: &Event) -> bool {
        let Some(used) = event.expr.and_then(|expr| self.program.role_use(expr)) else { return false };
        let arg = |name: &str| self.program.roles.arg(name).map(|name| self.program.arg(used, name));
        let changes = matches!(arg("change"), Some(Arg::Always(crate::data::Scalar::Text(change))) if change == "update");
        let Some(Arg::Given(value, _)) = arg("value").filter(|_| changes) else { return false };
        let ExprKind::Object { props, .. } = self.program.facts.expr(value).kind else { return false };
        let props = self.program.facts.props(props);
        let is_mark = |prop: &crate::facts::Prop| match prop.key {
            crate::facts::PropKey::Name(name) => {
                let words = words(self.program.facts.name(name));
                words.iter().any(|word| MARKS.contains(&word.as_str()))
            }
            _ => false,
        };
        !props.is_empty() && props.iter().all(is_mark)
    }
}
