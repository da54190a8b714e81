//! Where the code of a file runs: on a server, or in a browser.
//!
//! Owns: telling by name, imports, directives, globals and what only a browser is asked to do. Does not own: packages that are of a
//! front end as a whole (`packages`).

use std::path::Path;

use rustc_hash::FxHashSet;

use super::{Code, Side, imports_one, is_of};
use crate::facts::{ExprId, ExprKind, Facts, Import, Imported, Place, StmtKind, TypeRefKind};

impl Code {
    /// Where a file runs, by its name and by what it says.
    pub fn side(&self, path: &Path, facts: &Facts) -> Side {
        let known = &self.front_end;
        if has_directive(facts, &known.but_directives) {
            return Side::Server;
        }
        let by_what_it_does = self.calls_hooks(facts) || self.asks_own_server(facts) || self.is_worker(facts);
        if has_directive(facts, &known.directives) || by_what_it_does {
            return Side::Browser;
        }
        if imports_one(facts, &known.but_packages) {
            return Side::Server;
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let looks_so = known.names_ending.iter().any(|end| name.ends_with(end.as_str()))
            || imports_one(facts, &known.packages)
            || self.is_of_hooks(path, facts)
            || self.names_global(facts)
            || self.names_type(facts);
        if looks_so { Side::FrontEnd } else { Side::Unknown }
    }

    /// `useState`
    fn is_hook(&self, name: &str) -> bool {
        let after = |begin: &String| name.strip_prefix(begin.as_str());
        let mut rests = self.front_end.hooks_begin.iter().filter_map(after);
        rests.any(|rest| rest.starts_with(char::is_uppercase))
    }

    /// `hooks/useOrders.ts` with `export const useOrders`: it is one itself, whatever it is made of.
    fn is_of_hooks(&self, path: &Path, facts: &Facts) -> bool {
        let mut folders = path.parent().into_iter().flat_map(Path::components);
        let exports = || facts.exports.iter().filter_map(|export| export.name);
        folders.any(|folder| {
            folder.as_os_str().to_str().is_some_and(|name| self.front_end.hook_folders.contains(name))
        }) && exports().any(|name| self.is_hook(facts.name(name)))
    }

    /// `import { useState } from 'react'`, `React.useState`: what only a component that runs in a browser may call.
    fn calls_hooks(&self, facts: &Facts) -> bool {
        let known = &self.front_end;
        let is_hook = |name: &str| self.is_hook(name);
        let known_one = |import: &&Import| is_of(&known.packages, facts.name(import.module));
        let mut of_packages = facts.imports.iter().filter(known_one);
        of_packages.any(|import| match (import.imported, import.var) {
            (Imported::Named(name), _) => is_hook(facts.name(name)),
            (_, whole @ Some(_)) => facts.exprs.iter().any(|expr| match expr.kind {
                ExprKind::Member { object, name } => {
                    matches!(facts.expr(object).kind, ExprKind::Name { var, .. } if var == whole)
                        && is_hook(facts.name(name))
                }
                _ => false,
            }),
            _ => false,
        })
    }

    /// `fetch('/api/…')`
    fn asks_own_server(&self, facts: &Facts) -> bool {
        let known = &self.front_end.asking_own_server;
        let asks = |kind: ExprKind| {
            let ExprKind::Call { callee, args, .. } = kind else { return false };
            let ExprKind::Name { name, var: None } = facts.expr(callee).kind else { return false };
            known.contains(facts.name(name))
                && facts.list(args).first().is_some_and(|url| is_path(facts, *url))
        };
        facts.names.iter().any(|name| known.contains(name)) && facts.exprs.iter().any(|expr| asks(expr.kind))
    }

    /// `self.onmessage = …`
    fn is_worker(&self, facts: &Facts) -> bool {
        facts.binds.iter().any(|bind| {
            let Place::Expr(place) = bind.place else { return false };
            let ExprKind::Member { object, name } = facts.expr(place).kind else { return false };
            let ExprKind::Name { name: global, var: None } = facts.expr(object).kind else { return false };
            let written = || format!("{}.{}", facts.name(global), facts.name(name));
            self.front_end.worker_listeners.contains(&written())
        })
    }

    fn names_global(&self, facts: &Facts) -> bool {
        let is_global = |kind: ExprKind| match kind {
            ExprKind::Name { name, var: None } => self.front_end.globals.contains(facts.name(name)),
            _ => false,
        };
        // Few files have such a word in them at all.
        facts.names.iter().any(|name| self.front_end.globals.contains(name))
            && facts.exprs.iter().any(|expr| is_global(expr.kind))
    }

    /// Whether a type that only browsers have is named, and declared by nobody.
    fn names_type(&self, facts: &Facts) -> bool {
        facts.names.iter().any(|name| self.front_end.types.contains(name))
            && facts.type_refs.iter().any(|ty| match ty.kind {
                TypeRefKind::Named { first, var: None, .. } => {
                    self.front_end.types.contains(facts.name(first))
                }
                _ => false,
            })
    }
}

/// `'use client'`
fn has_directive(facts: &Facts, directives: &FxHashSet<String>) -> bool {
    let Some(first) = facts.functions.first().and_then(|module| facts.block(module.body).first()) else {
        return false;
    };
    let StmtKind::Expr(expr) = facts.stmt(*first).kind else { return false };
    matches!(facts.expr(expr).kind, ExprKind::Str(text) if directives.contains(facts.name(text)))
}

/// Whether an address is a path alone, without a host.
fn is_path(facts: &Facts, url: ExprId) -> bool {
    let text = match facts.expr(url).kind {
        ExprKind::Str(text) => Some(text),
        ExprKind::Template(parts) => {
            facts.list(parts).first().and_then(|part| match facts.expr(*part).kind {
                ExprKind::Str(text) => Some(text),
                _ => None,
            })
        }
        _ => None,
    };
    text.is_some_and(|text| facts.name(text).starts_with('/') && !facts.name(text).starts_with("//"))
}
