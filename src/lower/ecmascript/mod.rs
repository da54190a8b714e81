//! TypeScript, TSX, JavaScript and JSX: syntax tree to facts.
//!
//! Owns: the node kinds of the two grammars and what they mean. One recursive walk, driven by two dispatches: [`Lower::stmt`]
//! and [`Lower::expr`]. What neither has a word for is searched for expressions, so that no call is lost. Does not own:
//! binding names to variables (the builder), or any library.

mod assign;
mod class;
mod expr;
mod fields;
mod function;
mod loops;
mod module;
mod object;
mod stmt;
mod stray;
#[cfg(test)]
mod tests;
mod text;
mod types;

use tree_sitter::{Node, Tree, TreeCursor};

use self::fields::{At, Fields};
use crate::facts::build::Builder;
use crate::facts::{ExprId, ExprKind, List, Name, StmtId, TypeDefId, TypeDefKind, TypeRefId, VarId, VarKind};
use crate::source::Span;
use crate::syntax::span_of;

/// Names that every module is handed which is loaded by `require`.
const OF_MODULES: [&str; 2] = ["module", "exports"];

/// Lowers a whole file into `builder`.
pub(super) fn lower(builder: &mut Builder, text: &str, tree: &Tree) {
    comments(builder, text, tree);
    builder.set_undeclared(&OF_MODULES);
    let mut lower = Lower {
        b: builder,
        text,
        fields: Fields::of(&tree.language()),
        cursor: tree.walk(),
        hint: None,
        label: None,
        exports: Vec::new(),
        namespaces: 0,
    };
    let mut body = Vec::new();
    // A file broken near its start is one error as a whole.
    match tree.root_node() {
        root if root.is_error() => lower.damaged(root, &mut body),
        root => body = lower.stmts(root),
    }
    lower.finish_exports();
    let body = builder.block(&body);
    let module = builder.current_function();
    builder.function_mut(module).body = body;
}

/// Notes every comment. Comments may stand between any two tokens, so the walk proper would miss some. Only what holds
/// something that looks like the start of one is looked into.
fn comments(builder: &mut Builder, text: &str, tree: &Tree) {
    let starts = text
        .as_bytes()
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| matches!(*pair, b"//" | b"/*" | b"<!" | b"--"));
    let mut starts = starts.map(|(at, _)| at).peekable();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        while starts.next_if(|start| *start < node.start_byte()).is_some() {}
        let Some(next) = starts.peek() else { return };
        if is_comment(node) {
            builder.facts.comments.push(span_of(node));
        } else if *next < node.end_byte() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// The walk under way.
struct Lower<'b, 't> {
    b: &'b mut Builder,
    text: &'t str,
    fields: Fields,
    /// One cursor for all child lists, since each costs an allocation.
    cursor: TreeCursor<'t>,
    /// What a closure lowered next is called, and where that name stands. Taken by every expression on entry.
    hint: Option<(Name, Span)>,
    /// The label before the statement lowered next. Taken by every statement on entry.
    label: Option<Name>,
    /// `export { a as b }`, bound at the end: `a` may be declared further down.
    exports: Vec<module::LocalExport<'t>>,
    /// How many namespaces are open; what they export is no export of the file.
    namespaces: u32,
}

