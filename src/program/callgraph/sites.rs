//! Where functions are called from: what a parameter holds that nothing else tells of.
//!
//! Owns: the call sites of every function of the tree, and what they hand it. Does not own: what a value is (`entity`).

use rustc_hash::FxHashMap;

use crate::facts::{ExprId, ExprKind, FuncId, Name, Step, TypeRefId, TypeRefKind, VarId, VarKind};
use crate::program::modules::Target;
use crate::program::values::entity::{Entity, Resolved};
use crate::program::values::value::{At, Const};
use crate::program::{Program, View};
use crate::source::Ecosystem;

/// How many call sites of a function are looked at.
const MAX_SITES: usize = 16;

/// How many steps of following a constant it costs to ask all callers: it is asked of their callers in turn.
const HANDED_HOPS: u32 = 4;

/// How many callers lead from a function to the start of the process.
const MAX_START_DEPTH: u32 = 4;

/// How many callers lead from a call to the start of the process that makes it once.
const MAX_BOOT_DEPTH: u32 = 4;

/// The calls of each function.
#[derive(Debug, Default, PartialEq)]
pub(in crate::program) struct Sites {
    calls: FxHashMap<FuncId, Vec<ExprId>>,
}

impl Sites {
    /// Puts the call sites of all files together, in the order of the source.
    pub(in crate::program) fn of(mut calls: Vec<(FuncId, ExprId)>) -> Self {
        calls.sort_unstable_by_key(|(_, call)| *call);
        let mut sites = Self::default();
        for (function, call) in calls {
            sites.calls.entry(function).or_default().push(call);
        }
        sites
    }

    /// The calls of a function, as far as they are looked at.
    fn of_function(&self, function: FuncId) -> &[ExprId] {
        let calls = self.calls.get(&function).map_or(&[][..], Vec::as_slice);
        &calls[..calls.len().min(MAX_SITES)]
    }
}

