//! Types of which an object is handed to a library (Go): that may ask it for any method, by an interface of its own or by reflection.
//!
//! Owns: finding them. Does not own: whether a method is called otherwise (`uncalled`).

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, ExprKind, FuncId, TypeDefId, TypeRefKind, VarKind};
use crate::program::View;
use crate::program::values::entity::Entity;

/// How many values a call may be handed that are looked at each.
const MAX_DEPTH: u32 = 3;

impl View<'_> {
    /// Whether some object of a type is handed to a library.
    pub(super) fn is_handed_out(&self, ty: TypeDefId) -> bool {
        self.said().handed.get_or_init(|| self.find_handed_out()).contains(&ty)
    }

    fn find_handed_out(&self) -> FxHashSet<TypeDefId> {
        let mut handed = FxHashSet::default();
        for at in 0..self.facts.exprs.len() {
            let expr = ExprId::from_index(at);
            match self.facts.expr(expr).kind {
                ExprKind::Call { args, .. } if self.called_function(expr).is_none() => {
                    for arg in self.facts.list(args) {
                        self.add_handed(*arg, MAX_DEPTH, &mut handed);
                    }
                }
                ExprKind::Object { ty, props } if ty.is_none_or(|ty| !self.is_type_of_tree(ty)) => {
                    for prop in self.facts.props(props) {
                        self.add_handed(prop.value, MAX_DEPTH, &mut handed);
                    }
                }
                ExprKind::Array { ty, items } if ty.is_none_or(|ty| !self.is_type_of_tree(ty)) => {
                    for item in self.facts.list(items) {
                        self.add_handed(*item, MAX_DEPTH, &mut handed);
                    }
                }
                _ => {}
            }
        }
        for function in self.facts.function_ids() {
            if self.facts.function(function).returns.is_some_and(|ty| !self.is_all_of_tree(ty)) {
                for value in self.returned_by(function) {
                    self.add_handed(*value, MAX_DEPTH, &mut handed);
                }
            }
        }
        handed
    }

    /// Adds the types of what a value is, and of what a function gives that is handed over as one.
    fn add_handed(&self, value: ExprId, depth: u32, handed: &mut FxHashSet<TypeDefId>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let mut entity = self.entity(value).entity;
        while let Entity::Several(one) = entity {
            entity = *one;
        }
        match entity {
            Entity::Instance(ty) | Entity::Type(ty) => {
                handed.insert(ty);
                // Who is handed it may be any that implements it.
                handed.extend(self.classes.implementers(ty));
            }
            Entity::Function(function) => self.add_results(function, depth, handed),
            _ => {}
        }
    }

    fn add_results(&self, function: FuncId, depth: u32, handed: &mut FxHashSet<TypeDefId>) {
        for value in self.returned_by(function) {
            self.add_handed(*value, depth, handed);
        }
    }

    fn is_all_of_tree(&self, ty: crate::facts::TypeRefId) -> bool {
        match self.facts.type_ref(ty).kind {
            TypeRefKind::Tuple(all) => {
                self.facts.type_list(all).first().is_none_or(|first| self.is_all_of_tree(*first))
            }
            TypeRefKind::Array(inner) => self.is_all_of_tree(inner),
            _ => self.is_type_of_tree(ty),
        }
    }

    fn is_type_of_tree(&self, ty: crate::facts::TypeRefId) -> bool {
        matches!(self.facts.type_ref(ty).kind, TypeRefKind::Named { var: Some(var), rest: None, .. }
            if matches!(self.facts.var(var).kind, VarKind::Type(_)))
    }
}
