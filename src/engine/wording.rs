//! The words near an event: of its key or topic, of what it is called on, of the functions around.
//!
//! Owns: which names count, and finding words in them. Does not own: what a thing is by its name (`named`).

use std::borrow::Cow;

use crate::facts::{ExprId, ExprKind};
use crate::models::RunKind;
use crate::program::Arg;
use crate::program::flow::NodeKind;
use crate::rules::Step;

use super::events::Event;
use super::steps::Search;

impl Search<'_, '_> {
    pub(super) fn worded(&self, step: &Step, event: &Event) -> bool {
        if step.mentions.is_empty() && step.not_mentions.is_empty() {
            return true;
        }
        let words = event.words(|| self.words_near(event));
        let near = Wording::of(&words);
        (step.mentions.is_empty() || near.has_one(&step.mentions))
            && !near.has_one(&step.not_mentions)
            && !self.is_handed_to(&step.not_mentions, event)
    }

    /// Whether the closure that an event stands in is handed to something with one of the words in its name: `OnShutdown(func …)`.
    fn is_handed_to(&self, words: &[String], event: &Event) -> bool {
        let Some(call) = event.call().filter(|_| !words.is_empty()) else { return false };
        let literal = self.program.literal_of(self.program.home(call));
        let Some(runner) = literal.and_then(|literal| self.program.parent(literal)) else { return false };
        let ExprKind::Call { callee, .. } = self.program.facts.expr(runner).kind else { return false };
        self.program.last_name(callee).is_some_and(|name| Wording::of(name).has_one(words))
    }

    /// The name of what is called.
    pub(super) fn named(&self, step: &Step, event: &Event) -> bool {
        if step.called.is_empty() && step.not_called.is_empty() {
            return true;
        }
        let name = |call: ExprId| match self.program.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => self.program.last_name(callee),
            _ => None,
        };
        let names = [event.expr, event.via].into_iter().flatten().filter_map(name).map(Wording::of);
        let names: Vec<Wording<'_>> = names.collect();
        let has = |list: &[String]| names.iter().any(|name| name.has_one(list));
        (step.called.is_empty() || has(&step.called))
            && !has(&step.not_called)
            && !self.is_handed_to(&step.not_called, event)
    }

    /// The name of what it is called on.
    pub(super) fn called_on(&self, step: &Step, event: &Event) -> bool {
        if step.on_mentions.is_empty() && step.on_not_mentions.is_empty() {
            return true;
        }
        let on = self.called_object(event).map(|on| self.program.nameless_holder(on).unwrap_or(on));
        let name = Wording::of(on.and_then(|on| self.program.last_name(on)).unwrap_or_default());
        (step.on_mentions.is_empty() || name.has_one(&step.on_mentions))
            && !name.has_one(&step.on_not_mentions)
    }

    /// Whether some branch of the function tests something so named.
    pub(super) fn is_tested(&self, words: &[String]) -> bool {
        let flow = self.root().flow;
        flow.ids().any(|id| match flow.node(id).kind {
            NodeKind::Test(test) => Wording::of(&without_kinds(self.program.text_of(test))).has_one(words),
            _ => false,
        })
    }

    /// The names near an event: its key or topic, its receiver, its result, the function and type around.
    fn words_near(&self, event: &Event) -> String {
        let program = self.program;
        let mut words = Vec::new();
        for expr in [event.expr, event.via].into_iter().flatten() {
            words.push(super::symbol(program, program.home(expr)));
            words.extend(program.result_var(expr).map(|var| program.var_name(var).to_owned()));
            if let Some(used) = program.role_use(expr) {
                for arg in ["key", "topic"] {
                    let Some(arg) = program.roles.arg(arg) else { continue };
                    // What a caller hands over says more than the parameter's name.
                    let handed = self.handed_arg(event, used, arg).map(|(value, _)| value);
                    for value in handed.into_iter().chain([program.arg(used, arg)]) {
                        if let Arg::Given(value, _) = value {
                            words.push(program.shape(value).words());
                            // `dedupeKey`: what the key is called, beside what it is made of.
                            words.extend(program.variable_name(value).map(str::to_owned));
                        }
                    }
                }
                words.extend(used.on.map(|on| program.text_of(on).to_owned()));
                words.extend(self.constants_handed(event));
            } else if let ExprKind::Call { callee, .. } = program.facts.expr(expr).kind {
                words.push(program.text_of(callee).to_owned());
            }
        }
        if event.expr.is_none() {
            words.push(super::symbol(program, self.root().function));
            // Where it is registered: `app.post('/stripe/webhook', …)`.
            let handler =
                program.handler(self.root().function).filter(|handler| handler.kind == RunKind::Http);
            let given_to = handler.and_then(|handler| handler.call);
            let route = given_to.and_then(|call| program.args(call).first().copied());
            words.extend(route.map(|route| program.shape(route).words()));
        }
        words.join(" ")
    }

    /// What the call that leads to a message is handed that is named as a constant: `bus.send(queues.ORDER_EVENTS, message)`.
    fn constants_handed(&self, event: &Event) -> Vec<String> {
        let is_constant = |name: &str| name.len() > 1 && !name.contains(|c: char| c.is_lowercase());
        let args = event.via.map_or(&[][..], |via| self.program.args(via));
        let names = args.iter().filter_map(|arg| match self.program.facts.expr(*arg).kind {
            ExprKind::Name { .. } | ExprKind::Member { .. } => self.program.last_name(*arg),
            _ => None,
        });
        names.filter(|name| is_constant(name)).map(str::to_owned).collect()
    }
}

