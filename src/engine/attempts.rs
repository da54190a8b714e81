//! How often a call is made again when it fails, and what ends that.
//!
//! Owns: the attempts of a cycle, and where they are used up. Does not own: what a repetition is (`repeats`), or how often a call is made in all (`product`).

use crate::facts::{AssignOp, BinaryOp, ExprId, ExprKind, Place, PropKey, Source, UnaryOp, VarId, VarKind};
use crate::program::flow::{EdgeKind, NodeId, NodeKind};
use crate::program::recurrence::trend::Trend;
use crate::program::values::value::Const;
use crate::rules::repeated::Attempts;

use super::cycles::Cycle;
use super::events::{Event, Root};
use super::steps::Search;

/// How many joins and calls may stand before what a case of a `select` receives.
const MOST_BEFORE_RECEIVE: usize = 6;

impl Search<'_, '_> {
    /// How often a cycle goes round.
    pub(super) fn attempts(&self, event: &Event, cycle: &Cycle) -> (Attempts, Option<u32>) {
        let flow = self.root().flow;
        let (mut bounded, mut stopped, mut count) = (false, false, None);
        for id in flow.ids().filter(|id| cycle.holds(*id)) {
            match flow.node(id).kind {
                NodeKind::Test(test) if cycle.leaves(flow, id) => {
                    if self.is_bound(test, cycle) {
                        bounded = true;
                        count = count.or_else(|| self.count(test, cycle));
                    } else {
                        stopped |= self.tells_of_end(test);
                    }
                }
                NodeKind::Item(over) => {
                    bounded |= self.is_bounding(over);
                    count = count.or_else(|| self.program.length(over).or_else(|| self.whole(over)));
                }
                NodeKind::Call(call) => stopped |= self.tells_of_end(call),
                _ => {}
            }
            stopped |= flow.node(id).edges.iter().any(|edge| self.ends_by_message(edge.to, cycle));
        }
        bounded |=
            cycle.again.iter().filter_map(|node| self.call_at(*node)).any(|call| self.is_counted_by(call));
        // A second attempt that knows that it is one.
        if self.hands_itself_a_flag(cycle) {
            return (Attempts::Bounded, Some(2));
        }
        match (bounded, stopped || self.serves(event, cycle)) {
            (true, _) => (Attempts::Bounded, count),
            (false, true) => (Attempts::UntilStopped, None),
            (false, false) => (Attempts::Endless, None),
        }
    }

    /// Whether a loop goes on after a success too: a service is there to go on. One that keeps a connection open is not done with
    /// the same work when that ends.
    pub(super) fn serves(&self, event: &Event, cycle: &Cycle) -> bool {
        let opens = event.role.is_some() && event.role == self.program.roles.get("socket.open");
        cycle.loops && !opens && self.succeeds_to(event, cycle, &|node| cycle.turns(node), false)
    }

    /// Whether a way out of a cycle is taken when a message arrives: `case <-quit: return`.
    fn ends_by_message(&self, node: NodeId, cycle: &Cycle) -> bool {
        let node = self.first_received(node, cycle);
        match self.root().flow.node(node).kind {
            // A timer that ends the loop gives it so long and no longer.
            NodeKind::Item(over) => {
                !cycle.holds(node) && self.is_received(over) && (cycle.loops || !self.is_timer(over))
            }
            _ => false,
        }
    }

    /// What the case of a `select` that a way out begins with receives: joins, and the calls that give the channel
    /// (`<-ctx.Done()`), stand before it.
    fn first_received(&self, node: NodeId, cycle: &Cycle) -> NodeId {
        let flow = self.root().flow;
        let mut at = node;
        for _ in 0..MOST_BEFORE_RECEIVE {
            let is_before =
                matches!(flow.node(at).kind, NodeKind::Join | NodeKind::Call(_)) && !cycle.holds(at);
            match flow.successors(at, |kind| kind == EdgeKind::Next)[..] {
                [next] if is_before => at = next,
                _ => break,
            }
        }
        at
    }

    fn is_timer(&self, over: ExprId) -> bool {
        let used = self.program.role_use(over);
        used.is_some_and(|used| self.program.roles.name(used.role).starts_with("time."))
    }

    /// Whether the helper by way of which the function runs again counts the attempts.
    fn is_counted_by(&self, call: ExprId) -> bool {
        let helper = self.program.called_function(call).filter(|helper| *helper != self.root().function);
        let root = helper.and_then(|helper| Root::of(self.program, helper));
        root.is_some_and(|root| {
            root.flow.ids().any(|id| match root.flow.node(id).kind {
                NodeKind::Test(test) => self.used_up(test).is_some(),
                _ => false,
            })
        })
    }

