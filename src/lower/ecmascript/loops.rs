//! Loops of every sort.

use tree_sitter::Node;

use super::Lower;
use super::assign::Target;
use super::fields::At;
use crate::facts::{AssignOp, Block, ExprId, ExprKind, LoopKind, Source, StmtKind};
use crate::source::Span;
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    /// A loop without items.
    fn plain_loop(&mut self, kind: LoopKind, test: Option<ExprId>, node: Node<'t>) -> StmtKind {
        let label = self.label.take();
        let body = self.body(self.field(node, At::Body));
        self.looping(kind, test, None, body, label)
    }

    /// A loop, endless where its test is missing or always true.
    fn looping(
        &self,
        kind: LoopKind,
        test: Option<ExprId>,
        update: Option<ExprId>,
        body: Block,
        label: Option<crate::facts::Name>,
    ) -> StmtKind {
        let test = test.filter(|test| !self.is_always_true(*test));
        let kind = if test.is_none() { LoopKind::Forever } else { kind };
        StmtKind::Loop { kind, test, over: None, item: None, update, body, label }
    }

    fn is_always_true(&self, test: ExprId) -> bool {
        self.b.facts.exprs.get(test.index()).is_some_and(|test| match test.kind {
            ExprKind::Bool(value) => value,
            ExprKind::Num(value) => value != 0.0,
            _ => false,
        })
    }

    /// `while (test) …`.
    pub(super) fn while_loop(&mut self, node: Node<'t>) -> StmtKind {
        let label = self.label.take();
        let test = self.expr_field(node, At::Condition);
        self.label = label;
        self.plain_loop(LoopKind::While, Some(test), node)
    }

    /// `do … while (test)`.
    pub(super) fn do_loop(&mut self, node: Node<'t>) -> StmtKind {
        let label = self.label.take();
        let body = self.body(self.field(node, At::Body));
        let test = self.expr_field(node, At::Condition);
        self.looping(LoopKind::DoWhile, Some(test), None, body, label)
    }

    /// `for (init; test; update) …`; with `init`, a block of it and the loop.
    pub(super) fn for_loop(&mut self, node: Node<'t>, span: Span) -> StmtKind {
        let label = self.label.take();
        self.b.push_scope();
        let mut statements = Vec::new();
        if let Some(init) = self.field(node, At::Initializer) {
            self.stmt(init, &mut statements);
        }
        let test = self.condition(node);
        let update = self.field(node, At::Increment);
        let body = self.body(self.field(node, At::Body));
        let update = update.map(|update| self.expr(update));
        self.b.pop_scope();
        let looping = self.looping(LoopKind::For, test, update, body, label);
        if statements.is_empty() {
            return looping;
        }
        statements.push(self.b.stmt(span, looping));
        StmtKind::Block(self.b.block(&statements))
    }

    /// The test of a `for`. The grammars also put its semicolon, or a statement around it, in the field.
    fn condition(&mut self, node: Node<'t>) -> Option<ExprId> {
        let mut cursor = node.walk();
        let test = node
            .children_by_field_id(self.fields.id(At::Condition)?, &mut cursor)
            .find(|child| child.is_named() && !matches!(child.kind(), "empty_statement" | "comment"))?;
        Some(if test.kind() == "expression_statement" { self.expr_child(test) } else { self.expr(test) })
    }

    /// `for (item of over)`, `for await`, `for (key in over)`.
    pub(super) fn for_each(&mut self, node: Node<'t>, _span: Span) -> StmtKind {
        let label = self.label.take();
        let over = self.expr_field(node, At::Right);
        self.b.push_scope();
        let item = self.field(node, At::Left).map(|left| self.item(node, left, over));
        let body = self.body(self.field(node, At::Body));
        self.b.pop_scope();
        let kind = if self.field(node, At::Operator).is_some_and(|operator| operator.kind() == "in") {
            LoopKind::Keys
        } else if self.has_modifier(node, "await") {
            LoopKind::EachAwait
        } else {
            LoopKind::Each
        };
        StmtKind::Loop { kind, test: None, over: Some(over), item, update: None, body, label }
    }

    /// The binding of each item.
    fn item(&mut self, node: Node<'t>, left: Node<'t>, over: ExprId) -> ExprId {
        let keyword = self.field(node, At::Kind).map(|keyword| keyword.kind());
        let target = keyword.map_or(Target::Assign, Target::of_keyword);
        let op = if keyword.is_some() { AssignOp::Declare } else { AssignOp::Set };
        let mut binds = Vec::new();
        // The `var x = 0 in` of old.
        if let Some(init) = self.field(node, At::Value) {
            let init = self.expr(init);
            self.unpack(left, None, target, Source::Expr(init), &mut binds);
        }
        self.unpack(left, None, target, Source::Item(over), &mut binds);
        self.assign(span_of(left), op, &binds)
    }
}
