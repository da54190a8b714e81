//! Look-ups over one file's facts: where an expression stands, and what is bound to a variable or field.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{
    Bind, Block, ExprId, ExprKind, Facts, FuncId, List, Name, Place, Prop, PropKey, Source, Step, StmtId,
    StmtKind, TypeDefId, TypeRefId, TypeRefKind, UnaryOp, VarId, VarKind,
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
    /// The statement that each expression statement is, for calls whose result nobody takes.
    statements: FxHashMap<ExprId, StmtId>,
    /// Expressions that are returned.
    returned: FxHashSet<ExprId>,
    /// Calls that are handed a variable or its address.
    addressed: FxHashMap<VarId, Vec<ExprId>>,
    /// The expression that a closure is.
    literals: FxHashMap<FuncId, ExprId>,
}

impl Index {
    /// Builds the look-ups in one pass over all bodies.
    pub fn of(facts: &Facts) -> Self {
        let module = FuncId::from_index(0);
        let mut index = Self {
            parents: vec![None; facts.exprs.len()],
            homes: vec![module; facts.exprs.len()],
            by_var: vec![Vec::new(); facts.vars.len()],
            by_field: FxHashMap::default(),
            by_member: FxHashMap::default(),
            returns: vec![Vec::new(); facts.functions.len()],
            statements: FxHashMap::default(),
            returned: FxHashSet::default(),
            addressed: FxHashMap::default(),
            literals: FxHashMap::default(),
        };
        for decorator in decorators(facts) {
            index.expr(facts, module, None, decorator);
        }
        for function in facts.function_ids() {
            for (position, param) in (0u32..).zip(facts.params(function)) {
                for part in &facts.binds[param.parts.range()] {
                    index.bind(facts, function, None, part);
                }
                if let Some(var) = param.var {
                    let source = Source::Param(position);
                    index.by_var[var.index()].push(Binding {
                        source,
                        path: List::empty(),
                        function,
                        assignment: None,
                    });
                }
                for expr in param.default.into_iter().chain(facts.list(param.decorators).iter().copied()) {
                    index.expr(facts, function, None, expr);
                }
            }
            for decorator in facts.list(facts.function(function).decorators) {
                index.expr(facts, function, None, *decorator);
            }
            index.block(facts, function, facts.function(function).body);
        }
        index
    }

    fn block(&mut self, facts: &Facts, function: FuncId, block: Block) {
        for stmt in facts.block(block) {
            self.stmt(facts, function, *stmt);
        }
    }

    fn stmt(&mut self, facts: &Facts, function: FuncId, id: StmtId) {
        let mut exprs: Vec<ExprId> = Vec::new();
        match facts.stmt(id).kind {
            StmtKind::Expr(expr) => {
                self.statements.insert(expr, id);
                exprs.push(expr);
            }
            StmtKind::Defer(expr) | StmtKind::Go(expr) | StmtKind::Throw(expr) => exprs.push(expr),
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
                self.returns[function.index()].extend(facts.list(values).first());
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

    fn expr(&mut self, facts: &Facts, function: FuncId, parent: Option<ExprId>, id: ExprId) {
        self.parents[id.index()] = parent;
        self.homes[id.index()] = function;
        if let ExprKind::Assign { binds, .. } = facts.expr(id).kind {
            for bind in facts.binds(binds) {
                self.bind(facts, function, Some(id), bind);
            }
        }
        if let ExprKind::Object { ty: Some(ty), props } = facts.expr(id).kind {
            self.composite(facts, function, ty, props);
        }
        if let ExprKind::Function(literal) = facts.expr(id).kind {
            self.literals.insert(literal, id);
        }
        if let ExprKind::Call { args, .. } = facts.expr(id).kind {
            for arg in facts.list(args) {
                let target = match facts.expr(*arg).kind {
                    ExprKind::Unary { op: UnaryOp::Address, operand } => operand,
                    _ => *arg,
                };
                if let ExprKind::Name { var: Some(var), .. } = facts.expr(target).kind {
                    self.addressed.entry(var).or_default().push(id);
                }
            }
        }
        facts.children(id, &mut |child| self.expr(facts, function, Some(id), child));
    }

    /// Go's `&T{field: value}`: the value is bound to the field.
    fn composite(&mut self, facts: &Facts, function: FuncId, ty: TypeRefId, props: List<Prop>) {
        let TypeRefKind::Named { var: Some(var), rest: None, .. } = facts.type_ref(ty).kind else { return };
        let VarKind::Type(owner) = facts.var(var).kind else { return };
        for prop in facts.props(props) {
            if let PropKey::Name(name) = prop.key {
                let source = Source::Expr(prop.value);
                let binding = Binding { source, path: List::empty(), function, assignment: None };
                self.by_field.entry((owner, name)).or_default().push(binding);
            }
        }
    }

    fn bind(&mut self, facts: &Facts, function: FuncId, assignment: Option<ExprId>, bind: &Bind) {
        let binding = Binding { source: bind.source, path: bind.path, function, assignment };
        match bind.place {
            Place::Var(var) => self.by_var[var.index()].push(binding),
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
                            self.by_field.entry((owner, name)).or_default().push(binding);
                        }
                    }
                    ExprKind::Name { var: Some(var), .. } => {
                        if facts.function(function).receiver == Some(var)
                            && let Some(owner) = facts.function(function).owner
                        {
                            self.by_field.entry((owner, name)).or_default().push(binding);
                        }
                        self.by_member.entry((var, name)).or_default().push(binding);
                    }
                    _ => {}
                }
            }
            Place::Nothing => {}
        }
    }

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

    /// Whether an expression is returned as it is.
    pub fn is_returned(&self, expr: ExprId) -> bool {
        self.returned.contains(&expr)
    }

    /// The calls that are handed a variable or its address.
    pub fn addressed_in(&self, var: VarId) -> &[ExprId] {
        self.addressed.get(&var).map_or(&[], Vec::as_slice)
    }

    /// Whether an expression is a statement of its own.
    pub fn is_statement(&self, expr: ExprId) -> bool {
        self.statements.contains_key(&expr)
    }
}

/// The decorators of all types and fields, in order: they run when the module does.
pub(super) fn decorators(facts: &Facts) -> Vec<ExprId> {
    let of_types = facts.types.iter().flat_map(|def| facts.list(def.decorators));
    let of_fields = facts.fields.iter().flat_map(|field| facts.list(field.decorators));
    of_types.chain(of_fields).copied().collect()
}

/// The class or struct that `this` is in a function: its own, or that of the function around it.
pub fn owner_of(facts: &Facts, function: FuncId) -> Option<TypeDefId> {
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
