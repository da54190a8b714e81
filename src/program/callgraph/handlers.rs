//! Functions that a library runs: given to a call, decorated, or told by their shape.
//!
//! Owns: [`HandlerInfo`], and filling the parameters that a library fills. Does not own: functions that
//! are handed a message on (`delegates`), or what any of them do.

use rustc_hash::FxHashSet;

use crate::facts::{Arenas, ExprId, ExprKind, FuncId, TypeRefKind, VarId};
use crate::models::{AckMode, Handler, Path, ReceiverId, Root, RunId, RunKind};
use crate::program::callgraph::conventions;
use crate::program::calls::entries::FoundEntry;
use crate::program::values::value::At;
use crate::program::workers::Workers;
use crate::program::{Program, View};

/// A function that a library runs.
#[derive(Clone, Debug)]
pub struct HandlerInfo {
    /// What the model says; none for helpers that are handed a message.
    pub run: Option<RunId>,
    /// When it runs.
    pub kind: RunKind,
    /// How a message is acknowledged.
    pub ack: Option<AckMode>,
    /// The call it is given to.
    pub call: Option<ExprId>,
    /// The variable that holds the message.
    pub message: Option<VarId>,
}

impl Program<'_> {
    /// Whether a function is known to be a handler, and how. What is told by its shape alone, without a word of how its messages are
    /// acknowledged, may yet turn out to be given to a call that says so, or to be a helper of one that is.
    pub(in crate::program) fn is_known_handler(&self, function: FuncId) -> bool {
        let is_open = |handler: &HandlerInfo| {
            handler.kind == RunKind::Message
                && handler.run.is_some()
                && handler.call.is_none()
                && handler.ack.is_none()
        };
        self.handlers.get(&function).is_some_and(|handler| !is_open(handler))
    }
}

/// Takes in the functions that are handlers by their shape.
pub(in crate::program) fn enter_shaped(program: &mut Program<'_>, workers: &dyn Workers) {
    for (function, run) in program.each_file(workers, shaped).into_iter().flatten() {
        enter(program, function, run, None);
    }
}

/// Takes in a function that is given to a call.
pub(in crate::program) fn enter_given(program: &mut Program<'_>, given: &Given) {
    if let Some(moved) = &given.moved {
        return enter_wrapped(program, given.function, given.run, given.call, moved);
    }
    enter(program, given.function, given.run, Some(given.call));
    // Options that could not be read may make it another kind of subscription.
    if let Some(handler) = program.handlers.get_mut(&given.function).filter(|_| given.doubtful) {
        handler.ack = None;
    }
}

/// A function given to a call.
pub(in crate::program) struct Given {
    function: FuncId,
    run: RunId,
    call: ExprId,
    /// Whether the call might be of another kind.
    doubtful: bool,
    /// Through a wrapper: which of the parameters that the library fills arrives at which of its own.
    moved: Option<Vec<(u32, u32)>>,
}

/// The functions given to a call that are not known yet; whether it is one that is given functions.
pub(in crate::program) fn given_by_call(
    view: &View<'_>,
    call: ExprId,
    found: &FoundEntry,
    given: &mut Vec<Given>,
) -> bool {
    let runs = &view.models.calls[found.entry.index()].runs;
    let mut told: Vec<FuncId> = Vec::new();
    for run in runs {
        let Some(path) = &view.models.runs[run.index()].at else { continue };
        let values: Vec<ExprId> = match (&path.root, view.at(call, found.on, found.made, path)) {
            (Root::From(first), _) => view.args(call).iter().skip(*first).copied().collect(),
            (_, At::Expr(value)) => vec![value],
            _ => continue,
        };
        for value in values {
            // What is run later by its name is a call where it is handed over.
            let is_named = !matches!(view.facts.expr(value).kind, ExprKind::Function(_));
            if is_named && crate::program::callgraph::later::is_call(&view.models.runs[run.index()]) {
                continue;
            }
            let kind = view.models.runs[run.index()].kind;
            let in_wrapper = || view.wrapped_by_library(value).filter(|_| kind == RunKind::Message);
            let Some(function) = view.function_given(value).or_else(in_wrapper) else { continue };
            let takes = view.models.runs[run.index()].takes;
            if takes.is_some_and(|takes| takes != view.facts.params(function).len()) {
                continue;
            }
            // The first entry that fits says how it is run.
            if told.contains(&function) {
                continue;
            }
            told.push(function);
            let of = |function, moved| Given { function, run: *run, call, doubtful: found.doubtful, moved };
            if !view.is_known_handler(function) {
                given.push(of(function, None));
            }
            let within = wrapped(view, value, *run);
            given.extend(within.map(|(function, moved)| of(function, Some(moved))));
        }
    }
    !runs.is_empty()
}

