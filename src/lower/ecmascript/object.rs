//! Object literals, property keys and markup attributes.

use tree_sitter::Node;

use super::Lower;
use super::fields::At;
use crate::facts::{ExprId, ExprKind, FuncKind, Name, Prop, PropKey};
use crate::source::Span;
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    /// An object literal.
    pub(super) fn object(&mut self, node: Node<'t>, span: Span) -> ExprId {
        let children = self.children(node);
        let mut props = Vec::with_capacity(children.len());
        for child in children {
            let at = span_of(child);
            match child.kind() {
                "pair" => props.push(self.pair(child, at)),
                "method_definition" => props.push(self.object_method(child, at)),
                "spread_element" => {
                    let value = self.expr_child(child);
                    let value = self.with_strays(child, value);
                    props.push(Prop { span: at, key: PropKey::Spread, value });
                }
                "shorthand_property_identifier" => {
                    let key = PropKey::Name(self.name(child));
                    props.push(Prop { span: at, key, value: self.ident(child) });
                }
                _ => self.stray_props(child, at, &mut props),
            }
        }
        let props = self.b.props(&props);
        self.b.expr(span, ExprKind::Object { ty: None, props })
    }

    fn pair(&mut self, node: Node<'t>, span: Span) -> Prop {
        let key = self.prop_key(self.field(node, At::Key));
        if let (PropKey::Name(name), Some(at)) = (key, self.field(node, At::Key)) {
            self.hint = Some((name, span_of(at)));
        }
        let value = self.expr_field(node, At::Value);
        self.hint = None;
        Prop { span, key, value: self.with_strays(node, value) }
    }

    fn object_method(&mut self, node: Node<'t>, span: Span) -> Prop {
        let key = self.prop_key(self.field(node, At::Name));
        let name = if let PropKey::Name(name) = key { Some(name) } else { None };
        let (kind, _) = self.method_kind(node, FuncKind::Method);
        let function = self.method(node, kind, name, None);
        Prop { span, key, value: self.b.expr(span, ExprKind::Function(function)) }
    }

    /// What an error in an object holds: as spreads, since under which keys it would stand is not known.
    fn stray_props(&mut self, node: Node<'t>, span: Span, props: &mut Vec<Prop>) {
        let mut found = Vec::new();
        self.collect(node, &mut found);
        found.retain(|expr| self.does_something(*expr));
        props.extend(found.into_iter().map(|value| Prop { span, key: PropKey::Spread, value }));
    }

    fn prop_key(&mut self, node: Option<Node<'t>>) -> PropKey {
        match node {
            Some(node) if node.kind() == "computed_property_name" => {
                let key = self.expr_child(node);
                match self.static_key(key) {
                    Some(name) => PropKey::Name(name),
                    None => PropKey::Computed(key),
                }
            }
            Some(node) => PropKey::Name(self.key_name(node)),
            None => PropKey::Spread,
        }
    }

    /// The name of a key that is written out; a string's is its content.
    pub(super) fn key_name(&mut self, node: Node<'t>) -> Name {
        if node.kind() == "string" { self.string_name(node) } else { self.name(node) }
    }

    /// The name in `['name']`.
    pub(super) fn static_key(&self, key: ExprId) -> Option<Name> {
        match self.b.facts.exprs.get(key.index())?.kind {
            ExprKind::Str(name) => Some(name),
            _ => None,
        }
    }

    /// The value of a markup attribute; a closure in it is called as the attribute is.
    pub(super) fn jsx_attribute(&mut self, node: Node<'t>, out: &mut Vec<ExprId>) {
        let children = self.children(node);
        let Some((name, values)) = children.split_first() else { return };
        let hint = (self.name(*name), span_of(*name));
        for value in values {
            match self.inner(*value) {
                Some(inner) if value.kind() == "jsx_expression" && !value.has_error() => {
                    out.push(self.expr_named(inner, hint.0, hint.1));
                }
                _ => self.collect(*value, out),
            }
        }
    }
}
