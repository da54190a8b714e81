//! Collections for each of whose items something is done: one after another, or for all of them at once.
//!
//! Owns: the arguments `at-once` and `in-turn`, which no model gives, telling collections that are known to be small, and what asks for one
//! thing alone (`scoped`). Does not own: loops as ways (`cycles`), or how many run a function (`program::concurrency::crowd`).

use crate::facts::{ExprId, ExprKind, FuncId, LoopKind, StmtKind};
use crate::models::ArgName;
use crate::program::Arg;
use crate::program::flow::NodeKind;
use crate::source::{Ecosystem, Span};

use super::conditions::contains;
use super::events::Event;
use super::steps::Search;

/// How many names a collection is followed through.
const MAX_HOPS: u32 = 6;

/// How many closures a call may stand in.
const MAX_AROUND: usize = 8;

/// What something is done for each item of.
struct Over {
    collection: ExprId,
    /// For all items at the same time.
    at_once: bool,
}

/// What a call stands in, from the inside to the outside.
enum Frame {
    /// Go's `go`.
    Go,
    /// A loop: what it goes over, if it goes over items, and where it stands.
    Loop(Option<ExprId>, Span),
    /// `for await`: what it goes over, and where it stands.
    Pieces(ExprId, Span),
}

impl Search<'_, '_> {
    /// Whether an argument is the collection for each of whose items an event happens.
    pub(super) fn is_collection(&self, arg: ArgName) -> bool {
        matches!(self.program.roles.arg_name(arg), "at-once" | "in-turn")
    }

    /// That collection; missing where there is none, where it is known to be small, or where the other manner is asked for.
    pub(super) fn collection(&self, event: &Event, arg: ArgName) -> Arg {
        let at_once = self.program.roles.arg_name(arg) == "at-once";
        let over = event.call().and_then(|call| self.gone_over(call));
        match over.filter(|over| over.at_once == at_once) {
            Some(over) if !self.is_small(over.collection, at_once, MAX_HOPS) => {
                Arg::Given(over.collection, None)
            }
            _ => Arg::Missing,
        }
    }

    /// Whether an event happens for each piece of a stream: in a `for await`, or in a function handed to `on('data', …)`.
    pub(super) fn is_for_pieces(&self, event: &Event) -> bool {
        let Some(call) = event.call() else { return false };
        let frames = self.frames(self.program.home(call), call);
        self.program.is_for_pieces(call) || frames.iter().any(|frame| matches!(frame, Frame::Pieces(..)))
    }

    fn gone_over(&self, call: ExprId) -> Option<Over> {
        let mut at = call;
        let script = self.program.ecosystem() == Ecosystem::Ecmascript;
        let mut started = script && (self.is_collected(call) || self.program.is_dropped(call));
        for _ in 0..MAX_AROUND {
            let home = self.program.home(at);
            for frame in self.frames(home, at) {
                match frame {
                    Frame::Go => started = true,
                    Frame::Loop(Some(collection), span) | Frame::Pieces(collection, span) => {
                        let at_once = started && !self.takes_places(span);
                        return (!started || at_once).then_some(Over { collection, at_once });
                    }
                    // So many workers, or one round after another for as long as something lasts.
                    Frame::Loop(None, _) => return None,
                }
            }
            if home == self.root().function {
                return None;
            }
            let literal = self.program.literal_of(home)?;
            let runner = self.program.parent(literal)?;
            if let Some(over) = self.mapped(runner, literal, home, started) {
                return Some(over);
            }
            started |= self.is_start(runner, literal, home);
            at = runner;
        }
        None
    }

    /// A closure that a collection is gone over with: `items.map(…)`, `items.forEach(…)`.
    fn mapped(&self, runner: ExprId, literal: ExprId, closure: FuncId, started: bool) -> Option<Over> {
        let facts = self.program.facts;
        if self.program.ecosystem() != Ecosystem::Ecmascript
            || self.program.args(runner).first() != Some(&literal)
        {
            return None;
        }
        let ExprKind::Call { callee, .. } = facts.expr(runner).kind else { return None };
        let ExprKind::Member { object, name } = facts.expr(callee).kind else { return None };
        let over = |at_once| Some(Over { collection: object, at_once });
        match facts.name(name) {
            "map" | "flatMap" => over(true),
            "forEach" => over(started || facts.function(closure).is_async),
            _ => None,
        }
    }

    /// Whether a call starts the closure that it is handed, or is of, without waiting for it.
    fn is_start(&self, runner: ExprId, literal: ExprId, closure: FuncId) -> bool {
        let program = self.program;
        let known =
            program.role_use(runner).is_some_and(|used| program.roles.name(used.role) == "task.start");
        let is_itself =
            matches!(program.facts.expr(runner).kind, ExprKind::Call { callee, .. } if callee == literal);
        let floats = is_itself && program.facts.function(closure).is_async;
        known || floats && (program.is_dropped(runner) || self.is_collected(runner))
    }

    /// Whether the promise of a call is put aside: `sent.push(send(item))`.
    fn is_collected(&self, call: ExprId) -> bool {
        let facts = self.program.facts;
        let mut at = call;
        while let Some(parent) = self.program.parent(at) {
            match facts.expr(parent).kind {
                ExprKind::Call { callee, .. } if callee == at => at = parent,
                ExprKind::Member { object, .. } if object == at && self.program.is_chained(parent) => {
                    at = parent;
                }
                ExprKind::Call { callee, .. } => {
                    return matches!(facts.expr(callee).kind, ExprKind::Member { name, .. } if facts.name(name) == "push");
                }
                _ => return false,
            }
        }
        false
    }

