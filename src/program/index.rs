//! Look-ups over facts: where an expression stands, and what is bound to a variable or field.
//!
//! Owns: the look-ups. Does not own: finding what goes into them (`collect`).

mod collect;

use rustc_hash::FxHashMap;

use super::grouped::Grouped;
use super::names::Meaning;
use super::workers::{self, Workers};
use crate::facts::join::Part;
use crate::facts::{Arenas, ExprId, FuncId, List, Name, Source, Step, TypeDefId, VarId};
use collect::{Bound, Collect, Lists};

/// What may be bound to a variable or field.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where the value comes from.
    pub source: Source,
    /// Which part of it.
    pub path: List<Step>,
    /// The function the binding stands in.
    pub function: FuncId,
    /// The assignment; none for parameters.
    pub assignment: Option<ExprId>,
}

/// What an expression is used as; one bit each.
mod usage {
    /// A statement of its own.
    pub(super) const STATEMENT: u8 = 1;
    /// Returned as it is.
    pub(super) const RETURNED: u8 = 2;
    /// A call that Go's `go` starts.
    pub(super) const SPAWNED: u8 = 4;
}

/// The look-ups.
#[derive(Default)]
pub struct Index {
    parents: Vec<Option<ExprId>>,
    homes: Vec<FuncId>,
    /// [`usage`] of each expression.
    usage: Vec<u8>,
    by_var: Grouped<Binding>,
    /// `this.field = …` by the class or struct that `this` is; a Go receiver counts as `this`.
    by_field: FxHashMap<(TypeDefId, Name), Vec<Binding>>,
    /// `variable.field = …`.
    by_member: FxHashMap<(VarId, Name), Vec<Binding>>,
    /// `return` expressions by function.
    returns: Grouped<ExprId>,
    /// Calls that stand in a function or in a closure within it.
    calls: Grouped<ExprId>,
    /// Assignments that stand in a function itself.
    assignments: Grouped<ExprId>,
    /// Calls that are handed a variable or its address.
    addressed: Grouped<ExprId>,
    /// Where variables are named.
    named: Grouped<ExprId>,
    /// The expression that a closure is, by function.
    literals: Vec<Option<ExprId>>,
    /// Methods by the type they are of.
    methods: FxHashMap<(TypeDefId, Name), FuncId>,
    /// The same, of each type in order.
    methods_of: Grouped<FuncId>,
    /// `T{…}` by the type.
    composites: Grouped<ExprId>,
}

impl Index {
    /// Builds the look-ups in one pass over all bodies.
    pub fn of(facts: &Arenas, parts: &[Part], imports: &[Meaning], workers: &dyn Workers) -> Self {
        let found = workers::map(workers, parts.len(), |file| Collect::part(facts, &parts[file]));
        let mut index = Self {
            parents: Vec::with_capacity(facts.exprs.len()),
            homes: Vec::with_capacity(facts.exprs.len()),
            usage: Vec::with_capacity(facts.exprs.len()),
            literals: vec![None; facts.functions.len()],
            ..Self::default()
        };
        let mut lists = Lists::default();
        for (part, mut found) in parts.iter().zip(found) {
            // A file whose part failed has nothing but its place.
            found.parents.resize(part.exprs.len(), None);
            found.homes.resize(part.exprs.len(), part.module());
            found.usage.resize(part.exprs.len(), 0);
            index.add(facts, found, &mut lists);
        }
        // An import of a value that has no variable of its own holds that value.
        for (import, meaning) in facts.imports.iter().zip(imports) {
            if let (Some(var), Meaning::Value(value)) = (import.var, meaning) {
                let (source, function) = (Source::Expr(*value), index.home(*value));
                let binding = Binding { source, path: List::empty(), function, assignment: None };
                lists.by_var.push((var.index(), binding));
            }
        }
        let (vars, functions) = (facts.vars.len(), facts.functions.len());
        index.by_var = Grouped::of(vars, &lists.by_var);
        index.named = Grouped::of(vars, &lists.named);
        index.addressed = Grouped::of(vars, &lists.addressed);
        index.returns = Grouped::of(functions, &lists.returns);
        index.calls = Grouped::of(functions, &lists.calls);
        index.assignments = Grouped::of(functions, &lists.assignments);
        let mut methods: Vec<(usize, FuncId)> =
            index.methods.iter().map(|((owner, _), method)| (owner.index(), *method)).collect();
        methods.sort_unstable();
        index.methods_of = Grouped::of(facts.types.len(), &methods);
        index.composites = Grouped::of(facts.types.len(), &lists.composites);
        index
    }

