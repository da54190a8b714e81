//! What stands where no rule expects it: errors, and forms without a word of their own. Owns the search for the expressions
//! and statements inside them, so that no call is lost.

use tree_sitter::Node;

use super::Lower;
use super::fields::At;
use crate::facts::{ExprId, ExprKind, StmtId};
use crate::syntax::span_of;

/// What a node is, for a search that does not know where it is.
enum Class {
    Expression,
    Statement,
    /// Types hold no values worth a look.
    Type,
    /// Words of no meaning on their own.
    Token,
    /// Anything that may hold one of the others.
    Wrapper,
}

fn class_of(kind: &str) -> Class {
    match kind {
        "identifier"
        | "this"
        | "super"
        | "true"
        | "false"
        | "null"
        | "undefined"
        | "number"
        | "string"
        | "regex"
        | "private_property_identifier"
        | "shorthand_property_identifier"
        | "array"
        | "object"
        | "template_string"
        | "arrow_function"
        | "function"
        | "generator_function"
        | "class"
        | "meta_property"
        | "spread_element"
        | "import"
        | "type_assertion"
        | "jsx_element"
        | "jsx_self_closing_element"
        | "method_definition" => Class::Expression,
        "jsx_expression" | "computed_property_name" | "arguments" => Class::Wrapper,
        "statement_block" | "function_signature" | "module" | "internal_module" | "import_alias" => {
            Class::Statement
        }
        "property_identifier"
        | "jsx_text"
        | "string_fragment"
        | "escape_sequence"
        | "html_character_reference"
        | "statement_identifier"
        | "shorthand_property_identifier_pattern"
        | "jsx_closing_element"
        | "jsx_namespace_name"
        | "optional_chain"
        | "accessibility_modifier"
        | "comment"
        | "hash_bang_line"
        | "regex_flags" => Class::Token,
        _ if kind.ends_with("_expression") => Class::Expression,
        _ if kind.ends_with("_statement") || kind.ends_with("_declaration") => Class::Statement,
        _ if kind.ends_with("_type")
            || kind.ends_with("_annotation")
            || matches!(
                kind,
                "type_arguments" | "type_parameters" | "type_identifier" | "type_query" | "type_predicate"
            ) =>
        {
            Class::Type
        }
        _ => Class::Wrapper,
    }
}

