//! Moves the ids in facts of one file to their place in the joined arenas.
//!
//! Owns: which parts of each fact are ids. Does not own: where the arenas of a file lie (`join`).

use crate::facts::{
    Bind, BindId, Case, Export, ExportKind, Expr, ExprId, ExprKind, Facts, Field, FuncId, Function, Import,
    Imported, List, Name, Param, Place, Prop, PropKey, Source, Step, Stmt, StmtId, StmtKind, TypeDef,
    TypeDefId, TypeRef, TypeRefId, TypeRefKind, Var, VarId, VarKind,
};

/// Where each arena of a file begins in the joined ones, and what its names are called there.
#[derive(Default)]
pub(super) struct Move {
    pub(super) exprs: usize,
    pub(super) stmts: usize,
    pub(super) expr_lists: usize,
    pub(super) stmt_lists: usize,
    pub(super) props: usize,
    pub(super) cases: usize,
    pub(super) binds: usize,
    pub(super) steps: usize,
    pub(super) vars: usize,
    pub(super) functions: usize,
    pub(super) params: usize,
    pub(super) types: usize,
    pub(super) fields: usize,
    pub(super) type_refs: usize,
    pub(super) type_lists: usize,
    pub(super) imports: usize,
    pub(super) exports: usize,
    pub(super) names: Vec<Name>,
}

impl Move {
    /// The same for what comes behind a file that begins here; its names are its own.
    pub(super) fn behind(&self, file: &Facts) -> Self {
        macro_rules! behind {
            ($($arena:ident)*) => {
                Self { $($arena: self.$arena + file.$arena.len(),)* names: Vec::new() }
            };
        }
        behind!(exprs stmts expr_lists stmt_lists props cases binds steps vars functions params types fields
                type_refs type_lists imports exports)
    }
}

/// What holds ids.
pub(super) trait Shift {
    /// Moves the ids in it to their place in the joined arenas.
    fn shift(&mut self, to: &Move);
}

macro_rules! shift_ids {
    ($($id:ident: $arena:ident;)*) => {$(
        impl Shift for $id {
            fn shift(&mut self, to: &Move) {
                *self = Self::from_index(self.index() + to.$arena);
            }
        }
    )*};
}

shift_ids! {
    ExprId: exprs;
    StmtId: stmts;
    BindId: binds;
    VarId: vars;
    FuncId: functions;
    TypeDefId: types;
    TypeRefId: type_refs;
}

macro_rules! shift_lists {
    ($($item:ident: $arena:ident;)*) => {$(
        impl Shift for List<$item> {
            fn shift(&mut self, to: &Move) {
                let range = self.range();
                *self = Self::new(range.start + to.$arena, range.end + to.$arena);
            }
        }
    )*};
}

shift_lists! {
    ExprId: expr_lists;
    StmtId: stmt_lists;
    Prop: props;
    Case: cases;
    Bind: binds;
    Step: steps;
    Param: params;
    Field: fields;
    TypeRefId: type_lists;
}

impl Shift for Name {
    fn shift(&mut self, to: &Move) {
        *self = to.names[self.index()];
    }
}

impl<T: Shift> Shift for Option<T> {
    fn shift(&mut self, to: &Move) {
        if let Some(inner) = self {
            inner.shift(to);
        }
    }
}

/// Moves several values.
macro_rules! shift_all {
    ($to:expr, $($value:expr),+ $(,)?) => {{ $($value.shift($to);)+ }};
}

impl Shift for Expr {
    fn shift(&mut self, to: &Move) {
        match &mut self.kind {
            ExprKind::Name { name, var } => shift_all!(to, name, var),
            ExprKind::Str(name) | ExprKind::Regex(name) | ExprKind::Module(name) => name.shift(to),
            ExprKind::Template(list) | ExprKind::Sequence(list) | ExprKind::Opaque(list) => list.shift(to),
            ExprKind::Member { object, name } => shift_all!(to, object, name),
            ExprKind::Index { object, index } => shift_all!(to, object, index),
            ExprKind::Call { callee, args, new: _ } => shift_all!(to, callee, args),
            ExprKind::Function(function) => function.shift(to),
            ExprKind::Class(class) => class.shift(to),
            ExprKind::Object { ty, props } => shift_all!(to, ty, props),
            ExprKind::Array { ty, items } => shift_all!(to, ty, items),
            ExprKind::Binary { op: _, left, right } => shift_all!(to, left, right),
            ExprKind::Assign { op: _, binds } => {
                binds.shift(to);
            }
            ExprKind::Cond { test, then, other } => shift_all!(to, test, then, other),
            ExprKind::Unary { op: _, operand: inner }
            | ExprKind::Await(inner)
            | ExprKind::Spread(inner)
            | ExprKind::Receive(inner) => inner.shift(to),
            ExprKind::Yield(inner) => inner.shift(to),
            ExprKind::Cast { value, ty } => shift_all!(to, value, ty),
            ExprKind::This | ExprKind::Super | ExprKind::Num(_) | ExprKind::Bool(_) | ExprKind::Null => {}
        }
    }
}

