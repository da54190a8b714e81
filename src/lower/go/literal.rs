//! Literals: numbers, strings, and composite literals.

use std::borrow::Cow;

use tree_sitter::Node;

use super::types::bare;
use super::{Lower, child};
use crate::facts::{ExprId, ExprKind, Name, Prop, PropKey};
use crate::source::Span;
use crate::syntax::span_of;

impl<'t> Lower<'_, 't> {
    pub(super) fn number(&mut self, span: Span, text: &str) -> ExprId {
        match number(text) {
            Some(number) => self.b.expr(span, ExprKind::Num(number)),
            None => self.opaque(span, &[]),
        }
    }

    pub(super) fn string(&mut self, span: Span, text: &str) -> ExprId {
        let name = self.b.name(&string_text(text));
        self.b.expr(span, ExprKind::Str(name))
    }

    pub(super) fn composite_literal(&mut self, node: Node<'t>) -> ExprId {
        let ty = child(node, "type");
        match child(node, "body") {
            Some(body) => self.composite(span_of(node), ty.map(bare), body),
            None => self.opaque(span_of(node), &[]),
        }
    }

    /// A literal of type `ty`; none where the type is left out and not known here.
    fn composite(&mut self, span: Span, ty: Option<Node<'t>>, body: Node<'t>) -> ExprId {
        match ty {
            Some(ty) if matches!(ty.kind(), "slice_type" | "array_type" | "implicit_length_array_type") => {
                self.type_strays(ty);
                self.array(span, child(ty, "element"), body)
            }
            _ => self.object(span, ty, body),
        }
    }

    fn array(&mut self, span: Span, item_type: Option<Node<'t>>, body: Node<'t>) -> ExprId {
        let ty = item_type.map(|ty| self.ty(ty));
        let elements = self.items(body);
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            self.keep_strays(element);
            if let Some(key) = child(element, "key").filter(|key| key.child(0).is_some_and(computed)) {
                self.keep_stray(key);
            }
            let value = child(element, "value").unwrap_or(element);
            items.push(self.element(value, item_type, None));
        }
        let items = self.b.list(&items);
        self.b.expr(span, ExprKind::Array { ty, items })
    }

    fn object(&mut self, span: Span, ty_node: Option<Node<'t>>, body: Node<'t>) -> ExprId {
        let ty = ty_node.map(|ty| self.ty(ty));
        let value_type = ty_node.and_then(|ty| child(ty, "value"));
        let mut props = Vec::new();
        for (position, element) in (0..).zip(self.items(body)) {
            self.keep_strays(element);
            let (key, value) = (child(element, "key"), child(element, "value"));
            let key = match key {
                Some(key) => self.key(key, ty_node),
                None => PropKey::Position(position),
            };
            let name = if let PropKey::Name(name) = key { Some(name) } else { None };
            let value = self.element(value.unwrap_or(element), value_type, name);
            props.push(Prop { span: span_of(element), key, value });
        }
        let props = self.b.props(&props);
        self.b.expr(span, ExprKind::Object { ty, props })
    }

    /// An element; where its type is left out it is that of the elements around it.
    fn element(&mut self, node: Node<'t>, ty: Option<Node<'t>>, name: Option<Name>) -> ExprId {
        let node = if node.kind() == "literal_element" { Self::inner(node).unwrap_or(node) } else { node };
        if node.kind() != "literal_value" {
            return self.value(node, name);
        }
        let span = span_of(node);
        if !self.b.enter(span) {
            return self.opaque(span, &[]);
        }
        let id = self.composite(span, ty.map(bare), node);
        self.b.leave();
        id
    }

    fn key(&mut self, node: Node<'t>, ty: Option<Node<'t>>) -> PropKey {
        let key = Self::inner(node).unwrap_or(node);
        let text = self.text(key);
        match key.kind() {
            "interpreted_string_literal" | "raw_string_literal" => {
                PropKey::Name(self.b.name(&string_text(text)))
            }
            "identifier" if names_field(text, ty) => PropKey::Name(self.b.name(text)),
            _ => PropKey::Computed(self.element(key, ty.and_then(|ty| child(ty, "key")), None)),
        }
    }
}

/// Whether an identifier before a colon is the name of a field, not a variable whose value is the key of a map.
fn names_field(key: &str, ty: Option<Node<'_>>) -> bool {
    match ty.map_or("", |ty| ty.kind()) {
        "map_type" => false,
        // Fields of another package begin with a capital letter.
        "qualified_type" => key.starts_with(char::is_uppercase),
        _ => true,
    }
}

/// Whether the position of an array's element is more than a number or the name of one.
fn computed(key: Node<'_>) -> bool {
    !matches!(key.kind(), "int_literal" | "rune_literal" | "identifier" | "selector_expression")
}

/// The value of a number or rune.
fn number(text: &str) -> Option<f64> {
    if let Some(rune) = text.strip_prefix('\'') {
        let rune = rune.strip_suffix('\'').unwrap_or(rune);
        return unescaped(rune).chars().next().map(|c| f64::from(u32::from(c)));
    }
    let text = text.replace('_', "").to_ascii_lowercase();
    let text = text.strip_suffix('i').unwrap_or(&text);
    if let Some(digits) = text.strip_prefix("0x") {
        return hexadecimal(digits);
    }
    if let Some(digits) = text.strip_prefix("0b") {
        return integer(digits, 2);
    }
    match text.strip_prefix("0o").or_else(|| text.strip_prefix('0')) {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            integer(digits, 8)
        }
        _ => text.parse().ok(),
    }
}

fn integer(digits: &str, base: u32) -> Option<f64> {
    let mut value = 0.0;
    for digit in digits.chars() {
        value = value * f64::from(base) + f64::from(digit.to_digit(base)?);
    }
    (!digits.is_empty()).then_some(value)
}

/// Hexadecimal digits, with a point and a power of two for a float.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p').unwrap_or((text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let scale = i32::try_from(part.len()).ok()?.checked_mul(4)?;
    let exponent = exponent.parse::<i32>().ok()?.saturating_sub(scale);
    Some(integer(&format!("{whole}{part}"), 16)? * f64::from(exponent).exp2())
}

/// The content of a string literal, quotes and simple escapes resolved.
pub(super) fn string_text(literal: &str) -> Cow<'_, str> {
    if let Some(raw) = literal.strip_prefix('`') {
        return Cow::Borrowed(raw.strip_suffix('`').unwrap_or(raw));
    }
    let inner = literal.strip_prefix('"').unwrap_or(literal);
    unescaped(inner.strip_suffix('"').unwrap_or(inner))
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (c, length) = escape(after);
        out.extend(c);
        rest = after.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character an escape stands for, and the length of the escape after its backslash.
fn escape(after: &str) -> (Option<char>, usize) {
    let coded = |from: usize, count: usize, base: u32| {
        let code = after.get(from..from + count).and_then(|digits| u32::from_str_radix(digits, base).ok());
        (code.and_then(char::from_u32), from + count)
    };
    let Some(first) = after.chars().next() else { return (None, 0) };
    match first {
        'a' => (Some('\u{7}'), 1),
        'b' => (Some('\u{8}'), 1),
        'f' => (Some('\u{c}'), 1),
        'n' => (Some('\n'), 1),
        'r' => (Some('\r'), 1),
        't' => (Some('\t'), 1),
        'v' => (Some('\u{b}'), 1),
        'x' => coded(1, 2, 16),
        'u' => coded(1, 4, 16),
        'U' => coded(1, 8, 16),
        '0'..='7' => coded(0, 3, 8),
        other => (Some(other), other.len_utf8()),
    }
}
