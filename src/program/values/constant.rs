//! Constants: what a value is when the source says it, with arithmetic, units and defaults.
//!
//! Owns: [`crate::program::values::value::Const`] of expressions. Does not own: option objects (`value`).

use crate::data::Scalar;
use crate::facts::{BinaryOp, ExprId, ExprKind, TypeDefKind, UnaryOp, VarKind};
use crate::models::Constant;
use crate::program::values::value::{At, Const, MAX_HOPS};
use crate::program::{Entity, View};

/// How many bytes a text may have that is put together of others; what means something to a model is far shorter, and texts that
/// are made of each other grow without bounds.
const MAX_TEXT: usize = 4096;

/// A text with another constant behind it.
fn with_text(mut text: String, more: Const) -> Option<String> {
    match more {
        Const::Text(piece) => text.push_str(&piece),
        Const::Num(number) => text.push_str(&number.to_string()),
        _ => return None,
    }
    Some(text).filter(|text| text.len() <= MAX_TEXT)
}

impl View<'_> {
    /// The constant that an expression is.
    pub fn constant(&self, expr: ExprId) -> Option<Const> {
        self.constant_within(expr, MAX_HOPS)
    }

    pub(in crate::program) fn constant_within(&self, expr: ExprId, hops: u32) -> Option<Const> {
        let hops = hops.checked_sub(1)?;
        let inner = |expr| self.constant_within(expr, hops);
        match self.facts.expr(expr).kind {
            ExprKind::Num(number) => Some(Const::Num(number)),
            ExprKind::Str(text) => Some(Const::Text(self.facts.name(text).to_owned())),
            ExprKind::Bool(value) => Some(Const::Bool(value)),
            ExprKind::Null => Some(Const::Null),
            ExprKind::Template(parts) => {
                let mut parts = self.facts.list(parts).iter();
                parts.try_fold(String::new(), |text, part| with_text(text, inner(*part)?)).map(Const::Text)
            }
            ExprKind::Binary { op, left, right } => self.binary_constant(op, left, right, hops),
            ExprKind::Unary { op: UnaryOp::Neg, operand } => match inner(operand)? {
                Const::Num(number) => Some(Const::Num(-number)),
                Const::Duration(time) => Some(Const::Duration(-time)),
                _ => None,
            },
            ExprKind::Unary { op: UnaryOp::Plus | UnaryOp::Address | UnaryOp::Deref, operand } => {
                inner(operand)
            }
            ExprKind::Unary { op: UnaryOp::Not, operand } => {
                inner(operand).map(|value| Const::Bool(!value.truthy()))
            }
            ExprKind::Cast { value, .. } | ExprKind::Await(value) => inner(value),
            ExprKind::Name { .. } | ExprKind::Member { .. } => {
                self.settled((expr, hops), &self.answers.constants, || self.named_constant(expr, hops))
            }
            ExprKind::Call { callee, .. } => self.call_constant(expr, callee, hops),
            _ => None,
        }
    }

    /// What a name stands for, a parameter included that is handed the same by all callers.
    fn named_constant(&self, expr: ExprId, hops: u32) -> Option<Const> {
        if let Some(constant) = self.library_constant(expr) {
            return Some(constant);
        }
        if let ExprKind::Name { var: Some(var), .. } = self.facts.expr(expr).kind
            && let VarKind::Param(position) = self.facts.var(var).kind
        {
            // One that is set again is not what was handed over.
            let only = self.index.var(var).len() == 1;
            return self.handed_constant(self.facts.var(var).function, position, hops).filter(|_| only);
        }
        let value = self.enum_member(expr).or_else(|| self.single_value_within(expr, hops))?;
        self.constant_within(value, hops)
    }

    /// How many items a list has that is written out.
    pub fn length(&self, list: ExprId) -> Option<u32> {
        let list = self.single_value(list).unwrap_or(list);
        match self.facts.expr(list).kind {
            ExprKind::Cast { value, .. } => self.length(value),
            ExprKind::Array { items, .. } => {
                let items = self.facts.list(items);
                let is_spread = |item: &ExprId| matches!(self.facts.expr(*item).kind, ExprKind::Spread(_));
                u32::try_from(items.len()).ok().filter(|_| !items.iter().any(is_spread))
            }
            _ => None,
        }
    }

    /// The same, where the expression asks for it: `delays.length`, `len(delays)`.
    pub fn length_asked(&self, expr: ExprId) -> Option<u32> {
        match self.facts.expr(expr).kind {
            ExprKind::Member { object, name } if self.facts.name(name) == "length" => self.length(object),
            ExprKind::Call { callee, .. } if self.text_of(callee) == "len" => {
                self.length(*self.args(expr).first()?)
            }
            _ => None,
        }
    }

    fn binary_constant(&self, op: BinaryOp, left: ExprId, right: ExprId, hops: u32) -> Option<Const> {
        let (left, right) = (self.constant_within(left, hops), self.constant_within(right, hops));
        // A default beside something read from outside: the default is what the code says.
        if matches!(op, BinaryOp::Or | BinaryOp::Coalesce) {
            return left.or(right);
        }
        let (left, right) = (left?, right?);
        let left = match left {
            Const::Text(text) if op == BinaryOp::Add => return with_text(text, right).map(Const::Text),
            left => left,
        };
        let is_time = matches!(left, Const::Duration(_)) || matches!(right, Const::Duration(_));
        let number = |value| match value {
            Const::Num(number) | Const::Duration(number) => Some(number),
            _ => None,
        };
        let (a, b) = (number(left)?, number(right)?);
        let result = match op {
            BinaryOp::Add => a + b,
            BinaryOp::Sub => a - b,
            BinaryOp::Mul => a * b,
            BinaryOp::Div if b != 0.0 => a / b,
            BinaryOp::Rem if b != 0.0 => a % b,
            BinaryOp::Pow => a.powf(b),
            BinaryOp::Shl => a * 2f64.powf(b),
            _ => return None,
        };
        Some(if is_time { Const::Duration(result) } else { Const::Num(result) })
    }

    /// What a member of an enum of the tree stands for.
    fn enum_member(&self, expr: ExprId) -> Option<ExprId> {
        let ExprKind::Member { object, name } = self.facts.expr(expr).kind else { return None };
        let Entity::Type(def) = self.entity(object).entity else { return None };
        if self.facts.type_def(def).kind != TypeDefKind::Enum {
            return None;
        }
        self.facts.fields(def).iter().find(|field| field.name == name).and_then(|field| field.init)
    }

    /// A constant that a library exports.
    fn library_constant(&self, expr: ExprId) -> Option<Const> {
        let entity = self.entity(expr).entity;
        let (library, path) = self
            .exports_of(&entity)
            .into_iter()
            .find(|(library, path)| self.models.libraries[library.index()].constants.contains_key(path))?;
        Some(match &self.models.libraries[library.index()].constants[&path] {
            Constant::Duration(time) => Const::Duration(*time),
            Constant::Plain(Scalar::Num(number)) => Const::Num(*number),
            Constant::Plain(Scalar::Text(text)) => Const::Text(text.clone()),
            Constant::Plain(Scalar::Bool(value)) => Const::Bool(*value),
            Constant::Plain(Scalar::Null) => Const::Null,
        })
    }

    /// A call that passes a constant on: conversions, and whatever a model says so of.
    fn call_constant(&self, call: ExprId, callee: ExprId, hops: u32) -> Option<Const> {
        let entity = self.entity(callee).entity;
        let entries = self.function_entries(&entity);
        if let (Some(entry), _) = self.choose(call, &entries, None, None)
            && let Some(crate::models::Returns::Argument(path)) = &self.models.calls[entry.index()].returns
            && let At::Expr(value) = self.at(call, None, None, path)
        {
            return self.constant_within(value, hops);
        }
        None
    }
}
