//! What a value is: constants with arithmetic and units.
//!
//! Owns: following an argument path, a property, a constant to where it is written, and saying when that cannot be told
//! ([`At::Unknown`]). Does not own: what the value means.

mod properties;

use crate::data::{Pattern, Scalar};
use crate::facts::{ExprId, ExprKind, Source, UnaryOp, VarId, VarKind};
use crate::models::Test;
use crate::models::path::{Path, Root, Unit};
use crate::program::View;
use crate::program::index::Binding;
use crate::program::values::entity::Entity;

/// How many names a value is followed through.
pub(in crate::program) const MAX_HOPS: u32 = 16;

/// How many calls of a chain are looked at.
const MAX_LINKS: usize = 32;

/// How many hops a variable costs at most that is given in several places, one for each but the first.
const MAX_BINDINGS_COST: u32 = 6;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// This.
    Expr(ExprId),
    /// Nothing, for certain.
    Missing,
    /// It cannot be told: an opaque object, a spread, a parameter.
    Unknown,
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    /// A number.
    Num(f64),
    /// Text.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// `null`, `undefined`, `nil`.
    Null,
    /// A time, in nanoseconds.
    Duration(f64),
}

impl Const {
    /// A time in nanoseconds: a duration, or a plain number in `unit`.
    pub fn nanoseconds(&self, unit: Option<Unit>) -> Option<f64> {
        match self {
            Self::Duration(time) => Some(*time),
            Self::Num(number) => Some(number * unit.map_or(1.0, Unit::nanoseconds)),
            Self::Text(text) => {
                let counted =
                    || text.parse().ok().map(|number: f64| number * unit.map_or(1.0, Unit::nanoseconds));
                crate::models::path::parse_duration(text).or_else(counted)
            }
            Self::Bool(_) | Self::Null => None,
        }
    }

    /// Whether it equals a plain value of a model or rule; text in any case.
    pub fn is(&self, scalar: &Scalar) -> bool {
        match (self, scalar) {
            (Self::Num(a) | Self::Duration(a), Scalar::Num(b)) => (a - b).abs() < f64::EPSILON,
            (Self::Text(a), Scalar::Text(b)) => a.eq_ignore_ascii_case(b),
            (Self::Bool(a), Scalar::Bool(b)) => a == b,
            (Self::Null, Scalar::Null) => true,
            _ => false,
        }
    }

    /// Whether a condition takes it for true.
    pub fn truthy(&self) -> bool {
        match self {
            Self::Num(number) | Self::Duration(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Bool(value) => *value,
            Self::Null => false,
        }
    }
}

/// Yes, no, or it cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Truth {
    Yes,
    No,
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl View<'_> {
    /// The arguments of a call.
    pub fn args(&self, call: ExprId) -> &[ExprId] {
        match self.facts.expr(call).kind {
            ExprKind::Call { args, .. } => self.facts.list(args),
            _ => &[],
        }
    }

    /// What stands at a path of a call made on `on`, an object made by `made`.
    pub fn at(&self, call: ExprId, on: Option<ExprId>, made: Option<ExprId>, path: &Path) -> At {
        let args = self.args(call);
        // An assignment to a property is like a call with one argument.
        let assigned = self.assigned_value(call);
        let start = match &path.root {
            Root::Argument(0) if assigned.is_some() => assigned.map_or(At::Missing, At::Expr),
            Root::Argument(position) => self.argument(args, *position),
            Root::Last => args.last().map_or(At::Missing, |last| self.no_spread(*last)),
            Root::From(position) => args.get(*position).map_or(At::Missing, |first| self.no_spread(*first)),
            Root::After(token) => self.after(args, token),
            Root::Option(name, position) => self.option(args, name, *position),
            Root::Receiver => on.map_or(At::Unknown, At::Expr),
            Root::Construction(position) => match made {
                Some(made) => self.construction(made, *position),
                None => At::Unknown,
            },
            Root::ConstructionOption(name, position) => match made {
                Some(made) => self.option(self.args(made), name, *position),
                None => At::Unknown,
            },
            Root::Assigned(field) => self.assigned(call, field),
        };
        let mut at = start;
        let mut steps = path.steps.iter().peekable();
        while let (At::Expr(expr), Some(step)) = (&at, steps.next()) {
            at = match step.as_str() {
                // `0.new.0.QueueUrl`: into the arguments of the call that the argument is.
                "new" => {
                    let position = steps.next().and_then(|position| position.parse().ok());
                    position.map_or(At::Unknown, |position| {
                        self.construction(self.made_by_value(*expr), position)
                    })
                }
                // `1.chained.Key.0`: into those of a link of the chain of calls that the argument is.
                "chained" => {
                    let link = steps.next().map_or(At::Unknown, |name| self.link(*expr, name));
                    let position = steps.peek().and_then(|position| position.parse().ok());
                    match (link, position) {
                        (At::Expr(call), Some(position)) => {
                            steps.next();
                            self.construction(call, position)
                        }
                        (link, _) => link,
                    }
                }
                step => self.property(*expr, step),
            };
        }
        at
    }

