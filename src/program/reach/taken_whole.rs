//! Files of which somebody takes all exports at once: what they export may be used under any name, or none.
//!
//! Owns: telling it by imports and what is done with them. Does not own: which exports are used otherwise (`used`).

use crate::facts::{ExprId, ExprKind, Imported, Place};
use crate::program::View;
use crate::program::modules::Target;

impl View<'_> {
    /// The files of which this one takes all exports at once: `app.use(require('./routes'))`, `Object.values(handlers)`.
    pub(in crate::program) fn takes_whole(&self) -> Vec<usize> {
        let required = self.exprs().filter_map(|expr| match self.facts.expr(expr).kind {
            ExprKind::Module(module) if !self.is_taken_apart(expr) => Some(module),
            _ => None,
        });
        let imports = &self.facts.imports[self.part().imports.clone()];
        let imported = imports.iter().filter_map(|import| {
            let whole = matches!(import.imported, Imported::Namespace | Imported::Default);
            let var = import.var.filter(|_| whole && !import.type_only)?;
            let taken = self.names_of(var).iter().any(|name| !self.is_taken_apart(*name));
            taken.then_some(import.module)
        });
        let modules = required.chain(imported);
        let files = modules.filter_map(|module| match self.bindings.target(self.file(), module) {
            Target::File(file) => Some(file),
            _ => None,
        });
        files.collect()
    }

    /// Whether what is named is only asked for parts by their names: a member, a pattern, or a variable of which the same holds.
    fn is_taken_apart(&self, whole: ExprId) -> bool {
        let Some(parent) = self.parent(whole) else { return self.index.is_statement(whole) };
        match self.facts.expr(parent).kind {
            ExprKind::Member { object, .. } => object == whole,
            ExprKind::Await(_) | ExprKind::Cast { .. } => self.is_taken_apart(parent),
            ExprKind::Assign { binds, .. } => self.facts.binds(binds).iter().all(|bind| match bind.place {
                _ if !self.facts.steps(bind.path).is_empty() => true,
                Place::Var(var) => self.names_of(var).iter().all(|name| self.is_part_asked(*name)),
                _ => false,
            }),
            _ => false,
        }
    }

    /// `handlers.list`
    fn is_part_asked(&self, name: ExprId) -> bool {
        self.parent(name).is_some_and(
            |parent| matches!(self.facts.expr(parent).kind, ExprKind::Member { object, .. } if object == name),
        )
    }
}
