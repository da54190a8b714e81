//! Functions that a message is handed on to, or that take one by its type: each is a handler for the rest of its way.
//!
//! Owns: following messages from whoever received them into helpers, and how each helper answers for its message. Does not own: functions
//! that a library runs itself (`handlers`).

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, ExprKind, FuncId, Place, Source, TypeRefKind, VarId};
use crate::models::{AckMode, ContextKind, Path, ReceiverId, Root, RunKind};
use crate::program::callgraph::handlers::{HandlerInfo, message_var};
use crate::program::calls;
use crate::program::values::entity::Entity;
use crate::program::workers::Workers;
use crate::program::{Program, View};

/// How deep helpers are followed: a helper's helper is one too, and how deep does not matter much.
const MAX_HELPERS: u32 = 3;

/// Through how many functions that only pass on what the next one gives it is asked whether they give anything.
const MAX_PASSED: u32 = 3;

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
pub(in crate::program) fn delegate(program: &mut Program<'_>, workers: &dyn Workers) {
    // Where there may be more: everywhere at first, then where the helpers are that were found last.
    let mut places: BTreeSet<usize> = (0..program.file_count()).collect();
    for _ in 0..MAX_HELPERS {
        let of_file =
            |view: &View<'_>| if places.contains(&view.file()) { delegates(view) } else { Vec::new() };
        let mut found: Vec<Delegate> = program.each_file(workers, of_file).into_iter().flatten().collect();
        // The first that hands it on says how; the order of files decides.
        let mut known = FxHashSet::default();
        found.retain(|delegate| known.insert(delegate.function));
        if found.is_empty() {
            return;
        }
        places = found.iter().map(|delegate| program.file_of(delegate.function)).collect();
        let mut files = BTreeSet::new();
        for Delegate { function, filled, .. } in &found {
            if let Some((position, receiver)) = filled {
                program.params.entry((*function, *position)).or_default().push((Vec::new(), *receiver));
                files.insert(program.file_of(*function));
            }
        }
        // What a helper is handed shows in its own file.
        calls::find_again(program, &files, workers);
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
    let mut handed: Vec<(ExprId, Delegate)> = Vec::new();
    for function in view.functions() {
        let held = held_in(view, function);
        if !held.is_empty() {
            let own = view.calls_of(function).iter().filter(|call| view.home(**call) == function);
            for call in own {
                handed.extend(handed_on(view, *call, &held).map(|delegate| (*call, delegate)));
                let through = handed_to_handed(view, *call, &held).into_iter();
                handed.extend(through.map(|delegate| (*call, delegate)));
            }
        }
    }
    handed.sort_unstable_by_key(|(call, _)| *call);
    let mut found: Vec<Delegate> = handed.into_iter().map(|(_, delegate)| delegate).collect();
    for function in view.functions().filter(|function| !view.is_known_handler(*function)) {
        if let Some((ack, message)) = takes_message(view, function) {
            found.push(Delegate { function, ack, message: Some(message), filled: None });
        }
    }
    found
}

/// The messages that a function has in its variables, and how each is acknowledged.
#[derive(Default)]
struct Held {
    /// Those in the parameters of handlers: the function itself and those around it.
    handed: Vec<(VarId, AckMode)>,
    /// The same where the options of the subscription could not be read, but its messages are settled by calls.
    doubtful: Vec<(VarId, AckMode)>,
    /// Those that a call pulled: what it gave.
    pulled: Vec<(Vec<VarId>, AckMode)>,
    /// Those taken out of a channel or stream.
    taken: Vec<(VarId, AckMode)>,
}

impl Held {
    fn is_empty(&self) -> bool {
        self.handed.is_empty() && self.doubtful.is_empty() && self.pulled.is_empty() && self.taken.is_empty()
    }
}

fn held_in(view: &View<'_>, function: FuncId) -> Held {
    let handed = std::iter::successors(Some(function), |id| view.facts.function(*id).parent)
        .filter_map(|id| Some((id, view.handlers.get(&id)?)))
        .filter(|(_, handler)| handler.kind == RunKind::Message)
        .filter(|(id, handler)| !is_never_settled(view, *id, handler))
        .filter_map(|(_, handler)| handler.message.zip(handler.ack));
    let doubtful = std::iter::successors(Some(function), |id| view.facts.function(*id).parent)
        .filter_map(|id| Some((id, view.handlers.get(&id)?)))
        .filter(|(_, handler)| handler.kind == RunKind::Message && handler.ack.is_none())
        .filter(|(id, handler)| handler.run.is_some() && settles_within(view, *id))
        .filter_map(|(_, handler)| handler.message.map(|message| (message, AckMode::Manual)));
    let own = view.calls_of(function).iter().filter(|call| view.home(**call) == function);
    let pulled = own.filter_map(|call| view.role_use(*call)).filter_map(|used| {
        let ack = view.models.calls[used.entry?.index()].ack?;
        let results = view.results(used.expr);
        let given = results.iter().filter(|(_, is_error)| !**is_error);
        Some((given.map(|(var, _)| *var).collect(), ack))
    });
    Held {
        handed: handed.collect(),
        doubtful: doubtful.collect(),
        pulled: pulled.collect(),
        taken: taken_in(view, function),
    }
}

/// Whether nobody settles what a library runs a function with by hand: there is nothing to vouch for (a consumer without
/// acknowledgement), or nobody does.
fn is_never_settled(view: &View<'_>, function: FuncId, handler: &HandlerInfo) -> bool {
    handler.run.is_some() && handler.ack == Some(AckMode::Manual) && !settles_within(view, function)
}

/// The items that a function takes out of channels or streams of messages.
fn taken_in(view: &View<'_>, function: FuncId) -> Vec<(VarId, AckMode)> {
    let binds =
        view.assignments_in(function).iter().flat_map(|assignment| match view.facts.expr(*assignment).kind {
            ExprKind::Assign { binds, .. } => view.facts.binds(binds),
            _ => &[],
        });
    let items = binds.filter_map(|bind| match (bind.place, bind.source) {
        (Place::Var(var), Source::Item(over)) => Some((var, over)),
        (Place::Var(var), Source::Expr(source)) => match view.facts.expr(source).kind {
            ExprKind::Receive(over) => Some((var, over)),
            _ => None,
        },
        _ => None,
    });
    items.filter_map(|(var, over)| Some((var, view.arriving(&view.entity(over).entity)?))).collect()
}

/// The function that a call hands a message to.
fn handed_on(view: &View<'_>, call: ExprId, held: &Held) -> Option<Delegate> {
    let function = view.called_function(call).filter(|function| !view.is_known_handler(*function))?;
    let mut args = view.args(call).iter().enumerate().filter(|(_, arg)| !is_aside(view, **arg));
    args.find_map(|(position, arg)| {
        let ack = held_by(view, call, *arg, held)?;
        let path = Path { root: Root::Argument(position), steps: Vec::new(), unit: None };
        let filled = match (view.entity(*arg).entity, u32::try_from(position)) {
            (Entity::Object { receiver, .. }, Ok(position)) => Some((position, receiver)),
            _ => None,
        };
        Some(Delegate { function, ack, message: message_var(view.facts, function, &path), filled })
    })
}

/// The functions that others hand in, and that a call hands a message, or what was in one, by way of the parameter or field that
/// holds them: a class that takes messages and runs what it was given. Beside what was in the message they may be given the means
/// to settle it.
fn handed_to_handed(view: &View<'_>, call: ExprId, held: &Held) -> Vec<Delegate> {
    let args = view.args(call);
    let made_of_one = |arg: ExprId| {
        let mut handed = held.handed.iter().chain(&held.doubtful);
        let in_hand = handed.find(|(var, _)| view.made_of(arg, &[*var])).map(|(_, ack)| *ack);
        // What is acknowledged by being taken is not the business of whoever gets it then.
        let mut taken = held.taken.iter().filter(|(_, ack)| *ack != AckMode::Auto);
        let is_beside = view.index.is_spawned(call);
        in_hand
            .or_else(|| taken.find(|(var, _)| !is_beside && view.made_of(arg, &[*var])).map(|(_, ack)| *ack))
    };
    let mut messages = args.iter().enumerate().filter(|(_, arg)| !is_aside(view, **arg));
    let Some((position, ack)) = messages.find_map(|(at, arg)| Some((at, made_of_one(*arg)?))) else {
        return Vec::new();
    };
    let unknown =
        view.functions_handed_in(call).into_iter().filter(|function| !view.is_known_handler(*function));
    // What acknowledges by itself once the handler is back leaves that to nobody.
    let is_own_ack = |other: &ExprId| {
        view.home(*other) == view.home(call)
            && view.role_use(*other).is_some_and(|used| view.roles.name(used.role) == "message.ack")
    };
    let acks = view.calls_of(view.home(call)).iter().any(is_own_ack);
    let delegate = |function| {
        let path = Path { root: Root::Argument(position), steps: Vec::new(), unit: None };
        let message = message_var(view.facts, function, &path);
        let ack = if !acks && settles(view, function, 0) { ack } else { AckMode::Return };
        Delegate { function, ack, message, filled: None }
    };
    unknown.map(delegate).collect()
}

/// Whether an argument comes of a message and is none: a context that carries its headers, the error of what it was handed to.
fn is_aside(view: &View<'_>, arg: ExprId) -> bool {
    view.names_error(arg) || view.context_kind(arg) == Some(ContextKind::Carried)
}

/// Whether all who call the function that a call runs are handlers of messages: what others call as well answers to them too, and
/// says in its own way how it went.
fn is_run_by_messages_alone(view: &View<'_>, call: ExprId) -> bool {
    let Some(function) = view.called_function(call) else { return false };
    let is_handler = |call: &ExprId| {
        std::iter::successors(Some(view.home(*call)), |id| view.facts.function(*id).parent)
            .any(|id| view.handlers.get(&id).is_some_and(|handler| handler.kind == RunKind::Message))
    };
    view.program.calls_of_function(function).iter().all(is_handler)
}

/// How the message that an argument is, or is made of, is acknowledged by whoever is handed it.
fn held_by(view: &View<'_>, call: ExprId, arg: ExprId, held: &Held) -> Option<AckMode> {
    let named = match view.facts.expr(arg).kind {
        ExprKind::Name { var, .. } => var,
        _ => None,
    };
    let whole = |messages: &[(VarId, AckMode)]| {
        messages.iter().find(|(var, _)| named == Some(*var)).map(|(_, ack)| *ack)
    };
    let part = |messages: &[(VarId, AckMode)]| {
        messages.iter().find(|(var, _)| view.made_of(arg, &[*var])).map(|(_, ack)| *ack)
    };
    let pulled = || held.pulled.iter().find(|(vars, _)| view.made_of(arg, vars)).map(|(_, ack)| *ack);
    // What is started beside the rest answers to nobody. A helper that is handed only what was in the message cannot settle
    // it, but vouches for it by returning.
    let taken = || {
        let in_part =
            || part(&held.taken).map(|ack| if ack == AckMode::Auto { ack } else { AckMode::Return });
        whole(&held.taken).or_else(in_part).filter(|_| !view.index.is_spawned(call))
    };
    // What cleans up after a failure answers for nothing: the failure is told already.
    let vouches = || !view.is_in_failing_branch(call) && is_run_by_messages_alone(view, call);
    let in_part = || part(&held.handed).filter(|_| vouches()).map(|_| AckMode::Return);
    whole(&held.handed).or_else(pulled).or_else(taken).or_else(in_part)
}

/// Whether a function gives a value back; what another gives that it only calls (`(order) => this.store(order)`) is none if that
/// gives none.
fn gives_value(program: &View<'_>, function: FuncId, hops: u32) -> bool {
    let passes_nothing_on = |value: &ExprId| {
        hops > 0
            && program.called_function(*value).is_some_and(|called| !gives_value(program, called, hops - 1))
    };
    !program.index.returns(function).iter().all(passes_nothing_on)
}

/// Whether a function tells its caller how it went by a value, or by calling a function it is given; not one that gives an error.
fn answers(program: &View<'_>, function: FuncId) -> bool {
    if program.returns_error(function) {
        return false;
    }
    let by_value = gives_value(program, function, MAX_PASSED);
    let is_callback =
        |ty: crate::facts::TypeRefId| matches!(program.facts.type_ref(ty).kind, TypeRefKind::Function { .. });
    by_value || program.facts.params(function).iter().any(|param| param.ty.is_some_and(is_callback))
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

/// The same, also in the functions that are written in it.
fn settles_within(program: &View<'_>, function: FuncId) -> bool {
    let is_inside = |inner: FuncId| {
        std::iter::successors(Some(inner), |id| program.facts.function(*id).parent).any(|id| id == function)
    };
    program.functions().any(|inner| is_inside(inner) && settles(program, inner, 0))
}