/// The functions within wrappers that are not known to be handed anything yet.
fn wrapped<'v>(
    program: &'v View<'_>,
    value: ExprId,
    run: RunId,
) -> impl Iterator<Item = (FuncId, Vec<(u32, u32)>)> + use<'v> {
    let params = &program.models.runs[run.index()].params;
    let arrives = |(path, _): &(Path, ReceiverId), moved: &[(u32, u32)]| match path.root {
        Root::Argument(at) => moved.iter().find(|(from, _)| *from as usize == at).map(|(_, to)| *to),
        _ => None,
    };
    let is_new = move |function: FuncId, moved: &[(u32, u32)]| {
        let mut filled = params.iter().filter_map(|param| arrives(param, moved));
        filled.any(|position| !program.params.contains_key(&(function, position)))
    };
    let found = program.wrapped_in(value).into_iter().map(|wrapped| (wrapped.function, wrapped.moved));
    found.filter(move |(function, moved)| is_new(*function, moved))
}

/// Functions of a file told by decorator, or by name and parameter types.
fn shaped(program: &View<'_>) -> Vec<(FuncId, RunId)> {
    let by_shape: Vec<&Handler> =
        program.models.handlers.iter().filter(|handler| is_of_shape(handler)).collect();
    let handler_of = |function: FuncId| {
        let handler = by_shape.iter().find(|handler| is_shaped(program, function, handler))?;
        Some((function, handler.run))
    };
    let mut found: Vec<(FuncId, RunId)> = program.functions().filter_map(handler_of).collect();
    found.extend(conventions::written(program));
    found.extend(conventions::exported(program));
    // The first that tells of a function says what it is.
    let mut known = FxHashSet::default();
    found.retain(|(function, _)| known.insert(*function));
    found
}

/// Whether a handler is told by its decorator, its class, its name and parameters.
fn is_of_shape(handler: &Handler) -> bool {
    handler.exported.is_empty() && handler.types.is_empty()
}

fn is_shaped(program: &View<'_>, function: FuncId, handler: &Handler) -> bool {
    let library = program.models.runs[handler.run.index()].library;
    if program.models.libraries[library.index()].ecosystem != program.ecosystem() {
        return false;
    }
    let info = program.facts.function(function);
    if !handler.decorator.is_empty() {
        let decorated = program.facts.list(info.decorators).iter().any(|decoration| {
            let callee = match program.facts.expr(*decoration).kind {
                ExprKind::Call { callee, .. } => callee,
                _ => *decoration,
            };
            let entity = program.entity(callee).entity;
            program
                .exports_of(&entity)
                .iter()
                .any(|(of, path)| *of == library && handler.decorator.contains(path))
        });
        let typed = |wanted: &String| {
            program
                .facts
                .params(function)
                .iter()
                .any(|param| param.ty.is_some_and(|ty| is_type(program, ty, wanted, library)))
        };
        return decorated && handler.params.iter().flatten().all(typed);
    }
    if let Some(base) = &handler.extends
        && !info.owner.is_some_and(|owner| extends(program, owner, base, library))
    {
        return false;
    }
    let name = info.name.map(|name| program.facts.name(name));
    if !handler.method.is_empty()
        && !name.is_some_and(|name| handler.method.iter().any(|method| method == name))
    {
        return false;
    }
    let params = program.facts.params(function);
    let fits = |(param, wanted): (&crate::facts::Param, &Option<String>)| match (wanted, param.ty) {
        (None, _) => true,
        (Some(wanted), Some(ty)) => is_type(program, ty, wanted, library),
        (Some(_), None) => false,
    };
    if handler.params.is_empty() {
        return handler.extends.is_some();
    }
    params.len() == handler.params.len() && params.iter().zip(&handler.params).all(fits)
}