impl<'t> Lower<'_, 't> {
    /// The operands of a list node (arguments, array items), in order, those inside errors included.
    pub(super) fn operands(&mut self, node: Node<'t>) -> Vec<ExprId> {
        let children = self.children(node);
        let mut out = Vec::with_capacity(children.len());
        for child in children {
            if child.is_error() {
                self.collect_inside(child, &mut out);
            } else {
                out.push(self.expr(child));
            }
        }
        out
    }

    /// Finds the expressions in `node`, itself included.
    pub(super) fn collect(&mut self, node: Node<'t>, out: &mut Vec<ExprId>) {
        match class_of(node.kind()) {
            Class::Expression => out.push(self.expr(node)),
            Class::Type | Class::Token => self.collect_errors(node, out),
            Class::Statement if is_definition(node.kind()) => out.push(self.expr(node)),
            Class::Statement | Class::Wrapper => {
                if self.b.enter(span_of(node)) {
                    self.collect_inside(node, out);
                    self.b.leave();
                }
            }
        }
    }

    /// Finds the expressions among the children of `node`. Tags of markup are named only where they name a component.
    pub(super) fn collect_inside(&mut self, node: Node<'t>, out: &mut Vec<ExprId>) {
        let is_tag = matches!(node.kind(), "jsx_opening_element" | "jsx_self_closing_element");
        for child in self.children(node) {
            match child.kind() {
                "identifier" if is_tag && self.text(child).starts_with(|c: char| c.is_lowercase()) => {}
                "jsx_attribute" => self.jsx_attribute(child, out),
                _ => self.collect(child, out),
            }
        }
    }

    /// Finds the expressions in the errors below a node that holds none itself.
    fn collect_errors(&mut self, node: Node<'t>, out: &mut Vec<ExprId>) {
        if !node.has_error() || !self.b.enter(span_of(node)) {
            return;
        }
        for child in self.children(node) {
            if child.is_error() {
                self.collect_inside(child, out);
            } else {
                self.collect_errors(child, out);
            }
        }
        self.b.leave();
    }

    /// Lowers what stands in an error among statements: statements stay statements, calls become expression statements.
    pub(super) fn damaged(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        if !self.b.enter(span_of(node)) {
            return;
        }
        for child in self.children(node) {
            match class_of(child.kind()) {
                Class::Statement => self.stmt(child, out),
                Class::Expression => {
                    let expr = self.expr(child);
                    if self.does_something(expr) {
                        out.push(self.b.expr_stmt(expr));
                    }
                }
                Class::Wrapper => self.damaged_part(child, out),
                Class::Type | Class::Token => {
                    let mut found = Vec::new();
                    self.collect_errors(child, &mut found);
                    found.retain(|expr| self.does_something(*expr));
                    out.extend(found.into_iter().map(|expr| self.b.expr_stmt(expr)));
                }
            }
        }
        self.b.leave();
    }

    /// What is part of something broken. A closure in it may still say what it is called.
    fn damaged_part(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let key = self
            .field(node, At::Property)
            .or_else(|| self.field(node, At::Name))
            .or_else(|| self.field(node, At::Key));
        let value =
            self.field(node, At::Value).filter(|value| matches!(class_of(value.kind()), Class::Expression));
        let (Some(key), Some(value), false) = (key, value, node.has_error()) else {
            return self.damaged(node, out);
        };
        let (name, at) = (self.key_name(key), span_of(key));
        let value = self.expr_named(value, name, at);
        if self.does_something(value) {
            out.push(self.b.expr_stmt(value));
        }
    }

    /// Lowers the errors among the children of a statement whose other children are known by their fields.
    pub(super) fn strays(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        for child in self.errors(node) {
            self.damaged(child, out);
        }
    }

    /// Puts what stands in errors among the children of `node` before its value, where there is anything to keep.
    pub(super) fn with_strays(&mut self, node: Node<'t>, value: ExprId) -> ExprId {
        let mut found = self.stray_exprs(node);
        if found.is_empty() {
            return value;
        }
        found.push(value);
        let items = self.b.list(&found);
        self.b.expr(span_of(node), ExprKind::Sequence(items))
    }

    /// The expressions that do something in errors among the children of `node`.
    fn stray_exprs(&mut self, node: Node<'t>) -> Vec<ExprId> {
        let mut found = Vec::new();
        for child in self.errors(node) {
            if self.b.enter(span_of(child)) {
                self.collect_inside(child, &mut found);
                self.b.leave();
            }
        }
        found.retain(|expr| self.does_something(*expr));
        found
    }

    /// Whether an expression is more than a name or a literal.
    pub(super) fn does_something(&self, expr: ExprId) -> bool {
        self.b.facts.exprs.get(expr.index()).is_some_and(|expr| match expr.kind {
            ExprKind::Opaque(operands) => !operands.is_empty(),
            ExprKind::Name { .. }
            | ExprKind::This
            | ExprKind::Super
            | ExprKind::Null
            | ExprKind::Module(_)
            | ExprKind::Str(_)
            | ExprKind::Num(_)
            | ExprKind::Bool(_)
            | ExprKind::Regex(_) => false,
            _ => true,
        })
    }
}

/// Statements that are whole functions or classes, also where only an expression fits.
fn is_definition(kind: &str) -> bool {
    matches!(
        kind,
        "function_declaration"
            | "generator_function_declaration"
            | "class_declaration"
            | "abstract_class_declaration"
    )
}

/// Whether a node is neither expression nor statement: part of something broken.
pub(super) fn is_part(kind: &str) -> bool {
    !matches!(class_of(kind), Class::Expression | Class::Statement)
}
