//! Type expressions. Pointers and parentheses leave no trace.

use tree_sitter::Node;

use super::{Lower, child};
use crate::facts::{ExprId, ExprKind, List, TypeRefId, TypeRefKind};
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    pub(super) fn ty(&mut self, node: Node<'t>) -> TypeRefId {
        let node = bare(node);
        let span = span_of(node);
        if !self.b.enter(span) {
            return self.b.type_ref(span, TypeRefKind::Other);
        }
        self.type_strays(node);
        let id = self.ty_inside(node);
        self.b.leave();
        id
    }

    /// Where the code is broken, what follows may be taken for part of a type: the length of an array, say.
    pub(super) fn type_strays(&mut self, node: Node<'t>) {
        if !node.has_error() {
            return;
        }
        if matches!(node.kind(), "function_type" | "struct_type" | "interface_type") {
            // Nothing else looks into these.
            let mut found = Vec::new();
            self.loose(node, &mut found);
            self.stray.append(&mut found);
            return;
        }
        self.keep_strays(node);
        if let Some(length) = child(node, "length") {
            self.keep_stray(length);
        }
    }

    pub(super) fn ty_field(&mut self, node: Node<'t>, field: &str) -> Option<TypeRefId> {
        Some(self.ty(child(node, field)?))
    }

    fn ty_inside(&mut self, node: Node<'t>) -> TypeRefId {
        let span = span_of(node);
        let kind = match node.kind() {
            "type_identifier" | "identifier" => return self.b.named_type(span, self.text(node), &[]),
            "qualified_type" | "generic_type" => return self.named(node),
            "map_type" => {
                let args: Vec<_> =
                    ["key", "value"].iter().filter_map(|field| self.ty_field(node, field)).collect();
                return self.b.named_type(span, "map", &args);
            }
            "channel_type" => {
                let args: Vec<_> = self.ty_field(node, "value").into_iter().collect();
                return self.b.named_type(span, "chan", &args);
            }
            "slice_type" | "array_type" | "implicit_length_array_type" => {
                self.ty_field(node, "element").map_or(TypeRefKind::Other, TypeRefKind::Array)
            }
            "function_type" => return self.function_type(node),
            "struct_type" => TypeRefKind::Object(None),
            "interface_type" if node.named_child_count() == 0 => return self.b.named_type(span, "any", &[]),
            _ => TypeRefKind::Other,
        };
        self.b.type_ref(span, kind)
    }

    fn named(&mut self, node: Node<'t>) -> TypeRefId {
        let span = span_of(node);
        let args = child(node, "type_arguments").map(|args| self.type_arguments(args)).unwrap_or_default();
        match child(node, "type").map_or(node, bare) {
            base if base.kind() == "qualified_type" => {
                let part = |field| child(base, field).map_or("", |part| self.text(part));
                // The parts may be apart, with a comment or line break between them.
                let text = format!("{}.{}", part("package"), part("name"));
                self.b.named_type(span, &text, &args)
            }
            base if base.kind() == "type_identifier" => self.b.named_type(span, self.text(base), &args),
            _ => self.b.type_ref(span, TypeRefKind::Other),
        }
    }

    fn function_type(&mut self, node: Node<'t>) -> TypeRefId {
        // What is broken was looked through already.
        if node.has_error() {
            let params = self.b.type_list(&[]);
            return self.b.type_ref(span_of(node), TypeRefKind::Function { params, returns: None });
        }
        let mut params = Vec::new();
        for part in child(node, "parameters").map(Self::parts).unwrap_or_default() {
            let Some(ty) = self.ty_field(part, "type") else { continue };
            let names = Self::fields(part, "name").len();
            params.extend(std::iter::repeat_n(ty, names.max(1)));
        }
        let (params, returns) = (self.b.type_list(&params), self.result(node));
        self.b.type_ref(span_of(node), TypeRefKind::Function { params, returns })
    }

    pub(super) fn type_arguments(&mut self, node: Node<'t>) -> Vec<TypeRefId> {
        self.items(node).into_iter().map(|arg| self.ty(arg)).collect()
    }

    /// The result type of a signature, several as a tuple.
    pub(super) fn result(&mut self, node: Node<'t>) -> Option<TypeRefId> {
        let result = child(node, "result")?;
        if result.kind() != "parameter_list" {
            return Some(self.ty(result));
        }
        let mut types = Vec::new();
        for part in self.items(result) {
            let Some(ty) = self.ty_field(part, "type") else { continue };
            let names = Self::fields(part, "name").len();
            types.extend(std::iter::repeat_n(ty, names.max(1)));
        }
        match types.as_slice() {
            [] => None,
            [only] => Some(*only),
            _ => {
                let types = self.b.type_list(&types);
                Some(self.b.type_ref(span_of(result), TypeRefKind::Tuple(types)))
            }
        }
    }

    /// A type standing where a value is looked for: the test of a type switch, the callee of a conversion.
    pub(super) fn type_as_expr(&mut self, node: Node<'t>) -> ExprId {
        let node = bare(node);
        let span = span_of(node);
        match node.kind() {
            "type_identifier" if self.text(node) == "nil" => self.b.expr(span, ExprKind::Null),
            "type_identifier" => self.b.ident(span, self.text(node)),
            "generic_type" => match child(node, "type") {
                Some(base) if base.kind() != "generic_type" => self.type_as_expr(base),
                _ => self.opaque(span, &[]),
            },
            "qualified_type" => {
                let (Some(package), Some(name)) = (child(node, "package"), child(node, "name")) else {
                    return self.opaque(span, &[]);
                };
                let object = self.b.ident(span_of(package), self.text(package));
                let name = self.name(name);
                self.b.expr(span, ExprKind::Member { object, name })
            }
            _ => self.b.expr(span, ExprKind::Opaque(List::empty())),
        }
    }
}

/// The type inside pointers and parentheses.
pub(super) fn bare(mut node: Node<'_>) -> Node<'_> {
    while matches!(node.kind(), "pointer_type" | "parenthesized_type" | "type_elem" | "type_constraint") {
        let parts = node.named_child_count();
        match Lower::inner(node) {
            // `A | B` is no one type.
            Some(inner) if parts == 1 => node = inner,
            _ => break,
        }
    }
    node
}

/// Where the name of a type stands, without its package and type arguments.
pub(super) fn type_name(node: Node<'_>) -> Option<Node<'_>> {
    let node = bare(node);
    match node.kind() {
        "type_identifier" => Some(node),
        "qualified_type" => child(node, "name"),
        "generic_type" => match child(node, "type").map(bare)? {
            base if base.kind() == "qualified_type" => child(base, "name"),
            base => Some(base).filter(|base| base.kind() == "type_identifier"),
        },
        _ => None,
    }
}

pub(super) fn is_type(kind: &str) -> bool {
    matches!(
        kind,
        "type_identifier"
            | "generic_type"
            | "qualified_type"
            | "pointer_type"
            | "struct_type"
            | "interface_type"
            | "array_type"
            | "slice_type"
            | "map_type"
            | "channel_type"
            | "function_type"
            | "negated_type"
            | "parenthesized_type"
            | "implicit_length_array_type"
    )
}