    /// Whether something tells that whoever asked for it has gone, or that the process ends.
    fn tells_of_end(&self, expr: ExprId) -> bool {
        self.program.words.attempts.stopping.is_in(self.program.text_of(expr))
    }

    /// A loop over a collection ends with it; one over a channel does not.
    fn is_bounding(&self, over: ExprId) -> bool {
        !self.is_received(over)
    }

    /// `return this.call(request, true)`: a second attempt that knows that it is one, and makes no third.
    fn hands_itself_a_flag(&self, cycle: &Cycle) -> bool {
        let program = self.program;
        let is_flag =
            |arg: &ExprId| matches!(program.facts.expr(*arg).kind, ExprKind::Bool(_) | ExprKind::Str(_));
        let direct = |call: &ExprId| program.runs_again_itself(*call, self.root().function);
        let mut calls = cycle.again.iter().filter_map(|node| self.call_at(*node)).filter(direct);
        calls.any(|call| {
            let params = program.called_function(call).map_or(&[][..], |called| program.facts.params(called));
            program.args(call).iter().enumerate().any(|(at, arg)| {
                let param = params.get(at).and_then(|param| param.var);
                is_flag(arg) && param.is_none_or(|flag| self.ends_by(flag, cycle))
                    || param.is_none() && self.hands_part_that_ends(*arg, cycle)
            })
        })
    }

    /// `return call({ ...request, isRetrying: true })`, where the function takes its parameter apart and a look at that part
    /// ends the rounds.
    fn hands_part_that_ends(&self, arg: ExprId, cycle: &Cycle) -> bool {
        let (program, flow) = (self.program, self.root().flow);
        let ExprKind::Object { props, .. } = program.facts.expr(arg).kind else { return false };
        program.facts.props(props).iter().any(|prop| {
            let PropKey::Name(key) = prop.key else { return false };
            let key = program.facts.name(key);
            let is_set = matches!(program.facts.expr(prop.value).kind, ExprKind::Bool(_));
            is_set
                && flow.ids().any(|id| match flow.node(id).kind {
                    NodeKind::Test(test) if cycle.holds(id) && cycle.leaves(flow, id) => {
                        let asked = match program.facts.expr(test).kind {
                            ExprKind::Unary { op: UnaryOp::Not, operand } => operand,
                            _ => test,
                        };
                        program.last_name(asked) == Some(key)
                    }
                    _ => false,
                })
        })
    }

    /// Whether a look at a flag may end the rounds. One that only decides what is said of them does not.
    fn ends_by(&self, flag: VarId, cycle: &Cycle) -> bool {
        let flow = self.root().flow;
        let looks = |id: NodeId| matches!(flow.node(id).kind, NodeKind::Test(test) if self.program.names_var(test, flag));
        let mut tests = flow.ids().filter(|id| cycle.holds(*id) && looks(*id)).peekable();
        // What is not looked at here is looked at in what it is handed on to.
        tests.peek().is_none() || tests.any(|id| cycle.leaves(flow, id))
    }

    /// Whether a test bounds the rounds: by a count or by the clock.
    fn is_bound(&self, test: ExprId, cycle: &Cycle) -> bool {
        let program = self.program;
        let rounds = self.rounds(cycle);
        let changes = |expr: ExprId| program.trend(expr, &rounds) == Trend::Growing;
        let text = program.text_of(test).to_ascii_lowercase();
        program.words.attempts.clock.is_in(&text)
            || self.used_up(test).is_some()
            || changes(test)
            || self.counted_off(test).is_some()
            || self.falling(test, cycle).is_some()
            || self.asks_for_none_left(test)
    }

    /// Whether a test asks if attempts are left, by their name: `retries <= 0`, where they come as a part of what is handed on.
    fn asks_for_none_left(&self, test: ExprId) -> bool {
        let program = self.program;
        let ExprKind::Binary { left, right, .. } = program.facts.expr(test).kind else { return false };
        let is_none = matches!(program.constant(right), Some(Const::Num(number)) if number == 0.0);
        let name = program.last_name(left).unwrap_or_default().to_ascii_lowercase();
        is_none && program.words.attempts.left.is_in(&name)
    }