    /// A call of this name in a chain of calls: `Key(key)` in `client.B().Get().Key(key).Build()`.
    fn link(&self, expr: ExprId, name: &str) -> At {
        let mut at = self.made_by_value(expr);
        for _ in 0..MAX_LINKS {
            let ExprKind::Call { callee, .. } = self.facts.expr(at).kind else { break };
            let ExprKind::Member { object, name: called } = self.facts.expr(callee).kind else {
                return At::Missing;
            };
            if self.facts.name(called) == name {
                return At::Expr(at);
            }
            // What the chain begins with.
            if let Entity::Object { .. } = self.entity(object).entity
                && !matches!(self.facts.expr(object).kind, ExprKind::Call { .. })
            {
                return At::Missing;
            }
            at = self.made_by_value(object);
        }
        At::Unknown
    }

    /// The value of an assignment to one place.
    fn assigned_value(&self, expr: ExprId) -> Option<ExprId> {
        let ExprKind::Assign { binds, .. } = self.facts.expr(expr).kind else { return None };
        match self.facts.binds(binds) {
            [bind] => match bind.source {
                Source::Expr(value) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The expression that made a value: through the names that hold it.
    pub(in crate::program) fn made_by_value(&self, expr: ExprId) -> ExprId {
        let mut at = expr;
        for hops in (0..MAX_HOPS).rev() {
            at = match self.facts.expr(at).kind {
                ExprKind::Await(inner) | ExprKind::Cast { value: inner, .. } => inner,
                ExprKind::Name { .. } | ExprKind::Member { .. } => match self.single_value_within(at, hops) {
                    Some(value) if value != at => value,
                    _ => return at,
                },
                _ => return at,
            };
        }
        at
    }

    /// An argument of the construction of an object. A composite literal is its own only argument.
    fn construction(&self, made: ExprId, position: usize) -> At {
        match self.facts.expr(made).kind {
            // Go's `new(T)` is the zero value.
            ExprKind::Call { callee, .. } if self.new_entity(made, callee).is_some() => At::Missing,
            ExprKind::Call { .. } => self.argument(self.args(made), position),
            ExprKind::Object { .. } if position == 0 => At::Expr(made),
            _ => At::Unknown,
        }
    }

    /// Whether a Go variable is declared without a value and never set.
    pub(in crate::program) fn is_zero(&self, expr: ExprId) -> bool {
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(expr).kind else { return false };
        let bindings = self.index.var(var);
        !bindings.is_empty() && bindings.iter().all(|binding| binding.source == Source::Zero)
    }

    fn argument(&self, args: &[ExprId], position: usize) -> At {
        let before = &args[..args.len().min(position)];
        if self.has_spread(before) {
            return At::Unknown;
        }
        match args.get(position) {
            Some(arg) if self.has_spread(&[*arg]) => self.rest_passed_on(*arg).map_or(At::Unknown, At::Expr),
            Some(arg) if matches!(self.facts.expr(*arg).kind, ExprKind::Null) => At::Missing,
            Some(arg) => At::Expr(*arg),
            None => At::Missing,
        }
    }

    /// The parameter that takes what is left, where it is spread again as it came: `func (c *Cache) Del(keys ...string)` hands
    /// on the first of its keys as the first.
    fn rest_passed_on(&self, arg: ExprId) -> Option<ExprId> {
        let ExprKind::Spread(inner) = self.facts.expr(arg).kind else { return None };
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(inner).kind else { return None };
        let params = self.facts.params(self.index.home(arg));
        params.iter().any(|param| param.rest && param.var == Some(var)).then_some(inner)
    }

    fn no_spread(&self, arg: ExprId) -> At {
        if matches!(self.facts.expr(arg).kind, ExprKind::Spread(_)) { At::Unknown } else { At::Expr(arg) }
    }

    fn after(&self, args: &[ExprId], token: &str) -> At {
        let is_token = |arg: &ExprId| matches!(self.constant(*arg), Some(Const::Text(text)) if text.eq_ignore_ascii_case(token));
        match args.iter().position(is_token) {
            Some(position) => args.get(position + 1).map_or(At::Missing, |arg| At::Expr(*arg)),
            None if self.has_spread(args) => At::Unknown,
            // `sendCommand(['SET', key, value, 'PX', '5000'])`
            None => match args {
                [only] => match self.facts.expr(*only).kind {
                    ExprKind::Array { items, .. } => self.after(self.facts.list(items), token),
                    _ => At::Missing,
                },
                _ => At::Missing,
            },
        }
    }

    fn has_spread(&self, args: &[ExprId]) -> bool {
        args.iter().any(|arg| matches!(self.facts.expr(*arg).kind, ExprKind::Spread(_)))
    }

    /// Go's functional options: the argument of `WithName(…)` among the arguments.
    fn option(&self, args: &[ExprId], name: &str, position: Option<usize>) -> At {
        for arg in args {
            let arg = self.made_by_value(*arg);
            let ExprKind::Call { callee, .. } = self.facts.expr(arg).kind else { continue };
            if self.last_name(callee) == Some(name) {
                let inner = position.and_then(|position| self.args(arg).get(position));
                return At::Expr(inner.copied().unwrap_or(arg));
            }
        }
        if self.has_spread(args) { At::Unknown } else { At::Missing }
    }

    /// A field assigned to the variable that a call's result goes to.
    fn assigned(&self, call: ExprId, field: &str) -> At {
        let Some(var) = self.result_var(call) else { return At::Unknown };
        let Some(name) = self.name_of(field) else { return At::Missing };
        for binding in self.index.member(var, name) {
            if let Source::Expr(value) = binding.source {
                return At::Expr(value);
            }
        }
        At::Missing
    }

    /// The variable that an expression is assigned to as a whole.
    pub fn result_var(&self, expr: ExprId) -> Option<VarId> {
        let mut at = expr;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Await(_) | ExprKind::Cast { .. } | ExprKind::Unary { .. } => at = parent,
                ExprKind::Assign { binds, .. } => {
                    return self.facts.binds(binds).iter().find_map(|bind| match bind.place {
                        crate::facts::Place::Var(var) if bind.source == Source::Expr(at) => Some(var),
                        _ => None,
                    });
                }
                _ => return None,
            }
        }
        None
    }

    /// The last part of a dotted name.
    pub fn last_name(&self, expr: ExprId) -> Option<&str> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { name, .. } | ExprKind::Member { name, .. } => Some(self.facts.name(name)),
            ExprKind::Await(inner) | ExprKind::Cast { value: inner, .. } => self.last_name(inner),
            ExprKind::Unary { op: UnaryOp::Address | UnaryOp::Deref, operand } => self.last_name(operand),
            ExprKind::Call { callee, .. } => self.last_name(callee),
            ExprKind::Index { object, .. } => self.last_name(object),
            _ => None,
        }
    }

    /// Whether a member of a variable is assigned after it was made.
    fn is_set_later(&self, object: ExprId, member: ExprId) -> bool {
        let ExprKind::Member { name, .. } = self.facts.expr(member).kind else { return false };
        match self.facts.expr(object).kind {
            ExprKind::Name { var: Some(var), .. } => !self.index.member(var, name).is_empty(),
            _ => false,
        }
    }

    /// Every value that a name may hold.
    pub fn values_of(&self, expr: ExprId) -> Vec<ExprId> {
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(expr).kind else { return Vec::new() };
        if !self.effort.may_ask() {
            return Vec::new();
        }
        let bindings = self.index.var(var);
        self.effort.spend(bindings.len());
        let values = bindings.iter().filter_map(|binding| match binding.source {
            Source::Expr(value) if value != expr => Some(value),
            _ => None,
        });
        values.collect()
    }

    /// What a function of the tree gives that is handed nothing and has but one thing to give: `newId()`.
    pub fn given_by_helper(&self, call: ExprId) -> Option<ExprId> {
        let function = self.called_function(call).filter(|_| self.args(call).is_empty())?;
        match self.index.returns(function) {
            [given] if self.facts.params(function).is_empty() => Some(*given),
            _ => None,
        }
    }

    /// The one value that a name or field holds, when there is only one.
    pub fn single_value(&self, expr: ExprId) -> Option<ExprId> {
        self.single_value_within(expr, MAX_HOPS)
    }

    pub(in crate::program) fn single_value_within(&self, expr: ExprId, hops: u32) -> Option<ExprId> {
        let bindings: &[Binding] = match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => return self.value_of_var(var, hops),
            ExprKind::Member { object, .. } if self.is_set_later(object, expr) => return None,
            ExprKind::Member { object, name } => match self.entity(object).entity {
                Entity::Instance(ty) | Entity::Type(ty) => self.index.field(ty, name),
                Entity::Module(file) => {
                    return match self.module_property(file, self.facts.name(name), hops) {
                        At::Expr(value) => Some(value),
                        _ => None,
                    };
                }
                Entity::Literal(literal) => {
                    return match self.property_within(literal, self.facts.name(name), hops) {
                        At::Expr(value) => Some(value),
                        _ => None,
                    };
                }
                _ => return None,
            },
            _ => return None,
        };
        self.only_value(bindings, hops)
    }

    /// The one value that a variable holds, when there is only one.
    fn value_of_var(&self, var: VarId, hops: u32) -> Option<ExprId> {
        if let VarKind::Param(position) = self.facts.var(var).kind {
            let only = self.index.var(var).len() == 1;
            return self.only_handed(self.facts.var(var).function, position).filter(|_| only);
        }
        self.only_value(self.index.var(var), hops)
    }

    fn only_value(&self, bindings: &[Binding], hops: u32) -> Option<ExprId> {
        let mut values = bindings.iter().filter(|binding| binding.source != Source::Zero);
        let (Some(only), None) = (values.next(), values.next()) else { return None };
        let Source::Expr(value) = only.source else { return None };
        match self.part_of(value, only.path, hops) {
            At::Expr(value) => Some(value),
            _ => None,
        }
    }

    /// Whether a test of a model holds at a path.
    pub(in crate::program) fn test(&self, at: &At, test: &Test, library: crate::models::LibraryId) -> Truth {
        let expr = match (at, test) {
            (At::Unknown, _) => return Truth::Unknown,
            (At::Missing, Test::Missing) => return Truth::Yes,
            (At::Missing, Test::Is(Scalar::Null)) => return Truth::Yes,
            (At::Missing, _) => return Truth::No,
            (At::Expr(expr), _) => *expr,
        };
        match test {
            Test::Given => Truth::Yes,
            Test::Missing => Truth::No,
            Test::Is(scalar) => self.constant(expr).map_or(Truth::Unknown, |value| value.is(scalar).into()),
            Test::Matches(regex) => match self.constant(expr) {
                Some(Const::Text(text)) => regex.is_match(&text).into(),
                Some(Const::Bool(value)) => regex.is_match(&value.to_string()).into(),
                Some(Const::Num(value)) => regex.is_match(&value.to_string()).into(),
                Some(_) => Truth::No,
                None => self.partly_matches(expr, regex),
            },
            Test::Written(regex) => regex.is_match(self.text_of(expr)).into(),
            Test::Function => match self.entity(expr).entity {
                Entity::Function(_) => Truth::Yes,
                Entity::Unknown | Entity::Outside => Truth::Unknown,
                _ => Truth::No,
            },
            Test::Text => {
                matches!(self.facts.expr(expr).kind, ExprKind::Str(_) | ExprKind::Template(_)).into()
            }
            Test::Object => matches!(self.facts.expr(expr).kind, ExprKind::Object { .. }).into(),
            Test::Export(export) => {
                let entity = self.entity(expr).entity;
                self.exports_of(&entity).iter().any(|(of, path)| *of == library && path == export).into()
            }
            Test::New(export) => match self.facts.expr(self.made_by_value(expr)).kind {
                ExprKind::Call { callee, .. } => {
                    let entity = self.entity(callee).entity;
                    self.exports_of(&entity).iter().any(|(of, path)| *of == library && path == export).into()
                }
                _ => Truth::No,
            },
        }
    }

    /// Whether the constant parts of a template match.
    pub(in crate::program) fn partly_matches(&self, expr: ExprId, pattern: &Pattern) -> Truth {
        let text = self.shape(expr).text();
        if pattern.is_match(&text) { Truth::Yes } else { Truth::Unknown }
    }
}

/// What is given in one case counts as given.
fn either(a: At, b: impl FnOnce() -> At) -> At {
    match a {
        At::Expr(_) => a,
        At::Missing => b(),
        At::Unknown => match b() {
            At::Expr(expr) => At::Expr(expr),
            _ => At::Unknown,
        },
    }
}
