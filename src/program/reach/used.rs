//! Code that nothing of its program uses: what only tests call, and what nobody does any more.
//!
//! Owns: telling it by names, from what runs by itself on: a name that anything in use writes is in use, whatever it means there.
//! Does not own: which files others than the tree's own may use (`run`).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{
    Bind, ExportKind, ExprId, ExprKind, FuncId, FuncKind, Imported, Name, Place, Prop, PropKey, Source, Step,
    TypeDefId, TypeRefId, TypeRefKind, VarKind,
};
use crate::models::RunKind;
use crate::program::modules::Target;
use crate::program::reach::methods::{self, Methods};
use crate::program::workers::Workers;
use crate::program::{Program, View};
use crate::source::Ecosystem;

/// What a Go program begins with.
const BEGINNINGS: [&str; 2] = ["main", "init"];

/// Who can use what a file declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Users {
    /// Others than the tree as well.
    #[default]
    Anybody,
    /// Others may use what it exports (Go: what begins with a capital), and the tree the rest.
    AnybodyOfExports,
    /// The tree alone.
    TheTree,
}

/// Which names are in use.
#[derive(Debug, Default)]
pub(in crate::program) struct Used {
    /// Who can use what each file declares; empty where nobody asked.
    users: Vec<Users>,
    /// Whether no program leads to a file by its imports (Go).
    left: Vec<bool>,
    names: FxHashSet<Name>,
    /// Whether what each file exports may be found under any name.
    found: Vec<bool>,
    /// The names of methods that nothing speaks of (ECMAScript).
    pub(super) unspoken: FxHashSet<Name>,
}

/// What a file says of names.
#[derive(Default)]
struct Mentions {
    /// By code that runs by itself, or that others may run.
    roots: Vec<Name>,
    /// By something that has a name itself.
    by: Vec<(Name, Name)>,
    /// Names of methods, by anything that is no such method itself.
    spoken: FxHashSet<Name>,
    /// By such a method, under its own name.
    spoken_by: Vec<(Name, Name)>,
}

impl Mentions {
    fn add(&mut self, from: Option<Name>, name: Name) {
        match from {
            Some(from) if from == name => {}
            Some(from) => self.by.push((from, name)),
            None => self.roots.push(name),
        }
    }
}

