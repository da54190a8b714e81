//! Classes and enums. Owns their definitions and the function that holds what a class runs to initialise its fields.

use tree_sitter::Node;

use super::Lower;
use super::fields::At;
use super::function::Owner;
use crate::facts::build::FunctionHead;
use crate::facts::{
    AssignOp, ExprId, ExprKind, Field, FuncKind, List, Name, Param, Prop, PropKey, Source, StmtId, StmtKind,
    TypeDef, TypeDefId, TypeDefKind, TypeRefId, VarKind,
};
use crate::source::Span;
use crate::syntax::span_of;

/// A definition with nothing in it yet.
pub(super) fn blank_type(span: Span, name: Option<Name>, kind: TypeDefKind) -> TypeDef {
    TypeDef {
        span,
        name,
        kind,
        fields: List::empty(),
        extends: List::empty(),
        implements: List::empty(),
        target: None,
        decorators: List::empty(),
        base: None,
    }
}

/// What `extends` and `implements` say.
#[derive(Default)]
struct Heritage {
    extends: Vec<TypeRefId>,
    implements: Vec<TypeRefId>,
    base: Option<ExprId>,
}

/// A member of a class that runs when the class or an instance is made.
struct Initialiser<'t> {
    node: Node<'t>,
    decorators: List<ExprId>,
}