impl<'t> Lower<'_, 't> {
    /// The text of a node.
    fn text(&self, node: Node<'t>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The child in a field.
    fn field(&self, node: Node<'t>, at: At) -> Option<Node<'t>> {
        self.fields.child(node, at)
    }

    /// The interned text of a node.
    fn name(&mut self, node: Node<'t>) -> Name {
        let text = self.text(node);
        self.b.name(text)
    }

    /// All children but comments, punctuation included.
    fn tokens(&mut self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut children = Vec::with_capacity(node.child_count() as usize);
        self.cursor.reset(node);
        let mut more = self.cursor.goto_first_child();
        while more {
            let child = self.cursor.node();
            if !is_comment(child) {
                children.push(child);
            }
            more = self.cursor.goto_next_sibling();
        }
        children
    }

    /// The named children, without comments.
    fn children(&mut self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut children = Vec::with_capacity(node.named_child_count());
        self.cursor.reset(node);
        let mut more = self.cursor.goto_first_child();
        while more {
            let child = self.cursor.node();
            if child.is_named() && !is_comment(child) {
                children.push(child);
            }
            more = self.cursor.goto_next_sibling();
        }
        children
    }

    /// The errors among the children; those in a field are seen to by whoever reads the field.
    fn errors(&mut self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut errors = Vec::new();
        if node.has_error() {
            self.cursor.reset(node);
            let mut more = self.cursor.goto_first_child();
            while more {
                if self.cursor.node().is_error() && self.cursor.field_id().is_none() {
                    errors.push(self.cursor.node());
                }
                more = self.cursor.goto_next_sibling();
            }
        }
        errors
    }

    /// The first named child that is neither a comment nor an error.
    fn inner(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        self.cursor.reset(node);
        let mut more = self.cursor.goto_first_child();
        while more {
            let child = self.cursor.node();
            if child.is_named() && !is_comment(child) && !child.is_error() {
                return Some(child);
            }
            more = self.cursor.goto_next_sibling();
        }
        None
    }

    /// Whether `node` has the token `kind` before its name or parameters begin (`static`, `async`, `*` …).
    fn has_modifier(&mut self, node: Node<'t>, kind: &str) -> bool {
        self.modifier(node, kind).is_some()
    }

    /// The token `kind` among the direct children of `node`.
    fn modifier(&mut self, node: Node<'t>, kind: &str) -> Option<Node<'t>> {
        self.cursor.reset(node);
        let mut more = self.cursor.goto_first_child();
        while more {
            let child = self.cursor.node();
            if child.kind() == kind {
                return Some(child);
            }
            more = self.cursor.goto_next_sibling();
        }
        None
    }

    /// Looks through parentheses and `!`, which leave no trace. Stops where an error stands between them.
    fn strip(&mut self, mut node: Node<'t>) -> Node<'t> {
        while matches!(node.kind(), "parenthesized_expression" | "non_null_expression") {
            let children = self.children(node);
            // Flow's `(x: T)` has its annotation as a second child.
            let [inner, rest @ ..] = children.as_slice() else { break };
            if inner.is_error() || rest.iter().any(|child| child.kind() != "type_annotation") {
                break;
            }
            node = *inner;
        }
        node
    }

    /// An expression that nothing is known of but its operands.
    fn opaque(&mut self, span: Span, operands: &[ExprId]) -> ExprId {
        let operands = self.b.list(operands);
        self.b.expr(span, ExprKind::Opaque(operands))
    }

    /// An empty operand, where the source has a hole.
    fn nothing(&mut self, span: Span) -> ExprId {
        self.b.expr(span, ExprKind::Opaque(List::empty()))
    }

    /// Adds an expression as a statement of span `span`.
    fn push_expr(&mut self, span: Span, expr: ExprId, out: &mut Vec<StmtId>) {
        out.push(self.b.stmt(span, crate::facts::StmtKind::Expr(expr)));
    }

    /// Declares a variable in the innermost scope. Where a name stands for a type and for a value, the value wins: types are
    /// found by name. A function with a body wins over its overloads.
    fn declare(&mut self, node: Node<'t>, kind: VarKind, ty: Option<TypeRefId>) -> VarId {
        let (text, span) = (self.text(node), span_of(node));
        let var = self.b.declare(text, span, kind, ty);
        let old = self.b.facts.vars.get(var.index()).map(|var| var.kind);
        if old.is_some_and(|old| old != kind && self.outranks(kind, old)) {
            let name = self.b.name(text);
            let vars = &mut self.b.facts.vars;
            if let Some(slot) = vars.get_mut(var.index()) {
                *slot = crate::facts::Var { span, name, kind, ty, ..*slot };
            }
        }
        var
    }

    fn outranks(&self, new: VarKind, old: VarKind) -> bool {
        match (old, new) {
            (VarKind::Type(old), VarKind::Type(new)) => self.is_type_only(old) && !self.is_type_only(new),
            (VarKind::Type(old), _) => self.is_type_only(old),
            (VarKind::Let, VarKind::Function(_)) => true,
            (VarKind::Function(old), VarKind::Function(_)) => {
                self.b.facts.functions.get(old.index()).is_some_and(|f| f.body.is_empty())
            }
            _ => false,
        }
    }

    fn is_type_only(&self, def: TypeDefId) -> bool {
        let def = self.b.facts.types.get(def.index());
        def.is_some_and(|def| matches!(def.kind, TypeDefKind::Interface | TypeDefKind::Alias))
    }
}

fn is_comment(node: Node<'_>) -> bool {
    node.is_extra() && matches!(node.kind(), "comment" | "html_comment")
}
