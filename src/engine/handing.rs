//! Whether what was received is handed on to somebody else, and whether there is anything there that could deal with it.
//!
//! Owns: reading that off calls and tests. Does not own: ways (`ways`).

use crate::facts::words::words;
use crate::facts::{BinaryOp, ExprId, ExprKind, FuncId, PropKey, UnaryOp, VarId};
use crate::program::Entity;
use crate::program::flow::{EdgeKind, NodeId, NodeKind};
use crate::rules::ways::Avoid;

use super::events::Event;
use super::events::branches::subject;
use super::steps::Search;

/// How many variables a message may be handed on through; one that is made of itself ends here.
const MAX_HOPS: u32 = 4;

impl Search<'_, '_> {
    /// Whether a call that is not understood is handed the whole of what an event received, here or in a function of the tree that
    /// takes it out of an object: `settle({ channel, message })`, and there `options.channel.nack(options.message)`.
    pub(super) fn hands_on(&self, call: ExprId, event: &Event) -> bool {
        if self.program.role_use(call).is_some() || self.only_decodes(call) {
            return false;
        }
        // Who hands over a message and what is to be done with it may settle it there.
        if event.expr.is_none() && self.is_param(call) {
            return true;
        }
        let (_, results) = subject(self.program, event);
        let wanted = |var: VarId| event.message == Some(var) || results.get(&var) == Some(&false);
        let args = self.program.args(call);
        if !self.is_understood(call) {
            return args.iter().any(|arg| self.carries(*arg, &wanted, MAX_HOPS));
        }
        let Some(function) = self.program.called_function(call) else { return false };
        args.iter().enumerate().any(|(position, arg)| {
            let keys = self.keys_of(*arg, &wanted);
            !keys.is_empty() && self.hands_part_on(function, position, &keys)
        })
    }

    /// Whether a call is named as one that only makes sense of what it is handed: `parser.ParseInto(msg, &order)`.
    fn only_decodes(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        let words = words(self.program.last_name(callee).unwrap_or_default());
        words.first().is_some_and(|word| self.program.words.functions.decoding.has(word))
    }

    /// Whether a call runs a parameter of the function that is looked at.
    fn is_param(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        self.program.param_of(callee).is_some_and(|(function, _)| function == self.root().function)
    }

    /// Whether what a call runs is known: what a function of this file does is in its summary.
    fn is_understood(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        match self.program.entity(callee).entity {
            Entity::Function(function) => !self.program.facts.function(function).body.is_empty(),
            Entity::Global(_) => true,
            _ => false,
        }
    }

    /// The names under which an object that is written out holds one of these variables.
    fn keys_of(&self, arg: ExprId, wanted: &dyn Fn(VarId) -> bool) -> Vec<String> {
        let facts = self.program.facts;
        let ExprKind::Object { props, .. } = facts.expr(arg).kind else { return Vec::new() };
        let holds = |value: ExprId| matches!(facts.expr(value).kind, ExprKind::Name { var: Some(var), .. } if wanted(var));
        let name = |key: PropKey| match key {
            PropKey::Name(name) => Some(facts.name(name).to_owned()),
            _ => None,
        };
        facts.props(props).iter().filter(|prop| holds(prop.value)).filter_map(|prop| name(prop.key)).collect()
    }

    /// Whether a function hands one of these members of a parameter to a call that is not understood.
    fn hands_part_on(&self, function: FuncId, position: usize, keys: &[String]) -> bool {
        let facts = self.program.facts;
        let param = facts.params(function).get(position).and_then(|param| param.var);
        let is_part = |expr: &ExprId| match facts.expr(*expr).kind {
            ExprKind::Member { object, name } => {
                let of_param = matches!(facts.expr(object).kind, ExprKind::Name { var: Some(var), .. } if Some(var) == param);
                of_param && keys.iter().any(|key| key == facts.name(name))
            }
            _ => false,
        };
        param.is_some()
            && self.program.calls_of(function).iter().any(|call| {
                self.program.role_use(*call).is_none()
                    && !self.is_understood(*call)
                    && self.program.args(*call).iter().any(is_part)
            })
    }

