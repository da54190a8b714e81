//! Collections of the language itself, which no model describes: `m[k]` and `m[k] = v` play roles as calls do.
//!
//! Owns: these roles and their arguments, and which collections outlive a call. Does not own: methods of collections (`entries`).

use crate::facts::{AssignOp, ExprId, ExprKind, Name, Place, TypeRefKind};
use crate::finding::Confidence;
use crate::models::ArgName;
use crate::program::View;
use crate::program::calls::RoleUse;
use crate::program::calls::args::Arg;
use crate::program::values::entity::{Entity, Told};

impl View<'_> {
    /// Reading and writing maps and objects that live longer than a call: `m[k]`, `m[k] = v`.
    pub(super) fn collection_role(&self, expr: ExprId) -> Option<RoleUse> {
        let (object, role) = match self.facts.expr(expr).kind {
            ExprKind::Assign { op, binds } if op != AssignOp::Declare => {
                let place = self.facts.binds(binds).iter().find_map(|bind| match bind.place {
                    Place::Expr(place) => Some(place),
                    _ => None,
                })?;
                let ExprKind::Index { object, .. } = self.facts.expr(place).kind else { return None };
                (object, "memory.write")
            }
            ExprKind::Index { object, .. } => {
                // The target of an assignment is no read.
                let is_target = self.parent(expr).is_some_and(|parent| match self.facts.expr(parent).kind {
                    ExprKind::Assign { binds, .. } => self
                        .facts
                        .binds(binds)
                        .iter()
                        .any(|bind| matches!(bind.place, Place::Expr(place) if place == expr)),
                    _ => false,
                });
                if is_target {
                    return None;
                }
                (object, "memory.read")
            }
            _ => return None,
        };
        self.long_lived(object)?;
        let role = self.roles.get(role)?;
        Some(RoleUse {
            expr,
            role,
            entry: None,
            on: Some(object),
            made: None,
            sure: Confidence::High,
            how: "",
            told: Told::Import,
        })
    }

    /// The declaration of a collection that outlives the call that uses it: a module variable, or a field.
    pub fn long_lived(&self, object: ExprId) -> Option<crate::finding::Place> {
        match self.facts.expr(object).kind {
            ExprKind::Name { var: Some(var), .. } => {
                let info = self.facts.var(var);
                let is_value = matches!(info.kind, crate::facts::VarKind::Const | crate::facts::VarKind::Let);
                (is_value && self.is_module(info.function))
                    .then(|| self.place(self.file_of(info.function), info.span))
            }
            ExprKind::Member { object: holder, name } => match self.entity(holder).entity {
                Entity::Instance(ty) | Entity::Type(ty) if !self.is_carried(holder) => {
                    let field = self.facts.fields(ty).iter().find(|field| field.name == name)?;
                    Some(self.place(self.file_of_type(ty), field.span))
                }
                _ => self.long_lived(self.nameless_holder(object)?),
            },
            ExprKind::Cast { value, .. } => self.long_lived(value),
            _ => None,
        }
    }

    /// The variable `tokens` of `tokens.byKey`, where that is one struct with a type of no name, such as a map together
    /// with its lock: what is called `byKey` in it is the collection of tokens.
    pub fn nameless_holder(&self, object: ExprId) -> Option<ExprId> {
        let ExprKind::Member { object: holder, .. } = self.facts.expr(object).kind else { return None };
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(holder).kind else { return None };
        let nameless = |ty| matches!(self.facts.type_ref(ty).kind, TypeRefKind::Object(_));
        let written_out = |value: &ExprId| matches!(self.facts.expr(*value).kind, ExprKind::Object { ty: Some(ty), .. } if nameless(ty));
        let declared = self.facts.var(var).ty.is_some_and(nameless);
        (declared || self.values_of(holder).iter().any(written_out)).then_some(holder)
    }

    /// Whether a collection is a variable of a module or package, and no field.
    pub fn is_of_module(&self, object: ExprId) -> bool {
        match self.facts.expr(object).kind {
            ExprKind::Name { .. } => self.long_lived(object).is_some(),
            ExprKind::Member { object: holder, name } => {
                self.is_of_class(holder, name)
                    || self.nameless_holder(object).is_some_and(|holder| self.is_of_module(holder))
            }
            ExprKind::Cast { value, .. } => self.is_of_module(value),
            _ => false,
        }
    }

    /// Whether there is one of a field for all objects of its class: `Codes.byEmail`, declared `static`.
    fn is_of_class(&self, holder: ExprId, name: Name) -> bool {
        let (Entity::Type(ty) | Entity::Instance(ty)) = self.entity(holder).entity else { return false };
        self.facts.fields(ty).iter().any(|field| field.name == name && field.is_static)
    }

    pub(super) fn collection_arg(&self, used: &RoleUse, name: ArgName) -> Arg {
        let place = match self.facts.expr(used.expr).kind {
            ExprKind::Assign { binds, .. } => {
                let bind = self.facts.binds(binds).first();
                match (bind, self.roles.arg_name(name)) {
                    (Some(bind), "value") => {
                        return match bind.source {
                            crate::facts::Source::Expr(value) => Arg::Given(value, None),
                            _ => Arg::Unknown,
                        };
                    }
                    (Some(crate::facts::Bind { place: Place::Expr(place), .. }), _) => *place,
                    _ => return Arg::Unknown,
                }
            }
            _ => used.expr,
        };
        match (self.facts.expr(place).kind, self.roles.arg_name(name)) {
            (ExprKind::Index { index, .. }, "key") => Arg::Given(index, None),
            _ => Arg::Missing,
        }
    }
}
