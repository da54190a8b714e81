//! Go: syntax tree to facts.
//!
//! Owns: the node kinds of tree-sitter-go, and Go's rules of scope. What the grammar could not parse is walked all the same:
//! calls inside error nodes become statements of their own, after the statement they stand in. Does not own: what an imported
//! package is or does, and nothing that needs a second file; a method may well belong to a type declared elsewhere.

mod control;
mod declare;
mod expr;
mod jump;
mod literal;
mod stmt;
mod types;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use tree_sitter::{Language, Node, Tree};

use crate::facts::build::Builder;
use crate::facts::{ExprId, ExprKind, FuncId, Name, StmtId, TypeDefId};
use crate::source::Span;
use crate::syntax::span_of;

static GRAMMAR: LazyLock<Language> = LazyLock::new(|| Language::new(tree_sitter_go::LANGUAGE));

/// The numbers of fields: tree-sitter itself compares a name with that of every field, which was a third of the time of lowering.
static FIELDS: LazyLock<FxHashMap<&str, u16>> = LazyLock::new(|| {
    let mut fields = FxHashMap::default();
    for number in 1..=u16::try_from(GRAMMAR.field_count()).unwrap_or(u16::MAX) {
        fields.extend(GRAMMAR.field_name_for_id(number).map(|name| (name, number)));
    }
    fields
});

/// The child of a node in a field.
fn child<'t>(node: Node<'t>, field: &str) -> Option<Node<'t>> {
    node.child_by_field_id(*FIELDS.get(field)?)
}

/// Lowers one file.
pub(super) fn lower(builder: &mut Builder, text: &str, tree: &Tree) {
    let mut lower = Lower {
        b: builder,
        text,
        types: FxHashMap::default(),
        methods: Vec::new(),
        stray: Vec::new(),
        label: None,
        jumps: FxHashMap::default(),
        back: Vec::new(),
        iota: None,
        results: Vec::new(),
    };
    lower.comments(tree);
    lower.find_jumps(tree.root_node());
    lower.file(tree.root_node());
}

/// One file on its way.
struct Lower<'b, 't> {
    b: &'b mut Builder,
    text: &'t str,
    /// The package's types that stand in this file.
    types: FxHashMap<Name, TypeDefId>,
    /// Methods, and the name of the type each belongs to, which may be declared after it.
    methods: Vec<(FuncId, Name)>,
    /// What stood in error nodes of the statement being lowered.
    stray: Vec<StmtId>,
    /// The label of the statement being lowered.
    label: Option<Name>,
    jumps: jump::Jumps<'t>,
    /// The labels that jumps lead back to, of the statements around.
    back: Vec<Name>,
    /// The position in a group of constants.
    iota: Option<u32>,
    /// The named results of the function being lowered, and those of the functions around it: a bare `return` gives them.
    results: Vec<Vec<&'t str>>,
}

