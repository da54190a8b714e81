//! Functions that a library runs: given to a call, decorated, or told by their shape.
//!
//! Owns: [`HandlerInfo`], and filling the parameters that a library fills. Does not own: what the functions do.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::facts::{Arenas, ExprId, ExprKind, FuncId, Place, Source, TypeRefKind, VarId};
use crate::models::{AckMode, Handler, Path, ReceiverId, Root, RunId, RunKind};

use super::entity::Entity;
use super::sites::Sites;
use super::tokens::{self, Provided, Token, Tokens};
use super::value::At;
use super::workers::Workers;
use super::{Program, View};

/// How often parameters may make more calls known that fill more parameters.
const MAX_ROUNDS: u32 = 4;

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

/// How deep helpers are followed: a helper's helper is one too, and how deep does not matter much.
const MAX_HELPERS: u32 = 3;

/// A function that turned out to be a handler for the rest of a message's way.
struct Delegate {
    function: FuncId,
    ack: AckMode,
    message: Option<VarId>,
    /// The parameter that holds a library's message, and which.
    filled: Option<(u32, ReceiverId)>,
}

/// Functions that are handed a message by whoever received it, or that take one and settle it: each is a handler for the rest
/// of the way.
pub(super) fn delegate(program: &mut Program<'_>, workers: &dyn Workers) {
    for _ in 0..MAX_HELPERS {
        let mut found: Vec<Delegate> = program.each_file(workers, delegates).into_iter().flatten().collect();
        // The first that hands it on says how; the order of files decides.
        let mut known = FxHashSet::default();
        found.retain(|delegate| known.insert(delegate.function));
        if found.is_empty() {
            return;
        }
        let mut files = BTreeSet::new();
        for Delegate { function, filled, .. } in &found {
            if let Some((position, receiver)) = filled {
                program.params.entry((*function, *position)).or_default().push((Vec::new(), *receiver));
                files.insert(program.file_of(*function));
            }
        }
        // What a helper is handed shows in its own file.
        super::calls::find_again(program, &files, workers);
        let acks: Vec<Option<AckMode>> =
            found.iter().map(|delegate| delegated_ack(program, delegate)).collect();
        for (Delegate { function, message, .. }, ack) in found.into_iter().zip(acks) {
            let info = HandlerInfo { run: None, kind: RunKind::Message, ack, call: None, message };
            program.handlers.insert(function, info);
        }
    }
}

/// How a helper answers for the message it was handed.
fn delegated_ack(program: &Program<'_>, delegate: &Delegate) -> Option<AckMode> {
    let view = View::of(program, program.file_of(delegate.function));
    match delegate.ack {
        // It is the subscription that is at fault, not the helper.
        AckMode::Auto => None,
        // A helper that does not settle the message itself vouches for it by returning.
        _ if settles(&view, delegate.function, 0) => Some(delegate.ack),
        // One that answers otherwise than by an error leaves it to whoever reads the answer.
        _ if answers(&view, delegate.function) => None,
        _ => Some(AckMode::Return),
    }
}

/// The helpers that the calls of a file hand messages to, and those of its functions that take one by its type.
fn delegates(view: &View<'_>) -> Vec<Delegate> {
    let mut found: Vec<Delegate> = view.exprs().filter_map(|call| handed_on(view, call)).collect();
    for function in view.functions().filter(|function| !view.handlers.contains_key(function)) {
        if let Some((ack, message)) = takes_message(view, function) {
            found.push(Delegate { function, ack, message: Some(message), filled: None });
        }
    }
    found
}

/// The function that a call hands a message to.
fn handed_on(view: &View<'_>, call: ExprId) -> Option<Delegate> {
    let function = view.called_function(call).filter(|function| !view.handlers.contains_key(function))?;
    let home = view.home(call);
    view.args(call).iter().enumerate().find_map(|(position, arg)| {
        let whole = match view.facts.expr(*arg).kind {
            ExprKind::Name { var: Some(var), .. } => handed_to(view, home, &|message| message == var),
            _ => None,
        };
        // A helper that is handed only what was in the message cannot settle it, but vouches for it by returning.
        let part =
            || handed_to(view, home, &|message| view.made_of(*arg, &[message])).map(|_| AckMode::Return);
        // What is started beside the rest answers to nobody.
        let taken = || taken_in(view, home, *arg).filter(|_| !view.index.is_spawned(call));
        let pulled = || pulled_in(view, home, *arg).or_else(taken);
        let ack = whole.or_else(pulled).or_else(part)?;
        let path = Path { root: Root::Argument(position), steps: Vec::new(), unit: None };
        let filled = match (view.entity(*arg).entity, u32::try_from(position)) {
            (Entity::Object { receiver, .. }, Ok(position)) => Some((position, receiver)),
            _ => None,
        };
        Some(Delegate { function, ack, message: message_var(view.facts, function, &path), filled })
    })
}

