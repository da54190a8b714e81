//! Builds flows: statements. Expressions are in `exprs`.

use smallvec::SmallVec;

use crate::facts::{Block, Case, ExprId, ExprKind, FuncId, LoopKind, Name, StmtId, StmtKind, SwitchKind};
use crate::program::View;
use crate::program::flow::{Context, ENTRY, EXIT, Edge, EdgeKind, FAIL, Flow, Node, NodeId, NodeKind};
use crate::program::values::value::Const;
use crate::source::{Ecosystem, Span};

/// How many nodes one function may have; what is beyond is left out and the flow marked.
const MAX_NODES: usize = 20_000;

/// A flow in the making.
pub(in crate::program) struct Build<'p, 'a> {
    pub(in crate::program) program: &'p View<'a>,
    pub(in crate::program) flow: Flow,
    /// Where control is; none after a jump.
    pub(in crate::program) at: Option<NodeId>,
    pub(in crate::program) context: Context,
    context_id: u32,
    /// The file of the function whose body is being laid out.
    file: usize,
    /// Where an error goes.
    pub(in crate::program) error_to: NodeId,
    frame: Frame,
    finals: Vec<Block>,
    loops: Vec<Loop>,
    /// Closures that are part of this flow.
    pub(in crate::program) inlined: Vec<FuncId>,
    /// Closures whose body is being laid out.
    nesting: Vec<FuncId>,
}

/// A function whose body is being laid out: the root or a closure within it.
struct Frame {
    return_to: NodeId,
    /// Where what it throws, or a promise of its that is rejected, lands.
    fails_to: NodeId,
    is_root: bool,
    finals: usize,
    loops: usize,
    defers: Vec<ExprId>,
}

struct Loop {
    label: Option<Name>,
    /// `switch` takes breaks but no continues.
    continue_to: Option<NodeId>,
    break_to: NodeId,
    finals: usize,
}

/// Builds the flow of a function; also tells which closures it took in.
pub(in crate::program) fn build(program: &View<'_>, function: FuncId) -> (Flow, Vec<FuncId>) {
    let mut build = Build {
        program,
        flow: Flow::of(function, program.head(function)),
        at: Some(ENTRY),
        context: Context::default(),
        context_id: 0,
        file: program.file_of(function),
        error_to: FAIL,
        frame: Frame {
            return_to: EXIT,
            fails_to: FAIL,
            is_root: true,
            finals: 0,
            loops: 0,
            defers: Vec::new(),
        },
        finals: Vec::new(),
        loops: Vec::new(),
        inlined: Vec::new(),
        nesting: Vec::new(),
    };
    if program.is_module(function) {
        for decorator in crate::program::index::decorators(program.facts, program.part()) {
            build.expr(decorator);
        }
    }
    build.block(program.facts.function(function).body);
    build.run_defers();
    build.jump(EXIT);
    (build.flow.complete(), build.inlined)
}

impl Build<'_, '_> {
    /// Adds a node after the current one and goes there.
    pub(in crate::program) fn add(&mut self, kind: NodeKind, span: Span) -> NodeId {
        let id = self.detached_node(kind, span);
        if let Some(at) = self.at {
            self.edge(at, id, EdgeKind::Next);
        }
        self.at = Some(id);
        id
    }

    /// Adds a node that nothing leads to yet.
    #[expect(clippy::cast_possible_truncation, reason = "bounded by MAX_NODES")]
    pub(in crate::program) fn detached_node(&mut self, kind: NodeKind, span: Span) -> NodeId {
        let id = NodeId(self.flow.nodes.len() as u32);
        let place = self.program.place(self.file, span);
        self.flow.nodes.push(Node { kind, place, context: self.context_id, edges: SmallVec::new() });
        self.flow.cut |= self.flow.nodes.len() > MAX_NODES;
        id
    }

    pub(in crate::program) fn join(&mut self) -> NodeId {
        self.detached_node(NodeKind::Join, Span::default())
    }

    pub(in crate::program) fn edge(&mut self, from: NodeId, to: NodeId, kind: EdgeKind) {
        self.flow.nodes[from.index()].edges.push(Edge { to, kind });
    }

    /// Goes to a node and stops there.
    pub(in crate::program) fn jump(&mut self, to: NodeId) {
        if let Some(at) = self.at.take() {
            self.edge(at, to, EdgeKind::Next);
        }
    }

