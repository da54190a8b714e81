//! The shape of a key: its constant text with holes, to tell whether two keys are the same.
//!
//! Owns: [`Shape`] and its comparison. Does not own: which arguments are keys.

use crate::facts::{BinaryOp, ExprId, ExprKind, FuncId, Place, Source, Step, UnaryOp, VarId, VarKind};
use crate::program::View;
use crate::program::index::Binding;
use crate::program::values::value::At;

/// How far a key is followed through names and calls.
const MAX_HOPS: u32 = 8;

/// Of how many expressions a key is put together at most; texts may be made of each other many times over.
const MAX_PARTS: u32 = 256;

/// A piece of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Constant text.
    Text(String),
    /// The name of a function that makes it of what follows, and its punctuation.
    Made(String),
    /// A value: the variable it is (with the path into it), or the text it is written as.
    Hole(Option<VarId>, String),
}

/// A key as text and holes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape(pub Vec<Piece>);

/// Whether two keys are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sameness {
    /// They differ.
    Different,
    /// It cannot be told: both are only holes, in different functions.
    Unknown,
    /// The same text with a hole in the same places, in different functions.
    Alike,
    /// The same.
    Same,
}

impl Shape {
    fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (Some(Piece::Text(last)), Piece::Text(text)) | (Some(Piece::Made(last)), Piece::Made(text)) => {
                last.push_str(&text);
            }
            (_, Piece::Text(text)) if text.is_empty() => {}
            (_, piece) => self.0.push(piece),
        }
    }

    /// The constant text alone, holes as spaces.
    pub fn text(&self) -> String {
        let parts = self.0.iter().map(|piece| match piece {
            Piece::Text(text) | Piece::Made(text) => text.as_str(),
            Piece::Hole(..) => " ",
        });
        parts.collect()
    }

    /// All that is written in it, holes included.
    pub fn words(&self) -> String {
        let parts: Vec<&str> = self
            .0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) | Piece::Made(text) | Piece::Hole(_, text) => text.as_str(),
            })
            .collect();
        parts.join(" ")
    }

    /// Whether it is, or holds, constant text that is more than punctuation.
    pub fn has_text(&self) -> bool {
        let says = |text: &str| text.contains(|c: char| c.is_alphanumeric());
        self.0.iter().any(|piece| matches!(piece, Piece::Text(text) if says(text)))
    }

    /// Whether it is the same key as another; `together` when both stand in one function.
    pub fn same(&self, other: &Self, together: bool) -> Sameness {
        if self.0.is_empty() || other.0.is_empty() {
            return Sameness::Unknown;
        }
        if self == other && (together || self.is_shared()) {
            return Sameness::Same;
        }
        let is_hole = |shape: &Self| matches!(shape.0.as_slice(), [Piece::Hole(..)]);
        if !together && (is_hole(self) || is_hole(other)) {
            return Sameness::Unknown;
        }
        if self.0.len() != other.0.len() {
            return Sameness::Different;
        }
        let pairs = self.0.iter().zip(&other.0);
        let fits = pairs.clone().all(|pair| match pair {
            (Piece::Text(a), Piece::Text(b)) | (Piece::Made(a), Piece::Made(b)) => a == b,
            (Piece::Hole(a, x), Piece::Hole(b, y)) => !together || (a == b && x == y),
            _ => false,
        });
        match (fits, together, self.has_text()) {
            (false, ..) => Sameness::Different,
            (true, true, _) => Sameness::Same,
            (true, false, true) => Sameness::Alike,
            (true, false, false) => Sameness::Unknown,
        }
    }

    /// Whether what it says means the same in every function: constant text, fields of the same object, or a variable, which a
    /// closure has from the function around it.
    fn is_shared(&self) -> bool {
        self.0.iter().all(|piece| match piece {
            Piece::Text(_) | Piece::Made(_) => true,
            Piece::Hole(var, text) => var.is_some() || text.starts_with("this."),
        })
    }
}

