//! Look-ups over facts: where an expression stands, and what is bound to a variable or field.

use rustc_hash::{FxHashMap, FxHashSet};

use super::names::Meaning;
use super::workers::{self, Workers};
use crate::facts::join::Part;
use crate::facts::{
    Arenas, Bind, Block, ExprId, ExprKind, FuncId, FuncKind, List, Name, Place, Prop, PropKey, Source, Step,
    StmtId, StmtKind, TypeDefId, TypeRefId, TypeRefKind, UnaryOp, VarId, VarKind,
};

/// What may be bound to a variable or field.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where the value comes from.
    pub source: Source,
    /// Which part of it.
    pub path: List<Step>,
    /// The function the binding stands in.
    pub function: FuncId,
    /// The assignment; none for parameters.
    pub assignment: Option<ExprId>,
}

/// The look-ups.
#[derive(Default)]
pub struct Index {
    parents: Vec<Option<ExprId>>,
    homes: Vec<FuncId>,
    by_var: Vec<Vec<Binding>>,
    /// `this.field = …` by the class or struct that `this` is; a Go receiver counts as `this`.
    by_field: FxHashMap<(TypeDefId, Name), Vec<Binding>>,
    /// `variable.field = …`.
    by_member: FxHashMap<(VarId, Name), Vec<Binding>>,
    /// `return` expressions by function.
    returns: Vec<Vec<ExprId>>,
    /// Calls that stand in a function or in a closure within it.
    calls: Vec<Vec<ExprId>>,
    /// Assignments that stand in a function itself.
    assignments: Vec<Vec<ExprId>>,
    /// Expressions that are statements of their own, for calls whose result nobody takes.
    statements: FxHashSet<ExprId>,
    /// Calls that Go's `go` starts.
    spawned: FxHashSet<ExprId>,
    /// Expressions that are returned.
    returned: FxHashSet<ExprId>,
    /// Calls that are handed a variable or its address.
    addressed: FxHashMap<VarId, Vec<ExprId>>,
    /// Where variables are named.
    named: FxHashMap<VarId, Vec<ExprId>>,
    /// The expression that a closure is.
    literals: FxHashMap<FuncId, ExprId>,
    /// Methods by the type they are of.
    methods: FxHashMap<(TypeDefId, Name), FuncId>,
}

impl Index {
    /// Builds the look-ups in one pass over all bodies.
    pub fn of(facts: &Arenas, parts: &[Part], imports: &[Meaning], workers: &dyn Workers) -> Self {
        let found = workers::map(workers, parts.len(), |file| Some(Collect::part(facts, &parts[file])));
        let mut index = Self {
            parents: vec![None; facts.exprs.len()],
            homes: vec![FuncId::from_index(0); facts.exprs.len()],
            by_var: vec![Vec::new(); facts.vars.len()],
            returns: vec![Vec::new(); facts.functions.len()],
            calls: vec![Vec::new(); facts.functions.len()],
            assignments: vec![Vec::new(); facts.functions.len()],
            ..Self::default()
        };
        for (part, found) in parts.iter().zip(found) {
            index.homes[part.exprs.clone()].fill(part.module());
            if let Some(found) = found {
                index.add(facts, found);
            }
        }
        // An import of a value that has no variable of its own holds that value.
        for (import, meaning) in facts.imports.iter().zip(imports) {
            if let (Some(var), Meaning::Value(value)) = (import.var, meaning) {
                let (source, function) = (Source::Expr(*value), index.home(*value));
                let binding = Binding { source, path: List::empty(), function, assignment: None };
                index.by_var[var.index()].push(binding);
            }
        }
        for list in index.calls.iter_mut().chain(&mut index.assignments) {
            list.sort_unstable();
        }
        index
    }