    /// Goes to a node and on from there.
    pub(in crate::program) fn go_on(&mut self, to: NodeId) {
        self.jump(to);
        self.at = Some(to);
    }

    /// Does something in a changed context.
    #[expect(clippy::cast_possible_truncation, reason = "no more contexts than nodes")]
    pub(in crate::program) fn within(
        &mut self,
        change: impl FnOnce(&mut Context),
        work: impl FnOnce(&mut Self),
    ) {
        let before = (self.context.clone(), self.context_id);
        change(&mut self.context);
        if self.context != before.0 {
            self.context_id = self.flow.contexts.len() as u32;
            self.flow.contexts.push(self.context.clone());
        }
        work(self);
        (self.context, self.context_id) = before;
    }

    /// Lays out the body of a closure from here; control comes out at its returns.
    pub(in crate::program) fn closure_body(&mut self, function: FuncId) {
        if self.flow.cut || self.nesting.contains(&function) {
            return;
        }
        if !self.inlined.contains(&function) {
            self.inlined.push(function);
        }
        self.nesting.push(function);
        let after = self.join();
        let frame = Frame {
            return_to: after,
            fails_to: self.error_to,
            is_root: false,
            finals: self.finals.len(),
            loops: self.loops.len(),
            defers: Vec::new(),
        };
        let outer = std::mem::replace(&mut self.frame, frame);
        let outer_file = std::mem::replace(&mut self.file, self.program.file_of(function));
        self.block(self.program.facts.function(function).body);
        self.run_defers();
        self.jump(after);
        self.file = outer_file;
        self.frame = outer;
        self.nesting.pop();
        self.at = Some(after);
    }