impl Program<'_> {
    /// The functions that call a function, each once; those of a closure's body are the function around it.
    pub fn callers_of(&self, function: FuncId) -> Vec<FuncId> {
        let mut callers: Vec<FuncId> = Vec::new();
        for call in self.sites.of_function(function) {
            let caller = self.root_of(self.home(*call));
            if !callers.contains(&caller) {
                callers.push(caller);
            }
        }
        callers
    }

    /// Whether a function runs only as the process begins: it is what the process starts with, or all who call it are.
    pub fn only_at_start(&self, function: FuncId) -> bool {
        self.starts_within(function, MAX_START_DEPTH)
    }

    fn starts_within(&self, function: FuncId, depth: u32) -> bool {
        if self.is_module(function) {
            return true;
        }
        if self.is_start(function) {
            return true;
        }
        let name = self.facts.function(function).name;
        let Some(depth) = depth.checked_sub(1).filter(|_| name.is_some()) else { return false };
        let calls = self.sites.of_function(function);
        let starts = |call: &ExprId| {
            let home = self.home(*call);
            home != function && !self.index.is_spawned(*call) && self.starts_within(home, depth)
        };
        !calls.is_empty() && calls.iter().all(starts)
    }

    /// Whether the start of the process makes a call once and waits for it: no loop makes it, and nothing but the start of the
    /// process leads to it, interfaces included. What a module of JavaScript does that nobody waits for may live on.
    pub fn is_made_once_at_start(&self, call: ExprId) -> bool {
        let awaited = || {
            let parent = self.index.parent(call).map(|parent| self.facts.expr(parent).kind);
            matches!(parent, Some(ExprKind::Await(_)))
        };
        (self.ecosystem == Ecosystem::Go || awaited()) && self.once_at_start_within(call, MAX_BOOT_DEPTH)
    }

    fn once_at_start_within(&self, call: ExprId, depth: u32) -> bool {
        let home = self.home(call);
        let in_loop = self.flow(self.root_of(home)).is_none_or(|flow| {
            flow.nodes_of(call).iter().any(|node| flow.context(*node).in_loop || flow.context(*node).detached)
        });
        if in_loop || self.index.is_spawned(call) {
            return false;
        }
        let is_method = self.facts.function(home).owner.is_some();
        let begins = self.is_start(home) && !(is_method && self.is_named_as_program(home));
        if begins || self.is_module(home) {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        let calls = self.calls_of_method(home);
        let apart = |call: &ExprId| self.home(*call) != home;
        !calls.is_empty()
            && calls.len() < MAX_SITES
            && calls.iter().all(|call| apart(call) && self.once_at_start_within(*call, depth))
    }

    /// The calls of a function; of a method that has none, those that may mean it as well as another implementation of the same
    /// interface.
    pub(in crate::program) fn calls_of_method(&self, function: FuncId) -> Vec<ExprId> {
        let mut own = [self.sites.of_function(function), self.calls_that_run(function)].concat();
        if !own.is_empty() {
            own.sort_unstable();
            own.dedup();
            return own;
        }
        let info = self.facts.function(function);
        let bases = info.owner.map_or(&[][..], |owner| self.classes.implemented_by(owner));
        let types = bases.iter().flat_map(|base| self.classes.implementers(*base).iter().chain([base]));
        let others = types.filter_map(|ty| self.index.method(*ty, info.name?));
        let mut calls: Vec<ExprId> = others
            .flat_map(|function| [self.sites.of_function(function), self.calls_that_run(function)].concat())
            .collect();
        calls.sort_unstable();
        calls.dedup();
        calls
    }

    /// Whether a function is called as one that a program begins with: a method of such a name may be anything.
    fn is_named_as_program(&self, function: FuncId) -> bool {
        let name = self.facts.function(function).name.map(|name| self.facts.name(name));
        name.is_some_and(|name| self.words.functions.program_starts.has(name))
    }

    /// Whether a process begins with a function, by its name.
    pub(in crate::program) fn is_start(&self, function: FuncId) -> bool {
        self.facts
            .function(function)
            .name
            .is_some_and(|name| self.words.functions.starts.has(self.facts.name(name)))
    }

    /// The calls of a function, as far as they are looked at.
    pub(in crate::program) fn calls_of_function(&self, function: FuncId) -> &[ExprId] {
        self.sites.of_function(function)
    }

    /// Whether anybody is seen to call a function.
    pub fn has_callers(&self, function: FuncId) -> bool {
        !self.sites.of_function(function).is_empty()
    }

    /// Whether a function is a method of a type that says to be what a library asks for: the library calls it.
    pub fn is_of_library_interface(&self, function: FuncId) -> bool {
        let Some(owner) = self.facts.function(function).owner else { return false };
        let file = self.file_of(function);
        let is_of_library = |ty: &TypeRefId| {
            let TypeRefKind::Named { var: Some(var), .. } = self.facts.type_ref(*ty).kind else {
                return false;
            };
            let VarKind::Import(import) = self.facts.var(var).kind else { return false };
            let module = self.facts.imports[import as usize].module;
            self.bindings.target(file, module) == Target::Library
        };
        self.facts.type_list(self.facts.type_def(owner).implements).iter().any(is_of_library)
    }
}

