//! Branches and loops, each with the scope its init statement opens.

use tree_sitter::Node;

use super::{Class, Lower, class};
use super::{child, types::bare};
use crate::facts::{
    AssignOp, Block, Case, ExprId, ExprKind, LoopKind, Name, Place, Source, StmtId, StmtKind, SwitchKind,
    VarKind,
};
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    pub(super) fn if_statement(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let mut init = self.open(Some(node));
        let test = self.field(node, "condition");
        let then = child(node, "consequence").map_or_else(Block::empty, |block| self.scoped(block));
        let other = match child(node, "alternative") {
            Some(alternative) if alternative.kind() == "if_statement" => {
                let mut chained = Vec::new();
                self.stmt(alternative, &mut chained);
                self.b.block(&chained)
            }
            Some(alternative) => self.scoped(alternative),
            None => Block::empty(),
        };
        init.push(self.b.stmt(span_of(node), StmtKind::If { test, then, other }));
        self.close(node, &init, out);
    }

    /// Opens the scope of a statement and lowers its init statement.
    fn open(&mut self, node: Option<Node<'t>>) -> Vec<StmtId> {
        self.b.push_scope();
        let mut init = Vec::new();
        let Some(node) = node else { return init };
        self.keep_strays(node);
        if let Some(first) = child(node, "initializer") {
            self.loose_one(first, &mut init);
        }
        init
    }

    /// Closes the scope; an init statement and what it belongs to become a block.
    fn close(&mut self, node: Node<'t>, stmts: &[StmtId], out: &mut Vec<StmtId>) {
        self.b.pop_scope();
        if let [only] = stmts {
            out.push(*only);
            return;
        }
        let block = self.b.block(stmts);
        out.push(self.b.stmt(span_of(node), StmtKind::Block(block)));
    }

    pub(super) fn for_statement(&mut self, node: Node<'t>, label: Option<Name>, out: &mut Vec<StmtId>) {
        let body = child(node, "body");
        let head = self.items(node).into_iter().find(|part| Some(*part) != body);
        // Without a clause there is no init statement, but a scope for what a range declares.
        let mut stmts = self.open(head.filter(|head| head.kind() == "for_clause"));
        let (mut test, mut over, mut item, mut update) = (None, None, None, None);
        let kind = match head {
            Some(clause) if clause.kind() == "for_clause" => {
                test = self.test(child(clause, "condition"));
                update = child(clause, "update").map(|update| self.simple_expr(update));
                if test.is_some() { LoopKind::For } else { LoopKind::Forever }
            }
            Some(range) if range.kind() == "range_clause" => {
                self.keep_strays(range);
                let iterated = self.field(range, "right");
                over = Some(iterated);
                item = self.range_item(range, iterated);
                LoopKind::Each
            }
            _ => {
                test = self.test(head);
                if test.is_some() { LoopKind::While } else { LoopKind::Forever }
            }
        };
        let body = body.map_or_else(Block::empty, |body| self.scoped(body));
        let kind = StmtKind::Loop { kind, test, over, item, update, body, label };
        stmts.push(self.b.stmt(span_of(node), kind));
        self.close(node, &stmts, out);
    }

    /// What a loop tests; nothing where that is `true`.
    fn test(&mut self, node: Option<Node<'t>>) -> Option<ExprId> {
        let node = node.filter(|node| node.kind() != "true")?;
        Some(self.expr(node))
    }

    pub(super) fn switch(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let mut stmts = self.open(Some(node));
        let subject = child(node, "value").map(|value| self.expr(value));
        let mut cases = Vec::new();
        for case in Self::cases_of(node) {
            let tests = child(case, "value").map(|list| self.items(list)).unwrap_or_default();
            let tests: Vec<_> = tests.into_iter().map(|test| self.expr(test)).collect();
            cases.push(self.case(case, &tests, |_, _| {}));
        }
        stmts.push(self.switch_stmt(node, SwitchKind::Value, subject, &cases));
        self.close(node, &stmts, out);
    }

    pub(super) fn type_switch(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let mut stmts = self.open(Some(node));
        let subject = self.field(node, "value");
        let bound = child(node, "alias").and_then(Self::inner);
        let mut cases = Vec::new();
        for case in Self::cases_of(node) {
            let types = Self::fields(case, "type");
            let tests: Vec<_> = types.iter().map(|ty| self.type_as_expr(*ty)).collect();
            cases.push(self.case(case, &tests, |lower, body| {
                if let Some(bound) = bound {
                    body.push(lower.bind_case(bound, subject, &types));
                }
            }));
        }
        stmts.push(self.switch_stmt(node, SwitchKind::Type, Some(subject), &cases));
        self.close(node, &stmts, out);
    }

    /// The variable of a type switch, as one case sees it: of the case's type where there is but one.
    fn bind_case(&mut self, bound: Node<'t>, subject: ExprId, types: &[Node<'t>]) -> StmtId {
        let ty = match types {
            [only] if self.text(bare(*only)) != "nil" => Some(self.ty(*only)),
            _ => None,
        };
        let span = span_of(bound);
        let place = match self.text(bound) {
            "" | "_" => Place::Nothing,
            text => Place::Var(self.b.declare(text, span, VarKind::Let, ty)),
        };
        let bind = self.b.bind(span, place, Source::Expr(subject), &[]);
        let binds = self.b.binds(&[bind]);
        let assign = self.b.expr(span, ExprKind::Assign { op: AssignOp::Declare, binds });
        self.b.expr_stmt(assign)
    }

    pub(super) fn select(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        self.keep_strays(node);
        let mut cases = Vec::new();
        for case in Self::cases_of(node) {
            self.b.push_scope();
            let mut begin = Vec::new();
            let test = child(case, "communication").and_then(|part| self.communication(part, &mut begin));
            cases.push(self.case(case, test.as_slice(), |_, body| body.append(&mut begin)));
            self.b.pop_scope();
        }
        out.push(self.switch_stmt(node, SwitchKind::Select, None, &cases));
    }

    /// A case's communication as its first statement; what it waits for is its test.
    fn communication(&mut self, node: Node<'t>, body: &mut Vec<StmtId>) -> Option<ExprId> {
        self.keep_strays(node);
        if node.kind() == "send_statement" {
            let (channel, value) = self.send(node);
            body.push(self.b.stmt(span_of(node), StmtKind::Send { channel, value }));
            return Some(channel);
        }
        let received = self.simple_expr(node);
        body.push(self.b.expr_stmt(received));
        let ExprKind::Assign { binds, .. } = self.b.facts.expr(received).kind else { return Some(received) };
        self.b.facts.binds(binds).iter().find_map(|bind| match bind.source {
            Source::Expr(source) => Some(source),
            _ => None,
        })
    }

    fn cases_of(node: Node<'t>) -> Vec<Node<'t>> {
        let mut cases = Self::parts(node);
        cases.retain(|case| {
            matches!(case.kind(), "expression_case" | "type_case" | "communication_case" | "default_case")
        });
        cases
    }

    /// One case in a scope of its own, beginning with what `begin` adds.
    fn case(
        &mut self,
        node: Node<'t>,
        tests: &[ExprId],
        begin: impl FnOnce(&mut Self, &mut Vec<StmtId>),
    ) -> Case {
        self.b.push_scope();
        let mut body = Vec::new();
        begin(self, &mut body);
        let mut falls_through = false;
        for part in self.items(node) {
            if part.kind() == "statement_list" {
                let last = Self::parts(part).pop();
                falls_through = last.is_some_and(|last| last.kind() == "fallthrough_statement");
                self.loose(part, &mut body);
            } else if class(part) == Class::Stmt && Some(part) != child(node, "communication") {
                self.stmt(part, &mut body);
            }
        }
        body.append(&mut self.stray);
        self.b.pop_scope();
        let (tests, body) = (self.b.list(tests), self.b.block(&body));
        Case { span: span_of(node), tests, body, falls_through }
    }

    fn switch_stmt(
        &mut self,
        node: Node<'t>,
        kind: SwitchKind,
        subject: Option<ExprId>,
        cases: &[Case],
    ) -> StmtId {
        let cases = self.b.cases(cases);
        self.b.stmt(span_of(node), StmtKind::Switch { kind, subject, cases })
    }
}
