//! What one file has for the look-ups: one pass over its functions.
//!
//! Owns: what counts as a binding, and of what. Does not own: putting files together, and looking things up (`index`).

use rustc_hash::FxHashMap;

use super::{Binding, decorators, owner_of, usage};
use crate::facts::join::Part;
use crate::facts::{
    Arenas, Bind, Block, ExprId, ExprKind, FuncId, FuncKind, List, Name, Place, Prop, PropKey, Source,
    StmtId, StmtKind, TypeDefId, TypeRefId, TypeRefKind, UnaryOp, VarId, VarKind,
};

/// What a binding that is not of a variable is looked up by.
pub(super) enum Bound {
    Field(TypeDefId, Name),
    Member(VarId, Name),
}

/// What is to be grouped.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) by_var: Vec<(usize, Binding)>,
    pub(super) named: Vec<(usize, ExprId)>,
    pub(super) addressed: Vec<(usize, ExprId)>,
    pub(super) returns: Vec<(usize, ExprId)>,
    pub(super) calls: Vec<(usize, ExprId)>,
    pub(super) assignments: Vec<(usize, ExprId)>,
    pub(super) composites: Vec<(usize, ExprId)>,
}

/// What was found in one file.
#[derive(Default)]
pub(super) struct Collect {
    /// The file's first expression: what follows is by the number from there.
    first: usize,
    pub(super) parents: Vec<Option<ExprId>>,
    pub(super) homes: Vec<FuncId>,
    pub(super) usage: Vec<u8>,
    pub(super) lists: Lists,
    pub(super) fields: Vec<(Bound, Binding)>,
    pub(super) literals: Vec<(FuncId, ExprId)>,
    pub(super) methods: Vec<(TypeDefId, Name, FuncId)>,
    /// The types of the tree that variables are made as: `c := &Client{}`.
    made_as: FxHashMap<VarId, TypeDefId>,
}

impl Collect {
    pub(super) fn part(facts: &Arenas, part: &Part) -> Self {
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
