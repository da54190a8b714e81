//! Functions that a library runs though no call is given them: told by what they are written as, or by what their file exports.
//!
//! Owns: these two shapes of handlers. Does not own: decorators and method names (`handlers`), what the place of a function says
//! of it (`context`).

use crate::facts::{ExprId, ExprKind, FuncId, Name, TypeRefId};
use crate::models::{Handler, LibraryId, RunId};
use crate::program::callgraph::handlers::{is_type, message_var};
use crate::program::names::Meaning;
use crate::program::values::entity::Entity;
use crate::program::values::expected::Expected;
use crate::program::values::types::MAX_TYPE_DEPTH;
use crate::program::{Program, View};

impl Program<'_> {
    /// Whether any file of the tree imports a library.
    fn imports_library(&self, library: LibraryId) -> bool {
        self.imported.contains(&library)
    }
}

/// Functions of a file that a library runs because of the names under which they are exported: migrations, say.
pub(in crate::program) fn exported(view: &View<'_>) -> Vec<(FuncId, RunId)> {
    let mut found = Vec::new();
    for handler in view.models.handlers.iter().filter(|handler| !handler.exported.is_empty()) {
        if let Some(functions) = exported_for(view, handler) {
            let library = view.models.runs[handler.run.index()].library;
            if view.imports_library(library) {
                found.extend(functions.into_iter().map(|function| (function, handler.run)));
            }
        }
    }
    found
}

/// The functions that a file exports under all of the names that a handler goes by, those that take what the library fills in.
fn exported_for(view: &View<'_>, handler: &Handler) -> Option<Vec<FuncId>> {
    let names: Option<Vec<Name>> = handler.exported.iter().map(|name| view.name_of(name)).collect();
    let mut functions = Vec::new();
    for name in names? {
        let meaning = view.bindings.exported(view.facts, view.file(), name)?;
        let here = |function: &FuncId| view.file_of(*function) == view.file();
        let function = match view.meaning_entity(meaning).entity {
            Entity::Function(function) => Some(function),
            _ => wrapped(view, meaning),
        };
        functions.push(function.filter(here)?);
    }
    functions.retain(|function| is_called_so(view, *function, handler));
    Some(functions)
}

/// The function literal that an exported value hands what makes it: `export const GET = withAuth(async () => { … })`.
fn wrapped(view: &View<'_>, meaning: Meaning) -> Option<FuncId> {
    let value = match meaning {
        Meaning::Var(var) => *view.values_of_var(var).first()?,
        Meaning::Value(value) => value,
        _ => return None,
    };
    let literal = |arg: &ExprId| match view.facts.expr(*arg).kind {
        ExprKind::Function(function) => Some(function),
        _ => None,
    };
    view.args(value).iter().rev().find_map(literal)
}

/// Whether the parameters that a library fills have the names that they usually have.
fn is_called_so(view: &View<'_>, function: FuncId, handler: &Handler) -> bool {
    let run = &view.models.runs[handler.run.index()];
    let is_so = |path| {
        let var = message_var(view.facts, function, path);
        var.is_some_and(|var| handler.called.iter().any(|name| name == view.var_name(var)))
    };
    handler.called.is_empty() || run.params.iter().all(|(path, _)| is_so(path))
}

/// Function literals of a file that are written as one of a library's function types: `const handler: RequestHandler = …`.
pub(in crate::program) fn written(view: &View<'_>) -> Vec<(FuncId, RunId)> {
    let library_of = |handler: &Handler| view.models.runs[handler.run.index()].library;
    let typed = view.models.handlers.iter().filter(|handler| !handler.types.is_empty());
    let typed: Vec<&Handler> = typed.filter(|handler| view.imports_library(library_of(handler))).collect();
    if typed.is_empty() {
        return Vec::new();
    }
    let handler_of = |function: FuncId| {
        if view.facts.params(function).is_empty() {
            return None;
        }
        let Expected::Type(ty) = view.expected_of(function)? else { return None };
        let handler = typed.iter().find(|handler| is_one_of(view, ty, handler, library_of(handler)))?;
        Some((function, handler.run))
    };
    view.functions().filter_map(handler_of).collect()
}

/// Whether an annotation means one of the function types of a handler, through aliases.
fn is_one_of(view: &View<'_>, mut ty: TypeRefId, handler: &Handler, library: LibraryId) -> bool {
    for _ in 0..MAX_TYPE_DEPTH {
        if handler.types.iter().any(|wanted| is_type(view, ty, wanted, library)) {
            return true;
        }
        match view.alias_target(ty) {
            Some(target) => ty = target,
            None => return false,
        }
    }
    false
}