    pub(in crate::program) fn block(&mut self, block: Block) {
        for stmt in self.program.facts.block(block) {
            if self.at.is_none() || self.flow.cut {
                return;
            }
            self.stmt(*stmt);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let stmt = self.program.facts.stmt(id);
        match stmt.kind {
            StmtKind::Expr(expr) => self.statement(expr),
            StmtKind::If { test, then, other } => {
                let (yes, no, after) = (self.join(), self.join(), self.join());
                self.cond(test, yes, no);
                for (start, block) in [(yes, then), (no, other)] {
                    self.at = Some(start);
                    self.block(block);
                    self.jump(after);
                }
                self.at = Some(after);
            }
            StmtKind::Loop { .. } => self.within(|context| context.in_loop = true, |this| this.loop_stmt(id)),
            StmtKind::Switch { kind, subject, cases } => {
                self.switch(kind, subject, &self.program.facts.cases[cases.range()]);
            }
            StmtKind::Try { body, catch, finally } => self.try_stmt(body, catch, finally, stmt.span),
            StmtKind::Defer(call) => {
                self.operands(call);
                self.frame.defers.push(call);
            }
            StmtKind::Go(call) => self.fork(stmt.span, |this| this.expr(call)),
            StmtKind::Return(values) => {
                for value in self.program.facts.list(values) {
                    self.returned(*value);
                }
                if self.frame.is_root {
                    self.add(NodeKind::Return(values), stmt.span);
                }
                self.leave(self.frame.finals);
                self.run_defers();
                let to = self.frame.return_to;
                self.jump(to);
            }
            StmtKind::Throw(value) => {
                self.expr(value);
                let to = self.error_to;
                self.add(NodeKind::Throw, stmt.span);
                if let Some(at) = self.at.take() {
                    self.edge(at, to, EdgeKind::Error);
                }
            }
            StmtKind::Break(label) => self.break_out(label),
            StmtKind::Continue(label) => {
                self.add(NodeKind::Continue, stmt.span);
                self.continue_loop(label);
            }
            StmtKind::Send { channel, value } => {
                self.expr(channel);
                self.expr(value);
                if self.at.is_some() {
                    let span = self.program.facts.expr(value).span;
                    self.add(NodeKind::Sent { channel, value }, span);
                }
            }
            StmtKind::Block(block) => self.block(block),
        }
    }

    /// A value that is returned. A promise that is not awaited is rejected later: a `catch` around never hears of it.
    fn returned(&mut self, value: ExprId) {
        if !self.throws() || !self.is_promise(value) {
            return self.expr(value);
        }
        let outer = std::mem::replace(&mut self.error_to, self.frame.fails_to);
        self.expr(value);
        self.error_to = outer;
    }

    fn is_promise(&self, value: ExprId) -> bool {
        let facts = self.program.facts;
        match facts.expr(value).kind {
            ExprKind::Cast { value, .. } => self.is_promise(value),
            ExprKind::Call { .. } => {
                self.program.role_use(value).is_some() || self.program.is_async_call(value)
            }
            _ => false,
        }
    }

    fn loop_stmt(&mut self, id: StmtId) {
        let StmtKind::Loop { kind, test, over, item, update, body, label } = self.program.facts.stmt(id).kind
        else {
            return;
        };
        if let Some(over) = over {
            self.expr(over);
        }
        let (head, inside, next, after) = (self.join(), self.join(), self.join(), self.join());
        self.go_on(if kind == LoopKind::DoWhile { inside } else { head });
        if kind != LoopKind::DoWhile {
            self.loop_test(kind, test, inside, after);
        }
        self.at = Some(inside);
        if let Some(over) = over {
            let span = item.map_or_else(
                || self.program.facts.expr(over).span,
                |item| self.program.facts.expr(item).span,
            );
            self.add(NodeKind::Item(over), span);
        }
        self.loops.push(Loop { label, continue_to: Some(next), break_to: after, finals: self.finals.len() });
        self.block(body);
        self.loops.pop();
        self.go_on(next);
        if let Some(update) = update {
            self.expr(update);
        }
        if kind == LoopKind::DoWhile {
            let again = self.join();
            self.loop_test(kind, test, again, after);
            self.edge(again, inside, EdgeKind::Back);
        } else if let Some(at) = self.at.take() {
            self.edge(at, head, EdgeKind::Back);
        }
        self.at = Some(after);
    }

    fn loop_test(&mut self, kind: LoopKind, test: Option<ExprId>, inside: NodeId, after: NodeId) {
        match (kind, test) {
            (LoopKind::Forever, _) => self.jump(inside),
            (_, Some(test)) => self.cond(test, inside, after),
            (LoopKind::Each | LoopKind::EachAwait | LoopKind::Keys, None) => {
                if let Some(at) = self.at {
                    self.edge(at, after, EdgeKind::Next);
                }
                self.jump(inside);
            }
            (_, None) => self.jump(inside),
        }
    }

    fn switch(&mut self, kind: SwitchKind, subject: Option<ExprId>, cases: &[Case]) {
        if let Some(subject) = subject {
            self.expr(subject);
        }
        let after = self.join();
        let from = self.at;
        self.loops.push(Loop { label: None, continue_to: None, break_to: after, finals: self.finals.len() });
        let bodies: Vec<NodeId> = cases.iter().map(|_| self.join()).collect();
        // A switch without a subject (Go) tests its cases as conditions, one after the other.
        let is_chain = subject.is_none() && kind == SwitchKind::Value;
        let mut default = None;
        for (case, body) in cases.iter().zip(&bodies) {
            let tests = self.program.facts.list(case.tests);
            if tests.is_empty() {
                default = Some(*body);
            } else if is_chain {
                for test in tests {
                    let no = self.join();
                    self.cond(*test, *body, no);
                    self.at = Some(no);
                }
            } else {
                self.at = from;
                if kind != SwitchKind::Select {
                    for test in tests {
                        self.expr(*test);
                    }
                }
                self.jump(*body);
            }
        }
        // Where no case holds.
        let none = if is_chain { self.at } else { from };
        if let Some(body) = default {
            self.at = none;
            self.jump(body);
        }
        for (position, (case, body)) in cases.iter().zip(&bodies).enumerate() {
            self.at = Some(*body);
            self.block(case.body);
            let next = bodies.get(position + 1).filter(|_| case.falls_through);
            self.jump(*next.unwrap_or(&after));
        }
        self.loops.pop();
        self.at = none;
        if default.is_none() && kind != SwitchKind::Select || cases.is_empty() {
            self.jump(after);
        }
        self.at = Some(after);
    }

    fn try_stmt(&mut self, body: Block, catch: Option<(Span, Block)>, finally: Block, span: Span) {
        let after = self.join();
        let outer_error = self.error_to;
        // An error that nobody here catches runs the finally block and goes on outwards.
        let uncaught = if finally.is_empty() { outer_error } else { self.join() };
        let caught = self.join();
        if !finally.is_empty() {
            self.finals.push(finally);
        }
        self.error_to = if catch.is_some() { caught } else { uncaught };
        self.block(body);
        let body_end = self.at.take();
        self.error_to = uncaught;
        let mut catch_end = None;
        if let Some((at, block)) = catch {
            self.at = Some(caught);
            self.within(
                |context| context.catch = true,
                |this| {
                    this.add(NodeKind::Catch, at);
                    this.block(block);
                },
            );
            catch_end = self.at.take();
        }
        self.error_to = outer_error;
        let normal = self.detached_node(NodeKind::Join, span);
        for end in [body_end, catch_end].into_iter().flatten() {
            self.edge(end, normal, EdgeKind::Next);
        }
        self.at = (body_end.is_some() || catch_end.is_some()).then_some(normal);
        if finally.is_empty() {
            self.jump(after);
        } else {
            self.finals.pop();
            self.finally_block(finally);
            self.jump(after);
            self.at = Some(uncaught);
            self.finally_block(finally);
            if let Some(at) = self.at.take() {
                self.edge(at, outer_error, EdgeKind::Error);
            }
        }
        self.at = Some(after);
    }

    fn finally_block(&mut self, block: Block) {
        if self.at.is_some() {
            self.within(|context| context.finally = true, |this| this.block(block));
        }
    }

    /// Runs the finally blocks that a jump out to depth `down_to` passes.
    fn leave(&mut self, down_to: usize) {
        let passed = self.finals.split_off(down_to.min(self.finals.len()));
        for block in passed.iter().rev() {
            self.finally_block(*block);
        }
        self.finals.extend(passed);
    }

    /// Runs what has been deferred so far, last first.
    fn run_defers(&mut self) {
        if self.at.is_none() {
            return;
        }
        for call in self.frame.defers.clone().into_iter().rev() {
            self.within(|context| context.deferred = true, |this| this.deferred(call));
        }
    }

    fn break_out(&mut self, label: Option<Name>) {
        let fits = |found: &&Loop| label.is_none() || found.label == label;
        let base = self.frame.loops;
        if let Some(found) = self.loops[base..].iter().rev().find(fits) {
            let (to, finals) = (found.break_to, found.finals);
            self.leave(finals);
            self.jump(to);
        }
        self.at = None;
    }

    fn continue_loop(&mut self, label: Option<Name>) {
        let fits = |found: &&Loop| found.continue_to.is_some() && (label.is_none() || found.label == label);
        let base = self.frame.loops;
        if let Some(found) = self.loops[base..].iter().rev().find(fits)
            && let (Some(to), finals) = (found.continue_to, found.finals)
        {
            self.leave(finals);
            self.jump(to);
        }
        self.at = None;
    }

    /// What is done beside the rest: nobody waits for it, nobody sees its errors.
    pub(in crate::program) fn fork(&mut self, at: Span, work: impl FnOnce(&mut Self)) {
        let Some(from) = self.at else { return };
        let (start, lost) = (self.join(), self.join());
        self.edge(from, start, EdgeKind::Fork);
        let outer_error = std::mem::replace(&mut self.error_to, lost);
        self.at = Some(start);
        let place = self.program.place(self.file, at);
        let started = |context: &mut Context| {
            context.detached = true;
            context.fork = context.fork.or(Some(place));
        };
        self.within(started, work);
        self.error_to = outer_error;
        self.at = Some(from);
        // Go on from a node of its own, so that the fork is no ordinary way on.
        let on = self.join();
        self.go_on(on);
    }

    /// Whether errors travel by exception in this language.
    pub(in crate::program) fn throws(&self) -> bool {
        self.program.ecosystem() == Ecosystem::Ecmascript
    }

    /// Whether a test is always true or always false.
    pub(in crate::program) fn decided(&self, test: ExprId) -> Option<bool> {
        match self.program.facts.expr(test).kind {
            crate::facts::ExprKind::Bool(value) => Some(value),
            crate::facts::ExprKind::Num(_) => self.program.constant(test).as_ref().map(Const::truthy),
            _ => None,
        }
    }
}
