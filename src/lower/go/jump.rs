//! `goto`: what leads back to a label before it is a loop.
//!
//! Owns: finding such labels, and the loop that they begin. Does not own: jumps ahead, which are not followed.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::{Lower, child};
use crate::facts::{LoopKind, Name, StmtId, StmtKind};
use crate::source::Span;
use crate::syntax::span_of;

/// Where the jumps of a file stand, in order, by the function (where it begins) and the label that they lead to.
pub(super) type Jumps<'t> = FxHashMap<(usize, &'t str), Vec<usize>>;

impl<'t> Lower<'_, 't> {
    /// Finds the jumps of a file; most have none, and are not looked through.
    pub(super) fn find_jumps(&mut self, root: Node<'t>) {
        if !self.text.contains("goto") {
            return;
        }
        let mut open = vec![(root, root.start_byte())];
        while let Some((node, around)) = open.pop() {
            if node.kind() == "goto_statement"
                && let Some(label) = Self::inner(node)
            {
                self.jumps.entry((around, self.text(label))).or_default().push(node.start_byte());
            }
            let around = if is_function(node) { node.start_byte() } else { around };
            let mut cursor = node.walk();
            open.extend(node.named_children(&mut cursor).map(|child| (child, around)));
        }
        self.jumps.values_mut().for_each(|places| places.sort_unstable());
    }

    /// The label of the first of some statements that a jump in them leads back to, and how many behind it are gone through again.
    /// None within other loops and branches of a `switch`, where `break` and `continue` mean those.
    pub(super) fn jumped_back_to(&mut self, statements: &[Node<'t>]) -> Option<(Name, usize)> {
        let node = *statements.first().filter(|node| node.kind() == "labeled_statement")?;
        let end = statements.last()?.end_byte();
        if self.jumps.is_empty() {
            return None;
        }
        let label = child(node, "label")?;
        let places = self.jumps.get(&(function_around(node)?, self.text(label)))?;
        let behind = places.partition_point(|place| *place < end);
        let last = *places[..behind].last().filter(|last| **last > node.start_byte())?;
        let length = statements.partition_point(|statement| statement.end_byte() <= last);
        Some((self.name(label), length))
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

fn is_function(node: Node<'_>) -> bool {
    matches!(node.kind(), "function_declaration" | "method_declaration" | "func_literal")
}

/// Where the function around a statement begins; none where it stands in a loop or a branch of a `switch` of that.
fn function_around(node: Node<'_>) -> Option<usize> {
    let mut at = node.parent()?;
    loop {
        match at.kind() {
            "for_statement"
            | "expression_switch_statement"
            | "type_switch_statement"
            | "select_statement" => return None,
            _ if is_function(at) => return Some(at.start_byte()),
            _ => at = at.parent()?,
        }
    }
}
