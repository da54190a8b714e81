//! `goto`: what leads back to a label before it is a loop.
//!
//! Owns: finding such labels, and the loop that they begin. Does not own: jumps ahead, which are not followed.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::{Lower, child};
use crate::facts::{LoopKind, Name, StmtId, StmtKind};
use crate::source::Span;
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    /// The labels that jumps in some statements lead to, each with the last statement that has one. Functions within have their own.
    pub(super) fn jumps(&self, statements: &[Node<'t>]) -> FxHashMap<&'t str, usize> {
        let mut found = FxHashMap::default();
        if !statements.iter().any(|statement| statement.kind() == "labeled_statement") {
            return found;
        }
        let holds_jump = |statement: &Node<'t>| self.text(*statement).contains("goto");
        for (at, statement) in statements.iter().enumerate().filter(|(_, statement)| holds_jump(statement)) {
            let mut open = vec![*statement];
            while let Some(node) = open.pop() {
                if node.kind() == "goto_statement" {
                    found.extend(Self::inner(node).map(|label| (self.text(label), at)));
                } else if node.kind() != "func_literal" {
                    let mut cursor = node.walk();
                    open.extend(node.named_children(&mut cursor));
                }
            }
        }
        found
    }

    /// The label of a statement that such a jump leads back to. None within other loops and branches of a `switch`, where `break` and
    /// `continue` mean those.
    pub(super) fn jumped_back_to(
        &mut self,
        node: Node<'t>,
        jumps: &FxHashMap<&'t str, usize>,
    ) -> Option<(Name, usize)> {
        if jumps.is_empty() || node.kind() != "labeled_statement" {
            return None;
        }
        let label = child(node, "label")?;
        let last = *jumps.get(self.text(label))?;
        (!is_in_loop(node)).then(|| (self.name(label), last))
    }

    /// The loop that a label begins: once through, but for the jumps that lead back.
    pub(super) fn round(&mut self, label: Name, parts: &[Node<'t>], out: &mut Vec<StmtId>) {
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return };
        let (start, end) = (span_of(*first), span_of(*last));
        let span = Span::new(start.start, end.end);
        let mut body = Vec::new();
        self.back.push(label);
        for part in parts {
            self.loose_one(*part, &mut body);
        }
        self.back.pop();
        body.push(self.b.stmt(Span::new(end.end, end.end), StmtKind::Break(Some(label))));
        let body = self.b.block(&body);
        let kind = StmtKind::Loop {
            kind: LoopKind::Forever,
            test: None,
            over: None,
            item: None,
            update: None,
            body,
            label: Some(label),
        };
        out.push(self.b.stmt(span, kind));
    }

    /// A jump: back to a label that begins a loop, or to somewhere that is not followed.
    pub(super) fn goto(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let label = Self::inner(node).map(|label| self.name(label));
        let kind = match label.filter(|label| self.back.contains(label)) {
            Some(label) => StmtKind::Continue(Some(label)),
            None => StmtKind::Expr(self.opaque(span_of(node), &[])),
        };
        out.push(self.b.stmt(span_of(node), kind));
    }
}

/// Whether a statement stands in a loop or a branch of a `switch` of its function.
fn is_in_loop(node: Node<'_>) -> bool {
    let mut at = node;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "for_statement"
            | "expression_switch_statement"
            | "type_switch_statement"
            | "select_statement" => {
                return true;
            }
            "function_declaration" | "method_declaration" | "func_literal" => return false,
            _ => at = parent,
        }
    }
    false
}