/// Whether a function tells its caller how it went by a value, or by calling a function it is given.
fn answers(program: &View<'_>, function: FuncId) -> bool {
    let by_value = !program.index.returns(function).is_empty() && !program.returns_error(function);
    let is_callback =
        |ty: crate::facts::TypeRefId| matches!(program.facts.type_ref(ty).kind, TypeRefKind::Function);
    by_value || program.facts.params(function).iter().any(|param| param.ty.is_some_and(is_callback))
}

/// How the message in a handler's parameter is acknowledged.
fn handed_to(program: &View<'_>, function: FuncId, is_it: &dyn Fn(VarId) -> bool) -> Option<AckMode> {
    let mut at = Some(function);
    while let Some(id) = at {
        if let Some(handler) = program.handlers.get(&id)
            && handler.kind == RunKind::Message
            && handler.message.is_some_and(is_it)
        {
            return handler.ack;
        }
        at = program.facts.function(id).parent;
    }
    None
}

/// How a message that a function pulled by a call is acknowledged, if the value is made of one.
fn pulled_in(program: &View<'_>, function: FuncId, value: ExprId) -> Option<AckMode> {
    let calls = program.calls_of(function).iter().filter(|call| program.home(**call) == function);
    calls.filter_map(|call| program.role_use(*call)).find_map(|used| {
        let ack = program.models.calls[used.entry?.index()].ack?;
        let known: Vec<VarId> =
            program.results(used.expr).into_iter().filter(|(_, error)| !error).map(|(var, _)| var).collect();
        program.made_of(value, &known).then_some(ack)
    })
}

/// How an item is acknowledged that a function takes out of a channel or stream of messages, if the value is made of one.
fn taken_in(program: &View<'_>, function: FuncId, value: ExprId) -> Option<AckMode> {
    let binds = program.assignments_in(function).iter().flat_map(|assignment| {
        match program.facts.expr(*assignment).kind {
            ExprKind::Assign { binds, .. } => program.facts.binds(binds),
            _ => &[],
        }
    });
    let items = binds.filter_map(|bind| match (bind.place, bind.source) {
        (Place::Var(var), Source::Item(over)) => Some((var, over)),
        (Place::Var(var), Source::Expr(source)) => match program.facts.expr(source).kind {
            ExprKind::Receive(over) => Some((var, over)),
            _ => None,
        },
        _ => None,
    });
    items.filter_map(|(var, over)| Some((var, program.arriving(&program.entity(over).entity)?))).find_map(
        |(var, ack)| {
            let whole = matches!(program.facts.expr(value).kind, ExprKind::Name { var: Some(named), .. } if named == var);
            if whole {
                return Some(ack);
            }
            // A helper that is handed only what was in the message cannot settle it.
            program.made_of(value, &[var]).then_some(if ack == AckMode::Auto { ack } else { AckMode::Return })
        },
    )
}