impl<'t> Lower<'_, 't> {
    /// A class as a statement; `outer` are the decorators before its `export`.
    pub(super) fn class_declaration(&mut self, node: Node<'t>, outer: List<ExprId>) {
        let name = self.field(node, At::Name).filter(|name| !name.byte_range().is_empty());
        let name_text = name.map(|name| self.name(name));
        let def = self.b.type_def(blank_type(span_of(node), name_text, TypeDefKind::Class));
        if let Some(name) = name {
            self.declare(name, VarKind::Type(def), None);
        }
        self.class(node, def, name_text, outer);
    }

    /// A class as an expression, named by itself or by what it is put in.
    pub(super) fn class_expr(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let hint = self.hint.take().map(|(name, _)| name);
        let own = self.field(node, At::Name);
        let name = own.map(|own| self.name(own)).or(hint);
        let def = self.b.type_def(blank_type(span, name, TypeDefKind::Class));
        self.b.push_scope();
        if let Some(own) = own {
            self.declare(own, VarKind::Type(def), None);
        }
        self.class(node, def, name, List::empty());
        self.b.pop_scope();
        self.b.expr(span, ExprKind::Class(def))
    }

    fn class(&mut self, node: Node<'t>, def: TypeDefId, name: Option<Name>, outer: List<ExprId>) {
        let own = self.decorators_in(node);
        let decorators = if own.is_empty() { outer } else { own };
        let mut heritage = Heritage::default();
        for child in self.children(node) {
            if child.kind() == "class_heritage" {
                self.heritage(child, &mut heritage);
            }
        }
        let extends = self.b.type_list(&heritage.extends);
        let implements = self.b.type_list(&heritage.implements);
        let slot = self.b.type_def_mut(def);
        (slot.decorators, slot.extends, slot.implements) = (decorators, extends, implements);
        slot.base = heritage.base;
        if let Some(body) = self.field(node, At::Body) {
            self.class_body(body, Owner { def, name });
        }
    }

    fn heritage(&mut self, node: Node<'t>, out: &mut Heritage) {
        for child in self.children(node) {
            match child.kind() {
                "extends_clause" => {
                    if let Some(value) = self.field(child, At::Value) {
                        let args = self.field(child, At::TypeArguments);
                        self.extends(value, args, out);
                    }
                }
                "implements_clause" => out.implements.extend(self.type_list_of(child)),
                // JavaScript has the base class without a clause around it.
                _ => self.extends(child, None, out),
            }
        }
    }

    fn extends(&mut self, value: Node<'t>, args: Option<Node<'t>>, out: &mut Heritage) {
        out.base = Some(self.expr(value));
        let args = args.map(|args| self.type_list_of(args)).unwrap_or_default();
        if matches!(value.kind(), "identifier" | "member_expression") {
            let text = self.text(value);
            if !text.contains(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '/')) {
                out.extends.push(self.b.named_type(span_of(value), text, &args));
            }
        }
    }

    /// Members in two rounds: methods as they come, then all that is run, which shares one function.
    fn class_body(&mut self, body: Node<'t>, owner: Owner) {
        let mut pending: Vec<Node<'t>> = Vec::new();
        let mut fields = Vec::new();
        let mut run = Vec::new();
        for member in self.children(body) {
            match member.kind() {
                "decorator" => {
                    pending.push(member);
                    continue;
                }
                "method_definition" | "method_signature" | "abstract_method_signature" => {
                    self.class_method(member, owner, &pending, &mut fields, &mut run);
                }
                "public_field_definition" | "field_definition" => {
                    let own = self.decorators_in(member);
                    let decorators = if own.is_empty() { self.decorators(&pending) } else { own };
                    run.push(Initialiser { node: member, decorators });
                }
                "class_static_block" => run.push(Initialiser { node: member, decorators: List::empty() }),
                "index_signature" => {}
                _ => run.push(Initialiser { node: member, decorators: self.decorators(&pending) }),
            }
            pending.clear();
        }
        self.initialisers(body, &run, owner, &mut fields);
        fields.sort_by_key(|field| field.span);
        let fields = self.b.fields(&fields);
        self.b.type_def_mut(owner.def).fields = fields;
    }

    fn class_method(
        &mut self,
        node: Node<'t>,
        owner: Owner,
        pending: &[Node<'t>],
        fields: &mut Vec<Field>,
        run: &mut Vec<Initialiser<'t>>,
    ) {
        let decorators = match self.decorators_in(node) {
            own if own.is_empty() => self.decorators(pending),
            own => own,
        };
        let name = self.member_name(node, At::Name);
        if let Some(computed) = self.computed_key(node, At::Name) {
            run.push(Initialiser { node: computed, decorators: List::empty() });
        }
        let is_constructor = self.field(node, At::Name).is_some_and(|name| self.text(name) == "constructor");
        let plain = if is_constructor { FuncKind::Constructor } else { FuncKind::Method };
        let (kind, is_static) = self.method_kind(node, plain);
        let id = self.method(node, kind, name, Some(owner));
        let function = self.b.function_mut(id);
        function.is_static = is_static;
        function.decorators = decorators;
        if kind == FuncKind::Constructor {
            let params = self.b.facts.function(id).params.range();
            let params = self.b.facts.params.get(params).map(<[Param]>::to_vec).unwrap_or_default();
            self.parameter_fields(node, &params, fields);
        }
    }

    /// The name of a member, where it is written out.
    fn member_name(&mut self, node: Node<'t>, name: At) -> Option<Name> {
        let key = self.field(node, name)?;
        if key.kind() != "computed_property_name" {
            return Some(self.key_name(key));
        }
        let inner = self.inner(key).filter(|inner| inner.kind() == "string")?;
        Some(self.string_name(inner))
    }

    /// The expression of a computed key, unless it is a literal, a name or a member of one (`[Symbol.iterator]`).
    fn computed_key(&mut self, node: Node<'t>, name: At) -> Option<Node<'t>> {
        let key = self.field(node, name).filter(|key| key.kind() == "computed_property_name")?;
        let inner = self.inner(key)?;
        let is_plain = matches!(inner.kind(), "string" | "number" | "identifier" | "member_expression");
        (!is_plain).then_some(inner)
    }

    /// `this.x = x` for every `private x: T` among the parameters of a constructor.
    pub(super) fn parameter_properties(&mut self, node: Node<'t>, params: &[Param]) -> Vec<StmtId> {
        let mut statements = Vec::new();
        for param in self.properties_among(node, params) {
            let Some(name) = param.name else { continue };
            let this = self.b.expr(param.span, ExprKind::This);
            let place = self.b.expr(param.span, ExprKind::Member { object: this, name });
            let text = self.b.facts.name(name).to_owned();
            let value = self.b.ident(param.span, &text);
            let assign = self.assign_one(param.span, AssignOp::Set, place, value);
            statements.push(self.b.expr_stmt(assign));
        }
        statements
    }

    fn parameter_fields(&mut self, node: Node<'t>, params: &[Param], fields: &mut Vec<Field>) {
        for param in self.properties_among(node, params) {
            let Some(name) = param.name else { continue };
            let (span, ty, decorators) = (param.span, param.ty, param.decorators);
            fields.push(Field { span, name, ty, init: None, decorators, is_static: false });
        }
    }

    /// The parameters of a constructor that are also fields.
    fn properties_among(&mut self, node: Node<'t>, params: &[Param]) -> Vec<Param> {
        let Some(list) = self.field(node, At::Parameters) else { return Vec::new() };
        let mut found = Vec::new();
        for child in self.children(list) {
            let is_property = ["accessibility_modifier", "override_modifier", "readonly"]
                .iter()
                .any(|modifier| self.has_modifier(child, modifier));
            if is_property {
                found.extend(params.iter().find(|param| param.span == span_of(child)));
            }
        }
        found
    }

    /// The function that runs the initialisers of fields and the static blocks, when there is anything to run.
    fn initialisers(
        &mut self,
        body: Node<'t>,
        run: &[Initialiser<'t>],
        owner: Owner,
        fields: &mut Vec<Field>,
    ) {
        let runs = |node: Node<'t>| {
            !matches!(node.kind(), "public_field_definition" | "field_definition")
                || self.field(node, At::Value).is_some()
                || node.has_error()
        };
        if !run.iter().any(|member| runs(member.node)) {
            for member in run {
                self.field_definition(member, &mut Vec::new(), fields);
            }
            return;
        }
        let span = span_of(body);
        let at = Span::new(span.start, span.start);
        let (id, enclosing) =
            self.b.begin_function(&FunctionHead { span, head: at, name: None, kind: FuncKind::Fields });
        let mut statements = Vec::new();
        for member in run {
            match member.node.kind() {
                "public_field_definition" | "field_definition" => {
                    self.field_definition(member, &mut statements, fields);
                }
                "class_static_block" => {
                    if let Some(block) = self.field(member.node, At::Body) {
                        self.stmt(block, &mut statements);
                    }
                }
                _ if member.node.is_error() => self.damaged(member.node, &mut statements),
                _ => {
                    let mut found = Vec::new();
                    self.collect(member.node, &mut found);
                    statements
                        .extend(found.into_iter().map(|expr| self.b.expr_stmt(expr)).collect::<Vec<_>>());
                }
            }
        }
        let function = self.b.function_mut(id);
        function.owner = Some(owner.def);
        function.owner_name = owner.name;
        self.b.end_function(id, &enclosing, &[], &statements);
    }

    fn field_definition(&mut self, member: &Initialiser<'t>, out: &mut Vec<StmtId>, fields: &mut Vec<Field>) {
        let (node, span) = (member.node, span_of(member.node));
        // TypeScript and JavaScript name this field differently.
        let key_field = if self.field(node, At::Name).is_some() { At::Name } else { At::Property };
        let name = self.member_name(node, key_field);
        let key = self.computed_key(node, key_field).map(|key| self.expr(key));
        let ty = self.field(node, At::Type).map(|ty| self.type_ref(ty));
        if let (Some(name), Some(at)) = (name, self.field(node, key_field)) {
            self.hint = Some((name, span_of(at)));
        }
        let init = self.field(node, At::Value).map(|value| self.expr(value));
        self.hint = None;
        self.strays(node, out);
        let place = name.map(|name| {
            let this = self.b.expr(span, ExprKind::This);
            self.b.expr(
                self.field(node, key_field).map_or(span, span_of),
                ExprKind::Member { object: this, name },
            )
        });
        match (place, init) {
            (Some(place), Some(init)) => {
                let assign = self.assign_one(span, AssignOp::Set, place, init);
                out.push(self.b.expr_stmt(assign));
            }
            // A computed field has no name to assign to; what it runs is kept.
            (_, init) => {
                out.extend(
                    key.into_iter().chain(init).map(|expr| self.b.expr_stmt(expr)).collect::<Vec<_>>(),
                );
            }
        }
        let is_static = self.has_modifier(node, "static");
        if let Some(name) = name {
            fields.push(Field { span, name, ty, init, decorators: member.decorators, is_static });
        }
    }

    /// An enum: a type, and an object of its members declared under its name.
    pub(super) fn enum_declaration(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        let (span, name) = (span_of(node), self.field(node, At::Name));
        let name_text = name.map(|name| self.name(name));
        let def = self.b.type_def(blank_type(span, name_text, TypeDefKind::Enum));
        let var = name.map(|name| self.declare(name, VarKind::Type(def), None));
        let (mut fields, mut props) = (Vec::new(), Vec::new());
        let mut next = Some(0.0);
        let members = self.field(node, At::Body).map(|body| self.children(body)).unwrap_or_default();
        for member in members {
            self.enum_member(member, &mut next, &mut fields, &mut props);
        }
        let fields = self.b.fields(&fields);
        self.b.type_def_mut(def).fields = fields;
        let props = self.b.props(&props);
        let object = self.b.expr(span, ExprKind::Object { ty: None, props });
        let value = match (var, name) {
            (Some(var), Some(name)) => self.declare_value(span, span_of(name), var, Source::Expr(object)),
            _ => object,
        };
        out.push(self.b.stmt(span, StmtKind::Expr(value)));
    }

    /// A member of an enum; `next` is the value that one without its own gets.
    fn enum_member(
        &mut self,
        node: Node<'t>,
        next: &mut Option<f64>,
        fields: &mut Vec<Field>,
        props: &mut Vec<Prop>,
    ) {
        let span = span_of(node);
        if node.is_error() {
            return;
        }
        let key =
            if node.kind() == "enum_assignment" { self.field(node, At::Name).unwrap_or(node) } else { node };
        let name = self.key_name(key);
        let value = self.field(node, At::Value).map(|value| self.expr(value));
        let value = match (value, *next) {
            (Some(value), _) => value,
            (None, Some(number)) => self.b.expr(span, ExprKind::Num(number)),
            (None, None) => self.nothing(span),
        };
        *next = match self.b.facts.exprs.get(value.index()).map(|value| value.kind) {
            Some(ExprKind::Num(number)) => Some(number + 1.0),
            _ => None,
        };
        fields.push(Field {
            span,
            name,
            ty: None,
            init: Some(value),
            decorators: List::empty(),
            is_static: true,
        });
        props.push(Prop { span, key: PropKey::Name(name), value });
    }
}