impl Shift for (ExprId, List<TypeRefId>) {
    fn shift(&mut self, to: &Move) {
        shift_all!(to, self.0, self.1);
    }
}

impl Shift for Stmt {
    fn shift(&mut self, to: &Move) {
        match &mut self.kind {
            StmtKind::Expr(expr) | StmtKind::Defer(expr) | StmtKind::Go(expr) | StmtKind::Throw(expr) => {
                expr.shift(to);
            }
            StmtKind::If { test, then, other } => shift_all!(to, test, then, other),
            StmtKind::Loop { kind: _, test, over, item, update, body, label } => {
                shift_all!(to, test, over, item, update, body, label);
            }
            StmtKind::Switch { kind: _, subject, cases } => shift_all!(to, subject, cases),
            StmtKind::Try { body, catch, finally } => {
                if let Some((_, block)) = catch {
                    block.shift(to);
                }
                shift_all!(to, body, finally);
            }
            StmtKind::Return(values) => values.shift(to),
            StmtKind::Break(label) | StmtKind::Continue(label) => label.shift(to),
            StmtKind::Send { channel, value } => shift_all!(to, channel, value),
            StmtKind::Block(block) => block.shift(to),
        }
    }
}

impl Shift for Prop {
    fn shift(&mut self, to: &Move) {
        match &mut self.key {
            PropKey::Name(name) => name.shift(to),
            PropKey::Computed(key) => key.shift(to),
            PropKey::Spread | PropKey::Position(_) => {}
        }
        self.value.shift(to);
    }
}

impl Shift for Case {
    fn shift(&mut self, to: &Move) {
        shift_all!(to, self.tests, self.body);
    }
}

impl Shift for Bind {
    fn shift(&mut self, to: &Move) {
        match &mut self.place {
            Place::Var(var) => var.shift(to),
            Place::Expr(expr) => expr.shift(to),
            Place::Nothing => {}
        }
        match &mut self.source {
            Source::Expr(expr) | Source::Item(expr) => expr.shift(to),
            Source::Param(_) | Source::Caught | Source::Zero => {}
        }
        self.path.shift(to);
    }
}

impl Shift for Step {
    fn shift(&mut self, to: &Move) {
        if let Self::Field(name) = self {
            name.shift(to);
        }
    }
}

impl Shift for Var {
    fn shift(&mut self, to: &Move) {
        shift_all!(to, self.name, self.function, self.ty);
        match &mut self.kind {
            #[expect(clippy::cast_possible_truncation, reason = "as many as other ids")]
            VarKind::Import(position) => *position += to.imports as u32,
            VarKind::Function(function) => function.shift(to),
            VarKind::Type(ty) => ty.shift(to),
            VarKind::Const | VarKind::Let | VarKind::Param(_) | VarKind::Receiver | VarKind::Caught => {}
        }
    }
}

impl Shift for Function {
    fn shift(&mut self, to: &Move) {
        shift_all!(to, self.name, self.parent, self.owner, self.owner_name, self.receiver);
        shift_all!(to, self.params, self.returns, self.body, self.decorators);
    }
}

impl Shift for Param {
    fn shift(&mut self, to: &Move) {
        shift_all!(to, self.name, self.var, self.ty, self.default, self.decorators, self.parts);
    }
}

impl Shift for TypeDef {
    fn shift(&mut self, to: &Move) {
        shift_all!(to, self.name, self.fields, self.extends, self.implements);
        shift_all!(to, self.target, self.decorators, self.base);
    }
}

impl Shift for Field {
    fn shift(&mut self, to: &Move) {
        shift_all!(to, self.name, self.ty, self.init, self.decorators);
    }
}

impl Shift for TypeRef {
    fn shift(&mut self, to: &Move) {
        match &mut self.kind {
            TypeRefKind::Named { var, first, rest, args } => shift_all!(to, var, first, rest, args),
            TypeRefKind::Array(item) => item.shift(to),
            TypeRefKind::Union(parts) | TypeRefKind::Tuple(parts) => parts.shift(to),
            TypeRefKind::TypeOf(expr) => expr.shift(to),
            TypeRefKind::Function { params, returns } => shift_all!(to, params, returns),
            TypeRefKind::Object(fields) => fields.shift(to),
            TypeRefKind::Other => {}
        }
    }
}

impl Shift for Import {
    fn shift(&mut self, to: &Move) {
        shift_all!(to, self.module, self.var);
        if let Imported::Named(name) = &mut self.imported {
            name.shift(to);
        }
    }
}

impl Shift for Export {
    fn shift(&mut self, to: &Move) {
        self.name.shift(to);
        match &mut self.kind {
            ExportKind::Var(var) => var.shift(to),
            ExportKind::Value(expr) => expr.shift(to),
            ExportKind::From { module, name } => shift_all!(to, module, name),
        }
    }
}