    fn add(&mut self, facts: &Arenas, found: Collect) {
        for (expr, parent, home) in found.placed {
            self.parents[expr.index()] = parent;
            self.homes[expr.index()] = home;
            match facts.expr(expr).kind {
                ExprKind::Call { .. } => {
                    let mut at = Some(home);
                    while let Some(function) = at {
                        self.calls[function.index()].push(expr);
                        at = facts.function(function).parent;
                    }
                }
                ExprKind::Assign { .. } => self.assignments[home.index()].push(expr),
                _ => {}
            }
        }
        for (target, binding) in found.bindings {
            match target {
                Bound::Var(var) => self.by_var[var.index()].push(binding),
                Bound::Field(owner, name) => self.by_field.entry((owner, name)).or_default().push(binding),
                Bound::Member(var, name) => self.by_member.entry((var, name)).or_default().push(binding),
            }
        }
        for (function, value) in found.returns {
            self.returns[function.index()].push(value);
        }
        self.statements.extend(found.statements);
        self.returned.extend(found.returned);
        self.spawned.extend(found.spawned);
        for (var, call) in found.addressed {
            self.addressed.entry(var).or_default().push(call);
        }
        for (var, name) in found.named {
            self.named.entry(var).or_default().push(name);
        }
        self.literals.extend(found.literals);
        for (owner, name, function) in found.methods {
            // Of several declarations the one with a body counts.
            let known = self.methods.entry((owner, name)).or_insert(function);
            if facts.function(*known).body.is_empty() {
                *known = function;
            }
        }
    }
}

/// What a binding is looked up by.
enum Bound {
    Var(VarId),
    Field(TypeDefId, Name),
    Member(VarId, Name),
}

/// What was found in one file.
#[derive(Default)]
struct Collect {
    placed: Vec<(ExprId, Option<ExprId>, FuncId)>,
    bindings: Vec<(Bound, Binding)>,
    returns: Vec<(FuncId, ExprId)>,
    statements: Vec<ExprId>,
    returned: Vec<ExprId>,
    spawned: Vec<ExprId>,
    addressed: Vec<(VarId, ExprId)>,
    named: Vec<(VarId, ExprId)>,
    literals: Vec<(FuncId, ExprId)>,
    methods: Vec<(TypeDefId, Name, FuncId)>,
}

impl Collect {
    fn part(facts: &Arenas, part: &Part) -> Self {
        let mut found = Self::default();
        for decorator in decorators(facts, part) {
            found.expr(facts, part.module(), None, decorator);
        }
        for function in part.function_ids() {
            found.function(facts, function);
        }
        found
    }

    fn function(&mut self, facts: &Arenas, function: FuncId) {
        let info = facts.function(function);
        if let (Some(owner), Some(name)) = (info.owner, info.name)
            && info.kind != FuncKind::Closure
        {
            self.methods.push((owner, name, function));
        }
        for (position, param) in (0u32..).zip(facts.params(function)) {
            for part in &facts.binds[param.parts.range()] {
                self.bind(facts, function, None, part);
            }
            if let Some(var) = param.var {
                let source = Source::Param(position);
                let binding = Binding { source, path: List::empty(), function, assignment: None };
                self.bindings.push((Bound::Var(var), binding));
            }
            for expr in param.default.into_iter().chain(facts.list(param.decorators).iter().copied()) {
                self.expr(facts, function, None, expr);
            }
        }
        for decorator in facts.list(info.decorators) {
            self.expr(facts, function, None, *decorator);
        }
        self.block(facts, function, info.body);
    }

    fn block(&mut self, facts: &Arenas, function: FuncId, block: Block) {
        for stmt in facts.block(block) {
            self.stmt(facts, function, *stmt);
        }
    }