impl View<'_> {
    /// The function of the tree that a call runs, constructors included.
    pub(in crate::program) fn constructed_or_called(&self, call: ExprId) -> Option<FuncId> {
        let ExprKind::Call { callee, new, .. } = self.facts.expr(call).kind else { return None };
        if !self.may_call_tree(callee) {
            return None;
        }
        match self.entity(callee).entity {
            Entity::Function(function) => Some(function),
            Entity::Type(class) if new => self.classes.constructor(self.facts, class),
            Entity::Instance(class) if matches!(self.facts.expr(callee).kind, ExprKind::Super) => {
                self.classes.constructor(self.facts, class)
            }
            _ => None,
        }
    }

    /// The functions that callers hand a function, of a call of the parameter that holds them: `handler(event)`.
    pub fn handed_callees(&self, call: ExprId) -> Vec<FuncId> {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return Vec::new() };
        let Some((function, position)) = self.param_of(callee) else { return Vec::new() };
        let Ok(position) = u32::try_from(position) else { return Vec::new() };
        self.lookup.set_open();
        let handed = self.sites.of_function(function).iter();
        let handed = handed.filter_map(|site| self.handed_at(*site, position, &[]));
        let mut found: Vec<FuncId> = handed.filter_map(|value| self.function_given(value)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What the callers of a function hand it at a position, or in a part of it, when they agree.
    pub(in crate::program) fn handed_entity(
        &self,
        function: FuncId,
        position: u32,
        path: &[Step],
    ) -> Resolved {
        let mut found: Option<Resolved> = None;
        self.lookup.set_open();
        for call in self.sites.of_function(function) {
            let Some(handed) = self.handed_at(*call, position, path) else { continue };
            let here = self.entity(handed);
            if !here.is_here() || matches!(here.entity, Entity::Literal(_)) {
                continue;
            }
            match &found {
                None => found = Some(here),
                Some(before) if same_kind(&before.entity, &here.entity) => {}
                // Different callers hand it different things.
                Some(_) => return Resolved::unknown(),
            }
        }
        found.unwrap_or_else(Resolved::unknown)
    }

    /// Whether an expression names a parameter, also one that is set again.
    pub fn is_param(&self, expr: ExprId) -> bool {
        matches!(self.facts.expr(expr).kind, ExprKind::Name { var: Some(var), .. }
            if matches!(self.facts.var(var).kind, VarKind::Param(_)))
    }

    /// The parameter that an expression names, with its function and position; none for one that is set again.
    pub fn param_of(&self, expr: ExprId) -> Option<(FuncId, usize)> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => match self.facts.var(var).kind {
                VarKind::Param(position) if self.index.var(var).len() == 1 => {
                    Some((self.facts.var(var).function, position as usize))
                }
                _ => None,
            },
            ExprKind::Cast { value, .. } => self.param_of(value),
            _ => None,
        }
    }

    /// The constant that every caller of a function hands it at a position, or its default where one hands it nothing there.
    pub(in crate::program) fn handed_constant(
        &self,
        function: FuncId,
        position: u32,
        hops: u32,
    ) -> Option<Const> {
        self.lookup.set_open();
        let hops = hops.checked_sub(HANDED_HOPS)?;
        let mut found: Option<Const> = None;
        for call in self.sites.of_function(function) {
            let params = self.facts.params(function);
            let default = params.get(position as usize).and_then(|param| param.default);
            let left_out = default.filter(|_| self.args(*call).len() <= position as usize);
            let value =
                self.constant_within(left_out.or_else(|| self.handed_at(*call, position, &[]))?, hops)?;
            match &found {
                None => found = Some(value),
                Some(before) if *before == value => {}
                Some(_) => return None,
            }
        }
        found
    }

    /// The largest number that a parameter begins with: what callers hand over, or its default; the function itself aside.
    /// None where that of one is not known.
    pub fn most_handed(&self, var: VarId) -> Option<f64> {
        let info = self.facts.var(var);
        let VarKind::Param(position) = info.kind else { return None };
        let params = self.facts.params(info.function);
        let default = params.get(position as usize).and_then(|param| param.default);
        let number = |value: ExprId| match self.constant(value) {
            Some(Const::Num(number)) => Some(number),
            _ => None,
        };
        let calls = self.program.calls_of_function(info.function).iter();
        let mut handed = calls
            .filter(|call| self.root_of(self.home(**call)) != info.function)
            .map(|call| self.handed_at(*call, position, &[]).or(default).and_then(number))
            .peekable();
        if handed.peek().is_none() {
            return default.and_then(number);
        }
        handed.try_fold(0.0, |most: f64, number| Some(most.max(number?)))
    }

    /// The value that every caller of a function hands it, when there is only one call.
    pub(in crate::program) fn only_handed(&self, function: FuncId, position: u32) -> Option<ExprId> {
        self.lookup.set_open();
        match self.sites.of_function(function) {
            [only] => self.handed_at(*only, position, &[]),
            _ => None,
        }
    }

    pub(in crate::program) fn handed_at(&self, call: ExprId, position: u32, path: &[Step]) -> Option<ExprId> {
        let args = self.args(call);
        let spread = |arg: &ExprId| matches!(self.facts.expr(*arg).kind, ExprKind::Spread(_));
        let position = position as usize;
        if args.iter().take(position + 1).any(spread) {
            return None;
        }
        let mut at = *args.get(position)?;
        for step in path {
            let Step::Field(name) = step else { return None };
            at = self.given_part(at, *name)?;
        }
        Some(at)
    }

    /// A property as the source gives it.
    fn given_part(&self, object: ExprId, name: Name) -> Option<ExprId> {
        if let Some(value) = self.facts.prop(object, name) {
            return Some(value);
        }
        match self.property(object, self.facts.name(name)) {
            At::Expr(value) => Some(value),
            _ => None,
        }
    }
}

/// Whether two things are of one kind, wherever they were made.
fn same_kind(a: &Entity, b: &Entity) -> bool {
    match (a, b) {
        (Entity::Object { receiver: a, .. }, Entity::Object { receiver: b, .. }) => a == b,
        _ => a == b,
    }
}