    fn add(&mut self, facts: &Arenas, found: Collect, lists: &mut Lists) {
        self.parents.extend(found.parents);
        self.homes.extend(found.homes);
        self.usage.extend(found.usage);
        lists.by_var.extend(found.lists.by_var);
        lists.named.extend(found.lists.named);
        lists.addressed.extend(found.lists.addressed);
        lists.returns.extend(found.lists.returns);
        lists.calls.extend(found.lists.calls);
        lists.assignments.extend(found.lists.assignments);
        lists.composites.extend(found.lists.composites);
        for (target, binding) in found.fields {
            match target {
                Bound::Field(owner, name) => self.by_field.entry((owner, name)).or_default().push(binding),
                Bound::Member(var, name) => self.by_member.entry((var, name)).or_default().push(binding),
            }
        }
        for (function, literal) in found.literals {
            self.literals[function.index()] = Some(literal);
        }
        for (owner, name, function) in found.methods {
            // Of several declarations the one with a body counts.
            let known = self.methods.entry((owner, name)).or_insert(function);
            if facts.function(*known).body.is_empty() {
                *known = function;
            }
        }
    }
}

impl Index {
    /// The expression that holds this one.
    pub fn parent(&self, expr: ExprId) -> Option<ExprId> {
        self.parents[expr.index()]
    }

    /// The function an expression stands in.
    pub fn home(&self, expr: ExprId) -> FuncId {
        self.homes[expr.index()]
    }

    /// What is bound to a variable.
    pub fn var(&self, var: VarId) -> &[Binding] {
        self.by_var.get(var.index())
    }

    /// What is bound to a field through `this`.
    pub fn field(&self, owner: TypeDefId, name: Name) -> &[Binding] {
        self.by_field.get(&(owner, name)).map_or(&[], Vec::as_slice)
    }

    /// What is bound to a member of a variable.
    pub fn member(&self, var: VarId, name: Name) -> &[Binding] {
        self.by_member.get(&(var, name)).map_or(&[], Vec::as_slice)
    }

    /// The first value of each `return` of a function.
    pub fn returns(&self, function: FuncId) -> &[ExprId] {
        self.returns.get(function.index())
    }

    /// The expression that a closure is.
    pub fn literal(&self, function: FuncId) -> Option<ExprId> {
        self.literals[function.index()]
    }

    /// Whether Go's `go` starts a call.
    pub fn is_spawned(&self, call: ExprId) -> bool {
        self.usage[call.index()] & usage::SPAWNED != 0
    }

    /// Whether an expression is returned as it is.
    pub fn is_returned(&self, expr: ExprId) -> bool {
        self.usage[expr.index()] & usage::RETURNED != 0
    }

    /// Where a variable is named.
    pub fn names_of(&self, var: VarId) -> &[ExprId] {
        self.named.get(var.index())
    }

    /// The calls that are handed a variable or its address.
    pub fn addressed_in(&self, var: VarId) -> &[ExprId] {
        self.addressed.get(var.index())
    }

    /// Whether an expression is a statement of its own.
    pub fn is_statement(&self, expr: ExprId) -> bool {
        self.usage[expr.index()] & usage::STATEMENT != 0
    }

    /// The calls that stand in a function or in a closure within it.
    pub fn calls_of(&self, function: FuncId) -> &[ExprId] {
        self.calls.get(function.index())
    }

    /// The assignments that stand in a function itself.
    pub fn assignments_in(&self, function: FuncId) -> &[ExprId] {
        self.assignments.get(function.index())
    }

    /// The methods of a type, in order, not inherited ones.
    pub fn methods_of(&self, owner: TypeDefId) -> &[FuncId] {
        self.methods_of.get(owner.index())
    }

    /// Where an object of a type of the tree is written in full: `T{…}`.
    pub fn composites_of(&self, ty: TypeDefId) -> &[ExprId] {
        self.composites.get(ty.index())
    }

    /// A method of a type, not an inherited one.
    pub fn method(&self, owner: TypeDefId, name: Name) -> Option<FuncId> {
        self.methods.get(&(owner, name)).copied()
    }
}

/// The decorators of a file's types and fields, in order: they run when the module does.
pub(super) fn decorators(facts: &Arenas, part: &Part) -> Vec<ExprId> {
    let types = &facts.types[part.types.clone()];
    let of_types = types.iter().flat_map(|def| facts.list(def.decorators));
    let fields = types.iter().flat_map(|def| &facts.fields[def.fields.range()]);
    let of_fields = fields.flat_map(|field| facts.list(field.decorators));
    of_types.chain(of_fields).copied().collect()
}

/// The class or struct that `this` is in a function: its own, or that of the function around it.
pub fn owner_of(facts: &Arenas, function: FuncId) -> Option<TypeDefId> {
    let mut at = Some(function);
    while let Some(id) = at {
        let function = facts.function(id);
        if function.owner.is_some() {
            return function.owner;
        }
        at = function.parent;
    }
    None
}
