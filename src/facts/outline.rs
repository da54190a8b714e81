//! The statements of a file as spans, to be asked which is around a place once the facts themselves are elsewhere.
//!
//! A declared function counts with what stands before its body (decorators, name, parameters), and a class with its decorators, so
//! that what is said of one there belongs to it. Owns: these spans. Does not own: what is in a statement.

use serde::{Deserialize, Serialize};

use super::{Facts, FuncKind, Function};
use crate::source::Span;

/// The statements of a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outline {
    /// By start, outer before inner.
    all: Vec<Statement>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Statement {
    span: Span,
    parent: Option<usize>,
}

impl Outline {
    /// The statements of a file with this text.
    pub fn of(facts: &Facts, text: &str) -> Self {
        let mut spans: Vec<Span> = facts.stmts.iter().map(|statement| statement.span).collect();
        spans.extend(facts.functions.iter().filter_map(|function| head(facts, function)));
        spans.extend(decorated(facts, text));
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        spans.dedup();
        let mut all: Vec<Statement> = Vec::with_capacity(spans.len());
        let mut open: Vec<usize> = Vec::new();
        for span in spans {
            while open.last().is_some_and(|&outer| !all[outer].span.contains(span)) {
                open.pop();
            }
            let parent = open.last().copied();
            open.push(all.len());
            all.push(Statement { span, parent });
        }
        Self { all }
    }

    /// The innermost statement around an offset.
    pub fn around(&self, offset: u32) -> Option<usize> {
        let last = self.all.partition_point(|statement| statement.span.start <= offset);
        let mut candidate = last.checked_sub(1);
        while let Some(index) = candidate {
            if offset < self.all[index].span.end {
                return Some(index);
            }
            candidate = self.all[index].parent;
        }
        None
    }

    /// Where a statement stands.
    pub fn span(&self, statement: usize) -> Span {
        self.all[statement].span
    }

    /// The text of a statement without that of the statements in it.
    pub fn own_text(&self, statement: usize, text: &str) -> String {
        let Span { start, end } = self.all[statement].span;
        let inner = self.all[statement + 1..].iter().take_while(|inner| inner.span.start < end);
        let mut own = String::new();
        let mut from = start;
        for inner in inner.filter(|inner| inner.parent == Some(statement)) {
            own.push_str(Span::new(from, inner.span.start.max(from)).of(text));
            own.push(' ');
            from = inner.span.end;
        }
        own.push_str(Span::new(from, end.max(from)).of(text));
        own
    }

    /// Whether a statement begins within a span.
    pub fn begins_within(&self, line: Span) -> bool {
        let first = self.all.partition_point(|statement| statement.span.start < line.start);
        self.all.get(first).is_some_and(|statement| statement.span.start <= line.end)
    }

    /// The innermost statement that ends at `end`, or one character (`;`) before.
    pub fn ending_at(&self, end: u32) -> Option<usize> {
        let around = |back: u32| self.around(end.checked_sub(back)?);
        let index = around(1).or_else(|| around(2))?;
        let ends = self.all[index].span.end;
        (ends == end || ends + 1 == end).then_some(index)
    }
}

/// What stands before the body of a declared function, its decorators among it.
fn head(facts: &Facts, function: &Function) -> Option<Span> {
    let is_declared = function.kind == FuncKind::Function
        || (function.kind != FuncKind::Closure
            && function.kind != FuncKind::Fields
            && (function.owner.is_some() || function.owner_name.is_some()));
    let decorators = facts.list(function.decorators).iter().map(|id| facts.expr(*id).span.start);
    let start = decorators.chain([function.span.start]).min()?;
    let body = facts.block(function.body).first().map(|id| facts.stmt(*id).span.start);
    is_declared.then(|| Span::new(start, body.unwrap_or(function.span.end)))
}

/// What stands before the braces of each class that has decorators.
fn decorated<'f>(facts: &'f Facts, text: &'f str) -> impl Iterator<Item = Span> + 'f {
    facts.types.iter().filter_map(move |class| {
        let decorators = || facts.list(class.decorators).iter().map(|id| facts.expr(*id).span);
        let start = decorators().map(|span| span.start).min()?.min(class.span.start);
        let end = decorators().map(|span| span.end).max()?.max(class.span.start);
        let head = text.get(end as usize..class.span.end as usize)?.find('{')?;
        Some(Span::new(start, end + u32::try_from(head).ok()?))
    })
}