    fn stmt(&mut self, facts: &Arenas, function: FuncId, id: StmtId) {
        let mut exprs: Vec<ExprId> = Vec::new();
        match facts.stmt(id).kind {
            StmtKind::Expr(expr) => {
                self.statements.push(expr);
                exprs.push(expr);
            }
            StmtKind::Go(expr) => {
                self.spawned.push(expr);
                exprs.push(expr);
            }
            StmtKind::Defer(expr) | StmtKind::Throw(expr) => exprs.push(expr),
            StmtKind::If { test, then, other } => {
                exprs.push(test);
                self.block(facts, function, then);
                self.block(facts, function, other);
            }
            StmtKind::Loop { test, over, item, update, body, .. } => {
                exprs.extend([test, over, item, update].into_iter().flatten());
                self.block(facts, function, body);
            }
            StmtKind::Switch { subject, cases, .. } => {
                exprs.extend(subject);
                for case in &facts.cases[cases.range()] {
                    exprs.extend(facts.list(case.tests));
                    self.block(facts, function, case.body);
                }
            }
            StmtKind::Try { body, catch, finally } => {
                self.block(facts, function, body);
                if let Some((_, catch)) = catch {
                    self.block(facts, function, catch);
                }
                self.block(facts, function, finally);
            }
            StmtKind::Return(values) => {
                exprs.extend(facts.list(values));
                self.returns.extend(facts.list(values).first().map(|value| (function, *value)));
                self.returned.extend(facts.list(values));
            }
            StmtKind::Send { channel, value } => exprs.extend([channel, value]),
            StmtKind::Block(block) => self.block(facts, function, block),
            StmtKind::Break(_) | StmtKind::Continue(_) => {}
        }
        for expr in exprs {
            self.expr(facts, function, None, expr);
        }
    }

    fn expr(&mut self, facts: &Arenas, function: FuncId, parent: Option<ExprId>, id: ExprId) {
        self.placed.push((id, parent, function));
        if let ExprKind::Assign { binds, .. } = facts.expr(id).kind {
            for bind in facts.binds(binds) {
                self.bind(facts, function, Some(id), bind);
            }
        }
        if let ExprKind::Object { ty: Some(ty), props } = facts.expr(id).kind {
            self.composite(facts, function, ty, props);
        }
        if let ExprKind::Name { var: Some(var), .. } = facts.expr(id).kind {
            self.named.push((var, id));
        }
        if let ExprKind::Function(literal) = facts.expr(id).kind {
            self.literals.push((literal, id));
        }
        if let ExprKind::Call { args, .. } = facts.expr(id).kind {
            for arg in facts.list(args) {
                let target = match facts.expr(*arg).kind {
                    ExprKind::Unary { op: UnaryOp::Address, operand } => operand,
                    _ => *arg,
                };
                if let ExprKind::Name { var: Some(var), .. } = facts.expr(target).kind {
                    self.addressed.push((var, id));
                }
            }
        }
        facts.children(id, &mut |child| self.expr(facts, function, Some(id), child));
    }

    /// Go's `&T{field: value}`: the value is bound to the field.
    fn composite(&mut self, facts: &Arenas, function: FuncId, ty: TypeRefId, props: List<Prop>) {
        let TypeRefKind::Named { var: Some(var), rest: None, .. } = facts.type_ref(ty).kind else { return };
        let VarKind::Type(owner) = facts.var(var).kind else { return };
        for prop in facts.props(props) {
            if let PropKey::Name(name) = prop.key {
                let source = Source::Expr(prop.value);
                let binding = Binding { source, path: List::empty(), function, assignment: None };
                self.bindings.push((Bound::Field(owner, name), binding));
            }
        }
    }

    fn bind(&mut self, facts: &Arenas, function: FuncId, assignment: Option<ExprId>, bind: &Bind) {
        let binding = Binding { source: bind.source, path: bind.path, function, assignment };
        match bind.place {
            Place::Var(var) => self.bindings.push((Bound::Var(var), binding)),
            Place::Expr(place) => {
                let (object, name) = match facts.expr(place).kind {
                    ExprKind::Member { object, name } => (object, name),
                    ExprKind::Index { object, index } => match facts.expr(index).kind {
                        ExprKind::Str(name) => (object, name),
                        _ => return,
                    },
                    _ => return,
                };
                match facts.expr(object).kind {
                    ExprKind::This => {
                        if let Some(owner) = owner_of(facts, function) {
                            self.bindings.push((Bound::Field(owner, name), binding));
                        }
                    }
                    ExprKind::Name { var: Some(var), .. } => {
                        if facts.function(function).receiver == Some(var)
                            && let Some(owner) = facts.function(function).owner
                        {
                            self.bindings.push((Bound::Field(owner, name), binding));
                        }
                        self.bindings.push((Bound::Member(var, name), binding));
                    }
                    _ => {}
                }
            }
            Place::Nothing => {}
        }
    }
}

