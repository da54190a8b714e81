//! What an expression is: a library's object, an export, a function of the tree.
//!
//! Owns: following names, members, calls and annotations to where a value was made, and how sure that is. Does not own: what is bound to
//! a variable (`bindings`), what comes from elsewhere (`imports`), or roles (`calls`).

mod bindings;
mod imports;

use std::sync::Arc;

use crate::facts::{
    BinaryOp, ExprId, ExprKind, FuncId, Name, Source, TypeDefId, TypeDefKind, TypeRefId, UnaryOp, VarId,
    VarKind,
};
use crate::finding::Confidence;
use crate::models::ReceiverId;
use crate::program::View;
use crate::program::index::owner_of;

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum Entity {
    /// Not known.
    Unknown,
    /// Something of the tree that was not found.
    Outside,
    /// A file of the tree as a whole.
    Module(usize),
    /// A library's module that is imported whole.
    Package(Name),
    /// An export of a module, dotted for nested ones.
    Export {
        /// The module.
        module: Name,
        /// The export. Shared, since what is known of expressions is handed about in copies.
        path: Arc<str>,
    },
    /// A name that nothing here declares, dotted for its members.
    Global(Arc<str>),
    /// A library's object.
    Object {
        /// Which.
        receiver: ReceiverId,
        /// The call that made it, if it is here.
        made: Option<ExprId>,
    },
    /// A method of a library's object, as a value.
    Method {
        /// The object.
        receiver: ReceiverId,
        /// The method.
        name: Name,
        /// The call that made the object.
        made: Option<ExprId>,
    },
    /// A function of the tree.
    Function(FuncId),
    /// A type of the tree.
    Type(TypeDefId),
    /// An object of a type of the tree.
    Instance(TypeDefId),
    /// Several of one kind: an array, slice, map or channel of them.
    Several(Box<Entity>),
    /// A literal: object, array, string, number.
    Literal(ExprId),
}

/// An entity, how sure that is, and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// What it is.
    pub entity: Entity,
    /// How sure.
    pub sure: Confidence,
    /// How it was told, a few words; empty where nothing needs saying.
    pub how: &'static str,
    /// By what.
    pub told: Told,
}

/// By what a library's object was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// It is imported as it is.
    #[default]
    Import,
    /// It is made by a call of the library.
    Construction,
    /// An annotation says so.
    Type,
    /// It is injected under a token, or set on another library's object.
    Token,
    /// The library hands it to a function that it runs.
    Library,
    /// By its name, or that of the method, alone.
    Name,
}

impl Resolved {
    pub(in crate::program) fn unknown() -> Self {
        Self::sure(Entity::Unknown)
    }

    pub(in crate::program) fn sure(entity: Entity) -> Self {
        Self { entity, sure: Confidence::High, how: "", told: Told::Import }
    }

    /// The same, told by something else.
    pub(in crate::program) fn told(self, told: Told) -> Self {
        Self { told, ..self }
    }

    /// What a call of this makes.
    pub(in crate::program) fn made(&self, receiver: ReceiverId, call: ExprId) -> Self {
        let told = if self.told == Told::Name { Told::Name } else { Told::Construction };
        let entity = Entity::Object { receiver, made: Some(call) };
        Self { entity, sure: self.sure, how: self.how, told }
    }

    pub(in crate::program) fn is_known(&self) -> bool {
        !matches!(self.entity, Entity::Unknown)
    }

    /// Known, and not merely as something of the tree.
    pub(in crate::program) fn is_here(&self) -> bool {
        !matches!(self.entity, Entity::Unknown | Entity::Outside)
    }
}

