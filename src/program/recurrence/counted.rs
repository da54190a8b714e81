//! Whether what a call writes is a sum or difference made with what an earlier call gave: `update(id, { stock: item.stock - 1 })`.
//!
//! Owns: sums in arguments, and in fields that were set before the record is written, and whether anything hangs on such a field. Does
//! not own: order, or what a call writes (roles).

use rustc_hash::FxHashSet;

use crate::facts::{AssignOp, BinaryOp, ExprId, ExprKind, Name, Place, PropKey, UnaryOp, VarId};
use crate::program::View;
use crate::program::values::value::Const;

/// How many names a value is followed through.
const MAX_HOPS: u32 = 4;

/// What an earlier call gave.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The variables that hold it.
    pub vars: &'a [VarId],
    /// The call itself, which may stand in the sum: `Number(await redis.get(key)) + 1`.
    pub call: Option<ExprId>,
}

impl Known<'_> {
    fn contains(self, var: VarId) -> bool {
        self.vars.contains(&var)
    }
}

/// A sum or difference.
struct Sum {
    /// The field that it is counted from; none for a variable of its own.
    field: Option<ExprId>,
}

impl View<'_> {
    /// The fields of which a call writes a sum or difference, where a part of it is what an earlier call gave; none for a variable of its
    /// own. What else it is handed may not ask for what the value still is.
    pub fn counted_by(&self, call: ExprId, known: Known<'_>) -> Vec<Option<ExprId>> {
        let all = self.args_of_chain(call);
        let in_args = self.args(call).iter().enumerate().filter_map(|(position, arg)| {
            let sum = self.counted(*arg, None, known, MAX_HOPS)?;
            let is_set = self.is_plainly_set(&all, sum.field)
                || self.is_set_by_helper(call, position, &all, sum.field);
            is_set.then_some(sum.field)
        });
        in_args.chain(self.counted_fields(call, known).into_iter().map(Some)).collect()
    }

    /// Whether something hangs on a field: the program compares fields of this name with something, or it is named after what is worth
    /// something. What is compared with nothing is only stored and shown.
    pub fn is_decisive(&self, field: ExprId) -> bool {
        let name = self.last_name(field).unwrap_or_default();
        let compared = self.program.compared.get_or_init(|| self.compared_fields());
        self.words.fields.worth.names(name) || compared.contains(&plain(name))
    }

    /// The names of what is held against something other than nothing: `used >= limit`, and not `likes > 0`. A field may have been taken
    /// out of its record before.
    fn compared_fields(&self) -> FxHashSet<String> {
        let is_none =
            |side: ExprId| matches!(self.facts.expr(side).kind, ExprKind::Num(number) if number == 0.0);
        let mut found = FxHashSet::default();
        for expr in &self.facts.exprs {
            let ExprKind::Binary { op, left, right } = expr.kind else { continue };
            let is_order =
                matches!(op, BinaryOp::Less | BinaryOp::LessEq | BinaryOp::Greater | BinaryOp::GreaterEq);
            if !is_order || is_none(left) || is_none(right) {
                continue;
            }
            found.extend([left, right].into_iter().filter_map(|side| self.held_against(side)).map(plain));
        }
        found
    }

    /// The name of one side of a comparison: `used`, `link.used`, `(link.used || 0)`.
    fn held_against(&self, side: ExprId) -> Option<&str> {
        let side = match self.facts.expr(side).kind {
            ExprKind::Binary { op: BinaryOp::Or | BinaryOp::Coalesce, left, .. } => left,
            _ => side,
        };
        match self.facts.expr(side).kind {
            ExprKind::Member { name, .. } | ExprKind::Name { name, .. } => Some(self.facts.name(name)),
            _ => None,
        }
    }

    /// What a call is handed, and the calls that it is chained to: `where(…).update(…)`.
    fn args_of_chain(&self, call: ExprId) -> Vec<ExprId> {
        let mut found = Vec::new();
        let mut at = Some(call);
        while let Some(ExprKind::Call { callee, args, .. }) = at.map(|at| self.facts.expr(at).kind) {
            found.extend_from_slice(self.facts.list(args));
            at = match self.facts.expr(callee).kind {
                ExprKind::Member { object, .. } => Some(object),
                _ => None,
            };
        }
        found
    }

    /// The sum or difference in a value. `key` is the field that the value is written to.
    fn counted(&self, expr: ExprId, key: Option<&str>, known: Known<'_>, hops: u32) -> Option<Sum> {
        match self.facts.expr(expr).kind {
            ExprKind::Binary { op: BinaryOp::Add | BinaryOp::Sub, left, right } => {
                if [left, right].iter().any(|side| self.is_text(*side)) {
                    return None;
                }
                let side = [left, right].into_iter().find_map(|side| self.quantity(side, known, MAX_HOPS))?;
                let field = matches!(self.facts.expr(side).kind, ExprKind::Member { .. }).then_some(side);
                let named = field.and_then(|field| self.last_name(field));
                let fits = match (key, named) {
                    (Some(key), Some(named)) => plain(key) == plain(named),
                    _ => true,
                };
                fits.then_some(Sum { field })
            }
            ExprKind::Object { props, .. } => self.facts.props(props).iter().find_map(|prop| {
                let key = match prop.key {
                    PropKey::Name(name) => Some(self.facts.name(name)),
                    _ => key,
                };
                // By how much the store is to count is no result.
                if key.is_some_and(|key| self.words.fields.amounts.has(&plain(key))) {
                    return None;
                }
                self.counted(prop.value, key.filter(|key| !key.starts_with('$')), known, hops)
            }),
            ExprKind::Name { var: Some(_), .. } => {
                let hops = hops.checked_sub(1)?;
                let values = self.values_of(expr);
                values.into_iter().find_map(|value| self.counted(value, key, known, hops))
            }
            ExprKind::Call { callee, args, .. } => {
                let name = self.last_name(callee)?.to_ascii_lowercase();
                let passes =
                    self.words.numbers.passing.has(&name) || self.words.numbers.converting.has(&name);
                let on = match self.facts.expr(callee).kind {
                    ExprKind::Member { object, .. } => Some(object),
                    _ => None,
                };
                let handed = self.facts.list(args).iter().copied().chain(on.filter(|_| name == "tostring"));
                passes.then(|| {
                    handed.filter(|_| hops > 0).find_map(|arg| self.counted(arg, key, known, hops - 1))
                })?
            }
            ExprKind::Array { items, .. } => {
                self.facts.list(items).iter().find_map(|item| self.counted(*item, key, known, hops))
            }
            ExprKind::Unary { operand, .. } => self.counted(operand, key, known, hops),
            ExprKind::Cast { value, .. } | ExprKind::Await(value) => self.counted(value, key, known, hops),
            _ => None,
        }
    }

    /// The number in a value, where it is one of these variables or a field of one, converted or not.
    fn quantity(&self, expr: ExprId, known: Known<'_>, hops: u32) -> Option<ExprId> {
        let hops = hops.checked_sub(1).filter(|_| self.effort.may_ask())?;
        if known.call == Some(expr) {
            return Some(expr);
        }
        match self.facts.expr(expr).kind {
            ExprKind::Member { .. } | ExprKind::Index { .. } => {
                let root = self.root_var(expr)?;
                let is_known = known.contains(root)
                    || self.names_of(root).first().is_some_and(|name| {
                        self.values_of(*name)
                            .into_iter()
                            .any(|value| self.root_var(value).is_some_and(|var| known.contains(var)))
                    });
                is_known.then_some(expr)
            }
            ExprKind::Name { var: Some(var), .. } if known.contains(var) => Some(expr),
            ExprKind::Name { .. } => {
                let mut values = self.values_of(expr).into_iter();
                values.find_map(|value| self.quantity(value, known, hops))
            }
            ExprKind::Binary { op: BinaryOp::Or | BinaryOp::Coalesce, left, .. } => {
                self.quantity(left, known, hops)
            }
            ExprKind::Unary { operand, .. } => self.quantity(operand, known, hops),
            ExprKind::Cast { value, .. } | ExprKind::Await(value) => self.quantity(value, known, hops),
            ExprKind::Call { callee, args, .. } => {
                let name = self.last_name(callee)?.to_ascii_lowercase();
                let first = self
                    .facts
                    .list(args)
                    .first()
                    .copied()
                    .filter(|_| self.words.numbers.converting.has(&name))?;
                self.quantity(first, known, hops)
            }
            _ => None,
        }
    }

    fn is_text(&self, expr: ExprId) -> bool {
        matches!(self.facts.expr(expr).kind, ExprKind::Template(_))
            || matches!(self.constant(expr), Some(Const::Text(_))) && !self.is_converted(expr, MAX_HOPS)
    }

    /// Whether a value is made a number of: `parseInt(found || '0', 10)`.
    fn is_converted(&self, expr: ExprId, hops: u32) -> bool {
        match self.facts.expr(expr).kind {
            ExprKind::Call { callee, .. } => {
                let name = self.last_name(callee).unwrap_or_default().to_ascii_lowercase();
                self.words.numbers.converting.has(&name)
            }
            ExprKind::Unary { op: UnaryOp::Plus, .. } => true,
            ExprKind::Name { .. } => hops.checked_sub(1).is_some_and(|hops| {
                let values = self.values_of(expr);
                !values.is_empty() && values.into_iter().all(|value| self.is_converted(value, hops))
            }),
            _ => false,
        }
    }

    /// Whether arguments name the field once, as what is set: a second time asks for what it still is. A field that is named nowhere
    /// is not what is set, unless there is only text that names columns.
    fn is_plainly_set(&self, args: &[ExprId], field: Option<ExprId>) -> bool {
        let Some(name) = field.and_then(|field| self.last_name(field)).map(plain) else { return true };
        self.times_named(args, &name) == 1
    }

    /// Whether a function of the tree sets the field, going by its name, or by that of a parameter which holds what is new:
    /// `setStock(id, item.stock - 1)`, `save(id, newStock)`. A parameter called after the field alone may be what is added to another.
    fn is_set_by_helper(
        &self,
        call: ExprId,
        position: usize,
        args: &[ExprId],
        field: Option<ExprId>,
    ) -> bool {
        let Some(name) = field.and_then(|field| self.last_name(field)).map(plain) else { return false };
        let Some(function) = self.called_function(call) else { return false };
        let param = self.facts.params(function).get(position).and_then(|param| param.var);
        let says = |said: Option<Name>, before: &str| {
            let said = said.map(|said| plain(self.facts.name(said))).unwrap_or_default();
            said.starts_with(before) && said.contains(&name)
        };
        let param = param.map(|var| self.facts.var(var).name);
        let says_so =
            says(self.facts.function(function).name, "") || says(param, "new") || says(param, "updated");
        says_so && self.times_named(args, &name) == 0
    }

    fn times_named(&self, args: &[ExprId], name: &str) -> u32 {
        let mut keys = 0;
        for arg in args {
            self.count_keys(*arg, name, &mut keys, MAX_HOPS);
        }
        keys
    }

    /// How often an argument names a field: as a property, as text, or as a word of a longer text.
    fn count_keys(&self, expr: ExprId, name: &str, keys: &mut u32, hops: u32) {
        let Some(hops) = hops.checked_sub(1) else { return };
        match self.facts.expr(expr).kind {
            ExprKind::Object { props, .. } => {
                for prop in self.facts.props(props) {
                    let is_it = matches!(prop.key, PropKey::Name(key) if plain(self.facts.name(key)) == name);
                    *keys += u32::from(is_it);
                    self.count_keys(prop.value, name, keys, hops);
                }
            }
            ExprKind::Array { items, .. } => {
                self.facts.list(items).iter().for_each(|item| self.count_keys(*item, name, keys, hops));
            }
            ExprKind::Unary { operand, .. } => self.count_keys(operand, name, keys, hops),
            _ => {
                let text = match self.constant(expr) {
                    Some(Const::Text(text)) => text,
                    _ => String::new(),
                };
                let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                *keys += u32::try_from(words.filter(|word| plain(word) == name).count()).unwrap_or(1);
            }
        }
    }

    /// The fields of one of these variables that were counted up or down before a call that is handed the variable, or made on it.
    fn counted_fields(&self, call: ExprId, known: Known<'_>) -> Vec<ExprId> {
        let home = self.home(call);
        let before = self.facts.expr(call).span.start;
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return Vec::new() };
        let mut fields = Vec::new();
        for assignment in self.assignments_in(self.root_of(home)) {
            let found = self.facts.expr(*assignment);
            let ExprKind::Assign { op, binds } = found.kind else { continue };
            if found.span.start >= before {
                continue;
            }
            fields.extend(self.facts.binds(binds).iter().filter_map(|bind| {
                let Place::Expr(place) = bind.place else { return None };
                let var = self.root_var(place)?;
                let handed = || {
                    self.args(call).iter().any(|arg| self.names_var(*arg, var)) || self.names_var(callee, var)
                };
                let source = match bind.source {
                    crate::facts::Source::Expr(source) => Some(source),
                    _ => None,
                };
                let own = |source: ExprId| {
                    let counted = self.counted(source, None, known, MAX_HOPS).and_then(|sum| sum.field);
                    counted.is_some_and(|field| {
                        self.last_name(field).map(plain) == self.last_name(place).map(plain)
                    })
                };
                let counts = match op {
                    AssignOp::Update => source.is_none_or(|source| !self.is_text(source)),
                    AssignOp::Set => source.is_some_and(own),
                    _ => false,
                };
                (counts && self.quantity(place, known, MAX_HOPS).is_some() && handed()).then_some(place)
            }));
        }
        fields
    }
}

/// A name without its spelling: `stock_left` and `StockLeft` are one.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
