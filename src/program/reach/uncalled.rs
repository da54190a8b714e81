//! What nothing that runs can mean: asked of one function, by what each place that says its name is.
//!
//! [`super::used`] goes by names alone, for all at once; here a name that surely means something else does not count, and what only
//! such code leads to is none either. So it is asked of the few functions that something is found in.
//!
//! Owns: going from a function to all that may mean it. Does not own: what a place means (`meant`), who may use what a file declares
//! (`used`).

mod handed_out;
mod meant;

use std::sync::{Mutex, OnceLock, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{
    ExportKind, ExprId, ExprKind, FuncId, FuncKind, Imported, Name, Place, PropKey, Source, Step, TypeDefId,
    VarId, VarKind,
};
use crate::models::RunKind;
use crate::program::reach::methods::words_of;
use crate::program::reach::used::{BEGINNINGS, Users};
use crate::program::{Program, View};
use crate::source::Ecosystem;

/// Comments by which Go gives a function to what is no Go.
const NAMED_OUTSIDE: [&str; 3] = ["//export ", "//go:linkname ", "//go:wasmexport "];

/// How many functions are gone through from one on.
const MAX_ITEMS: usize = 48;

/// How many places that say a name are looked at: what is said this often is in use.
const MAX_SAID: usize = 96;

/// Where names of functions are said, once somebody asks.
#[derive(Debug, Default)]
pub(in crate::program) struct Said {
    /// By expressions: names, members, texts, patterns.
    by: FxHashMap<Name, Vec<ExprId>>,
    /// By the parameters of functions that are taken apart.
    taken: FxHashSet<Name>,
    /// Handed on by a file under another name.
    renamed: FxHashSet<Name>,
    /// Types of which an object is handed to a library (Go).
    handed: OnceLock<FxHashSet<TypeDefId>>,
    /// What was found of functions.
    answers: Mutex<FxHashMap<FuncId, bool>>,
}

/// A function that has a name by which it is called.
#[derive(Clone, Copy)]
struct Item {
    function: FuncId,
    name: Name,
    held: Held,
}

/// What holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    /// A variable of its file.
    Var(VarId),
    /// A class or struct.
    Type(TypeDefId),
    /// The exports of its file: `exports.list = …`, `module.exports = { list() { … } }`.
    Exports,
    /// What all objects that one function makes share: `Store.prototype.list = …`.
    Prototype,
}

