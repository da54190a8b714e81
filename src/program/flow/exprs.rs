//! Builds flows: expressions, in evaluation order; promise chains; closures that run in place.

use crate::facts::{BinaryOp, ExprId, ExprKind, FuncId, FuncKind, UnaryOp};
use crate::models::{Nature, Role, RunKind};
use crate::program::flow::build::Build;
use crate::program::flow::{Context, EdgeKind, NodeId, NodeKind};
use crate::program::values::entity::Entity;
use crate::source::Span;

impl Build<'_, '_> {
    /// An expression as a statement. A promise chain that nobody takes runs beside the rest.
    pub(in crate::program) fn statement(&mut self, expr: ExprId) {
        let inner = match self.program.facts.expr(expr).kind {
            ExprKind::Unary { op: UnaryOp::Void, operand } => operand,
            _ => expr,
        };
        let is_async = self.program.is_async_call(inner);
        if is_async && !self.is_chain(inner) && self.program.is_done_at_once(inner) {
            self.unheard(inner);
        } else if self.is_chain(inner) || is_async {
            let at = self.program.chain_start(inner);
            self.fork(at, |this| this.expr(inner));
        } else {
            self.expr(inner);
        }
    }

    /// A call that is done when it returns, and of whose failure nobody hears: that is in a promise that nobody takes.
    fn unheard(&mut self, call: ExprId) {
        let (after, outer) = (self.join(), self.error_to);
        self.error_to = after;
        self.expr(call);
        self.error_to = outer;
        self.jump(after);
        self.at = Some(after);
    }

    /// `promise.then(…)`, `.catch(…)`, `.finally(…)`.
    fn is_chain(&self, expr: ExprId) -> bool {
        self.chain_link(expr).is_some()
    }

    fn chain_link(&self, expr: ExprId) -> Option<(ExprId, &'static str)> {
        if !self.throws() {
            return None;
        }
        let ExprKind::Call { callee, .. } = self.program.facts.expr(expr).kind else { return None };
        let ExprKind::Member { object, name } = self.program.facts.expr(callee).kind else { return None };
        let link = match self.program.facts.name(name) {
            "then" => "then",
            "catch" => "catch",
            "finally" => "finally",
            _ => return None,
        };
        Some((object, link))
    }

    pub(in crate::program) fn expr(&mut self, expr: ExprId) {
        if self.at.is_none() || self.flow.cut {
            return;
        }
        match self.program.facts.expr(expr).kind {
            ExprKind::Call { .. } => {
                if let Some((object, link)) = self.chain_link(expr) {
                    self.chain(expr, object, link);
                } else {
                    self.operands(expr);
                    self.called(expr);
                }
            }
            ExprKind::Binary {
                op: op @ (BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce),
                left,
                right,
            } => {
                self.short_circuit(op, left, right);
            }
            ExprKind::Cond { test, then, other } => {
                let (yes, no, after) = (self.join(), self.join(), self.join());
                self.cond(test, yes, no);
                for (start, value) in [(yes, then), (no, other)] {
                    self.at = Some(start);
                    self.expr(value);
                    self.jump(after);
                }
                self.at = Some(after);
            }
            ExprKind::Function(_) | ExprKind::Class(_) => {}
            ExprKind::Receive(channel) => {
                self.expr(channel);
                if self.at.is_some() {
                    let span = self.program.facts.expr(expr).span;
                    self.add(NodeKind::Item(channel), span);
                }
            }
            _ => {
                self.operands(expr);
                let span = self.program.facts.expr(expr).span;
                if self.program.role_use(expr).is_some() {
                    self.add(NodeKind::Call(expr), span);
                } else if self.at.is_some() && self.program.noted_in(expr).is_some() {
                    self.add(NodeKind::Noted(expr), span);
                }
            }
        }
    }

    /// The children of an expression, in order.
    pub(in crate::program) fn operands(&mut self, expr: ExprId) {
        let mut children = Vec::new();
        self.program.facts.children(expr, &mut |child| children.push(child));
        for child in children {
            self.expr(child);
        }
    }