/// Whether a class extends an exported class of a library.
fn extends(
    program: &View<'_>,
    owner: crate::facts::TypeDefId,
    base: &str,
    library: crate::models::LibraryId,
) -> bool {
    let bases = program.facts.type_list(program.facts.type_def(owner).extends);
    bases.iter().any(|ty| is_type(program, *ty, base, library))
}

/// Whether an annotation means an exported type of a library.
pub(in crate::program) fn is_type(
    program: &View<'_>,
    ty: crate::facts::TypeRefId,
    wanted: &str,
    library: crate::models::LibraryId,
) -> bool {
    let TypeRefKind::Named { var: Some(var), first, rest, .. } = program.facts.type_ref(ty).kind else {
        return false;
    };
    let crate::facts::VarKind::Import(import) = program.facts.var(var).kind else { return false };
    let Some(import) = program.facts.imports.get(import as usize) else { return false };
    let name = rest.unwrap_or(first);
    program.libraries_of(import.module).contains(&library) && program.facts.name(name) == wanted
}

fn enter(program: &mut Program<'_>, function: FuncId, run: RunId, call: Option<ExprId>) {
    let info = &program.models.runs[run.index()];
    for (path, receiver) in &info.params {
        if let Root::Argument(position) = path.root
            && let Ok(position) = u32::try_from(position)
        {
            program.params.entry((function, position)).or_default().push((path.steps.clone(), *receiver));
        }
    }
    let message = info.message.as_ref().and_then(|path| message_var(&program.facts, function, path));
    let handler = HandlerInfo { run: Some(run), kind: info.kind, ack: info.ack, call, message };
    program.handlers.insert(function, handler);
}

/// A function that is handed on by a wrapper. Whether a message is settled there or in the wrapper cannot be told, so only one that
/// answers requests is a handler of its own.
fn enter_wrapped(
    program: &mut Program<'_>,
    function: FuncId,
    run: RunId,
    call: ExprId,
    moved: &[(u32, u32)],
) {
    let info = &program.models.runs[run.index()];
    for (path, receiver) in &info.params {
        let Root::Argument(position) = path.root else { continue };
        let arriving = moved.iter().find(|(from, _)| *from as usize == position);
        if let Some((_, to)) = arriving
            && !program.params.contains_key(&(function, *to))
        {
            program.params.entry((function, *to)).or_default().push((path.steps.clone(), *receiver));
        }
    }
    if info.kind == RunKind::Http {
        let handler =
            HandlerInfo { run: Some(run), kind: info.kind, ack: None, call: Some(call), message: None };
        program.handlers.entry(function).or_insert(handler);
    }
}

/// The variable that a parameter, or a part of one, is bound to.
pub(in crate::program) fn message_var(facts: &Arenas, function: FuncId, path: &Path) -> Option<VarId> {
    let Root::Argument(position) = path.root else { return None };
    let param = facts.params(function).get(position)?;
    if param.var.is_some() {
        return param.var;
    }
    let fits = |bind: &&crate::facts::Bind| {
        let steps = facts.steps(bind.path);
        let names = steps.iter().map(|step| match step {
            crate::facts::Step::Field(name) => facts.name(*name),
            _ => "",
        });
        names.eq(path.steps.iter().map(String::as_str))
    };
    match facts.binds(param.parts).iter().find(fits)?.place {
        crate::facts::Place::Var(var) => Some(var),
        _ => None,
    }
}