impl View<'_> {
    /// Whether nothing that runs can mean what a function is a part of, and nobody else can use it.
    pub fn is_uncalled(&self, function: FuncId) -> bool {
        if !self.program.used.is_asked() {
            return false;
        }
        let outer = self.outer(function);
        let known = self.said().answers.lock().unwrap_or_else(PoisonError::into_inner).get(&outer).copied();
        known.unwrap_or_else(|| {
            let is = self.leads_nowhere(outer) || self.is_of_unmade_type(outer);
            self.said().answers.lock().unwrap_or_else(PoisonError::into_inner).insert(outer, is);
            is
        })
    }

    /// Whether all that may mean a function is itself of such a kind.
    fn leads_nowhere(&self, function: FuncId) -> bool {
        let mut open = vec![function];
        let mut seen: FxHashSet<FuncId> = open.iter().copied().collect();
        while let Some(at) = open.pop() {
            if self.program.is_unused(at) {
                continue;
            }
            let Some(item) = self.item(at).filter(|item| !self.may_begin(item)) else { return false };
            let Some(users) = self.users_of(&item) else { return false };
            for user in users {
                let user = self.outer(user);
                if seen.insert(user) {
                    open.push(user);
                }
            }
            if seen.len() > MAX_ITEMS {
                return false;
            }
        }
        true
    }

    /// The function at the top of a file, or the method, that a function is or stands in.
    fn outer(&self, function: FuncId) -> FuncId {
        let mut at = function;
        loop {
            let info = self.facts.function(at);
            if info.owner.is_some() {
                return at;
            }
            match info.parent {
                Some(parent) if !self.is_module(parent) => at = parent,
                _ => return at,
            }
        }
    }

    /// The name that a function is called by, if all who call it have to say it.
    fn item(&self, function: FuncId) -> Option<Item> {
        let info = self.facts.function(function);
        let literal = self.index.literal(function);
        if let Some(owner) = info.owner {
            let is_method = info.kind == FuncKind::Method;
            return is_method.then_some(Item { function, name: info.name?, held: Held::Type(owner) });
        }
        let Some(literal) = literal else {
            let vars = &self.parts[self.file_of(function)].vars;
            let is_it = |var: &usize| self.facts.vars[*var].kind == VarKind::Function(function);
            let var = vars.clone().find(is_it).map(VarId::from_index)?;
            return Some(Item { function, name: info.name?, held: Held::Var(var) });
        };
        let (name, held) = self.place_of(literal)?;
        Some(Item { function, name, held })
    }

    /// Under which name a function literal is put somewhere.
    fn place_of(&self, literal: ExprId) -> Option<(Name, Held)> {
        let around = self.parent(literal)?;
        match self.facts.expr(around).kind {
            ExprKind::Assign { binds, .. } => {
                let [bind] = self.facts.binds(binds) else { return None };
                match bind.place {
                    _ if bind.source != Source::Expr(literal) => None,
                    Place::Var(var) => Some((self.facts.var(var).name, Held::Var(var))),
                    Place::Expr(place) => {
                        let ExprKind::Member { object, name } = self.facts.expr(place).kind else {
                            return None;
                        };
                        let is_prototype = matches!(self.facts.expr(object).kind, ExprKind::Member { name, .. }
                            if self.facts.name(name) == "prototype");
                        match self.is_exports(object) {
                            true => Some((name, Held::Exports)),
                            false => is_prototype.then_some((name, Held::Prototype)),
                        }
                    }
                    Place::Nothing => None,
                }
            }
            ExprKind::Object { props, .. } => {
                let whole = self.whole_export(self.file_of_expr(around))?;
                let prop = self.facts.props(props).iter().find(|prop| prop.value == literal)?;
                match prop.key {
                    PropKey::Name(name) if whole == around => Some((name, Held::Exports)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What a file exports as a whole: `module.exports = …`.
    fn whole_export(&self, file: usize) -> Option<ExprId> {
        let exports = &self.facts.exports[self.parts[file].exports.clone()];
        exports.iter().find_map(|export| match export.kind {
            ExportKind::Value(value) if export.name.is_none() => Some(value),
            _ => None,
        })
    }

    /// Whether something may run a function though nothing of the tree says its name.
    fn may_begin(&self, item: &Item) -> bool {
        let file = self.file_of(item.function);
        let info = self.facts.function(item.function);
        if !self.looked_at[file] || !self.facts.list(info.decorators).is_empty() {
            return true;
        }
        let users = self.program.used.users(file);
        let may_be_used = match self.ecosystem() {
            // What others could import as well is used by nobody if it stands beside what the tree's own programs do.
            Ecosystem::Go => users == Users::Anybody || !self.is_of_a_program(file),
            Ecosystem::Ecmascript => users != Users::TheTree,
        };
        may_be_used
            || match item.held {
                Held::Type(owner) => self.may_be_asked_for(item, owner),
                Held::Var(var) => self.may_be_looked_for(item, Some(var)),
                Held::Exports => self.may_be_looked_for(item, None),
                // Libraries run such of what extends theirs.
                Held::Prototype => {
                    let text = self.texts[file];
                    self.may_be_looked_for(item, None)
                        || text.contains("inherits(")
                        || text.contains("Object.create(")
                }
            }
    }

    /// Whether others than the tree's own files may look for a function, by its name.
    fn may_be_looked_for(&self, item: &Item, var: Option<VarId>) -> bool {
        let text = self.facts.name(item.name);
        let file = self.file_of(item.function);
        if self.ecosystem() == Ecosystem::Go {
            let named_outside = |mark: &str| self.texts[file].contains(mark);
            return BEGINNINGS.contains(&text) || NAMED_OUTSIDE.iter().any(|mark| named_outside(mark));
        }
        let is_run = self
            .handler(item.function)
            .is_some_and(|handler| !matches!(handler.kind, RunKind::Inline | RunKind::Later));
        let said = self.said();
        let exports = &self.facts.exports[self.parts[file].exports.clone()];
        let named = exports.iter().filter(|export| match export.kind {
            ExportKind::Var(exported) => Some(exported) == var,
            ExportKind::Value(value) => {
                matches!(self.facts.expr(value).kind, ExprKind::Name { var: exported, .. } if exported.is_some() && exported == var)
            }
            ExportKind::From { .. } => false,
        });
        let mut renamed = named.filter(|export| export.name != Some(item.name));
        is_run
            || self.program.used.runs(item.name)
            || renamed.next().is_some()
            || said.renamed.contains(&item.name)
            || self.program.used.is_found(file)
            // `promisifyAll`
            || self.name_of(&format!("{text}Async")).is_some()
    }

    /// Whether a library may ask an object for a method.
    fn may_be_asked_for(&self, item: &Item, owner: TypeDefId) -> bool {
        let text = self.facts.name(item.name);
        match self.ecosystem() {
            Ecosystem::Ecmascript => {
                self.program.used.runs(item.name)
                    || self.program.used.is_found(self.file_of(item.function))
                    || self.method_called_by_name(item.function).is_none()
                    || self.name_of(&format!("{text}Async")).is_some()
            }
            Ecosystem::Go => {
                let def = self.facts.type_def(owner);
                let is_exported = text.starts_with(char::is_uppercase);
                is_exported && (!self.facts.type_list(def.extends).is_empty() || self.is_handed_out(owner))
            }
        }
    }

    /// The functions in which something may mean an item, those that stand at the top of files aside: none if such a one may.
    fn users_of(&self, item: &Item) -> Option<Vec<FuncId>> {
        let said = self.said();
        if self.ecosystem() == Ecosystem::Ecmascript && said.taken.contains(&item.name) {
            return None;
        }
        let by_name = said.by.get(&item.name).map_or(&[][..], Vec::as_slice);
        // What is imported under another name names the variable all the same.
        let renamed = match item.held {
            Held::Var(var) => self.names_of(var),
            _ => &[],
        };
        let is_renamed = |place: &&ExprId| !matches!(self.facts.expr(**place).kind, ExprKind::Name { name, .. } if name == item.name);
        let places = by_name.iter().chain(renamed.iter().filter(is_renamed));
        let mut users = Vec::new();
        let mut meant = 0;
        for place in places {
            let home = self.home(*place);
            if self.outer(home) == item.function || !self.may_mean(*place, item) {
                continue;
            }
            meant += 1;
            if self.is_module(home) || meant > MAX_SAID {
                return None;
            }
            users.push(home);
        }
        Some(users)
    }

    /// Whether a method, or what stands in one, is of a type of which nothing that runs makes an object.
    fn is_of_unmade_type(&self, function: FuncId) -> bool {
        let Some(owner) = self.facts.function(self.outer(function)).owner else { return false };
        let def = self.facts.type_def(owner);
        let file = self.file_of_type(owner);
        if self.ecosystem() != Ecosystem::Go
            || self.program.used.users(file) == Users::Anybody
            || !self.is_of_a_program(file)
            || !matches!(def.kind, crate::facts::TypeDefKind::Struct)
        {
            return false;
        }
        let Some(makers) = self.makers_of(owner) else { return false };
        makers.into_iter().all(|maker| self.leads_nowhere(self.outer(maker)))
    }

    /// The functions that name a type, its own methods aside; none if something else does.
    fn makers_of(&self, ty: TypeDefId) -> Option<Vec<FuncId>> {
        let mut makers = Vec::new();
        let own = |function: FuncId| self.facts.function(self.outer(function)).owner == Some(ty);
        for place in self.places_of_type(ty) {
            let home = place?;
            if own(home) || makers.contains(&home) {
                continue;
            }
            makers.push(home);
            if makers.len() > MAX_ITEMS {
                return None;
            }
        }
        Some(makers)
    }

    fn said(&self) -> &Said {
        self.program.said.get_or_init(|| Said::of(self.program))
    }
}

impl Said {
    fn of(program: &Program<'_>) -> Self {
        let facts = &program.facts;
        // Functions that are put under a name have that of it.
        let names: FxHashSet<Name> = program.facts.functions.iter().filter_map(|info| info.name).collect();
        let by_text: FxHashMap<&str, Name> = names.iter().map(|name| (facts.name(*name), *name)).collect();
        let mut said = Self::default();
        let mut add = |name: Name, expr: ExprId| {
            if names.contains(&name) {
                said.by.entry(name).or_default().push(expr);
            }
        };
        for (at, expr) in facts.exprs.iter().enumerate() {
            let id = ExprId::from_index(at);
            match expr.kind {
                ExprKind::Name { name, var } => {
                    add(name, id);
                    if let Some(VarKind::Import(import)) = var.map(|var| facts.var(var).kind)
                        && let Imported::Named(own) = facts.imports[import as usize].imported
                        && own != name
                    {
                        add(own, id);
                    }
                }
                ExprKind::Member { name, .. } => add(name, id),
                ExprKind::Str(name) => {
                    add(name, id);
                    if program.ecosystem == Ecosystem::Ecmascript {
                        words_of(facts.name(name))
                            .filter_map(|word| by_text.get(word))
                            .for_each(|name| add(*name, id));
                    }
                }
                ExprKind::Assign { binds, .. } => {
                    let steps = facts.binds(binds).iter().flat_map(|bind| facts.steps(bind.path));
                    steps.for_each(|step| {
                        if let Step::Field(name) = step {
                            add(*name, id);
                        }
                    });
                }
                _ => {}
            }
        }
        let parts = facts.params.iter().flat_map(|param| facts.binds(param.parts));
        said.taken = parts
            .flat_map(|bind| facts.steps(bind.path))
            .filter_map(|step| match step {
                Step::Field(name) => Some(*name),
                _ => None,
            })
            .collect();
        said.renamed = facts
            .exports
            .iter()
            .filter_map(|export| match export.kind {
                ExportKind::From { name: Some(own), .. } if export.name != Some(own) => Some(own),
                _ => None,
            })
            .collect();
        said
    }
}

#[cfg(test)]
mod tests;
