//! What `faultlint inspect` prints of a program: the roles of its calls, and how each receiver was told.
//!
//! Owns: the text. Does not own: the facts' own dump (`facts::show`).

use std::fmt::Write as _;

use crate::facts::{ExprId, ExprKind};

use super::calls::Arg;
use super::entity::{Entity, Resolved};
use super::{RoleUse, View};

/// Every call of the file in order: where it stands, what is called, what that is, and the role it plays.
pub fn calls(program: &View<'_>, line_of: &dyn Fn(u32) -> u32) -> String {
    let mut calls: Vec<(u32, ExprId)> = Vec::new();
    for expr in program.exprs() {
        if matches!(program.facts.expr(expr).kind, ExprKind::Call { .. }) || program.role_use(expr).is_some()
        {
            calls.push((program.call_span(expr).start, expr));
        }
    }
    calls.sort_unstable();
    let mut out = String::new();
    for (start, expr) in calls {
        let called = program.call_span(expr).of(program.text_around(expr));
        let _ = write!(out, "{:>5}  {}", line_of(start), one_line(called));
        if let ExprKind::Call { callee, .. } = program.facts.expr(expr).kind {
            let _ = write!(out, "  -> {}", describe(program, &program.entity(callee)));
        }
        if let Some(used) = program.role_use(expr) {
            let _ = write!(out, "\n       {}", role(program, used));
        }
        out.push('\n');
    }
    out
}

/// Functions that a library runs.
pub fn handlers(program: &View<'_>, line_of: &dyn Fn(u32) -> u32) -> String {
    let mut out = String::new();
    for function in program.functions() {
        let Some(handler) = program.handler(function) else { continue };
        let info = program.facts.function(function);
        let name = info.name.map_or("(anonymous)", |name| program.facts.name(name));
        let _ = write!(out, "{:>5}  {name}: {:?} handler", line_of(info.head.start), handler.kind);
        if let Some(run) = handler.run {
            let library = &program.models.libraries[program.models.runs[run.index()].library.index()].name;
            let _ = write!(out, " of {library}");
        }
        if let Some(ack) = handler.ack {
            let _ = write!(out, ", acknowledged: {ack:?}");
        }
        if let Some(message) = handler.message {
            let _ = write!(out, ", message: {}", program.var_name(message));
        }
        out.push('\n');
    }
    out
}

/// A role with its arguments.
fn role(program: &View<'_>, used: &RoleUse) -> String {
    let info = program.roles.info(used.role);
    let mut text = info.name.clone();
    for arg in &info.args {
        let value = match program.arg(used, *arg) {
            Arg::Given(expr, unit) => match (program.constant(expr), unit) {
                (Some(constant), Some(_)) => constant
                    .nanoseconds(unit)
                    .map_or_else(|| one_line(program.text_of(expr)), |time| format!("{} ms", time / 1e6)),
                _ => one_line(program.text_of(expr)),
            },
            Arg::Always(value) => format!("{value} (always)"),
            Arg::Missing => "missing".to_owned(),
            Arg::Unknown => "unknown".to_owned(),
        };
        let _ = write!(text, "  {}={value}", program.roles.arg_name(*arg));
    }
    let _ = write!(text, "  [{:?} confidence", used.sure);
    if !used.how.is_empty() {
        let _ = write!(text, ": {}", used.how);
    }
    text.push(']');
    text
}

fn describe(program: &View<'_>, resolved: &Resolved) -> String {
    match &resolved.entity {
        Entity::Unknown => "unknown".to_owned(),
        Entity::Outside => "of the tree, not found".to_owned(),
        Entity::Module(_) => "a module of the tree".to_owned(),
        Entity::Package(module) => format!("package {}", program.facts.name(*module)),
        Entity::Export { module, path } => format!("{}#{path}", program.facts.name(*module)),
        Entity::Global(path) => format!("global {path}"),
        Entity::Object { receiver, .. } => program.models.receiver_name(*receiver),
        Entity::Method { receiver, name, .. } => {
            format!("{}.{}()", program.models.receiver_name(*receiver), program.facts.name(*name))
        }
        Entity::Function(function) => {
            let name =
                program.facts.function(*function).name.map_or("(anonymous)", |name| program.facts.name(name));
            format!("function {name}")
        }
        Entity::Type(ty) | Entity::Instance(ty) => {
            let name =
                program.facts.type_def(*ty).name.map_or("(anonymous)", |name| program.facts.name(name));
            format!("type {name}")
        }
        Entity::Several(receiver) => format!("several {}", program.models.receiver_name(*receiver)),
        Entity::Literal(_) => "a literal".to_owned(),
    }
}

fn one_line(text: &str) -> String {
    const LONGEST: usize = 60;
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.chars().count() <= LONGEST {
        return joined;
    }
    joined.chars().take(LONGEST).chain(['…']).collect()
}
