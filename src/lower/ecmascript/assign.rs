//! Assignments, declarations and destructuring: values bound to places.
//!
//! A default in a pattern (`{ a = 1 } = e`) is a second binding of the same place, to the default, right after the first: the
//! place holds either. Before a nested pattern the default is bound to nothing, and only kept for what it calls.

use tree_sitter::Node;

use super::Lower;
use super::fields::At;
use crate::facts::{AssignOp, Bind, ExprId, ExprKind, List, Place, Source, Step, TypeRefId, VarId, VarKind};
use crate::source::Span;
use crate::syntax::span_of;

/// What the names of a pattern are.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// New variables of the innermost scope.
    Declare(VarKind),
    /// `var`: new variables of the function around.
    Hoist,
    /// Places that exist.
    Assign,
}

impl Target {
    /// What the keyword of a declaration declares.
    pub(super) fn of_keyword(keyword: &str) -> Self {
        match keyword {
            "var" => Self::Hoist,
            "let" => Self::Declare(VarKind::Let),
            _ => Self::Declare(VarKind::Const),
        }
    }
}

/// A pattern being taken apart.
struct Unpacking<'a> {
    target: Target,
    source: Source,
    path: Vec<Step>,
    binds: &'a mut Vec<Bind>,
}

impl<'t> Lower<'_, 't> {
    /// `const`, `let`, `var` and `using`: one assignment, with the bindings of every declarator.
    pub(super) fn declaration(&mut self, node: Node<'t>) -> ExprId {
        let keyword =
            self.field(node, At::Kind).or_else(|| node.child(0)).map_or("const", |keyword| keyword.kind());
        let target = Target::of_keyword(keyword);
        let mut binds = Vec::new();
        for child in self.children(node) {
            if child.kind() == "variable_declarator" {
                self.declarator(child, target, &mut binds);
            } else {
                self.stray_binds(child, &mut binds);
            }
        }
        self.assign(span_of(node), AssignOp::Declare, &binds)
    }

    fn declarator(&mut self, node: Node<'t>, target: Target, binds: &mut Vec<Bind>) {
        let Some(name) = self.field(node, At::Name) else { return self.stray_binds(node, binds) };
        let ty = self.field(node, At::Type).map(|ty| self.type_ref(ty));
        if name.kind() == "identifier" {
            self.hint = Some((self.name(name), span_of(name)));
        }
        let value = self.field(node, At::Value).map(|value| self.expr(value));
        self.hint = None;
        let value = value.map(|value| self.with_strays(node, value));
        if value.is_none() {
            self.stray_parts(node, binds);
        }
        self.unpack(name, ty, target, value.map_or(Source::Zero, Source::Expr), binds);
    }

    /// Keeps what the errors inside a binding call.
    fn stray_parts(&mut self, node: Node<'t>, binds: &mut Vec<Bind>) {
        for error in self.errors(node) {
            self.stray_binds(error, binds);
        }
    }

    /// Keeps what an error among bindings calls.
    fn stray_binds(&mut self, node: Node<'t>, binds: &mut Vec<Bind>) {
        let mut found = Vec::new();
        self.collect(node, &mut found);
        found.retain(|expr| self.does_something(*expr));
        for expr in found {
            binds.push(self.b.bind(span_of(node), Place::Nothing, Source::Expr(expr), &[]));
        }
    }

    /// An assignment of what was bound.
    pub(super) fn assign(&mut self, span: Span, op: AssignOp, binds: &[Bind]) -> ExprId {
        let binds = self.b.binds(binds);
        self.b.expr(span, ExprKind::Assign { op, binds })
    }

    /// `left = right`.
    pub(super) fn assignment(&mut self, node: Node<'t>, span: Span) -> ExprId {
        self.hint = None;
        let Some(left) = self.field(node, At::Left).map(|left| self.strip(left)) else {
            return self.expr_field(node, At::Right);
        };
        let mut binds = Vec::new();
        // The TypeScript grammar takes `using a = b` for an assignment.
        if left.kind() == "identifier" && self.modifier(node, "using").is_some() {
            self.hint_from(left);
            let right = self.expr_field(node, At::Right);
            self.hint = None;
            let target = Target::Declare(VarKind::Const);
            self.unpack(left, None, target, Source::Expr(right), &mut binds);
            return self.assign(span, AssignOp::Declare, &binds);
        }
        if matches!(left.kind(), "object_pattern" | "array_pattern") {
            let right = self.expr_field(node, At::Right);
            self.unpack(left, None, Target::Assign, Source::Expr(right), &mut binds);
        } else {
            let place = self.expr(left);
            self.hint_from(left);
            let right = self.expr_field(node, At::Right);
            self.hint = None;
            binds.push(self.b.bind(span_of(left), Place::Expr(place), Source::Expr(right), &[]));
            self.commonjs_export(left, right, span);
        }
        self.assign(span, AssignOp::Set, &binds)
    }

    /// A closure assigned to a name or member is called by it.
    fn hint_from(&mut self, left: Node<'t>) {
        let named = match left.kind() {
            "identifier" => Some(left),
            "member_expression" => self.field(left, At::Property),
            _ => None,
        };
        self.hint = named.map(|named| (self.name(named), span_of(named)));
    }

    /// `left += right`, `left ||= right`.
    pub(super) fn augmented(&mut self, node: Node<'t>, span: Span) -> ExprId {
        self.hint = None;
        let place = self.expr_field(node, At::Left);
        let right = self.expr_field(node, At::Right);
        let op = match self.field(node, At::Operator).map(|op| op.kind()) {
            Some("||=" | "??=" | "&&=") => AssignOp::SetLogical,
            _ => AssignOp::Update,
        };
        self.assign_one(span, op, place, right)
    }

    /// `++` and `--`: as `+= 1`.
    pub(super) fn update(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let place = self.expr_field(node, At::Argument);
        let one = self.b.expr(self.field(node, At::Operator).map_or(span, span_of), ExprKind::Num(1.0));
        self.assign_one(span, AssignOp::Update, place, one)
    }

    /// An assignment of one expression to one place.
    pub(super) fn assign_one(&mut self, span: Span, op: AssignOp, place: ExprId, value: ExprId) -> ExprId {
        let at = self.b.facts.exprs.get(place.index()).map_or(span, |place| place.span);
        let bind = self.b.bind(at, Place::Expr(place), Source::Expr(value), &[]);
        self.assign(span, op, &[bind])
    }

    /// Binds every name of a pattern to its part of `source`.
    pub(super) fn unpack(
        &mut self,
        pattern: Node<'t>,
        ty: Option<TypeRefId>,
        target: Target,
        source: Source,
        binds: &mut Vec<Bind>,
    ) {
        let mut unpacking = Unpacking { target, source, path: Vec::new(), binds };
        self.pattern(pattern, ty, &mut unpacking);
    }

    fn pattern(&mut self, node: Node<'t>, ty: Option<TypeRefId>, un: &mut Unpacking<'_>) {
        let node = self.strip(node);
        if !self.b.enter(span_of(node)) {
            return;
        }
        match node.kind() {
            "object_pattern" => self.object_pattern(node, un),
            "array_pattern" => self.array_pattern(node, un),
            "assignment_pattern" | "object_assignment_pattern" => self.pattern_with_default(node, un),
            "rest_pattern" => {
                self.stray_parts(node, un.binds);
                un.path.push(Step::Rest);
                if let Some(inner) = self.inner(node) {
                    self.pattern(inner, None, un);
                }
                un.path.pop();
            }
            _ if node.is_error() => self.stray_binds(node, un.binds),
            _ => {
                let place = self.place(node, ty, un.target);
                un.binds.push(self.b.bind(span_of(node), place, un.source, &un.path));
            }
        }
        self.b.leave();
    }

    fn place(&mut self, node: Node<'t>, ty: Option<TypeRefId>, target: Target) -> Place {
        let is_name = matches!(node.kind(), "identifier" | "shorthand_property_identifier_pattern")
            && !node.byte_range().is_empty();
        match target {
            Target::Declare(kind) if is_name => Place::Var(self.declare(node, kind, ty)),
            Target::Hoist if is_name => Place::Var(self.declare_hoisted(node, ty)),
            _ => Place::Expr(self.expr(node)),
        }
    }

    fn declare_hoisted(&mut self, node: Node<'t>, ty: Option<TypeRefId>) -> VarId {
        self.b.declare_hoisted(self.text(node), span_of(node), VarKind::Let, ty)
    }

    fn object_pattern(&mut self, node: Node<'t>, un: &mut Unpacking<'_>) {
        for child in self.children(node) {
            match child.kind() {
                "shorthand_property_identifier_pattern" => {
                    un.path.push(Step::Field(self.name(child)));
                    self.pattern(child, None, un);
                    un.path.pop();
                }
                "object_assignment_pattern" => {
                    let left = self.field(child, At::Left);
                    let named = left.filter(|left| left.kind() == "shorthand_property_identifier_pattern");
                    let step = named.map(|named| Step::Field(self.name(named)));
                    un.path.extend(step);
                    self.pattern(child, None, un);
                    un.path.truncate(un.path.len() - usize::from(step.is_some()));
                }
                "pair_pattern" => self.pair_pattern(child, un),
                _ => self.pattern(child, None, un),
            }
        }
    }

    fn pair_pattern(&mut self, node: Node<'t>, un: &mut Unpacking<'_>) {
        let (Some(key), Some(value)) = (self.field(node, At::Key), self.field(node, At::Value)) else {
            return self.stray_binds(node, un.binds);
        };
        self.stray_parts(node, un.binds);
        let name = if key.kind() == "computed_property_name" {
            let computed = self.expr_child(key);
            let name = self.static_key(computed);
            if name.is_none() {
                return self.dynamic_key(computed, value, un);
            }
            name
        } else {
            Some(self.key_name(key))
        };
        un.path.extend(name.map(Step::Field));
        self.pattern(value, None, un);
        un.path.pop();
    }

    /// `{ [key]: value }`: no step says which part is taken, so that the value comes from something opaque.
    fn dynamic_key(&mut self, key: ExprId, value: Node<'t>, un: &mut Unpacking<'_>) {
        un.binds.push(self.b.bind(span_of(value), Place::Nothing, un.source, &un.path));
        let part = self.opaque(span_of(value), &[key]);
        let mut inner =
            Unpacking { target: un.target, source: Source::Expr(part), path: Vec::new(), binds: un.binds };
        self.pattern(value, None, &mut inner);
    }

    /// Positions are counted by commas: a hole has no node.
    fn array_pattern(&mut self, node: Node<'t>, un: &mut Unpacking<'_>) {
        let mut index = 0;
        for child in self.tokens(node) {
            match child.kind() {
                "," => index += 1,
                "rest_pattern" => self.pattern(child, None, un),
                _ if child.is_named() => {
                    un.path.push(Step::Index(index));
                    self.pattern(child, None, un);
                    un.path.pop();
                }
                _ => {}
            }
        }
    }

    fn pattern_with_default(&mut self, node: Node<'t>, un: &mut Unpacking<'_>) {
        let Some(left) = self.field(node, At::Left) else { return self.stray_binds(node, un.binds) };
        self.pattern(left, None, un);
        let bound = un.binds.last().map(|last| last.place);
        self.stray_parts(node, un.binds);
        let Some(right) = self.field(node, At::Right) else { return };
        let is_nested = matches!(left.kind(), "object_pattern" | "array_pattern");
        if !is_nested {
            self.hint_from(left);
        }
        let default = self.expr(right);
        self.hint = None;
        let place = bound.filter(|_| !is_nested).unwrap_or(Place::Nothing);
        un.binds.push(self.b.bind(span_of(left), place, Source::Expr(default), &[]));
    }

    /// `name = value` as a declaration made up for the reader: enums, import aliases, caught values.
    pub(super) fn declare_value(&mut self, span: Span, at: Span, var: VarId, source: Source) -> ExprId {
        let bind = Bind { span: at, place: Place::Var(var), source, path: List::empty() };
        self.assign(span, AssignOp::Declare, &[bind])
    }
}
