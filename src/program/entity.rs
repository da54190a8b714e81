//! What an expression is: a library's object, an export, a function of this file.
//!
//! Owns: following names, members, calls and annotations to where a value was made, and how sure that is. Does not own: roles.

use crate::facts::{
    BinaryOp, ExprId, ExprKind, FuncId, FuncKind, Imported, Name, Source, Step, TypeDefId, TypeDefKind,
    TypeRefId, UnaryOp, VarId, VarKind,
};
use crate::finding::Confidence;
use crate::models::{ReceiverId, Returns};
use crate::source::Ecosystem;

use super::View;
use super::index::{Binding, owner_of};
use super::modules::Target;
use super::names::Meaning;

/// How many values, each made of the next, are followed. Real code stays under 100; the bound keeps a look-up within the stack
/// of a thread.
const MAX_VALUE_DEPTH: u32 = 1_000;

/// How many base types of base types are looked into.
const MAX_BASES: u32 = 8;

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
        /// The export.
        path: String,
    },
    /// A name that nothing here declares, dotted for its members.
    Global(String),
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
    pub(super) fn unknown() -> Self {
        Self::sure(Entity::Unknown)
    }

    pub(super) fn sure(entity: Entity) -> Self {
        Self { entity, sure: Confidence::High, how: "", told: Told::Import }
    }

    /// The same, told by something else.
    pub(super) fn told(self, told: Told) -> Self {
        Self { told, ..self }
    }

    /// What a call of this makes.
    fn made(&self, receiver: ReceiverId, call: ExprId) -> Self {
        let told = if self.told == Told::Name { Told::Name } else { Told::Construction };
        let entity = Entity::Object { receiver, made: Some(call) };
        Self { entity, sure: self.sure, how: self.how, told }
    }

    pub(super) fn is_known(&self) -> bool {
        !matches!(self.entity, Entity::Unknown)
    }

    /// Known, and not merely as something of the tree.
    pub(super) fn is_here(&self) -> bool {
        !matches!(self.entity, Entity::Unknown | Entity::Outside)
    }
}

