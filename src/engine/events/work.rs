//! Work that can fail in a way that matters.
//!
//! Owns: which calls are such work, by their role or by what is done with what they give. Does not own: which roles are effects
//! (`rules/roles.yaml`).

use crate::facts::{ExprId, ExprKind, FuncId};
use crate::models::Nature;
use crate::program::{Entity, RoleUse, View};
use crate::source::Ecosystem;

/// How many functions deep work is looked for.
const MAX_WORK_DEPTH: u32 = 3;

/// Whether a call is work that can fail in a way that matters to whoever acknowledges a message: an effect on the world, or an
/// unknown call that somebody waits for or whose error somebody looks at.
pub(in crate::engine) fn is_work(program: &View<'_>, call: ExprId) -> bool {
    is_work_within(program, call, MAX_WORK_DEPTH)
}

fn is_work_within(program: &View<'_>, call: ExprId, depth: u32) -> bool {
    if let Some(used) = program.role_use(call) {
        return is_effect(program, used);
    }
    let ExprKind::Call { callee, .. } = program.facts.expr(call).kind else { return false };
    if let Some(function) = program.called_function(call) {
        return calls_work(program, call, function, depth);
    }
    let is_go = program.ecosystem() == Ecosystem::Go;
    match program.entity(callee).entity {
        // A constructor or a plain function of the language is no work.
        Entity::Global(_) | Entity::Literal(_) => false,
        // A function of another package: work if it is handed a context, else a conversion.
        Entity::Export { .. } | Entity::Package(_) if is_go => {
            is_looked_at(program, call) && program.takes_context(call)
        }
        _ => is_heeded(program, call),
    }
}

/// Whether a function of the tree that a call names does work, as far as that is looked for.
fn calls_work(program: &View<'_>, call: ExprId, function: FuncId, depth: u32) -> bool {
    if depth == 0 {
        return is_heeded(program, call);
    }
    if !program.facts.function(function).body.is_empty() {
        return does_work(program, function, depth);
    }
    // Of an interface: what its implementations do, as far as they are known.
    match program.implementations(call) {
        [] => is_heeded(program, call),
        known => known.iter().any(|function| does_work(program, *function, depth)),
    }
}

/// Whether somebody waits for a call, or looks at its error, whatever it does.
fn is_heeded(program: &View<'_>, call: ExprId) -> bool {
    match program.ecosystem() {
        Ecosystem::Go => is_looked_at(program, call),
        Ecosystem::Ecmascript => program.is_awaited(call) || program.is_async_call(call),
    }
}

fn is_looked_at(program: &View<'_>, call: ExprId) -> bool {
    let is_passed_up = || program.error_is_returned(call) && program.returns_error(program.home(call));
    program.results(call).values().any(|is_error| *is_error) || is_passed_up()
}

fn does_work(program: &View<'_>, function: FuncId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let does = || program.calls_of(function).iter().any(|call| is_work_within(program, *call, depth));
    program.works.answer(program, (function, depth), does)
}

/// Whether a role is an effect on, or a question to, the world outside.
pub(super) fn is_effect(program: &View<'_>, used: &RoleUse) -> bool {
    program.roles.is(used.role, Nature::Effect)
}