    /// A branch: to `yes` when the test holds, to `no` when not.
    pub(in crate::program) fn cond(&mut self, test: ExprId, yes: NodeId, no: NodeId) {
        match self.program.facts.expr(test).kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.cond(operand, no, yes),
            ExprKind::Binary { op: BinaryOp::And, left, right } => {
                let both = self.join();
                self.cond(left, both, no);
                self.at = Some(both);
                self.cond(right, yes, no);
            }
            ExprKind::Binary { op: BinaryOp::Or, left, right } => {
                let neither = self.join();
                self.cond(left, yes, neither);
                self.at = Some(neither);
                self.cond(right, yes, no);
            }
            _ => {
                if let Some(value) = self.decided(test) {
                    return self.jump(if value { yes } else { no });
                }
                self.expr(test);
                if self.at.is_none() {
                    return;
                }
                let node = self.add(NodeKind::Test(test), self.program.facts.expr(test).span);
                self.edge(node, yes, EdgeKind::True);
                self.edge(node, no, EdgeKind::False);
                self.at = None;
            }
        }
    }

    fn short_circuit(&mut self, op: BinaryOp, left: ExprId, right: ExprId) {
        let (more, after) = (self.join(), self.join());
        if op == BinaryOp::And {
            self.cond(left, more, after);
        } else {
            self.cond(left, after, more);
        }
        self.at = Some(more);
        self.expr(right);
        self.jump(after);
        self.at = Some(after);
    }

    /// A call whose operands have been evaluated.
    fn called(&mut self, call: ExprId) {
        if self.at.is_none() {
            return;
        }
        let node = self.add(NodeKind::Call(call), self.call_span(call));
        if self.throws() && self.can_fail(call) {
            let to = self.error_to;
            self.edge(node, to, EdgeKind::Error);
        }
        if self
            .program
            .role_use(call)
            .is_some_and(|used| self.program.roles.name(used.role) == "process.exit")
        {
            self.at = None;
            return;
        }
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return };
        // `(() => { … })()`
        if let ExprKind::Function(function) = self.program.facts.expr(callee).kind {
            self.closure_body(function);
            return;
        }
        for arg in self.program.args(call).to_vec() {
            self.callback(call, arg);
        }
        for (name, _) in self.program.named_for_later(call) {
            self.later(call, |this| {
                this.add(NodeKind::Call(name), this.program.facts.expr(name).span);
            });
        }
    }

    /// What a call runs some time after it.
    fn later(&mut self, call: ExprId, work: impl FnOnce(&mut Self)) {
        let at = self.call_span(call);
        let later = |context: &mut Context| {
            context.later = true;
            context.runners.push(call);
        };
        self.fork(at, |this| this.within(later, work));
    }

    /// A call that was deferred: its operands were evaluated before.
    pub(in crate::program) fn deferred(&mut self, call: ExprId) {
        self.called(call);
    }

    /// A function given to a call.
    fn callback(&mut self, call: ExprId, arg: ExprId) {
        if self.is_kept(call) {
            return;
        }
        let mut closures = Vec::new();
        self.closures_in(arg, &mut closures);
        for closure in closures {
            let handler = self.program.handler(closure);
            let (kind, guard) = match handler {
                Some(handler) => {
                    (handler.kind, handler.run.and_then(|run| self.program.models.runs[run.index()].under))
                }
                None => (RunKind::Inline, None),
            };
            match kind {
                RunKind::Inline => self.run_in_place(call, closure, guard),
                RunKind::Later => self.later(call, |this| this.closure_body(closure)),
                RunKind::Message
                | RunKind::Http
                | RunKind::Event
                | RunKind::Close
                | RunKind::Open
                | RunKind::Schedule => {}
            }
        }
    }

    /// Whether a call only puts what it is handed into a list, for somebody to take it out again.
    fn is_kept(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        let ExprKind::Member { name, .. } = self.program.facts.expr(callee).kind else { return false };
        self.throws() && matches!(self.program.facts.name(name), "push" | "unshift")
    }

    /// Function literals that an argument is, or holds directly.
    fn closures_in(&self, arg: ExprId, found: &mut Vec<FuncId>) {
        match self.program.facts.expr(arg).kind {
            ExprKind::Function(function)
                if self.program.facts.function(function).kind == FuncKind::Closure =>
            {
                found.push(function);
            }
            ExprKind::Cast { value, .. } => self.closures_in(value, found),
            // A closure under a name of its own.
            ExprKind::Name { var: Some(_), .. } => {
                if let Entity::Function(function) = self.program.entity(arg).entity
                    && self.program.facts.function(function).kind == FuncKind::Closure
                    && self.program.handler(function).is_some()
                {
                    found.push(function);
                }
            }
            _ => {}
        }
    }

    /// A callback that runs before control goes on: what takes one is taken to call it.
    fn run_in_place(&mut self, call: ExprId, closure: FuncId, guard: Option<Role>) {
        let is_async = self.program.facts.function(closure).is_async;
        if is_async && self.program.is_dropped(call) && !self.program.is_awaited(call) {
            return self.fork(self.call_span(call), |this| this.closure_body(closure));
        }
        let iterates = self.iterates(call);
        self.within(
            |context| {
                context.callback = true;
                context.guards.extend(guard);
                context.runners.push(call);
                context.in_loop |= iterates;
            },
            |this| this.closure_body(closure),
        );
    }

    /// Whether a call runs its callback for each item of a collection.
    fn iterates(&self, call: ExprId) -> bool {
        const EACH: [&str; 6] = ["forEach", "map", "flatMap", "each", "mapSeries", "eachSeries"];
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        match self.program.facts.expr(callee).kind {
            ExprKind::Member { name, .. } => self.throws() && EACH.contains(&self.program.facts.name(name)),
            _ => false,
        }
    }

    /// `object.then(f, g)`, `object.catch(g)`, `object.finally(f)`.
    fn chain(&mut self, call: ExprId, object: ExprId, link: &'static str) {
        let outer_error = self.error_to;
        let args = self.program.args(call).to_vec();
        let (on_value, on_error) = match link {
            "then" => (args.first().copied(), args.get(1).copied()),
            "catch" => (None, args.first().copied()),
            _ => (args.first().copied(), args.first().copied()),
        };
        let rejected = self.join();
        if on_error.is_some() {
            self.error_to = rejected;
        }
        self.expr(object);
        self.error_to = outer_error;
        let after = self.join();
        if let Some(handler) = on_value {
            self.within(|context| context.finally |= link == "finally", |this| this.chained(handler));
        }
        self.jump(after);
        if let Some(handler) = on_error {
            self.at = Some(rejected);
            let span = self.program.first_line(handler);
            self.within(
                |context| if link == "finally" { context.finally = true } else { context.catch = true },
                |this| {
                    if link != "finally" {
                        this.add(NodeKind::Catch, span);
                    }
                    this.chained(handler);
                },
            );
            match link {
                "finally" => {
                    if let Some(at) = self.at.take() {
                        self.edge(at, outer_error, EdgeKind::Error);
                    }
                }
                _ => self.jump(after),
            }
        }
        self.at = Some(after);
    }

    fn function_of(&self, expr: ExprId) -> Option<FuncId> {
        match self.program.facts.expr(expr).kind {
            ExprKind::Function(function) => Some(function),
            _ => None,
        }
    }

    /// A function in a promise chain, literal or by name.
    fn chained(&mut self, handler: ExprId) {
        match self.function_of(handler) {
            Some(function) => self.closure_body(function),
            None => self.expr(handler),
        }
    }

    /// Whether a call can fail in a way that matters to what comes after it.
    fn can_fail(&self, call: ExprId) -> bool {
        if let Some(used) = self.program.role_use(call) {
            return !self.program.roles.is(used.role, Nature::Harmless);
        }
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        match self.program.entity(callee).entity {
            Entity::Global(_) | Entity::Literal(_) => false,
            Entity::Function(_) => true,
            // A method that nobody waits for is taken to be a look-up or a conversion.
            _ => {
                self.program.is_awaited(call)
                    || !matches!(self.program.facts.expr(callee).kind, ExprKind::Member { .. })
            }
        }
    }

    /// Where a call is shown: up to the name it calls, not its arguments.
    fn call_span(&self, call: ExprId) -> Span {
        self.program.call_span(call)
    }
}
