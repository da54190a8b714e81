//! What `faultlint inspect` prints of a program: the roles of its calls, and how each receiver was told.
//!
//! Owns: the text. Does not own: the facts' own dump (`facts::show`).

use std::fmt::Write as _;

use crate::facts::{ExprId, ExprKind, Imported};
use crate::finding::Place;
use crate::finding::coverage::Coverage;

use super::calls::args::Arg;
use super::coverage::is_named;
use super::names::Meaning;
use super::values::entity::{Entity, Resolved};
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

/// The calls of a file on something that was told by its name alone, though a model says where such objects come from.
pub fn named_receivers(program: &View<'_>) -> Vec<(Place, String)> {
    let told = |used: &&RoleUse| is_named(program, used);
    let calls = program.exprs().filter_map(|expr| program.role_use(expr)).filter(told);
    let described = calls.map(|used| {
        let on = used.on.map_or_else(String::new, |on| one_line(program.text_of(on)));
        (program.place_of(used.expr), format!("{on}: {}", program.roles.name(used.role)))
    });
    described.collect()
}

/// The imports of a file that are meant for the tree and lead nowhere, with the reason.
pub fn lost_imports(program: &View<'_>) -> Vec<(Place, String)> {
    let positions = program.part().imports.clone();
    let lost = positions.filter_map(|position| {
        let reason = match program.bindings.imports[position] {
            Meaning::NoFile => "no such file",
            Meaning::NotRead => "not looked at",
            Meaning::NoExport => "no such export",
            _ => return None,
        };
        let import = &program.facts.imports[position];
        let module = program.facts.name(import.module);
        let what = match import.imported {
            Imported::Named(name) => format!("{} of {module}: {reason}", program.facts.name(name)),
            _ => format!("{module}: {reason}"),
        };
        Some((program.place(program.file(), import.span), what))
    });
    lost.collect()
}

/// Numbers, and what they are a share of.
pub fn numbers(coverage: &Coverage) -> String {
    let Coverage { functions, imports, calls, receivers, options, .. } = coverage;
    let told = [
        ("import", receivers.import),
        ("construction", receivers.construction),
        ("annotation", receivers.annotation),
        ("injection", receivers.injection),
        ("handed over by a library", receivers.library),
        ("name alone", receivers.name),
        ("name, of a kind told by nothing else", receivers.name_of_kind),
    ];
    let called = [
        ("functions and classes of the tree", calls.of_tree),
        ("libraries", calls.of_libraries),
        ("the language", calls.of_platform),
        ("of the tree, not found", calls.not_found),
        ("a parameter that no caller tells of", calls.parameter),
        ("a member that its type does not have", calls.member),
        ("a method of something unknown", calls.receiver),
        ("the result of a computation", calls.computed),
    ];
    let lost = [
        ("resolved", imports.resolved),
        ("no such file", imports.no_file),
        ("not looked at", imports.not_read),
        ("no such export", imports.no_export),
    ];
    let mut out = format!("# Functions: {functions}\n");
    table(&mut out, "Imports of the tree", imports.of_tree, &lost);
    table(&mut out, "Calls", calls.seen, &called);
    table(
        &mut out,
        "Calls with a role on an object, told by",
        told.iter().map(|(_, count)| count).sum(),
        &told,
    );
    let read = [("read", options.read), ("unreadable", options.unread)];
    table(&mut out, "Arguments of roles", options.read + options.unread, &read);
    out
}

#[expect(clippy::cast_precision_loss, reason = "a percentage to be read")]
fn table(out: &mut String, title: &str, total: usize, rows: &[(&str, usize)]) {
    let _ = writeln!(out, "\n# {title}: {total}\n");
    for (what, count) in rows {
        let share = if total == 0 { 0.0 } else { *count as f64 * 100.0 / total as f64 };
        let _ = writeln!(out, "{count:>9}  {share:>5.1} %  {what}");
    }
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
        Entity::Several(item) => {
            let item = Resolved { entity: item.as_ref().clone(), ..resolved.clone() };
            format!("several {}", describe(program, &item))
        }
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
