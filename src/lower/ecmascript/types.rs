//! Type annotations, interfaces and aliases.

use tree_sitter::Node;

use super::Lower;
use super::class::blank_type;
use super::fields::At;
use super::function::Owner;
use crate::facts::{Field, FuncKind, List, StmtId, TypeDefId, TypeDefKind, TypeRefId, TypeRefKind, VarKind};
use crate::source::Span;
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    /// An annotation, or a type.
    pub(super) fn type_ref(&mut self, node: Node<'t>) -> TypeRefId {
        let node = self.strip_type(node);
        let span = span_of(node);
        if !self.b.enter(span) {
            return self.b.type_ref(span, TypeRefKind::Other);
        }
        let id = self.type_inside(node, span);
        self.b.leave();
        id
    }

    /// Looks through what says nothing of the type's name.
    fn strip_type(&mut self, mut node: Node<'t>) -> Node<'t> {
        while matches!(
            node.kind(),
            "type_annotation"
                | "parenthesized_type"
                | "readonly_type"
                | "optional_type"
                | "rest_type"
                | "opting_type_annotation"
                | "adding_type_annotation"
                | "omitting_type_annotation"
        ) {
            let Some(inner) = self.inner(node) else { break };
            node = inner;
        }
        node
    }

    fn type_inside(&mut self, node: Node<'t>, span: Span) -> TypeRefId {
        match node.kind() {
            "type_identifier" | "predefined_type" | "this_type" | "identifier" => self.named(node, span, &[]),
            "nested_type_identifier" | "nested_identifier" | "member_expression" => {
                self.named(node, span, &[])
            }
            "generic_type" => {
                let args = self.type_arguments(node);
                match self.field(node, At::Name) {
                    Some(name) => self.named(name, span, &args),
                    None => self.b.type_ref(span, TypeRefKind::Other),
                }
            }
            "array_type" => match self.inner(node) {
                Some(item) => {
                    let item = self.type_ref(item);
                    self.b.type_ref(span, TypeRefKind::Array(item))
                }
                None => self.b.type_ref(span, TypeRefKind::Other),
            },
            // What a value of both types can do, a value of either can.
            "union_type" | "intersection_type" => self.union(node, span),
            "tuple_type" => {
                let items = self.tuple_items(node);
                self.b.type_ref(span, TypeRefKind::Tuple(items))
            }
            "function_type" => self.function_type(node, span, At::ReturnType),
            "constructor_type" => self.function_type(node, span, At::Type),
            "type_query" => {
                let value = self.expr_child(node);
                self.b.type_ref(span, TypeRefKind::TypeOf(value))
            }
            "object_type" => {
                let fields = self.nameless(node, span);
                self.b.type_ref(span, TypeRefKind::Object(fields))
            }
            _ => self.b.type_ref(span, TypeRefKind::Other),
        }
    }

    /// A named type. A path broken over lines, or one that starts at an `import()`, is no name.
    fn named(&mut self, node: Node<'t>, span: Span, args: &[TypeRefId]) -> TypeRefId {
        let text = self.text(node);
        if text.is_empty() || text.contains(|c: char| c.is_whitespace() || matches!(c, '(' | '/' | '[')) {
            return self.b.type_ref(span, TypeRefKind::Other);
        }
        self.b.named_type(span, text, args)
    }

    fn function_type(&mut self, node: Node<'t>, span: Span, result: At) -> TypeRefId {
        let params = self.field(node, At::Parameters).map(|params| self.children(params)).unwrap_or_default();
        let types = params.into_iter().filter(|param| !param.is_error());
        let types: Vec<TypeRefId> = types.map(|param| self.param_type(param)).collect();
        let params = self.b.type_list(&types);
        let returns = self.field(node, result).map(|ty| self.type_ref(ty));
        self.b.type_ref(span, TypeRefKind::Function { params, returns })
    }

    fn param_type(&mut self, param: Node<'t>) -> TypeRefId {
        match self.field(param, At::Type) {
            Some(ty) => self.type_ref(ty),
            None => self.b.type_ref(span_of(param), TypeRefKind::Other),
        }
    }

    fn tuple_items(&mut self, node: Node<'t>) -> List<TypeRefId> {
        let mut items = Vec::new();
        for child in self.children(node) {
            // A named member, `[first: A]`, is written as a parameter.
            let ty = if child.kind().ends_with("_parameter") {
                self.field(child, At::Type).unwrap_or(child)
            } else {
                child
            };
            items.push(self.type_ref(ty));
        }
        self.b.type_list(&items)
    }

    /// `A | B` without `null` and `undefined`. Long unions lean to the left, so that they are walked in a loop.
    fn union(&mut self, node: Node<'t>, span: Span) -> TypeRefId {
        let kind = node.kind();
        let mut spine = vec![node];
        let mut members = Vec::new();
        while let Some(top) = spine.pop() {
            for child in self.children(top).into_iter().rev() {
                if child.kind() == kind {
                    spine.push(child);
                } else if !self.is_nothing(child) {
                    members.push(child);
                }
            }
        }
        members.sort_by_key(Node::start_byte);
        let members: Vec<TypeRefId> = members.into_iter().map(|member| self.type_ref(member)).collect();
        match members.as_slice() {
            [] => self.b.type_ref(span, TypeRefKind::Other),
            [only] => *only,
            several => {
                let list = self.b.type_list(several);
                self.b.type_ref(span, TypeRefKind::Union(list))
            }
        }
    }

    fn is_nothing(&self, node: Node<'t>) -> bool {
        matches!(self.text(node), "null" | "undefined" | "void")
    }

    /// The explicit type arguments of a call or generic type.
    pub(super) fn type_arguments(&mut self, node: Node<'t>) -> Vec<TypeRefId> {
        self.field(node, At::TypeArguments).map(|args| self.type_list_of(args)).unwrap_or_default()
    }

    /// Every type in a list node.
    pub(super) fn type_list_of(&mut self, node: Node<'t>) -> Vec<TypeRefId> {
        self.children(node)
            .into_iter()
            .filter(|child| !child.is_error())
            .map(|child| self.type_ref(child))
            .collect()
    }

    /// `interface I extends J { … }`.
    pub(super) fn interface(&mut self, node: Node<'t>) {
        let def = self.declare_type(node, TypeDefKind::Interface);
        let mut extends = Vec::new();
        for child in self.children(node) {
            if matches!(child.kind(), "extends_type_clause" | "extends_clause") {
                extends.extend(self.type_list_of(child));
            }
        }
        let extends = self.b.type_list(&extends);
        self.b.type_def_mut(def).extends = extends;
        if let Some(body) = self.field(node, At::Body) {
            self.members(&[body], def);
        }
    }

    /// `type A = …`; the members of an object type, alone or intersected with others, are its fields.
    pub(super) fn alias(&mut self, node: Node<'t>) {
        let def = self.declare_type(node, TypeDefKind::Alias);
        let Some(value) = self.field(node, At::Value) else { return };
        let value = self.strip_type(value);
        let parts = if value.kind() == "intersection_type" { self.children(value) } else { vec![value] };
        let target = self.target(value, &parts);
        self.b.type_def_mut(def).target = Some(target);
        let bodies: Vec<Node<'t>> = parts.into_iter().filter(|part| part.kind() == "object_type").collect();
        self.members(&bodies, def);
    }

    /// What an alias stands for; the members of its object types are its own.
    fn target(&mut self, value: Node<'t>, parts: &[Node<'t>]) -> TypeRefId {
        if parts.iter().all(|part| part.kind() != "object_type") {
            return self.type_ref(value);
        }
        let mut types = Vec::new();
        for part in parts {
            types.push(match part.kind() {
                "object_type" => self.b.type_ref(span_of(*part), TypeRefKind::Object(None)),
                _ => self.type_ref(*part),
            });
        }
        match types.as_slice() {
            [only] => *only,
            several => {
                let list = self.b.type_list(several);
                self.b.type_ref(span_of(value), TypeRefKind::Union(list))
            }
        }
    }

    /// A type for the fields of a type literal, `{ redis: Redis }`, if it says what one of them is.
    fn nameless(&mut self, node: Node<'t>, span: Span) -> Option<TypeDefId> {
        let members = self.children(node).into_iter().filter(|member| member.kind() == "property_signature");
        let members: Vec<Node<'t>> = members.collect();
        let fields: Vec<Field> =
            members.into_iter().filter_map(|member| self.property_signature(member)).collect();
        if fields.iter().all(|field| field.ty.is_none()) {
            return None;
        }
        let def = self.b.type_def(blank_type(span, None, TypeDefKind::Alias));
        let fields = self.b.fields(&fields);
        self.b.type_def_mut(def).fields = fields;
        Some(def)
    }

    fn declare_type(&mut self, node: Node<'t>, kind: TypeDefKind) -> TypeDefId {
        let name = self.field(node, At::Name).filter(|name| !name.byte_range().is_empty());
        let text = name.map(|name| self.name(name));
        let def = self.b.type_def(blank_type(span_of(node), text, kind));
        if let Some(name) = name {
            self.declare(name, VarKind::Type(def), None);
        }
        def
    }

    /// Properties become fields, method signatures functions without a body.
    fn members(&mut self, bodies: &[Node<'t>], def: TypeDefId) {
        let owner = Owner { def, name: self.b.type_def_mut(def).name };
        let mut fields = Vec::new();
        for body in bodies {
            for member in self.children(*body) {
                match member.kind() {
                    "property_signature" => fields.extend(self.property_signature(member)),
                    "method_signature" => self.method_signature(member, owner),
                    _ => {}
                }
            }
        }
        let fields = self.b.fields(&fields);
        self.b.type_def_mut(def).fields = fields;
    }

    fn property_signature(&mut self, node: Node<'t>) -> Option<Field> {
        let name = self.field(node, At::Name).filter(|name| name.kind() != "computed_property_name")?;
        let name = self.key_name(name);
        let ty = self.field(node, At::Type).map(|ty| self.type_ref(ty));
        Some(Field { span: span_of(node), name, ty, init: None, decorators: List::empty(), is_static: false })
    }

    fn method_signature(&mut self, node: Node<'t>, owner: Owner) {
        let name = self.field(node, At::Name).filter(|name| name.kind() != "computed_property_name");
        let name = name.map(|name| self.key_name(name));
        let (kind, _) = self.method_kind(node, FuncKind::Method);
        self.method(node, kind, name, Some(owner));
    }

    /// What stands in the errors of a type definition.
    pub(super) fn type_strays(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        if let Some(body) = self.field(node, At::Body).filter(tree_sitter::Node::has_error) {
            self.strays(body, out);
        }
    }
}
