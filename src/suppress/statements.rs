//! The statements of a file, and what begins on its lines.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::facts::Facts;
use crate::facts::outline::Outline;
use crate::source::Span;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Statements {
    outline: Outline,
    /// Every expression and property, by start.
    pieces: Vec<Span>,
}

impl Deref for Statements {
    type Target = Outline;

    fn deref(&self) -> &Outline {
        &self.outline
    }
}

impl Statements {
    pub(super) fn of(facts: &Facts, text: &str) -> Self {
        let properties = facts.props.iter().map(|property| property.span);
        let mut pieces: Vec<Span> = facts.exprs.iter().map(|expr| expr.span).chain(properties).collect();
        pieces.sort();
        Self { outline: Outline::of(facts, text), pieces }
    }

    /// How far the expressions reach that begin on a line.
    pub(super) fn reach(&self, line: Span) -> u32 {
        let first = self.pieces.partition_point(|piece| piece.start < line.start);
        let of_line = self.pieces[first..].iter().take_while(|piece| piece.start <= line.end);
        of_line.map(|piece| piece.end).max().unwrap_or(line.end)
    }
}