impl View<'_> {
    /// How what iterating over something yields is acknowledged, when messages arrive so.
    pub fn arriving(&self, over: &Entity) -> Option<AckMode> {
        match over {
            Entity::Object { receiver, .. } => {
                self.models.receivers[receiver.index()].items.and_then(|(_, ack)| ack)
            }
            // A channel that was handed in: as the library's own kind of channel of such messages says.
            Entity::Several(item) => match item.as_ref() {
                Entity::Object { receiver, .. } => {
                    let mut kinds = self.models.receivers.iter();
                    kinds
                        .find_map(|kind| kind.items.filter(|(of, _)| of == receiver).and_then(|(_, ack)| ack))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// The parameter of a function that is a library's message, when the function settles it.
fn takes_message(program: &View<'_>, function: FuncId) -> Option<(AckMode, VarId)> {
    let params = program.facts.params(function);
    let (ack, var) = params.iter().filter_map(|param| param.var.zip(param.ty)).find_map(|(var, ty)| {
        let Entity::Object { receiver, .. } = program.type_entity(ty).entity else { return None };
        program.models.message_ack(receiver).map(|ack| (ack, var))
    })?;
    settles(program, function, 0).then_some((ack, var))
}

/// Whether a function acknowledges or rejects, itself or through what it calls.
fn settles(program: &View<'_>, function: FuncId, depth: u32) -> bool {
    const SETTLING: [&str; 2] = ["message.ack", "message.nack"];
    const MAX_DEPTH: u32 = 4;
    depth < MAX_DEPTH
        && program.calls_of(function).iter().any(|call| {
            program.role_use(*call).is_some_and(|used| SETTLING.contains(&program.roles.name(used.role)))
                || program
                    .called_function(*call)
                    .is_some_and(|callee| callee != function && settles(program, callee, depth + 1))
        })
}

/// Finds them all.
pub(super) fn find(program: &mut Program<'_>, workers: &dyn Workers) {
    for (function, run) in program.each_file(workers, shaped).into_iter().flatten() {
        enter(program, function, run, None);
    }
    for _ in 0..MAX_ROUNDS {
        program.forget();
        let found = program.each_file(workers, |view| Round {
            sites: view.calls_of_tree(),
            given: given(view),
            provided: tokens::provided(view),
        });
        if !learn(program, found) {
            return;
        }
    }
    program.forget();
}

/// What one file says of what others see of functions, given what is known so far.
#[derive(Default)]
struct Round {
    sites: Vec<(FuncId, ExprId)>,
    given: Vec<Given>,
    provided: Vec<(Token, Provided)>,
}

/// Takes in what a round found; false when it was nothing new.
fn learn(program: &mut Program<'_>, found: Vec<Round>) -> bool {
    let sites = Sites::of(found.iter().flat_map(|round| round.sites.iter().copied()));
    let mut tokens = Tokens::default();
    let mut all_given = Vec::new();
    for round in found {
        all_given.extend(round.given);
        for (token, provided) in round.provided {
            tokens.entry(token).or_insert(provided);
        }
    }
    let is_new = !all_given.is_empty() || tokens != program.tokens || sites != program.sites;
    program.tokens = tokens;
    program.sites = sites;
    for Given { function, run, call, doubtful } in all_given {
        enter(program, function, run, Some(call));
        // Options that could not be read may make it another kind of subscription.
        if let Some(handler) = program.handlers.get_mut(&function).filter(|_| doubtful) {
            handler.ack = None;
        }
    }
    is_new
}

/// A function given to a call.
struct Given {
    function: FuncId,
    run: RunId,
    call: ExprId,
    /// Whether the call might be of another kind.
    doubtful: bool,
}

/// The functions given to calls of a file that are not known yet.
fn given(program: &View<'_>) -> Vec<Given> {
    let mut found = Vec::new();
    for call in program.exprs() {
        if !program.may_hand_over(call) {
            continue;
        }
        let Some(super::calls::FoundEntry { entry, on, made, doubtful }) = program.call_entry(call) else {
            continue;
        };
        for run in &program.models.calls[entry.index()].runs {
            let Some(path) = &program.models.runs[run.index()].at else { continue };
            let values: Vec<ExprId> = match (&path.root, program.at(call, on, made, path)) {
                (Root::From(first), _) => program.args(call).iter().skip(*first).copied().collect(),
                (_, At::Expr(value)) => vec![value],
                _ => continue,
            };
            for value in values {
                if let Entity::Function(function) = program.entity(value).entity
                    && !program.handlers.contains_key(&function)
                {
                    found.push(Given { function, run: *run, call, doubtful });
                }
            }
        }
    }
    found
}

/// Functions of a file told by decorator, or by name and parameter types.
fn shaped(program: &View<'_>) -> Vec<(FuncId, RunId)> {
    let handler_of = |function: FuncId| {
        let handler = program.models.handlers.iter().find(|handler| is_shaped(program, function, handler))?;
        Some((function, handler.run))
    };
    program.functions().filter_map(handler_of).collect()
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
fn is_type(
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

/// The variable that a parameter, or a part of one, is bound to.
fn message_var(facts: &Arenas, function: FuncId, path: &Path) -> Option<VarId> {
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