impl View<'_> {
    /// What an expression is.
    pub fn entity(&self, expr: ExprId) -> Resolved {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => self.var_entity(var),
            ExprKind::Name { name, var: None } => self.unbound_entity(self.file_of_expr(expr), name),
            ExprKind::This => self.this_entity(expr),
            ExprKind::Function(function) => Resolved::sure(Entity::Function(function)),
            ExprKind::Class(class) => Resolved::sure(Entity::Type(class)),
            ExprKind::Object { ty: None, .. }
            | ExprKind::Array { ty: None, .. }
            | ExprKind::Str(_)
            | ExprKind::Num(_)
            | ExprKind::Template(_) => Resolved::sure(Entity::Literal(expr)),
            _ => self.remembered_expr(expr, || self.find_entity(expr)),
        }
    }

    /// What a variable is.
    pub(in crate::program) fn var_entity(&self, var: VarId) -> Resolved {
        match self.facts.var(var).kind {
            VarKind::Function(function) => Resolved::sure(Entity::Function(function)),
            VarKind::Type(ty) => Resolved::sure(Entity::Type(ty)),
            VarKind::Caught => Resolved::unknown(),
            _ => self.remembered_var(var, || self.find_var_entity(var)),
        }
    }

    fn find_entity(&self, expr: ExprId) -> Resolved {
        match self.facts.expr(expr).kind {
            ExprKind::Module(module) => self.module_entity(self.file_of_expr(expr), module),
            ExprKind::Super => self.super_entity(expr),
            ExprKind::Member { object, name } => {
                if self.is_own_exports(expr) {
                    return self.whole_module(self.file_of_expr(expr));
                }
                let found = self.member_entity(&self.entity(object), name);
                if found.is_here() {
                    return found;
                }
                let handed = self.handed_member(object, name);
                handed.or_else(|| self.described_member(object, name)).unwrap_or(found)
            }
            ExprKind::Receive(object) => self.item_entity(&self.entity(object)),
            ExprKind::Index { object, index } => {
                let item = self.item_entity(&self.entity(object));
                if item.is_here() { item } else { self.entity_under(object, index).unwrap_or(item) }
            }
            ExprKind::Call { callee, .. } => self.call_entity(expr, callee),
            ExprKind::Await(inner) | ExprKind::Spread(inner) => self.entity(inner),
            ExprKind::Unary { op: UnaryOp::Address | UnaryOp::Deref, operand } => self.entity(operand),
            ExprKind::Cast { value, ty } => self.annotated_or(ty, || self.entity(value)),
            ExprKind::Binary { op: BinaryOp::Or | BinaryOp::Coalesce | BinaryOp::And, left, right } => {
                self.either([left, right])
            }
            ExprKind::Cond { then, other, .. } => self.either([then, other]),
            ExprKind::Object { ty: Some(ty), .. } => self.composite_entity(expr, ty),
            ExprKind::Array { .. } => Resolved::sure(Entity::Literal(expr)),
            ExprKind::Assign { binds, .. } => match self.facts.binds(binds).first().map(|bind| bind.source) {
                Some(Source::Expr(value)) => self.entity(value),
                _ => Resolved::unknown(),
            },
            _ => Resolved::unknown(),
        }
    }

    fn either(&self, exprs: [ExprId; 2]) -> Resolved {
        let found = exprs.map(|expr| self.entity(expr));
        let is_object = |found: &&Resolved| {
            matches!(found.entity, Entity::Object { .. } | Entity::Instance(_) | Entity::Function(_))
        };
        let known = |found: &&Resolved| found.is_here() && !matches!(found.entity, Entity::Literal(_));
        // `globalThis.client ?? connect()`: a place of the platform says nothing of what was put there.
        let named = |found: &&Resolved| known(found) && !matches!(found.entity, Entity::Global(_));
        let best = found.iter().find(is_object).or_else(|| found.iter().find(named));
        let best =
            best.or_else(|| found.iter().all(Resolved::is_here).then(|| found.iter().find(known)).flatten());
        best.cloned().unwrap_or_else(Resolved::unknown)
    }

    pub(in crate::program) fn annotated_or(
        &self,
        ty: Option<TypeRefId>,
        other: impl FnOnce() -> Resolved,
    ) -> Resolved {
        let annotated = ty.map(|ty| self.type_entity(ty));
        match annotated {
            // An annotation says what a thing is, the value also which one it is.
            Some(annotated) if self.says_all(&annotated.entity) => annotated,
            Some(annotated) if annotated.is_here() => {
                let found = other();
                if self.is_more_exact(&found.entity, &annotated.entity) { found } else { annotated }
            }
            Some(annotated) => {
                let found = other();
                if found.is_here() { found } else { annotated }
            }
            None => other(),
        }
    }

    /// Whether no value can be more exact than its annotation: a class or struct of the tree.
    fn says_all(&self, annotated: &Entity) -> bool {
        let Entity::Instance(ty) = annotated else { return false };
        let def = self.facts.type_def(*ty);
        matches!(def.kind, TypeDefKind::Class | TypeDefKind::Struct) && def.target.is_none()
    }

    /// Whether what a value was found to be says more than its annotation: the object itself, or what implements an interface.
    pub(in crate::program) fn is_more_exact(&self, found: &Entity, annotated: &Entity) -> bool {
        match (found, annotated) {
            // A type literal describes what is handed over, whatever that is.
            (found, Entity::Instance(ty)) if self.is_nameless(*ty) => {
                !matches!(found, Entity::Unknown | Entity::Outside | Entity::Global(_))
            }
            (Entity::Object { receiver: made, .. }, Entity::Object { receiver, .. }) => made == receiver,
            // What gives such items, known by where it was made.
            (Entity::Object { receiver: made, .. }, Entity::Several(item)) => {
                let items = self.models.receivers[made.index()].items;
                matches!((items, item.as_ref()), (Some((of, _)), Entity::Object { receiver, .. }) if of == *receiver)
            }
            (Entity::Object { .. }, Entity::Instance(ty)) => {
                matches!(self.facts.type_def(*ty).kind, TypeDefKind::Interface | TypeDefKind::Alias)
            }
            (Entity::Instance(found), Entity::Instance(ty)) => {
                self.facts.type_def(*ty).kind == TypeDefKind::Interface
                    && self.classes.implementers(*ty).contains(found)
            }
            // The function that was handed over for one that is only described.
            (Entity::Function(_), Entity::Instance(ty)) => self.is_function_type(*ty),
            // An object of functions, written out, that is what an interface describes: `const broker: Broker = { publish }`.
            (Entity::Literal(literal), Entity::Instance(ty)) => {
                matches!(self.facts.type_def(*ty).kind, TypeDefKind::Interface | TypeDefKind::Alias)
                    && self.has_functions(*literal)
            }
            _ => false,
        }
    }

    fn has_functions(&self, literal: ExprId) -> bool {
        let ExprKind::Object { props, .. } = self.facts.expr(literal).kind else { return false };
        let mut props = self.facts.props(props).iter();
        props.any(|prop| matches!(self.entity(prop.value).entity, Entity::Function(_)))
    }

    fn this_entity(&self, expr: ExprId) -> Resolved {
        let owner = owner_of(self.facts, self.home(expr));
        owner.map_or_else(Resolved::unknown, |owner| Resolved::sure(Entity::Instance(owner)))
    }

    /// What `super` means: an object of the class that the one around extends.
    fn super_entity(&self, expr: ExprId) -> Resolved {
        let base = self.base_of(expr);
        base.map_or_else(Resolved::unknown, |base| self.type_entity(base))
    }

    /// The class that the one around an expression extends.
    fn base_of(&self, expr: ExprId) -> Option<TypeRefId> {
        let owner = owner_of(self.facts, self.home(expr))?;
        self.facts.type_list(self.facts.type_def(owner).extends).first().copied()
    }
}