impl Program<'_> {
    /// Looks for what nothing uses, by who can use what each file declares. What is exported under a name that `runs` tells of is run
    /// by frameworks.
    pub fn find_unused(
        &mut self,
        users: Vec<Users>,
        runs: &(dyn Fn(&str) -> bool + Sync),
        workers: &dyn Workers,
    ) {
        if users.iter().all(|users| *users == Users::Anybody) {
            return;
        }
        let is_left = |file: usize| users[file] == Users::TheTree && !self.is_of_a_program(file);
        let left: Vec<bool> = (0..users.len()).map(is_left).collect();
        let declared = self.declared();
        let methods = self.methods_called_by_name(runs);
        let is_found = self.found_by_others(workers);
        let of_file = |view: &View<'_>| {
            let file = view.file();
            if left[file] {
                return Mentions::default();
            }
            let open = Open { users: users[file], functions: is_found[file], runs };
            view.names_used(&declared, &methods, &open)
        };
        let found = self.each_file(workers, of_file);
        let spoken = methods::spoken(found.iter().map(|file| (&file.spoken, &file.spoken_by)));
        let unspoken = methods.names.difference(&spoken).copied().collect();
        self.used = Used { names: in_use(found), users, left, found: is_found, unspoken };
    }

    /// Whether nothing of the tree uses what a function is a part of, and nobody else can.
    pub fn is_unused(&self, function: FuncId) -> bool {
        let file = self.file_of(function);
        self.used.users.get(file).is_some_and(|users| *users != Users::Anybody)
            && (self.used.left[file]
                || self.item_of(function).is_some_and(|name| !self.used.names.contains(&name))
                || !self.used.found[file] && self.is_unspoken_method(function))
    }

    /// Whether nothing uses the variable of a file that holds what an expression gives, and nobody else can.
    pub fn is_in_unused_variable(&self, expr: ExprId) -> bool {
        let file = self.file_of_expr(expr);
        self.used.users.get(file).is_some_and(|users| *users == Users::TheTree)
            && self.index.parent(expr).is_some_and(|around| match self.facts.expr(around).kind {
                ExprKind::Assign { binds, .. } => {
                    let held = self.held_at_top(self.facts.binds(binds));
                    held.is_some_and(|name| !self.used.names.contains(&name))
                }
                _ => false,
            })
    }

    /// The constant at the top of a file that one call's result is put into.
    fn held_at_top(&self, binds: &[Bind]) -> Option<Name> {
        let [Bind { place: Place::Var(var), source: Source::Expr(held), .. }] = binds else { return None };
        let info = self.facts.var(*var);
        let is_call = matches!(self.facts.expr(*held).kind, ExprKind::Call { .. });
        (is_call && info.kind == VarKind::Const && self.is_module(info.function)).then_some(info.name)
    }

    /// Which files export what may be found under any name: those that nobody imports by their path, and those that somebody takes
    /// whole.
    fn found_by_others(&self, workers: &dyn Workers) -> Vec<bool> {
        let mut is_found: Vec<bool> = self.imported_files().into_iter().map(|imported| !imported).collect();
        for file in self.each_file(workers, |view: &View<'_>| View::takes_whole(view)).into_iter().flatten() {
            is_found[file] = true;
        }
        is_found
    }

    /// Whether a function may be called by others than the tree's own files; so may all, where nobody asked.
    pub fn is_for_others(&self, function: FuncId) -> bool {
        self.used.users.get(self.file_of(function)).is_none_or(|users| *users == Users::Anybody)
    }

    /// The names that functions, the types of methods, and what calls at the top of files give are declared under.
    fn declared(&self) -> FxHashSet<Name> {
        let functions = self.facts.function_ids().filter_map(|function| self.item_of(function));
        let at_top = self.parts.iter().flat_map(|part| self.index.assignments_in(part.module()));
        let held = at_top.filter_map(|at| match self.facts.expr(*at).kind {
            ExprKind::Assign { binds, .. } => self.held_at_top(self.facts.binds(binds)),
            _ => None,
        });
        functions.chain(held).collect()
    }

    /// Which files others import.
    fn imported_files(&self) -> Vec<bool> {
        let mut imported = vec![false; self.file_count()];
        for (_, target) in self.bindings.targets() {
            if let Target::File(file) = target
                && let Some(is) = imported.get_mut(*file)
            {
                *is = true;
            }
        }
        imported
    }

    /// The name that a function, or what it is written in, is declared under: its own, its variable's or its type's. None for what
    /// stands at the top of a file, or is put somewhere as it is written.
    fn item_of(&self, function: FuncId) -> Option<Name> {
        let mut at = function;
        loop {
            let info = self.facts.function(at);
            if let Some(owner) = info.owner.and_then(|owner| self.facts.type_def(owner).name) {
                return Some(owner);
            }
            let parent = info.parent?;
            if !self.is_module(parent) {
                at = parent;
                continue;
            }
            return match info.kind {
                FuncKind::Function => info.name,
                FuncKind::Method => info.owner_name,
                FuncKind::Closure => info.name.filter(|_| self.is_put_in_variable(at)),
                _ => None,
            };
        }
    }

    fn is_put_in_variable(&self, closure: FuncId) -> bool {
        let Some(literal) = self.index.literal(closure) else { return false };
        let around = self.index.parent(literal).map(|around| self.facts.expr(around).kind);
        let Some(ExprKind::Assign { binds, .. }) = around else { return false };
        let mut binds = self.facts.binds(binds).iter();
        binds.any(|bind| bind.source == Source::Expr(literal) && matches!(bind.place, Place::Var(_)))
    }
}