    /// The edges on which a count of attempts is found to be used up, after an event.
    pub(super) fn exhaustions(&self, event: &Event) -> Vec<(NodeId, NodeId)> {
        let flow = self.root().flow;
        let counted = |id: &NodeId| match flow.node(*id).kind {
            NodeKind::Test(test) => self.used_up(test).map(|used_up| (*id, test, used_up)),
            _ => None,
        };
        let counts: Vec<(NodeId, ExprId, EdgeKind)> = flow.ids().filter_map(|id| counted(&id)).collect();
        let mut found = Vec::new();
        for (id, test, used_up) in &counts {
            // The condition of a loop is not what ends it where its body asks for the last round and leaves.
            let is_told_before = *used_up == EdgeKind::False
                && counts.iter().any(|(sooner, asked, ends)| {
                    *ends == EdgeKind::True
                        && self.asks_of_last(*asked, *test)
                        && flow
                            .reach(
                                flow.successors(*sooner, |kind| kind == *ends),
                                &|_, _| true,
                                &|_| false,
                                &|at| at == *id,
                            )
                            .is_none()
                });
            if is_told_before || !event.nodes.iter().any(|from| flow.comes_after(*from, *id)) {
                continue;
            }
            found.extend(flow.successors(*id, |kind| kind == *used_up).into_iter().map(|to| (*id, to)));
        }
        found
    }

    /// Whether a test asks in the round itself whether it is the last that another test lets in: `attempt === max` or
    /// `attempt >= max - 1` within `attempt < max`.
    fn asks_of_last(&self, asked: ExprId, bound: ExprId) -> bool {
        let sides = |test: ExprId| match self.program.facts.expr(test).kind {
            ExprKind::Binary { left, right, .. } => {
                Some((self.program.text_of(left), self.program.text_of(right)))
            }
            _ => None,
        };
        let (Some((count, most)), Some((counted, limit))) = (sides(asked), sides(bound)) else {
            return false;
        };
        count == counted
            && (most == limit
                || most.strip_prefix(limit).is_some_and(|rest| rest.trim_start().starts_with('-')))
    }

    /// The edge of a test on which attempts are used up, if that is what it tests.
    pub(super) fn used_up(&self, test: ExprId) -> Option<EdgeKind> {
        let ExprKind::Binary { op, left, right } = self.program.facts.expr(test).kind else { return None };
        let known = &self.program.words.attempts;
        let counts = |expr: ExprId| known.counted.is_in(&self.program.text_of(expr).to_ascii_lowercase());
        let is_limit = |expr: ExprId| {
            known.limits.is_in(&self.program.text_of(expr).to_ascii_lowercase())
                || matches!(self.program.constant(expr), Some(crate::program::values::value::Const::Num(n)) if n >= 1.0)
        };
        let (grows_left, grows_right) = (counts(left) && is_limit(right), counts(right) && is_limit(left));
        match op {
            BinaryOp::Greater | BinaryOp::GreaterEq if grows_left => Some(EdgeKind::True),
            BinaryOp::Less | BinaryOp::LessEq if grows_left => Some(EdgeKind::False),
            BinaryOp::Less | BinaryOp::LessEq if grows_right => Some(EdgeKind::True),
            BinaryOp::Greater | BinaryOp::GreaterEq if grows_right => Some(EdgeKind::False),
            BinaryOp::Eq if grows_left || grows_right => Some(EdgeKind::True),
            _ => None,
        }
    }

    /// The variable that a test itself takes one off, or adds one to: `while (left--)`.
    fn counted_off(&self, test: ExprId) -> Option<VarId> {
        match self.program.facts.expr(test).kind {
            ExprKind::Assign { op: AssignOp::Update, binds } => {
                self.program.facts.binds(binds).iter().find_map(|bind| match bind.place {
                    Place::Var(var) => Some(var),
                    _ => None,
                })
            }
            ExprKind::Binary { left, right, .. } => {
                self.counted_off(left).or_else(|| self.counted_off(right))
            }
            _ => None,
        }
    }

    /// How often a test lets a cycle go round.
    fn count(&self, test: ExprId, cycle: &Cycle) -> Option<u32> {
        // What each round makes less says how many are left, not how many have been: `if (left > 1) …`.
        if self.falling(test, cycle).is_some() {
            return self.count_down(test, cycle);
        }
        self.count_up(test, cycle).or_else(|| self.count_down(test, cycle))
    }

    /// The variable that a test compares and that each round makes less.
    fn falling(&self, test: ExprId, cycle: &Cycle) -> Option<VarId> {
        let sides = match self.program.facts.expr(test).kind {
            ExprKind::Binary { left, right, .. } => vec![left, right],
            ExprKind::Unary { op: UnaryOp::Not, operand } => vec![operand],
            _ => vec![test],
        };
        let mut vars = sides.into_iter().filter_map(|side| self.program.facts_var(side));
        vars.find(|var| self.falls(*var, cycle))
    }