impl View<'_> {
    /// The shape of an expression.
    pub fn shape(&self, expr: ExprId) -> Shape {
        let mut shape = Shape::default();
        self.add_shape(expr, &mut shape, MAX_HOPS, &mut { MAX_PARTS });
        shape
    }

    /// The shape of an expression with what a helper puts together in its place: `this.lockKey(id)` is what that gives for `id`.
    pub fn spelled_out(&self, expr: ExprId) -> Shape {
        let value = match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => self.followed(var, expr).unwrap_or(expr),
            _ => expr,
        };
        let made = self.called_function(value).and_then(|helper| match self.index.returns(helper) {
            [given] => Some(self.filled_in(self.shape(*given), value, helper)),
            _ => None,
        });
        made.filter(Shape::has_text).unwrap_or_else(|| self.shape(expr))
    }

    fn add_shape(&self, expr: ExprId, shape: &mut Shape, hops: u32, parts_left: &mut u32) {
        let Some(hops) = hops.checked_sub(1) else { return self.add_hole(expr, shape) };
        let Some(fewer) = parts_left.checked_sub(1) else { return };
        *parts_left = fewer;
        match self.facts.expr(expr).kind {
            ExprKind::Str(text) => shape.push(Piece::Text(self.facts.name(text).to_owned())),
            ExprKind::Num(number) => shape.push(Piece::Text(number.to_string())),
            ExprKind::Template(parts) => {
                for part in self.facts.list(parts) {
                    self.add_shape(*part, shape, hops, parts_left);
                }
            }
            ExprKind::Binary { op: BinaryOp::Add, left, right } => {
                self.add_shape(left, shape, hops, parts_left);
                self.add_shape(right, shape, hops, parts_left);
            }
            ExprKind::Await(inner) | ExprKind::Cast { value: inner, .. } => {
                self.add_shape(inner, shape, hops, parts_left);
            }
            ExprKind::Unary { op: UnaryOp::Address | UnaryOp::Deref, operand } => {
                self.add_shape(operand, shape, hops, parts_left);
            }
            // A list of one key is that key.
            ExprKind::Array { items, .. } if items.len() == 1 => {
                self.add_shape(self.facts.list(items)[0], shape, hops, parts_left);
            }
            ExprKind::Name { var: Some(var), .. } => match self.followed(var, expr) {
                Some(value) => self.add_shape(value, shape, hops, parts_left),
                None => self.add_hole(expr, shape),
            },
            ExprKind::Member { .. } => match self.constant(expr) {
                Some(crate::program::values::value::Const::Text(text)) => shape.push(Piece::Text(text)),
                _ => self.add_hole(expr, shape),
            },
            ExprKind::Call { callee, args, .. } => {
                // A key made by a function is that function's name around its arguments' shapes.
                shape.push(Piece::Made(format!("{}(", self.text_of(callee))));
                for (position, arg) in self.facts.list(args).iter().enumerate() {
                    if position > 0 {
                        shape.push(Piece::Made(",".to_owned()));
                    }
                    self.add_shape(*arg, shape, hops, parts_left);
                }
                shape.push(Piece::Made(")".to_owned()));
            }
            _ => self.add_hole(expr, shape),
        }
    }

    /// The shape of a key in a function as a call of it makes it: parameters stand for what the call hands over.
    pub fn filled_in(&self, shape: Shape, call: ExprId, callee: FuncId) -> Shape {
        let mut filled = Shape::default();
        for piece in shape.0 {
            let handed = match &piece {
                Piece::Hole(Some(var), text) => self.handed_by_call(call, callee, *var, text),
                _ => None,
            };
            match handed {
                Some(handed) => handed.0.into_iter().for_each(|piece| filled.push(piece)),
                None => filled.push(piece),
            }
        }
        filled
    }

    /// What a call hands over for a parameter, for a property of one (`options.key`), or for a part of one.
    fn handed_by_call(&self, call: ExprId, callee: FuncId, var: VarId, text: &str) -> Option<Shape> {
        let params = self.facts.params(callee);
        let whole = params.iter().position(|param| param.var == Some(var));
        if let Some(position) = whole {
            let arg = *self.args(call).get(position)?;
            return Some(match text.split_once('.') {
                None => self.shape(arg),
                Some((_, path)) => self.shape_of_part(arg, path),
            });
        }
        let (position, path) = params.iter().enumerate().find_map(|(position, param)| {
            let parts = self.facts.binds(param.parts).iter();
            let mut bound = parts.filter(|part| matches!(part.place, Place::Var(bound) if bound == var));
            match self.facts.steps(bound.next()?.path) {
                [Step::Field(name)] => Some((position, self.facts.name(*name))),
                _ => None,
            }
        })?;
        Some(self.shape_of_part(*self.args(call).get(position)?, path))
    }

    /// The shape of `arg.path`.
    fn shape_of_part(&self, arg: ExprId, path: &str) -> Shape {
        if !path.contains('.')
            && let At::Expr(value) = self.property(arg, path)
        {
            return self.shape(value);
        }
        let root = match self.facts.expr(arg).kind {
            ExprKind::Name { var, .. } => var,
            _ => None,
        };
        Shape(vec![Piece::Hole(root, format!("{}.{path}", self.text_of(arg)))])
    }

    /// The value that a key variable stands for: text put together, not the result of some work.
    fn followed(&self, var: VarId, expr: ExprId) -> Option<ExprId> {
        if matches!(self.facts.var(var).kind, VarKind::Param(_) | VarKind::Receiver) {
            return None;
        }
        let value = self.single_value(expr)?;
        let is_text = matches!(
            self.facts.expr(value).kind,
            ExprKind::Str(_)
                | ExprKind::Num(_)
                | ExprKind::Template(_)
                | ExprKind::Binary { .. }
                | ExprKind::Call { .. }
        );
        is_text.then_some(value)
    }

    fn add_hole(&self, expr: ExprId, shape: &mut Shape) {
        let (var, text) = match self.facts.expr(expr).kind {
            ExprKind::Name { name, var } => (var, self.facts.name(name).to_owned()),
            ExprKind::Member { object, name } => match self.chain_of(expr) {
                Some((root, path)) => (Some(root), path),
                None => (None, format!("{}.{}", self.text_of(object), self.facts.name(name))),
            },
            _ => (None, self.text_of(expr).to_owned()),
        };
        shape.push(Piece::Hole(var, text));
    }

    /// The variable that a chain of members begins with, and the chain: `req.body.id`, however its parts are asked for.
    fn chain_of(&self, expr: ExprId) -> Option<(VarId, String)> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { name, var } => Some((var?, self.facts.name(name).to_owned())),
            ExprKind::Member { object, name } => {
                let (root, path) = self.chain_of(object)?;
                Some((root, format!("{path}.{}", self.facts.name(name))))
            }
            ExprKind::Cast { value, .. } => self.chain_of(value),
            _ => None,
        }
    }

    /// A key with its variables put back to what they are parts of: after `const id = req.body.id` the one is the other.
    pub fn traced(&self, shape: &Shape) -> Shape {
        let trace = |piece: &Piece| match piece {
            Piece::Hole(Some(var), text) => {
                let (var, text) = self.traced_path(*var, text.clone());
                Piece::Hole(Some(var), text)
            }
            _ => piece.clone(),
        };
        Shape(shape.0.iter().map(trace).collect())
    }

    fn traced_path(&self, mut var: VarId, mut path: String) -> (VarId, String) {
        for _ in 0..MAX_HOPS {
            let is_handed = matches!(self.facts.var(var).kind, VarKind::Param(_) | VarKind::Receiver);
            let part = self.part_set(var).filter(|_| !is_handed);
            let part = part.and_then(|(value, steps)| self.part_path(value, steps));
            let Some((root, of)) = part.or_else(|| self.item_path(var)) else { break };
            let rest = path.split_once('.').map_or(String::new(), |(_, rest)| format!(".{rest}"));
            (var, path) = (root, of + &rest);
        }
        (var, path)
    }

    /// What a loop takes its items of: two loops over one collection speak of the same items.
    fn item_path(&self, var: VarId) -> Option<(VarId, String)> {
        let [Binding { source: Source::Item(over), path, .. }] = self.index.var(var) else { return None };
        let (root, of) = self.chain_of(*over)?;
        let steps = self.facts.steps(*path).iter().map(|step| match step {
            Step::Field(name) => self.facts.name(*name).to_owned(),
            Step::Index(position) => position.to_string(),
            Step::Rest => "...".to_owned(),
        });
        Some((root, format!("{of}[{}]", steps.collect::<Vec<_>>().join(","))))
    }

    /// The chain of members by which a part of a value is found: of `const { id } = req.body`.
    fn part_path(&self, value: ExprId, steps: &[Step]) -> Option<(VarId, String)> {
        let start = self.chain_of(value)?;
        steps.iter().try_fold(start, |(root, path), step| match step {
            Step::Field(name) => Some((root, format!("{path}.{}", self.facts.name(*name)))),
            _ => None,
        })
    }
}
