//! What a part of something is: members of objects, fields and methods of types, items of collections.
//!
//! Owns: looking into what is known. Does not own: what the whole is (`entity`).

use crate::facts::{Bind, ExprId, ExprKind, FuncId, FuncKind, Name, Place, Source, TypeDefId};
use crate::program::View;
use crate::program::values::entity::{Entity, Resolved};

/// How many base types of base types are looked into.
const MAX_BASES: u32 = 8;

impl View<'_> {
    /// What was put into a collection of the tree under an index of this name: `sockets[id] = new WebSocket(url)`.
    pub(in crate::program) fn entity_under(&self, object: ExprId, index: ExprId) -> Option<Resolved> {
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(object).kind else { return None };
        let ExprKind::Name { name, .. } = self.facts.expr(index).kind else { return None };
        let values = self.index.member(var, name).iter().filter_map(|binding| match binding.source {
            Source::Expr(value) => Some(self.entity(value)),
            _ => None,
        });
        values.into_iter().find(Resolved::is_here)
    }

    /// What a member of something is.
    pub(in crate::program) fn member_entity(&self, object: &Resolved, name: Name) -> Resolved {
        let text = self.facts.name(name);
        let entity = match &object.entity {
            Entity::Package(module) => Entity::Export { module: *module, path: text.into() },
            Entity::Export { module, path } => {
                Entity::Export { module: *module, path: format!("{path}.{text}").into() }
            }
            Entity::Module(file) => {
                return match self.bindings.exported(self.facts, *file, name) {
                    Some(meaning) => self.meaning_entity(meaning),
                    // `require('./module').default` of a CommonJS module is the module.
                    None if text == "default" => self.whole_module(*file),
                    None => Resolved::sure(Entity::Outside),
                };
            }
            Entity::Global(path) => Entity::Global(format!("{path}.{text}").into()),
            Entity::Object { receiver, made } => {
                let members = &self.models.receivers[receiver.index()].members;
                let is_method = self.models.has_method(*receiver, text);
                let found =
                    members.iter().find(|(member, _)| member == text || (member == "*" && !is_method));
                // What the program itself set says more than what a plugin usually sets.
                if !is_method && let Some(set) = self.set_on(*receiver, text) {
                    return set;
                }
                match found {
                    Some((_, held)) => Entity::Object { receiver: *held, made: None },
                    None => Entity::Method { receiver: *receiver, name, made: *made },
                }
            }
            Entity::Method { receiver, name: outer, .. } => {
                let path = format!("{}.{text}", self.facts.name(*outer));
                return self.set_on(*receiver, &path).unwrap_or_else(|| object.clone());
            }
            Entity::Instance(ty) => return self.field_entity(*ty, name, 0),
            Entity::Type(ty) => return self.field_entity(*ty, name, 0),
            Entity::Literal(literal) => match self.property(*literal, text) {
                crate::program::values::value::At::Expr(value) => return self.entity(value),
                _ => return self.assigned_member(*literal, name),
            },
            Entity::Outside => Entity::Outside,
            Entity::Function(_) | Entity::Unknown | Entity::Several(_) => Entity::Unknown,
        };
        Resolved { entity, ..object.clone() }
    }

    /// What is assigned to a property of the variable that a literal is put in: `const db = {}; db.redis = client`.
    fn assigned_member(&self, literal: ExprId, name: Name) -> Resolved {
        let mut at = literal;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Cast { .. } => at = parent,
                ExprKind::Assign { binds, .. } => {
                    let holds = |bind: &&Bind| bind.source == Source::Expr(at) && bind.path.is_empty();
                    return match self.facts.binds(binds).iter().find(holds).map(|bind| bind.place) {
                        Some(Place::Var(var)) => self.bindings_entity(self.index.member(var, name)),
                        _ => Resolved::unknown(),
                    };
                }
                _ => break,
            }
        }
        Resolved::unknown()
    }

    /// The object of a library that something is because its type extends the library's.
    pub(in crate::program) fn inherited_object(&self, found: Resolved) -> Resolved {
        let Entity::Instance(mut at) = found.entity else { return found };
        for _ in 0..MAX_BASES {
            let bases = self.facts.type_list(self.facts.type_def(at).extends).iter();
            let mut bases = bases.map(|base| self.type_entity(*base));
            match bases.find(|base| matches!(base.entity, Entity::Object { .. } | Entity::Instance(_))) {
                Some(Resolved { entity: Entity::Instance(base), .. }) if base != at => at = base,
                Some(base) => return base,
                None => break,
            }
        }
        found
    }

    /// What a field or method of a type of the tree is, inherited ones included.
    pub(in crate::program) fn field_entity(&self, owner: TypeDefId, name: Name, depth: u32) -> Resolved {
        let field = self.facts.fields(owner).iter().find(|field| field.name == name);
        let bindings = self.index.field(owner, name);
        if let Some(field) = field {
            let value = || self.injected(field.decorators).unwrap_or_else(|| self.bindings_entity(bindings));
            let found = self.annotated_or(field.ty, value);
            if found.is_known() {
                return found;
            }
        } else if !bindings.is_empty() {
            return self.bindings_entity(bindings);
        }
        if let Some(method) = self.method_of(owner, name) {
            if self.facts.function(method).kind == FuncKind::Getter {
                return self.result_entity(method);
            }
            return Resolved::sure(Entity::Function(self.implemented(owner, name, method, depth)));
        }
        let def = self.facts.type_def(owner);
        if depth < MAX_BASES {
            for base in self.facts.type_list(def.extends) {
                let found = self.type_entity(*base);
                let inherited = match &found.entity {
                    Entity::Instance(base) if *base != owner => self.field_entity(*base, name, depth + 1),
                    Entity::Object { .. } => self.member_entity(&found, name),
                    Entity::Outside => Resolved::sure(Entity::Outside),
                    _ => continue,
                };
                if inherited.is_known() {
                    return inherited;
                }
            }
        }
        Resolved::unknown()
    }

    /// What runs when a method is called: the only implementation of one that has no body of its own.
    pub(in crate::program) fn implemented(
        &self,
        owner: TypeDefId,
        name: Name,
        method: FuncId,
        depth: u32,
    ) -> FuncId {
        if !self.facts.function(method).body.is_empty() || depth >= MAX_BASES {
            return method;
        }
        match self.classes.implementers(owner) {
            [only] => match self.field_entity(*only, name, depth + 1).entity {
                Entity::Function(found) => found,
                _ => method,
            },
            _ => method,
        }
    }

    /// A method of a type of the tree.
    pub(in crate::program) fn method_of(&self, owner: TypeDefId, name: Name) -> Option<FuncId> {
        self.index.method(owner, name)
    }

    pub(in crate::program) fn item_entity(&self, over: &Resolved) -> Resolved {
        let entity = match &over.entity {
            Entity::Object { receiver, .. } => match self.models.receivers[receiver.index()].items {
                Some((item, _)) => Entity::Object { receiver: item, made: None },
                None => Entity::Unknown,
            },
            Entity::Literal(literal) => match self.facts.expr(*literal).kind {
                ExprKind::Array { ty: Some(ty), .. } => return self.type_entity(ty),
                ExprKind::Array { items, .. } => match self.facts.list(items).first() {
                    Some(first) => return self.entity(*first),
                    None => Entity::Unknown,
                },
                _ => Entity::Unknown,
            },
            Entity::Several(item) => item.as_ref().clone(),
            Entity::Outside => Entity::Outside,
            _ => Entity::Unknown,
        };
        Resolved { entity, ..over.clone() }
    }
}