/// Text in which words are looked for, at a word's start in any of the usual spellings (`acquireLock`, `acquire_lock`, `lock:`). A
/// word may go on (`locks`), and be of several words (`giveback` for `giveBack`); but `holds` is not in `holdStock`.
pub(super) struct Wording<'t> {
    text: &'t [u8],
    /// Where words begin.
    begins: Vec<usize>,
}

impl<'t> Wording<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let text = text.as_bytes();
        let begins = |at: &usize| *at == 0 || !text[at - 1].is_ascii_alphabetic() || is_hump(text, *at);
        Self { text, begins: (0..text.len()).filter(begins).collect() }
    }

    pub(super) fn has(&self, word: &str) -> bool {
        let Some(first) = word.as_bytes().first() else { return false };
        let ends = |at: usize| self.text.get(at).is_none_or(|next| !next.is_ascii_lowercase());
        let may_be = |at: &&usize| self.text.get(**at).is_some_and(|own| own.eq_ignore_ascii_case(first));
        self.begins.iter().filter(may_be).any(|at| {
            let end = at + word.len();
            self.text.get(*at..end).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
                && (ends(end) || !(at + 1..end).any(|at| is_hump(self.text, at)))
        })
    }

    pub(super) fn has_one<W: AsRef<str>>(&self, words: &[W]) -> bool {
        words.iter().any(|word| self.has(word.as_ref()))
    }
}

/// A test without the text in it that is put together of several words (`'checkout.session.completed'`): that is a kind of event or
/// command, and says nothing of how far anything has come.
fn without_kinds(test: &str) -> Cow<'_, str> {
    let is_quote = |c: char| matches!(c, '\'' | '"' | '`');
    if !test.contains(is_quote) {
        return Cow::Borrowed(test);
    }
    let is_kind = |text: &str| {
        let joint = |c: char| matches!(c, '.' | '_' | '-' | ':');
        text.chars().all(|c| c.is_ascii_alphanumeric() || joint(c))
            && text.split(joint).filter(|word| !word.is_empty()).count() > 1
    };
    // Every other part stands between quotes.
    let parts = test.split(is_quote).enumerate();
    let kept = parts.filter(|(at, part)| at % 2 == 0 || !is_kind(part)).map(|(_, part)| part);
    Cow::Owned(kept.collect::<Vec<_>>().join(" "))
}

/// Whether a word begins within `camelCase`.
fn is_hump(text: &[u8], at: usize) -> bool {
    text[at - 1].is_ascii_lowercase() && text[at].is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::Wording;

    #[test]
    fn words_begin_where_words_do_and_may_go_on() {
        for (text, word) in [
            ("acquireLock", "lock"),
            ("acquire_lock:x", "lock"),
            ("locksOf", "lock"),
            ("giveBackStock", "giveback"),
            ("rate-limiter", "rate-limit"),
            ("LOCK", "lock"),
            ("OpenAIVectors", "openai"),
        ] {
            assert!(Wording::of(text).has(word), "{word} in {text}");
        }
        for (text, word) in
            [("unlock", "lock"), ("holdStock", "holds"), ("chargeShop", "charges"), ("block", "lock")]
        {
            assert!(!Wording::of(text).has(word), "{word} in {text}");
        }
    }
}
