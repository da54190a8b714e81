//! Which branches of a function a call of it can take: `set(key, value, { nx: true })` runs the branch that asks for `nx`.
//!
//! Owns: the tests of parameters that a call in a function stands under, and answering them for a call of that function. Does
//! not own: what the function does (`summary`).

use rustc_hash::FxHashMap;

use crate::facts::{BinaryOp, ExprId, ExprKind, FuncId, UnaryOp};

use super::View;
use super::flow::{ENTRY, Edge, EdgeKind, Flow, NodeId, NodeKind};
use super::value::{At, Const, Truth};

/// How many tests of parameters of one function are looked at.
const MAX_TESTS: usize = 12;

/// The tests of parameters that must turn out so for a call of a function to be reached.
pub(super) type Conditions = FxHashMap<ExprId, Vec<(ExprId, bool)>>;

/// What is tested of a parameter.
struct Subject<'f> {
    position: usize,
    property: Option<&'f str>,
}

/// Finds the conditions of every call of a function.
pub(super) fn conditions(view: &View<'_>, flow: &Flow) -> Conditions {
    let mut found = Conditions::default();
    let tests = flow.ids().filter_map(|id| match flow.node(id).kind {
        NodeKind::Test(test) if view.tests_parameter(flow.function, test) => Some((id, test)),
        _ => None,
    });
    for (id, test) in tests.take(MAX_TESTS) {
        for (kind, holds) in [(EdgeKind::True, true), (EdgeKind::False, false)] {
            let without = reached_without(flow, id, kind);
            for node in flow.ids().filter(|node| !without[node.index()]) {
                if let NodeKind::Call(call) = flow.node(node).kind {
                    found.entry(call).or_default().push((test, holds));
                }
            }
        }
    }
    // What also stands on a way without the test (a `finally` is laid out on each) is under none.
    found.retain(|call, _| flow.nodes_of(*call).len() == 1);
    found
}

/// The nodes that are reached without one of the edges of a test.
fn reached_without(flow: &Flow, test: NodeId, kind: EdgeKind) -> Vec<bool> {
    let passes = |from: NodeId, edge: &Edge| from != test || edge.kind != kind;
    let mut seen = vec![false; flow.nodes.len()];
    let mut open = vec![ENTRY];
    seen[ENTRY.index()] = true;
    while let Some(at) = open.pop() {
        for edge in flow.node(at).edges.iter().filter(|edge| passes(at, edge)) {
            if !std::mem::replace(&mut seen[edge.to.index()], true) {
                open.push(edge.to);
            }
        }
    }
    seen
}

impl View<'_> {
    fn tests_parameter(&self, function: FuncId, test: ExprId) -> bool {
        match self.facts.expr(test).kind {
            ExprKind::Binary { left, right, .. } => {
                self.subject(function, left).is_some() || self.subject(function, right).is_some()
            }
            _ => self.subject(function, test).is_some(),
        }
    }

    /// `parameter`, `parameter.property`.
    fn subject(&self, function: FuncId, expr: ExprId) -> Option<Subject<'_>> {
        let (whole, property) = match self.facts.expr(expr).kind {
            ExprKind::Member { object, name } => (object, Some(self.facts.name(name))),
            _ => (expr, None),
        };
        let (of, position) = self.param_of(whole)?;
        (of == function).then_some(Subject { position, property })
    }

    /// Whether a call of a function can reach what stands under these conditions.
    pub(super) fn can_reach(&self, call: ExprId, callee: FuncId, conditions: &[(ExprId, bool)]) -> bool {
        conditions.iter().all(|(test, holds)| match self.answer(call, callee, *test) {
            Truth::Yes => *holds,
            Truth::No => !*holds,
            Truth::Unknown => true,
        })
    }

    /// How a test of a parameter turns out for a call.
    fn answer(&self, call: ExprId, callee: FuncId, test: ExprId) -> Truth {
        match self.facts.expr(test).kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => match self.answer(call, callee, operand) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                Truth::Unknown => Truth::Unknown,
            },
            ExprKind::Binary { op, left, right } => {
                let side = |expr: ExprId| match self.subject(callee, expr) {
                    Some(subject) => self.handed_value(call, callee, &subject),
                    None => self.constant(expr),
                };
                match (side(left), side(right)) {
                    (Some(left), Some(right)) => compare(op, &left, &right),
                    _ => Truth::Unknown,
                }
            }
            _ => {
                let Some(subject) = self.subject(callee, test) else { return Truth::Unknown };
                match self.handed_value(call, callee, &subject) {
                    Some(value) => value.truthy().into(),
                    None => self.is_something(call, &subject),
                }
            }
        }
    }

    /// The constant that a call hands over; null for what it leaves out.
    fn handed_value(&self, call: ExprId, callee: FuncId, subject: &Subject<'_>) -> Option<Const> {
        let args = self.args(call);
        if args.iter().any(|arg| matches!(self.facts.expr(*arg).kind, ExprKind::Spread(_))) {
            return None;
        }
        let param = self.facts.params(callee).get(subject.position)?;
        let Some(value) = args.get(subject.position).copied().or(param.default) else {
            return (!param.rest).then_some(Const::Null);
        };
        match subject.property {
            None => self.constant(value),
            Some(property) => match self.property(value, property) {
                At::Expr(value) => self.constant(value),
                At::Missing => Some(Const::Null),
                At::Unknown => None,
            },
        }
    }

    /// Whether what is handed over is some object or function, whichever.
    fn is_something(&self, call: ExprId, subject: &Subject<'_>) -> Truth {
        let Some(value) = self.args(call).get(subject.position) else { return Truth::Unknown };
        let made = matches!(
            self.facts.expr(*value).kind,
            ExprKind::Object { .. } | ExprKind::Array { .. } | ExprKind::Function(_)
        );
        if made && subject.property.is_none() { Truth::Yes } else { Truth::Unknown }
    }
}

fn compare(op: BinaryOp, left: &Const, right: &Const) -> Truth {
    let number = |value: &Const| match value {
        Const::Num(number) | Const::Duration(number) => Some(*number),
        _ => None,
    };
    match (op, number(left), number(right)) {
        (BinaryOp::Eq, Some(a), Some(b)) => ((a - b).abs() < f64::EPSILON).into(),
        (BinaryOp::NotEq, Some(a), Some(b)) => ((a - b).abs() >= f64::EPSILON).into(),
        (BinaryOp::Eq, ..) => (left == right).into(),
        (BinaryOp::NotEq, ..) => (left != right).into(),
        (BinaryOp::Greater, Some(a), Some(b)) => (a > b).into(),
        (BinaryOp::GreaterEq, Some(a), Some(b)) => (a >= b).into(),
        (BinaryOp::Less, Some(a), Some(b)) => (a < b).into(),
        (BinaryOp::LessEq, Some(a), Some(b)) => (a <= b).into(),
        _ => Truth::Unknown,
    }
}
