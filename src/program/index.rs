//! Look-ups over facts: where an expression stands, and what is bound to a variable or field.

use rustc_hash::FxHashMap;

use super::grouped::Grouped;
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

/// What an expression is used as; one bit each.
mod usage {
    /// A statement of its own.
    pub(super) const STATEMENT: u8 = 1;
    /// Returned as it is.
    pub(super) const RETURNED: u8 = 2;
    /// A call that Go's `go` starts.
    pub(super) const SPAWNED: u8 = 4;
}

/// The look-ups.
#[derive(Default)]
pub struct Index {
    parents: Vec<Option<ExprId>>,
    homes: Vec<FuncId>,
    /// [`usage`] of each expression.
    usage: Vec<u8>,
    by_var: Grouped<Binding>,
    /// `this.field = …` by the class or struct that `this` is; a Go receiver counts as `this`.
    by_field: FxHashMap<(TypeDefId, Name), Vec<Binding>>,
    /// `variable.field = …`.
    by_member: FxHashMap<(VarId, Name), Vec<Binding>>,
    /// `return` expressions by function.
    returns: Grouped<ExprId>,
    /// Calls that stand in a function or in a closure within it.
    calls: Grouped<ExprId>,
    /// Assignments that stand in a function itself.
    assignments: Grouped<ExprId>,
    /// Calls that are handed a variable or its address.
    addressed: Grouped<ExprId>,
    /// Where variables are named.
    named: Grouped<ExprId>,
    /// The expression that a closure is, by function.
    literals: Vec<Option<ExprId>>,
    /// Methods by the type they are of.
    methods: FxHashMap<(TypeDefId, Name), FuncId>,
    /// The same, of each type in order.
    methods_of: Grouped<FuncId>,
    /// `T{…}` by the type.
    composites: Grouped<ExprId>,
}

impl Index {
    /// Builds the look-ups in one pass over all bodies.
    pub fn of(facts: &Arenas, parts: &[Part], imports: &[Meaning], workers: &dyn Workers) -> Self {
        let found = workers::map(workers, parts.len(), |file| Collect::part(facts, &parts[file]));
        let mut index = Self {
            parents: Vec::with_capacity(facts.exprs.len()),
            homes: Vec::with_capacity(facts.exprs.len()),
            usage: Vec::with_capacity(facts.exprs.len()),
            literals: vec![None; facts.functions.len()],
            ..Self::default()
        };
        let mut lists = Lists::default();
        for (part, mut found) in parts.iter().zip(found) {
            // A file whose part failed has nothing but its place.
            found.parents.resize(part.exprs.len(), None);
            found.homes.resize(part.exprs.len(), part.module());
            found.usage.resize(part.exprs.len(), 0);
            index.add(facts, found, &mut lists);
        }
        // An import of a value that has no variable of its own holds that value.
        for (import, meaning) in facts.imports.iter().zip(imports) {
            if let (Some(var), Meaning::Value(value)) = (import.var, meaning) {
                let (source, function) = (Source::Expr(*value), index.home(*value));
                let binding = Binding { source, path: List::empty(), function, assignment: None };
                lists.by_var.push((var.index(), binding));
            }
        }
        let (vars, functions) = (facts.vars.len(), facts.functions.len());
        index.by_var = Grouped::of(vars, &lists.by_var);
        index.named = Grouped::of(vars, &lists.named);
        index.addressed = Grouped::of(vars, &lists.addressed);
        index.returns = Grouped::of(functions, &lists.returns);
        index.calls = Grouped::of(functions, &lists.calls);
        index.assignments = Grouped::of(functions, &lists.assignments);
        let mut methods: Vec<(usize, FuncId)> =
            index.methods.iter().map(|((owner, _), method)| (owner.index(), *method)).collect();
        methods.sort_unstable();
        index.methods_of = Grouped::of(facts.types.len(), &methods);
        index.composites = Grouped::of(facts.types.len(), &lists.composites);
        index
    }

    fn add(&mut self, facts: &Arenas, found: Collect, lists: &mut Lists) {
        self.parents.extend(found.parents);
        self.homes.extend(found.homes);
        self.usage.extend(found.usage);
        lists.by_var.extend(found.lists.by_var);
        lists.named.extend(found.lists.named);
        lists.addressed.extend(found.lists.addressed);
        lists.returns.extend(found.lists.returns);
        lists.calls.extend(found.lists.calls);
        lists.assignments.extend(found.lists.assignments);
        lists.composites.extend(found.lists.composites);
        for (target, binding) in found.fields {
            match target {
                Bound::Field(owner, name) => self.by_field.entry((owner, name)).or_default().push(binding),
                Bound::Member(var, name) => self.by_member.entry((var, name)).or_default().push(binding),
            }
        }
        for (function, literal) in found.literals {
            self.literals[function.index()] = Some(literal);
        }
        for (owner, name, function) in found.methods {
            // Of several declarations the one with a body counts.
            let known = self.methods.entry((owner, name)).or_insert(function);
            if facts.function(*known).body.is_empty() {
                *known = function;
            }
        }
    }
}

