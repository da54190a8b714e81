//! What of one file was understood, and what was not, by reason.
//!
//! Owns: counting. Does not own: what is counted.

use crate::facts::{ExprId, ExprKind, Name, VarKind};
use crate::finding::coverage::{CallCoverage, Coverage, ImportCoverage, OptionCoverage, ReceiverCoverage};

use super::calls::args::Arg;
use super::names::Meaning;
use super::values::entity::{Entity, Told};
use super::{RoleUse, View};

/// Counts what of a file was understood.
pub fn coverage(view: &View<'_>) -> Coverage {
    let mut coverage = Coverage {
        functions: view.functions().count().saturating_sub(1),
        imports: imports(view),
        ..Coverage::default()
    };
    for expr in view.exprs() {
        if let ExprKind::Call { callee, .. } = view.facts.expr(expr).kind {
            call(view, expr, callee, &mut coverage.calls);
        }
        if let Some(used) = view.role_use(expr) {
            receiver(view, used, &mut coverage.receivers);
            options(view, used, &mut coverage.options);
        }
    }
    coverage
}

/// What a file imports or requires that is no path from it, for more than its types, each once; nothing for a file of a front end,
/// which calls few systems but its own.
pub fn imported(view: &View<'_>) -> Vec<String> {
    if view.is_front_end() {
        return Vec::new();
    }
    let imports = &view.facts.imports[view.part().imports.clone()];
    let imported = imports.iter().filter(|import| !import.type_only).map(|import| import.module);
    let required = view.exprs().filter_map(|expr| match view.facts.expr(expr).kind {
        ExprKind::Module(module) => Some(module),
        _ => None,
    });
    let mut modules: Vec<Name> = imported.chain(required).collect();
    modules.sort_unstable();
    modules.dedup();
    let names = modules.into_iter().map(|module| view.facts.name(module));
    names.filter(|module| !module.starts_with('.')).map(str::to_owned).collect()
}

fn imports(view: &View<'_>) -> ImportCoverage {
    let mut found = ImportCoverage::default();
    for meaning in &view.bindings.imports[view.part().imports.clone()] {
        let counter = match meaning {
            Meaning::Library => {
                found.of_libraries += 1;
                continue;
            }
            Meaning::NoFile => &mut found.no_file,
            Meaning::NotRead => &mut found.not_read,
            Meaning::NoExport => &mut found.no_export,
            Meaning::Var(_)
            | Meaning::Value(_)
            | Meaning::Part(..)
            | Meaning::Foreign { .. }
            | Meaning::Module(_)
            | Meaning::Package(_)
            | Meaning::Asset => &mut found.resolved,
        };
        *counter += 1;
        found.of_tree += 1;
    }
    found
}

fn call(view: &View<'_>, call: ExprId, callee: ExprId, calls: &mut CallCoverage) {
    calls.seen += 1;
    let has_role = view.role_use(call).is_some();
    calls.with_role += usize::from(has_role);
    let counter = match view.entity(callee).entity {
        Entity::Function(_) | Entity::Type(_) | Entity::Module(_) => &mut calls.of_tree,
        Entity::Object { .. } | Entity::Method { .. } | Entity::Export { .. } | Entity::Package(_) => {
            &mut calls.of_libraries
        }
        Entity::Global(_) | Entity::Literal(_) | Entity::Several(_) => &mut calls.of_platform,
        Entity::Outside => &mut calls.not_found,
        Entity::Unknown | Entity::Instance(_) if has_role => &mut calls.of_libraries,
        Entity::Unknown | Entity::Instance(_) => match view.facts.expr(callee).kind {
            ExprKind::Name { var: Some(var), .. }
                if matches!(view.facts.var(var).kind, VarKind::Param(_)) =>
            {
                &mut calls.parameter
            }
            ExprKind::Member { object, .. } => match view.entity(object).entity {
                Entity::Instance(_) | Entity::Type(_) => &mut calls.member,
                Entity::Literal(_) | Entity::Several(_) => &mut calls.of_platform,
                _ => &mut calls.receiver,
            },
            _ => &mut calls.computed,
        },
    };
    *counter += 1;
}

fn receiver(view: &View<'_>, used: &RoleUse, receivers: &mut ReceiverCoverage) {
    if used.on.is_none() || used.entry.is_none() {
        return;
    }
    *match used.told {
        Told::Import => &mut receivers.import,
        Told::Construction => &mut receivers.construction,
        Told::Type => &mut receivers.annotation,
        Told::Token => &mut receivers.injection,
        Told::Library => &mut receivers.library,
        Told::Name if is_only_named(view, used) => &mut receivers.name_of_kind,
        Told::Name => &mut receivers.name,
    } += 1;
}

/// Whether a call is made on something told by its name alone, of a kind that is otherwise told by where it comes from.
pub(super) fn is_named(view: &View<'_>, used: &RoleUse) -> bool {
    let is_counted = used.on.is_some() && used.entry.is_some();
    is_counted && used.told == Told::Name && !is_only_named(view, used)
}

/// Whether what a call is made on could only be told by its name: no model says of such objects where they come from.
fn is_only_named(view: &View<'_>, used: &RoleUse) -> bool {
    let name = used.on.and_then(|on| view.last_name(on)).unwrap_or_default();
    let called = match view.facts.expr(used.expr).kind {
        ExprKind::Call { callee, .. } => view.last_name(callee).unwrap_or_default(),
        _ => return false,
    };
    let mut kinds = view.models.named(view.ecosystem(), name).iter();
    let kind = kinds.find(|kind| !view.models.method(**kind, called).is_empty());
    // Told by the method alone: a model says that on anything it means the same.
    kind.is_none_or(|kind| view.models.receivers[kind.index()].only_named)
}

fn options(view: &View<'_>, used: &RoleUse, options: &mut OptionCoverage) {
    for arg in &view.roles.info(used.role).args {
        match view.arg(used, *arg) {
            Arg::Unknown => options.unread += 1,
            Arg::Given(..) => options.read += 1,
            Arg::Always(_) | Arg::Missing => {}
        }
    }
}
