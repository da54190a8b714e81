//! What calls give: constructions, factories, promises, items of collections, results of functions of the tree.
//!
//! Owns: from a call to what it makes. Does not own: which role it plays (`calls`).

use crate::facts::{ExprId, ExprKind, FuncId, TypeRefId};
use crate::finding::Confidence;
use crate::models::{ReceiverId, Returns};
use crate::program::View;
use crate::program::values::entity::{Entity, Resolved, Told};
use crate::source::Ecosystem;

impl View<'_> {
    pub(in crate::program) fn composite_entity(&self, expr: ExprId, ty: TypeRefId) -> Resolved {
        let found = self.type_entity(ty);
        match found.entity {
            Entity::Object { receiver, .. } => found.made(receiver, expr),
            Entity::Instance(_) => found,
            _ => Resolved::sure(Entity::Literal(expr)),
        }
    }

    pub(in crate::program) fn call_entity(&self, call: ExprId, callee: ExprId) -> Resolved {
        if let Some(bound) = self.bound_function(callee) {
            return bound;
        }
        if let Some(known) = self.promised_entity(call, callee).or_else(|| self.collected_entity(callee)) {
            return known;
        }
        if let Some(made) = self.new_entity(call, callee) {
            return made;
        }
        let called = self.entity(callee);
        match &called.entity {
            Entity::Package(_) | Entity::Export { .. } | Entity::Global(_) => {
                self.library_call_entity(call, callee, &called)
            }
            Entity::Method { receiver, name, made } => {
                let entries = self.models.method(*receiver, self.facts.name(*name));
                let on = match self.facts.expr(callee).kind {
                    ExprKind::Member { object, .. } => Some(object),
                    _ => None,
                };
                let (Some(entry), _) = self.choose(call, entries, on, *made) else {
                    let chains = self.models.receivers[receiver.index()].chain;
                    let itself = Entity::Object { receiver: *receiver, made: *made };
                    return if chains { Resolved::sure(itself) } else { Resolved::unknown() };
                };
                match &self.models.calls[entry.index()].returns {
                    Some(Returns::Receiver(receiver)) => called.made(*receiver, call),
                    Some(Returns::This) => {
                        let entity = Entity::Object { receiver: *receiver, made: *made };
                        Resolved { entity, ..called.clone() }
                    }
                    Some(Returns::Registered(path)) => self.looked_up(call, path),
                    _ => Resolved::unknown(),
                }
            }
            Entity::Function(function) => self.result_entity(*function),
            Entity::Type(ty) => Resolved::sure(Entity::Instance(*ty)),
            Entity::Object { receiver, made } if !self.models.method(*receiver, "()").is_empty() => {
                let entries = self.models.method(*receiver, "()");
                let (Some(entry), _) = self.choose(call, entries, Some(callee), *made) else {
                    return Resolved::unknown();
                };
                match &self.models.calls[entry.index()].returns {
                    Some(Returns::Receiver(receiver)) => called.made(*receiver, call),
                    Some(Returns::This) => called.clone(),
                    _ => Resolved::unknown(),
                }
            }
            // `new X()` of a class that a library hands out.
            Entity::Object { receiver, .. } => {
                let entries = self.models.construction(*receiver);
                let entry = self.choose(call, entries, None, Some(call)).0;
                match entry.and_then(|entry| self.models.calls[entry.index()].returns.as_ref()) {
                    Some(Returns::Receiver(made)) => called.made(*made, call),
                    _ => called.made(*receiver, call),
                }
            }
            Entity::Outside => Resolved::sure(Entity::Outside),
            Entity::Unknown => {
                let typed = self.typed_call_entity(callee, &called.entity);
                typed.unwrap_or_else(|| self.named_call_entity(call))
            }
            Entity::Instance(_) => {
                self.typed_call_entity(callee, &called.entity).unwrap_or_else(Resolved::unknown)
            }
            Entity::Module(_) | Entity::Literal(_) | Entity::Several(_) => Resolved::unknown(),
        }
    }

    /// What a promise chain gives: that of its object after `.catch(…)` and `.finally(…)`, that of its function after `.then(…)`.
    pub(in crate::program) fn promised_entity(&self, call: ExprId, callee: ExprId) -> Option<Resolved> {
        if self.ecosystem() != Ecosystem::Ecmascript {
            return None;
        }
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
        let found = match self.facts.name(name) {
            "catch" | "finally" => self.entity(object),
            "then" => match self.entity(*self.args(call).first()?).entity {
                Entity::Function(function) => self.result_entity(function),
                _ => return None,
            },
            _ => return None,
        };
        Some(found).filter(Resolved::is_here)
    }

    /// What a method of a collection gives: an item of it, or some of them.
    pub(in crate::program) fn collected_entity(&self, callee: ExprId) -> Option<Resolved> {
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
        let item = matches!(self.facts.name(name), "get" | "find" | "findLast" | "at" | "pop" | "shift");
        let some = matches!(
            self.facts.name(name),
            "filter" | "slice" | "sort" | "reverse" | "concat" | "values" | "toSorted" | "toReversed"
        );
        if !item && !some || self.ecosystem() != Ecosystem::Ecmascript {
            return None;
        }
        let found = self.entity(object);
        match &found.entity {
            Entity::Several(of) if item => Some(Resolved { entity: of.as_ref().clone(), ..found.clone() }),
            Entity::Several(_) => Some(found),
            _ => None,
        }
    }

    /// What Go's `new(T)` makes.
    pub(in crate::program) fn new_entity(&self, call: ExprId, callee: ExprId) -> Option<Resolved> {
        let is_new = matches!(self.facts.expr(callee).kind, ExprKind::Name { name, var: None } if self.facts.name(name) == "new");
        if !is_new || self.ecosystem() != Ecosystem::Go {
            return None;
        }
        // `new(orders.Order)` is read with the type as a type.
        if let Some(ty) = self.facts.call_types(call).first() {
            return Some(self.type_entity(*ty)).filter(Resolved::is_here);
        }
        match self.entity(*self.args(call).first()?).entity {
            Entity::Type(ty) => Some(Resolved::sure(Entity::Instance(ty))),
            ref export @ Entity::Export { .. } => {
                let exports = self.exports_of(export);
                let receiver =
                    exports.iter().find_map(|(library, path)| self.models.type_of(*library, path))?;
                Some(Resolved::sure(Entity::Object { receiver, made: Some(call) }).told(Told::Construction))
            }
            _ => None,
        }
    }

    /// What a call on something told by its name alone gives.
    pub(in crate::program) fn named_call_entity(&self, call: ExprId) -> Resolved {
        let Some((entry, receiver, how)) = self.named_entry(call) else { return Resolved::unknown() };
        let receiver = match &self.models.calls[entry.index()].returns {
            Some(Returns::Receiver(receiver)) => *receiver,
            Some(Returns::This) => receiver,
            _ => return Resolved::unknown(),
        };
        let entity = Entity::Object { receiver, made: Some(call) };
        Resolved { entity, sure: Confidence::Low, how, told: Told::Name }
    }

    /// `f.bind(…)` is `f`.
    pub(in crate::program) fn bound_function(&self, callee: ExprId) -> Option<Resolved> {
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
        if self.facts.name(name) != "bind" {
            return None;
        }
        let bound = self.entity(object);
        matches!(bound.entity, Entity::Function(_) | Entity::Method { .. }).then_some(bound)
    }

    pub(in crate::program) fn library_call_entity(
        &self,
        call: ExprId,
        callee: ExprId,
        called: &Resolved,
    ) -> Resolved {
        if let Some(receiver) = self.constructed_by(&called.entity) {
            return called.made(receiver, call);
        }
        let mut entries = self.function_entries(&called.entity);
        if entries.is_empty() {
            entries = self.exported_method(callee).unwrap_or_default();
        }
        let (Some(entry), _) = self.choose(call, &entries, None, None) else {
            return self.named_call_entity(call);
        };
        match &self.models.calls[entry.index()].returns {
            Some(Returns::Receiver(receiver)) => called.made(*receiver, call),
            Some(Returns::Argument(path)) => match self.at(call, None, None, path) {
                crate::program::values::value::At::Expr(value) if value != callee => self.entity(value),
                _ => Resolved::unknown(),
            },
            Some(Returns::Registered(path)) => self.looked_up(call, path),
            _ => Resolved::unknown(),
        }
    }

    /// The receiver that calling or constructing an export gives.
    pub(in crate::program) fn constructed_by(&self, entity: &Entity) -> Option<ReceiverId> {
        self.exports_of(entity).into_iter().find_map(|(library, path)| self.models.constructs(library, &path))
    }

    /// An export under each library, and each spelling, that it may go by.
    pub(in crate::program) fn exports_of(&self, entity: &Entity) -> Vec<(crate::models::LibraryId, String)> {
        let (libraries, path) = match entity {
            Entity::Package(module) => (self.libraries_of(*module).to_vec(), "default"),
            Entity::Export { module, path } => (self.libraries_of(*module).to_vec(), &**path),
            Entity::Global(path) => (self.models.globals(self.ecosystem()).to_vec(), &**path),
            _ => return Vec::new(),
        };
        // CommonJS and ES interoperability: `default.x` and `x` are one.
        let bare = path.strip_prefix("default.");
        let spelled = std::iter::once(path).chain(bare);
        spelled.flat_map(|path| libraries.iter().map(move |library| (*library, path.to_owned()))).collect()
    }

    /// What a function of the tree gives back.
    pub(in crate::program) fn result_entity(&self, function: FuncId) -> Resolved {
        let info = self.facts.function(function);
        let annotated = info.returns.map(|ty| self.type_entity(ty)).filter(Resolved::is_here);
        let is_described = |found: &Resolved| match found.entity {
            Entity::Instance(ty) => self.is_function_type(ty),
            _ => false,
        };
        let values = || self.index.returns(function).iter().map(|value| self.entity(*value));
        if let Some(annotated) = annotated.as_ref().filter(|annotated| !is_described(annotated)) {
            // What a client was made by says what limits it; a stream of messages, how they are acknowledged.
            let is_bare = matches!(annotated.entity, Entity::Several(_) | Entity::Object { made: None, .. });
            let is_exact = |found: &Resolved| {
                self.is_more_exact(&found.entity, &annotated.entity)
                    && !matches!(found.entity, Entity::Object { made: None, .. })
            };
            let exact = is_bare.then(|| values().find(is_exact));
            return exact.flatten().unwrap_or_else(|| annotated.clone());
        }
        let values: Vec<Resolved> = values().collect();
        let is_object = |found: &&Resolved| {
            matches!(found.entity, Entity::Object { .. } | Entity::Instance(_))
                || self.exported_object(&found.entity).is_some()
        };
        let best = values.iter().find(is_object).or_else(|| {
            // A library that is loaded late: `const load = () => loaded ??= import('kafkajs')`.
            let is_made = |found: &&Resolved| {
                matches!(found.entity, Entity::Literal(_) | Entity::Function(_) | Entity::Package(_))
            };
            values.iter().find(is_made)
        });
        best.cloned().or(annotated).unwrap_or_else(Resolved::unknown)
    }
}
