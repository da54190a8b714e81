//! Where things stand in the source, and their text there.
//!
//! Owns: the places that reports name, and how much of a call or chain is shown. Does not own: what a report says of them (`engine`).

use super::{Program, View};
use crate::facts::{ExprId, ExprKind, FuncId};
use crate::finding::Place;
use crate::source::Span;

impl<'a> Program<'a> {
    /// A place in a file, as reports name it.
    pub(crate) fn place(&self, file: usize, span: Span) -> Place {
        Place { file: self.positions[file], span }
    }

    /// Where the name of a function stands.
    pub fn head(&self, function: FuncId) -> Place {
        self.place(self.file_of(function), self.facts.function(function).head)
    }

    /// Where an expression stands.
    pub fn place_of(&self, expr: ExprId) -> Place {
        self.place(self.file_of_expr(expr), self.facts.expr(expr).span)
    }

    /// The text of an expression.
    pub fn text_of(&self, expr: ExprId) -> &'a str {
        self.facts.expr(expr).span.of(self.texts[self.file_of_expr(expr)])
    }

    /// The text of a function.
    pub fn text_of_function(&self, function: FuncId) -> &'a str {
        self.facts.function(function).span.of(self.texts[self.file_of(function)])
    }

    /// The text of the file that an expression stands in.
    pub fn text_around(&self, expr: ExprId) -> &'a str {
        self.texts[self.file_of_expr(expr)]
    }
}

impl View<'_> {
    /// Where the variable or field that an expression names is declared.
    pub fn declared_at(&self, expr: ExprId) -> Option<Place> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => {
                let info = self.facts.var(var);
                Some(self.place(self.file_of(info.function), info.span))
            }
            ExprKind::Member { .. } => self.long_lived(expr),
            ExprKind::Cast { value, .. } | ExprKind::Await(value) => self.declared_at(value),
            _ => None,
        }
    }

    /// Where a promise chain begins: its innermost call.
    pub fn chain_start(&self, expr: ExprId) -> Span {
        if let ExprKind::Call { callee, .. } = self.facts.expr(expr).kind
            && let ExprKind::Member { object, .. } = self.facts.expr(callee).kind
            && self.is_chained(callee)
        {
            return self.chain_start(object);
        }
        self.call_span(expr)
    }

    /// An expression as far as its first line goes.
    #[expect(clippy::cast_possible_truncation, reason = "file size is bounded below 4 GiB")]
    pub fn first_line(&self, expr: ExprId) -> Span {
        let span = self.facts.expr(expr).span;
        let line = span.of(self.text_around(expr)).lines().next().unwrap_or_default();
        Span::new(span.start, span.start + line.len() as u32)
    }

    /// Where a call is shown, with its file.
    pub fn call_place(&self, call: ExprId) -> Place {
        self.place(self.file_of_expr(call), self.call_span(call))
    }

    /// Where a call is shown: what is called, without the arguments.
    pub fn call_span(&self, call: ExprId) -> Span {
        let span = self.facts.expr(call).span;
        match self.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => {
                let callee = self.facts.expr(callee).span;
                let name = match callee.of(self.text_around(call)).rfind('\n') {
                    // A chain over several lines: the last link is the call.
                    Some(line) => {
                        let tail = &callee.of(self.text_around(call))[line + 1..];
                        let indent = tail.len() - tail.trim_start().len();
                        callee.end - u32::try_from(tail.len() - indent).unwrap_or(0)
                    }
                    None => span.start.min(callee.start),
                };
                Span::new(name, callee.end.max(name))
            }
            _ => span,
        }
    }
}