    fn count_up(&self, test: ExprId, cycle: &Cycle) -> Option<u32> {
        let ExprKind::Binary { op, left, right } = self.program.facts.expr(test).kind else { return None };
        let rounds = self.rounds(cycle);
        let changes = |expr| self.program.trend(expr, &rounds) == Trend::Growing;
        let (limit, counter, swapped) = match (self.whole(left), self.whole(right)) {
            (None, Some(limit)) if changes(left) => (limit, left, false),
            (Some(limit), None) if changes(right) => (limit, right, true),
            _ => return None,
        };
        let inclusive = match op {
            BinaryOp::LessEq | BinaryOp::Greater => !swapped,
            BinaryOp::GreaterEq | BinaryOp::Less => swapped,
            _ => false,
        };
        let count = limit + u32::from(inclusive);
        // In the head of a loop, what begins at one is a round less. Elsewhere the last attempt comes after the last test.
        let fewer = cycle.loops && self.begins_at_one(counter) && inclusive;
        (limit > 0).then_some(count - u32::from(fewer))
    }

    /// The same where each round takes one off until none is left: `load(id, retries - 1)`.
    fn count_down(&self, test: ExprId, cycle: &Cycle) -> Option<u32> {
        let program = self.program;
        let (counter, least, ends) = match program.facts.expr(test).kind {
            ExprKind::Binary { op, left, right } => {
                let ends = matches!(op, BinaryOp::Eq | BinaryOp::LessEq | BinaryOp::GreaterEq);
                match (self.whole(left), self.whole(right)) {
                    (None, Some(least)) => (left, least, ends),
                    (Some(least), None) => (right, least, ends),
                    _ => return None,
                }
            }
            ExprKind::Unary { op: UnaryOp::Not, operand } => (operand, 0, true),
            _ => (test, 0, false),
        };
        let var = program.facts_var(counter).or_else(|| self.counted_off(counter));
        let var = var.filter(|var| self.falls(*var, cycle))?;
        let first = match program.facts.var(var).kind {
            VarKind::Param(_) => program.most_handed(var).and_then(small),
            // What stands in a field is set by whoever makes the object.
            _ => program
                .first_value(var)
                .filter(|first| !matches!(program.facts.expr(*first).kind, ExprKind::Member { .. }))
                .and_then(|first| self.whole(first)),
        };
        // In the head of a loop it is asked before each attempt, elsewhere after each.
        Some(first?.checked_sub(least)? + u32::from(ends || !cycle.loops))
    }

    /// Whether each round makes a variable less.
    fn falls(&self, var: VarId, cycle: &Cycle) -> bool {
        let program = self.program;
        let is_less = |value: &ExprId| match program.facts.expr(*value).kind {
            ExprKind::Binary { op: BinaryOp::Sub, left, .. } => program.facts_var(left) == Some(var),
            _ => false,
        };
        let is_taken_off = |assignment: &ExprId| match program.facts.expr(*assignment).kind {
            ExprKind::Assign { op, binds } => {
                let text = program.text_of(*assignment);
                op == AssignOp::Update && (text.contains("--") || text.contains("-="))
                    || program.facts.binds(binds).iter().any(|bind| match bind.source {
                        Source::Expr(value) => is_less(&value),
                        _ => false,
                    })
            }
            _ => false,
        };
        let again = cycle.again.iter().filter_map(|node| self.call_at(*node));
        again.flat_map(|call| program.args(call)).any(is_less)
            || program.settings_of(var).iter().any(is_taken_off)
    }

    /// The number that an expression is, also the length of a list that is written out.
    fn whole(&self, expr: ExprId) -> Option<u32> {
        match self.program.constant(expr) {
            Some(Const::Num(number)) => small(number),
            Some(_) => None,
            None => self.program.length_asked(expr).or_else(|| self.greater_of_two(expr)),
        }
    }

    /// The greater of two numbers that a condition chooses from: `const attempts = retry ? 2 : 1`.
    fn greater_of_two(&self, expr: ExprId) -> Option<u32> {
        let program = self.program;
        let value = program.facts_var(expr).and_then(|var| program.first_value(var)).unwrap_or(expr);
        let ExprKind::Cond { then, other, .. } = program.facts.expr(value).kind else { return None };
        let number = |value| match program.constant(value) {
            Some(Const::Num(number)) => small(number),
            _ => None,
        };
        Some(number(then)?.max(number(other)?))
    }

    /// Whether a counter begins at one: `for (let i = 1; i <= 3; i++)`.
    fn begins_at_one(&self, counter: ExprId) -> bool {
        let first = self.program.facts_var(counter).and_then(|var| self.program.first_value(var));
        let first = first.and_then(|value| self.program.constant(value));
        matches!(first, Some(Const::Num(number)) if (number - 1.0).abs() < f64::EPSILON)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be small and positive"
)]
fn small(number: f64) -> Option<u32> {
    (0.0..1000.0).contains(&number).then_some(number as u32)
}
