//! Expressions other than literals.

use tree_sitter::Node;

use super::types::{bare, is_type};
use super::{Class, Lower, child, class};
use crate::facts::{BinaryOp, ExprId, ExprKind, List, Name, TypeRefId, UnaryOp, VarKind};
use crate::source::Span;
use crate::syntax::span_of;

/// A longer run of binary operators is no tree of its operands any more, so that whoever walks the facts does not run out of
/// stack on `a + b + …`.
const LONGEST_SPINE: usize = 64;

impl<'t> Lower<'_, 't> {
    pub(super) fn expr(&mut self, node: Node<'t>) -> ExprId {
        self.value(node, None)
    }

    /// An expression; `name` is what a function is called that stands there.
    pub(super) fn value(&mut self, mut node: Node<'t>, name: Option<Name>) -> ExprId {
        while node.kind() == "parenthesized_expression" {
            self.keep_strays(node);
            match Self::inner(node) {
                Some(inner) => node = inner,
                None => return self.opaque(span_of(node), &[]),
            }
        }
        let span = span_of(node);
        if !self.b.enter(span) {
            return self.opaque(span, &[]);
        }
        let id =
            if node.kind() == "func_literal" { self.closure(node, name) } else { self.inside(node, span) };
        self.b.leave();
        id
    }

    fn inside(&mut self, node: Node<'t>, span: Span) -> ExprId {
        self.keep_strays(node);
        let text = self.text(node);
        match node.kind() {
            "identifier" if text.is_empty() => self.opaque(span, &[]),
            "identifier" => self.b.ident(span, text),
            "nil" => self.b.expr(span, ExprKind::Null),
            "true" => self.b.expr(span, ExprKind::Bool(true)),
            "false" => self.b.expr(span, ExprKind::Bool(false)),
            "iota" => match self.iota {
                Some(position) => self.b.expr(span, ExprKind::Num(f64::from(position))),
                None => self.opaque(span, &[]),
            },
            "int_literal" | "float_literal" | "imaginary_literal" | "rune_literal" => self.number(span, text),
            "raw_string_literal" | "interpreted_string_literal" => self.string(span, text),
            "composite_literal" => self.composite_literal(node),
            "selector_expression" => {
                let object = self.field(node, "operand");
                let Some(member) = child(node, "field") else { return object };
                let name = self.name(member);
                self.b.expr(span, ExprKind::Member { object, name })
            }
            "index_expression" => {
                let (object, index) = (self.field(node, "operand"), self.field(node, "index"));
                self.b.expr(span, ExprKind::Index { object, index })
            }
            "call_expression" => self.call(node),
            "binary_expression" => self.binary(node),
            "unary_expression" => self.unary(node),
            "type_assertion_expression" => {
                let value = self.field(node, "operand");
                let ty = self.ty_field(node, "type");
                self.b.expr(span, ExprKind::Cast { value, ty })
            }
            "type_conversion_expression" => self.conversion(node),
            "type_instantiation_expression" => self.instantiation(node),
            "variadic_argument" => {
                let value = self.only(node);
                self.b.expr(span, ExprKind::Spread(value))
            }
            _ => self.unknown(node, span),
        }
    }

    /// A form there is no word for: its parts that are expressions; what else it holds becomes statements.
    fn unknown(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let mut parts = Vec::new();
        for child in Self::parts(node) {
            if class(child) == Class::Expr {
                parts.push(self.expr(child));
            } else {
                self.keep_stray(child);
            }
        }
        self.opaque(span, &parts)
    }

    /// The expression in a field.
    pub(super) fn field(&mut self, node: Node<'t>, field: &str) -> ExprId {
        match child(node, field) {
            Some(child) => self.expr(child),
            None => self.opaque(span_of(node), &[]),
        }
    }

    /// The one expression a node consists of.
    pub(super) fn only(&mut self, node: Node<'t>) -> ExprId {
        match Self::inner(node) {
            Some(child) => self.expr(child),
            None => self.opaque(span_of(node), &[]),
        }
    }

    /// The expressions of the list in `node`.
    pub(super) fn expr_list(&mut self, node: Node<'t>) -> List<ExprId> {
        let mut values = Vec::new();
        for part in self.items(node) {
            if part.kind() == "expression_list" {
                values.extend(self.items(part).into_iter().map(|value| self.expr(value)));
            } else {
                values.push(self.expr(part));
            }
        }
        self.b.list(&values)
    }

    fn call(&mut self, node: Node<'t>) -> ExprId {
        let span = span_of(node);
        let callee = self.field(node, "function");
        let (callee, mut types) = self.type_args_of(node, callee);
        let args = child(node, "arguments").map(|list| self.items(list)).unwrap_or_default();
        let args: Vec<_> = args.into_iter().map(|arg| self.argument(arg, &mut types)).collect();
        self.call_expr(span, callee, &args, &types)
    }

    /// The type arguments of what is called; or what is called is an index after all.
    fn type_args_of(&mut self, node: Node<'t>, callee: ExprId) -> (ExprId, Vec<TypeRefId>) {
        let Some(list) = child(node, "type_arguments") else { return (callee, Vec::new()) };
        let Some(index) = self.index_in_disguise(list) else { return (callee, self.type_arguments(list)) };
        let span = Span::new(self.b.facts.expr(callee).span.start, span_of(list).end);
        (self.b.expr(span, ExprKind::Index { object: callee, index }), Vec::new())
    }

    fn call_expr(&mut self, span: Span, callee: ExprId, args: &[ExprId], types: &[TypeRefId]) -> ExprId {
        self.b.call(span, callee, args, false, types)
    }

    /// An argument; a type (of `make` or `new`) goes to the call's types.
    fn argument(&mut self, node: Node<'t>, types: &mut Vec<TypeRefId>) -> ExprId {
        if !is_type(node.kind()) {
            return self.expr(node);
        }
        types.push(self.ty(node));
        self.opaque(span_of(node), &[])
    }

    /// `handlers[i](x)` and `f[T](x)` look the same; the grammar takes both for the second. A variable is no type.
    fn index_in_disguise(&mut self, list: Node<'t>) -> Option<ExprId> {
        let [only] = self.items(list)[..] else { return None };
        let only = bare(only);
        let var = self.b.visible(self.text(only)).filter(|_| only.kind() == "type_identifier")?;
        let is_value = matches!(
            self.b.facts.var(var).kind,
            VarKind::Let | VarKind::Const | VarKind::Param(_) | VarKind::Receiver
        );
        is_value.then(|| self.b.ident(span_of(only), self.text(only)))
    }

    /// `[]byte(x)`: a call of the type.
    fn conversion(&mut self, node: Node<'t>) -> ExprId {
        let mut types = Vec::new();
        let callee = match child(node, "type").map(bare) {
            Some(ty) => {
                match ty.kind() {
                    "type_identifier" | "qualified_type" => {}
                    "generic_type" => return self.generic_conversion(node, ty),
                    _ => types.push(self.ty(ty)),
                }
                self.type_as_expr(ty)
            }
            None => self.opaque(span_of(node), &[]),
        };
        let operand = self.field(node, "operand");
        self.call_expr(span_of(node), callee, &[operand], &types)
    }

    /// `f[T](x)` where the grammar takes it for a conversion.
    fn generic_conversion(&mut self, node: Node<'t>, ty: Node<'t>) -> ExprId {
        let callee = self.type_as_expr(ty);
        let (callee, types) = self.type_args_of(ty, callee);
        let operand = self.field(node, "operand");
        self.call_expr(span_of(node), callee, &[operand], &types)
    }

    /// `f[A, B]` as a value.
    fn instantiation(&mut self, node: Node<'t>) -> ExprId {
        let parts: Vec<_> = Self::parts(node).into_iter().map(|part| self.type_as_expr(part)).collect();
        match parts[..] {
            [object, index, ..] => self.b.expr(span_of(node), ExprKind::Index { object, index }),
            _ => self.opaque(span_of(node), &parts),
        }
    }

    fn unary(&mut self, node: Node<'t>) -> ExprId {
        let span = span_of(node);
        let operand = self.field(node, "operand");
        let op = match child(node, "operator").map_or("", |op| op.kind()) {
            "<-" => return self.b.expr(span, ExprKind::Receive(operand)),
            "!" => UnaryOp::Not,
            "-" => UnaryOp::Neg,
            "+" => UnaryOp::Plus,
            "&" => UnaryOp::Address,
            "*" => UnaryOp::Deref,
            _ => UnaryOp::Other,
        };
        self.b.expr(span, ExprKind::Unary { op, operand })
    }

    /// `a + b + c` leans to the left as deep as it is long, so its spine is walked, not recursed along.
    fn binary(&mut self, node: Node<'t>) -> ExprId {
        let mut spine = Vec::new();
        let mut first = node;
        while first.kind() == "binary_expression" {
            let Some(left) = child(first, "left") else { break };
            spine.push(first);
            first = left;
        }
        if spine.is_empty() {
            return self.unknown(node, span_of(node));
        }
        let mut operands = vec![self.expr(first)];
        let mut ops = Vec::with_capacity(spine.len());
        for part in spine.into_iter().rev() {
            if part != node {
                self.keep_strays(part);
            }
            ops.push(binary_op(child(part, "operator").map_or("", |op| op.kind())));
            operands.push(self.field(part, "right"));
        }
        self.fold(span_of(node), &ops, &operands)
    }

    fn fold(&mut self, span: Span, ops: &[BinaryOp], operands: &[ExprId]) -> ExprId {
        if ops.len() > LONGEST_SPINE {
            return match ops {
                [op @ (BinaryOp::Add | BinaryOp::And | BinaryOp::Or), rest @ ..]
                    if rest.iter().all(|other| other == op) =>
                {
                    self.balanced(*op, operands).unwrap_or_else(|| self.opaque(span, operands))
                }
                _ => self.opaque(span, operands),
            };
        }
        let mut operands = operands.iter();
        let Some(mut left) = operands.next().copied() else { return self.opaque(span, &[]) };
        for (op, right) in ops.iter().zip(operands) {
            left = self.joined(*op, left, *right);
        }
        left
    }

    /// The same operands in the same order under an operator that does not mind how they are grouped.
    fn balanced(&mut self, op: BinaryOp, operands: &[ExprId]) -> Option<ExprId> {
        if let [only] = operands {
            return Some(*only);
        }
        let (left, right) = operands.split_at_checked(operands.len() / 2)?;
        // An empty slice has no halves to go on with.
        if left.is_empty() {
            return None;
        }
        let (left, right) = (self.balanced(op, left)?, self.balanced(op, right)?);
        Some(self.joined(op, left, right))
    }

    fn joined(&mut self, op: BinaryOp, left: ExprId, right: ExprId) -> ExprId {
        let span = Span::new(self.b.facts.expr(left).span.start, self.b.facts.expr(right).span.end);
        self.b.expr(span, ExprKind::Binary { op, left, right })
    }
}

fn binary_op(text: &str) -> BinaryOp {
    match text {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        "==" => BinaryOp::Eq,
        "!=" => BinaryOp::NotEq,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEq,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEq,
        "&&" => BinaryOp::And,
        "||" => BinaryOp::Or,
        "<<" => BinaryOp::Shl,
        _ => BinaryOp::Other,
    }
}
