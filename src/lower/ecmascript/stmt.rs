//! Statements. Owns the dispatch over statement kinds and those that branch or leave; loops are in `loops`.

use tree_sitter::Node;

use super::Lower;
use super::assign::Target;
use super::fields::At;
use super::stray::is_part;
use crate::facts::build::MAX_DEPTH;
use crate::facts::{
    AssignOp, Block, Case, ExprId, List, Name, Source, StmtId, StmtKind, SwitchKind, VarKind,
};
use crate::source::Span;
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    /// The statements of a block or file, in the scope they stand in.
    pub(super) fn stmts(&mut self, node: Node<'t>) -> Vec<StmtId> {
        let children = self.children(node);
        let mut out = Vec::with_capacity(children.len());
        for child in children {
            self.stmt(child, &mut out);
        }
        out
    }

    /// The body of a branch or loop, in a scope of its own.
    pub(super) fn body(&mut self, node: Option<Node<'t>>) -> Block {
        let Some(node) = node else { return List::empty() };
        let out = self.body_stmts(node);
        self.b.block(&out)
    }

    fn body_stmts(&mut self, node: Node<'t>) -> Vec<StmtId> {
        self.b.push_scope();
        let out = if node.kind() == "statement_block" {
            self.stmts(node)
        } else {
            let mut out = Vec::new();
            self.stmt(node, &mut out);
            out
        };
        self.b.pop_scope();
        out
    }

    /// Lowers a statement to none, one or several.
    pub(super) fn stmt(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let label = self.label.take();
        let span = span_of(node);
        if !self.b.enter(span) {
            let left_out = self.nothing(span);
            return self.push_expr(span, left_out, out);
        }
        if node.is_error() {
            self.damaged(node, out);
        } else {
            self.label = label;
            self.stmt_inside(node, span, out);
        }
        self.label = None;
        self.b.leave();
    }

    /// The dispatch: what declares, what steers, and expressions.
    fn stmt_inside(&mut self, node: Node<'t>, span: Span, out: &mut Vec<StmtId>) {
        let kind = node.kind();
        // Blocks hold their errors as statements; so do declarations and labels, each in its own way.
        if node.has_error()
            && !matches!(kind, "statement_block" | "variable_declaration" | "lexical_declaration")
        {
            let label = self.label.take();
            self.strays(node, out);
            self.label = label;
        }
        if self.declares(kind, node, span, out) || self.steers(kind, node, span, out) {
            return;
        }
        match kind {
            "expression_statement" => self.expression_statement(node, span, out),
            "empty_statement" | "debugger_statement" | "hash_bang_line" => {}
            _ if is_part(kind) => self.damaged(node, out),
            _ => {
                let value = self.expr(node);
                self.push_expr(span, value, out);
            }
        }
    }

    /// Statements that bring names into being.
    fn declares(&mut self, kind: &str, node: Node<'t>, span: Span, out: &mut Vec<StmtId>) -> bool {
        match kind {
            "variable_declaration" | "lexical_declaration" | "using_declaration" => {
                let value = self.declaration(node);
                self.push_expr(span, value, out);
            }
            "function_declaration" | "generator_function_declaration" | "function_signature" => {
                self.function_declaration(node);
            }
            "class_declaration" | "abstract_class_declaration" => self.class_declaration(node, List::empty()),
            "interface_declaration" => {
                self.type_strays(node, out);
                self.interface(node);
            }
            "type_alias_declaration" => self.alias(node),
            "enum_declaration" => {
                self.type_strays(node, out);
                self.enum_declaration(node, out);
            }
            "module" | "internal_module" => self.namespace(node, span, out),
            "ambient_declaration" => self.ambient(node, out),
            "import_statement" => self.import(node, span),
            "import_alias" => self.import_alias(node, span, out),
            "export_statement" => self.export(node, span, out),
            _ => return false,
        }
        true
    }

    /// Statements that decide what runs next.
    fn steers(&mut self, kind: &str, node: Node<'t>, span: Span, out: &mut Vec<StmtId>) -> bool {
        let kind = match kind {
            "if_statement" => self.if_chain(node),
            "for_statement" => self.for_loop(node, span),
            "for_in_statement" => self.for_each(node, span),
            "while_statement" => self.while_loop(node),
            "do_statement" => self.do_loop(node),
            "switch_statement" => self.switch(node),
            "try_statement" => self.try_statement(node),
            "labeled_statement" => {
                self.labeled(node, out);
                return true;
            }
            "return_statement" => {
                let value = self.inner(node).filter(|value| !value.is_error()).map(|value| self.expr(value));
                StmtKind::Return(value.map_or(List::empty(), |value| self.b.list(&[value])))
            }
            "throw_statement" => StmtKind::Throw(self.expr_child(node)),
            "break_statement" => StmtKind::Break(self.label_of(node)),
            "continue_statement" => StmtKind::Continue(self.label_of(node)),
            "statement_block" => StmtKind::Block(self.body(Some(node))),
            "with_statement" => {
                let object = self.expr_field(node, At::Object);
                out.push(self.b.expr_stmt(object));
                StmtKind::Block(self.body(self.field(node, At::Body)))
            }
            _ => return false,
        };
        out.push(self.b.stmt(span, kind));
        true
    }

    fn expression_statement(&mut self, node: Node<'t>, span: Span, out: &mut Vec<StmtId>) {
        let children = self.children(node);
        for child in children.into_iter().filter(|child| !child.is_error()) {
            match child.kind() {
                // Some grammars take a namespace for an expression.
                "internal_module" | "function_declaration" => self.stmt(child, out),
                _ => {
                    let value = self.expr(child);
                    self.push_expr(span, value, out);
                }
            }
        }
    }

    fn label_of(&mut self, node: Node<'t>) -> Option<Name> {
        self.field(node, At::Label).map(|label| self.name(label))
    }

    fn labeled(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let label = self.label_of(node);
        if let Some(body) = self.field(node, At::Body) {
            self.label = label;
            self.stmt(body, out);
        }
    }

    /// `if`, with its `else if`s in a loop: they may be many. They still count as depth, since whoever reads the facts
    /// recurses over them; past the room there is, the rest stands side by side.
    fn if_chain(&mut self, node: Node<'t>) -> StmtKind {
        let room = (self.b.room().min(MAX_DEPTH) as usize / 4).max(1);
        let mut arms: Vec<(Span, ExprId, Block)> = Vec::new();
        let mut entered = 0;
        let mut next = Some(node);
        let mut last = List::empty();
        while let Some(node) = next {
            let (test, then) = self.if_arm(node);
            arms.push((span_of(node), test, then));
            next = None;
            let Some(other) = self.else_of(node) else { continue };
            if other.kind() != "if_statement" {
                last = self.body(Some(other));
            } else if arms.len() >= room {
                last = self.flat_ifs(other);
            } else {
                entered += u32::from(self.b.enter(span_of(other)));
                next = Some(other);
            }
        }
        (0..entered).for_each(|_| self.b.leave());
        self.nest_arms(&arms, last)
    }

    fn if_arm(&mut self, node: Node<'t>) -> (ExprId, Block) {
        let test = self.expr_field(node, At::Condition);
        (test, self.body(self.field(node, At::Consequence)))
    }

    /// What stands after `else`.
    fn else_of(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        let other = self.field(node, At::Alternative)?;
        if other.kind() != "else_clause" {
            return Some(other);
        }
        self.children(other).into_iter().find(|child| !child.is_error())
    }

    fn nest_arms(&mut self, arms: &[(Span, ExprId, Block)], mut other: Block) -> StmtKind {
        let Some(((_, test, then), rest)) = arms.split_first() else { return StmtKind::Block(other) };
        for (span, test, then) in rest.iter().rev() {
            let nested = self.b.stmt(*span, StmtKind::If { test: *test, then: *then, other });
            other = self.b.block(&[nested]);
        }
        StmtKind::If { test: *test, then: *then, other }
    }

    /// The arms of a chain too long to nest, one after the other.
    fn flat_ifs(&mut self, node: Node<'t>) -> Block {
        self.b.facts.health.too_deep.push(span_of(node));
        let mut statements = Vec::new();
        let mut next = Some(node);
        while let Some(node) = next {
            if node.kind() != "if_statement" {
                statements.extend(self.body_stmts(node));
                break;
            }
            let (test, then) = self.if_arm(node);
            statements.push(self.b.stmt(span_of(node), StmtKind::If { test, then, other: List::empty() }));
            next = self.else_of(node);
        }
        self.b.block(&statements)
    }

    fn switch(&mut self, node: Node<'t>) -> StmtKind {
        let subject = self.field(node, At::Value).map(|value| self.expr(value));
        let mut cases = Vec::new();
        self.b.push_scope();
        for child in self.field(node, At::Body).map(|body| self.children(body)).unwrap_or_default() {
            let mut body = Vec::new();
            let mut tests = List::empty();
            if child.is_error() {
                self.damaged(child, &mut body);
            } else {
                let value = self.field(child, At::Value).map(|value| self.expr(value));
                tests = value.map_or(List::empty(), |value| self.b.list(&[value]));
                self.case_body(child, &mut body);
            }
            let falls_through = !self.ends(&body);
            let body = self.b.block(&body);
            cases.push(Case { span: span_of(child), tests, body, falls_through });
        }
        self.b.pop_scope();
        let cases = self.b.cases(&cases);
        StmtKind::Switch { kind: SwitchKind::Value, subject, cases }
    }

    fn case_body(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let value = self.field(node, At::Value).map(|value| value.id());
        for child in self.children(node) {
            if Some(child.id()) != value {
                self.stmt(child, out);
            }
        }
    }

    /// Whether control never comes out at the end of these statements.
    fn ends(&self, body: &[StmtId]) -> bool {
        let Some(last) = body.last().and_then(|last| self.b.facts.stmts.get(last.index())) else {
            return false;
        };
        let ends = |block: Block| {
            let block = self.b.facts.stmt_lists.get(block.range());
            block.is_some_and(|block| self.ends(block))
        };
        match last.kind {
            StmtKind::Break(_) | StmtKind::Continue(_) | StmtKind::Return(_) | StmtKind::Throw(_) => true,
            StmtKind::Block(block) => ends(block),
            StmtKind::If { then, other, .. } => ends(then) && ends(other),
            StmtKind::Try { body, catch, finally } => {
                ends(finally) || (ends(body) && catch.is_none_or(|(_, block)| ends(block)))
            }
            _ => false,
        }
    }

    fn try_statement(&mut self, node: Node<'t>) -> StmtKind {
        let body = self.body(self.field(node, At::Body));
        let catch = self.field(node, At::Handler).map(|handler| self.catch(handler));
        let finally = self.field(node, At::Finalizer).map_or(List::empty(), |clause| {
            let mut statements = Vec::new();
            self.strays(clause, &mut statements);
            if let Some(body) = self.field(clause, At::Body) {
                statements.extend(self.body_stmts(body));
            }
            self.b.block(&statements)
        });
        StmtKind::Try { body, catch, finally }
    }

    /// `catch (error) { … }`: what was thrown is bound by the first statement.
    fn catch(&mut self, node: Node<'t>) -> (Span, Block) {
        let mut statements = Vec::new();
        self.b.push_scope();
        if let Some(parameter) = self.field(node, At::Parameter) {
            let ty = self.field(node, At::Type).map(|ty| self.type_ref(ty));
            let mut binds = Vec::new();
            self.unpack(parameter, ty, Target::Declare(VarKind::Caught), Source::Caught, &mut binds);
            let bound = self.assign(span_of(parameter), AssignOp::Declare, &binds);
            statements.push(self.b.expr_stmt(bound));
        }
        self.strays(node, &mut statements);
        if let Some(body) = self.field(node, At::Body) {
            statements.extend(self.stmts(body));
        }
        self.b.pop_scope();
        (self.catch_head(node), self.b.block(&statements))
    }

    /// From `catch` to the parenthesis after its parameter, as far as they are on one line.
    fn catch_head(&mut self, node: Node<'t>) -> Span {
        let start = span_of(node).start;
        let keyword = self.modifier(node, "catch").map_or(Span::new(start, start), span_of);
        let end = self.modifier(node, ")").map_or(keyword.end, |close| span_of(close).end);
        let head = Span::new(keyword.start, end);
        if head.of(self.text).contains(['\n', '\r']) { keyword } else { head }
    }
}