/// What others may use of a file.
struct Open<'o> {
    /// What they are.
    users: Users,
    /// The functions it exports: a framework may look for them.
    functions: bool,
    /// What is exported under a certain name.
    runs: &'o (dyn Fn(&str) -> bool + Sync),
}

/// All names that what runs by itself leads to.
fn in_use(found: Vec<Mentions>) -> FxHashSet<Name> {
    let mut by: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    let mut open = Vec::new();
    for mentions in found {
        open.extend(mentions.roots);
        for (from, name) in mentions.by {
            by.entry(from).or_default().push(name);
        }
    }
    let mut used = FxHashSet::default();
    while let Some(name) = open.pop() {
        if used.insert(name) {
            open.extend(by.get(&name).into_iter().flatten());
        }
    }
    used
}

impl View<'_> {
    fn names_used(&self, declared: &FxHashSet<Name>, methods: &Methods<'_>, open: &Open<'_>) -> Mentions {
        let mut found = Mentions::default();
        let items: FxHashMap<FuncId, Option<Name>> =
            self.functions().map(|function| (function, self.item_of(function))).collect();
        self.add_beginnings(&items, open, &mut found);
        self.add_exports(open, &mut found);
        let asserted = self.assertions();
        let is_asserted = |expr: ExprId| {
            let span = self.facts.expr(expr).span;
            asserted.iter().any(|(start, end)| *start <= span.start && span.end <= *end)
        };
        let mut names = Vec::new();
        for expr in self.exprs() {
            self.names_in(expr, &mut names);
            let mut said = names.iter().filter(|name| methods.names.contains(name)).peekable();
            if said.peek().is_some() {
                let by = self.method_called_by_name(self.home(expr));
                match by.filter(|method| methods.names.contains(method)) {
                    Some(method) => found.spoken_by.extend(said.map(|name| (method, *name))),
                    None => found.spoken.extend(said),
                }
            }
            if let ExprKind::Str(text) = self.facts.expr(expr).kind {
                methods.add_within(self.facts.name(text), &mut found.spoken);
            }
            names.retain(|name| declared.contains(name));
            let is_used = |expr| !is_asserted(expr) && (open.functions || !self.is_export_of_same_name(expr));
            if names.is_empty() || !is_used(expr) {
                names.clear();
                continue;
            }
            let from = items.get(&self.home(expr)).copied().flatten();
            names.drain(..).for_each(|name| found.add(from, name));
        }
        self.add_types(&items, declared, &mut found);
        found
    }

    /// The name of a variable where the file exports it, as it is called or in an object of all that it exports: that uses nothing.
    fn is_export_of_same_name(&self, expr: ExprId) -> bool {
        let name = match self.facts.expr(expr).kind {
            ExprKind::Name { name, var: Some(_) } => name,
            ExprKind::Member { object, .. } => return self.is_exports(object) && self.is_set(expr),
            _ => return false,
        };
        let exports = &self.facts.exports[self.part().exports.clone()];
        exports.iter().any(|export| match export.kind {
            ExportKind::Value(value) if value == expr => export.name == Some(name),
            ExportKind::Value(value) => export.name.is_none() && self.facts.prop(value, name) == Some(expr),
            _ => false,
        })
    }

    /// `exports`, `module.exports`
    fn is_exports(&self, expr: ExprId) -> bool {
        matches!(self.text_of(expr), "exports" | "module.exports")
    }

    /// Whether an expression stands where an assignment puts something.
    fn is_set(&self, expr: ExprId) -> bool {
        self.parent(expr).is_some_and(|around| match self.facts.expr(around).kind {
            ExprKind::Assign { binds, .. } => self
                .facts
                .binds(binds)
                .iter()
                .any(|bind| matches!(bind.place, Place::Expr(place) if place == expr)),
            _ => false,
        })
    }

    /// The names that an expression writes, those of what it is made of aside.
    fn names_in(&self, expr: ExprId, names: &mut Vec<Name>) {
        match self.facts.expr(expr).kind {
            ExprKind::Name { name, var } => {
                names.push(name);
                if let Some(VarKind::Import(import)) = var.map(|var| self.facts.var(var).kind)
                    && let Some(Imported::Named(name)) =
                        self.facts.imports.get(import as usize).map(|import| import.imported)
                {
                    names.push(name);
                }
            }
            ExprKind::Member { name, .. } | ExprKind::Str(name) => names.push(name),
            ExprKind::Object { ty: Some(ty), .. }
            | ExprKind::Array { ty: Some(ty), .. }
            | ExprKind::Cast { ty: Some(ty), .. } => self.names_in_type(ty, names),
            ExprKind::Call { .. } => {
                self.facts.call_types(expr).iter().for_each(|ty| self.names_in_type(*ty, names));
            }
            ExprKind::Assign { binds, .. } => {
                let paths = self.facts.binds(binds).iter().map(|bind| bind.path);
                names.extend(paths.flat_map(|path| self.facts.steps(path)).filter_map(|step| match step {
                    Step::Field(name) => Some(*name),
                    _ => None,
                }));
            }
            _ => {}
        }
    }

    fn names_in_type(&self, ty: TypeRefId, names: &mut Vec<Name>) {
        match self.facts.type_ref(ty).kind {
            TypeRefKind::Named { first, rest, args, .. } => {
                names.push(rest.unwrap_or(first));
                self.facts.type_list(args).iter().for_each(|ty| self.names_in_type(*ty, names));
            }
            TypeRefKind::Array(ty) => self.names_in_type(ty, names),
            TypeRefKind::Union(all) | TypeRefKind::Tuple(all) => {
                self.facts.type_list(all).iter().for_each(|ty| self.names_in_type(*ty, names));
            }
            TypeRefKind::Function { params, returns } => {
                let all = self.facts.type_list(params).iter().chain(&returns);
                all.for_each(|ty| self.names_in_type(*ty, names));
            }
            TypeRefKind::TypeOf(_) | TypeRefKind::Object(_) | TypeRefKind::Other => {}
        }
    }

    /// What variables, parameters, fields and types are declared as.
    fn add_types(
        &self,
        items: &FxHashMap<FuncId, Option<Name>>,
        declared: &FxHashSet<Name>,
        found: &mut Mentions,
    ) {
        let mut names = Vec::new();
        let mut add = |from: Option<Name>, types: &[TypeRefId]| {
            for ty in types {
                self.names_in_type(*ty, &mut names);
            }
            names.drain(..).filter(|name| declared.contains(name)).for_each(|name| found.add(from, name));
        };
        for var in self.part().vars.clone() {
            let var = self.facts.vars[var];
            if let Some(ty) = var.ty {
                add(items.get(&var.function).copied().flatten(), &[ty]);
            }
        }
        for ty in self.part().types.clone() {
            let id = TypeDefId::from_index(ty);
            let def = self.facts.type_def(id);
            let fields: Vec<TypeRefId> = self.facts.fields(id).iter().filter_map(|field| field.ty).collect();
            add(def.name, &fields);
            add(def.name, self.facts.type_list(def.extends));
            add(def.name, self.facts.type_list(def.implements));
            add(def.name, def.target.as_slice());
        }
    }

    /// What runs without anybody of the tree naming it.
    fn add_beginnings(&self, items: &FxHashMap<FuncId, Option<Name>>, open: &Open<'_>, found: &mut Mentions) {
        let is_run = |function: FuncId| {
            let handled = self
                .handler(function)
                .is_some_and(|handler| !matches!(handler.kind, RunKind::Inline | RunKind::Later));
            let info = self.facts.function(function);
            let begins = self.ecosystem == Ecosystem::Go
                && info.kind == FuncKind::Function
                && info.name.is_some_and(|name| BEGINNINGS.contains(&self.facts.name(name)));
            handled || begins || !self.facts.list(info.decorators).is_empty()
        };
        let is_open = |name: Name| match open.users {
            Users::Anybody => true,
            Users::AnybodyOfExports => self.facts.name(name).starts_with(char::is_uppercase),
            Users::TheTree => false,
        };
        let run = items
            .iter()
            .filter_map(|(function, item)| item.filter(|name| is_open(*name) || is_run(*function)));
        found.roots.extend(run);
        let types = self.part().types.clone().map(TypeDefId::from_index);
        let decorated =
            types.map(|ty| self.facts.type_def(ty)).filter(|ty| !self.facts.list(ty.decorators).is_empty());
        found.roots.extend(decorated.filter_map(|ty| ty.name));
    }

    /// What is exported for others than the tree's own files, or under another name.
    fn add_exports(&self, open: &Open<'_>, found: &mut Mentions) {
        for export in &self.facts.exports[self.part().exports.clone()] {
            let run = export.name.is_none_or(|name| (open.runs)(self.facts.name(name)));
            let exported = match export.kind {
                ExportKind::Var(var) => {
                    let var = self.facts.var(var);
                    let is_type = matches!(var.kind, VarKind::Type(_));
                    let looked_for = open.functions && !is_type;
                    Some(var.name)
                        .filter(|own| run || looked_for || export.name.is_some_and(|name| name != *own))
                }
                ExportKind::From { name: Some(own), .. } => {
                    Some(own).filter(|own| run || export.name.is_some_and(|name| name != *own))
                }
                // `module.exports = class Webhooks { … }`: who imports it gives it any name.
                ExportKind::Value(value) => match self.facts.expr(value).kind {
                    ExprKind::Class(class) => self.facts.type_def(class).name,
                    ExprKind::Name { name, .. } if run => Some(name),
                    ExprKind::Object { props, .. } => {
                        let runs = |prop: &&Prop| matches!(prop.key, PropKey::Name(name) if (open.runs)(self.facts.name(name)));
                        let run = self.facts.props(props).iter().filter(runs);
                        found.roots.extend(run.filter_map(|prop| self.plain_name(prop.value)));
                        None
                    }
                    _ => None,
                },
                ExportKind::From { name: None, .. } => None,
            };
            found.roots.extend(exported);
        }
    }

    fn plain_name(&self, expr: ExprId) -> Option<Name> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Where Go code only says that a type is fit for an interface: `var _ Store = (*memory)(nil)`.
    fn assertions(&self) -> Vec<(u32, u32)> {
        if self.ecosystem != Ecosystem::Go {
            return Vec::new();
        }
        let is_plain = |value: ExprId| match self.facts.expr(value).kind {
            ExprKind::Object { .. } => true,
            ExprKind::Unary { operand, .. } => {
                matches!(self.facts.expr(operand).kind, ExprKind::Object { .. })
            }
            ExprKind::Call { args, .. } => {
                let args = self.facts.list(args);
                !args.is_empty()
                    && args.iter().all(|arg| matches!(self.facts.expr(*arg).kind, ExprKind::Null))
            }
            _ => false,
        };
        let at_top = self.assignments_in(self.part().module()).iter();
        let found = at_top.filter_map(|at| match self.facts.expr(*at).kind {
            ExprKind::Assign { binds, .. } => {
                let asserts = self.facts.binds(binds).iter().all(|bind| {
                    matches!(bind.place, Place::Nothing)
                        && matches!(bind.source, Source::Expr(value) if is_plain(value))
                });
                let span = self.facts.expr(*at).span;
                asserts.then_some((span.start, span.end))
            }
            _ => None,
        });
        found.collect()
    }
}

#[cfg(test)]
mod tests;