/// What a binding that is not of a variable is looked up by.
enum Bound {
    Field(TypeDefId, Name),
    Member(VarId, Name),
}

/// What is to be grouped.
#[derive(Default)]
struct Lists {
    by_var: Vec<(usize, Binding)>,
    named: Vec<(usize, ExprId)>,
    addressed: Vec<(usize, ExprId)>,
    returns: Vec<(usize, ExprId)>,
    calls: Vec<(usize, ExprId)>,
    assignments: Vec<(usize, ExprId)>,
    composites: Vec<(usize, ExprId)>,
}

/// What was found in one file.
#[derive(Default)]
struct Collect {
    /// The file's first expression: what follows is by the number from there.
    first: usize,
    parents: Vec<Option<ExprId>>,
    homes: Vec<FuncId>,
    usage: Vec<u8>,
    lists: Lists,
    fields: Vec<(Bound, Binding)>,
    literals: Vec<(FuncId, ExprId)>,
    methods: Vec<(TypeDefId, Name, FuncId)>,
    /// The types of the tree that variables are made as: `c := &Client{}`.
    made_as: FxHashMap<VarId, TypeDefId>,
}

impl Collect {
    fn part(facts: &Arenas, part: &Part) -> Self {
        let count = part.exprs.len();
        let mut found = Self {
            first: part.exprs.start,
            parents: vec![None; count],
            homes: vec![part.module(); count],
            usage: vec![0; count],
            ..Self::default()
        };
        for decorator in decorators(facts, part) {
            found.expr(facts, part.module(), None, decorator);
        }
        for function in part.function_ids() {
            found.function(facts, function);
        }
        // In the order of the source, whichever function came first.
        found.lists.calls.sort_unstable();
        found.lists.assignments.sort_unstable();
        found
    }

