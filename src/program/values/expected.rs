//! What the place where a function stands says of it: the annotation that it must meet, and so of the parameters that say
//! nothing themselves; and what calls give of something that is known by a function type alone.
//!
//! Owns: finding that annotation. Does not own: what annotations mean (`types`).

use crate::facts::{
    ExprId, ExprKind, FuncId, Name, Place, PropKey, Source, TypeDefId, TypeDefKind, TypeRefId, TypeRefKind,
    VarKind,
};
use crate::program::View;
use crate::program::values::entity::{Entity, Resolved};
use crate::program::values::types::MAX_TYPE_DEPTH;

/// How many literals, each within the next, an annotation is looked for around.
const MAX_AROUND: u32 = 8;

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(in crate::program) enum Expected {
    /// What this annotation says.
    Type(TypeRefId),
    /// A function with this one's parameters and result.
    Like(FuncId),
}

impl View<'_> {
    /// What a function literal must be where it stands.
    pub(in crate::program) fn expected_of(&self, function: FuncId) -> Option<Expected> {
        self.expected_at(self.index.literal(function)?, MAX_AROUND)
    }

    /// The annotation of a parameter, or what the place of its function says that it is.
    pub(in crate::program) fn param_type(&self, function: FuncId, position: u32) -> Option<TypeRefId> {
        let position = position as usize;
        if let Some(ty) = self.facts.params(function).get(position)?.ty {
            return Some(ty);
        }
        match self.as_function(self.expected_of(function)?)? {
            Expected::Type(ty) => match self.facts.type_ref(ty).kind {
                TypeRefKind::Function { params, .. } => self.facts.type_list(params).get(position).copied(),
                _ => None,
            },
            Expected::Like(other) if other == function => None,
            Expected::Like(other) => self.facts.params(other).get(position)?.ty,
        }
    }

    /// What a call of something gives that is known only by the function type it is declared with.
    pub(in crate::program) fn typed_call_entity(&self, callee: ExprId, called: &Entity) -> Option<Resolved> {
        let expected = match called {
            Entity::Instance(ty) => Expected::Type(self.facts.type_def(*ty).target?),
            _ => self.declaration_of(callee)?,
        };
        let returns = match self.as_function(expected)? {
            Expected::Type(ty) => match self.facts.type_ref(ty).kind {
                TypeRefKind::Function { returns, .. } => returns?,
                _ => return None,
            },
            Expected::Like(function) => self.facts.function(function).returns?,
        };
        Some(self.type_entity(returns)).filter(Resolved::is_here)
    }

    /// Whether a type of the tree is one of functions.
    pub(in crate::program) fn is_function_type(&self, ty: TypeDefId) -> bool {
        self.facts
            .type_def(ty)
            .target
            .is_some_and(|target| self.as_function(Expected::Type(target)).is_some())
    }

    fn expected_at(&self, expr: ExprId, around: u32) -> Option<Expected> {
        let around = around.checked_sub(1)?;
        let Some(parent) = self.parent(expr) else {
            let home = self.home(expr);
            let returns = || self.facts.function(home).returns.map(Expected::Type);
            return self.index.is_returned(expr).then(returns).flatten();
        };
        match self.facts.expr(parent).kind {
            ExprKind::Assign { binds, .. } => {
                let is_it = |bind: &&crate::facts::Bind| bind.source == Source::Expr(expr);
                let bind = self.facts.binds(binds).iter().find(is_it).filter(|bind| bind.path.is_empty())?;
                match bind.place {
                    Place::Var(var) => self.facts.var(var).ty.map(Expected::Type),
                    Place::Expr(place) => self.declaration_of(place),
                    Place::Nothing => None,
                }
            }
            ExprKind::Cast { ty, .. } => ty.map(Expected::Type),
            ExprKind::Object { ty: None, props } => {
                let is_it = |prop: &&crate::facts::Prop| prop.value == expr;
                match self.facts.props(props).iter().find(is_it)?.key {
                    PropKey::Name(name) => self.part_of_type(self.expected_at(parent, around)?, name),
                    _ => None,
                }
            }
            ExprKind::Array { ty: None, .. } => self.item_of_type(self.expected_at(parent, around)?),
            ExprKind::Cond { .. } | ExprKind::Binary { .. } => self.expected_at(parent, around),
            ExprKind::Call { callee, args, .. } => {
                let position = self.facts.list(args).iter().position(|arg| *arg == expr)?;
                match self.entity(callee).entity {
                    Entity::Function(called) => {
                        self.facts.params(called).get(position)?.ty.map(Expected::Type)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What a name or member is declared as.
    fn declaration_of(&self, expr: ExprId) -> Option<Expected> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => {
                let info = self.facts.var(var);
                match (info.ty, info.kind) {
                    (Some(ty), _) => Some(Expected::Type(ty)),
                    (None, VarKind::Param(position)) => {
                        self.param_type(info.function, position).map(Expected::Type)
                    }
                    _ => None,
                }
            }
            ExprKind::Member { object, name } => match self.entity(object).entity {
                Entity::Instance(def) => self.member_type(def, name),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a property of a type of the tree is declared as.
    fn member_type(&self, def: TypeDefId, name: Name) -> Option<Expected> {
        let field = self.facts.fields(def).iter().find(|field| field.name == name);
        match field.and_then(|field| field.ty) {
            Some(ty) => Some(Expected::Type(ty)),
            None => self.method_of(def, name).map(Expected::Like),
        }
    }

    fn part_of_type(&self, whole: Expected, name: Name) -> Option<Expected> {
        let Expected::Type(ty) = whole else { return None };
        match self.type_entity(ty).entity {
            Entity::Instance(def) => self.member_type(def, name),
            // Every property of a record is one of the same kind.
            _ => match self.facts.type_ref(self.through_aliases(ty)).kind {
                TypeRefKind::Named { first, args, .. } if self.facts.name(first) == "Record" => {
                    self.facts.type_list(args).last().copied().map(Expected::Type)
                }
                _ => None,
            },
        }
    }

    fn through_aliases(&self, mut ty: TypeRefId) -> TypeRefId {
        for _ in 0..MAX_TYPE_DEPTH {
            match self.alias_target(ty) {
                Some(target) => ty = target,
                None => break,
            }
        }
        ty
    }

    fn item_of_type(&self, whole: Expected) -> Option<Expected> {
        let Expected::Type(ty) = whole else { return None };
        match self.facts.type_ref(self.through_aliases(ty)).kind {
            TypeRefKind::Array(item) => Some(Expected::Type(item)),
            TypeRefKind::Named { first, args, .. }
                if matches!(self.facts.name(first), "Array" | "ReadonlyArray") =>
            {
                self.facts.type_list(args).first().copied().map(Expected::Type)
            }
            _ => None,
        }
    }

    /// The function type that an annotation means, through aliases, or the function whose type it asks for.
    fn as_function(&self, expected: Expected) -> Option<Expected> {
        let Expected::Type(mut ty) = expected else { return Some(expected) };
        for _ in 0..MAX_TYPE_DEPTH {
            ty = match self.facts.type_ref(ty).kind {
                TypeRefKind::Function { .. } => return Some(Expected::Type(ty)),
                TypeRefKind::TypeOf(value) => match self.entity(value).entity {
                    Entity::Function(function) => return Some(Expected::Like(function)),
                    _ => return None,
                },
                // `Handler | undefined` leaves no union; of several the first that is one.
                TypeRefKind::Union(parts) => {
                    let is_one = |part: &&TypeRefId| {
                        matches!(self.facts.type_ref(**part).kind, TypeRefKind::Function { .. })
                    };
                    *self.facts.type_list(parts).iter().find(is_one)?
                }
                _ => self.alias_target(ty)?,
            };
        }
        None
    }

    /// What the alias that an annotation names stands for.
    pub(in crate::program) fn alias_target(&self, ty: TypeRefId) -> Option<TypeRefId> {
        let TypeRefKind::Named { var: Some(var), rest: None, .. } = self.facts.type_ref(ty).kind else {
            return None;
        };
        let VarKind::Type(def) = self.facts.var(var).kind else { return None };
        let info = self.facts.type_def(def);
        info.target.filter(|_| info.kind != TypeDefKind::Interface)
    }
}
