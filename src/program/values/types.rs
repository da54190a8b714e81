//! What a type annotation says a value is.
//!
//! Owns: following annotations to library types and types of the tree. Does not own: values (`entity`).

use std::borrow::Cow;

use crate::facts::{
    ExprId, ExprKind, List, Name, TypeDefId, TypeDefKind, TypeRefId, TypeRefKind, VarId, VarKind,
};

use crate::models::{CallId, Returns};
use crate::program::View;
use crate::program::values::entity::{Entity, Resolved, Told};

/// Types of several of one kind, which is their last argument.
const COLLECTIONS: [&str; 11] = [
    "chan",
    "map",
    "Array",
    "ReadonlyArray",
    "AsyncIterable",
    "Iterable",
    "Map",
    "ReadonlyMap",
    "Set",
    "ReadonlySet",
    "Record",
];

/// Types of plain values: nothing is called on these that anybody made.
const PLAIN: [&str; 18] = [
    "string", "number", "boolean", "bigint", "bool", "byte", "error", "rune", "int", "int8", "int16",
    "int32", "int64", "uint", "uint32", "uint64", "float32", "float64",
];

/// How deeply annotations may refer to one another.
pub(in crate::program) const MAX_TYPE_DEPTH: u32 = 24;

impl View<'_> {
    /// What an annotation says a value is.
    pub fn type_entity(&self, ty: TypeRefId) -> Resolved {
        let depth = self.type_depth.get();
        if depth >= MAX_TYPE_DEPTH {
            return Resolved::unknown();
        }
        self.type_depth.set(depth + 1);
        let found = self.find_type_entity(ty);
        self.type_depth.set(depth);
        found
    }

    fn find_type_entity(&self, ty: TypeRefId) -> Resolved {
        match self.facts.type_ref(ty).kind {
            TypeRefKind::Named { var, first, rest, args } => {
                self.named_type_entity(ty, var, first, rest, args)
            }
            TypeRefKind::Union(parts) => {
                let mut parts = self.facts.type_list(parts).iter().map(|part| self.type_entity(*part));
                parts.find(Resolved::is_here).unwrap_or_else(Resolved::unknown)
            }
            TypeRefKind::Tuple(parts) => match self.facts.type_list(parts).first() {
                Some(first) => self.type_entity(*first),
                None => Resolved::unknown(),
            },
            TypeRefKind::TypeOf(expr) => self.entity(expr),
            TypeRefKind::Array(item) => self.several_of(item),
            TypeRefKind::Object(Some(fields)) => Resolved::sure(Entity::Instance(fields)).told(Told::Type),
            _ => Resolved::unknown(),
        }
    }

    /// Whether a type is a literal that stands in an annotation: it describes what is handed over, and is nothing by itself.
    pub(in crate::program) fn is_nameless(&self, ty: TypeDefId) -> bool {
        let def = self.facts.type_def(ty);
        def.name.is_none() && def.kind == TypeDefKind::Alias
    }

    /// The type literal that a variable is annotated with.
    fn nameless_type_of(&self, expr: ExprId) -> Option<TypeDefId> {
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(expr).kind else { return None };
        let info = self.facts.var(var);
        let ty = match info.kind {
            VarKind::Param(position) => self.param_type(info.function, position),
            _ => info.ty,
        };
        match self.facts.type_ref(ty?).kind {
            TypeRefKind::Object(fields) => fields,
            _ => None,
        }
    }

    /// A part of something as the type literal says that it is annotated with, where what was handed over tells nothing of it.
    pub(in crate::program) fn described_member(&self, object: ExprId, name: Name) -> Option<Resolved> {
        let described = self.nameless_type_of(object)?;
        Some(self.field_entity(described, name, 0)).filter(Resolved::is_here)
    }

    /// Whether an annotation says that something is a plain value of the language: text, a number, an error.
    pub(in crate::program) fn is_plain_type(&self, ty: TypeRefId) -> bool {
        match self.facts.type_ref(ty).kind {
            TypeRefKind::Named { var: None, first, rest: None, .. } => {
                PLAIN.contains(&self.facts.name(first))
            }
            TypeRefKind::Array(item) => self.is_plain_type(item),
            _ => false,
        }
    }

    fn several_of(&self, item: TypeRefId) -> Resolved {
        match self.type_entity(item).entity {
            item @ (Entity::Object { .. } | Entity::Instance(_)) => {
                Resolved::sure(Entity::Several(Box::new(item))).told(Told::Type)
            }
            _ => Resolved::unknown(),
        }
    }

    fn named_type_entity(
        &self,
        ty: TypeRefId,
        var: Option<VarId>,
        first: Name,
        rest: Option<Name>,
        args: List<TypeRefId>,
    ) -> Resolved {
        let text = self.facts.name(first);
        if rest.is_none()
            && var.is_none()
            && matches!(
                text,
                "Promise"
                    | "Awaited"
                    | "Readonly"
                    | "Partial"
                    | "Required"
                    | "NonNullable"
                    | "Pick"
                    | "Omit"
                    | "InstanceType"
                    | "ReturnType"
            )
        {
            let inner = self.facts.type_list(args).first().map(|inner| self.type_entity(*inner));
            return match inner {
                // `ReturnType<typeof f>`
                Some(Resolved { entity: Entity::Function(function), .. }) => self.result_entity(function),
                // `ReturnType<typeof kafka.consumer>`
                Some(Resolved { entity: Entity::Method { receiver, name, .. }, .. }) => {
                    self.object_given_by(self.models.method(receiver, self.facts.name(name)))
                }
                Some(found @ Resolved { entity: Entity::Export { .. } | Entity::Package(_), .. }) => {
                    match self.constructed_by(&found.entity) {
                        Some(receiver) => {
                            Resolved::sure(Entity::Object { receiver, made: None }).told(Told::Type)
                        }
                        None => self.object_given_by(&self.function_entries(&found.entity)),
                    }
                }
                Some(found) => found,
                None => Resolved::unknown(),
            };
        }
        if let (Some(item), None) = (self.facts.type_list(args).last(), var)
            && COLLECTIONS.contains(&text)
        {
            return self.several_of(*item);
        }
        let Some(var) = var else { return self.unbound_type_entity(ty, text, rest) };
        if let VarKind::Type(def) = self.facts.var(var).kind {
            return self.defined_type_entity(def);
        }
        let mut found = self.var_entity(var);
        if let Some(rest) = rest {
            for part in self.facts.name(rest).split('.') {
                found = match &found.entity {
                    Entity::Package(module) => {
                        Resolved::sure(Entity::Export { module: *module, path: part.into() })
                    }
                    Entity::Export { module, path } => Resolved::sure(Entity::Export {
                        module: *module,
                        path: format!("{path}.{part}").into(),
                    }),
                    _ => return found,
                };
            }
        }
        if let Entity::Outside = found.entity {
            return Resolved::sure(Entity::Outside);
        }
        let exports = self.exports_of(&found.entity);
        let receiver = exports.iter().find_map(|(library, path)| self.models.type_of(*library, path));
        receiver.map_or_else(Resolved::unknown, |receiver| {
            Resolved::sure(Entity::Object { receiver, made: None }).told(Told::Type)
        })
    }

    /// The object that a function of a library gives, by the first of its entries that says so.
    fn object_given_by(&self, entries: &[CallId]) -> Resolved {
        let given = |entry: &CallId| match self.models.calls[entry.index()].returns {
            Some(Returns::Receiver(receiver)) => Some(receiver),
            _ => None,
        };
        entries.iter().find_map(given).map_or_else(Resolved::unknown, |receiver| {
            Resolved::sure(Entity::Object { receiver, made: None }).told(Told::Type)
        })
    }

    fn defined_type_entity(&self, def: TypeDefId) -> Resolved {
        let info = self.facts.type_def(def);
        match (info.kind, info.target) {
            (TypeDefKind::Alias, Some(target)) => {
                let found = self.type_entity(target);
                // `type A = { a: B } | C` is still an `A`.
                let is_part = matches!(found.entity, Entity::Instance(part) if self.is_nameless(part));
                if found.is_known() && !is_part { found } else { Resolved::sure(Entity::Instance(def)) }
            }
            _ => Resolved::sure(Entity::Instance(def)),
        }
    }

    /// A type that nothing here declares: global types, or Go types of another file of the package.
    fn unbound_type_entity(&self, ty: TypeRefId, text: &str, rest: Option<Name>) -> Resolved {
        let path =
            rest.map_or(Cow::Borrowed(text), |rest| format!("{text}.{}", self.facts.name(rest)).into());
        if let Some(member) = rest
            && let Some(Entity::Package(module)) = self.package_called(self.file_of_type_ref(ty), text)
        {
            let export = Entity::Export { module, path: self.facts.name(member).into() };
            let exports = self.exports_of(&export);
            let receiver = exports.iter().find_map(|(library, path)| self.models.type_of(*library, path));
            return receiver.map_or_else(Resolved::unknown, |receiver| {
                Resolved::sure(Entity::Object { receiver, made: None }).told(Told::Type)
            });
        }
        let receiver = self
            .models
            .globals(self.ecosystem())
            .iter()
            .find_map(|library| self.models.type_of(*library, &path));
        receiver.map_or_else(Resolved::unknown, |receiver| {
            Resolved::sure(Entity::Object { receiver, made: None }).told(Told::Type)
        })
    }
}
