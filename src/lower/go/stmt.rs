//! Statements without branches, and the way to those with.

use tree_sitter::Node;

use super::declare::Target;
use super::{Lower, child};
use crate::facts::{
    AssignOp, Block, ExprId, ExprKind, List, Name, Place, Source, Step, StmtId, StmtKind, VarKind,
};
use crate::syntax::span_of;

/// `=` and its like.
const SET: Target = Target { op: AssignOp::Set, kind: VarKind::Let, ty: None };
/// `:=`.
const DECLARE: Target = Target { op: AssignOp::Declare, kind: VarKind::Let, ty: None };

impl<'t> Lower<'_, 't> {
    /// A block with a scope of its own.
    pub(super) fn scoped(&mut self, node: Node<'t>) -> Block {
        self.b.push_scope();
        let mut out = Vec::new();
        self.loose(node, &mut out);
        self.b.pop_scope();
        self.b.block(&out)
    }

    pub(super) fn stmt(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let span = span_of(node);
        if !self.b.enter(span) {
            return;
        }
        let label = self.label.take();
        self.stmt_inside(node, label, out);
        self.b.leave();
        out.append(&mut self.stray);
    }

    fn stmt_inside(&mut self, node: Node<'t>, label: Option<Name>, out: &mut Vec<StmtId>) {
        match node.kind() {
            "if_statement" => self.if_statement(node, out),
            "for_statement" => self.for_statement(node, label, out),
            "expression_switch_statement" => self.switch(node, out),
            "type_switch_statement" => self.type_switch(node, out),
            "select_statement" => self.select(node, out),
            "const_declaration" => self.consts(node, out),
            "var_declaration" | "type_declaration" => {
                for spec in self.items(node) {
                    self.loose_one(spec, out);
                }
            }
            "var_spec" => self.value_spec(node, node, VarKind::Let, out),
            "const_spec" => self.value_spec(node, node, VarKind::Const, out),
            "type_spec" | "type_alias" => self.type_spec(node),
            "labeled_statement" => self.labeled(node, out),
            "empty_statement" | "fallthrough_statement" => self.keep_strays(node),
            "return_statement" => {
                let values = self.expr_list(node);
                let values =
                    if self.b.facts.list(values).is_empty() { self.bare_return(node) } else { values };
                self.push(node, StmtKind::Return(values), out);
            }
            "break_statement" => {
                let label = Self::inner(node).map(|label| self.name(label));
                self.push(node, StmtKind::Break(label), out);
            }
            "continue_statement" => {
                let label = Self::inner(node).map(|label| self.name(label));
                self.push(node, StmtKind::Continue(label), out);
            }
            "goto_statement" => self.goto(node, out),
            "block" => {
                let body = self.scoped(node);
                self.push(node, StmtKind::Block(body), out);
            }
            _ => self.simple(node, out),
        }
    }

    fn push(&mut self, node: Node<'t>, kind: StmtKind, out: &mut Vec<StmtId>) {
        out.push(self.b.stmt(span_of(node), kind));
    }

    /// Statements made of expressions alone.
    fn simple(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        self.keep_strays(node);
        let kind = match node.kind() {
            "send_statement" => {
                let (channel, value) = self.send(node);
                StmtKind::Send { channel, value }
            }
            "go_statement" => StmtKind::Go(self.only(node)),
            "defer_statement" => StmtKind::Defer(self.only(node)),
            _ => StmtKind::Expr(self.simple_expr(node)),
        };
        self.push(node, kind, out);
    }

    /// The channel and value of a send.
    pub(super) fn send(&mut self, node: Node<'t>) -> (ExprId, ExprId) {
        (self.field(node, "channel"), self.field(node, "value"))
    }

    /// A simple statement as one expression.
    pub(super) fn simple_expr(&mut self, node: Node<'t>) -> ExprId {
        let span = span_of(node);
        match node.kind() {
            "assignment_statement" => self.assignment(node),
            "short_var_declaration" => {
                let (left, right) = (self.field_items(node, "left"), self.field_items(node, "right"));
                self.assign(span, &left, &right, &DECLARE)
            }
            "receive_statement" => {
                let left = self.field_items(node, "left");
                let Some(right) = child(node, "right") else { return self.opaque(span, &[]) };
                if left.is_empty() {
                    return self.expr(right);
                }
                let target = if Self::has_token(node, ":=") { &DECLARE } else { &SET };
                self.assign(span, &left, &[right], target)
            }
            "inc_statement" | "dec_statement" => {
                let target = self.only(node);
                let by = if node.kind() == "inc_statement" { 1.0 } else { -1.0 };
                let by = self.b.expr(span, ExprKind::Num(by));
                self.update(node, target, by)
            }
            "send_statement" => {
                let (channel, value) = self.send(node);
                self.opaque(span, &[channel, value])
            }
            "expression_statement" => self.only(node),
            _ => self.expr(node),
        }
    }

    fn assignment(&mut self, node: Node<'t>) -> ExprId {
        let (left, right) = (self.field_items(node, "left"), self.field_items(node, "right"));
        let plain = child(node, "operator").is_none_or(|operator| operator.kind() == "=");
        match (left.as_slice(), right.as_slice()) {
            ([target], [value]) if !plain => {
                let target = self.expr(*target);
                let value = self.expr(*value);
                self.update(node, target, value)
            }
            _ => self.assign(span_of(node), &left, &right, &SET),
        }
    }

    /// `target op= by`.
    fn update(&mut self, node: Node<'t>, target: ExprId, by: ExprId) -> ExprId {
        let span = self.b.facts.expr(target).span;
        let bind = self.b.bind(span, Place::Expr(target), Source::Expr(by), &[]);
        let binds = self.b.binds(&[bind]);
        self.b.expr(span_of(node), ExprKind::Assign { op: AssignOp::Update, binds })
    }

    /// What a `return` without values gives: the named results of its function.
    fn bare_return(&mut self, node: Node<'t>) -> List<ExprId> {
        let results = self.results.last().cloned().unwrap_or_default();
        let values: Vec<ExprId> = results.into_iter().map(|name| self.b.ident(span_of(node), name)).collect();
        self.b.list(&values)
    }

    /// What a range clause binds in each round.
    pub(super) fn range_item(&mut self, clause: Node<'t>, over: ExprId) -> Option<ExprId> {
        let left = self.field_items(clause, "left");
        if left.is_empty() {
            return None;
        }
        let target = if Self::has_token(clause, ":=") { &DECLARE } else { &SET };
        if target.op == AssignOp::Declare {
            self.split_before(&left, child(clause, "right").as_slice());
        }
        let mut binds = Vec::with_capacity(left.len());
        for (step, node) in (0..).zip(&left) {
            let place = self.place(*node, target);
            binds.push(self.b.bind(span_of(*node), place, Source::Item(over), &[Step::Index(step)]));
        }
        let binds = self.b.binds(&binds);
        Some(self.b.expr(span_of(clause), ExprKind::Assign { op: target.op, binds }))
    }

    fn labeled(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let label = child(node, "label");
        self.label = label.map(|label| self.name(label));
        for part in self.items(node).into_iter().filter(|part| Some(*part) != label) {
            self.loose_one(part, out);
        }
        self.label = None;
    }

    fn field_items(&mut self, node: Node<'t>, field: &str) -> Vec<Node<'t>> {
        let found = child(node, field);
        found
            .map(|list| if list.kind() == "expression_list" { self.items(list) } else { vec![list] })
            .unwrap_or_default()
    }
}