impl View<'_> {
    /// What an expression is.
    pub fn entity(&self, expr: ExprId) -> Resolved {
        if let Some(found) = self.memo.borrow().get(&expr) {
            return found.clone();
        }
        let depth = self.depth.get();
        if depth >= MAX_VALUE_DEPTH {
            return Resolved::unknown();
        }
        // A value that is made of itself has no beginning: unknown until told otherwise.
        self.memo.borrow_mut().insert(expr, Resolved::unknown());
        self.depth.set(depth + 1);
        let found = self.find_entity(expr);
        self.depth.set(depth);
        self.memo.borrow_mut().insert(expr, found.clone());
        found
    }

    fn find_entity(&self, expr: ExprId) -> Resolved {
        match self.facts.expr(expr).kind {
            ExprKind::Name { name, var: None } => self.unbound_entity(self.file_of_expr(expr), name),
            ExprKind::Name { var: Some(var), .. } => self.var_entity(var),
            ExprKind::Module(module) => self.module_entity(self.file_of_expr(expr), module),
            ExprKind::This => self.this_entity(expr),
            ExprKind::Super => self.super_entity(expr),
            ExprKind::Member { object, name } => self.member_entity(&self.entity(object), name),
            ExprKind::Index { object, .. } | ExprKind::Receive(object) => {
                self.item_entity(&self.entity(object))
            }
            ExprKind::Call { callee, .. } => self.call_entity(expr, callee),
            ExprKind::Function(function) => Resolved::sure(Entity::Function(function)),
            ExprKind::Class(class) => Resolved::sure(Entity::Type(class)),
            ExprKind::Await(inner) | ExprKind::Spread(inner) => self.entity(inner),
            ExprKind::Unary { op: UnaryOp::Address | UnaryOp::Deref, operand } => self.entity(operand),
            ExprKind::Cast { value, ty } => self.annotated_or(ty, || self.entity(value)),
            ExprKind::Binary { op: BinaryOp::Or | BinaryOp::Coalesce | BinaryOp::And, left, right } => {
                self.either([left, right])
            }
            ExprKind::Cond { then, other, .. } => self.either([then, other]),
            ExprKind::Object { ty: Some(ty), .. } => self.composite_entity(expr, ty),
            ExprKind::Object { .. }
            | ExprKind::Array { .. }
            | ExprKind::Str(_)
            | ExprKind::Num(_)
            | ExprKind::Template(_) => Resolved::sure(Entity::Literal(expr)),
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
        let best = found.iter().find(is_object).or_else(|| found.iter().find(known));
        best.cloned().unwrap_or_else(Resolved::unknown)
    }

    fn unbound_entity(&self, file: usize, name: Name) -> Resolved {
        let text = self.facts.name(name);
        let package = self.package_called(file, text);
        Resolved::sure(package.unwrap_or_else(|| Entity::Global(text.to_owned())))
    }

    /// An imported library that is called otherwise than its path says.
    pub(super) fn package_called(&self, file: usize, text: &str) -> Option<Entity> {
        let called = self.models.libraries_called(self.ecosystem(), text);
        if called.is_empty() {
            return None;
        }
        let imports = &self.facts.imports[self.program.parts[file].imports.clone()];
        let is_it = |module: &Name| self.libraries_of(*module).iter().any(|library| called.contains(library));
        imports.iter().map(|import| import.module).find(is_it).map(Entity::Package)
    }

    /// What `require('module')` in a file gives.
    fn module_entity(&self, file: usize, module: Name) -> Resolved {
        match self.bindings.target(file, module) {
            Target::File(file) => self.whole_module(file),
            Target::Library => Resolved::sure(Entity::Package(module)),
            Target::Package(_) | Target::Asset | Target::NotRead | Target::Missing => {
                Resolved::sure(Entity::Outside)
            }
        }
    }

    /// A file of the tree as its importer sees it: what it exports as a whole, or all of its exports.
    fn whole_module(&self, file: usize) -> Resolved {
        let whole = self.bindings.whole(file).map(|whole| self.entity(whole));
        match whole {
            Some(whole) if whole.is_here() && !matches!(whole.entity, Entity::Literal(_)) => whole,
            _ => Resolved::sure(Entity::Module(file)),
        }
    }

    /// What an import or an export means.
    fn meaning_entity(&self, meaning: Meaning) -> Resolved {
        match meaning {
            Meaning::Var(var) => self.var_entity(var),
            Meaning::Value(value) => self.entity(value),
            Meaning::Part(whole, name) => self.member_entity(&self.entity(whole), name),
            Meaning::Foreign { module, name } => {
                let path = self.facts.name(name).to_owned();
                Resolved::sure(Entity::Export { module, path })
            }
            Meaning::Module(file) => self.whole_module(file),
            Meaning::Library => Resolved::unknown(),
            Meaning::Package(_) | Meaning::Asset | Meaning::NoFile | Meaning::NotRead | Meaning::NoExport => {
                Resolved::sure(Entity::Outside)
            }
        }
    }

    pub(super) fn var_entity(&self, var: VarId) -> Resolved {
        let info = self.facts.var(var);
        match info.kind {
            VarKind::Import(import) => self.import_entity(import as usize),
            VarKind::Function(function) => Resolved::sure(Entity::Function(function)),
            VarKind::Type(ty) => Resolved::sure(Entity::Type(ty)),
            VarKind::Receiver => {
                let owner = self.facts.function(info.function).owner;
                owner.map_or_else(Resolved::unknown, |owner| Resolved::sure(Entity::Instance(owner)))
            }
            VarKind::Caught => Resolved::unknown(),
            VarKind::Param(position) => {
                let filled = self.filled_param(info.function, position, &[]);
                filled.unwrap_or_else(|| {
                    self.annotated_or(info.ty, || self.param_entity(var, info.function, position))
                })
            }
            VarKind::Const | VarKind::Let => {
                self.annotated_or(info.ty, || self.bindings_entity(self.index.var(var)))
            }
        }
    }

    /// A parameter that no annotation tells of: what a promise chain hands it, its default, what it is set to.
    fn param_entity(&self, var: VarId, function: FuncId, position: u32) -> Resolved {
        let param = self.facts.params(function).get(position as usize);
        if let Some(injected) = param.and_then(|param| self.injected(param.decorators)) {
            return injected;
        }
        if let Some(found) = self.chained_entity(function).filter(|_| position == 0) {
            return found;
        }
        let set = self.index.var(var).iter().filter(|binding| !matches!(binding.source, Source::Param(_)));
        let bound = self.bindings_entity(set);
        if bound.is_known() {
            return bound;
        }
        let handed = self.handed_entity(function, position, &[]);
        if handed.is_known() {
            return handed;
        }
        let default = param.and_then(|param| param.default).map(|default| self.entity(default));
        let by_name = || param.and_then(|param| param.name).and_then(|name| self.injected_by_name(name));
        default.or_else(by_name).unwrap_or_else(Resolved::unknown)
    }

    /// What `object.then(function)` hands the function, or a collection the function that it calls with each item.
    fn chained_entity(&self, function: FuncId) -> Option<Resolved> {
        let literal = self.index.literal(function)?;
        let call = self.parent(literal)?;
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
        if self.args(call).first() != Some(&literal) {
            return None;
        }
        match self.facts.name(name) {
            "then" => Some(self.entity(object)).filter(Resolved::is_known),
            "forEach" | "map" | "filter" | "find" | "some" | "every" | "flatMap" | "findIndex" => {
                let over = self.entity(object);
                matches!(over.entity, Entity::Several(_)).then(|| self.item_entity(&over))
            }
            _ => None,
        }
    }

    fn annotated_or(&self, ty: Option<TypeRefId>, other: impl FnOnce() -> Resolved) -> Resolved {
        let annotated = ty.map(|ty| self.type_entity(ty));
        match annotated {
            // An annotation says what a thing is, the value also which one it is.
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

    /// Whether what a value was found to be says more than its annotation: the object itself, or what implements an interface.
    fn is_more_exact(&self, found: &Entity, annotated: &Entity) -> bool {
        match (found, annotated) {
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
                    && self.classes.implementers(self.facts, *ty).contains(found)
            }
            _ => false,
        }
    }

    fn import_entity(&self, position: usize) -> Resolved {
        let import = &self.facts.imports[position];
        match self.bindings.imports[position] {
            Meaning::Library => {}
            meaning => return self.meaning_entity(meaning),
        }
        let module = import.module;
        Resolved::sure(match import.imported {
            Imported::Default => Entity::Export { module, path: "default".to_owned() },
            Imported::Namespace | Imported::Dot => Entity::Package(module),
            Imported::Named(name) => Entity::Export { module, path: self.facts.name(name).to_owned() },
            Imported::Effects => Entity::Unknown,
        })
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

    /// The first binding that says something.
    pub(super) fn bindings_entity<'b>(&self, bindings: impl IntoIterator<Item = &'b Binding>) -> Resolved {
        let mut best = Resolved::unknown();
        for binding in bindings {
            let found = self.binding_entity(binding);
            if matches!(found.entity, Entity::Object { .. } | Entity::Instance(_) | Entity::Export { .. }) {
                return found;
            }
            if !best.is_known() {
                best = found;
            }
        }
        best
    }

    fn binding_entity(&self, binding: &Binding) -> Resolved {
        let steps = self.facts.steps(binding.path);
        let found = match binding.source {
            Source::Expr(expr) => self.entity(expr),
            Source::Item(over) => {
                let item = self.item_entity(&self.entity(over));
                // Go's `for _, v := range`: the value is the second of the pair.
                return match steps {
                    [] | [Step::Index(1)] => item,
                    [Step::Index(0)] if is_single_range(self, binding) => item,
                    _ => self.walk(item, steps),
                };
            }
            Source::Param(position) => {
                let path: Vec<&str> = steps.iter().filter_map(|step| self.step_name(*step)).collect();
                if let Some(found) = self.filled_param(binding.function, position, &path) {
                    return found;
                }
                let param = self.facts.params(binding.function).get(position as usize);
                let typed = param
                    .and_then(|param| param.ty)
                    .map_or_else(Resolved::unknown, |ty| self.type_entity(ty));
                let typed = self.walk(typed, steps);
                if typed.is_here() {
                    return typed;
                }
                let handed = self.handed_entity(binding.function, position, steps);
                return match steps {
                    [Step::Field(name)] if !handed.is_known() => {
                        self.injected_by_name(*name).unwrap_or(handed)
                    }
                    _ => handed,
                };
            }
            Source::Caught | Source::Zero => return Resolved::unknown(),
        };
        self.walk(found, steps)
    }

    fn step_name(&self, step: Step) -> Option<&str> {
        match step {
            Step::Field(name) => Some(self.facts.name(name)),
            Step::Index(_) | Step::Rest => None,
        }
    }

    fn walk(&self, mut found: Resolved, steps: &[Step]) -> Resolved {
        for step in steps {
            found = match step {
                Step::Field(name) => self.member_entity(&found, *name),
                // The first of several results is what the call is for; the others are errors and flags.
                Step::Index(0) if !matches!(found.entity, Entity::Literal(_)) => found,
                Step::Index(_) | Step::Rest => return Resolved::unknown(),
            };
        }
        found
    }

    /// A receiver that the library puts into a parameter or a part of it.
    fn filled_param(&self, function: FuncId, position: u32, path: &[&str]) -> Option<Resolved> {
        let parts = self.params.get(&(function, position))?;
        let fits = |(steps, _): &&(Vec<String>, ReceiverId)| {
            steps.iter().map(String::as_str).eq(path.iter().copied())
        };
        let (_, receiver) = parts.iter().find(fits)?;
        Some(Resolved::sure(Entity::Object { receiver: *receiver, made: None }).told(Told::Library))
    }

    /// What a member of something is.
    pub(super) fn member_entity(&self, object: &Resolved, name: Name) -> Resolved {
        let text = self.facts.name(name);
        let entity = match &object.entity {
            Entity::Package(module) => Entity::Export { module: *module, path: text.to_owned() },
            Entity::Export { module, path } => {
                Entity::Export { module: *module, path: format!("{path}.{text}") }
            }
            Entity::Module(file) => {
                return match self.bindings.exported(self.facts, *file, name) {
                    Some(meaning) => self.meaning_entity(meaning),
                    // `require('./module').default` of a CommonJS module is the module.
                    None if text == "default" => self.whole_module(*file),
                    None => Resolved::sure(Entity::Outside),
                };
            }
            Entity::Global(path) => Entity::Global(format!("{path}.{text}")),
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
                super::value::At::Expr(value) => return self.entity(value),
                _ => Entity::Unknown,
            },
            Entity::Outside => Entity::Outside,
            Entity::Function(_) | Entity::Unknown | Entity::Several(_) => Entity::Unknown,
        };
        Resolved { entity, ..object.clone() }
    }

    /// What a field or method of a type of this file is, inherited ones included.
    fn field_entity(&self, owner: TypeDefId, name: Name, depth: u32) -> Resolved {
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
    fn implemented(&self, owner: TypeDefId, name: Name, method: FuncId, depth: u32) -> FuncId {
        if !self.facts.function(method).body.is_empty() || depth >= MAX_BASES {
            return method;
        }
        match self.classes.implementers(self.facts, owner).as_slice() {
            [only] => match self.field_entity(*only, name, depth + 1).entity {
                Entity::Function(found) => found,
                _ => method,
            },
            _ => method,
        }
    }

    /// A method of a type of the tree.
    pub(super) fn method_of(&self, owner: TypeDefId, name: Name) -> Option<FuncId> {
        self.index.method(owner, name)
    }

    fn item_entity(&self, over: &Resolved) -> Resolved {
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

    fn composite_entity(&self, expr: ExprId, ty: TypeRefId) -> Resolved {
        let found = self.type_entity(ty);
        match found.entity {
            Entity::Object { receiver, .. } => found.made(receiver, expr),
            Entity::Instance(_) => found,
            _ => Resolved::sure(Entity::Literal(expr)),
        }
    }

    fn call_entity(&self, call: ExprId, callee: ExprId) -> Resolved {
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
            Entity::Object { receiver, .. } => called.made(*receiver, call),
            Entity::Outside => Resolved::sure(Entity::Outside),
            Entity::Unknown => self.named_call_entity(call),
            Entity::Module(_) | Entity::Instance(_) | Entity::Literal(_) | Entity::Several(_) => {
                Resolved::unknown()
            }
        }
    }

    /// What a promise chain gives: that of its object after `.catch(…)` and `.finally(…)`, that of its function after `.then(…)`.
    fn promised_entity(&self, call: ExprId, callee: ExprId) -> Option<Resolved> {
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
    fn collected_entity(&self, callee: ExprId) -> Option<Resolved> {
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
    fn new_entity(&self, call: ExprId, callee: ExprId) -> Option<Resolved> {
        let is_new = matches!(self.facts.expr(callee).kind, ExprKind::Name { name, var: None } if self.facts.name(name) == "new");
        if !is_new || self.ecosystem() != Ecosystem::Go {
            return None;
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
    fn named_call_entity(&self, call: ExprId) -> Resolved {
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
    pub(super) fn bound_function(&self, callee: ExprId) -> Option<Resolved> {
        let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
        if self.facts.name(name) != "bind" {
            return None;
        }
        let bound = self.entity(object);
        matches!(bound.entity, Entity::Function(_) | Entity::Method { .. }).then_some(bound)
    }

    fn library_call_entity(&self, call: ExprId, callee: ExprId, called: &Resolved) -> Resolved {
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
                super::value::At::Expr(value) if value != callee => self.entity(value),
                _ => Resolved::unknown(),
            },
            _ => Resolved::unknown(),
        }
    }

    /// The receiver that calling or constructing an export gives.
    pub(super) fn constructed_by(&self, entity: &Entity) -> Option<ReceiverId> {
        self.exports_of(entity).into_iter().find_map(|(library, path)| self.models.constructs(library, &path))
    }

    /// An export under each library, and each spelling, that it may go by.
    pub(super) fn exports_of(&self, entity: &Entity) -> Vec<(crate::models::LibraryId, String)> {
        let (libraries, path) = match entity {
            Entity::Package(module) => (self.libraries_of(*module).to_vec(), "default"),
            Entity::Export { module, path } => (self.libraries_of(*module).to_vec(), path.as_str()),
            Entity::Global(path) => (self.models.globals(self.ecosystem()).collect(), path.as_str()),
            _ => return Vec::new(),
        };
        // CommonJS and ES interoperability: `default.x` and `x` are one.
        let bare = path.strip_prefix("default.");
        let spelled = std::iter::once(path).chain(bare);
        spelled.flat_map(|path| libraries.iter().map(move |library| (*library, path.to_owned()))).collect()
    }

    /// What a function of this file gives back.
    pub(super) fn result_entity(&self, function: FuncId) -> Resolved {
        let info = self.facts.function(function);
        let annotated = info.returns.map(|ty| self.type_entity(ty)).filter(Resolved::is_here);
        if let Some(annotated) = annotated {
            return annotated;
        }
        let values: Vec<Resolved> =
            self.index.returns(function).iter().map(|value| self.entity(*value)).collect();
        let is_object =
            |found: &&Resolved| matches!(found.entity, Entity::Object { .. } | Entity::Instance(_));
        let best = values
            .iter()
            .find(is_object)
            .or_else(|| values.iter().find(|found| matches!(found.entity, Entity::Literal(_))));
        best.cloned().unwrap_or_else(Resolved::unknown)
    }
}

/// Whether a Go `range` names one variable only (over a channel: its items).
fn is_single_range(program: &View<'_>, binding: &Binding) -> bool {
    let Some(assignment) = binding.assignment else { return false };
    matches!(program.facts.expr(assignment).kind, ExprKind::Assign { binds, .. } if binds.len() == 1)
}