impl<'t> Lower<'_, 't> {
    /// Goes down only where the text has what begins a comment: most of a tree has none.
    fn comments(&mut self, tree: &Tree) {
        let comment = tree.language().id_for_node_kind("comment", true);
        let mut candidates = candidates(self.text);
        let mut next = candidates.next();
        let mut cursor = tree.walk();
        loop {
            let node = cursor.node();
            while next.is_some_and(|next| next < node.start_byte()) {
                next = candidates.next();
            }
            let Some(candidate) = next else { return };
            if node.kind_id() == comment {
                self.b.facts.comments.push(span_of(node));
            } else if candidate < node.end_byte() && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    fn file(&mut self, root: Node<'t>) {
        let mut body = Vec::new();
        self.loose(root, &mut body);
        let body = self.b.block(&body);
        let module = self.b.current_function();
        self.b.function_mut(module).body = body;
        for (method, owner) in std::mem::take(&mut self.methods) {
            self.b.function_mut(method).owner = self.types.get(&owner).copied();
        }
    }

    /// Whatever stands directly in `node`, in order: top-level declarations, statements, expressions, and the contents of
    /// what is none of these.
    fn loose(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let mut rest = children.as_slice();
        while let Some((first, after)) = rest.split_first() {
            if let Some((label, length)) = self.jumped_back_to(rest) {
                self.round(label, &rest[..=length], out);
                rest = &rest[length + 1..];
            } else {
                self.loose_one(*first, out);
                rest = after;
            }
        }
    }

    fn loose_one(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        match class(node) {
            Class::Expr => {
                let id = self.expr(node);
                out.push(self.b.expr_stmt(id));
                out.append(&mut self.stray);
            }
            Class::Stmt => self.stmt(node, out),
            Class::Top => self.top(node, out),
            Class::Comment => {}
            Class::Other if node.kind() == "statement_list" => self.loose(node, out),
            Class::Other => {
                if self.b.enter(span_of(node)) {
                    self.loose(node, out);
                    self.b.leave();
                }
            }
        }
    }

    fn top(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        match node.kind() {
            "package_clause" => {
                let name = self.items(node).first().map(|name| self.name(*name));
                self.b.facts.package = self.b.facts.package.or(name);
            }
            "import_spec" => self.import(node),
            _ => self.function(node),
        }
        out.append(&mut self.stray);
    }

    fn text(&self, node: Node<'t>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    fn name(&mut self, node: Node<'t>) -> Name {
        let text = self.text(node);
        self.b.name(text)
    }

    /// The named children that mean something; what is in error nodes between them is kept for later. For
    /// nodes whose strays are not kept otherwise.
    fn items(&mut self, node: Node<'t>) -> Vec<Node<'t>> {
        self.keep_strays(node);
        Self::parts(node)
    }

    /// The named children that mean something.
    fn parts(node: Node<'t>) -> Vec<Node<'t>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).filter(|child| !child.is_error() && !child.is_extra()).collect()
    }

    /// The children in a field, separators left out.
    fn fields(node: Node<'t>, field: &str) -> Vec<Node<'t>> {
        let mut cursor = node.walk();
        node.children_by_field_name(field, &mut cursor).filter(Node::is_named).collect()
    }

    /// The first named child that is not a comment.
    fn inner(node: Node<'t>) -> Option<Node<'t>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).find(|child| !child.is_error() && !child.is_extra())
    }

    /// Whether a keyword or operator stands directly in `node`.
    fn has_token(node: Node<'t>, token: &str) -> bool {
        let mut cursor = node.walk();
        node.children(&mut cursor).any(|child| child.kind() == token)
    }

    /// Lowers the error nodes directly in `node`, so that no call in them is lost.
    fn keep_strays(&mut self, node: Node<'t>) {
        if !node.has_error() {
            return;
        }
        let mut cursor = node.walk();
        for child in node.children(&mut cursor).filter(Node::is_error) {
            self.keep_stray(child);
        }
    }

    /// Lowers what has no place in what is being lowered, to stand after it.
    fn keep_stray(&mut self, node: Node<'t>) {
        let mut found = Vec::new();
        self.loose_one(node, &mut found);
        self.stray.append(&mut found);
    }

    fn opaque(&mut self, span: Span, parts: &[ExprId]) -> ExprId {
        let parts = self.b.list(parts);
        self.b.expr(span, ExprKind::Opaque(parts))
    }
}

/// Where a comment may begin; in strings too.
fn candidates(text: &str) -> impl Iterator<Item = usize> {
    let begins = |at: &usize| matches!(text.as_bytes().get(at + 1), Some(b'/' | b'*'));
    text.match_indices('/').map(|(at, _)| at).filter(begins)
}

/// What a node is, by its kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Expr,
    Stmt,
    /// Declarations that are no statements.
    Top,
    Comment,
    /// Lists, types, error nodes.
    Other,
}

fn class(node: Node<'_>) -> Class {
    match node.kind() {
        "unary_expression"
        | "binary_expression"
        | "selector_expression"
        | "index_expression"
        | "slice_expression"
        | "call_expression"
        | "type_assertion_expression"
        | "type_conversion_expression"
        | "type_instantiation_expression"
        | "identifier"
        | "composite_literal"
        | "func_literal"
        | "raw_string_literal"
        | "interpreted_string_literal"
        | "int_literal"
        | "float_literal"
        | "imaginary_literal"
        | "rune_literal"
        | "nil"
        | "true"
        | "false"
        | "iota"
        | "parenthesized_expression"
        | "variadic_argument" => Class::Expr,
        "expression_statement"
        | "send_statement"
        | "receive_statement"
        | "inc_statement"
        | "dec_statement"
        | "assignment_statement"
        | "short_var_declaration"
        | "const_declaration"
        | "type_declaration"
        | "var_declaration"
        | "const_spec"
        | "type_spec"
        | "type_alias"
        | "var_spec"
        | "return_statement"
        | "go_statement"
        | "defer_statement"
        | "if_statement"
        | "for_statement"
        | "expression_switch_statement"
        | "type_switch_statement"
        | "select_statement"
        | "labeled_statement"
        | "fallthrough_statement"
        | "break_statement"
        | "continue_statement"
        | "goto_statement"
        | "block"
        | "empty_statement" => Class::Stmt,
        "package_clause" | "import_spec" | "function_declaration" | "method_declaration" => Class::Top,
        "comment" => Class::Comment,
        _ => Class::Other,
    }
}
