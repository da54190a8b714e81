//! `goto`: what leads back to a label before it is a loop.
//!
//! Owns: finding such labels, and the loop that they begin. Does not own: jumps ahead, which are not followed.

use tree_sitter::Node;

use super::{Lower, child};
use crate::facts::{LoopKind, Name, StmtId, StmtKind};
use crate::source::Span;
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    /// The label of a statement that a jump in it, or in one of those after it, leads back to, and how many of those after it are
    /// to be gone through again. None within other loops and branches of a `switch`, where `break` and `continue` mean those.
    pub(super) fn jumped_back_to(&mut self, node: Node<'t>, after: &[Node<'t>]) -> Option<(Name, usize)> {
        if node.kind() != "labeled_statement" || is_in_loop(node) {
            return None;
        }
        let label = child(node, "label")?;
        let text = self.text(label);
        let around = [node].into_iter().chain(after.iter().copied());
        let last =
            around.enumerate().filter(|(_, part)| self.jumps_to(*part, text)).map(|(at, _)| at).last()?;
        Some((self.name(label), last))
    }

    /// Whether there is a jump to a label in a statement.
    fn jumps_to(&self, node: Node<'t>, label: &str) -> bool {
        if !self.text(node).contains("goto") || node.kind() == "func_literal" {
            return false;
        }
        if node.kind() == "goto_statement" {
            return Self::inner(node).is_some_and(|to| self.text(to) == label);
        }
        let mut cursor = node.walk();
        node.named_children(&mut cursor).any(|part| self.jumps_to(part, label))
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