    /// Whether a place is taken in a channel in each round of a loop: `slots <- struct{}{}`.
    fn takes_places(&self, span: Span) -> bool {
        let (root, program) = (self.root(), self.program);
        let is_token = |value: ExprId| match program.facts.expr(value).kind {
            ExprKind::Object { props, .. } => props.range().is_empty(),
            ExprKind::Bool(_) | ExprKind::Num(_) => true,
            _ => false,
        };
        root.flow.ids().any(|id| match root.flow.node(id).kind {
            NodeKind::Sent { value, .. } => is_token(value) && contains(span, program.facts.expr(value).span),
            _ => false,
        })
    }

    /// Whether a collection is known to be small: written out, a constant, or a part that was cut off if that counts.
    fn is_small(&self, collection: ExprId, parts: bool, hops: u32) -> bool {
        let (program, facts) = (self.program, self.program.facts);
        let Some(hops) = hops.checked_sub(1) else { return false };
        if program.constant(collection).is_some() || is_all_capitals(program.text_of(collection)) {
            return true;
        }
        if parts && program.last_name(collection).is_some_and(|name| program.words.lists.parts.names(name)) {
            return true;
        }
        match facts.expr(collection).kind {
            ExprKind::Cast { value, .. } | ExprKind::Await(value) | ExprKind::Spread(value) => {
                self.is_small(value, parts, hops)
            }
            ExprKind::Array { items, .. } => {
                let items = facts.list(items);
                let is_one = |item: &ExprId| match facts.expr(*item).kind {
                    ExprKind::Spread(value) => self.is_small(value, parts, hops),
                    _ => true,
                };
                !items.is_empty() && items.iter().all(is_one)
            }
            ExprKind::Object { props, .. } => !props.range().is_empty(),
            ExprKind::Num(_) | ExprKind::Binary { .. } => true,
            ExprKind::Call { callee, .. } => self.gives_few(collection, callee, parts, hops),
            ExprKind::Name { .. } => {
                let values = program.values_of(collection);
                !values.is_empty() && values.iter().all(|value| self.is_small(*value, parts, hops))
            }
            _ => false,
        }
    }

    fn gives_few(&self, call: ExprId, callee: ExprId, parts: bool, hops: u32) -> bool {
        let facts = self.program.facts;
        let name = self.program.last_name(callee).unwrap_or_default();
        if parts && self.program.words.lists.cutting.has(&name.to_ascii_lowercase()) {
            return true;
        }
        let keeps = self.program.words.lists.keeping.has(name) || matches!(name, "Set" | "Map");
        let handed = self.program.args(call).first();
        let object = match facts.expr(callee).kind {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        let is_static = object
            .is_some_and(|object| matches!(self.program.text_of(object), "Object" | "Array" | "_" | "lo"));
        let of = if is_static || object.is_none() { handed.copied() } else { object };
        keeps && of.is_some_and(|of| self.is_small(of, parts, hops))
    }

    /// What a place stands in within a function, from the inside to the outside.
    fn frames(&self, function: FuncId, at: ExprId) -> Vec<Frame> {
        let facts = self.program.facts;
        let span = facts.expr(at).span;
        let mut found = Vec::new();
        let mut block = Some(facts.function(function).body);
        while let Some(inner) = block {
            block = self.statement_around(inner, span).and_then(|stmt| {
                match facts.stmt(stmt).kind {
                    StmtKind::Go(_) => found.push(Frame::Go),
                    StmtKind::Loop { kind, over, body, .. }
                        if self.statement_around(body, span).is_some() =>
                    {
                        let span = facts.stmt(stmt).span;
                        found.push(match (kind, over) {
                            (LoopKind::EachAwait, Some(over)) => Frame::Pieces(over, span),
                            (LoopKind::Each | LoopKind::Keys, over) => Frame::Loop(over, span),
                            _ => Frame::Loop(None, span),
                        });
                    }
                    _ => {}
                }
                self.step_in(stmt, span, &mut Vec::new())
            });
        }
        found.reverse();
        found
    }
}

fn is_all_capitals(text: &str) -> bool {
    let name = text.rsplit('.').next().unwrap_or(text);
    name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

impl Search<'_, '_> {
    /// Whether an event asks for one thing, or for what belongs to one: by its name, or by an id among what it is handed.
    pub(super) fn is_scoped(&self, event: &Event) -> bool {
        let calls = [event.call(), event.expr];
        calls.into_iter().flatten().any(|call| self.gives_one(call))
            || event.call().is_some_and(|call| self.names_id(call))
    }

    fn gives_one(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        let name = self.program.last_name(callee).unwrap_or_default().to_ascii_lowercase();
        self.program.words.records.one.begins(&name)
    }

    /// Whether a variable or property that is named as an id is part of an expression.
    fn names_id(&self, expr: ExprId) -> bool {
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            let is_id = |name: &str| {
                matches!(name, "id" | "uid" | "pk" | "uuid" | "email" | "username" | "slug")
                    || ["Id", "ID", "_id", "Uid", "UID", "Uuid"].iter().any(|end| name.ends_with(end))
            };
            let name = match self.program.facts.expr(expr).kind {
                ExprKind::Name { name, .. } | ExprKind::Member { name, .. } => self.program.facts.name(name),
                _ => "",
            };
            if is_id(name) {
                return true;
            }
            self.program.facts.children(expr, &mut |child| open.push(child));
        }
        false
    }
}
