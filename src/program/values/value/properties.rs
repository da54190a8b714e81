//! What stands in a property of a value: of an option object, of what a helper gives, of a class or module.
//!
//! Owns: following a property to where it is written. Does not own: arguments and constants (`value`).

use crate::data::Scalar;
use crate::facts::{
    BinaryOp, ExprId, ExprKind, FuncId, List, PropKey, Source, Step, TypeRefId, TypeRefKind, UnaryOp, VarId,
    VarKind,
};
use crate::models::{Constant, LibraryId};
use crate::program::View;
use crate::program::names::Meaning;
use crate::program::values::entity::Entity;

use super::{At, Const, MAX_BINDINGS_COST, MAX_HOPS, either};

/// Methods that give text.
const GIVING_TEXT: [&str; 10] = [
    "toString",
    "format",
    "join",
    "trim",
    "replace",
    "replaceAll",
    "substring",
    "substr",
    "toLowerCase",
    "toUpperCase",
];

/// What a function takes of an argument: all of it, or the part that stands at a path.
#[derive(Clone, Copy)]
struct Taken {
    position: u32,
    path: List<Step>,
}

impl View<'_> {
    /// A property of a value.
    pub fn property(&self, expr: ExprId, name: &str) -> At {
        self.property_within(expr, name, MAX_HOPS)
    }

    pub(in crate::program) fn property_within(&self, expr: ExprId, name: &str, hops: u32) -> At {
        let Some(hops) = hops.checked_sub(1).filter(|_| self.effort.may_ask()) else { return At::Unknown };
        let inner = |expr| self.property_within(expr, name, hops);
        match self.facts.expr(expr).kind {
            ExprKind::Object { props, .. } => self.object_property(props, name, hops),
            ExprKind::Array { items, .. } => {
                let items = self.facts.list(items);
                let position = if name == "last" { items.len().checked_sub(1) } else { name.parse().ok() };
                if self.has_spread(items) {
                    return At::Unknown;
                }
                position.and_then(|position| items.get(position)).map_or(At::Missing, |item| At::Expr(*item))
            }
            // `()`: what a function literal gives back.
            ExprKind::Function(function) if name == "()" => match self.index.returns(function) {
                [only] => At::Expr(*only),
                _ => At::Unknown,
            },
            ExprKind::Null => At::Missing,
            ExprKind::Module(_) => match self.entity(expr).entity {
                Entity::Module(file) => self.module_property(file, name, hops),
                _ => At::Unknown,
            },
            ExprKind::Await(inner_expr) | ExprKind::Cast { value: inner_expr, .. } => inner(inner_expr),
            ExprKind::Unary { op: UnaryOp::Address | UnaryOp::Deref, operand } => inner(operand),
            ExprKind::Binary { op: BinaryOp::Or | BinaryOp::Coalesce, left, right } => {
                either(inner(left), || inner(right))
            }
            ExprKind::Cond { then, other, .. } => either(inner(then), || inner(other)),
            ExprKind::Name { var: Some(var), .. } => self.var_property(var, name, hops),
            ExprKind::Member { .. } => match self.single_value_within(expr, hops) {
                Some(value) if value != expr => inner(value),
                _ => self.library_property(expr, name),
            },
            // `f.bind(…)` is a function.
            ExprKind::Call { callee, .. } if self.is_bind(callee) => At::Missing,
            // Nor has what is text whoever made it: `util.format(…)`, `url.toString()`.
            ExprKind::Call { callee, .. } if self.gives_text(callee) => At::Missing,
            ExprKind::Call { callee, .. } => match self.entity(callee).entity {
                Entity::Function(function) => self.result_property(function, name, hops),
                _ => match self.passed(expr) {
                    passed if passed != expr => inner(passed),
                    _ => self.mapped_item(expr, callee, name),
                },
            },
            // Text and numbers have no properties that anybody asks for; `+` makes one of them.
            ExprKind::Str(_)
            | ExprKind::Num(_)
            | ExprKind::Bool(_)
            | ExprKind::Function(_)
            | ExprKind::Template(_)
            | ExprKind::Binary { op: BinaryOp::Add, .. } => At::Missing,
            _ => At::Unknown,
        }
    }

    /// A property of what the callers of a function hand it: given if one gives it, missing if none does.
    fn handed_property(&self, function: FuncId, taken: Taken, name: &str, hops: u32) -> At {
        // Asking all callers costs more than following one name.
        let calls = self.program.calls_of_function(function);
        let cost = if calls.len() > 1 { 4 } else { 0 };
        let Some(hops) = hops.checked_sub(cost) else { return At::Unknown };
        self.effort.spend(calls.len());
        let mut found: Option<At> = None;
        for call in calls {
            let part = match self.argument(self.args(*call), taken.position as usize) {
                At::Expr(value) => self.part_of(value, taken.path, hops),
                other => other,
            };
            let here = match part {
                At::Expr(value) => self.property_within(value, name, hops),
                other => other,
            };
            found = Some(match found {
                Some(before) => either(before, || here),
                None => here,
            });
        }
        found.unwrap_or(At::Unknown)
    }

    /// A property of what a library exports, as far as its model says that it is not set: `http.DefaultTransport`.
    fn library_property(&self, expr: ExprId, name: &str) -> At {
        let is_unset = |(library, path): (LibraryId, String)| {
            let constants = &self.models.libraries[library.index()].constants;
            matches!(constants.get(&format!("{path}.{name}")), Some(Constant::Plain(Scalar::Null)))
        };
        let exports = self.exports_of(&self.entity(expr).entity);
        if exports.into_iter().any(is_unset) { At::Missing } else { At::Unknown }
    }

    /// Whether an annotation says text or a number.
    fn is_plain(&self, ty: TypeRefId) -> bool {
        matches!(self.facts.type_ref(ty).kind, TypeRefKind::Named { var: None, first, rest: None, .. }
            if matches!(self.facts.name(first), "string" | "number" | "boolean"))
    }

    fn gives_text(&self, callee: ExprId) -> bool {
        matches!(self.facts.expr(callee).kind, ExprKind::Member { name, .. } if GIVING_TEXT.contains(&self.facts.name(name)))
            && !matches!(self.entity(callee).entity, Entity::Function(_))
    }

    fn is_bind(&self, callee: ExprId) -> bool {
        matches!(self.facts.expr(callee).kind, ExprKind::Member { name, .. } if self.facts.name(name) == "bind")
    }

    fn object_property(&self, props: crate::facts::List<crate::facts::Prop>, name: &str, hops: u32) -> At {
        let mut found = At::Missing;
        for prop in self.facts.props(props) {
            match prop.key {
                PropKey::Name(key) if self.facts.name(key).eq_ignore_ascii_case(name) => {
                    found = At::Expr(prop.value);
                }
                PropKey::Spread => match self.property_within(prop.value, name, hops) {
                    At::Missing => {}
                    other => found = other,
                },
                PropKey::Computed(key) => {
                    if matches!(self.constant_within(key, hops), Some(Const::Text(text)) if text == name) {
                        found = At::Expr(prop.value);
                    }
                }
                PropKey::Name(_) | PropKey::Position(_) => {}
            }
        }
        found
    }

    /// A property of what a variable holds: where it was made, or what was assigned to it later.
    fn var_property(&self, var: VarId, name: &str, hops: u32) -> At {
        if let Some(name) = self.name_of(name) {
            for binding in self.index.member(var, name) {
                if let Source::Expr(value) = binding.source {
                    return At::Expr(value);
                }
            }
        }
        if let Some(put) = self.put_under(var, name) {
            return put;
        }
        match self.facts.var(var).kind {
            VarKind::Param(_) if self.facts.var(var).ty.is_some_and(|ty| self.is_plain(ty)) => {
                return At::Missing;
            }
            VarKind::Param(position) => {
                let whole = Taken { position, path: List::empty() };
                return self.handed_property(self.facts.var(var).function, whole, name, hops);
            }
            VarKind::Import(import) => {
                if let Meaning::Module(file) = self.bindings.imports[import as usize] {
                    return self.module_property(file, name, hops);
                }
            }
            VarKind::Receiver => return At::Unknown,
            _ => {}
        }
        // `body = { ...body, more }`, again and again: each asks for all of the others.
        let others = u32::try_from(self.index.var(var).len().saturating_sub(1)).unwrap_or(u32::MAX);
        let Some(hops) = hops.checked_sub(others.min(MAX_BINDINGS_COST)) else { return At::Unknown };
        let mut found: Option<At> = None;
        for binding in self.index.var(var) {
            self.effort.spend(1);
            let here = match binding.source {
                Source::Expr(value) => match self.part_of(value, binding.path, hops) {
                    At::Expr(value) => self.property_within(value, name, hops),
                    other => other,
                },
                // `({ config = {} }) => …`
                Source::Param(position) => {
                    let taken = Taken { position, path: binding.path };
                    self.handed_property(binding.function, taken, name, hops)
                }
                Source::Zero => continue,
                _ => At::Unknown,
            };
            found = Some(match found {
                Some(before) => either(before, || here),
                None => here,
            });
        }
        found.unwrap_or(At::Unknown)
    }

    /// An item of `things.map(thing => …)`: what the function literal gives back, whichever item it is.
    fn mapped_item(&self, call: ExprId, callee: ExprId, name: &str) -> At {
        let is_position = name == "last" || name.parse::<usize>().is_ok();
        let ExprKind::Member { name: method, .. } = self.facts.expr(callee).kind else { return At::Unknown };
        let [closure, ..] = self.args(call) else { return At::Unknown };
        match self.facts.expr(*closure).kind {
            ExprKind::Function(function) if is_position && self.facts.name(method) == "map" => {
                match self.index.returns(function) {
                    [only] => At::Expr(*only),
                    _ => At::Unknown,
                }
            }
            _ => At::Unknown,
        }
    }

    /// What stands at the path by which a binding takes a part of a value.
    pub(in crate::program) fn part_of(&self, value: ExprId, path: List<Step>, hops: u32) -> At {
        let mut at = At::Expr(value);
        for step in self.facts.steps(path) {
            at = match (&at, step) {
                (At::Expr(value), Step::Field(name)) => {
                    self.property_within(*value, self.facts.name(*name), hops)
                }
                (At::Missing, Step::Field(_)) => At::Missing,
                _ => At::Unknown,
            };
        }
        at
    }

    /// What a file of the tree exports under a name.
    pub(in crate::program) fn module_property(&self, file: usize, name: &str, hops: u32) -> At {
        let (Some(name), Some(hops)) = (self.name_of(name), hops.checked_sub(1)) else { return At::Missing };
        match self.bindings.exported(self.facts, file, name) {
            Some(Meaning::Value(value)) => At::Expr(value),
            Some(Meaning::Var(var)) => self.value_of_var(var, hops).map_or(At::Unknown, At::Expr),
            Some(Meaning::Part(whole, name)) => self.property_within(whole, self.facts.name(name), hops),
            _ => At::Unknown,
        }
    }

    /// A property of what a function of the tree gives back.
    fn result_property(&self, function: FuncId, name: &str, hops: u32) -> At {
        let returns = self.index.returns(function);
        // Functions that give back what each other give: each `return` asks for all of theirs.
        let others = u32::try_from(returns.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let Some(hops) = hops.checked_sub(others.min(MAX_BINDINGS_COST)) else { return At::Unknown };
        let mut found = returns.iter().map(|value| self.property_within(*value, name, hops));
        let Some(first) = found.next() else { return At::Unknown };
        found.fold(first, |before, here| either(before, || here))
    }
}