    /// Whether a value is, or is put together from, one of these variables as a whole, by way of so many other variables.
    fn carries(&self, expr: ExprId, wanted: &dyn Fn(VarId) -> bool, hops: u32) -> bool {
        match self.program.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => wanted(var) || self.holds(expr, wanted, hops),
            ExprKind::Object { .. }
            | ExprKind::Array { .. }
            | ExprKind::Unary { .. }
            | ExprKind::Spread(_) => {
                let mut found = false;
                self.program
                    .facts
                    .children(expr, &mut |child| found = found || self.carries(child, wanted, hops));
                found
            }
            _ => false,
        }
    }

    /// Whether a variable is set once, to something that is written out and holds one of these variables: `m := &Job{msg: msg}`.
    fn holds(&self, name: ExprId, wanted: &dyn Fn(VarId) -> bool, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1).filter(|_| self.program.effort.may_ask()) else { return false };
        let facts = self.program.facts;
        let is_made_here = |value: &ExprId| {
            matches!(
                facts.expr(*value).kind,
                ExprKind::Object { .. } | ExprKind::Array { .. } | ExprKind::Unary { .. }
            )
        };
        let value = self.program.single_value(name).filter(is_made_here);
        value.is_some_and(|value| self.carries(value, wanted, hops))
    }

    /// Whether what an event received is sent into a channel as a whole: who receives it there settles it.
    pub(super) fn sends_on(&self, value: ExprId, event: &Event) -> bool {
        let (_, results) = subject(self.program, event);
        let wanted = |var: VarId| event.message == Some(var) || results.get(&var) == Some(&false);
        self.carries(value, &wanted, MAX_HOPS)
    }

    /// The edges on which a test says that what a call with one of these roles is made on is not there: `if (!this.channel) return`.
    pub(super) fn without_object(&self, roles: &[Avoid]) -> Vec<(NodeId, NodeId)> {
        let (program, root) = (self.program, self.root());
        let plays = |event: &&Event| {
            roles.iter().any(|avoid| matches!(avoid, Avoid::Role(role) if event.role == Some(*role)))
        };
        let mut objects: Vec<&str> = Vec::new();
        for call in root.events.iter().filter(plays).filter_map(Event::call) {
            let ExprKind::Call { callee, .. } = program.facts.expr(call).kind else { continue };
            if let ExprKind::Member { object, .. } = program.facts.expr(callee).kind {
                objects.push(bare(program.text_of(object)));
            }
        }
        let is_object = |expr: ExprId| objects.contains(&bare(program.text_of(expr)));
        let mut found = Vec::new();
        for id in root.flow.ids() {
            let NodeKind::Test(test) = root.flow.node(id).kind else { continue };
            let absent = match program.facts.expr(test).kind {
                ExprKind::Unary { op: UnaryOp::Not, operand } if is_object(operand) => EdgeKind::True,
                ExprKind::Binary { op, left, right } if is_null(program, right) && is_object(left) => {
                    match op {
                        BinaryOp::Eq => EdgeKind::True,
                        BinaryOp::NotEq => EdgeKind::False,
                        _ => continue,
                    }
                }
                _ if is_object(test) => EdgeKind::False,
                _ => continue,
            };
            let edges = root.flow.node(id).edges.iter().filter(|edge| edge.kind == absent);
            found.extend(edges.map(|edge| (id, edge.to)));
        }
        found
    }
}

/// The text of an object without what says that it is there: `this.channel!`.
fn bare(text: &str) -> &str {
    text.trim_end_matches(['!', '?'])
}

fn is_null(program: &crate::program::View<'_>, expr: ExprId) -> bool {
    matches!(program.facts.expr(expr).kind, ExprKind::Null)
}