impl Index {
    /// The expression that holds this one.
    pub fn parent(&self, expr: ExprId) -> Option<ExprId> {
        self.parents[expr.index()]
    }

    /// The function an expression stands in.
    pub fn home(&self, expr: ExprId) -> FuncId {
        self.homes[expr.index()]
    }

    /// What is bound to a variable.
    pub fn var(&self, var: VarId) -> &[Binding] {
        &self.by_var[var.index()]
    }

    /// What is bound to a field through `this`.
    pub fn field(&self, owner: TypeDefId, name: Name) -> &[Binding] {
        self.by_field.get(&(owner, name)).map_or(&[], Vec::as_slice)
    }

    /// What is bound to a member of a variable.
    pub fn member(&self, var: VarId, name: Name) -> &[Binding] {
        self.by_member.get(&(var, name)).map_or(&[], Vec::as_slice)
    }

    /// The first value of each `return` of a function.
    pub fn returns(&self, function: FuncId) -> &[ExprId] {
        &self.returns[function.index()]
    }

    /// The expression that a closure is.
    pub fn literal(&self, function: FuncId) -> Option<ExprId> {
        self.literals.get(&function).copied()
    }

    /// Whether Go's `go` starts a call.
    pub fn is_spawned(&self, call: ExprId) -> bool {
        self.spawned.contains(&call)
    }

    /// Whether an expression is returned as it is.
    pub fn is_returned(&self, expr: ExprId) -> bool {
        self.returned.contains(&expr)
    }

    /// Where a variable is named.
    pub fn names_of(&self, var: VarId) -> &[ExprId] {
        self.named.get(&var).map_or(&[], Vec::as_slice)
    }

    /// The calls that are handed a variable or its address.
    pub fn addressed_in(&self, var: VarId) -> &[ExprId] {
        self.addressed.get(&var).map_or(&[], Vec::as_slice)
    }

    /// Whether an expression is a statement of its own.
    pub fn is_statement(&self, expr: ExprId) -> bool {
        self.statements.contains(&expr)
    }

    /// The calls that stand in a function or in a closure within it.
    pub fn calls_of(&self, function: FuncId) -> &[ExprId] {
        &self.calls[function.index()]
    }

    /// The assignments that stand in a function itself.
    pub fn assignments_in(&self, function: FuncId) -> &[ExprId] {
        &self.assignments[function.index()]
    }

    /// A method of a type, not an inherited one.
    pub fn method(&self, owner: TypeDefId, name: Name) -> Option<FuncId> {
        self.methods.get(&(owner, name)).copied()
    }
}

/// The decorators of a file's types and fields, in order: they run when the module does.
pub(super) fn decorators(facts: &Arenas, part: &Part) -> Vec<ExprId> {
    let types = &facts.types[part.types.clone()];
    let of_types = types.iter().flat_map(|def| facts.list(def.decorators));
    let fields = types.iter().flat_map(|def| &facts.fields[def.fields.range()]);
    let of_fields = fields.flat_map(|field| facts.list(field.decorators));
    of_types.chain(of_fields).copied().collect()
}

/// The class or struct that `this` is in a function: its own, or that of the function around it.
pub fn owner_of(facts: &Arenas, function: FuncId) -> Option<TypeDefId> {
    let mut at = Some(function);
    while let Some(id) = at {
        let function = facts.function(id);
        if function.owner.is_some() {
            return function.owner;
        }
        at = function.parent;
    }
    None
}