    fn is_used_as(&mut self, expr: ExprId, usage: u8) {
        self.usage[expr.index() - self.first] |= usage;
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
                // A default of a part: `({ client = connect() }) => …`.
                if let Source::Expr(default) = part.source {
                    self.expr(facts, function, None, default);
                }
            }
            if let Some(var) = param.var {
                let source = Source::Param(position);
                let binding = Binding { source, path: List::empty(), function, assignment: None };
                self.lists.by_var.push((var.index(), binding));
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
                self.is_used_as(expr, usage::STATEMENT);
                exprs.push(expr);
            }
            StmtKind::Go(expr) => {
                self.is_used_as(expr, usage::SPAWNED);
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
                let first = facts.list(values).first();
                self.lists.returns.extend(first.map(|value| (function.index(), *value)));
                for value in facts.list(values) {
                    self.is_used_as(*value, usage::RETURNED);
                }
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
        self.parents[id.index() - self.first] = parent;
        self.homes[id.index() - self.first] = function;
        match facts.expr(id).kind {
            ExprKind::Call { .. } => {
                let mut at = Some(function);
                while let Some(function) = at {
                    self.lists.calls.push((function.index(), id));
                    at = facts.function(function).parent;
                }
            }
            ExprKind::Assign { .. } => self.lists.assignments.push((function.index(), id)),
            _ => {}
        }
        if let ExprKind::Assign { binds, .. } = facts.expr(id).kind {
            for bind in facts.binds(binds) {
                self.bind(facts, function, Some(id), bind);
            }
        }
        if let ExprKind::Object { ty: Some(ty), props } = facts.expr(id).kind {
            self.composite(facts, function, id, ty, props);
        }
        if let ExprKind::Name { var: Some(var), .. } = facts.expr(id).kind {
            self.lists.named.push((var.index(), id));
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
                // `&user.Name` fills `user`.
                let whole = match facts.expr(target).kind {
                    ExprKind::Member { object, .. } if target != *arg => object,
                    _ => target,
                };
                if let ExprKind::Name { var: Some(var), .. } = facts.expr(whole).kind {
                    self.lists.addressed.push((var.index(), id));
                }
            }
        }
        facts.children(id, &mut |child| self.expr(facts, function, Some(id), child));
    }

    /// Go's `&T{field: value}`: the value is bound to the field.
    fn composite(&mut self, facts: &Arenas, function: FuncId, id: ExprId, ty: TypeRefId, props: List<Prop>) {
        let TypeRefKind::Named { var: Some(var), rest: None, .. } = facts.type_ref(ty).kind else { return };
        let VarKind::Type(owner) = facts.var(var).kind else { return };
        self.lists.composites.push((owner.index(), id));
        for prop in facts.props(props) {
            if let PropKey::Name(name) = prop.key {
                let source = Source::Expr(prop.value);
                let binding = Binding { source, path: List::empty(), function, assignment: None };
                self.fields.push((Bound::Field(owner, name), binding));
            }
        }
    }

    fn bind(&mut self, facts: &Arenas, function: FuncId, assignment: Option<ExprId>, bind: &Bind) {
        let binding = Binding { source: bind.source, path: bind.path, function, assignment };
        match bind.place {
            Place::Var(var) => {
                self.lists.by_var.push((var.index(), binding));
                if let Source::Expr(value) = bind.source
                    && bind.path.is_empty()
                    && let Some(owner) = made_as(facts, value)
                {
                    self.made_as.insert(var, owner);
                }
            }
            Place::Expr(place) => {
                let (object, name) = match facts.expr(place).kind {
                    ExprKind::Member { object, name } => (object, name),
                    ExprKind::Index { object, index } => match facts.expr(index).kind {
                        // `sockets[id]` is one item for as long as `id` is.
                        ExprKind::Str(name) | ExprKind::Name { name, .. } => (object, name),
                        _ => return,
                    },
                    _ => return,
                };
                match facts.expr(object).kind {
                    ExprKind::This => {
                        if let Some(owner) = owner_of(facts, function) {
                            self.fields.push((Bound::Field(owner, name), binding));
                        }
                    }
                    ExprKind::Name { var: Some(var), .. } => {
                        if facts.function(function).receiver == Some(var)
                            && let Some(owner) = facts.function(function).owner
                        {
                            self.fields.push((Bound::Field(owner, name), binding));
                        } else if let Some(owner) = self.made_as.get(&var)
                            && is_of_library(facts, *owner, name)
                        {
                            self.fields.push((Bound::Field(*owner, name), binding));
                        }
                        self.fields.push((Bound::Member(var, name), binding));
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
        self.by_var.get(var.index())
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
        self.returns.get(function.index())
    }

    /// The expression that a closure is.
    pub fn literal(&self, function: FuncId) -> Option<ExprId> {
        self.literals[function.index()]
    }

    /// Whether Go's `go` starts a call.
    pub fn is_spawned(&self, call: ExprId) -> bool {
        self.usage[call.index()] & usage::SPAWNED != 0
    }

    /// Whether an expression is returned as it is.
    pub fn is_returned(&self, expr: ExprId) -> bool {
        self.usage[expr.index()] & usage::RETURNED != 0
    }

    /// Where a variable is named.
    pub fn names_of(&self, var: VarId) -> &[ExprId] {
        self.named.get(var.index())
    }

    /// The calls that are handed a variable or its address.
    pub fn addressed_in(&self, var: VarId) -> &[ExprId] {
        self.addressed.get(var.index())
    }

    /// Whether an expression is a statement of its own.
    pub fn is_statement(&self, expr: ExprId) -> bool {
        self.usage[expr.index()] & usage::STATEMENT != 0
    }

    /// The calls that stand in a function or in a closure within it.
    pub fn calls_of(&self, function: FuncId) -> &[ExprId] {
        self.calls.get(function.index())
    }

    /// The assignments that stand in a function itself.
    pub fn assignments_in(&self, function: FuncId) -> &[ExprId] {
        self.assignments.get(function.index())
    }

    /// The methods of a type, in order, not inherited ones.
    pub fn methods_of(&self, owner: TypeDefId) -> &[FuncId] {
        self.methods_of.get(owner.index())
    }

    /// Where an object of a type of the tree is written in full: `T{…}`.
    pub fn composites_of(&self, ty: TypeDefId) -> &[ExprId] {
        self.composites.get(ty.index())
    }

    /// A method of a type, not an inherited one.
    pub fn method(&self, owner: TypeDefId, name: Name) -> Option<FuncId> {
        self.methods.get(&(owner, name)).copied()
    }
}

/// Whether a field of a type holds what a library names.
fn is_of_library(facts: &Arenas, owner: TypeDefId, name: Name) -> bool {
    let field = facts.fields(owner).iter().find(|field| field.name == name);
    let named = field.and_then(|field| field.ty).map(|ty| facts.type_ref(ty).kind);
    let Some(TypeRefKind::Named { var: Some(var), .. }) = named else { return false };
    matches!(facts.var(var).kind, VarKind::Import(_))
}

/// The type of the tree that Go's `T{}`, `&T{}` and `new(T)` make one of.
fn made_as(facts: &Arenas, value: ExprId) -> Option<TypeDefId> {
    let ty = match facts.expr(value).kind {
        ExprKind::Unary { op: UnaryOp::Address, operand } => return made_as(facts, operand),
        ExprKind::Object { ty, .. } => ty,
        ExprKind::Call { callee, .. } => match facts.expr(callee).kind {
            ExprKind::Name { name, var: None } if facts.name(name) == "new" => {
                facts.call_types(value).first().copied()
            }
            _ => None,
        },
        _ => None,
    };
    let TypeRefKind::Named { var: Some(var), rest: None, .. } = facts.type_ref(ty?).kind else { return None };
    match facts.var(var).kind {
        VarKind::Type(owner) => Some(owner),
        _ => None,
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
