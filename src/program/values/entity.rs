//! What an expression is: a library's object, an export, a function of the tree.
//!
//! Owns: following names, members, calls and annotations to where a value was made, and how sure that is. Does not own: roles.

use std::sync::Arc;

use crate::facts::{
    BinaryOp, ExprId, ExprKind, FuncId, Imported, Name, Source, Step, TypeDefId, TypeDefKind, TypeRefId,
    UnaryOp, VarId, VarKind,
};
use crate::finding::Confidence;
use crate::models::ReceiverId;
use crate::program::View;
use crate::program::index::{Binding, owner_of};
use crate::program::modules::Target;
use crate::program::names::Meaning;

/// How many files may hand on what another exports as a whole (`module.exports = require('./other')`).
const MAX_PARTS: u32 = 16;

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
                if found.is_here() { found } else { self.handed_member(object, name).unwrap_or(found) }
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

    /// `module.exports`, by which a file gets at what it exports itself: `module.exports.connect()`.
    fn is_own_exports(&self, expr: ExprId) -> bool {
        let ExprKind::Member { object, name } = self.facts.expr(expr).kind else { return false };
        let ExprKind::Name { name: whole, var: None } = self.facts.expr(object).kind else { return false };
        self.facts.name(whole) == "module"
            && self.facts.name(name) == "exports"
            && self.bindings.is_exporting(self.file_of_expr(expr))
    }

    fn unbound_entity(&self, file: usize, name: Name) -> Resolved {
        let text = self.facts.name(name);
        if text == "exports" && self.bindings.is_exporting(file) {
            return Resolved::sure(Entity::Module(file));
        }
        let package = self.package_called(file, text);
        Resolved::sure(package.unwrap_or_else(|| Entity::Global(text.into())))
    }

    /// An imported library that is called otherwise than its path says.
    pub(in crate::program) fn package_called(&self, file: usize, text: &str) -> Option<Entity> {
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
    pub(in crate::program) fn whole_module(&self, file: usize) -> Resolved {
        let whole = self.bindings.whole(file).map(|whole| self.entity(whole));
        match whole {
            Some(whole) if whole.is_here() && !matches!(whole.entity, Entity::Literal(_)) => whole,
            _ => Resolved::sure(Entity::Module(file)),
        }
    }

    /// What an import or an export means.
    pub(in crate::program) fn meaning_entity(&self, meaning: Meaning) -> Resolved {
        match meaning {
            Meaning::Var(var) => self.var_entity(var),
            Meaning::Value(value) => self.entity(value),
            Meaning::Part(whole, name) => self.part_entity(whole, name),
            Meaning::Foreign { module, name } => {
                let path = self.facts.name(name).into();
                Resolved::sure(Entity::Export { module, path })
            }
            Meaning::Module(file) => self.whole_module(file),
            Meaning::Library => Resolved::unknown(),
            Meaning::Package(_) | Meaning::Asset | Meaning::NoFile | Meaning::NotRead | Meaning::NoExport => {
                Resolved::sure(Entity::Outside)
            }
        }
    }

    /// A property of what a file exports as a whole. Files that export each other have no end.
    fn part_entity(&self, whole: ExprId, name: Name) -> Resolved {
        let depth = self.part_depth.get();
        if depth >= MAX_PARTS {
            return Resolved::unknown();
        }
        self.part_depth.set(depth + 1);
        let found = self.member_entity(&self.entity(whole), name);
        self.part_depth.set(depth);
        found
    }

    fn find_var_entity(&self, var: VarId) -> Resolved {
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
                    let ty = self.param_type(info.function, position);
                    self.annotated_or(ty, || self.param_entity(var, info.function, position))
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
        // Where somebody hands it something that nobody knows, its default tells nothing.
        let calls = self.program.calls_of_function(function);
        let is_given = calls.iter().any(|call| self.args(*call).len() > position as usize);
        let default = param.and_then(|param| param.default).filter(|_| !is_given);
        let default = default.map(|default| self.entity(default));
        let by_name = || param.and_then(|param| param.name).and_then(|name| self.injected_by_name(name));
        default.or_else(by_name).unwrap_or_else(Resolved::unknown)
    }

    /// The function that stands in the object that callers hand over for a parameter which is only described.
    fn handed_member(&self, object: ExprId, name: Name) -> Option<Resolved> {
        let (function, position) = self.param_of(object)?;
        let handed = self.handed_entity(function, u32::try_from(position).ok()?, &[Step::Field(name)]);
        matches!(handed.entity, Entity::Function(_)).then_some(handed)
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

    pub(in crate::program) fn annotated_or(
        &self,
        ty: Option<TypeRefId>,
        other: impl FnOnce() -> Resolved,
    ) -> Resolved {
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
    pub(in crate::program) fn is_more_exact(&self, found: &Entity, annotated: &Entity) -> bool {
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

    fn import_entity(&self, position: usize) -> Resolved {
        let import = &self.facts.imports[position];
        match self.bindings.imports[position] {
            Meaning::Library => {}
            // Code that is generated for a library, and so not there, exports what the library does.
            Meaning::NoFile | Meaning::NotRead if self.is_generated(import.imported) => {}
            meaning => return self.meaning_entity(meaning),
        }
        let module = import.module;
        Resolved::sure(match import.imported {
            Imported::Default => Entity::Export { module, path: "default".into() },
            Imported::Namespace | Imported::Dot => Entity::Package(module),
            Imported::Named(name) => Entity::Export { module, path: self.facts.name(name).into() },
            Imported::Effects => Entity::Unknown,
        })
    }

    /// `const { PrismaClient } = require(path)`: a path that is computed leads to code that is generated for a library, if what is
    /// taken out of it is called as that is.
    fn is_required_by_computed_path(&self, expr: ExprId, name: Name) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(expr).kind else { return false };
        let ExprKind::Name { name: called, var: None } = self.facts.expr(callee).kind else { return false };
        self.facts.name(called) == "require" && self.is_generated(Imported::Named(name))
    }

    fn is_generated(&self, imported: Imported) -> bool {
        match imported {
            Imported::Named(name) => self.models.generated(self.ecosystem(), self.facts.name(name)).is_some(),
            _ => false,
        }
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
    pub(in crate::program) fn bindings_entity<'b>(
        &self,
        bindings: impl IntoIterator<Item = &'b Binding>,
    ) -> Resolved {
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
            Source::Expr(expr) => match steps {
                [Step::Index(position), rest @ ..] => match self.result_at(expr, *position) {
                    Some(found) => return self.walk(found, rest),
                    None => self.entity(expr),
                },
                [Step::Field(name)] if self.is_required_by_computed_path(expr, *name) => {
                    let path = self.facts.name(*name).into();
                    return Resolved::sure(Entity::Export { module: *name, path });
                }
                _ => self.entity(expr),
            },
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
                let typed = self.param_type(binding.function, position);
                let typed = typed.map_or_else(Resolved::unknown, |ty| self.type_entity(ty));
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
                Step::Index(position) => match found.entity {
                    Entity::Literal(list) => match self.listed_at(list, *position) {
                        Some(item) => item,
                        None => return Resolved::unknown(),
                    },
                    _ => return Resolved::unknown(),
                },
                Step::Rest => return Resolved::unknown(),
            };
        }
        found
    }

    /// A receiver that the library puts into a parameter or a part of it.
    fn filled_param(&self, function: FuncId, position: u32, path: &[&str]) -> Option<Resolved> {
        let Some(parts) = self.params.get(&(function, position)) else {
            self.lookup.set_open();
            return None;
        };
        let fits = |(steps, _): &&(Vec<String>, ReceiverId)| {
            steps.iter().map(String::as_str).eq(path.iter().copied())
        };
        let Some((_, receiver)) = parts.iter().find(fits) else {
            self.lookup.set_open();
            return None;
        };
        Some(Resolved::sure(Entity::Object { receiver: *receiver, made: None }).told(Told::Library))
    }
}

/// Whether a Go `range` names one variable only (over a channel: its items).
fn is_single_range(program: &View<'_>, binding: &Binding) -> bool {
    let Some(assignment) = binding.assignment else { return false };
    matches!(program.facts.expr(assignment).kind, ExprKind::Assign { binds, .. } if binds.len() == 1)
}
