//! Expressions. Owns the dispatch over expression kinds; objects and JSX are in `object`, assignments in `assign`.

use tree_sitter::Node;

use super::fields::At;
use super::{Lower, text};
use crate::facts::build::MAX_DEPTH;
use crate::facts::{BinaryOp, ExprId, ExprKind, Name, UnaryOp};
use crate::source::Span;
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    /// Lowers an expression.
    pub(super) fn expr(&mut self, node: Node<'t>) -> ExprId {
        let hint = self.hint.take();
        let node = self.strip(node);
        let span = span_of(node);
        if !self.b.enter(span) {
            return self.nothing(span);
        }
        self.hint = hint;
        let id = self.expr_inside(node);
        self.hint = None;
        self.b.leave();
        id
    }

    /// Lowers an expression whose closure or class, if it is one, is called `name`.
    pub(super) fn expr_named(&mut self, node: Node<'t>, name: Name, head: Span) -> ExprId {
        self.hint = Some((name, head));
        self.expr(node)
    }

    /// The expression in a field, or an empty operand where the source lacks it.
    pub(super) fn expr_field(&mut self, node: Node<'t>, name: At) -> ExprId {
        self.expr_or_nothing(self.field(node, name), node)
    }

    /// The only expression inside `node`, or an empty operand.
    pub(super) fn expr_child(&mut self, node: Node<'t>) -> ExprId {
        let inner = self.inner(node);
        self.expr_or_nothing(inner, node)
    }

    fn expr_or_nothing(&mut self, child: Option<Node<'t>>, parent: Node<'t>) -> ExprId {
        match child {
            Some(child) => self.expr(child),
            None => self.nothing(span_of(parent)),
        }
    }

    /// The dispatch: atoms, then what holds other expressions.
    fn expr_inside(&mut self, node: Node<'t>) -> ExprId {
        let (kind, span) = (node.kind(), span_of(node));
        if let Some(atom) = self.atom(kind, node, span) {
            return atom;
        }
        match kind {
            // Forms that hold a list, and see to the errors inside it themselves.
            "array" => self.array(node, span),
            "object" => self.object(node, span),
            "template_string" => self.template(node, span, false),
            "sequence_expression" => self.sequence(node, span),
            "arrow_function"
            | "function_expression"
            | "function"
            | "generator_function"
            | "function_declaration"
            | "generator_function_declaration"
            | "method_definition" => self.closure(node),
            "class" | "class_declaration" | "abstract_class_declaration" => self.class_expr(node, span),
            "binary_expression" => self.binary(node),
            _ => {
                let Some(id) = self.compound(kind, node, span) else { return self.unknown(node, span) };
                self.with_strays(node, id)
            }
        }
    }

    /// Expressions without operands.
    fn atom(&mut self, kind: &str, node: Node<'t>, span: Span) -> Option<ExprId> {
        let kind = match kind {
            "identifier"
            | "shorthand_property_identifier"
            | "shorthand_property_identifier_pattern"
            | "import" => {
                return Some(self.ident(node));
            }
            "this" => ExprKind::This,
            "super" => ExprKind::Super,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" | "undefined" => ExprKind::Null,
            "number" => text::number(self.text(node))
                .map_or(ExprKind::Opaque(crate::facts::List::empty()), ExprKind::Num),
            "string" => ExprKind::Str(self.string_name(node)),
            "regex" => ExprKind::Regex(self.name(node)),
            // `#field in object`; as a name it could be taken for a variable.
            "private_property_identifier" => ExprKind::Str(self.name(node)),
            _ => return None,
        };
        Some(self.b.expr(span, kind))
    }

    /// Expressions with a fixed set of operands.
    fn compound(&mut self, kind: &str, node: Node<'t>, span: Span) -> Option<ExprId> {
        let kind = match kind {
            "member_expression" | "nested_identifier" => return Some(self.member(node, span)),
            "subscript_expression" => {
                let object = self.expr_field(node, At::Object);
                ExprKind::Index { object, index: self.expr_field(node, At::Index) }
            }
            "call_expression" => return Some(self.call(node, span)),
            "new_expression" => return Some(self.new_expr(node, span)),
            "unary_expression" => {
                let op = self.field(node, At::Operator).map_or(UnaryOp::Other, |op| unary_op(op.kind()));
                ExprKind::Unary { op, operand: self.expr_field(node, At::Argument) }
            }
            "assignment_expression" => return Some(self.assignment(node, span)),
            "augmented_assignment_expression" => return Some(self.augmented(node, span)),
            "update_expression" => return Some(self.update(node, span)),
            "ternary_expression" => {
                let test = self.expr_field(node, At::Condition);
                let then = self.expr_field(node, At::Consequence);
                ExprKind::Cond { test, then, other: self.expr_field(node, At::Alternative) }
            }
            "await_expression" => ExprKind::Await(self.expr_child(node)),
            "yield_expression" => {
                let value = self.inner(node);
                ExprKind::Yield(value.map(|value| self.expr(value)))
            }
            "spread_element" => ExprKind::Spread(self.expr_child(node)),
            "as_expression" | "satisfies_expression" => return Some(self.cast(node, span)),
            "type_assertion" => return Some(self.type_assertion(node, span)),
            "instantiation_expression" => return Some(self.expr_child(node)),
            "meta_property" => return self.meta_property(node, span),
            _ => return None,
        };
        Some(self.b.expr(span, kind))
    }

    /// A name; an empty one, put in by the parser, is nothing.
    pub(super) fn ident(&mut self, node: Node<'t>) -> ExprId {
        match self.text(node) {
            "" => self.nothing(span_of(node)),
            text => self.b.ident(span_of(node), text),
        }
    }

    /// The interned content of a string node.
    pub(super) fn string_name(&mut self, node: Node<'t>) -> Name {
        let content = text::unescape(text::unquote(self.text(node)));
        self.b.name(&content)
    }

    fn member(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let object = self.expr_field(node, At::Object);
        match self.field(node, At::Property) {
            Some(property) => {
                let name = self.name(property);
                self.b.expr(span, ExprKind::Member { object, name })
            }
            None => self.opaque(span, &[object]),
        }
    }

    /// `import.meta`, `new.target`: a member of what looks like a name, so that `import.meta.env.X` is a path.
    fn meta_property(&mut self, node: Node<'t>, span: Span) -> Option<ExprId> {
        let (object, name) = self.text(node).split_once('.')?;
        let object = self.b.ident(Span::new(span.start, span.start), object.trim_end());
        let name = self.b.name(name.trim_start());
        Some(self.b.expr(span, ExprKind::Member { object, name }))
    }

    fn call(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let args = self.field(node, At::Arguments);
        if let Some(module) = self.module_call(node, args) {
            return self.b.expr(span, ExprKind::Module(module));
        }
        let prefix = self.field(node, At::Function).filter(|callee| is_prefixed(*callee));
        let callee = match prefix {
            Some(prefix) => self.operand(prefix),
            None => self.expr_field(node, At::Function),
        };
        let types = self.type_arguments(node);
        let args = match args {
            Some(template) if template.kind() == "template_string" => vec![self.tag_argument(template)],
            Some(args) => self.operands(args),
            None => Vec::new(),
        };
        let Some(prefix) = prefix else { return self.b.call(span, callee, &args, false, &types) };
        let inner = Span::new(
            self.field(prefix, At::Argument)
                .or_else(|| self.inner(prefix))
                .map_or(span.start, |inner| span_of(inner).start),
            span.end,
        );
        let call = self.b.call(inner, callee, &args, false, &types);
        let kind = match self.field(prefix, At::Operator) {
            Some(op) => ExprKind::Unary { op: unary_op(op.kind()), operand: call },
            None => ExprKind::Await(call),
        };
        self.b.expr(span, kind)
    }

    /// What `await` or a prefix operator stands before.
    fn operand(&mut self, node: Node<'t>) -> ExprId {
        match self.field(node, At::Argument) {
            Some(argument) => self.expr(argument),
            None => self.expr_child(node),
        }
    }

    fn new_expr(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let callee = self.expr_field(node, At::Constructor);
        let types = self.type_arguments(node);
        let args = self.field(node, At::Arguments).map(|args| self.operands(args)).unwrap_or_default();
        self.b.call(span, callee, &args, true, &types)
    }

    /// The module of `require('x')` and `import('x')`.
    fn module_call(&mut self, node: Node<'t>, args: Option<Node<'t>>) -> Option<Name> {
        let callee = self.field(node, At::Function)?;
        let is_import = match callee.kind() {
            "import" => true,
            "identifier" => self.text(callee) == "require",
            _ => false,
        };
        if !is_import {
            return None;
        }
        let args = self.children(args?);
        // `import('x', { with: … })` has a second argument.
        let module = args.first().filter(|first| first.kind() == "string")?;
        (args.len() == 1).then(|| self.string_name(*module))
    }

    /// The one argument of a tagged template: a template even where it has no holes.
    fn tag_argument(&mut self, node: Node<'t>) -> ExprId {
        let span = span_of(node);
        if !self.b.enter(span) {
            return self.nothing(span);
        }
        let id = self.template(node, span, true);
        self.b.leave();
        id
    }

    /// A template; one without holes is a string unless it is tagged.
    fn template(&mut self, node: Node<'t>, span: Span, tagged: bool) -> ExprId {
        let mut parts = Vec::new();
        let mut from = node.start_byte() + 1;
        for child in self.children(node) {
            if !matches!(child.kind(), "string_fragment" | "escape_sequence") {
                self.template_text(from, child.start_byte(), &mut parts);
                self.collect(child, &mut parts);
                from = child.end_byte();
            }
        }
        let has_holes = !parts.is_empty();
        let closed = self.text.get(..node.end_byte()).is_some_and(|text| text.ends_with('`'));
        let end = node.end_byte() - usize::from(closed && node.end_byte() > from);
        if !has_holes && !tagged {
            let content = text::unescape(self.text.get(from..end).unwrap_or_default());
            let content = self.b.name(&content);
            return self.b.expr(span, ExprKind::Str(content));
        }
        self.template_text(from, end, &mut parts);
        let parts = self.b.list(&parts);
        self.b.expr(span, ExprKind::Template(parts))
    }

    #[expect(clippy::cast_possible_truncation, reason = "file size is bounded below 4 GiB")]
    fn template_text(&mut self, from: usize, to: usize, parts: &mut Vec<ExprId>) {
        let Some(raw) = self.text.get(from..to).filter(|raw| !raw.is_empty()) else { return };
        let content = self.b.name(&text::unescape(raw));
        parts.push(self.b.expr(Span::new(from as u32, to as u32), ExprKind::Str(content)));
    }

    fn array(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let items = self.operands(node);
        let items = self.b.list(&items);
        self.b.expr(span, ExprKind::Array { ty: None, items })
    }

    fn sequence(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let items = self.operands(node);
        let items = self.b.list(&items);
        self.b.expr(span, ExprKind::Sequence(items))
    }

    fn cast(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let children = self.children(node);
        let mut children = children.into_iter().filter(|child| !child.is_error());
        let hint = self.hint.take();
        let Some(value) = children.next() else { return self.nothing(span) };
        self.hint = hint;
        let value = self.expr(value);
        let ty = children.next().map(|ty| self.type_ref(ty));
        self.b.expr(span, ExprKind::Cast { value, ty })
    }

    fn type_assertion(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let hint = self.hint.take();
        let (mut value, mut ty) = (None, None);
        for child in self.children(node).into_iter().filter(|child| !child.is_error()) {
            if child.kind() == "type_arguments" {
                ty = self.type_list_of(child).first().copied();
            } else {
                self.hint = hint;
                value = Some(self.expr(child));
            }
        }
        let value = value.unwrap_or_else(|| self.nothing(span));
        self.b.expr(span, ExprKind::Cast { value, ty })
    }

    /// A binary expression. Long chains lean to the left: their spine is walked in a loop. It still counts as depth, since
    /// whoever reads the facts recurses over it.
    fn binary(&mut self, node: Node<'t>) -> ExprId {
        let mut spine = vec![node];
        let mut leaf = self.field(node, At::Left);
        while let Some(left) = leaf.filter(|left| left.kind() == "binary_expression") {
            spine.push(left);
            leaf = self.field(left, At::Left);
        }
        // Half of the room left goes to the spine, the rest to what hangs from it.
        let room = self.b.room().min(MAX_DEPTH) as usize / 2;
        let deep = spine.split_off(spine.len().min(room.max(1)));
        let entered = spine.iter().skip(1).take_while(|node| self.b.enter(span_of(**node))).count();
        let mut value = match deep.first() {
            Some(rest) => self.flat_spine(*rest, &deep, leaf),
            None => self.expr_or_nothing(leaf, node),
        };
        for (i, node) in spine.iter().enumerate().rev() {
            let right = self.expr_field(*node, At::Right);
            let op = self.field(*node, At::Operator).map_or(BinaryOp::Other, |op| binary_op(op.kind()));
            value = self.b.expr(span_of(*node), ExprKind::Binary { op, left: value, right });
            value = self.with_strays(*node, value);
            if i > 0 && i <= entered {
                self.b.leave();
            }
        }
        value
    }

    /// The operands of a chain too long to nest, side by side.
    fn flat_spine(&mut self, top: Node<'t>, spine: &[Node<'t>], leaf: Option<Node<'t>>) -> ExprId {
        self.b.facts.health.too_deep.push(span_of(top));
        let mut operands: Vec<ExprId> = leaf.map(|leaf| self.expr(leaf)).into_iter().collect();
        for node in spine.iter().rev() {
            operands.push(self.expr_field(*node, At::Right));
        }
        self.opaque(span_of(top), &operands)
    }

    /// Any other form: JSX, and whatever the grammar learns one day.
    fn unknown(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let mut operands = Vec::new();
        self.collect_inside(node, &mut operands);
        self.opaque(span, &operands)
    }
}

fn binary_op(token: &str) -> BinaryOp {
    match token {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        "**" => BinaryOp::Pow,
        "==" | "===" => BinaryOp::Eq,
        "!=" | "!==" => BinaryOp::NotEq,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEq,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEq,
        "&&" => BinaryOp::And,
        "||" => BinaryOp::Or,
        "??" => BinaryOp::Coalesce,
        "in" => BinaryOp::In,
        "instanceof" => BinaryOp::InstanceOf,
        "<<" => BinaryOp::Shl,
        _ => BinaryOp::Other,
    }
}

/// Whether what is called begins with `await` or an operator, without brackets: the grammar reads `await get<T>(key)` as a call of
/// `await get`.
fn is_prefixed(callee: Node<'_>) -> bool {
    matches!(callee.kind(), "await_expression" | "unary_expression")
}

fn unary_op(token: &str) -> UnaryOp {
    match token {
        "!" => UnaryOp::Not,
        "-" => UnaryOp::Neg,
        "+" => UnaryOp::Plus,
        "void" => UnaryOp::Void,
        "typeof" => UnaryOp::TypeOf,
        "delete" => UnaryOp::Delete,
        _ => UnaryOp::Other,
    }
}
