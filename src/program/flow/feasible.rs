//! Which branches of a function a call of it can take: `set(key, value, { nx: true })` runs the branch that asks for `nx`.
//!
//! Owns: the tests of parameters that a call in a function stands under, and answering them for a call of that function. Does
//! not own: what the function does (`summary`).

use rustc_hash::FxHashMap;

use crate::facts::{BinaryOp, ExprId, ExprKind, FuncId, UnaryOp};
use crate::program::View;
use crate::program::flow::{ENTRY, Edge, EdgeKind, Flow, NodeId, NodeKind};
use crate::program::values::value::{At, Const, Truth};

/// How many tests of parameters of one function are looked at.
const MAX_TESTS: usize = 40;

/// The tests of parameters that must turn out so for a call of a function to be reached.
pub(in crate::program) type Conditions = FxHashMap<ExprId, Vec<(ExprId, bool)>>;

/// What is tested of a parameter.
struct Subject<'f> {
    position: usize,
    property: Option<&'f str>,
}

/// Finds the conditions of every call of a function.
pub(in crate::program) fn conditions(view: &View<'_>, flow: &Flow) -> Conditions {
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
    pub(in crate::program) fn can_reach(
        &self,
        call: ExprId,
        callee: FuncId,
        conditions: &[(ExprId, bool)],
    ) -> bool {
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

#[cfg(test)]
mod tests {
    use crate::program::samples::{function, linked};

    /// The roles that a function plays, in order and without those of its own calls.
    fn roles(text: &str, name: &str) -> String {
        let text = format!("import Redis from 'ioredis';\nconst redis = new Redis();\n{text}");
        linked(&[("a.ts", &text)], |program| {
            let played = &program.summary(function(program, name)).unwrap().roles;
            let roles = played.iter().filter(|played| played.via.is_some());
            let roles = roles.map(|played| program.roles.name(program.role_use(played.expr).unwrap().role));
            roles.collect::<Vec<_>>().join(" ")
        })
    }

    /// The same of a caller that does no more than call the one function of the text.
    fn called(text: &str, call: &str) -> String {
        roles(&format!("{text}\nexport function caller(given, rest) {{\n  return {call};\n}}\n"), "caller")
    }

    #[test]
    fn a_branch_that_asks_for_an_option_runs_for_calls_that_give_it() {
        let put = "async function put(key, value, options) {\n  if (options?.nx) {\n    return redis.setnx(key, value);\n  }\n  \
                   return redis.set(key, value);\n}";
        let both = "kv.set-if-absent kv.set";
        for (call, expected) in [
            ("put('a', 'b', { nx: true })", "kv.set-if-absent"),
            ("put('a', 'b', { nx: 1 })", "kv.set-if-absent"),
            ("put('a', 'b', { nx: false })", "kv.set"),
            ("put('a', 'b', { nx: '' })", "kv.set"),
            ("put('a', 'b', { ttl: 5 })", "kv.set"),
            ("put('a', 'b', {})", "kv.set"),
            ("put('a', 'b', null)", "kv.set"),
            ("put('a', 'b')", "kv.set"),
            ("put('a', 'b', given)", both),
            ("put('a', 'b', { nx: given })", both),
            ("put('a', 'b', { ...given })", both),
            ("put('a', ...rest)", both),
        ] {
            assert_eq!(called(put, call), expected, "{call}");
        }
    }

    #[test]
    fn defaults_count_where_nothing_is_handed_over() {
        let read = "function read(key, fresh = true, limit = 3) {\n  if (!fresh) {\n    return redis.get(key);\n  }\n  \
                    if (limit > 5) {\n    redis.incr(key);\n  }\n  return redis.del(key);\n}";
        for (call, expected) in [
            ("read('a')", "kv.delete"),
            ("read('a', false)", "kv.read"),
            ("read('a', true, 6)", "kv.incr kv.delete"),
            ("read('a', true, given)", "kv.incr kv.delete"),
            ("read('a', given)", "kv.read kv.delete"),
        ] {
            assert_eq!(called(read, call), expected, "{call}");
        }
    }

    #[test]
    fn numbers_and_words_are_compared() {
        let act = "const MANY = 10;\nfunction act(key, count, mode) {\n  if (count >= MANY) redis.incr(key);\n  \
                   if (3 === count) redis.get(key);\n  if (mode === 'drop') redis.del(key);\n  else if (mode !== 'keep') redis.expire(key, 5);\n}";
        for (call, expected) in [
            ("act('a', 10, 'drop')", "kv.incr kv.delete"),
            ("act('a', 9, 'keep')", ""),
            ("act('a', 3, 'other')", "kv.read kv.expire"),
            ("act('a', MANY * 2, given)", "kv.incr kv.delete kv.expire"),
            ("act('a', given, 'keep')", "kv.incr kv.read"),
        ] {
            assert_eq!(called(act, call), expected, "{call}");
        }
        // One that is set again is not what was handed over.
        let again =
            "function act(key, mode) {\n  mode = mode || 'drop';\n  if (mode === 'drop') redis.del(key);\n}";
        assert_eq!(called(again, "act('a', 'keep')"), "kv.delete");
    }

    #[test]
    fn what_runs_whichever_way_a_test_turns_out_is_under_none() {
        let put = "async function put(key, loud) {\n  try {\n    if (loud) await redis.incr(key);\n  } finally {\n    await redis.del(key);\n  }\n}";
        assert_eq!(called(put, "put('a', false)"), "kv.delete");
        assert_eq!(called(put, "put('a', true)"), "kv.incr kv.delete");
        // Two calls deep, each call answers for itself.
        let two = "const inner = (key, set) => set ? redis.set(key, 1) : redis.get(key);\nconst outer = (key) => inner(key, true);";
        assert_eq!(called(two, "outer('a')"), "kv.set");
        assert_eq!(called(two, "inner('a', false)"), "kv.read");
    }
}
